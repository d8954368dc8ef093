"""What a handler may touch while it handles a letter: rows, words, timers, effects, history.

A `Tx` is the share of one turn in a `Group`, the transaction of the pump.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from core.flows.speaking import HELD_FOR, Choice, Speaker, StoredPaper
from storage.mail import Letter, LetterDraft
from storage.tables import (
    DecisionRow,
    EffectRow,
    EffectStatus,
    EventRow,
    Row,
    TransferRow,
)

__all__ = ["HELD_FOR", "Choice", "Letter", "StoredPaper", "Tx"]

R = TypeVar("R", bound=Row)


class Tx(Speaker):
    """What a handler may touch, for one turn."""

    def add(self, row: Row) -> None:
        """Add a new row."""
        self.group.add(row)

    async def get(self, kind: type[R], id: str) -> R | None:
        """Return a row by its id, locked on PostgreSQL. What was preloaded or added costs nothing."""
        return await self.group.get(kind, id)

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
