"""A small city for tests of flows: masters with hours, clients with talks, the real pump and database."""

import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bots.intake import Intake
from bots.pump import Handler, Pump
from core.flows import bookings, slots
from core.flows.actor import OWNER, Actor, ActorKind
from core.flows.handlers import KINDS, JobHandler
from core.flows.quotes import PricedSlot
from core.flows.tx import Letter, Tx
from core.flows.work import SlotRequest
from core.kernel.refusal import Refusal
from core.markets.policy import load_market
from core.meaning import Grain, Trade, Urgency, When
from core.ports import Chance
from core.text.catalogue import catalogue
from storage.engine import Engine, readers, sessions
from storage.mail import Outcome
from storage.queries.liveness import Stuck, stuck
from storage.tables import (
    BookingRow,
    DecisionRow,
    HoursRow,
    JobRow,
    LetterRow,
    LetterStatus,
    MasterRow,
    MasterTradeRow,
    OfferRow,
    PersonRow,
    Row,
    TalkRow,
    UtteranceRow,
)
from tests.fakes.clock import FakeClock
from tests.fakes.mail import EmptyLooker

ZONE = ZoneInfo("Europe/Kaliningrad")
HOME = load_market("home_services")
CITY = "Калининград"
ADDRESS = {"street": "Театральная", "house": "30", "flat": "14"}

Deed = Callable[[Tx], Awaitable[Any]]


class Doer:
    """Does what a test hands over, as one turn of the pump."""

    def __init__(self) -> None:
        self.deeds: dict[str, Deed] = {}

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Sequence[str]]:
        return {}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        for letter in turn:
            tx.answer({"returned": await self.deeds[letter.payload["deed"]](tx)})

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        pass


