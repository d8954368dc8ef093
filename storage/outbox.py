"""The outbox: how effects are claimed, sent once and in order, withdrawn, or held for whoever holds the line.

An effect is a row of the commit that wanted it. Functions take the transaction they work in first; none
of them commits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam, case, or_, select, text, update
from sqlalchemy.orm import aliased

from core.messages import HELD_CHANNELS, Address
from storage.mail import BATCH, ERROR_LENGTH, Executor, count, is_postgresql, typed
from storage.tables import EffectRow, EffectStatus, Row, TalkRow, UtteranceRow

EFFECTS: Table = Row.metadata.tables[EffectRow.__tablename__]

# A database uses a partial index only where the query repeats its condition word for word.
_UNSENT = "status IN ('waiting', 'sending')"
_HELD = "status IN ('held', 'untaken')"
_EFFECT_TYPES = tuple(
    getattr(EFFECTS.c, name)
    for name in ("id", "seq", "lane", "cause", "kind", "payload", "idem_key", "attempts")
)
_KINDS: BindParameter[list[str]] = bindparam("kinds", expanding=True)
# First the head of every lane, from one index: asking of each effect whether one is before it takes the
# square of the backlog after a long outage. `|| ''` keeps PostgreSQL from the partial index a second time,
# which it reads whole for every head as long as it has no statistics.
_CLAIM = f"""
    WITH heads AS (SELECT min(seq) AS seq FROM outbox WHERE {_UNSENT} GROUP BY lane)
    SELECT o.id, o.seq, o.lane, o.cause, o.kind, o.payload, o.idem_key, o.attempts
    FROM heads JOIN outbox o ON o.seq = heads.seq
    WHERE o.kind IN :kinds AND o.status || '' = 'waiting' AND o.due <= :now
    ORDER BY o.due, o.seq LIMIT :limit
"""  # noqa: S608 - put together from our own words
_CLAIM_SQLITE = typed(_CLAIM, _EFFECT_TYPES).bindparams(_KINDS)
_CLAIM_POSTGRESQL = typed(_CLAIM + " FOR UPDATE OF o SKIP LOCKED", _EFFECT_TYPES).bindparams(_KINDS)


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


@dataclass(frozen=True, slots=True)
class Performed:
    """What became of an effect. A waiting one is tried again at `due`."""

    id: str
    status: EffectStatus
    due: datetime
    delivered: datetime | None = None
    error: str | None = None


async def withdraw(executor: Executor, lanes: Collection[str], *, now: datetime) -> int:
    """Withdraw the replies of these lanes that were not sent yet; news stays."""
    query = (
        update(EFFECTS)
        .where(
            EFFECTS.c.lane.in_(sorted(lanes)),
            text("outbox." + _UNSENT),
            EFFECTS.c.status == EffectStatus.WAITING,
            EFFECTS.c.kind == "say",
            EFFECTS.c.is_news.is_(False),
        )
        .values(status=EffectStatus.WITHDRAWN, delivered=now)
    )
    return await count(executor, query)


async def is_any_due(executor: Executor, kinds: Collection[str], *, now: datetime) -> bool:
    """Tell whether there is something to claim, without writing."""
    facts = {"now": now, "limit": 1, "kinds": list(kinds)}
    return (await executor.execute(_CLAIM_SQLITE, facts)).first() is not None


async def claim(
    executor: Executor, kinds: Collection[str], *, now: datetime, until: datetime, limit: int
) -> list[Effect]:
    """Claim due effects until a time, at most one per lane: what comes after it waits for it."""
    query = _CLAIM_POSTGRESQL if is_postgresql(executor) else _CLAIM_SQLITE
    rows = (await executor.execute(query, {"now": now, "limit": limit, "kinds": list(kinds)})).all()
    if rows:
        claimed = update(EFFECTS).where(EFFECTS.c.seq.in_([row.seq for row in rows]))
        await executor.execute(
            claimed.values(status=EffectStatus.SENDING, claimed_until=until, attempts=EFFECTS.c.attempts + 1)
        )
    effects = [_effect(row) for row in rows]
    return [replace(effect, attempts=effect.attempts + 1) for effect in effects]


async def complete(executor: Executor, performed: Sequence[Performed]) -> None:
    """Write what became of claimed effects. One whose claim ran out meanwhile is known after all."""
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
        }
        for each in performed
    ]
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


async def release(executor: Executor, *, now: datetime, repeatable: Collection[str]) -> int:
    """Take back effects whose sender died: repeatable kinds wait again, of others nobody knows."""
    query = (
        update(EFFECTS)
        .where(
            text("outbox." + _UNSENT),
            EFFECTS.c.status == EffectStatus.SENDING,
            EFFECTS.c.claimed_until < now,
        )
        .values(
            status=case(
                (EFFECTS.c.kind.in_(list(repeatable)), EffectStatus.WAITING), else_=EffectStatus.UNKNOWN
            ),
            claimed_until=None,
        )
    )
    return await count(executor, query)


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


async def redirect(executor: Executor, effect: Effect, *, to: Address | None, now: datetime) -> bool:
    """Send an untaken effect to another channel, or leave it for its holder to find.

    Returns:
        False if it was taken at the last moment.
    """
    query = update(EFFECTS).where(EFFECTS.c.id == effect.id, EFFECTS.c.status == EffectStatus.HELD)
    if to is None:
        return await count(executor, query.values(status=EffectStatus.UNTAKEN)) == 1
    payload = {**effect.payload, "channel": to.channel, "chat_id": to.chat_id}
    return await count(executor, query.values(status=EffectStatus.WAITING, due=now, payload=payload)) == 1


async def other_address(executor: Executor, talk_id: str) -> Address | None:
    """Return the channel that pushes where the person of this talk was last heard, if there is one."""
    here, other = aliased(TalkRow), aliased(TalkRow)
    is_same = or_(other.person_id == here.person_id, other.master_id == here.master_id)
    query = (
        select(other.channel, other.chat_id)
        .join(here, is_same)
        .where(here.id == talk_id, other.channel.not_in(HELD_CHANNELS), other.role == here.role)
        .order_by(other.heard_at.desc())
        .limit(1)
    )
    row = (await executor.execute(query)).first()
    return Address(row.channel, row.chat_id) if row else None


def _effect(row: Any) -> Effect:  # noqa: ANN401 - a row of the whole table
    return Effect(row.id, row.seq, row.lane, row.cause, row.kind, row.payload, row.idem_key, row.attempts)
