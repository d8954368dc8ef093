# What a client hears while we find out what is wrong, where and when.

client-hello = Hello! I am Naryad: I name a price, find a time and send a master. By continuing you let me keep this chat and your contacts for the job: { $link }
    .spoken = Hello! I am Naryad: I name a price, find a time and send a master. By continuing you let me keep this talk and your contacts for the job.
client-continued = Hello! I remember our talk, let’s go on here. How I keep the chat and your contacts: { $link }
    .spoken = Hello! I remember our talk, let’s go on. I keep it and your contacts only for the job.
    .undo = That’s not me
client-joined = I recognise you and remember our talk. Let’s go on here.
    .undo = That’s not me
client-which-request = We began two requests: { $this } and { $that }. Which one shall we go on with?
    .here = { $this }
    .there = { $that }
client-jobs-alike = I recognise you. You have two requests alike: { $fault }. Shall I cancel the second one, { $number }?
    .cancel = Cancel the second
    .keep = I need both
client-place = I see { $district } district on the map. Which street and house?
client-place-noted = I see { $district } district on the map and will tell the master.
client-consent = By continuing you let me keep this chat and your contacts for the job: { $link }
    .spoken = By continuing you let me keep this talk and your contacts for the job.
client-ask-problem = What happened? Tell me what broke and what it looks like.
client-ask-problem-plain = What exactly does not work, or what needs doing?
client-ask-problem-again = I don’t see yet what to do. Two words will help, such as “dead socket”, or choose whom you need.
    .spoken = I don’t see yet what to do. Two words will help, such as: dead socket.
client-choose-fault = Which of these is closest?
client-choose-trade = Whom do you need? Choose, if that is easier.
    .spoken = Whom do you need: an electrician, a plumber, an appliance repairer or a handyman?
client-choose-of-trade = What happened? These are the most frequent cases, but your own words will do too.
    .spoken = What happened? Tell me in your own words.
client-inspection = The master will find out on site what is wrong, and name the price before any work. My price is for the visit and the check.
client-trade-button = { $trade ->
        [electrical] Electrician
        [plumbing] Plumber
        [appliance] Appliance repair
       *[general] Handyman
    }
client-fault-else = Something else
client-price-of-trade = Such work usually costs { $range }, depending on what exactly is to be done and when.
client-gas-service = By law only the gas company works on gas, so we do not take this on. Call them on 104: they will come and do it safely.
client-licensed = For this I will only send a master with a certificate for such work.
client-lock-papers = Before opening the door the master checks your papers. Have your passport ready, and something that shows the flat is yours. If they are inside, show them once the door is open.
client-visits = This takes different masters, so I arrange each visit separately:
    { $visits }
    I ask for address and phone only once. Let’s begin with the first.
client-visit-line = { $fault }: usually { $range }
client-visit-line-later = { $trade ->
        [electrical] Electrician
        [plumbing] Plumber
        [appliance] Appliance repair
       *[general] Handyman
    }: I will ask about it in its turn
client-range-next = Next: { MID($fault) }. Usually it costs { $range } and takes { SPAN($shortest, $longest) }.
client-range-next-several = Next:
    { $fault }
    Together it usually costs { $range } and takes { SPAN($shortest, $longest) }.
client-visit-next = That one is arranged. Now the next.
client-left-out = All right, I have left that out. The rest stands.
client-slots-same = The other master is free at the same time too, { $when }. Confirm it or choose another.
client-which-cancel = Which job should I cancel?
client-which-move = For which job should I change the time?
client-which-button = { $number }, { MID($fault) }
client-which-all = All of them
client-status-all = Here are your jobs:
    { $jobs }
client-status-all-again = No change so far, all goes as planned:
    { $jobs }
client-status-line = { $number }, { MID($fault) }: { $state }, { $when }
client-status-line-no-time = { $number }, { MID($fault) }: { $state }
client-warranty = { $fault }. This is under warranty: a master will come and put it right free of charge.
    .spoken = This is under warranty: a master will come and put it right free of charge.
client-slot-button-free = { SHORT($when) }, free
    .spoken = { $when }, free of charge
client-held-free = This time is yours: { $when }. It is under warranty, there is nothing to pay.
client-choose-near = Got it. Which of these is it like? If in doubt, say “something else”.
    .spoken = Got it. Which of these is it like? If in doubt, say: something else.
client-trade-not-yet = To be honest, we have no such masters here yet. If you need other work done, tell me.
client-trade-partly = Part of this needs a master we don’t have yet. I can help with the rest.
client-fault-partly = The rest of what you named the master will look at on site, and name its price first.
client-range = { $fault }. Usually it costs { $range } and takes { SPAN($shortest, $longest) }. Each time below shows its exact price.
    .spoken = { $fault }. Usually it costs { $range } and takes { SPAN($shortest, $longest) }. I will give the exact price with each time.
