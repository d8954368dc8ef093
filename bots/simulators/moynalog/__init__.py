"""The tax office's "Мой налог", played: `NPD_PROVIDER=simulator` (L31). See `api`."""

from bots.simulators.moynalog.api import build
from bots.simulators.moynalog.books import password_of, refresh_token_of

__all__ = ["build", "password_of", "refresh_token_of"]
