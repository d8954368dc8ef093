"""Rows made into answers: what the pure views need is looked up here, in few questions for many rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sidecar.access import SeenJob
from bots.sidecar.deps import Naryad
from bots.sidecar.errors import language
from core.flows import job_views, views as shown
from core.kernel import ledger
from core.kernel.ledger import Account
from core.kernel.match import Candidate, rating_tenths
from core.kernel.money import Currency, Money
from core.kernel.payment import OPEN
from core.markets.policy import Market
from storage.queries import books, views
from storage.queries.views import MailCounts
from storage.tables import JobRow, MasterRow, OfferRow, PaymentRow


async def one_job(seen: SeenJob, request: Request, program: Naryad, session: AsyncSession) -> shown.View:
    """Show one job to the one who asks."""
    payments = await views.payments_of(session, jobs=[seen.job.id])
    offers = {seen.job.id: seen.offer} if seen.offer else {}
    return (await _jobs([seen], request, program, session, offers=offers, payments=payments))[0]


async def many_jobs(
    jobs: Sequence[JobRow], request: Request, program: Naryad, session: AsyncSession, *, master_id: str | None
) -> list[shown.View]:
    """Show a list of jobs to the owner, or to a master whose jobs and offers they are."""
    ids = [job.id for job in jobs]
    offers = await views.open_offers(session, jobs=ids)
    payments = await views.payments_of(session, jobs=ids)
    seen = [
        SeenJob(job, offers.get(job.id), "offered" if master_id and job.master_id != master_id else "owner")
        for job in jobs
    ]
    return await _jobs(seen, request, program, session, offers=offers, payments=payments)


async def _jobs(
    seen: Sequence[SeenJob],
    request: Request,
    program: Naryad,
    session: AsyncSession,
    *,
    offers: dict[str, OfferRow],
    payments: dict[str, PaymentRow],
) -> list[shown.View]:
    who = {each.job.master_id for each in seen} | {offer.master_id for offer in offers.values()}
    masters = {row.id: row for row in await views.masters(session, ids=[id for id in who if id])}
    charges = await views.charges_of(session, payments=list(payments.values()))
    made = []
    for each in seen:
        payment = payments.get(each.job.id)
        market = market_of(each.job.market, program)
        methods = await methods_of(payment, market, program, session) if payment else []
        view = job_views.whole_job_view(
            each.job,
            market=market,
            lang=language(request),
            zone=program.settings.zone,
            catalogue=program.catalogue,
            now=program.clock.now(),
            offer=offers.get(each.job.id),
            payment=payment,
            charge=charges.get(payment.id) if payment else None,
            methods=methods,
            with_contact=each.with_contact,
        )
        made.append(_named(view, each, masters))
    return made


def _named(view: shown.View, seen: SeenJob, masters: Mapping[str, MasterRow]) -> shown.View:
    """Add who the masters are: the bound one for everybody with the job, the asked one for the owner."""
    bound = masters.get(seen.job.master_id or "")
    view["master"] = {"name": bound.name, "phone": bound.phone} if bound and seen.with_contact else None
    if seen.viewer == "client":
        view = job_views.without_earnings(view)
    if view["offer"] is None:
        return view
    if seen.viewer == "client":  # a client is told who comes, not who is asked
        view["offer"] = {**view["offer"], "master_id": None}
    elif seen.viewer == "owner":
        asked = masters.get(view["offer"]["master_id"])
        view["offer"]["master"] = {"name": asked.name if asked else None}
    return view


async def one_payment(payment: PaymentRow, program: Naryad, session: AsyncSession) -> shown.View:
    """Show a payment with the methods that are open now."""
    job = await session.get(JobRow, payment.job_id)
    market = market_of(job.market if job else "", program)
    methods = await methods_of(payment, market, program, session)
    charges = await views.charges_of(session, payments=[payment])
    charge = charges.get(payment.id)
    return shown.payment_view(payment, methods=methods, charge=charge, zone=program.settings.zone)


async def methods_of(
    payment: PaymentRow, market: Market, program: Naryad, session: AsyncSession
) -> list[str]:
    """Return the ways this payment may be made now; none once it is over."""
    if payment.state not in OPEN:
        return []
    account, currency = Account.master(payment.master_id), Currency(payment.currency)
    balance = await books.balance(session, account=account, currency=currency)
    debt = Money(max(0, -balance), currency)
    open_to = ledger.methods(gateways=program.provider.methods, debt=debt, rules=market.cash_rules)
    return [method.value for method in open_to]


async def one_master(master: MasterRow, program: Naryad, session: AsyncSession) -> shown.View:
    """Show a master's profile."""
    market = market_of(master.market, program)
    currency = market.currency
    balance = await books.balance(session, account=Account.master(master.id), currency=currency)
    return shown.master_view(
        master,
        trades=await views.trades(session, master_id=master.id),
        rating=rating_of(master, market),
        zone=program.settings.zone,
        balance=shown.money_view(balance, currency.value),
        onboarding_id=await views.onboarding_of(session, master_id=master.id),
    )


def rating_of(master: MasterRow, market: Market) -> float:
    """Return a master's rating to one decimal, with the newcomer's prior (contracts, section 6)."""
    himself = Candidate(master.id, master.rating_sum, master.rating_count, distance_m=None, workload=0)
    return rating_tenths(himself, market.match_rules) / 10


def mail_view(counts: MailCounts) -> shown.View:
    """Show how much waits and how much was given up."""
    return {
        "letters_waiting": counts.letters_waiting,
        "timers": counts.timers,
        "letters_dead": counts.letters_dead,
        "effects_waiting": counts.effects_waiting,
        "effects_unknown": counts.effects_unknown,
        "effects_dead": counts.effects_dead,
    }


def market_of(name: str, program: Naryad) -> Market:
    """Return a market by name; a row of a market that was closed since is read by the default one's rules."""
    return program.markets.get(name) or next(iter(program.markets.values()))


def page_of(items: Sequence[Any], rows: Sequence[Any], limit: int) -> dict[str, Any]:
    """Return a page of a list; `next` is where to go on, None at the end."""
    return {"items": list(items), "next": rows[-1].id if len(rows) == limit else None}
