"""How each provider takes what a fiscal receipt says (54-FZ): one service a line, sold by us or for a master.

A line with a supplier is sold by an agent of another kind (tag 1222, the last of its values), and says for
whom: name, taxpayer number, phone. Nobody here charges VAT: that stands with our system of taxation.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from core.charge import Line, Receipt
from core.gateways.wire import to_major

NAME_MAX = 128
TAXATIONS: Mapping[str, int] = MappingProxyType(  # tag 1055 in letters, and as CloudKassir numbers it
    {"osn": 0, "usn_income": 1, "usn_income_outcome": 2, "esn": 4, "patent": 5}
)
_CLOUDKASSIR_SERVICE, _CLOUDKASSIR_FULL, _CLOUDKASSIR_AGENT = 4, 4, 6
_SBER_NO_VAT, _SBER_CASHLESS = 0, 1


def for_tbank(receipt: Receipt, *, taxation: str) -> Mapping[str, Any]:
    """Return `Receipt` of Init and Cancel, in the format of documents 1.05."""
    return {
        "FfdVersion": "1.05",
        "Taxation": taxation,
        **_said({"Phone": receipt.phone, "Email": receipt.email}),
        "Items": [_tbank_item(line) for line in receipt.lines],
    }


def _tbank_item(line: Line) -> Mapping[str, Any]:
    item: dict[str, Any] = {
        "Name": line.name[:NAME_MAX],
        "Price": line.amount.minor,
        "Quantity": 1,
        "Amount": line.amount.minor,
        "Tax": "none",
        "PaymentMethod": "full_payment",
        "PaymentObject": "service",
    }
    if line.supplier_name is not None:
        phones = [line.supplier_phone] if line.supplier_phone else None
        item["AgentData"] = {"AgentSign": "another"}
        item["SupplierInfo"] = _said({"Phones": phones, "Name": line.supplier_name, "Inn": line.supplier_inn})
    return item


def for_cloudkassir(receipt: Receipt, *, taxation: str) -> Mapping[str, Any]:
    """Return CloudKassir's receipt, which goes within `JsonData`; its sums are texts in roubles."""
    total = sum((line.amount for line in receipt.lines[1:]), start=receipt.lines[0].amount)
    return {
        "items": [_cloudkassir_item(line) for line in receipt.lines],
        "taxationSystem": TAXATIONS[taxation],
        **_said({"email": receipt.email, "phone": receipt.phone}),
        "amounts": {"electronic": to_major(total)},
    }


def _cloudkassir_item(line: Line) -> Mapping[str, Any]:
    item: dict[str, Any] = {
        "label": line.name[:NAME_MAX],
        "price": to_major(line.amount),
        "quantity": "1.00",
        "amount": to_major(line.amount),
        "vat": None,
        "method": _CLOUDKASSIR_FULL,
        "object": _CLOUDKASSIR_SERVICE,
    }
    if line.supplier_name is not None:
        item["AgentSign"] = _CLOUDKASSIR_AGENT
        item["PurveyorData"] = _said(
            {"Phone": line.supplier_phone, "Name": line.supplier_name, "Inn": line.supplier_inn}
        )
    return item


def for_sber(receipt: Receipt, *, company: Mapping[str, str] | None, kind: str = "sell") -> Mapping[str, Any]:
    """Return `orderBundle` of register and refund, in the format of documents 1.05.

    Args:
        company: Ours: `email`, `sno`, `inn`, `paymentAddress`.
        kind: `sell`, or `sell_refund`.
    """
    total = sum(line.amount.minor for line in receipt.lines)
    return {
        "ffdVersion": "1.05",
        "receiptType": kind,
        **_said({"company": dict(company or {})}),
        "cartItems": {"items": [_sber_item(place, line) for place, line in enumerate(receipt.lines, 1)]},
        "payments": [{"type": _SBER_CASHLESS, "sum": total}],
        "total": total,
    }


def _sber_item(place: int, line: Line) -> Mapping[str, Any]:
    item: dict[str, Any] = {
        "positionId": str(place),
        "itemCode": str(place),
        "name": line.name[:NAME_MAX],
        "quantity": {"value": 1},
        "measurementUnit": "шт",
        "itemPrice": line.amount.minor,
        "itemAmount": line.amount.minor,
        "paymentMethod": "full_payment",
        "paymentObject": "service",
        "tax": {"taxType": _SBER_NO_VAT},
    }
    if line.supplier_name is not None:
        phones = [line.supplier_phone] if line.supplier_phone else None
        item["agentInfo"] = {"type": "another"}
        item["supplierInfo"] = _said({"phones": phones, "name": line.supplier_name, "inn": line.supplier_inn})
    return item


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
