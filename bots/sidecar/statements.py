"""A master's statement, as PDF to read and as CSV for his bookkeeping."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sidecar import present
from bots.sidecar.access import Known, master_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem, language
from bots.sidecar.shapes import errors
from core.kernel.money import Currency, Money
from core.paper import Statement, StatementLine
from storage.queries import statements
from storage.queries.statements import Moved
from storage.tables import MasterRow

router = APIRouter(prefix="/api/v1", tags=["masters"])

DAYS_MAX = 366
_DAY = timedelta(days=1)
_KINDS: dict[str, Literal["job", "payout", "refund", "debt", "other"]] = {
    "payment": "job",
    "payout": "payout",
    "refund": "refund",
    "debt_paid": "debt",
}


@router.get(
    "/masters/{id}/statement.{form}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "text/csv": {}}}, **errors(401, 403, 404, 422)},
    summary="A master's statement",
)
async def statement(
    *,
    id: str,
    form: Literal["pdf", "csv"],
    request: Request,
    program: Program,
    asker: Known,
    first: Annotated[
        date | None, Query(alias="from", description="Local day; the month's first if absent")
    ] = None,
    to: Annotated[date | None, Query(description="Local day, included; today if absent")] = None,
) -> Response:
    """For the master himself and the owner: earnings, cash, payouts, refunds and debts of at most a year."""
    from core.documents.statement import print_statement, statement_csv  # noqa: PLC0415 - heavy, rarely used

    today = program.clock.now().astimezone(program.settings.zone).date()
    to = to or today
    first = first or to.replace(day=1)
    if not timedelta(0) <= to - first < timedelta(days=DAYS_MAX):
        raise Problem(422, text="web-bad-span", details={"most": DAYS_MAX})
    async with program.readers() as session:
        master = await master_for(id, asker, session)
        made = await _statement(master, program, session, first=first, to=to, lang=language(request))
    if form == "csv":
        content, kind = statement_csv(made), "text/csv; charset=utf-8"
    else:
        printed = await to_thread.run_sync(print_statement, made)
        content, kind = printed.content, "application/pdf"
    name = f"naryad-{first.isoformat()}-{to.isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


async def _statement(
    master: MasterRow, program: Naryad, session: AsyncSession, *, first: date, to: date, lang: str
) -> Statement:
    currency = present.market_of(master.market, program).currency
    zone = program.settings.zone
    since, until = datetime.combine(first, time(0), zone), datetime.combine(to + _DAY, time(0), zone)
    opening = await statements.opening(session, master_id=master.id, currency=currency, before=since)
    moved = await statements.movements(
        session, master_id=master.id, currency=currency, since=since, until=until
    )
    return Statement(
        master=master.name or "",
        lang=lang,
        first=first,
        last=to,
        opening=Money(opening, currency),
        lines=tuple(_line(each, program, currency) for each in moved),
    )


def _line(moved: Moved, program: Naryad, currency: Currency) -> StatementLine:
    payment = moved.payment
    day = moved.at.astimezone(program.settings.zone).date()
    change = Money(moved.change, currency)
    kind = _KINDS.get(moved.kind, "other")
    if payment is None:
        return StatementLine(day, kind, moved.number or "", "", change)
    method: Literal["cash", "card", "sbp"] | None = (
        "cash" if payment.method == "cash" else "card" if payment.method == "card" else "sbp"
    )
    return StatementLine(
        day,
        kind,
        moved.number or "",
        "",
        change,
        amount=Money(payment.amount_minor, currency),
        fee=Money(payment.fee_minor, currency),
        commission=Money(payment.platform_minor, currency),
        earned=Money(payment.master_minor, currency),
        method=method,
    )
