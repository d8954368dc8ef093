# What either person may hear in any talk.

talk-sorry = Something of mine broke, but your words are safe. Please say it once more.
talk-abandoned = I have closed this talk so as not to bother you. Come back any time and we will go on.
talk-owner-says = The owner says: { $words }
talk-rated = You got { $stars } of 5 for job { $number }.
master-job-rescheduled = The client moved job { $number }, the new time: { $when }. Your old time is free, and you are asked first about the new one.
talk-media-lost = I could not open that file. Please send it again, or tell me in words.
