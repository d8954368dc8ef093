"""Telegram: the suite of channels in both modes, and what is special to it."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.telegram import CLIENT_TOKEN, build
from channels.telegram import Telegram
from channels.telegram.reading import Reader
from core.kernel.refusal import Outage, Shut, Unsayable
from core.knock import Knock
from core.messages import Ask, Attachment, Button, Inbound, Paper, Reply, Role, Standing, Unread
from core.ports import Channel
from core.wire import READ_S, NotLetIn, trust
from tests.channels.contract import PHOTO, Contract, Door, Mode, Stand
from tests.channels.stand import served
from tests.fakes.clock import FakeClock

SECRET = "a_secret-of-Ours"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
POLL_S = 2


class TelegramStand(Stand):
    """The client bot and its simulator."""

    def make(
        self, *, url: str | None = None, secret: str | None = None, read_s: float | None = None
    ) -> Channel:
        return Telegram(
            secret or CLIENT_TOKEN,
            role=Role.CLIENT,
            clock=self.clock,
            secret=SECRET,
            url=url or self.url,
            read_s=read_s or READ_S,
            poll_s=POLL_S,
        )

    def forge(self, knock: Knock) -> Sequence[Knock]:
        bare = {name: value for name, value in knock.headers.items() if name != SECRET_HEADER}
        return (
            replace(knock, headers=bare),
            *(
                replace(knock, headers={**bare, SECRET_HEADER: wrong})
                for wrong in ("", SECRET[:-1], f"{SECRET}x", SECRET.upper(), "секрет")
            ),
        )


@asynccontextmanager
async def standing(
    door: Door, clock: FakeClock, chance: SystemChance, mode: Mode
) -> AsyncIterator[TelegramStand]:
    """Serve the simulator and stand the client bot before it."""
    urls: list[str] = []

    def simulated(url: str) -> FastAPI:
        urls.append(url)
        return build(clock=clock, chance=chance, pace=0)

    async with served(simulated) as app:
        stand = TelegramStand(
            url=urls[0],
            door=door,
            clock=clock,
            secrets=(CLIENT_TOKEN, CLIENT_TOKEN.replace(":", "%3A"), SECRET),
            send_path=f"/bot{CLIENT_TOKEN}/send",
        )
        await stand.open(mode)
        try:
            yield stand
        finally:
            await stand.close()
            await app.state.wire.sender.close()


class TestTelegram(Contract):
    @pytest.fixture(params=list(Mode))
    async def stand(
        self, request: pytest.FixtureRequest, door: Door, clock: FakeClock, chance: SystemChance
    ) -> AsyncIterator[Stand]:
        async with standing(door, clock, chance, request.param) as stand:
            yield stand


@pytest.fixture
async def stand(door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[TelegramStand]:
    async with standing(door, clock, chance, Mode.POLL) as stand:
        yield stand


async def act(stand: Stand, who: str, act: str, **told: Any) -> Any:
    return await stand._sim("POST", f"/chats/{who}/{act}", told)


# What we show


async def test_nothing_is_markup_and_no_link_is_previewed(
    door: Door, clock: FakeClock, chance: SystemChance
) -> None:
    async with standing(door, clock, chance, Mode.POLL) as stand:
        who = await stand.met()
        await stand.send(who, "<b>Смета</b>: https://naryad.example")
        log = await stand._sim("GET", "/log")

    (told,) = [json.loads(each["body"]) for each in log["received"] if each["path"].endswith("/sendMessage")]
    assert "parse_mode" not in told
    assert told["link_preview_options"] == {"is_disabled": True}


async def test_a_page_of_ours_opens_inside_if_it_is_safe(stand: TelegramStand) -> None:
    who = await stand.met()
    app = Button("Терминал", url="https://naryad.example/terminal", is_app=True)
    await stand.send(who, "Ваш терминал", buttons=(app,))

    opened = await act(stand, who, "press", label="Терминал")

    assert opened["url"] == app.url
    assert "hash=" in opened["init_data"]
    plain = replace(app, url="http://naryad.example/terminal")  # Telegram opens no such page inside
    await stand.send(who, "Ваш терминал", buttons=(plain,))
    assert "init_data" not in await act(stand, who, "press", label="Терминал")


async def test_a_question_for_a_phone_keeps_the_choices_and_the_links_beside_it(stand: TelegramStand) -> None:
    who = await stand.met()
    buttons = (
        Button("Отправить телефон", asks=Ask.CONTACT),
        Button("Потом", choice="later:x:1"),
        Button("Правила", url="https://naryad.example/privacy"),
    )
    await stand.send(who, "Куда звонить?", buttons=buttons)

    (shown,) = await stand.shown(who)
    assert [(each.label, each.asks) for each in shown.buttons] == [
        ("Отправить телефон", "contact"),
        ("Потом", ""),
    ]
    assert shown.text == "Куда звонить?\nПравила: https://naryad.example/privacy"
    await stand.presses(who, "Потом")
    (heard,) = await stand.inbound()
    assert (heard.text, heard.choice) == ("Потом", "")
    await stand.presses(who, "Отправить телефон")
    (heard,) = await stand.inbound()
    assert heard.contact is not None
    assert heard.contact.is_own


async def test_the_keyboard_of_a_question_goes_with_the_next_message(stand: TelegramStand) -> None:
    who = await stand.met()
    await stand.send(who, "Где вы?", buttons=(Button("Показать", asks=Ask.LOCATION),))
    await stand.send(who, "Спасибо")

    assert (await _sim_fails(stand, f"/chats/{who}/press", label="Показать")) == 404


async def test_a_choice_too_long_for_telegram_is_never_taken(stand: TelegramStand) -> None:
    who = await stand.met()

    await stand.send(who, "Берёте?", buttons=(Button("Да", choice="x" * 64),))
    with pytest.raises(Unsayable):
        await stand.send(who, "Берёте?", buttons=(Button("Да", choice="ж" * 33),))


@pytest.mark.parametrize(
    ("paper", "type"),
    [
        (Paper("QR.png", "image/png", PHOTO), "photo"),
        (Paper("QR.png", "image/png", b"no picture"), "document"),
        (Paper("Заказ К-4827.pdf", "application/pdf", b"%PDF-1.4"), "document"),
    ],
)
async def test_a_picture_is_shown_and_the_rest_is_a_file(
    stand: TelegramStand, paper: Paper, type: str
) -> None:
    who = await stand.met()

    await stand.send(who, "Вот", papers=(paper,), buttons=(Button("Да", choice="a:b:1"),))

    (shown,) = await stand.shown(who)
    assert (shown.text, shown.files[0].name, shown.files[0].bytes) == ("Вот", paper.name, len(paper.content))
    assert shown.buttons[0].choice == "a:b:1"
    log = await stand._sim("GET", "/log")
    sent = [each["path"].rsplit("/", 1)[-1] for each in log["received"] if "/send" in each["path"]]
    assert sent[-1] == f"send{type.title()}"


async def test_a_file_beyond_telegrams_limit_is_not_sent(stand: TelegramStand) -> None:
    who = await stand.met()
    huge = Paper("a.pdf", "application/pdf", bytes(50 * 1024 * 1024 + 1))

    with pytest.raises(Unsayable):
        await stand.send(who, "Вот", papers=(huge,))


# What we hear


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"kind": "video_note"}, "video"),
        ({"kind": "audio", "name": "кран.m4a", "type": "audio/mp4"}, "voice"),
        ({"kind": "file", "name": "снимок.heic", "type": "image/heic"}, "photo"),
        ({"kind": "file", "name": "кран.mov", "type": "video/quicktime"}, "video"),
        ({"kind": "file", "name": "смета.pdf", "type": "application/pdf"}, "file"),
    ],
)
async def test_each_kind_of_file_is_what_it_holds(
    stand: TelegramStand, sent: dict[str, str], kind: str
) -> None:
    who = await stand.person()

    await act(stand, who, "send", content=base64.b64encode(b"12345").decode(), **sent)

    (heard,) = await stand.inbound()
    (file,) = heard.attachments
    assert (file.kind, file.bytes) == (kind, 5)
    assert file.name == sent.get("name", "")
    assert await stand.channel.fetch(file) == b"12345"


async def test_an_album_comes_as_so_many_messages_with_the_largest_sizes(stand: TelegramStand) -> None:
    who = await stand.person()
    large = base64.b64encode(b"x" * 500).decode()
    for caption in ("кран", "", ""):
        await act(stand, who, "send", kind="photo", content=large, caption=caption, album="1")

    heard = await stand.inbound(3)

    assert [each.text for each in heard] == ["кран", "", ""]
    assert [file.bytes for each in heard for file in each.attachments] == [500] * 3


async def test_a_file_of_more_than_twenty_megabytes_cannot_be_had(stand: TelegramStand) -> None:
    who = await stand.person()
    await act(stand, who, "send", kind="video", content="eA==", bytes=20 * 1024 * 1024 + 1)
    (heard,) = await stand.inbound()

    with pytest.raises(Unsayable):
        await stand.channel.fetch(heard.attachments[0])
    with pytest.raises(Unsayable):  # as Telegram itself says
        await stand.channel.fetch(replace(heard.attachments[0], bytes=None))


async def test_a_sticker_says_its_emoji(stand: TelegramStand) -> None:
    who = await stand.person()

    await act(stand, who, "send", kind="sticker", emoji="👍")

    (heard,) = await stand.inbound()
    assert (heard.text, heard.attachments) == ("👍", ())


async def test_a_press_carries_who_and_where(stand: TelegramStand) -> None:
    who = await stand.met(name="Борис")
    await stand.send(who, "Берёте?", buttons=(Button("Да", choice="take:1:1"),))

    await stand.presses(who, "Да")

    (heard,) = await stand.inbound()
    assert (heard.choice, heard.name, heard.lang, heard.sent_at) == (
        "take:1:1",
        "Борис",
        "ru",
        stand.clock.now(),
    )
    stand.clock.advance(minutes=16)
    await stand.channel.acknowledge(heard)  # too late for Telegram: nothing is lost


ANNA = {"id": 7, "is_bot": False, "first_name": "Анна", "last_name": "К.", "language_code": "en-GB"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -100, "type": "supergroup", "title": "Соседи"}
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def read(**update: Any) -> Any:
    arrivals = Reader(Role.MASTER).arrivals({"update_id": 5, **update}, now=NOW)
    return arrivals[0] if arrivals else None


def message(**parts: Any) -> dict[str, Any]:
    return {"message_id": 3, "from": ANNA, "chat": PRIVATE, "date": 1_772_442_000, **parts}


@pytest.mark.parametrize(
    "update",
    [
        {"message": message(chat=GROUP, text="кто-нибудь?")},
        {"message": {"chat": GROUP, "shape": "unknown"}},
        {"edited_message": message(location={"latitude": 1.0, "longitude": 2.0, "live_period": 60})},
        {"message": message(pinned_message={})},
        {"message": message(dice={"emoji": "🎲", "value": 1})},
        {"message": message(sticker={"file_id": "x"})},
        {"my_chat_member": {"chat": GROUP, "from": ANNA, "date": 1, "new_chat_member": {"status": "member"}}},
        {"callback_query": {"id": "1", "from": ANNA, "data": "x", "inline_message_id": "y"}},
        {"channel_post": {"message_id": 1, "chat": {"id": -1, "type": "channel"}, "text": "новость"}},
        {"poll": {"id": "1"}},
        {},
    ],
)
def test_groups_and_what_says_nothing_are_let_be(update: dict[str, Any]) -> None:
    assert read(**update) is None


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ({"message": {"chat": PRIVATE, "text": "кран"}}, "message_id"),
        ({"message": message(contact={"phone": 7})}, "phone_number"),
        ({"message": message(date=10**30)}, "date"),
        ({"business_message": message(text="кран")}, "new kind"),
    ],
)
def test_words_in_a_shape_we_cannot_read_are_kept(update: dict[str, Any], reason: str) -> None:
    found = read(**update)

    assert isinstance(found, Unread)
    assert found.key == "telegram-master:5"
    assert reason in found.reason
    assert "кран" not in found.reason
    assert json.loads(found.raw) == {"update_id": 5, **update}


def test_a_message_is_read_whole() -> None:
    found = read(message=message(text="/start", entities=[{"type": "bot_command", "offset": 0, "length": 6}]))

    assert isinstance(found, Inbound)
    assert (found.key, found.message_id, found.text, found.source) == ("telegram-master:5", "3", "/start", "")
    assert (found.name, found.lang, found.sent_at) == ("Анна К.", "en", NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start flyer-7", ("/start", "flyer-7")),
        ("/start", ("/start", "")),
        ("/starter кран", ("/starter кран", "")),
        ("кран /start x", ("кран /start x", "")),
    ],
)
def test_only_a_deep_link_is_a_source(text: str, expected: tuple[str, str]) -> None:
    found = read(message=message(text=text))

    assert (found.text, found.source) == expected


@pytest.mark.row("L21")
@pytest.mark.parametrize(
    ("contact", "phone", "is_own"),
    [
        ({"phone_number": "79110000001", "user_id": 7}, "+79110000001", True),
        ({"phone_number": "+79110000001", "user_id": 8}, "+79110000001", False),
        ({"phone_number": "+7 (911) 000-00-01"}, "+79110000001", False),
        ({"phone_number": "89110000001"}, "+79110000001", False),
        ({"phone_number": "4915112345678", "user_id": 7}, "+4915112345678", True),
    ],
)
def test_a_phone_is_written_one_way_and_his_own_by_telegrams_word(
    contact: dict[str, Any], phone: str, is_own: bool
) -> None:
    found = read(message=message(contact={"first_name": "Анна", **contact}))

    assert (found.contact.phone, found.contact.is_own) == (phone, is_own)


def test_a_place_with_a_name_says_it() -> None:
    place = {"latitude": 54.71, "longitude": 20.45}
    found = read(
        message=message(location=place, venue={"location": place, "title": "Дом", "address": "Мира, 1"})
    )

    assert (found.location.lat, found.text) == (54.71, "Дом, Мира, 1")


@pytest.mark.parametrize(("status", "is_open"), [("kicked", False), ("left", False), ("member", True)])
def test_who_blocks_the_bot_shuts_the_door(status: str, is_open: bool) -> None:
    body = {"chat": PRIVATE, "from": ANNA, "date": 1_772_442_000, "new_chat_member": {"status": status}}

    found = read(my_chat_member=body)

    assert isinstance(found, Standing)
    assert (found.is_open, found.sender.chat_id, found.at) == (is_open, "7", NOW)


# Standing and listening


async def test_the_webhook_is_set_again_once_it_is_gone(
    door: Door, clock: FakeClock, chance: SystemChance
) -> None:
    async with standing(door, clock, chance, Mode.WEBHOOK) as stand:
        who = await stand.met()
        await _call(stand, "deleteWebhook")
        await stand.says(who, "есть кто?")
        await stand.channel.stand(door.url)
        (heard,) = await stand.inbound()
        before = len((await stand._sim("GET", "/log"))["received"])
        await stand.channel.stand(door.url)
        after = (await stand._sim("GET", "/log"))["received"][before:]

    assert heard.text == "есть кто?"
    assert [each["path"].rsplit("/", 1)[-1] for each in after] == ["getWebhookInfo"]


async def test_no_webhook_stands_without_a_secret(stand: TelegramStand) -> None:
    bare = Telegram(CLIENT_TOKEN, role=Role.CLIENT, clock=stand.clock, url=stand.url)

    with pytest.raises(ValueError, match="secret"):
        await bare.stand("https://naryad.example/webhooks/telegram-client")
    await bare.close()


async def test_two_who_ask_for_updates_are_told_of_each_other(stand: TelegramStand) -> None:
    await stand._stop()
    first = asyncio.create_task(stand.channel.listen(None))
    await asyncio.sleep(0.05)
    other = stand.lend()
    second = asyncio.create_task(other.listen(None))

    with pytest.raises(Outage, match="other getUpdates"):
        await first
    second.cancel()


async def test_polling_beside_a_webhook_is_an_outage_until_we_stand(
    door: Door, clock: FakeClock, chance: SystemChance
) -> None:
    async with standing(door, clock, chance, Mode.WEBHOOK) as stand:
        with pytest.raises(Outage, match="webhook is active"):
            await stand.channel.listen(None)


# Trouble


@pytest.mark.parametrize("chat", ["", "x", "1 2", "7000000999"])
async def test_a_chat_that_cannot_be_is_shut(stand: TelegramStand, chat: str) -> None:
    with pytest.raises(Shut):
        await stand.send(chat, "Есть кто?")


async def test_a_token_of_no_shape_is_told_apart_from_a_chat_of_none(stand: TelegramStand) -> None:
    with pytest.raises(NotLetIn):
        await stand.lend(secret="no-token").send(stand.address("7"), Reply("x"), key="k")
    with pytest.raises(NotLetIn):
        await stand.lend(secret="1000001:another").fetch(Attachment("photo", "x"))


async def test_calls_go_through_the_proxy(stand: TelegramStand) -> None:
    """A plain proxy sees whole addresses; here the simulator plays one, for any host."""
    who = await stand.met()
    through = Telegram(
        CLIENT_TOKEN,
        role=Role.CLIENT,
        clock=stand.clock,
        url="http://api.telegram.invalid",
        proxy=stand.url,
    )

    await through.send(stand.address(who), Reply("Через посредника"), key="k")

    await through.close()
    assert [each.text for each in await stand.shown(who)] == ["Через посредника"]


# The simulator is as strict as Telegram, and stricter


@pytest.mark.parametrize(
    ("method", "told", "status", "words"),
    [
        ("sendNothing", {}, 404, "Not Found"),
        ("sendMessage", {"chat_id": 1}, 400, "Bad Request: message text is empty"),
        ("sendMessage", {"text": "x"}, 400, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": 1, "text": "x"}, 400, "Bad Request: chat not found"),
        ("sendMessage", {"chat_id": 1, "text": "x", "silent": 1}, 400, 'unknown parameter "silent"'),
        ("sendMessage", {"chat_id": 1, "text": 5}, 400, '"text" must be of type String'),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "{"}, 400, "can't parse reply keyboard"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "[]"}, 400, "object expected as reply"),
        ("getFile", {"file_id": "x"}, 400, "wrong file_id or the file is temporarily unavailable"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, 400, "query is too old"),
        ("setWebhook", {"url": "http://naryad.example"}, 400, "An HTTPS URL must be provided for webhook"),
        ("setWebhook", {"url": "https://naryad.example:8000"}, 400, "only on ports 80, 88, 443 or 8443"),
        ("setWebhook", {"url": "https://n.ru", "secret_token": "ы"}, 400, "contains unallowed characters"),
        ("getUpdates", {"timeout": "x"}, 400, '"timeout" must be of type Integer'),
    ],
)
async def test_the_simulator_refuses_in_telegrams_words(
    stand: TelegramStand, method: str, told: dict[str, Any], status: int, words: str
) -> None:
    answer = await _call(stand, method, **told)

    assert answer.status_code == status
    assert answer.json()["error_code"] == status
    assert words in answer.json()["description"]


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "a"}, "Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "a"}, 'Can\'t find field "text"'),
        ({"text": "a", "callback_data": "ж" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "url": "http://localhost/x"}, "Wrong HTTP URL"),
        ({"text": "a", "web_app": {"url": "http://naryad.example"}}, "Only HTTPS links are allowed"),
        ({"text": "a", "url": "https://n.ru", "callback_data": "b"}, "exactly one action"),
    ],
)
async def test_the_simulator_refuses_wrong_buttons(
    stand: TelegramStand, button: dict[str, Any], words: str
) -> None:
    markup = {"inline_keyboard": [[button]]}

    answer = await _call(stand, "sendMessage", chat_id=1, text="x", reply_markup=markup)

    assert words in answer.json()["description"]


async def test_an_untaken_update_is_kept_for_a_day(stand: TelegramStand) -> None:
    await stand._stop()
    who = await stand.person()
    await stand.says(who, "первое")
    stand.clock.advance(hours=23)
    await stand.says(who, "второе")
    stand.clock.advance(hours=2)

    batch = await stand.channel.listen(None)

    assert [each.text for each in batch.arrivals if isinstance(each, Inbound)] == ["второе"]


async def test_aiograms_own_bot_is_served_too(stand: TelegramStand) -> None:
    """Another client than ours, which reads every answer strictly."""
    from aiogram import Bot  # noqa: PLC0415 - only here
    from aiogram.client.session.aiohttp import AiohttpSession  # noqa: PLC0415
    from aiogram.client.telegram import TelegramAPIServer  # noqa: PLC0415
    from aiogram.types import BufferedInputFile  # noqa: PLC0415

    who = await stand.met()
    await stand._stop()
    async with Bot(CLIENT_TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(stand.url))) as bot:
        assert (await bot.get_me()).id == bot.id
        sent = await bot.send_message(who, "Здравствуйте")
        await sent.edit_text("Добрый день")
        await bot.send_photo(who, BufferedInputFile(PHOTO, "a.png"), caption="кран")
        await stand.sends(who, "video", b"video")
        (update,) = await bot.get_updates(offset=int((stand.mark or "0").rpartition(":")[2]), timeout=1)
        assert update.message is not None
        assert update.message.video is not None
        file = await bot.download(update.message.video.file_id)
        assert file is not None
        assert file.read() == b"video"
        assert await bot.set_my_commands([])
        await bot.delete_message(who, sent.message_id)

    assert [each.text for each in await stand.shown(who)] == ["кран"]


async def _call(stand: Stand, method: str, **told: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=stand.url, verify=trust()) as client:
        return await client.post(f"/bot{CLIENT_TOKEN}/{method}", json=told)


async def _sim_fails(stand: Stand, path: str, **told: Any) -> int:
    async with httpx.AsyncClient(base_url=stand.url, verify=trust()) as client:
        return (await client.post(f"/_sim{path}", json=told)).status_code


@pytest.mark.parametrize("mark", ["999999999", "4242:999999999", "", "x", "x:y", ":", "-1"])
async def test_a_mark_of_another_bot_confirms_nothing(stand: TelegramStand, mark: str) -> None:
    await stand._stop()
    who = await stand.person()
    await stand.says(who, "не теряйте меня")

    batch = await stand.channel.listen(mark)

    assert [each.text for each in batch.arrivals if isinstance(each, Inbound)] == ["не теряйте меня"]
