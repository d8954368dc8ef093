"""The only wiring: settings in, a running program out. Used by run, chat, bench and tests alike."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bots.bell import Bell
from bots.chance import SystemChance
from bots.charging import (
    CHARGE_KINDS,
    PAYOUT_KINDS,
    RECEIPT_KINDS,
    REFUND_KINDS,
    REGISTRY,
    Charging,
    PayingOut,
    ReadingRegistry,
    Registering,
)
from bots.clock import SystemClock
from bots.courier import Courier, Performer
from bots.held import Desk
from bots.intake import Intake
from bots.providers import Providers, open_providers
from bots.pump import Handler, Pump
from bots.rendering import Press, Rendering
from bots.saying import Saying
from bots.schedule import Schedule, Slot
from bots.settings import Settings
from bots.sidecar.tokens import activation_seal, terminal_token
from core.conversation.manager import KINDS as TALK_KINDS, Conversation
from core.conversation.script import Links, Script
from core.flows.charge_letters import KINDS as CHARGE_LETTERS, NOTICE, ChargeHandler, NoticeHandler
from core.flows.debts import KIND as DEBT_PAID, DebtHandler
from core.flows.demo import DemoHandler
from core.flows.file_letters import KINDS as FILE_LETTERS, RENDER, FileHandler
from core.flows.fiscal import KINDS as RECEIPT_LETTERS, FiscalHandler
from core.flows.handlers import KINDS as JOB_KINDS, JobHandler
from core.flows.hours import RETURN as MASTER_RETURN, HoursHandler
from core.flows.payments import PaymentHandler
from core.flows.payouts import KINDS as PAYOUT_LETTERS, PayoutHandler
from core.flows.reconciliation import KINDS as BOOKS_LETTERS, MOSCOW, ReconciliationHandler
from core.flows.refunds import KINDS as REFUND_LETTERS, RefundHandler
from core.flows.taxes import KIND as TAX_STATUS, TaxHandler
from core.flows.terminals import LETTERS as TERMINAL_LETTERS, TerminalHandler
from core.flows.tickets import KIND as TICKET_CLOSE, TicketHandler
from core.language.reader import EmbeddedReader
from core.library.library import load_library
from core.markets.cities import load_cities
from core.markets.policy import Market, load_market
from core.ports import Chance, Channel, Clock, Looker
from core.text.catalogue import Catalogue, catalogue
from storage.blobs import LocalBlobs
from storage.engine import Engine, open_engine, readers
from storage.mail import LetterDraft
from storage.migrations import upgrade
from storage.queries import books
from storage.tables import MasterRow, TerminalRow

logger = logging.getLogger(__name__)

BOOKS_AT = {"hour": 5, "minute": 10}  # registries of the day before are ready by then
MONEY_CATCH_UP = timedelta(days=3)  # after a long stop, masters are still paid and books still compared


class Part(StrEnum):
    """What a process may do. Without a choice it does everything."""

    WEB = "web"
    PUMP = "pump"
    COURIER = "courier"
    SCHEDULE = "schedule"


class Naryad:
    """The program put together. `async with` starts its parts and stops them again."""

    def __init__(
        self,
        settings: Settings,
        *,
        engine: Engine,
        clock: Clock,
        chance: Chance,
        looker: Looker,
        channels: Mapping[str, Channel],
        providers: Providers | None,
    ) -> None:
        self.settings = settings
        self.engine = engine
        self.clock = clock
        self.chance = chance
        self.catalogue: Catalogue = catalogue()
        self.markets: Mapping[str, Market] = {name: load_market(name) for name in settings.markets}
        self.bell = Bell()
        self.intake = Intake(engine, clock=clock, chance=chance, bell=self.bell)
        self.desk = Desk(engine, clock=clock, bell=self.bell)
        self.looker = looker
        self.providers = providers or open_providers(
            settings, clock=clock, chance=chance, web=lambda: self.web
        )
        self.gateways = self.providers.gateways
        self.provider = self.providers.provider(settings)
        self.script = self._script()
        self.pump = Pump(
            engine,
            self._handlers(),
            clock=clock,
            chance=chance,
            catalogue=self.catalogue,
            looker=looker,
            bell=self.bell,
            zone=settings.zone,
        )
        self.blobs = LocalBlobs(settings.data_dir / "blobs", secret=self.secret, url=settings.url)
        self.press = Press(
            self.blobs,
            markets=self.markets,
            catalogue=self.catalogue,
            clock=clock,
            zone=settings.zone,
            url=settings.url,
            media=settings.data_dir / "files",
        )
        charging = Charging(self.gateways, with_receipts=self.provider.with_receipts)
        paying_out = PayingOut(self.providers.paymasters)
        performers: Mapping[str, Performer] = {
            "say": Saying(channels),
            RENDER: Rendering(self.press, self.readers),
            **dict.fromkeys((*CHARGE_KINDS, *REFUND_KINDS), charging),
            **dict.fromkeys(PAYOUT_KINDS, paying_out),
            **dict.fromkeys(RECEIPT_KINDS, Registering(self.providers.registrars.by_name)),
            REGISTRY: ReadingRegistry(self.gateways),
        }
        self.courier = Courier(engine, performers, clock=clock, chance=chance, bell=self.bell)
        self.schedule = Schedule(self.intake, self._slots(), clock=clock, zone=settings.zone)
        self._running: list[asyncio.Task[None]] = []

    # What the web part asks for

    @property
    def readers(self) -> async_sessionmaker[AsyncSession]:
        """Read-only sessions."""
        return self._readers

    @cached_property
    def _readers(self) -> async_sessionmaker[AsyncSession]:
        return readers(self.engine)

    @property
    def played(self) -> Mapping[str, FastAPI]:
        """Providers and registrars that are built in, by the path to mount each at in our web app."""
        return self.providers.played

    @property
    def secret(self) -> bytes:
        """What our own tokens are signed with."""
        return self.settings.secret

    @property
    def channels(self) -> Mapping[str, str]:
        """Each door and whether it is on."""
        return {"web": "on"}

    @cached_property
    def web(self) -> FastAPI:
        """The pages and the API."""
        from bots.sidecar.app import build_app  # noqa: PLC0415 - only a process that serves needs it

        return build_app(self)

    # Life

    async def start(self, parts: Sequence[Part] = tuple(Part)) -> None:
        """Start the parts of this process. The web is served by whoever owns the port."""
        if isinstance(self.clock, SystemClock):
            await self.clock.agree(self.engine)
        loops: dict[Part, Sequence[Callable[[], Awaitable[None]]]] = {
            Part.WEB: (self.desk.run,),
            Part.PUMP: (self.pump.run,),
            Part.COURIER: (self.courier.run,),
            Part.SCHEDULE: (self.schedule.run,),
        }
        if self.engine.dialect.name == "postgresql":
            url = self.settings.database
            self._run("bell", lambda: self.bell.follow(url))
        for part in parts:
            for loop in loops[part]:
                self._run(part.value, loop)
        if self.providers.simulator is not None and Part.WEB in parts:
            await self.providers.simulator.state.start()
        if self.settings.is_demo and Part.SCHEDULE in parts:
            await self._make_city()

    def warm_up(self) -> None:
        """Load what is loaded at its first use, before the first client waits for it."""
        if isinstance(self.looker, EmbeddedReader):
            self.looker.warm_up()

    async def stop(self) -> None:
        """Stop every part. What is under way is finished or undone; nothing is lost."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()
        await self.desk.settle()
        await self.intake.settle()
        await self.providers.close()
        await self.engine.dispose()

    async def broken(self) -> None:
        """Return when a part has stopped by itself, which none should."""
        await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def demo_terminal(self) -> str | None:
        """Return a demo master's terminal link, once the demo city is made."""
        if not self.settings.is_demo:
            return None
        query = (
            select(TerminalRow.id)
            .join(MasterRow, MasterRow.id == TerminalRow.master_id)
            .where(MasterRow.is_demo.is_(True), TerminalRow.status == "active")
            .order_by(TerminalRow.id)
            .limit(1)
        )
        async with self.readers() as session:
            terminal_id = await session.scalar(query)
        return self.script.links.terminal(terminal_id) if terminal_id else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _run(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        async def guarded() -> None:
            try:
                await loop()
            except asyncio.CancelledError:
                raise
            except Exception:
                logger.exception("part.stopped part=%s", name)
                raise

        self._running.append(asyncio.create_task(guarded(), name=name))

    async def _make_city(self) -> None:
        market, city = next(iter(self.markets)), self.settings.naryad_city
        await self.intake.ask(
            lane="demo", key=f"demo-city:{city}", kind="demo-city", payload={"market": market, "city": city}
        )

    # Wiring

    def _handlers(self) -> Mapping[str, Handler]:
        conversation = Conversation(self.script)
        hours = HoursHandler(self.markets)
        payments = PaymentHandler(self.markets, self.provider)
        without_registry = {name for name, each in self.gateways.items() if not each.has_registry}
        reconciliation = ReconciliationHandler(self.provider, without_registry=without_registry)
        demo = DemoHandler(self.markets, is_on=self.settings.is_demo)
        return {
            **dict.fromkeys(TALK_KINDS, conversation),
            **dict.fromkeys(JOB_KINDS, JobHandler()),
            **dict.fromkeys(FILE_LETTERS, FileHandler(markets=self.markets, catalogue=self.catalogue)),
            **dict.fromkeys(("hours-change", "hours-confirm", "hours-ask", MASTER_RETURN), hours),
            **dict.fromkeys(("payment-open", "payment-cash", "payment-charge", "payment-remind"), payments),
            **dict.fromkeys(CHARGE_LETTERS, ChargeHandler(self.markets)),
            **dict.fromkeys(REFUND_LETTERS, RefundHandler(self.markets)),
            **dict.fromkeys(PAYOUT_LETTERS, PayoutHandler(self.markets, self.providers.payout_rules())),
            **dict.fromkeys(RECEIPT_LETTERS, FiscalHandler(self.providers.registrars.rules)),
            **dict.fromkeys(BOOKS_LETTERS, reconciliation),
            NOTICE: NoticeHandler(),
            **dict.fromkeys(("demo-city", "demo-hours", "demo-act"), demo),
            **dict.fromkeys(TERMINAL_LETTERS, TerminalHandler()),
            DEBT_PAID: DebtHandler(self.markets),
            TAX_STATUS: TaxHandler(),
            TICKET_CLOSE: TicketHandler(),
        }

    def _script(self) -> Script:
        url, secret = self.settings.url, self.settings.secret
        links = Links(
            privacy=f"{url}/privacy",
            join=f"{url}/join",
            chat=f"{url}/chat",
            terminal=lambda terminal_id: f"{url}/terminal#t={terminal_token(terminal_id, secret=secret)}",
            job=lambda job_id: f"{url}/jobs/{job_id}/page",
            seal=lambda terminal_id: activation_seal(terminal_id, secret=secret),
        )
        return Script(
            markets=self.markets,
            cities=load_cities(),
            default_city=self.settings.naryad_city,
            library=load_library(),
            catalogue=self.catalogue,
            links=links,
            looker=self.looker,
            is_demo=self.settings.is_demo,
        )

    def _slots(self) -> Sequence[Slot]:
        zone = self.settings.zone
        asked_at = next(iter(self.markets.values())).hours_rules.asked_at
        morning = {"hour": asked_at.hour, "minute": asked_at.minute}
        payout = next(iter(self.markets.values())).payout
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
        if self.settings.is_demo:
            slots.append(Slot("demo-hours", {"hour": 0, "minute": 5}, zone, self._demo_letters))
        return slots

    async def _morning_letters(self, local: datetime) -> Sequence[LetterDraft]:
        """One letter per working master and day: `hours-ask:<master>:<date>` (A23)."""
        query = select(MasterRow.id).where(MasterRow.status == "active", MasterRow.is_demo.is_(False))
        async with self.readers() as session:
            masters = (await session.scalars(query)).all()
        return [
            LetterDraft(
                id=self.chance.id(self.clock.now()),
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
                id=self.chance.id(self.clock.now()),
                lane=f"books:{name}",
                key=f"reconcile:{name}:{day}",
                kind="reconcile",
                payload={"provider": name, "day": day},
            )
            for name in self.gateways
        ]

    async def _payout_letters(self, local: datetime) -> Sequence[LetterDraft]:
        """One letter per master with something on his account: `payout:<master>:<date>` (A87)."""
        async with self.readers() as session:
            masters = await books.masters_with_balance(session)
        return [
            LetterDraft(
                id=self.chance.id(self.clock.now()),
                lane=f"master:{master_id}",
                key=f"payout:{master_id}:{local.date()}",
                kind="payout",
                payload={"master_id": master_id, "day": local.date().isoformat()},
            )
            for master_id in masters
        ]

    async def _demo_letters(self, local: datetime) -> Sequence[LetterDraft]:
        city = self.settings.naryad_city
        return [
            LetterDraft(
                id=self.chance.id(self.clock.now()),
                lane="demo",
                key=f"demo-hours:{city}:{local.date()}",
                kind="demo-hours",
                payload={"city": city},
            )
        ]


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    chance: Chance | None = None,
    channels: Mapping[str, Channel] | None = None,
    providers: Providers | None = None,
    looker: Looker | None = None,
    inline: bool = False,
) -> Naryad:
    """Put the program together over its database, brought up to date first.

    Args:
        channels: Doors that are pushed, by name; without any, people are reached by the web alone.
        providers: Who moves money; as the settings say if nobody is given.
        looker: Who reads texts; the embedded reader if nobody is named.
        inline: Let SQLite work on the event loop itself, for tests and the simulator.
    """
    prepare_database(settings)
    _ = settings.owner_token, settings.secret  # both are made at the first start, not at the first use
    return Naryad(
        settings,
        engine=open_engine(settings.database, inline=inline),
        clock=clock or SystemClock(),
        chance=chance or SystemChance(),
        looker=looker or EmbeddedReader(),
        channels=channels or {},
        providers=providers,
    )


def settle_memory() -> None:
    """Take what is loaded by now for permanent, and look for garbage less often.

    Else a tenth of the time goes into looking again and again at code, texts and lexicon.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def prepare_database(settings: Settings) -> None:
    """Make the folder of the data and bring the database up to date."""
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite" and address.database:
        # What people told us lives here: nobody else on the machine may look.
        Path(address.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(settings.database)
