"""One transaction of the pump: one session, the rows it loaded, and what is to be written.

Rows with a version (job, talk, payment …) go through the ORM; append-only rows are buffered here and
written many at a time, because on SQLite a statement costs far more than a row.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.flows.loaded import LIVE, LoadedRows
from core.messages import Said
from core.ports import Chance
from storage import changes, mail
from storage.mail import Letter, LetterDraft
from storage.tables import (
    BookingRow,
    ChargeRow,
    DecisionRow,
    DifferenceRow,
    EffectRow,
    EventRow,
    HoursRow,
    JobRow,
    MasterRow,
    MasterTradeRow,
    OfferRow,
    PaymentRow,
    PayoutRow,
    PersonRow,
    ReceiptRow,
    RefundRow,
    Row,
    TalkRow,
    TerminalRow,
    TransferRow,
    UtteranceRow,
)

# The order of writing. A row here never names one of a later kind, so guards that look back are content.
_BUFFERED: tuple[type[Row], ...] = (DecisionRow, UtteranceRow, EffectRow, EventRow)
_NEW: tuple[type[Row], ...] = (
    *(PersonRow, TalkRow, MasterRow, MasterTradeRow, HoursRow, TerminalRow),
    *(JobRow, BookingRow, OfferRow, PaymentRow, ChargeRow),
    *(RefundRow, PayoutRow, ReceiptRow, DifferenceRow),
)


class Catalogue(Protocol):
    """Every sentence we say, by name."""

    def render(
        self, lang: str, name: str, facts: Mapping[str, object], *, now: datetime, zone: ZoneInfo
    ) -> Said:
        """Return the text with its spoken form and the labels of its buttons."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What a group held before a turn, to tell afterwards whether the turn changed anything."""

    written: int
    values: Mapping[int, tuple[Row, Mapping[str, Any]]]


