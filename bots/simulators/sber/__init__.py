"""Sber, played. See `api`."""

from bots.simulators.sber.api import build

__all__ = ["build"]
