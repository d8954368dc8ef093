"""VK: what every channel keeps, by Callback API and by Long Poll, and what is VK's own."""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.vk import build
from channels.vk import Vk
from channels.vk.channel import random_id
from channels.vk.keyboard import keyboard
from channels.vk.reading import Reader
from channels.vk.speech import Speech
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.knock import Forged, Knock
from core.messages import (
    Arrival,
    Ask,
    Attachment,
    Batch,
    Button,
    Delivery,
    Fate,
    Inbound,
    Paper,
    Reply,
    Role,
    Standing,
    Unread,
)
from core.ports import Channel
from core.wire import READ_S, NotLetIn, Wire
from tests.channels.contract import PHOTO, Contract, Door, FaultKind, Features, Mode, Stand
from tests.fakes.clock import MORNING, FakeClock
from tests.gateways.conftest import served

TOKEN, GROUP = "vk1.a.client-token-of-a-test", 212_345_678
MASTER_TOKEN, MASTER_GROUP = "vk1.a.master-token-of-a-test", 212_345_679
SECRET = "secretofatest"
FEATURES = Features(media_in=frozenset({"photo", "voice", "file"}), contact=False, vouches=False)


@dataclass
class VkStand(Stand):
    """A community of clients."""

    def make(
        self, *, url: str | None = None, secret: str | None = None, read_s: float | None = None
    ) -> Channel:
        return Vk(
            Role.CLIENT,
            token=secret or TOKEN,
            group_id=GROUP,
            clock=self.clock,
            secret=SECRET,
            url=url or self.url,
            read_s=read_s or READ_S,
        )

    def forge(self, knock: Knock) -> Sequence[Knock]:
        told = json.loads(knock.body)
        changed: list[dict[str, Any]] = [
            {**told, "secret": "другой"},
            {**told, "secret": SECRET[:-1]},
            {**told, "secret": None},
            {**told, "secret": [SECRET]},
            {**told, "group_id": MASTER_GROUP},
            {name: value for name, value in told.items() if name != "secret"},
            {**told, "type": "confirmation", "secret": "другой"},
        ]
        return [replace(knock, body=json.dumps(each).encode()) for each in changed]

    def sealed(self, body: bytes) -> Knock:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return super().sealed(body)
        if isinstance(told, dict):
            body = json.dumps({**told, "secret": SECRET, "group_id": GROUP}).encode()
        return super().sealed(body)

    async def forget(self, what: str) -> None:
        """Let VK lose something."""
        await self._sim("POST", "/forget", {"what": what})

    async def asked(self) -> list[dict[str, Any]]:
        """Return every request that came to VK."""
        found: list[dict[str, Any]] = (await self._sim("GET", "/log"))["received"]
        return found


