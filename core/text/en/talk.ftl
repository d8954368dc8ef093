# What either person may hear in any talk.

talk-sorry = Something of mine broke, but your words are safe. Please say it once more.
talk-abandoned = I have closed this talk so as not to bother you. Come back any time and we will go on.
talk-owner-says = The owner says: { $words }
talk-rated = You got { $stars } of 5 for job { $number }.
master-job-rescheduled = The client moved job { $number }, the new time: { $when }. Your old time is free, and you are asked first about the new one.
talk-media-lost = I could not open that file. Please send it again, or tell me in words.
talk-edited = ✎ { $words }
talk-place-noted = I see the place on the map, thank you.
talk-link-offer = I can send the news of your job to a messenger.
    .link = Go on in a messenger
talk-link-code = Send me the code { $code } there. It works for { $minutes } minutes and only once.
talk-link-open = Or just open:
    { $doors }
    .spoken = Or open the link, it is in our chat.
talk-link-wrong = There is no such code, or its time is over. Ask me for a new one in the earlier chat.
talk-too-much = That is too many messages at once; I have not read the last ones. Please wait a minute and send the main thing in one message.
talk-link-often = Too many codes in a row. Try again in an hour.
talk-link-needed = Our talk goes on elsewhere: { $door }. To come back here, send the code that I sent there.
talk-link-asked = Somebody wants to go on with our talk elsewhere: { $door }. If it is you, send the code { $code } there. If not, tell it to nobody.
talk-moved-on = Our talk goes on elsewhere: { $door }. Come back here and we go on here.
    .undo = That’s not me
talk-parted = I see, these are two people. The talks are apart now, each where it was.
talk-door-web = the chat on the site
talk-door-telegram = Telegram
talk-door-max = MAX
talk-door-vk = VK
talk-door-sms = SMS
talk-door-email = mail
talk-door-call = phone
talk-door-other = another chat
