# What a master at work hears: what he asks, what goes wrong at the door, cash in words.

master-offer-counter = Время заявки { $number } клиент уже выбрал: { $when }. Сдвинуть его и поменять цену я сам не могу. Берёте так? Жду до { GEN($until) }.
    .accept = Беру
    .decline = Не могу
master-offer-waits = Заявка { $number }, { $when }. Подумайте, жду до { GEN($until) }.
    .accept = Беру
    .decline = Не могу
master-offer-details = Заявка { $number }: { MID($service) }.
    Где: { $place }. Дом и телефон дам, как только возьмёте.
    Когда: { $when }, работы до { GEN($length) }
    Вам на руки: { $payout }
    Ответьте до { GEN($until) }
    .accept = Беру
    .decline = Не могу
master-which-offer = Какая из заявок?
    { $jobs }
master-which-line = { $number }: { MID($service) }, { $place }, { $when }. Вам { $payout }
master-which-accept = Беру { $number }
master-which-decline = Не могу { $number }
master-no-offer = Сейчас вам ничего не предложено: заявку уже взяли или отменили. Появится новая, сообщу.

master-no-job = Сейчас за вами нет заявок. Как появится, сразу сообщу.
master-step-early = Заявка { $number } ещё не скоро: { $when }. Если уже выехали, подтвердите.
    .travel = Выехал
master-step-known = По заявке { $number } уже отмечено: { $state }.
master-delay-told = Передал клиенту: вам нужно ещё { ACC($span) }. Езжайте спокойно.
master-arrival-told = Передал клиенту: будете около { GEN($at) }.
master-delay-told-open = Передал клиенту, что задерживаетесь. Знаете, на сколько, скажите: «на 20 минут».{ $span }
master-client-absent = Сообщил клиенту, что вы у двери. Позвоните ему сами: { $phone }. Не откроют, скажите «не дождался».
    .missed = Не дождался
master-missed-ask = Закрыть выезд по заявке { $number }? Клиент выберет другое время, а вы свободны.
    .missed = Да, не дождался
master-missed = Отметил, что по заявке { $number } вам не открыли. Вы свободны, клиент выберет другое время.
master-parts = Понял, клиенту сказал. Цену деталей назовите ему сами, в терминале поставьте общую сумму. Если она выше обещанной, спрошу его согласия.
master-job-card = Заявка { $number }: { MID($service) }.
    Когда: { $when }
    Адрес: { $address }
    Клиент: { LIST($client, $phone) }
    Вам на руки: { $payout }
master-leave-ask = Снять вас с заявки { $number }, { $when }? Тогда ищу другого мастера.
    .cancel = Да, не приеду
master-fine-not = Хорошо, ничего не меняю.

master-cash-ask = Отмечаю: { $amount } наличными по заявке { $number }, работа сделана. Верно?
    .yes = Да, получил
    .no = Нет
master-cashless = Карту и перевод принимайте на странице терминала. Если деньги уже у вас, назовите сумму, например «взял 3000 наличными».
master-nothing-to-pay = Сейчас нет работы, за которую ждём оплату. Закончите работу и назовите сумму ещё раз.

master-jobs = Ваши заявки:
    { $jobs }
master-jobs-later = В этот день заявок нет. Дальше у вас:
    { $jobs }
master-jobs-none = Заявок за вами пока нет. Как появится, сразу сообщу.
master-job-line = { $number }, { $when }: { MID($service) }. { $address }, { $state }
master-job-short = { $number }, { $when }
master-jobs-stay = Заявки, которые вы взяли, за вами остаются. Не сможете, скажите «не приеду»:
    { $jobs }
master-jobs-outside = На это время вы уже взяли заявку, она за вами. Не сможете, скажите «не приеду»:
    { $jobs }
master-hours-now = Ваши часы:
    { $days }
master-hours-none = На ближайшую неделю часов нет. Скажите, когда работаете, например: «завтра с 8 до 20».
master-paused-until = Пауза, заявок не будет. Снова начну присылать { $day }. Вернётесь раньше, скажите «работаю».
    .resume = Работаю
master-extra = За лишнюю работу назовите клиенту цену сами и поставьте в терминале общую сумму по заявке { $number }. Если она выше обещанной, спрошу его согласия.
master-conflict = Уходите и звоните 112, если вам угрожают. С оплатой за сделанное разберётся владелец сервиса.
master-photo-kept = Фото сохранил.
master-phone-of-other = Этот номер записан за другим мастером, поэтому оставил прежний.
master-not-understood-again = Всё ещё не понял. Умею так: «завтра с 8 до 20», «мои заявки», «опаздываю на 20 минут», «взял 3000 наличными», «заработок», «пауза до пятницы».
master-human = Передал владельцу сервиса, он увидит это и ответит здесь. А я пока на связи.
master-human-again = Владелец сервиса об этом уже знает и ответит здесь. Добавил ваши слова.
master-sorry = Понимаю, неприятно. Расскажите, что случилось, или скажите «дайте человека», и я позову владельца сервиса.

client-master-delayed = { $master } задерживается{ $span ->
        [none] { "" }
       *[other] { " " }примерно на { ACC($span) }
    }.{ $phone ->
        [none] { "" }
       *[other] { " " }Телефон мастера: { $phone }.
    }
client-master-soon = { $master } будет у вас{ $span ->
        [none] { " " }скоро
       *[other] { " " }примерно через { ACC($span) }
    }.{ $phone ->
        [none] { "" }
       *[other] { " " }Телефон мастера: { $phone }.
    }
client-master-at-door = { $master } у вашей двери, но никто не открывает. { $phone ->
        [none] Откройте, пожалуйста.
       *[other] Откройте или позвоните: { $phone }.
    }
client-parts = Для работы нужны детали. { $master } заранее назовёт их цену, без вашего согласия сумма не вырастет.{ $phone ->
        [none] { "" }
       *[other] { " " }Телефон мастера: { $phone }.
    }
client-missed = Мастер приезжал, но ему не открыли. Заявка { $number } в силе, выберите другое время:
    .cancel = Отменить заявку
client-missed-no-times = Мастер приезжал, но ему не открыли. Заявка { $number } в силе. Скажите, когда вам удобно.
    .cancel = Отменить заявку
