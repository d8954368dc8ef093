"""Who is talking and where: names, phones, e-mails, cities, districts."""

import re
from dataclasses import replace
from functools import lru_cache

from core.language.addresses import find_address
from core.language.cities import asked_city, find_cities
from core.language.emails import find_email
from core.language.lexicon import particles, table
from core.language.normalise import Text, without
from core.language.phones import find_phones, local_phone
from core.language.phrases import Matcher
from core.language.pieces import pieces
from core.language.respell import is_english
from core.language.words import is_cyrillic, morphology
from core.meaning import Bare, Identity

NAME_WORDS_MAX = 3
ENGLISH_WORDS_MAX = 2
NAME_SCORE_MIN = 0.15  # below this a word is something else that may also be a name

_SEGMENT = re.compile(r"[^,;.!?\n]+")
_SPLIT = re.compile(r"[.,;:!?\n()]|\s-\s")
_ENCLOSED = re.compile(r"(?<![а-я])меня\s+([а-я]+(?:\s+[а-я]+)?)\s+зовут")


class IdentityFinder:
    """Finds who and where by the tables `names` and `places`."""

    def __init__(self) -> None:
        """Compile the tables."""
        names, places = table("names"), table("places")
        self._full: dict[str, str] = {
            short: full for full, shorts in names["short"].items() for short in shorts.split()
        }
        self._english = frozenset(names["english"].split())
        self._strong, self._weak = _marker(names["strong"]), _marker(names["weak"])
        self._districts = Matcher((district, p) for district, ps in places["districts"].items() for p in ps)

    def find(self, text: Text) -> tuple[Identity, Bare, tuple[tuple[int, int], ...]]:
        """Return who and where, what counts only if asked, and the places in the text read for it."""
        words = pieces(text)
        email = find_email(text, words)
        phones, phone_spans = find_phones(text, words)
        hidden = [*phone_spans, *([email[1]] if email else [])]
        masked = without(text, hidden)
        place = find_address(masked, pieces(masked))
        free = without(masked, place.spans)
        around = pieces(free)
        cities = find_cities(around, has_street=place.identity.street is not None)
        district = next((hit.label for hit in self._districts.find(free)), None)
        spoken = self._named(free)
        if not spoken.first and (phones or place.identity.house):
            spoken = self._between_commas(free) or spoken
        who = replace(
            place.identity,
            first=spoken.first,
            patronymic=spoken.patronymic,
            last=spoken.last,
            phone=phones[0] if phones else None,
            phone2=phones[1] if len(phones) > 1 else None,
            email=email[0] if email else None,
            city=cities[0] if cities else None,
            cities=cities if len(cities) > 1 else (),
            district=district,
        )
        bare = Bare(
            name=self._bare_name(free),
            address=place.maybe,
            phone=local_phone(words) if not phones else None,
            city=cities[0] if cities else asked_city(around),
        )
        return who, bare, (*hidden, *place.spans)

    # --- names ---------------------------------------------------------------------------------

    def _named(self, text: Text) -> Identity:
        """Read a name after "меня зовут" or "я", or one that has a patronymic."""
        for match in _ENCLOSED.finditer(text.lower):
            found = self._name_at(text, match.start(1), is_sure=True)
            if found.first:
                return found
        for match in self._strong.finditer(text.lower):
            found = self._name_at(text, match.end(), is_sure=True)
            if found.first or found.last:
                return found
        for match in self._weak.finditer(text.lower):
            found = self._name_at(text, match.end(), is_sure=False)
            if found.first:
                return found
        return self._with_patronymic(text)

    def _with_patronymic(self, text: Text) -> Identity:
        for place, token in enumerate(text.tokens):
            if _as(token.text, "Patr"):
                for first in (max(place - 2, 0), max(place - 1, 0)):
                    found = self._read(_run(text, first, place + 2))
                    if found.first and found.patronymic:
                        return found
        return Identity()

    def _between_commas(self, text: Text) -> Identity | None:
        """Read a capitalised name that stands alone between commas, beside a phone or an address."""
        for segment in _SEGMENT.finditer(text.plain):
            inside = [token for token in text.tokens if segment.start() <= token.start < segment.end()]
            run = [(token.text, text.plain[token.start : token.end]) for token in inside]
            if 1 <= len(run) <= NAME_WORDS_MAX and all(shown[:1].isupper() for _, shown in run):
                found = self._read(run)
                named = sum(1 for part in (found.first, found.patronymic, found.last) if part)
                if found.first and named == len(run):
                    return found
                if not is_cyrillic(run[0][0]) and run[0][0] in self._english:
                    return self._english_name(run, is_sure=False)
        return None

    def _name_at(self, text: Text, position: int, *, is_sure: bool) -> Identity:
        place = next((n for n, token in enumerate(text.tokens) if token.start >= position), None)
        if place is None or _SPLIT.search(text.lower[position : text.tokens[place].start].replace(":", "")):
            return Identity()
        run = _run(text, place, place + NAME_WORDS_MAX)
        found = self._read(run)
        if found.first or found.patronymic or (found.last and is_sure):
            return found
        if not run or is_cyrillic(run[0][0]):
            return Identity()
        return self._english_name(run, is_sure=is_sure)

    def _english_name(self, run: list[tuple[str, str]], *, is_sure: bool) -> Identity:
        word, shown = run[0]
        is_name = word in self._english or (shown[:1].isupper() and not is_english(word))
        if not is_name and not (is_sure and not is_english(word)):
            return Identity()
        last = None
        if (
            len(run) > 1
            and (run[1][1][:1].isupper() or is_sure)
            and not (is_english(run[1][0]) and run[1][1].islower())
        ):
            last = run[1][1].capitalize()
        return Identity(first=shown.capitalize(), last=last)

    def _bare_name(self, text: Text) -> Identity | None:
        """Read a message that is nothing but a name."""
        run = [
            (token.text, text.plain[token.start : token.end])
            for token in text.tokens
            if token.text not in particles("name_filler") and not token.text.isdigit()
        ]
        if not 1 <= len(run) <= NAME_WORDS_MAX:
            return None
        found = self._read(run)
        named = sum(1 for part in (found.first, found.patronymic, found.last) if part)
        if named == len(run):
            return found
        if is_cyrillic(run[0][0]):
            return None
        return self._english_name(run, is_sure=False) if len(run) <= ENGLISH_WORDS_MAX else None

    def _read(self, run: list[tuple[str, str]]) -> Identity:
        """Sort up to three words into first name, patronymic and surname."""
        first = patronymic = last = None
        for place, (word, shown) in enumerate(run):
            rest = [after for after, _ in run[place + 1 :]]
            if not is_cyrillic(word):
                break
            if patronymic is None and (found := _as(word, "Patr")):
                patronymic = _shown(found, word, shown)
            elif first is None and (found := self._first(word, shown, rest)):
                first = found
            elif last is None and (found := _as(word, "Surn") or self._odd_surname(word, shown, first)):
                last = _shown(found, word, shown)
            else:
                break
        return Identity(first=first, patronymic=patronymic, last=last)

    def _first(self, word: str, shown: str, rest: list[str]) -> str | None:
        nominative = _as(word, "Name")
        for form in (word, nominative):
            if form and form in self._full:
                return self._full[form]
        if nominative is None:
            return None
        # "Петрова Мария": a surname that is also some form of a name comes before the name.
        if any(_as(other, "Name") for other in rest[:1]) and _as(word, "Surn"):
            return None
        return _shown(nominative, word, shown)

    def _odd_surname(self, word: str, shown: str, first: str | None) -> str | None:
        """Take an unknown capitalised word next to a first name for a surname."""
        if first is None or not shown[:1].isupper() or morphology().word_is_known(word):
            return None
        return word


