"""The rows that one transaction of the pump has: loaded and locked, read only, or added by a turn."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.util import identity_key

from core.kernel.payment import OPEN
from storage.tables import BookingRow, JobRow, MasterRow, OfferRow, PaymentRow, Row, TalkRow

R = TypeVar("R", bound=Row)

# Of these a job has at most one in these states.
LIVE: Mapping[type[Row], Collection[str]] = {
    BookingRow: ("held", "bound"),
    OfferRow: ("open",),
    PaymentRow: sorted(OPEN),
}


class LoadedRows:
    """Rows by kind and id. Each is asked for once, and together with others where that costs nothing."""

    def __init__(self, session: AsyncSession) -> None:
        """Begin with nothing loaded."""
        self.session = session
        self._rows: dict[tuple[type[Row], str], Row | None] = {}
        self._seen: dict[tuple[type[Row], str], Row | None] = {}  # to be read only, so not locked
        self._live: dict[tuple[type[Row], str], Row | None] = {}  # by the job they hang on
        self._new: dict[type[Row], list[Row]] = defaultdict(list)  # added, not written yet

    def known(self, kind: type[R], id: str) -> R | None:
        """Return a row that is loaded or was added in this group; ask nobody."""
        row = self._rows.get((kind, id))
        return row if isinstance(row, kind) else None

    async def load(self, wanted: Mapping[type[Row], Collection[str]]) -> bool:
        """Load rows that were not asked for yet: one SELECT per kind, locked in the order of their ids.

        Returns:
            Whether anything was new.
        """
        is_new = False
        for kind in sorted(wanted, key=lambda each: each.__tablename__):
            ids = sorted({id for id in wanted[kind] if (kind, id) not in self._rows})
            if not ids:
                continue
            is_new = True
            column = kind.__table__.c.id
            query = select(kind).where(column.in_(ids)).order_by(column).with_for_update(key_share=True)
            found = {row.id: row for row in await self.session.scalars(query)}  # type: ignore[attr-defined]
            self._rows.update({(kind, id): found.get(id) for id in ids})
        return is_new

    async def get(self, kind: type[R], id: str) -> R | None:
        """Return a row by its id, loaded before or now."""
        if (kind, id) not in self._rows:
            present = self.session.sync_session.identity_map.get(identity_key(kind, id))
            if present is not None:
                self._rows[kind, id] = present
            else:
                await self.load({kind: (id,)})
        return self.known(kind, id)

    async def see(self, kind: type[R], id: str) -> R | None:
        """Return a row that nothing will be changed in: it is not locked.

        Whatever the jobs of this group name is read along, in the same statement.
        """
        present = self._present(kind, id)
        if present is not None or (kind, id) in self._seen:
            return present
        await self.see_all(kind, {id, *self._named(kind)})
        return self._present(kind, id)

    async def see_all(self, kind: type[Row], ids: Collection[str]) -> None:
        """Read rows that nothing will be changed in, in one statement."""
        unread = (id for id in ids if (kind, id) not in self._seen and self._present(kind, id) is None)
        if not (asked := sorted(unread)):
            return
        column = kind.__table__.c.id
        found = await self.session.scalars(select(kind).where(column.in_(asked)).order_by(column))
        self._seen.update(dict.fromkeys((kind, id) for id in asked))
        self._seen.update({(kind, row.id): row for row in found})  # type: ignore[attr-defined]

    async def live(self, kind: type[R], job_id: str) -> R | None:
        """Return a job's live booking, open offer or open payment.

        Those of the group's other jobs are read along, in the same statement.
        """
        if (kind, job_id) not in self._live:
            await self._load_live(kind, {job_id, *self.ids(JobRow)})
        row: Any = self._live[kind, job_id]
        return row if row is not None and row.state in LIVE[kind] else None

    def ids(self, kind: type[Row]) -> list[str]:
        """Return the ids of all rows of a kind that are loaded or were added."""
        return [id for (each, id), row in self._rows.items() if each is kind and row is not None]

    def unwritten(self, kind: type[R]) -> list[R]:
        """Return rows of a kind that were added or changed and that no query sees yet."""
        changed = (row for row in self.session.dirty if isinstance(row, kind))
        return [*changed, *(row for row in self._new.get(kind, ()) if isinstance(row, kind))]

    def keep(self, row: Row) -> None:
        """Remember a new row, so that it is found from now on as if it had been loaded."""
        self._new[type(row)].append(row)
        if isinstance(id := getattr(row, "id", None), str):
            self._rows[type(row), id] = row
        if isinstance(row, BookingRow | OfferRow | PaymentRow):
            self._live[type(row), row.job_id] = row

    def _present(self, kind: type[R], id: str) -> R | None:
        """Return a row that is loaded, in whatever way; ask nobody."""
        row = self._rows.get((kind, id)) or self._seen.get((kind, id))
        if row is None:
            row = self.session.sync_session.identity_map.get(identity_key(kind, id))
        return row if isinstance(row, kind) else None

    async def _load_live(self, kind: type[Row], jobs: Collection[str]) -> None:
        unwritten: Collection[Any] = self._new.get(JobRow, ())
        nameless = {job.id for job in unwritten}  # nothing in the database can name them
        ids = sorted(id for id in jobs if (kind, id) not in self._live)
        self._live.update(dict.fromkeys((kind, id) for id in ids))
        if asked := [id for id in ids if id not in nameless]:
            columns = kind.__table__.c
            query = select(kind).where(columns.job_id.in_(asked), columns.state.in_(LIVE[kind]))
            found: Any = await self.session.scalars(
                query.order_by(columns.id).with_for_update(key_share=True)
            )
            for row in found:
                self._live[kind, row.job_id] = self._rows[kind, row.id] = row

    def _named(self, kind: type[Row]) -> set[str]:
        """Return the masters, or the talks, of the jobs of this group."""
        loaded = [*self._rows.values(), *self._seen.values()]
        ids: set[str | None] = set()
        if kind is MasterRow:
            ids = {row.master_id for row in loaded if isinstance(row, JobRow | OfferRow | BookingRow)}
        elif kind is TalkRow:
            ids = {row.talk_id for row in loaded if isinstance(row, JobRow | MasterRow)}
        return {id for id in ids if id is not None}
