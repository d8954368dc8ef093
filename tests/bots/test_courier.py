"""The courier: in order, one of a lane at a time, never blindly twice."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from bots.courier import ATTEMPTS_MAX, CLAIMED_FOR, Courier
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Outage, Unanswered
from storage import outbox
from storage.engine import readers
from storage.mail import LetterDraft
from storage.outbox import Effect
from storage.tables import EffectRow, EffectStatus
from tests.fakes.clock import FakeClock
from tests.fakes.mail import Spine, running


@dataclass
class World:
    """Does what is asked and remembers it; `fails` says how it fails instead."""

    is_repeatable: bool = False
    done: list[str] = field(default_factory=list)
    fails: Callable[[Effect], Exception | None] = lambda effect: None
    tells: bool = False

    async def perform(self, effect: Effect) -> LetterDraft | None:
        await asyncio.sleep(0)
        if failure := self.fails(effect):
            raise failure
        self.done.append(effect.payload["what"])
        if self.tells:
            key = f"done:{effect.id}"
            return LetterDraft(lane=effect.lane, key=key, kind="probe", payload={"of": effect.id})
        return None


def a_courier(spine: Spine, world: World) -> Courier:
    return Courier(spine.engine, {"post": world}, clock=spine.clock, chance=spine.chance, bell=spine.bell)


async def want(spine: Spine, *whats: str, lane: str = "chat:1") -> None:
    def step(turn: Sequence[Letter], tx: Tx) -> None:
        for what in turn[0].payload["whats"]:
            tx.effect("post", lane=lane, payload={"what": what})

    spine.handler.steps["want"] = step
    await spine.put(f"want:{lane}:{whats}", do="want", whats=list(whats))
    await spine.drain()


async def statuses(spine: Spine) -> dict[str, str]:
    async with readers(spine.engine)() as session:
        rows = await session.scalars(select(EffectRow).order_by(EffectRow.seq))
        return {row.payload["what"]: row.status for row in rows}


async def test_effects_of_a_lane_are_performed_one_after_the_other(spine: Spine) -> None:
    world = World()
    courier = a_courier(spine, world)
    await want(spine, "a", "b", "c")
    await want(spine, "x", lane="chat:2")

    assert await courier.tick() == 2
    assert await courier.tick() == 1
    assert await courier.tick() == 1

    assert [what for what in world.done if what != "x"] == ["a", "b", "c"]
    assert set((await statuses(spine)).values()) == {EffectStatus.DONE}


async def test_the_result_comes_back_as_a_letter(spine: Spine) -> None:
    courier = a_courier(spine, World(tells=True))
    await want(spine, "a")
    await courier.tick()

    assert await spine.drain() == 1
    assert spine.handler.seen[-1][0].startswith("done:")


async def test_an_outage_is_tried_again_later_and_keeps_the_lane_in_order(
    spine: Spine, clock: FakeClock
) -> None:
    world = World(fails=lambda effect: Outage() if effect.attempts < 3 else None)
    courier = a_courier(spine, world)
    await want(spine, "a", "b")
    await courier.tick()
    await courier.tick()
    assert world.done == []

    for _ in range(10):
        clock.advance(seconds=5)
        await courier.tick()

    assert world.done == ["a", "b"]


async def test_after_too_many_outages_an_effect_is_given_up_loudly(
    spine: Spine, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(fails=lambda effect: Outage() if effect.payload["what"] == "a" else None)
    courier = a_courier(spine, world)
    await want(spine, "a", "b")
    for _ in range(ATTEMPTS_MAX + 1):
        await courier.tick()
        clock.advance(minutes=20)

    assert await statuses(spine) == {"a": EffectStatus.DEAD, "b": EffectStatus.DONE}
    assert "courier.dead" in caplog.text


@pytest.mark.parametrize(
    ("is_repeatable", "status"), [(False, EffectStatus.UNKNOWN), (True, EffectStatus.DONE)]
)
async def test_a_lost_answer_is_unknown_unless_asking_twice_does_no_harm(
    spine: Spine, clock: FakeClock, is_repeatable: bool, status: EffectStatus
) -> None:
    world = World(is_repeatable, fails=lambda effect: Unanswered() if effect.attempts == 1 else None)
    courier = a_courier(spine, world)
    await want(spine, "a")
    for _ in range(3):
        await courier.tick()
        clock.advance(seconds=10)

    assert await statuses(spine) == {"a": status}


@pytest.mark.parametrize(
    ("is_repeatable", "status"), [(False, EffectStatus.UNKNOWN), (True, EffectStatus.DONE)]
)
async def test_what_was_on_its_way_when_its_courier_died(
    spine: Spine, clock: FakeClock, is_repeatable: bool, status: EffectStatus
) -> None:
    await want(spine, "a", "b")
    async with spine.engine.begin() as connection:
        until = clock.now() + CLAIMED_FOR
        assert await outbox.claim(connection, ["post"], now=clock.now(), until=until, limit=9)
    courier = a_courier(spine, World(is_repeatable))
    assert await courier.tick() == 0  # the other may still live

    clock.advance(seconds=CLAIMED_FOR.total_seconds() + 1)
    for _ in range(3):
        await courier.tick()

    assert await statuses(spine) == {"a": status, "b": EffectStatus.DONE}


async def test_a_defect_is_given_up_and_can_be_replayed(spine: Spine, clock: FakeClock) -> None:
    is_broken = [True]
    courier = a_courier(spine, World(fails=lambda effect: ValueError() if is_broken[0] else None))
    await want(spine, "a")
    await courier.tick()
    assert await statuses(spine) == {"a": EffectStatus.DEAD}

    is_broken[0] = False
    async with spine.engine.begin() as connection:
        ids = [effect.id for effect in await outbox.dead(connection)]
        assert await outbox.replay(connection, ids, now=clock.now()) == 1
    await courier.tick()

    assert await statuses(spine) == {"a": EffectStatus.DONE}


async def test_kinds_that_nobody_here_performs_are_left_for_others(spine: Spine) -> None:
    await want(spine, "a")
    courier = Courier(spine.engine, {"other": World()}, clock=spine.clock, chance=spine.chance)

    assert await courier.tick() == 0
    assert await statuses(spine) == {"a": EffectStatus.WAITING}


async def test_a_running_courier_performs_what_comes(spine: Spine) -> None:
    world = World()
    async with running(a_courier(spine, world).run()):
        await want(spine, *(str(n) for n in range(20)))
        async with asyncio.timeout(10):
            while len(world.done) < 20:
                await asyncio.sleep(0.01)

    assert world.done == [str(n) for n in range(20)]


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_two_couriers_never_perform_the_same_effect(spine: Spine) -> None:
    world = World()
    couriers = [a_courier(spine, world) for _ in range(2)]
    for lane in range(20):
        await want(spine, *(f"{lane}:{n}" for n in range(5)), lane=f"chat:{lane}")
    async with asyncio.timeout(20):
        while len(world.done) < 100:
            await asyncio.gather(*(courier.tick() for courier in couriers))

    assert len(set(world.done)) == len(world.done) == 100
    for lane in range(20):
        assert [what for what in world.done if what.startswith(f"{lane}:")] == [
            f"{lane}:{n}" for n in range(5)
        ]


async def test_where_one_process_serves_a_new_one_does_not_wait_for_the_claims_of_the_dead(
    spine: Spine, clock: FakeClock
) -> None:
    await want(spine, "a", "b")
    async with spine.engine.begin() as connection:
        await outbox.claim(connection, ["post"], now=clock.now(), until=clock.now() + CLAIMED_FOR, limit=9)
    clock.advance(seconds=2)  # the process died, and another was started
    courier = a_courier(spine, World())
    await courier.tick()

    alone = spine.engine.dialect.name == "sqlite"
    expected = {"a": EffectStatus.UNKNOWN, "b": EffectStatus.DONE}
    others = {"a": EffectStatus.SENDING, "b": EffectStatus.WAITING}
    assert await statuses(spine) == (expected if alone else others)
