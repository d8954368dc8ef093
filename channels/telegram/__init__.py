"""Telegram, by its Bot API: one bot for clients, another for masters."""

from channels.telegram.door import Telegram

__all__ = ["Telegram"]
