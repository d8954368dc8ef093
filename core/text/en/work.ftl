# What a master at work hears: what he asks, what goes wrong at the door, cash in words.

master-offer-counter = The client has already chosen the time of job { $number }: { $when }. I cannot move it or change the price myself. Will you take it as it is? I wait until { $until }.
    .accept = I take it
    .decline = I can't
master-offer-waits = Job { $number }, { $when }: think it over, I wait until { $until }.
    .accept = I take it
    .decline = I can't
master-offer-details = Job { $number }: { $service }.
    Where: { $place }. House and phone come as soon as you take it.
    When: { $when }, up to { $length } of work
    You get: { $payout }
    Answer by { $until }
    .accept = I take it
    .decline = I can't
master-which-offer = You have several jobs on offer. Which one do you mean?
master-which-accept = Take { $number }: { $service }, { $when }, { $place }, { $payout }
master-which-decline = Not { $number }: { $service }, { $when }, { $place }, { $payout }
master-no-offer = Nothing is on offer for you now: the job was taken or cancelled. I will write when there is a new one.

master-no-job = You have no jobs now. I will write as soon as there is one.
master-step-early = Job { $number } is still far off, it is { $when }. If you have really set off, press the button.
    .travel = On my way
master-step-known = Job { $number } is already marked: { $state }.
master-delay-told = I told the client: { $span }. Drive safely.
master-arrival-told = I told the client: you will be there by { $at }.
master-delay-told-open = I told the client that you are late. If you know by how much, write: “20 minutes late”.{ $span }
master-client-absent = I wrote to the client that you are at the door. Call too: { $phone }. If nobody comes, write “nobody came, leaving” or press the button.
    .missed = Nobody came
master-missed-ask = Close the visit for job { $number }? The client picks another time, and you are free.
    .missed = Yes, nobody came
master-missed = Marked that nobody opened for job { $number }. You are free, and the client picks another time.
master-parts = Got it, the client knows. Name the price of the parts yourself, and put the full amount into the terminal. If it leaves the range, I ask for consent.
master-job-card = Job { $number }: { $service }.
    When: { $when }
    Address: { $address }
    Client: { $client }, { $phone }
    You get: { $payout }
master-leave-ask = Take you off job { $number }, { $when }? I will look for another master.
    .cancel = Yes, I am not coming
master-fine-not = All right, nothing is changed.

master-cash-ask = I am noting { $amount } in cash for job { $number }, with the work done. Right?
    .yes = Yes, I have it
    .no = No
master-cashless = Take cards and transfers on the terminal page. If you hold the money already, write the amount: “took 3000 cash”.
master-nothing-to-pay = No work is waiting for payment now. Finish the work and write the amount again.

master-jobs = Your jobs:
    { $jobs }
master-jobs-later = Nothing on that day. After that you have:
    { $jobs }
master-jobs-none = You have no jobs yet. I will write as soon as there is one.
master-job-line = { $number }, { $when }: { $service }. { $address } ({ $state })
master-job-short = { $number }, { $when }
master-jobs-stay = The jobs you took stay yours. If you cannot do one, write “I can't come”:
    { $jobs }
master-jobs-outside = You have taken a job for that time, and it stays yours. If you cannot do it, write “I can't come”:
    { $jobs }
master-hours-now = Your hours:
    { $days }
master-hours-none = You have no hours in the next seven days. Tell me when you work, for example: “tomorrow 8 to 20”.
master-paused-until = Paused, no jobs for now. I start again { $day }. If you are back earlier, press the button.
    .resume = Working
master-extra = Name the client a price for the extra work, and put the full amount for job { $number } into the terminal. If it leaves the range, I ask for consent.
master-conflict = If you are threatened, leave and call 112. The owner settles the money for work that is done.
master-photo-kept = I kept the photo.
master-phone-of-other = This number belongs to another master, so I kept the old one.
master-not-understood-again = Still lost, sorry. I know these: “tomorrow 8 to 20”, “my jobs”, “20 minutes late”, “took 3000 cash”, “earnings”, “pause until Friday”.
master-human = I passed it to the owner, who will see it and answer here. Meanwhile I am with you.
master-human-again = The owner knows about it and will answer here. I added your words.
master-sorry = I see, that is unpleasant. Tell me what happened, or write “a person please”, and I call the owner.

client-master-delayed = { $master } is running late{ $span ->
        [none] { "" }
       *[other] { " " }by about { $span }
    }. The master's phone: { $phone }.
client-master-soon = { $master } will be with you{ $span ->
        [none] { " " }soon
       *[other] { " " }in about { $span }
    }. The master's phone: { $phone }.
client-master-at-door = { $master } is at your door, but nobody opens. Please open or call: { $phone }.
client-parts = { $master } needs parts. You hear their price first, and without your consent the sum stays in the range. Phone: { $phone }.
client-missed = { $master } came, but nobody opened. Job { $number } stands, pick another time:
    .cancel = Cancel the job
client-missed-no-times = { $master } came, but nobody opened. Job { $number } stands. Tell me when it suits you.
    .cancel = Cancel the job
