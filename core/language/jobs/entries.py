"""Which entry of the fault library a job is: the one whose own words and marks fit best.

Three things speak for an entry, and their sum decides: marks, phrases of the tables `entries_<trade>` that
tell it from its neighbours; the object and the action that the rules found; and how far the message uses
the words of the entry's own title, symptoms and questions, rare ones weighing most (tf-idf). Too little of
all three, and the job stays without an entry.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from core.language.jobs.likeness import DENIAL, Likeness, features, forms, marks_of, single
from core.language.jobs.pairing import VAGUE, is_wish
from core.language.jobs.typos import Typos
from core.language.lexicon import particles, phrases, table
from core.language.normalise import Text, Token
from core.library.fault import Fault
from core.library.library import Library, load_library
from core.meaning import Frame, Trade

WINDOW = 7  # words within which the words of a mark stand
DECISIVE = 2.4  # what a mark of one word weighs that no other entry has
MARKS_MAX = 4  # of one entry; more say nothing new
MARK_BASE, MARK_STEP = 0.6, 0.4  # a mark of n words weighs base + n * step
FADES = 0.4  # what each further mark of an entry weighs against the one before
LIKENESS = 20.0  # what being like an entry's own words in everything would weigh
OBJECT, ACTION, KIND = 0.9, 0.6, 0.4
AGAINST = 3.5  # off, where something is broken and the entry is an installation, or the other way round
OTHER, OTHER_DEVICE = 0.4, 1.5  # off, where the object is another entry's; a device is never another one
RULED = 2.2  # what the choice of the rules themselves weighs
LEAST = 1.6
LEAD = 0.8  # of the best before the next, where little is said of a thing
LEAST_ALONE = 4.0  # where no rule found a job
UNSURE = 0.5  # confidence of such a job
CLAIMED = 2.0  # off, for an entry of another trade than the frame's
WORDS_VAGUE, WORDS_CLEAR = 4, 5  # words that must be said of a thing where nothing that we know is said of it

_WANTED = frozenset({"install", "hang", "plumb", "replace", "assemble", "move", "make"})
_SMALL = particles("small")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A phrase that tells an entry: what may stand in each place, in any order."""

    entry: int
    slots: int
    weight: float


class EntryFinder:
    """Finds the entry of the library that a job is."""

    def __init__(self, library: Library | None = None) -> None:
        """Compile the marks, and weigh the words of the library's own texts."""
        self._entries = (library or load_library()).faults()
        self._places = {fault.id: place for place, fault in enumerate(self._entries)}
        self._marks: list[_Mark] = []
        self._singles: list[frozenset[str]] = []  # the words of marks of one word
        self._slots: dict[str, list[tuple[int, int]]] = defaultdict(list)  # word: (mark, slot)
        self._told = [_told(fault) for fault in self._entries]
        self._claimed: dict[Trade | None, frozenset[str]] = {
            trade: frozenset().union(
                *(t.objects for f, t in zip(self._entries, self._told, strict=True) if f.trade is trade)
            )
            for trade in Trade
        }
        for place, fault in enumerate(self._entries):
            for phrase in phrases(marks_of(fault.trade).get(fault.id, {})):
                self._compile(place, phrase)
        self._likeness = Likeness(self._entries)
        self._marks = [self._sharpened(number) for number in range(len(self._marks))]
        known = {word.removeprefix(DENIAL) for word in (*self._slots, *self._likeness.words)}
        self._typos = Typos(known)

    def name(self, frames: Sequence[Frame], text: Text) -> tuple[Frame, ...]:
        """Return the frames with the entries of the library that they are, where one fits."""
        if not frames:
            return ()
        text, _ = self._typos.mend(text)
        parts = _parts(frames, text)
        return tuple(self._named(frame, part) for frame, part in zip(frames, parts, strict=True))

    def told(self, text: Text) -> Frame | None:
        """Return the job of a text in which no rule found one, if an entry fits it very well."""
        text, _ = self._typos.mend(text)
        if len(text.tokens) < WORDS_VAGUE:
            return None
        scores = self.scores(Frame(None, None, None, None, UNSURE), text.tokens)
        best = max(scores, key=lambda id: scores[id], default=None)
        if best is None or scores[best] < LEAST_ALONE:
            return None
        return Frame(self._fault(best).trade, None, None, best, UNSURE)

    def scores(self, frame: Frame, tokens: Sequence[Token]) -> dict[str, float]:
        """Return how well each entry fits what was said: of the frame's trade, or of any if it has none.

        Beside them stand entries of another trade that claim the frame's object for themselves.
        """
        words = features(tokens)
        found: dict[int, float] = defaultdict(float)
        for place, weight in self._marked(words).items():
            found[place] += weight
        for place, likeness in self._likeness.like(words).items():
            found[place] += LIKENESS * likeness
        has_wish = any(word in _wishes() for _, word in words)
        scores = {}
        for place, fault in enumerate(self._entries):
            is_claimed = self._told[place].is_claiming and frame.object in self._told[place].objects
            if not fault.is_sold or not (frame.trade in (None, fault.trade) or is_claimed):
                continue
            score = found.get(place, 0.0) + self._fits(place, frame, has_wish=has_wish)
            if score > 0:
                scores[fault.id] = score - (CLAIMED if frame.trade not in (None, fault.trade) else 0)
        return scores

    def _named(self, frame: Frame, tokens: Sequence[Token]) -> Frame:
        """Return a frame with the entry that fits best, if it fits well; a mere "розетка" fits none."""
        is_vague = frame.action is None or frame.action in VAGUE
        told = sum(token.text not in _SMALL for token in tokens)
        if is_vague and told < WORDS_VAGUE:
            return frame
        lead = LEAD if is_vague and frame.object and told < WORDS_CLEAR else 0.0
        scores = self.scores(frame, tokens)
        best = max(scores, key=lambda id: scores[id], default=None)
        if best is None or scores[best] < LEAST:
            return frame
        if any(scores[best] - score < lead for id, score in scores.items() if id != best):
            return frame
        return replace(frame, trade=self._fault(best).trade, fault=best)

    def _fault(self, id: str) -> Fault:
        return self._entries[self._places[id]]

    def _fits(self, place: int, frame: Frame, *, has_wish: bool = False) -> float:
        """Return how well an entry fits what the rules found.

        Args:
            has_wish: Something is wanted in so many words, whatever the rules made of it.
        """
        told = self._told[place]
        score = RULED if frame.fault == self._entries[place].id else 0.0
        if frame.object in told.objects:
            score += OBJECT
        elif frame.object in self._claimed.get(frame.trade, ()):
            score -= OTHER_DEVICE if frame.trade is Trade.APPLIANCE else OTHER
        if frame.action is None:
            return score
        if frame.action in told.actions:
            return score + (ACTION if frame.object in told.objects else ACTION / 2)
        if _kind(frame.action) in told.kinds:
            return score + KIND
        is_fault = self._entries[place].kind == "fault"
        is_against = _is_wish(frame.action) if is_fault else not (has_wish or _is_wish(frame.action))
        return score - AGAINST * is_against

    def _compile(self, place: int, phrase: str) -> None:
        slots: list[set[str]] = []
        denied = False
        for part in phrase.split():
            if part == "..":
                continue
            if part in ("не", "not"):
                denied = True
                continue
            choices = {word for choice in part.split("|") for word in forms(choice)}
            slots.append({DENIAL + word for word in choices} if denied else choices)
            denied = False
        if denied:
            slots.append({"не", "not"})
        mark = len(self._marks)
        self._singles.append(frozenset(slots[0]) if len(slots) == 1 else frozenset())
        self._marks.append(_Mark(place, len(slots), MARK_BASE + MARK_STEP * len(slots)))
        for slot, choices in enumerate(slots):
            for word in choices:
                self._slots[word].append((mark, slot))

    def _sharpened(self, number: int) -> _Mark:
        """Return a mark, heavier if it is a word that no other entry's marks have."""
        mark = self._marks[number]
        words = self._singles[number] if mark.slots == 1 else ()
        entries = {self._marks[other].entry for word in words for other, _ in self._slots[word]}
        return replace(mark, weight=DECISIVE) if len(entries) == 1 else mark

    def _marked(self, words: Sequence[tuple[int, str]]) -> dict[int, float]:
        """Return what the marks found say for each entry."""
        hits: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for at, word in words:
            for number, slot in self._slots.get(word, ()):
                hits[number][slot].append(at)
        by_entry: dict[int, list[float]] = defaultdict(list)
        for number, slots in hits.items():
            mark = self._marks[number]
            if len(slots) == mark.slots and _is_near(list(slots.values())):
                by_entry[mark.entry].append(mark.weight)
        return {
            place: sum(
                weight * FADES**turn for turn, weight in enumerate(sorted(found, reverse=True)[:MARKS_MAX])
            )
            for place, found in by_entry.items()
        }


