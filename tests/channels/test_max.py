"""MAX keeps the contract, and what is special to it."""

import json
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from hmac import new as hmac_of
from http import HTTPStatus
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import Response

from bots.chance import SystemChance
from bots.simulators.max import build
from bots.simulators.max.hook import RETRIES
from channels.max import Max
from channels.max.card import read as read_card
from channels.max.client import BUSY_S, Reach
from channels.max.reading import KINDS, Reader
from channels.max.saying import kind_of
from core.kernel.refusal import Outage, Shut, Unsayable
from core.knock import Forged, Knock
from core.messages import Address, Arrival, Button, Contact, Inbound, Paper, Reply, Role, Standing, Unread
from core.wire import NotLetIn
from tests.channels.contract import BILL, PHOTO, Contract, Door, Mode, Stand
from tests.channels.stand import served
from tests.fakes.clock import FakeClock

TOKEN = "f9LHodD0cOJ" + "max1"
SECRET = "a-secret_of-max"
BOT = "naryad_bot"
OTHER_TOKEN, OTHER_BOT = "f9LHodD0cOK" + "max2", "naryad_master_bot"


@dataclass
class MaxStand(Stand):
    """MAX with one bot, and people who talk to it."""

    app: FastAPI = field(default_factory=FastAPI)

    def make(
        self,
        *,
        url: str | None = None,
        secret: str | None = None,
        read_s: float | None = None,
        listen_s: int = 1,
        app: str = "",
        tries: int = 2,
    ) -> Max:
        reach = Reach(url or self.url) if read_s is None else Reach(url or self.url, read_s=read_s)
        return Max(
            token=secret or TOKEN,
            role=Role.CLIENT,
            secret=SECRET,
            app=app,
            reach=reach,
            listen_s=listen_s,
            not_ready_s=(0.0,) * tries,
        )

    def forge(self, knock: Knock) -> Sequence[Knock]:
        name = "x-max-bot-api-secret"
        bare = {key: value for key, value in knock.headers.items() if key != name}
        wrong = ("", SECRET[:-1], f"{SECRET}x", SECRET.upper(), "секрет")
        return [
            replace(knock, headers=bare),
            *(replace(knock, headers={**bare, name: each}) for each in wrong),
        ]

    async def switch(self, mode: Mode) -> None:
        """Without a mark MAX tells only the last thing that happened: one is had before anything does."""
        if mode is Mode.POLL and self.mark is None:
            await self.channel.stand(None)
            self.mark = (await self.lend(listen_s=0).listen(None)).mark
        await super().switch(mode)

    async def starts(self, who: str, source: str) -> None:
        """Whoever starts the bot opens its door, and says so by it."""
        await super().starts(who, source)
        await self._until(lambda: any(isinstance(each, Standing) for each in self.written[self._taken :]))
        (opened,) = [each for each in self.written[self._taken :] if isinstance(each, Standing)]
        assert opened.is_open
        self.written.remove(opened)

    async def asks(self, method: str, path: str, *, token: str = TOKEN, **parts: Any) -> httpx.Response:
        """Ask MAX something that our channel would not."""
        async with httpx.AsyncClient(base_url=self.url) as client:
            return await client.request(method, path, headers={"Authorization": token}, **parts)

    def received(self, path: str) -> list[dict[str, Any]]:
        """Return what came to a path."""
        return [each for each in self.app.state.wire.received if each["path"] == path]


@pytest.fixture(params=[Mode.WEBHOOK, Mode.POLL])
async def stand(
    request: pytest.FixtureRequest, door: Door, clock: FakeClock, chance: SystemChance
) -> AsyncIterator[Stand]:
    urls: list[str] = []

    def simulated(url: str) -> FastAPI:
        urls.append(url)
        bots = {TOKEN: BOT, OTHER_TOKEN: OTHER_BOT}
        return build(clock=clock, chance=chance, url=url, bots=bots, pace=0)

    async with served(simulated) as app:
        made = MaxStand(
            url=urls[0], door=door, clock=clock, secrets=(TOKEN, SECRET), send_path="/messages", app=app
        )
        await made.open(request.param)
        yield made
        await made.close()
        await app.state.wire.sender.close()


webhook = pytest.mark.parametrize("stand", [Mode.WEBHOOK], indirect=True)
poll = pytest.mark.parametrize("stand", [Mode.POLL], indirect=True)


class TestMax(Contract):
    """The contract."""


# Standing


