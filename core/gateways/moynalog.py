"""The tax office's own service for the self-employed (NPD), "Мой налог": incomes and annulments.

It publishes no description of this interface; what stands here is what its own web page and the clients
that others wrote for it do. Each taxpayer has a key of his own. A platform that serves many masters asks the
tax office for the partners' interface instead, to which each master connects it in his application.

There is no idempotence key. So each line carries a mark of our receipt, and before an income is registered
the list of incomes is searched for it: what is there is never registered again.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from core.gateways.wire import MOSCOW, Wire, kept, to_major
from core.kernel.charge import RefundState
from core.kernel.refusal import Outage, Unanswered
from core.ports import Clock
from core.receipt import ReceiptKind, ReceiptOrder, Registered
from core.wire import Answer, NotLetIn

API_URL = "https://lknpd.nalog.ru/api/v1"
REFUNDED = "Возврат средств"  # why an income is annulled; the other reason it knows is a mistake
AROUND = timedelta(minutes=10)  # an income is looked for so long before and after its moment
PAGE, PAGES_MAX = 50, 40
MARK_DIGITS = 12  # of our receipt's id, its random end
NAME_MAX = 256
REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class Keys:
    """How a taxpayer's account is opened: by a refresh token, else by the password of his web account."""

    refresh_token: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


KeysOf = Callable[[str], Keys | None]


