"""The only wiring: settings in, a running program out. Used by run, chat, bench and tests alike."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from bots.channels import open_doors
from bots.clock import SystemClock
from bots.courier import SAY, Courier
from bots.doors import Doors, Reception
from bots.fetching import Fetching
from bots.forms import READ, ReadingForms, open_sites
from bots.handlers import all_handlers
from bots.held import Desk
from bots.intake import Intake
from bots.links import our_links
from bots.listening import Listening
from bots.media import Media
from bots.performers import all_performers
from bots.providers import Providers, open_providers
from bots.pump import Pump
from bots.rendering import Press
from bots.saying import Saying
from bots.schedule import Schedule
from bots.settings import Settings
from bots.timetable import Timetable
from core.conversation.manager import FETCH
from core.conversation.script import Script
from core.language.reader import EmbeddedReader
from core.library.library import load_library
from core.markets.cities import load_cities
from core.markets.policy import Market, load_market
from core.ports import Chance, Clock, Looker
from core.text.catalogue import Catalogue, catalogue
from storage.blobs import LocalBlobs
from storage.engine import Engine, open_engine, readers
from storage.migrations import upgrade
from storage.tables import MasterRow, TerminalRow

logger = logging.getLogger(__name__)


class Part(StrEnum):
    """What a process may do. Without a choice it does everything."""

    WEB = "web"
    PUMP = "pump"
    COURIER = "courier"
    SCHEDULE = "schedule"
    BOTS = "bots"  # asks doors for what is new; one process for each door


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
        doors: Doors,
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
        self.doors = doors
        self.gates = doors.gates(clock)
        self.desk = Desk(engine, clock=clock, bell=self.bell, doors=self.gates.doors)
        self.looker = looker
        self.providers = providers or open_providers(
            settings, clock=clock, chance=chance, web=lambda: self.web
        )
        self.gateways = self.providers.gateways
        self.provider = self.providers.provider(settings)
        self.script = self._script()
        self.pump = Pump(
            engine,
            all_handlers(
                self.script, providers=self.providers, provider=self.provider, doors=self.gates.doors
            ),
            clock=clock,
            chance=chance,
            catalogue=self.catalogue,
            looker=looker,
            bell=self.bell,
            zone=settings.zone,
        )
        self.blobs = LocalBlobs(settings.data_dir / "blobs", secret=self.secret, url=settings.url)
        self.media = Media(settings.data_dir / "files", clock=clock, chance=chance)
        self.press = Press(
            self.blobs,
            markets=self.markets,
            catalogue=self.catalogue,
            clock=clock,
            zone=settings.zone,
            url=settings.url,
            media=settings.data_dir / "files",
        )
        self.sites = open_sites(settings)
        performers = {
            **all_performers(
                providers=self.providers, provider=self.provider, press=self.press, readers=self.readers
            ),
            SAY: Saying(doors.ways_out, self.gates, self.blobs, clock=clock),
            READ: ReadingForms(
                self.sites, doors=self.gates.doors, readers=self.readers, market=next(iter(self.markets))
            ),
            FETCH: Fetching(doors.ways_out, self.media, most_bytes=settings.limit_body_bytes),
        }
        self.courier = Courier(
            engine, performers, clock=clock, chance=chance, bell=self.bell, gates=self.gates
        )
        reception = Reception(
            self.intake,
            market=next(iter(self.markets)),
            clock=clock,
            per_minute=settings.limit_messages_per_minute,
        )
        self.hearing: Mapping[str, Listening] = {
            door.name: Listening(
                door, reception, engine=engine, clock=clock, url=f"{settings.url}/webhooks/{door.name}"
            )
            for door in doors.open
        }
        self.timetable = Timetable(
            settings,
            markets=self.markets,
            gateways=self.gateways,
            readers=self.readers,
            clock=clock,
            chance=chance,
        )
        self.schedule = Schedule(self.intake, self.timetable.slots(), clock=clock, zone=settings.zone)
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
        """Each door and how it stands: on, or broken."""
        broken = self.gates.broken(self.clock.now())
        return {"web": "on", **{door: "broken" if door in broken else "on" for door in self.gates.doors}}

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
            Part.BOTS: tuple(each.run for each in self.hearing.values()),
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
        await self.doors.close()
        for site in self.sites.values():
            await site.close()
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

    def _script(self) -> Script:
        return Script(
            markets=self.markets,
            cities=load_cities(),
            default_city=self.settings.naryad_city,
            library=load_library(),
            catalogue=self.catalogue,
            links=our_links(self.settings),
            looker=self.looker,
            is_demo=self.settings.is_demo,
        )


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    chance: Chance | None = None,
    doors: Doors | None = None,
    providers: Providers | None = None,
    looker: Looker | None = None,
    inline: bool = False,
) -> Naryad:
    """Put the program together over its database, brought up to date first.

    Args:
        doors: Channels that push; as the settings say if none are given.
        providers: Who moves money; as the settings say if nobody is given.
        looker: Who reads texts; the embedded reader if nobody is named.
        inline: Let SQLite work on the event loop itself, for tests and the simulator.
    """
    clock = clock or SystemClock()
    prepare_database(settings)
    _ = settings.owner_token, settings.secret  # both are made at the first start, not at the first use
    return Naryad(
        settings,
        engine=open_engine(settings.database, inline=inline),
        clock=clock,
        chance=chance or SystemChance(),
        looker=looker or EmbeddedReader(),
        doors=doors if doors is not None else open_doors(settings, clock=clock),
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
