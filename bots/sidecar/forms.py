"""The form on our site: a page that works without a script, and what it answers (A34)."""

import re
from html import escape
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from bots.forms import SITE, Form, Place, letter_of, mailbox, phone_of, place_of
from bots.links import talk_link
from bots.media import item
from bots.sidecar import files
from bots.sidecar.access import TALK_COOKIES, check_origin, set_cookie
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem, Refused, language
from bots.sidecar.letters import Answer, Post, Posting, address_of
from bots.sidecar.shapes import clean
from bots.sidecar.tokens import fingerprint, talk_token
from core.conversation.forms import FORM, WEB
from core.messages import Role
from core.text.catalogue import LANGUAGES
from core.wire import is_same
from storage.queries import views

router = APIRouter(include_in_schema=False)

PAGES = Path(__file__).parent / "pages"
WORDS_MAX = 4_000  # characters of one field; as much is read
PHOTOS_MAX = 5
_FIELDS = ("words", "address", "when", "name", "phone", "email")
_TRAP = "company"  # no person sees this field
_PART = re.compile(r"\{\{(t|v|x):([a-z-]+)\}\}")
_SOURCE = re.compile(r"[^\w.-]+")


@router.get("/form")
async def form(
    request: Request,
    program: Program,
    src: Annotated[str, Query(max_length=80)] = "",
    lang: Annotated[str, Query(max_length=5)] = "",
) -> Response:
    """The form, in the language that is asked for, else the browser's."""
    told = {"key": program.chance.token(), "src": src, "lang": _lang(request, lang)}
    return _page(program, "form", told)


@router.post("/form")
async def send(request: Request, program: Program, post: Posting) -> Response:
    """Take a form. The same one again is answered as the first time and changes nothing."""
    check_origin(request, program)
    async with request.form(max_files=PHOTOS_MAX, max_fields=len(_FIELDS) + PHOTOS_MAX) as sent:
        return await _take(sent, request, program, post)


