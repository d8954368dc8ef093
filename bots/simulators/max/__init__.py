"""MAX played from its OpenAPI description 0.0.32 (1 July 2026): what a bot asks, hears, shows. See `api`."""

from bots.simulators.max.api import build

__all__ = ["build"]
