# What either person may hear in any talk.

talk-sorry = У меня что-то сломалось, но ваши слова целы. Повторите, пожалуйста.
talk-abandoned = Разговор закрыл, чтобы не беспокоить. Вернётесь в любой момент, продолжим.
talk-owner-says = Владелец сервиса: { $words }
talk-rated = По заявке { $number } вам поставили { $stars } из 5.
master-job-rescheduled = Клиент перенёс заявку { $number }, новое время: { $when }. Прежнее у вас свободно, а о новом спрошу вас первым.
