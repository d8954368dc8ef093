"""How both YooKassa adapters speak: the library writes requests and credentials, our wire sends them.

The library's own client is not used: it repeats by itself, has one time-out for everything, and hides
behind one error whether a request was sent at all; its models read an unreadable answer as an empty one.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
from yookassax.credentials import Credentials
from yookassax.operation import Operation
from yookassax.transport import DEFAULT_API_URL, prepare_request

from core.gateways.wire import Wire, to_major
from core.kernel.money import Money
from core.kernel.refusal import Unanswered
from core.wire import Answer

NAME = "yookassa"
PAGE = 100
DESCRIPTION_MAX = 128
_METADATA_MAX = 16
_VALUE_MAX = 512
_UUID_WITH_TIME = 7
_CLOCKS_DIFFER = timedelta(minutes=5)
_ASKED_WITHIN = timedelta(days=2)  # keys are remembered for one; nobody asks later

Fields = Mapping[str, Any]


class Speech:
    """The connection of one pair of credentials."""

    def __init__(self, *, id: str, key: str, api_url: str | None, http: httpx.AsyncClient | None) -> None:
        self.wire = Wire(provider="YooKassa", url=api_url or DEFAULT_API_URL, http=http)
        self._credentials = Credentials.build(id, key, None)

    async def do(self, operation: Operation) -> Answer:
        """Send an operation once.

        Raises:
            Outage: it surely did not happen.
            Unanswered: nobody knows; 202 is such an answer, it asks to come again with the same key.
        """
        request = prepare_request(operation, self._credentials, user_agent="naryad")
        answer = await self.wire.ask(
            request.method, request.path, headers=request.headers, params=request.params, body=request.body
        )
        if answer.status == HTTPStatus.ACCEPTED:
            raise Unanswered("YooKassa is still at it")
        return answer

    async def look(self, operation: Operation) -> Fields | None:
        """Read a thing; None if there is none."""
        answer = await self.do(operation)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        if not answer.is_good:
            raise self.wire.unreadable(reason_of(answer))
        return answer.body

    async def pages(self, page_of: Callable[..., Operation], **filters: object) -> AsyncIterator[Fields]:
        """Read a list to its end, newest first."""
        cursor = None
        while True:
            page = await self.look(page_of(**filters, limit=PAGE, cursor=cursor)) or {}
            items = page.get("items")
            if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
                raise self.wire.unreadable("items")
            for item in items:
                yield item
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def amount(self, said: Fields, name: str = "amount") -> Money:
        """Read a sum."""
        amount = said.get(name)
        if not isinstance(amount, Mapping):
            raise self.wire.unreadable(name)
        return self.wire.money(amount.get("value"), amount.get("currency"))


def amount_of(money: Money) -> Fields:
    """Write a sum: `{"value": "100.00", "currency": "RUB"}`."""
    return {"value": to_major(money), "currency": money.currency.value}


def metadata_of(name: str, id: str, facts: Mapping[str, str]) -> Fields:
    """Write what is given back with the thing and shown in the cabinet: our id, and as many facts as fit."""
    kept = list(facts.items())[: _METADATA_MAX - 1]
    return {name: id, **{fact: value[:_VALUE_MAX] for fact, value in kept if fact != name}}


def our_id(said: Fields, name: str) -> str | None:
    """Return our id of a thing, if it was made with one."""
    metadata = said.get("metadata")
    found = metadata.get(name) if isinstance(metadata, Mapping) else None
    return found if isinstance(found, str) else None


def reason_of(answer: Answer) -> str:
    """Return why not: the code, and the parameter meant."""
    words = (answer.body.get("code"), answer.body.get("parameter"))
    return " ".join(word for word in words if isinstance(word, str)) or str(answer.status)


def why_cancelled(said: Fields) -> str | None:
    """Return why a thing was cancelled, in YooKassa's word."""
    details = said.get("cancellation_details")
    reason = details.get("reason") if isinstance(details, Mapping) else None
    return reason if isinstance(reason, str) else None


def digits(phone: str) -> str:
    """Write a phone number as YooKassa takes it: without the plus."""
    return phone.removeprefix("+")


def made_about(id: str) -> Mapping[str, str]:
    """Return filters for when a thing with our id must have been made: our ids tell their time."""
    try:
        ours = UUID(id)
    except ValueError:
        return {}
    if ours.version != _UUID_WITH_TIME:
        return {}
    at = datetime.fromtimestamp((ours.int >> 80) / 1_000, UTC)
    return {
        "created_at.gte": moment(at - _CLOCKS_DIFFER),
        "created_at.lt": moment(at + _ASKED_WITHIN),
    }


def moment(at: datetime) -> str:
    """Write a moment as YooKassa does."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
