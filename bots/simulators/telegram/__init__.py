"""The Bot API of Telegram, played: any number of bots by token, and the people who write to them."""

from bots.simulators.telegram.api import CLIENT_TOKEN, MASTER_TOKEN, build

__all__ = ["CLIENT_TOKEN", "MASTER_TOKEN", "build"]