@dataclass(frozen=True, slots=True)
class _Told:
    """What the tables say of an entry."""

    objects: frozenset[str]
    actions: frozenset[str]
    kinds: frozenset[str]
    is_claiming: bool  # takes its objects from other trades


@cache
def _kind(action: str) -> str:
    return str(table("actions")[action]["kind"])


def _told(fault: Fault) -> _Told:
    entry = marks_of(fault.trade).get(fault.id, {})
    objects, actions, kinds = (frozenset(entry.get(name, ())) for name in ("objects", "actions", "kinds"))
    return _Told(objects, actions, kinds, is_claiming=bool(entry.get("claims")))


@cache
def _is_wish(action: str) -> bool:
    """Tell whether an action is something wanted; of what is only vaguely told, both may be."""
    return is_wish(_kind(action)) and action not in VAGUE


@cache
def _wishes() -> frozenset[str]:
    """Return the words by which something is wanted: to hang, to connect, to replace."""
    return single(entry for entry in table("actions").values() if entry["kind"] in _WANTED)


def _is_near(places: Sequence[Sequence[int]]) -> bool:
    """Tell whether one word of each slot stands within a window."""
    if len(places) == 1:
        return True
    return any(
        all(any(abs(other - first) <= WINDOW for other in slot) for slot in places[1:]) for first in places[0]
    )


def _parts(frames: Sequence[Frame], text: Text) -> Iterable[Sequence[Token]]:
    """Divide a text among its jobs: each has the words from where it begins to where the next does."""
    if len(frames) == 1:
        return [text.tokens]
    starts = [text.lower.find(frame.words) if frame.words else -1 for frame in frames]
    if any(start < 0 for start in starts) or len(set(starts)) < len(starts):
        return [_of(frame, text) for frame in frames]
    order = sorted(starts)
    parts = []
    for start in starts:
        rank = order.index(start)
        first = 0 if rank == 0 else start
        last = order[rank + 1] if rank + 1 < len(order) else len(text.lower)
        parts.append([token for token in text.tokens if first <= token.start < last])
    return parts


def _of(frame: Frame, text: Text) -> Sequence[Token]:
    """Return the words of a frame; all of the text where they are not known."""
    start = text.lower.find(frame.words) if frame.words else -1
    if start < 0:
        return text.tokens
    return [token for token in text.tokens if start <= token.start < start + len(frame.words)]
