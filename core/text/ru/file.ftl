# Файл заявки: названия разделов и строки в них.
file-client = Клиент
file-address = Адрес
file-building = корп. { $number }
file-structure = стр. { $number }
file-flat = кв. { $number }
file-entrance = подъезд { $number }
file-floor = этаж { $number }
file-intercom = домофон { $number }
file-time = Время
file-when = Начало { $day }, { $time }
file-duration = Работы на { $shortest } – { $longest }
file-diagnosis = Что случилось
file-trade = Вид работ: { $trade ->
    [electrical] электрика
    [plumbing] сантехника
    [appliance] бытовая техника
   *[general] мелкий ремонт
}
file-urgency = Срочность: { $urgency ->
    [urgent] срочно
    [flexible] когда удобно
   *[standard] обычная
}
file-badge = { $urgency ->
    [urgent] СРОЧНО
    [flexible] Когда удобно
   *[standard] Обычная срочность
}
file-difficulty = Сложность: { $difficulty ->
    [easy] простая
    [hard] высокая
   *[medium] средняя
}
file-who = Кто может делать: { $who ->
    [anyone] любой мастер этого дела
    [licensed] только с допуском
    [gas_service] только аварийная газовая служба, телефон 104
   *[qualified] мастер с опытом таких работ, в электрике с группой не ниже III
}
file-price = Цена
file-quoted = Клиенту названо { $price }, в пределах { $range }
file-earn = Ваш заработок после комиссий: { $earn }
file-payment = Оплата на месте, когда всё работает: наличными или как скажет терминал
file-tools = Инструменты
file-consumables = Расходники
file-parts = Детали: взять или купить
file-one = 1 шт.
file-part-price = { $certain ->
    [yes] { $price }, учтено в цене
   *[no] { $price }
}
file-nothing-needed = Ничего не нужно
file-safety = Безопасность
file-steps = Порядок работы
file-checks = Проверить перед уходом
file-transcript = Разговор с клиентом
file-photos = Фото
file-media = Записи и файлы
file-media-photo = Фото: { $file }
file-media-video = Видео: { $file }
file-media-voice = Голос: { $file }
file-media-file = Файл: { $file }
file-speaker-client = Клиент
file-speaker-master = Мастер
file-speaker-naryad = Наряд
file-sent = Файл заявки { $number }: { $link }
    .open = Открыть заявку
file-enclosed = Заявка { $number }: адрес, время и порядок работы в файле.
    .open = Открыть заявку
file-name = Заявка { $number }.pdf
refusal-FileIncomplete = Наряд не полон, мастеру он не уйдёт. Пусто: { $empty }.
