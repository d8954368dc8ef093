# What a master at work hears: what he asks, what goes wrong at the door, cash in words.

master-offer-counter = The client has already chosen the time of job { $number }: { $when }. I can’t move it or change the price myself. Will you take it as it is? I wait until { GEN($until) }.
    .accept = I take it
    .decline = I can’t
master-offer-waits = Job { $number }, { $when }. Think it over, I wait until { GEN($until) }.
    .accept = I take it
    .decline = I can’t
master-offer-details = Job { $number }: { MID($service) }.
    Where: { $place }. The house and the phone come as soon as you take it.
    When: { $when }, up to { GEN($length) } of work
    You get: { $payout }
    Answer by { GEN($until) }
    .accept = I take it
    .decline = I can’t
master-which-offer = Which of the jobs?
    { $jobs }
master-which-line = { $number }: { MID($service) }, { $place }, { $when }. You get { $payout }
master-which-accept = Take { $number }
master-which-decline = Not { $number }
master-no-offer = Nothing is on offer for you now: the job was taken or cancelled. I will tell you when there is a new one.

master-no-job = You have no jobs now. I will tell you as soon as there is one.
master-step-early = Job { $number } is still far off: { $when }. If you have already left, confirm it.
    .travel = On my way
master-step-known = Job { $number } is already marked: { $state }.
master-delay-told = I told the client you need another { ACC($span) }. Drive safely.
master-arrival-told = I told the client you will be there at about { GEN($at) }.
master-delay-told-open = I told the client that you are late. If you know by how much, say: “20 minutes late”.{ $span }
master-client-absent = I told the client that you are at the door. Call too: { $phone }. If nobody comes, say “nobody came, leaving”.
    .missed = Nobody came
master-missed-ask = Close the visit for job { $number }? The client picks another time, and you are free.
    .missed = Yes, nobody came
master-missed = Marked that nobody opened for job { $number }. You are free, and the client picks another time.
master-parts = Got it, the client knows. Name the price of the parts yourself, and put the full amount into the terminal. If it is above what was promised, I ask for consent.
master-job-card = Job { $number }: { MID($service) }.
    When: { $when }
    Address: { $address }
    Client: { LIST($client, $phone) }
    You get: { $payout }
master-leave-ask = Take you off job { $number }, { $when }? Then I look for another master.
    .cancel = Yes, I am not coming
master-fine-not = All right, nothing is changed.

master-cash-ask = I am noting { $amount } in cash for job { $number }, with the work done. Right?
    .yes = Yes, I have it
    .no = No
master-cashless = Take cards and transfers on the terminal page. If you have the money already, tell me the amount: “took 3000 cash”.
master-nothing-to-pay = No work is waiting for payment now. Finish the work and tell me the amount again.

master-jobs = Your jobs:
    { $jobs }
master-jobs-later = Nothing on that day. After that you have:
    { $jobs }
master-jobs-none = You have no jobs yet. I will tell you as soon as there is one.
master-job-line = { $number }, { $when }: { MID($service) }. { $address }, { $state }
master-job-short = { $number }, { $when }
master-jobs-stay = The jobs you took stay yours. If you can’t do one, say “I can’t come”:
    { $jobs }
master-jobs-outside = You have taken a job for that time, and it stays yours. If you can’t do it, say “I can’t come”:
    { $jobs }
master-hours-now = Your hours:
    { $days }
master-hours-none = You have no hours in the next seven days. Tell me when you work, for example: “tomorrow 8 to 20”.
    .spoken = You have no hours in the next seven days. Tell me when you work, for example: tomorrow from eight to eight.
master-paused-until = Paused, no jobs for now. I start again { $day }. If you are back earlier, say “working”.
    .resume = Working
master-extra = Name the client a price for the extra work, and put the full amount for job { $number } into the terminal. If it is above what was promised, I ask for consent.
master-conflict = Leave and call 112 if you are threatened. The owner will settle the pay for what is done.
    .spoken = Leave and call one one two if you are threatened. The owner will settle the pay for what is done.
master-photo-kept = I kept the photo.
master-phone-of-other = This number belongs to another master, so I kept the old one.
master-not-understood-again = I still did not get it. I know these: “tomorrow 8 to 20”, “my jobs”, “20 minutes late”, “took 3000 cash”, “earnings”, “pause until Friday”.
    .spoken = I still did not get it. I know these: tomorrow from eight to eight; my jobs; twenty minutes late; took three thousand cash; earnings; pause until Friday.
master-human = I passed it to the owner, who will see it and answer here. Meanwhile I am with you.
master-human-again = The owner knows about it and will answer here. I added your words.
master-sorry = I see, that is unpleasant. Tell me what happened, or say “a person please”, and I will call the owner.

client-master-delayed = { $master } is running late{ $span ->
        [none] { "" }
       *[other] { " " }by about { ACC($span) }
    }.{ $phone ->
        [none] { "" }
       *[other] { " " }The master’s phone: { $phone }.
    }
client-master-soon = { $master } will be with you{ $span ->
        [none] { " " }soon
       *[other] { " " }in about { ACC($span) }
    }.{ $phone ->
        [none] { "" }
       *[other] { " " }The master’s phone: { $phone }.
    }
client-master-at-door = { $master } is at your door, but nobody opens. { $phone ->
        [none] Please open.
       *[other] Please open or call: { $phone }.
    }
client-parts = The work needs parts. { $master } will name their price first, and without your consent the sum will not grow.{ $phone ->
        [none] { "" }
       *[other] { " " }The master’s phone: { $phone }.
    }
client-missed = The master came, but nobody opened. Job { $number } stands, choose another time:
    .cancel = Cancel the job
client-missed-no-times = The master came, but nobody opened. Job { $number } stands. Tell me when it suits you.
    .cancel = Cancel the job
