"""A job's PDF by HTTP: printed when asked for, each sees what he may, links lend it for a while."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import text

from storage.engine import Engine
from storage.tables import EffectRow, EffectStatus
from tests.documents import pdf
from tests.fakes.web import FakeNaryad
from tests.storage.town import MORNING, put

People = dict[str, httpx.AsyncClient]
PDF = "/api/v1/jobs/assigned/file.pdf"


@pytest.mark.row("A61")
async def test_a_file_opens_in_the_browser_under_its_number(people: People) -> None:
    answer = await people["owner"].get(PDF)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    named = answer.headers["content-disposition"]
    assert named.startswith('inline; filename="naryad-')
    assert "filename*=UTF-8''naryad-%D0%9A-assigned.pdf" in named
    assert "К-assigned" in pdf.text(answer.content)
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_what_has_not_changed_is_not_sent_again(people: People, engine: Engine) -> None:
    first = await people["owner"].get(PDF)
    known = {"If-None-Match": first.headers["etag"]}
    again = await people["owner"].get(PDF, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE job SET client_name = 'Ольга П.', version = version + 1 WHERE id = 'assigned'")
        )
    changed = await people["owner"].get(PDF, headers=known)
    assert changed.status_code == 200
    assert "Ольга П." in pdf.text(changed.content)


async def test_everybody_sees_what_he_may(people: People) -> None:
    master = pdf.text((await people["anna"].get(PDF)).content)
    assert "Театральная, 30" in master
    assert "2 205 ₽" in master
    client = pdf.text((await people["client"].get(PDF)).content)
    assert "Театральная, 30" in client
    assert "2 205" not in client
    offered = pdf.text((await people["anna"].get("/api/v1/jobs/open/file.pdf")).content)
    assert "2 205 ₽" in offered
    for secret in ("Театральная, 30", "Ольга", "911 000"):
        assert secret not in offered
    for stranger, status in (("boris", 403), ("other client", 403), ("nobody", 401)):
        assert (await people[stranger].get(PDF)).status_code == status
    assert (await people["owner"].get("/api/v1/jobs/unknown/file.pdf")).status_code == 404


@pytest.mark.row("A97")
async def test_a_client_reads_no_earnings_section_by_section(people: People) -> None:
    told = (await people["client"].get("/api/v1/jobs/assigned/instructions")).text
    assert "2 205" not in told
    assert "2 205 ₽" in (await people["anna"].get("/api/v1/jobs/assigned/instructions")).text


@pytest.mark.row("A60")
async def test_a_file_with_a_gap_is_not_shown_and_its_gaps_are_named(people: People) -> None:
    answer = await people["owner"].get("/api/v1/jobs/quoted/file.pdf")
    assert answer.status_code == 404
    details = answer.json()["error"]["details"]
    assert details["page_url"] == "http://naryad.test/jobs/quoted/page"
    assert {"address", "price"} <= set(details["empty"])


async def test_a_link_lends_the_file_for_a_while(people: People, naryad: FakeNaryad, tmp_path: Path) -> None:
    content = (await people["owner"].get(PDF)).content
    (kept,) = (tmp_path / "data" / "blobs").rglob("*.pdf")
    key = f"job-file/{kept.name}"
    link = naryad.blobs.link(key, until=naryad.clock.now() + timedelta(hours=1))
    path = link.removeprefix("http://naryad.test")
    assert (await people["nobody"].get(path)).content == content
    assert (await people["nobody"].get(path[:-1] + "x")).status_code == 404
    assert (await people["nobody"].get(f"/blobs/{key}")).status_code == 404
    naryad.clock.advance(hours=2)
    assert (await people["nobody"].get(path)).status_code == 404


@pytest.mark.row("A150")
async def test_the_page_shows_drawings_parts_and_the_way_to_the_pdf(people: People) -> None:
    page = (await people["owner"].get("/jobs/assigned/page")).text
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert f'href="{PDF}"' in page
    assert " style=" not in page
    told = (await people["owner"].get("/api/v1/jobs/assigned/instructions")).json()
    for drawing in told["drawings"]:
        shown = await people["nobody"].get(urlsplit(drawing["url"]).path)
        assert shown.headers["content-type"] == "image/svg+xml"
    for path in ("/drawings/ru/none.svg", "/drawings/de/socket.svg"):
        assert (await people["nobody"].get(path)).status_code == 404


@pytest.mark.row("A98")
@pytest.mark.parametrize(
    ("channel", "status", "told"),
    [
        ("web", EffectStatus.HELD, "waiting"),
        ("web", EffectStatus.DONE, "delivered"),
        ("telegram", EffectStatus.WAITING, "waiting"),
        ("telegram", EffectStatus.DONE, "sent"),
        ("telegram", EffectStatus.UNKNOWN, "unknown"),
        ("telegram", EffectStatus.DEAD, "dead"),
    ],
)
async def test_a_delivery_tells_how_it_stands(
    people: People, naryad: FakeNaryad, engine: Engine, *, channel: str, status: str, told: str
) -> None:
    deliveries = [
        {"channel": "terminal", "status": "shown"},
        {"channel": channel, "status": "waiting", "utterance_id": "said"},
    ]
    naryad.intake.answers["file-send"] = {"job_id": "assigned", "deliveries": deliveries}
    async with engine.begin() as connection:
        await connection.run_sync(
            lambda sync: put(
                sync,
                EffectRow,
                id="sent",
                lane="chat:x",
                cause="letter-1",
                kind="say",
                idem_key="k",
                payload={"utterance_id": "said", "channel": channel},
                due=MORNING,
                status=status,
            )
        )
    answer = await people["owner"].post("/api/v1/jobs/assigned/send-to-master")
    assert answer.json()["deliveries"] == [
        {"channel": "terminal", "status": "shown"},
        {"channel": channel, "status": told},
    ]
