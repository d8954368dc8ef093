"""What is known: kept as JSON, and what is still missing."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from core.conversation.known import Known, SlotOffered, Wanted
from core.conversation.newcomer import HoursSaid, MasterKnown
from core.meaning import HoursChange, HoursOp, Trade

TODAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.row("A35")
def test_what_is_missing_is_named_in_the_order_it_is_asked() -> None:
    assert Known().missing(has_time=False) == ["fault", "address", "time", "name", "phone"]


def test_a_street_alone_is_no_address() -> None:
    known = Known(address={"street": "Мира"}, wanted=[Wanted(fault="switch_dead")], name="Анна", phone="+7")

    assert known.missing(has_time=True) == ["address"]


def test_it_is_the_same_after_it_was_stored() -> None:
    known = Known(
        wanted=[Wanted(trade=Trade.ELECTRICAL, fault="switch_dead", confidence=0.9)],
        slots=[
            SlotOffered(
                start=TODAY, end=TODAY, until=TODAY, currency="RUB", price_minor=1, low_minor=1, high_minor=1
            )
        ],
        asked={"address": 2},
    )

    assert Known.of(known.model_dump(mode="json")) == known


def test_nothing_unknown_is_stored() -> None:
    with pytest.raises(ValidationError):
        Known.of({"colour": "red"})


def test_a_question_is_counted() -> None:
    known = Known()

    assert [known.count("address"), known.count("address"), known.count("phone")] == [0, 1, 0]


@pytest.mark.row("A28")
def test_a_master_is_asked_for_everything_once() -> None:
    known = MasterKnown()

    assert known.missing() == ["name", "phone", "city", "trades", "years", "papers", "hours", "terminal"]


def test_hours_said_before_there_is_a_master_are_kept_as_they_were_said() -> None:
    day = TODAY.date()
    change = HoursChange(HoursOp.BLOCK, {day: None, day.replace(day=3): ((None, None),)})
    stored = HoursSaid.of(change).model_dump(mode="json")

    assert HoursSaid.model_validate(stored).change == change
