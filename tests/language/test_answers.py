"""Short answers and wishes, each beside texts that only look like one; labelled before the rules."""

from typing import Any

import pytest

from core.meaning import Intent
from tests.language.texts import labelled, look

GROUPS = labelled("said", "said")
BESIDE = {
    Intent.SAFE_NOW,
    Intent.NOT_SAFE,
    Intent.THANKS,
}  # "все хорошо" tells of safety too; "нет, спасибо" is polite
UNNAMED = -1


def differences(group: dict[str, Any], text: str) -> list[str]:
    """Return what was read otherwise than the group is labelled."""
    reading = look(text, role=group.get("role", "client"))
    found: list[str] = []
    if group.get("answer") != "any" and reading.answer != group.get("answer"):
        found.append(f"answer {reading.answer}")
    intents = reading.intents - (BESIDE - set(group.get("intents", ())))
    if (wanted := group.get("intents", [])) != "any" and intents != set(wanted):
        found.append(f"intents {sorted(intents)}")
    if "ordinal" in group and reading.ordinal != (group["ordinal"] or None):
        found.append(f"ordinal {reading.ordinal}")
    if "amount" in group and reading.amount_minor != (group["amount"] or None):
        found.append(f"amount {reading.amount_minor}")
    if "number" in group and reading.number != (None if group["number"] == UNNAMED else group["number"]):
        found.append(f"number {reading.number}")
    if "trades" in group and list(reading.trades) != group["trades"]:
        found.append(f"trades {[str(trade) for trade in reading.trades]}")
    return found


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group['texts'][0]}")
def test_what_is_said_is_understood_and_nothing_else_is(group: dict[str, Any]) -> None:
    known = set(group.get("misses", ()))  # read wrongly still
    misread = {text: found for text in group["texts"] if (found := differences(group, text))}

    assert {text: found for text, found in misread.items() if text not in known} == {}
    assert known <= set(misread)
