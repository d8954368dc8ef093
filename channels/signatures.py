"""Who opened a page of ours inside a messenger: what the messenger says of him, signed with the bot's token.

Telegram's scheme, which MAX has taken over: https://core.telegram.org/bots/webapps, "Validating data received
via the Mini App". Hand-written so that whoever serves pages need not load a messenger's library.
"""

import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from core.knock import Forged
from core.wire import encoded, is_same

FRESH = timedelta(hours=1)
SKEW = timedelta(seconds=30)  # by so much the messenger's clock may be ahead of ours
_LENGTH_MAX = 8_192
_DIGITS_MAX = 11
_PURPOSE = b"WebAppData"


def init_data(raw: str, token: str, now: datetime, max_age: timedelta = FRESH) -> str:
    """Return the id of the person who opened the page; in his private chat with the bot it is the chat's id.

    Args:
        raw: `initData` as the page got it: a query string with `auth_date`, `user` and `hash`.
        token: Of the bot whose button he pressed; of another bot the signature does not fit.
        max_age: How long ago the page may have been opened, so that what leaks is soon of no use.

    Raises:
        Forged: wrong signature or shape, too old, from the future, or without a person.
    """
    told = _fields(raw)
    signature = told.pop("hash", "")
    lines = "\n".join(f"{name}={told[name]}" for name in sorted(told))
    key = hmac.digest(_PURPOSE, encoded(token), "sha256")
    if not token or not is_same(signature, hmac.digest(key, encoded(lines), "sha256").hex()):
        raise Forged("init data: wrong signature")
    if not -SKEW <= now - _opened_at(told) <= max_age:
        raise Forged("init data: not fresh")
    return _person(told)


def _fields(raw: str) -> dict[str, str]:
    if len(raw) > _LENGTH_MAX:
        raise Forged("init data: too long")
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise Forged("init data: not a query") from None
    told = dict(pairs)
    if len(told) < len(pairs):
        raise Forged("init data: a field twice")
    return told


def _opened_at(told: dict[str, str]) -> datetime:
    seconds = told.get("auth_date", "")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= _DIGITS_MAX):
        raise Forged("init data: no date")
    return datetime.fromtimestamp(int(seconds), UTC)


def _person(told: dict[str, str]) -> str:
    try:
        user = json.loads(told.get("user", ""))
    except (ValueError, RecursionError):
        raise Forged("init data: nobody") from None
    id = user.get("id") if isinstance(user, dict) else None
    if not isinstance(id, int) or isinstance(id, bool):
        raise Forged("init data: nobody")
    return str(id)
