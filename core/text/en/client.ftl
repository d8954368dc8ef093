# What a client hears while we find out what is wrong, where and when.

client-hello = Hello! I am Naryad: I name a price, find a time and send a master. By going on you let me keep this chat and your contacts for the job: { $link }
client-continued = Hello! I remember our talk, and we go on here. How I keep chat and contacts: { $link }
client-consent = By going on you let me keep this chat and your contacts for the job: { $link }
client-ask-problem = What happened? Tell me what broke and what it looks like.
client-ask-problem-plain = What exactly does not work, or what is to be done?
client-ask-problem-again = I don't see yet what to fix. Two words will do, such as “dead switch”, or choose below.
client-choose-fault = Which is closest?
client-choose-near = Got it. Which of these is it like? If in doubt, send a photo.
client-trade-not-yet = Only electricians work with us so far, and this needs another master. If wiring, a socket, a switch or a light is broken too, tell me.
client-trade-partly = The electrical part I can help with. The rest needs another master, and none has joined us yet.
client-fault-not-yet = I won't take this on yet: I can't price it exactly. Here is what I can help with today:
client-fault-partly = Moving, installing and the like I leave out for now: I cannot price it exactly yet. The rest we can do.
client-range = { $fault }. Usually { $range }, and it takes { $shortest }–{ $longest }. Each time below carries its exact price.
client-range-several = All of it in one visit:
    { $fault }
    Together usually { $range }, and it takes { $shortest }–{ $longest }. Each time below carries its exact price.
client-ask-address = Where should we come, and when suits you? Street, house, flat and time. If you have a photo, send it too.
client-kept = Noted.
client-ask-address-when = Where should we come, and when suits you? Street, house, flat and time.
client-ask-address-only = Where should we come? Street, house and flat.
client-ask-address-again = For the master to find you I need the street and house, for example: Teatralnaya 30, flat 14.
client-ask-house = { $street }, and which house and flat?
client-ask-house-again = The street is noted: { $street }. The house and flat are still to come.
client-city-not-yet = So far our masters are only in { $city }. If that is where you need one, tell me street and house.
client-asked-enough = I cannot send a master without it, but there is no hurry. Write when it suits you: I remember all the rest.
client-slots = Here are free times, each with its price. Tap one, or write your own.
client-slots-near = The nearest free times to that:
client-slots-else = I have looked, and this is free:
client-slots-yes = Yes, a master can come { $when }. Tap it and the time is yours, or choose another.
client-slots-again = Only the time is left to choose. Tap one, or write which day and hour suit you.
client-slots-which = Which of them? Tap a time, or write “the first”.
client-ask-time = All right, when does it suit you? A day and an hour, such as “tomorrow afternoon”.
client-slots-other = Masters are busy then. The nearest free times:
client-slots-past = That time has passed. The nearest free times:
client-slots-stale = That time is no longer on offer. Here is what is free now:
client-slots-fresh = Here are fresh times and prices:
client-slots-taken = Someone just took that time. Still free:
client-slot-button = { $when } · { $price }
client-slots-none = All masters are busy for the next two weeks. You are in the queue, job { $number }. I will write as soon as a time comes up.
client-slots-still-none = There is no free time yet. Job { $number } is in the queue, and I will write first thing.
client-slots-still-none-again = No change so far: job { $number } is in the queue, and I go on looking.
client-slots-no-other = There is no other free time now. Job { $number } stays as it was.
client-held = I am holding { $when } for you. The price is { $price }, { $high } at most. It will not grow without your word.
client-held-already = That time is yours already: { $when }.
client-ask-contacts = { $needs ->
        [name] What is your name?
        [phone] Which phone number should the master call?
       *[both] What is your name, and which number should the master call?
    }
client-ask-contacts-again = { $needs ->
        [name] Only your name is left, so that the master knows whom to ask for.
        [phone] Only the phone number is left. In digits, please, such as +7 911 123-45-67.
       *[both] Only a name and a phone are left, such as: Anna, +7 911 123-45-67.
    }
