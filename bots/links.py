"""Addresses of our own pages, and of our chats in messengers, as talks and pages mention them."""

from collections.abc import Mapping
from urllib.parse import quote

from bots.settings import Settings
from bots.sidecar.tokens import activation_seal, talk_token, terminal_token
from core.conversation.script import Links
from core.messages import Role

PAGES = {Role.CLIENT: "chat", Role.MASTER: "join"}  # where each of the two talks on the web


def our_links(settings: Settings) -> Links:
    """Return the links that talks hand out; those of terminals and talks are signed with our secret."""
    url, secret = settings.url, settings.secret
    return Links(
        privacy=f"{url}/privacy",
        join=f"{url}/join",
        chat=f"{url}/chat",
        terminal=lambda terminal_id: f"{url}/terminal#t={terminal_token(terminal_id, secret=secret)}",
        job=lambda job_id: f"{url}/jobs/{job_id}/page",
        seal=lambda terminal_id: activation_seal(terminal_id, secret=secret),
        talk=lambda role, talk_id: talk_link(settings, role, talk_id),
        invites=lambda role, payload: invites(settings, role, payload),
    )


def talk_link(settings: Settings, role: Role, talk_id: str) -> str:
    """Return the link that opens a talk on the web. Its key stands after `#`: no log and no proxy sees it."""
    return f"{settings.url}/{PAGES[role]}#c={talk_token(talk_id, secret=settings.secret)}"


def invites(settings: Settings, role: Role, payload: str = "") -> Mapping[str, str]:
    """Return channel → the link that opens our chat there, where its bot's name is known.

    Args:
        payload: What the first message brings with it: a source, or a code that joins two doors.
    """
    told = quote(payload, safe="")
    found: dict[str, str] = {}
    for channel, host in (("telegram", "t.me"), ("max", "max.ru")):
        name = getattr(settings, f"{channel}_{role}_name").lstrip("@")
        if name and getattr(settings, f"{channel}_{role}_token") is not None:
            found[channel] = f"https://{host}/{quote(name, safe='')}" + (f"?start={told}" if told else "")
    group = getattr(settings, f"vk_{role}_group")
    if group and getattr(settings, f"vk_{role}_token") is not None:
        found["vk"] = f"https://vk.me/club{group}" + (f"?ref={told}" if told else "")
    return found