def _marker(phrases: list[str]) -> re.Pattern[str]:
    longest = sorted(phrases, key=len, reverse=True)
    return re.compile(r"(?<![а-яa-z])(?:" + "|".join(map(re.escape, longest)) + r")(?![а-яa-z])\s*[:-]?\s*")


def _run(text: Text, first: int, last: int) -> list[tuple[str, str]]:
    """Return words from `first` to before `last` up to the next punctuation: lower case and as written."""
    run: list[tuple[str, str]] = []
    for token in text.tokens[first:last]:
        if run and _SPLIT.search(token.gap):
            break
        if token.text.isdigit():
            break
        run.append((token.text, text.plain[token.start : token.end]))
    return run


@lru_cache(maxsize=8192)
def _as(word: str, sort: str) -> str | None:
    """Return the nominative of a word as a `Name`, `Patr` or `Surn`, or None if it is not likely one."""
    likely = [
        parse
        for parse in morphology().parse(word)
        if sort in parse.tag and "sing" in parse.tag and parse.score >= NAME_SCORE_MIN
    ]
    if not likely:
        return None
    # "Петрова" is more often her nominative than his genitive.
    best = next((parse for parse in likely if "nomn" in parse.tag), likely[0])
    nominative = best.inflect({"nomn"})
    return str(nominative.word) if nominative else str(best.word)


def _shown(nominative: str, word: str, shown: str) -> str:
    """Keep a name as it was written where it is in the nominative already."""
    same = nominative.replace("ё", "е") == word
    return "-".join(part.capitalize() for part in (shown if same else nominative).split("-"))
