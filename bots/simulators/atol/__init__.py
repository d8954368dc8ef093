"""ATOL Online, played: the program's own cash register (`FISCAL_PROVIDER=simulator`). See `api`."""

from bots.simulators.atol.api import build

__all__ = ["build"]
