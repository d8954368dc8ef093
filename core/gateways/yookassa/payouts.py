"""YooKassa's payouts: a gateway of their own, with its own number and key."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import httpx
from yookassax.operations import payouts

from core.charge import Destination, Payout, PayoutOrder
from core.gateways.wire import kept
from core.gateways.yookassa.speech import (
    DESCRIPTION_MAX,
    NAME,
    Fields,
    Speech,
    amount_of,
    digits,
    metadata_of,
    our_id,
    reason_of,
    why_cancelled,
)
from core.kernel.charge import RefundState
from core.kernel.refusal import Unanswered

_STATES = MappingProxyType(
    {"pending": RefundState.PENDING, "succeeded": RefundState.DONE, "canceled": RefundState.FAILED}
)


class YooKassaPaymaster:
    """Pays masters by SBP, or to a card by its token.

    Args:
        gateway_id: The payout gateway's number.
        secret_key: Its key, which is not the shop's.
        api_url: As for `YooKassa`.
        http: As for `YooKassa`.
    """

    name = NAME

    def __init__(
        self,
        *,
        gateway_id: str,
        secret_key: str,
        api_url: str | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._speech = Speech(id=gateway_id, key=secret_key, api_url=api_url, http=http)

    async def pay_out(self, order: PayoutOrder) -> Payout:
        """Send money; our payout's id is its key."""
        destination = _destination(order)
        if destination is None:
            return self._failed(order, "destination", {})
        body = {
            "amount": amount_of(order.amount),
            "description": order.description[:DESCRIPTION_MAX],
            "metadata": metadata_of("payout_id", order.id, {}),
            **destination,
        }
        answer = await self._speech.do(payouts.create(body, idempotency_key=order.id))
        if answer.is_good:
            return self._payout(order, answer.body)
        if answer.body.get("parameter") == "Idempotence-Key":  # it was asked with other words: it may exist
            found = await self.read(order, provider_id=None)
            if found is None:
                raise Unanswered("YooKassa knows the payout's key, and shows no payout of it")
            return found
        return self._failed(order, reason_of(answer), answer.body)

    async def read(self, order: PayoutOrder, *, provider_id: str | None) -> Payout | None:
        """Read a payout; without its id, search by ours: YooKassa does for three months."""
        if provider_id:
            said = await self._speech.look(payouts.get(provider_id))
            return None if said is None else self._payout(order, said)
        ours = {"metadata[payout_id]": order.id}
        async for each in self._speech.pages(payouts.search, **ours):
            if our_id(each, "payout_id") == order.id:
                return self._payout(order, each)
        return None

    async def close(self) -> None:
        """Close the connections."""
        await self._speech.wire.close()

    def _payout(self, order: PayoutOrder, said: Fields) -> Payout:
        state = _STATES.get(self._speech.wire.text(said, "status"))
        if state is None:
            raise self._speech.wire.unreadable("status")
        return Payout(
            payout_id=order.id,
            provider_id=self._speech.wire.text(said, "id"),
            state=state,
            amount=self._speech.amount(said),
            reason=why_cancelled(said),
            raw=kept(said),
        )

    def _failed(self, order: PayoutOrder, reason: str, said: Mapping[str, Any]) -> Payout:
        return Payout(
            payout_id=order.id,
            provider_id="",
            state=RefundState.FAILED,
            amount=order.amount,
            reason=reason,
            raw=kept(said),
        )


def _destination(order: PayoutOrder) -> Fields | None:
    """Write where the money goes; None for a way that YooKassa has not, or an incomplete one."""
    to = order.to
    if order.destination is Destination.SBP and {"phone", "bank_id"} <= to.keys():
        sbp = {"type": "sbp", "phone": digits(to["phone"]), "bank_id": to["bank_id"]}
        return {"payout_destination_data": sbp}
    if order.destination is Destination.CARD and "token" in to:
        return {"payout_token": to["token"]}
    return None
