"""Where in a text people say who they are: "меня зовут …", "это …", "… here", "спросить …"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from core.language.lexicon import table
from core.language.who.names import (
    ENGLISH,
    ORDINARY,
    PATRONYMIC_ENDINGS,
    TITLES,
    Found,
    is_first_name,
    read_latin_name,
    read_name,
)
from core.language.who.pieces import Piece
from core.language.who.unlisted_names import mended, read_single_name, read_unlisted_name
from core.language.words import is_cyrillic
from core.meaning import Identity

_NAMES = table("names")
_ROLE, _KIN, _OTHER, _GREETING, _FILLER = (
    frozenset(_NAMES[name].split()) for name in ("role", "kin", "other", "greeting", "filler")
)
_FROM = frozenset(_NAMES["after"]["from"])
_NOT, _BUT = (frozenset(_NAMES["denied"][name].split()) for name in ("not", "but"))
_ON = frozenset({"из", "с", "со", "от", "from"})
_JOINED = frozenset({"", ":", "-", ":-", '"'})
_AROUND = _FILLER | _GREETING | _ROLE | _KIN
_SURNAME = frozenset({"фамилия", "фамилии", "surname", "last", "family"})
_CLOSING = frozenset(_NAMES["closing"].split())
_ROLES_MAX, _BACK_MAX, _ALONE_MAX = 2, 3, 4


@dataclass(frozen=True, slots=True)
class _Marker:
    words: tuple[str, ...]
    case: str
    is_sure: bool


class NameFinder:
    """Finds names by the table `names`."""

    def __init__(self) -> None:
        """Compile the ways in which people introduce themselves, the longest first."""
        self._before: dict[str, list[_Marker]] = {}
        self._after: dict[str, list[_Marker]] = {}
        for group in ("sure", "likely"):
            for case, phrases in _NAMES[group].items():
                _add(self._before, phrases, case, is_sure=group == "sure")
        _add(self._after, _NAMES["after"]["sure"], "nomn", is_sure=True)
        _add(self._after, _NAMES["after"]["last"], "nomn", is_sure=False)

    def find(self, words: Sequence[Piece], *, has_contact: bool) -> Identity:
        """Return the name that a text gives.

        Args:
            has_contact: A phone or an address stands beside, so that a name may stand alone.
        """
        found = Identity()
        for who in self._introduced(words):
            found = _merged(found, who)
        for who in _with_patronymic(words, has_contact=has_contact):
            found = _merged(found, who)
        alone = None if found.first else next(_alone(words, has_contact=has_contact), None)
        return _merged(alone, found) if alone else found

    def bare(self, words: Sequence[Piece]) -> Identity | None:
        """Return the name that answers "who are you?": nothing else is said before the first comma."""
        for chunk in _chunks(words):
            inside = _stripped(chunk)
            inside = [*map(mended, inside[:_ROLES_MAX]), *inside[_ROLES_MAX:]]
            found = None if _is_listed(inside) else read_unlisted_name(inside)
            found = (
                found
                or read_name(inside, is_only=True)
                or read_latin_name(inside, is_sure=_is_name_like(inside), is_only=True)
                or read_single_name(inside if len(words) <= _ALONE_MAX else ())
            )
            rest = inside[found.count :] if found else ()
            if found and (_is_rest(inside, rest)) and _is_believable(inside, found):
                return found.who
            if inside and not all(word.text in _GREETING for word in inside):
                return None
        return None

    def _introduced(self, words: Sequence[Piece]) -> Iterator[Identity]:
        likely: list[Identity] = []
        for place in range(len(words)):
            for marker in self._markers(self._before, words, place):
                found = _after(words, place + len(marker.words), marker)
                if found:
                    if marker.is_sure:
                        yield found
                    else:
                        likely.append(found)
                    break
            for marker in self._markers(self._after, words, place):
                if found := _before(words, place, marker):
                    yield found
                    break
            if words[place].text in _FROM and place and (found := _greeted_from(words, place)):
                likely.append(found)
            if words[place].text == "меня" and (found := _enclosed(words, place)):
                yield found
        yield from likely

    def _markers(
        self, table: dict[str, list[_Marker]], words: Sequence[Piece], place: int
    ) -> Iterator[_Marker]:
        for marker in table.get(words[place].text, ()):
            run = words[place : place + len(marker.words)]
            if tuple(word.text for word in run) == marker.words and not any(
                word.is_apart for word in run[1:]
            ):
                yield marker


def _add(table: dict[str, list[_Marker]], phrases: Sequence[str], case: str, *, is_sure: bool) -> None:
    for phrase in phrases:
        words = tuple(phrase.split())
        known = table.setdefault(words[0], [])
        known.append(_Marker(words, case, is_sure))
        known.sort(key=lambda marker: -len(marker.words))


# --- beside a marker ----------------------------------------------------------------------------------


def _after(words: Sequence[Piece], place: int, marker: _Marker) -> Identity | None:
    """Read the name after "меня зовут", "спросить", "это"."""
    passed = 0
    while place < len(words) and words[place].text in _ROLE and passed < _ROLES_MAX:
        place, passed = place + 1, passed + 1
    if place >= len(words) or words[place].is_number or not _is_joined(words[place], marker):
        return None
    if words[place].text in _NOT:
        place = _corrected(words, place)
    run = words[place : place + _ALONE_MAX]
    if marker.is_sure:
        run = [mended(run[0]), *run[1:]]
    found = read_name(run, case=marker.case) or read_latin_name(run, is_sure=marker.is_sure)
    if marker.is_sure and marker.case == "nomn" and (found is None or not _is_listed(run)):
        found = read_unlisted_name(run) or found
    if found is None or not (marker.is_sure or _is_proven(words, place, found)):
        return None
    return _as_surname(found) if _SURNAME & {*marker.words} else found.who


def _is_listed(run: Sequence[Piece]) -> bool:
    return any(is_first_name(word) for word in run)


def _corrected(words: Sequence[Piece], place: int) -> int:
    """Return where the right name begins: "не Иван, а Игорь"."""
    ahead = range(place + 1, min(place + _ALONE_MAX, len(words) - 1))
    return next((but + 1 for but in ahead if words[but].text in _BUT), place)


def _is_joined(word: Piece, marker: _Marker) -> bool:
    """Tell whether a name may follow at once; "С уважением, Лариса" has a comma between."""
    gap = word.gap.strip()
    return gap in _JOINED or (gap == "," and marker.words[-1] in _CLOSING)


def _is_proven(words: Sequence[Piece], place: int, found: Found) -> bool:
    """Tell whether what follows "это" is a name by itself: "это роман" may be a novel."""
    word = words[place]
    if not is_cyrillic(word.text):
        return word.is_capital or word.text in ENGLISH
    if not (found.who.first or found.who.patronymic):
        return False
    is_ordinary = found.count == 1 and word.text in ORDINARY and not word.is_capital
    return not is_ordinary or _ends(words, place)


def _as_surname(found: Found) -> Identity:
    """Return what is said to be a surname as one: "фамилия Ли"."""
    is_other = found.count == 1 and found.who.first is not None
    return Identity(last=found.who.first) if is_other else found.who


def _ends(words: Sequence[Piece], place: int) -> bool:
    """Tell whether a word is the last of its clause."""
    after = words[place + 1] if place + 1 < len(words) else None
    return after is None or after.is_apart or "." in after.gap


def _before(words: Sequence[Piece], place: int, marker: _Marker) -> Identity | None:
    """Read the name before "меня зовут", "беспокоит", "here"."""
    if words[place].is_apart or not place:
        return None
    after = place + len(marker.words)
    is_last = _ends(words, after - 1) or words[after].text in _ON
    if not marker.is_sure and not is_last:
        return None
    clause = _clause_before(words, place)
    for first in range(len(clause)):
        run = clause[first:]
        for case in ("nomn", "ablt"):
            found = read_name(run, case=case) or read_latin_name(run, is_sure=run[0].is_capital)
            if found and found.count == len(run) and (found.who.first or marker.is_sure):
                is_named = is_cyrillic(run[0].text) or run[0].is_capital
                if _SURNAME & {*marker.words}:
                    return _as_surname(found)
                if is_named and (
                    marker.is_sure or first == 0 or run[0].is_capital or len(clause) <= _BACK_MAX
                ):
                    return found.who
    return None


def _clause_before(words: Sequence[Piece], place: int) -> Sequence[Piece]:
    first = place
    while (
        first and place - first < _BACK_MAX and not words[first].is_apart and not words[first - 1].is_number
    ):
        if "." in words[first].gap:
            break
        first -= 1
    return words[first:place]


def _enclosed(words: Sequence[Piece], place: int) -> Identity | None:
    """Read "меня Алёна зовут"."""
    run = words[place + 1 : place + 1 + _ALONE_MAX]
    for case in ("nomn", "ablt"):
        found = read_name(run, case=case)
        if found and found.count < len(run) and run[found.count].text in ("зовут", "звать"):
            return found.who
    return None


def _greeted_from(words: Sequence[Piece], place: int) -> Identity | None:
    """Read "Hi, Anna from flat 5"."""
    name = words[place - 1]
    is_start = place == 1 or name.is_apart or words[place - 2].text in _GREETING
    if not (is_start and name.is_capital and name.text in ENGLISH):
        return None
    found = read_latin_name([name], is_sure=True)
    return found.who if found else None


# --- without a marker ---------------------------------------------------------------------------------


def _with_patronymic(words: Sequence[Piece], *, has_contact: bool) -> Iterator[Identity]:
    """Read names that have a patronymic, wherever they stand, unless somebody else is meant."""
    like = {place for place, word in enumerate(words) if word.text.endswith(PATRONYMIC_ENDINGS)}
    for place in range(len(words) if like else 0):
        if like.isdisjoint((place + 1, place + 2)):
            continue
        if place and words[place - 1].text in _OTHER and not words[place].is_apart:
            continue
        found = read_name(words[place:])
        if found and found.who.first and found.who.patronymic:
            if has_contact or not _is_greeted(words, place, place + found.count):
                yield found.who
            return


def _is_greeted(words: Sequence[Piece], first: int, after: int) -> bool:
    """Tell whether a name is the addressee's: "Иван Петрович, здравствуйте"."""
    return (after < len(words) and words[after].text in _GREETING) or (
        first > 0 and words[first - 1].text in _GREETING
    )


