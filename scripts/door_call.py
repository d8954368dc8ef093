"""One harmless question to each service, to see whether it lets us in. Nothing is sent to anybody.

No secret and no address that carries one is ever part of what is told.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from bots.settings import Settings

ANSWER_S = 5.0
LOW_BALANCE_RUB = 300.0
SMSRU_OK = 100
VK_VERSION = "5.199"


class Entry(StrEnum):
    """What a service makes of us."""

    OPEN = "open"
    SHUT = "shut"
    AWAY = "away"  # nobody answered


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a question."""

    entry: Entry
    told: str
    mend: str = ""


async def _telegram(chosen: "Settings", door: str) -> Answered:
    token = _token(chosen, door)
    url = f"{chosen.telegram_api_url or 'https://api.telegram.org'}/bot{token}/getMe"
    body = await _ask("GET", url, proxy=chosen.telegram_proxy)
    if isinstance(body, Answered):
        return body
    name = _part(body, "result").get("username")
    return _named(door, f"@{name}" if body.get("ok") and name else "", "BotFather tells it anew.")


async def _max(chosen: "Settings", door: str) -> Answered:
    trust: ssl.SSLContext | bool = True
    if chosen.max_ca_file is not None:
        trust = httpx.create_ssl_context()
        trust.load_verify_locations(cafile=chosen.max_ca_file)
    url = f"{chosen.max_api_url or 'https://platform-api2.max.ru'}/me"
    headers = {"Authorization": _token(chosen, door)}
    body = await _ask("GET", url, proxy=chosen.max_proxy, verify=trust, headers=headers)
    if isinstance(body, Answered):
        return body
    return _named(
        door, str(body.get("name") or body.get("username") or ""), "The bot's page in MAX tells it."
    )


async def _vk(chosen: "Settings", door: str) -> Answered:
    group = str(getattr(chosen, f"{door.replace('-', '_')}_group"))
    told = {"group_id": group, "access_token": _token(chosen, door), "v": VK_VERSION}
    url = f"{chosen.vk_api_url or 'https://api.vk.com'}/method/groups.getById"
    body = await _ask("POST", url, proxy=chosen.vk_proxy, data=told)
    if isinstance(body, Answered):
        return body
    found = body.get("response")
    groups = found.get("groups", found) if isinstance(found, dict) else found
    name = str(groups[0].get("name", "")) if isinstance(groups, list) and groups else ""
    return _named(door, name, "The community's page makes one, with messages allowed.")


async def _smsru(chosen: "Settings", _: str) -> Answered:
    key = chosen.smsru_api_id.get_secret_value() if chosen.smsru_api_id else ""
    url = f"{chosen.smsru_api_url or 'https://sms.ru'}/my/balance"
    body = await _ask("POST", url, data={"api_id": key, "json": "1"})
    if isinstance(body, Answered):
        return body
    if body.get("status_code") != SMSRU_OK:
        return Answered(Entry.SHUT, "SMS.ru does not take SMSRU_API_ID.", "Its cabinet shows it.")
    balance = float(body.get("balance", 0))
    mend = "Pay in: without money no SMS goes out." if balance < LOW_BALANCE_RUB else ""
    return Answered(Entry.OPEN, f"SMS.ru lets us in; the account has {balance:.2f} ₽.", mend)


async def _smpp(chosen: "Settings", _: str) -> Answered:
    """Only see that somebody listens: binding would take a session of the program that runs."""
    trust = ssl.create_default_context() if chosen.smpp_tls else None
    place = f"{chosen.smpp_host}:{chosen.smpp_port}"
    try:
        async with asyncio.timeout(ANSWER_S):
            _reader, writer = await asyncio.open_connection(chosen.smpp_host, chosen.smpp_port, ssl=trust)
    except (OSError, TimeoutError):
        return Answered(
            Entry.AWAY, f"nobody answers at {place}.", "SMPP_HOST, SMPP_PORT, SMPP_TLS, our network."
        )
    writer.close()
    return Answered(Entry.OPEN, f"the operator listens at {place}; its login shows at the start.")


async def _email(chosen: "Settings", _: str) -> Answered:
    return await asyncio.to_thread(_greet, chosen)


def _greet(chosen: "Settings") -> Answered:
    """Say EHLO and who we are, and leave."""
    place = f"{chosen.smtp_host}:{chosen.smtp_port}"
    trust = ssl.create_default_context()
    try:
        if chosen.smtp_tls == "tls":
            relay: smtplib.SMTP = smtplib.SMTP_SSL(
                chosen.smtp_host, chosen.smtp_port, timeout=ANSWER_S, context=trust
            )
        else:
            relay = smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=ANSWER_S)
        with relay:
            relay.ehlo()
            if chosen.smtp_tls == "starttls":
                relay.starttls(context=trust)
                relay.ehlo()
            if chosen.smtp_user and chosen.smtp_password is not None:
                relay.login(chosen.smtp_user, chosen.smtp_password.get_secret_value())
    except smtplib.SMTPAuthenticationError:
        return Answered(Entry.SHUT, f"{place} does not take our login.", "SMTP_USER and SMTP_PASSWORD.")
    except smtplib.SMTPNotSupportedError:
        return Answered(Entry.SHUT, f"{place} has no STARTTLS or no login.", "SMTP_TLS=tls, or another port.")
    except (OSError, smtplib.SMTPException):
        return Answered(
            Entry.AWAY, f"nobody answers at {place} as a mail server does.", "SMTP_HOST, SMTP_PORT, SMTP_TLS."
        )
    return Answered(Entry.OPEN, f"{place} takes mail from us.")


CALLS: Mapping[str, Callable[["Settings", str], Awaitable[Answered]]] = MappingProxyType(
    {
        "telegram": _telegram,
        "max": _max,
        "vk": _vk,
        "smsru": _smsru,
        "smpp": _smpp,
        "email": _email,
    }
)


def _token(chosen: "Settings", door: str) -> str:
    token: str = getattr(chosen, f"{door.replace('-', '_')}_token").get_secret_value()
    return token


def _named(door: str, name: str, where: str) -> Answered:
    if name:
        return Answered(Entry.OPEN, f"its token is that of {name}.")
    setting = f"{door.replace('-', '_').upper()}_TOKEN"
    return Answered(Entry.SHUT, f"{setting} is not taken.", where)


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


async def _ask(
    method: str, url: str, *, proxy: str = "", verify: ssl.SSLContext | bool = True, **more: Any
) -> Mapping[str, Any] | Answered:
    """Ask for JSON. What goes wrong is told without the address, for it may carry a token."""
    host = httpx.URL(url).host
    try:
        async with httpx.AsyncClient(
            timeout=ANSWER_S, proxy=proxy or None, verify=verify, trust_env=False
        ) as client:
            body = (await client.request(method, url, **more)).json()
    except httpx.TimeoutException:
        return Answered(Entry.AWAY, f"{host} did not answer within {ANSWER_S:.0f} s.")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
        return Answered(Entry.AWAY, f"{host} could not be asked ({type(failure).__name__}).")
    return body if isinstance(body, dict) else {}
