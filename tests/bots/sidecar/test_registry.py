"""The owner sees where books differ, and nobody else does."""

import httpx
import pytest

from tests.fakes.web import FakeNaryad


@pytest.mark.row("L32")
async def test_the_owner_sees_what_differs(people: dict[str, httpx.AsyncClient]) -> None:
    answer = await people["owner"].get("/api/v1/differences?state=open")
    (shown,) = answer.json()["items"]
    assert (shown["id"], shown["kind"], shown["ours"]) == ("difference", "missing_here", None)
    assert shown["theirs"]["minor"] == 300_000


async def test_the_owner_closes_it(people: dict[str, httpx.AsyncClient], naryad: FakeNaryad) -> None:
    owner = people["owner"]
    assert (await owner.post("/api/v1/differences/difference/close")).status_code == 200
    (letter,) = naryad.intake.letters
    assert (letter.kind, letter.payload["difference_id"]) == ("difference-close", "difference")
    assert (await owner.post("/api/v1/differences/nothing/close")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/differences"),
        ("POST", "/api/v1/differences/difference/close"),
        ("POST", "/api/v1/reconcile"),
    ],
)
async def test_only_the_owner_comes_in(people: dict[str, httpx.AsyncClient], method: str, path: str) -> None:
    for who, asker in people.items():
        if who != "owner":
            assert (await asker.request(method, path, json={})).status_code in (401, 403), who
