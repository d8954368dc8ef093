"""Names of people: what a word may be, and how words make one name.

"Смирнову Наталью" is two words whose readings agree in gender and case; the name is what they are in the
nominative. First names and what people make of them come from a table that is declined by rule; surnames
and patronymics from the dictionary.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from core.language.lexicon import table
from core.language.respell import is_english
from core.language.who.pieces import Piece
from core.language.words import is_cyrillic, is_known, morphology
from core.meaning import Identity

WORDS_MAX = 3
SCORE_MIN = 0.1  # below this a word is something else that may also be a name
_LIKELY = 0.3  # a surname in small letters, among other words

_NAMES = table("names")
ORDINARY = frozenset(_NAMES["ordinary"].split())
ENGLISH = frozenset(_NAMES["english"].split())
TITLES = frozenset(_NAMES["title"].split())
_NOT_NAME = frozenset(_NAMES["not_name"].split())
_AFTER_NAME = frozenset(_NAMES["after_name"].split())
_SORTS = ("Name", "Patr", "Surn")
_PARTS = {"Name": "first", "Patr": "patronymic", "Surn": "last"}
# Of every case: "Петрович", "Ильичом", "Сергевна", "Кузьминичной".
PATRONYMIC_ENDINGS = (
    "ич", "ича", "ичу", "ичем", "ичом", "иче", "ыч", "ыча", "ычу", "ычем", "ычом", "ыче",
    "вна", "вны", "вне", "вну", "вной", "вною", "чна", "чны", "чне", "чну", "чной", "чною",
    "шна", "шны", "шне", "шну", "шной",
)  # fmt: skip
_HUSHING, _HARD = "жшчщц", "гкхжшчщ"
_STEMS = {"павел": "павл", "лев": "льв"}  # fleeting vowels


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing a word may be. `gender` and `case` are None where it does not show them."""

    sort: str
    nominative: str
    gender: str | None
    case: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class Found:
    """A name and how many words it took."""

    who: Identity
    count: int


def read_name(run: Sequence[Piece], *, case: str = "nomn", is_only: bool = False) -> Found | None:
    """Return the name that the first words of a run make, as long a one as can be.

    Args:
        case: The case that the words before ask for; people often keep the nominative all the same.
        is_only: Nothing but a name is expected here, so that any other word is a surname.
    """
    run = joined(run)
    if run and not is_cyrillic(run[0].text):
        return None
    for count in range(len(run), 0, -1):
        choices = [_readings(word, run[:count], is_only=is_only) for word in run[:count]]
        if not all(choices):
            continue
        best = max(_agreeing(choices), key=lambda chosen: _score(chosen, case), default=None)
        if best:
            parts = {
                _PARTS[each.sort]: _shown(each, word) for each, word in zip(best, run[:count], strict=True)
            }
            return Found(Identity(**parts), count)  # type: ignore[arg-type]  # parts of a name are strings
    return None


def read_latin_name(run: Sequence[Piece], *, is_sure: bool, is_only: bool = False) -> Found | None:
    """Return an English name: one of the list, or any word that is no English one where a name must be."""
    titled = 1 if run and run[0].text in TITLES else 0
    words = joined(run[titled:])
    if not words or is_cyrillic(words[0].text) or words[0].text in _NOT_NAME:
        return None
    first = words[0]
    if titled:
        return Found(Identity(last=_latin(first)), 2) if first.is_capital else None
    if not _is_latin_name(first, is_sure=is_sure):
        return None
    for count in (2, 1):  # "Mary Ann Smith" keeps the last word
        is_pair = is_only and len(words) == len(run) == count + 1 and count == 1 and first.text in ENGLISH
        if len(words) > count and _is_latin_surname(words[1 : count + 1], is_sure=is_sure, is_only=is_pair):
            return Found(Identity(first=_latin(first), last=_latin(words[count])), count + 1)
    return Found(Identity(first=_latin(first)), 1)


def is_first_name(word: Piece) -> bool:
    """Tell whether a word is a first name of our table, in any case."""
    return word.text in _forms() or word.text in ENGLISH


# --- readings -----------------------------------------------------------------------------------------


def readings_of(word: str) -> Sequence[Reading]:
    """Return what a word may be by the table of first names alone."""
    return _forms().get(word, ())


def joined(run: Sequence[Piece]) -> list[Piece]:
    """Return the words up to the first comma or full stop, at most as many as a name has."""
    words: list[Piece] = []
    for place, word in enumerate(run[:WORDS_MAX]):
        if word.is_number or (place and (word.is_apart or "." in word.gap)):
            break
        words.append(word)
    return words


def _readings(word: Piece, run: Sequence[Piece], *, is_only: bool) -> tuple[Reading, ...]:
    found = [*_forms().get(word.text, ()), *_dictionary(word.text)]
    if not word.is_capital and not is_only:
        found = [each for each in found if each.sort != "Surn" or each.weight >= _LIKELY]
    has_first = any(other.text in _forms() for other in run if other is not word)
    is_odd = word.is_capital and (is_only or not is_known(word.text))
    is_odd = is_odd or (is_only and not run[0].is_capital)
    if has_first and is_odd and not any(each.sort == "Surn" for each in found):
        found.append(Reading("Surn", word.text, None, None, 0.0))
    return tuple(found)


@cache
def _forms() -> dict[str, list[Reading]]:
    """Return every form of every first name of the table."""
    forms: dict[str, list[Reading]] = {}
    for group, gender in (("men", "masc"), ("women", "femn")):
        called = [(full, name) for full, names in _NAMES[group].items() for name in (full, *names.split())]
        called += [(full, full) for full in _NAMES["more"][group].split()]
        for full, name in called:
            weight = 2.0 if full == name else 1.5
            for case, form in _declined(name.lower().replace("ё", "е"), gender):
                forms.setdefault(form, []).append(Reading("Name", full, gender, case, weight))
    return forms


