"""A master's statement adds up, and nobody else reads it."""

import httpx
import pytest


async def test_the_csv_begins_and_ends_with_a_balance(people: dict[str, httpx.AsyncClient]) -> None:
    answer = await people["anna"].get("/api/v1/masters/anna/statement.csv?from=2026-03-01&to=2026-03-31")
    assert answer.status_code == 200
    lines = answer.content.decode("utf-8-sig").strip().split("\r\n")
    assert len(lines) > 4
    assert "2205,00" in answer.text
    assert 'filename="naryad-2026-03-01-2026-03-31.csv"' in answer.headers["content-disposition"]


async def test_the_pdf_is_one(people: dict[str, httpx.AsyncClient]) -> None:
    answer = await people["owner"].get("/api/v1/masters/anna/statement.pdf?from=2026-03-01&to=2026-03-31")
    assert answer.content[:5] == b"%PDF-"


@pytest.mark.parametrize(
    "span", ["from=2026-03-02&to=2026-03-01", "from=2020-01-01&to=2026-03-01", "to=soon"]
)
async def test_a_span_that_is_none_is_refused(people: dict[str, httpx.AsyncClient], span: str) -> None:
    answer = await people["anna"].get(f"/api/v1/masters/anna/statement.csv?{span}")
    assert answer.status_code == 422


async def test_others_stay_out(people: dict[str, httpx.AsyncClient]) -> None:
    for who, asker in people.items():
        if who not in ("owner", "anna"):
            answer = await asker.get("/api/v1/masters/anna/statement.csv")
            assert answer.status_code in (401, 403), who
