"""The mail of the house: how letters come in, wait for their turn and end.

A lane's letters are handled in the order of their `seq`, those that are due; a timer with a future
`due` blocks nobody. Functions take the transaction they work in first; none of them commits.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    CursorResult,
    Executable,
    Table,
    TextualSelect,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from core.meaning import Reading
from storage.tables import Instant, LaneRow, LetterRow, LetterStatus, Row

Executor = AsyncConnection | AsyncSession

LETTERS: Table = Row.metadata.tables[LetterRow.__tablename__]
LANES: Table = Row.metadata.tables[LaneRow.__tablename__]

WAKE = "naryad_mail"  # the channel of NOTIFY: there is something to do, or something is done

OK, REFUSAL, DEFECT = "ok", "refusal", "defect"  # outcomes

BATCH = 500  # ids in one statement

# What a payment provider told us is never purged.
KEPT_KINDS = "%notice"


ERROR_LENGTH = 500
_DEAD_COLUMNS = ("id", "lane", "key", "kind", "received", "handled", "attempts", "error")

_LETTER_TYPES = tuple(
    getattr(LETTERS.c, name)
    for name in ("id", "seq", "lane", "key", "kind", "payload", "received", "due", "attempts")
)
_HEADS = """
    WITH heads AS (
        SELECT lane, due FROM inbox
        WHERE status = 0 AND due <= :now
          AND lane NOT IN (SELECT id FROM lane WHERE blocked_until IS NOT NULL AND blocked_until > :now)
        ORDER BY due LIMIT :window
    )
"""
_LETTER_COLUMNS = "i.id, i.seq, i.lane, i.key, i.kind, i.payload, i.received, i.due, i.attempts"


def typed(sql: str, columns: Sequence[Any]) -> TextualSelect:
    """Return a query in plain SQL; `:now` and what it returns are of our types."""
    return text(sql).bindparams(bindparam("now", type_=Instant)).columns(*columns)


_PEEK_SQLITE = typed(
    f"""{_HEADS}, chosen AS (
        SELECT lane FROM heads GROUP BY lane ORDER BY min(due), :salt LIMIT :lanes
    )
    SELECT {_LETTER_COLUMNS}
    FROM chosen CROSS JOIN inbox i ON i.seq IN (
        SELECT seq FROM inbox x
        WHERE x.lane = chosen.lane AND x.status = 0 AND x.due <= :now
        ORDER BY x.seq LIMIT :per_lane
    )
    ORDER BY i.seq
    """,  # noqa: S608 - put together from our own words
    _LETTER_TYPES,
)
_PEEK_POSTGRESQL = typed(
    f"""{_HEADS}, chosen AS (
        SELECT lane FROM heads GROUP BY lane ORDER BY md5(lane || CAST(:salt AS text)) LIMIT :lanes
    )
    SELECT {_LETTER_COLUMNS}
    FROM chosen CROSS JOIN LATERAL (
        SELECT * FROM inbox x
        WHERE x.lane = chosen.lane AND x.status = 0 AND x.due <= :now
        ORDER BY x.seq LIMIT :per_lane
    ) i
    ORDER BY i.seq
    """,  # noqa: S608 - put together from our own words
    _LETTER_TYPES,
)


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A letter to be put. Without `due` it is due at once; whoever puts it gives it an id."""

    lane: str
    key: str
    kind: str
    payload: Mapping[str, Any]
    due: datetime | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as a handler sees it."""

    id: str
    seq: int
    lane: str
    key: str
    kind: str
    payload: dict[str, Any]
    received: datetime
    due: datetime
    reading: Reading | None = None  # all that its text may mean, if it has one
    attempts: int = 0

    @property
    def is_free_text(self) -> bool:
        """Whether a person typed it in a channel that pushes: more may follow within a breath."""
        is_typed = self.payload.get("pushed") or self.payload.get("is_edit")
        return bool(is_typed) and not self.payload.get("choice")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a letter ended. `facts` of a refusal: name, text and its fields."""

    letter_id: str
    status: str  # OK, REFUSAL, DEFECT
    facts: dict[str, Any] = field(default_factory=dict)
    error: str | None = None  # of a defect, for whoever repairs it


@dataclass(frozen=True, slots=True)
class Known:
    """A letter that is there already under a key that was put again."""

    id: str
    key: str
    body_sha: str | None
    outcome: Outcome | None


def is_postgresql(executor: Executor) -> bool:
    """Tell which of the two databases this is."""
    bind = executor.get_bind() if isinstance(executor, AsyncSession) else executor
    return bind.dialect.name == "postgresql"


# Letters in ------------------------------------------------------------------------------------


async def put(executor: Executor, drafts: Sequence[LetterDraft], *, received: datetime) -> set[str]:
    """Put letters, in this order; one whose key is there already is left alone.

    Returns:
        The ids that are new.
    """
    await _open_lanes(executor, {draft.lane for draft in drafts})
    query = (
        insert_of(executor)(LETTERS).on_conflict_do_nothing(index_elements=["key"]).returning(LETTERS.c.id)
    )
    rows = [_letter_values(draft, received=received) for draft in drafts]
    return set((await executor.execute(query, rows)).scalars())


