"""A channel under test, its simulator, and the people on the simulator's other side.

A channel's test file names a `Stand` of its own and binds the one suite to it, once a mode:

    class TestTelegram(Contract):
        @pytest.fixture(params=[Mode.WEBHOOK, Mode.POLL])
        async def stand(
            self, request: pytest.FixtureRequest, door: Door, clock: FakeClock, chance: SystemChance
        ) -> AsyncIterator[Stand]:
            urls: list[str] = []

            def simulated(url: str) -> FastAPI:
                urls.append(url)
                return build(clock=clock, chance=chance, pace=0)

            async with served(simulated):
                stand = TelegramStand(url=urls[0], door=door, clock=clock)
                await stand.open(request.param)
                yield stand
                await stand.close()

By default everything the people do goes as JSON to `/_sim/…` of the simulator; a service whose simulator
is reached otherwise overrides the methods.
"""

import asyncio
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import Response

from bots.simulators.wire import FaultKind
from core.kernel.refusal import Outage
from core.knock import Forged, Knock, Thanks
from core.messages import Address, Arrival, Batch, Delivery, Fate, Inbound, Reply
from core.ports import Channel
from core.wire import trust
from tests.fakes.clock import FakeClock
from tests.gateways.conftest import as_knock, free_address, served

__all__ = ["Door", "FaultKind", "Features", "Mode", "Shown", "ShownButton", "Stand", "free_address", "served"]

PATIENCE_S = 5.0  # only a failing test waits so long
NAP_S = 0.01


class Mode(StrEnum):
    """How updates come."""

    WEBHOOK = "webhook"
    POLL = "poll"


@dataclass(frozen=True, slots=True)
class Features:
    """What a service can do, so that one suite knows what to ask of it. What it can show is in `Limits`.

    Attributes:
        media_in: Kinds of files that people can send.
        contact: A person can share a phone.
        vouches: It tells a person's own phone from somebody else's.
        location: A person can share a place.
        edits: It tells of an edited message.
        blocks: A person can shut the door, and then sending is `Shut`.
        tells_blocks: It tells of that by itself, and of the opening (`Standing`).
        sources: What a deep link carried comes along.
        fates: What it tells of messages sent.
        is_throttled: It turns away who sends too fast.
        names_wait: It says then how long to wait.
        is_authentic: Its knocks carry something that only it knows.
        keeps_updates: What we have not confirmed comes again.
        has_send_ids: `send` returns the id that `shown` has.
        refuses_strangers: Sending to a chat that never was is `Shut`.
        refuses_long: A text far beyond `Limits.text` is `Unsayable`.
        has_passwords: Our credentials can be wrong: `NotLetIn`.
    """

    media_in: frozenset[str] = frozenset({"photo", "video", "voice", "file"})
    contact: bool = True
    vouches: bool = True
    location: bool = True
    edits: bool = True
    blocks: bool = True
    tells_blocks: bool = True
    sources: bool = True
    fates: frozenset[Fate] = frozenset()
    is_throttled: bool = True
    names_wait: bool = True
    is_authentic: bool = True
    keeps_updates: bool = True
    has_send_ids: bool = True
    refuses_strangers: bool = True
    refuses_long: bool = True
    has_passwords: bool = True


@dataclass(frozen=True, slots=True)
class ShownButton:
    """A button as the person sees it."""

    label: str
    choice: str = ""
    url: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as the person sees it."""

    name: str
    type: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of ours as the person sees it."""

    id: str
    text: str
    buttons: tuple[ShownButton, ...] = ()
    files: tuple[ShownFile, ...] = ()


class Door:
    """Our web address, where updates arrive: has them heard and written down, then thanks.

    Attributes:
        url: What the channel is stood on.
        knocks: What came, in order, whatever became of it.
        refusals: So many are answered 500 before anybody looks at one, as while we are down.
        take: Hears a knock and writes down what it told; None: we died before that.
    """

    def __init__(self, url: str) -> None:
        self.url = f"{url}/webhooks/x"
        self.knocks: list[Knock] = []
        self.refusals = 0
        self.take: Callable[[Knock], Thanks | None] = lambda _: None

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.api_route("/webhooks/x", methods=["GET", "POST"])
        async def knocked(request: Request) -> Response:
            knock = await as_knock(request)
            self.knocks.append(knock)
            if self.refusals:
                self.refusals -= 1
                return Response(status_code=500)
            try:
                thanks = self.take(knock)
            except Forged:
                return Response(status_code=403)
            if thanks is None:
                return Response(status_code=500)
            return Response(thanks.body, status_code=thanks.status, media_type=thanks.type)

        return app


