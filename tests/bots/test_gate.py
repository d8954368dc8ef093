"""The gate: each door's own pace, the urgent first, a broken door left alone."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.gate import FAILURES_MAX, FLIGHT_MAX, PAUSE, PAUSE_MAX, Gate, Gates
from core.kernel.refusal import Outage
from core.messages import Limits
from storage.tables import Priority
from tests.fakes.clock import MORNING, FakeClock

LIMITS = Limits(per_second=10.0, burst=5, chat_interval_s=1.0, chat_burst=2)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Lend a clock that moves by as much as anybody sleeps."""
    lent = FakeClock()
    sleep = asyncio.sleep

    async def slept(seconds: float) -> None:
        for _ in range(3):  # whoever was let in goes first
            await sleep(0)
        lent.advance(seconds=seconds)

    monkeypatch.setattr("bots.gate.asyncio.sleep", slept)
    return lent


async def passed(gate: Gate, clock: FakeClock, *chats: str, priority: int = 0) -> list[tuple[str, float]]:
    """Let everybody enter at once; return who went through when, in seconds."""
    through: list[tuple[str, float]] = []

    async def one(chat: str) -> None:
        await gate.enter(chat, priority=priority)
        through.append((chat, (clock.now() - MORNING).total_seconds()))
        gate.leave()

    await asyncio.gather(*map(one, chats))
    return through


async def test_a_door_takes_a_burst_and_then_its_pace(clock: FakeClock) -> None:
    gate = Gate(LIMITS, clock=clock)

    through = await passed(gate, clock, *(f"chat {n}" for n in range(25)))

    assert [chat for chat, _ in through] == [f"chat {n}" for n in range(25)]
    assert [at for _, at in through[:5]] == [0] * 5
    assert through[-1][1] == pytest.approx(2.0)  # twenty more at ten a second


async def test_a_chat_has_its_own_pace_and_holds_up_nobody_else(clock: FakeClock) -> None:
    gate = Gate(LIMITS, clock=clock)

    through = await passed(gate, clock, "a", "a", "a", "a", "b")

    assert [at for chat, at in through if chat == "a"] == pytest.approx([0, 0, 1, 2])
    assert [at for chat, at in through if chat == "b"] == [0]


async def test_answers_go_before_offers_and_news(clock: FakeClock) -> None:
    gate = Gate(replace(LIMITS, burst=1), clock=clock)
    order: list[Priority] = []

    async def one(number: int, priority: Priority) -> None:
        await gate.enter(f"chat {number}", priority=priority)
        order.append(priority)
        gate.leave()

    wished = [Priority.DIGEST, Priority.NEWS, Priority.OFFER, Priority.ANSWER, Priority.NEWS, Priority.ANSWER]
    await asyncio.gather(*(one(n, priority) for n, priority in enumerate(wished)))

    assert order == sorted(wished)


async def test_who_gives_up_waiting_takes_no_turn(clock: FakeClock) -> None:
    gate = Gate(replace(LIMITS, burst=1), clock=clock)
    waiting = [asyncio.create_task(gate.enter(f"chat {n}", priority=0)) for n in range(3)]
    waiting[0].cancel()

    await asyncio.gather(*waiting, return_exceptions=True)

    assert waiting[0].cancelled()
    assert clock.now() - MORNING == timedelta(seconds=0.1)  # one turn apart, not two


async def test_a_door_that_fails_is_left_alone_and_then_tried_with_one(clock: FakeClock) -> None:
    gate = Gate(LIMITS, clock=clock)
    for _ in range(FAILURES_MAX):
        assert not gate.is_shut(clock.now())
        gate.failed()
    assert gate.is_shut(clock.now())
    assert gate.broken_since == clock.now()

    clock.advance(seconds=3)
    assert not gate.is_shut(clock.now())
    await gate.enter("a", priority=0)
    assert gate.is_shut(clock.now())  # one is on its way to try it

    gate.leave()
    gate.succeeded()
    assert not gate.is_shut(clock.now())
    assert gate.broken_since is None


async def test_the_pause_of_a_broken_door_grows_and_ends(clock: FakeClock) -> None:
    gate = Gate(LIMITS, clock=clock)
    for _ in range(200):
        gate.failed()
        clock.advance(seconds=PAUSE_MAX.total_seconds() - 1)

    assert not gate.is_shut(clock.now() + PAUSE_MAX)
    assert gate.is_shut(clock.now())


