# What both people hear while a job lives: searching, coming, working, and what goes wrong.

client-searching = Job { $number } is placed and the time is yours. I am asking the master, and will write who comes.
    .cancel = Cancel the job
client-searching-morning = Job { $number } is on and the time is yours: { $when }. I do not wake masters at night, so I will ask { $asked }.
    .cancel = Cancel the job
client-waits-morning = Job { $number } waits for the morning: I do not wake masters at night, so I will ask { $asked }. The time stays yours.
    .cancel = Cancel the job
client-queued = Nobody is free for job { $number } at that time yet. I keep asking every { $minutes } minutes. Or take another time:
    .cancel = Cancel the job
client-queued-no-times = Nobody is free for job { $number } at that time yet. I keep asking every { $minutes } minutes and will write at once.
    .cancel = Cancel the job
client-accepted = { $master } comes to you { $when }. { $phone ->
        [none] Job { $number }.
       *[other] The master’s phone: { $phone }. Job { $number }.
    }
    .cancel = Cancel the job
client-travelling = { $master } is on the way to you.
client-on-site = { $master } has arrived.
client-working = The work has begun. { $master } will say when it is done.
client-done = The work is done. Check it together with the master. If you are content, pay { $price }.
client-cancelled = Job { $number } is cancelled. If you need a master, just write.
client-cancelled-call-out = Job { $number } is cancelled. The master was already on the way, so the visit costs { $amount }.
client-cancelled-by-owner = The owner of the service cancelled job { $number }. If you still need a master, write, and I will look again.
client-master-left = { $master } cannot come. I am looking for another master for the same time: { $when }.
client-master-late = { $master } is more than { $minutes } minutes late, so I am calling another master. He can come { $when }, at the same price.
    .cancel = Cancel the job
client-master-late-times = { $master } is more than { $minutes } minutes late, and nobody else is free now. Please choose another time:
    .cancel = Cancel the job
client-master-late-no-times = { $master } is more than { $minutes } minutes late. Nobody else is free now. Write when it suits you, and I will find a time.
    .cancel = Cancel the job
client-too-near = I did not find a master for that time. Job { $number } stands, please choose another:
    .cancel = Cancel the job
client-too-near-no-times = I did not find a master for that time, and no other is free yet. Write when it suits you, and I will try again.
    .cancel = Cancel the job
client-hold-lapsed = I kept the time and the price of job { $number } until { $until }. Please choose a time again:
    .cancel = Cancel the job
client-hold-lapsed-no-times = I kept the time and the price of job { $number } until { $until }. Write when it suits you, and I will look again.
    .cancel = Cancel the job
client-time-appeared = There is a time for job { $number } now. Please choose one:
    .cancel = Cancel the job
client-expired = Job { $number } is closed: a day went by without an answer. If you need a master, just write.

master-unnamed = The master
job-address = { $street } { $house }{ $building ->
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

master-offer = { $service }, { $place }
    When: { $when }
    Work: up to { $length }
    You get: { $payout }
    Answer by { $until }
    .spoken = A job: { $service }, { $place }. Come { $when }. You get { $payout }. Will you take it?
    .accept = I take it
    .decline = I cannot
master-accepted = Job { $number } is yours: { $service }.
    When: { $when }
    Address: { $address }
    Client: { $client }, { $phone }
    You get: { $payout }
    .spoken = The job is yours: { $service }. Come { $when }. The address: { $address }.
    .travel = I am on my way
    .cancel = I cannot come
master-declined = All right, I will offer job { $number } to somebody else.
master-travelling = Noted: you are on your way. Press the button when you are there.
    .arrive = I am there
    .cancel = I cannot come
master-on-site = Noted: you are there.
    .start = I begin
master-working = Noted: the work goes on.
    .finish = Done
master-done = Noted: all done. Let the client check it. Then take the payment in your terminal: { $price }.
master-offer-lapsed = There was no answer, so job { $number } went to somebody else.
master-offer-taken = Another master took job { $number }.
master-offer-closed = Job { $number } needs no answer any more.
master-job-cancelled = Job { $number } is cancelled, no need to go. Your time is free again.
master-job-moved = Job { $number } went to another master. Your time is free again.
master-late = You did not say that you left for job { $number }, so it went to another master.
master-overdue-travelling = Job { $number }: are you still on your way?
    .arrive = I am there
    .cancel = I cannot come
master-overdue-on_site = Job { $number }: have you begun?
    .start = I begin
master-overdue-working = Job { $number }: is it all done?
    .finish = Done
