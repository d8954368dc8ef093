"""Towns: in every case, by their nicknames, in Latin letters; and which of them is one's own."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from core.language.lexicon import table
from core.language.who.pieces import Piece
from core.language.words import grammemes, is_cyrillic, lemmas, morphology

_TABLE = table("cities")
_TOWN, _WHERE, _NEAR, _MAKER, _LARGER, _KIN = (
    frozenset(_TABLE[name].split()) for name in ("town", "where", "near", "maker", "larger", "kin")
)
_MOVED, _BOUGHT, _ARRIVED, _SERVED = (
    frozenset(_TABLE[name].split()) for name in ("moved", "bought", "arrived", "served")
)
_NOT = frozenset({"не", "not"})
_JOINTS = frozenset({"и", "или", "плюс", "а", "также", "and", "or", "plus", "еще"})
_CASES_AFTER = {"из": {"gent"}, "в": {"loct", "accs"}, "во": {"loct", "accs"}}
# "Иваново" in other cases is "Иванова", "Раменское" is "Раменского": names of people and streets.
_LIKE_NAMES = ("ова", "ева", "ина", "ову", "еву", "ину", "ого", "ому", "ым", "им")
_UNDECLINED = ("ово", "ево", "ино", "ыно")  # "в Большом Исаково"
_PIECES_MAX, _NAMES_MAX = 3, 2
_LETTERS = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)) | {
    "ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ъ": "", "ь": "", "ю": "yu", "я": "ya", "-": " ",
}  # fmt: skip
# The ways to write a name in Latin letters, brought to one.
_FOLDS = (
    ("shch", "sch"), ("kh", "h"), ("ts", "c"), ("ye", "e"), ("ie", "e"), ("yo", "e"), ("io", "e"),
    ("iy", "y"), ("ij", "y"), ("yy", "y"), ("ii", "y"), ("yu", "u"), ("iu", "u"), ("ju", "u"), ("ya", "a"),
    ("ia", "a"), ("ja", "a"), ("zh", "j"), ("x", "ks"), ("w", "v"), ("'", ""), ("i", "y"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a town's name.

    Attributes:
        cases: What case the form may be; empty for nicknames and Latin letters.
        is_ordinary: It is an ordinary word as well.
    """

    city: str
    cases: frozenset[str] = frozenset()
    is_ordinary: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    form: Form
    first: int
    last: int


def find_cities(words: Sequence[Piece], *, has_street: bool) -> tuple[str, ...]:
    """Return the towns that a text names as its writer's own, in order."""
    found: list[str] = []
    near: list[str] = []
    last_hit: _Hit | None = None
    for hit in _hits(words):
        before = words[hit.first - 1] if hit.first and not words[hit.first].is_apart else None
        follows = last_hit is not None and _is_listed(words, last_hit, hit)
        is_town = _is_named(words, hit, before, has_street=has_street) or (
            follows and words[hit.first].is_capital
        )
        if is_town and not _is_elsewhere(words, hit, before):
            (near if before and before.text in _NEAR else found).append(hit.form.city)
            last_hit = hit
    return tuple(dict.fromkeys(found or near))


def asked_city(words: Sequence[Piece]) -> str | None:
    """Return the town that answers "where are you?": nicknames and ordinary words count as well."""
    for hit in _hits(words, is_asked=True):
        if not _is_denied(words, hit.first) and not _is_larger(words, hit):
            return hit.form.city
    names = [word for word in words if word.text not in _TOWN and word.text not in _WHERE]
    if not 1 <= len(names) <= _NAMES_MAX or any(word.is_number for word in names):
        return None
    nominatives = [_geographic(word.text) for word in names]
    return " ".join(str(name).capitalize() for name in nominatives) if all(nominatives) else None


# --- judging ----------------------------------------------------------------------------------------


