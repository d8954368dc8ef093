# What either person may hear in any talk.

talk-sorry = Something of mine broke, but your message is safe. Please write once more.
talk-abandoned = I have closed this talk so as not to bother you. Write any time and we will go on.
