"""Where a talk written as data is played: the whole program over inline SQLite, a clock and seeded chance.

One `Stage` is one city. People speak and press buttons as letters of their talks, masters and the owner
may also act as HTTP does it, and time passes from one due letter to the next.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fluent.runtime.resolver import Pattern
from pydantic import SecretStr
from sqlalchemy import func, select

from bots.app import Naryad, assemble
from bots.chance import SystemChance
from bots.settings import Settings
from core.language.reader import EmbeddedReader
from core.meaning import Trade
from core.text.catalogue import catalogue
from storage.engine import readers
from storage.mail import Outcome
from storage.tables import (
    JobRow,
    LetterRow,
    LetterStatus,
    MasterRow,
    PaymentRow,
    RatingRow,
    TalkRow,
    TicketRow,
    UtteranceRow,
)
from tests.fakes.clock import FakeClock
from tests.flows.city import ZONE, City

CLIENT, OWNER = "client", "owner"
FUTURE_MASTER = "newcomer"
_TIMES = ("slot", "time")  # the same to whoever sees the buttons


@dataclass
class Person:
    """Somebody who talks with us."""

    name: str
    talk_id: str = ""
    lang: str | None = None
    participant: Mapping[str, str] | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)  # of his last letter
    outcome: str = ""


class Stage:
    """The program, and everybody who talks with it."""

    def __init__(self, folder: Path, url: str, reader: EmbeddedReader, now: datetime | None) -> None:
        start = now.replace(tzinfo=ZONE).astimezone(UTC) if now else None
        self.clock = FakeClock(start) if start else FakeClock()
        self.chance = SystemChance(seed=7)
        told = Settings(
            _env_file=None,
            data_dir=folder,
            database_url=url,
            naryad_demo=False,
            secret_key=SecretStr("a secret of the tests"),
        )
        self.naryad: Naryad = assemble(told, clock=self.clock, chance=self.chance, looker=reader, inline=True)
        self.city = City(self.naryad.engine, self.clock, self.chance)
        self.people: dict[str, Person] = {}
        self.read = readers(self.naryad.engine)
        self._letters = 0
        self._pending: list[tuple[Person | None, str]] = []

    def serve(self, trades: Sequence[Trade]) -> None:
        """Let the market serve these trades alone."""
        markets = self.naryad.markets
        assert isinstance(markets, dict)
        for name, market in list(markets.items()):
            only = market.trades.model_copy(update={"served": tuple(trades)})
            markets[name] = market.model_copy(update={"trades": only})

    async def close(self) -> None:
        await self.naryad.stop()

    # Who there is

    async def add_master(self, name: str, **told: Any) -> None:
        """Add a master at work, as `City.master` does."""
        if "hours" in told:
            told["hours"] = tuple(told["hours"])
        await self.city.master(name, **told)
        self.people[name] = Person(name, talk_id=f"talk-{name}")

    def person(self, name: str) -> Person:
        return self.people.setdefault(name, Person(name))

    async def talk(self, name: str) -> TalkRow:
        async with self.read() as session:
            talk = await session.get(TalkRow, self.person(name).talk_id)
            assert talk is not None, f"{name} has not said a word yet"
            return talk

    async def job(self, name: str = CLIENT) -> JobRow | None:
        """Return the job of a client's talk; a master's is the one he was told of last."""
        talk = await self.talk(name)
        if talk.role == "client":
            async with self.read() as session:
                query = select(JobRow).where(JobRow.talk_id == talk.id).order_by(JobRow.id.desc())
                return (await session.scalars(query)).first()
        return await self.job(CLIENT) if CLIENT in self.people else None

    # What they do

    async def say(self, who: str, text: str | None = None, **more: Any) -> None:
        """Write something in a talk; the first word begins it."""
        person = self.person(who)
        said = {key: value for key, value in {"text": text, **more}.items() if value is not None}
        if not person.talk_id:
            person.talk_id = self.chance.id(self.clock.now())
            kind = "master_onboarding" if who.startswith(FUTURE_MASTER) else "client_request"
            start = {"kind": kind, "market": "home_services", "channel": "web", "chat_id": person.talk_id}
            said |= {**start, "lang": person.lang, "participant": person.participant}
            payload = {"talk_id": person.talk_id, **said}
            await self._put("talk-start", f"chat:{person.talk_id}", payload, person)
            return
        is_master = who.startswith(FUTURE_MASTER) or person.talk_id.startswith("talk-")
        payload = {"talk_id": person.talk_id, "role": "master" if is_master else "client", **said}
        await self._put("talk-message", f"chat:{person.talk_id}", payload, person)

    async def press(self, who: str, button: str, *, of: str | None = None) -> None:
        """Press a button by its attribute (`cancel`) or place (`slot-2`), of the text `of` or the latest."""
        await self.say(who, choice=await self._choice(who, button, of=of))

    async def act(self, who: str, action: str, **more: Any) -> None:
        """Do a step of the job as HTTP does it."""
        job = await self.job(CLIENT)
        assert job is not None, "there is no job to do anything with"
        payload = {"job_id": job.id, "action": action, "actor": self._actor(who), **more}
        await self._put("job-step", f"job:{job.id}", payload, self.person(who))

    async def open_payment(self, who: str, amount: int | None = None) -> None:
        """Open the payment of the job, in rubles."""
        job = await self.job(CLIENT)
        assert job is not None
        payload: dict[str, Any] = {"job_id": job.id, "actor": self._actor(who)}
        if amount is not None:
            payload["amount_minor"] = amount * 100
        await self._put("payment-open", f"job:{job.id}", payload, self.person(who))

    async def take_cash(self, who: str, received: int) -> None:
        """Take rubles in hand for the payment that is open."""
        job = await self.job(CLIENT)
        assert job is not None
        async with self.read() as session:
            query = select(PaymentRow).where(PaymentRow.job_id == job.id).order_by(PaymentRow.id.desc())
            payment = (await session.scalars(query)).first()
        assert payment is not None, "no payment is open"
        payload = {
            "payment_id": payment.id,
            "job_id": job.id,
            "amount_received_minor": received * 100,
            "actor": self._actor(who),
        }
        await self._put("payment-cash", f"job:{job.id}", payload, self.person(who))

    async def repay(self, who: str, rubles: int) -> None:
        """A master brings money against his debt."""
        payload = {"master_id": who, "amount_minor": rubles * 100, "actor": {"kind": "owner", "id": ""}}
        await self._put("debt-paid", f"master:{who}", payload, self.person(who))

    async def change_hours(self, who: str, **told: Any) -> None:
        """Change a master's hours by HTTP."""
        payload = {"master_id": who, "actor": self._actor(who), **told}
        await self._put("hours-change", f"master:{who}", payload, self.person(who))

    def _actor(self, who: str) -> dict[str, str]:
        if who == OWNER:
            return {"kind": "owner", "id": ""}
        if who in self.people and not self.person(who).talk_id.startswith("talk-"):
            return {"kind": "client", "id": self.person(who).talk_id}
        return {"kind": "master", "id": who}

    async def _put(self, kind: str, lane: str, payload: Mapping[str, Any], person: Person | None) -> None:
        self._letters += 1
        receipt = await self.naryad.intake.put(
            lane=lane, key=f"dialogue:{self._letters}", kind=kind, payload=payload
        )
        self._pending.append((person, receipt.id))

    # What happens

    async def settle(self) -> None:
        """Handle everything that is due, and note how the letters of people ended."""
        for _ in range(200):
            if not await self.naryad.pump.tick():
                break
        else:
            raise AssertionError("letters keep making letters that are due at once")
        for person, letter_id in self._pending:
            outcome = await self.outcome(letter_id)
            if person is not None:
                person.outcome = outcome.facts["name"] if outcome.status == "refusal" else outcome.status
                person.answer = outcome.facts if outcome.status == "ok" else {}
        self._pending.clear()

    async def wait(self, span: timedelta) -> None:
        """Let time pass, from one due letter to the next, with the questions of the mornings."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            until = min(end, await self._next_due() or end, self._next_morning())
            self.clock.advance(seconds=max(1.0, (until - self.clock.now()).total_seconds()))
            local = self.clock.now().astimezone(ZONE)
            if (local.hour, local.minute) == (7, 0):
                await self.naryad.schedule.emit(self.naryad.timetable.slots()[0], self.clock.now())
            await self.settle()

    def _next_morning(self) -> datetime:
        local = self.clock.now().astimezone(ZONE)
        seven = local.replace(hour=7, minute=0, second=0, microsecond=0)
        return seven if seven > local else seven + timedelta(days=1)

    async def _next_due(self) -> datetime | None:
        async with self.read() as session:
            query = select(func.min(LetterRow.due)).where(LetterRow.status == LetterStatus.WAITING)
            return await session.scalar(query)

    # What there is to see

    async def outcome(self, letter_id: str) -> Outcome:
        return await self.city.outcome(letter_id)

    async def said_since(self, seq: int) -> list[UtteranceRow]:
        """Return what anybody said after a place in the transcript."""
        async with self.read() as session:
            query = select(UtteranceRow).where(UtteranceRow.seq > seq).order_by(UtteranceRow.seq)
            return list(await session.scalars(query))

    async def last_seq(self) -> int:
        async with self.read() as session:
            return await session.scalar(select(func.max(UtteranceRow.seq))) or 0

    async def dead(self) -> Sequence[str]:
        """Return the errors of letters that were given up."""
        async with self.read() as session:
            query = select(LetterRow.error).where(LetterRow.status == LetterStatus.DEAD)
            return [error or "?" for error in await session.scalars(query)]

    async def tickets(self) -> list[str]:
        """Return the kinds of what waits for the owner, oldest first."""
        async with self.read() as session:
            query = select(TicketRow.kind).where(TicketRow.state == "open").order_by(TicketRow.id)
            return list(await session.scalars(query))

    async def stars(self) -> int | None:
        """Return how the client's job was rated."""
        job = await self.job()
        async with self.read() as session:
            query = select(RatingRow.stars).where(RatingRow.job_id == (job.id if job else ""))
            return await session.scalar(query)

    async def master_status(self, name: str) -> str | None:
        talk = await self.talk(name)
        async with self.read() as session:
            master = await session.get(MasterRow, talk.master_id or "")
            return master.status if master else None

    async def _choice(self, who: str, button: str, *, of: str | None) -> str:
        talk = await self.talk(who)
        async with self.read() as session:
            query = (
                select(UtteranceRow)
                .where(UtteranceRow.talk_id == talk.id, UtteranceRow.author == "naryad")
                .order_by(UtteranceRow.seq.desc())
            )
            said = [each for each in await session.scalars(query) if each.buttons and of in (None, each.name)]
        for each in said:
            if found := _button(each, button, lang=talk.lang):
                return found
        raise AssertionError(f"no button {button!r} was shown to {who}: {[each.name for each in said]}")


def _button(said: UtteranceRow, button: str, *, lang: str) -> str | None:
    """Return the choice of a button under an utterance: by its place, or by its attribute in the text."""
    verb, _, place = button.rpartition("-")
    if verb and place.isdigit():
        verbs = _TIMES if verb in _TIMES else (verb,)
        such = [each["choice"] for each in said.buttons if each["choice"].split(":")[0] in verbs]
        return such[int(place) - 1] if len(such) >= int(place) else None
    bundle = catalogue()._bundles[lang]
    pattern = bundle.get_message(str(said.name)).attributes.get(button)
    if pattern is None:
        return None
    label = _label(pattern, lang)
    return next((each["choice"] for each in said.buttons if re.fullmatch(label, each["label"])), None)


def _label(pattern: Pattern, lang: str) -> str:
    words, errors = catalogue()._bundles[lang].format_pattern(pattern, {})
    return ".*" if errors else re.escape(str(words))
