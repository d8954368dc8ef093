"""Where everything that comes in becomes a letter: written, committed, and only then acknowledged.

Whoever waits at the same time is written in one transaction: while one is on its way to the disk,
the next gathers.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.bell import Bell
from bots.failures import Verdict, judge, where
from core.kernel.refusal import KeyReused, Outage
from core.ports import Chance, Clock
from storage import mail, outbox
from storage.engine import readers
from storage.mail import LetterDraft, Outcome
from storage.storable import storable

logger = logging.getLogger(__name__)

BATCH_MAX = 500  # letters in one transaction
CONFLICTS_MAX = 5  # of one batch with other processes
WAIT_S = 10.0  # for an outcome

POLL_S = 0.2  # for outcomes of other processes, should their NOTIFY be lost
PAUSE_S = 0.01  # between two looks, however often the bell rings
KEPT_FOR = timedelta(days=10)  # handled letters; as long, a key is known


@dataclass(frozen=True, slots=True)
class Receipt:
    """A letter is in the inbox. Not new: it was there under the same key."""

    id: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Posted:
    draft: LetterDraft
    receipt: asyncio.Future[tuple[Receipt, Outcome | None]]

    @property
    def body_sha(self) -> str | None:
        return self.draft.payload.get("body_sha")


class Intake:
    """Puts letters. One per process."""

    def __init__(
        self, engine: AsyncEngine, *, clock: Clock, chance: Chance, bell: Bell | None = None
    ) -> None:
        self._engine = engine
        self._readers = readers(engine)
        self._clock, self._chance = clock, chance
        self._bell = bell or Bell()
        self._is_shared = engine.dialect.name == "postgresql"  # other processes may handle our letters
        self._posted: list[_Posted] = []
        self._writer: asyncio.Task[None] | None = None
        self._poller: asyncio.Task[None] | None = None
        self._is_settling = False

    async def put(
        self, *, lane: str, key: str, kind: str, payload: Mapping[str, Any], due: datetime | None = None
    ) -> Receipt:
        """Put a letter; on return it is on the disk.

        Args:
            lane: What it must be in order with.
            key: Who put it before is answered from that letter.
            due: When it is to be handled; without, at once.

        Raises:
            KeyReused: the same key with another `body_sha` in the payload.
            Outage: the database is away.
        """
        receipt, _ = await self._post(self._draft(lane, key, kind, payload, due))
        return receipt

    async def put_all(self, letters: Sequence[Mapping[str, Any]]) -> None:
        """Put letters in this order, each as `put` takes it; on return all of them are on the disk.

        Raises:
            Outage: the database is away; some of them may be there already, under their keys.
        """
        drafts = [
            self._draft(each["lane"], each["key"], each["kind"], each["payload"], None) for each in letters
        ]
        answers = await asyncio.gather(*map(self._post, drafts), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, KeyReused):
                raise answer

    async def ask(
        self,
        *,
        lane: str,
        key: str,
        kind: str,
        payload: Mapping[str, Any],
        due: datetime | None = None,
        wait: float = WAIT_S,
    ) -> Outcome | None:
        """Put a letter and wait for its outcome.

        Args:
            wait: Seconds.

        Returns:
            The outcome, of an earlier letter with the same key too; None if it is still pending.

        Raises:
            KeyReused: the same key with another `body_sha` in the payload.
            Outage: the database is away.
        """
        draft = self._draft(lane, key, kind, payload, due)
        letter_id = draft.id
        expected = self._bell.expect(letter_id)
        try:
            receipt, outcome = await self._post(draft)
            if outcome is not None:
                return outcome
            if receipt.id != letter_id:
                self._bell.drop(letter_id, expected)
                letter_id = receipt.id
                expected = self._bell.expect(letter_id)
                await self._look_up()  # it may have ended between our question and our waiting
            if self._is_shared:
                self._poll()
            async with asyncio.timeout(wait):
                return await expected
        except TimeoutError:
            return None
        finally:
            self._bell.drop(letter_id, expected)

    async def settle(self) -> None:
        """Wait until what was put is written and nobody looks for outcomes: then the engine may be closed."""
        self._is_settling = True
        while tasks := [task for task in (self._writer, self._poller) if task is not None]:
            await asyncio.gather(*tasks, return_exceptions=True)
        self._is_settling = False

    async def purge(self) -> int:
        """Delete handled letters that are older than ten days, in batches; notices never.

        Returns:
            How many batches were deleted.
        """
        before = self._clock.now() - KEPT_FOR
        batches, seq = 0, 0
        while True:
            async with self._engine.begin() as connection:
                last = await mail.purge(connection, before=before, after_seq=seq)
            if last is None:
                return batches
            batches, seq = batches + 1, last

    def _draft(
        self, lane: str, key: str, kind: str, payload: Mapping[str, Any], due: datetime | None
    ) -> LetterDraft:
        id = self._chance.id(self._clock.now())
        whole = {name: storable(value) for name, value in payload.items()}
        return LetterDraft(id=id, lane=storable(lane), key=storable(key), kind=kind, payload=whole, due=due)

    async def _post(self, draft: LetterDraft) -> tuple[Receipt, Outcome | None]:
        future: asyncio.Future[tuple[Receipt, Outcome | None]] = asyncio.get_running_loop().create_future()
        self._posted.append(_Posted(draft, future))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        return await future

    async def _write(self) -> None:
        try:
            while self._posted:
                batch, self._posted = self._posted[:BATCH_MAX], self._posted[BATCH_MAX:]
                await self._write_batch(batch)
        finally:
            self._writer = None

    async def _write_batch(self, batch: list[_Posted]) -> None:
        try:
            await self._commit(batch)
        except BaseException as failure:
            if len(batch) > 1 and judge(failure) is Verdict.DEFECT and isinstance(failure, Exception):
                for posted in batch:  # one of them does not fit; the others shall not suffer
                    await self._write_batch([posted])
                return
            for posted in batch:
                _fail(posted, failure)
            if not isinstance(failure, Exception):
                raise

    async def _commit(self, batch: list[_Posted]) -> None:
        for _ in range(CONFLICTS_MAX):
            try:
                new, known = await self._insert([posted.draft for posted in batch])
                break
            except SQLAlchemyError as failure:
                if judge(failure) is Verdict.CONFLICT:
                    continue
                logger.warning("intake.failed letters=%d error=%s", len(batch), where(failure))
                if judge(failure) is Verdict.AWAY:
                    raise Outage("database") from failure
                raise
        else:
            raise Outage("database")
        self._bell.ring()
        for posted in batch:
            draft = posted.draft
            if draft.id in new:
                _answer(posted, Receipt(draft.id, is_new=True), None)
                continue
            there = known[draft.key]
            if there.body_sha != posted.body_sha:
                _fail(posted, KeyReused())
            else:
                _answer(posted, Receipt(there.id, is_new=False), there.outcome)

    async def _insert(self, drafts: list[LetterDraft]) -> tuple[set[str], dict[str, mail.Known]]:
        now = self._clock.now()
        async with self._engine.begin() as connection:
            new = await mail.put(connection, drafts, received=now)
            old = [draft.key for draft in drafts if draft.id not in new]
            known = await mail.with_key(connection, old) if old else {}
            pushed = {draft.lane for draft in drafts if draft.id in new and draft.payload.get("pushed")}
            if pushed:
                await outbox.withdraw(connection, pushed, now=now)
            await mail.notify(connection, by=self._bell.name)
        return new, known

    def _poll(self) -> None:
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll_outcomes())

    async def _poll_outcomes(self) -> None:
        """Look for outcomes as long as somebody waits; NOTIFY makes it sooner.

        What our own pump handles, the bell tells without asking.
        """
        ear = self._bell.ear(is_far=True)
        try:
            while self._bell.expected() and not self._is_settling:
                await ear.wait(POLL_S)
                await self._look_up()
                await asyncio.sleep(PAUSE_S)
        finally:
            self._bell.forget(ear)
            self._poller = None

    async def _look_up(self) -> None:
        ids = self._bell.expected()
        try:
            async with self._readers() as session:
                for start in range(0, len(ids), mail.BATCH):
                    self._bell.tell(await mail.outcomes(session, ids[start : start + mail.BATCH]))
        except SQLAlchemyError as failure:
            logger.warning("intake.cannot_look error=%s", where(failure))


def _answer(posted: _Posted, receipt: Receipt, outcome: Outcome | None) -> None:
    if not posted.receipt.done():  # whoever asked may have gone
        posted.receipt.set_result((receipt, outcome))


def _fail(posted: _Posted, failure: BaseException) -> None:
    if not posted.receipt.done():
        posted.receipt.set_exception(failure)
