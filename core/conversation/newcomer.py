"""What a future master has told us so far, and what a turn of his adds to it (A17–A22)."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field

from core.conversation.errands import Errand, Said, said as errand_said
from core.conversation.hearing import Heard
from core.language.choose import YEARS_MAX, Chosen, Question
from core.meaning import Answer, Bounds, HoursChange, HoursOp, Identity, Trade
from core.text.facts import Named, phone

PAPERS_MAX = 500  # characters kept of what was said of certificates
OPTIONAL = ("last", "years", "papers")  # asked for once, and once more if the answer was about something else
_ASKED_MAX = 2
_NAMES = ("first", "patronymic", "last")
_PARTS = (*_NAMES, "phone", "email", "district")
_NOT = frozenset({"не", "not"})
_BUT = frozenset({"а", "но", "and", "but"})
_PART = re.compile(r"[^,.;!\n]+")
_NAME_MAX = 3  # words of a name on a form


class HoursSaid(BaseModel):
    """Hours that were said before there was a master to have them."""

    model_config = ConfigDict(extra="forbid")

    op: HoursOp
    days: dict[date, list[tuple[time | None, time | None]] | None]

    @classmethod
    def of(cls, change: HoursChange) -> "HoursSaid":
        """Keep what was said."""
        days = {day: None if spans is None else list(spans) for day, spans in change.days.items()}
        return cls(op=change.op, days=days)

    @property
    def change(self) -> HoursChange:
        """What was said."""
        days: Mapping[date, tuple[Bounds, ...] | None] = {
            day: None if spans is None else tuple(spans) for day, spans in self.days.items()
        }
        return HoursChange(self.op, days)


class Claim(BaseModel):
    """A record of this phone exists, and a code was sent to where its master talks with us."""

    model_config = ConfigDict(extra="forbid")

    phone: str
    code: str
    until: datetime
    tries: int = 0


class Waiting(BaseModel):
    """What a yes or a no would mean now, beside offers and the morning's question."""

    model_config = ConfigDict(extra="forbid")

    about: str  # cash, leave, missed
    job_id: str
    amount_minor: int | None = None