def _alone(words: Sequence[Piece], *, has_contact: bool) -> Iterator[Identity]:
    """Read a name that stands alone between commas beside a phone, or ends a letter."""
    chunks = list(_chunks(words))
    for place, chunk in enumerate(chunks):
        inside = _stripped(chunk)
        if not 1 <= len(inside) <= _ALONE_MAX or inside[0].text in _OTHER:
            continue
        follows = chunks[place + 1][0] if place + 1 < len(chunks) else None
        if follows and follows.text in _GREETING:
            continue
        is_signed = "." in chunk[0].gap or "\n" in chunk[0].gap
        is_letter = len(inside) == len(chunk) and (is_signed and follows is None)
        if not (has_contact or is_letter):
            continue
        found = read_name(inside, is_only=has_contact and inside[0].is_capital) or read_latin_name(
            inside, is_sure=False
        )
        if found and found.who.first and found.count == len(inside) and _has_first_name(inside):
            is_small = not inside[0].is_capital and inside[0].text in ORDINARY and found.count == 1
            if not is_small and (inside[0].is_capital or (is_cyrillic(inside[0].text) and has_contact)):
                yield found.who


def _has_first_name(words: Sequence[Piece]) -> bool:
    """Tell whether one of the words is a first name of our table."""
    return any(is_first_name(word) for word in words)