@webhook
async def test_a_bot_that_was_forgotten_is_remembered(stand: MaxStand) -> None:
    await stand.asks("DELETE", "/subscriptions", params={"url": stand.door.url})
    who = await stand.person()

    await stand.channel.stand(stand.door.url)
    await stand.channel.stand(stand.door.url)

    await stand.says(who, "дальше")
    assert [each.text for each in await stand.inbound()] == ["дальше"]
    asked = [each["method"] for each in stand.received("/subscriptions")]
    assert asked == ["GET", "POST", "DELETE", "GET", "POST", "GET"]


@webhook
async def test_silence_for_eight_hours_ends_the_subscription(stand: MaxStand) -> None:
    who = await stand.person()
    stand.door.refusals = 1_000

    await stand.says(who, "эй")
    await stand.app.state.wire.sender.settled()
    assert await _addresses(stand) == [stand.door.url]
    stand.clock.advance(hours=8, seconds=1)

    assert await _addresses(stand) == []
    stand.door.refusals = 0
    await stand.channel.stand(stand.door.url)
    assert await _addresses(stand) == [stand.door.url]


@webhook
async def test_an_address_of_before_is_dropped(stand: MaxStand) -> None:
    stranger = "https://old.example/webhooks/x"
    await stand.asks("POST", "/subscriptions", json={"url": stranger})

    await stand.channel.stand(stand.door.url)
    assert await _addresses(stand) == [stand.door.url]

    await stand.channel.stand(None)
    assert await _addresses(stand) == []


@webhook
async def test_an_address_that_is_not_taken_is_an_outage(stand: MaxStand) -> None:
    with pytest.raises(Outage, match="400"):
        await stand.channel.stand("http://naryad.example/webhooks/x")
    with pytest.raises(Outage, match="405"):
        await stand.channel.listen(None)


async def test_without_a_secret_nobody_is_heard() -> None:
    channel = Max(token=TOKEN, role=Role.CLIENT)
    knock = Knock("POST", {}, {"x-max-bot-api-secret": ""}, b"{}", "127.0.0.1")

    with pytest.raises(Forged):
        channel.hear(knock)
    await channel.close()


# Polling


@poll
async def test_the_marker_goes_on_over_a_restart(stand: MaxStand) -> None:
    who = await stand.person()
    await stand.says(who, "раз")
    await stand.inbound()
    mark = stand.mark
    await stand._stop()
    for text in ("два", "три"):
        await stand.says(who, text)

    channel = stand.lend(listen_s=0)
    first, again = await channel.listen(mark), await channel.listen(mark)
    following = await channel.listen(first.mark)

    assert [each.text for each in first.arrivals if isinstance(each, Inbound)] == ["два", "три"]
    assert again == first
    assert following.arrivals == ()
    gone = await channel.listen(mark)
    assert gone.arrivals == ()  # what a later marker has passed is forgotten


# Files


@webhook
async def test_a_file_that_is_not_ready_is_asked_again_a_few_times(stand: MaxStand) -> None:
    who = await stand.met()
    reply = Reply("Ваш чек.", papers=(BILL,))
    for times, taken in ((2, True), (3, False)):
        await stand._sim("POST", "/not-ready", {"times": times})
        before = len(stand.received("/messages"))
        if taken:
            await stand.channel.send(stand.address(who), reply, key="k")
        else:
            with pytest.raises(Outage) as raised:
                await stand.channel.send(stand.address(who), reply, key="k")
            assert raised.value.wait_s == BUSY_S
        assert len(stand.received("/messages")) - before == 3

    assert len(await stand.shown(who)) == 1


@webhook
@pytest.mark.parametrize(
    ("type", "kind"),
    [("image/png", "image"), ("image/svg+xml", "file"), ("video/mp4", "video"), ("audio/mpeg", "audio")],
)
async def test_each_kind_of_file_goes_its_way(stand: MaxStand, type: str, kind: str) -> None:
    who = await stand.met()
    paper = Paper("вот.bin", type, PHOTO)

    await stand.channel.send(stand.address(who), Reply("Вот", papers=(paper,)), key="k")

    ((file,),) = [each.files for each in await stand.shown(who)]
    assert (file.name, file.type, file.bytes) == ("вот.bin", type, len(PHOTO))
    assert kind_of(paper) == kind
    assert [each["query"] for each in stand.received("/uploads")] == [f"type={kind}"]


@webhook
@pytest.mark.parametrize("path", ["/uploads", "/_upload"])
async def test_whatever_becomes_of_an_upload_nothing_was_said(stand: MaxStand, path: str) -> None:
    who = await stand.met()
    for kind in ("refuse", "fail_after", "cut_after", "garbage"):
        await stand._sim("POST", "/faults", {"kind": kind, "path": path})
        with pytest.raises(Outage) as raised:
            await stand.channel.send(stand.address(who), Reply("Чек", papers=(BILL,)), key="k")
        assert type(raised.value) is Outage
        assert BILL.name not in str(raised.value)

    assert not await stand.shown(who)


