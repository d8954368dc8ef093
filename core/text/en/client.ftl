# What a client hears while we find out what is wrong, where and when.

client-hello = Hello! I am Naryad: I name a price, find a time and send a master. By going on you let me keep this chat and your contacts for the job: { $link }
client-consent = By going on you let me keep this chat and your contacts for the job: { $link }
client-ask-problem = What happened? Tell me what broke and what it looks like.
client-ask-problem-plain = What exactly does not work, or what is to be done?
client-ask-problem-again = I don't see yet what to fix. Two words will do, such as “dead switch”, or choose below.
client-choose-fault = Which is closest?
client-choose-near = Got it. Which of these is it like?
client-trade-not-yet = Only electricians work with us so far, and this needs another master. If wiring, a socket, a switch or a light is broken too, tell me.
client-trade-partly = The electrical part I can help with. The rest needs another master, and none has joined us yet.
client-fault-not-yet = I won't take this on yet: I can't price it exactly. Here is what I can help with today:
client-fault-partly = Moving, installing and the like I leave out for now: I cannot price it exactly yet. The rest we can do.
client-range = { $fault }. Usually { $range }, and it takes { $shortest }–{ $longest }. Each time below carries its exact price.
client-range-several = All of it in one visit:
    { $fault }
    Together usually { $range }, and it takes { $shortest }–{ $longest }. Each time below carries its exact price.
client-ask-address = Where should we come, and when suits you? Street, house, flat and time. If you have a photo, send it too.
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
client-move-accepted = Job { $number } has its master, and he keeps to his time. You can cancel it and choose another.
    .cancel = Cancel the job
client-keep = All right, everything stands.
client-nothing-to-cancel = There is nothing to cancel: no job yet.
client-status-none = There is no job yet. Tell me what happened and we will begin.
client-status = Job { $number }: { $state }. Time: { $when }.
client-status-no-time = Job { $number }: { $state }.
client-status-soon = Job { $number } now: { $state }. I will write as soon as anything changes.
client-human = It is me who answers here, a program, but at once and at any hour. Tell me what you need, and we will sort it out.
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
