"""Figures of the past against data made by hand, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import Engine
from storage.queries import figures, waits
from storage.tables import (
    EffectRow,
    LetterRow,
    LetterStatus,
    MasterRow,
    OfferRow,
    PersonRow,
    RatingRow,
    TalkRow,
    TicketRow,
    UtteranceRow,
)
from tests.storage.town import HOUR, MORNING, a_job, a_payment, divide, put, succeed, walk

pytestmark = pytest.mark.row("A147")

MIDNIGHT = MORNING - 9 * HOUR
SPAN = figures.days_of(MIDNIGHT, count=3)
SECOND = timedelta(seconds=1)


def a_talk(connection: Connection, name: str, **told: Any) -> None:
    usual = {"kind": "client_request", "role": "client", "market": "home_services", "lang": "ru", "step": ""}
    usual |= {"channel": "web", "chat_id": name, "status": "active"}
    times = {"heard_at": MORNING, "created_at": MORNING}
    put(connection, TalkRow, **{"id": name, **usual, **times, "known": {}, "version": 1, **told})


def said(connection: Connection, talk: str, author: str, name: str | None = None) -> None:
    number = f"{talk}-{author}-{name}"
    line = {"author": author, "name": name, "text": "…", "cause": "c", "at": MORNING}
    put(connection, UtteranceRow, id=number[:36], talk_id=talk, buttons=[], media=[], **line)


def a_city(connection: Connection) -> None:
    """Five talks: one paid, one booked, one told a price, two that only began; one of them the owner led."""
    put(connection, PersonRow, id="client", lang="ru", created_at=MORNING, version=1)
    work = {"market": "home_services", "status": "active", "created_at": MORNING, "version": 1}
    put(connection, MasterRow, id="anna", name="Анна", lang="ru", **work)
    put(connection, MasterRow, id="boris", name="Борис", lang="ru", **work)
    for name, day in (("t1", 0), ("t2", 1), ("t3", 1), ("t4", 1), ("t5", 2)):
        a_talk(connection, name, created_at=MORNING + day * timedelta(days=1))
    a_talk(connection, "before", created_at=MIDNIGHT - HOUR)
    a_talk(connection, "a-master", role="master", kind="master_onboarding")
    said(connection, "t3", "naryad", "client-slots-yes")
    said(connection, "t5", "owner")
    ticket = {"kind": "human", "words": "", "state": "open", "created_at": MORNING, "version": 1}
    put(connection, TicketRow, id="ticket", talk_id="t4", **ticket)
    a_job(connection, "paid", talk_id="t1", created_at=MORNING + 10 * timedelta(minutes=1))
    a_job(connection, "ordered", talk_id="t2", created_at=MORNING + timedelta(days=1, minutes=30))
    times = {"made_at": MORNING, "until": MORNING + HOUR}
    for id, master, state, took in (
        ("o2", "anna", "declined", 180),
        ("o3", "boris", "lapsed", 900),
        ("o1", "anna", "accepted", 60),
    ):
        told = {"job_id": "paid", "state": "open", "payout_minor": 1, "version": 1}
        put(connection, OfferRow, id=id, master_id=master, **told, **times)
        closed = update(OfferRow).where(OfferRow.id == id)
        connection.execute(closed.values(state=state, closed_at=MORNING + took * SECOND, version=2))
    walk(connection, "paid", "assigned", "on_site", "working", "done")
    a_payment(connection, "paid")
    divide(connection, "paid")
    succeed(connection, "paid")
    walk(connection, "paid", "completed")
    stars = {"until": MORNING, "given_at": MORNING, "changed_at": MORNING, "version": 1}
    put(connection, RatingRow, id="r", job_id="paid", side="client", master_id="anna", stars=4, **stars)
    for number, took in enumerate((1, 2, 3, 40)):
        id = f"letter-{number}"
        letter = {"lane": id, "key": id, "kind": "talk-message", "payload": {}, "received": MORNING}
        put(connection, LetterRow, id=id, due=MORNING, status=LetterStatus.HANDLED, attempts=1, **letter)
        effect = {"lane": id, "cause": id, "kind": "say", "payload": {}, "idem_key": id, "due": MORNING}
        delivered = MORNING + took * SECOND
        more = {"attempts": 1, "is_news": False, "status": "done"}
        put(connection, EffectRow, id=f"effect-{number}", delivered=delivered, **effect, **more)


@pytest.fixture
async def told(engine: Engine, session: AsyncSession) -> AsyncSession:
    async with engine.begin() as connection:
        await connection.run_sync(a_city)
    return session


async def test_every_figure_is_what_was_put_in(told: AsyncSession) -> None:
    assert await figures.sales(told, SPAN, currency="RUB") == [
        figures.Sales(300_000, 73_500, 1),
        figures.Sales(0, 0, 0),
        figures.Sales(0, 0, 0),
    ]
    assert await figures.given_back(told, SPAN, currency="RUB") == 0
    assert await figures.funnel(told, SPAN) == figures.Funnel(talks=5, quoted=3, booked=2, paid=1)
    assert await figures.led_alone(told, SPAN) == [(1, 1), (3, 2), (1, 0)]
    assert await figures.stars(told, SPAN) == {5: 0, 4: 1, 3: 0, 2: 0, 1: 0}
    did = await figures.performance(told, SPAN)
    assert [replace(each, answers_s=round(each.answers_s) if each.answers_s else None) for each in did] == [
        figures.Performance("anna", "Анна", 2, 1, 1, 300_000, 4.0, 120.0),
        figures.Performance("boris", "Борис", 1, 0, 0, 0, None, None),
    ]
    assert await figures.booked(told, SPAN, currency="RUB") == [300_000, 0, 0]


async def test_times_are_told_by_their_half_and_their_most(told: AsyncSession) -> None:
    ours = await waits.our_answers(told, SPAN)
    masters = await waits.masters_answers(told, SPAN)
    booked = await waits.until_booked(told, SPAN)
    assert ours is not None
    assert masters is not None
    assert booked is not None
    assert (ours.count, round(ours.half_s), round(ours.most_s)) == (4, 2, 3)
    assert (masters.count, round(masters.half_s)) == (2, 60)
    assert (booked.count, round(booked.half_s), round(booked.most_s)) == (2, 600, 600)


async def test_where_there_is_nothing_nothing_is_made_up(session: AsyncSession) -> None:
    assert await waits.our_answers(session, SPAN) is None
    assert await figures.funnel(session, SPAN) == figures.Funnel(0, 0, 0, 0)
    assert await figures.performance(session, SPAN) == []
