"""Where payment providers knock: authenticated, written down, thanked; read anew afterwards (A107, L19)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bots.sidecar.deps import Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import address_of
from bots.sidecar.shapes import errors
from core.knock import Forged, Knock

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

KNOCK_BYTES_MAX = 256 * 1024


@router.get("/{provider}", include_in_schema=False)  # some providers knock with a query only
@router.post("/{provider}", responses=errors(403, 404, 413, 503), summary="A payment provider's notice")
async def knock(provider: str, request: Request, program: Program) -> Response:
    """For the provider alone, by its own signature or address. 200 only once the notice is on the disk.

    Nothing in a notice is believed: it is a reason to read the charge from the provider.
    """
    gateway = program.gateways.get(provider)
    if gateway is None:
        raise Problem(404)
    body = await request.body()
    if len(body) > KNOCK_BYTES_MAX:
        raise Problem(413)
    try:
        notice = gateway.hear(
            Knock(
                method=request.method,
                query=dict(request.query_params),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=body,
                address=address_of(request, program),
            )
        )
    except Forged:
        raise Problem(403) from None
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
    thanks = gateway.thanks
    return Response(thanks.body, status_code=thanks.status, media_type=thanks.type)
