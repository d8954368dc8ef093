# What a client hears while we find out what is wrong, where and when.

client-hello = Hello! I am Naryad: I name a price, find a time and send a master. What happened?
client-consent = By going on you let me keep this chat and your contacts for the job: { $link }
client-ask-problem = Tell me what happened: what broke, and what does it look like?
client-ask-problem-again = I don't see yet what to fix. Two words will do, such as “dead switch”, or choose below.
client-choose-fault = Which is closest?
client-trade-not-yet = Only electricians work with us so far, and this needs another master. If wiring, a socket, a switch or a light is broken too, tell me.
client-fault-not-yet = I won't take this on yet: I can't price it exactly. Here is what I can help with today:
client-range = { $fault }. Usually { $range }, and it takes { $shortest }–{ $longest }. Each time below carries its exact price.
client-range-several = Got it, more than one fault: { $fault }. Together { $range }, and it takes { $shortest }–{ $longest }. Each time below carries its exact price.
client-ask-address = Where should we come, and when suits you? Street, house, flat and time. If you have a photo, send it too.
client-ask-address-only = Where should we come? Street, house and flat.
client-ask-address-again = I could not read the address. Street and house, for example: Teatralnaya 30, flat 14.
client-ask-house = { $street }, and which house and flat?
client-slots = Here are free times, each with its price. Tap one, or write your own.
client-slots-other = Masters are busy then. The nearest free times:
client-slots-past = That time has passed. The nearest free times:
client-slots-stale = That time is no longer on offer. Here are fresh ones:
client-slots-taken = Someone just took that time. Still free:
client-slot-button = { $when } · { $price }
client-slots-none = All masters are busy for the next two weeks. You are in the queue. I will write as soon as a time comes up.
client-held = I am holding { $when } for you. The price is { $price }, { $high } at most. It will not grow without your word.
client-ask-contacts = { $needs ->
        [name] What is your name?
        [phone] Which phone number should the master call?
       *[both] What is your name, and which number should the master call?
    }
client-ask-contacts-again = { $needs ->
        [name] Please tell me your name, so that the master knows whom to ask for.
        [phone] I could not read the number. In digits, please, such as +7 911 123-45-67.
       *[both] I need a name and a phone, such as: Anna, +7 911 123-45-67.
    }
client-breakdown = What makes the price:
    { $lines }
    { $price } in all, { $high } at most.
client-breakdown-line = { $label }: { $amount }
client-price-unknown = The price depends on the work. Tell me what broke and I will name a range at once.
client-photo-thanks = Got the photo, the master will see it.
client-resume = Back to the job, then.
client-remind = I am still here. Shall we go on from where we stopped?
    .continue = Go on
    .cancel = No longer needed
client-cancel-ask = Cancel job { $number }?
    .cancel = Yes, cancel
    .keep = No, keep it
client-cancel-talk = All right, nothing is ordered. When you need a master, just write.
client-move-accepted = A master is assigned to job { $number } already. For another time, cancel it and choose anew.
    .cancel = Cancel the job
client-keep = All right, everything stands.
client-nothing-to-cancel = There is nothing to cancel: no job yet.
client-status-none = There is no job yet. Tell me what happened and we will begin.
client-status = Job { $number }: { $state }. Time: { $when }.
client-status-no-time = Job { $number }: { $state }.
client-human = I decide everything here myself, with no operators, but at once. Tell me what is wrong and we will sort it out.
client-help = Tell me what broke, and I name a price and a time. Then I send a master and tell you of each step.
client-thanks = You are welcome! I am here if you need me.
client-sorry = I see, that is unpleasant. Let's fix it quickly.
client-work-wanted = Looking for work as a master? This way: { $link }
client-spam = This does not look like a job. If you need a master, tell me what broke.
client-empty = I could not read that. Please tell me in words what happened.
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
danger-no-job = Good that it is over. Only the gas service helps with gas: 104. If you need an electrician, tell me what broke.

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

# What a price is made of.
price-base = Visit and work
price-several = Several faults
price-long = Complex description
price-urgent = Urgent
price-today = Today
price-evening = Evening or weekend
price-parts = Parts
price-rounding = Rounding
