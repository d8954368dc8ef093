"""Which payment provider is connected: settings in, gateways, paymasters and what flows must know out.

The built-in provider is a program of its own with its own file; it runs inside ours, and the two speak
HTTP to each other without a network between them.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import httpx
from fastapi import FastAPI

from bots.inside import Inside
from bots.registrars import Registrars, open_registrars
from bots.settings import Settings
from core.flows.charges import Provider
from core.flows.payouts import PayoutRules
from core.kernel.payment import Method
from core.ports import Chance, Clock, Gateway, Paymaster

SIMULATOR = "simulator"
MOUNTED_AT = "/simulator"


@dataclass(frozen=True, slots=True)
class Providers:
    """Everybody who moves money for us.

    Attributes:
        gateways: By name; the first is connected, others only end old charges.
        paymasters: By name; none if masters are paid by hand from a file.
        simulator: The built-in provider, to be mounted at `MOUNTED_AT`.
        registrars: Who registers receipts of it.
    """

    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    paymasters: Mapping[str, Paymaster] = field(default_factory=dict)
    simulator: FastAPI | None = None
    registrars: Registrars = field(default_factory=Registrars)

    @property
    def played(self) -> Mapping[str, FastAPI]:
        """Everything that is played inside the program, by its path; the longest paths first."""
        own = {MOUNTED_AT: self.simulator} if self.simulator is not None else {}
        return {**self.registrars.played, **own}

    def provider(self, settings: Settings) -> Provider:
        """Return what flows must know of the connected provider."""
        gateway = next(iter(self.gateways.values()), None)
        if gateway is None:
            return Provider()
        return Provider(
            name=gateway.name,
            methods=frozenset(gateway.methods),
            two_stage=frozenset(gateway.two_stage) & {Method.CARD},
            notice_url=f"{settings.url}/webhooks/{gateway.name}",
            return_url=f"{settings.url}/chat",
            with_receipts=settings.fiscal_provider == "gateway",
            has_registry=gateway.has_registry,
        )

    def payout_rules(self) -> PayoutRules:
        """Return what flows must know of who pays out."""
        name = next(iter(self.paymasters), None)
        return PayoutRules() if name is None else PayoutRules(paymaster=name, by_hand=False)

    async def close(self) -> None:
        """Close every connection, and the built-in provider."""
        for gateway in self.gateways.values():
            await gateway.close()
        for paymaster in self.paymasters.values():
            await paymaster.close()
        await self.registrars.close()
        if self.simulator is not None:
            await self.simulator.state.close()


def open_providers(
    settings: Settings, *, clock: Clock, chance: Chance, web: Callable[[], FastAPI]
) -> Providers:
    """Connect the provider that the settings name; its library is loaded only here.

    Args:
        web: Our own web app, which the built-in provider sends its notices to.
    """
    registrars = open_registrars(settings, clock=clock, chance=chance)
    gateways = _real_gateways(settings, clock)
    payer = settings.paying_out_by
    is_real = bool(settings.provider_keys)
    if is_real and payer != SIMULATOR:
        return Providers(gateways, _real_paymasters(settings, payer), registrars=registrars)
    simulator, own, own_payer = _built_in(settings, clock, chance, web)
    paymasters = {SIMULATOR: own_payer} if payer == SIMULATOR else _real_paymasters(settings, payer)
    kept = gateways if is_real else {SIMULATOR: own, **gateways}
    return Providers(kept, paymasters, simulator, registrars)


def _built_in(
    settings: Settings, clock: Clock, chance: Chance, web: Callable[[], FastAPI]
) -> tuple[FastAPI, Gateway, Paymaster]:
    from bots.simulators.neutral import build  # noqa: PLC0415 - not where a real provider is connected
    from core.gateways.neutral import Neutral, NeutralPaymaster  # noqa: PLC0415

    key = hmac.new(settings.secret, b"simulator", hashlib.sha256).hexdigest()
    url = f"{settings.url}{MOUNTED_AT}"
    app = build(
        settings.data_dir / "simulator.db",
        key=key,
        url=url,
        clock=clock,
        chance=chance,
        http=httpx.AsyncClient(transport=Inside(web)),
    )
    inside = Inside(lambda: app, at=MOUNTED_AT)
    gateway = Neutral(url=url, key=key, clock=clock, http=httpx.AsyncClient(transport=inside))
    paymaster = NeutralPaymaster(url=url, key=key, http=httpx.AsyncClient(transport=inside))
    return app, gateway, paymaster


def _real_gateways(settings: Settings, clock: Clock) -> dict[str, Gateway]:
    """Return every provider whose keys are set, the chosen one first; the built-in one is none of them.

    One that was chosen before still ends its charges, and gives back what it took.
    """
    names = dict.fromkeys((settings.payment_provider, *_REAL))
    kept = {name: settings.keys_of(name) for name in names}
    found = [_REAL[name](clock, keys) for name, keys in kept.items() if keys]
    return {gateway.name: gateway for gateway in found}


def _yookassa(_: Clock, keys: Mapping[str, Any]) -> Gateway:
    from core.gateways.yookassa import YooKassa  # noqa: PLC0415 - each brings its own library

    return YooKassa(**keys)


def _tinkoff(_: Clock, keys: Mapping[str, Any]) -> Gateway:
    from core.gateways.tbank import TBank  # noqa: PLC0415

    return TBank(**keys)


def _sberbank(_: Clock, keys: Mapping[str, Any]) -> Gateway:
    from core.gateways.sber import Sber  # noqa: PLC0415

    return Sber(**keys)


def _cloudpayments(clock: Clock, keys: Mapping[str, Any]) -> Gateway:
    from core.gateways.cloudpayments import CloudPayments  # noqa: PLC0415

    return CloudPayments(clock=clock, **keys)


_REAL: Mapping[str, Callable[[Clock, Mapping[str, Any]], Gateway]] = MappingProxyType(
    {
        "yookassa": _yookassa,
        "tinkoff": _tinkoff,
        "sberbank": _sberbank,
        "cloudpayments": _cloudpayments,
    }
)


def _real_paymasters(settings: Settings, payer: str) -> Mapping[str, Paymaster]:
    if payer != "yookassa":
        return {}
    from core.gateways.yookassa import YooKassaPaymaster  # noqa: PLC0415

    return {payer: YooKassaPaymaster(**settings.paymaster_keys)}
