"""A job's PDF by HTTP: printed when asked for, each sees what he may, links lend it for a while."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import Connection, text

from storage.engine import Engine
from storage.tables import EffectRow, EffectStatus, LetterRow, MessageRow
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


@pytest.mark.row("A62")
@pytest.mark.parametrize(
    ("fates", "told"),
    [
        ((None,), "sent"),
        (("delivered", None), "sent"),
        (("delivered", "read"), "delivered"),
        (("read", "read"), "read"),
        (("delivered", "failed"), "failed"),
    ],
)
async def test_a_delivery_tells_what_the_channel_said_of_it(
    people: People, naryad: FakeNaryad, engine: Engine, *, fates: tuple[str | None, ...], told: str
) -> None:
    naryad.intake.answers["file-send"] = pushed()
    await _hand_over(engine, fates)
    assert await _told(people) == {"channel": "telegram", "status": told}


@pytest.mark.row("A62")
async def test_a_file_that_failed_and_went_elsewhere_is_told_as_it_stands_there(
    people: People, naryad: FakeNaryad, engine: Engine
) -> None:
    naryad.intake.answers["file-send"] = pushed()
    await _hand_over(engine, ("failed",))
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: _say(sync, "again", channel="sms", cause="delivery"))
    assert await _told(people) == {"channel": "sms", "status": "sent"}


@pytest.mark.row("A62")
@pytest.mark.parametrize(("status", "told"), [(EffectStatus.WAITING, "waiting"), (EffectStatus.DEAD, "dead")])
async def test_a_file_that_is_not_printed_yet_is_waited_for(
    people: People, naryad: FakeNaryad, engine: Engine, *, status: str, told: str
) -> None:
    naryad.intake.answers["file-send"] = pushed()
    async with engine.begin() as connection:
        await connection.run_sync(
            lambda sync: put(
                sync,
                EffectRow,
                id="printing",
                lane="file:x",
                cause="letter-1",
                kind="render",
                idem_key="render",
                payload={},
                due=MORNING,
                status=status,
            )
        )
    assert await _told(people) == {"channel": "telegram", "status": told}


def pushed() -> dict[str, object]:
    waiting = {"channel": "telegram", "status": "waiting", "render_id": "printing"}
    return {"job_id": "assigned", "deliveries": [waiting]}


async def _told(people: People) -> object:
    answer = await people["owner"].post("/api/v1/jobs/assigned/send-to-master")
    (told,) = answer.json()["deliveries"]
    return told


async def _hand_over(engine: Engine, fates: tuple[str | None, ...]) -> None:
    """The file was printed and went out in so many messages; of each this was told."""
    async with engine.begin() as connection:
        await connection.run_sync(
            lambda sync: put(
                sync,
                LetterRow,
                id="printed",
                lane="job:assigned",
                key="file-rendered:printing",
                kind="file-rendered",
                payload={},
                due=MORNING,
                received=MORNING,
                status="done",
            )
        )
        await connection.run_sync(lambda sync: _say(sync, "handed", channel="telegram", cause="printed"))
        await connection.run_sync(lambda sync: _tell(sync, fates))


def _tell(sync: Connection, fates: tuple[str | None, ...]) -> None:
    for number, fate in enumerate(fates):
        row = {"door": "telegram-master", "message_id": f"{number}", "effect_id": "handed"}
        put(sync, MessageRow, **row, fate=fate, at=MORNING)


def _say(sync: Connection, id: str, *, channel: str, cause: str) -> None:
    put(
        sync,
        EffectRow,
        id=id,
        lane="chat:x",
        cause=cause,
        kind="say",
        idem_key=id,
        payload={"utterance_id": "said", "channel": channel},
        due=MORNING,
        status=EffectStatus.DONE,
    )
