"""What the program does not settle alone: the owner sees it in his queue, answers and closes it.

A ticket never stops a talk: whoever asks for a person is answered at once and goes on meanwhile.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from core.flows import owner
from core.flows.actor import OWNER
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal, UnknownThing
from storage.tables import JobRow, Row, TalkRow, TicketRow

KIND = "ticket-close"
WORDS_MAX = 4_000  # characters kept with a ticket; the whole talk is kept anyway


class TicketKind(StrEnum):
    """Why the owner is asked."""

    HUMAN = "human"  # somebody wants a person
    COMPLAINT = "complaint"
    STUCK = "stuck"  # we ask in vain
    MONEY = "money"  # a provider took another amount than it was asked for
    CALL = "call"  # a form came, and there is no other way to answer it


async def open_ticket(
    tx: Tx, *, kind: TicketKind, talk: TalkRow, words: str, job: JobRow | None = None
) -> bool:
    """Put a matter before the owner; what is said later of the same matter is added to it.

    Returns:
        Whether it is a new one.
    """
    job_id = job.id if job is not None else None
    standing = await open_of(tx, kind=kind, talk=talk, job_id=job_id)
    if standing is not None:
        if words and words not in standing.words:
            standing.words = f"{standing.words}\n{words}".strip()[:WORDS_MAX]
        return False
    ticket = TicketRow(
        id=tx.id(),
        kind=kind.value,
        talk_id=talk.id,
        job_id=job_id,
        words=words[:WORDS_MAX],
        state="open",
        created_at=tx.now,
    )
    tx.add(ticket)
    await owner.tell_ticket(tx, kind=kind.value, ticket_id=ticket.id, talk_id=talk.id, words=words)
    parties = [talk.id]
    tx.record(
        "talk", talk.id, f"ticket_{kind}", actor=f"{talk.role}:{talk.id}", parties=parties, job_id=job_id
    )
    return True


async def open_of(tx: Tx, *, kind: TicketKind, talk: TalkRow, job_id: str | None) -> TicketRow | None:
    """Return the open ticket of this kind about a talk's job, or about the talk itself."""
    for row in tx.group.unwritten(TicketRow):
        if (row.kind, row.talk_id, row.job_id, row.state) == (kind, talk.id, job_id, "open"):
            return row
    query = select(TicketRow).where(
        TicketRow.talk_id == talk.id,
        TicketRow.kind == kind,
        TicketRow.state == "open",
        TicketRow.job_id.is_(None) if job_id is None else TicketRow.job_id == job_id,
    )
    return await tx.session.scalar(query.order_by(TicketRow.id).limit(1).with_for_update(key_share=True))


class TicketHandler:
    """`ticket-close` {ticket_id, text?}: the owner has seen to it, and perhaps says something."""

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The ticket and its talk."""
        ticket = have(TicketRow, letter.payload["ticket_id"])
        talks = [ticket.talk_id] if ticket is not None else []
        return {TicketRow: [letter.payload["ticket_id"]], TalkRow: talks}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read: the owner's words go on as they are."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Close it and pass on what the owner says. Once more is fine."""
        payload = turn[-1].payload
        ticket = await tx.get(TicketRow, payload["ticket_id"])
        if ticket is None:
            raise UnknownThing(thing="ticket")
        talk = await tx.get(TalkRow, ticket.talk_id)
        if ticket.state == "open":
            ticket.state, ticket.closed_at = "closed", tx.now
            tx.record("talk", ticket.talk_id, "ticket_closed", actor=str(OWNER), parties=[ticket.talk_id])
            if talk is not None and (words := str(payload.get("text") or "").strip()):
                tx.say(talk, "talk-owner-says", news=True, words=words)
        tx.answer({"ticket_id": ticket.id, "state": ticket.state})

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The owner reads it in the answer."""
