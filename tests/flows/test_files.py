"""Job files: printed after the commit, sent only when they are whole, known by what they are made of."""

from pathlib import Path
from typing import Any

import pytest

from bots.courier import Courier
from bots.rendering import Press, Rendering
from core.flows.file_letters import KINDS as FILE_KINDS, RENDER, FileHandler, rendered_key
from core.text.catalogue import catalogue
from storage.blobs import LocalBlobs
from storage.engine import readers, sessions
from storage.mail import Outcome
from storage.queries import files as filed
from storage.tables import EffectRow, EventRow, JobRow, MasterRow, UtteranceRow
from tests.flows.city import HOME, ZONE, City, master

MARKETS = {HOME.name: HOME}


class Office(City):
    """The city with a printing office."""

    def handlers(self) -> dict[str, Any]:
        return {
            **super().handlers(),
            **dict.fromkeys(FILE_KINDS, FileHandler(markets=MARKETS, catalogue=catalogue())),
        }

    def opened(self, folder: Path) -> Courier:
        self.blobs = LocalBlobs(folder / "blobs", secret=b"secret", url="http://naryad.test")
        self.press = Press(
            self.blobs,
            markets=MARKETS,
            catalogue=catalogue(),
            clock=self.clock,
            zone=ZONE,
            url="http://naryad.test",
            media=folder / "files",
        )
        performers = {RENDER: Rendering(self.press, readers(self.engine))}
        return Courier(self.engine, performers, clock=self.clock, chance=self.chance)

    async def a_job(self, *, accepted: bool = True, words: str = "Умер выключатель") -> str:
        await self.master("igor")
        talk_id = await self.client()
        job_id = await self.tap(talk_id)
        async with sessions(self.engine).begin() as session:
            job = await session.get(JobRow, job_id)
            assert job is not None
            job.client_name, job.client_phone = "Анна", "+79111234567"
            job.address = {"street": "Театральная", "house": "30"}
            session.add(
                UtteranceRow(
                    id=f"said-{job_id}"[:36],
                    talk_id=talk_id,
                    author="client",
                    text=words,
                    buttons=[],
                    media=[],
                    cause="x",
                    at=self.clock.now(),
                )
            )
        await self.publish(job_id)
        if accepted:
            assert (await self.step(job_id, "accept", master("igor"))).status == "ok"
        return job_id

    async def letter(self, kind: str, job_id: str, **payload: Any) -> Outcome:
        told = {"job_id": job_id, "actor": {"kind": "owner", "id": "owner"}, **payload}
        receipt = await self.intake.put(
            lane=f"job:{job_id}", key=f"{kind}:{next(self._numbers)}", kind=kind, payload=told
        )
        await self.drain()
        return await self.outcome(receipt.id)

    async def at_door(self, channel: str) -> None:
        """Let Igor be met at another door from now on."""
        talk_id = f"igor-{channel}"
        await self._save(self._talk(talk_id, "master", master_id="igor", channel=channel, chat_id="42"))
        async with sessions(self.engine).begin() as session:
            igor = await session.get(MasterRow, "igor")
            assert igor is not None
            igor.talk_id = talk_id

    async def handed_over(self) -> list[EffectRow]:
        return [
            row for row in await self.all(EffectRow, kind="say") if row.payload["name"] == "file-enclosed"
        ]

    async def rendered(self, job_id: str) -> list[EventRow]:
        return await self.all(EventRow, object_id=job_id, action="file_rendered")


@pytest.fixture
def city(engine: Any, clock: Any, chance: Any) -> Office:
    return Office(engine, clock, chance)


@pytest.mark.row("A96")
async def test_a_file_is_printed_after_the_answer_and_then_has_an_address(
    city: Office, tmp_path: Path
) -> None:
    courier = city.opened(tmp_path)
    job_id = await city.a_job(accepted=False)
    first = await city.letter("file-make", job_id, lang="ru")
    assert (first.facts["complete"], first.facts["pdf_url"]) == (True, None)
    await courier.tick()
    await city.drain()
    noted = (await city.rendered(job_id))[-1].facts
    assert noted["pages"] >= 2
    assert noted["bytes"] > 10_000
    assert noted["library"].keys() == {"switch_dead"}
    content = await city.blobs.get(noted["blob"])
    assert content is not None
    assert content.startswith(b"%PDF")
    again = await city.letter("file-make", job_id, lang="ru")
    assert again.facts["pdf_url"] == f"/api/v1/jobs/{job_id}/file.pdf"


async def test_who_accepts_a_job_finds_its_file_printed(city: Office, tmp_path: Path) -> None:
    courier = city.opened(tmp_path)
    job_id = await city.a_job()
    await courier.tick()
    await city.drain()
    assert [event.facts["for"] for event in await city.rendered(job_id)] == ["master"]
    assert not await city.stuck()


