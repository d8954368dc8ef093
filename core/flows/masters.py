"""A master's own row: made when he joins, active when he can work, paused when he wants (A17–A28)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select, update

from core.flows import holds
from core.flows.hours import RETURN
from core.flows.tx import Tx
from core.markets.cities import City
from core.meaning import Trade
from storage.tables import HoursRow, MasterRow, MasterTradeRow, TalkRow, TerminalRow


async def with_phone(tx: Tx, phone: str) -> MasterRow | None:
    """Return the master of this phone (A17), locked. Nobody gets his record by naming it."""
    for row in tx.group.unwritten(MasterRow):
        if row.phone == phone:
            return row
    id = await tx.session.scalar(select(MasterRow.id).where(MasterRow.phone == phone))
    return await tx.get(MasterRow, id) if id else None


async def join(
    tx: Tx,
    *,
    talk: TalkRow,
    name: str,
    phone: str,
    email: str | None,
    city: City,
    district: str | None,
    trades: Sequence[Trade],
    years: int | None,
) -> MasterRow:
    """Make a master of the one who talks; he is a draft until he has hours and a terminal."""
    place = city.district(district)
    master = MasterRow(
        id=tx.id(),
        name=name,
        phone=phone,
        email=email,
        lang=talk.lang,
        market=talk.market,
        city=city.name,
        district=district,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        years=years,
        status="draft",
        talk_id=talk.id,
        created_at=tx.now,
    )
    tx.add(master)
    for trade in trades:
        tx.add(MasterTradeRow(master_id=master.id, trade=trade.value, city=city.name, is_active=False))
    talk.master_id = master.id
    await tx.flush()  # a second one with this phone in the same commit is refused here
    tx.record("master", master.id, "joined", actor=f"master:{master.id}", parties=[talk.id, master.id])
    return master


async def activate_if_ready(tx: Tx, master: MasterRow) -> bool:
    """Make a master active once he has a trade, hours and a terminal (A28). Returns whether he is."""
    if master.status != "draft":
        return master.status == "active"
    await tx.flush()
    ready = select(
        exists().where(MasterTradeRow.master_id == master.id),
        exists().where(HoursRow.master_id == master.id, HoursRow.ends_at > tx.now),
        exists().where(TerminalRow.master_id == master.id, TerminalRow.status == "active"),
    )
    if not all((await tx.session.execute(ready)).one()):
        return False
    await _set(tx, master, "active", "activated")
    return True


async def change_trades(tx: Tx, master: MasterRow, trades: Sequence[Trade]) -> bool:
    """Let a master be sought for these trades and no others. Return whether that was anything new."""
    await tx.flush()
    query = select(MasterTradeRow.trade).where(MasterTradeRow.master_id == master.id)
    now, wanted = set(await tx.session.scalars(query)), {trade.value for trade in trades}
    if now == wanted:
        return False
    await tx.session.execute(
        delete(MasterTradeRow).where(
            MasterTradeRow.master_id == master.id, MasterTradeRow.trade.in_(now - wanted)
        )
    )
    is_active = master.status == "active"
    for trade in sorted(wanted - now):
        row = MasterTradeRow(master_id=master.id, trade=trade, city=str(master.city), is_active=is_active)
        tx.add(row)
    _record(tx, master, "trades_changed", trades=sorted(wanted))
    return True


async def add_trades(tx: Tx, master: MasterRow, trades: Sequence[Trade]) -> list[Trade]:
    """Let a master be sought for these trades as well. Return those that are new."""
    await tx.flush()
    query = select(MasterTradeRow.trade).where(MasterTradeRow.master_id == master.id)
    now = [Trade(trade) for trade in await tx.session.scalars(query)]
    added = [trade for trade in trades if trade not in now]
    if added:
        await change_trades(tx, master, [*now, *added])
    return added


async def pause(tx: Tx, master: MasterRow, *, until: datetime | None = None) -> None:
    """Send a master no more jobs until he comes back, by himself or at a moment."""
    if until is not None:
        payload = {"master_id": master.id}
        lane = f"master:{master.id}"
        tx.at(key=_return_of(master), lane=lane, when=until, kind=RETURN, payload=payload)
    if master.status == "active":
        await _set(tx, master, "paused", "paused")


async def resume(tx: Tx, master: MasterRow) -> None:
    """Send a master jobs again."""
    master.silent_mornings = 0
    tx.cancel(_return_of(master))
    await _set(tx, master, "active", "resumed")


async def _set(tx: Tx, master: MasterRow, status: str, action: str) -> None:
    master.status = status
    await tx.flush()
    await tx.session.execute(
        update(MasterTradeRow)
        .where(MasterTradeRow.master_id == master.id)
        .values(is_active=status == "active")
    )
    _record(tx, master, action)
    if status == "active":
        holds.try_waiting_for(tx, master.id)


def _record(tx: Tx, master: MasterRow, action: str, **facts: object) -> None:
    parties = [master.id, *([master.talk_id] if master.talk_id else [])]
    tx.record("master", master.id, action, actor=f"master:{master.id}", parties=parties, **facts)


def _return_of(master: MasterRow) -> str:
    return f"{RETURN}:{master.id}"
