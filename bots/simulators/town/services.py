"""Which services are played: how each is built, and which settings lead Naryad to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from fastapi import FastAPI

from core.messages import Role
from core.ports import Chance, Clock

KEY = "simulated-and-of-no-worth"
GROUPS = MappingProxyType({Role.CLIENT: 1, Role.MASTER: 2})
HOST, INTAKE_PORT = "127.0.0.1", 2525
ALL_ACTS = frozenset({"say", "press", "send", "contact", "location", "block"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What services stand on.

    Attributes:
        url: Where the page is reached; a service is mounted below it at its name.
        naryad: Where Naryad is reached, for notices of payments.
        folder: Where those that keep a file keep it.
        ports: A service's own TCP port, by its name; 0: any that is free.
    """

    clock: Clock
    chance: Chance
    url: str
    naryad: str
    folder: Path
    pace: float
    ports: Mapping[str, int]

    def at(self, service: str) -> str:
        """Return where a service is mounted."""
        return f"{self.url}/{service}"


Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is played.

    Attributes:
        settings: What to write into .env, asked for once everything listens.
        acts: What its people can do; none: it has no chats.
        roles: Whom one can be in a chat.
        is_chosen: Its settings can stand beside all others', so they are proposed and not only told.
    """

    name: str
    app: FastAPI
    settings: Callable[[], Settings]
    acts: frozenset[str] = frozenset()
    roles: tuple[Role, ...] = (Role.CLIENT, Role.MASTER)
    is_chosen: bool = True
    start: Callable[[], Awaitable[None]] | None = None
    close: Callable[[], Awaitable[None]] | None = None


def telegram(ground: Ground) -> Service:
    """Play Telegram."""
    from bots.simulators.telegram import CLIENT_TOKEN, MASTER_TOKEN, build  # noqa: PLC0415 - each by itself

    app = build(clock=ground.clock, chance=ground.chance, pace=ground.pace)
    settings = {
        "TELEGRAM_API_URL": ground.at("telegram"),
        "TELEGRAM_CLIENT_TOKEN": CLIENT_TOKEN,
        "TELEGRAM_MASTER_TOKEN": MASTER_TOKEN,
    }
    return Service("telegram", app, lambda: settings, ALL_ACTS | {"start"}, close=app.state.wire.sender.close)


def max(ground: Ground) -> Service:  # noqa: A001 - it is the service's name
    """Play MAX."""
    from bots.simulators.max import build  # noqa: PLC0415

    tokens = {f"max-{role}-{KEY}": role.value for role in GROUPS}
    url = ground.at("max")
    app = build(clock=ground.clock, chance=ground.chance, url=url, bots=tokens, pace=ground.pace)
    by_role = {role: token for token, role in tokens.items()}
    settings = {
        "MAX_API_URL": url,
        "MAX_CLIENT_TOKEN": by_role["client"],
        "MAX_MASTER_TOKEN": by_role["master"],
    }
    return Service("max", app, lambda: settings, ALL_ACTS | {"start"}, close=app.state.wire.sender.close)


def vk(ground: Ground) -> Service:
    """Play VK."""
    from bots.simulators.vk import build  # noqa: PLC0415

    groups = {f"vk-{role}-{KEY}": group for role, group in GROUPS.items()}
    app = build(clock=ground.clock, chance=ground.chance, pace=ground.pace, groups=groups)
    settings = {"VK_API_URL": ground.at("vk")}
    for token, (role, group) in zip(groups, GROUPS.items(), strict=True):
        settings[f"VK_{role.upper()}_TOKEN"] = token
        settings[f"VK_{role.upper()}_GROUP"] = str(group)
    acts = (ALL_ACTS - {"contact"}) | {"start"}
    return Service("vk", app, lambda: settings, acts, close=app.state.wire.sender.close)


def smsc(ground: Ground) -> Service:
    """Play an operator's SMS centre; SMPP has a port of its own."""
    from bots.simulators.smsc import build  # noqa: PLC0415

    number = "79990000000"
    app = build(clock=ground.clock, chance=ground.chance, pace=ground.pace, password=KEY[:8], number=number)
    server = app.state.server

    def settings() -> Settings:
        told = {"SMS_PROVIDER": "smpp", "SMPP_HOST": HOST, "SMPP_PORT": str(server.port)}
        return told | {"SMPP_SYSTEM_ID": "naryad", "SMPP_PASSWORD": KEY[:8], "SMPP_FROM": number}

    async def start() -> None:
        await server.start(HOST, ground.ports.get("smsc", 0))

    acts, roles = frozenset({"say", "block"}), (Role.CLIENT,)
    return Service("smsc", app, settings, acts, roles, start=start, close=server.close)


def smsru(ground: Ground) -> Service:
    """Play SMS.ru, which takes messages and brings none."""
    from bots.simulators.smsru import build  # noqa: PLC0415

    app = build(clock=ground.clock, chance=ground.chance, pace=ground.pace, api_id=KEY)
    settings = {"SMS_PROVIDER": "smsru", "SMSRU_API_ID": KEY, "SMSRU_API_URL": ground.at("smsru")}
    acts, roles = frozenset({"block"}), (Role.CLIENT,)
    close = app.state.wire.sender.close
    return Service("smsru", app, lambda: settings, acts, roles, is_chosen=False, close=close)


