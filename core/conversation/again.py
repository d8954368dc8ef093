"""Read once more, now that the question is known: "ладно. Сергей" is a name if we asked for one.

The reader looks at a text without knowing what was asked, and at each message alone. Where that left
something out, the part that may be the answer is shown to it once more, or several messages as one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from core.meaning import Frame, Identity, LookContext, Reading, When
from core.ports import Looker

WORDS_MAX = 5  # of an answer that may hide in a few words
LEFT_OUT_MAX = 2  # words before it: "ладно, Сергей", "ну ок, 5"

_NO_LETS = re.compile(
    r"^\W*(?:(?:не|нет|неа|no|nope)\b\W*)+(?=(?:давай|лучше|let'?s|better)\w*)", re.IGNORECASE
)
_PART = re.compile(r"[^.,;!?\n]+\??")


@dataclass(frozen=True, slots=True)
class Again:
    """Looks once more. `texts` are the messages of one turn."""

    looker: Looker
    context: LookContext
    texts: Sequence[str]

    def whole(self) -> Reading:
        """Read all messages as one text: "завтра", "Мира", "5", "вечером"."""
        return self._look(" ".join(self.texts))

    def place(self) -> Identity | None:
        """Return the street or the house that answers "where should we come?"."""
        for words in self._hidden():
            reading = self._look(words)
            bare = reading.bare.address
            if bare is not None and (bare.street or bare.house) and not reading.frames:
                return bare
        return None

    def name(self) -> Identity | None:
        """Return the name that answers "what is your name?"."""
        for words in self._hidden():
            reading = self._look(words)
            who = reading.identity if reading.identity.first else reading.bare.name
            if who is not None and who.first:
                return Identity(first=who.first, patronymic=who.patronymic, last=who.last)
        return None

    def after_no(self) -> tuple[When, ...]:
        """Return the time that is proposed in place of a refused one: "не не давайте послезавтра"."""
        whole = " ".join(self.texts)
        instead = _NO_LETS.sub("", whole)
        return self._look(instead).times if instead != whole else ()

    def frames(self, earlier: str) -> tuple[Frame, ...]:
        """Return the jobs that two halves make: "розетка", and a message later "не включается"."""
        now = " ".join(self.texts)
        for both in (f"{earlier} {now}", f"{now} {earlier}"):
            if found := tuple(frame for frame in self._look(both).frames if frame.fault):
                return found
        return ()

    def things(self, word: str) -> tuple[Frame, ...]:
        """Return what a word names by itself."""
        return self._look(word).frames

    def things_in(self, text: str) -> tuple[Frame, ...]:
        """Return what is named in a text, else in the parts of it: "нет, выключатель" names a switch."""
        parts = (self.things(part) for part in _PART.findall(text))
        return self.things(text) or tuple(frame for part in parts for frame in part)

    def names_no_day(self) -> bool:
        """Tell whether the times are of any day: at its first minute they would all be of this one."""
        now = datetime.combine(self.context.now.date(), time(0, 1))
        read = self.looker.look(" ".join(self.texts), replace(self.context, now=now))
        return bool(read.times) and all(when.start.date() == now.date() for when in read.times)

    def _hidden(self) -> Iterator[str]:
        """Yield what may be the answer: each short sentence, then without its first words."""
        for text in self.texts:
            for part in _PART.findall(text):
                words = part.split()
                if not part.endswith("?") and len(words) <= WORDS_MAX:
                    for left_out in range(min(LEFT_OUT_MAX + 1, len(words))):
                        yield " ".join(words[left_out:])

    def _look(self, text: str) -> Reading:
        return self.looker.look(text, self.context)
