# What both people hear while a job lives: searching, coming, working, and what goes wrong.

client-searching = Заявка { $number } принята, время за вами. Спрашиваю мастера: как согласится, напишу, кто придёт.
    .cancel = Отменить заявку
client-searching-morning = Заявка { $number } принята, время за вами: { $when }. Ночью мастеров не бужу, спрошу { $asked }.
    .cancel = Отменить заявку
client-waits-morning = Заявка { $number } ждёт утра: ночью мастеров не бужу, спрошу { $asked }. Время остаётся за вами.
    .cancel = Отменить заявку
client-queued = По заявке { $number } на это время пока никто не свободен. Ищу дальше, спрашиваю каждые { $minutes } минут. Если удобно, возьмите другое время:
    .cancel = Отменить заявку
client-queued-no-times = По заявке { $number } на это время пока никто не свободен. Ищу дальше, спрашиваю каждые { $minutes } минут. Найду, сразу напишу.
    .cancel = Отменить заявку
client-accepted = К вам придёт { $master }, { $when }. { $phone ->
        [none] Заявка { $number }.
       *[other] Телефон мастера: { $phone }. Заявка { $number }.
    }
    .cancel = Отменить заявку
client-travelling = { $master } уже едет к вам.
client-on-site = { $master } на месте.
client-working = Работа началась. Мастер { $master } скажет, когда закончит.
client-done = Работа сделана. Проверьте всё вместе с мастером. Если довольны, платите: { $price }.
client-cancelled = Заявка { $number } отменена. Понадобится мастер, просто напишите.
client-cancelled-call-out = Заявка { $number } отменена. Мастер уже ехал, поэтому выезд стоит { $amount }.
client-cancelled-by-owner = Заявку { $number } отменил владелец сервиса. Если мастер ещё нужен, напишите, подберу заново.
client-master-left = { $master } прийти не сможет. Ищу вам другого мастера, время то же: { $when }.
client-master-late = { $master } опаздывает больше чем на { $minutes } минут, и я зову другого мастера. Он сможет прийти { $when }, цена прежняя.
    .cancel = Отменить заявку
client-master-late-times = { $master } опаздывает больше чем на { $minutes } минут, а другого мастера сейчас нет. Выберите другое время:
    .cancel = Отменить заявку
client-master-late-no-times = { $master } опаздывает больше чем на { $minutes } минут. Другого мастера сейчас нет. Напишите, когда вам удобно, и я подберу время.
    .cancel = Отменить заявку
client-too-near = Найти мастера к этому времени я не успел. Заявка { $number } в силе, выберите другое время:
    .cancel = Отменить заявку
client-too-near-no-times = Найти мастера к этому времени я не успел, а другого времени пока нет. Напишите, когда вам удобно, и я попробую снова.
    .cancel = Отменить заявку
client-hold-lapsed = Время и цену по заявке { $number } я держал до { $until }. Выберите, пожалуйста, время заново:
    .cancel = Отменить заявку
client-hold-lapsed-no-times = Время и цену по заявке { $number } я держал до { $until }. Напишите, когда вам удобно, и я подберу снова.
    .cancel = Отменить заявку
client-time-appeared = По заявке { $number } появилось время. Выберите, когда приехать:
    .cancel = Отменить заявку
client-expired = Заявка { $number } закрыта: сутки не было ответа. Понадобится мастер, просто напишите.

master-unnamed = Мастер
job-address = { $street } { $house }{ $building ->
        [none] { "" }
       *[other] , корп. { $building }
    }{ $structure ->
        [none] { "" }
       *[other] , стр. { $structure }
    }{ $flat ->
        [none] { "" }
       *[other] , кв. { $flat }
    }{ $entrance ->
        [none] { "" }
       *[other] , подъезд { $entrance }
    }{ $floor ->
        [none] { "" }
       *[other] , этаж { $floor }
    }{ $intercom ->
        [none] { "" }
       *[other] , домофон { $intercom }
    }

master-offer = { $service }, { $place }
    Когда: { $when }
    Работы: до { $length }
    Вам на руки: { $payout }
    Ответьте до { $until }
    .spoken = Заявка: { $service }, { $place }. Прийти { $when }. Вам на руки { $payout }. Берёте?
    .accept = Беру
    .decline = Не могу
master-accepted = Заявка { $number } ваша: { $service }.
    Когда: { $when }
    Адрес: { $address }
    Клиент: { $client }, { $phone }
    Вам на руки: { $payout }
    .spoken = Заявка ваша: { $service }. Прийти { $when }. Адрес: { $address }.
    .travel = Выехал
    .cancel = Не смогу прийти
master-declined = Хорошо, заявку { $number } предложу другому.
master-travelling = Отметил, что вы в пути. На месте нажмите кнопку.
    .arrive = Я на месте
    .cancel = Не смогу прийти
master-on-site = Отметил, что вы на месте.
    .start = Начинаю работу
master-working = Отметил, что работа идёт.
    .finish = Готово
master-done = Отметил, что всё сделано. Пусть клиент проверит. Потом примите оплату в терминале: { $price }.
master-offer-lapsed = Ответа не было, заявку { $number } предложил другому.
master-offer-taken = Заявку { $number } взял другой мастер.
master-offer-closed = На заявку { $number } отвечать уже не нужно.
master-job-cancelled = Заявка { $number } отменена, ехать не нужно. Ваше время снова свободно.
master-job-moved = Заявку { $number } передал другому мастеру. Ваше время снова свободно.
master-late = Выезд по заявке { $number } вы не отметили, и я передал её другому мастеру.
master-overdue-travelling = По заявке { $number } вы ещё в пути?
    .arrive = Я на месте
    .cancel = Не смогу прийти
master-overdue-on_site = По заявке { $number } уже начали работу?
    .start = Начинаю работу
master-overdue-working = По заявке { $number } всё готово?
    .finish = Готово