class Group(LoadedRows):
    """One transaction of the pump. Its turns share it, one after the other."""

    def __init__(
        self, session: AsyncSession, *, now: datetime, chance: Chance, catalogue: Catalogue, zone: ZoneInfo
    ) -> None:
        """Begin with nothing loaded and nothing to write."""
        super().__init__(session)
        self.now = now
        self.chance = chance
        self.catalogue = catalogue
        self.zone = zone
        self.memo: dict[Hashable, Any] = {}  # answers to questions that turns of one group share
        self.transfers: list[dict[str, Any]] = []  # of all turns of this group
        self.transfers_written = 0  # so many of them are in the database
        self._begun: dict[tuple[type[Row], str], str] = {}  # the state each new row of a job was added in
        self._last: dict[Hashable, Callable[[], Awaitable[None]]] = {}
        self._buffers: dict[type[Row], list[dict[str, Any]]] = defaultdict(list)
        self._heard: list[dict[str, Any]] = []  # what a person said, before anything came of it
        self._timers: dict[str, LetterDraft | None] = {}
        self._written = 0  # counts whatever a turn did, so that a refusal after it is noticed

    def at_last(self, name: Hashable, deed: Callable[[], Awaitable[None]]) -> None:
        """Do something once, after the rows of the whole group were written. It may set timers only."""
        self._last.setdefault(name, deed)

    def add(self, row: Row) -> None:
        """Remember a new row. It is written at the flush, after what was changed and what it may name."""
        self._written += 1
        self.keep(row)
        if isinstance(row, BookingRow | OfferRow | PaymentRow):
            self._begun[type(row), row.id] = row.state

    def write(self, kind: type[Row], values: dict[str, Any]) -> None:
        """Buffer an append-only row."""
        self.keep_heard()
        self._written += 1
        self._buffers[kind].append(values)

    def will_send(self, lane: str) -> bool:
        """Tell whether an effect of this lane is buffered."""
        return any(values["lane"] == lane for values in self._buffers.get(EffectRow, ()))

    def last_effect(self) -> dict[str, Any]:
        """Return the effect that was buffered last, to be added to."""
        return self._buffers[EffectRow][-1]

    def is_buffered(self, effect: dict[str, Any]) -> bool:
        """Tell whether an effect is not written yet."""
        return any(each is effect for each in self._buffers.get(EffectRow, ()))

    def hear(self, values: dict[str, Any]) -> None:
        """Note what a person said. It changes nothing: a refusal afterwards may hear it anew."""
        self._heard.append(values)

    def keep_heard(self) -> None:
        """Buffer what was heard, before whatever follows it."""
        if self._heard:
            self._buffers[UtteranceRow].extend(self._heard)
            self._heard.clear()

    def forget_heard(self) -> None:
        """Drop what was heard in a turn that ends in a refusal; its refusal hears it again."""
        self._heard.clear()

    def time(self, key: str, draft: LetterDraft | None) -> None:
        """Make, move or cancel the timer of this key; the last word in a group counts."""
        self._written += 1
        self._timers[key] = draft

    def is_put_off(self, letter: Letter) -> bool:
        """Tell whether an earlier turn of this group cancelled or moved this letter."""
        return letter.key in self._timers

    def mark(self) -> Mark:
        """Note what there is now."""
        changed = self.session.dirty
        return Mark(self._written, {id(row): (row, dict(vars(row))) for row in changed})

    def has_changed_since(self, mark: Mark) -> bool:
        """Tell whether anything was added, buffered, flushed, deleted or set since the mark."""
        session = self.session
        if self._written != mark.written or session.deleted or len(session.dirty) != len(mark.values):
            return True
        for row in session.dirty:
            _, before = mark.values.get(id(row), (None, None))
            now = vars(row)
            if before is None or now.keys() != before.keys():
                return True
            if any(now[name] is not value for name, value in before.items()):
                return True
        return False

    async def flush(self) -> None:
        """Write what turns left behind, in an order that guards which read other rows are content with.

        Money first, then what was changed, then new rows, then what only tells of them. A new row is written
        in the state it began in and changed afterwards. Timers wait for `finish`.
        """
        self.keep_heard()
        await self._write_buffered(TransferRow)
        self.transfers_written = len(self.transfers)
        await self._write_changed()
        held_back = []
        for kind in (*_NEW, *(kind for kind in list(self._new) if kind not in _NEW)):
            if rows := self._new.pop(kind, None):
                held_back += self._hold_back_changed(kind, rows)
                self.session.add_all(rows)
                self._written += 1
                await self.session.flush()
        for row, state in held_back:
            row.state = state
        if held_back:
            await self._write_changed()
        for kind in _BUFFERED:
            await self._write_buffered(kind)

    async def finish(self) -> None:
        """Write the timers, after the letters were acknowledged: one may have moved itself."""
        for deed in list(self._last.values()):
            await deed()
        self._last.clear()
        timers = [draft for draft in self._timers.values() if draft is not None]
        cancelled = [key for key, draft in self._timers.items() if draft is None]
        self._timers.clear()
        if timers:
            await mail.arm(self.session, timers, received=self.now)
        if cancelled:
            await mail.cancel(self.session, cancelled, now=self.now)

    def _hold_back_changed(self, kind: type[Row], rows: Sequence[Any]) -> list[tuple[Any, str]]:
        if kind not in LIVE:
            return []
        held_back = [(row, row.state) for row in rows if row.state != self._begun[kind, row.id]]
        for row, _ in held_back:
            row.state = self._begun[kind, row.id]
        return held_back

    async def _write_changed(self) -> None:
        self._written += await changes.write(self.session)
        if self.session.deleted or any(not changes.is_versioned(row) for row in self.session.dirty):
            self._written += 1
            await self.session.flush()

    async def _write_buffered(self, kind: type[Row]) -> None:
        if rows := self._buffers.pop(kind, None):
            await self.session.execute(insert(Row.metadata.tables[kind.__tablename__]), rows)
