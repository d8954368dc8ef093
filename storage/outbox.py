"""The outbox: how effects are claimed, sent once and in order, withdrawn, or held for whoever holds the line.

An effect is a row of the commit that wanted it. Functions take the transaction they work in first; none
of them commits.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam, case, or_, select, text, update

from storage.mail import BATCH, ERROR_LENGTH, Executor, count, insert_of, is_postgresql, typed
from storage.tables import (
    EffectRow,
    EffectStatus,
    MessageRow,
    Row,
    UtteranceRow,
)

EFFECTS: Table = Row.metadata.tables[EffectRow.__tablename__]
MESSAGES: Table = Row.metadata.tables[MessageRow.__tablename__]

# A database uses a partial index only where the query repeats its condition word for word.
_UNSENT = "status IN ('waiting', 'sending')"
_HELD = "status IN ('held', 'untaken')"
_EFFECT_COLUMNS = (
    *("id", "seq", "lane", "cause", "kind", "payload", "idem_key", "attempts"),
    *("door", "priority", "sent", "is_news"),
)
_EFFECT_TYPES = tuple(getattr(EFFECTS.c, name) for name in _EFFECT_COLUMNS)
_KINDS: BindParameter[list[str]] = bindparam("kinds", expanding=True)
_SHUT: BindParameter[list[str]] = bindparam("shut", expanding=True)
# First the head of every lane, from one index: asking of each effect whether one is before it takes the
# square of the backlog after a long outage. `|| ''` keeps PostgreSQL from the partial index a second time,
# which it reads whole for every head as long as it has no statistics.
_CLAIM = f"""
    WITH heads AS (SELECT min(seq) AS seq FROM outbox WHERE {_UNSENT} GROUP BY lane)
    SELECT {", ".join("o." + name for name in _EFFECT_COLUMNS)}
    FROM heads JOIN outbox o ON o.seq = heads.seq
    WHERE o.kind IN :kinds AND o.status || '' = 'waiting' AND o.due <= :now
      AND coalesce(o.door, '') NOT IN :shut
    ORDER BY o.priority, o.due, o.seq LIMIT :limit
"""  # noqa: S608 - put together from our own words
# What is said goes by doors, and no door may take all that is taken out at once: each has its first few.
_CLAIM_SAID = f"""
    WITH heads AS (SELECT min(seq) AS seq FROM outbox WHERE {_UNSENT} GROUP BY lane),
    due AS (
        SELECT o.seq, row_number() OVER (PARTITION BY o.door ORDER BY o.priority, o.due, o.seq) AS place
        FROM heads JOIN outbox o ON o.seq = heads.seq
        WHERE o.kind IN :kinds AND o.status || '' = 'waiting' AND o.due <= :now
          AND coalesce(o.door, '') NOT IN :shut
    )
    SELECT {", ".join("o." + name for name in _EFFECT_COLUMNS)}
    FROM due JOIN outbox o ON o.seq = due.seq
    WHERE due.place <= :each AND o.status || '' = 'waiting'
    ORDER BY o.priority, o.due, o.seq LIMIT :limit
"""  # noqa: S608 - put together from our own words
_LOCKED = " FOR UPDATE OF o SKIP LOCKED"
_CLAIM_SQLITE = typed(_CLAIM, _EFFECT_TYPES).bindparams(_KINDS, _SHUT)
_CLAIM_POSTGRESQL = typed(_CLAIM + _LOCKED, _EFFECT_TYPES).bindparams(_KINDS, _SHUT)
_CLAIM_SAID_SQLITE = typed(_CLAIM_SAID, _EFFECT_TYPES).bindparams(_KINDS, _SHUT)
_CLAIM_SAID_POSTGRESQL = typed(_CLAIM_SAID + _LOCKED, _EFFECT_TYPES).bindparams(_KINDS, _SHUT)
_NOBODY = ("-",)  # no door has this name


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect as a performer sees it."""

    id: str
    seq: int
    lane: str
    cause: str
    kind: str
    payload: Mapping[str, Any]
    idem_key: str
    attempts: int
    door: str | None = None
    priority: int = 0
    sent: Sequence[str] = ()  # ids of its messages that went out already
    is_news: bool = False


@dataclass(frozen=True, slots=True)
class Performed:
    """What became of an effect. A waiting one is tried again at `due`.

    Attributes:
        sent: Ids of all its messages that went out, by whatever door, in order.
        is_patient: The attempt does not count: the door itself was not ready.
    """

    id: str
    status: EffectStatus
    due: datetime
    delivered: datetime | None = None
    error: str | None = None
    sent: Sequence[str] = ()
    is_patient: bool = False


