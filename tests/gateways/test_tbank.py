"""T-Bank's adapter over its simulator."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.tbank import build
from bots.simulators.tbank.books import Bank
from bots.simulators.wire import FaultKind
from core.gateways.tbank import TBank, token_of
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.refusal import Outage, Unanswered
from core.knock import Knock
from tests.fakes.clock import MORNING, FakeClock
from tests.gateways.conftest import Door, served
from tests.gateways.contract import PRICE, Contract, Stand, receipt, rub

TERMINAL, PASSWORD = "1321054611234DEMO", "Dfsfh56dgKl-of-a-test"


@dataclass
class TBankStand(Stand):
    bank: Bank = field(init=False)

    def make(
        self, *, url: str | None = None, secret: str | None = None, http: httpx.AsyncClient | None = None
    ) -> TBank:
        return TBank(
            terminal_key=TERMINAL, password=secret or PASSWORD, api_url=f"{url or self.url}/v2", http=http
        )

    def forge(self, knock: Knock) -> Sequence[Knock]:
        said = json.loads(knock.body)
        other = {**said, "TerminalKey": "another"}
        other["Token"] = token_of(other, PASSWORD)
        bodies = [{**said, "Amount": 1}, {**said, "Token": "0" * 64}, other]
        bodies += [{name: value for name, value in said.items() if name != "Token"}]
        raw = [*(json.dumps(body).encode() for body in bodies), b"", b"[]", b"\xff", b"a=1"]
        return [replace(knock, body=body) for body in raw]


class TestTBank(Contract):
    @pytest.fixture
    async def stand(self, door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[Stand]:
        urls: list[str] = []

        def made(url: str) -> FastAPI:
            urls.append(url)
            return build(terminal_key=TERMINAL, password=PASSWORD, clock=clock, url=url, pace=0, key=PASSWORD)

        async with served(made) as app:
            stand = TBankStand(
                url=urls[0],
                wire=app.state.wire,
                door=door,
                clock=clock,
                chance=chance,
                secret=PASSWORD,
                has_registry=False,
            )
            stand.bank = app.state.bank
            yield stand
            await stand.close()

    async def test_a_refund_whose_answer_was_lost_is_given_once(self, stand: Stand) -> None:
        """The bank tells no sum of what went back, so its books are looked into."""
        assert isinstance(stand, TBankStand)
        order, charge = await stand.paid()
        back = stand.refund_of(order, charge, rub(100_00))
        stand.wire.fault(FaultKind.CUT_AFTER)

        with pytest.raises(Unanswered):
            await stand.gateway.refund(back)
        again = await stand.gateway.refund(back)

        assert again.state is RefundState.DONE
        assert stand.bank.payments[charge.provider_id].left == PRICE.minor - 100_00
        assert (await stand.again(order, charge)).refunded is None

    async def test_a_link_that_was_lost_is_closed_and_another_one_is_given(self, stand: Stand) -> None:
        assert isinstance(stand, TBankStand)
        order = stand.order()
        stand.wire.fault(FaultKind.CUT_AFTER, path="/v2/Init")
        with pytest.raises(Unanswered):
            await stand.gateway.charge(order)

        charge = await stand.gateway.charge(order)

        statuses = {each.id: each.status for each in stand.bank.payments.values()}
        assert (charge.state, statuses.pop(charge.provider_id)) == (ChargeState.WAITING, "NEW")
        assert charge.confirmation_url
        assert list(statuses.values()) == ["CANCELED"]
        found = await stand.gateway.read(order_id=order.id, provider_id=None)
        assert found is not None
        assert found.provider_id == charge.provider_id

    async def test_a_link_that_was_lost_for_good_is_a_charge_that_is_over(self, stand: Stand) -> None:
        assert isinstance(stand, TBankStand)
        stand.bank.takes_numbers_again = False
        order = stand.order()
        stand.wire.fault(FaultKind.CUT_AFTER, path="/v2/Init")
        with pytest.raises(Unanswered):
            await stand.gateway.charge(order)

        charge = await stand.gateway.charge(order)

        assert (charge.state, len(stand.bank.payments)) == (ChargeState.CANCELLED, 1)

    async def test_a_lost_sbp_order_is_shown_by_its_first_payment(self, stand: Stand) -> None:
        assert isinstance(stand, TBankStand)
        order = stand.order(method=Method.SBP)
        stand.wire.fault(FaultKind.CUT_AFTER, path="/v2/Init")
        with pytest.raises(Unanswered):
            await stand.gateway.charge(order)

        charge = await stand.gateway.charge(order)

        assert list(stand.bank.payments) == [charge.provider_id]
        assert charge.qr_payload

    async def test_a_part_by_sbp_goes_back_once_or_somebody_looks(self, stand: Stand) -> None:
        assert isinstance(stand, TBankStand)
        order, charge = await stand.paid(Method.SBP)
        back = stand.refund_of(order, charge, rub(100_00))

        asked = await stand.gateway.refund(back)
        await asyncio.sleep(0)
        with pytest.raises(Outage):
            await stand.gateway.refund(back)

        assert asked.state is RefundState.PENDING
        found = await stand.gateway.read_refund(back, provider_id=asked.provider_id)
        assert found is not None
        assert found.state is RefundState.DONE
        assert stand.bank.payments[charge.provider_id].left == PRICE.minor - 100_00

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"amount": rub(5_00), "receipt": receipt(rub(5_00)), "method": Method.SBP}, "сумма"),
            ({"receipt": receipt(rub(1))}, "чек"),
            ({"expires_at": MORNING}, "RedirectDueDate"),
        ],
    )
    async def test_an_order_the_bank_refuses_has_failed(
        self, stand: Stand, changes: dict[str, Any], reason: str
    ) -> None:
        charge = await stand.gateway.charge(stand.order(**changes))

        assert charge.state is ChargeState.FAILED
        assert reason in (charge.reason or "")

    async def test_other_news_is_none(self, stand: Stand) -> None:
        body = {"TerminalKey": TERMINAL, "Status": "RECEIPT", "PaymentId": 1, "OrderId": "1", "Success": True}
        body["Token"] = token_of(body, PASSWORD)
        knock = Knock("POST", {}, {}, json.dumps(body).encode(), "127.0.0.1")

        assert stand.gateway.hear(knock) is None

    async def test_the_form_takes_the_money_in_a_browser(self, stand: Stand) -> None:
        order = stand.order()
        charge = await stand.gateway.charge(order)

        async with httpx.AsyncClient() as browser:
            shown = await browser.get(charge.confirmation_url or "")
            pressed = await browser.post(charge.confirmation_url or "", data={"act": "pay"})

        assert "4200.00" in shown.text
        assert pressed.headers["location"] == order.return_url
        assert (await stand.again(order, charge)).state is ChargeState.PAID

    async def test_other_money_than_roubles_is_not_asked_for(self, stand: Stand) -> None:
        charge = await stand.gateway.charge(stand.order(amount=Money(100_00, Currency.KZT), receipt=None))

        assert (charge.state, charge.reason) == (ChargeState.FAILED, "No KZT here")
        assert not stand.wire.received

    @pytest.mark.parametrize(
        ("method", "changes", "code"),
        [
            ("Init", {"Amount": "420000"}, "17"),
            ("Init", {"Amount": 0}, "17"),
            ("Init", {"Amount": None}, "2"),
            ("Init", {"Colour": "red"}, "1"),
            ("Init", {"OrderId": "x" * 37}, "17"),
            ("Init", {"Description": "x" * 141}, "17"),
            ("Init", {"TerminalKey": "another"}, "205"),
            ("GetState", {"PaymentId": "1"}, "63"),
            ("Confirm", {"PaymentId": "1"}, "63"),
            ("CheckOrder", {"OrderId": "nobody"}, "335"),
        ],
    )
    async def test_the_simulator_is_strict(
        self, stand: Stand, method: str, changes: dict[str, Any], code: str
    ) -> None:
        body: dict[str, Any] = {"TerminalKey": TERMINAL}
        body |= {"Amount": 420000, "OrderId": "1"} if method == "Init" else {}
        body = {name: value for name, value in {**body, **changes}.items() if value is not None}
        body["Token"] = token_of(body, PASSWORD)

        async with httpx.AsyncClient() as client:
            said = (await client.post(f"{stand.url}/v2/{method}", json=body)).json()

        assert (said["Success"], said["ErrorCode"]) == (False, code)

    async def test_what_is_held_in_part_let_go_or_wrongly_asked(self, stand: Stand) -> None:
        order, held = await stand.held()

        much = await stand.gateway.capture(
            order_id=order.id, provider_id=held.provider_id, amount=PRICE + rub(1)
        )

        assert much.state is ChargeState.HELD


def test_the_token_is_the_one_the_bank_describes() -> None:
    body = {
        "TerminalKey": "1321054611234DEMO",
        "OrderId": "201709",
        "Success": True,
        "Status": "AUTHORIZED",
        "PaymentId": 8742591,
        "ErrorCode": "0",
        "Amount": 9855,
        "CardId": 322264,
        "Pan": "430000******0777",
        "ExpDate": "1122",
        "RebillId": 101709,
        "DATA": {"a": "b"},
        "Token": "x",
    }

    told = "b906d28e76c6428e37b25fcf86c0adc52c63d503013fdd632e300593d165766b"
    assert token_of(body, "Dfsfh56dgKl") == told
