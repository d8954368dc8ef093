# What either person may hear in any talk.

talk-sorry = У меня что-то сломалось, но сообщение сохранено. Напишите ещё раз, пожалуйста.
talk-abandoned = Разговор закрыл, чтобы не беспокоить. Напишите в любой момент, продолжим.
talk-owner-says = Владелец сервиса: { $words }
talk-rated = По заявке { $number } вам поставили { $stars } из 5.
master-job-rescheduled = Заявку { $number } клиент перенёс на { $when }. Прежнее время у вас свободно, а о новом спрошу вас первым.