# Buttons


@webhook
async def test_buttons_stand_beside_each_other_while_they_can_be_read(stand: MaxStand) -> None:
    who = await stand.met()
    labels = ("Да", "Нет", "Позже", "Не сегодня", "Другой", "Вызвать мастера")
    buttons = tuple(Button(each, choice=f"x:{each}:1") for each in labels)

    await stand.send(who, "Что?", buttons=buttons)

    (sent,) = [json.loads(each["body"]) for each in stand.received("/messages")]
    rows = sent["attachments"][0]["payload"]["buttons"]
    assert [[each["text"] for each in row] for row in rows] == [
        ["Да", "Нет", "Позже"],
        ["Не сегодня", "Другой"],
        ["Вызвать мастера"],
    ]


@webhook
async def test_our_pages_open_inside_where_there_is_an_app(stand: MaxStand) -> None:
    who = await stand.met()
    button = Button("Смена", url="https://naryad.example/terminal", is_app=True)
    for channel in (stand.channel, stand.lend(app=BOT)):
        await channel.send(stand.address(who), Reply("Откройте", buttons=(button,)), key="k")

    bodies = [json.loads(each["body"]) for each in stand.received("/messages")]
    (link,), (app,) = [each["attachments"][0]["payload"]["buttons"][0] for each in bodies]
    assert (link["type"], link["url"]) == ("link", button.url)
    assert app == {"type": "open_app", "text": "Смена", "web_app": BOT}


# Noes


NOES: list[tuple[int, dict[str, str] | None, type[Exception]]] = [
    (403, {"code": "chat.denied", "message": "error.dialog.suspended"}, Shut),
    (404, {"code": "dialog.not.found", "message": "error.dialog.notfound"}, Shut),
    (404, {"code": "method.unknown", "message": "?"}, Unsayable),
    (403, {"code": "verify.token", "message": "Invalid access_token"}, NotLetIn),
    (403, {"code": "access.denied", "message": "?"}, Outage),
    (403, None, NotLetIn),
    (401, {"code": "verify.token", "message": "?"}, NotLetIn),
    (429, None, Outage),
    (400, {"code": "proto.payload", "message": "?"}, Unsayable),
]


async def test_noes_are_told_apart() -> None:
    app, urls, noes = FastAPI(), list[str](), iter(NOES)

    @app.post("/messages")
    async def refuse() -> Response:
        status, body, _ = next(noes)
        return Response(json.dumps(body) if body else "<html>", status_code=status)

    def refusing(url: str) -> FastAPI:
        urls.append(url)
        return app

    async with served(refusing):
        channel = Max(token=TOKEN, role=Role.CLIENT, reach=Reach(urls[0]))
        for no in NOES:
            with pytest.raises(no[2]) as raised:
                await channel.send(Address("max", "1001"), Reply("Да"), key="k")
            assert (no, type(raised.value)) == (no, no[2])
        await channel.close()


@webhook
async def test_what_max_cannot_know_is_not_asked(stand: MaxStand) -> None:
    for chat_id, reply in (
        ("", Reply("a")),
        ("12x", Reply("a")),
        ("9" * 30, Reply("a")),
        ("1001", Reply("")),
    ):
        with pytest.raises(Unsayable):
            await stand.channel.send(Address("max", chat_id), reply, key="k")
    assert not stand.received("/messages")


# Reading


def read(told: object) -> tuple[Arrival, ...]:
    return Reader(Role.CLIENT, TOKEN).read(told)


USER = {"user_id": 7, "first_name": "Анна", "last_name": "К.", "is_bot": False, "name": "Анна К."}


def a_message(**body: Any) -> dict[str, Any]:
    message = {
        "sender": USER,
        "recipient": {"chat_id": -1, "chat_type": "dialog", "user_id": 9},
        "timestamp": 1_770_679_787_821,
        "body": {"mid": "mid.1", "seq": 1, **body},
    }
    told = {"update_type": "message_created", "timestamp": 1_770_679_787_821, "message": message}
    return {**told, "user_locale": "ru-RU"}


def test_a_message_of_the_wire_is_read() -> None:
    (said,) = read(a_message(text="вапва"))

    assert isinstance(said, Inbound)
    assert (said.key, said.message_id, said.text) == ("max-client:mid.1", "mid.1", "вапва")
    assert (said.sender, said.name, said.lang) == (Address("max", "7"), "Анна К.", "ru")
    assert said.sent_at.isoformat() == "2026-02-09T23:29:47.821000+00:00"


