# Words that only paper needs: the job file, the receipt, the master's statement.
paper-sheet = Job { $number }
paper-code = This job on screen
paper-photos = The client's photos
paper-photo-broken = { $photo }: the file does not open. Look on screen or ask the client to send it again.
paper-photo-large = { $photo }: the picture is too large to be printed. Look on screen.
paper-unknown-letters = The sign ◊ stands for letters that the font has not. They are there on screen.