client-range-several = All of it in one visit:
    { $fault }
    Together it usually costs { $range } and takes { SPAN($shortest, $longest) }. Each time below shows its exact price.
    .spoken = All of it in one visit: { $fault }. Together it usually costs { $range } and takes { SPAN($shortest, $longest) }. I will give the exact price with each time.
client-ask-address = Where should the master come, and when does it suit you? Tell me the street, house, flat and time. A photo helps too.
    .spoken = Where should the master come, and when does it suit you? Tell me the street, house, flat and time.
    .share = Share my location
client-kept = Noted.
client-ask-address-when = Where should the master come, and when does it suit you? Tell me the street, house, flat and time.
    .share = Share my location
client-ask-address-only = Where should the master come? Tell me the street, house and flat.
    .share = Share my location
client-ask-address-again = For the master to find you I need the street and house, for example: Teatralnaya 30, flat 14.
    .share = Share my location
client-ask-house = Noted: { $street }. And the house and flat?
client-ask-house-again = I remember the street: { $street }. Now only the house and flat.
client-city-not-yet = So far our masters work only { WHERE($city) }. If that is where you need one, tell me the street and house.
client-asked-enough = I can’t send a master without it, but there is no hurry. Tell me when it suits you: I remember the rest.
client-slots = Here are free times, each with its price. Choose one, or tell me your own.
client-slots-near = The nearest free times:
client-slots-more = Here is more time, each with its price:
    .spoken = Here is more time.
client-slots-else = I have looked, and this is free:
client-slots-yes = Yes, a master can come { $when }. Confirm that time or choose another.
client-slots-again = Only the time is left. Choose one of these, or tell me which day and hour suit you.
client-slots-which = Which of them? Name the time or say “the first”.
client-ask-time = All right, when does it suit you? A day and a time, such as “tomorrow afternoon”.
client-slots-other = Masters are busy then. The nearest free times:
client-slots-past = That time has passed. The nearest free times:
client-slots-stale = I can no longer offer that time. Here is what is free now:
client-slots-fresh = Here are the times and prices now:
client-slots-taken = Someone just took that time. These are still free:
client-slot-button = { SHORT($when) }, { $price }
    .spoken = { $when }, { $price }
client-slots-none = All masters are busy for the next two weeks. You are in the queue, job { $number }. I will tell you as soon as there is a time.
client-slots-none-licensed = No master with a certificate for this is free at the moment. You are in the queue, job { $number }. I will tell you as soon as there is a time.
client-slots-still-none = There is no free time yet. Job { $number } is in the queue, and I will tell you at once.
client-slots-still-none-again = No change so far: job { $number } is in the queue, and I am still looking.
client-slots-no-other = There is no other free time now. Job { $number } stays as it was.
client-held = This time is yours: { $when }. The price is { $price }, { $high } at most. It will not grow without your consent.
client-held-already = That time is yours already: { $when }.
client-ask-contacts = { $needs ->
        [name] What is your name?
        [phone] Which number can the master call you on?
       *[both] What is your name, and which number can the master call you on?
    }
    .share = Share my number
client-ask-contacts-again = { $needs ->
        [name] Only your name is left, so that the master knows whom to ask for.
        [phone] Only the phone is left. The whole number, please, such as +7 911 123-45-67.
       *[both] Only a name and a phone are left, such as: Anna, +7 911 123-45-67.
    }
    .spoken = { $needs ->
        [name] Only your name is left, so that the master knows whom to ask for.
        [phone] Only the phone is left. The whole number, please, digit by digit.
       *[both] Only a name and a phone are left. First the name, please, then the whole number.
    }
    .share = Share my number
client-noted = Corrected:
    { $what }
client-note-kept = Noted, the master will read it with the job.
client-note-passed = I have told the master.
client-note-more = I have passed this on too.
client-noted-told = Noted, and the master knows:
    { $what }
client-payment-why = Ask the master why the amount differs: he is there with you. If you don’t agree, just say so: the price stays as it was.
client-noted-phone = phone { $phone }
client-noted-name = name { $name }
client-breakdown = What makes up the price:
    { $lines }
    { $price } in all, { $high } at most.
client-breakdown-range = What makes up the price:
    { $lines }
    That is { GEN($price) } to { GEN($high) }, depending on the day and hour.
client-price-beside = Apart from that:
    { $visits }
    All together { $range }.
client-price-of = Here is what it comes to:
    { $visits }
client-price-job = { $fault }: { $price }, { $high } at most
client-breakdown-line = { $label }: { $amount }
client-price-unknown = The price depends on the work. Tell me what broke, and I will say what it usually costs.
client-photo-thanks = I have the photo, the master will see it.
client-resume = Good, let’s go on.
client-remind = I am here and remember all you told me. Shall we go on?
    .continue = Go on
    .cancel = No longer needed
