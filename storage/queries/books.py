"""Questions to the ledger. A balance is a roll-up and the transfers after it, never a counter (L20)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from core.kernel.ledger import Account
from core.kernel.money import Currency
from storage.tables import BalanceRow, JobRow, PaymentRow, TransferRow

MOVED = ("posted", "post")  # phases in which money has really moved
_POSTED = TransferRow.phase.in_(MOVED)


async def balances_of(
    session: AsyncSession, *, accounts: Collection[str], currency: Currency
) -> dict[str, int]:
    """Return the balances of accounts in minor units, as flushed so far; one that is missing is zero."""
    rolled = select(BalanceRow.account, BalanceRow.posted_minor.label("minor")).where(
        BalanceRow.account.in_(sorted(accounts)), BalanceRow.currency == currency.value
    )
    parts = [rolled]
    for column, signed in (
        (TransferRow.credit, TransferRow.amount_minor),
        (TransferRow.debit, -TransferRow.amount_minor),
    ):
        upto = and_(BalanceRow.account == column, BalanceRow.currency == TransferRow.currency)
        query = (
            select(column, func.sum(signed))
            .outerjoin(BalanceRow, upto)
            .where(
                column.in_(sorted(accounts)),
                TransferRow.currency == currency.value,
                TransferRow.seq > func.coalesce(BalanceRow.upto_seq, 0),
                _POSTED,
            )
            .group_by(column)
        )
        parts.append(query)
    found: dict[str, int] = defaultdict(int)
    for account, minor in await session.execute(union_all(*parts)):
        found[account] += int(minor)
    return dict(found)


async def earned_by(
    session: AsyncSession, *, accounts: Collection[str], since: datetime, currency: Currency
) -> dict[str, int]:
    """Return what was earned on these accounts since a moment, in minor units; a missing one is zero."""
    query = (
        select(TransferRow.credit, func.sum(TransferRow.amount_minor))
        .where(
            TransferRow.credit.in_(sorted(accounts)),
            TransferRow.kind == "earning",
            TransferRow.currency == currency.value,
            TransferRow.at >= since,
        )
        .group_by(TransferRow.credit)
    )
    return {account: int(minor) for account, minor in await session.execute(query)}


async def balance(session: AsyncSession, *, account: str, currency: Currency) -> int:
    """Return the balance of one account in minor units, as flushed so far."""
    return (await balances_of(session, accounts=(account,), currency=currency)).get(account, 0)


async def earned(session: AsyncSession, *, master_id: str, since: datetime, currency: Currency) -> int:
    """Return what a master has earned since a moment, in minor units."""
    account = Account.master(master_id)
    found = await earned_by(session, accounts=(account,), since=since, currency=currency)
    return found.get(account, 0)


async def masters_with_balance(session: AsyncSession) -> Sequence[str]:
    """Return the ids of masters to whom money was ever credited; what is left of it is asked one by one."""
    credited = select(TransferRow.credit).where(TransferRow.credit.like("master:%")).distinct()
    return sorted(account.removeprefix("master:") for account in await session.scalars(credited))


async def balances(session: AsyncSession, *, currency: Currency | None = None) -> dict[tuple[str, str], int]:
    """Return every balance by (account, currency), counted from the transfers themselves."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for column, sign in ((TransferRow.debit, -1), (TransferRow.credit, 1)):
        query = (
            select(column, TransferRow.currency, func.sum(TransferRow.amount_minor))
            .where(_POSTED)
            .group_by(column, TransferRow.currency)
        )
        if currency is not None:
            query = query.where(TransferRow.currency == currency.value)
        for account, code, minor in await session.execute(query):
            found[account, code] += sign * int(minor)
    return dict(found)


async def crooked_payments(session: AsyncSession, *, limit: int = 100) -> Sequence[str]:
    """Return settled payments whose transfers do not make up their split exactly. There must be none."""
    query = _moved().having(
        or_(
            _sum("fee") != PaymentRow.fee_minor,
            _sum("commission") != PaymentRow.platform_minor,
            _sum("earning") != PaymentRow.master_minor,
            and_(PaymentRow.method == "cash", _sum("cash_taken") != PaymentRow.amount_minor),
        )
    )
    return [row.id for row in await session.execute(query.limit(limit))]


async def crooked_jobs(session: AsyncSession, *, limit: int = 100) -> Sequence[tuple[str, int]]:
    """Return completed jobs with their settled payments, where these are not one. There must be none.

    Work under warranty has a price of zero and no payment.
    """
    settled = and_(PaymentRow.job_id == JobRow.id, PaymentRow.state == "succeeded")
    query = (
        select(JobRow.number, func.count(PaymentRow.id).label("payments"))
        .outerjoin(PaymentRow, settled)
        .where(JobRow.state == "completed", or_(JobRow.warranty_of.is_(None), JobRow.price_minor > 0))
        .group_by(JobRow.id, JobRow.number)
        .having(func.count(PaymentRow.id) != 1)
        .order_by(JobRow.id)
        .limit(limit)
    )
    return [(row.number, row.payments) for row in await session.execute(query)]


async def crooked_rollups(session: AsyncSession) -> Sequence[str]:
    """Return accounts whose roll-up is not the sum of its transfers. There must be none."""
    wrong: list[str] = []
    for row in await session.scalars(select(BalanceRow)):
        signed = case(
            (TransferRow.credit == row.account, TransferRow.amount_minor), else_=-TransferRow.amount_minor
        )
        query = select(func.coalesce(func.sum(signed), 0)).where(
            or_(TransferRow.debit == row.account, TransferRow.credit == row.account),
            TransferRow.currency == row.currency,
            TransferRow.seq <= row.upto_seq,
            _POSTED,
        )
        if int(await session.scalar(query) or 0) != row.posted_minor:
            wrong.append(row.account)
    return wrong


def _moved() -> Select[str, int]:
    return (
        select(PaymentRow.id, PaymentRow.amount_minor)
        .outerjoin(TransferRow, TransferRow.payment_id == PaymentRow.id)
        .where(PaymentRow.state == "succeeded")
        .group_by(
            PaymentRow.id,
            PaymentRow.amount_minor,
            PaymentRow.method,
            PaymentRow.fee_minor,
            PaymentRow.platform_minor,
            PaymentRow.master_minor,
        )
    )


def _sum(kind: str) -> Any:  # noqa: ANN401 - a column expression
    return func.coalesce(func.sum(case((TransferRow.kind == kind, TransferRow.amount_minor), else_=0)), 0)
