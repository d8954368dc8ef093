# What both people hear while a job lives: searching, coming, working, and what goes wrong.

client-searching = Job { $number } is placed and the time is yours. I am asking a master and will tell you who comes.
    .cancel = Cancel the job
client-searching-morning = Job { $number } is placed and the time is yours: { $when }. I do not wake masters at night, so I will ask { $asked }.
    .cancel = Cancel the job
client-waits-morning = Job { $number } waits for the morning: I do not wake masters at night, so I will ask { $asked }. The time stays yours.
    .cancel = Cancel the job
client-queued = Nobody is free for job { $number } at that time yet. I am still looking and ask every { $minutes ->
        [one] minute
       *[other] { $minutes } minutes
    }. Or take another time:
    .cancel = Cancel the job
client-queued-no-times = Nobody is free for job { $number } at that time yet. I am still looking and ask every { $minutes ->
        [one] minute
       *[other] { $minutes } minutes
    }. When I find someone, you will know at once.
    .cancel = Cancel the job
client-accepted = { $master } comes to you { $when }. { $phone ->
        [none] Job { $number }.
       *[other] The master’s phone: { $phone }. Job { $number }.
    }
    .cancel = Cancel the job
client-travelling = { $master } is on the way to you.
client-on-site = { $master } has arrived.
client-working = The work has begun. { $master } will say when it is done.
client-done = The work is done. Check it together with the master. If all is well, pay { ACC($price) }.
client-done-free = The warranty work is done, there is nothing to pay. Check it all with the master while he is there.
client-new-fault = { $master } says that something else is broken and the warranty does not cover it. That is { $price }, { $high } at most. Shall it be done?
    .pricenew = Yes, do it
    .keepfree = No, only the warranty
client-new-fault-agreed = All right, it will be done too. The price is { $price }, { $high } at most.
client-new-fault-declined = All right, there is nothing to pay. Only the warranty work will be done.
master-new-fault = I have asked the client to pay for this on job { $number }. Please wait for the answer before you begin.
master-new-fault-agreed = The client agrees: { $price }, { $high } at most. Job { $number } is an ordinary paid one now.
master-new-fault-declined = The client does not want to pay. On job { $number } do only the warranty work.
client-cancelled = Job { $number } is cancelled. If you need a master, just tell me.
client-cancelled-call-out = Job { $number } is cancelled. The master was already on the way, so the visit costs { ACC($amount) }.
client-cancelled-by-owner = The owner of the service cancelled job { $number }. If you still need a master, tell me, and I will look again.
client-master-left = { $master } can’t come. I am looking for another master for the same time: { $when }.
client-master-late = { $master } is more than { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    } late, so I am calling another master. The new one can come { $when }, at the same price.
    .cancel = Cancel the job
client-master-late-times = { $master } is more than { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    } late, and nobody else is free now. Please choose another time:
    .cancel = Cancel the job
client-master-late-no-times = { $master } is more than { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    } late, and nobody else is free now. Tell me when it suits you, and I will find a time.
    .cancel = Cancel the job
client-too-near = I could not find a master for that time. Job { $number } stands, please choose another time:
    .cancel = Cancel the job
client-too-near-no-times = I could not find a master for that time, and no other is free yet. Tell me when it suits you, and I will try again.
    .cancel = Cancel the job
client-hold-lapsed = I kept the time and the price of job { $number } until { GEN($until) }. Please choose a time again:
    .cancel = Cancel the job
client-hold-lapsed-no-times = I kept the time and the price of job { $number } until { GEN($until) }. Tell me when it suits you, and I will look again.
    .cancel = Cancel the job
client-time-appeared = There is a time for job { $number } now. Please choose one:
    .cancel = Cancel the job
client-expired = Job { $number } is closed: a day went by without an answer. If you need a master, just tell me.

master-unnamed = The master
job-address = { $street ->
        [none] { $house ->
            [none] Address
           *[other] House { $house }
        }
       *[other] { $street }{ $house ->
            [none] { "" }
           *[other] { " " }{ $house }
        }
    }{ $building ->
        [none] { "" }
       *[other] , block { $building }
    }{ $structure ->
        [none] { "" }
       *[other] , building { $structure }
    }{ $flat ->
        [none] { "" }
       *[other] , flat { $flat }
    }{ $entrance ->
        [none] { "" }
       *[other] , entrance { $entrance }
    }{ $floor ->
        [none] { "" }
       *[other] , floor { $floor }
    }{ $intercom ->
        [none] { "" }
       *[other] , intercom { $intercom }
    }

master-offer = Job { $number }: { MID($service) }, { $place }
    When: { $when }
    Work: up to { GEN($length) }
    You get: { $payout }
    Answer by { GEN($until) }
    .spoken = A job: { MID($service) }, { $place }. Come { $when }. You get { $payout }. Will you take it?
    .accept = I take it
    .decline = I can’t
master-accepted = Job { $number } is yours: { MID($service) }.
    When: { $when }
    Address: { $address }
    Client: { LIST($client, $phone) }
    You get: { $payout }
    .spoken = The job is yours: { MID($service) }. Come { $when }. The address: { $address }. The client: { LIST($client, $phone) }.
    .travel = I am on my way
    .cancel = I can’t come
master-offer-warranty = Warranty visit, job { $number }: { MID($service) }, { $place }
    When: { $when }
    Work: up to { $length }
    Free for the client, nothing for you.
    Answer by { GEN($until) }
    .spoken = A warranty visit: { MID($service) }, { $place }. Come { $when }. It is free for the client. Will you take it?
    .accept = I take it
    .decline = I can’t
master-accepted-warranty = Warranty job { $number } is yours: { MID($service) }.
    When: { $when }
    Address: { $address }
    Client: { LIST($client, $phone) }
    Take no money from the client. If something else is broken, write “it is a new fault”.
    .spoken = The warranty job is yours: { MID($service) }. Come { $when }. Address: { $address }. Client: { LIST($client, $phone) }. Take no money from the client.
    .travel = On my way
    .cancel = I can’t come
master-done-free = Noted: the warranty work is done. Take no money from the client.
master-declined = All right, I will offer job { $number } to somebody else.
master-travelling = Noted: you are on your way. When you get there, say “I am here”.
    .arrive = I am there
    .cancel = I can’t come
master-on-site = Noted: you are there.
    .start = I am starting
master-working = Noted: the work is under way.
    .finish = Done
master-done = Noted: all done. Let the client check it. Then take { ACC($price) } in your terminal.
master-offer-lapsed = There was no answer, so job { $number } went to somebody else.
master-offer-taken = Another master took job { $number }.
master-offer-closed = There is no need to answer about job { $number } any more.
master-job-cancelled = Job { $number } is cancelled, no need to go. Your time is free again.
master-job-moved = Job { $number } went to another master. Your time is free again.
master-late = You did not say that you had left for job { $number }, so it went to another master.
master-overdue-travelling = Job { $number }: are you still on your way?
    .arrive = I am there
    .cancel = I can’t come
master-overdue-on_site = Job { $number }: have you started?
    .start = I am starting
master-overdue-working = Job { $number }: is it all done?
    .finish = Done