client-cancel-ask = Cancel job { $number }?
    .cancel = Yes, cancel
    .keep = No, keep it
client-cancel-talk = All right, nothing is ordered. If you need a master, just tell me.
client-cancel-second = All right, I leave this one out. What was ordered before stands.
client-move-late = The master is already on the way for job { $number }, so the time stays. The job can only be cancelled.
    .cancel = Cancel the job
client-keep = All right, everything stands.
client-nothing-to-cancel = There is nothing to cancel: you have no job yet.
client-status-none = There is no job yet. Tell me what happened, and we will begin.
client-status = Job { $number }: { $state }. Time: { $when }.
client-status-no-time = Job { $number }: { $state }.
client-status-soon = No change on job { $number }: { $state }. The time stays, { $when }. I will tell you as soon as there is news.
client-help = Tell me what broke: I name a price and a time, send a master and tell you of each step.
client-thanks = You are welcome! I am here if you need me.
client-fine = Good. I am here.
client-later = No hurry. I remember all you told me.
client-back = I am listening. What happened?
client-second-job = Job { $number } stands, and this will be a separate one.
client-sorry = I see, that is unpleasant. Let’s fix it quickly.
client-work-wanted = Looking for work as a master? This way: { $link }
    .spoken = Looking for work as a master? Join on our website, there is a page for masters.
client-spam = This does not look like a job. If you need a master, tell me what broke.
client-empty = I could not read a word of that. I know Russian and English: please tell me what happened.
    .spoken = I could not make out a word of that. I know Russian and English: please tell me what happened.
client-complaint = Your complaint about job { $number } is on record, and the owner will see it. Tell me what is wrong: I keep every word.

# What may be asked at any time.
client-about-why_phone = Only the master needs your phone: to call when nearly there. Nobody else will ring you.
client-about-why_name = The master needs a name to know whom to ask for. A first name is enough.
client-about-why_address = The street tells me which master is near. House and flat are seen only by the one who takes the job.
client-about-why_questions = I ask only what a master can’t do without: what broke, where, when and whom to call.
client-about-payment = You pay the master on the spot, once everything works. Nothing in advance, and you choose how on the master’s terminal.
client-about-warranty = The work has a warranty of { $days ->
        [one] { $days } day
       *[other] { $days } days
    }. If the same thing breaks again, tell me: a master comes back free of charge.
client-about-parts = The master brings tools and small supplies. Parts it can’t do without are in the price, about others you are asked first.
client-about-papers = After payment I send you a confirmation with the sum. For a contract or an invoice say “human”, and I will call the owner.
client-about-privacy = I keep the chat and your contacts for the job, and the master sees them on taking it. More here: { $link }
    .spoken = I keep our talk and your contacts for the job, and the master sees them on taking it. There is more on our website.
client-about-duration = The work usually takes { SPAN($shortest, $longest) }.
client-about-duration-unknown = That depends on the work. Tell me what broke and I can say more.
client-about-open_hours = I answer at any hour. Masters are free in the evening and at weekends too: I will name times and prices.
client-about-area = Masters work { WHERE($city) } and come to you, so you need not go anywhere.
client-about-who = Of those who are free I choose the best rated. You get a name and a phone number as soon as the master agrees.
client-about-who-known = { $master } comes to you { $when }.{ $phone ->
        [none] { "" }
       *[other] { " " }The master’s phone: { $phone }.
    }
client-about-call_out = { $fee ->
        [none] The visit is in the price. You can cancel at any moment, free of charge.
       *[other] The visit is in the price. If you cancel when the master is on the way, the visit costs { ACC($fee) }.
    }
client-about-cheaper = The price is worked out the same way for everyone, and I can’t bargain. It is lowest on weekdays in the daytime, if not urgent and not today.
client-about-trust = You pay only after the work, and only the price we agreed on. I will tell you beforehand who comes, with the phone number.
client-about-bot = I am a program: I answer at once and at any hour. If you need a person, say so, and I will call one.
client-bye = Goodbye! I am here if you need me.
client-bye-open = Goodbye! I remember what you told me: come back and we go on.
client-wait = All right, I will wait.
client-human = I have called a person: the owner will read our talk and answer here. Until then it is me, a program.
client-human-again = I have already called the owner, who will answer here. Until then I help as I can.
client-sorry-again = I hear you. If you like, say “human”, and I will call the owner.
client-ask-problem-why = It decides who to send and what it costs. What exactly does not work?
client-ask-street = I have house { $house }. And which street?
client-ask-street-again = I remember house { $house }, only the street is missing. Its name, please, such as: Teatralnaya.
client-stuck = I can’t make it out, so I have shown our talk to the owner. Meanwhile you can simply choose whom you need:
    .spoken = I can’t make it out, so I have shown our talk to the owner. Meanwhile just tell me whom you need.
