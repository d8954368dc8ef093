"""Short answers, and what a person wants of the talk itself."""

import re
from datetime import datetime

from core.language import numbers
from core.language.lexicon import particles, table
from core.language.normalise import Text
from core.language.phrases import Found, Matcher
from core.language.words import grammemes
from core.meaning import Answer, Intent, Trade

SHORT = 6  # words; in a longer message an answer must come first
ALL_MAX = 3  # words of "all of them"
LONG = 14  # words; here even a leading yes must be cut off by a comma
FOUNDED_MIN = 1950  # "с 2010 года": years before this are no experience

_YEARS = re.compile(
    r"(?<!\d)(\d{1,2})\+?\s*-?\s*(?:лет|год|года|годик\w*|years?|yrs?)(?![a-zа-я])|лет\s+(\d{1,2})(?!\d)"
)
_SINCE = re.compile(r"(?:с|since|from)\s+((?:19|20)\d\d)")
_SPELT_YEARS = re.compile(r"([a-zа-я]+)\s+(?:лет|год|года|years?)(?![a-zа-я])")
_NO_YEARS = re.compile(r"без опыта|опыта (?:нет|нету)|нет опыта|no experience|without experience")
_CHOICE = re.compile(
    r"(?:вариант|номер|под номером|option|number|choice|no|№|#)\s*\.?\s*(\d)(?!\d)"
    r"|(?<!\d)(\d)\s*-?\s*(?:й|ый|ой|е|ое|я)\s*(?:вариант\w*)?\s*$"
)

_ALL = re.compile(
    r"все|всем|все виды|все подряд|любые|все перечисленное|all|all of (?:them|these|it)|everything|any"
)

_ENDS = ".,!?;:\n)"


class AnswerFinder:
    """Finds answers, ordinals, intents and trades named as such by the table `talk`."""

    def __init__(self) -> None:
        """Compile the table."""
        talk = table("talk")
        self._answers = _matcher(talk["answer"])
        self._intents = _matcher(talk["intent"])
        self._trades = _matcher(talk["trade"])
        places = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
        self._ordinals = Matcher((str(places[name]), p) for name, ps in talk["ordinal"].items() for p in ps)

    def answer(self, text: Text) -> Answer | None:
        """Return the short answer that a message begins with or consists of."""
        hits = [hit for hit in self._answers.find(text) if self._counts(hit, text)]
        for sort in (Answer.DONT_KNOW, Answer.LATER):
            if any(hit.label == sort and not hit.is_negated for hit in hits):
                return sort
        is_question = text.plain.rstrip().endswith("?")  # "в субботу можно?" agrees to nothing
        for hit in hits:
            if hit.label == Answer.YES and is_question and hit.first > 0:
                continue
            if not hit.is_negated:
                return Answer(hit.label)
            if hit.label == Answer.YES:
                return Answer.NO
        return None

    def _counts(self, hit: Found, text: Text) -> bool:
        tokens = text.tokens
        following = tokens[hit.last + 1] if hit.last + 1 < len(tokens) else None
        is_cut = following is None or any(sign in following.gap for sign in _ENDS)
        if hit.label == Answer.NO and following is not None and not is_cut and hit.first == hit.last:
            # "нет света", "no power" deny a thing, not the question
            return following.text in particles("after_no") or (
                "gent" not in grammemes(following.text) and following.text[0] > "z"
            )
        if len(tokens) > LONG:
            return hit.first == 0 and is_cut
        return hit.first == 0 or len(tokens) <= SHORT

    def intents(self, text: Text) -> frozenset[Intent]:
        """Return everything a person wants of the talk, besides answering."""
        return frozenset(Intent(label) for label in self._intents.labels(text))

    def trades(self, text: Text, *, is_master: bool) -> tuple[Trade, ...]:
        """Return the trades named as such, in order; from a master, "все" names them all."""
        if is_master and len(text.tokens) <= ALL_MAX and _ALL.fullmatch(text.lower.strip(" .!")):
            return tuple(Trade)
        return tuple(dict.fromkeys(Trade(hit.label) for hit in self._trades.find(text) if not hit.is_negated))

    def ordinal(self, text: Text) -> int | None:
        """Return which of several choices was meant, from one; -1 is the last."""
        if len(text.tokens) > SHORT:
            return None
        if match := _CHOICE.search(text.lower):
            return int(match[1] or match[2])
        for hit in self._ordinals.find(text):
            following = text.tokens[hit.last + 1].text if hit.last + 1 < len(text.tokens) else ""
            if following not in particles("not_choice"):
                return int(hit.label)
        number = numbers.bare_number(text)
        return number if number is not None and number > 0 else None

    def years(self, text: Text, now: datetime) -> int | None:
        """Return years of experience, or the number that is the whole message."""
        lower = text.lower
        if match := _SINCE.search(lower):
            year = int(match[1])
            return now.year - year if FOUNDED_MIN <= year <= now.year else None
        if match := _YEARS.search(lower):
            return int(match[1] or match[2])
        for match in _SPELT_YEARS.finditer(lower):
            if (value := numbers.word_value(match[1])) is not None:
                return value
        return 0 if _NO_YEARS.search(lower) else numbers.bare_number(text)


def _matcher(entries: dict[str, dict[str, list[str]]]) -> Matcher:
    return Matcher(
        (label, phrase) for label, entry in entries.items() for lang in ("ru", "en") for phrase in entry[lang]
    )
