# What both people hear while a job lives: searching, coming, working, and what goes wrong.

client-searching = Заявка { $number } принята, время за вами. Спрашиваю мастера и сообщу, кто придёт.
    .cancel = Отменить заявку
client-searching-morning = Заявка { $number } принята, время за вами: { $when }. Ночью мастеров не бужу, спрошу { $asked }.
    .cancel = Отменить заявку
client-waits-morning = Заявка { $number } ждёт утра: ночью мастеров не бужу, спрошу { $asked }. Время остаётся за вами.
    .cancel = Отменить заявку
client-queued = По заявке { $number } на это время пока никто не свободен. Ищу дальше, спрашиваю { $minutes ->
        [one] каждую { $minutes } минуту
        [few] каждые { $minutes } минуты
       *[many] каждые { $minutes } минут
    }. Если удобно, возьмите другое время:
    .cancel = Отменить заявку
client-queued-no-times = По заявке { $number } на это время пока никто не свободен. Ищу дальше, спрашиваю { $minutes ->
        [one] каждую { $minutes } минуту
        [few] каждые { $minutes } минуты
       *[many] каждые { $minutes } минут
    }. Найду, сразу сообщу.
    .cancel = Отменить заявку
client-accepted = { $master } придёт к вам { $when }. { $phone ->
        [none] Заявка { $number }.
       *[other] Телефон мастера: { $phone }. Заявка { $number }.
    }
    .cancel = Отменить заявку
client-travelling = { $master } уже едет к вам.
client-on-site = { $master } на месте.
client-working = Работа началась. { $master } скажет, когда закончит.
client-done = Работа сделана. Проверьте всё вместе с мастером. Если всё хорошо, оплатите { ACC($price) }.
client-done-free = Работа по гарантии сделана, платить не нужно. Проверьте всё вместе с мастером, пока он рядом.
client-new-fault = { $master } говорит, что сломалось другое и гарантия этого не покрывает. Это { $price }, самое большее { $high }. Делать?
    .pricenew = Да, делайте
    .keepfree = Нет, только по гарантии
client-new-fault-agreed = Хорошо, мастер сделает и это. Цена { $price }, самое большее { $high }.
client-new-fault-declined = Хорошо, платить не за что. Мастер сделает только то, что по гарантии.
master-new-fault = Спросил клиента, готов ли он платить за это по заявке { $number }. Подождите ответа, до него не начинайте.
master-new-fault-agreed = Клиент согласен: { $price }, самое большее { $high }. Заявка { $number } теперь обычная, с оплатой.
master-new-fault-declined = Клиент не согласен платить. По заявке { $number } сделайте только гарантийное.
client-cancelled = Заявка { $number } отменена. Понадобится мастер, просто скажите.
client-cancelled-call-out = Заявка { $number } отменена. Мастер уже ехал, поэтому выезд стоит { ACC($amount) }.
client-cancelled-by-owner = Заявку { $number } отменил владелец сервиса. Если мастер ещё нужен, скажите, подберу заново.
client-master-left = { $master } прийти не сможет. Ищу другого мастера на то же время: { $when }.
client-master-late = { $master } опаздывает больше чем на { $minutes ->
        [one] { $minutes } минуту
        [few] { $minutes } минуты
       *[many] { $minutes } минут
    }, и я зову другого мастера. Он сможет прийти { $when }, цена прежняя.
    .cancel = Отменить заявку
client-master-late-times = { $master } опаздывает больше чем на { $minutes ->
        [one] { $minutes } минуту
        [few] { $minutes } минуты
       *[many] { $minutes } минут
    }, а другого мастера сейчас нет. Выберите другое время:
    .cancel = Отменить заявку
client-master-late-no-times = { $master } опаздывает больше чем на { $minutes ->
        [one] { $minutes } минуту
        [few] { $minutes } минуты
       *[many] { $minutes } минут
    }, а другого мастера сейчас нет. Скажите, когда вам удобно, и я подберу время.
    .cancel = Отменить заявку
client-too-near = Найти мастера к этому времени я не успел. Заявка { $number } в силе, выберите другое время:
    .cancel = Отменить заявку
client-too-near-no-times = Найти мастера к этому времени я не успел, а другого времени пока нет. Скажите, когда вам удобно, и я попробую снова.
    .cancel = Отменить заявку
client-hold-lapsed = Время и цену по заявке { $number } я держал до { GEN($until) }. Выберите, пожалуйста, время заново:
    .cancel = Отменить заявку