class MoyNalog:
    """The service "Мой налог" as a registrar."""

    def __init__(
        self,
        *,
        keys: KeysOf,
        clock: Clock,
        api_url: str = API_URL,
        name: str = "moynalog",
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Connect the accounts of masters.

        Args:
            keys: Gives the keys of a taxpayer's number, if we have them.
            name: How it is called in rows; the played one has a name of its own.
        """
        self._name = name
        self._keys = keys
        self._clock = clock
        self._wire = Wire(provider="Moy Nalog", url=api_url, http=http)
        self._tokens: dict[str, str] = {}
        self._refresh: dict[str, str] = {}  # newer than the one we were given
        self._entering = asyncio.Lock()

    @property
    def name(self) -> str:
        """How it is called in settings and rows."""
        return self._name

    async def register(self, order: ReceiptOrder) -> Registered:
        """Register an income, or annul one, unless that is done already."""
        if order.kind not in (ReceiptKind.INCOME, ReceiptKind.ANNULMENT):
            return _no(order, f"Moy Nalog registers no {order.kind}", {})
        if order.inn is None:
            return _no(order, "no taxpayer number", {})
        if order.kind is ReceiptKind.ANNULMENT and order.refers_to is None:
            return _no(order, "no income to annul", {})
        if (found := await self.read(order)) is not None:
            return found
        is_income = order.kind is ReceiptKind.INCOME
        path, body = ("/income", _income(order)) if is_income else ("/cancel", _annulment(order))
        body = {**body, "requestTime": _time(self._clock.now())}
        said = await self._ask(order.inn, "POST", path, body=body)
        if not said.is_good:
            return _no(order, _words(said), said.body)
        told = said.body if is_income else said.body.get("incomeInfo")
        number = told.get("approvedReceiptUuid") if isinstance(told, Mapping) else None
        if not isinstance(number, str) or not number:
            raise self._wire.unreadable("approvedReceiptUuid")
        return self._done(order, number, said.body)

    async def read(self, order: ReceiptOrder) -> Registered | None:
        """Look for an income of ours, or whether one is annulled; None if it is not."""
        if order.inn is None:
            return None
        for page in range(PAGES_MAX):
            listed = await self._incomes(order, offset=page * PAGE)
            for income in listed["content"]:
                if _is_it(order, income):
                    return self._done(order, self._wire.text(income, "approvedReceiptUuid"), income)
            if not listed.get("hasMore"):
                return None
        raise Outage("Moy Nalog lists more incomes of one moment than there can be.")

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    # Parts

    async def _incomes(self, order: ReceiptOrder, *, offset: int) -> Mapping[str, Any]:
        """Return a page of the incomes around an order's moment. Nothing depends on a lost one."""
        params = {
            "from": _time(order.at - AROUND),
            "to": _time(order.at + AROUND),
            "sortBy": "operation_time:asc",
            "offset": str(offset),
            "limit": str(PAGE),
        }
        try:
            said = await self._ask(order.inn or "", "GET", "/incomes", params=params)
        except Unanswered as lost:
            raise Outage(str(lost)) from None
        content = said.body.get("content")
        if not said.is_good or not isinstance(content, list):
            raise Outage(f"Moy Nalog lists no incomes: {said.status}")
        return {**said.body, "content": [each for each in content if isinstance(each, Mapping)]}

    def _done(self, order: ReceiptOrder, number: str, raw: Mapping[str, Any]) -> Registered:
        url = f"{self._wire.url}/receipt/{order.inn}/{number}/print"
        return Registered(order.id, RefundState.DONE, number=number, url=url, raw=kept(raw))

    async def _ask(
        self,
        inn: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Ask as a taxpayer; a token that has run out is fetched anew, once."""
        token = await self._enter(inn, None)
        try:
            return await self._send(token, method, path, params=params, body=body)
        except NotLetIn:
            token = await self._enter(inn, token)
            return await self._send(token, method, path, params=params, body=body)

    async def _send(
        self,
        token: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        return await self._wire.ask(method, path, headers=headers, params=params, body=body)

    async def _enter(self, inn: str, worn: str | None) -> str:
        """Return a token of a taxpayer that is not the worn one."""
        async with self._entering:
            known = self._tokens.get(inn)
            if known is not None and known != worn:
                return known
            self._tokens.pop(inn, None)
            try:
                said = await self._open(inn)
            except Unanswered as lost:  # nothing was registered yet
                raise Outage(str(lost)) from None
            token, refresh = said.body.get("token"), said.body.get("refreshToken")
            if not said.is_good or not isinstance(token, str) or not token:
                raise self._wire.stranger(said.status)
            if isinstance(refresh, str) and refresh:
                self._refresh[inn] = refresh
            self._tokens[inn] = token
            return token

    async def _open(self, inn: str) -> Answer:
        keys = self._keys(inn)
        if keys is None:
            raise Outage(f"MOYNALOG_TOKENS holds nothing for the taxpayer whose number ends in {inn[-4:]}.")
        device = {
            "sourceType": "WEB",
            "sourceDeviceId": hashlib.sha256(f"naryad:{inn}".encode()).hexdigest()[:21],
            "appVersion": "1.0.0",
            "metaDetails": {"userAgent": "Naryad"},
        }
        refresh = self._refresh.get(inn) or keys.refresh_token
        if refresh is not None:
            body = {"deviceInfo": device, "refreshToken": refresh}
            try:
                return await self._wire.ask("POST", "/auth/token", body=body)
            except NotLetIn:
                self._refresh.pop(inn, None)
                if keys.password is None:
                    raise
        body = {"username": inn, "password": keys.password or "", "deviceInfo": device}
        return await self._wire.ask("POST", "/auth/lkfl", body=body)


def mark_of(id: str) -> str:
    """Return what a line is known by as ours: the random end of our receipt's id."""
    return id.replace("-", "")[-MARK_DIGITS:]


def _is_it(order: ReceiptOrder, income: Mapping[str, Any]) -> bool:
    if order.kind is ReceiptKind.ANNULMENT:
        is_annulled = income.get("cancellationInfo") is not None
        return is_annulled and income.get("approvedReceiptUuid") == order.refers_to
    services = income.get("services")
    listed = services if isinstance(services, list) else []
    names = [income.get("name"), *(each.get("name") for each in listed if isinstance(each, Mapping))]
    # Also one that was annulled since: registering it again would be a second income.
    return any(isinstance(name, str) and name.endswith(f"({mark_of(order.id)})") for name in names)


def _income(order: ReceiptOrder) -> Mapping[str, Any]:
    mark = f" ({mark_of(order.id)})"
    return {
        "operationTime": _time(order.at),
        "services": [
            {
                "name": line.name[: NAME_MAX - len(mark)] + mark,
                "amount": float(to_major(line.amount)),
                "quantity": 1,
            }
            for line in order.lines
        ],
        "totalAmount": to_major(order.amount),
        "client": {
            "contactPhone": None,
            "displayName": None,
            "incomeType": "FROM_INDIVIDUAL",
            "inn": None,
        },
        "paymentType": "CASH",  # what it calls any money that is not paid by an invoice of its own
        "ignoreMaxTotalIncomeRestriction": False,
    }


def _annulment(order: ReceiptOrder) -> Mapping[str, Any]:
    return {
        "operationTime": _time(order.at),
        "comment": REFUNDED,
        "receiptUuid": order.refers_to,
        "partnerCode": None,
    }


def _time(at: datetime) -> str:
    return at.astimezone(MOSCOW).isoformat(timespec="seconds")


def _words(said: Answer) -> str:
    for name in ("message", "code"):
        if word := str(said.body.get(name) or ""):
            return word
    return str(said.status)


def _no(order: ReceiptOrder, reason: str, raw: Mapping[str, Any]) -> Registered:
    return Registered(order.id, RefundState.FAILED, reason=reason[:REASON_MAX], raw=kept(raw))
