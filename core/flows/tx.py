"""What a handler may touch while it handles a letter: rows, words, timers, effects, history.

A `Group` is one transaction of the pump: one session, the rows it loaded, and what is to be written.
A `Tx` is the share of one turn in it. Rows with a version (job, talk, payment …) go through the ORM;
append-only rows are buffered here and written many at a time, because on SQLite a statement costs
far more than a row.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.util import identity_key

from core.kernel.payment import OPEN
from core.messages import HELD_CHANNELS, Said
from core.ports import Chance
from storage import changes, mail
from storage.mail import Letter, LetterDraft
from storage.tables import (
    BookingRow,
    ChargeRow,
    DecisionRow,
    DifferenceRow,
    EffectRow,
    EffectStatus,
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

__all__ = ["Catalogue", "Choice", "Group", "Letter", "Mark", "Tx"]

R = TypeVar("R", bound=Row)

HELD_FOR = timedelta(seconds=20)  # what a browser does not fetch in this time goes to the next channel

# The order of writing. A row here never names one of a later kind, so guards that look back are content.
_BUFFERED: tuple[type[Row], ...] = (DecisionRow, UtteranceRow, EffectRow, EventRow)
_NEW: tuple[type[Row], ...] = (
    *(PersonRow, TalkRow, MasterRow, MasterTradeRow, HoursRow, TerminalRow),
    *(JobRow, BookingRow, OfferRow, PaymentRow, ChargeRow),
    *(RefundRow, PayoutRow, ReceiptRow, DifferenceRow),
)

# Of these a job has at most one in these states.
_LIVE: Mapping[type[Row], Collection[str]] = {
    BookingRow: ("held", "bound"),
    OfferRow: ("open",),
    PaymentRow: sorted(OPEN),
}


class Catalogue(Protocol):
    """Every sentence we say, by name."""

    def render(
        self, lang: str, name: str, facts: Mapping[str, object], *, now: datetime, zone: ZoneInfo
    ) -> Said:
        """Return the text with its spoken form and the labels of its buttons."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A button whose label is a text of its own. `choice` is `verb:object:version`, at most 64 bytes."""

    name: str
    choice: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a group held before a turn, to tell afterwards whether the turn changed anything."""

    written: int
    values: Mapping[int, tuple[Row, Mapping[str, Any]]]


class Group:
    """One transaction of the pump. Its turns share it, one after the other."""

    def __init__(
        self, session: AsyncSession, *, now: datetime, chance: Chance, catalogue: Catalogue, zone: ZoneInfo
    ) -> None:
        """Begin with nothing loaded and nothing to write."""
        self.session = session
        self.now = now
        self.chance = chance
        self.catalogue = catalogue
        self.zone = zone
        self.memo: dict[Hashable, Any] = {}  # answers to questions that turns of one group share
        self.transfers: list[dict[str, Any]] = []  # of all turns of this group
        self.transfers_written = 0  # so many of them are in the database
        self._rows: dict[tuple[type[Row], str], Row | None] = {}
        self._seen: dict[tuple[type[Row], str], Row | None] = {}  # to be read only, so not locked
        self._live: dict[tuple[type[Row], str], Row | None] = {}  # by the job they hang on
        self._new: dict[type[Row], list[Row]] = defaultdict(list)
        self._begun: dict[tuple[type[Row], str], str] = {}  # the state each new row of a job was added in
        self._last: dict[Hashable, Callable[[], Awaitable[None]]] = {}
        self._buffers: dict[type[Row], list[dict[str, Any]]] = defaultdict(list)
        self._heard: list[dict[str, Any]] = []  # what a person said, before anything came of it
        self._timers: dict[str, LetterDraft | None] = {}
        self._written = 0  # counts whatever a turn did, so that a refusal after it is noticed

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
        return row if row is not None and row.state in _LIVE[kind] else None

    def ids(self, kind: type[Row]) -> list[str]:
        """Return the ids of all rows of a kind that are loaded or were added."""
        return [id for (each, id), row in self._rows.items() if each is kind and row is not None]

    def unwritten(self, kind: type[R]) -> list[R]:
        """Return rows of a kind that were added or changed and that no query sees yet."""
        changed = (row for row in self.session.dirty if isinstance(row, kind))
        return [*changed, *(row for row in self._new.get(kind, ()) if isinstance(row, kind))]

    def at_last(self, name: Hashable, deed: Callable[[], Awaitable[None]]) -> None:
        """Do something once, after the rows of the whole group were written. It may set timers only."""
        self._last.setdefault(name, deed)

    def add(self, row: Row) -> None:
        """Remember a new row. It is written at the flush, after what was changed and what it may name."""
        self._written += 1
        self._new[type(row)].append(row)
        if isinstance(id := getattr(row, "id", None), str):
            self._rows[type(row), id] = row
        if isinstance(row, BookingRow | OfferRow | PaymentRow):
            self._live[type(row), row.job_id] = row
            self._begun[type(row), row.id] = row.state

    def write(self, kind: type[Row], values: dict[str, Any]) -> None:
        """Buffer an append-only row."""
        self.keep_heard()
        self._written += 1
        self._buffers[kind].append(values)

    def will_send(self, lane: str) -> bool:
        """Tell whether an effect of this lane is buffered."""
        return any(values["lane"] == lane for values in self._buffers.get(EffectRow, ()))

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
        if kind not in _LIVE:
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
            query = select(kind).where(columns.job_id.in_(asked), columns.state.in_(_LIVE[kind]))
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


class Tx:
    """What a handler may touch, for one turn."""

    def __init__(self, group: Group, letter: Letter) -> None:
        """Take a share in a group; `letter` is the first of the turn."""
        self.group = group
        self.letter = letter
        self.facts: Mapping[str, Any] = MappingProxyType({})  # what `answer` left
        self._effects = 0

    @property
    def session(self) -> AsyncSession:
        """The group's session, for queries. Autoflush is off."""
        return self.group.session

    @property
    def now(self) -> datetime:
        """The present, in UTC, the same for the whole turn."""
        return self.group.now

    @property
    def chance(self) -> Chance:
        """The source of ids and randomness."""
        return self.group.chance

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the people here."""
        return self.group.zone

    def id(self) -> str:
        """Return a new id of this moment."""
        return self.group.chance.id(self.group.now)

    def add(self, row: Row) -> None:
        """Add a new row."""
        self.group.add(row)

    async def get(self, kind: type[R], id: str) -> R | None:
        """Return a row by its id, locked on PostgreSQL. What was preloaded or added costs nothing."""
        return await self.group.get(kind, id)

    def say(
        self,
        talk: TalkRow,
        name: str,
        /,
        *,
        choices: Mapping[str, str] | None = None,
        buttons: Sequence[Choice] = (),
        news: bool = False,
        **facts: object,
    ) -> str:
        """Say a text in a talk: rendered now, sent after the commit.

        Args:
            choices: Attribute of the text → what its button chooses.
            buttons: More buttons, each with a text of its own; they stand first.
            news: Said unasked. A reply that nobody heard yet is withdrawn when the person writes
                again; news is not.

        Returns:
            The utterance's id.
        """
        said = self._render(talk.lang, name, facts)
        keys = [
            {"label": self._render(talk.lang, button.name, button.facts).text, "choice": button.choice}
            for button in buttons
        ]
        keys += [{"label": said.labels[label], "choice": choice} for label, choice in (choices or {}).items()]
        utterance_id = self._utter(
            talk, author="naryad", name=name, text=said.text, spoken=said.spoken, buttons=keys
        )
        is_held = talk.channel in HELD_CHANNELS
        self._effect(
            "say",
            lane=f"chat:{talk.id}",
            payload={
                "talk_id": talk.id,
                "utterance_id": utterance_id,
                "channel": talk.channel,
                "chat_id": talk.chat_id,
                "name": name,
                "text": said.text,
                "spoken": said.spoken,
                "buttons": keys,
            },
            status=EffectStatus.HELD if is_held else EffectStatus.WAITING,
            due=self.now + HELD_FOR if is_held else self.now,
            is_news=news,
        )
        return utterance_id

    def words(self, lang: str, name: str, /, **facts: object) -> str:
        """Return a text of ours, for somebody who is not talked to: a provider, a receipt."""
        return self._render(lang, name, facts).text

    def hear(self, talk: TalkRow, words: str, *, media: Sequence[Mapping[str, Any]] = ()) -> str:
        """Write down what the person said. Returns the utterance's id."""
        return self._utter(
            talk, author=talk.role, text=words, media=[dict(each) for each in media], is_heard=True
        )

    def at(self, *, key: str, lane: str, when: datetime, kind: str, payload: Mapping[str, Any]) -> None:
        """Set a timer: a letter that is due at `when`. The same key again moves it."""
        draft = LetterDraft(id=self.id(), lane=lane, key=key, kind=kind, payload=dict(payload), due=when)
        self.group.time(key, draft)

    def cancel(self, key: str) -> None:
        """Cancel a timer, if it still waits."""
        self.group.time(key, None)

    def effect(self, kind: str, *, lane: str, payload: Mapping[str, Any]) -> str:
        """Have something done outside, after the commit. Returns the effect's id."""
        return self._effect(kind, lane=lane, payload=dict(payload))

    async def is_under_way(self, lane: str) -> bool:
        """Tell whether something in a lane of effects was not done yet, this commit included."""
        if self.group.will_send(lane):
            return True
        unsent = EffectRow.status.in_((EffectStatus.WAITING, EffectStatus.SENDING))
        query = select(EffectRow.id).where(EffectRow.lane == lane, unsent).limit(1)
        return await self.session.scalar(query) is not None

    def record(
        self,
        object: str,
        object_id: str,
        action: str,
        /,
        *,
        actor: str,
        parties: Sequence[str] = (),
        **facts: object,
    ) -> None:
        """Add a line to the history.

        Args:
            actor: client:<id>, master:<id>, owner, timer or naryad.
            parties: Ids of the talks and masters who may see it.
        """
        self.group.write(
            EventRow,
            {
                "id": self.id(),
                "object": object,
                "object_id": object_id,
                "action": action,
                "actor": actor,
                "cause": self.letter.id,
                "facts": facts,
                "parties": list(parties),
                "at": self.now,
            },
        )

    def transfer(
        self,
        *,
        kind: str,
        debit: str,
        credit: str,
        amount_minor: int,
        currency: str,
        phase: str = "posted",
        pending_id: str | None = None,
        payment_id: str | None = None,
        job_id: str | None = None,
    ) -> str:
        """Move money from `debit` to `credit`, in minor units, for good. Returns the transfer's id."""
        id = self.id()
        values = {
            "id": id,
            "kind": kind,
            "debit": debit,
            "credit": credit,
            "amount_minor": amount_minor,
            "currency": currency,
            "phase": phase,
            "pending_id": pending_id,
            "payment_id": payment_id,
            "job_id": job_id,
            "cause": self.letter.id,
            "at": self.now,
        }
        self.group.transfers.append(values)
        self.group.write(TransferRow, values)
        return id

    def decide(self, job_id: str, kind: str, inputs: Mapping[str, Any], outcome: Mapping[str, Any]) -> None:
        """Write down why: a decision with all its inputs (L14)."""
        self.group.write(
            DecisionRow,
            {
                "id": self.id(),
                "job_id": job_id,
                "kind": kind,
                "inputs": dict(inputs),
                "outcome": dict(outcome),
                "at": self.now,
            },
        )

    def answer(self, facts: Mapping[str, Any]) -> None:
        """Set what the POST that is this letter answers."""
        self.facts = dict(facts)

    async def see(self, kind: type[R], id: str) -> R | None:
        """Return a row by its id that nothing will be changed in, so it is not locked."""
        return await self.group.see(kind, id)

    async def live(self, kind: type[R], job_id: str) -> R | None:
        """Return a job's live booking, its open offer or its open payment, locked on PostgreSQL."""
        return await self.group.live(kind, job_id)

    async def flush(self) -> None:
        """Write rows now, for a guard that reads another row of the same commit."""
        await self.group.flush()

    def _render(self, lang: str, name: str, facts: Mapping[str, object]) -> Said:
        return self.group.catalogue.render(lang, name, facts, now=self.now, zone=self.zone)

    def _utter(
        self,
        talk: TalkRow,
        *,
        author: str,
        text: str,
        name: str | None = None,
        spoken: str | None = None,
        buttons: Sequence[Mapping[str, str]] = (),
        media: Sequence[Mapping[str, Any]] = (),
        is_heard: bool = False,
    ) -> str:
        id = self.id()
        values = {
            "id": id,
            "talk_id": talk.id,
            "author": author,
            "name": name,
            "text": text,
            "spoken": spoken,
            "buttons": list(buttons),
            "media": list(media),
            "cause": self.letter.id,
            "at": self.now,
        }
        if is_heard:
            self.group.hear(values)
        else:
            self.group.write(UtteranceRow, values)
        return id

    def _effect(
        self,
        kind: str,
        *,
        lane: str,
        payload: dict[str, Any],
        status: EffectStatus = EffectStatus.WAITING,
        due: datetime | None = None,
        is_news: bool = False,
    ) -> str:
        id = self.id()
        self._effects += 1
        self.group.write(
            EffectRow,
            {
                "id": id,
                "lane": lane,
                "cause": self.letter.id,
                "kind": kind,
                "payload": payload,
                "idem_key": f"{self.letter.id}:{self._effects}",
                "due": due or self.now,
                "status": status,
                "is_news": is_news,
                "attempts": 0,
            },
        )
        return id
