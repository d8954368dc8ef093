# Слова пульта, которые пишет сервер: почему так решено, что случилось и что делать, итоги.

page-why-master = Мастер: { $master }
page-why-held = Время занято за мастером: { $master }
page-why-nobody = Свободного мастера нет
page-why-nobody-because = В это время никто из подходящих не свободен. Ищу снова при каждой перемене в расписании и каждые десять минут.
page-why-by-owner = Так решил владелец.
page-why-free = { $count ->
        [one] Свободен в это время { $count } мастер.
        [few] Свободны в это время { $count } мастера.
       *[many] Свободны в это время { $count } мастеров.
    }
page-why-merits = Рейтинг { $rating }, { $near ->
        [none] расстояние неизвестно,
       *[other] до заказа { $km } км,
    } выездов рядом по времени: { $visits }.
page-why-behind = { $master } { $by ->
        [rating] уступает рейтингом.
        [distance] дальше.
        [workload] сильнее занят.
       *[id] во всём равен и стоит в списке ниже.
    }
page-why-passed-over = { $master } свободен, но не подходит: { $lacks ->
        [certificate] для этой работы нужен допуск, а его нет.
       *[other] { $lacks }.
    }
page-why-price = Цена: { $price }
page-why-line = { $label }: { $amount }
page-why-bounds = Пределы, за которыми спросим клиента: { $bounds }
page-why-warranty = Прежняя работа на гарантии, эта поломка другая.
page-why-times = Другое время, вариантов: { $count }
page-why-times-because = На желаемое время никого, поэтому предложил ближайшее свободное.
page-why-refused = Отказ: { $words }

page-alarm-human = Просят человека
page-alarm-human-do = Прочтите разговор, вступите в него или ответьте одной строкой.
page-alarm-complaint = Жалоба
page-alarm-complaint-do = Разберитесь с обеими сторонами; деньги можно вернуть в платеже.
page-alarm-stuck = Не понимаю клиента
page-alarm-stuck-do = Спросите сами: вступите в разговор.
page-alarm-money = Деньги не сходятся с просьбой
page-alarm-money-do = Сверьте сумму с кабинетом провайдера.
page-alarm-call = Ждут звонка
page-alarm-call-do = Заявка пришла с формы, иначе человеку не ответить. Позвоните ему и закройте.
page-alarm-dead = Письмо не обработано: { $kind }
page-alarm-dead-do = Причину видно ниже. Когда она устранена, повторите: дважды ничего не случится.
page-alarm-unknown = Неизвестно, дошло ли: { $kind }
page-alarm-unknown-do = Другая сторона не ответила. Проверьте там и, если не дошло, сделайте сами.
page-alarm-lost = Не удалось: { $kind }
page-alarm-lost-do = После многих попыток оставлено. Сделайте это сами или свяжитесь с человеком иначе.
page-alarm-difference = Книги расходятся с провайдером { $provider }
page-alarm-difference-do = За { $day } у нас { $ours }, у него { $theirs }. Выясните в его кабинете и закройте.
page-alarm-payout = Выплата не прошла: { $master }, { $amount }
page-alarm-payout-do = Деньги на счёте мастера. Проверьте, куда платить; в пятницу попробую снова.
page-alarm-door = Дверь закрыта: { $door }
page-alarm-door-do = Канал не отвечает. Пишу людям через другие, проверьте токен и связь.
page-alarm-late = Опаздывает: { $master }, наряд { $number }
page-alarm-late-do = Начало { $when }, а мастер ещё не { $state ->
        [assigned] выехал
       *[other] на месте
    }. Позвоните ему или отдайте наряд другому.
page-alarm-charge = Провайдер молчит о платеже наряда { $number }
page-alarm-charge-do = Спрашиваю снова сам. Если долго, посмотрите в кабинете провайдера.

page-act-open = Открыть
page-act-close = Закрыть
page-act-replay = Повторить
page-act-read = Прочесть
page-nothing-there = ничего

page-then = Итоги
page-then-days = { $days ->
        [one] За { $days } день
        [few] За { $days } дня
       *[many] За { $days } дней
    }
page-then-empty = За эти дни ещё ничего не было.
page-then-table = Те же числа таблицей
page-then-other = За другой срок
page-then-day = День
page-then-share = Доля
page-then-count = Сколько
page-then-amount = Сумма
page-then-revenue = Выручка
page-then-revenue-says = Оплачено { $amount }, наряды: { $count }. Наше: { $platform }. Возвраты: { $refunds }.
page-then-platform = Наше
page-then-funnel = Путь к оплате
page-then-funnel-says = Из { $talks } разговоров оплатой кончились { $paid }.
page-then-funnel-talks = Разговоры
page-then-funnel-quoted = Услышали цену
page-then-funnel-booked = Заказали
page-then-funnel-paid = Оплатили
page-then-answers = Скорость
page-then-answers-says = Время, в которое укладывается половина, и в которое почти все.
page-then-answers-none = Измерять пока нечего.
page-then-answers-ours = Наш ответ человеку
page-then-answers-booking = От первого слова до заказа
page-then-answers-master = Ответ мастера на предложение
page-then-half = Половина
page-then-most = 95 из 100
page-then-alone = Без владельца
page-then-alone-says = { $share } % разговоров программа провела сама: { $alone } из { $talks }.
page-then-ratings = Оценки
page-then-ratings-says = Средняя { $mean } по { $count } оценкам.
page-then-stars = { $stars } из 5
page-then-masters = Мастера
page-then-masters-says = Кто сколько сделал и принёс.
page-then-master = Мастер
page-then-done = Сделано
page-then-asked = Спрошен
page-then-taken = Согласился
page-then-rating = Оценка
page-then-answer = Отвечает за
page-then-forecast = Прогноз на неделю
page-then-forecast-says = Жду { $amount }: по тем же дням недели за четыре недели, но не меньше уже заказанного ({ $booked }).
page-then-booked = Уже заказано
page-then-expected = Ожидается