async def test_all_that_was_on_its_way_when_a_door_broke_counts_once(clock: FakeClock) -> None:
    gate = Gate(LIMITS, clock=clock)
    for _ in range(FLIGHT_MAX):
        gate.failed()

    assert gate.is_shut(clock.now())
    assert not gate.is_shut(clock.now() + PAUSE)  # else a moment's outage would cost a minute


async def test_asked_for_patience_only_the_chat_waits_until_another_is_asked_too(clock: FakeClock) -> None:
    gate = Gate(LIMITS, clock=clock)
    gate.slow_down("a", 7.0)
    assert not gate.is_shut(clock.now())
    through = await passed(gate, clock, "a", "b")
    assert through == [("b", 0.0), ("a", 7.0)]

    gate.slow_down("b", 5.0)
    assert gate.is_shut(clock.now())
    assert not gate.is_shut(clock.now() + timedelta(seconds=5))


async def test_a_slow_door_takes_only_its_share_out_of_the_outbox(clock: FakeClock) -> None:
    slow = Gate(replace(LIMITS, per_second=1.0, burst=1), clock=clock)
    quick = Gate(replace(LIMITS, per_second=1_000.0, burst=1_000), clock=clock)
    both = Gates({"slow-client": slow, "slow-master": slow, "quick-client": quick})
    for _ in range(2):
        await slow.enter("chat", priority=0)
    assert set(both.shut(clock.now())) == {"slow-client", "slow-master"}

    for n in range(FLIGHT_MAX):
        await quick.enter(f"chat {n}", priority=0)
    assert "quick-client" in both.shut(clock.now())


async def test_who_comes_while_another_chat_waits_does_not_wait_with_it() -> None:
    gate = Gate(replace(LIMITS, chat_interval_s=30.0, chat_burst=1), clock=FakeClock())
    await gate.enter("a", priority=0)
    waiting = asyncio.create_task(gate.enter("a", priority=0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    async with asyncio.timeout(5):
        await gate.enter("b", priority=0)
    assert not waiting.done()  # its own chat is not ready yet

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_two_chats_that_were_asked_for_patience_at_other_times_shut_nothing(clock: FakeClock) -> None:
    gate = Gate(LIMITS, clock=clock)
    gate.slow_down("a", 7.0)
    clock.advance(minutes=5)
    gate.slow_down("b", 7.0)

    assert not gate.is_shut(clock.now())


async def test_a_gate_tells_how_long_a_chat_would_wait(clock: FakeClock) -> None:
    gate = Gate(LIMITS, clock=clock)
    gate.slow_down("a", 50.0)

    assert gate.wait_s("a") == 50.0
    assert gate.wait_s("b") == 0.0


async def test_what_is_taken_out_at_once_is_shared_among_doors(clock: FakeClock) -> None:
    quick = replace(LIMITS, per_second=1_000.0, burst=1_000)
    slow, broken = Gate(replace(LIMITS, per_second=1.0), clock=clock), Gate(quick, clock=clock)
    both = Gates(
        {"slow-client": slow, "slow-master": slow, "broken": broken, "well": Gate(quick, clock=clock)}
    )
    for _ in range(FAILURES_MAX):
        broken.failed()
    clock.advance(seconds=3)
    share = both.share(clock.now())

    assert [share.takes("slow-client"), share.takes("slow-master"), share.takes("slow-client")] == [
        True,
        True,
        False,
    ]
    assert [share.takes("broken") for _ in range(3)] == [True, False, False]
    assert sum(share.takes("well") for _ in range(2 * FLIGHT_MAX)) == FLIGHT_MAX
    assert share.takes("closed")
    assert share.takes(None)


async def test_who_waits_when_the_gate_closes_is_sent_away_unsaid(clock: FakeClock) -> None:
    gate = Gate(replace(LIMITS, chat_interval_s=30.0, chat_burst=1), clock=FakeClock())
    await gate.enter("a", priority=0)
    waiting = asyncio.create_task(gate.enter("a", priority=0))
    await asyncio.sleep(0)

    gate.close()

    with pytest.raises(Outage):
        await waiting
    with pytest.raises(Outage):
        await gate.enter("b", priority=0)


async def test_a_busy_door_takes_several_at_once_or_none(clock: FakeClock) -> None:
    gate = Gate(replace(LIMITS, per_second=1_000.0, burst=1_000), clock=clock)
    for n in range(FLIGHT_MAX - FLIGHT_MAX // 3 + 1):
        assert gate.room(clock.now()) == FLIGHT_MAX - n
        await gate.enter(f"chat {n}", priority=0)
    assert gate.is_shut(clock.now())

    gate.leave()
    assert gate.room(clock.now()) == FLIGHT_MAX // 3
