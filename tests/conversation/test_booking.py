"""Times in a talk: what is asked for, what stands, what a choice is."""

from datetime import datetime

import pytest

from core.conversation.booking import request_of, urgency_of
from core.conversation.known import Known, Wanted, Wish
from core.conversation.script import CHOICE_MAX, Links, Script, choice, pressed
from core.flows.terminals import Seal
from core.library.library import load_library
from core.markets.cities import load_cities
from core.markets.policy import load_market
from core.meaning import Grain, Trade, Urgency
from core.text.catalogue import catalogue

SCRIPT = Script(
    markets={"home_services": load_market("home_services")},
    cities=load_cities(),
    default_city="Калининград",
    library=load_library(),
    catalogue=catalogue(),
    links=Links(privacy="", join="", chat="", terminal=str, job=str, seal=lambda id: Seal("", id)),
)


def known(*faults: str, **told: object) -> Known:
    wanted = [Wanted(trade=Trade.ELECTRICAL, fault=fault) for fault in faults]
    return Known(wanted=wanted, **told)  # type: ignore[arg-type]


def test_a_request_names_only_the_faults_of_its_trade() -> None:
    told = known("switch_dead")
    told.wanted.append(Wanted(trade=Trade.PLUMBING, fault="tap_drips"))

    assert request_of(SCRIPT, told).faults == ("switch_dead",)


def test_a_wish_goes_into_the_request_as_it_was_said() -> None:
    start = datetime.fromisoformat("2026-03-03T14:00")
    request = request_of(SCRIPT, known("switch_dead", wishes=[Wish(start=start, end=None, grain=Grain.HOUR)]))

    assert (request.wishes[0].start, request.wishes[0].end) == (start, None)


def test_an_unknown_city_is_never_the_request_of_another() -> None:
    assert request_of(SCRIPT, known("switch_dead")).city == "Калининград"


@pytest.mark.row("A39")
@pytest.mark.parametrize(
    ("told", "urgency"),
    [
        (known("switch_dead"), Urgency.STANDARD),
        (known("switch_dead", "no_power"), Urgency.URGENT),
        (known("no_power", urgency=Urgency.FLEXIBLE), Urgency.FLEXIBLE),
    ],
)
def test_a_job_is_as_urgent_as_was_said_else_as_its_fault_is(told: Known, urgency: Urgency) -> None:
    assert urgency_of(SCRIPT, told) is urgency


def test_a_choice_is_taken_apart_as_it_was_made() -> None:
    assert pressed(choice("slot", "2", 7)) == ("slot", "2", "7")


@pytest.mark.parametrize("made", ["", "slot", "slot:", ":::", "🙂", "a:b", "x" * 1_000])
def test_a_choice_that_is_not_ours_is_no_failure(made: str) -> None:
    verb, thing, version = pressed(made)

    assert f"{verb}{thing}{version}".replace(":", "") == made.replace(":", "")


def test_a_choice_fits_into_every_messenger() -> None:
    with pytest.raises(ValueError, match="too long"):
        choice("slot", "9" * CHOICE_MAX)
