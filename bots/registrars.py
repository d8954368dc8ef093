"""Who registers receipts: settings in, registrars and what flows must know out (L31).

A registrar without its keys is played inside the program, with its own file; `naryad doctor` says so.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from bots.inside import Inside
from bots.settings import Settings
from core.flows.fiscal import FiscalRules
from core.ports import Chance, Clock, Registrar

FISCAL_AT, NPD_AT = "/simulator/fiscal", "/simulator/npd"
FISCAL_PLAYED, NPD_PLAYED = "simulator-fiscal", "simulator-npd"
PRINTS_IN = timedelta(seconds=1)
PLAYED_INN = "3900000000"  # of the company whose cash register is played


@dataclass(frozen=True, slots=True)
class Registrars:
    """Everybody who registers receipts for us.

    Attributes:
        by_name: As rows name them.
        rules: Who registers what.
        played: Those that are played, by the path they are to be mounted at.
    """

    by_name: Mapping[str, Registrar] = field(default_factory=dict)
    rules: FiscalRules = field(default_factory=FiscalRules)
    played: Mapping[str, FastAPI] = field(default_factory=dict)

    async def close(self) -> None:
        """Close every connection, and those that are played."""
        for registrar in self.by_name.values():
            await registrar.close()
        for app in self.played.values():
            await app.state.close()


def open_registrars(settings: Settings, *, clock: Clock, chance: Chance) -> Registrars:
    """Connect those that the settings name; a played one is made only here."""
    opened: list[Registrar] = []
    played: dict[str, FastAPI] = {}
    sales = incomes = None
    if settings.fiscal_provider not in ("none", "gateway"):
        made = _atol(settings) if settings.atol_keys else _played_atol(settings, clock, chance, played)
        opened.append(made)
        sales = made.name
    if settings.npd_provider != "none":
        has_keys = bool(settings.moynalog_keys)
        made = _moynalog(settings, clock) if has_keys else _played_moynalog(settings, clock, chance, played)
        opened.append(made)
        incomes = made.name
    rules = FiscalRules(
        sales=sales,
        incomes=incomes,
        # What the built-in provider takes is play money: no real receipt may speak of it.
        is_play=not settings.provider_keys,
        real=frozenset(each.name for each in opened if each.name not in (FISCAL_PLAYED, NPD_PLAYED)),
    )
    return Registrars({each.name: each for each in opened}, rules, played)


def _atol(settings: Settings) -> Registrar:
    from core.gateways.atol import Atol  # noqa: PLC0415 - only where it is connected

    return Atol(**settings.atol_keys)


def _played_atol(settings: Settings, clock: Clock, chance: Chance, played: dict[str, FastAPI]) -> Registrar:
    from bots.simulators.atol import build  # noqa: PLC0415 - not where a real one is connected
    from bots.simulators.atol.api import PREFIX  # noqa: PLC0415
    from core.gateways.atol import Atol  # noqa: PLC0415

    url = f"{settings.url}{FISCAL_AT}"
    entry: dict[str, Any] = {"login": "naryad", "password": _key(settings, FISCAL_PLAYED), "group": "naryad"}
    app = played[FISCAL_AT] = build(
        settings.data_dir / "fiscal.db",
        **entry,
        inn=PLAYED_INN,
        url=url,
        clock=clock,
        chance=chance,
        key=_key(settings, "simulator"),
        prints_in=PRINTS_IN,
    )
    company = {"email": "till@example.org", "inn": PLAYED_INN, "payment_address": settings.url}
    inside = httpx.AsyncClient(transport=Inside(lambda: app, at=FISCAL_AT))
    return Atol(**entry, company=company, api_url=url + PREFIX, name=FISCAL_PLAYED, http=inside)


def _moynalog(settings: Settings, clock: Clock) -> Registrar:
    from core.gateways.moynalog import API_URL, Keys, MoyNalog  # noqa: PLC0415 - as above

    kept = {inn: Keys(**keys) for inn, keys in settings.moynalog_keys.items()}
    return MoyNalog(keys=kept.get, clock=clock, api_url=settings.moynalog_api_url or API_URL)


def _played_moynalog(
    settings: Settings, clock: Clock, chance: Chance, played: dict[str, FastAPI]
) -> Registrar:
    from bots.simulators.moynalog import build, refresh_token_of  # noqa: PLC0415 - as above
    from bots.simulators.moynalog.api import PREFIX  # noqa: PLC0415
    from core.gateways.moynalog import Keys, MoyNalog  # noqa: PLC0415

    url, key = f"{settings.url}{NPD_AT}", _key(settings, NPD_PLAYED)
    app = played[NPD_AT] = build(
        settings.data_dir / "npd.db",
        key=key,
        url=url,
        clock=clock,
        chance=chance,
        sim_key=_key(settings, "simulator"),
    )
    return MoyNalog(
        keys=lambda inn: Keys(refresh_token=refresh_token_of(inn, key)),
        clock=clock,
        api_url=url + PREFIX,
        name=NPD_PLAYED,
        http=httpx.AsyncClient(transport=Inside(lambda: app, at=NPD_AT)),
    )


def _key(settings: Settings, what: str) -> str:
    return hmac.new(settings.secret, what.encode(), hashlib.sha256).hexdigest()
