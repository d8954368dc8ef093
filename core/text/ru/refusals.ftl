# A rule said no, and why. One text per class of core/kernel/refusal.py.

refusal-StepNotAllowed = Сейчас это не получится. Вот что с заявкой: { $state }.
refusal-QuoteExpired = Цена действовала до { GEN($expired_at) }, поэтому считаю заново.
refusal-AlreadyTaken = Заявку { $number } уже взял другой мастер.
refusal-SlotTaken = Это время только что заняли. Выберите другое.
refusal-SlotGone = Это время предложить уже не могу. Выберите другое.
refusal-NoOffer = Эта заявка сейчас никому не предложена.
refusal-OfferLapsed = Ответить нужно было до { GEN($until) }. Заявка ушла дальше.
refusal-NotYours = Это не ваша заявка.
refusal-CashTooLittle = Получено { $received }, а нужно { $amount }. Возьмите остальное и подтвердите ещё раз.
refusal-ConsentNeeded = Сумма { $amount }, а клиенту обещали от { GEN($low) } до { GEN($high) }. Сначала нужно его согласие.
refusal-AmountAbsurd = Такой суммы не бывает. Проверьте число.
refusal-AlreadyPaid = Эта заявка уже оплачена.
refusal-MethodNotAvailable = Так заплатить сейчас нельзя. Выберите другой способ.
refusal-KeyReused = Этот ключ уже занят другим запросом. Возьмите новый.
refusal-OldButton = Эта кнопка уже не действует. Скажите словами, что нужно.
    .spoken = Этот выбор уже не действует. Скажите словами, что нужно.
refusal-NoHours = Не нашёл здесь часов. Назовите их, например: «завтра с 8 до 20».
refusal-PastTime = Это время уже прошло.
refusal-UnknownThing = Такого здесь нет.
refusal-NotActive = Сейчас вам заявки не приходят: вы на паузе или мы ещё не договорили. Скажите «работаю», и продолжим.
refusal-TooFarAhead = Так далеко часы не ставят. Самое позднее: { $until }.
refusal-MoreThanOwed = Долг меньше: { $debt }, а записать просят { ACC($amount) }. Проверьте число.
refusal-StarsWrong = Оценка бывает от { $least } до { $most }.
refusal-RatingClosed = Оценка { $stars } уже учтена, изменить её нельзя. Расскажите словами, я запишу.