async def stand_of(mode: Mode, door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[VkStand]:
    urls: list[str] = []

    def simulated(url: str) -> FastAPI:
        urls.append(url)
        groups = {TOKEN: GROUP, MASTER_TOKEN: MASTER_GROUP}
        return build(clock=clock, chance=chance, pace=0, groups=groups)

    async with served(simulated) as vk:
        stand = VkStand(
            url=urls[0],
            door=door,
            clock=clock,
            secrets=(TOKEN, SECRET),
            features=FEATURES,
            send_path="/method/messages.send",
        )
        await stand.open(mode)
        yield stand
        await stand.close()
        await vk.state.wire.sender.close()


class TestVk(Contract):
    @pytest.fixture(params=[Mode.WEBHOOK, Mode.POLL])
    async def stand(
        self, request: pytest.FixtureRequest, door: Door, clock: FakeClock, chance: SystemChance
    ) -> AsyncIterator[Stand]:
        async for stand in stand_of(request.param, door, clock, chance):
            yield stand


@pytest.fixture
async def hooked(door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[VkStand]:
    async for stand in stand_of(Mode.WEBHOOK, door, clock, chance):
        yield stand


@pytest.fixture
async def polled(door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[VkStand]:
    async for stand in stand_of(Mode.POLL, door, clock, chance):
        yield stand


# The address of the Callback API


async def test_an_address_is_confirmed_before_anything_comes_to_it(hooked: VkStand) -> None:
    greeting = hooked.door.knocks[0]

    assert json.loads(greeting.body)["type"] == "confirmation"
    assert hooked.channel.hear(greeting) == ()
    thanks = hooked.channel.thanks(greeting)
    assert (thanks.status, thanks.type, len(thanks.body)) == (200, "text/plain", 8)


async def test_the_confirmation_is_not_told_for_another_community(hooked: VkStand) -> None:
    other = replace(
        hooked.door.knocks[0], body=json.dumps({"type": "confirmation", "group_id": MASTER_GROUP}).encode()
    )

    with pytest.raises(Forged):
        hooked.channel.hear(other)


async def test_without_a_word_to_say_a_greeting_is_not_answered(hooked: VkStand) -> None:
    assert hooked.lend().thanks(hooked.door.knocks[0]).status == 503


async def test_a_word_given_by_hand_is_said_though_the_token_manages_nothing(hooked: VkStand) -> None:
    by_hand = Vk(
        Role.CLIENT,
        token="wrong",
        group_id=GROUP,
        clock=hooked.clock,
        secret=SECRET,
        confirmation="a1b2c3d4",
        url=hooked.url,
    )

    await by_hand.stand(hooked.door.url)

    assert by_hand.thanks(hooked.door.knocks[0]).body == b"a1b2c3d4"
    await by_hand.close()


async def test_an_address_that_vk_gave_up_is_stood_anew(hooked: VkStand) -> None:
    who = await hooked.met()
    await hooked.forget("server")
    await hooked.says(who, "никто не слышит")

    await hooked.channel.stand(hooked.door.url)
    await hooked.says(who, "снова слышно")

    (heard,) = await hooked.inbound()
    assert heard.text == "снова слышно"


async def test_no_event_is_taken_without_a_secret_of_ours(hooked: VkStand) -> None:
    await hooked.met()
    bare = Vk(Role.CLIENT, token=TOKEN, group_id=GROUP, clock=hooked.clock, url=hooked.url)
    told = json.loads(hooked.door.knocks[-1].body)

    for secret in ("", SECRET):
        with pytest.raises(Forged):
            bare.hear(replace(hooked.door.knocks[-1], body=json.dumps({**told, "secret": secret}).encode()))
    await bare.close()


async def test_an_event_is_thanked_for_with_ok(hooked: VkStand) -> None:
    await hooked.met()

    assert hooked.channel.thanks(hooked.door.knocks[-1]).body == b"ok"


async def test_a_second_telling_says_so(hooked: VkStand) -> None:
    who = await hooked.person()
    hooked.door.refusals = 1

    await hooked.says(who, "Капает кран")
    await hooked.arrivals()

    assert [knock.headers.get("x-retry-counter") for knock in hooked.door.knocks[1:]] == [None, "1"]


# Long Poll


@pytest.mark.parametrize("what", ["key", "history", "session"])
async def test_a_session_that_vk_ends_is_begun_anew(polled: VkStand, what: str) -> None:
    who = await polled.met()

    await polled.forget(what)
    await polled.says(who, "после")

    (heard,) = await polled.inbound()
    assert heard.text == "после"


async def test_what_vk_has_forgotten_is_logged_and_passed_over(
    polled: VkStand, caplog: pytest.LogCaptureFixture
) -> None:
    who = await polled.met()
    behind = polled.lend()
    await polled.says(who, "забытое")
    await polled.arrivals()
    await polled.forget("history")

    batch = await behind.listen("0")
    await polled.says(who, "новое")
    after = await behind.listen(batch.mark)

    assert batch == Batch((), "2")
    assert "vk.events-lost" in caplog.text
    assert [each.text for each in after.arrivals if isinstance(each, Inbound)] == ["новое"]


async def test_a_mark_outlives_the_channel_and_the_session(polled: VkStand) -> None:
    who = await polled.met()
    mark = polled.mark
    await polled.says(who, "одно")
    await polled.forget("key")
    await polled.says(who, "другое")

    batch = await polled.lend().listen(mark)
    again = await polled.lend().listen(mark)

    assert [each.text for each in batch.arrivals if isinstance(each, Inbound)] == ["одно", "другое"]
    assert again == batch


async def test_first_a_mark_is_brought_and_nothing_else(polled: VkStand) -> None:
    await polled.met()

    assert await polled.lend().listen(None) == Batch((), "1")


async def test_long_poll_that_is_switched_off_is_an_outage_until_we_stand(polled: VkStand) -> None:
    fresh = Vk(Role.MASTER, token=MASTER_TOKEN, group_id=MASTER_GROUP, clock=polled.clock, url=polled.url)

    with pytest.raises(Outage):
        await fresh.listen(None)
    await fresh.stand(None)

    assert await fresh.listen(None) == Batch((), "0")
    await fresh.close()


# Sending


async def test_the_token_is_in_no_address(polled: VkStand) -> None:
    who = await polled.met()
    await polled.send(who, "Вот", papers=(Paper("a.pdf", "application/pdf", b"%PDF"),))

    asked = [each for each in await polled.asked() if each["path"].startswith("/method/")]

    assert asked
    assert not [each for each in asked if each["query"] or TOKEN not in each["body"]]


@pytest.mark.row("L14")
async def test_asked_again_with_our_key_it_is_said_once(polled: VkStand) -> None:
    who = await polled.met()
    await polled.fault(FaultKind.CUT_AFTER)
    with pytest.raises(Unanswered):
        await polled.send(who, "Мастер едет", key="one")

    first = await polled.send(who, "Мастер едет", key="one")
    other = await polled.send(who, "Мастер едет", key="other")

    assert [each.id for each in await polled.shown(who)] == [first, other]


def test_numbers_of_messages_are_of_31_bits_and_never_none() -> None:
    numbers = {random_id(f"key-{number}") for number in range(10_000)}

    assert len(numbers) == 10_000
    assert all(0 < number < 2**31 for number in numbers)
    assert random_id("key-1") == random_id("key-1")


@pytest.mark.parametrize(
    ("paper", "name"),
    [
        (Paper("Фото.png", "image/png", PHOTO), "Фото.png"),
        (Paper("Чек.pdf", "application/pdf", b"%PDF-1.4"), "Чек.pdf"),
    ],
)
async def test_files_go_by_their_kind(polled: VkStand, paper: Paper, name: str) -> None:
    who = await polled.met()

    await polled.send(who, "Вот", papers=(paper,))

    (shown,) = await polled.shown(who)
    assert [(file.name, file.type, file.bytes) for file in shown.files] == [
        (name, paper.type, len(paper.content))
    ]
    asked = [each["path"] for each in await polled.asked()]
    assert ("/method/photos.saveMessagesPhoto" in asked) is (paper.type == "image/png")


async def test_a_kind_of_file_that_vk_refuses_is_unsayable(polled: VkStand) -> None:
    who = await polled.met()

    with pytest.raises(Unsayable):
        await polled.send(who, papers=(Paper("a.exe", "application/octet-stream", b"MZ"),))


async def test_a_file_lost_on_the_way_was_shown_to_nobody(polled: VkStand) -> None:
    who = await polled.met()
    steps = ("/upload", "/method/docs.save", "/method/docs.getMessagesUploadServer")

    for path, kind in itertools.product(
        steps, (FaultKind.CUT_AFTER, FaultKind.GARBAGE, FaultKind.FAIL_AFTER, FaultKind.REFUSE)
    ):
        polled.clock.advance(seconds=1)
        await polled._sim("POST", "/faults", {"kind": kind, "path": path, "times": 1})
        with pytest.raises(Outage) as raised:
            await polled.send(who, papers=(Paper("a.pdf", "application/pdf", b"%PDF"),))
        assert not isinstance(raised.value, Unanswered)

    assert not await polled.shown(who)


async def test_of_a_video_there_is_no_file(polled: VkStand) -> None:
    who = await polled.person()

    await polled.sends(who, "video", b"film")

    (heard,) = await polled.inbound()
    (video,) = heard.attachments
    assert video.kind == "video"
    with pytest.raises(Unsayable):
        await polled.channel.fetch(video)


async def test_nobody_of_this_id_is_shut(polled: VkStand) -> None:
    for who in ("987654321", "no number", "-5"):
        with pytest.raises(Shut):
            await polled.send(who, "?")


async def test_what_was_read_is_told(polled: VkStand) -> None:
    who = await polled.met()
    sent = await polled.send(who, "Мастер едет")

    await polled._acts(who, "read")

    assert (await polled.delivery(sent)).fate is Fate.READ


async def test_two_communities_know_nothing_of_each_other(polled: VkStand) -> None:
    masters = Vk(Role.MASTER, token=MASTER_TOKEN, group_id=MASTER_GROUP, clock=polled.clock, url=polled.url)
    await masters.stand(None)
    who = await polled.met()

    with pytest.raises(Shut):
        await masters.send(polled.address(who), Reply("Заявка"), key="k")
    await polled._acts(who, "say", text="Я мастер", group=MASTER_GROUP)
    batch = await masters.listen("0")

    (heard,) = batch.arrivals
    assert isinstance(heard, Inbound)
    assert (heard.role, heard.key.split(":")[0]) == (Role.MASTER, "vk-master")
    await masters.close()


# Buttons

CHOICES = [Button(f"Вариант {number}", choice=f"pick:{number}:1") for number in range(10)]
PLACE = Button("Где вы?", asks=Ask.LOCATION)
PAGE = Button("Страница", url="https://naryad.example/jobs/1")


@pytest.mark.parametrize(
    ("buttons", "rows"),
    [
        (CHOICES[:1], [1]),
        (CHOICES[:3], [2, 1]),
        ([Button("Да", choice="yes:1:1"), Button("Нет", choice="no:1:1")], [2]),
        ([replace(each, label=f"{each.label} подлиннее") for each in CHOICES[:6]], [1] * 6),
        ([replace(each, label=f"{each.label} подлиннее") for each in CHOICES[:7]], [2, 2, 2, 1]),
        (CHOICES, [2] * 5),
        ([*CHOICES[:9], PLACE], [2, 2, 2, 2, 1, 1]),
        ([PLACE], [1]),
        ([PAGE, PLACE], [1, 1]),
    ],
)
async def test_buttons_stand_in_rows_that_vk_takes(
    polled: VkStand, buttons: list[Button], rows: list[int]
) -> None:
    who = await polled.met()

    await polled.send(who, "Выберите", buttons=tuple(buttons))

    told = json.loads(keyboard(buttons) or "")
    assert [len(row) for row in told["buttons"]] == rows
    assert len((await polled.shown(who))[0].buttons) == len(buttons)


def test_without_buttons_there_is_no_keyboard() -> None:
    assert keyboard(()) is None
    assert keyboard([Button("Телефон", asks=Ask.CONTACT)]) is None


# Reading

PERSON = 1_001
MESSAGE = {
    "id": 7,
    "date": 1_772_442_000,
    "from_id": PERSON,
    "peer_id": PERSON,
    "out": 0,
    "conversation_message_id": 3,
    "text": "Капает кран",
    "attachments": [],
}


def read(type: str, object: object, **event: object) -> Arrival | None:
    reader = Reader(door="vk-client", role=Role.CLIENT)
    return reader.read(
        {"type": type, "object": object, "group_id": GROUP, "event_id": "e1", **event}, at=MORNING
    )


def heard(**changes: object) -> Inbound:
    told = read("message_new", {"message": {**MESSAGE, **changes}, "client_info": {"lang_id": 3}})
    assert isinstance(told, Inbound)
    return told


def test_a_message_is_read() -> None:
    told = heard()

    assert (told.text, told.message_id, told.lang, told.key) == ("Капает кран", "7", "en", "vk-client:e1")
    assert told.sent_at == datetime.fromtimestamp(1_772_442_000, UTC)


@pytest.mark.parametrize(
    "event",
    [
        ("message_new", {"message": {**MESSAGE, "peer_id": 2_000_000_001}}),
        ("message_new", {"message": {**MESSAGE, "from_id": -5, "peer_id": -5}}),
        ("message_new", {"message": {**MESSAGE, "out": 1}}),
        ("message_edit", {**MESSAGE, "from_id": -GROUP, "out": 1}),
        ("message_reply", {**MESSAGE, "out": 1}),
        ("message_typing_state", {"from_id": PERSON, "to_id": -GROUP, "state": "typing"}),
        ("wall_post_new", {"id": 1}),
        ("something_new", "in another shape"),
    ],
    ids=["of many", "of a community", "ours", "our edit", "our reply", "typing", "wall", "unknown"],
)
def test_what_tells_us_nothing_is_passed_over(event: tuple[str, object]) -> None:
    assert read(*event) is None


@pytest.mark.parametrize(
    ("type", "object"),
    [
        ("message_new", None),
        ("message_new", {"message": {**MESSAGE, "from_id": "somebody"}}),
        ("message_new", {"message": {**MESSAGE, "date": 10**30}}),
        ("message_event", {"user_id": PERSON}),
        ("message_allow", []),
    ],
)
def test_what_is_meant_for_us_and_cannot_be_read_is_kept(type: str, object: object) -> None:
    told = read(type, object)

    assert isinstance(told, Unread)
    assert told.key == "vk-client:e1"
    assert json.loads(told.raw)["type"] == type


@pytest.mark.parametrize("id", [None, "", 5, "ё", "x" * 200])
def test_an_event_without_an_id_has_a_key_of_its_own(id: object) -> None:
    first, second = (
        read("message_new", {"message": MESSAGE}, event_id=id),
        read("message_new", {"message": MESSAGE}, event_id=id),
    )

    assert first is not None
    assert first == second
    assert first.key.startswith("vk-client:")
    assert len(first.key) < 100


def test_the_largest_picture_is_taken() -> None:
    sizes = [
        {"type": "s", "width": 75, "height": 56, "url": "https://vk/s"},
        {"type": "w", "width": 2_560, "height": 1_920, "url": "https://vk/w"},
        {"type": "x", "width": 604, "height": 453, "url": "https://vk/x"},
    ]

    told = heard(attachments=[{"type": "photo", "photo": {"id": 1, "owner_id": 1, "sizes": sizes}}])

    assert told.attachments == (Attachment("photo", "https://vk/w"),)


def test_what_is_forwarded_belongs_to_the_message() -> None:
    voice = {
        "id": 1,
        "owner_id": 1,
        "duration": 3,
        "link_ogg": "https://vk/ogg",
        "link_mp3": "https://vk/mp3",
    }
    forwarded = {
        "from_id": 5,
        "text": "Течёт",
        "attachments": [{"type": "audio_message", "audio_message": voice}],
    }

    told = heard(text="", fwd_messages=[forwarded])

    assert told.text == "Течёт"
    assert told.attachments == (Attachment("voice", "https://vk/ogg"),)


def test_a_sticker_is_a_message_with_nothing_in_it() -> None:
    told = heard(text="", attachments=[{"type": "sticker", "sticker": {"sticker_id": 1}}])

    assert (told.text, told.attachments) == ("", ())


@pytest.mark.parametrize(
    ("parts", "text", "choice", "source"),
    [
        ({"text": "Да", "payload": '{"choice":"yes:1:2"}'}, "Да", "yes:1:2", ""),
        ({"text": "Да", "payload": "{not json"}, "Да", "", ""),
        ({"text": "Да", "payload": '["choice"]'}, "Да", "", ""),
        ({"text": "Начать", "payload": '{"command":"start"}', "ref": "flyer-7"}, "/start", "", "flyer-7"),
        ({"text": "Добрый день", "ref": "", "ref_source": "wall"}, "Добрый день", "", "wall"),
    ],
)
def test_what_a_button_or_a_link_carried_is_told(
    parts: dict[str, str], text: str, choice: str, source: str
) -> None:
    told = heard(**parts)

    assert (told.text, told.choice, told.source) == (text, choice, source)


@pytest.mark.parametrize("payload", [{"choice": "yes:1:2"}, '{"choice":"yes:1:2"}'])
def test_a_press_is_told_with_its_handle(payload: object) -> None:
    event = {"user_id": PERSON, "peer_id": PERSON, "event_id": "turning", "payload": payload}

    told = read("message_event", {**event, "conversation_message_id": 4})

    assert isinstance(told, Inbound)
    assert (told.choice, told.press, told.sent_at, told.message_id) == ("yes:1:2", "turning", MORNING, "4")


def test_doors_shut_and_open() -> None:
    for type, is_open in (("message_deny", False), ("message_allow", True)):
        told = read(type, {"user_id": PERSON})
        assert isinstance(told, Standing)
        assert (told.sender.chat_id, told.is_open) == ("1001", is_open)


def test_reading_is_told_of_the_last_message() -> None:
    told = read("message_read", {"from_id": PERSON, "peer_id": PERSON, "read_message_id": 9})

    assert isinstance(told, Delivery)
    assert (told.message_id, told.fate) == ("9", Fate.READ)


# What VK's noes mean


@pytest.mark.parametrize(
    ("code", "kind", "wait_s"),
    [
        (6, Outage, 1.0),
        (9, Outage, 60.0),
        (14, Outage, 300.0),
        (29, Outage, 600.0),
        (5, NotLetIn, None),
        (15, NotLetIn, None),
        (27, NotLetIn, None),
        (912, NotLetIn, None),
        (1, Unanswered, None),
        (10, Unanswered, None),
        (7, Shut, None),
        (18, Shut, None),
        (900, Shut, None),
        (901, Shut, None),
        (902, Shut, None),
        (914, Unsayable, None),
        (911, Unsayable, None),
        (100, Unsayable, None),
        (987_654, Unsayable, None),
    ],
)
async def test_each_no_has_its_meaning(code: int, kind: type[Exception], wait_s: float | None) -> None:
    error = {"error": {"error_code": code, "error_msg": "no", "request_params": []}}
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=error))
    ) as http:
        speech = Speech(Wire(provider="VK", url="http://vk", http=http), token=TOKEN)

        with pytest.raises(kind) as raised:
            await speech.ask("messages.send", peer_id=1)

    assert type(raised.value) is kind
    assert getattr(raised.value, "wait_s", None) == wait_s


