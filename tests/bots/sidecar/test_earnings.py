"""Earnings, payouts and refunds by HTTP: right to the kopeck, and no more of a number than its end."""

import csv
from datetime import date
from io import StringIO
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from core.markets.banks import is_account_of, load_banks
from storage.engine import Engine
from storage.tables import PayoutRow
from tests.fakes.web import FakeNaryad
from tests.storage.town import MORNING, a_transfer, put

People = dict[str, httpx.AsyncClient]
SBP = {"destination": "sbp", "phone": "8 (911) 456-78-90", "bank_id": "100000000111"}
ACCOUNT = {"destination": "account", "account": "4060 2810 7000 0000 0025", "bic": "049805746"}


@pytest.mark.row("A86")
async def test_a_week_by_day_and_job_is_what_the_ledger_says(people: People) -> None:
    told = (await people["anna"].get("/api/v1/masters/anna/earnings")).json()
    assert (told["from"], told["to"]) == ("2026-03-02", "2026-03-08")
    assert [day["date"] for day in told["days"]] == [f"2026-03-0{day}" for day in range(2, 9)]
    assert told["total"]["minor"] == sum(day["earned"]["minor"] for day in told["days"])
    assert told["total"] == told["today"] == told["week"]
    assert told["days"][0]["jobs"] == 4
    assert all(job["earned"]["minor"] == 220_500 for job in told["jobs"] if job["job_id"])
    assert told["next_payout"]["day"] == "2026-03-06"


@pytest.mark.parametrize(
    "query", ["from=2026-03-08&to=2026-03-02", "from=2026-01-01&to=2026-12-31", "from=x"]
)
async def test_a_span_that_is_none_is_refused(people: People, query: str) -> None:
    answer = await people["anna"].get(f"/api/v1/masters/anna/earnings?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


async def test_a_payout_account_is_kept_whole_and_shown_by_its_end(
    people: People, naryad: FakeNaryad
) -> None:
    answer = await people["anna"].put("/api/v1/masters/anna/payout-account", json=SBP)
    shown = {"destination": "sbp", "phone": "•••• 7890", "bank_id": "100000000111", "bank": "Сбербанк"}
    assert answer.json() == {"payout_to": shown}
    answer = await people["anna"].put("/api/v1/masters/anna/payout-account", json=ACCOUNT)
    assert answer.json()["payout_to"]["account"] == "•••• 0025"
    first, second = [letter.payload["to"] for letter in naryad.intake.letters]
    assert first == {"destination": "sbp", "phone": "+79114567890", "bank_id": "100000000111"}
    assert second == {"destination": "account", "account": "40602810700000000025", "bic": "049805746"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({**SBP, "phone": "911"}, "телефон"),
        ({**SBP, "bank_id": "111"}, "СБП"),
        ({**SBP, "bank_id": None}, "банк"),
        ({**ACCOUNT, "account": "4060281070000000002"}, "двадцати"),
        ({**ACCOUNT, "account": "40602810700000000026"}, "не бывает"),
        ({**ACCOUNT, "account": "40602840700000000025"}, "рублёв"),
        ({**ACCOUNT, "bic": "49805746"}, "девяти"),
        ({**ACCOUNT, "bic": "049805747"}, "не бывает"),
        ({"destination": "card", "token": "x"}, "можно только"),
    ],
)
async def test_a_payout_account_that_cannot_be_is_refused_in_words(
    people: People, naryad: FakeNaryad, body: dict[str, Any], words: str
) -> None:
    answer = await people["anna"].put("/api/v1/masters/anna/payout-account", json=body)
    assert answer.status_code == 422
    message = answer.json()["error"]["message"]
    assert words.casefold() in message.casefold()
    assert "4060" not in answer.text  # nobody's number is repeated
    assert naryad.intake.letters == []


def test_the_key_of_an_account_is_the_bank_of_russias() -> None:
    assert is_account_of("40602810700000000025", "049805746")  # the order's own example
    assert not is_account_of("40602810800000000025", "049805746")
    assert all(len(id) == 12 and id.startswith("1") for id in load_banks())


