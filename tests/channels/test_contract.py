"""The suite of channels on a messenger in memory: it asks for nothing that cannot be done."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from core.knock import Knock
from core.messages import Fate
from core.ports import Channel
from core.wire import trust
from tests.channels.contract import Contract, Door, Features, Mode, Stand
from tests.fakes.channel import SECRET, SECRET_HEADER, TOKEN, FakeChannel, FakeMessenger, Post, acted
from tests.fakes.clock import FakeClock


def post_to(url: str) -> Post:
    """Return what posts knocks to an address."""

    async def post(knock: Knock) -> bool:
        async with httpx.AsyncClient(verify=trust()) as client:
            answer = await client.post(url, content=knock.body, headers=dict(knock.headers))
        return answer.is_success

    return post


@dataclass
class FakeStand(Stand):
    """The messenger is in this process: what people do is a call."""

    messenger: FakeMessenger = field(init=False)

    def make(
        self, *, url: str | None = None, secret: str | None = None, read_s: float | None = None
    ) -> Channel:
        return FakeChannel(self.messenger, token=secret or TOKEN, post=post_to, is_reachable=url is None)

    def forge(self, knock: Knock) -> Sequence[Knock]:
        return (replace(knock, headers={}), replace(knock, headers={SECRET_HEADER: "другой"}))

    async def _sim(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        match path.strip("/").split("/"):
            case ["people"]:
                return {"id": self.messenger.meet(**(body or {}))}
            case ["again"]:
                return await self.messenger.again()
            case ["faults"]:
                self.messenger.faults = [str(body["kind"])] * body["times"] if body else []
                return None
            case ["chats", chat, "shown"]:
                return self.messenger.people[chat].shown
            case ["chats", chat, act]:
                return await acted(self.messenger, chat, act, body or {})
        raise LookupError(path)


class TestFake(Contract):
    @pytest.fixture(params=list(Mode))
    async def stand(
        self, request: pytest.FixtureRequest, door: Door, clock: FakeClock
    ) -> AsyncIterator[Stand]:
        stand = FakeStand(
            url="",
            door=door,
            clock=clock,
            secrets=(TOKEN, SECRET),
            features=Features(fates=frozenset({Fate.DELIVERED})),
        )
        stand.messenger = FakeMessenger(clock)
        await stand.open(request.param)
        yield stand
        await stand.close()
