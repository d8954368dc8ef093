"""YooKassa's payments: a page for cards, a code for SBP, holds for cards only.

Notices bear no signature: they are believed to be YooKassa's by the network they come from, and nothing
in them is believed further. A key is remembered for 24 hours, so an order is asked again within a day only.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from ipaddress import IPv6Address, ip_address, ip_network
from types import MappingProxyType
from typing import Any

import httpx
from yookassax.operations import payments, refunds
from yookassax.webhooks import EVENTS, YOOKASSA_NETWORKS

from core.charge import Charge, Notice, Order, Receipt, Refund, RefundOrder, RegistryLine, Subject
from core.gateways.wire import kept, moscow_day
from core.gateways.yookassa.speech import (
    DESCRIPTION_MAX,
    NAME,
    Fields,
    Speech,
    amount_of,
    digits,
    made_about,
    metadata_of,
    moment,
    our_id,
    reason_of,
    why_cancelled,
)
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Money
from core.kernel.payment import Method
from core.kernel.refusal import Unanswered
from core.knock import Forged, Knock, Thanks
from core.wire import Answer

REASON_MAX = 250
_ID = re.compile(r"[0-9a-zA-Z-]{1,50}")  # it becomes a part of an address
NAME_MAX = 128

_STATES = MappingProxyType(
    {
        "pending": ChargeState.WAITING,
        "waiting_for_capture": ChargeState.HELD,
        "succeeded": ChargeState.PAID,
        "canceled": ChargeState.FAILED,
    }
)
_MOVES = MappingProxyType(
    {"pending": RefundState.PENDING, "succeeded": RefundState.DONE, "canceled": RefundState.FAILED}
)
# Nobody declined anything: time ran out, or we let go.
_NOT_DECLINED = frozenset({"expired_on_confirmation", "expired_on_capture", "canceled_by_merchant"})
_METHODS = MappingProxyType({"bank_card": Method.CARD, "sbp": Method.SBP})
_SUBJECTS = MappingProxyType({"payment": Subject.CHARGE, "refund": Subject.REFUND, "payout": Subject.PAYOUT})
_IDS = MappingProxyType(
    {Subject.CHARGE: "order_id", Subject.REFUND: "refund_id", Subject.PAYOUT: "payout_id"}
)
_LOCALES = MappingProxyType({"ru": "ru_RU", "en": "en_US"})


class YooKassa:
    """The gateway.

    Args:
        shop_id: The shop's number.
        secret_key: Its key.
        api_url: Another address, with the version: `https://api.yookassa.ru/v3` if none is given.
        networks: Where notices come from; those that YooKassa publishes if none are given.
        vat_code: Tag 1199 of receipts; 1 is no VAT.
        tax_system_code: Tag 1055, where the shop's cash register wants it.
        http: A client with its own time-outs, closed with us; a new one if none is given.
    """

    name = NAME
    methods: Collection[Method] = frozenset({Method.CARD, Method.SBP})
    two_stage: Collection[Method] = frozenset({Method.CARD})
    has_registry = True
    thanks = Thanks()

    def __init__(
        self,
        *,
        shop_id: str,
        secret_key: str,
        api_url: str | None = None,
        networks: Sequence[str] = YOOKASSA_NETWORKS,
        vat_code: int = 1,
        tax_system_code: int | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._shop_id = shop_id
        self._speech = Speech(id=shop_id, key=secret_key, api_url=api_url, http=http)
        self._networks = [ip_network(each) for each in networks]
        self._vat_code = vat_code
        self._tax_system_code = tax_system_code

    # Charges

    async def charge(self, order: Order) -> Charge:
        """Ask for a payment; our order's id is its key."""
        is_sbp = order.method is Method.SBP
        body: dict[str, Any] = {
            "amount": amount_of(order.amount),
            "capture": not order.is_two_stage,
            "description": order.description[:DESCRIPTION_MAX],
            "payment_method_data": {"type": "sbp" if is_sbp else "bank_card"},
            "confirmation": {
                "type": "qr" if is_sbp else "redirect",
                "return_url": order.return_url,
                "locale": _LOCALES.get(order.lang, "ru_RU"),
            },
            "metadata": metadata_of("order_id", order.id, order.facts),
            **self._receipt(order.receipt),
        }
        answer = await self._speech.do(payments.create(body, idempotency_key=order.id))
        if answer.is_good:
            return self._charge(answer.body)
        if answer.body.get("parameter") == "Idempotence-Key":  # it was asked with other words: it may exist
            found = await self.read(order_id=order.id, provider_id=None)
            if found is None:
                raise Unanswered("YooKassa knows the order's key, and shows no payment of it")
            return found
        return Charge.refused(order, reason=reason_of(answer), raw=kept(answer.body))

    async def read(self, *, order_id: str, provider_id: str | None) -> Charge | None:
        """Read a payment; without its id, look through those that were made about when ours was."""
        if provider_id:
            said = await self._speech.look(payments.get(provider_id))
            return None if said is None else self._charge(said)
        async for each in self._speech.pages(payments.list_page, **made_about(order_id)):
            if our_id(each, "order_id") == order_id:
                return self._charge(each)
        return None

    async def capture(self, *, order_id: str, provider_id: str, amount: Money) -> Charge:
        """Take what is held, all or a part."""
        operation = payments.capture(
            provider_id,
            {"amount": amount_of(amount)},
            idempotency_key=f"{order_id}-capture-{amount.minor}",
        )
        return await self._changed(await self._speech.do(operation), order_id, provider_id)

    async def cancel(self, *, order_id: str, provider_id: str) -> Charge:
        """Let go of what is held; what is unpaid cannot be closed and expires by itself."""
        operation = payments.cancel(provider_id, idempotency_key=f"{order_id}-cancel")
        return await self._changed(await self._speech.do(operation), order_id, provider_id)

    async def _changed(self, answer: Answer, order_id: str, provider_id: str) -> Charge:
        """Return the payment after a change; where the answer was no, as it stands."""
        if answer.is_good:
            return self._charge(answer.body)
        found = await self.read(order_id=order_id, provider_id=provider_id)
        if found is None:
            raise self._speech.wire.unreadable(reason_of(answer))
        return found

    def _charge(self, said: Fields) -> Charge:
        state = _STATES.get(self._speech.wire.text(said, "status"))
        if state is None:
            raise self._speech.wire.unreadable("status")
        reason = why_cancelled(said)
        if state is ChargeState.FAILED and reason in _NOT_DECLINED:
            state = ChargeState.CANCELLED
        amount = self._speech.amount(said)
        income = self._speech.amount(said, "income_amount") if "income_amount" in said else None
        confirmation = _part(said, "confirmation")
        return Charge(
            order_id=our_id(said, "order_id") or "",
            provider_id=self._speech.wire.text(said, "id"),
            state=state,
            amount=amount,
            method=_METHODS.get(str(_part(said, "payment_method").get("type"))),
            refunded=self._speech.amount(said, "refunded_amount") if "refunded_amount" in said else None,
            fee=amount - income if income is not None else None,
            confirmation_url=confirmation.get("confirmation_url"),
            qr_payload=confirmation.get("confirmation_data"),
            reason=reason,
            raw=kept(said),
        )

    # Refunds

    async def refund(self, order: RefundOrder) -> Refund:
        """Give money back, all or a part."""
        body = {
            "payment_id": order.provider_id,
            "amount": amount_of(order.amount),
            "description": order.reason[:REASON_MAX],
            "metadata": metadata_of("refund_id", order.id, {"order_id": order.charge_id}),
            **self._receipt(order.receipt),
        }
        answer = await self._speech.do(refunds.create(body, idempotency_key=order.id))
        if answer.is_good:
            return self._refund(order, answer.body)
        if answer.body.get("parameter") == "Idempotence-Key":
            found = await self.read_refund(order, provider_id=None)
            if found is None:
                raise Unanswered("YooKassa knows the refund's key, and shows no refund of it")
            return found
        return Refund(
            refund_id=order.id,
            provider_id="",
            state=RefundState.FAILED,
            amount=order.amount,
            reason=reason_of(answer),
            raw=kept(answer.body),
        )

    async def read_refund(self, order: RefundOrder, *, provider_id: str | None) -> Refund | None:
        """Read a refund; without its id, look through the payment's."""
        if provider_id:
            said = await self._speech.look(refunds.get(provider_id))
            return None if said is None else self._refund(order, said)
        async for each in self._speech.pages(refunds.list_page, payment_id=order.provider_id):
            if our_id(each, "refund_id") == order.id:
                return self._refund(order, each)
        return None

    def _refund(self, order: RefundOrder, said: Fields) -> Refund:
        state = _MOVES.get(self._speech.wire.text(said, "status"))
        if state is None:
            raise self._speech.wire.unreadable("status")
        return Refund(
            refund_id=order.id,
            provider_id=self._speech.wire.text(said, "id"),
            state=state,
            amount=self._speech.amount(said),
            reason=why_cancelled(said),
            raw=kept(said),
        )

    # The day and the notices

    async def registry(self, day: date) -> Sequence[RegistryLine]:
        """Return the payments captured and the refunds made on a day of Moscow time."""
        begins, ends = map(moment, moscow_day(day))
        lines = []
        captured = {"status": "succeeded", "captured_at.gte": begins, "captured_at.lt": ends}
        async for each in self._speech.pages(payments.list_page, **captured):
            charge = self._charge(each)
            lines.append(
                RegistryLine(
                    subject=Subject.CHARGE,
                    provider_id=charge.provider_id,
                    order_id=charge.order_id or None,
                    amount=charge.amount,
                    at=self._speech.wire.time(each.get("captured_at")),
                    fee=charge.fee,
                )
            )
        made = {"status": "succeeded", "created_at.gte": begins, "created_at.lt": ends}
        async for each in self._speech.pages(refunds.list_page, **made):
            lines.append(  # noqa: PERF401 - a comprehension of this length reads worse
                RegistryLine(
                    subject=Subject.REFUND,
                    provider_id=self._speech.wire.text(each, "id"),
                    order_id=our_id(each, "refund_id"),
                    amount=self._speech.amount(each),
                    at=self._speech.wire.time(each.get("created_at")),
                )
            )
        return lines

    def hear(self, knock: Knock) -> Notice | None:
        """Check where a notice comes from, and that it is of this shop."""
        if knock.method != "POST" or not self._is_theirs(knock.address):
            raise Forged
        try:
            said = json.loads(knock.body)
            event, thing = str(said["event"]), said["object"]
            provider_id, recipient = str(thing["id"]), thing.get("recipient")
            is_notice = said["type"] == "notification"
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Forged from error
        is_of_another = isinstance(recipient, Mapping) and recipient.get("account_id") != self._shop_id
        if not is_notice or is_of_another or not _ID.fullmatch(provider_id):
            raise Forged
        subject = _SUBJECTS.get(event.partition(".")[0])
        if subject is None or event not in EVENTS:
            return None
        return Notice(
            subject=subject,
            key=f"{event}:{provider_id}",  # YooKassa numbers no notices; of a kind there is one per thing
            provider_id=provider_id,
            order_id=our_id(thing, _IDS[subject]),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._speech.wire.close()

    def _is_theirs(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(found in network for network in self._networks)

    def _receipt(self, receipt: Receipt | None) -> dict[str, Any]:
        """Write a receipt. Whose work is sold (`supplier`) is taken only in receipts made after a payment."""
        if receipt is None:
            return {}
        customer = {
            "email": receipt.email,
            "phone": digits(receipt.phone) if receipt.phone else None,
        }
        items = [
            {
                "description": line.name[:NAME_MAX],
                "quantity": 1,
                "amount": amount_of(line.amount),
                "vat_code": self._vat_code,
                "payment_subject": "service",
                "payment_mode": "full_payment",
            }
            for line in receipt.lines
        ]
        written: dict[str, Any] = {
            "customer": {name: value for name, value in customer.items() if value},
            "items": items,
        }
        if self._tax_system_code is not None:
            written["tax_system_code"] = self._tax_system_code
        return {"receipt": written}


def _part(said: Fields, name: str) -> Fields:
    part = said.get(name)
    return part if isinstance(part, Mapping) else {}