def _is_named(words: Sequence[Piece], hit: _Hit, before: Piece | None, *, has_street: bool) -> bool:
    """Tell whether a word that may be ordinary stands where a town does."""
    if not hit.form.is_ordinary:
        return True
    if before and before.text in _TOWN and (before.text != "с" or "." in words[hit.first].gap):
        return True
    ahead = words[hit.last + 1] if hit.last + 1 < len(words) else None
    is_last = ahead is None or ahead.is_apart or "." in ahead.gap
    if before and before.text in _WHERE and words[hit.first].is_capital:
        cases = _CASES_AFTER.get(before.text)
        fits = not cases or not hit.form.cases or bool(cases & hit.form.cases)
        return fits and (is_last or ahead is None or "NOUN" not in grammemes(ahead.text) or ahead.is_capital)
    starts = before is None
    is_nominative = not hit.form.cases or "nomn" in hit.form.cases
    if ahead and ahead.text in _SERVED:
        return is_nominative and words[hit.first].is_capital
    return has_street and starts and is_last and is_nominative and words[hit.first].is_capital


def _is_elsewhere(words: Sequence[Piece], hit: _Hit, before: Piece | None) -> bool:
    """Tell whether a town is not one's own: denied, come from, a maker's name, a part of "область"."""
    if before is None or _is_larger(words, hit):
        return _is_larger(words, hit)
    is_kins = (
        hit.first > 1 and words[hit.first - 2].text in _KIN and before.text in _WHERE
    )  # "сын в Мурманске"
    return before.text in _MAKER or is_kins or _is_denied(words, hit.first) or _is_moved(words, hit, before)


def _is_moved(words: Sequence[Piece], hit: _Hit, before: Piece) -> bool:
    """Tell whether something or somebody only comes from a town, goes there or was bought there."""
    verbs = {lemma for word in _clause(words, hit) for lemma in (word.text, *lemmas(word.text))}
    match before.text:
        case "из" | "from":
            return bool(verbs & _MOVED)
        case "в" | "во" | "to" | "in":
            is_inside = "loct" in hit.form.cases or before.text == "in"
            return bool(verbs & (_BOUGHT if is_inside else _MOVED - _ARRIVED))
    return False


def _is_larger(words: Sequence[Piece], hit: _Hit) -> bool:
    """Tell whether a town's name is only a part of another: "Kaliningrad region"."""
    ahead = words[hit.last + 1] if hit.last + 1 < len(words) else None
    return ahead is not None and not ahead.is_apart and ahead.text in _LARGER


def _is_denied(words: Sequence[Piece], first: int) -> bool:
    return any(word.text in _NOT for word in words[max(first - 2, 0) : first])


def _clause(words: Sequence[Piece], hit: _Hit) -> Iterator[Piece]:
    """Return the words of a clause around a town."""
    first, last = hit.first, hit.last
    while first and not words[first].is_apart and "." not in words[first].gap:
        first -= 1
    while last + 1 < len(words) and not words[last + 1].is_apart and "." not in words[last + 1].gap:
        last += 1
    yield from words[first : last + 1]


def _is_listed(words: Sequence[Piece], last: _Hit, hit: _Hit) -> bool:
    """Tell whether only commas and "и" stand between two towns."""
    between = words[last.last + 1 : hit.first]
    same = not last.form.cases or not hit.form.cases or bool(last.form.cases & hit.form.cases)
    return same and all(word.text in _JOINTS or word.text in _WHERE for word in between)


# --- finding ----------------------------------------------------------------------------------------


def _hits(words: Sequence[Piece], *, is_asked: bool = False) -> Iterator[_Hit]:
    place = 0
    while place < len(words):
        if not _may_start(words[place].text):
            place += 1
            continue
        for count in range(min(_PIECES_MAX, len(words) - place), 0, -1):
            run = words[place : place + count]
            form = None if any(word.is_apart for word in run[1:]) else _form(run, is_asked=is_asked)
            if form:
                yield _Hit(form, place, place + count - 1)
                place += count - 1
                break
        place += 1


def _form(run: Sequence[Piece], *, is_asked: bool) -> Form | None:
    key = " ".join(word.text for word in run).replace("-", " ")
    forms = _forms()
    if is_asked and key in (names := _nicknames()):
        return Form(names[key])
    return forms.get(key) if is_cyrillic(key) else forms.get("=" + key) or forms.get(_fold(key))


@lru_cache(maxsize=1 << 14)
def _may_start(word: str) -> bool:
    """Tell whether a town's name begins with a word; hardly any does."""
    first = word.partition("-")[0]
    return first in _starts() or (not is_cyrillic(first) and _fold(first) in _starts())


