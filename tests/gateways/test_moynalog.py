"""The adapter of "Мой налог" over its simulator."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.moynalog import build, password_of, refresh_token_of
from bots.simulators.moynalog.api import PREFIX
from bots.simulators.moynalog.books import Books
from core.charge import Line
from core.gateways.moynalog import PAGE, Keys, KeysOf, MoyNalog, mark_of
from core.kernel.charge import RefundState
from core.kernel.money import Currency, Money
from core.kernel.refusal import Outage
from core.receipt import ReceiptKind
from core.wire import trust
from tests.fakes.clock import FakeClock
from tests.gateways.conftest import served
from tests.gateways.registrars import INN, Contract, Stand, line

KEY = "key-of-a-test"


@dataclass
class NalogStand(Stand):
    books: Books

    def make(
        self, *, url: str | None = None, secret: str | None = None, http: httpx.AsyncClient | None = None
    ) -> MoyNalog:
        key = secret or KEY
        return self.of(lambda inn: Keys(refresh_token=refresh_token_of(inn, key)), url=url, http=http)

    def of(self, keys: KeysOf, *, url: str | None = None, http: httpx.AsyncClient | None = None) -> MoyNalog:
        return MoyNalog(keys=keys, clock=self.clock, api_url=(url or self.url) + PREFIX, http=http)

    def kept(self) -> int:
        return len(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        return self.books._file.rows("select * from incomes order by rowid")


@pytest.fixture
async def stand(clock: FakeClock, chance: SystemChance, tmp_path: Path) -> AsyncIterator[NalogStand]:
    urls: list[str] = []

    def made(url: str) -> FastAPI:
        urls.append(url)
        return build(tmp_path / "npd.db", key=KEY, url=url, clock=clock, chance=chance)

    async with served(made) as app:
        found = NalogStand(
            url=urls[0],
            wire=app.state.wire,
            clock=clock,
            chance=chance,
            kind=ReceiptKind.INCOME,
            back=ReceiptKind.ANNULMENT,
            effect=f"{PREFIX}/income",
            secret=refresh_token_of(INN, KEY),
            books=app.state.books,
        )
        # Lists and incomes begin alike; faults are about incomes.
        take = found.wire.take
        found.wire.take = lambda path: None if path.endswith("/incomes") else take(path)  # type: ignore[method-assign]
        yield found
        await found.close()
        await app.state.close()


class TestMoyNalog(Contract):
    """The tax office's service keeps what a registrar keeps, though it knows no repeats by itself."""


@pytest.mark.row("L31")
async def test_an_income_is_annulled_once(stand: NalogStand) -> None:
    income = await stand.done(stand.order())
    order = stand.order(kind=ReceiptKind.ANNULMENT, refers_to=income.number)

    before = await stand.registrar.read(order)
    first = await stand.registrar.register(order)
    second = await stand.lend().register(order)

    assert before is None
    assert first.state is second.state is RefundState.DONE
    assert first.number == second.number == income.number
    assert len([each for each in stand.wire.received if each["path"].endswith("/cancel")]) == 1
    async with httpx.AsyncClient(verify=trust()) as browser:
        assert "аннулирован" in (await browser.get(income.url or "")).text


async def test_an_annulled_income_is_not_registered_again(stand: NalogStand) -> None:
    order = stand.order()
    income = await stand.done(order)
    await stand.done(stand.order(kind=ReceiptKind.ANNULMENT, refers_to=income.number))

    assert (await stand.lend().register(order)).number == income.number
    assert stand.kept() == 1


async def test_two_incomes_of_one_moment_are_told_apart(stand: NalogStand) -> None:
    orders = [stand.order() for _ in range(PAGE + 2)]
    told = [await stand.done(order) for order in orders]

    assert len({each.number for each in told}) == PAGE + 2
    found = await stand.lend().read(orders[-1])
    assert found is not None
    assert found.number == told[-1].number


async def test_a_password_opens_what_a_token_does_not(stand: NalogStand) -> None:
    for keys in (
        Keys(password=password_of(INN, KEY)),
        Keys(refresh_token="old", password=password_of(INN, KEY)),
    ):
        registrar = stand.of(lambda inn, keys=keys: keys)  # type: ignore[misc]
        stand.spare.append(registrar)
        assert (await registrar.register(stand.order())).state is RefundState.DONE


async def test_a_master_without_keys_is_named_by_his_last_digits(stand: NalogStand) -> None:
    registrar = stand.of(lambda inn: None)
    stand.spare.append(registrar)
    with pytest.raises(Outage, match=r"MOYNALOG_TOKENS .* ends in 0001"):
        await registrar.register(stand.order())
    assert INN not in repr(Keys(refresh_token=INN, password=INN))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"inn": None}, "no taxpayer number"),
        ({"kind": ReceiptKind.ANNULMENT}, "no income to annul"),
        ({"kind": ReceiptKind.ANNULMENT, "refers_to": "unknown"}, "Чек не найден"),
        ({"lines": ()}, "services"),
        ({"amount": Money(1, Currency.RUB)}, "totalAmount"),
        ({"at": timedelta(days=1)}, "будущем"),
        (
            {"amount": Money(3 * 10**8, Currency.RUB), "lines": (line(Money(3 * 10**8, Currency.RUB)),)},
            "доход",
        ),
    ],
    ids=str,
)
async def test_a_definite_no_has_its_reason(stand: NalogStand, changes: dict[str, Any], reason: str) -> None:
    if "at" in changes:
        changes = {"at": stand.clock.now() + changes["at"]}

    told = await stand.registrar.register(stand.order(**changes))

    assert told.state is RefundState.FAILED
    assert reason in (told.reason or "")
    assert stand.kept() == 0


async def test_a_long_name_keeps_its_mark(stand: NalogStand) -> None:
    order = stand.order()
    order = replace(order, lines=(Line("Я" * 300, order.amount),))

    first = await stand.done(order)

    assert (await stand.lend().register(order)).number == first.number
    assert mark_of(order.id) in stand.rows()[0]["body"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"from": "2026-03-01", "to": "2026-03-03"}, 500),
        ({"from": "2026-03-01T00:00:00+03:00"}, 500),
        ({"sortBy": "OPERATION_TIME"}, 400),
        ({"limit": "1000"}, 400),
    ],
)
async def test_the_list_is_strict(stand: NalogStand, params: dict[str, str], status: int) -> None:
    token = stand.books.enter(INN, "test")["token"]
    whole = {"from": "2026-03-01T00:00:00+03:00", "to": "2026-03-03T00:00:00+03:00"}
    asked = params if "from" in params else {**whole, **params}
    async with httpx.AsyncClient(base_url=stand.url + PREFIX, verify=trust()) as client:
        answer = await client.get("/incomes", params=asked, headers={"Authorization": f"Bearer {token}"})
        stranger = await client.get("/incomes", params=whole, headers={"Authorization": "Bearer x.y.z"})

    assert answer.status_code == status
    assert stranger.status_code == 401
