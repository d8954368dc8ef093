"""Which of several choices was meant: "второй", "вариант 2", "the last one", "который раньше"."""

import re

from core.language import numbers
from core.language.lexicon import small, table
from core.language.normalise import Text
from core.language.replies import FILLERS, Reply, ReplyFinder

SHORT = 7  # words; a longer text picks nothing
CHOICES_MAX = 9
LAST = -1

_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST}
_SIGNED = re.compile(r"\s*(?:№|#|no\.)\s*(\d)\s*[.)]?\s*|\s*(\d)\s*[.)]\s*")
_SHORT_ORDINAL = re.compile(r"(?<!\d)(\d)\s?-?(?:ый|ой|ое|ая|ую|й|е|я|st|nd|rd|th)(?![a-zа-я])")
_AROUND = FILLERS | small("around_pick")
_BEFORE_HOUR = small("before_hour")
_SPOILS, _NOT_BEFORE = small("not_picked"), small("not_before_pick")


class PickFinder:
    """Finds which choice was picked, by the table `talk`."""

    def __init__(self) -> None:
        """Compile the table."""
        entries = table("talk")["ordinal"]
        self._places = ReplyFinder(
            {str(number): {"fills": entries[name]} for name, number in _PLACES.items()},
            dict.fromkeys(map(str, _PLACES.values()), _AROUND),
        )
        self._nouns = frozenset(entries["nouns"])

    def find(self, text: Text) -> int | None:
        """Return the number of the choice from one; -1 is the last."""
        if len(text.tokens) > SHORT or any(token.text in _SPOILS for token in text.tokens):
            return None
        if match := _SIGNED.fullmatch(text.lower):
            return int(match[1] or match[2])
        found = [reply for reply in self._places.find(text) if self._counts(reply, text)]
        if found:
            return int(found[0].label)
        return self._numbered(text) or self._bare(text)

    def _counts(self, reply: Reply, text: Text) -> bool:
        first = reply.hit.first
        before = {text.tokens[place].text for place in (first - 1, reply.clause.first) if 0 <= place < first}
        return not reply.hit.is_negated and before.isdisjoint(_NOT_BEFORE)  # "just a second"

    def _numbered(self, text: Text) -> int | None:
        """Read "вариант 2", "2 вариант", "number two" and "2-й"."""
        for token, other in (*zip(text.tokens, text.tokens[1:], strict=False),):
            for noun, number in ((token, other), (other, token)):
                value = numbers.word_value(number.text) if noun.text in self._nouns else None
                if value is not None and 0 < value <= CHOICES_MAX:
                    return value
        match = _SHORT_ORDINAL.search(text.lower)
        return int(match[1]) if match else None

    def _bare(self, text: Text) -> int | None:
        number = numbers.bare_number(text)
        if number is None:  # "беру 2"
            rest = [token for token in text.tokens if token.text not in _AROUND]
            number = numbers.value_of(rest[0]) if len(rest) == 1 and not _is_hour(text) else None
        return number if number is not None and number > 0 else None


def _is_hour(text: Text) -> bool:
    return any(token.text in _BEFORE_HOUR for token in text.tokens)
