"""Texts made to hurt: one piece, again and again, as long as a message may be."""

LONG = 4_000  # characters; what comes behind them is not read
HOSTILE = (
    *("а", "1", "1 ", "1,", "1:", "1-", "1.", "0о", "а-", "a.", "к1 ", "+7 "),
    *("не ", "в 1 ", "с 1 до ", "от 1 до 2 ", "5 минут ", "до пятницы. ", "тысяча "),
    *("8 911 ", "кв ", "ул. ", "дом 5 ", "ул Ленина 5 ", "домофон ", "Иван ", "a@b.ru "),
    *("не надо ", "три ", "на плите ", "когда искрит "),
)


def again(piece: str, length: int = LONG) -> str:
    """Return a piece repeated until the text is so long."""
    return (piece * (length // len(piece) + 1))[:length]
