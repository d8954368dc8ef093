"""The intake: written before it is acknowledged, once per key, with an outcome to wait for."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from bots.intake import KEPT_FOR, Intake
from core.flows.tx import Letter, Tx
from core.kernel.refusal import KeyReused, UnknownThing
from core.ports import Chance
from storage.engine import readers
from storage.mail import Outcome
from storage.tables import LetterRow
from tests.fakes.clock import FakeClock
from tests.fakes.mail import Spine, running


async def keys(spine: Spine) -> list[str]:
    async with readers(spine.engine)() as session:
        return list(await session.scalars(select(LetterRow.key).order_by(LetterRow.seq)))


async def test_many_at_once_are_written_in_the_order_they_came(spine: Spine) -> None:
    receipts = await asyncio.gather(*(spine.put(f"{n:04}") for n in range(1_200)))

    assert len(set(receipts)) == 1_200
    assert await keys(spine) == [f"{n:04}" for n in range(1_200)]


async def test_the_same_key_is_one_letter(spine: Spine) -> None:
    put = {"lane": "chat:1", "key": "a", "kind": "probe", "payload": {"body_sha": "1"}}
    both = await asyncio.gather(spine.intake.put(**put), spine.intake.put(**put))  # type: ignore[arg-type]
    again = await spine.intake.put(**put)  # type: ignore[arg-type]

    assert [receipt.is_new for receipt in (*both, again)] == [True, False, False]
    assert len({receipt.id for receipt in (*both, again)}) == 1


async def test_another_body_under_the_same_key_is_refused(spine: Spine) -> None:
    await spine.put("a", body_sha="1")

    with pytest.raises(KeyReused):
        await spine.put("a", body_sha="2")


async def test_who_asks_gets_the_answer_of_the_handler(spine: Spine, clock: FakeClock) -> None:
    def answer(turn: Sequence[Letter], tx: Tx) -> None:
        tx.answer({"job_id": "7", "at": tx.now})

    spine.handler.steps = {"answer": answer}
    ask = {"lane": "chat:1", "key": "a", "kind": "probe", "payload": {"do": "answer"}}
    async with running(spine.pump.run()):
        first = await spine.intake.ask(**ask)  # type: ignore[arg-type]
        again = await spine.intake.ask(**ask)  # type: ignore[arg-type]

    assert first is not None
    assert first == again
    assert (first.status, first.facts) == ("ok", {"job_id": "7", "at": clock.now().isoformat()})


async def test_a_refusal_is_an_outcome_too(spine: Spine) -> None:
    def refuse(turn: Sequence[Letter], tx: Tx) -> None:
        raise UnknownThing(thing="job")

    spine.handler.steps = {"refuse": refuse}
    async with running(spine.pump.run()):
        outcome = await spine.intake.ask(lane="chat:1", key="a", kind="probe", payload={"do": "refuse"})

    assert outcome is not None
    assert outcome.status == "refusal"
    assert outcome.facts["name"] == "UnknownThing"


async def test_what_takes_too_long_is_pending_and_can_be_asked_again(spine: Spine) -> None:
    ask = {"lane": "chat:1", "key": "a", "kind": "probe", "payload": {}}
    assert await spine.intake.ask(**ask, wait=0.01) is None  # type: ignore[arg-type]

    waiting = asyncio.create_task(spine.intake.ask(**ask))  # type: ignore[arg-type]
    await asyncio.sleep(0.05)
    await spine.drain()

    outcome = await waiting
    assert isinstance(outcome, Outcome)
    assert outcome.status == "ok"
    assert spine.bell.expected() == []


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_the_outcome_of_another_process_is_found(
    spine: Spine, clock: FakeClock, chance: Chance
) -> None:
    elsewhere = Intake(spine.engine, clock=clock, chance=chance)  # its bell hears nothing of our pump
    waiting = asyncio.create_task(elsewhere.ask(lane="chat:1", key="a", kind="probe", payload={}))
    while not await spine.drain():
        await asyncio.sleep(0.01)

    assert await waiting is not None
    await elsewhere.settle()


async def test_a_letter_that_does_not_fit_spoils_nobody_elses(spine: Spine) -> None:
    results = await asyncio.gather(
        spine.put("a"), spine.put("bad", thing=object()), spine.put("b"), return_exceptions=True
    )

    assert isinstance(results[1], Exception)
    assert await keys(spine) == ["a", "b"]


async def test_binary_in_a_text_is_kept_as_text(spine: Spine) -> None:
    await spine.put("a", text="до\0после \ud800", more=["\0"])
    await spine.drain()

    assert spine.handler.seen == [("a",)]


async def test_old_handled_letters_are_purged_but_notices_and_timers_stay(
    spine: Spine, clock: FakeClock
) -> None:
    for n in range(600):
        await spine.put(f"{n}", lane=f"chat:{n % 50}")
    await spine.drain()
    await spine.intake.put(lane="payment:1", key="n", kind="payment-notice", payload={})
    await spine.put("timer", due=clock.now() + timedelta(days=30))
    await spine.drain()
    clock.advance(days=KEPT_FOR.days, seconds=1)
    await spine.put("new")
    await spine.drain()

    await spine.intake.purge()

    assert await keys(spine) == ["n", "timer", "new"]
