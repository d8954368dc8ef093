"""What does not reach a person at one door goes by another of his: once, and never round in circles."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from bots.held import Desk
from core.flows.doors import DELIVERY, KINDS, STANDING, DoorHandler
from core.flows.tx import HELD_FOR, Letter, Tx
from core.kernel.refusal import Outage, Shut
from core.messages import Fate
from storage import elsewhere, outbox
from storage.engine import readers
from storage.tables import EffectRow, EffectStatus, MessageRow, PersonRow, TalkRow
from tests.bots.test_doors_broken import LONG, Mute, Street, Words, street
from tests.bots.test_held import a_talk
from tests.fakes.clock import FakeClock
from tests.fakes.mail import Spine

DOORS = ("one-client", "two-client", "sms-client", "email-client")


async def meet(spine: Spine, *channels: str, has_job: bool = False) -> None:
    """Let one person have a talk at each of these channels; the talk is called as its channel."""

    def step(turn: Sequence[Letter], tx: Tx) -> None:
        person = PersonRow(id="p", lang="ru", phone="+79110000001", email="a@example.org", created_at=tx.now)
        tx.add(person)
        for channel in channels:
            talk = a_talk(channel, tx, channel=channel, person_id="p")
            talk.job_id = "job" if has_job else None
            tx.add(talk)

    spine.pump._handlers = {**spine.pump._handlers, **dict.fromkeys(KINDS, DoorHandler(DOORS))}
    spine.handler.steps["meet"] = step
    await spine.put("meet", do="meet")
    await spine.drain()


async def say(spine: Spine, talk_id: str, text: str = "hello", *, news: bool = False) -> None:
    async def step(turn: Sequence[Letter], tx: Tx) -> None:
        talk = await tx.get(TalkRow, talk_id)
        assert talk is not None
        tx.group.catalogue = Words(text)
        tx.say(talk, "x", news=news)

    spine.handler.steps["say"] = step
    await spine.put(f"say:{talk_id}:{text}", lane=f"chat:{talk_id}", do="say")
    await spine.drain()


async def effects(spine: Spine) -> list[EffectRow]:
    async with readers(spine.engine)() as session:
        return list(await session.scalars(select(EffectRow).order_by(EffectRow.seq)))


async def shut_talks(spine: Spine) -> set[str]:
    async with readers(spine.engine)() as session:
        return set(await session.scalars(select(TalkRow.id).where(TalkRow.shut_at.is_not(None))))


async def run(there: Street, clock: FakeClock, times: int = 6) -> None:
    for _ in range(times):
        await there.courier.tick()
        await there.spine.drain()
        clock.advance(seconds=15)


async def failed(spine: Spine, door: str, message_id: str) -> None:
    payload = {"door": door, "message_id": message_id, "fate": Fate.FAILED.value, "reason": ""}
    lane = f"message:{door}:{message_id}"
    await spine.intake.put(lane=lane, key=f"failed:{lane}", kind=DELIVERY, payload=payload)
    await spine.drain()


async def test_who_shut_a_door_is_told_by_another(spine: Spine, clock: FakeClock) -> None:
    one, two = Mute(does=lambda number: Shut()), Mute()
    there = street(spine, one_client=one, two_client=two)
    await meet(spine, "one", "two")
    await say(spine, "one")
    await run(there, clock)

    assert [text for _, text in two.told] == ["hello"]
    assert await shut_talks(spine) == {"one"}
    assert [row.status for row in await effects(spine)] == [EffectStatus.DONE]


async def test_two_shut_doors_end_it_and_each_is_marked_for_itself(spine: Spine, clock: FakeClock) -> None:
    one, two = Mute(does=lambda number: Shut()), Mute(does=lambda number: Shut())
    there = street(spine, one_client=one, two_client=two)
    await meet(spine, "one", "two")
    await say(spine, "one")
    for _ in range(6):  # the letters about it are not handled yet
        await there.courier.tick()
    assert one.begun == two.begun == 1

    await run(there, clock)
    assert await shut_talks(spine) == {"one", "two"}
    assert [row.status for row in await effects(spine)] == [EffectStatus.UNTAKEN]


async def test_a_broken_door_stops_nothing_else_and_its_messages_go_by_another(
    spine: Spine, clock: FakeClock
) -> None:
    one, two = Mute(does=lambda number: Outage()), Mute()
    there = street(spine, one_client=one, two_client=two)
    await meet(spine, "one", "two")
    await say(spine, "one", "first")
    await say(spine, "two", "second")
    await run(there, clock, times=20)

    assert sorted(text for _, text in two.told) == ["first", "second"]


async def test_what_went_elsewhere_comes_home_when_that_door_breaks_too(
    spine: Spine, clock: FakeClock
) -> None:
    is_down = {"one": True, "two": True}
    one = Mute(does=lambda number: Outage() if is_down["one"] else None)
    two = Mute(does=lambda number: Outage() if is_down["two"] else None)
    there = street(spine, one_client=one, two_client=two)
    await meet(spine, "one", "two")
    await say(spine, "one")
    await run(there, clock, times=20)
    assert {row.door for row in await effects(spine)} == {"two-client"}

    is_down["one"] = False
    there.gates["one-client"].succeeded()
    await run(there, clock, times=20)

    assert [text for _, text in one.told] == ["hello"]


@pytest.mark.parametrize("status", [EffectStatus.SENDING, EffectStatus.DONE, EffectStatus.WITHDRAWN])
async def test_what_somebody_else_took_meanwhile_is_left_alone(
    spine: Spine, clock: FakeClock, status: EffectStatus
) -> None:
    await meet(spine, "one", "two")
    await say(spine, "one")
    async with spine.engine.begin() as connection:
        (effect,) = await outbox.waiting_at(connection, ["one-client"], now=clock.now())
        change = outbox.EFFECTS.update().values(status=status)
        await connection.execute(change)
        to = await elsewhere.other_address(connection, effect, doors=DOORS)
        was = (EffectStatus.WAITING,)
        assert not await elsewhere.redirect(connection, effect, to=to, now=clock.now(), was=was)


async def test_two_desks_send_what_lapsed_elsewhere_once(spine: Spine, clock: FakeClock) -> None:
    await meet(spine, "web", "one")
    await say(spine, "web")
    clock.advance(seconds=HELD_FOR.total_seconds())
    desk = Desk(spine.engine, clock=clock, bell=spine.bell, doors=DOORS)
    async with readers(spine.engine)() as session:
        late = await outbox.overdue(session, now=clock.now())
    await desk.lapse()
    one = Mute()
    await street(spine, one_client=one).courier.tick()

    async with spine.engine.begin() as connection:  # the other one had read it just before
        to = await elsewhere.other_address(connection, late[0], doors=DOORS)
        was = (EffectStatus.HELD,)
        assert not await elsewhere.redirect(connection, late[0], to=to, now=clock.now(), was=was)
    assert len(one.told) == 1


async def test_news_that_neither_sms_nor_mail_delivers_goes_round_no_more(
    spine: Spine, clock: FakeClock
) -> None:
    there = street(spine, one_client=Mute(), sms_client=Mute(), email_client=Mute())
    await meet(spine, "one", has_job=True)
    await say(spine, "one", news=True)
    for _ in range(8):
        await run(there, clock, times=1)
        for row in await effects(spine):
            for message_id in row.sent or ():
                await failed(spine, str(row.door), message_id)

    assert [row.door for row in await effects(spine)] == ["one-client", "sms-client", "email-client"]


async def test_a_reply_of_which_each_message_failed_is_said_elsewhere_once(
    spine: Spine, clock: FakeClock
) -> None:
    one, two = Mute(), Mute()
    there = street(spine, one_client=one, two_client=two)
    await meet(spine, "one", "two")
    await say(spine, "one", LONG)
    await run(there, clock)
    (row,) = await effects(spine)
    assert row.sent is not None
    assert len(row.sent) > 1
    for message_id in row.sent:
        await failed(spine, "one-client", message_id)

    assert [row.door for row in await effects(spine)] == ["one-client", "two-client"]


async def test_a_failure_told_before_we_wrote_down_what_we_sent_is_heard_in_the_end(
    spine: Spine, clock: FakeClock
) -> None:
    there = street(spine, one_client=Mute(), two_client=Mute())
    await meet(spine, "one", "two")
    await say(spine, "one")
    await failed(spine, "one-client", "m1")
    await there.courier.tick()
    clock.advance(seconds=60)
    await spine.drain()

    assert [row.door for row in await effects(spine)] == ["one-client", "two-client"]
    async with readers(spine.engine)() as session:
        assert await session.scalar(select(MessageRow.fate)) == Fate.FAILED


async def test_a_failure_of_what_is_not_ours_is_asked_for_twice_and_forgotten(
    spine: Spine, clock: FakeClock
) -> None:
    await meet(spine, "one")
    await failed(spine, "one-client", "sent by hand")
    for _ in range(3):
        clock.advance(seconds=60)
        await spine.drain()
    assert await spine.drain() == 0
    assert STANDING in KINDS
