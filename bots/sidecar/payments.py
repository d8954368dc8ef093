"""The terminal's money by HTTP: open a payment, take cash, see how it stands."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from bots.sidecar import present
from bots.sidecar.access import Asker, Known, job_for, payment_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import CashIn, MethodIn, PaymentIn, PaymentOut, errors
from core.kernel.refusal import MethodNotAvailable
from storage.tables import PaymentRow

router = APIRouter(prefix="/api/v1/terminal/payment", tags=["terminal"])


@router.post(
    "/initialize",
    status_code=201,
    response_model=PaymentOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503) | {200: {"description": "The payment that is open"}},
    summary="Open the payment of a job that is done",
)
async def initialize(body: PaymentIn, program: Program, asker: Known, post: Posting) -> Response:
    """For the bound master and the owner. Without an amount, the price that was agreed.

    An amount outside the quoted range waits for the client's word: `awaiting_consent`.
    """
    async with program.readers() as session:
        seen = await job_for(body.job_id, asker, session)
    if seen.viewer not in ("owner", "master"):
        raise Problem(403)
    answer = await post.ask(
        "payment-open",
        lane=f"job:{seen.job.id}",
        payload={
            "job_id": seen.job.id,
            "amount_minor": body.amount,
            "actor": seen.actor(asker),
            "terminal_id": asker.terminal_id,
        },
        body=body.model_dump(),
    )
    if answer is None:
        return pending()
    is_new = answer.facts.pop("is_new", True)
    return JSONResponse(answer.facts, status_code=201 if is_new else 200)


@router.post(
    "/cash",
    response_model=PaymentOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Take cash",
)
async def cash(body: CashIn, program: Program, asker: Known, post: Posting) -> Response:
    """For the master who collects and the owner. More than the amount is change, less is refused."""
    payment = await _payment(body.payment_id, program, asker)
    is_master = asker.master_id == payment.master_id
    answer = await post.ask(
        "payment-cash",
        lane=f"job:{payment.job_id}",
        payload={
            "payment_id": payment.id,
            "job_id": payment.job_id,
            "amount_received_minor": body.amount_received,
            "actor": {"kind": "master", "id": asker.master_id}
            if is_master
            else {"kind": "owner", "id": "owner"},
            "terminal_id": asker.terminal_id,
        },
        body=body.model_dump(),
    )
    if answer is None:
        return pending()
    answer.facts.pop("is_new", None)
    return JSONResponse(answer.facts)


@router.post(
    "/card", response_model=PaymentOut, responses=errors(401, 403, 404, 409, 422), summary="Take a card"
)
async def card(body: MethodIn, program: Program, asker: Known) -> Response:
    """For the master who collects and the owner. 409 `MethodNotAvailable` until a gateway is connected."""
    await _payment(body.payment_id, program, asker)
    raise MethodNotAvailable(method="card")


@router.post(
    "/sbp", response_model=PaymentOut, responses=errors(401, 403, 404, 409, 422), summary="Show an SBP code"
)
async def sbp(body: MethodIn, program: Program, asker: Known) -> Response:
    """For the master who collects and the owner. 409 `MethodNotAvailable` until a gateway is connected."""
    await _payment(body.payment_id, program, asker)
    raise MethodNotAvailable(method="sbp")


@router.get(
    "/{id}/status",
    response_model=PaymentOut,
    responses=errors(401, 403, 404),
    summary="How a payment stands",
)
async def status(id: str, program: Program, asker: Known) -> Response:
    """For the master who collects and the owner."""
    async with program.readers() as session:
        payment = await payment_for(id, asker, session)
        return JSONResponse(await present.one_payment(payment, program, session))


async def _payment(id: str, program: Naryad, asker: Asker) -> PaymentRow:
    async with program.readers() as session:
        return await payment_for(id, asker, session)
