"""What the program does at regular times, and the letters each of them writes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bots.schedule import Slot
from bots.settings import Settings
from core.flows.reconciliation import MOSCOW
from core.markets.policy import Market
from core.ports import Chance, Clock
from storage.mail import LetterDraft
from storage.queries import books, owner
from storage.tables import MasterRow

BOOKS_AT = {"hour": 5, "minute": 10}  # registries of the day before are ready by then
WATCH_CATCH_UP = timedelta(minutes=30)  # older troubles stand on the console
MONEY_CATCH_UP = timedelta(days=3)  # after a long stop, masters are still paid and books still compared


class Timetable:
    """The regular times of a program: of its first market, its providers and its city."""

    def __init__(
        self,
        settings: Settings,
        *,
        markets: Mapping[str, Market],
        gateways: Collection[str],
        readers: async_sessionmaker[AsyncSession],
        clock: Clock,
        chance: Chance,
    ) -> None:
        """Take whom to ask for masters and balances; `gateways` are names of payment providers."""
        self._settings = settings
        self._markets = markets
        self._gateways = gateways
        self._readers = readers
        self._clock = clock
        self._chance = chance

    def slots(self) -> Sequence[Slot]:
        """Return every regular time of this program."""
        zone = self._settings.zone
        asked_at = next(iter(self._markets.values())).hours_rules.asked_at
        morning = {"hour": asked_at.hour, "minute": asked_at.minute}
        payout = next(iter(self._markets.values())).payout
        friday: dict[str, int | str] = {
            "day_of_week": payout.weekday,
            "hour": payout.at.hour,
            "minute": payout.at.minute,
        }
        slots = [
            Slot("hours-ask", dict(morning), zone, self._morning_letters),
            Slot("reconcile", dict(BOOKS_AT), MOSCOW, self._books_letters, catch_up=MONEY_CATCH_UP),
            Slot("payout", friday, zone, self._payout_letters, catch_up=MONEY_CATCH_UP),
        ]
        told = next(iter(self._markets.values())).owner
        digest: dict[str, int | str] = {"hour": told.digest_at.hour, "minute": told.digest_at.minute}
        every: dict[str, int | str] = {"minute": f"*/{told.watch_minutes}"}
        slots.append(Slot("owner-digest", digest, zone, self._digest_letters))
        slots.append(Slot("owner-watch", every, zone, self._watch_letters, catch_up=WATCH_CATCH_UP))
        if self._settings.is_demo:
            slots.append(Slot("demo-hours", {"hour": 0, "minute": 5}, zone, self._demo_letters))
        return slots

    async def _morning_letters(self, local: datetime) -> Sequence[LetterDraft]:
        """One letter per working master and day: `hours-ask:<master>:<date>` (A23)."""
        query = select(MasterRow.id).where(MasterRow.status == "active", MasterRow.is_demo.is_(False))
        async with self._readers() as session:
            masters = (await session.scalars(query)).all()
        return [
            LetterDraft(
                id=self._id(),
                lane=f"master:{master_id}",
                key=f"hours-ask:{master_id}:{local.date()}",
                kind="hours-ask",
                payload={"master_id": master_id},
            )
            for master_id in masters
        ]

    async def _books_letters(self, local: datetime) -> Sequence[LetterDraft]:
        """One letter per provider for the day before: `reconcile:<provider>:<date>` (L32)."""
        day = (local - timedelta(days=1)).date().isoformat()
        return [
            LetterDraft(
                id=self._id(),
                lane=f"books:{name}",
                key=f"reconcile:{name}:{day}",
                kind="reconcile",
                payload={"provider": name, "day": day},
            )
            for name in self._gateways
        ]

    async def _payout_letters(self, local: datetime) -> Sequence[LetterDraft]:
        """One letter per master with something on his account: `payout:<master>:<date>` (A87)."""
        async with self._readers() as session:
            masters = await books.masters_with_balance(session)
        return [
            LetterDraft(
                id=self._id(),
                lane=f"master:{master_id}",
                key=f"payout:{master_id}:{local.date()}",
                kind="payout",
                payload={"master_id": master_id, "day": local.date().isoformat()},
            )
            for master_id in masters
        ]

    async def _digest_letters(self, local: datetime) -> Sequence[LetterDraft]:
        """One letter a day for the owner's chats: `owner-digest:<date>`, about the day before (L41)."""
        day = (local - timedelta(days=1)).date().isoformat()
        key = f"owner-digest:{local.date()}"
        return [LetterDraft(id=self._id(), lane="owner", key=key, kind="owner-digest", payload={"day": day})]

    async def _watch_letters(self, local: datetime) -> Sequence[LetterDraft]:
        """One letter every few minutes, if the owner has a chat: what went wrong since the last one (L41)."""
        async with self._readers() as session:
            if not await owner.chats(session):
                return []
        span = timedelta(minutes=next(iter(self._markets.values())).owner.watch_minutes)
        payload = {"since": (local - span).isoformat(), "until": local.isoformat()}
        key = f"owner-watch:{local.astimezone(UTC):%Y-%m-%dT%H:%M}"
        return [LetterDraft(id=self._id(), lane="owner", key=key, kind="owner-watch", payload=payload)]

    async def _demo_letters(self, local: datetime) -> Sequence[LetterDraft]:
        """One letter per day for the masters of the demo city."""
        city = self._settings.naryad_city
        return [
            LetterDraft(
                id=self._id(),
                lane="demo",
                key=f"demo-hours:{city}:{local.date()}",
                kind="demo-hours",
                payload={"city": city},
            )
        ]

    def _id(self) -> str:
        return self._chance.id(self._clock.now())