client-noted = Corrected:
    { $what }
client-noted-phone = phone { $phone }
client-noted-name = name { $name }
client-breakdown = What makes the price:
    { $lines }
    { $price } in all, { $high } at most.
client-breakdown-range = What makes the price:
    { $lines }
    That is { $price } to { $high }, depending on the day and hour.
client-breakdown-line = { $label }: { $amount }
client-price-unknown = The price depends on the work. Tell me what broke and I will name a range at once.
client-photo-thanks = Got the photo, the master will see it.
client-resume = Good, let's go on.
client-remind = I am here and remember all you told me. Shall we go on?
    .continue = Go on
    .cancel = No longer needed
client-cancel-ask = Cancel job { $number }?
    .cancel = Yes, cancel
    .keep = No, keep it
client-cancel-talk = All right, nothing is ordered. When you need a master, just write.
client-cancel-second = All right, I leave the second one out. The first job stands.
client-move-late = The master of job { $number } is on his way, so the time stays. You can only cancel it.
    .cancel = Cancel the job
client-keep = All right, everything stands.
client-nothing-to-cancel = There is nothing to cancel: no job yet.
client-status-none = There is no job yet. Tell me what happened and we will begin.
client-status = Job { $number }: { $state }. Time: { $when }.
client-status-no-time = Job { $number }: { $state }.
client-status-soon = No change on job { $number }: { $state }. The time stays, { $when }. I will write as soon as there is news.
client-help = Tell me what broke, and I name a price and a time. Then I send a master and tell you of each step.
client-thanks = You are welcome! I am here if you need me.
client-fine = Good. I am here.
client-later = No hurry. I remember all you told me.
client-back = I am listening. What happened?
client-second-job = Job { $number } stands, and this will be a job of its own.
client-sorry = I see, that is unpleasant. Let's fix it quickly.
client-work-wanted = Looking for work as a master? This way: { $link }
client-spam = This does not look like a job. If you need a master, tell me what broke.
client-empty = There are no words in it that I can read. I know Russian and English: please tell me what happened.
client-complaint = Your complaint about job { $number } is on record, and the owner will see it. Tell me what is wrong: I keep every word.

# What may be asked at any time.
client-about-why_phone = Only the master needs the phone: to call when he is near. Nobody else will ring you.
client-about-why_name = The master needs a name to know whom to ask for. A first name is enough.
client-about-why_address = The street tells me which master is near. House and flat are seen only by the one who takes the job.
client-about-why_questions = I ask only what a master cannot do without: what broke, where, when and whom to call.
client-about-payment = You pay the master on the spot, when it works. Nothing in advance, and you choose the way on his terminal.
client-about-warranty = If the same thing breaks again, write here: I remember the job, and the owner will see to it.
client-about-parts = Tools and small supplies come with the master. Parts it cannot do without are in the price, about others he asks you.
client-about-papers = After payment I send you a confirmation with the sum. For a contract or an act write “human”, and I call the owner.
client-about-privacy = I keep chat and contacts for the job, and the master sees them when he takes it. More here: { $link }
client-about-duration = The work usually takes { $shortest }–{ $longest }.
client-about-duration-unknown = That depends on the work. Tell me what broke and I can say more.
client-about-open_hours = I answer at any hour. Masters are free in the evening and at weekends too: I show times with prices.
client-about-area = Masters work in { $city } and come to you, so you need not go anywhere.
client-about-who = Of those who are free I choose the best rated. You get name and phone as soon as he agrees.
client-about-who-known = { $master } comes to you { $when }. { $phone ->
        [none] { "" }
       *[other] Phone: { $phone }.
    }
client-about-call_out = { $fee ->
        [none] The visit is in the price. You can cancel at any moment, free of charge.
       *[other] The visit is in the price. Cancelled when the master is on his way, it costs { $fee }.
    }
