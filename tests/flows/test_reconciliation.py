"""The morning after: whatever differs from the provider's registry is found that day, and heals if it can."""

from datetime import timedelta

import pytest

from core.charge import RegistryLine, Subject
from core.kernel.charge import ChargeState
from core.kernel.money import Currency, Money
from storage.mail import Outcome
from storage.tables import DifferenceRow
from tests.flows.till import OWNER, Till

DAY = "2026-03-02"


def line(till: Till, charge_id: str, minor: int | None = None, *, subject: Subject = Subject.CHARGE) -> None:
    """The provider's registry has this line."""
    charge = till.gateway.charges[charge_id]
    amount = charge.amount if minor is None else Money(minor, Currency.RUB)
    till.gateway.lines.append(
        RegistryLine(subject, charge.provider_id, charge_id, amount, till.clock.now() - timedelta(hours=1))
    )


async def reconcile(till: Till, **payload: object) -> Outcome:
    """The morning's letter comes."""
    number = next(till._numbers)
    receipt = await till.intake.put(
        lane="books:fake",
        key=f"reconcile:{number}",
        kind="reconcile",
        payload={"provider": "fake", "day": DAY, **payload},
    )
    await till.drain()
    return await till.outcome(receipt.id)


async def differences(till: Till) -> list[DifferenceRow]:
    return await till.all(DifferenceRow)


@pytest.mark.row("L32")
async def test_equal_books_have_no_difference(till: Till) -> None:
    _, charge_id = await till.charge(await till.done_job())
    await till.told(charge_id, ChargeState.PAID)
    line(till, charge_id)
    await reconcile(till)
    assert await differences(till) == []


@pytest.mark.row("L32")
async def test_money_we_never_heard_of_settles_by_itself(till: Till) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    till.gateway.faults["read"] = ["down"] * 40
    await till.wait(hours=1)
    till.gateway.faults.clear()
    till.gateway.put(charge_id, ChargeState.PAID)
    line(till, charge_id)
    await reconcile(till)
    assert (await till.payment(payment_id)).state == "succeeded"
    await till.wait(minutes=20)
    assert [(row.kind, row.state) for row in await differences(till)] == [("missing_here", "healed")]


@pytest.mark.row("L32")
async def test_what_cannot_heal_stands_before_the_owner_until_he_closes_it(till: Till) -> None:
    _, charge_id = await till.charge(await till.done_job())
    await till.told(charge_id, ChargeState.PAID)
    till.gateway.lines.append(
        RegistryLine(Subject.CHARGE, "stranger", None, Money(5, Currency.RUB), till.clock.now())
    )
    await reconcile(till)
    await reconcile(till)  # the same morning again
    await till.wait(minutes=20)
    found = await differences(till)
    assert sorted((row.kind, row.state) for row in found) == [("missing_there", "open"), ("unknown", "open")]

    await till.intake.put(
        lane="books:fake",
        key="close",
        kind="difference-close",
        payload={"difference_id": found[0].id, "actor": OWNER},
    )
    await till.drain()
    assert {row.state for row in await differences(till)} == {"open", "closed"}


async def test_another_amount_is_found(till: Till) -> None:
    _, charge_id = await till.charge(await till.done_job())
    await till.told(charge_id, ChargeState.PAID)
    line(till, charge_id, 100)
    await reconcile(till)
    assert [row.kind for row in await differences(till)] == ["amount"]


async def test_a_registry_that_is_away_is_asked_for_again(till: Till) -> None:
    till.gateway.faults["registry"] = ["down", "down"]
    await reconcile(till)
    await till.wait(hours=1)
    assert till.gateway.asked["registry"] == 3


async def test_without_a_registry_each_unfinished_charge_is_read(till: Till) -> None:
    till.gateway.has_registry = False
    till.pump = till.another_pump()
    payment_id, charge_id = await till.charge(await till.done_job())
    till.gateway.put(charge_id, ChargeState.PAID)
    await reconcile(till)
    assert (await till.payment(payment_id)).state == "succeeded"
    assert till.gateway.asked["registry"] == 0
