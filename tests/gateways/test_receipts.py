"""What each provider is told of a receipt: exact sums, and for whom an agent sells (54-FZ)."""

import pytest

from core.charge import Line, Receipt
from core.gateways.receipts import for_cloudkassir, for_sber, for_tbank
from core.kernel.money import Currency, Money

WORK = Line(
    "Замена картриджа",
    Money(3_100_50, Currency.RUB),
    supplier_name="Смирнов Андрей Петрович",
    supplier_inn="390000000000",
    supplier_phone="+79110000001",
)
FEE = Line("Комиссия площадки", Money(99_49, Currency.RUB))
RECEIPT = Receipt(lines=(WORK, FEE), phone="+79110000002")


def test_tbank_is_told_of_a_supplier_by_the_line() -> None:
    receipt = for_tbank(RECEIPT, taxation="usn_income")

    work, fee = receipt["Items"]
    assert (receipt["Taxation"], receipt["Phone"], "Email" in receipt) == (
        "usn_income",
        "+79110000002",
        False,
    )
    assert (work["Price"], work["Quantity"], work["Amount"], work["Tax"]) == (310050, 1, 310050, "none")
    assert work["AgentData"] == {"AgentSign": "another"}
    assert work["SupplierInfo"] == {
        "Phones": ["+79110000001"],
        "Name": "Смирнов Андрей Петрович",
        "Inn": "390000000000",
    }
    assert not {"AgentData", "SupplierInfo"} & set(fee)


def test_cloudkassir_is_told_roubles_as_texts() -> None:
    receipt = for_cloudkassir(RECEIPT, taxation="usn_income")

    work, fee = receipt["items"]
    assert (receipt["taxationSystem"], receipt["amounts"]) == (1, {"electronic": "3199.99"})
    assert (work["price"], work["quantity"], work["amount"], work["vat"]) == (
        "3100.50",
        "1.00",
        "3100.50",
        None,
    )
    assert (work["AgentSign"], work["PurveyorData"]["Inn"]) == (6, "390000000000")
    assert not {"AgentSign", "PurveyorData"} & set(fee)


@pytest.mark.parametrize("company", [None, {"inn": "3900000000"}])
def test_sber_is_told_what_adds_up(company: dict[str, str] | None) -> None:
    bundle = for_sber(RECEIPT, company=company, kind="sell_refund")

    work, fee = bundle["cartItems"]["items"]
    assert (bundle["total"], bundle["payments"]) == (319999, [{"type": 1, "sum": 319999}])
    assert (bundle["receiptType"], bundle.get("company")) == ("sell_refund", company)
    assert [work["positionId"], fee["positionId"]] == ["1", "2"]
    assert (work["agentInfo"], work["supplierInfo"]["phones"]) == ({"type": "another"}, ["+79110000001"])
    assert not {"agentInfo", "supplierInfo"} & set(fee)


def test_a_long_name_is_cut_as_the_printer_takes_it() -> None:
    receipt = Receipt(lines=(Line("я" * 200, FEE.amount),))

    assert len(for_tbank(receipt, taxation="osn")["Items"][0]["Name"]) == 128
    assert len(for_cloudkassir(receipt, taxation="osn")["items"][0]["label"]) == 128
    assert len(for_sber(receipt, company=None)["cartItems"]["items"][0]["name"]) == 128