@pytest.mark.row("A87")
async def test_payouts_are_listed_by_day_without_whole_numbers(people: People) -> None:
    everything = (await people["owner"].get("/api/v1/payouts")).json()["items"]
    friday = (await people["owner"].get("/api/v1/payouts?day=2026-03-06")).json()["items"]
    assert {row["day"] for row in everything} == {"2026-03-06", "2026-03-13"}
    assert [(row["payout_id"], row["amount"]["minor"]) for row in friday] == [("payout", 1_000)]
    assert friday[0]["goes_to"]["phone"] == "•••• 0000"
    own = (await people["anna"].get("/api/v1/masters/anna/payouts")).json()["items"]
    assert own == everything


def _a_payout_by_hand(connection: Connection) -> None:
    sides = {"debit": "master:boris", "credit": "bank", "kind": "payout", "amount_minor": 1_000}
    a_transfer(connection, "by-hand-hold", phase="pending", **sides)
    put(
        connection,
        PayoutRow,
        id="by-hand",
        master_id="boris",
        day=date(2026, 3, 6),
        paymaster="file",
        destination="sbp",
        goes_to={"name": "=Борис", "phone": "+79110000000", "bank_id": "100000000111"},
        state="asked",
        amount_minor=1_000,
        currency="RUB",
        hold_id="by-hand-hold",
        silences=0,
        asked_at=MORNING,
        version=1,
    )


async def test_the_banks_file_has_what_a_bank_needs_and_no_formula(people: People, engine: Engine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(_a_payout_by_hand)
    answer = await people["owner"].get("/api/v1/payouts/file.csv?day=2026-03-06")
    assert answer.headers["cache-control"] == "no-store"
    assert "payouts-2026-03-06.csv" in answer.headers["content-disposition"]
    (row,) = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert (row["name"], row["phone"], row["bank"]) == ("'=Борис", "79110000000", "Сбербанк")
    assert (row["amount"], row["currency"]) == ("10,00", "RUB")


async def test_a_payout_by_hand_is_ended_once_said(people: People, naryad: FakeNaryad) -> None:
    answer = await people["owner"].post("/api/v1/payouts/payout/end", json={"done": False, "reason": "счёт"})
    assert answer.status_code == 200
    letter = naryad.intake.letters[-1]
    assert (letter.kind, letter.lane) == ("payout-end", "master:anna")
    assert (letter.payload["is_done"], letter.payload["reason"]) == (False, "счёт")
    for body in ({}, {"done": "yes"}):
        assert (await people["owner"].post("/api/v1/payouts/payout/end", json=body)).status_code == 422
    assert (await people["owner"].post("/api/v1/payouts/none/end", json={"done": True})).status_code == 404


@pytest.mark.row("L4")
async def test_a_refund_goes_by_its_jobs_lane_and_is_listed(people: People, naryad: FakeNaryad) -> None:
    naryad.intake.answers["refund"] = {"refund_id": "refund"}
    body = {"amount": 100_000, "words": "Сломалось снова"}
    answer = await people["owner"].post("/api/v1/payments/carded/refund", json=body)
    assert answer.status_code == 201
    assert answer.json()["amount"]["minor"] == 100_000
    letter = naryad.intake.letters[-1]
    assert (letter.lane, letter.payload["amount_minor"]) == ("job:carded", 100_000)
    listed = (await people["owner"].get("/api/v1/payments/carded/refunds")).json()["items"]
    assert {row["refund_id"] for row in listed} == {"refund", "old-refund"}
    naryad.intake.refusals["refund"] = {"name": "RefundTooLarge", "text": "Осталось меньше."}
    refused = await people["owner"].post("/api/v1/payments/carded/refund", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "RefundTooLarge")
    assert (await people["owner"].post("/api/v1/payments/carded/refund", json={})).status_code == 422


@pytest.mark.row("L31")
async def test_a_master_says_how_he_is_taxed(
    people: dict[str, httpx.AsyncClient], naryad: FakeNaryad
) -> None:
    naryad.intake.answers["tax-status"] = {"inn": "•••• 2259", "status": "npd"}
    body = {"inn": "5001 0073 2259", "status": "npd"}
    answer = await people["anna"].put("/api/v1/masters/anna/tax", json=body)
    assert (answer.status_code, answer.json()["inn"]) == (200, "•••• 2259")
    assert naryad.intake.letters[-1].payload["inn"] == "500100732259"
    wrong = await people["anna"].put("/api/v1/masters/anna/tax", json={**body, "inn": "500100732258"})
    assert wrong.status_code == 422
    for who, asker in people.items():
        if who not in ("owner", "anna"):
            assert (await asker.put("/api/v1/masters/anna/tax", json=body)).status_code in (401, 403), who