async def with_key(executor: Executor, keys: Collection[str]) -> dict[str, Known]:
    """Return the letters that have these keys, by key."""
    query = select(LETTERS.c.id, LETTERS.c.key, LETTERS.c.payload, LETTERS.c.status, LETTERS.c.outcome).where(
        LETTERS.c.key.in_(keys)
    )
    return {
        row.key: Known(
            row.id, row.key, row.payload.get("body_sha"), _outcome(row.id, row.status, row.outcome)
        )
        for row in await executor.execute(query)
    }


async def outcomes(executor: Executor, ids: Collection[str]) -> list[Outcome]:
    """Return the outcomes of those of these letters that have one."""
    query = select(LETTERS.c.id, LETTERS.c.status, LETTERS.c.outcome).where(
        LETTERS.c.id.in_(ids), LETTERS.c.status != LetterStatus.WAITING
    )
    ended = (_outcome(row.id, row.status, row.outcome) for row in await executor.execute(query))
    return [outcome for outcome in ended if outcome is not None]


async def notify(executor: Executor, *, by: str = "") -> None:
    """Wake other processes, at the commit. Only PostgreSQL has others.

    Args:
        by: The name of our own bell, which does not need it.
    """
    if is_postgresql(executor):
        await executor.execute(select(func.pg_notify(WAKE, by)))


# Timers ----------------------------------------------------------------------------------------


async def arm(executor: Executor, drafts: Sequence[LetterDraft], *, received: datetime) -> None:
    """Set timers; one whose key is there already is set anew, whatever became of it.

    It gets the new letter's id too: effects are numbered by their cause, and what the old one
    caused must not be taken for what the new one will.
    """
    await _open_lanes(executor, {draft.lane for draft in drafts})
    query = insert_of(executor)(LETTERS)
    renewed = (
        "id",
        "lane",
        "kind",
        "payload",
        "due",
        "received",
        "status",
        "attempts",
        "outcome",
        "error",
        "handled",
    )
    query = query.on_conflict_do_update(
        index_elements=["key"], set_={name: query.excluded[name] for name in renewed}
    )
    await executor.execute(query, [_letter_values(draft, received=received) for draft in drafts])


async def cancel(executor: Executor, keys: Sequence[str], *, now: datetime) -> None:
    """Cancel the letters with these keys that still wait."""
    query = (
        update(LETTERS)
        .where(LETTERS.c.key.in_(keys), LETTERS.c.status == LetterStatus.WAITING)
        .values(status=LetterStatus.CANCELLED, handled=now)
    )
    await executor.execute(query)


# Letters handled -------------------------------------------------------------------------------


async def peek(
    executor: Executor, *, now: datetime, lanes: int, per_lane: int, window: int, salt: str = ""
) -> list[Letter]:
    """Return due letters of at most `lanes` lanes that are not blocked, in order.

    Only the `window` longest due letters are searched for lanes, so that a backlog costs nothing.
    On PostgreSQL `salt` chooses among those lanes, so that two processes seldom choose the same.
    """
    query = _PEEK_POSTGRESQL if is_postgresql(executor) else _PEEK_SQLITE
    facts = {"now": now, "lanes": lanes, "per_lane": per_lane, "window": window, "salt": salt}
    return [
        Letter(
            row.id,
            row.seq,
            row.lane,
            row.key,
            row.kind,
            row.payload,
            row.received,
            row.due,
            None,
            row.attempts,
        )
        for row in await executor.execute(query, facts)
    ]


async def claim(executor: Executor, letters: Sequence[Letter], *, now: datetime) -> list[Letter]:
    """Return those of these letters that are ours to handle until the end of the transaction.

    On PostgreSQL their lanes are locked, but for those that somebody else holds. Of each lane the
    letters are taken as far as they are still the next ones: what was handled, cancelled or
    overtaken since they were read is left.
    """
    lanes = sorted({letter.lane for letter in letters})
    if is_postgresql(executor):
        lock = select(LANES.c.id).where(LANES.c.id.in_(lanes)).order_by(LANES.c.id)
        lanes = list((await executor.execute(lock.with_for_update(skip_locked=True))).scalars())
        if not lanes:
            return []
    last = max(letter.seq for letter in letters)
    waiting = select(LETTERS.c.lane, LETTERS.c.id).where(
        LETTERS.c.lane.in_(lanes),
        LETTERS.c.status == LetterStatus.WAITING,
        LETTERS.c.due <= now,
        LETTERS.c.seq <= last,
    )
    queues: dict[str, list[str]] = defaultdict(list)
    for row in await executor.execute(waiting.order_by(LETTERS.c.seq)):
        queues[row.lane].append(row.id)
    offered = {letter.id: letter for letter in letters}
    ours: set[str] = set()
    for queue in queues.values():
        for id in queue:
            if id not in offered:
                break
            ours.add(id)
    return [letter for letter in letters if letter.id in ours]


