"""Money on its way in: whole minor units or the object, and one sentence for everything else."""

from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st
from pydantic_core import PydanticCustomError

from bots.sidecar.money import AMOUNT_MINOR_MAX, read_amount
from tests.fakes.web import FakeNaryad

People = dict[str, httpx.AsyncClient]

BAD: list[Any] = [
    "300000",
    "три тысячи",
    "",
    3000.0,
    0.1,
    1e300,
    True,
    False,
    0,
    -1,
    -(10**12),
    10**8 + 1,
    10**12,
    10**400,
    [],
    [300000],
    {},
    {"minor": "300000"},
    {"minor": 300000.0},
    {"minor": True},
    {"minor": 0},
    {"minor": -5, "currency": "RUB"},
    {"minor": 300000, "currency": "USD"},
    {"currency": "RUB"},
]


@pytest.mark.parametrize("amount", BAD, ids=lambda amount: str(amount)[:30])
async def test_what_is_no_amount_is_refused_with_a_sentence(people: People, amount: Any) -> None:
    for path, body in (
        ("/api/v1/terminal/payment/initialize", {"job_id": "created", "amount": amount}),
        ("/api/v1/terminal/payment/cash", {"payment_id": "created", "amount_received": amount}),
    ):
        answer = await people["anna"].post(path, json=body)
        assert answer.status_code == 422, answer.text
        error = answer.json()["error"]
        assert error["code"] == "Malformed"
        assert error["message"].startswith("Сумма")
        assert error["message"].endswith(".")


async def test_nothing_that_json_cannot_say_is_an_amount(people: People) -> None:
    for literal in ("NaN", "Infinity", "-Infinity", "1e5", "300000.0"):
        answer = await people["anna"].post(
            "/api/v1/terminal/payment/cash",
            content=f'{{"payment_id": "created", "amount_received": {literal}}}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 422, literal


async def test_cash_without_an_amount_is_refused(people: People) -> None:
    for body in ({"payment_id": "created"}, {"payment_id": "created", "amount_received": None}):
        answer = await people["anna"].post("/api/v1/terminal/payment/cash", json=body)
        assert answer.status_code == 422


@pytest.mark.parametrize(
    "amount", [300_000, {"minor": 300_000}, {"minor": 300_000, "currency": "RUB", "text": "3 000 ₽"}]
)
async def test_both_ways_to_write_an_amount_are_the_same(
    people: People, naryad: FakeNaryad, amount: Any
) -> None:
    body = {"payment_id": "created", "amount_received": amount}
    answer = await people["anna"].post("/api/v1/terminal/payment/cash", json=body)
    assert answer.status_code == 200
    letter = naryad.intake.letters[-1]
    assert (letter.kind, letter.lane) == ("payment-cash", "job:created")
    assert letter.payload["amount_received_minor"] == 300_000
    assert letter.payload["actor"] == {"kind": "master", "id": "anna"}
    assert letter.payload["terminal_id"] == "terminal"


async def test_without_an_amount_the_price_is_asked_for(people: People, naryad: FakeNaryad) -> None:
    answer = await people["anna"].post("/api/v1/terminal/payment/initialize", json={"job_id": "created"})
    assert answer.status_code == 201
    assert "amount_minor" not in naryad.intake.letters[-1].payload


async def test_an_open_payment_is_answered_with_200(people: People, naryad: FakeNaryad) -> None:
    naryad.intake.answers["payment-open"] = {"payment_id": "created", "is_new": False}
    answer = await people["anna"].post("/api/v1/terminal/payment/initialize", json={"job_id": "created"})
    assert (answer.status_code, answer.json()) == (200, {"payment_id": "created"})


@pytest.mark.row("A101")
@pytest.mark.row("A102")
@pytest.mark.parametrize("method", ["card", "sbp"])
async def test_card_and_sbp_are_asked_of_the_provider(
    people: People, naryad: FakeNaryad, method: str
) -> None:
    answer = await people["anna"].post(f"/api/v1/terminal/payment/{method}", json={"payment_id": "created"})
    assert (answer.status_code, answer.json()["payment_id"]) == (200, "created")
    (letter,) = naryad.intake.letters
    assert (letter.kind, letter.payload["method"]) == ("payment-charge", method)


@pytest.mark.row("A103")
async def test_a_payment_tells_how_it_is_divided_and_what_is_open(people: People) -> None:
    payment = (await people["anna"].get("/api/v1/terminal/payment/created/status")).json()
    assert payment["status"] == "created"
    assert payment["methods"] == ["cash"]
    assert payment["amount"] == {"minor": 300_000, "currency": "RUB", "text": "3 000 ₽"}
    parts = {name: part["minor"] for name, part in payment["split"].items()}
    assert parts == {"fee": 6_000, "net": 294_000, "platform": 73_500, "master": 220_500}
    assert payment["split"]["master"]["text"] == "2 205 ₽"


@given(st.integers(1, AMOUNT_MINOR_MAX))
def test_every_believable_amount_is_read_as_it_is(minor: int) -> None:
    assert read_amount(minor) == read_amount({"minor": minor, "currency": "RUB"}) == minor


@given(st.one_of(st.text(), st.floats(), st.booleans(), st.integers(max_value=0), st.none(), st.binary()))
def test_nothing_else_is_read(value: object) -> None:
    with pytest.raises(PydanticCustomError):
        read_amount(value)
