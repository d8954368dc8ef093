"""How each door beside the web stands: settings, library, how it is heard, whether the service lets us in."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scripts.door_call import CALLS, Answered, Entry
from scripts.findings import Line, Mark, channel

if TYPE_CHECKING:
    from bots.settings import Settings

MESSENGERS = ("telegram", "max", "vk")
ROLES = ("client", "master")
PREPARE = "Run `make run` again: it brings what .env needs."

# What else must be set once the first is.
_NEEDED: Mapping[str, Sequence[str]] = {
    "smsru": ("smsru_api_id",),
    "smpp": ("smpp_host", "smpp_system_id", "smpp_password", "smpp_from"),
    "email": ("smtp_from",),
}


async def doors(chosen: "Settings", is_on: Mapping[str, str] | None) -> AsyncIterator[Line]:
    """Look at every door; those that have what they need are asked one harmless question.

    Args:
        is_on: Each door of the server that runs and how it stands; None: no server runs.
    """
    yield channel(Mark.OK, "web: on.")
    asked: list[tuple[str, str]] = []  # each door, and who is asked how
    for name in MESSENGERS:
        for line, door in _messenger(chosen, name):
            yield line
            if door:
                asked.append((door, name))
    for line, door, kind in (*_sms(chosen), *_email(chosen)):
        yield line
        if door:
            asked.append((door, kind))
    if chosen.whatsapp_token is None:
        yield channel(Mark.OK, "whatsapp: off, without WHATSAPP_TOKEN.")
    else:
        mend = "Until then the token only ends the demo."
        yield channel(Mark.WARN, "whatsapp: has its token, but is not served.", mend)
    answers = await asyncio.gather(*(CALLS[kind](chosen, door) for door, kind in asked))
    for (door, _), answer in zip(asked, answers, strict=True):
        yield _told(door, answer)
        if is_on is not None and (served := _served(door, is_on.get(door))):
            yield served


def _told(door: str, answer: Answered) -> Line:
    told = f"{door}: {answer.told}"
    match answer.entry:
        case Entry.OPEN:
            return channel(Mark.WARN if answer.mend else Mark.OK, told, answer.mend)
        case Entry.SHUT:
            return channel(Mark.FAIL, told, answer.mend)
        case Entry.AWAY:
            return channel(Mark.WARN, told, answer.mend or "Its address, our network, or a proxy.")


def _served(door: str, state: str | None) -> Line | None:
    if state is None:
        return channel(Mark.WARN, f"{door}: the server that runs does not serve it.", "Restart it.")
    if state != "on":
        mend = "It is tried again by itself; its log says what it met."
        return channel(Mark.WARN, f"{door}: the server that runs found it {state}.", mend)
    return None


def _messenger(chosen: "Settings", name: str) -> Iterator[tuple[Line, str]]:
    """Yield what is found about a messenger, each with the door that can be asked, if there is one."""
    tokens = {role: f"{name}_{role}_token" for role in ROLES}
    missing = [each for each in tokens.values() if getattr(chosen, each) is None]
    if len(missing) == len(tokens):
        yield channel(Mark.OK, f"{name}: off, without {listed(tokens.values())}."), ""
        return
    if missing:
        mend = f"Set {listed(missing)} as well."
        yield channel(Mark.WARN, f"{name}: half of its tokens are missing.", mend), ""
    if line := _library(name):
        yield line, ""
        return
    for role, token in tokens.items():
        if token in missing:
            continue
        door = f"{name}-{role}"
        group = f"{name}_{role}_group"
        if name == "vk" and not getattr(chosen, group):
            mend = f"Set {group.upper()}: it stands in the community's address after `club`."
            yield channel(Mark.FAIL, f"{door}: the number of its community is missing.", mend), ""
            continue
        line = _heard(chosen, name, door)
        yield line, door


def _heard(chosen: "Settings", name: str, door: str) -> Line:
    """Say whether a door knocks or is asked, and why."""
    mode, is_https = getattr(chosen, f"{name}_mode"), chosen.url.startswith("https://")
    setting = f"{name.upper()}_MODE"
    match mode:
        case "poll":
            return channel(Mark.OK, f"{door}: is asked for what is new, for {setting} says so.")
        case "auto" if not is_https:
            mend = "PUBLIC_URL=https://… lets it knock; asking works as well."
            return channel(Mark.OK, f"{door}: is asked for what is new, for our address has no https.", mend)
        case _ if not is_https:
            mend = f"PUBLIC_URL=https://… or {setting}=auto."
            return channel(Mark.FAIL, f"{door}: shall knock, and our address has no https.", mend)
    return channel(Mark.OK, f"{door}: knocks at {chosen.url}/webhooks/{door}.")


def _sms(chosen: "Settings") -> Iterator[tuple[Line, str, str]]:
    provider = chosen.sms_provider
    if provider == "none":
        yield channel(Mark.OK, "sms: off, for SMS_PROVIDER is none."), "", ""
        return
    if line := _half(chosen, provider, f"sms by {provider}") or (
        _library("sms") if provider == "smpp" else None
    ):
        yield line, "", ""
        return
    told = "brings no answers: clients cannot write by it" if provider == "smsru" else "both ways"
    yield channel(Mark.OK, f"sms-client: by {provider}, {told}."), "sms-client", provider


def _email(chosen: "Settings") -> Iterator[tuple[Line, str, str]]:
    if not chosen.smtp_host:
        yield channel(Mark.OK, "email: off, without SMTP_HOST."), "", ""
        return
    if line := _half(chosen, "email", "email") or _library("email"):
        yield line, "", ""
        return
    if chosen.smtp_tls == "none" and chosen.smtp_host not in {"127.0.0.1", "::1", "localhost"}:
        mend = "SMTP_TLS=starttls or tls."
        yield channel(Mark.WARN, "email-client: what is written goes unencrypted.", mend), "", ""
    if chosen.mail_listen_port:
        place = f"{chosen.mail_listen_host}:{chosen.mail_listen_port}"
        line = channel(Mark.OK, f"email-client: out by {chosen.smtp_host}, in at {place}.")
    else:
        mend = "MAIL_LISTEN_PORT, and a mail server that hands over to it."
        told = f"email-client: out by {chosen.smtp_host}; answers are not taken in."
        line = channel(Mark.WARN, told, mend)
    yield line, "email-client", "email"


def _half(chosen: "Settings", kind: str, named: str) -> Line | None:
    missing = [name for name in _NEEDED[kind] if not getattr(chosen, name)]
    if missing:
        return channel(Mark.FAIL, f"{named}: half of its settings are missing.", f"Set {listed(missing)}.")
    return None


def _library(name: str) -> Line | None:
    from bots.channels import LIBRARIES

    library = LIBRARIES.get(name)
    if library is None or find_spec(library) is not None:
        return None
    return channel(Mark.FAIL, f"{name}: its library {library} is not installed.", PREPARE)


def listed(names: Iterable[str]) -> str:
    """Return settings as .env has them."""
    return " and ".join(name.upper() for name in names)