client-about-cheaper = The price is reckoned alike for everyone, and I cannot bargain. Weekday daytime is cheapest, when it is neither urgent nor today.
client-about-bot = I am a program: I answer at once and at any hour. If you need a person, say so and I call one.
client-bye = Goodbye! I am here if you need me.
client-bye-open = Goodbye! I remember what you told me: come back and we go on.
client-wait = All right, I will wait.
client-human = I called a person: the owner will read this chat and answer here. Until then it is me, a program.
client-human-again = The owner is called already and will answer here. Until then I help as I can.
client-sorry-again = I hear you. If you like, I call a person: write “human”.
client-ask-problem-why = It decides whom to send and what it costs. What exactly does not work?
client-ask-street = House { $house } is noted. And which street?
client-ask-street-again = I remember house { $house }, only the street is unknown. Please write it, such as: Teatralnaya.
client-stuck = I cannot work it out, so the owner will read this. Meanwhile, is your case among these?
client-asked-enough-again = I am here. Write when you have decided, and we go on from there.
client-time-impossible = There is no such date or hour. Please write it another way, such as “tomorrow at 14:00”.
client-photo-please = Take a photo of it without touching, and send it: the picture shows how serious it is.

# After the work.
client-ask-stars = How was the master? Tap, or write a number from 1 to 5.
client-rated = Thank you, noted: { $stars } of 5.
client-rated-changed = Changed: { $stars } of 5 now.
client-rated-poor = Noted: { $stars } of 5. What was wrong? The owner will read every word.
client-rate-later = You can rate after payment: the stars come with the receipt.
client-complaint-none = Noted, and the owner will see it. Tell me what happened and when: I keep every word.
client-same-again = This was mended lately as job { $number }. I told the owner, who will decide who pays. A time I find you at once.
client-complaint-more = That is noted too. The owner will answer here.
client-complaint-kept = Added. The owner will see all that you wrote.

# Danger first.
danger-gas = Safety first. Do not switch lights on or off, no flames. Open the windows, shut the gas and go out. From outside call 104 or 112.
    .safe = Safe now
    .not_yet = Not yet
danger-co = Safety first. Carbon monoxide has no smell. Get everyone into fresh air, stay out and call 112.
    .safe = Safe now
    .not_yet = Not yet
danger-fire = Safety first. If it burns or smokes, go out and call 112. If there is time, switch off the breaker at the panel. Never put water on wiring.
    .safe = Safe now
    .not_yet = Not yet
danger-electric_shock = Safety first. Touch nothing and switch off the breaker at the panel. If someone is unwell, call 112.
danger-flood = First shut the water at the main valve and switch off the power where it is wet. Do not touch wet sockets.
danger-still = Take your time. Go somewhere safe and call 112. Write to me when the danger is over.
    .safe = Safe now
    .not_yet = Not yet
danger-waiting = I noted it all, nothing is lost. Is it safe now, is everyone out?
    .safe = Safe now
    .not_yet = Not yet
danger-no-job = { $danger ->
        [gas] Good that you are safe. Only the gas service can help with gas: 104. If you need an electrician too, tell me what broke.
        [co] Good that you are safe. Before you heat again, let the gas service check boiler and flue: 104. If you need an electrician, tell me what broke.
       *[other] Good that you are safe. If you need an electrician, tell me what broke.
    }

client-fault-button = { $fault }

# States of a job, as they are told.
status-requested = waiting for a time
status-quoted = not finished
status-searching = looking for a master
status-accepted = a master is assigned
status-travelling = the master is on the way
status-on_site = the master is there
status-working = work is under way
status-done = the work is done
status-paid = paid
status-disputed = under review
status-cancelled = cancelled
status-expired = closed
status-payment_closed = this payment is closed, begin it anew

# What a price is made of.
price-base = Visit and work
price-several = Several faults
price-long = Complex description
price-urgent = Urgent
price-today = Today
price-evening = Evening or weekend
price-parts = Parts
price-rounding = Rounding

# Stars.
client-stars-1 = ★ Bad
client-stars-2 = ★★ So-so
client-stars-3 = ★★★ All right
client-stars-4 = ★★★★ Good
client-stars-5 = ★★★★★ Excellent
