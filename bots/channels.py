"""Which doors are open: settings in, channels out. Each channel's library is loaded only here."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from types import MappingProxyType

from pydantic import SecretStr

from bots.door_settings import Hearing
from bots.doors import Door, Doors
from bots.settings import Settings, SettingsRefused
from core.messages import Role, door_of
from core.ports import Channel, Clock

SECRET_CHARACTERS = 48  # of what a service brings with every knock
# Without its library a channel cannot be opened, and whoever asks is told so.
LIBRARIES: Mapping[str, str] = MappingProxyType(
    {"telegram": "aiogram", "sms": "smpp34", "email": "aiosmtplib"}
)


def open_doors(settings: Settings, *, clock: Clock) -> Doors:
    """Open every door whose settings are complete.

    Raises:
        SettingsRefused: a door is set and its library is not installed, or half of its settings is missing.
    """
    doors = [*_messengers(settings, clock), *_sms(settings, clock), *_email(settings, clock)]
    ways_out = {door.name: door.channel for door in doors}
    for door in doors:  # one number and one mailbox speak to both
        if door.channel.name in ("sms", "email"):
            ways_out[door_of(door.channel.name, Role.MASTER.value)] = door.channel
    return Doors(doors, ways_out)


def secret_of(door: str, settings: Settings) -> str:
    """Return what a service shall bring with every knock at this door. It is made of our own secret."""
    return hmac.new(settings.secret, f"door:{door}".encode(), hashlib.sha256).hexdigest()[:SECRET_CHARACTERS]


def _messengers(settings: Settings, clock: Clock) -> Iterator[Door]:
    for channel, build in _BUILT.items():
        for role in (Role.CLIENT, Role.MASTER):
            token: SecretStr | None = getattr(settings, f"{channel}_{role.value}_token")
            if token is None:
                continue
            _must_have_library(channel)
            name = door_of(channel, role.value)
            mode: Hearing = getattr(settings, f"{channel}_mode")
            is_asked = mode == "poll" or (mode == "auto" and not settings.url.startswith("https://"))
            yield Door(name, build(settings, role, token.get_secret_value(), clock), role, is_asked)


def _telegram(settings: Settings, role: Role, token: str, clock: Clock) -> Channel:
    from channels.telegram import Telegram  # noqa: PLC0415 - each brings its own library
    from channels.telegram.line import API_URL  # noqa: PLC0415

    return Telegram(
        token,
        role=role,
        clock=clock,
        secret=secret_of(door_of("telegram", role.value), settings),
        url=settings.telegram_api_url or API_URL,
        proxy=settings.telegram_proxy,
    )


def _max(settings: Settings, role: Role, token: str, clock: Clock) -> Channel:
    from channels.max import Max  # noqa: PLC0415
    from channels.max.client import API_URL, Reach  # noqa: PLC0415

    del clock
    return Max(
        token=token,
        role=role,
        secret=secret_of(door_of("max", role.value), settings),
        app=getattr(settings, f"max_{role.value}_app"),
        reach=Reach(
            url=settings.max_api_url or API_URL, proxy=settings.max_proxy, ca_file=settings.max_ca_file
        ),
    )


def _vk(settings: Settings, role: Role, token: str, clock: Clock) -> Channel:
    from channels.vk import Vk  # noqa: PLC0415

    group = getattr(settings, f"vk_{role.value}_group")
    if not group:
        raise SettingsRefused(f"VK_{role.value.upper()}_GROUP: the number of the community is missing")
    from channels.vk.channel import URL  # noqa: PLC0415

    return Vk(
        role,
        token=token,
        group_id=group,
        clock=clock,
        secret=secret_of(door_of("vk", role.value), settings),
        confirmation=getattr(settings, f"vk_{role.value}_confirmation"),
        url=settings.vk_api_url or URL,
        proxy=settings.vk_proxy or None,
    )


_BUILT: Mapping[str, Callable[[Settings, Role, str, Clock], Channel]] = MappingProxyType(
    {"telegram": _telegram, "max": _max, "vk": _vk}
)


def _sms(settings: Settings, clock: Clock) -> Iterator[Door]:
    name = door_of("sms", Role.CLIENT.value)
    if settings.sms_provider == "smsru":
        yield Door(name, _smsru(settings, clock), Role.CLIENT, is_asked=False)
    elif settings.sms_provider == "smpp":
        yield Door(name, _smpp(settings, clock), Role.CLIENT, is_asked=True)


def _smsru(settings: Settings, clock: Clock) -> Channel:
    from channels.sms.smsru import API_URL, SmsRu  # noqa: PLC0415

    return SmsRu(
        api_id=_told(settings.smsru_api_id, "SMSRU_API_ID"),
        role=Role.CLIENT,
        clock=clock,
        sender=settings.smsru_from,
        api_url=settings.smsru_api_url or API_URL,
        is_test=settings.smsru_test,
    )


def _smpp(settings: Settings, clock: Clock) -> Channel:
    _must_have_library("sms")
    from channels.sms.session import Account  # noqa: PLC0415
    from channels.sms.smpp import Smpp  # noqa: PLC0415

    account = Account(
        host=_told(settings.smpp_host, "SMPP_HOST"),
        port=settings.smpp_port,
        system_id=_told(settings.smpp_system_id, "SMPP_SYSTEM_ID"),
        password=_told(settings.smpp_password, "SMPP_PASSWORD"),
        source=settings.smpp_from,
        is_tls=settings.smpp_tls,
        system_type=settings.smpp_system_type,
        window=settings.smpp_window,
        per_second=settings.smpp_per_second,
        long=settings.smpp_long,
        has_hex_ids=settings.smpp_hex_ids,
    )
    return Smpp(account, role=Role.CLIENT, clock=clock)


def _email(settings: Settings, clock: Clock) -> Iterator[Door]:
    """Open the mailbox; where no mail is taken in, it is only written from."""
    if not settings.smtp_host:
        return
    _must_have_library("email")
    from channels.email import Email  # noqa: PLC0415
    from channels.email.account import Account, Intake  # noqa: PLC0415

    name = door_of("email", Role.CLIENT.value)
    sender = _told(settings.smtp_from, "SMTP_FROM")
    password = _told(settings.smtp_password, "SMTP_PASSWORD") if settings.smtp_user else ""
    try:
        account = Account(
            settings.smtp_host,
            settings.smtp_port,
            sender=sender,
            secret=secret_of(name, settings).encode(),
            user=settings.smtp_user,
            password=password,
            tls=settings.smtp_tls,
        )
    except ValueError:
        raise SettingsRefused("SMTP_FROM: no mailbox, such as Naryad <jobs@example.ru>") from None
    intake = Intake(
        settings.mail_listen_host,
        settings.mail_listen_port,
        spool=settings.data_dir / "mail",
        certificate=settings.mail_listen_certificate,
        key=settings.mail_listen_key,
    )
    is_heard = bool(settings.mail_listen_port)
    channel = Email(account, role=Role.CLIENT, clock=clock, intake=intake if is_heard else None)
    yield Door(name, channel, Role.CLIENT, is_asked=is_heard)


def _told(value: str | SecretStr | None, name: str) -> str:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not plain:
        raise SettingsRefused(f"{name}: is missing")
    return plain


def _must_have_library(channel: str) -> None:
    library = LIBRARIES.get(channel)
    if library is not None and find_spec(library) is None:
        raise SettingsRefused(
            f"{channel.upper()}: its library is not installed. Run make run again: it brings what .env needs"
        )