def _chunks(words: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Return the words between commas, full stops and numbers."""
    chunk: list[Piece] = []
    for word in words:
        is_short = bool(chunk) and (chunk[-1].text in TITLES or len(chunk[-1].text) == 1)  # "Mr. Hopkins"
        if chunk and (word.is_apart or word.is_number or ("." in word.gap and not is_short)):
            yield chunk
            chunk = []
        if not word.is_number:
            chunk.append(word)
    if chunk:
        yield chunk


def _stripped(chunk: Sequence[Piece]) -> Sequence[Piece]:
    """Return a chunk without what people say around a name."""
    first, last = 0, len(chunk)
    while first < last and chunk[first].text in _AROUND:
        first += 1
    while last > first and chunk[last - 1].text in _FILLER:
        last -= 1
    return chunk[first:last]


def _is_rest(inside: Sequence[Piece], rest: Sequence[Piece]) -> bool:
    """Tell whether what follows a bare name leaves it one: "Дмитрий можно Дима", but not "света нет"."""
    if not rest or rest[0].text in _FILLER or len(rest[0].text) == 1:
        return True
    return inside[0].is_capital and is_first_name(inside[0]) and inside[0].text not in ORDINARY


def _is_name_like(words: Sequence[Piece]) -> bool:
    return bool(words) and (words[0].text in ENGLISH or words[0].is_capital)


def _is_believable(words: Sequence[Piece], found: Found) -> bool:
    """Tell whether a bare answer is a name: one word in small letters may be any word."""
    if found.who.first or found.who.patronymic:
        return True
    return words[0].is_capital or found.count > 1 or not is_cyrillic(words[0].text) or _is_surname(words[0])


def _is_surname(word: Piece) -> bool:
    found = read_name([word])
    return bool(found and found.who.last)


def _merged(known: Identity, more: Identity) -> Identity:
    """Add the parts that are missing, if the two are one person."""
    if known.first and more.first and known.first != more.first:
        return known
    parts = ("first", "patronymic", "last")
    missing = {
        part.name: getattr(more, part.name)
        for part in fields(Identity)
        if part.name in parts and not getattr(known, part.name)
    }
    return replace(known, **missing)
