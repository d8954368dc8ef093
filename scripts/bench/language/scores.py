"""Right or wrong, counted: what each kind of text is judged by."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.language.batch import Kind
from scripts.bench.language.sets import Labelled

Answer = Mapping[str, Any]
NOT_A_JOB = "not a job"
BINS = 10  # of confidence

_SLOTS = {
    "names": ("first", "patronymic", "last"),
    "phones": ("phone", "phone2"),
    "street, house, flat": ("street", "house", "flat"),
    "cities": ("city", "cities"),
    "other parts": ("building", "structure", "entrance", "floor", "intercom", "email"),
}


@dataclass(slots=True)
class Score:
    """Of how many texts (or parts) how many are right; `missed` says which are not, for a person to read."""

    name: str
    right: int = 0
    of: int = 0
    missed: list[str] = field(default_factory=list)

    def count(self, *, is_right: bool, told: str = "") -> None:
        """Count one more."""
        self.of += 1
        self.right += is_right
        if not is_right and told:
            self.missed.append(told)

    @property
    def share(self) -> float:
        """Return the share that is right; all of nothing."""
        return self.right / self.of if self.of else 1.0


def scores(kind: Kind, labelled: Sequence[Labelled], answers: Sequence[Answer]) -> list[Score]:
    """Judge the answers to texts of one kind."""
    judge: dict[Kind, Callable[[Iterable[tuple[Labelled, Answer]]], list[Score]]] = {
        Kind.MESSAGE: _messages,
        Kind.AVAILABILITY: _hours,
        Kind.IDENTITY: _identities,
        Kind.TIME: _times,
    }
    return judge[kind](list(zip(labelled, answers, strict=True)))


def calibration(labelled: Sequence[Labelled], answers: Sequence[Answer]) -> float:
    """Return how far confidence and truth are apart, on average (expected calibration error, 10 bins)."""
    total: Counter[int] = Counter()
    sure: Counter[int] = Counter()
    right: Counter[int] = Counter()
    for text, answer in zip(labelled, answers, strict=True):
        place = min(int(answer["confidence"] * BINS), BINS - 1)
        total[place] += 1
        sure[place] += answer["confidence"]
        right[place] += answer["category"] == text.wanted["category"]
    gaps = (abs(sure[place] - right[place]) for place in total)
    return sum(gaps) / max(sum(total.values()), 1)


def _messages(pairs: Iterable[tuple[Labelled, Answer]]) -> list[Score]:
    trade, urgency, jobs = Score("trade"), Score("urgency"), Score("every job")
    found, quiet = Score("emergencies found"), Score("no false alarm")
    by_trade: dict[str, Score] = {}
    for text, answer in pairs:
        wanted = text.wanted
        name = wanted["category"] or NOT_A_JOB
        told = f"{wanted['category']} not {answer['category']}: {text.text}"
        is_right = answer["category"] == wanted["category"]
        trade.count(is_right=is_right, told=told)
        by_trade.setdefault(name, Score(f"  {name}")).count(is_right=is_right)
        urgency.count(
            is_right=answer["urgency"] == wanted["urgency"],
            told=f"{wanted['urgency']} not {answer['urgency']}: {text.text}",
        )
        trades = [request["trade"] for request in answer["requests"]]
        jobs.count(
            is_right=sorted(map(str, trades)) == sorted(map(str, wanted["jobs"])),
            told=f"{wanted['jobs']} not {trades}: {text.text}",
        )
        told = f"{wanted['emergency']} not {answer['emergency']}: {text.text}"
        if wanted["emergency"]:
            found.count(is_right=answer["emergency"] == wanted["emergency"], told=told)
        else:
            quiet.count(is_right=answer["emergency"] is None, told=told)
    return [trade, *(by_trade[name] for name in sorted(by_trade)), urgency, found, quiet, jobs]


def _hours(pairs: Iterable[tuple[Labelled, Answer]]) -> list[Score]:
    maps = {lang: Score(f"whole maps, {lang}") for lang in ("ru", "en")}
    for text, answer in pairs:
        said = {"op": answer["op"], "days": answer["days"]}
        is_right = said == text.wanted or not (said["days"] or text.wanted["days"])
        maps[text.line["lang"]].count(is_right=is_right, told=f"{text.wanted} not {said}: {_asked(text)}")
    return list(maps.values())


def _times(pairs: Iterable[tuple[Labelled, Answer]]) -> list[Score]:
    first = {lang: Score(f"first reading, {lang}") for lang in ("ru", "en")}
    whole = Score("all readings")
    for text, answer in pairs:
        told = f"{text.wanted} not {answer['results']}: {text.line['ref']} {text.text}"
        is_first = answer["results"][:1] == text.wanted[:1]
        first[text.line["lang"]].count(is_right=is_first, told=told)
        whole.count(is_right=answer["results"] == text.wanted, told=told)
    return [*first.values(), whole]


def _identities(pairs: Iterable[tuple[Labelled, Answer]]) -> list[Score]:
    named = {name: Score(name) for name in _SLOTS}
    groups = {slot: named[name] for name, slots in _SLOTS.items() for slot in slots}
    invented, whole = Score("nothing invented"), Score("whole texts")
    for text, answer in pairs:
        said = {name: value for name, value in answer.items() if name != "id"}
        told = f"{text.wanted} not {said}: {_asked(text)}"
        for slot, value in text.wanted.items():
            groups[slot].count(is_right=_same(said.get(slot), value), told=told)
        invented.count(is_right=not said.keys() - text.wanted.keys(), told=told)
        whole.count(
            is_right=said.keys() == text.wanted.keys()
            and all(_same(said[slot], value) for slot, value in text.wanted.items()),
            told=told,
        )
    return [*named.values(), invented, whole]


def _same(said: object, wanted: object) -> bool:
    """Compare as people would: without regard to case and ё."""
    if isinstance(said, list) or isinstance(wanted, list):
        return said == wanted
    return _plain(said) == _plain(wanted)


def _plain(value: object) -> str:
    return str(value).lower().replace("ё", "е")


def _asked(text: Labelled) -> str:
    prompt = text.line.get("prompt")
    return f"({prompt}) {text.text}" if prompt else text.text
