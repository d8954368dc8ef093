# A rule said no, and why. One text per class of core/kernel/refusal.py.

refusal-StepNotAllowed = That cannot be done now. Status: { $state }.
refusal-QuoteExpired = The price stood until { $expired_at }, so I work it out anew.
refusal-AlreadyTaken = Another master has already taken job { $number }.
refusal-SlotTaken = Someone just took that time.
refusal-SlotGone = That time is no longer on offer.
refusal-NoOffer = This job is offered to nobody now.
refusal-OfferLapsed = The answer was due by { $until }. The job went on to another master.
refusal-NotYours = This job is not yours.
refusal-CashTooLittle = { $received } received, { $amount } needed. Take the rest and confirm again.
refusal-ConsentNeeded = { $amount } is outside { $low }–{ $high }. The client has to agree first.
refusal-AmountAbsurd = No such amount. Please check the number.
refusal-AlreadyPaid = This job is already paid.
refusal-MethodNotAvailable = That way of paying is not available now. Choose another.
refusal-KeyReused = This key already belongs to another request. Take a new one.
refusal-OldButton = This button no longer works. Tell me in words what you need.
refusal-NoHours = There are no hours in that. Write, for example: “tomorrow 8 to 20”.
refusal-PastTime = That time has passed.
refusal-UnknownThing = There is no such thing here.
refusal-NotActive = Finish the questions first: trades, hours and a terminal are needed.
refusal-TooFarAhead = Hours cannot be set that far ahead. The last day is { $until }.
refusal-MoreThanOwed = The debt is smaller: { $debt }, not { $amount }. Check the number.
refusal-StarsWrong = A rating is from { $least } to { $most }.
refusal-RatingClosed = Your rating of { $stars } stands and can no longer change. Tell me in words, and I will note it.
