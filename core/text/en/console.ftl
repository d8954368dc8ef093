# Words of the console that the server writes: why it was decided so, what went wrong and what to do, figures.

page-why-master = Master: { $master }
page-why-held = Time held for the client with { $master }
page-why-nobody = No master is free
page-why-nobody-because = Nobody who fits is free at that time. I look again at every change of hours and every ten minutes.
page-why-by-owner = The owner decided so.
page-why-free = { $count ->
        [one] { $count } master was free at that time.
       *[other] { $count } masters were free at that time.
    }
page-why-merits = Rating { $rating }, { $near ->
        [none] distance unknown,
       *[other] { $km } km from the job,
    } visits around that time: { $visits }.
page-why-behind = { $master } { $by ->
        [rating] is behind by rating.
        [distance] is farther away.
        [workload] is busier.
       *[id] is equal in everything and stands later in the list.
    }
page-why-passed-over = { $master } is free but does not fit: { $lacks ->
        [certificate] this work needs a certificate, and there is none.
       *[other] { $lacks }.
    }
page-why-price = Price: { $price }
page-why-line = { $label }: { $amount }
page-why-bounds = Bounds beyond which the client is asked: { $bounds }
page-why-warranty = The earlier work is under warranty; this fault is another one.
page-why-times = Other times, offered: { $count }
page-why-times-because = Nobody was free at the time wished for, so I offered the nearest free ones.
page-why-refused = Refused: { $words }

page-alarm-human = Somebody asks for a person
page-alarm-human-do = Read the talk, step in, or answer with one line.
page-alarm-complaint = A complaint
page-alarm-complaint-do = Hear both sides; money can be given back at the payment.
page-alarm-stuck = I do not understand the client
page-alarm-stuck-do = Ask yourself: step into the talk.
page-alarm-money = Money is not what was asked for
page-alarm-money-do = Compare the amount with the provider’s site.
page-alarm-call = Somebody waits for a call
page-alarm-call-do = A request came by a form, and there is no other way to answer it. Call and close it.
page-alarm-dead = A letter was not handled: { $kind }
page-alarm-dead-do = The cause stands below. Once it is mended, replay it: nothing happens twice.
page-alarm-unknown = Nobody knows whether it arrived: { $kind }
page-alarm-unknown-do = The other side did not answer. Look there, and if it did not arrive, do it yourself.
page-alarm-lost = Given up: { $kind }
page-alarm-lost-do = Tried many times. Do it yourself, or reach the person another way.
page-alarm-difference = The books differ from those of { $provider }
page-alarm-difference-do = On { $day } we have { $ours }, they have { $theirs }. Clear it on their site and close it.
page-alarm-payout = A payout failed: { $master }, { $amount }
page-alarm-payout-do = The money is on the master’s account. Check where it should go; I try again on Friday.
page-alarm-door = A door is shut: { $door }
page-alarm-door-do = The channel does not answer. I use other ones meanwhile; check its token and the line.
page-alarm-late = Late: { $master }, job { $number }
page-alarm-late-do = It begins { $when }, and the master has not { $state ->
        [assigned] set out
       *[other] arrived
    } yet. Call him, or give the job to another.
page-alarm-charge = The provider is silent about the payment of job { $number }
page-alarm-charge-do = I ask again by myself. If it lasts, look on the provider’s site.

page-act-open = Open
page-act-close = Close
page-act-replay = Replay
page-act-read = Read
page-nothing-there = nothing

page-then = Figures
page-then-days = { $days ->
        [one] Over { $days } day
       *[other] Over { $days } days
    }
page-then-empty = Nothing has happened in these days yet.
page-then-table = The same figures as a table
page-then-other = Over another span
page-then-day = Day
page-then-share = Share
page-then-count = How many
page-then-amount = Amount
page-then-revenue = Revenue
page-then-revenue-says = Paid { $amount }, jobs: { $count }. Ours: { $platform }. Given back: { $refunds }.
page-then-platform = Ours
page-then-funnel = From talk to payment
page-then-funnel-says = Of { $talks } talks { $paid } ended with a payment.
page-then-funnel-talks = Talks
page-then-funnel-quoted = Heard a price
page-then-funnel-booked = Booked
page-then-funnel-paid = Paid
page-then-answers = Speed
page-then-answers-says = The time within which half of them come, and nearly all.
page-then-answers-none = There is nothing to measure yet.
page-then-answers-ours = Our answer to a person
page-then-answers-booking = From the first word to the booking
page-then-answers-master = A master’s answer to an offer
page-then-half = Half
page-then-most = 95 of 100
page-then-alone = Without the owner
page-then-alone-says = { $share } % of talks the program led alone: { $alone } of { $talks }.
page-then-ratings = Ratings
page-then-ratings-says = { $mean } on average of { $count }.
page-then-stars = { $stars } of 5
page-then-masters = Masters
page-then-masters-says = Who did how much, and what it brought.
page-then-master = Master
page-then-done = Done
page-then-asked = Asked
page-then-taken = Accepted
page-then-rating = Rating
page-then-answer = Answers within
page-then-forecast = The coming week
page-then-forecast-says = I expect { $amount }: by the same weekdays of four weeks, but not less than what is booked ({ $booked }).
page-then-booked = Booked already
page-then-expected = Expected
