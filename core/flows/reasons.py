"""Why: a decision of the program told in words, for whoever may know (L14)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.flows.views import View
from core.kernel.money import Currency, Money
from core.text.facts import PriceRange
from storage.tables import DecisionRow

OTHERS_TOLD = 3  # who came after the first
METRES = 1_000

Say = Callable[..., str]  # (name of a text, **facts) → the words


def reason(row: DecisionRow, *, masters: Mapping[str, str], say: Say) -> View:
    """Tell a decision: `{"title", "because": [sentence, …]}`.

    Args:
        masters: Their names, by id.
    """
    match row.kind:
        case "match":
            title, because = _match(row.inputs, row.outcome, masters=masters, say=say)
        case "price":
            title, because = _price(row.inputs, row.outcome, say=say)
        case "times":
            title = say("page-why-times", count=len(row.outcome.get("slots", ())))
            because = [say("page-why-times-because")]
        case _:
            title, because = row.kind, []
    return {"title": title, "because": because}


def masters_in(rows: Sequence[DecisionRow]) -> set[str]:
    """Return the ids of all masters these decisions speak of."""
    found: set[str] = set()
    for row in rows:
        found.update(str(one["master_id"]) for one in row.inputs.get("candidates", ()))
        found.update(str(one["master_id"]) for one in row.inputs.get("passed_over", ()))
        if chosen := row.outcome.get("master_id"):
            found.add(str(chosen))
    return found


def _match(
    inputs: Mapping[str, Any], outcome: Mapping[str, Any], *, masters: Mapping[str, str], say: Say
) -> tuple[str, list[str]]:
    def named(id: object) -> str:
        return masters.get(str(id)) or say("master-unnamed")

    chosen = outcome.get("master_id")
    candidates = list(inputs.get("candidates", ()))
    passed = [
        say("page-why-passed-over", master=named(one["master_id"]), lacks=str(one["why_not"]))
        for one in inputs.get("passed_over", ())
    ]
    if chosen is None:
        return say("page-why-nobody"), [say("page-why-nobody-because"), *passed]
    because = [say("page-why-by-owner")] if outcome.get("by") else []
    first = next((one for one in candidates if one["master_id"] == chosen), None)
    if first is not None:
        because += [say("page-why-free", count=len(candidates)), _merits(first, say)]
    for one in [one for one in candidates if one["master_id"] != chosen][:OTHERS_TOLD]:
        why = say("page-why-behind", master=named(one["master_id"]), by=str(one.get("behind_by") or "id"))
        because.append(f"{why} {_merits(one, say)}")
    title = "page-why-held" if outcome.get("for") == "hold" else "page-why-master"
    return say(title, master=named(chosen)), [*because, *passed]


def _merits(one: Mapping[str, Any], say: Say) -> str:
    whole, tenth = divmod(int(one["rating_tenths"]), 10)
    distance = one.get("distance_m")
    return say(
        "page-why-merits",
        rating=f"{whole},{tenth}",
        near="known" if distance is not None else "none",
        km=f"{(distance or 0) / METRES:.1f}".replace(".", ","),
        visits=int(one["workload"]),
    )


def _price(inputs: Mapping[str, Any], outcome: Mapping[str, Any], *, say: Say) -> tuple[str, list[str]]:
    currency = Currency(str(outcome.get("currency", Currency.RUB)))

    def money(minor: object) -> Money:
        return Money(int(str(minor)), currency)

    because = [
        say("page-why-line", label=_label(line, say), amount=money(line["amount_minor"]))
        for line in outcome.get("lines", ())
    ]
    if "low_minor" in outcome and outcome["low_minor"] != outcome.get("high_minor"):
        bounds = PriceRange(money(outcome["low_minor"]), money(outcome["high_minor"]))
        because.append(say("page-why-bounds", bounds=bounds))
    if inputs.get("warranty_of"):
        because.append(say("page-why-warranty"))
    return say("page-why-price", price=money(outcome.get("price_minor", 0))), because


def _label(line: Mapping[str, Any], say: Say) -> str:
    name = str(line["label"])
    return say(name, **dict(line.get("facts") or {})) if name.startswith("price-") else name
