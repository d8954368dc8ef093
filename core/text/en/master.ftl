# What a master hears: joining us, hours, terminal, money.

master-hello = Hello! I am Naryad: I find jobs for masters, with no dispatcher and no pay per lead. You get { $percent } % after the bank’s fee. By continuing you let me keep this chat and your data for our work: { $link }
    .spoken = Hello! I am Naryad: I find jobs for masters, with no dispatcher and no pay per lead. You get { $percent } % after the bank’s fee. By continuing you let me keep this talk and your data for our work.
master-ask-name-phone = { $needs ->
        [name] What is your name?
        [phone] Which number can you be reached on?
       *[both] What is your name, and which number can you be reached on?
    }
    .share = Share my number
master-ask-name-phone-again = { $needs ->
        [name] I still need your first and last name.
        [phone] Only the phone is left. The whole number, please, such as +7 911 123-45-67.
       *[both] I need your name and phone, such as: Ivan Petrov, +7 911 123-45-67.
    }
    .spoken = { $needs ->
        [name] I still need your first and last name.
        [phone] Only the phone is left. The whole number, please, digit by digit.
       *[both] I need your name and phone. First the name, please, then the whole number.
    }
    .share = Share my number
master-ask-city = Which city do you work in?
    .yes = { CITY($city) }
master-ask-city-again = So far we work only { WHERE($city) }. Are you here?
    .yes = Yes, { CITY($city) }
master-ask-trades = What do you do: electrical, plumbing, appliances, small repairs? Several are fine.
master-ask-trades-again = Name one or more: electrical, plumbing, appliances, small repairs.
master-ask-hours = When can you work? For example: “tomorrow 8 to 20” or “Mon–Fri 9–18”.
    .spoken = When can you work? For example: tomorrow from eight to eight, or weekdays from nine to six.
master-ask-hours-again = I need a day and hours, for example: “tomorrow 8 to 20” or “weekdays 9–18”.
    .spoken = I need a day and hours, for example: tomorrow from eight to eight, or weekdays from nine to six.
master-hours-set = Hours noted:
    { $days }
master-hours-day = { $day }: { $spans }
    .spoken = { $day } { $spans }
master-hours-off = { $day }: off
master-ask-terminal = The last step is the terminal. It is a page on your phone that brings jobs and payments.
    .smartphone = Open on my phone
    .physical = I need a separate device
master-ask-terminal-again = Where would you rather take payments: on your own phone or on a separate device?
    .smartphone = Open on my phone
    .physical = I need a separate device
master-terminal-link = Your terminal: { $link } Open it on your phone and share it with nobody.
    .spoken = Your terminal is ready, and its link is in our chat. Share it with nobody.
master-terminal-button = Your terminal is ready. Open it on your phone and share the link with nobody.
    .spoken = Your terminal is ready, and its link is in our chat. Share it with nobody.
    .open = Open the terminal
master-terminal-physical = Your device will wait for you here: { $place }. Pick it up { $day } at the latest. Until then work through the page, the code for the device is there too: { $link }
    .spoken = Your device is ordered. Where and when to pick it up is in our chat. Until then work through the page, its link is there too.
    .open = Open the terminal
master-terminal-ordered = Your device will wait for you here: { $place }. Pick it up { $day } at the latest. The code for it is on the terminal page.
    .spoken = Your device is ordered. Where and when to pick it up is in our chat. The code for it is on the terminal page.
master-terminal-activated = The device is on and linked to you. You can take payments on it.
master-terminal-locked = The code of your device was mistyped five times, so it is closed. Order the device again in the terminal.
master-terminal-closed = The terminal is closed and lets nobody in any more. If it was not you, say “get me a person”.
master-payout-to = Payouts now go here: { $where }. If you did not set this, say “get me a person” at once.
    .spoken = You changed where your payouts go. If it was not you, say at once: get me a person.
master-not-now = All right, I leave you in peace. If you want to work, just tell me: I remember all you said.
master-pay = You get { $percent } % of each payment after the bank’s fee. Jobs and answers to them cost nothing.
master-thanks = You are welcome! Have a good day’s work.
master-fine = Good.
master-paused = Paused. No jobs until you say “working”.
    .resume = Working
master-resumed = Welcome back. Jobs come in your hours again.
master-morning = Good morning! Your hours today: { $spans }. Are you working?
    .yes = Yes
    .no = Not today
