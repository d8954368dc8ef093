"""The registry and our books are compared thing by thing."""

from dataclasses import replace

from hypothesis import given, strategies as st

from core.kernel.money import Currency, Money
from core.kernel.reconciliation import Entry, Kind, compare

RUB = Currency.RUB


def entry(id: str | None, minor: int = 100, **more: object) -> Entry:
    return replace(Entry("charge", id, f"p-{id}", Money(minor, RUB)), **more)  # type: ignore[arg-type]


def test_what_agrees_is_no_difference() -> None:
    assert compare([entry("a"), entry("b")], [entry("b"), entry("a")]) == ()


def test_a_line_without_our_id_is_known_by_the_providers() -> None:
    assert compare([entry("a")], [Entry("charge", None, "p-a", Money(100, RUB))]) == ()


def test_each_way_to_differ_has_its_name() -> None:
    ours = [entry("late", is_done=False), entry("only here"), entry("other amount", 90)]
    theirs = [entry("late"), entry("other amount"), Entry("charge", None, "stranger", Money(5, RUB))]
    found = {difference.thing_id: difference.kind for difference in compare(ours, theirs)}
    assert found == {
        "late": Kind.MISSING_HERE,
        "only here": Kind.MISSING_THERE,
        "other amount": Kind.AMOUNT,
        "stranger": Kind.UNKNOWN,
    }


def test_another_currency_is_another_amount() -> None:
    (found,) = compare([entry("a")], [replace(entry("a"), amount=Money(100, Currency.KZT))])
    assert found.kind is Kind.AMOUNT


entries = st.lists(
    st.builds(entry, st.sampled_from("abcdef"), st.integers(1, 3), is_done=st.booleans()),
    unique_by=lambda each: each.id,
)


@given(entries, entries)
def test_every_thing_is_told_of_once_at_most_and_order_does_not_matter(
    ours: list[Entry], theirs: list[Entry]
) -> None:
    found = compare(ours, theirs)
    assert len({difference.thing_id for difference in found}) == len(found)
    assert set(found) == set(compare(ours[::-1], [*theirs, *theirs][::-1]))
    heard = {line.id for line in theirs}
    for each in ours:
        if each.is_done and each.id not in heard:
            assert any(one.thing_id == each.id and one.kind is Kind.MISSING_THERE for one in found)
