"""What the owner's console shows: talks, what waits, payments, the books, decisions."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from bots.sidecar import present
from bots.sidecar.access import Owner, an_id
from bots.sidecar.deps import Program
from bots.sidecar.errors import saying, sentence
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import BalancesOut, PageOut, TicketIn, errors
from core.flows import talk_views, timers, views as shown
from core.flows.reasons import masters_in, reason
from core.flows.tickets import KIND
from storage.queries import board, books, views
from storage.tables import JobRow, LetterStatus

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
) -> Response:
    """For the owner, the newest first."""
    zone = program.settings.zone
    async with program.readers() as session:
        rows = await views.talks(session, limit=limit, after=after, status=status)
        last = await views.last_lines(session, talks=[talk.id for talk in rows])
        numbers = await views.numbers(session, jobs=[talk.job_id for talk in rows if talk.job_id])
        names = await board.who_talks(session, talks=rows)
    items = [
        {
            "conversation_id": talk.id,
            "name": names.get(talk.id),
            "kind": talk.kind,
            "role": talk.role,
            "market": talk.market,
            "lang": talk.lang,
            "channel": talk.channel,
            "source": talk.source,
            "status": talk.status,
            "step": talk.step,
            "job_id": talk.job_id,
            "job_number": numbers.get(talk.job_id or ""),
            "last": talk_views.utterance_view(last[talk.id], zone=zone) if talk.id in last else None,
            "at": shown.time_view(last[talk.id].at if talk.id in last else talk.heard_at, zone),
            "master_id": talk.master_id,
            "heard_at": shown.time_view(talk.heard_at, zone),
            "created_at": shown.time_view(talk.created_at, zone),
            "closed_at": shown.time_view(talk.closed_at, zone),
            "held_at": shown.time_view(talk.held_at, zone),
        }
        for talk in rows
    ]
    return JSONResponse(present.page_of(items, rows, limit))


@router.get("/queue", responses=errors(401, 403, 422), summary="What waits")
async def queue(request: Request, program: Program, _: Owner, limit: Limit = _DEFAULT) -> Response:
    """For the owner: jobs that look for a master, the longest waiting first, and what waits in the mail."""
    zone, now = program.settings.zone, program.clock.now()
    async with program.readers() as session:
        counts = await views.mail_counts(session, now=now)
        letters = await views.waiting_letters(session, limit=limit)
        rows = await views.waiting_jobs(session, limit=limit)
        jobs = await present.many_jobs(rows, request, program, session, master_id=None)
    items = [
        {
            **job,
            "waiting_since": job["created_at"],
            "reason": sentence(request, "web-queue-asked" if job["offer"] else "web-queue-nobody"),
        }
        for job in jobs
    ]
    waiting = [
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
        for letter in letters
    ]
    return JSONResponse(
        {"items": items, "next": None, "mail": {**present.mail_view(counts), "letters": waiting}}
    )


@router.get(
    "/tickets", response_model=PageOut, responses=errors(401, 403, 422), summary="What needs a person"
)
async def tickets(
    program: Program,
    _: Owner,
    limit: Limit = _DEFAULT,
    after: After = None,
    state: Annotated[Literal["open", "closed"] | None, Query()] = "open",
) -> Response:
    """For the owner: who wants a person, who complains, who is stuck; the newest first."""
    async with program.readers() as session:
        rows = await views.tickets(session, limit=limit, after=after, state=state)
        numbers = await views.numbers(session, jobs=[ticket.job_id for ticket in rows if ticket.job_id])
    zone = program.settings.zone
    items = [
        {
            "id": ticket.id,
            "kind": ticket.kind,
            "conversation_id": ticket.talk_id,
            "job_id": ticket.job_id,
            "job_number": numbers.get(ticket.job_id or ""),
            "words": ticket.words,
            "state": ticket.state,
            "created_at": shown.time_view(ticket.created_at, zone),
            "closed_at": shown.time_view(ticket.closed_at, zone),
        }
        for ticket in rows
    ]
    return JSONResponse(present.page_of(items, rows, limit))


@router.post(
    "/tickets/{id}/close",
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Close what was seen to",
)
async def close_ticket(id: str, body: TicketIn, _: Owner, post: Posting) -> Response:
    """For the owner; `text` is said in the talk, in his name."""
    answer = await post.ask(
        KIND,
        lane=f"ticket:{an_id(id)}",
        payload={"ticket_id": an_id(id), **body.model_dump(exclude_none=True)},
        body=body.model_dump(),
    )
    return JSONResponse(answer.facts) if answer else pending()


@router.get("/payments", response_model=PageOut, responses=errors(401, 403, 422), summary="All payments")
async def payments(program: Program, _: Owner, limit: Limit = _DEFAULT, after: After = None) -> Response:
    """For the owner, the newest first."""
    async with program.readers() as session:
        rows = await views.payments(session, limit=limit, after=after)
        numbers = await views.numbers(session, jobs=[payment.job_id for payment in rows])
    zone = program.settings.zone
    items = [
        {
            **shown.payment_view(payment, zone=zone),
            "job_number": numbers.get(payment.job_id),
            "at": shown.time_view(payment.settled_at or payment.created_at, zone),
        }
        for payment in rows
    ]
    return JSONResponse(present.page_of(items, rows, limit))


@router.get("/balances", response_model=BalancesOut, responses=errors(401, 403), summary="The books")
async def balances(program: Program, _: Owner) -> Response:
    """For the owner: every account; all balances of a currency sum to zero."""
    async with program.readers() as session:
        found = await books.balances(session)
    currency = present.market_of("", program).currency.value
    total = sum(minor for (_, of), minor in found.items() if of == currency)
    return JSONResponse(
        {
            "accounts": [
                {"account": account, "balance": shown.money_view(minor, of)}
                for (account, of), minor in sorted(found.items())
            ],
            "total": shown.money_view(total, currency),
        }
    )


@router.get("/decisions", response_model=PageOut, responses=errors(401, 403, 404, 422), summary="Why")
async def decisions(
    request: Request,
    program: Program,
    _: Owner,
    job: Annotated[str | None, Query(max_length=36, description="Only decisions about this job")] = None,
    limit: Limit = _DEFAULT,
    after: After = None,
) -> Response:
    """For the owner: what the program decided, with everything it looked at (L14)."""
    async with program.readers() as session:
        seen = await session.get(JobRow, an_id(job)) if job is not None else None
        rows = await views.decisions(
            session, limit=limit, job_id=an_id(job) if job is not None else None, after=after
        )
        named = await views.masters(session, ids=masters_in(rows))
        numbers = await views.numbers(session, jobs=[row.job_id for row in rows])
        lanes = [timers.lane(seen.id), f"chat:{seen.talk_id}"] if seen is not None else []
        refusals = await board.refusals_of(session, lanes=lanes) if lanes else []
    say = saying(request)
    masters = {row.id: row.name or say("master-unnamed") for row in named}
    zone = program.settings.zone
    items = [
        {
            "id": row.id,
            "job_id": row.job_id,
            "job_number": numbers.get(row.job_id),
            "kind": row.kind,
            **reason(row, masters=masters, say=say),
            "inputs": row.inputs,
            "outcome": row.outcome,
            "at": shown.time_view(row.at, zone),
        }
        for row in rows
    ]
    said = [
        {
            "kind": "refuse",
            "title": say("page-why-refused", words=str(row.outcome["facts"].get("text", ""))),
            "code": row.outcome["facts"].get("name"),
            "at": shown.time_view(row.handled, zone),
        }
        for row in refusals
    ]
    talk_id = seen.talk_id if seen is not None else None
    return JSONResponse({**present.page_of(items, rows, limit), "refusals": said, "talk_id": talk_id})