def test_what_is_handed_on_is_said_and_a_phone_in_it_is_nobodys_own() -> None:
    card = {"type": "contact", "payload": signed("BEGIN:VCARD\r\nTEL:79110000001\r\nEND:VCARD\r\n", 7)}
    told = a_message()
    told["message"]["body"] = None
    inner = {"mid": "mid.0", "seq": 0, "text": "от мужа", "attachments": [card]}
    told["message"]["link"] = {"type": "forward", "message": inner}

    (said,) = read(told)

    assert isinstance(said, Inbound)
    assert said.text == "от мужа"
    assert said.message_id == "7-1770679787821"
    assert said.contact == Contact("+79110000001")


def signed(card: str, owner: int | None, *, token: str = TOKEN) -> dict[str, Any]:
    told = {"vcf_info": card, "hash": hmac_of(token.encode(), card.encode(), sha256).hexdigest()}
    return told | ({"max_info": {**USER, "user_id": owner}} if owner is not None else {})


@pytest.mark.row("L21")
@pytest.mark.parametrize(
    ("owner", "token", "is_own"), [(7, TOKEN, True), (8, TOKEN, False), (None, TOKEN, False), (7, "x", False)]
)
def test_a_phone_is_own_if_it_is_signed_for_who_sent_it(owner: int | None, token: str, is_own: bool) -> None:
    card = signed(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:79110000001\r\nFN:Анна\r\n", owner, token=token
    )

    (said,) = read(a_message(text="", attachments=[{"type": "contact", "payload": card}]))

    assert isinstance(said, Inbound)
    assert said.contact == Contact("+79110000001", "Анна", is_own=is_own)


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("TEL;TYPE=cell:+7 (911) 000-00-01\nFN:Анна", ("+79110000001", "Анна")),
        ("item1.TEL;waid=1:89110000001\r\n", ("+79110000001", "")),
        ("TEL:tel:+375291234567\nFN:Я\\, Борис", ("+375291234567", "Я, Борис")),
        ("TEL:3752912\r\n 34567\r\n", ("+375291234567", "")),
        ("TEL:02\nTEL:79110000001", ("+79110000001", "")),
        ("TEL:\nFN:", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_card_is_read(card: str, expected: tuple[str, str]) -> None:
    assert read_card(card) == expected


@pytest.mark.parametrize(
    "told",
    [
        {"update_type": "dialog_muted", "timestamp": 1, "chat_id": 1, "user": USER},
        {"update_type": "message_removed", "timestamp": 1, "message_id": "m", "chat_id": 1, "user_id": 7},
        {"update_type": "something_new"},
        a_message(text=None, attachments=[{"type": "sticker", "payload": {"code": "1"}}]),
        a_message(text="", attachments=[{"type": "hologram"}]),
    ],
)
def test_what_holds_no_words_is_let_be(told: dict[str, Any]) -> None:
    assert read(told) == ()


def test_groups_and_bots_are_let_be() -> None:
    group, bot = a_message(text="все сюда"), a_message(text="я робот")
    group["message"]["recipient"]["chat_type"] = "chat"
    bot["message"]["sender"] = {**USER, "is_bot": True}

    assert read(group) == read(bot) == ()


@pytest.mark.parametrize(
    "told",
    [
        a_message(text="x") | {"update_type": "message_quoted"},
        a_message(text=7),
        {"update_type": "bot_started"},
    ],
)
def test_what_may_hold_words_is_kept_whole(told: dict[str, Any]) -> None:
    (kept,) = read(told)

    assert isinstance(kept, Unread)
    assert json.loads(kept.raw) == told
    assert read(told) == (kept,)


def test_who_leaves_shuts_the_door_once_and_who_comes_back_opens_it() -> None:
    told = {"timestamp": 5, "chat_id": -1, "user": USER, "user_locale": "ru"}

    (left,) = read({**told, "update_type": "bot_stopped"})
    (removed,) = read({**told, "update_type": "dialog_removed"})
    opened, said = read({**told, "update_type": "bot_started", "payload": None})

    assert isinstance(left, Standing)
    assert isinstance(removed, Standing)
    assert isinstance(opened, Standing)
    assert isinstance(said, Inbound)
    assert [each.is_open for each in (left, removed, opened)] == [False, False, True]
    assert (said.text, said.source) == ("/start", "")
    assert len({left.key, removed.key, opened.key, said.key}) == 4


# Reach


async def test_roots_beside_the_systems_are_believed(tmp_path: Path) -> None:
    await Reach(ca_file=Path(certifi.where()), proxy="http://127.0.0.1:9").client(read_s=1).aclose()
    for content in (None, "no certificate"):
        file = tmp_path / "roots.pem"
        if content is not None:
            file.write_text(content)
        with pytest.raises((OSError, ssl.SSLError)):
            Reach(ca_file=file).client(read_s=1)


# The simulator is strict


ASKED: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/me", {}, 200),
    ("GET", "/me", {"params": {"access_token": "x"}}, 400),
    ("GET", "/chats", {}, 404),
    ("PATCH", "/messages", {}, 405),
    ("POST", "/messages", {"params": {"user_id": 5}, "json": {"text": "a"}}, 404),
    ("POST", "/messages", {"params": {"user_id": "x"}, "json": {"text": "a"}}, 400),
    ("POST", "/messages", {"params": {"user_id": 5, "chat": 1}, "json": {"text": "a"}}, 400),
    ("POST", "/messages", {"params": {"user_id": 5}, "json": {"text": "a", "texts": 1}}, 400),
    ("POST", "/messages", {"params": {"user_id": 5}, "json": {"text": 7}}, 400),
    ("POST", "/messages", {"params": {"user_id": 5}, "json": {"text": "a" * 4_001}}, 400),
    ("POST", "/messages", {"params": {"user_id": 5}, "json": {}}, 400),
    ("POST", "/subscriptions", {"json": {"url": "http://naryad.example"}}, 400),
    ("POST", "/subscriptions", {"json": {"url": "https://naryad.example:8443/x"}}, 400),
    ("POST", "/subscriptions", {"json": {"url": "https://naryad.example/x", "secret": "тайна"}}, 400),
    ("POST", "/uploads", {"params": {"type": "photo"}}, 400),
    ("POST", "/answers", {"params": {"callback_id": "none"}, "json": {}}, 404),
    ("GET", "/updates", {"params": {"timeout": 91}}, 400),
]
BUTTONS = [
    {"type": "callback", "text": "a" * 129, "payload": "x"},
    {"type": "callback", "text": "a", "payload": "x" * 1_025},
    {"type": "callback", "text": "", "payload": "x"},
    {"type": "callback", "text": "a"},
    {"type": "link", "text": "a", "url": "javascript:1"},
    {"type": "open_app", "text": "a"},
    {"type": "request_contact", "text": "a", "payload": "x"},
    {"type": "wish", "text": "a"},
]


