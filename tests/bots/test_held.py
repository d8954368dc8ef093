"""The desk: what is said reaches whoever holds the line, or goes on without him."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import select

from bots.held import Desk
from core.flows.tx import HELD_FOR, Letter, Tx
from storage.engine import readers
from storage.tables import EffectRow, EffectStatus, TalkRow, UtteranceRow
from tests.fakes.clock import FakeClock
from tests.fakes.mail import Spine, running


def a_talk(id: str, tx: Tx, *, channel: str = "web", person_id: str | None = None) -> TalkRow:
    return TalkRow(
        id=id,
        kind="client_request",
        role="client",
        market="home_services",
        lang="ru",
        channel=channel,
        chat_id=f"chat of {id}",
        status="active",
        step="fault",
        known={},
        person_id=person_id,
        heard_at=tx.now,
        created_at=tx.now,
    )


async def say(spine: Spine, *names: str, talk_id: str = "t") -> None:
    async def step(turn: Sequence[Letter], tx: Tx) -> None:
        talk = await tx.get(TalkRow, talk_id)
        if talk is None:
            talk = a_talk(talk_id, tx)
            tx.add(talk)
        for name in turn[0].payload["names"]:
            tx.say(talk, name, choices={"accept": "accept:1:1"})

    spine.handler.steps["say"] = step
    await spine.put(f"{talk_id}:{names}", lane=f"chat:{talk_id}", do="say", names=list(names))
    await spine.drain()


async def statuses(spine: Spine) -> list[str]:
    async with readers(spine.engine)() as session:
        return list(await session.scalars(select(EffectRow.status).order_by(EffectRow.seq)))


async def test_who_holds_the_line_hears_it_once_and_in_order(spine: Spine, clock: FakeClock) -> None:
    desk = Desk(spine.engine, clock=clock, bell=spine.bell)
    with desk.hold(["chat:t"]) as line, desk.hold(["chat:other"]) as other:
        await say(spine, "one", "two")
        await desk.tick()
        await desk.tick()
        heard = [await line.next(), await line.next()]
        await desk.deliver(heard)

        assert [effect.payload["name"] for effect in heard] == ["one", "two"]
        assert heard[0].payload["buttons"] == [{"label": "Accept", "choice": "accept:1:1"}]
        assert line._said.empty()
        assert other._said.empty()
    assert await statuses(spine) == [EffectStatus.DONE] * 2


async def test_a_running_desk_hands_out_what_is_said(spine: Spine, clock: FakeClock) -> None:
    desk = Desk(spine.engine, clock=clock, bell=spine.bell)
    with desk.hold(["chat:t"]) as line:
        async with running(desk.run()):
            await say(spine, "one")
            async with asyncio.timeout(5):
                effect = await line.next()

    assert effect.payload["name"] == "one"


async def test_what_a_page_has_fetched_is_taken(spine: Spine, clock: FakeClock) -> None:
    desk = Desk(spine.engine, clock=clock, bell=spine.bell)
    await say(spine, "one", "two", "three")
    async with readers(spine.engine)() as session:
        seqs = list(await session.scalars(select(UtteranceRow.seq).order_by(UtteranceRow.seq)))
    await desk.taken("t", upto=seqs[1])
    assert desk._taker is not None
    await desk._taker

    assert await statuses(spine) == [EffectStatus.DONE, EffectStatus.DONE, EffectStatus.HELD]


async def test_what_is_not_taken_in_time_goes_to_the_next_channel(spine: Spine, clock: FakeClock) -> None:
    def meet(turn: Sequence[Letter], tx: Tx) -> None:
        tx.add(a_talk("t", tx, person_id="p"))
        tx.add(a_talk("earlier", tx, channel="telegram", person_id="p"))

    spine.handler.steps["meet"] = meet
    await spine.put("meet", do="meet")
    await spine.drain()
    desk = Desk(spine.engine, clock=clock, bell=spine.bell, doors=["telegram-client"])
    await say(spine, "one")
    assert await desk.lapse() == 0

    clock.advance(seconds=HELD_FOR.total_seconds())
    assert await desk.lapse() == 1

    assert await statuses(spine) == [EffectStatus.WAITING]
    async with readers(spine.engine)() as session:
        effect = (await session.scalars(select(EffectRow))).one()
    assert (effect.payload["channel"], effect.payload["chat_id"]) == ("telegram", "chat of earlier")


async def test_without_another_channel_it_waits_to_be_found(spine: Spine, clock: FakeClock) -> None:
    desk = Desk(spine.engine, clock=clock, bell=spine.bell)
    await say(spine, "one")
    clock.advance(seconds=HELD_FOR.total_seconds())
    assert await desk.lapse() == 1
    assert await desk.lapse() == 0
    assert await statuses(spine) == [EffectStatus.UNTAKEN]

    with desk.hold(["chat:t"]) as line:
        await desk.tick()
        found = await line.next()
        await desk.deliver([found])
    assert await statuses(spine) == [EffectStatus.DONE]


async def test_a_watch_sees_the_events_of_its_people_once(spine: Spine, clock: FakeClock) -> None:
    def note(turn: Sequence[Letter], tx: Tx) -> None:
        tx.record("job", "1", "opened", actor="naryad", parties=turn[0].payload["parties"])

    spine.handler.steps["note"] = note
    desk = Desk(spine.engine, clock=clock, bell=spine.bell)
    await desk.tick()
    with desk.watch(["m1"]) as mine, desk.watch() as every:
        await spine.put("a", do="note", parties=["m1", "t1"])
        await spine.put("b", do="note", parties=["m2"])
        await spine.drain()
        await desk.tick()
        await desk.tick()

        event = await mine.next(1)
        assert event is not None
        assert event.parties == ("m1", "t1")
        assert await mine.next(0.01) is None
        assert len([await every.next(1) for _ in range(4)]) == 4
        assert await every.next(0.01) is None
        assert [each.seq for each in await desk.since(event.seq - 1, ["m1"])] == [event.seq]
