"""What is to be said: committed to the outbox, watched as it goes out, compared with what was shown."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import func, insert, select

from bots.app import Naryad, Part, assemble, settle_memory
from bots.channels import open_doors
from bots.clock import SystemClock
from bots.courier import SAY
from bots.doors import Doors
from bots.settings import settings
from core.kernel.refusal import Outage, Unanswered
from core.messages import Address, Limits, Reply
from core.ports import Channel
from scripts.bench.grounds import Place
from storage.outbox import EFFECTS
from storage.tables import EffectStatus, Priority

LOOK_S = 0.05
UNSENT = (EffectStatus.WAITING, EffectStatus.SENDING)
Texts = Sequence[tuple[str, str]]  # (chat id, text)


def texts(chats: Sequence[str], count: int, phase: str) -> Texts:
    """Return so many texts, chat after chat; no two are alike."""
    return [(chats[n % len(chats)], f"{phase}: {n // len(chats) + 1}-е, {n}") for n in range(count)]


@dataclass(slots=True)
class Seen:
    """What people saw, beside what was committed.

    Attributes:
        lost: Not shown, and nobody said that this might be so.
        unknown: Effects of which nobody knows; `unknown_shown` of them were shown.
        disordered: Shown after something that was committed later.
    """

    shown: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    unknown: int = 0
    unknown_shown: int = 0

    def compare(self, said: Sequence[str], shown: Sequence[str], *, states: Mapping[str, str]) -> None:
        """Compare one chat."""
        places = {text: place for place, text in enumerate(said)}
        came = [text for text in shown if text in places]
        counts = Counter(came)
        self.shown += len(counts)
        self.doubled += sum(count - 1 for count in counts.values())
        order = [places[text] for text in dict.fromkeys(came)]
        self.disordered += sum(after < before for before, after in pairwise(order))
        for text in said:
            is_unknown = states.get(text) == EffectStatus.UNKNOWN
            self.unknown += is_unknown
            self.unknown_shown += is_unknown and text in counts
            self.lost += text not in counts and not is_unknown


class Watched:
    """A channel that notes when each text was answered. All else is the channel's own."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.answered: dict[str, float] = {}
        self.failures: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the channel has
        return getattr(self._channel, name)

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:
        """Send, and note the time."""
        try:
            message_id = await self._channel.send(to, reply, key=key)
        except (Outage, Unanswered) as failure:
            is_asked = getattr(failure, "wait_s", None) is not None
            self.failures["asked to wait" if is_asked else type(failure).__name__] += 1
            raise
        self.answered[reply.text] = time.perf_counter()
        return message_id


class Sayer:
    """A program that has nothing to do but to say what is committed."""

    def __init__(self, naryad: Naryad, watched: Watched, *, door: str) -> None:
        self._naryad, self._watched, self._door = naryad, watched, door
        self._at: dict[str, float] = {}
        self._said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._numbers = 0

    @property
    def limits(self) -> Limits:
        """The channel's own."""
        limits: Limits = self._watched.limits
        return limits

    @property
    def committed(self) -> int:
        """How much there was to say."""
        return len(self._at)

    @property
    def failures(self) -> Counter[str]:
        """How often the channel could not, by how; cleared by whoever has told it."""
        return self._watched.failures

    def said(self, phase: str) -> Mapping[str, Sequence[str]]:
        """Return what was committed, by chat."""
        return self._said[phase]

    def took_s(self, phase: str) -> list[float]:
        """Return for each answered text how long it took from its commit."""
        answered = self._watched.answered
        return [answered[text] - at for text, at in self._at.items() if text in answered and phase in text]

    async def commit(self, wanted: Texts) -> None:
        """Let this be said, all of one commit."""
        now = self._naryad.clock.now()
        rows = [self._row(chat_id, text, now) for chat_id, text in wanted]
        async with self._naryad.engine.begin() as connection:
            await connection.execute(insert(EFFECTS), rows)
        at = time.perf_counter()
        for chat_id, text in wanted:
            self._at[text] = at
            self._said[text.partition(":")[0]][chat_id].append(text)
        self._naryad.bell.ring()

    async def commit_paced(self, wanted: Texts, *, per_second: float) -> None:
        """Let this be said one by one, so many a second."""
        begun = time.perf_counter()
        for number, each in enumerate(wanted):
            await asyncio.sleep(max(0.0, begun + number / per_second - time.perf_counter()))
            await self.commit([each])

    async def drained(self, within_s: float) -> None:
        """Return once nothing is left to say.

        Raises:
            TimeoutError: it takes longer than it may.
        """
        query = select(func.count()).where(EFFECTS.c.status.in_(UNSENT), EFFECTS.c.door == self._door)
        async with asyncio.timeout(within_s):
            while True:
                async with self._naryad.readers() as session:
                    if not await session.scalar(query):
                        return
                await asyncio.sleep(LOOK_S)

    async def states(self) -> Mapping[str, str]:
        """Return what became of each text."""
        async with self._naryad.readers() as session:
            query = select(EFFECTS.c.payload, EFFECTS.c.status).where(EFFECTS.c.door == self._door)
            rows = await session.execute(query)
            return {payload["text"]: status for payload, status in rows}

    async def alone(self, chats: Sequence[str], *, count: int, per_second: float) -> list[float]:
        """Send through the bare channel; returns how long each took."""
        took, begun = [], time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(0.0, begun + number / per_second - time.perf_counter()))
            at = time.perf_counter()
            await self._bare(chats[number % len(chats)], f"alone {number}")
            took.append(time.perf_counter() - at)
        return took

    async def noise(self, chat_id: str, *, per_second: float) -> None:
        """Use up the limit past our gate, as another program with our token would; until cancelled."""
        for number in range(1_000_000):
            with suppress(Outage, Unanswered):
                await self._bare(chat_id, f"noise {number}")
            await asyncio.sleep(2 / per_second)

    async def _bare(self, chat_id: str, text: str) -> None:
        channel = self._watched._channel  # noqa: SLF001 - past the watch: this is not ours to measure
        await channel.send(Address(channel.name, chat_id), Reply(text), key=text)

    def _row(self, chat_id: str, text: str, now: Any) -> dict[str, Any]:  # noqa: ANN401 - a moment
        self._numbers += 1
        id = f"{self._door}-{self._numbers}"
        said = {"channel": self._watched.name, "chat_id": chat_id, "text": text, "spoken": "", "buttons": []}
        return {
            "id": id,
            "lane": f"say:{chat_id}",
            "cause": id,
            "kind": SAY,
            "payload": said,
            "is_news": False,
            "door": self._door,
            "priority": Priority.ANSWER,
            "idem_key": id,
            "due": now,
            "status": EffectStatus.WAITING,
            "attempts": 0,
        }


@asynccontextmanager
async def running(place: Place, told: Mapping[str, Any]) -> AsyncIterator[Mapping[str, Sayer]]:
    """Run a courier over a place with the doors open that these settings lead to; lends a sayer for each."""
    chosen = settings(data_dir=place.settings.data_dir, database_url=place.settings.database_url, **told)
    opened = open_doors(chosen, clock=SystemClock())
    watched = {door.name: Watched(door.channel) for door in opened.open}
    naryad = assemble(place.settings, doors=Doors((), watched))
    await naryad.start((Part.COURIER,))
    settle_memory()
    try:
        yield {name: Sayer(naryad, channel, door=name) for name, channel in watched.items()}
    finally:
        await naryad.stop()
