"""The owner's board: masters' days, decisions in words, alarms that say what to do."""

import httpx
import pytest
from sqlalchemy import text

from storage.engine import Engine
from tests.fakes.clock import FakeClock
from tests.fakes.web import FakeNaryad

People = dict[str, httpx.AsyncClient]


async def board(people: People, lang: str = "ru") -> dict[str, object]:
    answer = await people["owner"].get("/api/v1/board", headers={"Accept-Language": lang})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.row("A140")
async def test_the_board_shows_hours_and_jobs_of_each_master(people: People) -> None:
    shown = await board(people)
    anna = next(row for row in shown["masters"] if row["id"] == "anna")  # type: ignore[attr-defined]
    assert len(anna["hours"]) == 2
    assert "assigned" in {job["id"] for job in anna["jobs"]}
    assert not any(job["late"] for job in anna["jobs"])
    assert {job["id"] for job in shown["unbound"]} >= {"open"}  # type: ignore[attr-defined]


async def test_who_should_be_there_and_is_not_is_late(people: People, clock: FakeClock) -> None:
    clock.advance(minutes=30)
    shown = await board(people)
    late = [alarm for alarm in shown["alarms"] if alarm["kind"] == "late"]  # type: ignore[attr-defined]
    assert [alarm["actions"][0]["job"] for alarm in late] == ["assigned"]
    assert "не выехал" in " ".join(late[0]["do"].split())


@pytest.mark.parametrize("lang", ["ru", "en"])
async def test_every_alarm_says_what_to_do_in_words(
    people: People, clock: FakeClock, engine: Engine, lang: str
) -> None:
    clock.advance(hours=3)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE outbox SET status = 'sending' WHERE status = 'waiting'"))
        await connection.execute(text("UPDATE outbox SET status = 'unknown' WHERE status = 'sending'"))
    shown = await board(people, lang)
    kinds = {alarm["kind"] for alarm in shown["alarms"]}  # type: ignore[attr-defined]
    assert {"late", "dead", "unknown"} <= kinds
    for alarm in shown["alarms"]:  # type: ignore[attr-defined]
        assert alarm["title"]
        assert alarm["do"][-1] in ".:", alarm
        assert all(action["label"] for action in alarm["actions"])


async def test_nobody_but_the_owner_sees_it(people: People) -> None:
    for name, status in (("nobody", 401), ("client", 403), ("anna", 403)):
        assert (await people[name].get("/api/v1/board")).status_code == status


@pytest.mark.row("L14")
async def test_a_decision_is_told_in_words(people: People, naryad: FakeNaryad) -> None:
    answer = await people["owner"].get("/api/v1/decisions")
    assert answer.status_code == 200
    for item in answer.json()["items"]:
        assert item["title"]
        assert isinstance(item["because"], list)
