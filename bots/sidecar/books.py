"""The owner's hand on the money: payouts made by hand, and refunds."""

import csv
from datetime import date
from io import StringIO
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from bots.sidecar import present
from bots.sidecar.access import OWNER, Owner, an_id, payment_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.earnings import LIMIT_MAX, payout_view
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import (
    PayoutEndIn,
    PayoutOut,
    PayoutsOut,
    RefundAskIn,
    RefundOut,
    RefundsOut,
    errors,
)
from core.flows import views as shown
from core.kernel.money import Currency, Money
from core.markets.banks import load_banks
from storage.queries import payouts
from storage.tables import PayoutRow, RefundRow

router = APIRouter(prefix="/api/v1", tags=["books"])

_COLUMNS = (
    "payout_id",
    "name",
    "inn",
    "phone",
    "bank",
    "bank_id",
    "account",
    "bic",
    "amount",
    "currency",
    "for",
)
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take it for a formula


@router.get("/payouts", response_model=PayoutsOut, responses=errors(401, 403, 422), summary="All payouts")
async def all_payouts(
    program: Program,
    _: Owner,
    day: Annotated[date | None, Query(description="Only of this Friday")] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
    after: Annotated[str | None, Query(max_length=36)] = None,
) -> Response:
    """For the owner, the newest first; of numbers the last four digits only."""
    async with program.readers() as session:
        rows = await payouts.all_of(session, limit=limit, after=after, day=day)
    return JSONResponse(present.page_of([payout_view(row, program) for row in rows], rows, limit))


@router.get(
    "/payouts/file.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "The file"}, **errors(401, 403, 422)},
    summary="What the bank is to pay by hand",
)
async def payout_file(program: Program, _: Owner, day: date) -> Response:
    """For the owner: the payouts of a day that no paymaster makes, with whole account numbers.

    UTF-8 with BOM, semicolons, decimal commas. A payout whose end was said is not in it any more.
    """
    async with program.readers() as session:
        rows = await payouts.by_hand(session, day=day)
    out = StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow(_COLUMNS)
    for row in rows:
        lines.writerow(_csv(row, program))
    headers = {
        "Content-Disposition": f'attachment; filename="payouts-{day.isoformat()}.csv"',
        "Cache-Control": "no-store",
    }
    content = b"\xef\xbb\xbf" + out.getvalue().encode()
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "/payouts/{id}/end",
    response_model=PayoutOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Say what became of a payout made by hand",
)
async def end_payout(id: str, body: PayoutEndIn, program: Program, _: Owner, post: Posting) -> Response:
    """For the owner: it has arrived, or it has not and the money stays with the master. Once."""
    async with program.readers() as session:
        row = await session.get(PayoutRow, an_id(id))
    if row is None:
        raise Problem(404)
    answer = await post.ask(
        "payout-end",
        lane=f"master:{row.master_id}",
        payload={
            "payout_id": row.id,
            "master_id": row.master_id,
            "is_done": body.done,
            "reason": body.reason,
            "actor": OWNER,
        },
        body=body.model_dump(),
    )
    if answer is None:
        return pending()
    async with program.readers() as session:
        ended = await session.get(PayoutRow, row.id)
    return JSONResponse(payout_view(ended or row, program))


@router.post(
    "/payments/{id}/refund",
    status_code=201,
    response_model=RefundOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Give a payment back",
)
async def refund(id: str, body: RefundAskIn, program: Program, asker: Owner, post: Posting) -> Response:
    """For the owner: all that is left of it, or a part. Cash is given back by hand before this is said.

    409 `NothingToRefund`, `RefundTooLarge`.
    """
    async with program.readers() as session:
        payment = await payment_for(id, asker, session)
    answer = await post.ask(
        "refund",
        lane=f"job:{payment.job_id}",
        payload={
            "payment_id": payment.id,
            "job_id": payment.job_id,
            "amount_minor": body.amount,
            "words": body.words,
            "actor": OWNER,
        },
        body=body.model_dump(),
    )
    if answer is None:
        return pending()
    async with program.readers() as session:
        row = await session.get(RefundRow, str(answer.facts["refund_id"]))
    if row is None:
        raise Problem(404)
    return JSONResponse(_refund(row, program), status_code=201)


@router.get(
    "/payments/{id}/refunds",
    response_model=RefundsOut,
    responses=errors(401, 403, 404),
    summary="What went back of a payment",
)
async def refunds(id: str, program: Program, asker: Owner) -> Response:
    """For the owner, oldest first."""
    async with program.readers() as session:
        payment = await payment_for(id, asker, session)
        rows = await payouts.refunds_of(session, payment_id=payment.id)
    return JSONResponse({"items": [_refund(row, program) for row in rows]})


def _refund(row: RefundRow, program: Naryad) -> shown.View:
    zone = program.settings.zone
    return {
        "refund_id": row.id,
        "payment_id": row.payment_id,
        "status": row.state,
        "amount": shown.money_view(row.amount_minor, row.currency),
        "is_surplus": row.is_surplus,
        "words": row.words,
        "reason": row.reason,
        "asked_at": shown.time_view(row.asked_at, zone),
        "ended_at": shown.time_view(row.ended_at, zone),
    }


def _csv(row: PayoutRow, program: Naryad) -> list[str]:
    to = {name: str(value) for name, value in row.goes_to.items()}
    whole, rest = divmod(Money(row.amount_minor, Currency(row.currency)).minor, 100)
    what = program.catalogue.line(
        "ru", "payout-for", now=program.clock.now(), zone=program.settings.zone, day=f"{row.day:%d.%m.%Y}"
    )
    found = {
        **{name: to.get(name, "") for name in ("name", "inn", "bank_id", "account", "bic")},
        "payout_id": row.id,
        "phone": to.get("phone", "").removeprefix("+"),
        "bank": load_banks().get(to.get("bank_id", ""), ""),
        "amount": f"{whole},{rest:02d}",
        "currency": row.currency,
        "for": what,
    }
    return [_safe(found[name]) for name in _COLUMNS]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text
