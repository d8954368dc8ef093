"""Asks payment providers for what flows want: charges, captures, refunds; and brings their word back.

A request is the same however often it is made, so it may be made again after a crash. What a provider says,
or that it says nothing, comes back as a letter: flows decide what follows.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from core.charge import Charge, Order, Payout, PayoutOrder, Refund, RefundOrder, restored, stored
from core.flows.timers import lane
from core.kernel.money import Currency, Money
from core.kernel.refusal import Outage, Unanswered
from core.ports import Gateway, Paymaster, Registrar
from core.receipt import ReceiptOrder, Registered
from storage.mail import LetterDraft
from storage.outbox import Effect

logger = logging.getLogger(__name__)

T = TypeVar("T")

CHARGE_KINDS = ("charge", "charge-read", "charge-capture", "charge-cancel")
REFUND_KINDS = ("refund", "refund-read")
PATIENCE_S = 25.0  # with all that a provider is asked at once; the courier has half a minute
ASKED_MAX = 4  # a provider that is down is asked for a new charge so often; then another method is taken


PAYOUT_KINDS = ("payout", "payout-read")


class PayingOut:
    """Performs the effects about payouts."""

    is_repeatable = True  # each carries an id the paymaster knows it by

    def __init__(self, paymasters: Mapping[str, Paymaster]) -> None:
        """Take the paymasters by name."""
        self._paymasters = paymasters

    async def perform(self, effect: Effect) -> LetterDraft | None:
        """Send money, or ask what became of it; the letter has no `told` if he never heard of it."""
        payload = effect.payload
        order = restored(PayoutOrder, payload["order"])
        told: Payout | None = None
        silence = None
        try:
            paymaster = _known(self._paymasters, payload["paymaster"])
            if effect.kind == "payout-read":
                told = await paymaster.read(order, provider_id=payload.get("provider_id"))
            else:
                told = await paymaster.pay_out(order)
        except Outage as outage:
            silence = "unanswered" if isinstance(outage, Unanswered) else "outage"
            logger.warning("paying_out.%s effect_id=%s kind=%s", silence, effect.id, effect.kind)
        return LetterDraft(
            lane=f"master:{payload['master_id']}",
            key=f"told:{effect.id}",
            kind="payout-told",
            payload={
                "payout_id": payload["payout_id"],
                "master_id": payload["master_id"],
                "told": stored(told) if told else None,
                "silence": silence,
            },
        )


RECEIPT_KINDS = ("receipt", "receipt-read")


REGISTRY = "registry"


class ReadingRegistry:
    """Performs `registry`: asks a provider what it moved on a day."""

    is_repeatable = True  # it only reads

    def __init__(self, gateways: Mapping[str, Gateway]) -> None:
        """Take the providers by name."""
        self._gateways = gateways

    async def perform(self, effect: Effect) -> LetterDraft | None:
        """Read the registry; the letter has no lines if the provider did not answer."""
        payload = effect.payload
        lines = None
        try:
            day = date.fromisoformat(payload["day"])
            gateway = _known(self._gateways, payload["provider"])
            lines = [stored(line) for line in await gateway.registry(day)]
        except Outage:
            logger.warning("registry.outage effect_id=%s provider=%s", effect.id, payload["provider"])
        return LetterDraft(
            lane=f"books:{payload['provider']}",
            key=f"told:{effect.id}",
            kind="registry-told",
            payload={**payload, "lines": lines},
        )


class Registering:
    """Performs the effects about receipts."""

    is_repeatable = True  # each carries an id the registrar knows it by

    def __init__(self, registrars: Mapping[str, Registrar]) -> None:
        """Take the registrars by name."""
        self._registrars = registrars

    async def perform(self, effect: Effect) -> LetterDraft | None:
        """Ask for a receipt, or read it anew; what did not arrive is asked for again under its id."""
        payload = effect.payload
        registrar = self._registrars.get(str(payload["registrar"]))
        order = restored(ReceiptOrder, payload["order"])
        told: Registered | None = None
        try:
            if registrar is None:  # the settings name another one by now; the books say what is missing
                raise Outage(f"{payload['registrar']} is not connected")  # noqa: TRY301 - it is one of them
            if effect.kind == "receipt-read":
                told = await registrar.read(order)
            if told is None:
                told = await registrar.register(order)
        except Outage as outage:
            silence = "unanswered" if isinstance(outage, Unanswered) else "outage"
            logger.warning("registering.%s effect_id=%s kind=%s", silence, effect.id, effect.kind)
        return LetterDraft(
            lane=lane(str(payload["job_id"])),
            key=f"told:{effect.id}",
            kind="receipt-told",
            payload={
                **{name: payload[name] for name in ("receipt_id", "payment_id", "job_id")},
                "told": stored(told) if told else None,
            },
        )


class Charging:
    """Performs the effects about charges and refunds."""

    is_repeatable = True  # each carries an id the provider knows it by

    def __init__(self, gateways: Mapping[str, Gateway], *, with_receipts: bool = False) -> None:
        """Take the providers by name: the connected one, and former ones whose charges still live.

        Args:
            with_receipts: They print the fiscal receipts of what they take and give back.
        """
        self._gateways = gateways
        self._with_receipts = with_receipts

    async def perform(self, effect: Effect) -> LetterDraft | None:
        """Ask, and return the letter with the answer.

        Raises:
            Outage: a charge or a refund did not arrive yet; it is asked for again.
        """
        payload = effect.payload
        told: Charge | Refund | None = None
        silence = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                told = await self._ask(_known(self._gateways, payload["provider"]), effect.kind, payload)
        except TimeoutError:  # some providers take several questions for one answer
            silence = "unanswered"
            logger.warning("charging.slow effect_id=%s kind=%s", effect.id, effect.kind)
        except Outage as outage:
            if effect.kind in ("charge", "refund") and effect.attempts < ASKED_MAX:
                raise
            silence = "unanswered" if isinstance(outage, Unanswered) else "outage"
            logger.warning("charging.%s effect_id=%s kind=%s", silence, effect.id, effect.kind)
        return _letter(effect, told, silence)

    async def _ask(self, gateway: Gateway, kind: str, payload: Mapping[str, Any]) -> Charge | Refund | None:
        if kind not in REFUND_KINDS:
            return await _charge(gateway, kind, payload)
        order = restored(RefundOrder, payload["order"])
        return await _refund(
            gateway, kind, order if self._with_receipts else replace(order, receipt=None), payload
        )


def _known(connected: Mapping[str, T], name: object) -> T:
    """Return who is connected under a name. Raises Outage: the settings may name him again."""
    found = connected.get(str(name))
    if found is None:
        raise Outage(f"{name} is not connected any more. Look at the settings.")
    return found


async def _charge(gateway: Gateway, kind: str, payload: Mapping[str, Any]) -> Charge | None:
    order_id, provider_id = str(payload["charge_id"]), payload.get("provider_id")
    match kind:
        case "charge":
            return await gateway.charge(restored(Order, payload["order"]))
        case "charge-read":
            return await gateway.read(order_id=order_id, provider_id=provider_id)
        case "charge-capture":
            amount = Money(int(payload["amount_minor"]), Currency(payload["currency"]))
            return await gateway.capture(order_id=order_id, provider_id=str(provider_id), amount=amount)
        case _:
            return await gateway.cancel(order_id=order_id, provider_id=str(provider_id))


async def _refund(
    gateway: Gateway, kind: str, order: RefundOrder, payload: Mapping[str, Any]
) -> Refund | None:
    if kind == "refund":
        return await gateway.refund(order)
    return await gateway.read_refund(order, provider_id=payload.get("provider_id"))


def _letter(effect: Effect, told: Charge | Refund | None, silence: str | None) -> LetterDraft:
    payload = effect.payload
    kept = ("charge_id", "refund_id", "payment_id", "job_id")
    facts = {name: payload[name] for name in kept if name in payload}
    return LetterDraft(
        lane=lane(str(payload["job_id"])),
        key=f"told:{effect.id}",
        kind="refund-told" if effect.kind in REFUND_KINDS else "charge-told",
        payload={**facts, "asked": effect.kind, "told": stored(told) if told else None, "silence": silence},
    )
