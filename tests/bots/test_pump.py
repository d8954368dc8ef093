"""The pump: order, groups, refusals, defects, conflicts, bursts."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bots.pump import BREATH_MAX, QUIET
from core.flows.tx import Letter, Tx
from core.kernel.refusal import UnknownThing
from storage.engine import Engine, readers, sessions
from storage.tables import EffectRow, EffectStatus, EventRow, LetterRow, LetterStatus, PersonRow
from tests.fakes.clock import FakeClock
from tests.fakes.mail import Scripted, Spine, running


async def events(engine: Engine) -> list[tuple[str, str]]:
    async with readers(engine)() as session:
        rows = await session.scalars(select(EventRow).order_by(EventRow.seq))
        return [(row.action, row.facts["key"]) for row in rows]


async def letters(engine: Engine) -> dict[str, LetterRow]:
    async with readers(engine)() as session:
        return {row.key: row for row in await session.scalars(select(LetterRow))}


async def effects(engine: Engine) -> list[EffectRow]:
    async with readers(engine)() as session:
        return list(await session.scalars(select(EffectRow).order_by(EffectRow.seq)))


async def persons(engine: Engine) -> dict[str, PersonRow]:
    async with readers(engine)() as session:
        return {row.id: row for row in await session.scalars(select(PersonRow))}


def a_person(id: str, tx: Tx) -> PersonRow:
    return PersonRow(id=id, lang="ru", created_at=tx.now)


def refuse(turn: Sequence[Letter], tx: Tx) -> None:
    raise UnknownThing(thing="job")


def break_down(turn: Sequence[Letter], tx: Tx) -> None:
    raise KeyError("a handler's bug")


# --- Order -----------------------------------------------------------------------------------------------


async def test_letters_of_a_lane_are_handled_in_the_order_they_came(spine: Spine) -> None:
    for n in range(50):
        await spine.put(f"{n:02}", lane=f"chat:{n % 3}")

    assert await spine.drain() == 50

    for lane in range(3):
        keys = [key for _, key in await events(spine.engine) if int(key) % 3 == lane]
        assert keys == sorted(keys)
        assert len(keys) in (16, 17)


async def test_a_letter_is_handled_once(spine: Spine) -> None:
    await spine.put("a")
    await spine.put("a")
    await spine.drain()
    await spine.put("a")
    await spine.drain()

    assert await events(spine.engine) == [("seen", "a")]


async def test_one_long_lane_does_not_hold_up_the_others(spine: Spine) -> None:
    await asyncio.gather(*(spine.put(f"long:{n:03}", lane="chat:long") for n in range(300)))
    await spine.put("short", lane="chat:short")

    await spine.pump.tick()
    await spine.pump.tick()

    seen = [key for _, key in await events(spine.engine)]
    assert "short" in seen
    assert [key for key in seen if key != "short"] == sorted(key for key in seen if key != "short")


async def test_a_timer_waits_and_blocks_nobody(spine: Spine, clock: FakeClock) -> None:
    await spine.put("later", due=clock.now() + timedelta(minutes=15))
    await spine.put("now")
    await spine.drain()
    assert await events(spine.engine) == [("seen", "now")]

    clock.advance(minutes=15)
    await spine.drain()
    assert await events(spine.engine) == [("seen", "now"), ("seen", "later")]


async def test_when_a_timer_is_due_the_older_letter_goes_first(spine: Spine, clock: FakeClock) -> None:
    await spine.put("timer", due=clock.now() + timedelta(minutes=1))
    clock.advance(minutes=2)
    await spine.put("word")
    await spine.drain()

    assert spine.handler.seen == [("timer",), ("word",)]


# --- Timers of handlers ----------------------------------------------------------------------------------


def timer(key: str, minutes: int) -> object:
    def step(turn: Sequence[Letter], tx: Tx) -> None:
        when = tx.now + timedelta(minutes=minutes)
        tx.at(key=key, lane=turn[0].lane, when=when, kind="probe", payload={"n": minutes})

    return step


async def test_the_same_key_again_moves_a_timer(spine: Spine, clock: FakeClock) -> None:
    spine.handler.steps = {"early": timer("t", 5), "late": timer("t", 30)}  # type: ignore[dict-item]
    await spine.put("a", do="early")
    await spine.drain()
    await spine.put("b", do="late")
    await spine.drain()

    clock.advance(minutes=10)
    assert await spine.drain() == 0
    clock.advance(minutes=25)
    assert await spine.drain() == 1
    assert (await letters(spine.engine))["t"].payload == {"n": 30}


async def test_a_timer_that_rang_can_be_set_again_even_by_itself(spine: Spine, clock: FakeClock) -> None:
    def again(turn: Sequence[Letter], tx: Tx) -> None:
        tx.effect("probe", lane="x", payload={})
        when = tx.now + timedelta(minutes=5)
        tx.at(key="t", lane=turn[0].lane, when=when, kind="probe", payload={"do": "again"})

    spine.handler.steps = {"again": again}
    await spine.put("t", do="again")
    for _ in range(3):
        assert await spine.drain() == 1
        clock.advance(minutes=5)

    assert [key for _, key in await events(spine.engine)] == ["t", "t", "t"]
    assert len({effect.idem_key for effect in await effects(spine.engine)}) == 3


async def test_a_cancelled_timer_never_rings(spine: Spine, clock: FakeClock) -> None:
    spine.handler.steps = {
        "set": timer("t", 5),  # type: ignore[dict-item]
        "cancel": lambda turn, tx: tx.cancel("t"),
    }
    await spine.put("a", do="set")
    await spine.drain()
    await spine.put("b", do="cancel")
    await spine.drain()
    clock.advance(hours=1)

    assert await spine.drain() == 0
    assert (await letters(spine.engine))["t"].status == LetterStatus.CANCELLED

    await spine.put("c", do="set")
    await spine.drain()
    clock.advance(hours=1)
    assert await spine.drain() == 1


async def test_a_timer_due_in_the_same_group_is_cancelled_by_the_turn_before_it(spine: Spine) -> None:
    spine.handler.steps = {"cancel": lambda turn, tx: tx.cancel("t")}
    await spine.put("a", do="cancel")
    await spine.put("t", lane="job:1")

    await spine.drain()

    assert await events(spine.engine) == [("seen", "a")]
    assert (await letters(spine.engine))["t"].status == LetterStatus.CANCELLED


# --- Refusals --------------------------------------------------------------------------------------------


async def test_a_refusal_is_said_and_is_the_outcome(spine: Spine) -> None:
    spine.handler.steps = {"refuse": refuse}
    await spine.put("a", do="refuse", lang="en")
    await spine.put("b")
    await spine.drain()

    assert await events(spine.engine) == [("refused", "a"), ("seen", "b")]
    outcome = (await letters(spine.engine))["a"].outcome
    assert outcome == {
        "status": "refusal",
        "facts": {"name": "UnknownThing", "text": "en:refusal-UnknownThing", "thing": "job"},
    }


@pytest.mark.parametrize("change", ["add", "set", "say", "timer", "flush", "delete"])
async def test_a_refusal_after_a_change_changes_nothing(
    spine: Spine, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def prepare(turn: Sequence[Letter], tx: Tx) -> None:
        tx.add(a_person("p", tx))

    async def rename(turn: Sequence[Letter], tx: Tx) -> None:
        person = await tx.get(PersonRow, "p")
        assert person is not None
        person.name = turn[0].key

    async def half_done(turn: Sequence[Letter], tx: Tx) -> None:
        person = await tx.get(PersonRow, "p")
        assert person is not None
        match change:
            case "add" | "flush":
                tx.add(a_person("q", tx))
            case "set":
                person.phone = "+79990000000"
            case "say":
                tx.effect("probe", lane="x", payload={})
            case "timer":
                tx.at(key="t", lane="x", when=tx.now, kind="probe", payload={})
            case "delete":
                await tx.session.delete(person)
        if change == "flush":
            await tx.flush()
        raise UnknownThing(thing="job")

    spine.handler.steps = {"prepare": prepare, "rename": rename, "half": half_done}
    await spine.put("first", lane="chat:0", do="prepare")
    await spine.drain()
    await spine.put("before", lane="chat:1", do="rename")
    await spine.put("half", lane="chat:2", do="half")
    await spine.put("behind", lane="chat:2")
    await spine.put("after", lane="chat:3")

    with caplog.at_level(logging.ERROR):
        await spine.drain()

    assert "pump.refused_after_change" in caplog.text
    people = await persons(spine.engine)
    assert list(people) == ["p"]
    assert (people["p"].name, people["p"].phone) == ("before", None)
    assert await effects(spine.engine) == []
    told = await events(spine.engine)
    assert ("refused", "half") in told
    assert ("seen", "half") not in told
    assert told.index(("refused", "half")) < told.index(("seen", "behind"))
    rows = await letters(spine.engine)
    assert rows.keys() == {"first", "before", "half", "behind", "after"}
    assert rows["half"].outcome is not None
    assert rows["half"].outcome["status"] == "refusal"
    assert {row.status for row in rows.values()} == {LetterStatus.HANDLED}


async def test_a_refusal_before_any_change_keeps_what_earlier_turns_changed(
    spine: Spine, caplog: pytest.LogCaptureFixture
) -> None:
    spine.handler.steps = {"add": lambda turn, tx: tx.add(a_person("p", tx)), "refuse": refuse}
    await spine.put("a", do="add")
    await spine.put("b", do="refuse")
    await spine.drain()

    assert "after_change" not in caplog.text
    assert list(await persons(spine.engine)) == ["p"]


# --- Defects ---------------------------------------------------------------------------------------------


async def test_a_defect_is_tried_once_more_then_buried_and_the_lane_goes_on(
    spine: Spine, caplog: pytest.LogCaptureFixture
) -> None:
    spine.handler.steps = {"break": break_down}
    await spine.put("good", lane="chat:1")
    await spine.put("bad", lane="chat:2", do="break")
    await spine.put("behind", lane="chat:2")

    with caplog.at_level(logging.CRITICAL):
        await spine.drain()

    rows = await letters(spine.engine)
    assert rows["bad"].status == LetterStatus.DEAD
    assert rows["bad"].outcome == {"status": "defect", "facts": {}}
    assert rows["bad"].error is not None
    assert "KeyError" in rows["bad"].error
    assert "a handler's bug" not in rows["bad"].error  # a message may quote people
    assert "pump.dead_letter" in caplog.text
    assert spine.handler.seen.count(("bad",)) == 2
    told = await events(spine.engine)
    assert sorted(told) == [("apologised", "bad"), ("seen", "behind"), ("seen", "good")]


async def test_what_fails_once_is_handled_the_second_time(spine: Spine) -> None:
    failures = iter([True])

    def break_once(turn: Sequence[Letter], tx: Tx) -> None:
        if next(failures, False):
            raise ValueError

    spine.handler.steps = {"once": break_once}
    await spine.put("a", do="once")
    await spine.drain()

    assert await events(spine.engine) == [("seen", "a")]


async def test_a_letter_that_nobody_handles_is_buried(spine: Spine) -> None:
    await spine.intake.put(lane="chat:1", key="a", kind="unheard-of", payload={})
    await spine.put("b")
    await spine.drain()

    assert (await letters(spine.engine))["a"].status == LetterStatus.DEAD
    assert await events(spine.engine) == [("seen", "b")]


@pytest.mark.parametrize("part", ["needs", "text", "refuse", "apologise"])
async def test_a_bug_in_any_part_of_a_handler_buries_its_letter_only(spine: Spine, part: str) -> None:
    class Broken(Scripted):
        pass

    def fail(*_: object) -> None:
        raise ValueError("a bug")

    async def fail_later(*_: object) -> None:
        raise ValueError("a bug")

    broken = Broken(steps={"refuse": refuse, "break": break_down})
    setattr(broken, part, fail if part in ("needs", "text") else fail_later)
    spine.pump._handlers = {"probe": spine.handler, "broken": broken}
    do = {"refuse": "refuse", "apologise": "break"}.get(part, "")
    await spine.intake.put(lane="chat:1", key="bad", kind="broken", payload={"do": do, "text": "x"})
    await spine.put("good", lane="chat:1")
    await spine.drain()

    rows = await letters(spine.engine)
    expected = LetterStatus.HANDLED if part == "text" else LetterStatus.DEAD
    assert rows["bad"].status == expected
    assert rows["good"].status == LetterStatus.HANDLED


async def test_what_the_database_refuses_buries_its_letter_only(spine: Spine) -> None:
    spine.handler.steps = {"add": lambda turn, tx: tx.add(a_person("p", tx))}
    for n in range(8):
        await spine.put(f"other:{n}", lane=f"chat:o{n}")
    await spine.put("first", lane="chat:a", do="add")
    await spine.put("second", lane="chat:b", do="add")
    await spine.put("behind", lane="chat:b")
    await spine.drain()

    rows = await letters(spine.engine)
    by_status = {key: row.status for key, row in rows.items()}
    assert sorted(by_status.values()) == [LetterStatus.HANDLED] * 10 + [LetterStatus.DEAD]
    assert {by_status["first"], by_status["second"]} == {LetterStatus.HANDLED, LetterStatus.DEAD}
    assert list(await persons(spine.engine)) == ["p"]


async def test_a_row_that_changed_meanwhile_is_read_again(spine: Spine) -> None:
    tries = []

    async def prepare(turn: Sequence[Letter], tx: Tx) -> None:
        tx.add(a_person("p", tx))

    async def rename(turn: Sequence[Letter], tx: Tx) -> None:
        person = await tx.get(PersonRow, "p")
        assert person is not None
        tries.append(person.name)
        if len(tries) == 1:  # somebody else is faster: as if it was read before his commit
            await tx.session.execute(text("UPDATE person SET name = 'theirs', version = version + 1"))
        person.phone = "+79990000000"

    spine.handler.steps = {"prepare": prepare, "rename": rename}
    await spine.put("a", do="prepare")
    await spine.drain()
    await spine.put("b", do="rename")
    await spine.put("c", lane="chat:2")
    await spine.drain()

    assert (await persons(spine.engine))["p"].phone == "+79990000000"
    assert len(tries) == 2
    assert sorted(await events(spine.engine)) == [("seen", "a"), ("seen", "b"), ("seen", "c")]


async def test_a_letter_that_was_cancelled_meanwhile_is_undone(spine: Spine) -> None:
    tries = []

    async def overtake(turn: Sequence[Letter], tx: Tx) -> None:
        tries.append(turn[0].key)
        if len(tries) == 1:  # as if another process had cancelled it and committed
            await tx.session.execute(text("UPDATE inbox SET status = 3 WHERE key = 'a'"))

    spine.handler.steps = {"overtake": overtake}
    await spine.put("a", do="overtake")
    await spine.put("b")
    await spine.drain()

    assert tries == ["a", "a"]
    assert await events(spine.engine) == [("seen", "a"), ("seen", "b")]


# --- Looking ---------------------------------------------------------------------------------------------


async def test_a_reader_that_breaks_gives_an_empty_reading(spine: Spine) -> None:
    await spine.put("a", text="break the reader")
    await spine.put("b", text="Течёт кран")
    await spine.put("c")
    await spine.drain()

    broken, read, none = spine.handler.readings
    assert broken is not None
    assert broken.frames == ()
    assert read is not None
    assert none is None


# --- Rows ------------------------------------------------------------------------------------------------


async def test_one_turn_sees_what_the_turn_before_it_added(spine: Spine) -> None:
    found: list[object] = []

    async def look(turn: Sequence[Letter], tx: Tx) -> None:
        found.append(await tx.get(PersonRow, "p"))

    spine.handler.wanted = {PersonRow: ["p"]}
    spine.handler.steps = {"add": lambda turn, tx: tx.add(a_person("p", tx)), "look": look}
    await spine.put("a", do="add")
    await spine.put("b", do="look")
    await spine.drain()

    assert isinstance(found[0], PersonRow)


# --- Bursts ----------------------------------------------------------------------------------------------


async def test_what_a_person_types_in_one_breath_is_one_turn(spine: Spine, clock: FakeClock) -> None:
    for key in ("a", "b", "c"):
        await spine.put(key, pushed=True, text=key)
        clock.advance(milliseconds=300)
        assert await spine.pump.tick() == 0

    clock.advance(milliseconds=300)
    assert await spine.pump.tick() == 3
    assert spine.handler.seen == [("a", "b", "c")]


async def test_nobody_who_types_on_and_on_waits_longer_than_a_breath(spine: Spine, clock: FakeClock) -> None:
    start = clock.now()
    while clock.now() - start < BREATH_MAX:
        await spine.put(str(clock.now()), pushed=True, text="…")
        assert await spine.pump.tick() == 0
        clock.advance(milliseconds=500)

    assert await spine.pump.tick() == 6


async def test_a_button_is_handled_at_once_and_ends_the_breath(spine: Spine) -> None:
    await spine.put("text", pushed=True, text="завтра")
    await spine.put("button", pushed=True, choice="slot:1:1")
    await spine.drain()

    assert spine.handler.seen == [("text",), ("button",)]


async def test_the_api_does_not_wait_for_quiet(spine: Spine) -> None:
    await spine.put("a", text="Течёт кран")
    await spine.put("b", text="на кухне")
    await spine.drain()

    assert spine.handler.seen == [("a",), ("b",)]


async def test_a_reply_that_nobody_heard_is_withdrawn_by_a_newer_letter(
    spine: Spine, clock: FakeClock
) -> None:
    def say(turn: Sequence[Letter], tx: Tx) -> None:
        for is_news in (False, True):
            tx._effect("say", lane=turn[0].lane, payload={}, is_news=is_news)

    spine.handler.steps = {"say": say}
    await spine.put("a", do="say", lane="chat:1")
    await spine.put("b", do="say", lane="chat:2")
    await spine.drain()
    await spine.put("c", lane="chat:1", pushed=True, text="и ещё")

    stand = [(effect.lane, effect.is_news, effect.status) for effect in await effects(spine.engine)]
    assert sorted(stand) == [
        ("chat:1", False, EffectStatus.WITHDRAWN),
        ("chat:1", True, EffectStatus.WAITING),
        ("chat:2", False, EffectStatus.WAITING),
        ("chat:2", True, EffectStatus.WAITING),
    ]
    clock.advance(seconds=QUIET.total_seconds())
    assert await spine.drain() == 1


# --- Several pumps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_two_pumps_share_the_work_in_order_and_do_nothing_twice(spine: Spine) -> None:
    other = Scripted()
    pumps = [spine.pump, spine.another_pump(other)]
    await asyncio.gather(*(spine.put(f"{n:04}", lane=f"chat:{n % 40}") for n in range(2_000)))

    async def work(pump: object) -> None:
        idle = 0
        while idle < 20:
            idle = 0 if await pump.tick() else idle + 1  # type: ignore[attr-defined]
            await asyncio.sleep(0.001)

    await asyncio.gather(*map(work, pumps))

    keys = [key for _, key in await events(spine.engine)]
    assert sorted(keys) == [f"{n:04}" for n in range(2_000)]
    assert spine.handler.seen
    assert other.seen
    async with sessions(spine.engine)() as session:
        rows = await session.execute(text("SELECT lane, key FROM inbox ORDER BY handled, seq"))
        ended = [tuple(row) for row in rows]
    assert len(ended) == 2_000
    for lane in range(40):
        seqs = [key for key in keys if int(key) % 40 == lane]
        assert seqs == sorted(seqs)


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_of_two_pumps_that_race_for_one_row_one_wins_and_the_other_hears_it(spine: Spine) -> None:
    async def take(turn: Sequence[Letter], tx: Tx) -> None:
        person = await tx.get(PersonRow, "p")
        assert person is not None
        if person.name is not None:
            raise UnknownThing(thing="free job")
        await asyncio.sleep(0.01)
        person.name = turn[0].key

    steps = {"add": lambda turn, tx: tx.add(a_person("p", tx)), "take": take}
    spine.handler.steps = steps  # type: ignore[assignment]
    other = spine.another_pump(spine.handler)
    await spine.put("add", do="add")
    await spine.drain()
    await spine.put("one", lane="chat:1", do="take")
    first = asyncio.create_task(spine.pump.tick())
    await asyncio.sleep(0.002)
    await spine.put("two", lane="chat:2", do="take")
    await asyncio.gather(first, other.tick())
    await spine.drain()

    told = sorted(action for action, key in await events(spine.engine) if key != "add")
    assert told == ["refused", "seen"]


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_two_pumps_that_wait_for_each_other_both_get_through(spine: Spine) -> None:
    async def both(turn: Sequence[Letter], tx: Tx) -> None:
        for id in turn[0].payload["order"]:
            person = await tx.get(PersonRow, id)
            assert person is not None
            person.name = (person.name or "") + turn[0].key
            await asyncio.sleep(0.1)  # long enough for the other to lock the other one

    def add(turn: Sequence[Letter], tx: Tx) -> None:
        for id in "pq":
            tx.add(a_person(id, tx))

    spine.handler.steps = {"add": add, "both": both}
    other = spine.another_pump(spine.handler)
    await spine.put("add", do="add")
    await spine.drain()
    await spine.put("1", lane="chat:1", do="both", order=["p", "q"])
    first = asyncio.create_task(spine.pump.tick())
    await asyncio.sleep(0.05)
    await spine.put("2", lane="chat:2", do="both", order=["q", "p"])
    await asyncio.gather(first, other.tick())
    await spine.drain()

    names = {id: row.name for id, row in (await persons(spine.engine)).items()}
    assert names in ({"p": "12", "q": "12"}, {"p": "21", "q": "21"})
    assert {row.status for row in (await letters(spine.engine)).values()} == {LetterStatus.HANDLED}


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_when_the_database_goes_away_the_lane_waits_and_goes_on(spine: Spine, clock: FakeClock) -> None:
    cuts = iter([True])

    async def cut(turn: Sequence[Letter], tx: Tx) -> None:
        if next(cuts, False):
            pid = (await tx.session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            async with spine.engine.connect() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        await tx.session.execute(text("SELECT 1"))

    spine.handler.steps = {"cut": cut}
    await spine.put("a", do="cut")
    await spine.put("b")
    await spine.drain()
    assert await events(spine.engine) == []

    clock.advance(seconds=1)
    await spine.drain()
    assert await events(spine.engine) == [("seen", "a"), ("seen", "b")]


# --- Running ---------------------------------------------------------------------------------------------


async def test_a_running_pump_is_woken_by_a_letter(spine: Spine) -> None:
    async with running(spine.pump.run()):
        await asyncio.sleep(0.1)
        outcomes = await asyncio.gather(
            *(
                spine.intake.ask(lane=f"chat:{n}", key=str(n), kind="probe", payload={}, wait=5)
                for n in range(100)
            )
        )

    assert {outcome.status for outcome in outcomes if outcome} == {"ok"}
    assert len(await events(spine.engine)) == 100
