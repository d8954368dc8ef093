# What a channel adds by itself, where it has no buttons or takes no files.

channel-answer-number = Ответьте номером.
channel-choose = Выберите:
channel-more = Ещё варианты:
channel-paper-kept = Файл «{ $file }» сюда не отправить.
channel-words-for-contact = Телефон можно просто написать.
channel-words-for-location = Адрес можно просто написать.
