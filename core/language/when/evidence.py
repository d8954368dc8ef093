"""Whether a time is of a visit to come or of what has happened: "в субботу сломалась", "с утра нет света"."""

from collections.abc import Callable, Sequence

from core.language.when.days import DayHit
from core.language.when.items import AheadHit, Item, Mark
from core.language.when.spans import ClockHit
from core.language.when.timewords import MARGIN, Piece, Pieces
from core.language.words import grammemes, is_cyrillic

REACH = 7  # pieces to either side within a clause
SHORT = 6  # pieces of a text that asks for nothing but now

_SURE = ("завтра", "послезавтра", "tomorrow", "next", "следующ", "через")
Test = Callable[[Pieces, int], bool]

_SINCE = ("с ", "со ", "от ", "since ", "from ")


def is_over(p: Pieces, items: Sequence[Item], place: int) -> bool:  # noqa: PLR0911 - a row of reasons
    """Tell whether a time belongs to what has happened and not to the visit."""
    item = items[place]
    if isinstance(item, Mark | AheadHit):
        return False
    if _is_behind_past(items, place) or p[item.start].text == "since":
        return True
    if isinstance(item, ClockHit) and (day := _day_beside(items, place)) is not None:
        return is_over(p, items, day)
    first, last = item.start, item.end
    if any(p[i].text.startswith(_SURE) for i in range(first, last)):
        return False
    if isinstance(item, DayHit) and not (item.pattern or item.sort in ("near", "date", "week")):
        return False
    is_event = _is_going_on if _is_since(p, item) else _is_event
    happened, wanted = _nearest(p, first, last, is_event), _nearest(p, first, last, _is_visit)
    if happened is None:
        return False
    if isinstance(item, ClockHit) and not item.is_part and not _is_since(p, item):
        return happened <= 1 and wanted is None
    return wanted is None or happened < wanted


def _day_beside(items: Sequence[Item], place: int) -> int | None:
    """Return the place of the day that hours stand right beside: they are as much past as it is."""
    item = items[place]
    for other in (place - 1, place + 1):
        day = items[other] if 0 <= other < len(items) else None
        if isinstance(day, DayHit) and (day.end == item.start or item.end == day.start):
            return other
    return None


def _is_since(p: Pieces, item: DayHit | ClockHit) -> bool:
    return (p[item.start].text + " ").startswith(_SINCE)


def _is_behind_past(items: Sequence[Item], place: int) -> bool:
    """Tell whether a past day stands before the hours: "вчера с 8 до 12"."""
    item = items[place]
    near = items[place - 1] if place else None
    if isinstance(near, Mark) and near.sort == "past" and item.start - near.end <= 1:
        return not isinstance(item, DayHit) or (item.start == near.end and item.sort != "near")
    behind = items[place + 1] if place + 1 < len(items) else None
    is_before = isinstance(behind, Mark) and behind.sort == "past" and behind.start == item.end
    return is_before and isinstance(item, ClockHit)


def _nearest(p: Pieces, first: int, last: int, fits: Test) -> int | None:
    """Return how far the nearest fitting piece of the clause is."""
    for distance in range(1, REACH):
        for i in (first - distance, last + distance - 1):
            if fits(p, i) and not _is_apart(p, i, first, last):
                return distance
    return None


def _is_apart(p: Pieces, i: int, first: int, last: int) -> bool:
    between = p[i:first] if i < first else p[last:i]
    return any(piece.is_one("join", "stop", "comma", "but") for piece in between)


def _is_event(p: Pieces, i: int) -> bool:
    """Tell a verb of the past, or "нет" of "нет света"."""
    piece = p[i]
    if piece.get("faulty"):
        return not (piece.text == "нет" and p[i + 1].text in ("", ",", "."))
    if piece.get("visiting") or not piece.text[:1].isalpha():
        return False
    if is_cyrillic(piece.text):
        found = grammemes(piece.text)
        is_wish = p[i + 1].text == "бы" or p[i - 1].text in ("бы", "чтобы", "чтоб")
        is_verb = "VERB" in found and "past" in found
        return (is_verb and not is_wish) or _is_denied(p, i, found)
    return piece.text.endswith("ed") and not piece.senses and p[i - 1].text not in ("be", "to", "get", "it")


def _is_going_on(p: Pieces, i: int) -> bool:
    """Tell what has been so since then: "течёт с пятницы"."""
    if _is_event(p, i):
        return True
    if p[i].senses or not is_cyrillic(p[i].text):
        return False
    return {"VERB", "pres", "3per"} <= grammemes(p[i].text)


def _is_denied(p: Pieces, i: int, found: frozenset[str]) -> bool:
    """Tell "не работает", "не горит": what a thing does not do since then."""
    return p[i - 1].text == "не" and "VERB" in found and "3per" in found and not p[i].get("visiting")


def _is_visit(p: Pieces, i: int) -> bool:
    return bool(p[i].get("visiting"))


def is_wanted_now(p: Pieces) -> bool:
    """Tell whether "сейчас" asks for a visit now; "сейчас нет света" does not."""
    places = [i for i in range(MARGIN, len(p) - MARGIN) if p[i].get("now")]
    if not places:
        return False
    if any(p[i].is_one("now", "soonest") for i in places):
        return True
    words = [piece for piece in p if _is_word(piece)]
    is_short = len(words) <= SHORT and not any(_is_event(p, i) for i in range(MARGIN, len(p) - MARGIN))
    return any(
        (is_short and len(words) <= 2)  # noqa: PLR2004
        or (_nearest(p, i, i + 1, _is_visit) is not None and _nearest(p, i, i + 1, _is_event) is None)
        for i in places
    )


def _is_word(piece: Piece) -> bool:
    return piece.text[:1].isalnum()
