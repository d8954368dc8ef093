"""Mailboxes and a relay, played. See `api`."""

from bots.simulators.mail.api import build

__all__ = ["build"]
