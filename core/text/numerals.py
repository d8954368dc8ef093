"""Whole numbers in words, as a voice says them: Russian by case and gender, English in the British way."""

from dataclasses import dataclass
from enum import StrEnum


class Case(StrEnum):
    """The three cases that our sentences put a number in."""

    NOM = "nom"
    GEN = "gen"
    ACC = "acc"


@dataclass(frozen=True, slots=True)
class Noun:
    """What is counted: один рубль, два рубля, пять рублей.

    Attributes:
        few: The form after two, which is the genitive singular as well.
        is_feminine: одна, две; `acc` is its own form then: одну минуту.
    """

    one: str
    few: str
    many: str
    is_feminine: bool = False
    acc: str = ""


_BELOW_20 = (
    *("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять"),
    *("одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать"),
    *("семнадцать", "восемнадцать", "девятнадцать"),
)
_TENS = (
    *("", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят"),
    "девяносто",
)
_HUNDREDS = (
    *("", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот"),
    "девятьсот",
)
_GENITIVE = {  # the rest: восемь … двадцать, with и at the end
    "ноль": "ноля",
    "один": "одного",
    "одна": "одной",
    "два": "двух",
    "две": "двух",
    "три": "трёх",
    "четыре": "четырёх",
    "сорок": "сорока",
    "девяносто": "девяноста",
    "сто": "ста",
    "пятьдесят": "пятидесяти",
    "шестьдесят": "шестидесяти",
    "семьдесят": "семидесяти",
    "восемьдесят": "восьмидесяти",
    "восемь": "восьми",
    "двести": "двухсот",
    "триста": "трёхсот",
    "четыреста": "четырёхсот",
    "пятьсот": "пятисот",
    "шестьсот": "шестисот",
    "семьсот": "семисот",
    "восемьсот": "восьмисот",
    "девятьсот": "девятисот",
}
_THOUSAND = Noun("тысяча", "тысячи", "тысяч", is_feminine=True, acc="тысячу")
_MILLION = Noun("миллион", "миллиона", "миллионов")
_FEMININE = {"один": "одна", "два": "две"}

_EN_BELOW_20 = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def ru(number: int, case: Case = Case.NOM, *, is_feminine: bool = False) -> str:
    """Say a number below a billion: `ru(21, Case.ACC, is_feminine=True)` is `двадцать одну`."""
    if number == 0:
        return _declined(_BELOW_20[0], case)
    millions, rest = divmod(number, 1_000_000)
    thousands, units = divmod(rest, 1_000)
    words = [_grand(millions, _MILLION, case), _grand(thousands, _THOUSAND, case)]
    words.append(_small(units, case, is_feminine=is_feminine))
    return " ".join(filter(None, words))


def counted(number: int, noun: Noun, case: Case = Case.NOM) -> str:
    """Say so many of a thing: `двадцать одного рубля`, `две минуты`."""
    words = ru(number, case, is_feminine=noun.is_feminine)
    return f"{words} {form(number, noun, case)}"


def form(number: int, noun: Noun, case: Case = Case.NOM) -> str:
    """Return the form that a noun takes after a number."""
    tail, is_teen = number % 10, 11 <= number % 100 <= 14  # noqa: PLR2004 - одиннадцать … четырнадцать
    if tail == 1 and not is_teen:
        return {Case.NOM: noun.one, Case.GEN: noun.few, Case.ACC: noun.acc or noun.one}[case]
    is_few = tail in (2, 3, 4) and not is_teen and case is not Case.GEN
    return noun.few if is_few else noun.many


def en(number: int) -> str:
    """Say a number below a billion: `two thousand two hundred and five`."""
    if number < len(_EN_BELOW_20):
        return _EN_BELOW_20[number]
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        head, rest = divmod(number, size)
        if head:
            link = " and " if rest < 100 else " "  # noqa: PLR2004 - a thousand and five
            return f"{en(head)} {name}" + (f"{link}{en(rest)}" if rest else "")
    tens, unit = divmod(number, 10)
    return _EN_TENS[tens] + (f"-{_EN_BELOW_20[unit]}" if unit else "")


def spelt(digits: str, lang: str) -> str:
    """Say a group of digits as a number, its leading zeros one by one: `ноль один`, `одиннадцать`."""
    zeros = len(digits) - len(digits.lstrip("0"))
    words = [(_BELOW_20 if lang == "ru" else _EN_BELOW_20)[0]] * zeros
    if rest := digits[zeros:]:
        words.append(ru(int(rest)) if lang == "ru" else en(int(rest)))
    return " ".join(words)


def _grand(number: int, noun: Noun, case: Case) -> str:
    if number == 0:
        return ""
    if number == 1:
        return form(1, noun, case)  # "тысяча двести": nobody says "одна тысяча"
    return f"{_small(number, case, is_feminine=noun.is_feminine)} {form(number, noun, case)}"


def _small(number: int, case: Case, *, is_feminine: bool) -> str:
    hundreds, rest = divmod(number, 100)
    tens, unit = divmod(rest, 10)
    last = _BELOW_20[rest] if rest < len(_BELOW_20) else _BELOW_20[unit]
    words = [_HUNDREDS[hundreds], _TENS[tens] if rest >= len(_BELOW_20) else ""]
    if last != _BELOW_20[0]:
        words.append(_FEMININE.get(last, last) if is_feminine else last)
    said = [_declined(word, case) for word in words if word]
    if case is Case.ACC and said and said[-1] == "одна":
        said[-1] = "одну"
    return " ".join(said)


def _declined(word: str, case: Case) -> str:
    if case is not Case.GEN:
        return word
    return _GENITIVE.get(word) or word.removesuffix("ь") + "и"