@pytest.mark.parametrize(
    "body", [{}, {"error": {}}, {"error": "no"}, {"error": {"error_code": "6"}}, {"answer": 1}]
)
async def test_an_answer_of_no_shape_leaves_us_without_one(body: dict[str, Any]) -> None:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    ) as http:
        speech = Speech(Wire(provider="VK", url="http://vk", http=http), token=TOKEN)

        with pytest.raises(Unanswered):
            await speech.ask("messages.send", peer_id=1)


# The simulator is strict, and somebody else's client gets on with it


def key(**action: object) -> str:
    return json.dumps({"inline": True, "buttons": [[{"action": action}]]})


@pytest.mark.parametrize(
    ("method", "asked", "code"),
    [
        ("messages.sing", {}, 3),
        ("users.get", {"access_token": "wrong"}, 5),
        ("users.get", {"v": ""}, 8),
        ("groups.getLongPollServer", {}, 100),
        ("groups.getLongPollServer", {"group_id": "1"}, 15),
        ("groups.addCallbackServer", {"group_id": str(GROUP), "url": "http://x", "title": "t" * 15}, 100),
        ("messages.send", {"peer_id": "1001", "message": "a"}, 100),
        ("messages.send", {"peer_id": "1001", "random_id": "1"}, 100),
        ("messages.send", {"peer_id": "1001", "random_id": "1", "message": "a", "colour": "red"}, 100),
        ("messages.send", {"peer_id": "1001", "random_id": "x", "message": "a"}, 100),
        ("messages.send", {"peer_id": "1001", "random_id": "1", "attachment": "photo-1_1"}, 100),
        ("messages.send", {"peer_id": "5", "random_id": "1", "message": "a"}, 901),
        ("messages.send", {"peer_id": "1001", "random_id": "1", "message": "a" * 4_097}, 914),
        *(
            ("messages.send", {"peer_id": "1001", "random_id": "1", "message": "a", "keyboard": each}, 911)
            for each in (
                "not json",
                key(type="callback", label="a" * 41, payload="{}"),
                key(type="callback", label="a", payload="not json"),
                key(type="callback", label="a", payload=json.dumps("a" * 255)),
                key(type="open_link", label="a", link="naryad.example"),
                key(type="location", label="Где?"),
                json.dumps({"inline": True, "buttons": [json.loads(key(type="location"))["buttons"][0] * 2]}),
                json.dumps({"inline": True, "buttons": [[]]}),
            )
        ),
        ("docs.save", {"file": "nothing"}, 105),
        ("messages.sendMessageEventAnswer", {"event_id": "x", "user_id": "1001", "peer_id": "1001"}, 100),
    ],
)
async def test_the_simulator_is_strict(
    clock: FakeClock, chance: SystemChance, method: str, asked: dict[str, str], code: int
) -> None:
    app = build(clock=clock, chance=chance, groups={TOKEN: GROUP})
    form = {"access_token": TOKEN, "v": "5.199", **asked}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://vk") as client:
        await client.post("/_sim/people", json={})
        await client.post("/_sim/chats/1001/say", json={"text": "Здравствуйте"})
        answer = (await client.post(f"/method/{method}", data=form)).json()

    assert answer["error"]["error_code"] == code
    assert TOKEN not in json.dumps(answer)


