"""Init data of Mini Apps: what aiogram takes for genuine we take, if it is fresh, and nothing else."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from aiogram.utils.web_app import check_webapp_signature

from bots.chance import SystemChance
from bots.simulators.telegram.books import Books, Person
from bots.simulators.telegram.people import People
from channels.signatures import init_data
from core.knock import Forged
from tests.fakes.clock import FakeClock

TOKEN = "1000001:simulated-client-bot-of-no-worth"
OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GENUINE = (
    "auth_date=1772442000&query_id=AAHdF6IQAAAAAN0XohDhrOrc&signature=Zm9v_-%3D&user=%7B%22id%22%3A7000000001"
    "%2C%22first_name%22%3A%22%D0%90%D0%BD%D0%BD%D0%B0%20%26%20%D0%9A%D0%BE%22%2C%22language_code%22%3A%22ru"
    "%22%7D&hash=ae74f7dcabb922d8162b99e6d5806808097b5bfae6acaab54b7eeac81fbd8f4b"
)
WITHOUT_PERSON = (
    "auth_date=1772442000&query_id=AAH&hash=7a74a2127f2b93c9e404bd09319af379fe1c9bbbce224faa825416a416125a95"
)


def test_what_is_genuine_and_fresh_names_the_person() -> None:
    assert check_webapp_signature(TOKEN, GENUINE)
    assert init_data(GENUINE, TOKEN, OPENED + timedelta(minutes=59)) == "7000000001"


@pytest.mark.parametrize(
    ("late", "is_taken"),
    [
        (timedelta(hours=1), True),
        (timedelta(hours=1, seconds=1), False),
        (timedelta(days=365 * 6), False),
        (timedelta(seconds=-30), True),  # two clocks are never one
        (timedelta(seconds=-31), False),
    ],
)
def test_what_is_old_or_from_the_future_is_refused(late: timedelta, is_taken: bool) -> None:
    if is_taken:
        assert init_data(GENUINE, TOKEN, OPENED + late)
        return
    with pytest.raises(Forged, match="fresh"):
        init_data(GENUINE, TOKEN, OPENED + late)


def test_every_changed_letter_is_refused_as_aiogram_does() -> None:
    for place, letter in enumerate(GENUINE):
        changed = f"{GENUINE[:place]}{'b' if letter != 'b' else 'c'}{GENUINE[place + 1 :]}"
        assert _is_taken(changed) is _aiogram_takes(changed), changed


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "hash=",
        "nothing",
        GENUINE.replace("&hash=", "&no="),
        GENUINE + "&hash=HASH",
        GENUINE + "&user=%7B%22id%22%3A1%7D",
        GENUINE + "&admin=1",
        GENUINE.upper(),
        GENUINE.replace("%D0", "%FF"),
        "a" * 9_000,
        "user=\ud800&hash=x",
    ],
)
def test_another_shape_is_refused(raw: str) -> None:
    with pytest.raises(Forged):
        init_data(raw, TOKEN, OPENED)


@pytest.mark.parametrize("token", ["", "1000002:simulated-master-bot-of-no-worth", TOKEN[:-1]])
def test_another_bots_word_is_refused(token: str) -> None:
    with pytest.raises(Forged, match="signature"):
        init_data(GENUINE, token, OPENED)


def test_a_signature_without_a_person_opens_nothing() -> None:
    assert check_webapp_signature(TOKEN, WITHOUT_PERSON)
    with pytest.raises(Forged, match="nobody"):
        init_data(WITHOUT_PERSON, TOKEN, OPENED)


def test_what_the_simulator_signs_both_take(clock: FakeClock, chance: SystemChance) -> None:
    books = Books([TOKEN], clock=clock, chance=chance, tell=lambda *_: None)
    raw = People(books).init_data(books.bots[TOKEN], Person(7_000_000_002, "Борис", username="b"))

    assert check_webapp_signature(TOKEN, raw)
    assert init_data(raw, TOKEN, clock.now()) == "7000000002"
    assert init_data(urlencode(parse_qsl(raw)[::-1]), TOKEN, clock.now()) == "7000000002"


def _is_taken(raw: str) -> bool:
    try:
        init_data(raw, TOKEN, OPENED)
    except Forged:
        return False
    return True


def _aiogram_takes(raw: str) -> bool:
    return check_webapp_signature(TOKEN, raw)
