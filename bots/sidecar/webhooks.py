"""Where payment providers and channels knock: authenticated, written down, thanked (A107, L5, L19)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import address_of
from bots.sidecar.shapes import errors
from core.knock import Forged, Knock, Thanks

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

KNOCK_BYTES_MAX = 256 * 1024


@router.get("/{door}", include_in_schema=False)  # some providers knock with a query only
@router.post(
    "/{door}", responses=errors(403, 404, 413, 503), summary="A payment provider's notice, a channel's update"
)
async def knock(door: str, request: Request, program: Program) -> Response:
    """For the provider or the channel alone, by its own signature, secret or address.

    200 only once what it told is on the disk. Nothing in a payment notice is believed: it is a reason to
    read the charge from the provider.
    """
    if door not in program.gateways and door not in program.hearing:
        raise Problem(404)
    body = await request.body()
    if len(body) > KNOCK_BYTES_MAX:
        raise Problem(413)
    knocked = Knock(
        method=request.method,
        query=dict(request.query_params),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        address=address_of(request, program),
    )
    try:
        thanks = await (_notice if door in program.gateways else _update)(door, knocked, program)
    except Forged:
        raise Problem(403) from None
    return Response(thanks.body, status_code=thanks.status, media_type=thanks.type)


async def _update(door: str, knocked: Knock, program: Naryad) -> Thanks:
    """Write down what a channel brought."""
    hearing = program.hearing[door]
    channel = hearing.door.channel
    arrivals = channel.hear(knocked)
    if arrivals:
        await hearing.take(arrivals)
    return channel.thanks(knocked)


async def _notice(provider: str, knocked: Knock, program: Naryad) -> Thanks:
    """Write down what a payment provider told."""
    gateway = program.gateways[provider]
    notice = gateway.hear(knocked)
    if notice is not None:
        await program.intake.put(
            lane=f"notice:{provider}:{notice.provider_id}",
            key=f"notice:{provider}:{notice.key}",
            kind="notice",
            payload={
                "provider": provider,
                "subject": notice.subject.value,
                "provider_id": notice.provider_id,
                **({"order_id": notice.order_id} if notice.order_id else {}),
            },
        )
    return gateway.thanks
