"""Where else a person can be reached, when what we said did not reach him where he was."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import aliased

from core.messages import HELD_CHANNELS, Address, Role, door_of
from storage.mail import Executor, count
from storage.outbox import EFFECTS, Effect
from storage.tables import EffectStatus, MasterRow, PersonRow, TalkRow

TRIED = "tried"  # in what is said: the addresses that did not take it


async def redirect(
    executor: Executor,
    effect: Effect,
    *,
    to: Address | None,
    now: datetime,
    was: Collection[EffectStatus],
    is_refused: bool = False,
) -> bool:
    """Send an effect that did not reach its person by another door, or leave it for him to find.

    Args:
        was: How the effect stands if nobody else has taken it meanwhile.
        is_refused: The address did not take it, and is not tried again.

    Returns:
        False if it was taken at the last moment.
    """
    query = update(EFFECTS).where(EFFECTS.c.id == effect.id, EFFECTS.c.status.in_(list(was)))
    if to is None:
        return await count(executor, query.values(status=EffectStatus.UNTAKEN, claimed_until=None)) == 1
    moved = readdressed(effect, to, is_refused=is_refused)
    values = {
        "status": EffectStatus.WAITING,
        "due": now,
        "payload": dict(moved.payload),
        "door": moved.door,
        "sent": None,
        "attempts": 0,
        "claimed_until": None,
    }
    return await count(executor, query.values(**values)) == 1


def readdressed(effect: Effect, to: Address, *, is_refused: bool) -> Effect:
    """Return an effect as it is said at another address; it remembers who did not take it."""
    payload = {**effect.payload, "channel": to.channel, "chat_id": to.chat_id}
    if is_refused:
        payload[TRIED] = [list(each) for each in sorted(_tried(effect))]
    role = (effect.door or "").rpartition("-")[2] or Role.CLIENT.value
    return replace(effect, payload=payload, door=door_of(to.channel, role))


def _tried(effect: Effect) -> set[tuple[str, str]]:
    """Return the addresses that are of no use to an effect: where it is, and those that did not take it."""
    said = effect.payload
    here = (str(said.get("channel")), str(said.get("chat_id")))
    return {here, *((str(channel), str(chat_id)) for channel, chat_id in said.get(TRIED, ()))}


async def other_address(executor: Executor, effect: Effect, *, doors: Collection[str]) -> Address | None:
    """Return where else the person of a talk can be reached; None: nowhere.

    First where he was last heard and did not shut the door, then by SMS and by mail; those two get news
    only, for an answer there to what was asked elsewhere would only puzzle.

    Args:
        doors: Doors that are open, by name.
    """
    here, other = aliased(TalkRow), aliased(TalkRow)
    # The talk's own door too: what went elsewhere while it was broken may come back.
    is_same = or_(other.id == here.id, other.person_id == here.person_id, other.master_id == here.master_id)
    query = (
        select(other.channel, other.chat_id, other.role, other.known)
        .join(here, is_same)
        .where(
            here.id == str(effect.payload.get("talk_id", "")),
            other.channel.not_in(HELD_CHANNELS),
            other.shut_at.is_(None),
            other.role == here.role,
        )
        .order_by(other.heard_at.desc())
    )
    tried = _tried(effect)
    for row in await executor.execute(query):
        if row.known.get("must_prove"):  # it named a number, and nobody has vouched for it
            continue
        if door_of(row.channel, row.role) in doors and (row.channel, row.chat_id) not in tried:
            return Address(row.channel, row.chat_id)
    return await _by_number(executor, effect, doors=doors) if effect.is_news else None


async def _by_number(executor: Executor, effect: Effect, *, doors: Collection[str]) -> Address | None:
    """Return the phone or the e-mail of the person of a talk that has a job."""
    query = (
        select(
            TalkRow.role,
            func.coalesce(MasterRow.phone, PersonRow.phone).label("phone"),
            func.coalesce(MasterRow.email, PersonRow.email).label("email"),
        )
        .outerjoin(PersonRow, PersonRow.id == TalkRow.person_id)
        .outerjoin(MasterRow, MasterRow.id == TalkRow.master_id)
        .where(
            TalkRow.id == str(effect.payload.get("talk_id", "")),
            or_(TalkRow.job_id.is_not(None), TalkRow.master_id.is_not(None)),
        )
    )
    row = (await executor.execute(query)).first()
    if row is None:
        return None
    tried = _tried(effect)
    for channel, chat_id in (("sms", row.phone), ("email", row.email)):
        if chat_id and door_of(channel, row.role) in doors and (channel, chat_id) not in tried:
            return Address(channel, chat_id)
    return None
