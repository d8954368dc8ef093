"""T-Bank, played. See `api`."""

from bots.simulators.tbank.api import build

__all__ = ["build"]
