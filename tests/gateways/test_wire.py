"""The wire that all adapters share: failures told apart, sums read strictly, and nothing secret kept."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

from core.gateways.wire import Wire, from_major, kept, moscow_day, to_major
from core.kernel.money import Currency, Money
from core.kernel.refusal import Outage, Unanswered
from core.wire import NotLetIn, is_same

SECRET = "a-very-secret-key"
CARD = "4111111111111111"


def answering(answer: httpx.Response | Exception) -> Wire:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Wire(provider="X", url="http://x/", http=httpx.AsyncClient(transport=httpx.MockTransport(handle)))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ConnectError(SECRET), Outage),
        (httpx.ConnectTimeout(SECRET), Outage),
        (httpx.PoolTimeout(SECRET), Outage),
        (httpx.Response(401), NotLetIn),
        (httpx.Response(403), NotLetIn),
        (httpx.Response(429), Outage),
        (httpx.Response(503), Outage),
        (httpx.ReadTimeout(SECRET), Unanswered),
        (httpx.WriteTimeout(SECRET), Unanswered),
        (httpx.ReadError(SECRET), Unanswered),
        (httpx.RemoteProtocolError(SECRET), Unanswered),
        (httpx.Response(408), Unanswered),
        (httpx.Response(500), Unanswered),
        (httpx.Response(502), Unanswered),
        (httpx.Response(504), Unanswered),
        (httpx.Response(302, headers={"Location": "http://y"}), Unanswered),
        (httpx.Response(200, text="<html>"), Unanswered),
        (httpx.Response(200, text="[]"), Unanswered),
        (httpx.Response(200, text=""), Unanswered),
        (httpx.Response(200, text="[" * 100_000), Unanswered),
        (httpx.Response(200, content=b"\xff"), Unanswered),
        (httpx.Response(404, text="<html>"), Unanswered),
    ],
    ids=str,
)
async def test_a_failure_says_whether_it_may_have_happened(
    answer: httpx.Response | Exception, error: type[Outage]
) -> None:
    wire = answering(answer)

    with pytest.raises(Outage) as raised:
        await wire.ask("POST", "/charge", body={"key": SECRET})
    await wire.close()

    assert type(raised.value) is error
    assert "X" in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(("status", "is_good"), [(200, True), (201, True), (400, False), (404, False)])
async def test_a_definite_answer_is_returned(status: int, is_good: bool) -> None:
    wire = answering(httpx.Response(status, text='{"Amount": 10.10}'))

    answer = await wire.ask("GET", "/charge", params={"id": "1"})
    await wire.close()

    assert (answer.status, answer.is_good, answer.body) == (status, is_good, {"Amount": Decimal("10.10")})


# Sums and days


@given(st.integers(0, 10**12))
def test_a_sum_survives_the_way_there_and_back(minor: int) -> None:
    money = Money(minor, Currency.RUB)

    assert from_major(to_major(money), "RUB") == money
    assert from_major(json.loads(to_major(money), parse_float=Decimal), Currency.RUB) == money


@pytest.mark.parametrize(
    "value", [1.1, True, None, "", "-1.00", "1.001", "NaN", "Infinity", "1,00", [], Decimal("0.001")]
)
def test_what_is_no_sum_is_not_read(value: object) -> None:
    with pytest.raises(ValueError, match="no sum"):
        from_major(value, "RUB")


@pytest.mark.parametrize("value", [-1, 1.0, True, "1", None])
def test_minor_units_are_whole_numbers(value: object) -> None:
    with pytest.raises(Unanswered):
        answering(httpx.Response(200)).minor(value, "RUB")


def test_a_day_in_moscow_begins_at_nine_in_the_evening() -> None:
    assert moscow_day(date(2026, 3, 2)) == (
        datetime(2026, 3, 1, 21, tzinfo=UTC),
        datetime(2026, 3, 2, 21, tzinfo=UTC),
    )


# What is kept


@pytest.mark.row("A84")
@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ({"id": "1", "pan": CARD}, {"id": "1"}),
        ({"card": {"CardNumber": CARD, "last4": "1111"}}, {"card": {"last4": "1111"}}),
        ({"text": f"paid with {CARD}."}, {"text": "paid with ****."}),
        ({"text": "paid with 4111 1111 1111 1111"}, {"text": "paid with ****"}),
        ({"ids": ["13660", "4111111111111112"]}, {"ids": ["13660", "4111111111111112"]}),
        ({"phone": "+79110000001"}, {"phone": "+79110000001"}),
        ({"CardFirstSix": "411111", "Token": "tk_1", "CardExpDate": "12/30"}, {"CardFirstSix": "411111"}),
        ({"cardAuthInfo": {"cardholderName": "ANNA", "expiration": "203012"}}, {"cardAuthInfo": {}}),
        (
            {"Amount": Decimal("10.10"), "n": 1, "ok": True, "no": None},
            {"Amount": "10.10", "n": 1, "ok": True, "no": None},
        ),
        ({"Password": SECRET, "cvc": "123"}, {}),
    ],
)
def test_no_card_and_no_secret_is_kept(said: dict[str, Any], stays: dict[str, Any]) -> None:
    assert kept(said) == stays
    json.dumps(kept(said))


def test_secrets_are_compared_whole() -> None:
    assert is_same("ключ", "ключ".encode())
    assert not is_same("ключ", "ключ ")
    assert not is_same("", "ключ")
