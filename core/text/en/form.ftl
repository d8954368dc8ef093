# The form on the site, and what whoever filled it in hears.

form-received-client = We received your form, thank you! We have a few questions.
form-received-master = We received your application, thank you! We have a few questions.
form-link = This is Naryad. We received your application and have a few questions. Please answer here: { $link }
    .spoken = This is Naryad. We received your application. Please answer by the link in the message.

form-title = Request a repair · Naryad
form-head = Tell us what happened
form-lead = We read it and answer at once, with a price and a free time. If something is missing, we will ask.
form-danger = Smell of gas, sparks or fire? Get out first and call 112.
form-words = What happened
form-words-hint = For example: the light switch in the hall does not work
form-address = Address
form-address-hint = Street, house, flat
form-name = Your name
form-phone = Phone
form-phone-hint = +7 911 123-45-67
form-email = E-mail, if you prefer
form-when = When it suits you
form-when-hint = For example: tomorrow after six
form-photo = A photo, if you have one
form-photo-hint = Up to 20 MB
form-consent = By sending the form you consent to the use of the data that we need to answer you.
form-send = Send
form-optional = optional
form-trap = Leave this field empty
form-brand = Naryad
form-privacy = Consent to the use of data
form-chat = Write in the chat
form-other-lang = Русский

form-no-words = Please tell us what happened, in a couple of words at least.
form-no-contact = Please leave a phone or an e-mail, so that we can answer.
form-bad-phone = There is no such number. Please write all of it, for example: +7 911 123-45-67.
form-bad-email = The e-mail address looks incomplete. Please check it.
form-bad-photo = This file cannot be opened. Photos, videos, voice and PDF up to 20 MB will do.
form-too-long = That is too long. Please shorten it, we will ask for the details.
form-often = There are many requests from this address already. Try again in { $minutes } min, or write in the chat.
form-fix = Almost there. Please mend this:

form-done-title = We have your form · Naryad
form-done-head = We have your form, thank you!
form-done-sms = We are writing an SMS to the number you gave. Answer it, and we will agree on a time.
form-done-email = We are writing to the e-mail you gave. Answer the letter, and we will agree on a time.
form-done-web = A few questions are left, please answer them in the chat. If you prefer the phone, we will call.
form-done-known = We have this form already. We will answer by the contact that it names.
form-done-later = Your form is written down, and the answer is being prepared. We will answer by the contact you gave.
form-done-chat = Open the chat
form-done-said = What we answered