master-morning-none = Good morning! You have no hours for today. If you do work, tell me, for example: “10 to 18”.
    .spoken = Good morning! You have no hours for today. If you do work, tell me, for example: from ten to six.
master-morning-yes = Good, today’s hours stand.
master-morning-no = Got it, no jobs today. Have a good rest.
master-silent-paused = Two mornings without an answer, so I paused you. Say “working”, and jobs come back.
    .resume = Working

# Money.
master-payment-consent = It is { $amount }, and the client was promised { ACC($range) }. I have asked the client and am waiting for a yes.
client-payment-consent = For job { $number } the master asks { ACC($amount) }, while we agreed on another price: { $range }. Do you agree?
    .yes = Yes, I agree
    .no = No, I don’t
master-payment-agreed = The client agrees to { $amount }. You can take the payment.
master-payment-refused = The client does not agree to { ACC($amount) }. The promise was { ACC($range) }.
client-payment-agreed = All right, I told the master: { $amount }.
client-payment-refused = Got it, it stays as agreed: { $range }. I told the master.
client-receipt = { $amount } paid for job { $number }. Thank you! How was the master?
client-receipt-change = { $amount } paid for job { $number }, change { $change }. Thank you! How was the master?
master-earned = Job { $number } is paid. You get { $earned } for it, { $today } in all today.
master-earned-cash = Job { $number } is paid in cash: { $amount }. You get { $earned } for it, { $today } in all today. You owe { $due } of fee and commission: I take it from payouts, the debt is now { $debt }.
master-earned-netted = Job { $number } is paid. You get { $earned } for it, { $today } today. Your debt was taken out of that; { $debt } is left.
master-charge-failed = The payment for job { $number } did not go through. Try again or take it another way.
master-charge-silent = The payment provider does not answer about job { $number }. I am finding out whether it went through: do not take it a second time yet.
client-pay-link = You can pay { $amount } for job { $number } here: { $link }
    .spoken = You can pay { $amount } by the code on the master’s phone.
client-surplus = The money for job { $number } came twice. I am already giving { $amount } back.
client-refunded = I gave back { $amount } for job { $number }. The bank needs a few days.
client-refunded-cash = You are given back { $amount } for job { $number }.
master-refunded = The client of job { $number } was given back { $amount }. Your share of that is { $share }.
master-payout-sent = I am sending you { $amount }. I will say when it arrives.
master-payout-done = Your payout of { $amount } has arrived. Thank you for your work!
master-payout-failed = The payout of { $amount } did not go through. The money is safe: check where it should go, and I will send it again.
master-payout-where = You have { $amount } with me, and I do not know where to send it. Please say so in the terminal.
payout-for = Payout under contract for { $day }
client-fiscal-receipt = Your fiscal receipt for job { $number }: { $link }
    .spoken = I have sent you the link to your fiscal receipt.
master-income-receipt = Your income receipt for job { $number } is registered: { $link }
    .spoken = Your income receipt is registered, I have sent you the link.
master-stars-1 = Client: ★
master-stars-2 = Client: ★★
master-stars-3 = Client: ★★★
master-stars-4 = Client: ★★★★
master-stars-5 = Client: ★★★★★
master-rated = Noted: { $stars } of 5 from you for the client of job { $number }.
master-rated-poor = Noted: { $stars } of 5. I will not send you to this client again.
receipt-work = Work on job { $number }
master-friday = The balance goes to your account on Friday.
master-cap-reached = Your cash debt is { $debt }, which is the limit. I can’t take more cash until it is lower.
master-debt-paid = Received { $amount } against the debt. { $debt } left.
master-payment-remind = Job { $number } is done but not paid. Open the terminal and take the payment.

master-note = The client asks me to tell you about job { $number }:
    { $words }
master-job-corrected = The client corrected job { $number }.
    Address: { $address }
    Client: { LIST($client, $phone) }

# Joining.
master-ready = All set, you are in. I will tell you as soon as there is a job. Change your hours in words any day. If you want reports, give me an e-mail.
master-ask-last = And your last name, please: the client will see who comes.
    .skip = No last name
master-ask-last-again = Your last name, please, or skip it.
    .skip = No last name
