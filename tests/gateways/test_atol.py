"""ATOL Online's adapter over its simulator."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.atol import build
from bots.simulators.atol.api import PREFIX
from bots.simulators.atol.books import Books
from core.charge import Line
from core.gateways.atol import Atol
from core.kernel.charge import RefundState
from core.kernel.money import Currency, Money
from core.receipt import ReceiptKind
from core.wire import trust
from tests.fakes.clock import FakeClock
from tests.gateways.conftest import Door, served
from tests.gateways.registrars import INN, PRICE, Contract, Stand, line

LOGIN, PASSWORD, GROUP, OUR_INN = "till", "password-of-a-test", "naryad_1", "3900000000"
COMPANY = {
    "email": "till@example.org",
    "sno": "usn_income",
    "inn": OUR_INN,
    "payment_address": "https://example.org",
}


@dataclass
class AtolStand(Stand):
    books: Books

    def make(
        self, *, url: str | None = None, secret: str | None = None, http: httpx.AsyncClient | None = None
    ) -> Atol:
        return self.of(company=COMPANY, url=url, secret=secret, http=http)

    def of(
        self,
        *,
        company: dict[str, str],
        url: str | None = None,
        secret: str | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> Atol:
        return Atol(
            login=LOGIN,
            password=secret or PASSWORD,
            group=GROUP,
            company=company,
            api_url=(url or self.url) + PREFIX,
            http=http,
        )

    def kept(self) -> int:
        return len(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        return self.books._file.rows("select * from documents order by number")


@pytest.fixture
async def stand(clock: FakeClock, chance: SystemChance, tmp_path: Path) -> AsyncIterator[AtolStand]:
    urls: list[str] = []

    def made(url: str) -> FastAPI:
        urls.append(url)
        return opened(tmp_path, url, clock, chance)

    async with served(made) as app:
        found = AtolStand(
            url=urls[0],
            wire=app.state.wire,
            clock=clock,
            chance=chance,
            kind=ReceiptKind.SALE,
            back=ReceiptKind.SALE_RETURN,
            effect=f"{PREFIX}/{GROUP}/sell",
            secret=PASSWORD,
            books=app.state.books,
        )
        yield found
        await found.close()
        await app.state.close()


def opened(folder: Path, url: str, clock: FakeClock, chance: SystemChance) -> FastAPI:
    return build(
        folder / "fiscal.db",
        login=LOGIN,
        password=PASSWORD,
        group=GROUP,
        inn=OUR_INN,
        url=url,
        clock=clock,
        chance=chance,
        prints_in=timedelta(),
    )


class TestAtol(Contract):
    """ATOL Online keeps what a registrar keeps."""


async def test_a_document_waits_until_it_is_printed(stand: AtolStand) -> None:
    stand.books._prints_in = timedelta(seconds=2)
    order = stand.order()

    states = [(await stand.registrar.register(order)).state for _ in range(2)]
    stand.clock.advance(seconds=2)
    told = await stand.registrar.read(order)

    assert states == [RefundState.PENDING] * 2
    assert told is not None
    assert told.state is RefundState.DONE
    assert (told.number or "").startswith("9999078900004312-1-")


async def test_nobody_knows_a_document_that_was_never_sent(stand: AtolStand) -> None:
    assert await stand.registrar.read(stand.order()) is None


@pytest.mark.parametrize(("is_cash", "type"), [(True, 0), (False, 1)])
@pytest.mark.parametrize(
    ("kind", "operation"), [(ReceiptKind.SALE, "sell"), (ReceiptKind.SALE_RETURN, "sell_refund")]
)
async def test_a_document_says_how_it_was_paid_and_for_whom(
    stand: AtolStand, kind: ReceiptKind, operation: str, is_cash: bool, type: int
) -> None:
    await stand.done(stand.order(kind=kind, is_cash=is_cash))

    (row,) = stand.rows()
    receipt = json.loads(row["body"])
    assert row["operation"] == operation
    assert receipt["payments"] == [{"type": type, "sum": "4200.5"}]
    (item,) = receipt["items"]
    assert item["agent_info"] == {"type": "another"}
    assert item["supplier_info"]["inn"] == INN
    assert (item["vat"]["type"], item["payment_method"]) == ("none", "full_payment")


@pytest.mark.parametrize(
    ("changes", "client"),
    [
        ({"phone": None}, {"email": COMPANY["email"]}),
        ({"email": "anna@example.org"}, {"phone": "+79110000002", "email": "anna@example.org"}),
    ],
)
async def test_a_receipt_reaches_somebody(
    stand: AtolStand, changes: dict[str, Any], client: dict[str, str]
) -> None:
    await stand.done(stand.order(**changes))
    assert json.loads(stand.rows()[0]["body"])["client"] == client


async def test_a_line_of_our_own_names_no_supplier(stand: AtolStand) -> None:
    await stand.done(stand.order(lines=(Line("Выезд", PRICE),)))
    (item,) = json.loads(stand.rows()[0]["body"])["items"]
    assert "agent_info" not in item


@pytest.mark.parametrize(
    "lines", [(), (line(Money(1, Currency.RUB)),), (replace(line(), supplier_inn="12"),)], ids=len
)
async def test_what_cannot_be_a_receipt_is_refused_and_mended(stand: AtolStand, lines: Any) -> None:
    order = stand.order(lines=lines)

    told = await stand.registrar.register(order)

    assert told.state is RefundState.FAILED
    assert (told.reason or "").startswith("32: ")
    assert (await stand.done(replace(order, lines=(line(),)))).state is RefundState.DONE


async def test_what_could_not_be_printed_is_sent_under_the_next_id(stand: AtolStand) -> None:
    order = stand.order()
    stand.books.jams = 2

    await stand.registrar.register(order)
    failed = await stand.registrar.read(order)
    again = await stand.registrar.register(order)
    told = await stand.done(order)

    assert failed is not None
    assert (failed.state, again.state) == (RefundState.FAILED, RefundState.PENDING)
    assert "-1: " in (failed.reason or "")
    assert told.state is RefundState.DONE
    assert [row["external_id"] for row in stand.rows()] == [order.id, f"{order.id}-2", f"{order.id}-3"]
    assert (await stand.lend().register(order)).number == told.number
    assert stand.kept() == 3


async def test_another_companys_number_fails_at_the_machine(stand: AtolStand) -> None:
    foreign = stand.of(company={**COMPANY, "inn": "3900000001"})
    order = stand.order()

    await foreign.register(order)
    told = await foreign.read(order)
    await foreign.close()

    assert told is not None
    assert told.state is RefundState.FAILED
    assert "ИНН" in (told.reason or "")


async def test_a_restart_of_the_simulator_forgets_nothing(stand: AtolStand, tmp_path: Path) -> None:
    order = stand.order()
    told = await stand.done(order)
    stand.books.close()

    stand.books._file = opened(tmp_path, stand.url, stand.clock, stand.chance).state.books._file

    assert (await stand.lend().register(order)).number == told.number


async def test_a_callback_tells_what_the_report_says(stand: AtolStand, door: Door) -> None:
    order = stand.order()
    registrar = stand.registrar
    assert isinstance(registrar, Atol)
    document = {**registrar._document(order, order.id), "service": {"callback_url": door.url}}
    async with httpx.AsyncClient(base_url=stand.url + PREFIX, verify=trust()) as client:
        token = (await client.post("/getToken", json={"login": LOGIN, "pass": PASSWORD})).json()["token"]
        sent = await client.post(f"/{GROUP}/sell?token={token}", json=document)
    await stand.wire.sender.settled()

    (knock,) = door.knocks
    said = json.loads(knock.body)
    assert (said["uuid"], said["status"], said["external_id"]) == (sent.json()["uuid"], "done", order.id)


@pytest.mark.parametrize(
    ("way", "headers", "body", "said"),
    [
        ("/getToken", {}, {"login": LOGIN, "pass": "no"}, (401, 12)),
        ("/getToken", {}, {"login": LOGIN}, (400, 13)),
        (f"/{GROUP}/sell", {"Token": "x"}, {}, (401, 10)),
        ("/other/sell", None, {}, (401, 20)),
        (f"/{GROUP}/give", None, {}, (400, 31)),
        (f"/{GROUP}/sell", None, {"external_id": "1"}, (400, 32)),
    ],
)
async def test_the_simulator_is_strict(
    stand: AtolStand, way: str, headers: dict[str, str] | None, body: dict[str, Any], said: tuple[int, int]
) -> None:
    async with httpx.AsyncClient(base_url=stand.url + PREFIX, verify=trust()) as client:
        if headers is None:
            entered = await client.post("/getToken", json={"login": LOGIN, "pass": PASSWORD})
            headers = {"Token": entered.json()["token"]}
        answer = await client.post(way, headers=headers, json=body)
        plain = await client.post("/getToken", content=b"login=till")

    assert (answer.status_code, answer.json()["error"]["code"]) == said
    assert (plain.status_code, plain.json()["error"]["code"]) == (415, 41)
