"""Forms that others take for us: Google Forms by our script there, HH.ru by its webhook (A10, A14)."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field, SecretStr, ValidationError

from bots.forms import GOOGLE, HH, Form, letter_of, phone_of, place_of
from bots.sidecar.deps import Program
from bots.sidecar.errors import Problem
from bots.sidecar.forms import WORDS_MAX
from bots.sidecar.shapes import errors
from bots.sidecar.shapes.base import In, Lang, Short
from bots.sidecar.tokens import fingerprint
from bots.sidecar.webhooks import KNOCK_BYTES_MAX
from channels.hh import response_of
from core.conversation.forms import RESPONSE
from core.knock import Forged
from core.messages import Role
from core.wire import is_same

router = APIRouter(prefix="/webhooks/forms", tags=["webhooks"])

SECRET_HEADER = "x-naryad-secret"  # noqa: S105 - the name of a header


class FieldsIn(In):
    """What a form's questions were answered with, by what each is about."""

    words: Annotated[str, Field(max_length=WORDS_MAX)] = ""
    address: Annotated[str, Field(max_length=WORDS_MAX)] = ""
    when: Annotated[str, Field(max_length=WORDS_MAX)] = ""
    name: Short = ""
    phone: Short = ""
    email: Short = ""


class OtherIn(In):
    """A question that our script knows nothing of, and its answer."""

    title: Short
    value: Annotated[str, Field(max_length=WORDS_MAX)]


class GoogleIn(In):
    """A response to a Google form, as the script in docs/channels/forms.md sends it."""

    response_id: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["client", "master"] = "client"
    lang: Lang | None = None
    fields: FieldsIn
    more: Annotated[list[OtherIn], Field(max_length=50)] = Field(default_factory=list)


@router.post(
    "/google",
    responses=errors(403, 404, 413, 422, 503),
    summary="A response to a Google form",
)
async def google(request: Request, program: Program) -> Response:
    """For our own script there, by the secret in `X-Naryad-Secret`. 200 once the form is on the disk.

    `{response_id, kind, fields: {words, address, when, name, phone, email}, more: [{title, value}]}`
    """
    _must_know(request.headers.get(SECRET_HEADER, ""), program.settings.form_secret)
    try:
        told = GoogleIn.model_validate_json(await _body(request))
    except ValidationError:
        raise Problem(422) from None
    fields = told.fields
    more = [f"{each.title}: {each.value}" for each in told.more if each.value.strip()]
    whole = Form(
        intake=GOOGLE,
        key=fingerprint(told.response_id),
        role=Role(told.kind),
        source="form",
        text="\n".join(filter(None, (fields.words, fields.address, fields.when, *more))),
        name=fields.name,
        phone=fields.phone,
        email=fields.email,
        lang=told.lang or "",
    )
    if not whole.phone.strip() or not phone_of(whole.phone):  # as it was typed, for the owner to see
        whole = replace(whole, text="\n".join(filter(None, (whole.text, whole.phone))), phone="")
    place = await place_of(whole, doors=program.channels, readers=program.readers)
    await program.intake.put(**letter_of(whole, place, market=next(iter(program.markets))))
    return JSONResponse({"status": "taken"})


@router.post(
    "/hh/{secret}",
    responses=errors(403, 404, 413, 503),
    summary="Somebody answered an advertisement on HH.ru",
)
async def hh(secret: str, request: Request, program: Program) -> Response:
    """For HH.ru, by the secret in the address. Nothing of it is believed: it is a reason to ask who."""
    _must_know(secret, program.settings.hh_secret)
    try:
        id = response_of(await _body(request))
    except Forged:
        raise Problem(403) from None
    if id is not None:
        await program.intake.put(
            lane=f"form:{HH}:{id}",
            key=f"{RESPONSE}:{HH}:{id}",
            kind=RESPONSE,
            payload={"source": HH, "response_id": id},
        )
    return JSONResponse({})


async def _body(request: Request) -> bytes:
    body = await request.body()
    if len(body) > KNOCK_BYTES_MAX:
        raise Problem(413)
    return body


def _must_know(told: str, secret: SecretStr | None) -> None:
    """Let in who knows the secret; an intake without one is not there."""
    if secret is None or not secret.get_secret_value():
        raise Problem(404)
    if not is_same(told, secret.get_secret_value()):
        raise Problem(403)
