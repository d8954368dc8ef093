"""Which payment provider is connected: settings in, gateways and what flows must know of them out."""

from collections.abc import Mapping

from bots.settings import Settings
from core.flows.charges import Provider
from core.kernel.payment import Method
from core.ports import Gateway


def open_gateways(settings: Settings) -> Mapping[str, Gateway]:
    """Return the connected provider by its name. Its library is loaded only here."""
    del settings
    return {}


def provider_of(settings: Settings, gateways: Mapping[str, Gateway]) -> Provider:
    """Return what flows must know: the first provider is connected, others only end old charges."""
    gateway = next(iter(gateways.values()), None)
    if gateway is None:
        return Provider()
    return Provider(
        name=gateway.name,
        methods=frozenset(gateway.methods),
        two_stage=frozenset(gateway.two_stage) & {Method.CARD},
        notice_url=f"{settings.url}/webhooks/{gateway.name}",
        return_url=f"{settings.url}/chat",
    )
