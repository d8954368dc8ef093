# The form on the site, and what whoever filled it in hears.

client-form-received = We received your request, thank you! We have a few questions.
master-form-received = We received your application, thank you! We have a few questions.
master-form-link = We received your application and have a few questions. Please answer here: { $link }
    .spoken = We received your application and have a few questions. Please answer by the link.

page-form-title = Request a repair · Naryad
page-form-head = Tell us what happened
page-form-lead = We read it and answer at once, with a price and a free time. If something is missing, we will ask.
page-form-danger = Smell of gas, sparks or fire? Get out first and call 112.
page-form-words = What happened
page-form-words-hint = For example: the light switch in the hall does not work
page-form-address = Address
page-form-address-hint = Street, house, flat
page-form-name = Your name
page-form-phone = Phone
page-form-phone-hint = +7 911 123-45-67
page-form-email = E-mail, if you prefer
page-form-when = When it suits you
page-form-when-hint = For example: tomorrow after six
page-form-photo = A photo, if you have one
page-form-photo-hint = Up to 20 MB
page-form-consent = By sending the form you consent to the use of the data that we need to answer you.
page-form-send = Send
page-form-optional = optional
page-form-trap = Leave this field empty
page-form-brand = Naryad
page-form-privacy = Consent to the use of data
page-form-chat = Write in the chat
page-form-other-lang = Русский

page-form-no-words = Please tell us what happened, in a couple of words at least.
page-form-no-contact = Please leave a phone or an e-mail, so that we can answer.
page-form-bad-phone = There is no such number. Please write all of it, for example: +7 911 123-45-67.
page-form-bad-email = The e-mail address looks incomplete. Please check it.
page-form-bad-photo = This file cannot be opened. Photos, videos, voice and PDF up to 20 MB will do.
page-form-too-long = That is too long. Please shorten it, we will ask for the details.
page-form-often = There are many requests from this address already. Try again in { $minutes } min, or write in the chat.
page-form-fix = Almost there. Please mend this:

page-form-done-title = We have your form · Naryad
page-form-done-head = We have your form, thank you!
page-form-done-sms = We are writing an SMS to the number you gave. Answer it, and we will agree on a time.
page-form-done-email = We are writing to the e-mail you gave. Answer the letter, and we will agree on a time.
page-form-done-web = A few questions are left, please answer them in the chat. If you prefer the phone, we will call.
page-form-done-known = We have this form already. We will answer by the contact that it names.
page-form-done-later = Your form is written down, and the answer is being prepared. We will answer by the contact you gave.
page-form-done-chat = Open the chat
page-form-done-said = What we answered