client-asked-enough-again = I am here. Tell me when you have decided, and we go on from there.
client-time-impossible = There is no such date or hour. Please say it another way, such as “tomorrow at 14:00”.
client-photo-place = If you can, send a photo of the place and of what is to be fitted: the master will bring what it takes.
    .spoken = The master will ask by phone what to bring.
client-photo-please = If you can, send a photo of it: the master will know what to bring.
    .spoken = The master will look at it on site.
client-photo-careful = Take a photo of the damage without touching anything, and send it: it shows how serious this is.
    .spoken = Please do not touch anything there until the master comes.

# After the work.
client-ask-stars = How was the master? Give a mark from 1 to 5.
client-rated = Thank you, noted: { $stars } of 5.
client-rated-changed = Changed: { $stars } of 5 now.
client-rated-poor = Noted: { $stars } of 5. What was wrong? The owner will read every word.
client-rate-later = You can rate after payment: I will ask you when the receipt comes.
client-complaint-none = Noted, and the owner will see it. Tell me what happened and when: I keep every word.
client-same-again = I am sorry. This was done under job { $number } and is still under warranty. I have told the owner.
client-complaint-more = That is noted too. The owner will answer here.
client-complaint-kept = Added. The owner will see all that you wrote.

# Danger first.
danger-gas = Do not switch anything on or off, no flames. Open the windows, shut the gas off and get everyone out. From outside call 104 or 112.
    .spoken = Do not switch anything on or off, no flames. Open the windows, shut the gas off and get everyone out. From outside call one zero four or one one two.
    .safe = Safe now
    .not_yet = Not yet
danger-co = Get everyone out into fresh air and call 112. Carbon monoxide has no smell: do not go back in until the rescuers say so.
    .spoken = Get everyone out into fresh air and call one one two. Carbon monoxide has no smell: do not go back in until the rescuers say so.
    .safe = Safe now
    .not_yet = Not yet
danger-fire = Get everyone out and call 112. No water on wiring. Switch off the breaker only if it is on your way and safe.
    .spoken = Get everyone out and call one one two. No water on wiring. Switch off the breaker only if it is on your way and safe.
    .safe = Safe now
    .not_yet = Not yet
danger-electric_shock = Do not touch the appliance or anyone being shocked. Switch off the breaker at the panel. If anyone is unwell, call 112.
    .spoken = Do not touch the appliance or anyone being shocked. Switch off the breaker at the panel. If anyone is unwell, call one one two.
danger-flood = Shut the water off at the valve where the pipe enters the flat. If the panel is dry, switch off the power. Do not touch wet sockets or appliances.
danger-still = Go somewhere safe and call 112. Take your time, and tell me when the danger is over.
    .spoken = Go somewhere safe and call one one two. Take your time, and tell me when the danger is over.
    .safe = Safe now
    .not_yet = Not yet
danger-waiting = Tell me: are you safe, is everyone out? What you told me will not be lost.
    .safe = Safe now
    .not_yet = Not yet
danger-no-job = { $danger ->
        [gas] Good that you are safe. Only the gas service can help with gas: call 104. If you need a master of ours too, tell me what broke.
        [co] Good that you are safe. Do not heat until the gas service, 104, has checked the boiler and flue. If you need a master of ours too, tell me what broke.
       *[other] Good that you are safe. If you need a master, tell me what broke.
    }
    .spoken = { $danger ->
        [gas] Good that you are safe. Only the gas service can help with gas: call one zero four. If you need a master of ours too, tell me what broke.
        [co] Good that you are safe. Do not heat until the gas service has checked the boiler and flue, call one zero four. If you need a master of ours too, tell me what broke.
       *[other] Good that you are safe. If you need a master, tell me what broke.
    }

client-fault-button = { $fault }

# States of a job, as they are told.
status-requested = waiting for a free time
status-quoted = not placed yet
status-searching = looking for a master
status-accepted = a master is assigned
status-travelling = the master is on the way
status-on_site = the master is there
status-working = work is under way
status-done = the work is done
status-paid = paid
status-disputed = being sorted out
status-cancelled = cancelled
status-expired = closed
status-payment_closed = the payment is closed, please start it again

# What a price is made of.
price-base = Visit and work
price-several = Several faults
price-long = Difficult case
price-urgent = Urgent
price-today = Today
price-evening = Evening or weekend
price-parts = Materials
price-parts-named = Materials: { $parts }
price-warranty = Under warranty
price-rounding = Rounding

# Stars.
client-stars-1 = ★ Bad
client-stars-2 = ★★ So-so
client-stars-3 = ★★★ All right
client-stars-4 = ★★★★ Good
client-stars-5 = ★★★★★ Excellent
