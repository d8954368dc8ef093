"""E-mail, out through a relay and in by an SMTP server of our own."""

from channels.email.door import Email

__all__ = ["Email"]