client-hold-lapsed-no-times = Время и цену по заявке { $number } я держал до { GEN($until) }. Скажите, когда вам удобно, и я подберу снова.
    .cancel = Отменить заявку
client-time-appeared = По заявке { $number } появилось время. Выберите, когда приехать:
    .cancel = Отменить заявку
client-expired = Заявка { $number } закрыта: сутки не было ответа. Понадобится мастер, просто скажите.

master-unnamed = Мастер
job-address = { $street ->
        [none] { $house ->
            [none] Адрес
           *[other] Дом { $house }
        }
       *[other] { $street }{ $house ->
            [none] { "" }
           *[other] { " " }{ $house }
        }
    }{ $building ->
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
    .spoken = { $street ->
        [none] { $house ->
            [none] Адрес
           *[other] Дом { $house }
        }
       *[other] { $street }{ $house ->
            [none] { "" }
           *[other] , дом { $house }
        }
    }{ $building ->
        [none] { "" }
       *[other] , корпус { $building }
    }{ $structure ->
        [none] { "" }
       *[other] , строение { $structure }
    }{ $flat ->
        [none] { "" }
       *[other] , квартира { $flat }
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

master-offer = Заявка { $number }: { MID($service) }, { $place }
    Когда: { $when }
    Работы: до { GEN($length) }
    Вам на руки: { $payout }
    Ответьте до { GEN($until) }
    .spoken = Заявка: { MID($service) }, { $place }. Прийти { $when }. Вам на руки { $payout }. Берёте?
    .accept = Беру
    .decline = Не могу
master-accepted = Заявка { $number } ваша: { MID($service) }.
    Когда: { $when }
    Адрес: { $address }
    Клиент: { LIST($client, $phone) }
    Вам на руки: { $payout }
    .spoken = Заявка ваша: { MID($service) }. Прийти { $when }. Адрес: { $address }. Клиент: { LIST($client, $phone) }.
    .travel = Выехал
    .cancel = Не смогу прийти
master-offer-warranty = Гарантийный выезд по заявке { $number }: { MID($service) }, { $place }
    Когда: { $when }
    Работы: до { GEN($length) }
    Для клиента бесплатно, вам на руки ничего.
    Ответьте до { GEN($until) }
    .spoken = Гарантийный выезд: { MID($service) }, { $place }. Прийти { $when }. Для клиента это бесплатно. Берёте?
    .accept = Беру
    .decline = Не могу
master-accepted-warranty = Гарантийная заявка { $number } ваша: { MID($service) }.
    Когда: { $when }
    Адрес: { $address }
    Клиент: { LIST($client, $phone) }
    Денег с клиента не берите. Поломка другая, так и напишите: «это новая поломка».
    .spoken = Гарантийная заявка ваша: { MID($service) }. Прийти { $when }. Адрес: { $address }. Клиент: { LIST($client, $phone) }. Денег с клиента не берите.
    .travel = Выехал
    .cancel = Не смогу прийти
master-done-free = Отметил: гарантийная работа сделана. Денег с клиента не берите.
master-declined = Хорошо, заявку { $number } предложу другому.
master-travelling = Отметил, что вы в пути. Приедете, скажите «я на месте».
    .arrive = Я на месте
    .cancel = Не смогу прийти
master-on-site = Отметил, что вы на месте.
    .start = Начинаю работу
master-working = Отметил, что работа идёт.
    .finish = Готово
master-done = Отметил, что всё сделано. Пусть клиент проверит. Потом примите в терминале { ACC($price) }.
master-offer-lapsed = Ответа не было, заявку { $number } предложил другому.
master-offer-taken = Заявку { $number } взял другой мастер.
master-offer-closed = На заявку { $number } отвечать уже не нужно.
master-job-cancelled = Заявка { $number } отменена, ехать не нужно. Ваше время снова свободно.
master-job-moved = Заявку { $number } передал другому мастеру. Ваше время снова свободно.
master-late = Вы не отметили выезд по заявке { $number }, и я передал её другому мастеру.
master-overdue-travelling = По заявке { $number } вы ещё в пути?
    .arrive = Я на месте
    .cancel = Не смогу прийти
master-overdue-on_site = По заявке { $number } уже начали работу?
    .start = Начинаю работу
master-overdue-working = По заявке { $number } всё готово?
    .finish = Готово
