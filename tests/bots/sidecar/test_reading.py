"""What is read by HTTP, on both databases, and the shapes the contract promises."""

import httpx
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.sidecar.app import build_app
from storage.engine import open_engine, readers
from storage.tables import MasterTradeRow
from tests.fakes.clock import FakeClock
from tests.fakes.web import FakeNaryad, browser

People = dict[str, httpx.AsyncClient]
BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)

READ_BY_OWNER = [
    "/health",
    "/api/v1/jobs",
    "/api/v1/jobs?limit=2&state=open",
    "/api/v1/jobs/open",
    "/api/v1/jobs/paid",
    "/api/v1/jobs/open/instructions",
    "/api/v1/jobs/open/timeline",
    "/api/v1/talks",
    "/api/v1/talks?status=active",
    "/api/v1/queue",
    "/api/v1/tickets",
    "/api/v1/tickets?state=closed&limit=1",
    "/api/v1/payments",
    "/api/v1/balances",
    "/api/v1/decisions",
    "/api/v1/decisions?job=open",
    "/api/v1/masters/anna",
    "/api/v1/masters/anna/jobs",
    "/api/v1/masters/anna/schedule/today",
    "/api/v1/masters/available-now?trade=electrical&city=Калининград",
    "/api/v1/ai/conversation/talk/transcript",
    "/api/v1/terminal/payment/paid/status",
    "/jobs/open/page",
]


@BOTH
async def test_everything_is_read_on_both_databases(people: People) -> None:
    for path in READ_BY_OWNER:
        answer = await people["owner"].get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"


async def test_health_says_what_the_contract_says(people: People) -> None:
    health = (await people["nobody"].get("/health")).json()
    assert health["status"] == "healthy"
    assert health["active_jobs"] == 8
    assert health["active_tasks"] == 0
    assert health["ai_screening"] == "active"
    assert health["channels"] == {"web": "on", "telegram": "off"}
    assert health["queue"]["letters_waiting"] == 1
    assert health["queue"]["letters_dead"] == 1


async def test_without_a_database_health_is_503(
    clock: FakeClock, naryad: FakeNaryad, tmp_path: object
) -> None:

    gone = open_engine(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/naryad.db")
    naryad.readers = readers(gone)
    async with browser(build_app(naryad)) as person:
        answer = await person.get("/health")
    await gone.dispose()
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["error"]["code"] == "Unavailable"


async def test_a_job_has_every_field_of_the_contract(people: People) -> None:
    job = (await people["owner"].get("/api/v1/jobs/open")).json()
    promised = {
        *("id", "number", "status", "state", "market", "trade", "urgency", "diagnosis", "client"),
        *("address", "start", "end", "quote", "master_id", "offer", "split_preview"),
    }
    assert promised <= set(job)
    assert (job["status"], job["state"]) == ("searching", "open")
    assert job["start"] == "2026-03-02T11:00:00+02:00"
    assert job["offer"] == {
        "master_id": "anna",
        "until": "2026-03-02T12:00:00+02:00",
        "master": {"name": "anna"},
    }
    assert job["quote"]["price"] == {"minor": 300_000, "currency": "RUB", "text": "3 000 ₽"}
    assert job["diagnosis"]
    assert job["address"]["map_url"].startswith("https://")


@pytest.mark.row("A83")
async def test_three_thousand_roubles_are_divided_as_the_worked_example_says(people: People) -> None:
    split = (await people["owner"].get("/api/v1/jobs/open")).json()["split_preview"]
    assert {name: part["text"] for name, part in split.items()} == {
        "fee": "60 ₽",
        "net": "2 940 ₽",
        "platform": "735 ₽",
        "master": "2 205 ₽",
    }


async def test_a_paid_job_is_called_paid(people: People) -> None:
    job = (await people["owner"].get("/api/v1/jobs/paid")).json()
    assert (job["status"], job["state"]) == ("paid", "completed")
    assert job["payment"]["status"] == "succeeded"
    assert job["payment"]["methods"] == []
    assert job["payment"]["change"]["minor"] == 50_000


async def test_a_list_goes_on_where_it_stopped(people: People) -> None:
    whole = [job["id"] for job in (await people["owner"].get("/api/v1/jobs")).json()["items"]]
    found, after = [], None
    while True:
        params = {"limit": 2, **({"after": after} if after else {})}
        page = (await people["owner"].get("/api/v1/jobs", params=params)).json()
        found += [job["id"] for job in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == whole
    assert len(whole) == 9


@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "1e9"])
async def test_a_list_has_a_limit(people: People, limit: str) -> None:
    assert (await people["owner"].get(f"/api/v1/jobs?limit={limit}")).status_code == 422


