"""ATOL Online, a cash register in the cloud (protocol v4, FFD 1.05): sales and their returns under 54-FZ.

A document is taken at once and printed later, so its report is asked for by the `uuid` it got. Our receipt's
id is its `external_id`: sent again, it answers the `uuid` of the first (error 33). A document that could not
be printed keeps its `external_id` for good, so the next attempt goes under the next one: `<id>`, `<id>-2` …

Callbacks are not signed and would only say what the report says, so none is asked for.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import httpx

from core.charge import Line
from core.gateways.receipts import NAME_MAX
from core.gateways.wire import MOSCOW, Wire, kept, to_major
from core.kernel.charge import RefundState
from core.kernel.money import Money
from core.kernel.refusal import Outage, Unanswered
from core.receipt import ReceiptKind, ReceiptOrder, Registered
from core.wire import Answer, NotLetIn

API_URL = "https://online.atol.ru/possystem/v4"
OPERATIONS: Mapping[ReceiptKind, str] = MappingProxyType(
    {ReceiptKind.SALE: "sell", ReceiptKind.SALE_RETURN: "sell_refund"}
)
CASH, CASHLESS = 0, 1
ATTEMPTS_MAX = 100  # documents of one receipt that could not be printed
KNOWN_MAX = 10_000  # documents whose `uuid` is remembered; others are asked for by their `external_id`
REASON_MAX = 200

# Error codes
_UNDEFINED, _BROKEN, _NO_SUCH, _KNOWN, _NOT_YET = 0, 1, 30, 33, 34
_STATES = MappingProxyType(
    {"wait": RefundState.PENDING, "done": RefundState.DONE, "fail": RefundState.FAILED}
)


class Atol:
    """ATOL Online as a registrar."""

    def __init__(
        self,
        *,
        login: str,
        password: str,
        group: str,
        company: Mapping[str, str],
        api_url: str = API_URL,
        name: str = "atol",
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Connect a group of cash registers.

        Args:
            group: Its code (`group_code`).
            company: Ours, as registered: `email`, `sno`, `inn`, `payment_address`.
            name: How it is called in rows; the played one has a name of its own.
        """
        self._name = name
        self._login = {"login": login, "pass": password}
        self._group = group
        self._company = {key: value for key, value in company.items() if value}
        self._wire = Wire(provider="ATOL Online", url=api_url, http=http)
        self._token: str | None = None
        self._entering = asyncio.Lock()
        self._known: OrderedDict[str, str] = OrderedDict()  # `uuid` by our receipt's id

    @property
    def name(self) -> str:
        """How it is called in settings and rows."""
        return self._name

    async def register(self, order: ReceiptOrder) -> Registered:
        """Send a document, or find what became of the one that was sent before."""
        if order.kind not in OPERATIONS:
            return _no(order, f"ATOL Online registers no {order.kind}", {})
        for attempt in range(1, ATTEMPTS_MAX + 1):
            told = await self._send(order, attempt)
            if told is not None:
                return told
        return _no(order, f"{ATTEMPTS_MAX} documents could not be printed", {})

    async def read(self, order: ReceiptOrder) -> Registered | None:
        """Read the report of a document; None if its `uuid` is not known here, so it is to be sent again."""
        uuid = self._known.get(order.id)
        return None if uuid is None else await self._report(order, uuid)

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    # Documents

    async def _send(self, order: ReceiptOrder, attempt: int) -> Registered | None:
        """Send one attempt; None if it was sent before and could not be printed."""
        external_id = order.id if attempt == 1 else f"{order.id}-{attempt}"
        path = f"/{self._group}/{OPERATIONS[order.kind]}"
        said = await self._ask("POST", path, body=self._document(order, external_id))
        error = self._error(said)
        uuid = said.body.get("uuid")
        if isinstance(uuid, str) and uuid and (error is None or error.get("code") == _KNOWN):
            self._remember(order.id, uuid)
            if error is None:
                return Registered(order.id, RefundState.PENDING, raw=kept(said.body))
            found = await self._report(order, uuid)
            if found is None:
                raise self._wire.unreadable("a document that it knows and cannot find")
            return None if found.state is RefundState.FAILED else found
        if error is None:
            raise self._wire.unreadable("uuid")
        return _no(order, _words(error), said.body)

    async def _report(self, order: ReceiptOrder, uuid: str) -> Registered | None:
        said = await self._ask("GET", f"/{self._group}/report/{uuid}")
        error = self._error(said)
        code = error.get("code") if error is not None else None
        if code == _NO_SUCH:
            self._known.pop(order.id, None)
            return None
        state = _STATES.get(str(said.body.get("status")))
        if state is None:
            raise self._wire.unreadable("status")
        if code == _NOT_YET or state is RefundState.PENDING:
            return Registered(order.id, RefundState.PENDING, raw=kept(said.body))
        if state is RefundState.FAILED:
            return _no(order, _words(error or {}), said.body)
        payload = said.body.get("payload")
        if not isinstance(payload, Mapping):
            raise self._wire.unreadable("payload")
        url = payload.get("ofd_receipt_url")  # only some operators show receipts; all of them send it
        return Registered(
            order.id,
            RefundState.DONE,
            number=_number(payload),
            url=url if isinstance(url, str) and url.startswith(("https://", "http://")) else None,
            raw=kept(said.body),
        )

    def _document(self, order: ReceiptOrder, external_id: str) -> Mapping[str, Any]:
        # A receipt there must be, whatever the client left: without phone and mail it goes to our own.
        client = {"phone": order.phone, "email": order.email}
        found = {name: value for name, value in client.items() if value}
        return {
            "external_id": external_id,
            "timestamp": order.at.astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M:%S"),
            "receipt": {
                "client": found or {"email": self._company.get("email", "")},
                "company": self._company,
                "items": [_item(line) for line in order.lines],
                "payments": [{"type": CASH if order.is_cash else CASHLESS, "sum": _roubles(order.amount)}],
                "total": _roubles(order.amount),
            },
        }

    def _remember(self, id: str, uuid: str) -> None:
        self._known[id] = uuid
        self._known.move_to_end(id)
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)

    # The wire

    async def _ask(self, method: str, path: str, *, body: Mapping[str, Any] | None = None) -> Answer:
        """Ask with a token; one that has run out is fetched anew, once."""
        token = await self._enter(None)
        try:
            return await self._wire.ask(method, path, headers={"Token": token}, body=body)
        except NotLetIn:
            token = await self._enter(token)
            return await self._wire.ask(method, path, headers={"Token": token}, body=body)

    async def _enter(self, worn: str | None) -> str:
        """Return a token that is not the worn one. It is good for 24 hours."""
        async with self._entering:
            if self._token is None or self._token == worn:
                self._token = None
                try:
                    said = await self._wire.ask("POST", "/getToken", body=self._login)
                except Unanswered as lost:  # no document was sent yet
                    raise Outage(str(lost)) from None
                token = said.body.get("token")
                if not isinstance(token, str) or not token:
                    raise self._wire.stranger(said.status)
                self._token = token
            return self._token

    def _error(self, said: Answer) -> Mapping[str, Any] | None:
        """Return what is wrong by ATOL's own word, if anything.

        Raises:
            Unanswered: it failed inside, or says nothing that its protocol knows.
        """
        error = said.body.get("error")
        if isinstance(error, Mapping) and isinstance(error.get("code"), int):
            if error["code"] in (_UNDEFINED, _BROKEN) and said.body.get("status") != "fail":
                raise Unanswered(f"ATOL Online failed inside: {error['code']}")
            return error
        if error is not None or not said.is_good:
            raise self._wire.unreadable("error")
        return None


