"""A refusal names its sentence and carries its facts."""

import inspect
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from core.kernel import refusal
from core.kernel.refusal import NoOffer, Outage, QuoteExpired, Refusal

ALL = [kind for _, kind in inspect.getmembers(refusal, inspect.isclass) if issubclass(kind, Refusal)]


def test_a_refusal_names_its_sentence_and_carries_its_facts() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    said_no = QuoteExpired(expired_at=at)

    assert said_no.template == "refusal-QuoteExpired"
    assert said_no.facts == {"expired_at": at}
    assert str(said_no) == f"QuoteExpired(expired_at={at!r})"


def test_a_refusal_without_facts_has_none() -> None:
    assert NoOffer().facts == {}


@pytest.mark.parametrize(
    "kind", [kind for kind in ALL if kind is not Refusal], ids=lambda kind: kind.__name__
)
def test_every_refusal_can_be_raised_with_its_facts(kind: type[Refusal]) -> None:
    facts = {field.name: "anything" for field in fields(kind)}

    with pytest.raises(Refusal) as raised:
        raise kind(**facts)
    assert raised.value.facts == facts
    assert kind.__doc__


def test_two_refusals_are_never_the_same() -> None:
    assert NoOffer() != NoOffer()


def test_an_outage_is_no_refusal() -> None:
    assert not issubclass(Outage, Refusal)
