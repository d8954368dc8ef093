"""The built-in provider's adapters: a gateway for clients' money and a paymaster for the masters'.

What it speaks is written in `bots/simulators/neutral/api.py`.
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import httpx

from core.charge import (
    Charge,
    Destination,
    Notice,
    Order,
    Payout,
    PayoutOrder,
    Receipt,
    Refund,
    RefundOrder,
    RegistryLine,
    Subject,
)
from core.gateways.wire import Wire, kept
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Money
from core.kernel.payment import Method
from core.knock import Forged, Knock, Thanks
from core.ports import Clock
from core.wire import Answer, is_same

NAME = "simulator"
NOTICE_LASTS = timedelta(minutes=5)  # older ones are somebody's recording

_STATES = MappingProxyType(
    {
        "waiting": ChargeState.WAITING,
        "held": ChargeState.HELD,
        "paid": ChargeState.PAID,
        "declined": ChargeState.FAILED,
        "cancelled": ChargeState.CANCELLED,
        "expired": ChargeState.CANCELLED,
    }
)
_MOVES = MappingProxyType(
    {"pending": RefundState.PENDING, "done": RefundState.DONE, "failed": RefundState.FAILED}
)


class _Speaker:
    """What both adapters say alike."""

    def __init__(self, *, url: str, key: str, http: httpx.AsyncClient | None) -> None:
        self._wire = Wire(provider=NAME, url=url, http=http)
        self._key = key

    @property
    def name(self) -> str:
        """How it is called in settings and rows."""
        return NAME

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    async def _ask(self, path: str, *, key: str, body: Mapping[str, Any]) -> Answer:
        headers = {"Authorization": f"Bearer {self._key}", "Idempotence-Key": key}
        return await self._wire.ask("POST", path, headers=headers, body=body)

    async def _get(self, path: str, **params: str) -> Mapping[str, Any] | None:
        headers = {"Authorization": f"Bearer {self._key}"}
        answer = await self._wire.ask("GET", path, headers=headers, params=params)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        if not answer.is_good:
            raise self._wire.unreadable(_code(answer))
        return answer.body

    async def _find(self, path: str, provider_id: str | None, **ours: str) -> Mapping[str, Any] | None:
        return await (self._get(f"{path}/{provider_id}") if provider_id else self._get(path, **ours))

    def _move(self, said: Mapping[str, Any]) -> RefundState:
        state = _MOVES.get(self._wire.text(said, "status"))
        if state is None:
            raise self._wire.unreadable("status")
        return state


class Neutral(_Speaker):
    """The gateway of the built-in provider.

    Args:
        url: Where the provider is, with its mount path.
        key: The shop's key.
        clock: Tells how old a notice is.
        http: A client with its own time-outs, closed with us; a new one if none is given.
    """

    def __init__(self, *, url: str, key: str, clock: Clock, http: httpx.AsyncClient | None = None) -> None:
        super().__init__(url=url, key=key, http=http)
        self._clock = clock

    @property
    def methods(self) -> Collection[Method]:
        """Card and SBP."""
        return frozenset({Method.CARD, Method.SBP})

    @property
    def two_stage(self) -> Collection[Method]:
        """SBP knows no hold."""
        return frozenset({Method.CARD})

    @property
    def has_registry(self) -> bool:
        """It tells a whole day."""
        return True

    @property
    def thanks(self) -> Thanks:
        """Any 200."""
        return Thanks()

    async def charge(self, order: Order) -> Charge:
        """Ask for a charge; the same order answers the same charge, as it stands by then."""
        body = {
            "order_id": order.id,
            "amount_minor": order.amount.minor,
            "currency": order.amount.currency,
            "method": order.method,
            "description": order.description,
            "two_stage": order.is_two_stage,
            "return_url": order.return_url,
            "notice_url": order.notice_url,
            "expires_at": order.expires_at.isoformat(),
            "lang": order.lang,
            "facts": dict(order.facts),
            **_receipt(order.receipt),
        }
        answer = await self._ask("/charges", key=order.id, body=body)
        if answer.is_good:
            return self._charge(answer.body)
        if _is_known(answer) and (found := await self.read(order_id=order.id, provider_id=None)):
            return found
        return Charge.refused(order, reason=_code(answer), raw=kept(answer.body))

    async def read(self, *, order_id: str, provider_id: str | None) -> Charge | None:
        """Read a charge by its id, else by ours."""
        said = await self._find("/charges", provider_id, order_id=order_id)
        return None if said is None else self._charge(said)

    async def capture(self, *, order_id: str, provider_id: str, amount: Money) -> Charge:
        """Take what is held, all or a part."""
        body = {"amount_minor": amount.minor}
        path = f"/charges/{provider_id}/capture"
        return await self._changed(
            await self._ask(path, key=f"{order_id}-{amount.minor}", body=body), order_id, provider_id
        )

    async def cancel(self, *, order_id: str, provider_id: str) -> Charge:
        """Let go of what is held, or close what is unpaid."""
        path = f"/charges/{provider_id}/cancel"
        return await self._changed(
            await self._ask(path, key=f"{order_id}-cancel", body={}), order_id, provider_id
        )

    async def refund(self, order: RefundOrder) -> Refund:
        """Give money back."""
        body = {
            "refund_id": order.id,
            "charge_id": order.provider_id,
            "amount_minor": order.amount.minor,
            "reason": order.reason,
            **_receipt(order.receipt),
        }
        answer = await self._ask("/refunds", key=order.id, body=body)
        if answer.is_good:
            return self._refund(answer.body)
        if _is_known(answer) and (found := await self.read_refund(order, provider_id=None)):
            return found
        return Refund(
            refund_id=order.id,
            provider_id="",
            state=RefundState.FAILED,
            amount=order.amount,
            reason=_code(answer),
            raw=kept(answer.body),
        )

    async def read_refund(self, order: RefundOrder, *, provider_id: str | None) -> Refund | None:
        """Read a refund by its id, else by ours."""
        said = await self._find("/refunds", provider_id, refund_id=order.id)
        return None if said is None else self._refund(said)

    async def registry(self, day: date) -> Sequence[RegistryLine]:
        """Return the charges paid and the refunds done on a day of Moscow time."""
        said = await self._get("/registry", day=day.isoformat())
        lines = (said or {}).get("lines")
        if not isinstance(lines, list):
            raise self._wire.unreadable("lines")
        return [self._line(line) for line in lines if line.get("subject") != Subject.PAYOUT]

    def hear(self, knock: Knock) -> Notice | None:
        """Check signature and age of a notice."""
        told_at = knock.headers.get("x-notice-time", "")
        signed = hmac.new(
            self._key.encode(), told_at.encode() + b"." + knock.body, hashlib.sha256
        ).hexdigest()
        if knock.method != "POST" or not is_same(knock.headers.get("x-notice-signature", ""), signed):
            raise Forged
        if abs(int(told_at) - self._clock.now().timestamp()) > NOTICE_LASTS.total_seconds():
            raise Forged
        try:
            said = json.loads(knock.body)
            return Notice(
                subject=Subject(said["subject"]),
                key=str(said["id"]),  # of the notice: repeats keep it, another state has another
                provider_id=str(said["thing_id"]),
                order_id=str(said["order_id"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Forged from error

    async def _changed(self, answer: Answer, order_id: str, provider_id: str) -> Charge:
        """Return the charge after a change; where the provider said no, as it stands."""
        if answer.is_good:
            return self._charge(answer.body)
        found = await self.read(order_id=order_id, provider_id=provider_id)
        if found is None:
            raise self._wire.unreadable(_code(answer))
        return found

    def _charge(self, said: Mapping[str, Any]) -> Charge:
        state = _STATES.get(self._wire.text(said, "status"))
        if state is None:
            raise self._wire.unreadable("status")
        currency = said.get("currency")
        is_paid = state is ChargeState.PAID
        return Charge(
            order_id=self._wire.text(said, "order_id"),
            provider_id=self._wire.text(said, "id"),
            state=state,
            amount=self._wire.minor(said.get("paid_minor" if is_paid else "amount_minor"), currency),
            method=Method(self._wire.text(said, "method")),
            refunded=self._wire.minor(said.get("refunded_minor"), currency) if is_paid else None,
            fee=self._wire.minor(said.get("fee_minor"), currency) if is_paid else None,
            confirmation_url=said.get("confirmation_url"),
            qr_payload=said.get("qr_payload"),
            reason=said.get("reason"),
            raw=kept(said),
        )

    def _refund(self, said: Mapping[str, Any]) -> Refund:
        return Refund(
            refund_id=self._wire.text(said, "refund_id"),
            provider_id=self._wire.text(said, "id"),
            state=self._move(said),
            amount=self._wire.minor(said.get("amount_minor"), said.get("currency")),
            reason=said.get("reason"),
            raw=kept(said),
        )

    def _line(self, said: Mapping[str, Any]) -> RegistryLine:
        currency = said.get("currency")
        is_charge = said.get("subject") == Subject.CHARGE
        return RegistryLine(
            subject=Subject.CHARGE if is_charge else Subject.REFUND,
            provider_id=self._wire.text(said, "id"),
            order_id=said.get("order_id"),
            amount=self._wire.minor(said.get("amount_minor"), currency),
            at=self._wire.time(said.get("at")),
            fee=self._wire.minor(said.get("fee_minor"), currency) if is_charge else None,
        )


class NeutralPaymaster(_Speaker):
    """Pays masters through the built-in provider: by SBP, or to a card by its token."""

    def __init__(self, *, url: str, key: str, http: httpx.AsyncClient | None = None) -> None:
        """Take the provider's address and the shop's key."""
        super().__init__(url=url, key=key, http=http)

    async def pay_out(self, order: PayoutOrder) -> Payout:
        """Send money."""
        wanted = ("phone", "bank_id") if order.destination is Destination.SBP else ("token",)
        body = {
            "payout_id": order.id,
            "amount_minor": order.amount.minor,
            "currency": order.amount.currency,
            "description": order.description,
            "destination": order.destination,
            **{name: order.to[name] for name in wanted if name in order.to},
        }
        answer = await self._ask("/payouts", key=order.id, body=body)
        if answer.is_good:
            return self._payout(answer.body)
        if _is_known(answer) and (found := await self.read(order, provider_id=None)):
            return found
        return Payout(
            payout_id=order.id,
            provider_id="",
            state=RefundState.FAILED,
            amount=order.amount,
            reason=_code(answer),
            raw=kept(answer.body),
        )

    async def read(self, order: PayoutOrder, *, provider_id: str | None) -> Payout | None:
        """Read a payout by its id, else by ours."""
        said = await self._find("/payouts", provider_id, payout_id=order.id)
        return None if said is None else self._payout(said)

    def _payout(self, said: Mapping[str, Any]) -> Payout:
        return Payout(
            payout_id=self._wire.text(said, "payout_id"),
            provider_id=self._wire.text(said, "id"),
            state=self._move(said),
            amount=self._wire.minor(said.get("amount_minor"), said.get("currency")),
            reason=said.get("reason"),
            raw=kept(said),
        )


def _receipt(receipt: Receipt | None) -> dict[str, Any]:
    if receipt is None:
        return {}
    lines = [
        {
            "name": line.name,
            "amount_minor": line.amount.minor,
            "supplier_name": line.supplier_name,
            "supplier_inn": line.supplier_inn,
            "supplier_phone": line.supplier_phone,
        }
        for line in receipt.lines
    ]
    return {"receipt": {"lines": lines, "phone": receipt.phone, "email": receipt.email}}


def _is_known(answer: Answer) -> bool:
    """Tell whether the thing was asked before in other words: then it exists, and must not be lost."""
    return _code(answer) == "key_reused"


def _code(answer: Answer) -> str:
    error = answer.body.get("error")
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, str) else str(answer.status)