def _declined(name: str, gender: str) -> Iterator[tuple[str, str]]:
    """Decline a first name by its ending."""
    yield "nomn", name
    stem, last = name[:-1], name[-1]
    soft = "и" if name.endswith("ия") else "е"
    match last:
        case "а":
            hard = "и" if stem[-1] in _HARD else "ы"
            ends = (hard, "е", "у", "ой", "е", "ей") if stem[-1] in _HUSHING else (hard, "е", "у", "ой", "е")
        case "я":
            ends = ("и", soft, "ю", "ей", soft)
        case "й" | "ь" if gender == "masc":
            ends = ("я", "ю", "я", "ем", "и" if name.endswith("ий") else "е")
        case "ь":
            ends = ("и", "и", "ь", "ью", "и")
        case _ if last in "еиоуыэю" or gender == "femn":
            return
        case _:
            stem = _STEMS.get(name, name)
            if name.endswith(("ек", "ок")) and len(name) >= len("санек"):  # "Санёк"
                stem = name[:-2] + ("ьк" if name[-3] in "нлтдсзр" and name.endswith("ек") else "к")
            ends = ("а", "у", "а", "ом", "е")
    yield from zip(
        ("gent", "datv", "accs", "ablt", "loct", "ablt"), (stem + end for end in ends), strict=False
    )


@lru_cache(maxsize=8192)
def _dictionary(word: str) -> tuple[Reading, ...]:
    """Return what the dictionary says a word may be: a first name of no table, a patronymic, a surname."""
    if not is_cyrillic(word):
        return ()
    if "-" in word:
        return _double(word) if word.count("-") == 1 else ()
    found: dict[tuple[str, str | None, str | None], Reading] = {}
    parses = [parse for parse in morphology().parse(word) if "sing" in parse.tag]
    shares = {sort: sum(parse.score for parse in parses if sort in parse.tag) for sort in _SORTS}
    for parse in parses:
        sort = next((sort for sort in _SORTS if sort in parse.tag), None)
        if sort is None or shares[sort] < SCORE_MIN or (sort == "Name" and "Surn" in parse.tag):
            continue
        nominative = parse.inflect({"nomn"})
        if nominative is None:
            continue
        is_fixed = "Fixd" in parse.tag
        gender = None if is_fixed and sort == "Surn" else str(parse.tag.gender)
        gender = gender if gender in ("masc", "femn") else None
        case = None if is_fixed else str(parse.tag.case)
        key = (sort, gender, case)
        found.setdefault(key, Reading(sort, nominative.word, gender, case, min(shares[sort], 1.0)))
    return tuple(found.values())


def _double(word: str) -> tuple[Reading, ...]:
    """Read "Римский-Корсаков": both halves are surnames, of one gender and case."""
    head, _, tail = word.partition("-")
    return tuple(
        Reading("Surn", f"{one.nominative}-{other.nominative}", one.gender, one.case, 1.0)
        for one, other in product(_dictionary(head), _dictionary(tail))
        if one.sort == other.sort == "Surn" and one.gender == other.gender and one.case == other.case
    )


# --- agreement ----------------------------------------------------------------------------------------


def _agreeing(choices: Sequence[Sequence[Reading]]) -> Iterator[tuple[Reading, ...]]:
    for chosen in product(*choices):
        sorts = [each.sort for each in chosen]
        if len(set(sorts)) < len(sorts):
            continue
        if "Name" in sorts and "Patr" in sorts and sorts.index("Patr") != sorts.index("Name") + 1:
            continue
        if any(
            len({*told} - {None}) > 1
            for told in zip(*((each.gender, each.case) for each in chosen), strict=True)
        ):
            continue
        yield chosen


def _score(chosen: Sequence[Reading], case: str) -> float:
    score = sum(each.weight for each in chosen)
    cases = {each.case for each in chosen} - {None}
    if cases <= {case}:
        return score + 2 + 2 * (case != "nomn")
    return score + (2 if cases <= {"nomn"} else 0)


def _shown(reading: Reading, word: Piece) -> str:
    """Keep a name as it was written where it is in the nominative already, for the sake of its ё."""
    same = reading.sort != "Name" and reading.nominative.replace("ё", "е") == word.text
    return _capital(word.shown.lower() if same else reading.nominative)


def _capital(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


# --- Latin letters ----------------------------------------------------------------------------------


def _is_latin_name(word: Piece, *, is_sure: bool) -> bool:
    if is_cyrillic(word.text) or len(word.text) < len("xi"):
        return False
    if word.text in ENGLISH:
        return word.is_capital or is_sure or word.text not in ORDINARY
    return not is_english(word.text) and (word.is_capital or is_sure)


def _is_latin_surname(words: Sequence[Piece], *, is_sure: bool, is_only: bool) -> bool:
    """Tell whether words after a first name go on with it."""
    return all(
        word.text not in _NOT_NAME
        and (word.is_capital or word.text not in _AFTER_NAME)
        and not is_cyrillic(word.text)
        and (word.is_capital or is_only or (is_sure and not is_english(word.text)))
        for word in words
    )


def _latin(word: Piece) -> str:
    if not (word.shown.isupper() or word.shown.islower()):
        return word.shown
    return "-".join("'".join(bit.capitalize() for bit in part.split("'")) for part in word.shown.split("-"))
