"""SMS over SMS.ru, against its simulator on a real socket."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.smsru import build
from bots.simulators.wire import NoticeMode
from channels.sms import smsru
from channels.sms.smsru import TEXT_MAX, SmsRu
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.knock import Forged, Knock
from core.messages import Address, Arrival, Attachment, Batch, Delivery, Fate, Reply, Role, Unread
from core.wire import NotLetIn, trust
from tests.channels.contract import Contract, Door, Features, Mode, Stand
from tests.channels.stand import served
from tests.fakes.clock import FakeClock

API_ID = "A1B2C3D4-0000-1111-2222-333344445555"
WHO = "+79110000001"
FEATURES = Features(
    media_in=frozenset(),
    contact=False,
    location=False,
    edits=False,
    tells_blocks=False,
    sources=False,
    fates=frozenset({Fate.DELIVERED, Fate.READ, Fate.FAILED}),
    is_throttled=False,  # it publishes no limit
    keeps_updates=False,  # of people's messages: it hands over none
    refuses_strangers=False,  # every number is somebody's
)


@dataclass
class SmsRuStand(Stand):
    """SMS.ru hands over no incoming SMS: nobody has to write first.

    Attributes:
        heard: All that was written down and that no test has taken yet.
    """

    heard: list[Arrival] = field(init=False, default_factory=list)

    def make(
        self, *, url: str | None = None, secret: str | None = None, read_s: float | None = None
    ) -> SmsRu:
        timeout = httpx.Timeout(read_s or 5.0, connect=3.0)
        return SmsRu(
            api_id=secret or API_ID,
            role=Role.CLIENT,
            clock=self.clock,
            sender="Naryad",
            api_url=url or self.url,
            http=httpx.AsyncClient(timeout=timeout, verify=trust()),
        )

    def forge(self, knock: Knock) -> Sequence[Knock]:
        told = dict(parse_qsl(knock.body.decode()))
        return [
            replace(knock, body=urlencode(changed).encode())
            for changed in (
                {name: value for name, value in told.items() if name != "hash"},
                told | {"hash": "0" * 64},
                told | {"hash": told["hash"][:-1]},
                told | {"data[0]": told["data[0]"].replace("102", "103")},
                told | {"data[2]": "sms_status\nx\n103\n1"},
                {name: value for name, value in told.items() if name != "data[1]"},
                {},
            )
        ]

    async def met(self, **told: str) -> str:
        return await self.person(**told)

    def _write(self, arrivals: Sequence[Arrival]) -> None:
        self.heard.extend(arrivals)
        super()._write(arrivals)


async def told_to(stand: Stand, number: int = 1) -> list[Arrival]:
    """Wait until so much is told, and take it."""
    assert isinstance(stand, SmsRuStand)
    heard = stand.heard
    await stand._until(lambda: len(heard) >= number)
    found = heard[:number]
    del heard[:number]
    return found


@pytest.fixture
async def stand(door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[SmsRuStand]:
    urls: list[str] = []

    def simulated(url: str) -> FastAPI:
        urls.append(url)
        return build(clock=clock, chance=chance, pace=0, api_id=API_ID)

    async with served(simulated) as app:
        stand = SmsRuStand(
            url=urls[0],
            door=door,
            clock=clock,
            secrets=(API_ID,),
            features=FEATURES,
            modes=(Mode.WEBHOOK,),
            send_path="/sms/send",
        )
        await stand.open(Mode.WEBHOOK)
        yield stand
        await stand.close()
        await app.state.wire.sender.close()


class TestSmsRu(Contract):
    async def test_a_forged_knock_is_turned_away(self, stand: Stand) -> None:
        await stand.send(WHO, "Мастер едет")
        await told_to(stand)
        knock = stand.door.knocks[-1]

        assert stand.channel.hear(knock)
        for each in stand.forge(knock):
            with pytest.raises(Forged):
                stand.channel.hear(each)

    @pytest.mark.parametrize(
        "body", [b"", b"not json", b"[]", b"{}", b"\xff\xfe", b"data[0]=x", b"a=b&" * 2_000]
    )
    async def test_garbage_breaks_nothing(self, stand: Stand, body: bytes) -> None:
        with pytest.raises(Forged):
            stand.channel.hear(Knock(method="POST", query={}, headers={}, body=body, address=""))

    async def test_standing_again_changes_nothing(self, stand: Stand) -> None:
        for _ in range(2):
            await stand.channel.stand(stand.door.url)
        await stand.channel.stand(None)

        await stand.send(WHO, "Мастер едет")

        await told_to(stand)
        assert len(stand.door.knocks) == 1

    async def test_an_update_told_twice_has_one_key(self, stand: Stand) -> None:
        await stand.send(WHO, "Мастер едет")
        (first,) = await told_to(stand)

        await stand.again()

        assert await told_to(stand) == [first]


OF_WHAT_PEOPLE_WRITE = (
    "test_what_a_person_writes_comes_as_he_wrote_it",
    "test_buttons_are_shown_and_tell_what_was_chosen",
    "test_each_chat_is_heard_in_order",
    "test_an_update_of_another_shape_is_read_or_kept_and_breaks_nothing",
)
for _name in OF_WHAT_PEOPLE_WRITE:
    setattr(TestSmsRu, _name, None)


# What it says no with


NOES: Sequence[tuple[int, type[Exception], float | None]] = [
    (200, NotLetIn, None),
    (301, NotLetIn, None),
    (302, NotLetIn, None),
    (221, NotLetIn, None),
    (204, NotLetIn, None),
    (201, Outage, 600),
    (206, Outage, 3_600),
    (220, Outage, 60),
    (230, Outage, 3_600),
    (231, Outage, 60),
    (505, Outage, None),
    (999, Outage, None),
    (500, Unanswered, None),
    (202, Shut, None),
    (207, Shut, None),
    (209, Shut, None),
    (215, Shut, None),
    (203, Unsayable, None),
    (205, Unsayable, None),
    (216, Unsayable, None),
    (232, Unsayable, None),
]


@pytest.mark.parametrize("whole", [True, False])
async def test_each_no_means_what_it_means(stand: SmsRuStand, whole: bool) -> None:
    for code, failure, wait_s in NOES:
        await stand._sim("POST", "/noes", {"code": code, "whole": whole})

        with pytest.raises(failure) as raised:
            await stand.send(WHO, "Мастер едет")

        assert type(raised.value) is failure, code
        assert getattr(raised.value, "wait_s", None) == wait_s, code
    assert not await stand.shown(WHO)


async def test_an_empty_account_says_what_to_do(stand: SmsRuStand) -> None:
    await stand._sim("POST", "/account", {"balance_minor": 4_49})

    with pytest.raises(Outage, match="top it up"):
        await stand.send(WHO, "Мастер едет")


async def test_the_same_words_within_a_minute_have_to_wait(stand: SmsRuStand, clock: FakeClock) -> None:
    await stand.send(WHO, "Мастер едет")
    with pytest.raises(Outage) as raised:
        await stand.send(WHO, "Мастер едет")

    clock.advance(seconds=raised.value.wait_s or 0)
    await stand.send(WHO, "Мастер едет")

    assert len(await stand.shown(WHO)) == 2


@pytest.mark.parametrize(
    ("who", "text", "failure"),
    [("SHOP", "да", Shut), ("+7911", "да", Shut), (WHO, " \n", Unsayable), (WHO, "ж" * 537, Unsayable)],
)
async def test_what_cannot_go_is_told(
    stand: SmsRuStand, who: str, text: str, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        await stand.send(who, text)


async def test_a_text_of_the_limit_is_taken_whatever_it_is_made_of(stand: SmsRuStand) -> None:
    for text in ("ж" * TEXT_MAX, "ж🔧" * (TEXT_MAX // 3), "🔧" * (TEXT_MAX // 2)):
        await stand.send(WHO, text)

    assert len(await stand.shown(WHO)) == 3


async def test_a_trial_sends_nothing(stand: SmsRuStand) -> None:
    channel = SmsRu(api_id=API_ID, role=Role.CLIENT, clock=stand.clock, api_url=stand.url, is_test=True)

    assert await channel.send(stand.address(WHO), Reply("Мастер едет"), key="k")

    assert not await stand.shown(WHO)
    await channel.close()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "OK"},
        {"status": "OK", "status_code": 100},
        {"status": "OK", "status_code": 101, "sms": {"79110000001": {"status": "OK", "status_code": 100}}},
        {"status": "OK", "status_code": 100, "sms": []},
        {"status": "OK", "status_code": 100, "sms": {}},
        {"status": "OK", "status_code": 100, "sms": {"79110000002": {"status": "OK", "status_code": 100}}},
        {"status": "OK", "status_code": 100, "sms": {"79110000001": {"status": "OK", "status_code": 100}}},
        {"status": "OK", "status_code": 100, "sms": {"79110000001": {"status": "OK", "status_code": "x"}}},
        {"status": "Fine", "status_code": 100, "sms": {"79110000001": {"status": "OK"}}},
    ],
)
async def test_an_answer_of_another_shape_is_an_unknown_outcome(
    clock: FakeClock, body: dict[str, Any]
) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=body))
    channel = SmsRu(api_id=API_ID, role=Role.CLIENT, clock=clock, http=httpx.AsyncClient(transport=transport))
    with pytest.raises(Unanswered):
        await channel.send(Address("sms", WHO), Reply("Мастер едет"), key="k")
    await channel.close()


# What became of it


@pytest.mark.parametrize(
    ("code", "fate"),
    [(103, Fate.DELIVERED), (110, Fate.READ)]
    + [(code, Fate.FAILED) for code in (104, 105, 106, 107, 108, 150)],
)
async def test_a_status_tells_the_fate_of_a_message(stand: SmsRuStand, code: int, fate: Fate) -> None:
    await stand._sim("POST", "/account", {"final_code": code})

    sent = await stand.send(WHO, "Мастер едет")

    (told,) = await told_to(stand)
    assert isinstance(told, Delivery)
    assert (told.message_id, told.fate, told.at) == (sent, fate, stand.clock.now())
    assert told.reason == (str(code) if fate is Fate.FAILED else "")
    channel = stand.channel
    assert isinstance(channel, SmsRu)
    assert await channel.fates([sent, "000000-10000000"]) == (told,)


async def test_a_status_comes_again_until_it_is_written_down(stand: SmsRuStand) -> None:
    stand.door.refusals = 2

    await stand.send(WHO, "Мастер едет")

    await told_to(stand)
    assert len(stand.door.knocks) == 3


async def test_statuses_out_of_order_are_each_told(stand: SmsRuStand) -> None:
    await stand._sim("POST", "/faults", {"kind": "notices", "mode": NoticeMode.REVERSED})

    sent = [await stand.send(WHO, text) for text in ("раз", "два")]

    told = await told_to(stand, 2)
    assert [each.message_id for each in told if isinstance(each, Delivery)] == sent[::-1]


@pytest.mark.parametrize(
    ("record", "kinds"),
    [
        ("test\n1772442000", []),
        ("callcheck_status\nid\n401\n1772442000", []),
        ("sms_status\nid\n101\n1772442000", []),
        ("sms_status\nid\n103", [Delivery]),
        ("sms_status\r\nid\r\n103\r\n99999999999999", [Delivery]),
        ("sms_status\nid\n103\n999999999999", [Delivery]),
        ("sms_status\nid\nsoon\n1772442000", [Unread]),
        ("sms_status\n\n103\n1772442000", [Unread]),
        ("sms_status", [Unread]),
        ("sms_in\n79110000001\nКапает кран", [Unread]),
        ("", [Unread]),
    ],
)
async def test_a_record_is_read_or_kept(
    stand: SmsRuStand, record: str, kinds: list[type[Delivery | Unread]]
) -> None:
    records = [record, "sms_status\nlast\n103\n1772442000"]
    await stand._sim("POST", "/records", {"url": stand.door.url, "records": records})

    told = await told_to(stand, len(kinds) + 1)

    assert [type(each) for each in told[:-1]] == kinds
    if kinds == [Unread]:
        assert isinstance(told[0], Unread)
        assert told[0].raw == record
    assert isinstance(told[-1], Delivery)
    assert told[-1].at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def test_it_wants_a_hundred_for_thanks(stand: SmsRuStand) -> None:
    thanks = stand.channel.thanks(Knock(method="POST", query={}, headers={}, body=b"", address=""))

    assert (thanks.status, thanks.type, thanks.body) == (200, "text/plain", b"100")


async def test_there_is_nothing_to_ask_for(stand: SmsRuStand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smsru, "LISTEN_S", 0.0)

    assert await stand.channel.listen("mark") == Batch((), "mark")
    with pytest.raises(Unsayable):
        await stand.channel.fetch(Attachment("photo", "x"))


async def test_the_key_stands_in_no_address(stand: SmsRuStand) -> None:
    await stand.send(WHO, "Мастер едет")

    received = (await stand._sim("GET", "/log"))["received"]

    assert {each["query"] for each in received} == {""}


# The simulator is strict


ASKED: Sequence[tuple[str, dict[str, str], int, int | None]] = [
    ("sms/send", {"to": "79110000001", "msg": "да"}, 200, 100),
    ("sms/send", {"to": "79110000001", "msg": "да", "json": ""}, 400, None),
    ("sms/send", {"to": "79110000001"}, 400, None),
    ("sms/send", {"to": "79110000001", "msg": "да", "text": "да"}, 400, None),
    ("sms/send", {"to": "79110000001", "msg": "да", "api_id": "x"}, 200, 200),
    ("sms/send", {"to": "79110000001", "msg": "да", "from": "Nobody"}, 200, 221),
    ("sms/send", {"to": ",".join(["79110000001"] * 101), "msg": "да"}, 200, 213),
    ("sms/cost", {"to": "79110000001"}, 200, 211),
    ("callback/add", {"url": "ftp://x"}, 200, 901),
    ("callback/del", {"url": "http://x"}, 200, 902),
    ("my/balance", {}, 200, 100),
    ("auth/check", {}, 200, 100),
]


async def test_the_simulator_takes_what_is_described(stand: SmsRuStand) -> None:
    async with httpx.AsyncClient(base_url=stand.url, verify=trust()) as client:
        for method, form, status, code in ASKED:
            answer = await client.post(f"/{method}", data={"api_id": API_ID, "json": "1"} | form)
            refused = await client.get(f"/{method}")

            assert answer.status_code == status, form
            assert answer.json().get("status_code") == code, form
            assert refused.json()["status_code"] == 210


async def test_one_of_two_numbers_may_fail(stand: SmsRuStand) -> None:
    form = {"api_id": API_ID, "json": "1", "to": "79110000001,12", "msg": "да"}
    async with httpx.AsyncClient(base_url=stand.url, verify=trust()) as client:
        told = (await client.post("/sms/send", data=form)).json()

    assert (told["status_code"], told["balance"]) == (100, 99_995.5)
    assert told["sms"]["79110000001"]["status"] == "OK"
    assert told["sms"]["12"] == {
        "status": "ERROR",
        "status_code": 202,
        "status_text": "Неправильно указан номер телефона получателя, либо на него нет маршрута",
    }
