"""The demo city: a few masters whom the program plays, slowly enough to watch.

They do what real masters do, through the same flows. A step called by hand stops the demo for that
job, and the demo never acts once a real door is open (contracts, section 1).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from core.flows import jobs, masters, payments
from core.flows.actor import Actor, ActorKind
from core.flows.payments import Till
from core.flows.tx import Letter, Tx
from core.kernel import hours as rules
from core.kernel.job import JobState
from core.kernel.refusal import Refusal
from core.kernel.slot import Interval
from core.markets.cities import City, load_cities
from core.markets.policy import Market
from core.meaning import Trade
from storage.tables import (
    HoursRow,
    JobRow,
    MasterRow,
    MasterTradeRow,
    Row,
    TalkRow,
    TerminalRow,
)

DAYS_AHEAD = 15
COLLECT = "collect"
_BANK = "100000000111"  # where they are paid to; the built-in provider knows every bank

_E, _P, _A, _G = Trade.ELECTRICAL, Trade.PLUMBING, Trade.APPLIANCE, Trade.GENERAL


@dataclass(frozen=True, slots=True)
class DemoMaster:
    """A master of the demo city. The names are invented.

    Attributes:
        ratings: How many he was given, and their sum.
        certificate: What he has shown us for work that asks for it.
    """

    name: str
    phone: str
    district: str
    ratings: tuple[int, int]
    years: int
    trades: tuple[Trade, ...]
    certificate: str | None = None


CITY_MASTERS = (
    DemoMaster(
        "Игорь Савельев", "+79114500001", "Центральный", (24, 118), 12, (_E,), "допуск до 1000 В, III группа"
    ),
    DemoMaster("Олег Якушев", "+79114500002", "Ленинградский", (31, 150), 9, (_E, _G)),
    DemoMaster("Марина Дёмина", "+79114500003", "Московский", (12, 59), 7, (_E, _P)),
    DemoMaster("Тимур Галиев", "+79114500004", "Центральный", (3, 14), 3, (_E, _G)),
    DemoMaster("Николай Рощин", "+79114500005", "Центральный", (28, 136), 15, (_P,)),
    DemoMaster("Артур Седов", "+79114500006", "Ленинградский", (9, 43), 6, (_P, _G)),
    DemoMaster("Павел Климов", "+79114500007", "Московский", (21, 103), 11, (_A,), "хладагенты, газ"),
    DemoMaster("Лариса Вебер", "+79114500008", "Центральный", (7, 34), 5, (_A, _E)),
    DemoMaster("Степан Агеев", "+79114500009", "Центральный", (17, 82), 20, (_G,)),
)


class DemoHandler:
    """`demo-city` {city, market}: make masters; `demo-hours` {city}: fill their hours; `demo-act`: a step."""

    def __init__(self, markets: Mapping[str, Market], *, is_on: bool) -> None:
        """Take the open markets, and whether anybody may be played at all."""
        self._markets = markets
        self._is_on = is_on

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The job with its people."""
        job_id = letter.payload.get("job_id")
        if job_id is None:
            return {}
        job = have(JobRow, job_id)
        talks = [job.talk_id] if job is not None else []
        return {JobRow: [job_id], MasterRow: [letter.payload["master_id"]], TalkRow: talks}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Make the city, fill its hours, or act."""
        letter = turn[-1]
        if not self._is_on:
            return
        if letter.kind == "demo-city":
            city = load_cities()[str(letter.payload["city"])]
            await make_city(tx, self._markets[str(letter.payload["market"])], city)
        elif letter.kind == "demo-hours":
            await fill_hours(tx, load_cities()[str(letter.payload["city"])])
        else:
            await self._act(tx, letter.payload)

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """A person was faster; the demo leaves the job alone."""

    async def _act(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        job = await tx.get(JobRow, str(payload["job_id"]))
        master = await tx.get(MasterRow, str(payload["master_id"]))
        if job is None or master is None or not job.is_demo or not master.is_demo:
            return
        market = self._markets[job.market]
        step = str(payload["step"])
        actor = Actor(ActorKind.MASTER, master.id, is_demo=True)
        if step == COLLECT:
            await self._take_cash(tx, market, job, actor)
            return
        await jobs.act(tx, market, job=job, action=step, actor=actor)

    async def _take_cash(self, tx: Tx, market: Market, job: JobRow, actor: Actor) -> None:
        if job.state != JobState.DONE:
            return
        till = Till(actor=str(actor))
        payment = await payments.open_payment(tx, market, job=job, amount_minor=None, till=till)
        await tx.flush()
        await payments.take_cash(
            tx, market, payment=payment, job=job, received_minor=payment.amount_minor, till=till
        )


async def make_city(tx: Tx, market: Market, city: City) -> None:
    """Make a small believable city: masters with ratings, districts, hours by day and by night, terminals."""
    for each in CITY_MASTERS:
        if await masters.with_phone(tx, each.phone):
            continue
        place = city.district(each.district)
        master = MasterRow(
            id=tx.id(),
            name=each.name,
            phone=each.phone,
            lang="ru",
            market=market.name,
            city=city.name,
            district=each.district,
            lat=place.lat if place else None,
            lon=place.lon if place else None,
            years=each.years,
            certificates=each.certificate,
            payout_to={"destination": "sbp", "phone": each.phone, "bank_id": _BANK},
            status="active",
            works_nights=True,
            rating_count=each.ratings[0],
            rating_sum=each.ratings[1],
            is_demo=True,
            created_at=tx.now,
        )
        talk = _talk(tx, market, master)
        master.talk_id = talk.id
        tx.add(talk)
        tx.add(master)
        await tx.flush()
        for trade in each.trades:
            tx.add(MasterTradeRow(master_id=master.id, trade=trade, city=city.name, is_active=True))
        tx.add(
            TerminalRow(
                id=tx.id(), master_id=master.id, type="smartphone", status="active", created_at=tx.now
            )
        )
        for day in _days(tx.now, city):
            tx.add(_whole_day(master.id, day, city))
        tx.record("master", master.id, "joined", actor="naryad", parties=[master.id], is_demo=True)


async def fill_hours(tx: Tx, city: City) -> None:
    """Keep the demo masters' hours filled for the coming days, day and night."""
    query = select(MasterRow.id).where(MasterRow.is_demo.is_(True), MasterRow.city == city.name)
    for master_id in (await tx.session.scalars(query)).all():
        days = _days(tx.now, city)
        known = select(HoursRow).where(
            HoursRow.master_id == master_id, HoursRow.day >= days[0] - timedelta(1)
        )
        rows = (await tx.session.scalars(known)).all()
        spans = [Interval(row.starts_at, row.ends_at) for row in rows]
        filled = {row.day for row in rows}
        for day in days:
            # Hours set by hand may run past midnight into a day that is still empty.
            free = () if day in filled else rules.without([rules.day_of(day, city.zone)], spans)
            for span in free:
                tx.add(HoursRow(master_id=master_id, starts_at=span.start, ends_at=span.end, day=day))


def _talk(tx: Tx, market: Market, master: MasterRow) -> TalkRow:
    return TalkRow(
        id=tx.id(),
        kind="master_onboarding",
        role="master",
        market=market.name,
        lang="ru",
        channel="web",
        chat_id=master.id,
        status="completed",
        step="working",
        known={"has_hours": True, "has_terminal": True},
        master_id=master.id,
        heard_at=tx.now,
        created_at=tx.now,
        closed_at=tx.now,
    )


def _days(now: datetime, city: City) -> list[date]:
    today = now.astimezone(city.zone).date()
    return [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]


def _whole_day(master_id: str, day: date, city: City) -> HoursRow:
    midnight = rules.at(day, time(0), city.zone)
    return HoursRow(
        master_id=master_id,
        starts_at=midnight,
        ends_at=rules.at(day + timedelta(days=1), time(0), city.zone),
        day=day,
    )