async def acknowledge(executor: Executor, ended: Sequence[tuple[Letter, Outcome]], *, now: datetime) -> bool:
    """Write how these letters ended; one that is a defect becomes a dead letter.

    Returns:
        False if one of them is not waiting any more: roll back then.
    """
    query = (
        update(LETTERS)
        .where(
            LETTERS.c.seq == bindparam("its_seq"),
            LETTERS.c.id == bindparam("its_id"),  # a timer that was set anew is another letter
            LETTERS.c.status == LetterStatus.WAITING,
        )
        .values(
            status=bindparam("its_status"),
            outcome=bindparam("its_outcome"),
            error=bindparam("its_error"),
            handled=now,
            attempts=LETTERS.c.attempts + 1,
        )
    )
    rows = [
        {
            "its_seq": letter.seq,
            "its_id": letter.id,
            "its_status": LetterStatus.DEAD if outcome.status == DEFECT else LetterStatus.HANDLED,
            "its_outcome": {"status": outcome.status, "facts": outcome.facts},
            "its_error": outcome.error and outcome.error[:ERROR_LENGTH],
        }
        for letter, outcome in ended
    ]
    return await count(executor, query, rows) == len(rows)


async def block(executor: Executor, letters: Sequence[Letter], *, until: datetime, error: str) -> None:
    """Let the lanes of these letters wait, and count the attempt."""
    lanes = {letter.lane for letter in letters}
    await executor.execute(update(LANES).where(LANES.c.id.in_(lanes)).values(blocked_until=until))
    await executor.execute(
        update(LETTERS)
        .where(LETTERS.c.id.in_([letter.id for letter in letters]))
        .values(attempts=LETTERS.c.attempts + 1, error=error[:ERROR_LENGTH])
    )


async def dead(executor: Executor, *, limit: int = 100) -> Sequence[Any]:
    """Return rows (id, lane, key, kind, received, handled, attempts, error) of dead letters, oldest first."""
    columns = (getattr(LETTERS.c, name) for name in _DEAD_COLUMNS)
    query = select(*columns).where(LETTERS.c.status == LetterStatus.DEAD).order_by(LETTERS.c.seq).limit(limit)
    return (await executor.execute(query)).all()


async def replay(executor: Executor, ids: Collection[str], *, now: datetime) -> int:
    """Put dead letters back to wait; returns how many. They come first in their lanes."""
    query = (
        update(LETTERS)
        .where(LETTERS.c.id.in_(ids), LETTERS.c.status == LetterStatus.DEAD)
        .values(status=LetterStatus.WAITING, outcome=None, error=None, handled=None, attempts=0, due=now)
    )
    return await count(executor, query)


async def purge(executor: Executor, *, before: datetime, after_seq: int = 0) -> int | None:
    """Delete a batch of letters that were handled or cancelled before a time, notices never.

    Returns:
        The last `seq` that was deleted, to go on from; None if there was nothing left.
    """
    ended = (LetterStatus.HANDLED, LetterStatus.CANCELLED)
    batch = (
        select(LETTERS.c.seq)
        .where(
            LETTERS.c.seq > after_seq,
            LETTERS.c.status.in_(ended),
            LETTERS.c.handled < before,
            LETTERS.c.kind.not_like(KEPT_KINDS),
        )
        .order_by(LETTERS.c.seq)
        .limit(BATCH)
    )
    seqs = (await executor.execute(batch)).scalars().all()
    if not seqs:
        return None
    await executor.execute(delete(LETTERS).where(LETTERS.c.seq.in_(seqs), LETTERS.c.status.in_(ended)))
    return int(seqs[-1])


# Below: the parts that the functions above share ------------------------------------------------


def insert_of(executor: Executor) -> Any:  # noqa: ANN401 - the two dialects' inserts share no type
    """Return the `insert` of this database, which knows what to do when a row is there already."""
    return postgresql.insert if is_postgresql(executor) else sqlite.insert


async def _open_lanes(executor: Executor, lanes: Collection[str]) -> None:
    # In one order everywhere, so that two processes that open the same lanes do not wait in a ring.
    query = insert_of(executor)(LANES).on_conflict_do_nothing(index_elements=["id"])
    await executor.execute(query, [{"id": lane} for lane in sorted(lanes)])


async def count(
    executor: Executor, query: Executable, rows: Sequence[Mapping[str, Any]] | None = None
) -> int:
    """Execute a statement, for each of `rows` if there are any, and return how many rows it changed."""
    result = await executor.execute(query, rows) if rows is not None else await executor.execute(query)
    return cast("CursorResult[Any]", result).rowcount


def _letter_values(draft: LetterDraft, *, received: datetime) -> dict[str, Any]:
    return {
        "id": draft.id,
        "lane": draft.lane,
        "key": draft.key,
        "kind": draft.kind,
        "payload": dict(draft.payload),
        "received": received,
        "due": draft.due or received,
        "status": LetterStatus.WAITING,
        "attempts": 0,
        "outcome": None,
        "error": None,
        "handled": None,
    }


def _outcome(letter_id: str, status: int, values: Mapping[str, Any] | None) -> Outcome | None:
    if status == LetterStatus.WAITING:
        return None
    if values is None:  # cancelled: nothing was said
        return Outcome(letter_id, OK)
    return Outcome(letter_id, values["status"], values["facts"])
