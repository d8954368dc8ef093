"""SMS.ru, played. See `api`."""

from bots.simulators.smsru.api import build

__all__ = ["build"]
