"""The master's talk: joining us first, then hours, jobs, money. One talk for all of it.

Whoever is not yet a master is asked for what is missing; afterwards the same talk takes his hours, his
answers to offers, his steps, his questions about money.
"""

from typing import Any

from core.conversation.danger import MUST_LEAVE
from core.conversation.hearing import Heard
from core.conversation.joining import AT_WORK, TERMINAL, Joining, MasterKnown
from core.conversation.scene import ASIDE
from core.conversation.script import Script, choice, pressed
from core.flows import accounts, hours, jobs, masters, terminals
from core.flows.actor import Actor, ActorKind
from core.flows.refusals import told_in_words
from core.flows.tx import Tx
from core.kernel.refusal import OldButton, Refusal
from core.language.choose import Chosen, Question, choose
from core.meaning import Answer, HoursChange, HoursOp, Intent
from storage.queries import offers
from storage.tables import JobRow, MasterRow, OfferRow, TalkRow

CONFIDENT = 0.5


class MasterTalk:
    """Talks with a master. Holds no state: everything known is in rows."""

    def __init__(self, script: Script) -> None:
        """Take the script: markets, cities, links."""
        self._script = script
        self._joining = Joining(script)

    def first_known(self, participant: dict[str, str]) -> dict[str, Any]:
        """Return what a talk knows when it begins with these contacts."""
        known = MasterKnown(first=participant.get("name"), phone=participant.get("phone"))
        return known.model_dump(mode="json")

    async def hear(self, tx: Tx, talk: TalkRow, heard: Heard, *, is_first: bool = False) -> None:
        """Take one turn of a master and answer it."""
        known = MasterKnown.model_validate(talk.known)
        if heard.choice:
            await self._press(tx, talk, known, heard.choice)
        else:
            await self._read(tx, talk, known, heard, is_first=is_first)
        if talk.status == "abandoned":
            talk.status, talk.closed_at = "active", None
        talk.known = known.model_dump(mode="json")
        tx.answer(self._show(talk, known))

    async def refuse(self, tx: Tx, talk: TalkRow, refusal: Refusal, heard: Heard) -> None:
        """Say why not."""
        del heard
        tx.say(talk, refusal.template, **told_in_words(refusal, self._script.market(talk)))
        tx.answer(self._show(talk, MasterKnown.model_validate(talk.known)))

    def remind(self, tx: Tx, talk: TalkRow) -> bool:
        """Say that we are still here, with the question that is open."""
        if talk.step == ASIDE:
            return False
        tx.say(talk, "master-remind", news=True)
        return True

    # What is said in words

    async def _read(self, tx: Tx, talk: TalkRow, known: MasterKnown, heard: Heard, *, is_first: bool) -> None:
        reading = heard.reading
        if reading.confidence >= CONFIDENT:
            talk.lang = reading.lang.value
        if is_first:
            percent = self._script.market(talk).settlement.master_bp // 100
            tx.say(talk, "master-hello", percent=percent, link=self._script.links.privacy)
        if reading.emergency in MUST_LEAVE:
            tx.say(talk, f"danger-{reading.emergency}")
            return
        master = await tx.get(MasterRow, talk.master_id) if talk.master_id else None
        if master is not None and master.status != "draft":
            await self._serve(tx, talk, master, heard)
            return
        question = Question(talk.step) if talk.step in set(Question) else None
        choices = len(terminals.KINDS) if talk.step == TERMINAL else 0
        said = choose(reading, question, choices=choices)
        known.learn(said, heard, question=question, cities=self._script.cities)
        if question is Question.CITY and known.city is None and said.answer is Answer.YES:
            known.city = self._script.default_city
        if Intent.CANCEL in reading.intents:
            talk.status, talk.closed_at, talk.step = "completed", tx.now, ASIDE
            tx.say(talk, "master-not-now")
            return
        talk.status, talk.closed_at = "active", None
        if not is_first and Intent.HELP in reading.intents:
            tx.say(talk, "master-help-joining")
        elif not is_first and Intent.PRICE in reading.intents:
            tx.say(talk, "master-pay", percent=self._script.market(talk).settlement.master_bp // 100)
        await self._joining.advance(tx, talk, known, said)

    # A master at work

    async def _serve(self, tx: Tx, talk: TalkRow, master: MasterRow, heard: Heard) -> None:
        intents = heard.reading.intents
        asked = None
        if talk.step == hours.MORNING:
            asked = await hours.asked_today(tx, master, self._script.city(master.city))
        said = choose(heard.reading, Question.HOURS if asked else None, asked=asked)
        if said.answer in (Answer.YES, Answer.NO) and heard.reading.hours is None:
            if await self._answer_offer(tx, talk, master, is_yes=said.answer is Answer.YES):
                return
            if asked:
                await self._confirm(tx, talk, master, is_working=said.answer is Answer.YES)
                return
        if said.hours is not None:
            is_kept = await self._joining.set_hours(tx, talk, master, said.hours)
            talk.step = AT_WORK
            if is_kept and master.status == "paused" and any(said.hours.days.values()):
                await masters.resume(tx, master)
                tx.say(talk, "master-resumed")
        else:
            await self._talk(tx, talk, master, said, intents)

    async def _talk(
        self, tx: Tx, talk: TalkRow, master: MasterRow, said: Chosen, intents: frozenset[Intent]
    ) -> None:
        if Intent.EARNINGS in intents:
            await self._tell_earnings(tx, talk, master)
        elif Intent.PAUSE in intents:
            await self._pause(tx, talk, master)
        elif Intent.RESUME in intents:
            await self._resume(tx, talk, master)
        elif Intent.HELP in intents or Intent.GREETING in intents:
            tx.say(talk, "master-help")
        elif Intent.THANKS in intents:
            tx.say(talk, "master-thanks")
        elif said.answer is Answer.YES:
            tx.say(talk, "master-fine")
        else:
            tx.say(talk, "master-not-understood")

    async def _answer_offer(self, tx: Tx, talk: TalkRow, master: MasterRow, *, is_yes: bool) -> bool:
        """Take a bare yes or no to the one offer that is open. Return whether there is just one."""
        waiting = await offers.open_of_master(tx.session, master_id=master.id)
        if len(waiting) != 1:
            return False
        offer = await tx.get(OfferRow, waiting[0])
        actor = Actor(ActorKind.MASTER, master.id)
        market = self._script.market(talk)
        await jobs.answer_offer(tx, market, offer=offer, actor=actor, is_yes=is_yes)
        return True

    async def _pause(self, tx: Tx, talk: TalkRow, master: MasterRow) -> None:
        if master.status == "active":
            await masters.pause(tx, master)
        tx.say(talk, "master-paused", choices={"resume": choice("resume", master.id)})

    async def _resume(self, tx: Tx, talk: TalkRow, master: MasterRow) -> None:
        if master.status == "active":
            tx.say(talk, "master-fine")
            return
        await masters.resume(tx, master)
        tx.say(talk, "master-resumed")

    async def _tell_earnings(self, tx: Tx, talk: TalkRow, master: MasterRow) -> None:
        currency = self._script.market(talk).currency
        today = await accounts.earned_today(tx, master.id, currency)
        owed = await accounts.owed_by(tx, master.id, currency)
        if owed.minor:
            tx.say(talk, "master-earnings-debt", today=today, debt=owed)
        else:
            balance = await accounts.balance_of(tx, master.id, currency)
            tx.say(talk, "master-earnings", today=today, balance=balance)

    async def _confirm(self, tx: Tx, talk: TalkRow, master: MasterRow, *, is_working: bool) -> None:
        city = self._script.city(master.city)
        talk.step = AT_WORK
        if is_working:
            await hours.confirm(tx, master=master, city=city)
            tx.say(talk, "master-morning-yes")
            return
        today = tx.now.astimezone(city.zone).date()
        off = HoursChange(HoursOp.SET, {today: ()})
        await hours.change(tx, self._script.market(talk), master=master, change=off, city=city)
        tx.say(talk, "master-morning-no")

    # What is pressed

    async def _press(self, tx: Tx, talk: TalkRow, known: MasterKnown, made: str) -> None:
        verb, thing, _ = pressed(made)
        actor = Actor(ActorKind.MASTER, talk.master_id or "")
        market = self._script.market(talk)
        match verb:
            case "city" if thing in self._script.cities and "city" in known.missing():
                known.city = thing
                await self._joining.advance(tx, talk, known)
            case "terminal":
                await self._joining.give_terminal(tx, talk, known, thing)
            case "hours-yes" | "hours-no":
                await self._answer_morning(tx, talk, thing, is_working=verb == "hours-yes")
            case "resume" if master := await self._himself(tx, talk):
                await self._resume(tx, talk, master)
            case "accept" | "decline":
                offer = await tx.get(OfferRow, thing)
                await jobs.answer_offer(tx, market, offer=offer, actor=actor, is_yes=verb == "accept")
            case "cancel" | "travel" | "arrive" | "start" | "finish":
                job = await tx.get(JobRow, thing)
                await jobs.act(tx, market, job=job, action=verb, actor=actor)
            case _:
                raise OldButton

    async def _himself(self, tx: Tx, talk: TalkRow) -> MasterRow | None:
        return await tx.get(MasterRow, talk.master_id) if talk.master_id else None

    async def _answer_morning(self, tx: Tx, talk: TalkRow, day: str, *, is_working: bool) -> None:
        """Take the answer to this morning's question; yesterday's means nothing today."""
        master = await self._himself(tx, talk)
        if master is None:
            raise OldButton
        today = tx.now.astimezone(self._script.city(master.city).zone).date()
        if day != today.isoformat():
            raise OldButton
        await self._confirm(tx, talk, master, is_working=is_working)

    def _show(self, talk: TalkRow, known: MasterKnown) -> dict[str, Any]:
        hidden = {"asked", "has_hours", "has_terminal", "hours"}
        said = known.model_dump(mode="json", exclude=hidden)
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