async def withdraw(executor: Executor, lanes: Collection[str], *, now: datetime) -> int:
    """Withdraw the replies of these lanes of which nothing was sent yet; news stays."""
    query = (
        update(EFFECTS)
        .where(
            EFFECTS.c.lane.in_(sorted(lanes)),
            text("outbox." + _UNSENT),
            EFFECTS.c.status == EffectStatus.WAITING,
            EFFECTS.c.kind == "say",
            EFFECTS.c.is_news.is_(False),
            EFFECTS.c.sent.is_(None),  # who has heard a half hears the rest
        )
        .values(status=EffectStatus.WITHDRAWN, delivered=now)
    )
    return await count(executor, query)


async def is_any_due(
    executor: Executor, kinds: Collection[str], *, now: datetime, shut: Collection[str] = ()
) -> bool:
    """Tell whether there is something to claim, without writing."""
    facts = {"now": now, "limit": 1, "kinds": list(kinds), "shut": list(shut or _NOBODY)}
    return (await executor.execute(_CLAIM_SQLITE, facts)).first() is not None


async def claim(
    executor: Executor,
    kinds: Collection[str],
    *,
    now: datetime,
    until: datetime,
    limit: int,
    shut: Collection[str] = (),
    each: int | None = None,
    takes: Callable[[str | None], bool] | None = None,
) -> list[Effect]:
    """Claim due effects until a time, at most one per lane: what comes after it waits for it.

    Args:
        shut: Doors by which nothing leaves now.
        each: How many for one door are looked at, at most.
        takes: Tells of each of them, in order, whether its door has room for it.
    """
    facts: dict[str, Any] = {"now": now, "limit": limit, "kinds": list(kinds), "shut": list(shut or _NOBODY)}
    if each is None:
        query = _CLAIM_POSTGRESQL if is_postgresql(executor) else _CLAIM_SQLITE
    else:
        query = _CLAIM_SAID_POSTGRESQL if is_postgresql(executor) else _CLAIM_SAID_SQLITE
        facts["each"] = each
    rows = (await executor.execute(query, facts)).all()
    if takes is not None:
        rows = [row for row in rows if takes(row.door)]
    if rows:
        claimed = update(EFFECTS).where(EFFECTS.c.seq.in_([row.seq for row in rows]))
        await executor.execute(
            claimed.values(status=EffectStatus.SENDING, claimed_until=until, attempts=EFFECTS.c.attempts + 1)
        )
    effects = [_effect(row) for row in rows]
    return [replace(effect, attempts=effect.attempts + 1) for effect in effects]


async def complete(executor: Executor, performed: Sequence[Performed]) -> None:
    """Write what became of claimed effects. One whose claim ran out meanwhile is known after all."""
    if not performed:
        return
    query = (
        update(EFFECTS)
        .where(
            EFFECTS.c.id == bindparam("its_id"),
            or_(EFFECTS.c.status == EffectStatus.SENDING, EFFECTS.c.status == EffectStatus.UNKNOWN),
        )
        .values(
            status=bindparam("its_status"),
            due=bindparam("its_due"),
            delivered=bindparam("its_delivered"),
            error=bindparam("its_error"),
            sent=bindparam("its_sent"),
            attempts=EFFECTS.c.attempts - bindparam("its_patience"),
            claimed_until=None,
        )
    )
    rows = [
        {
            "its_id": each.id,
            "its_status": each.status,
            "its_due": each.due,
            "its_delivered": each.delivered,
            "its_error": each.error and each.error[:ERROR_LENGTH],
            "its_sent": list(each.sent) or None,
            "its_patience": int(each.is_patient),
        }
        for each in performed
    ]
    await executor.execute(query, rows)


async def note_messages(
    executor: Executor, messages: Collection[tuple[str, str, str]], *, now: datetime
) -> None:
    """Note under which ids doors know what we said: (door, message id, effect id)."""
    rows = [
        {"door": door, "message_id": message_id, "effect_id": effect_id, "at": now}
        for door, message_id, effect_id in messages
    ]
    query = insert_of(executor)(MESSAGES).on_conflict_do_nothing(index_elements=["door", "message_id"])
    await executor.execute(query, rows)


async def dead(executor: Executor, *, limit: int = BATCH) -> list[Effect]:
    """Return effects that were given up, and those of which nobody knows, oldest first."""
    given_up = (EffectStatus.DEAD, EffectStatus.UNKNOWN)
    query = select(EFFECTS).where(EFFECTS.c.status.in_(given_up)).order_by(EFFECTS.c.seq).limit(limit)
    return [_effect(row) for row in await executor.execute(query)]


