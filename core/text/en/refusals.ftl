# A rule said no, and why. One text per class of core/kernel/refusal.py.

refusal-StepNotAllowed = That can’t be done now. Where the job stands: { $state }.
refusal-QuoteExpired = The price stood until { GEN($expired_at) }, so I work it out anew.
refusal-AlreadyTaken = Another master has already taken job { $number }.
refusal-SlotTaken = Someone just took that time. Please choose another.
refusal-SlotGone = I can no longer offer that time. Please choose another.
refusal-NoOffer = This job is offered to nobody now.
refusal-OfferLapsed = The answer was due by { GEN($until) }. The job went on to another master.
refusal-NotYours = This job is not yours.
refusal-CashTooLittle = { $received } received, { $amount } needed. Take the rest and confirm again.
refusal-ConsentNeeded = It is { $amount }, and the client was promised { GEN($low) } to { GEN($high) }. The client has to agree first.
refusal-AmountAbsurd = There is no such amount. Please check the number.
refusal-AlreadyPaid = This job is already paid.
refusal-MethodNotAvailable = That way of paying is not available now. Choose another.
refusal-KeyReused = This key already belongs to another request. Take a new one.
refusal-OldButton = This button no longer works. Tell me in words what you need.
    .spoken = That choice no longer works. Tell me in words what you need.
refusal-NoHours = I find no hours in that. Tell me them, for example: “tomorrow 8 to 20”.
    .spoken = I find no hours in that. Tell me them, for example: tomorrow from eight to eight.
refusal-PastTime = That time has passed.
refusal-UnknownThing = There is no such thing here.
refusal-NotActive = No jobs come to you now: you are paused, or we have not finished talking. Say “working”, and we go on.
refusal-TooFarAhead = Hours can’t be set that far ahead. At the latest: { $until }.
refusal-MoreThanOwed = The debt is smaller: { $debt }, not { ACC($amount) }. Check the number.
refusal-StarsWrong = A rating is from { $least } to { $most }.
refusal-RatingClosed = Your rating of { $stars } stands and can no longer change. Tell me in words, and I will note it.