WITNESS = """
import asyncio, sys
from vkbottle import API, Callback, Keyboard, PhotoMessageUploader
from vkbottle.polling import BotPolling

url, token, group, person = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
API.API_URL = f"{url}/method/"

async def main():
    api = API(token)
    polling = BotPolling(api, group_id=group, wait=1)
    server = await polling.get_server()
    server["ts"] = "0"
    told = await polling.get_event(server)
    assert [each["type"] for each in told["updates"]] == ["message_new"], told
    buttons = Keyboard(inline=True).add(Callback("Да", payload={"choice": "yes:1:1"})).get_json()
    photo = await PhotoMessageUploader(api).upload(b"picture", peer_id=person)
    sent = await api.messages.send(
        peer_id=person, random_id=5, message="Здравствуйте", keyboard=buttons, attachment=photo
    )
    again = await api.messages.send(peer_id=person, random_id=5, message="Здравствуйте")
    assert sent == again, (sent, again)
    found = await api.groups.get_callback_servers(group_id=group)
    assert found.count == 0, found
    await api.http_client.close()

asyncio.run(main())
"""


async def test_vkbottle_gets_on_with_the_simulator(polled: VkStand) -> None:
    who = await polled.met()

    witness = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WITNESS, polled.url, TOKEN, str(GROUP), who),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await witness.communicate()

    assert witness.returncode == 0, said.decode()
    (shown,) = await polled.shown(who)
    assert (shown.text, shown.buttons[0].label, shown.files[0].bytes) == ("Здравствуйте", "Да", 7)
