"""CloudPayments, played. See `api`."""

from bots.simulators.cloudpayments.api import build

__all__ = ["build"]
