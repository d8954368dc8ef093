"""How somebody becomes a master: what he has told, what is still missing, and how it is asked (A17–A28)."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.conversation.hearing import Heard
from core.conversation.script import Script, choice
from core.flows import hours, masters, terminals
from core.flows.refusals import told_in_words
from core.flows.tx import Tx
from core.kernel.refusal import NoHours, OldButton, PastTime, TooFarAhead
from core.language.choose import Chosen, Question
from core.meaning import Answer, Bounds, HoursChange, HoursOp, Trade
from core.text.facts import Items
from storage.tables import MasterRow, TalkRow

TERMINAL = "terminal"  # the step at which a terminal is chosen
AT_WORK = "working"
_AGAIN = 2  # asked plainly and with an example in turn: nobody hears the same words twice running


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


class MasterKnown(BaseModel):
    """What a future master has told us. Once he is a master, his row knows it."""

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
    hours: HoursSaid | None = None
    has_hours: bool = False
    has_terminal: bool = False
    asked: dict[str, int] = Field(default_factory=dict)

    @property
    def name(self) -> str | None:
        """The full name, as far as it was said."""
        return " ".join(part for part in (self.first, self.patronymic, self.last) if part) or None

    def missing(self) -> list[str]:
        """Name what is still to be learnt, in the order we ask."""
        found = {
            "name": bool(self.first),
            "phone": bool(self.phone),
            "city": bool(self.city),
            "trades": bool(self.trades),
            "years": self.years is not None or "years" in self.asked,
            "hours": self.has_hours,
            "terminal": self.has_terminal,
        }
        return [name for name, is_known in found.items() if not is_known]

    def learn(
        self, said: Chosen, heard: Heard, *, question: Question | None, cities: Mapping[str, Any]
    ) -> None:
        """Keep everything that was said plainly, whatever was asked."""
        who = said.identity
        for part in ("first", "patronymic", "last", "phone", "email", "district"):
            if value := getattr(who, part):
                setattr(self, part, value)
        if who.city in cities:
            self.city = who.city
        trades = said.trades or heard.reading.trades
        self.trades = list(dict.fromkeys([*self.trades, *trades]))
        if said.hours is not None:
            self.hours = HoursSaid.of(said.hours)
        if question is Question.YEARS:
            self.years = said.years if said.years is not None else self.years
            self.certificates = self.certificates if said.answer else heard.longest or self.certificates
        elif trades and heard.reading.number is not None:
            self.years = heard.reading.number  # "электрик, стаж 10 лет"

    def is_again(self, question: str) -> bool:
        """Count one more asking of a question; tell whether it is time for an example."""
        before = self.asked.get(question, 0)
        self.asked[question] = before + 1
        return bool(before % _AGAIN)


class Joining:
    """Asks for what is missing until the master can work. Keeps nothing itself."""

    def __init__(self, script: Script) -> None:
        """Take the script: markets, cities, links."""
        self._script = script

    async def advance(self, tx: Tx, talk: TalkRow, known: MasterKnown, said: Chosen | None = None) -> None:
        """Ask for the first thing that is missing."""
        missing = known.missing()
        contacts = [part for part in ("name", "phone") if part in missing]
        if contacts:
            self._ask_contacts(tx, talk, known, contacts)
        elif talk.master_id is None and await masters.has_phone(tx, str(known.phone)):
            known.phone = None
            talk.step = Question.PHONE
            tx.say(talk, "master-phone-taken")
        elif "city" in missing:
            self._ask_city(tx, talk, known)
        elif "trades" in missing:
            talk.step = Question.TRADES
            is_again = known.is_again("trades")
            tx.say(talk, "master-ask-trades-again" if is_again else "master-ask-trades")
        else:
            master = await self.master(tx, talk, known)
            await self._ask_about_work(tx, talk, known, master, said)

    async def master(self, tx: Tx, talk: TalkRow, known: MasterKnown) -> MasterRow:
        """Return the master's row, made as soon as we know whom to make."""
        if talk.master_id is not None:
            master = await tx.get(MasterRow, talk.master_id)
            if master is None:
                raise LookupError(f"a talk without its master: {talk.id}")
            master.years, master.certificates = known.years, known.certificates
            return master
        return await masters.join(
            tx,
            talk=talk,
            name=str(known.name),
            phone=str(known.phone),
            email=known.email,
            city=self._script.city(known.city),
            district=known.district,
            trades=known.trades,
            years=known.years,
        )

    async def give_terminal(self, tx: Tx, talk: TalkRow, known: MasterKnown, kind: str) -> None:
        """Give the terminal that was chosen; with it the master is ready.

        Raises:
            OldButton: there is no such terminal, or he has one.
        """
        if kind not in terminals.KINDS or known.has_terminal or talk.master_id is None:
            raise OldButton
        master = await self.master(tx, talk, known)
        terminal = await terminals.provision(tx, master=master, kind=kind, terminal_id=tx.id())
        known.has_terminal = True
        link = self._script.links.terminal(terminal.id)
        tx.say(talk, "master-terminal-physical" if terminal.pickup else "master-terminal-link", link=link)
        if await masters.activate_if_ready(tx, master):
            talk.status, talk.closed_at, talk.step = "completed", tx.now, AT_WORK
            tx.say(talk, "master-ready")
        else:
            await self.advance(tx, talk, known)

    async def set_hours(self, tx: Tx, talk: TalkRow, master: MasterRow, change: HoursChange) -> bool:
        """Take hours and tell them back. Return whether they could be kept; if not, it is told why."""
        market, city = self._script.market(talk), self._script.city(master.city)
        try:
            days = await hours.change(tx, market, master=master, change=change, city=city)
        except (NoHours, PastTime, TooFarAhead) as refusal:  # raised before anything was changed
            tx.say(talk, refusal.template, **told_in_words(refusal, market))
            return False
        tx.say(talk, "master-hours-set", days=Items(hours.told(days, city=city)))
        return True

    def _ask_contacts(self, tx: Tx, talk: TalkRow, known: MasterKnown, needs: Sequence[str]) -> None:
        talk.step = Question.NAME_PHONE if len(needs) > 1 else Question(needs[0])
        need = needs[0] if len(needs) == 1 else "both"
        is_again = known.is_again(f"contacts-{need}")
        tx.say(talk, "master-ask-name-phone-again" if is_again else "master-ask-name-phone", needs=need)

    def _ask_city(self, tx: Tx, talk: TalkRow, known: MasterKnown) -> None:
        talk.step = Question.CITY
        city = self._script.default_city
        name = "master-ask-city-again" if known.is_again("city") else "master-ask-city"
        tx.say(talk, name, choices={"yes": choice("city", city)}, city=city)

    async def _ask_about_work(
        self, tx: Tx, talk: TalkRow, known: MasterKnown, master: MasterRow, said: Chosen | None
    ) -> None:
        if "years" in known.missing():
            talk.step = Question.YEARS
            known.is_again("years")
            tx.say(talk, "master-ask-years")
            return
        if not known.has_hours and known.hours is not None:
            change, known.hours = known.hours.change, None
            known.has_hours = await self.set_hours(tx, talk, master, change)
            if not known.has_hours:
                talk.step = Question.HOURS
                return
        if not known.has_hours:
            talk.step = Question.HOURS
            is_again = known.is_again("hours")
            tx.say(talk, "master-ask-hours-again" if is_again else "master-ask-hours")
        elif not known.has_terminal:
            await self._ask_terminal(tx, talk, known, said)

    async def _ask_terminal(self, tx: Tx, talk: TalkRow, known: MasterKnown, said: Chosen | None) -> None:
        if talk.step == TERMINAL and said is not None:
            if said.ordinal is not None:
                await self.give_terminal(tx, talk, known, terminals.KINDS[said.ordinal - 1])
                return
            if said.answer is Answer.YES:
                await self.give_terminal(tx, talk, known, terminals.KINDS[0])
                return
        talk.step = TERMINAL
        is_again = known.is_again("terminal")
        choices = {kind: choice("terminal", kind) for kind in terminals.KINDS}
        tx.say(talk, "master-ask-terminal-again" if is_again else "master-ask-terminal", choices=choices)
