"""What a handler leaves behind: rows, words, timers, effects, history, in one commit."""

from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.chance import SystemChance
from core.flows.group import Group
from core.flows.tx import HELD_FOR, Choice, Letter, Tx
from storage.engine import sessions
from storage.tables import (
    DecisionRow,
    EffectRow,
    EffectStatus,
    EventRow,
    LetterRow,
    PersonRow,
    TalkRow,
    TransferRow,
    UtteranceRow,
)
from tests.fakes.clock import FakeClock
from tests.fakes.mail import PlainCatalogue

ZONE = ZoneInfo("Europe/Kaliningrad")


@pytest.fixture
async def tx(engine: AsyncEngine, clock: FakeClock, chance: SystemChance) -> AsyncIterator[Tx]:
    async with sessions(engine)() as session:
        group = Group(session, now=clock.now(), chance=chance, catalogue=PlainCatalogue(), zone=ZONE)
        letter = Letter("L", 1, "chat:t", "k", "probe", {}, clock.now(), clock.now())
        yield Tx(group, letter)
        await session.rollback()


def a_talk(tx: Tx, *, channel: str = "web") -> TalkRow:
    return TalkRow(
        id="t",
        kind="client_request",
        role="client",
        market="home_services",
        lang="en",
        channel=channel,
        chat_id="c",
        status="active",
        step="fault",
        known={},
        heard_at=tx.now,
        created_at=tx.now,
    )


async def finish(tx: Tx) -> None:
    await tx.flush()
    await tx.group.finish()


@pytest.mark.parametrize(
    ("channel", "status", "wait"),
    [("web", EffectStatus.HELD, HELD_FOR), ("telegram", EffectStatus.WAITING, timedelta())],
)
async def test_what_is_said_is_kept_and_sent(
    tx: Tx, channel: str, status: EffectStatus, wait: timedelta
) -> None:
    talk = a_talk(tx, channel=channel)
    tx.add(talk)
    tx.hear(talk, "Течёт кран")
    tx.say(talk, "hello", choices={"accept": "accept:1:1"}, buttons=[Choice("other", "other:1:1")], name="x")
    await finish(tx)

    heard, said = await tx.session.scalars(select(UtteranceRow).order_by(UtteranceRow.seq))
    effect = (await tx.session.scalars(select(EffectRow))).one()
    assert (heard.author, heard.text) == ("client", "Течёт кран")
    assert (said.author, said.name, said.text, said.cause) == ("naryad", "hello", "en:hello", "L")
    assert said.buttons == [
        {"label": "en:other", "choice": "other:1:1"},
        {"label": "Accept", "choice": "accept:1:1"},
    ]
    assert (effect.kind, effect.lane, effect.status, effect.idem_key) == ("say", "chat:t", status, "L:1")
    assert effect.due == tx.now + wait
    assert effect.payload["utterance_id"] == said.id
    assert not effect.is_news


async def test_append_only_rows_are_written_with_their_cause(tx: Tx) -> None:
    tx.record("job", "1", "opened", actor="client:1", parties=["t"], object="a fact of the same name")
    tx.transfer(kind="fee", debit="client", credit="fee", amount_minor=6_000, currency="RUB")
    tx.decide("1", "price", {"a": 1}, {"b": 2})
    tx.effect("render", lane="job:1", payload={})
    await finish(tx)

    event = (await tx.session.scalars(select(EventRow))).one()
    transfer = (await tx.session.scalars(select(TransferRow))).one()
    decision = (await tx.session.scalars(select(DecisionRow))).one()
    effect = (await tx.session.scalars(select(EffectRow))).one()
    assert {event.cause, transfer.cause, effect.cause} == {"L"}
    assert (event.object, event.facts) == ("job", {"object": "a fact of the same name"})
    assert (transfer.phase, transfer.amount_minor) == ("posted", 6_000)
    assert (decision.inputs, decision.outcome) == ({"a": 1}, {"b": 2})


async def test_the_last_word_about_a_timer_counts(tx: Tx) -> None:
    when = tx.now + timedelta(minutes=1)
    for minutes in (1, 2):
        tx.at(
            key="t",
            lane="job:1",
            when=tx.now + timedelta(minutes=minutes),
            kind="probe",
            payload={"n": minutes},
        )
    tx.at(key="gone", lane="job:1", when=when, kind="probe", payload={})
    tx.cancel("gone")
    await finish(tx)

    (timer,) = await tx.session.scalars(select(LetterRow))
    assert (timer.key, timer.payload, timer.due) == ("t", {"n": 2}, tx.now + timedelta(minutes=2))


async def test_a_row_is_asked_for_once(tx: Tx) -> None:
    tx.add(PersonRow(id="p", lang="ru", created_at=tx.now))
    await tx.flush()
    assert await tx.group.load({PersonRow: ["p", "q"], TalkRow: []})
    assert not await tx.group.load({PersonRow: ["q", "p"]})
    assert await tx.get(PersonRow, "p") is tx.group.known(PersonRow, "p")
    assert await tx.get(PersonRow, "q") is None


async def test_a_group_knows_what_has_changed_since_a_mark(tx: Tx) -> None:
    person = PersonRow(id="p", lang="ru", created_at=tx.now)
    tx.add(person)
    await tx.flush()
    group = tx.group
    mark = group.mark()
    assert not group.has_changed_since(mark)

    person.name = "Ирина"
    assert group.has_changed_since(mark)
    mark = group.mark()
    assert not group.has_changed_since(mark)
    person.name = "Анна"
    assert group.has_changed_since(mark)
    mark = group.mark()
    await tx.flush()
    assert group.has_changed_since(mark)