@cache
def _starts() -> frozenset[str]:
    return frozenset(name.lstrip("=").partition(" ")[0] for name in (*_forms(), *_nicknames()))


@cache
def _nicknames() -> dict[str, str]:
    return {name: city for city, names in _TABLE["nicknames"].items() for name in names.split(", ")}


@cache
def _forms() -> dict[str, Form]:
    """Return every form of every town; an earlier list wins, and a name in the nominative."""
    ordinary, makers = _names("ordinary", _TABLE), _names("makers", _TABLE)
    found: dict[str, Form] = {}
    for group in _TABLE["names"]:
        for city in _names(group, _TABLE["names"]):
            is_ordinary = city in ordinary or group == "villages"
            cases: dict[str, set[str]] = {}
            for case, form in _declined(city):
                cases.setdefault(form, set()).add(case)
            for form, its_cases in cases.items():
                is_name = form.endswith(_LIKE_NAMES) and "nomn" not in its_cases
                is_name |= city in makers and "nomn" in its_cases
                found.setdefault(form, Form(city, frozenset(its_cases), is_ordinary or is_name))
            found.setdefault(_fold(_latin(city)), Form(city, frozenset(), is_ordinary))
    for city, names in _TABLE["called"].items():
        for name in names.split(", "):
            key = _plain(name)
            found[key if is_cyrillic(key) else "=" + key] = Form(city)
    return found


def _names(name: str, groups: dict[str, str]) -> list[str]:
    return re.split(r",\s*", groups[name].strip())


def _plain(name: str) -> str:
    return re.sub(r"[-\s]+", " ", name.lower().replace("ё", "е"))


def _declined(city: str) -> Iterator[tuple[str, str]]:
    """Return a town's name in each case, each word of it declined as it should be."""
    words = city.split(" ")
    paradigms = [_paradigm(word) for word in words]
    for case in ("nomn", "gent", "datv", "accs", "ablt", "loct"):
        forms = [paradigm.get(case, word) for paradigm, word in zip(paradigms, words, strict=True)]
        yield case, _plain(" ".join(forms))
        if city.endswith(_UNDECLINED):
            yield case, _plain(" ".join([*forms[:-1], words[-1]]))


def _paradigm(word: str) -> dict[str, str]:
    head, dash, tail = word.partition("-")
    if dash and tail.startswith("на-"):  # "Ростов-на-Дону"
        return {case: f"{form}-{tail}" for case, form in _cases(head.lower()).items()}
    if dash and tail.endswith(("ий", "ый")) and head.endswith(("ск", "ль")):  # "Каменск-Уральский"
        tails = _cases(tail.lower())
        return {case: f"{form}-{tails.get(case, tail)}" for case, form in _cases(head.lower()).items()}
    if dash:
        return {case: f"{head.lower()}-{form}" for case, form in _cases(tail.lower()).items()}
    return _cases(word.lower())


def _cases(word: str) -> dict[str, str]:
    """Return a word's cases, as a place's name if it can be one."""
    nominatives = [parse for parse in morphology().parse(word) if "nomn" in parse.tag]
    nominatives.sort(key=lambda parse: ("Geox" not in parse.tag, parse.tag.POS not in ("NOUN", "ADJF")))
    if not nominatives:
        return {"nomn": word}
    best = nominatives[0]
    cases: dict[str, str] = {}
    for form in best.lexeme:
        is_same = form.tag.number == best.tag.number and form.tag.gender == best.tag.gender
        if is_same and form.tag.case and form.tag.POS == best.tag.POS:
            cases.setdefault(str(form.tag.case), form.word)
    return cases | {"nomn": word}


def _latin(city: str) -> str:
    return "".join(_LETTERS.get(sign, sign) for sign in city.lower())


@lru_cache(maxsize=4096)
def _fold(latin: str) -> str:
    for source, target in _FOLDS:
        latin = latin.replace(source, target)
    return latin


@lru_cache(maxsize=4096)
def _geographic(word: str) -> str | None:
    return next((str(parse.normal_form) for parse in morphology().parse(word) if "Geox" in parse.tag), None)


def known_cities() -> Iterable[str]:
    """Return every town of the gazetteer."""
    return dict.fromkeys(form.city for form in _forms().values())
