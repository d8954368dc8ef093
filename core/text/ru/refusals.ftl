# A rule said no, and why. One text per class of core/kernel/refusal.py.

refusal-StepNotAllowed = Сейчас это не получится. Статус: { $state }.
refusal-QuoteExpired = Цена действовала до { $expired_at }, поэтому считаю заново.
refusal-AlreadyTaken = Заявку { $number } уже взял другой мастер.
refusal-SlotTaken = Это время только что заняли.
refusal-SlotGone = Это время уже не предложить.
refusal-NoOffer = Эта заявка сейчас никому не предложена.
refusal-OfferLapsed = Ответить нужно было до { $until }. Заявка ушла дальше.
refusal-NotYours = Это не ваша заявка.
refusal-CashTooLittle = Получено { $received }, а нужно { $amount }. Возьмите остальное и подтвердите ещё раз.
refusal-ConsentNeeded = Сумма { $amount } вне вилки { $low }–{ $high }. Сначала нужно согласие клиента.
refusal-AmountAbsurd = Такой суммы не бывает. Проверьте число.
refusal-AlreadyPaid = Эта заявка уже оплачена.
refusal-MethodNotAvailable = Так заплатить сейчас нельзя. Выберите другой способ.
refusal-KeyReused = Этот ключ уже занят другим запросом. Возьмите новый.
refusal-OldButton = Эта кнопка уже не действует. Напишите словами, что нужно.
refusal-NoHours = В этих словах нет часов. Напишите, например: «завтра с 8 до 20».
refusal-PastTime = Это время уже прошло.
refusal-UnknownThing = Такого здесь нет.
refusal-NotActive = Сначала закончите анкету: нужны работа, часы и терминал.
refusal-TooFarAhead = Так далеко часы не ставят. Самое позднее — { $until }.
refusal-MoreThanOwed = Долг меньше: { $debt }, а записать просят { $amount }. Проверьте число.
refusal-StarsWrong = Оценка бывает от { $least } до { $most }.
refusal-RatingClosed = Оценка { $stars } уже учтена, изменить её нельзя. Расскажите словами, я запишу.