@dataclass
class Stand(ABC):
    """A channel, its simulator on a socket, and the people there, each named by his chat's id.

    Attributes:
        url: Where the simulator listens.
        secrets: What must stand in no log and no sentence: tokens, webhook secrets, passwords.
        features: What the service can do.
        modes: How updates can come.
        send_path: The path of a message's sending begins so, for faults.
        stranger: A chat that never was.
        written: Everything heard and written down but deliveries, in order; repeats too.
        deliveries: What was heard of our own messages.
        lost: What was heard and not written down, for we died.
    """

    url: str
    door: Door
    clock: FakeClock
    secrets: Sequence[str] = ()
    features: Features = Features()
    modes: Sequence[Mode] = (Mode.WEBHOOK, Mode.POLL)
    send_path: str = ""
    stranger: str = "987654321"
    mode: Mode = field(init=False)
    channel: Channel = field(init=False)
    mark: str | None = field(init=False, default=None)
    written: list[Arrival] = field(init=False, default_factory=list)
    deliveries: list[Delivery] = field(init=False, default_factory=list)
    lost: list[Arrival] = field(init=False, default_factory=list)
    _taken: int = field(init=False, default=0)
    _deaths: int = field(init=False, default=0)
    _people: int = field(init=False, default=0)
    _rang: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _loop: asyncio.Task[None] | None = field(init=False, default=None)
    _spare: list[Channel] = field(init=False, default_factory=list)

    @abstractmethod
    def make(
        self, *, url: str | None = None, secret: str | None = None, read_s: float | None = None
    ) -> Channel:
        """Make the channel, with another address, token or patience for an answer if one is given."""

    def forge(self, knock: Knock) -> Sequence[Knock]:
        """Return knocks like this one that are not the service's: no secret, a wrong one, another shape."""
        return ()

    def sealed(self, body: bytes) -> Knock:
        """Return an authentic knock with this body; where the body holds the secret, say how."""
        return replace(self.door.knocks[-1], body=body)

    # Our side

    async def open(self, mode: Mode) -> None:
        """Make the channel and have updates come."""
        self.channel = self.make()
        self.door.take = self._take
        await self.switch(mode)

    async def switch(self, mode: Mode) -> None:
        """Have updates come this way from now on."""
        await self._stop()
        self.mode = mode
        await self.channel.stand(self.door.url if mode is Mode.WEBHOOK else None)
        self._listen()

    async def arrivals(self, number: int = 1) -> list[Arrival]:
        """Return the next so many things written down that nobody has taken yet, waiting for them."""
        await self._until(lambda: len(self.written) >= self._taken + number)
        found = self.written[self._taken : self._taken + number]
        self._taken += number
        return found

    async def inbound(self, number: int = 1) -> list[Inbound]:
        """Return the next so many arrivals, each a message or a press."""
        found = await self.arrivals(number)
        assert all(isinstance(each, Inbound) for each in found), found
        return [each for each in found if isinstance(each, Inbound)]

    async def fresh(self, number: int) -> list[Inbound]:
        """Return the next so many messages and presses, each once however often it came, now or before."""
        known = {each.key for each in self.written[: self._taken]}
        found: dict[str, Inbound] = {}
        while len(found) < number:
            (each,) = await self.inbound()
            if each.key not in known:
                found.setdefault(each.key, each)
        return [*found.values()]

    async def delivery(self, message_id: str) -> Delivery:
        """Return what was first told of a message of ours, waiting for it."""
        await self._until(lambda: message_id in {each.message_id for each in self.deliveries})
        return next(each for each in self.deliveries if each.message_id == message_id)

    async def send(self, who: str, text: str = "", *, key: str = "k", **parts: Any) -> str:
        """Send one message that fits; `key` is ours."""
        return await self.channel.send(self.address(who), Reply(text, **parts), key=key)

    def address(self, who: str) -> Address:
        """Return where a person is reached."""
        return Address(self.channel.name, who)

    def die(self, times: int = 1) -> None:
        """Let our program die so often between hearing and writing down; `lost` has what it had heard."""
        self._deaths = times

    async def restart(self) -> None:
        """Drop the channel as a crash does, and make it anew; it goes on from the mark written down."""
        await self._stop()
        self._spare.append(self.channel)
        self.channel = self.make()
        self._listen()

    def lend(self, **changes: Any) -> Channel:
        """Make another channel, closed with the stand."""
        self._spare.append(self.make(**changes))
        return self._spare[-1]

    async def close(self) -> None:
        """Close what was opened."""
        await self._stop()
        await self.heal()
        for channel in (self.channel, *self._spare):
            await channel.close()

    # The people

    async def person(self, *, name: str = "Анна", lang: str = "ru") -> str:
        """Make a person with a chat of his own; nothing comes to us yet. Returns his chat's id."""
        self._people += 1
        told = {"name": name, "lang": lang, "phone": f"+7911000{self._people:04}"}
        return str((await self._sim("POST", "/people", told))["id"])

    async def met(self, **told: str) -> str:
        """Make a person who has written to us once, so that we may write to him."""
        who = await self.person(**told)
        await self.says(who, "Здравствуйте")
        await self.arrivals()
        return who

    async def says(self, who: str, text: str) -> str:
        """Write a message; returns its id there."""
        return await self._acts(who, "say", text=text)

    async def edits(self, who: str, message_id: str, text: str) -> None:
        """Change a message that he wrote before."""
        await self._acts(who, "edit", message_id=message_id, text=text)

    async def presses(self, who: str, label: str) -> None:
        """Press the newest button that is labelled so."""
        await self._acts(who, "press", label=label)

    async def sends(self, who: str, kind: str, content: bytes, *, caption: str = "") -> str:
        """Send a photo, a video, a voice note or a file."""
        encoded = b64encode(content).decode()
        return await self._acts(who, "send", kind=kind, content=encoded, caption=caption)

    async def shares_contact(self, who: str, *, own: bool = True) -> None:
        """Share his own phone, or a friend's."""
        await self._acts(who, "contact", own=own)

    async def shares_location(self, who: str, lat: float, lon: float) -> None:
        """Share a place."""
        await self._acts(who, "location", lat=lat, lon=lon)

    async def starts(self, who: str, source: str) -> None:
        """Come by a deep link that carries `source`."""
        await self._acts(who, "start", payload=source)

    async def blocks(self, who: str) -> None:
        """Shut the door to us."""
        await self._acts(who, "block")

    async def unblocks(self, who: str) -> None:
        """Open it again."""
        await self._acts(who, "unblock")

    async def shown(self, who: str) -> list[Shown]:
        """Return our messages as the person sees them, oldest first."""
        return [_shown(each) for each in await self._sim("GET", f"/chats/{who}/shown")]

    # The service

    async def again(self) -> None:
        """Let the service tell its last update once more."""
        await self._sim("POST", "/again")

    async def fault(self, kind: FaultKind, *, times: int = 1) -> None:
        """Let the next sendings go wrong."""
        await self._sim("POST", "/faults", {"kind": kind, "path": self.send_path, "times": times})

    async def heal(self) -> None:
        """Take all faults back."""
        await self._sim("DELETE", "/faults")

    # Inside

    async def _acts(self, who: str, act: str, **told: Any) -> str:
        answer = await self._sim("POST", f"/chats/{who}/{act}", told)
        return str(answer.get("message_id", "")) if isinstance(answer, dict) else ""

    async def _sim(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        async with httpx.AsyncClient(base_url=self.url, verify=trust()) as client:
            answer = await client.request(method, f"/_sim{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def _take(self, knock: Knock) -> Thanks | None:
        arrivals = self.channel.hear(knock)
        if self._dies(arrivals):
            self._spare.append(self.channel)
            self.channel = self.make()
            return None
        self._write(arrivals)
        return self.channel.thanks(knock)

    def _listen(self) -> None:
        if self.mode is Mode.POLL:
            self._loop = asyncio.create_task(self._poll(), name="poll")
            self._loop.add_done_callback(lambda _: self._rang.set())

    async def _poll(self) -> None:
        while True:
            try:
                batch: Batch = await self.channel.listen(self.mark)
            except Outage:
                await asyncio.sleep(NAP_S)
                continue
            if self._dies(batch.arrivals):
                self._spare.append(self.channel)
                self.channel = self.make()
                continue
            self._write(batch.arrivals)
            self.mark = batch.mark
            if not batch.arrivals:
                await asyncio.sleep(0)

    def _dies(self, arrivals: Sequence[Arrival]) -> bool:
        if not self._deaths or not arrivals:
            return False
        self._deaths -= 1
        self.lost.extend(arrivals)
        return True

    def _write(self, arrivals: Sequence[Arrival]) -> None:
        self.deliveries.extend(each for each in arrivals if isinstance(each, Delivery))
        self.written.extend(each for each in arrivals if not isinstance(each, Delivery))
        self._rang.set()

    async def _until(self, has_come: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not has_come():
                    if self._loop is not None and self._loop.done():
                        self._loop.result()  # what listening died of
                    self._rang.clear()
                    await self._rang.wait()
        except TimeoutError:
            rest = self.written[self._taken :]
            raise AssertionError(f"it has not come; came: {rest}, {self.deliveries}") from None

    async def _stop(self) -> None:
        while self._loop is not None and not self._loop.done():  # 3.11's wait_for may swallow a cancellation
            self._loop.cancel()
            await asyncio.wait([self._loop], timeout=NAP_S)
        self._loop = None


def _shown(told: dict[str, Any]) -> Shown:
    return Shown(
        id=str(told["id"]),
        text=told["text"],
        buttons=tuple(
            ShownButton(
                label=each["label"],
                choice=each.get("choice") or "",
                url=each.get("url") or "",
                asks=each.get("asks") or "",
            )
            for each in told.get("buttons", ())
        ),
        files=tuple(
            ShownFile(each["name"], each.get("type") or "", each["bytes"]) for each in told.get("files", ())
        ),
    )
