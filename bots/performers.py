"""Who does what outside: every kind of effect that is not about doors, by name."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bots.charging import (
    CHARGE_KINDS,
    PAYOUT_KINDS,
    RECEIPT_KINDS,
    REFUND_KINDS,
    REGISTRY,
    Charging,
    PayingOut,
    ReadingRegistry,
    Registering,
)
from bots.courier import Performer
from bots.providers import Providers
from bots.rendering import Press, Rendering
from core.flows.charges import Provider
from core.flows.file_letters import RENDER


def all_performers(
    *,
    providers: Providers,
    provider: Provider,
    press: Press,
    readers: async_sessionmaker[AsyncSession],
) -> Mapping[str, Performer]:
    """Return the performer of every kind of effect that does not need a door.

    Args:
        providers: Everybody who moves money.
        provider: The one of them that is connected.
        press: Prints job files, from what `readers` read.
    """
    charging = Charging(providers.gateways, with_receipts=provider.with_receipts)
    paying_out = PayingOut(providers.paymasters)
    return {
        RENDER: Rendering(press, readers),
        **dict.fromkeys((*CHARGE_KINDS, *REFUND_KINDS), charging),
        **dict.fromkeys(PAYOUT_KINDS, paying_out),
        **dict.fromkeys(RECEIPT_KINDS, Registering(providers.registrars.by_name)),
        REGISTRY: ReadingRegistry(providers.gateways),
    }
