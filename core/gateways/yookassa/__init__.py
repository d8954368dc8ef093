"""YooKassa, API v3: the gateway for clients' money, and payouts, which are a gateway of their own there."""

from core.gateways.yookassa.gateway import YooKassa
from core.gateways.yookassa.payouts import YooKassaPaymaster

__all__ = ["YooKassa", "YooKassaPaymaster"]
