"""An SMS centre, played. See `api`."""

from bots.simulators.smsc.api import build

__all__ = ["build"]
