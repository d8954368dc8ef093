"""The built-in provider (`PAYMENT_PROVIDER=simulator`): small, honest, of our own design. See `api`."""

from bots.simulators.neutral.api import build

__all__ = ["build"]
