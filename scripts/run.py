"""`naryad run`: serve the pages, the API and everything behind them."""

from bots.__main__ import app

__all__ = ["app"]
