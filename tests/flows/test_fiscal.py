"""Receipts: one for each payment and each refund whatever a registrar does; the money waits for none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.chance import SystemChance
from core.flows.fiscal import SELF_EMPLOYED, FiscalRules
from core.flows.tx import Tx
from core.kernel.charge import ChargeState
from core.receipt import ReceiptKind
from storage.engine import Engine, readers
from storage.queries import receipts as unregistered
from storage.tables import MasterRow, ReceiptRow, TicketRow
from tests.databases import only_sqlite
from tests.fakes.clock import FakeClock
from tests.flows.till import Till

SALE, BACK = ReceiptKind.SALE, ReceiptKind.SALE_RETURN
INCOME, ANNULMENT = ReceiptKind.INCOME, ReceiptKind.ANNULMENT
BOTH = FiscalRules(sales="register", incomes="office")
INN = "390000000001"


@pytest.fixture
def till(engine: Engine, clock: FakeClock, chance: SystemChance) -> Till:
    """Return a city whose receipts are registered."""
    made = Till(engine, clock, chance)
    made.registers(BOTH)
    return made


async def self_employed(till: Till) -> None:
    """Let the master pay the tax on his income himself."""

    async def deed(tx: Tx) -> None:
        master = await tx.get(MasterRow, "boris")
        assert master is not None
        master.tax_status, master.inn = SELF_EMPLOYED, INN

    assert (await till.do(deed)).status == "ok"


async def paid(till: Till, method: str = "card", *, is_self_employed: bool = False) -> tuple[str, str]:
    """Return a job that was just paid and its payment; what follows at once has happened."""
    job_id = await till.done_job()
    if is_self_employed:
        await self_employed(till)
    if method == "cash":
        payment_id = await till.open_payment(job_id)
        price = (await till.job(job_id)).price_minor
        await till.letter("payment-cash", job_id, payment_id=payment_id, amount_received_minor=price)
        return job_id, payment_id
    payment_id, charge_id = await till.charge(job_id, method)
    await till.told(charge_id, ChargeState.PAID)
    return job_id, payment_id


async def receipts(till: Till) -> list[tuple[str, str, int]]:
    """Return every receipt: what it is of, where it stands, its amount."""
    return [(row.kind, row.state, row.amount_minor) for row in await till.all(ReceiptRow)]


async def missing(till: Till) -> list[str]:
    async with readers(till.engine)() as session:
        return [each.payment_id for each in await unregistered.payments_without_receipt(session)]


@pytest.mark.row("L31")
@pytest.mark.parametrize("method", ["card", "sbp", "cash"])
async def test_a_payment_has_its_receipt_and_the_client_its_link(till: Till, method: str) -> None:
    _, payment_id = await paid(till, method)

    payment = await till.payment(payment_id)
    assert await receipts(till) == [("sale", "done", payment.amount_minor)]
    (order,) = till.register.registered
    assert (order.is_cash, order.phone, order.at) == (method == "cash", "+79111234567", payment.settled_at)
    heard = await till.heard("talk-anna")
    assert heard[-2:] == ["client-receipt", "client-fiscal-receipt"]
    assert heard.count("client-fiscal-receipt") == 1
    assert not till.office.registered
    assert await missing(till) == []


@pytest.mark.row("L31")
@pytest.mark.parametrize(
    ("method", "faults"),
    [
        ("cash", ["slow"]),
        ("card", ["lost", "lost", "down", "slow"]),
        ("cash", ["down"] * 9),  # more than an hour
        ("card", ["no", "down", "no"]),
    ],
    ids=str,
)
async def test_one_receipt_whatever_the_registrar_does(till: Till, faults: list[str], method: str) -> None:
    till.register.faults = list(faults)
    _, payment_id = await paid(till, method)
    assert (await till.payment(payment_id)).state == "succeeded"  # the money waits for nobody
    assert (await till.heard("talk-anna"))[-1] == "client-receipt"
    assert await missing(till) == [payment_id]

    await till.wait(hours=6)

    assert [order.kind for order in till.register.registered] == [SALE]
    assert [state for _, state, _ in await receipts(till)] == ["done"]
    assert (await till.heard("talk-anna")).count("client-fiscal-receipt") == 1
    assert await till.all(TicketRow) == []
    assert await missing(till) == []
    asked = till.register.asked
    await till.wait(hours=6)
    assert till.register.asked == asked


async def test_a_letter_that_comes_twice_asks_once(till: Till) -> None:
    job_id, payment_id = await paid(till)
    await till.letter("receipt", job_id, payment_id=payment_id)
    await till.letter("refund", job_id, payment_id=payment_id, amount_minor=100_00)
    (refund,) = await till.refunds()
    await till.letter("receipt", job_id, payment_id=payment_id, refund_id=refund.id)

    assert [order.kind for order in till.register.registered] == [SALE, BACK]


async def test_what_is_refused_thrice_is_the_owners_and_registered_once_mended(till: Till) -> None:
    till.register.faults = ["no"] * 5
    await paid(till)
    await till.wait(minutes=2)
    (ticket,) = await till.all(TicketRow)
    assert "no such taxpayer" in ticket.words
    assert [state for _, state, _ in await receipts(till)] == ["failed"]

    await till.wait(hours=3)

    assert [state for _, state, _ in await receipts(till)] == ["done"]
    assert len(await till.all(TicketRow)) == 1


@only_sqlite
async def test_who_is_silent_for_a_day_is_the_owners_matter(till: Till) -> None:
    till.register.faults = ["down"] * 200
    await paid(till)
    await till.wait(hours=1)
    assert await till.all(TicketRow) == []
    till.clock.advance(hours=23)
    await till.wait(hours=1)
    (ticket,) = await till.all(TicketRow)
    assert ticket.kind == "money"


@pytest.mark.row("L31")
async def test_a_self_employed_master_has_his_income_registered(till: Till) -> None:
    _, payment_id = await paid(till, is_self_employed=True)

    payment = await till.payment(payment_id)
    assert await receipts(till) == [
        ("sale", "done", payment.amount_minor),
        ("income", "done", payment.master_minor),
    ]
    (order,) = till.office.registered
    assert (order.inn, order.amount.minor) == (INN, payment.master_minor)
    assert (await till.heard("talk-boris"))[-1] == "master-income-receipt"
    (sale,) = till.register.registered
    assert [line.supplier_inn for line in sale.lines] == [INN]


async def test_a_whole_refund_takes_everything_back(till: Till) -> None:
    job_id, payment_id = await paid(till, "cash", is_self_employed=True)
    await till.letter("refund", job_id, payment_id=payment_id)

    payment = await till.payment(payment_id)
    assert await receipts(till) == [
        ("sale", "done", payment.amount_minor),
        ("income", "done", payment.master_minor),
        ("sale_return", "done", payment.amount_minor),
        ("annulment", "done", payment.master_minor),
    ]
    assert till.register.registered[-1].refers_to == "n-1"
    assert till.office.registered[-1].refers_to == "n-1"
    assert (await till.heard("talk-anna")).count("client-fiscal-receipt") == 2


@pytest.mark.row("L31")
@pytest.mark.parametrize("faults", [[], ["down", "lost", "no", "slow", "down"]], ids=str)
async def test_partial_refunds_annul_the_whole_income_and_register_the_rest(
    till: Till, faults: list[str]
) -> None:
    till.office.faults = list(faults)
    job_id, payment_id = await paid(till, is_self_employed=True)
    for portion in (300_00, 200_00):
        await till.letter("refund", job_id, payment_id=payment_id, amount_minor=portion)
    await till.wait(hours=8)

    whole = (await till.payment(payment_id)).master_minor
    first, second = (refund.master_minor for refund in await till.refunds())
    told = [(order.kind, order.amount.minor, order.refers_to) for order in till.office.registered]
    assert told == [
        (INCOME, whole, None),
        (ANNULMENT, whole, "n-1"),
        (INCOME, whole - first, None),
        (ANNULMENT, whole - first, "n-3"),
        (INCOME, whole - first - second, None),
    ]

    await till.letter("refund", job_id, payment_id=payment_id)
    await till.wait(hours=2)
    last = till.office.registered[-1]
    assert (last.kind, last.refers_to) == (ANNULMENT, "n-5")
    assert len(till.office.registered) == 6


@only_sqlite
async def test_a_return_waits_for_its_sale(till: Till) -> None:
    till.register.faults = ["down"] * 3
    job_id, payment_id = await paid(till)
    await till.letter("refund", job_id, payment_id=payment_id)
    assert not till.register.registered
    await till.wait(hours=1)
    assert [order.kind for order in till.register.registered] == [SALE, BACK]


@only_sqlite
@pytest.mark.parametrize(
    ("rules", "method", "kinds"),
    [
        (FiscalRules(), "card", []),
        (FiscalRules(sales="register", by_provider=True), "card", []),
        (FiscalRules(sales="register", by_provider=True), "cash", [SALE, BACK]),
        (FiscalRules(incomes="office"), "card", [INCOME, ANNULMENT]),
        (replace(BOTH, is_play=True, real=frozenset({"register", "office"})), "card", []),
        (replace(BOTH, is_play=True, real=frozenset({"office"})), "card", [SALE, BACK]),
        (replace(BOTH, is_play=True, real=frozenset({"office"})), "cash", [SALE, INCOME, BACK, ANNULMENT]),
    ],
)
async def test_who_registers_nothing_is_asked_nothing(
    till: Till, rules: FiscalRules, method: str, kinds: list[ReceiptKind]
) -> None:
    till.registers(rules)
    job_id, payment_id = await paid(till, method, is_self_employed=True)
    await till.letter("refund", job_id, payment_id=payment_id)
    assert [kind for kind, _, _ in await receipts(till)] == [str(kind) for kind in kinds]


@only_sqlite
async def test_what_was_never_registered_is_not_taken_back(till: Till) -> None:
    till.registers(FiscalRules())
    job_id, payment_id = await paid(till, is_self_employed=True)
    till.registers(BOTH)
    await till.letter("refund", job_id, payment_id=payment_id)
    assert await receipts(till) == []
    assert await missing(till) == []  # it was paid before receipts were registered


@only_sqlite
async def test_a_registrar_that_is_not_connected_any_more_holds_up_nothing(till: Till) -> None:
    till.registers(FiscalRules(sales="former"))
    _, payment_id = await paid(till)
    await till.wait(hours=2)
    assert await missing(till) == [payment_id]
    assert not await till.stuck()


@only_sqlite
async def test_a_missing_receipt_says_since_when(till: Till) -> None:
    till.register.faults = ["down"] * 3
    _, payment_id = await paid(till)
    async with readers(till.engine)() as session:
        (found,) = await unregistered.payments_without_receipt(session)
    payment = await till.payment(payment_id)
    assert found.since == payment.settled_at
    assert till.clock.now() - found.since < timedelta(hours=1)
