"""How the HTTP side says no: one envelope, one clear sentence, the status the contract names."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from bots.sidecar.deps import naryad_of
from core.kernel.refusal import Outage, Refusal
from core.text.catalogue import LANGUAGES

logger = logging.getLogger(__name__)

# A refusal is a 409 unless it says something more exact in HTTP.
REFUSAL_STATUS: Mapping[str, int] = {
    "UnknownThing": 404,
    "NotYours": 403,
    "AmountAbsurd": 422,
    "NoHours": 422,
    "PastTime": 422,
    "TooFarAhead": 422,
}
_CODES: Mapping[int, tuple[str, str]] = {  # status: code, name of the sentence
    400: ("Malformed", "web-malformed"),
    401: ("Unauthorized", "web-unauthorized"),
    403: ("Forbidden", "web-forbidden"),
    404: ("NotFound", "web-not-found"),
    405: ("MethodNotAllowed", "web-method-not-allowed"),
    413: ("TooLarge", "web-too-large"),
    415: ("UnsupportedMediaType", "web-unsupported-media-type"),
    422: ("Malformed", "web-malformed"),
    429: ("TooManyRequests", "web-too-many-requests"),
    500: ("Defect", "web-defect"),
    503: ("Unavailable", "web-unavailable"),
}
_SENTENCES: Mapping[str, str] = {  # pydantic's types of errors, and ours
    "json_invalid": "web-not-json",
    "missing": "web-missing",
    "string_too_long": "web-too-long",
    "too_long": "web-too-long",
    "literal_error": "web-not-among",
    "enum": "web-not-among",
    "nothing_said": "web-nothing-said",
    "bad_days": "web-bad-days",
    "amount_not_whole": "web-amount-not-whole",
    "amount_not_positive": "web-amount-not-positive",
    "amount_absurd": "web-amount-absurd",
    "amount_currency": "web-amount-currency",
    "bad_phone": "web-bad-phone",
    "bad_bank": "web-bad-bank",
    "bad_account": "web-bad-account",
    "bad_bic": "web-bad-bic",
    "bad_key": "web-bad-account-key",
    "half_said": "web-half-said",
}
_RETRY_AFTER_S = 2


class Problem(Exception):  # noqa: N818 - an answer, not a defect
    """An answer that is not the one hoped for.

    Args:
        status: The HTTP status.
        code: For programs; by default the status's own.
        text: Name of the sentence in the catalogue; by default the status's own.
        details: Facts of the sentence, shown to programs as well.
    """

    def __init__(
        self,
        status: int,
        *,
        code: str | None = None,
        text: str | None = None,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code or text or str(status))
        usual_code, usual_text = _CODES.get(status, _CODES[500])
        self.status = status
        self.code = code or usual_code
        self.text = text or usual_text
        self.details = dict(details or {})
        self.headers = dict(headers or {})


class Refused(Exception):  # noqa: N818 - a rule's word
    """A rule's refusal as the letter's outcome tells it: `{"name", "text", …}`."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__(str(facts.get("name")))
        self.name = str(facts.get("name") or "Refused")
        self.text = str(facts.get("text") or self.name)
        self.details = {key: value for key, value in facts.items() if key not in {"name", "text"}}


def language(request: Request) -> str:
    """Return the asker's language: the first of ours in `Accept-Language`, else Russian."""
    wished = request.headers.get("accept-language", "")[:200]
    for part in wished.split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return LANGUAGES[0]


def sentence(request: Request, name: str, facts: Mapping[str, object] | None = None) -> str:
    """Return a text of ours in the asker's language."""
    naryad = naryad_of(request)
    said = naryad.catalogue.render(
        language(request), name, facts or {}, now=naryad.clock.now(), zone=naryad.settings.zone
    )
    return said.text


def saying(request: Request) -> Callable[..., str]:
    """Return what says texts of ours in the asker's language: `say(name, **facts)`."""

    def say(name: str, /, **facts: object) -> str:
        return sentence(request, name, facts)

    return say


def envelope(
    status: int,
    *,
    code: str,
    message: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the one shape of every error."""
    body = {"success": False, "error": {"code": code, "message": message, "details": details or {}}}
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))


def install_errors(app: FastAPI) -> None:
    """Have every way to fail answered in the envelope."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Outage, _no_database)
    app.add_exception_handler(OperationalError, _no_database)
    app.add_exception_handler(InterfaceError, _no_database)
    app.add_exception_handler(PoolTimeout, _no_database)
    app.add_exception_handler(Exception, _defect)


def problem_answer(request: Request, problem: Problem) -> Response:
    """Answer a problem; also for the doors in front of the routes."""
    return envelope(
        problem.status,
        code=problem.code,
        message=sentence(request, problem.text, problem.details),
        details=problem.details,
        headers=problem.headers,
    )


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - what it was registered for
    return problem_answer(request, problem)


async def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)  # noqa: S101
    status = REFUSAL_STATUS.get(refused.name, 409)
    del request
    return envelope(status, code=refused.name, message=refused.text, details=refused.details)


async def _refusal(request: Request, refusal: Exception) -> Response:
    """A refusal raised at the door itself, such as KeyReused."""
    assert isinstance(refusal, Refusal)  # noqa: S101
    name = type(refusal).__name__
    status = REFUSAL_STATUS.get(name, 409)
    return envelope(status, code=name, message=sentence(request, refusal.template, refusal.facts))


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0] if error.errors() else {"type": "unknown", "loc": ()}
    where = ".".join(str(part) for part in first["loc"][1:] if isinstance(part, str | int)) or "body"
    name, facts = _sentence_of(first, where)
    details = {"field": where, "problems": [_shown(each) for each in error.errors()[:10]]}
    return envelope(422, code="Malformed", message=sentence(request, name, facts), details=details)


def _sentence_of(error: Mapping[str, Any], where: str) -> tuple[str, dict[str, object]]:
    """Choose the sentence for a malformed field. The value itself is never repeated."""
    kind, context = str(error["type"]), error.get("ctx") or {}
    facts: dict[str, object] = {
        "field": where,
        "most": context.get("max_length", 0),
        "allowed": str(context.get("expected", "")),
    }
    return _SENTENCES.get(kind, "web-bad-field"), facts


def _shown(error: Mapping[str, Any]) -> dict[str, str]:
    where = ".".join(str(part) for part in error["loc"])
    return {"field": where, "type": str(error["type"]), "message": str(error["msg"])}


async def _http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: unknown routes, wrong methods, bodies it cannot read."""
    assert isinstance(error, HTTPException)  # noqa: S101
    status = 422 if error.status_code == 400 else error.status_code  # noqa: PLR2004 - see contracts, section 4
    return problem_answer(request, Problem(status, headers=error.headers))


async def _no_database(request: Request, error: Exception) -> Response:
    logger.error("web.database_unreachable path=%s error=%s", request.url.path, type(error).__name__)
    return problem_answer(request, Problem(503, headers={"Retry-After": str(_RETRY_AFTER_S)}))


async def _defect(request: Request, error: Exception) -> Response:
    logger.error("web.defect path=%s", request.url.path, exc_info=error)
    return problem_answer(request, Problem(500))
