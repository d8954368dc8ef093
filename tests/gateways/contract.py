"""What every payment provider's adapter keeps, proved over its simulator on a real socket.

An adapter's test file names a `Stand` of its own and a class that inherits the suite:

    class TestYooKassa(Contract):
        @pytest.fixture
        async def stand(self, door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[Stand]: ...

Where a provider cannot do a thing, its stand says so, and the test proves what it does instead.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bots.simulators.wire import FaultKind, NoticeMode
from core.charge import Destination, PayoutOrder, Refund, RefundOrder, Subject
from core.gateways.wire import MOSCOW
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Money
from core.kernel.payment import Method
from core.kernel.refusal import Outage, Unanswered
from core.knock import Forged
from core.ports import Paymaster
from core.wire import trust
from tests.gateways.conftest import free_address
from tests.gateways.stand import PART, PRICE, Stand, receipt, rub

__all__ = ["PART", "PRICE", "Contract", "PaymasterContract", "Stand", "receipt", "rub"]

JSON_HEADERS = {"content-type": "application/json"}
IMPATIENT = httpx.Timeout(5, read=0.05)


class Contract:
    """The suite."""

    # Charges

    @pytest.mark.row("A78")
    @pytest.mark.row("A79")
    @pytest.mark.parametrize("method", [Method.CARD, Method.SBP])
    async def test_a_charge_waits_until_its_client_pays(self, stand: Stand, method: Method) -> None:
        order = stand.order(method=method)

        asked = await stand.gateway.charge(order)
        before = await stand.again(order, asked)
        await stand.pay(asked)
        after = await stand.again(order, asked)

        assert (asked.state, asked.order_id, asked.amount) == (ChargeState.WAITING, order.id, PRICE)
        if method is Method.SBP:
            assert (asked.qr_payload or "").startswith("https://qr.nspk.ru/")
        else:
            assert (asked.confirmation_url or "").startswith("http")
        assert before.state is ChargeState.WAITING
        assert (after.state, after.amount, after.provider_id) == (
            ChargeState.PAID,
            PRICE,
            asked.provider_id,
        )
        assert not after.refunded
        assert {(heard.subject, heard.provider_id) for heard in stand.heard()} == {
            (Subject.CHARGE, asked.provider_id)
        }

    @pytest.mark.row("A80")
    async def test_a_decline_is_a_charge_that_has_failed_with_a_reason(self, stand: Stand) -> None:
        order = stand.order()
        charge = await stand.gateway.charge(order)

        await stand.decline(charge)

        found = await stand.again(order, charge)
        assert found.state is ChargeState.FAILED
        assert found.reason

    @pytest.mark.parametrize("method", [Method.CARD, Method.SBP])
    async def test_a_charge_that_nobody_paid_in_time_is_over(self, stand: Stand, method: Method) -> None:
        order = stand.order(method=method)
        charge = await stand.gateway.charge(order)

        await stand.expire(charge)

        assert (await stand.again(order, charge)).state is ChargeState.CANCELLED

    async def test_an_unpaid_charge_is_closed_or_left_to_expire(self, stand: Stand) -> None:
        order = stand.order()
        charge = await stand.gateway.charge(order)

        closed = await stand.gateway.cancel(order_id=order.id, provider_id=charge.provider_id)

        wanted = ChargeState.CANCELLED if stand.closes_unpaid else ChargeState.WAITING
        assert closed.state is wanted
        assert (await stand.again(order, charge)).state is wanted

    async def test_nobody_has_heard_of_a_charge_that_was_never_asked(self, stand: Stand) -> None:
        order = stand.order()

        assert await stand.gateway.read(order_id=order.id, provider_id=None) is None

    # Once

    async def test_asking_twice_is_asking_once(self, stand: Stand) -> None:
        order = stand.order()

        first = await stand.gateway.charge(order)
        second = await stand.gateway.charge(order)
        other = await stand.gateway.charge(stand.order())

        assert first.provider_id == second.provider_id != other.provider_id

    @pytest.mark.row("L18")
    @pytest.mark.parametrize("kind", [FaultKind.CUT_AFTER, FaultKind.FAIL_AFTER, FaultKind.GARBAGE])
    async def test_a_lost_answer_is_found_again_and_charges_once(self, stand: Stand, kind: FaultKind) -> None:
        order = stand.order()
        stand.wire.fault(kind)

        with pytest.raises(Unanswered):
            await stand.gateway.charge(order)
        found = await stand.gateway.read(order_id=order.id, provider_id=None)
        again = await stand.gateway.charge(order)

        if found is not None:  # who looks an order up before asking may have lost the answer to that
            assert found.provider_id == again.provider_id
        assert again.state is ChargeState.WAITING
        await stand.pay(again)
        assert (await stand.gateway.charge(order)).provider_id == again.provider_id
        assert len({notice.provider_id for notice in stand.heard()}) == 1

    # Two stages

    @pytest.mark.parametrize("amount", [PRICE, PART], ids=["all", "part"])
    async def test_what_is_held_is_captured(self, stand: Stand, amount: Money) -> None:
        order, held = await stand.held()

        captured = await stand.gateway.capture(order_id=order.id, provider_id=held.provider_id, amount=amount)
        again = await stand.gateway.capture(order_id=order.id, provider_id=held.provider_id, amount=amount)

        assert held.state is ChargeState.HELD
        assert (captured.state, captured.amount) == (ChargeState.PAID, amount)
        assert (again.state, again.amount) == (ChargeState.PAID, amount)
        found = await stand.again(order, held)
        assert (found.state, found.amount) == (ChargeState.PAID, amount)
        assert not found.refunded

    async def test_a_captured_answer_that_was_lost_is_not_captured_twice(self, stand: Stand) -> None:
        order, held = await stand.held()
        stand.wire.fault(FaultKind.CUT_AFTER)

        with pytest.raises(Unanswered):
            await stand.gateway.capture(order_id=order.id, provider_id=held.provider_id, amount=PART)
        captured = await stand.gateway.capture(order_id=order.id, provider_id=held.provider_id, amount=PART)

        assert (captured.state, captured.amount) == (ChargeState.PAID, PART)

    async def test_what_is_held_is_let_go(self, stand: Stand) -> None:
        order, held = await stand.held()

        first = await stand.gateway.cancel(order_id=order.id, provider_id=held.provider_id)
        second = await stand.gateway.cancel(order_id=order.id, provider_id=held.provider_id)

        assert first.state is second.state is ChargeState.CANCELLED
        assert (await stand.again(order, held)).state is ChargeState.CANCELLED

    async def test_a_paid_charge_is_not_cancelled(self, stand: Stand) -> None:
        order, paid = await stand.paid()

        answered = await stand.gateway.cancel(order_id=order.id, provider_id=paid.provider_id)

        assert answered.state is ChargeState.PAID
        assert (await stand.again(order, paid)).state is ChargeState.PAID

    # Refunds

    @pytest.mark.parametrize("method", [Method.CARD, Method.SBP])
    async def test_all_of_a_charge_goes_back(self, stand: Stand, method: Method) -> None:
        order, charge = await stand.paid(method)
        back = stand.refund_of(order, charge)

        asked = await stand.gateway.refund(back)
        repeated = await stand.gateway.refund(back)
        await stand.wire.sender.settled()

        assert (asked.refund_id, asked.amount) == (back.id, PRICE)
        assert asked.state in {RefundState.PENDING, RefundState.DONE}
        assert repeated.provider_id == asked.provider_id
        found = await self._refund(stand, back, asked)
        assert (found.state, found.amount) == (RefundState.DONE, PRICE)
        after = await stand.again(order, charge)
        assert (after.state, after.refunded) == (ChargeState.PAID, PRICE)

    async def test_a_charge_goes_back_in_two_parts_and_no_further(self, stand: Stand) -> None:
        order, charge = await stand.paid()
        parts = [stand.refund_of(order, charge, rub(minor)) for minor in (100_00, 4_100_00)]

        done = [await stand.gateway.refund(part) for part in parts]
        much = await stand.gateway.refund(stand.refund_of(order, charge, rub(1)))

        assert len({each.provider_id for each in done}) == len(parts)
        for part, each in zip(parts, done, strict=True):
            assert (await self._refund(stand, part, each)).state is RefundState.DONE
        assert much.state is RefundState.FAILED
        assert much.reason
        assert (await stand.again(order, charge)).refunded == PRICE

    async def test_a_refund_whose_answer_was_lost_is_given_once(self, stand: Stand) -> None:
        order, charge = await stand.paid()
        back = stand.refund_of(order, charge, rub(100_00))
        stand.wire.fault(FaultKind.CUT_AFTER)

        with pytest.raises(Unanswered):
            await stand.gateway.refund(back)
        await stand.gateway.refund(back)

        assert (await stand.again(order, charge)).refunded == rub(100_00)

    async def test_nobody_has_heard_of_a_refund_that_was_never_asked(self, stand: Stand) -> None:
        order, charge = await stand.paid()

        assert await stand.gateway.read_refund(stand.refund_of(order, charge), provider_id=None) is None

    async def _refund(self, stand: Stand, order: RefundOrder, refund: Refund) -> Refund:
        found = await stand.gateway.read_refund(order, provider_id=refund.provider_id)
        assert found is not None
        return found

    # Notices

    @pytest.mark.row("A107")
    @pytest.mark.parametrize("mode", [NoticeMode.ONCE, NoticeMode.TWICE, NoticeMode.BEFORE_ANSWER])
    async def test_repeats_of_a_notice_have_one_key(self, stand: Stand, mode: NoticeMode) -> None:
        stand.wire.sender.mode = mode

        _, charge = await stand.paid()

        heard = stand.heard()
        assert {notice.provider_id for notice in heard} == {charge.provider_id}
        assert len({notice.key for notice in heard}) == len(heard) // (2 if mode is NoticeMode.TWICE else 1)

    async def test_a_notice_that_was_not_taken_comes_again(self, stand: Stand) -> None:
        stand.door.refusals = 1

        _, charge = await stand.paid()

        assert {notice.provider_id for notice in stand.heard()} == {charge.provider_id}

    async def test_another_state_has_another_key(self, stand: Stand) -> None:
        order, held = await stand.held()
        await stand.gateway.capture(order_id=order.id, provider_id=held.provider_id, amount=PRICE)
        await stand.wire.sender.settled()

        keys = [notice.key for notice in stand.heard()]

        assert len(keys) == len(set(keys)) >= 2

    async def test_a_notice_names_the_charge_however_they_are_ordered(self, stand: Stand) -> None:
        stand.wire.sender.mode = NoticeMode.REVERSED
        order, held = await stand.held()
        await stand.gateway.capture(order_id=order.id, provider_id=held.provider_id, amount=PRICE)
        await stand.wire.sender.settled()

        heard = stand.heard()

        assert {notice.provider_id for notice in heard} == {held.provider_id}
        assert {notice.order_id for notice in heard} <= {order.id, None}

    @pytest.mark.row("L19")
    async def test_a_forged_notice_is_turned_away(self, stand: Stand) -> None:
        await stand.paid()
        knock = stand.door.knocks[0]

        forged = stand.forge(knock)

        assert stand.gateway.hear(knock) is not None
        assert forged
        for each in forged:
            with pytest.raises(Forged):
                stand.gateway.hear(each)

    async def test_a_notice_of_half_characters_is_turned_away(self, stand: Stand) -> None:
        await stand.paid()
        half = r"\ud800"
        named = dict.fromkeys(
            ("Token", "TerminalKey", "checksum", "mdOrder", "orderNumber", "operation"), "@"
        )
        body = json.dumps({**named, "status": 1}).replace("@", half).encode()
        knock = replace(stand.door.knocks[0], method="POST", body=body, headers=JSON_HEADERS)

        with pytest.raises(Forged):
            stand.gateway.hear(knock)

    # The registry

    @pytest.mark.row("L32")
    async def test_the_registry_of_a_day_lists_what_moved_and_nothing_else(self, stand: Stand) -> None:
        day = stand.clock.now().astimezone(MOSCOW).date()
        order, charge = await stand.paid()
        back = await stand.gateway.refund(stand.refund_of(order, charge, rub(100_00)))
        waiting = await stand.gateway.charge(stand.order())
        _, held = await stand.held()
        stand.clock.advance(days=1)
        _, next_day = await stand.paid()

        lines = await stand.gateway.registry(day)

        assert stand.gateway.has_registry is stand.has_registry
        if not stand.has_registry:
            assert not lines
            return
        assert {(line.subject, line.provider_id, line.amount) for line in lines} == {
            (Subject.CHARGE, charge.provider_id, PRICE),
            (Subject.REFUND, back.provider_id, rub(100_00)),
        }
        assert len(lines) == 2
        assert not {waiting.provider_id, held.provider_id, next_day.provider_id} & {
            line.provider_id for line in lines
        }
        assert all(line.at.astimezone(MOSCOW).date() == day for line in lines)
        if stand.is_registry_by_order:
            assert order.id in {line.order_id for line in lines}
        assert not await stand.gateway.registry(day - timedelta(days=1))

    # Outages

    async def test_a_provider_that_is_down_is_an_outage(self, stand: Stand) -> None:
        gone = stand.lend(url=free_address())

        with pytest.raises(Outage) as raised:
            await gone.charge(stand.order())

        assert not isinstance(raised.value, Unanswered)

    async def test_a_provider_that_takes_nothing_now_is_an_outage(self, stand: Stand) -> None:
        order = stand.order()
        stand.wire.fault(FaultKind.REFUSE)

        with pytest.raises(Outage) as raised:
            await stand.gateway.charge(order)

        assert not isinstance(raised.value, Unanswered)
        assert await stand.gateway.read(order_id=order.id, provider_id=None) is None

    async def test_a_slow_provider_leaves_us_without_an_answer(self, stand: Stand) -> None:
        hasty = stand.lend(http=httpx.AsyncClient(timeout=IMPATIENT, verify=trust()))
        stand.wire.fault(FaultKind.SLOW)

        with pytest.raises(Unanswered):
            await hasty.charge(stand.order())

    @pytest.mark.parametrize("what", ["charge", "read", "registry"])
    async def test_nonsense_is_no_answer(self, stand: Stand, what: str) -> None:
        order, charge = await stand.paid()
        stand.wire.fault(FaultKind.GARBAGE)

        asked: dict[str, Callable[[], Awaitable[object]]] = {
            "charge": lambda: stand.gateway.charge(stand.order()),
            "read": lambda: stand.gateway.read(order_id=order.id, provider_id=charge.provider_id),
            "registry": lambda: stand.gateway.registry(stand.clock.now().date()),
        }
        if what == "registry" and not stand.has_registry:
            assert await asked[what]() in ((), [])
            return
        with pytest.raises(Unanswered):
            await asked[what]()

    async def test_wrong_credentials_are_told_without_them(self, stand: Stand) -> None:
        wrong = "wrong-" + "secret-of-a-test"
        stranger = stand.lend(secret=wrong)

        with pytest.raises(Outage) as raised:
            await stranger.charge(stand.order())

        assert not isinstance(raised.value, Unanswered)
        assert stand.gateway.name in str(raised.value).lower().replace("-", "")
        assert wrong not in str(raised.value)
        assert stand.secret not in str(raised.value)

    async def test_what_is_kept_is_plain_and_holds_no_secret(self, stand: Stand) -> None:
        _, charge = await stand.paid()

        assert charge.raw
        assert httpx.Request("POST", "http://x", json=dict(charge.raw)).content  # JSON takes it
        assert stand.secret not in repr(charge.raw)
        assert "4111111111111111" not in repr(charge.raw)


class PaymasterContract:
    """What everybody who pays masters keeps; a stand's `paymaster` is asked."""

    @pytest.fixture
    async def payer(self, stand: Stand) -> Paymaster:
        found = stand.paymaster()
        assert found is not None
        return found

    def _order(self, stand: Stand, **changes: Any) -> PayoutOrder:
        order = PayoutOrder(
            id=stand.chance.id(stand.clock.now()),
            amount=PART,
            destination=Destination.SBP,
            to={"phone": "+79110000001", "bank_id": "100000000111", "name": "Андрей Смирнов"},
            description="Выплата за 2 марта",
        )
        return replace(order, **changes)

    async def test_a_payout_is_paid_once(self, stand: Stand, payer: Paymaster) -> None:
        order = self._order(stand)

        first = await payer.pay_out(order)
        second = await payer.pay_out(order)
        found = await payer.read(order, provider_id=first.provider_id)

        assert found is not None
        assert (first.payout_id, first.amount) == (order.id, PART)
        assert first.provider_id == second.provider_id == found.provider_id
        assert (found.state, found.amount) == (RefundState.DONE, PART)
        assert payer.name

    async def test_a_payout_whose_answer_was_lost_is_paid_once(self, stand: Stand, payer: Paymaster) -> None:
        order = self._order(stand)
        stand.wire.fault(FaultKind.CUT_AFTER)

        with pytest.raises(Unanswered):
            await payer.pay_out(order)
        found = await payer.read(order, provider_id=None)
        again = await payer.pay_out(order)

        assert found is None or found.provider_id == again.provider_id
        assert again.state in {RefundState.PENDING, RefundState.DONE}

    async def test_nobody_has_heard_of_a_payout_that_was_never_asked(
        self, stand: Stand, payer: Paymaster
    ) -> None:
        assert await payer.read(self._order(stand), provider_id=None) is None

    async def test_a_payout_that_cannot_be_has_failed(self, stand: Stand, payer: Paymaster) -> None:
        refused = await payer.pay_out(self._order(stand, to={"phone": "+79110000001", "bank_id": "0"}))

        assert refused.state is RefundState.FAILED
        assert refused.reason
