"""From the first word to the money by card and SBP, through each provider over real sockets, both ways."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.databases import PostgresTemplate, SqliteTemplate
from tests.loop import Client, Master, a_client_with_a_job, a_master
from tests.shop import ENDED, OWNER, PROVIDERS, House, Played, opened


def a_day(house: House) -> None:
    """Everything that may happen to the money of two jobs."""
    master = a_master(house.url, OWNER)
    said = [_declined_and_paid_by_sbp(house, master), _paid_without_a_notice_and_given_back(house, master)]
    assert [text for text in said[1].heard() if "вернул" in text.lower()]
    _closes(house, master, said)


def an_hour(house: House) -> None:
    """What may happen to the money of one job."""
    master = a_master(house.url, OWNER)
    _closes(house, master, [_declined_and_paid_by_sbp(house, master)])


def _closes(house: House, master: Master, said: Sequence[Client]) -> None:
    """See that the books are exact, everybody heard of it once, and nothing was buried."""
    assert house.balances() == {account: minor for account, minor in house.books.items() if minor}
    assert sum(house.books.values()) == 0
    for client in said:
        assert len([text for text in client.heard() if "плачено" in text]) == 1
    assert len([text for text in master.heard() if "пятниц" in text]) == len(said)
    paid = "SELECT count(*), count(DISTINCT settles) FROM charge WHERE state = 'paid'"
    assert tuple(house.row(paid)) == (len(said), len(said))
    letters, effects = "FROM inbox WHERE status = 2", "FROM outbox WHERE status = 'dead'"
    assert tuple(house.row(f"SELECT (SELECT count(*) {letters}), (SELECT count(*) {effects})")) == (0, 0)


def _declined_and_paid_by_sbp(house: House, master: Master) -> Client:
    client = _a_finished_job(house, master, 1)
    house.sim("POST", "/faults", {"kind": "cut_after"})  # it is asked for, and its answer is lost
    card = house.pays_by(master, "card", client.job_id)
    house.client_acts(card["payment_id"], "decline")
    if house.played.ends_at_decline:
        house.until(master, card["payment_id"], "failed")
    shown = house.pays_by(master, "sbp", client.job_id)
    assert shown["qr_payload"].startswith("https://qr.nspk.ru/")
    picture = master.door.client.get(shown["qr_svg_url"], headers=master.door._headers())
    assert picture.text.startswith("<?xml")
    house.client_acts(shown["payment_id"], "pay")
    paid = house.until(master, shown["payment_id"], *ENDED)  # nobody polls before five seconds are over
    assert (paid["status"], paid["method"]) == ("succeeded", "sbp")
    house.settles(paid)
    return client


def _paid_without_a_notice_and_given_back(house: House, master: Master) -> Client:
    client = _a_finished_job(house, master, 2)
    card = house.pays_by(master, "card", client.job_id)
    house.sim("POST", "/faults", {"kind": "notices", "mode": "never"})
    house.client_acts(card["payment_id"], "pay")
    paid = house.until(master, card["payment_id"], *ENDED, seconds=2)
    assert (paid["status"], paid["method"]) == ("succeeded", "card")
    house.sim("DELETE", "/faults")
    house.settles(paid)
    house.gives_back(paid, 100_05, None)
    return client


def _a_finished_job(house: House, master: Master, slot: int) -> Client:
    client = a_client_with_a_job(house.url, slot=slot)
    master.works(client.job_id)
    return client


@pytest.mark.row("A110")
@pytest.mark.row("A136")
@pytest.mark.row("A78", "A79", "A80", "A107", "L4", "L18", "L19")
@pytest.mark.parametrize("played", PROVIDERS, ids=lambda played: played.name)
async def test_a_day_of_money_through_each_provider(
    played: Played, tmp_path: Path, sqlite_template: SqliteTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_template.copy(tmp_path) as database:
        async with opened(played, tmp_path, database, monkeypatch) as house:
            await asyncio.to_thread(a_day, house)


@pytest.mark.row("A78", "A79", "A107", "L18")
async def test_an_hour_of_money_on_postgresql(
    tmp_path: Path, postgresql_template: PostgresTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    (played,) = (each for each in PROVIDERS if each.name == "yookassa")
    with postgresql_template.copy(tmp_path) as database:
        async with opened(played, tmp_path, database, monkeypatch) as house:
            await asyncio.to_thread(an_hour, house)
