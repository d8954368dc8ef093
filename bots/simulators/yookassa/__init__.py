"""YooKassa played from its OpenAPI description (API v3): payments, refunds, payouts. See `api`."""

from bots.simulators.yookassa.api import build

__all__ = ["build"]
