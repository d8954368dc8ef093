"""What a turn teaches: pure, from what was said to what is known."""

from datetime import datetime

import pytest

from core.conversation.hearing import Heard
from core.conversation.known import Known, Wanted, Wish
from core.conversation.learning import corrections, forget_past, forget_problem, is_past, learn
from core.language.choose import Chosen
from core.meaning import Emergency, Frame, Grain, Identity, Lang, Reading, Trade, Urgency, When

NOON = datetime.fromisoformat("2026-03-02T12:00")
SWITCH = Frame(Trade.ELECTRICAL, "light_switch", "not_working", "switch_dead", 0.9)
SOCKET = Frame(Trade.ELECTRICAL, "socket", "not_working", "socket_dead", 0.9)
BARE_SOCKET = Frame(Trade.ELECTRICAL, "socket", None, None, 0.5)
TAP = Frame(Trade.PLUMBING, "tap", "leaks", None, 0.9)


def heard(text: str = "", **reading: object) -> Heard:
    return Heard((text,) if text else (), "", Reading(lang=Lang.RU, **reading))  # type: ignore[arg-type]


def said(*frames: Frame, **told: object) -> Chosen:
    return Chosen(is_answer=False, frames=frames, **told)  # type: ignore[arg-type]


def test_a_thing_is_replaced_by_its_fault() -> None:
    known = Known()
    learn(known, said(BARE_SOCKET), heard())
    learn(known, said(SOCKET), heard())

    assert known.faults == ["socket_dead"]
    assert len(known.wanted) == 1


def test_a_second_fault_is_added_once() -> None:
    known = Known()
    for frame in (SWITCH, SOCKET, SOCKET):
        learn(known, said(frame), heard())

    assert known.faults == ["switch_dead", "socket_dead"]


def test_another_trade_is_kept_beside_the_first() -> None:
    known = Known()
    learn(known, said(SWITCH), heard())
    learn(known, said(TAP), heard())

    assert [wanted.trade for wanted in known.wanted] == [Trade.ELECTRICAL, Trade.PLUMBING]
    assert known.trade is Trade.ELECTRICAL


@pytest.mark.row("A119")
def test_the_longest_single_message_that_described_the_job_counts() -> None:
    known = Known()
    learn(known, said(SWITCH), heard("не работает выключатель в коридоре"))
    learn(known, said(SOCKET), heard("и розетка"))
    learn(known, said(), heard("а вот это длинное сообщение о другом, совсем не о работе"))

    assert known.words == "не работает выключатель в коридоре"


@pytest.mark.row("A176")
def test_what_is_said_later_wins_and_nothing_else_is_lost() -> None:
    known = Known()
    learn(
        known, said(identity=Identity(first="Анна", phone="+79114567890", street="Мира", house="5")), heard()
    )
    learn(known, said(identity=Identity(house="7", flat="12")), heard())

    assert known.name == "Анна"
    assert known.address == {"street": "Мира", "house": "7", "flat": "12"}


def test_another_house_has_not_the_old_flat() -> None:
    known = Known(address={"street": "Мира", "house": "5", "flat": "12", "entrance": "2"})
    learn(known, said(identity=Identity(street="Горького", house="9")), heard())

    assert known.address == {"street": "Горького", "house": "9"}


@pytest.mark.row("L23")
def test_a_new_danger_is_not_over_because_an_old_one_was() -> None:
    known = Known(emergency=Emergency.FIRE, is_danger_over=True)
    learn(known, said(), heard(emergency=Emergency.GAS))

    assert known.emergency is Emergency.GAS
    assert not known.is_danger_over
    assert known.urgency is Urgency.URGENT


def test_the_graver_urgency_stands_for_all_that_is_told() -> None:
    known = Known()
    learn(known, said(SWITCH), heard(urgency=Urgency.URGENT))
    learn(known, said(SOCKET), heard(urgency=Urgency.FLEXIBLE))

    assert known.urgency is Urgency.URGENT


def test_a_new_time_takes_the_place_of_the_old_wish() -> None:
    known = Known()
    learn(known, said(times=(When(NOON, None, Grain.HOUR),)), heard())
    learn(known, said(times=(When(NOON.replace(day=3), None, Grain.HOUR),)), heard())

    assert [wish.start.day for wish in known.wishes] == [3]


def test_corrections_are_told_back_and_additions_are_not() -> None:
    before = Known(name="Анна", phone="+79114567890", address={"street": "Мира", "house": "5"})
    added = before.model_copy(update={"address": {"street": "Мира", "house": "5", "flat": "1"}})
    changed = before.model_copy(update={"phone": "+79114567891", "address": {"street": "Мира", "house": "7"}})

    assert corrections(before, added) == ()
    assert [each.name for each in corrections(before, changed)] == ["job-address", "client-noted-phone"]


def test_a_street_without_its_house_is_asked_about_and_not_told_as_corrected() -> None:
    before = Known(address={"street": "Мира"})
    after = Known(address={"street": "Горького"})

    assert corrections(before, after) == ()


def test_the_next_job_keeps_who_and_where() -> None:
    known = Known(
        wanted=[Wanted(fault="switch_dead")],
        name="Анна",
        address={"street": "Мира", "house": "5"},
        emergency=Emergency.FIRE,
        taken="slot:1:1",
        asked={"address": 3},
    )
    forget_problem(known)

    assert (known.name, known.address) == ("Анна", {"street": "Мира", "house": "5"})
    assert not known.wanted
    assert known.emergency is None
    assert known.taken is None
    assert not known.asked


@pytest.mark.parametrize(
    ("start", "end", "grain", "is_over"),
    [
        (NOON.replace(hour=11), None, Grain.MINUTE, True),
        (NOON.replace(hour=13), None, Grain.HOUR, False),
        (NOON.replace(hour=8), NOON.replace(hour=12), Grain.HOUR, False),
        (NOON.replace(hour=8), NOON.replace(hour=11), Grain.HOUR, True),
        (NOON.replace(hour=0), NOON.replace(day=3, hour=0), Grain.DAY, False),
        (NOON.replace(day=1, hour=0), NOON.replace(hour=0), Grain.DAY, True),
    ],
)
def test_a_wish_is_past_with_its_last_minute(
    start: datetime, end: datetime | None, grain: Grain, is_over: bool
) -> None:
    assert is_past(Wish(start=start, end=end, grain=grain), now_local=NOON) is is_over


def test_who_comes_back_has_only_the_wishes_that_can_still_be() -> None:
    past = Wish(start=NOON.replace(day=1), end=None, grain=Grain.HOUR)
    ahead = Wish(start=NOON.replace(day=4), end=None, grain=Grain.HOUR)
    known = Known(wishes=[past, ahead], asked={"address": 5}, name="Анна")
    forget_past(known, now_local=NOON)

    assert known.wishes == [ahead]
    assert not known.asked
    assert known.name == "Анна"
