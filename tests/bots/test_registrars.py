"""Who registers receipts: as the settings say, and played where keys are missing."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.charging import RECEIPT_KINDS, Registering
from bots.courier import Courier
from bots.registrars import FISCAL_AT, FISCAL_PLAYED, NPD_AT, NPD_PLAYED, Registrars, open_registrars
from bots.settings import settings
from core.charge import Line
from core.kernel.charge import RefundState
from core.kernel.money import Currency, Money
from core.receipt import ReceiptKind, ReceiptOrder
from storage.engine import Engine
from tests.databases import only_sqlite
from tests.fakes.clock import FakeClock
from tests.flows.till import Till

PRICE = Money(4_200_00, Currency.RUB)
INN = "390000000001"
ATOL = {
    "fiscal_provider": "atol",
    "atol_login": "till",
    "atol_password": "secret",
    "atol_group": "naryad_1",
    "atol_inn": "3900000000",
    "atol_address": "https://example.org",
    "atol_email": "till@example.org",
}


async def opened(folder: Path, clock: FakeClock, chance: SystemChance, **values: Any) -> Registrars:
    return open_registrars(settings(data_dir=folder, **values), clock=clock, chance=chance)


def order(chance: SystemChance, clock: FakeClock, kind: ReceiptKind) -> ReceiptOrder:
    return ReceiptOrder(
        id=chance.id(clock.now()),
        kind=kind,
        amount=PRICE,
        lines=(Line("Замена розетки", PRICE, "Смирнов Андрей Петрович", INN, "+79110000001"),),
        is_cash=True,
        at=clock.now(),
        phone="+79110000002",
        inn=INN,
    )


@pytest.mark.row("L31")
async def test_receipts_are_played_inside_and_survive_a_restart(
    tmp_path: Path, clock: FakeClock, chance: SystemChance
) -> None:
    first = await opened(tmp_path, clock, chance)
    sale, income = (order(chance, clock, kind) for kind in (ReceiptKind.SALE, ReceiptKind.INCOME))
    asked = await first.by_name[FISCAL_PLAYED].register(sale)
    earned = await first.by_name[NPD_PLAYED].register(income)
    await first.close()
    clock.advance(seconds=5)

    second = await opened(tmp_path, clock, chance)
    told = await second.by_name[FISCAL_PLAYED].register(sale)
    again = await second.by_name[NPD_PLAYED].register(income)
    web = FastAPI()
    for path, app in second.played.items():
        web.mount(path, app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web)) as browser:
        pages = [(await browser.get(each.url or "")).text for each in (told, again)]
        styles = [
            (await browser.get(f"http://127.0.0.1{path}/paper.css")).status_code
            for path in (FISCAL_AT, NPD_AT)
        ]
    await second.close()

    assert (asked.state, told.state) == (RefundState.PENDING, RefundState.DONE)
    assert earned.number == again.number
    assert (second.rules.sales, second.rules.incomes, second.rules.real) == (
        FISCAL_PLAYED,
        NPD_PLAYED,
        frozenset(),
    )
    for page, path in zip(pages, (FISCAL_AT, NPD_AT), strict=True):
        assert "Замена розетки" in page
        assert "4\u00a0200\u00a0₽" in page
        assert f'href="{path}/paper.css"' in page
    assert styles == [200, 200]


@only_sqlite
@pytest.mark.row("L31")
async def test_a_job_paid_in_cash_ends_with_a_receipt_that_opens(
    engine: Engine, tmp_path: Path, clock: FakeClock, chance: SystemChance
) -> None:
    found = await opened(tmp_path, clock, chance)
    till = Till(engine, clock, chance)
    till.registers(found.rules)
    performers = dict.fromkeys(RECEIPT_KINDS, Registering(found.by_name))
    till.courier = Courier(engine, performers, clock=clock, chance=chance)
    job_id = await till.done_job()
    payment_id = await till.open_payment(job_id)
    price = (await till.job(job_id)).price_minor
    await till.letter("payment-cash", job_id, payment_id=payment_id, amount_received_minor=price)

    await till.wait(seconds=30)

    said = await till.last("talk-anna")
    link = next(word for word in said.text.split() if word.startswith("http"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(found.played[FISCAL_AT])) as browser:
        page = await browser.get(link.replace(FISCAL_AT, ""))
    await found.close()
    assert said.name == "client-fiscal-receipt"
    assert (await till.job(job_id)).number in page.text


@pytest.mark.parametrize(
    ("chosen", "sales", "incomes", "real"),
    [
        ({"fiscal_provider": "none", "npd_provider": "none"}, None, None, set()),
        ({"fiscal_provider": "gateway"}, None, NPD_PLAYED, set()),
        ({"fiscal_provider": "atol"}, FISCAL_PLAYED, NPD_PLAYED, set()),
        ({**ATOL, "atol_group": ""}, FISCAL_PLAYED, NPD_PLAYED, set()),
        (ATOL, "atol", NPD_PLAYED, {"atol"}),
        ({"npd_provider": "moynalog"}, FISCAL_PLAYED, NPD_PLAYED, set()),
        (
            {"npd_provider": "moynalog", "moynalog_tokens": {INN: "token"}},
            FISCAL_PLAYED,
            "moynalog",
            {"moynalog"},
        ),
    ],
    ids=str,
)
async def test_the_settings_say_who(
    tmp_path: Path,
    clock: FakeClock,
    chance: SystemChance,
    *,
    chosen: dict[str, Any],
    sales: str | None,
    incomes: str | None,
    real: set[str],
) -> None:
    found = await opened(tmp_path, clock, chance, **chosen)
    await found.close()

    assert (found.rules.sales, found.rules.incomes, set(found.rules.real)) == (sales, incomes, real)
    assert set(found.by_name) == {each for each in (sales, incomes) if each}
    assert found.rules.is_play
    assert settings(data_dir=tmp_path, **chosen).is_demo is not bool(real)
