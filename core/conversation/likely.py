"""Which entries of the library somebody may mean, where the reader names a trade and no fault.

The words are compared with titles and symptoms by what both speak of: things and deeds of the lexicon, and
plain words. What few entries speak of counts for more. Pure; the library is indexed once.
"""

import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log

from core.language.lexicon import phrases, table
from core.language.normalise import normalise
from core.language.phrases import Matcher
from core.library.fault import Fault
from core.library.library import load_library
from core.meaning import Lang, Trade

CHOICES_MAX = 4  # entries in one question; "something else" is the fifth button
WHOLE = 0.5  # what an entry's other lines count for, beside the line that fits best
LONG_LINE = 0.03  # a long line has many words: each takes a little off
FORMS_MAX = 2  # dictionary forms of one word
RELATED = 0.35  # entries that fit less than this share of the best one are no choice
CLEAR = 1.35  # the best one fits so much better than the next that nobody has to be asked

Features = frozenset[str]


def surely(words: str, trade: Trade, *, of: Collection[str]) -> Fault | None:
    """Return the one entry of several that words mean beyond doubt: an answer to "which of these?"."""
    scored = _scored(words, trade, of)
    if not scored:
        return None
    next_best = scored[1][1] if len(scored) > 1 else 0.0
    return scored[0][0] if scored[0][1] >= CLEAR * next_best else None


def choices(
    words: str, trade: Trade, *, thing: str | None = None, guessed: str | None = None
) -> tuple[Fault, ...]:
    """Return what to show: what the words may mean, with its neighbours; without words what is usual.

    Args:
        thing: What was named: nobody who speaks of his washer is shown ovens.
        guessed: What the reader took it for: shown first.
    """
    library = load_library()
    scored = _scored(words, trade, None)
    of_thing = [each for each in scored if each[0].id in about(thing, trade)]
    scored = of_thing if len(of_thing) > 1 else scored
    near = [fault for fault, score in scored if score >= RELATED * scored[0][1]][:CHOICES_MAX]
    first = library.by_id.get(guessed or "")
    if first is not None and first.trade is trade and first.is_sold:
        by_score = {fault.id: score for fault, score in scored}
        own = [id for id in first.neighbours if id in by_score and library.fault(id).kind == first.kind]
        own.sort(key=lambda id: -by_score[id])
        near = [first, *map(library.fault, own), *near]
        near = list({fault.id: fault for fault in near}.values())[:CHOICES_MAX]
    if near:
        beside = [
            library.fault(id) for id in near[0].neighbours if id in library and library.fault(id).is_sold
        ]
        near += [fault for fault in beside if fault.trade == trade and fault not in near]
    else:
        near = [library.fault(id) for id in frequent()[trade] if id in library]
    inspection = inspection_of(trade)
    return tuple(fault for fault in near if fault.id != inspection)[:CHOICES_MAX]


def about(thing: str | None, trade: Trade) -> frozenset[str]:
    """Return the ids of a trade's entries that speak of a thing; none for no thing."""
    index, mark = _index(), f"objects:{thing}"
    return frozenset(
        fault.id for fault in load_library().faults(trade) if thing and mark in index.whole[fault.id]
    )


def only_fault(thing: str, trade: Trade) -> Fault | None:
    """Return what is wrong with a thing that can only break in one way: "выключатель" is a dead switch."""
    mark = f"objects:{thing}"
    faults = [fault for fault in load_library().faults(trade) if fault.kind == "fault" and fault.is_sold]
    near = [f for f in faults if any(mark in _features(f.text(lang).title) for lang in Lang)]
    return near[0] if len(near) == 1 else None


def inspection_of(trade: Trade) -> str:
    """Return the id of the entry for a visit whose fault is found out on site."""
    return f"{trade.value}_inspection"


@cache
def frequent() -> Mapping[Trade, Sequence[str]]:
    """Return what is most often wanted of each trade."""
    raw = tomllib.loads((files(__package__) / "frequent.toml").read_text("utf-8"))
    return {Trade(trade): tuple(ids) for trade, ids in raw.items()}


@dataclass(frozen=True, slots=True)
class _Index:
    lines: Mapping[str, Sequence[Features]]  # by entry: what each title and symptom speaks of
    whole: Mapping[str, Features]
    weight: Mapping[str, float]

    def score(self, told: Features, fault: str) -> float:
        lines = self.lines[fault]
        best = max(self._sum(told & line) / (1 + LONG_LINE * len(line)) for line in lines)
        return best + WHOLE * self._sum(told & self.whole[fault])

    def _sum(self, shared: Features) -> float:
        return sum(self.weight[each] for each in sorted(shared))


def _scored(words: str, trade: Trade, of: Collection[str] | None) -> list[tuple[Fault, float]]:
    index, told = _index(), _features(words)
    faults = [f for f in load_library().faults(trade) if f.is_sold and (of is None or f.id in of)]
    scored = [(fault, index.score(told, fault.id)) for fault in faults]
    return sorted(((f, score) for f, score in scored if score > 0), key=lambda each: (-each[1], each[0].id))


@cache
def _index() -> _Index:
    lines = {
        fault.id: tuple(
            _features(line) for lang in Lang for line in (fault.text(lang).title, *fault.text(lang).symptoms)
        )
        for fault in load_library().faults()
    }
    whole = {fault: frozenset().union(*each) for fault, each in lines.items()}
    known_by = Counter(each for features in whole.values() for each in features)
    weight = {each: log((len(lines) + 1) / (count + 0.5)) for each, count in known_by.items()}
    return _Index(lines, whole, weight)


@cache
def _matcher() -> Matcher:
    return Matcher(
        (f"{kind}:{name}", phrase)
        for kind in ("objects", "actions")
        for name, entry in table(kind).items()
        for phrase in phrases(entry)
    )


def _features(words: str) -> Features:
    text = normalise(words, None)
    things = {hit.label for hit in _matcher().find(text)}
    plain = {form for token in text.tokens for form in sorted(token.lemmas)[:FORMS_MAX]}
    return frozenset(things | (plain - _SMALL))


# Words that speak of nothing, in the two languages.
_SMALL = frozenset(
    [
        "и",
        "в",
        "на",
        "не",
        "из",
        "с",
        "со",
        "у",
        "к",
        "по",
        "за",
        "под",
        "от",
        "до",
        "для",
        "или",
        "а",
        "но",
        "то",
        "что",
        "как",
        "же",
        "бы",
        "ли",
        "это",
        "я",
        "мы",
        "он",
        "она",
        "вы",
        "есть",
        "быть",
        "надо",
        "нужно",
        "пожалуйста",
        "здравствуйте",
        "очень",
        "уже",
        "еще",
        "мочь",
        "можно",
        "мой",
        "наш",
        "свой",
        "весь",
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "it",
        "is",
        "be",
        "not",
        "my",
        "our",
        "and",
        "i",
        "we",
        "have",
        "has",
        "can",
        "you",
        "please",
        "need",
        "with",
        "for",
        "at",
    ]
)