def mail(ground: Ground) -> Service:
    """Play mailboxes and a relay; SMTP has a port of its own."""
    from bots.simulators.mail import build  # noqa: PLC0415

    ours, password, intake_port = "jobs@naryad.example", KEY[:8], ground.ports.get("intake", INTAKE_PORT)
    app = build(
        clock=ground.clock,
        chance=ground.chance,
        pace=ground.pace,
        password=password,
        ours=ours,
        intake_port=intake_port,
    )
    relay = app.state.relay

    def settings() -> Settings:
        told = {"SMTP_HOST": HOST, "SMTP_PORT": str(relay.port), "SMTP_TLS": "none", "SMTP_FROM": ours}
        return told | {
            "SMTP_USER": "naryad",
            "SMTP_PASSWORD": password,
            "MAIL_LISTEN_PORT": str(intake_port),
        }

    async def start() -> None:
        await relay.start(HOST, ground.ports.get("mail", 0))

    acts, roles = frozenset({"say", "send", "block"}), (Role.CLIENT,)
    return Service("mail", app, settings, acts, roles, start=start, close=relay.close)


def yookassa(ground: Ground) -> Service:
    """Play YooKassa."""
    from bots.simulators.yookassa import build  # noqa: PLC0415

    app = build(
        shop_id="100500",
        secret_key=KEY,
        url=ground.at("yookassa"),
        notice_url=f"{ground.naryad}/webhooks/yookassa",
        clock=ground.clock,
        chance=ground.chance,
        pace=ground.pace,
    )
    settings = {
        "PAYMENT_PROVIDER": "yookassa",
        "YOOKASSA_API_URL": f"{ground.at('yookassa')}/v3",
        "YOOKASSA_SHOP_ID": "100500",
        "YOOKASSA_SECRET_KEY": KEY,
        "YOOKASSA_NOTICE_NETWORKS": "127.0.0.1/32",
    }
    return _payments("yookassa", app, settings)


def tbank(ground: Ground) -> Service:
    """Play T-Bank."""
    from bots.simulators.tbank import build  # noqa: PLC0415

    url = ground.at("tbank")
    app = build(terminal_key="Simulated", password=KEY, clock=ground.clock, url=url, pace=ground.pace)
    settings = {
        "PAYMENT_PROVIDER": "tinkoff",
        "TINKOFF_API_URL": f"{url}/v2",
        "TINKOFF_TERMINAL_KEY": "Simulated",
        "TINKOFF_PASSWORD": KEY,
    }
    return _payments("tbank", app, settings)


def sber(ground: Ground) -> Service:
    """Play Sber."""
    from bots.simulators.sber import build  # noqa: PLC0415
    from bots.simulators.sber.api import PREFIX  # noqa: PLC0415

    url = ground.at("sber")
    app = build(
        user_name="naryad-api",
        password=KEY,
        callback_key=KEY,
        clock=ground.clock,
        url=url,
        notice_url=f"{ground.naryad}/webhooks/sber",
        pace=ground.pace,
    )
    settings = {
        "PAYMENT_PROVIDER": "sberbank",
        "SBERBANK_API_URL": url + PREFIX,
        "SBERBANK_PAGE_URL": f"{url}/pay_ru",
        "SBERBANK_USERNAME": "naryad-api",
        "SBERBANK_PASSWORD": KEY,
        "SBERBANK_CALLBACK_KEY": KEY,
    }
    return _payments("sber", app, settings)


def cloudpayments(ground: Ground) -> Service:
    """Play CloudPayments."""
    from bots.simulators.cloudpayments import build  # noqa: PLC0415

    url = ground.at("cloudpayments")
    app = build(
        public_id="pk_simulated",
        api_secret=KEY,
        clock=ground.clock,
        url=url,
        notice_url=f"{ground.naryad}/webhooks/cloudpayments",
        pace=ground.pace,
    )
    settings = {
        "PAYMENT_PROVIDER": "cloudpayments",
        "CLOUDPAYMENTS_API_URL": url,
        "CLOUDPAYMENTS_PUBLIC_ID": "pk_simulated",
        "CLOUDPAYMENTS_API_SECRET": KEY,
    }
    return _payments("cloudpayments", app, settings)


def atol(ground: Ground) -> Service:
    """Play ATOL Online, who registers receipts."""
    from bots.simulators.atol import build  # noqa: PLC0415
    from bots.simulators.atol.api import PREFIX  # noqa: PLC0415

    url = ground.at("atol")
    app = build(
        ground.folder / "atol.db",
        login="naryad",
        password=KEY,
        group="simulated",
        inn="3900000000",
        url=url,
        clock=ground.clock,
        chance=ground.chance,
    )
    settings = {
        "FISCAL_PROVIDER": "atol",
        "ATOL_API_URL": url + PREFIX,
        "ATOL_ADDRESS": "https://naryad.example",
        "ATOL_EMAIL": "kassa@naryad.example",
        "ATOL_LOGIN": "naryad",
        "ATOL_PASSWORD": KEY,
        "ATOL_GROUP": "simulated",
        "ATOL_INN": "3900000000",
    }
    return Service("atol", app, lambda: settings, is_chosen=False, close=app.state.close)


def _payments(name: str, app: FastAPI, settings: Settings) -> Service:
    return Service(name, app, lambda: settings, is_chosen=False, close=app.state.wire.sender.close)


PLAYED: Mapping[str, Callable[[Ground], Service]] = MappingProxyType(
    {
        play.__name__: play
        for play in (telegram, max, vk, smsc, smsru, mail, yookassa, tbank, sber, cloudpayments, atol)
    }
)
