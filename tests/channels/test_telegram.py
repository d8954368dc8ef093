"""Telegram: the suite of channels in both modes, and what is special to it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.telegram import CLIENT_TOKEN, build
from channels.telegram import Telegram
from core.knock import Knock
from core.messages import Role
from core.ports import Channel
from core.wire import READ_S
from tests.channels.contract import Contract, Door, Mode, Stand
from tests.channels.stand import served
from tests.fakes.clock import FakeClock

SECRET = "a_secret-of-Ours"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
POLL_S = 2


class TelegramStand(Stand):
    """The client bot and its simulator."""

    def make(
        self, *, url: str | None = None, secret: str | None = None, read_s: float | None = None
    ) -> Channel:
        return Telegram(
            secret or CLIENT_TOKEN,
            role=Role.CLIENT,
            clock=self.clock,
            secret=SECRET,
            url=url or self.url,
            read_s=read_s or READ_S,
            poll_s=POLL_S,
        )

    def forge(self, knock: Knock) -> Sequence[Knock]:
        bare = {name: value for name, value in knock.headers.items() if name != SECRET_HEADER}
        return (
            replace(knock, headers=bare),
            *(
                replace(knock, headers={**bare, SECRET_HEADER: wrong})
                for wrong in ("", SECRET[:-1], f"{SECRET}x", SECRET.upper(), "секрет")
            ),
        )


@asynccontextmanager
async def standing(
    door: Door, clock: FakeClock, chance: SystemChance, mode: Mode
) -> AsyncIterator[TelegramStand]:
    """Serve the simulator and stand the client bot before it."""
    urls: list[str] = []

    def simulated(url: str) -> FastAPI:
        urls.append(url)
        return build(clock=clock, chance=chance, pace=0)

    async with served(simulated) as app:
        stand = TelegramStand(
            url=urls[0],
            door=door,
            clock=clock,
            secrets=(CLIENT_TOKEN, CLIENT_TOKEN.replace(":", "%3A"), SECRET),
            send_path=f"/bot{CLIENT_TOKEN}/send",
        )
        await stand.open(mode)
        try:
            yield stand
        finally:
            await stand.close()
            await app.state.wire.sender.close()


class TestTelegram(Contract):
    @pytest.fixture(params=list(Mode))
    async def stand(
        self, request: pytest.FixtureRequest, door: Door, clock: FakeClock, chance: SystemChance
    ) -> AsyncIterator[Stand]:
        async with standing(door, clock, chance, request.param) as stand:
            yield stand