async def _take(sent: FormData, request: Request, program: Naryad, post: Post) -> Response:
    told = {name: _told(sent, name) for name in (*_FIELDS, "key", "src")}
    told["lang"] = _lang(request, _told(sent, "lang"))
    if _told(sent, _TRAP):  # a program that fills in everything is told what it wants to hear
        return _page(program, "form-done", told, words="page-form-done-known")
    wrong = _wrong(told)
    if not wrong and (wait_s := _wait_s(request, program)):
        return _again(program, told, {"": ("page-form-often", {"minutes": -(-wait_s // 60)})}, status=429)
    if wrong:
        return _again(program, told, wrong)
    whole = _form(told, program)
    place = await place_of(whole, doors=program.channels, readers=program.readers)
    try:
        photos = await _photos(sent, place, program)
    except Problem:
        return _again(program, told, {"photo": ("page-form-bad-photo", {})})
    letter = letter_of(whole, place, market=next(iter(program.markets)), media=photos)
    try:
        answer = await post.ask(
            FORM,
            lane=letter["lane"],
            payload=letter["payload"],
            key=letter["key"],
            body={"form": whole.key},
            is_open=True,
        )
    except (Problem, Refused):
        return _again(program, told, {"": ("web-defect", {})}, status=503)
    return await _done(program, told, whole, answer)


def _form(told: dict[str, str], program: Naryad) -> Form:
    """Return what was filled in. The same words of the same person on the same day are the same form."""
    today = program.clock.now().astimezone(program.settings.zone).date().isoformat()
    phone = phone_of(told["phone"])
    said = (told["words"], told["address"], told["when"], told["name"], phone, told["email"], today)
    source = _SOURCE.sub("-", told["src"]).strip("-")[:60]
    return Form(
        intake=SITE,
        key=fingerprint(*said),
        role=Role.CLIENT,
        source=f"form:{source}" if source else "form",
        text="\n".join(filter(None, (told["words"], told["address"], told["when"]))),
        name=told["name"],
        phone=phone,
        email=told["email"],
        sender=fingerprint(told["key"]) if told["key"] else "",
    )


def _wrong(told: dict[str, str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return which fields cannot be taken as they are, and what to say of each."""
    found = {name: "page-form-too-long" for name in _FIELDS if len(told[name]) > WORDS_MAX}
    if not told["words"]:
        found["words"] = "page-form-no-words"
    if not (told["phone"] or told["email"]):
        found["phone"] = "page-form-no-contact"
    elif told["phone"] and not phone_of(told["phone"]):
        found["phone"] = "page-form-bad-phone"
    if told["email"] and not mailbox(told["email"]):
        found["email"] = "page-form-bad-email"
    return {name: (text, {}) for name, text in found.items()}


def _wait_s(request: Request, program: Naryad) -> int:
    """Count one more talk that begins from this address."""
    wait_s: int = request.app.state.limits.starts.wait_s(
        address_of(request, program), now=program.clock.now()
    )
    return wait_s


async def _photos(sent: FormData, place: Place, program: Naryad) -> list[dict[str, Any]]:
    kept = []
    for each in sent.getlist("photo"):
        if isinstance(each, UploadFile) and each.filename:
            stored = await files.keep(each, talk_id=place.talk_id, program=program)  # type: ignore[arg-type]
            name = str(clean(each.filename[:200]))
            kept.append(item(stored, talk_id=place.talk_id, name=name))
    return kept


async def _done(program: Naryad, told: dict[str, str], form: Form, answer: Answer | None) -> Response:
    """Tell what comes next. Only the browser that sent the form first gets its talk's key and its answers."""
    if answer is None:
        return _page(program, "form-done", told, words="page-form-done-later", status=202)
    if not form.sender or not is_same(form.sender, str(answer.facts.get("sender") or "")):
        return _page(program, "form-done", told, words="page-form-done-known")
    talk_id, by = str(answer.facts["conversation_id"]), str(answer.facts["by"])
    async with program.readers() as session:
        lines = await views.replies_to(session, letter_id=answer.letter_id, talk_id=talk_id)
    link = talk_link(program.settings, Role.CLIENT, talk_id) if by == WEB else ""
    said = [line.text for line in lines]
    response = _page(
        program, "form-done", told, words=f"page-form-done-{by}", said=said, link=link, status=201
    )
    if by == WEB:
        token = talk_token(talk_id, secret=program.secret)
        set_cookie(response, program, TALK_COOKIES["client_request"], token)
    return response


# How it is shown


def _again(
    program: Naryad, told: dict[str, str], wrong: dict[str, tuple[str, dict[str, Any]]], *, status: int = 422
) -> Response:
    """Show the form once more with what was typed, and say what to mend."""
    said = {name: _say(program, told["lang"], text, **facts) for name, (text, facts) in wrong.items()}
    return _page(program, "form", told, wrong=said, status=status)


def _page(
    program: Naryad,
    name: str,
    told: dict[str, str],
    *,
    words: str = "",
    said: list[str] | None = None,
    link: str = "",
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    lang = told["lang"]
    other = next(each for each in LANGUAGES if each != lang)
    parts = {
        "lang": lang,
        "other": other,
        "wrong": _wrongs(wrong or {}, _say(program, lang, "page-form-fix")),
        "words": f"<p>{escape(_say(program, lang, words))}</p>" if words else "",
        "said": _replies(said or [], _say(program, lang, "page-form-done-said")),
        "link": _button(link, _say(program, lang, "page-form-done-chat")) if link else "",
        **{f"bad-{field}": _mark(field) for field in wrong or {}},
    }

    def put(found: re.Match[str]) -> str:
        match found[1], found[2]:
            case "t", text:
                return escape(_say(program, lang, text))
            case "v", field:
                return escape(told.get(field, ""))
            case _, part:
                return parts.get(part, "")

    html = _PART.sub(put, (PAGES / f"{name}.html").read_text("utf-8"))
    headers = {"Cache-Control": "no-store"}
    return HTMLResponse(html, status_code=status, headers=headers)


def _wrongs(wrong: dict[str, str], head: str) -> str:
    if not wrong:
        return ""
    lines = "".join(
        f'<li id="wrong-{name or "form"}">'
        + (f'<a href="#{name}">{escape(text)}</a>' if name else escape(text))
        + "</li>"
        for name, text in wrong.items()
    )
    return f'<div class="refusal" role="alert"><p>{escape(head)}</p><ul>{lines}</ul></div>'


def _mark(field: str) -> str:
    return f' aria-invalid="true" aria-describedby="wrong-{field}"'


def _button(link: str, label: str) -> str:
    return f'<p><a class="button big" href="{escape(link)}">{escape(label)}</a></p>'


def _replies(said: list[str], head: str) -> str:
    if not said:
        return ""
    lines = "".join(f'<div class="said"><p>{escape(text)}</p></div>' for text in said)
    return f"<h2>{escape(head)}</h2>{lines}"


def _say(program: Naryad, lang: str, name: str, **facts: Any) -> str:
    now, zone = program.clock.now(), program.settings.zone
    return program.catalogue.render(lang, name, facts, now=now, zone=zone).text


def _lang(request: Request, asked: str) -> str:
    return asked if asked in LANGUAGES else language(request)


def _told(sent: FormData, name: str) -> str:
    value = sent.get(name)
    return str(clean(value)).strip()[: WORDS_MAX + 1] if isinstance(value, str) else ""