def _item(line: Line) -> Mapping[str, Any]:
    item: dict[str, Any] = {
        "name": line.name[:NAME_MAX],
        "price": _roubles(line.amount),
        "quantity": 1,
        "sum": _roubles(line.amount),
        "payment_method": "full_payment",
        "payment_object": "service",
        "vat": {"type": "none"},
    }
    if line.supplier_inn is not None:  # a supplier without it is not taken
        item["agent_info"] = {"type": "another"}
        supplier = {"inn": line.supplier_inn, "name": line.supplier_name}
        phones = {"phones": [line.supplier_phone]} if line.supplier_phone else {}
        item["supplier_info"] = {**{name: value for name, value in supplier.items() if value}, **phones}
    return item


def _roubles(amount: Money) -> float:
    """Return a sum as its protocol writes it: a number with at most two places, which JSON keeps exactly."""
    return float(to_major(amount))


def _number(payload: Mapping[str, Any]) -> str | None:
    """Return what a receipt is found by at the tax office: storage, document, attribute."""
    parts = [
        payload.get(name) for name in ("fn_number", "fiscal_document_number", "fiscal_document_attribute")
    ]
    return None if None in parts else "-".join(map(str, parts))


def _words(error: Mapping[str, Any]) -> str:
    return f"{error.get('code', '?')}: {error.get('text') or 'no reason given'}"


def _no(order: ReceiptOrder, reason: str, raw: Mapping[str, Any]) -> Registered:
    return Registered(order.id, RefundState.FAILED, reason=reason[:REASON_MAX], raw=kept(raw))