master-ask-years = { $needs ->
        [years] How many years have you been in the trade?
        [papers] Do you have certificates? Name them or send a photo.
       *[both] How many years have you been in the trade, and do you have certificates?
    }
    .spoken = { $needs ->
        [years] How many years have you been in the trade?
        [papers] Do you have certificates? Name them, please.
       *[both] How many years have you been in the trade, and do you have certificates?
    }
    .skip = Skip
master-ask-years-again = { $needs ->
        [years] Your years as a number, please, such as: 10 years. You may skip it.
        [papers] Name your certificates or send a photo. If there are none, just say so.
       *[both] Tell me your years and certificates, such as: 10 years, licensed. You may skip it.
    }
    .spoken = { $needs ->
        [years] Your years as a number, please, such as: 10 years. You may skip it.
        [papers] Name your certificates. If there are none, just say so.
       *[both] Tell me your years and certificates, such as: 10 years, licensed. You may skip it.
    }
    .skip = Skip
master-noted = Noted:
    { $what }
master-corrected = Corrected:
    { $what }
master-known-name = { $name }
master-known-phone = { $phone }
master-known-email = e-mail { $email }
    .spoken = e-mail
master-known-city = city: { CITY($city) }
master-known-years = { $years ->
        [one] { $years } year of experience
       *[other] { $years } years of experience
    }
master-known-trade = { $trade ->
        [electrical] electrical work
        [plumbing] plumbing
        [appliance] appliances
       *[other] small repairs
    }
master-known-papers = certificates
master-known-hours = working hours
master-back = Welcome back. I remember all you told me, let’s go on.
master-welcome-back = Welcome back, { $name }. All you told me is here, let’s go on.
    .undo = That’s not me
master-not-here = I see. We do not work everywhere yet, but I have kept our talk. Tell me if you come to our city.
master-claim = We already have a master with this number. I sent a six-digit code to the earlier chat with me. If that is you, tell me the code here. If the number is not yours, give me your own.
master-claim-again = I am waiting for the code from the earlier chat. If you can’t open it, give me another number or say “a person please”.
master-claim-other = This number stays shut without the code. Give me the code, your own number, or say “a person please”.
master-claim-wrong = That is not the code. Look once more in the earlier chat.
master-claim-code = Somebody began a new chat with your number. If it is you, give the code { $code } there. If not, tell it to nobody.
    .spoken = Somebody began a new chat with your number. If it is you, I sent the code as text. Tell it to nobody.
master-phone-taken = This number belongs to another master, and I can’t give it away without proof. Give me another number or say “a person please”, and I will call the owner.

# What is asked in between.
master-who = I am Naryad, a program. I take requests from people, name a price and a time, and pass a master the finished job with its address.
master-when-paid = Cash stays with you, and our share of it is taken later. The rest I pay out every Friday morning.
master-why-phone = The client needs the number to reach you, and only once you have taken the job. Nobody else sees it.
master-what-terminal = The terminal is a page on your phone, free of charge: jobs and payments are in it. There is nothing to install.
master-what-jobs = Jobs from people in the city, for example:
    { $jobs }
master-help = Tell me your hours, such as “tomorrow 8 to 20”, or say “my jobs”, “earnings”, “pause”. Jobs come by themselves.
    .spoken = Tell me your hours, such as: tomorrow from eight to eight. Or say: my jobs, earnings, pause. Jobs come by themselves.
master-not-understood = I did not get that. Tell me your hours, or say “my jobs”, “earnings”, “pause”. Answer an offer with “I take it” or “I can’t”.
master-earnings = You earned { $today } today, { $week } this week, { $month } this month. Your balance is { $balance }, paid out on Fridays.
master-earnings-debt = You earned { $today } today, { $week } this week, { $month } this month. You owe { $debt } from cash, and I take it from the next payouts.
master-remind = I am here. { $missing ->
        [name] Tell me your name, and we go on.
        [phone] Only your phone number is still missing.
        [city] Only your city is still missing.
        [trades] Tell me what work you do, and we go on.
        [hours] Tell me when you can work, for example: “tomorrow 8 to 20”.
        [terminal] One step is left: to choose how you take payments.
       *[other] Answer when you have a minute, and we go on.
    }
master-hours-run = { $days }: { $spans }
    .spoken = { $days }, { $spans }
master-hours-run-off = { $days }: off