@dataclass
class City:
    """Everything a test of flows needs, with one word per thing that happens."""

    engine: Engine
    clock: FakeClock
    chance: Chance
    doer: Doer = field(default_factory=Doer)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self.intake = Intake(self.engine, clock=self.clock, chance=self.chance)
        self.pump = self.another_pump()

    def handlers(self) -> Mapping[str, Handler]:
        """Return who handles what."""
        return {"deed": self.doer, **dict.fromkeys(KINDS, JobHandler())}

    def another_pump(self) -> Pump:
        return Pump(
            self.engine,
            self.handlers(),
            clock=self.clock,
            chance=self.chance,
            catalogue=catalogue(),
            looker=EmptyLooker(),
            zone=ZONE,
        )

    # Who there is

    async def master(
        self,
        name: str,
        *,
        rating: int = 5,
        ratings: int = 20,
        district: str | None = None,
        first_day: int = 0,
        days: int = 3,
        hours: tuple[int, int] = (8, 20),
        works_nights: bool = False,
        trades: Sequence[str] = (Trade.ELECTRICAL,),
        certificates: str | None = None,
        is_demo: bool = False,
    ) -> str:
        """Add a master who works these local hours from today on."""
        today = self.clock.now().astimezone(ZONE).date()
        master = MasterRow(
            id=name,
            name=name.title(),
            phone=f"+7911000{next(self._numbers):04}",
            lang="ru",
            market=HOME.name,
            city=CITY,
            district=district,
            status="active",
            works_nights=works_nights,
            certificates=certificates,
            rating_sum=rating * ratings,
            rating_count=ratings,
            talk_id=f"talk-{name}",
            is_demo=is_demo,
            created_at=self.clock.now(),
        )
        spans = [
            HoursRow(
                master_id=name,
                starts_at=datetime.combine(today + timedelta(days=n), time(hours[0]), ZONE),
                ends_at=datetime.combine(today + timedelta(days=n), time(0), ZONE)
                + timedelta(hours=hours[1]),
                day=today + timedelta(days=n),
            )
            for n in range(first_day, first_day + days)
        ]
        await self._save(master)
        await self._save(
            *(MasterTradeRow(master_id=name, trade=trade, city=CITY, is_active=True) for trade in trades),
            self._talk(f"talk-{name}", "master", master_id=name),
            *spans,
        )
        return name

    async def client(self, name: str = "anna") -> str:
        """Add a client with a talk; returns the talk's id."""
        person = PersonRow(id=name, name=name.title(), lang="ru", created_at=self.clock.now())
        known = {"name": "Анна", "phone": "+79111234567", "address": ADDRESS}
        await self._save(person, self._talk(f"talk-{name}", "client", person_id=name, known=known))
        return f"talk-{name}"

    def _talk(self, id: str, role: str, **values: Any) -> TalkRow:
        kind = "client_request" if role == "client" else "master_onboarding"
        told: dict[str, Any] = {
            "lang": "ru",
            "channel": "web",
            "chat_id": id,
            "status": "completed",
            "step": "done",
            "known": {},
            "heard_at": self.clock.now(),
            "created_at": self.clock.now(),
        }
        return TalkRow(id=id, kind=kind, role=role, market=HOME.name, **{**told, **values})

    async def _save(self, *rows: Row) -> None:
        async with sessions(self.engine).begin() as session:
            session.add_all(rows)

    # What happens

    async def do(self, deed: Deed, *, lane: str = "test") -> Outcome:
        """Do something as one turn, and everything that is due."""
        outcome = await self.begin(deed, lane=lane)
        await self.drain()
        return await self.outcome(outcome)

    async def begin(self, deed: Deed, *, lane: str = "test") -> str:
        """Put a letter that does something; returns its id."""
        name = str(next(self._numbers))
        self.doer.deeds[name] = deed
        receipt = await self.intake.put(lane=lane, key=f"deed:{name}", kind="deed", payload={"deed": name})
        return receipt.id

    async def step(self, job_id: str, action: str, actor: Actor = OWNER, **payload: Any) -> Outcome:
        """Do a step as HTTP does it: a letter in the job's lane."""
        receipt = await self.intake.put(
            lane=f"job:{job_id}",
            key=f"step:{next(self._numbers)}",
            kind="job-step",
            payload={
                "job_id": job_id,
                "action": action,
                "actor": {"kind": actor.kind.value, "id": actor.id},
                **payload,
            },
        )
        await self.drain()
        return await self.outcome(receipt.id)

    async def drain(self) -> None:
        """Handle everything that is due."""
        for _ in range(100):
            if not await self.pump.tick():
                return
        raise AssertionError("letters keep making letters that are due at once")

    async def wait(self, **span: float) -> None:
        """Let time pass, from timer to timer, each handled at its moment."""
        end = self.clock.now() + timedelta(**span)
        while self.clock.now() < end:
            async with readers(self.engine)() as session:
                waiting = LetterRow.status == LetterStatus.WAITING, LetterRow.due > self.clock.now()
                due = await session.scalar(select(func.min(LetterRow.due)).where(*waiting))
            self.clock.advance(seconds=(min(due or end, end) - self.clock.now()).total_seconds())
            await self.drain()

    # A whole request in a word

    async def slots(self, *, count: int | None = None, **request: Any) -> list[PricedSlot]:
        """Return the free times for a request."""
        found: list[PricedSlot] = []

        async def look(tx: Tx) -> None:
            found.extend(await slots.find_slots(tx, HOME, a_request(**request), count=count))

        assert (await self.do(look)).status == "ok"
        return found

    async def offered(self, **request: Any) -> PricedSlot:
        """Return the first free time for a request."""
        return (await self.slots(**request))[0]

    async def tap(self, talk_id: str, slot: PricedSlot | None = None, **request: Any) -> str:
        """The client takes a time; returns the job's id."""
        chosen = slot or await self.offered(**request)
        outcome = await self.do(lambda tx: open_job(tx, talk_id, chosen, **request), lane=f"chat:{talk_id}")
        assert outcome.status == "ok", outcome
        return str(outcome.facts["returned"])

    async def publish(self, job_id: str) -> None:
        """Nothing is missing any more."""
        outcome = await self.do(lambda tx: publish(tx, job_id))
        assert outcome.status == "ok", outcome

    async def ask(self, talk_id: str, slot: PricedSlot | None = None, **request: Any) -> str:
        """The client takes a time and nothing is missing; returns the job's id."""
        job_id = await self.tap(talk_id, slot, **request)
        await self.publish(job_id)
        return job_id

    # What there is to see

    async def job(self, job_id: str) -> JobRow:
        async with readers(self.engine)() as session:
            job = await session.get(JobRow, job_id)
            assert job is not None
            return job

    async def all(self, kind: type[Row], /, **where: Any) -> list[Any]:
        async with readers(self.engine)() as session:
            return list(await session.scalars(select(kind).filter_by(**where).order_by("id")))

    async def open_offer(self, job_id: str) -> OfferRow | None:
        found = await self.all(OfferRow, job_id=job_id, state="open")
        return found[0] if found else None

    async def booking(self, job_id: str) -> BookingRow | None:
        found = [b for b in await self.all(BookingRow, job_id=job_id) if b.state != "released"]
        assert len(found) <= 1
        return found[0] if found else None

    async def decisions(self, job_id: str, kind: str) -> list[DecisionRow]:
        return await self.all(DecisionRow, job_id=job_id, kind=kind)

    async def heard(self, talk_id: str) -> list[str | None]:
        """Return the names of the texts said in a talk."""
        async with readers(self.engine)() as session:
            query = select(UtteranceRow).where(UtteranceRow.talk_id == talk_id).order_by(UtteranceRow.seq)
            return [row.name for row in await session.scalars(query)]

    async def all_said(self, talk_id: str) -> list[UtteranceRow]:
        """Return everything said in a talk, in order."""
        async with readers(self.engine)() as session:
            query = select(UtteranceRow).where(UtteranceRow.talk_id == talk_id).order_by(UtteranceRow.seq)
            return list(await session.scalars(query))

    async def last(self, talk_id: str) -> UtteranceRow:
        async with readers(self.engine)() as session:
            query = select(UtteranceRow).where(UtteranceRow.talk_id == talk_id).order_by(UtteranceRow.seq)
            return list(await session.scalars(query))[-1]

    async def outcome(self, letter_id: str) -> Outcome:
        async with readers(self.engine)() as session:
            letter = (await session.scalars(select(LetterRow).where(LetterRow.id == letter_id))).one()
            assert letter.error is None, letter.error
            facts = dict(letter.outcome or {})
            return Outcome(letter.id, str(facts.pop("status", "none")), facts.pop("facts", facts))

    async def stuck(self) -> Sequence[Stuck]:
        async with readers(self.engine)() as session:
            return await stuck(session)


