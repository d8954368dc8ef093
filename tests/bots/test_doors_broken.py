"""Doors that hang, answer nonsense, stop halfway, or bring what nobody can take: nothing lost or doubled."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import select

from bots import courier as couriers, saying
from bots.courier import FETCHING_MAX, SAYING_MAX, Courier, Performer
from bots.gate import FLIGHT_MAX, Gate, Gates
from bots.saying import ID_MAX, Saying
from core.flows.tx import Letter, Tx
from core.kernel.refusal import WAIT_S_MAX, Outage
from core.messages import Address, Limits, Reply, Said
from storage import outbox
from storage.engine import readers
from storage.outbox import Effect
from storage.tables import EffectRow, EffectStatus, MessageRow
from tests.bots.test_held import a_talk
from tests.fakes.clock import FakeClock
from tests.fakes.mail import Spine, running

QUICK = Limits(text=10, per_second=1_000.0, burst=1_000, chat_interval_s=0.0, chat_burst=1_000)


@dataclass
class Mute:
    """A channel that does what the test says with each message."""

    limits: Limits = QUICK
    name: str = "mute"
    told: list[tuple[str, str]] = field(default_factory=list)  # chat, text
    does: Callable[[int], Exception | None] = lambda number: None
    hangs: Callable[[int], bool] = lambda number: False
    begun: int = 0

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:
        self.begun += 1
        number = self.begun
        if self.hangs(number):
            await asyncio.Event().wait()
        if failure := self.does(number):
            raise failure
        self.told.append((to.chat_id, reply.text))
        return f"m{number}"


class Words:
    """Says one text, whatever is asked."""

    def __init__(self, text: str) -> None:
        self._text = text

    def render(self, *_: object, **__: object) -> Said:
        return Said(text=self._text, spoken=self._text, labels={})


class NoBlobs:
    """There are no files."""

    async def get(self, key: str) -> bytes | None:
        return None


@dataclass
class Street:
    """A courier before some doors."""

    spine: Spine
    channels: Mapping[str, Mute]

    def __post_init__(self) -> None:
        self.gates = Gates(
            {door: Gate(each.limits, clock=self.spine.clock) for door, each in self.channels.items()}
        )
        self.courier = self.another(
            {"say": Saying(self.channels, self.gates, NoBlobs(), clock=self.spine.clock)}  # type: ignore[arg-type]
        )

    def another(self, performers: Mapping[str, Performer]) -> Courier:
        spine = self.spine
        return Courier(
            spine.engine,
            performers,
            clock=spine.clock,
            chance=spine.chance,
            bell=spine.bell,
            gates=self.gates,
        )

    async def say(self, text: str, *, talk: str = "t", channel: str = "mute", **parts: Any) -> None:
        def step(turn: Sequence[Letter], tx: Tx) -> None:
            tx.group.catalogue = Words(text)
            tx.say(a_talk(talk, tx, channel=channel), "talk-x", **parts)

        self.spine.handler.steps["say"] = step
        await self.spine.put(f"say:{talk}:{channel}:{text}", lane=f"chat:{talk}", do="say")
        await self.spine.drain()

    async def rows(self) -> list[EffectRow]:
        async with readers(self.spine.engine)() as session:
            return list(await session.scalars(select(EffectRow).order_by(EffectRow.seq)))

    async def statuses(self) -> list[str]:
        return [row.status for row in await self.rows()]


def street(spine: Spine, **channels: Mute) -> Street:
    return Street(spine, {name.replace("_", "-"): channel for name, channel in channels.items()})


LONG = "one two three four five six seven"


async def test_a_reply_whose_second_message_was_refused_goes_on_with_it(
    spine: Spine, clock: FakeClock
) -> None:
    mute = Mute(does=lambda number: Outage() if number == 2 else None)
    there = street(spine, mute_client=mute)
    await there.say(LONG)
    await there.courier.tick()
    assert [row.sent for row in await there.rows()] == [["m1"]]

    clock.advance(seconds=5)
    await there.courier.tick()

    texts = [text for _, text in mute.told]
    assert len(texts) == len(set(texts)) > 1
    assert await there.statuses() == [EffectStatus.DONE]


async def test_what_a_person_has_heard_a_half_of_is_not_withdrawn(spine: Spine, clock: FakeClock) -> None:
    mute = Mute(does=lambda number: Outage() if number == 2 else None)
    there = street(spine, mute_client=mute)
    await there.say(LONG)
    await there.courier.tick()

    async with spine.engine.begin() as connection:
        assert await outbox.withdraw(connection, {"chat:t"}, now=clock.now()) == 0


async def test_a_channel_that_hangs_is_unknown_and_keeps_what_went_out(
    spine: Spine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saying, "ANSWER_S", 0.05)
    mute = Mute(hangs=lambda number: number == 2)
    there = street(spine, mute_client=mute)
    await there.say(LONG)
    await there.courier.tick()

    (row,) = await there.rows()
    assert (row.status, row.sent) == (EffectStatus.UNKNOWN, ["m1"])
    assert there.gates["mute-client"]._failures == 1


async def test_a_long_reply_at_a_slow_door_is_said_to_its_end(
    spine: Spine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saying, "BEGIN_S", -1.0)  # every message takes so long that the next begins anew
    mute = Mute()
    there = street(spine, mute_client=mute)
    await there.say(" ".join(["a long reply"] * 12))
    for _ in range(40):
        await there.courier.tick()
        clock.advance(seconds=1)

    assert await there.statuses() == [EffectStatus.DONE]
    assert len(mute.told) == mute.begun > couriers.ATTEMPTS_MAX


async def test_a_chat_that_was_told_to_wait_takes_no_room_at_its_door(spine: Spine, clock: FakeClock) -> None:
    mute = Mute()
    there = street(spine, mute_client=mute)
    there.gates["mute-client"].slow_down("chat of t", 600.0)
    await there.say("hello")
    await there.courier.tick()

    (row,) = await there.rows()
    assert (row.status, row.attempts) == (EffectStatus.WAITING, 0)
    assert (row.due - clock.now()).total_seconds() == pytest.approx(600)


@pytest.mark.parametrize("wait_s", [0.0, -5.0, 1e300, float("inf"), float("nan")])
async def test_nonsense_for_a_time_to_wait_is_bounded(spine: Spine, clock: FakeClock, wait_s: float) -> None:
    there = street(spine, mute_client=Mute(does=lambda number: Outage(wait_s=wait_s)))
    await there.say("hello")
    await there.courier.tick()

    (row,) = await there.rows()
    assert row.status == EffectStatus.WAITING
    assert 0 < (row.due - clock.now()).total_seconds() <= WAIT_S_MAX


@pytest.mark.parametrize("id", ["m" * 5_000, "m\0\ud800"])
async def test_a_service_may_call_its_messages_what_it_likes(spine: Spine, id: str) -> None:
    class Odd(Mute):
        async def send(self, to: Address, reply: Reply, *, key: str) -> str:
            return id

    there = street(spine, mute_client=Odd())
    await there.say("hello")
    await there.say("hello", talk="u")
    await there.courier.tick()
    async with readers(spine.engine)() as session:
        kept = await session.scalar(select(MessageRow.message_id))

    assert kept is not None
    assert len(kept) <= ID_MAX
    assert await there.statuses() == [EffectStatus.DONE] * 2


async def test_no_door_takes_all_the_room_of_the_others(
    spine: Spine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "LEAVE_S", 0.01)
    stuck, well = Mute(hangs=lambda number: True), Mute()
    there = street(spine, stuck_client=stuck, well_client=well)
    for number in range(SAYING_MAX):
        await there.say("hello", talk=f"s{number}", channel="stuck")
    await there.say("hello", talk="w", channel="well")
    async with running(there.courier.run()):
        async with asyncio.timeout(5):
            while not well.told:
                await asyncio.sleep(0.01)
        assert stuck.begun <= FLIGHT_MAX


async def test_a_broken_door_is_tried_with_one_message(spine: Spine, clock: FakeClock) -> None:
    broken = Mute(does=lambda number: Outage())
    there = street(spine, mute_client=broken)
    for number in range(10):
        await there.say("hello", talk=f"t{number}")
    for _ in range(3):
        there.gates["mute-client"].failed()
    clock.advance(seconds=5)
    await there.courier.tick()

    assert broken.begun == 1


async def test_files_that_do_not_come_hold_up_nothing_else(
    spine: Spine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "LEAVE_S", 0.01)
    charged: list[str] = []

    class Fetch:
        is_repeatable = True
        begun = 0

        async def perform(self, effect: Effect) -> None:
            self.begun += 1
            await asyncio.Event().wait()

    class Charge:
        is_repeatable = True

        async def perform(self, effect: Effect) -> None:
            charged.append(effect.id)

    fetch = Fetch()
    courier = street(spine).another({"fetch": fetch, "charge": Charge()})

    def step(turn: Sequence[Letter], tx: Tx) -> None:
        for number in range(40):
            tx.effect("fetch", lane=f"fetch:{number}", payload={})
        tx.effect("charge", lane="payment:1", payload={})

    spine.handler.steps["want"] = step
    await spine.put("want", do="want")
    await spine.drain()
    async with running(courier.run()):
        async with asyncio.timeout(5):
            while not charged:
                await asyncio.sleep(0.01)
    assert fetch.begun <= FETCHING_MAX


async def test_what_is_on_its_way_when_the_program_ends_is_written_down(spine: Spine) -> None:
    sending, taken = asyncio.Event(), asyncio.Event()

    class Slow(Mute):
        async def send(self, to: Address, reply: Reply, *, key: str) -> str:
            sending.set()
            await taken.wait()
            return await super().send(to, reply, key=key)

    limits = replace(QUICK, per_second=0.01, burst=1)
    mute = Slow(limits=limits)
    there = street(spine, mute_client=mute)
    await there.say("first", talk="a")
    await there.say("second", talk="b")
    task = asyncio.create_task(there.courier.run())
    await asyncio.wait_for(sending.wait(), 5)
    task.cancel()
    await asyncio.sleep(0.05)
    taken.set()
    await asyncio.gather(task, return_exceptions=True)

    assert mute.told == [("chat of a", "first")]
    assert await there.statuses() == [EffectStatus.DONE, EffectStatus.WAITING]
