"""The mail's statements on both databases: what is claimed, what is planned, what is replayed."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.chance import SystemChance
from storage import mail, outbox
from storage.mail import Letter, LetterDraft, Outcome
from storage.tables import EffectRow, EffectStatus, Row
from tests.databases import only_postgresql, only_sqlite
from tests.fakes.clock import FakeClock


def a_draft(chance: SystemChance, clock: FakeClock, key: str, *, lane: str = "chat:1") -> LetterDraft:
    return LetterDraft(id=chance.id(clock.now()), lane=lane, key=key, kind="probe", payload={})


async def put(engine: AsyncEngine, chance: SystemChance, clock: FakeClock, *keys: str) -> list[Letter]:
    """Put letters whose lane is the part of the key before the slash, and return all that is due."""
    drafts = [a_draft(chance, clock, key, lane=key.partition("/")[0]) for key in keys]
    async with engine.begin() as connection:
        await mail.put(connection, drafts, received=clock.now())
    return await peek(engine, clock)


async def peek(engine: AsyncEngine, clock: FakeClock, *, lanes: int = 64, per_lane: int = 16) -> list[Letter]:
    async with engine.begin() as connection:
        return await mail.peek(connection, now=clock.now(), lanes=lanes, per_lane=per_lane, window=512)


async def test_as_many_lanes_and_letters_are_peeked_as_wanted(
    engine: AsyncEngine, chance: SystemChance, clock: FakeClock
) -> None:
    await put(engine, chance, clock, *(f"{lane}/{n}" for n in range(5) for lane in "abc"))

    found = await peek(engine, clock, lanes=2, per_lane=3)

    assert len({letter.lane for letter in found}) == 2
    for lane in {letter.lane for letter in found}:
        assert [letter.key for letter in found if letter.lane == lane] == [f"{lane}/{n}" for n in range(3)]


async def test_a_blocked_lane_is_passed_over_until_its_time(
    engine: AsyncEngine, chance: SystemChance, clock: FakeClock
) -> None:
    letters = await put(engine, chance, clock, "a/1", "b/1")
    async with engine.begin() as connection:
        until = clock.now() + timedelta(seconds=5)
        await mail.block(connection, [letters[0]], until=until, error="away")

    assert [letter.key for letter in await peek(engine, clock)] == ["b/1"]
    clock.advance(seconds=5)
    found = {letter.key: letter.attempts for letter in await peek(engine, clock)}
    assert found == {"a/1": 1, "b/1": 0}


async def test_a_letter_that_was_overtaken_is_not_claimed(
    engine: AsyncEngine, chance: SystemChance, clock: FakeClock
) -> None:
    letters = await put(engine, chance, clock, "a/1", "a/2", "b/1")

    async with engine.begin() as connection:
        ours = await mail.claim(connection, letters[1:], now=clock.now())

    assert [letter.key for letter in ours] == ["b/1"]


async def test_what_was_handled_since_it_was_read_is_not_claimed(
    engine: AsyncEngine, chance: SystemChance, clock: FakeClock
) -> None:
    letters = await put(engine, chance, clock, "a/1", "a/2")
    async with engine.begin() as connection:
        ended = [(letters[0], Outcome(letters[0].id, mail.OK))]
        assert await mail.acknowledge(connection, ended, now=clock.now())
    async with engine.begin() as connection:
        ours = await mail.claim(connection, letters, now=clock.now())
        assert [letter.key for letter in ours] == ["a/2"]
        assert not await mail.acknowledge(connection, ended, now=clock.now())


async def test_a_timer_that_was_set_anew_meanwhile_is_not_acknowledged(
    engine: AsyncEngine, chance: SystemChance, clock: FakeClock
) -> None:
    (letter,) = await put(engine, chance, clock, "a/1")
    async with engine.begin() as connection:
        await mail.arm(connection, [a_draft(chance, clock, "a/1", lane="a")], received=clock.now())
        ended = [(letter, Outcome(letter.id, mail.OK))]
        assert not await mail.acknowledge(connection, ended, now=clock.now())


@only_postgresql
async def test_a_lane_that_another_process_has_is_passed_over(
    engine: AsyncEngine, chance: SystemChance, clock: FakeClock
) -> None:
    letters = await put(engine, chance, clock, "a/1", "b/1")
    async with engine.begin() as theirs, engine.begin() as ours:
        assert await mail.claim(theirs, letters[:1], now=clock.now())
        assert [letter.key for letter in await mail.claim(ours, letters, now=clock.now())] == ["b/1"]


async def test_a_dead_letter_can_be_replayed(
    engine: AsyncEngine, chance: SystemChance, clock: FakeClock
) -> None:
    letters = await put(engine, chance, clock, "a/1", "a/2")
    async with engine.begin() as connection:
        ended = [(letters[0], Outcome(letters[0].id, mail.DEFECT, error="KeyError at jobs.py:7"))]
        await mail.acknowledge(connection, ended, now=clock.now())
        (dead,) = await mail.dead(connection)
        assert (dead.key, dead.error) == ("a/1", "KeyError at jobs.py:7")
    assert [letter.key for letter in await peek(engine, clock)] == ["a/2"]

    async with engine.begin() as connection:
        assert await mail.replay(connection, [dead.id], now=clock.now()) == 1
        assert await mail.replay(connection, [dead.id], now=clock.now()) == 0

    assert [letter.key for letter in await peek(engine, clock)] == ["a/1", "a/2"]


@only_sqlite
async def test_no_statement_of_the_loops_reads_a_whole_table(engine: AsyncEngine, clock: FakeClock) -> None:
    claims = [
        query.replace(":kinds", "('say')").replace(":shut", "('-')")
        for query in (outbox._CLAIM, outbox._CLAIM_SAID)
    ]
    facts = {
        "now": "2026-03-02",
        "lanes": 64,
        "per_lane": 16,
        "window": 512,
        "salt": "",
        "limit": 32,
        "each": 8,
    }
    async with engine.connect() as connection:
        for query in (str(mail._PEEK_SQLITE), *claims):
            plan = [
                row.detail for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {query}"), facts)
            ]
            scans = [step for step in plan if step.startswith("SCAN") and " USING " not in step]
            read = {step.split()[1] for step in scans if "(subquery" not in step}  # of what was found already
            assert read <= {"chosen", "heads", "due"}, plan


async def test_the_reply_of_another_lane_is_not_withdrawn(
    engine: AsyncEngine, chance: SystemChance, clock: FakeClock
) -> None:
    async with engine.begin() as connection:
        rows: list[dict[str, object]] = [
            {
                "id": chance.id(clock.now()),
                "lane": lane,
                "cause": "c",
                "kind": kind,
                "payload": {},
                "idem_key": f"{lane}{kind}{status}",
                "due": clock.now(),
                "status": status,
                "is_news": False,
                "attempts": 0,
            }
            for lane in ("chat:1", "chat:2")
            for kind in ("say", "charge")
            for status in (EffectStatus.WAITING, EffectStatus.SENDING, EffectStatus.HELD)
        ]
        await connection.execute(Row.metadata.tables[EffectRow.__tablename__].insert(), rows)
        assert await outbox.withdraw(connection, ["chat:1"], now=clock.now()) == 1
