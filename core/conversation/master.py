"""The master's talk: joining us first, then hours, jobs, money. One talk for all of it.

Whoever is not yet a master is asked for what is missing (A18–A28), in any order; afterwards the same
talk takes his hours, his answers to offers, his steps, his questions about money.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.conversation.hearing import Heard
from core.conversation.script import Script, choice, pressed, say_refusal
from core.flows import hours, jobs, masters, payments, terminals
from core.flows.actor import Actor, ActorKind
from core.flows.tx import Tx
from core.kernel.job import JobState
from core.kernel.refusal import OldButton, Refusal, StepNotAllowed
from core.language.choose import Chosen, Question, choose
from core.meaning import HoursChange, HoursOp, Intent, Trade
from core.text.facts import Items, Named
from storage.tables import JobRow, MasterRow, OfferRow, TalkRow

CONFIDENT = 0.5
_STEPS = ("travel", "arrive", "start", "finish")


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

    def count(self, question: str) -> int:
        """Count one more asking of a question and return how often it was asked before."""
        before = self.asked.get(question, 0)
        self.asked[question] = before + 1
        return before


class MasterTalk:
    """Talks with a master. Holds no state: everything known is in rows."""

    def __init__(self, script: Script) -> None:
        """Take the script: markets, cities, links."""
        self._script = script

    def first_known(self, participant: dict[str, str]) -> dict[str, Any]:
        """Return what a talk knows when it begins with these contacts."""
        known = MasterKnown(first=participant.get("name"), phone=participant.get("phone"))
        return known.model_dump(mode="json")

    async def hear(self, tx: Tx, talk: TalkRow, heard: Heard, *, is_first: bool = False) -> None:
        """Take one turn of a master and answer it."""
        known = MasterKnown.model_validate(talk.known)
        if heard.reading.confidence >= CONFIDENT:
            talk.lang = heard.reading.lang.value
        if heard.choice:
            await self._press(tx, talk, known, heard.choice)
        else:
            await self._read(tx, talk, known, heard, is_first=is_first)
        talk.known = known.model_dump(mode="json")
        tx.answer(self._show(talk, known))

    async def refuse(self, tx: Tx, talk: TalkRow, refusal: Refusal) -> None:
        """Say why not."""
        if isinstance(refusal, StepNotAllowed):
            state = Named(f"status-{self._script.market(talk).public_name(JobState(refusal.state))}")
            tx.say(talk, refusal.template, state=state)
        else:
            say_refusal(tx, talk, refusal)
        tx.answer(self._show(talk, MasterKnown.model_validate(talk.known)))

    def remind(self, tx: Tx, talk: TalkRow) -> None:
        """Say that we are still here, with the question that is open."""
        tx.say(talk, "master-remind", news=True)

    # What is said in words

    async def _read(self, tx: Tx, talk: TalkRow, known: MasterKnown, heard: Heard, *, is_first: bool) -> None:
        if is_first:
            tx.say(talk, "master-hello")
            tx.say(talk, "master-consent", link=self._script.links.privacy)
        reading = heard.reading
        question = Question(talk.step) if talk.step in set(Question) else None
        said = choose(reading, question)
        master = await tx.get(MasterRow, talk.master_id) if talk.master_id else None
        if master is not None and master.status != "draft":
            await self._serve(tx, talk, master, said, reading.intents)
            return
        self._learn(known, said, heard, question=question)
        await self._advance(tx, talk, known, said, question=question)

    def _learn(self, known: MasterKnown, said: Chosen, heard: Heard, *, question: Question | None) -> None:
        who = said.identity
        for part in ("first", "patronymic", "last", "phone", "email", "district"):
            if value := getattr(who, part):
                setattr(known, part, value)
        if who.city and who.city in self._script.cities:
            known.city = who.city
        trades = said.trades or (heard.reading.trades if question is None else ())
        known.trades = list(dict.fromkeys([*known.trades, *trades]))
        if question is Question.YEARS:
            known.years = said.years if said.years is not None else known.years
            known.certificates = heard.longest or known.certificates

    async def _advance(  # noqa: PLR0911 - one return a question, in the order they are asked
        self,
        tx: Tx,
        talk: TalkRow,
        known: MasterKnown,
        said: Chosen,
        *,
        question: Question | None = None,
    ) -> None:
        missing = known.missing()
        if contacts := [part for part in ("name", "phone") if part in missing]:
            talk.step = Question.NAME_PHONE if len(contacts) > 1 else Question(contacts[0])
            name = "master-ask-name-phone-again" if known.count("contacts") else "master-ask-name-phone"
            tx.say(talk, name, needs=contacts[0] if len(contacts) == 1 else "both")
            return
        if talk.master_id is None and await masters.has_phone(tx, str(known.phone)):
            known.phone = None
            talk.step = Question.PHONE
            tx.say(talk, "master-phone-taken")
            return
        if "city" in missing:
            self._ask_city(tx, talk, known)
            return
        if "trades" in missing:
            talk.step = Question.TRADES
            again = known.count("trades")
            tx.say(talk, "master-ask-trades-again" if again else "master-ask-trades")
            return
        master = await self._master(tx, talk, known)
        if "years" in missing:
            talk.step = Question.YEARS
            known.count("years")
            tx.say(talk, "master-ask-years")
            return
        if "hours" in missing:
            if said.hours is not None:
                await self._set_hours(tx, talk, master, said.hours)
                known.has_hours = True
            else:
                talk.step = Question.HOURS
                again = known.count("hours")
                tx.say(talk, "master-ask-hours-again" if again else "master-ask-hours")
                return
        if "terminal" in missing:
            talk.step = "terminal"
            choices = {kind: choice("terminal", kind) for kind in ("smartphone", "physical")}
            tx.say(talk, "master-ask-terminal", choices=choices)
            return

    def _ask_city(self, tx: Tx, talk: TalkRow, known: MasterKnown) -> None:
        talk.step = Question.CITY
        city = self._script.default_city
        if known.count("city"):
            tx.say(talk, "master-ask-city-again", choices={"yes": choice("city", city)}, city=city)
        else:
            tx.say(talk, "master-ask-city", choices={"yes": choice("city", city)}, city=city)

    async def _master(self, tx: Tx, talk: TalkRow, known: MasterKnown) -> MasterRow:
        """Return the master's row, made as soon as we know whom to make."""
        if talk.master_id is not None:
            master = await tx.get(MasterRow, talk.master_id)
            if master is None:
                raise LookupError(f"a talk without its master: {talk.id}")
            master.years, master.certificates = known.years, known.certificates
            return master
        city = self._script.city(known.city)
        return await masters.join(
            tx,
            talk=talk,
            name=str(known.name),
            phone=str(known.phone),
            email=known.email,
            city=city,
            district=known.district,
            trades=known.trades,
            years=known.years,
        )

    # A master at work

    async def _serve(
        self, tx: Tx, talk: TalkRow, master: MasterRow, said: Chosen, intents: frozenset[Intent]
    ) -> None:
        if said.hours is not None:
            await self._set_hours(tx, talk, master, said.hours)
        elif Intent.EARNINGS in intents:
            await self._tell_earnings(tx, talk, master)
        elif Intent.PAUSE in intents and master.status == "active":
            await masters.pause(tx, master)
            tx.say(talk, "master-paused")
        elif Intent.RESUME in intents:
            await masters.resume(tx, master)
            tx.say(talk, "master-resumed")
        elif Intent.HELP in intents or Intent.GREETING in intents:
            tx.say(talk, "master-help")
        elif Intent.THANKS in intents:
            tx.say(talk, "client-thanks")
        else:
            tx.say(talk, "master-not-understood")

    async def _set_hours(self, tx: Tx, talk: TalkRow, master: MasterRow, change: HoursChange) -> None:
        market = self._script.market(talk)
        days = await hours.change(
            tx, market, master=master, change=change, city=self._script.city(master.city)
        )
        tx.say(talk, "master-hours-set", days=Items(hours.told(days, city=self._script.city(master.city))))

    async def _tell_earnings(self, tx: Tx, talk: TalkRow, master: MasterRow) -> None:
        currency = self._script.market(talk).currency
        today = await payments.earned_today(tx, master.id, currency)
        owed = await payments.owed_by(tx, master.id, currency)
        if owed.minor:
            tx.say(talk, "master-earnings-debt", today=today, debt=owed)
        else:
            balance = await payments.balance_of(tx, master.id, currency)
            tx.say(talk, "master-earnings", today=today, balance=balance)

    # What is pressed

    async def _press(self, tx: Tx, talk: TalkRow, known: MasterKnown, made: str) -> None:
        verb, thing, _ = pressed(made)
        nothing = Chosen(is_answer=False)
        actor = Actor(ActorKind.MASTER, talk.master_id or "")
        if verb == "city" and thing in self._script.cities and "city" in known.missing():
            known.city = thing
            await self._advance(tx, talk, known, nothing)
        elif verb == "terminal" and talk.master_id and not known.has_terminal:
            await self._give_terminal(tx, talk, known, thing)
        elif verb in ("hours-yes", "hours-no") and talk.master_id:
            await self._confirm(tx, talk, is_working=verb == "hours-yes")
        elif verb in ("accept", "decline"):
            offer = await tx.get(OfferRow, thing)
            await jobs.answer_offer(
                tx, self._script.market(talk), offer=offer, actor=actor, is_yes=verb == "accept"
            )
        elif verb in (*_STEPS, "cancel"):
            job = await tx.get(JobRow, thing)
            await jobs.act(tx, self._script.market(talk), job=job, action=verb, actor=actor)
        else:
            raise OldButton

    async def _give_terminal(self, tx: Tx, talk: TalkRow, known: MasterKnown, kind: str) -> None:
        master = await self._master(tx, talk, known)
        if kind not in terminals.KINDS:
            raise OldButton
        terminal = await terminals.provision(tx, master=master, kind=kind, terminal_id=tx.id())
        known.has_terminal = True
        link = self._script.links.terminal(terminal.id)
        if terminal.pickup:
            tx.say(talk, "master-terminal-physical", link=link)
        else:
            tx.say(talk, "master-terminal-link", link=link)
        if await masters.activate_if_ready(tx, master):
            talk.status, talk.closed_at, talk.step = "completed", tx.now, "working"
            tx.say(talk, "master-ready")

    async def _confirm(self, tx: Tx, talk: TalkRow, *, is_working: bool) -> None:
        master = await tx.get(MasterRow, talk.master_id or "")
        if master is None:
            raise OldButton
        city = self._script.city(master.city)
        if is_working:
            await hours.confirm(tx, master=master, city=city)
            tx.say(talk, "master-morning-yes")
        else:
            today = tx.now.astimezone(city.zone).date()
            off = HoursChange(HoursOp.SET, {today: ()})
            await hours.change(tx, self._script.market(talk), master=master, change=off, city=city)
            tx.say(talk, "master-morning-no")

    def _show(self, talk: TalkRow, known: MasterKnown) -> dict[str, Any]:
        said = known.model_dump(mode="json", exclude={"asked", "has_hours", "has_terminal"})
        view = {
            "conversation_id": talk.id,
            "status": talk.status,
            "understood": {
                "category": known.trades[0].value if known.trades else None,
                "urgency": None,
                "emergency": None,
                "requests": [],
                "identity": {"name": known.name, **{key: value for key, value in said.items() if value}},
                "time": [],
                "missing": known.missing() if talk.status == "active" else [],
            },
        }
        return {**view, "master_id": talk.master_id} if talk.master_id else view
