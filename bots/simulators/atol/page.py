"""The page of a printed receipt, as an operator of fiscal data would show it."""

import json
from datetime import datetime
from decimal import Decimal

from fastapi.responses import Response

from bots.simulators.atol.books import REGISTER, STORAGE, attribute_of, code_of
from bots.simulators.atol.shapes import TIME
from bots.simulators.file import Row
from bots.simulators.slip import roubles, slip, words_of
from core.gateways.wire import MOSCOW


def page_of(document: Row, *, root: str) -> Response:
    """Show a printed document. `root` is the app's mount path."""
    words = words_of("fiscal")
    receipt = json.loads(document["body"])
    rows: list[tuple[str, str]] = []
    for item in receipt["items"]:
        rows.append((item["name"], roubles(Decimal(item["sum"]))))
        if supplier := item.get("supplier_info"):
            rows.append((words["supplier"], f"{supplier.get('name', '')} {supplier['inn']}".strip()))
    rows += [
        (words["paid-0" if payment["type"] == 0 else "paid-1"], roubles(Decimal(payment["sum"])))
        for payment in receipt["payments"]
    ]
    at = datetime.fromisoformat(document["created_at"]).astimezone(MOSCOW)
    rows += [
        (words["vat"], words["vat-none"]),
        (words["at"], at.strftime(TIME)),
        (words["seller"], receipt["company"]["inn"]),
        (words["number"], str(document["number"])),
        (words["attribute"], str(attribute_of(document))),
        (words["storage"], STORAGE),
        (words["register"], REGISTER),
    ]
    return slip(
        words,
        number=str(document["number"]),
        state=document["operation"],
        total=Decimal(document["total"]),
        rows=rows,
        code=code_of(document),
        root=root,
    )
