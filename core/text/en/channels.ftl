# What a channel adds by itself, where it has no buttons or takes no files.

channel-answer-number = Answer with a number.
channel-choose = Choose:
channel-more = More choices:
channel-paper-kept = The file “{ $file }” cannot be sent here.
channel-words-for-contact = You can just tell me the phone number.
channel-words-for-location = You can just tell me the address.
