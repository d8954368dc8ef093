"""The terminal's money by HTTP: open a payment, take cash, see how it stands."""

import asyncio
import io
from typing import Any

import segno
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from bots.sidecar import present
from bots.sidecar.access import OWNER, Asker, Known, job_for, payment_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Post, Posting, pending
from bots.sidecar.shapes import CashIn, MethodIn, PaymentIn, PaymentOut, errors
from core.kernel.payment import Method
from storage.tables import PaymentRow

router = APIRouter(prefix="/api/v1/terminal/payment", tags=["terminal"])

PROVIDER_WAIT_S = 8.0  # for the provider to say where the client pays
PROVIDER_POLL_S = 0.05


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
            "actor": {"kind": "master", "id": asker.master_id} if is_master else OWNER,
            "terminal_id": asker.terminal_id,
        },
        body=body.model_dump(),
    )
    if answer is None:
        return pending()
    answer.facts.pop("is_new", None)
    return JSONResponse(answer.facts)


@router.post(
    "/card",
    response_model=PaymentOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Take a card",
)
async def card(body: MethodIn, program: Program, asker: Known, post: Posting) -> Response:
    """For the master who collects and the owner: `confirmation_url` is where the client pays.

    Pressing again answers the same; another method before the client has paid takes its place.
    """
    return await _charge(body, Method.CARD, program, asker, post)


@router.post(
    "/sbp",
    response_model=PaymentOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Show an SBP code",
)
async def sbp(body: MethodIn, program: Program, asker: Known, post: Posting) -> Response:
    """For the master who collects and the owner: `qr_payload` is the code, `qr_svg_url` its picture."""
    return await _charge(body, Method.SBP, program, asker, post)


@router.get(
    "/{id}/qr.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **errors(401, 403, 404)},
    summary="The code to scan as a picture",
)
async def qr(id: str, program: Program, asker: Known) -> Response:
    """For the master who collects and the owner: of SBP, else of the page where the client pays.

    404 unless the payment waits for the client.
    """
    async with program.readers() as session:
        view = await present.one_payment(await payment_for(id, asker, session), program, session)
    payload = view.get("qr_payload") or view.get("confirmation_url")
    if payload is None:
        raise Problem(404)
    picture = io.BytesIO()
    # Level M, and a quiet zone of four: banks' cameras are held in bad light.
    segno.make(payload, error="m", micro=False).save(picture, kind="svg", scale=8, border=4, light="white")
    return Response(picture.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


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


async def _charge(body: MethodIn, method: Method, program: Naryad, asker: Asker, post: Post) -> Response:
    payment = await _payment(body.payment_id, program, asker)
    is_master = asker.master_id == payment.master_id
    answer = await post.ask(
        "payment-charge",
        lane=f"job:{payment.job_id}",
        payload={
            "payment_id": payment.id,
            "job_id": payment.job_id,
            "method": method.value,
            "actor": {"kind": "master", "id": asker.master_id} if is_master else OWNER,
            "terminal_id": asker.terminal_id,
        },
        body=body.model_dump(),
    )
    if answer is None:
        return pending()
    return JSONResponse(await _answered(payment.id, program, asker))


async def _answered(id: str, program: Naryad, asker: Asker) -> dict[str, Any]:
    """Return the payment once the provider has said where it is paid, or after a while without."""
    waited_s = 0.0
    while True:
        async with program.readers() as session:
            view = await present.one_payment(await payment_for(id, asker, session), program, session)
        is_shown = view.get("confirmation_url") or view.get("qr_payload")
        is_asked = view["status"] in ("pending", "unknown") and not is_shown
        if not is_asked or waited_s >= PROVIDER_WAIT_S:
            return view
        await asyncio.sleep(PROVIDER_POLL_S)
        waited_s += PROVIDER_POLL_S


async def _payment(id: str, program: Naryad, asker: Asker) -> PaymentRow:
    async with program.readers() as session:
        return await payment_for(id, asker, session)