async def test_what_has_not_changed_is_not_printed_again(
    city: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    courier = city.opened(tmp_path)
    job_id = await city.a_job(accepted=False)
    for _ in range(2):
        await city.letter("file-make", job_id, lang="ru")
        await courier.tick()
        await city.drain()
    one, two = await city.rendered(job_id)
    assert one.facts == two.facts
    assert len(list((tmp_path / "blobs").rglob("*.pdf"))) == 1
    async with sessions(city.engine).begin() as session:
        job = await session.get(JobRow, job_id)
        assert job is not None
        job.client_name = "Анна Сергеевна"
    await city.letter("file-make", job_id, lang="ru")
    await courier.tick()
    await city.drain()
    assert (await city.rendered(job_id))[-1].facts["blob"] != one.facts["blob"]


@pytest.mark.row("A60")
async def test_a_file_with_a_gap_is_neither_printed_nor_sent(city: Office, tmp_path: Path) -> None:
    courier = city.opened(tmp_path)
    job_id = await city.a_job()
    await courier.tick()
    async with sessions(city.engine).begin() as session:
        job = await session.get(JobRow, job_id)
        assert job is not None
        job.faults = []
    made = await city.letter("file-make", job_id, lang="ru")
    assert (made.facts["complete"], made.facts["pdf_url"]) == (False, None)
    empty = [section["name"] for section in made.facts["sections"] if not section["filled"]]
    assert {"diagnosis", "tools", "steps", "safety", "checks"} <= set(empty)
    sent = await city.letter("file-send", job_id, page_url="http://naryad.test/p")
    assert (sent.status, sent.facts["name"]) == ("refusal", "FileIncomplete")
    assert "Порядок работы" in sent.facts["text"]
    assert "file-sent" not in await city.heard("talk-igor")
    assert await courier.tick() == 0


@pytest.mark.row("A61")
@pytest.mark.row("A98")
async def test_a_file_is_sent_to_its_master(city: Office, tmp_path: Path) -> None:
    city.opened(tmp_path)
    job_id = await city.a_job()
    sent = await city.letter("file-send", job_id, page_url="http://naryad.test/page")
    assert [(each["channel"], each["status"]) for each in sent.facts["deliveries"]] == [
        ("terminal", "shown"),
        ("web", "waiting"),
    ]
    assert "http://naryad.test/page" in (await city.last("talk-igor")).text
    said = [row for row in await city.all(EffectRow, kind="say") if row.payload["name"] == "file-sent"]
    assert said[0].payload["utterance_id"] == sent.facts["deliveries"][1]["utterance_id"]


async def test_nobody_is_sent_a_job_that_nobody_has(city: Office, tmp_path: Path) -> None:
    job_id = await city.a_job(accepted=False)
    sent = await city.letter("file-send", job_id, page_url="http://naryad.test/page")
    assert (sent.status, sent.facts["name"]) == ("refusal", "NoOffer")
    assert (await city.letter("file-make", "unknown")).facts["name"] == "UnknownThing"


async def test_a_job_that_is_gone_is_not_printed(city: Office, tmp_path: Path) -> None:
    courier = city.opened(tmp_path)
    job_id = await city.a_job(accepted=False)
    await city.letter("file-make", job_id, lang="en")
    async with sessions(city.engine).begin() as session:
        job = await session.get(JobRow, job_id)
        assert job is not None
        job.faults = []
    assert await courier.tick() == 1
    await city.drain()
    assert not await city.rendered(job_id)


@pytest.mark.row("A62")
@pytest.mark.parametrize("channel", ["telegram", "max", "vk", "sms", "email"])
async def test_who_is_pushed_to_gets_the_file_itself(city: Office, tmp_path: Path, channel: str) -> None:
    courier = city.opened(tmp_path)
    job_id = await city.a_job(accepted=False)
    await city.at_door(channel)
    assert (await city.step(job_id, "accept", master("igor"))).status == "ok"
    await courier.tick()
    await city.drain()

    (handed,) = await city.handed_over()
    (paper,) = handed.payload["papers"]
    assert (handed.door, handed.is_news) == (f"{channel}-master", True)
    assert (paper["type"], paper["name"].endswith(".pdf")) == ("application/pdf", True)
    content = await city.blobs.get(paper["blob"])
    assert content is not None
    assert content.startswith(b"%PDF")


@pytest.mark.row("A62")
async def test_the_owner_has_a_file_sent_once_more(city: Office, tmp_path: Path) -> None:
    courier = city.opened(tmp_path)
    job_id = await city.a_job()  # accepted while he held his line
    await courier.tick()
    await city.drain()
    await city.at_door("telegram")
    sent = await city.letter("file-send", job_id, page_url="http://naryad.test/page")
    _, pushed = sent.facts["deliveries"]
    assert (pushed["channel"], pushed["status"]) == ("telegram", "waiting")
    assert not await city.handed_over()
    await courier.tick()
    await city.drain()

    (handed,) = await city.handed_over()
    assert [each["url"] for each in handed.payload["buttons"]] == ["http://naryad.test/page"]
    async with readers(city.engine)() as session:
        found = await filed.said_once_printed(session, key=rendered_key(pushed["render_id"]))
    assert found is not None
    assert found.id == handed.id


async def test_a_file_does_not_go_to_who_lost_the_job(city: Office, tmp_path: Path) -> None:
    courier = city.opened(tmp_path)
    job_id = await city.a_job()
    await city.at_door("telegram")
    assert (await city.step(job_id, "cancel", master("igor"))).status == "ok"
    await courier.tick()
    await city.drain()
    assert await city.rendered(job_id)
    assert not await city.handed_over()