async def test_a_transcript_goes_on_after_a_line(people: People) -> None:
    path = "/api/v1/ai/conversation/talk/transcript"
    whole = (await people["client"].get(path)).json()
    assert whole["messages"] == [
        {
            "seq": 1,
            "at": "2026-03-02T11:00:00+02:00",
            "from": "client",
            "text": "Умер выключатель",
            "media": [],
            "buttons": [],
        }
    ]
    assert whole["transcript"] == "Клиент: Умер выключатель"
    rest = (await people["client"].get(path, params={"after": 1})).json()
    assert rest["messages"] == []


async def test_the_books_sum_to_zero(people: People) -> None:
    books = (await people["owner"].get("/api/v1/balances")).json()
    assert books["total"]["minor"] == 0
    assert sum(each["balance"]["minor"] for each in books["accounts"]) == 0


@pytest.mark.row("A106")
async def test_who_could_start_now(people: People, engine: AsyncEngine, clock: FakeClock) -> None:
    async with engine.begin() as connection:
        for master in ("anna", "boris"):
            await connection.execute(
                insert(MasterTradeRow).values(
                    master_id=master, trade="electrical", city="Калининград", is_active=True
                )
            )
    path = "/api/v1/masters/available-now?trade=electrical&city=Калининград"
    assert (await people["owner"].get(path)).json() == {"masters": []}  # Anna is held for a job just now
    clock.advance(hours=2)
    assert (await people["owner"].get(path)).json() == {
        "masters": [{"id": "anna", "name": "anna", "rating": 4.6, "until": "2026-03-02T14:00:00+02:00"}]
    }
    assert (await people["owner"].get(path.replace("electrical", "plumbing"))).json() == {"masters": []}
    assert (await people["owner"].get(path.replace("electrical", "магия"))).status_code == 422


@pytest.mark.row("A104")
async def test_todays_hours(people: People) -> None:
    today = (await people["anna"].get("/api/v1/masters/anna/schedule/today")).json()
    assert today == {
        "date": "2026-03-02",
        "intervals": [["11:00", "12:00"], ["13:00", "14:00"]],
        "confirmed": False,
    }


async def test_a_terminal_knows_its_master_and_its_jobs(people: People) -> None:
    me = await people["anna"].get("/api/v1/terminal/me")
    assert me.json()["master"]["id"] == "anna"
    assert len(me.json()["days"]) == 14
    assert me.cookies["naryad_terminal"]
    jobs = (await people["anna"].get("/api/v1/terminal/jobs")).json()
    assert {job["id"] for job in jobs["items"]} >= {"open", "assigned", "created"}
    assert jobs["today"]["earned"]["minor"] == 882_000
    assert jobs["today"]["debt"]["minor"] == 0
    assert jobs["today"]["balance"]["minor"] == 281_000  # two in cash, two by card, one payout


@pytest.mark.row("A97")
async def test_a_file_names_its_sections_and_says_what_is_missing(people: People) -> None:
    for path in ("/api/v1/jobs/assigned/instructions", "/api/v1/jobs/quoted/instructions"):
        file = (await people["owner"].get(path)).json()
        names = [section["name"] for section in file["sections"]]
        assert {
            "client",
            "address",
            "time",
            "diagnosis",
            "price",
            "tools",
            "steps",
            "safety",
            "checks",
        } <= set(names)
        assert file["complete"] is ("assigned" in path)
        filled = {section["name"] for section in file["sections"] if section["filled"]}
        assert ("address" in filled) is ("assigned" in path)


async def test_a_client_reads_neither_who_was_asked_nor_the_facts(people: People) -> None:
    owners = (await people["owner"].get("/api/v1/jobs/open/timeline")).json()["items"]
    clients = (await people["client"].get("/api/v1/jobs/open/timeline")).json()["items"]
    assert owners[0]["actor"] == "client:client"
    assert "actor" not in clients[0]
    assert "facts" not in clients[0]


async def test_the_console_sees_what_waits(people: People) -> None:
    queue = (await people["owner"].get("/api/v1/queue")).json()
    assert [job["id"] for job in queue["items"]] == ["open"]
    assert queue["items"][0]["reason"]
    assert queue["mail"]["letters_dead"] == 1
    talks = (await people["owner"].get("/api/v1/talks")).json()["items"]
    assert next(talk for talk in talks if talk["conversation_id"] == "talk")["last"]["text"]
    payments = (await people["owner"].get("/api/v1/payments")).json()["items"]
    assert {payment["job_number"] for payment in payments} >= {"К-paid"}


async def test_a_session_that_only_reads_is_never_written_through(naryad: FakeNaryad) -> None:
    async with naryad.readers() as session:
        with pytest.raises(OperationalError):
            await session.execute(text("UPDATE talk SET step = 'x'"))