class MasterKnown(BaseModel):
    """What a master has told us. Once he is at work, his row knows it."""

    model_config = ConfigDict(extra="forbid")

    first: str | None = None
    patronymic: str | None = None
    last: str | None = None
    phone: str | None = None
    email: str | None = None
    city: str | None = None
    district: str | None = None
    trades: list[Trade] = Field(default_factory=list)
    years: int | None = None
    certificates: str | None = None
    hours: list[HoursSaid] = Field(default_factory=list)
    has_hours: bool = False
    has_terminal: bool = False
    settled: list[str] = Field(default_factory=list)  # optional things he would rather not tell
    asked: dict[str, int] = Field(default_factory=dict)
    claim: Claim | None = None
    claims: int = 0
    waiting: Waiting | None = None
    absent_job: str | None = None  # whose client was not at home
    lost: int = 0  # turns in a row that nobody understood
    tries: list[str] = Field(default_factory=list)  # when a wrong link code was told in this chat
    must_prove: bool = False  # the talk goes on elsewhere, and nobody has vouched for this door

    @classmethod
    def begun(cls, participant: Mapping[str, str]) -> "MasterKnown":
        """Return what a form tells: a name in its usual order, a phone in any spelling."""
        words = (participant.get("name") or "").split()[:_NAME_MAX]
        parts = _NAMES if len(words) == _NAME_MAX else ("first", "last")
        named = dict(zip(parts, words, strict=False))
        return cls.model_validate({**named, "phone": e164(participant.get("phone") or "")})

    @property
    def name(self) -> str | None:
        """The full name, as far as it was said."""
        return " ".join(part for part in (self.first, self.patronymic, self.last) if part) or None

    def missing(self) -> list[str]:
        """Name what is still to be learnt, in the order we ask."""
        found = {
            "name": bool(self.first or self.last),
            "phone": bool(self.phone),
            "last": bool(self.first and self.last) or not (self.first or self.last),
            "city": bool(self.city),
            "trades": bool(self.trades),
            "years": self.years is not None,
            "papers": self.certificates is not None,
            "hours": self.has_hours,
            "terminal": self.has_terminal,
        }
        return [name for name, is_known in found.items() if not is_known and not self._is_settled(name)]

    @property
    def is_ready_for_hours(self) -> bool:
        """Whether enough is known to make a record, so that hours are told back at once."""
        return not {"name", "phone", "last", "city", "trades"}.intersection(self.missing())

    @property
    def next_missing(self) -> str:
        """The first thing that is missing; `nothing` if all is known."""
        return next(iter(self.missing()), "nothing")

    def _is_settled(self, name: str) -> bool:
        is_done = name in self.settled or self.asked.get(name, 0) >= _ASKED_MAX
        return name in OPTIONAL and is_done

    def skip(self, name: str) -> None:
        """Note that he would rather not tell."""
        if name in OPTIONAL and name not in self.settled:
            self.settled.append(name)

    def is_again(self, question: str) -> bool:
        """Count one more asking of a question; tell whether it is time for an example."""
        before = self.asked.get(question, 0)
        self.asked[question] = before + 1
        return bool(before % 2)  # plainly and with an example in turn: nobody hears the same twice running

    # Learning

    def learn(
        self,
        chosen: Chosen,
        heard: Heard,
        said: Said,
        *,
        open_now: Question | None,
        cities: Mapping[str, Any],
    ) -> None:
        """Keep everything that was said plainly, whatever was asked."""
        self._learn_who(chosen.identity, said, cities)
        self._learn_trades(chosen, heard, said)
        if chosen.hours is not None:
            self.hours.append(HoursSaid.of(chosen.hours))
        is_asked = open_now is Question.YEARS
        years = chosen.years if is_asked else heard.reading.number
        is_told = is_asked or bool(heard.reading.trades) or said.has(Errand.EXPERIENCE)
        if years is not None and 0 <= years <= YEARS_MAX and is_told:
            self.years = years
        self._learn_papers(chosen, heard, said, is_asked=is_asked)

    def _learn_who(self, who: Identity, said: Said, cities: Mapping[str, Any]) -> None:
        for part in _PARTS:
            if value := getattr(who, part):
                setattr(self, part, value)
        if who.city in cities:
            self.city = who.city
        for part in _NAMES:
            if (old := getattr(self, part)) and (new := _corrected(old, said.words)):
                setattr(self, part, new)

    def _learn_trades(self, chosen: Chosen, heard: Heard, said: Said) -> None:
        trades = chosen.trades or heard.reading.trades
        is_denied = not _NOT.isdisjoint(said.words.casefold().split())
        if trades and (is_denied or chosen.answer is Answer.NO):  # "не сантехник, а электрик"
            self.trades = list(trades)
        self.trades = list(dict.fromkeys([*self.trades, *trades]))

    def _learn_papers(self, chosen: Chosen, heard: Heard, said: Said, *, is_asked: bool) -> None:
        is_open = is_asked and "papers" in self.missing()
        if said.has(Errand.NO_PAPERS) or (is_open and chosen.answer is Answer.NO):
            self.skip("papers")
        elif said.has(Errand.PAPERS) and not said.is_question:
            self.certificates = _of_papers(heard)[:PAPERS_MAX]
        for photo in heard.media:
            kept = f"{photo.get('kind', 'file')} {photo.get('id', '')}".strip()
            self.certificates = "; ".join(filter(None, (self.certificates, kept)))[:PAPERS_MAX]

    def told(self, before: "MasterKnown") -> tuple[tuple[Named, ...], bool]:
        """Return what is known now that was not before, in words, and whether any of it was corrected."""
        facts: list[Named] = []
        is_corrected = False
        for name in ("name", "phone", "email", "city", "years"):
            new, old = getattr(self, name), getattr(before, name)
            if new is not None and new != old:
                shown = phone(new) if name == "phone" else new
                facts.append(Named(f"master-known-{name}", {name: shown}))
                is_corrected |= old is not None
        facts += [
            Named("master-known-trade", {"trade": trade.value})
            for trade in self.trades
            if trade not in before.trades
        ]
        if self.certificates and self.certificates != before.certificates:
            facts.append(Named("master-known-papers"))
        if len(self.hours) > len(before.hours) and not self.is_ready_for_hours:
            facts.append(Named("master-known-hours"))
        return tuple(facts), is_corrected or not set(before.trades) <= set(self.trades)


def _corrected(old: str, words: str) -> str | None:
    """Return the name that is to stand instead of `old`: "не Петров, а Петренко", "Smyth, not Smith".

    What was known says which of the two is wrong, so nothing else of the sentence has to be understood.
    """
    spoken = [word.strip(".,!?:;()«»\"'") for word in words.split()]
    plain = [word.casefold().replace("ё", "е") for word in spoken]
    wrong = old.casefold().replace("ё", "е")
    for place in range(1, len(plain)):
        if plain[place] != wrong or plain[place - 1] not in _NOT:
            continue
        rest = [word for word in spoken[place + 1 :] if word.casefold() not in _BUT]
        before = _before(spoken[: place - 1])
        instead = rest[0] if rest and (rest[0][:1].isupper() or not before) else before
        return instead[:1].upper() + instead[1:] if instead.isalpha() else None
    return None


def _of_papers(heard: Heard) -> str:
    """Return what was said of certificates, without the name, the phone and the rest of the message."""
    parts = [part.strip() for text in heard.texts for part in _PART.findall(text)]
    named = [part for part in parts if errand_said((part,), lang=heard.reading.lang).has(Errand.PAPERS)]
    return ", ".join(named) or heard.longest


def _before(words: list[str]) -> str:
    """Return the name that stands before a "not": "я Петренко, а не Петров", "Smyth, not Smith"."""
    has_but = bool(words) and words[-1].casefold() in _BUT
    word = words[-2] if has_but and len(words) > 1 else next(iter(words[-1:]), "")
    return word if has_but or word[:1].isupper() else ""


def e164(raw: str) -> str | None:
    """Return a phone in any spelling as E.164; None if it is none."""
    try:
        number = phonenumbers.parse(raw, "RU")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
