# What a master at work hears: what he asks, what goes wrong at the door, cash in words.

master-offer-counter = Время заявки { $number } клиент уже выбрал: { $when }. Сдвинуть его и поменять цену я сам не могу. Берёте так? Жду до { $until }.
    .accept = Беру
    .decline = Не могу
master-offer-waits = Заявка { $number }, { $when }: подумайте, жду до { $until }.
    .accept = Беру
    .decline = Не могу
master-offer-details = Заявка { $number }: { $service }.
    Где: { $place }. Дом и телефон дам, как только возьмёте.
    Когда: { $when }, работы до { $length }
    Вам на руки: { $payout }
    Ответьте до { $until }
    .accept = Беру
    .decline = Не могу
master-which-offer = Сейчас вам предложено несколько заявок. О какой речь?
master-which-accept = Беру { $number }: { $service }, { $when }, { $place }, { $payout }
master-which-decline = Не могу { $number }: { $service }, { $when }, { $place }, { $payout }
master-no-offer = Сейчас вам ничего не предложено: заявку уже взяли или отменили. Появится новая, напишу.

master-no-job = Сейчас за вами нет заявок. Как появится, напишу сразу.
master-step-early = До заявки { $number } ещё далеко, она { $when }. Если правда выехали, нажмите кнопку.
    .travel = Выехал
master-step-known = По заявке { $number } уже отмечено: { $state }.
master-delay-told = Передал клиенту: { $span }. Езжайте спокойно.
master-delay-told-open = Передал клиенту, что задерживаетесь. Знаете, на сколько, напишите: «на 20 минут».{ $span }
master-client-absent = Написал клиенту, что вы у двери. Позвоните ему сами: { $phone }. Не дождётесь, напишите «не дождался» или нажмите кнопку.
    .missed = Не дождался
master-missed-ask = Закрыть выезд по заявке { $number }? Клиент выберет другое время, а вы свободны.
    .missed = Да, не дождался
master-missed = Отметил, что по заявке { $number } вам не открыли. Вы свободны, клиент выберет другое время.
master-parts = Понял, клиенту сказал. Цену деталей назовите ему сами, а в терминале поставьте общую сумму. Выйдет за вилку, я спрошу его согласия.
master-job-card = Заявка { $number }: { $service }.
    Когда: { $when }
    Адрес: { $address }
    Клиент: { $client }, { $phone }
    Вам на руки: { $payout }
master-leave-ask = Снять вас с заявки { $number }, { $when }? Поищу другого мастера.
    .cancel = Да, не приеду
master-fine-not = Хорошо, ничего не меняю.

master-cash-ask = Отмечаю: { $amount } наличными по заявке { $number }, работа сделана. Верно?
    .yes = Да, получил
    .no = Нет
master-cashless = Карту и перевод принимайте на странице терминала. Если деньги уже у вас на руках, напишите сумму: «взял 3000 наличными».
master-nothing-to-pay = Сейчас нет работы, за которую ждём оплату. Закончите работу, и напишите сумму ещё раз.

master-jobs = Ваши заявки:
    { $jobs }
master-jobs-later = В этот день заявок нет. Дальше у вас:
    { $jobs }
master-jobs-none = Заявок за вами пока нет. Как появится, напишу сразу.
master-job-line = { $number }, { $when }: { $service }. { $address } ({ $state })
master-job-short = { $number }, { $when }
master-jobs-stay = Заявки, которые вы взяли, за вами остаются. Не сможете, напишите «не приеду»:
    { $jobs }
master-jobs-outside = На это время вы уже взяли заявку, она за вами. Не сможете, напишите «не приеду»:
    { $jobs }
master-hours-now = Ваши часы:
    { $days }
master-hours-none = На ближайшую неделю часов нет. Напишите, когда работаете, например: «завтра с 8 до 20».
master-paused-until = Пауза, заявок не будет. Снова начну присылать { $day }. Вернётесь раньше, нажмите кнопку.
    .resume = Работаю
master-photo-kept = Фото сохранил.
master-phone-of-other = Этот номер записан за другим мастером, поэтому оставил прежний.
master-not-understood-again = Всё ещё не понял. Умею так: «завтра с 8 до 20», «мои заявки», «опаздываю на 20 минут», «взял 3000 наличными», «заработок», «пауза до пятницы».
master-human = Передал владельцу сервиса, он увидит это и ответит здесь. А я пока на связи.
master-human-again = Владелец об этом уже знает и ответит здесь. Добавил ваши слова.
master-sorry = Понимаю, неприятно. Напишите, что случилось, или «дайте человека», и я позову владельца.

client-master-delayed = { $master } задерживается{ $span ->
        [none] { "" }
       *[other] { " " }примерно на { $span }
    }. Телефон мастера: { $phone }.
client-master-soon = { $master } будет у вас{ $span ->
        [none] { " " }скоро
       *[other] { " " }примерно через { $span }
    }. Телефон мастера: { $phone }.
client-master-at-door = { $master } у вашей двери, но ему не открывают. Откройте или позвоните: { $phone }.
client-parts = Мастеру { $master } нужны детали. Цену он назовёт заранее, без вашего согласия сумма за вилку не выйдет. Телефон: { $phone }.
client-missed = { $master } приезжал, но ему не открыли. Заявка { $number } в силе, выберите другое время:
    .cancel = Отменить заявку
client-missed-no-times = { $master } приезжал, но ему не открыли. Заявка { $number } в силе. Напишите, когда вам удобно.
    .cancel = Отменить заявку