def a_request(**values: Any) -> SlotRequest:
    """A light switch that died."""
    told: dict[str, Any] = {
        "city": CITY,
        "trade": Trade.ELECTRICAL,
        "faults": ("switch_dead",),
        "urgency": Urgency.STANDARD,
        "words": "Умер выключатель",
    }
    return SlotRequest(**{**told, **values})


async def open_job(tx: Tx, talk_id: str, slot: PricedSlot, **request: Any) -> str:
    """The client's tap."""
    talk = await tx.get(TalkRow, talk_id)
    assert talk is not None
    job = await bookings.open_job(tx, HOME, talk=talk, request=a_request(**request), slot=slot)
    return job.id


def at(local: str, until: str | None = None) -> tuple[When, ...]:
    """Wish for a local time, or for a span: `at("2026-03-03T14:00")`."""
    end = datetime.fromisoformat(until) if until else None
    return (When(datetime.fromisoformat(local), end, Grain.HOUR if end else Grain.MINUTE),)


def local(moment: datetime) -> str:
    """Show a moment on the city's wall clock: `03-03 14:00`."""
    return f"{moment.astimezone(ZONE):%m-%d %H:%M}"


async def publish(tx: Tx, job_id: str) -> bool:
    """Nothing is missing any more."""
    job = await tx.get(JobRow, job_id)
    assert job is not None
    return await bookings.publish(tx, job)


def master(name: str) -> Actor:
    """This master acts."""
    return Actor(ActorKind.MASTER, name)


def client(name: str = "anna") -> Actor:
    """This client acts."""
    return Actor(ActorKind.CLIENT, f"talk-{name}")