@webhook
async def test_the_simulator_is_strict(stand: MaxStand) -> None:
    for method, path, parts, status in ASKED:
        answer = await stand.asks(method, path, **parts)
        assert (method, path, parts, answer.status_code) == (method, path, parts, status)
        if status != HTTPStatus.OK:
            assert set(answer.json()) == {"code", "message"}
    assert (await stand.asks("GET", "/me", token="x")).status_code == HTTPStatus.UNAUTHORIZED


@webhook
async def test_the_simulator_takes_no_wrong_button(stand: MaxStand) -> None:
    who = await stand.met()
    for button in BUTTONS:
        board = {"type": "inline_keyboard", "payload": {"buttons": [[button]]}}
        body = {"text": "a", "attachments": [board]}
        answer = await stand.asks("POST", "/messages", params={"user_id": who}, json=body)
        assert (button, answer.json()["code"]) == (button, "proto.payload")


@webhook
async def test_another_bot_has_people_of_its_own(stand: MaxStand) -> None:
    who = await stand.met()
    answer = await stand.asks(
        "POST", "/messages", token=OTHER_TOKEN, params={"user_id": who}, json={"text": "a"}
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "chat.not.found")
    assert (await stand.asks("GET", "/me", token=OTHER_TOKEN)).json()["username"] == OTHER_BOT


@webhook
async def test_the_simulator_counts_calls_by_the_second(stand: MaxStand) -> None:
    codes = [(await stand.asks("GET", "/me", token=OTHER_TOKEN)).status_code for _ in range(31)]
    stand.clock.advance(seconds=1)

    assert codes == [HTTPStatus.OK] * 30 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert (await stand.asks("GET", "/me", token=OTHER_TOKEN)).is_success


def test_an_update_is_tried_ten_times_more_ever_more_rarely() -> None:
    assert [each.total_seconds() for each in RETRIES[:3]] == [60, 150, 375]
    assert len(RETRIES) == 10


async def _addresses(stand: MaxStand) -> list[str]:
    told = (await stand.asks("GET", "/subscriptions")).json()["subscriptions"]
    assert all(set(each["update_types"] or ()) <= set(KINDS) for each in told)
    return [each["url"] for each in told]
