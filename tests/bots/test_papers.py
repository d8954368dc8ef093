"""Papers that go with what is said: as files where a door takes them, else by a link that is lent."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bots.gate import Gate, Gates
from bots.saying import LENT_FOR, Saying
from core.flows.tx import StoredPaper
from core.messages import Limits
from storage.blobs import LocalBlobs, key_of
from storage.outbox import Effect
from tests.fakes.channel import FakeChannel, FakeMessenger
from tests.fakes.clock import FakeClock

PDF = b"%PDF-1.7 a job"
DOOR = "fake-master"


async def said(
    folder: Path, clock: FakeClock, limits: Limits
) -> tuple[LocalBlobs, str, list[dict[str, Any]]]:
    """Say something with a paper at a door with these limits; returns what is shown."""
    blobs = LocalBlobs(folder, secret=b"secret", url="http://naryad.test")
    blob = await blobs.put(key_of("job-file", PDF, "pdf"), PDF, type="application/pdf")
    messenger = FakeMessenger(clock, limits=limits)
    chat = messenger.meet()
    saying = Saying(
        {DOOR: FakeChannel(messenger)}, Gates({DOOR: Gate(limits, clock=clock)}), blobs, clock=clock
    )
    payload = {
        "talk_id": "t",
        "channel": "fake",
        "chat_id": chat,
        "text": "Заявка К-1: всё в файле.",
        "spoken": "",
        "buttons": [],
        "papers": [asdict(StoredPaper(blob, "application/pdf", "Заявка К-1.pdf"))],
    }
    effect = Effect("e", 1, "chat:t", "c", "say", payload, "k", attempts=1, door=DOOR)
    done = await saying.perform(effect)
    shown = messenger.people[chat].shown
    assert list(done.sent) == [each["id"] for each in shown]
    return blobs, blob, shown


@pytest.mark.row("A62")
async def test_a_paper_is_a_file_where_files_are_taken(tmp_path: Path, clock: FakeClock) -> None:
    _, _, (shown,) = await said(tmp_path, clock, Limits())

    assert shown["files"] == [{"name": "Заявка К-1.pdf", "type": "application/pdf", "bytes": len(PDF)}]
    assert shown["text"] == "Заявка К-1: всё в файле."


@pytest.mark.row("A62")
@pytest.mark.parametrize(
    "limits",
    [replace(Limits(), papers=False, buttons=0), replace(Limits(), paper_bytes=len(PDF) - 1)],
    ids=["sms", "too large"],
)
async def test_a_paper_is_a_link_where_it_is_not(tmp_path: Path, clock: FakeClock, limits: Limits) -> None:
    blobs, blob, (shown,) = await said(tmp_path, clock, limits)

    assert not shown["files"]
    assert f"Заявка К-1.pdf: {blobs.link(blob, until=clock.now() + LENT_FOR)}" in shown["text"]
