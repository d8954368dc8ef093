"""What the owner's console shows: talks, what waits, payments, the books, decisions."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from bots.sidecar import present
from bots.sidecar.access import Owner, an_id
from bots.sidecar.deps import Program
from bots.sidecar.shapes import BalancesOut, PageOut, errors
from core.flows import views as shown
from storage.queries import views
from storage.tables import LetterStatus

router = APIRouter(prefix="/api/v1", tags=["console"])

LIMIT_MAX = 200
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
After = Annotated[str | None, Query(max_length=36, description="`next` of the page before")]
_DEFAULT = 50


@router.get("/talks", response_model=PageOut, responses=errors(401, 403, 422), summary="All talks")
async def talks(
    program: Program,
    _: Owner,
    limit: Limit = _DEFAULT,
    after: After = None,
    status: Annotated[str | None, Query(max_length=12)] = None,
) -> dict[str, Any]:
    """For the owner, the newest first."""
    zone = program.settings.zone
    async with program.readers() as session:
        rows = await views.talks(session, limit=limit, after=after, status=status)
    items = [
        {
            "conversation_id": talk.id,
            "kind": talk.kind,
            "role": talk.role,
            "market": talk.market,
            "lang": talk.lang,
            "channel": talk.channel,
            "source": talk.source,
            "status": talk.status,
            "step": talk.step,
            "job_id": talk.job_id,
            "master_id": talk.master_id,
            "heard_at": shown.time_view(talk.heard_at, zone),
            "created_at": shown.time_view(talk.created_at, zone),
            "closed_at": shown.time_view(talk.closed_at, zone),
        }
        for talk in rows
    ]
    return present.page_of(items, rows, limit)


@router.get("/queue", responses=errors(401, 403, 422), summary="What waits")
async def queue(program: Program, _: Owner, limit: Limit = _DEFAULT) -> dict[str, Any]:
    """For the owner: letters and timers that wait or were given up; what they say is not shown."""
    zone, now = program.settings.zone, program.clock.now()
    async with program.readers() as session:
        counts = await views.mail_counts(session, now=now)
        rows = await views.waiting_letters(session, limit=limit)
    items = [
        {
            "seq": letter.seq,
            "id": letter.id,
            "lane": letter.lane,
            "kind": letter.kind,
            "status": LetterStatus(letter.status).name.lower(),
            "due": shown.time_view(letter.due, zone),
            "attempts": letter.attempts,
            "error": letter.error,
        }
        for letter in rows
    ]
    return {
        "items": items,
        "next": None,
        "counts": {
            "letters_waiting": counts.letters_waiting,
            "timers": counts.timers,
            "letters_dead": counts.letters_dead,
            "effects_waiting": counts.effects_waiting,
            "effects_unknown": counts.effects_unknown,
            "effects_dead": counts.effects_dead,
        },
    }


@router.get("/payments", response_model=PageOut, responses=errors(401, 403, 422), summary="All payments")
async def payments(program: Program, _: Owner, limit: Limit = _DEFAULT, after: After = None) -> dict[str, Any]:
    """For the owner, the newest first."""
    async with program.readers() as session:
        rows = await views.payments(session, limit=limit, after=after)
    items = [shown.payment_view(payment, zone=program.settings.zone) for payment in rows]
    return present.page_of(items, rows, limit)


@router.get("/balances", response_model=BalancesOut, responses=errors(401, 403), summary="The books")
async def balances(program: Program, _: Owner) -> dict[str, Any]:
    """For the owner: every account; all balances of a currency sum to zero."""
    async with program.readers() as session:
        found = await views.balances(session)
    currency = present.market_of("", program).currency.value
    total = sum(minor for (_, of), minor in found.items() if of == currency)
    return {
        "accounts": [
            {"account": account, "balance": shown.money_view(minor, of)}
            for (account, of), minor in sorted(found.items())
        ],
        "total": shown.money_view(total, currency),
    }


@router.get("/decisions", response_model=PageOut, responses=errors(401, 403, 404, 422), summary="Why")
async def decisions(
    program: Program,
    _: Owner,
    job: Annotated[str | None, Query(max_length=36, description="Only decisions about this job")] = None,
    limit: Limit = _DEFAULT,
    after: After = None,
) -> dict[str, Any]:
    """For the owner: what the program decided, with everything it looked at (L14)."""
    async with program.readers() as session:
        rows = await views.decisions(
            session, limit=limit, job_id=an_id(job) if job is not None else None, after=after
        )
    items = [
        {
            "id": row.id,
            "job_id": row.job_id,
            "kind": row.kind,
            "inputs": row.inputs,
            "outcome": row.outcome,
            "at": shown.time_view(row.at, program.settings.zone),
        }
        for row in rows
    ]
    return present.page_of(items, rows, limit)