async def replay(executor: Executor, ids: Collection[str], *, now: datetime) -> int:
    """Have effects tried again that were given up, or of which nobody knows; returns how many."""
    query = (
        update(EFFECTS)
        .where(EFFECTS.c.id.in_(list(ids)), EFFECTS.c.status.in_((EffectStatus.DEAD, EffectStatus.UNKNOWN)))
        .values(status=EffectStatus.WAITING, due=now, attempts=0, error=None)
    )
    return await count(executor, query)


async def release(
    executor: Executor, *, now: datetime, repeatable: Collection[str], doors: Collection[str] = ()
) -> int:
    """Take back effects whose sender died: repeatable ones wait again, of others nobody knows.

    Args:
        repeatable: Kinds that may be asked twice.
        doors: Doors that know what was said already, by our key.
    """
    is_repeatable = or_(EFFECTS.c.kind.in_(list(repeatable)), EFFECTS.c.door.in_(list(doors)))
    query = (
        update(EFFECTS)
        .where(
            text("outbox." + _UNSENT),
            EFFECTS.c.status == EffectStatus.SENDING,
            EFFECTS.c.claimed_until < now,
        )
        .values(
            status=case((is_repeatable, EffectStatus.WAITING), else_=EffectStatus.UNKNOWN),
            claimed_until=None,
        )
    )
    return await count(executor, query)


async def waiting_at(executor: Executor, doors: Collection[str], *, now: datetime) -> list[Effect]:
    """Return what is due at these doors and was not sent, in order."""
    query = (
        select(EFFECTS)
        .where(
            text("outbox." + _UNSENT),
            EFFECTS.c.status == EffectStatus.WAITING,
            EFFECTS.c.door.in_(list(doors)),
            EFFECTS.c.due <= now,
        )
        .order_by(EFFECTS.c.seq)
        .limit(BATCH)
    )
    return [_effect(row) for row in await executor.execute(query)]


async def held(executor: Executor, lanes: Collection[str]) -> list[Effect]:
    """Return what the holder of these lanes has not taken yet, in order."""
    query = (
        select(EFFECTS)
        .where(text("outbox." + _HELD), EFFECTS.c.lane.in_(sorted(lanes)))
        .order_by(EFFECTS.c.seq)
        .limit(BATCH)
    )
    return [_effect(row) for row in await executor.execute(query)]


async def held_upto(executor: Executor, upto: Mapping[str, int]) -> list[str]:
    """Return the ids of effects not taken yet that say something up to an utterance.

    Args:
        upto: Talk id → `seq` of the last utterance its holder has.
    """
    query = (
        select(EFFECTS.c.id, UtteranceRow.talk_id, UtteranceRow.seq)
        .join(UtteranceRow, UtteranceRow.id == EFFECTS.c.payload["utterance_id"].as_string())
        .where(text("outbox." + _HELD), EFFECTS.c.lane.in_([f"chat:{talk_id}" for talk_id in upto]))
    )
    return [row.id for row in await executor.execute(query) if row.seq <= upto[row.talk_id]]


async def deliver(executor: Executor, ids: Collection[str], *, now: datetime) -> int:
    """Mark held effects as taken; returns how many were not taken before."""
    query = (
        update(EFFECTS)
        .where(EFFECTS.c.id.in_(list(ids)), EFFECTS.c.status.in_((EffectStatus.HELD, EffectStatus.UNTAKEN)))
        .values(status=EffectStatus.DONE, delivered=now)
    )
    return await count(executor, query)


async def overdue(executor: Executor, *, now: datetime) -> list[Effect]:
    """Return held effects that were not taken in time."""
    query = (
        select(EFFECTS)
        .where(text("outbox." + _HELD), EFFECTS.c.status == EffectStatus.HELD, EFFECTS.c.due <= now)
        .order_by(EFFECTS.c.seq)
        .limit(BATCH)
    )
    return [_effect(row) for row in await executor.execute(query)]


def _effect(row: Any) -> Effect:  # noqa: ANN401 - a row of the whole table
    return Effect(
        row.id,
        row.seq,
        row.lane,
        row.cause,
        row.kind,
        row.payload,
        row.idem_key,
        row.attempts,
        door=row.door,
        priority=row.priority,
        sent=tuple(row.sent or ()),
        is_news=row.is_news,
    )
