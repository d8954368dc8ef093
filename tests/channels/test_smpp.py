"""SMS over SMPP, against an operator's centre on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import smpp34
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.smsc import build
from bots.simulators.smsc.sessions import Server, Terms
from bots.simulators.wire import FaultKind, NoticeMode
from channels.sms.pdu import frame
from channels.sms.session import Account, Patience
from channels.sms.smpp import TEXT_MAX, Smpp
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.knock import Forged, Knock
from core.messages import Address, Attachment, Contact, Delivery, Fate, Inbound, Reply, Role, Unread
from core.ports import Channel
from core.wire import NotLetIn
from tests.channels.contract import Contract, Door, Features, Mode, Stand
from tests.channels.stand import free_address, served
from tests.fakes.clock import FakeClock

PASSWORD = "pass-wrd"
LONG = "Капает кран на кухне, второй день, подставили таз. " * 5
FEATURES = Features(
    media_in=frozenset(),
    contact=False,
    location=False,
    edits=False,
    tells_blocks=False,
    sources=False,
    fates=frozenset({Fate.DELIVERED, Fate.FAILED}),
    has_send_ids=False,  # a text of several parts has several, and a receipt names the last
    refuses_strangers=False,  # every number is somebody's
)
HASTE = Patience(answer_s=0.3, listen_s=5.0, back_off_s=0.0, throttle_s=0.01)


def account(port: int, **changes: Any) -> Account:
    return replace(
        Account("127.0.0.1", port, system_id="naryad", password=PASSWORD, source="Naryad"), **changes
    )


@dataclass
class SmppStand(Stand):
    """The centre speaks SMPP on a port of its own; a crash of ours breaks the connection."""

    server: Server = field(kw_only=True)
    account_: Account = field(init=False)

    def __post_init__(self) -> None:
        self.account_ = account(self.server.port)

    def make(self, *, url: str | None = None, secret: str | None = None, read_s: float | None = None) -> Smpp:
        if not (url or secret or read_s):
            self._crash()
        port = urlsplit(url).port or 0 if url else self.server.port
        mine = replace(self.account_, port=port, password=secret or PASSWORD)
        patience = replace(HASTE, throttle_s=1.0, answer_s=read_s or HASTE.answer_s)
        return Smpp(mine, role=Role.CLIENT, clock=self.clock, patience=patience)

    def _crash(self) -> None:
        mine: Channel | None = self.__dict__.get("channel")
        if isinstance(mine, Smpp) and mine._session is not None:
            mine._session._writer.transport.abort()


@pytest.fixture
async def centre(clock: FakeClock, chance: SystemChance) -> AsyncIterator[tuple[Server, str]]:
    """A centre that listens, and the address of its other side."""
    urls: list[str] = []

    def simulated(url: str) -> FastAPI:
        urls.append(url)
        terms = Terms(per_second=100, retry_s=0.0)
        return build(clock=clock, chance=chance, pace=0, password=PASSWORD, terms=terms, port=0)

    async with served(simulated) as app:
        server: Server = app.state.server
        await server.start("127.0.0.1", 0)
        yield server, urls[0]
        await server.close()


class TestSmpp(Contract):
    @pytest.fixture
    async def stand(
        self, door: Door, clock: FakeClock, centre: tuple[Server, str]
    ) -> AsyncIterator[SmppStand]:
        server, url = centre
        stand = SmppStand(
            url=url,
            door=door,
            clock=clock,
            server=server,
            secrets=(PASSWORD,),
            features=FEATURES,
            modes=(Mode.POLL,),
            send_path="submit_sm",
        )
        await stand.open(Mode.POLL)
        yield stand
        await stand.close()


# What comes in


@pytest.fixture
async def stand(door: Door, clock: FakeClock, centre: tuple[Server, str]) -> AsyncIterator[SmppStand]:
    """The channel and the centre; whoever wants to listen does so himself."""
    server, url = centre
    stand = SmppStand(url=url, door=door, clock=clock, server=server, features=FEATURES)
    stand.mode = Mode.WEBHOOK  # nobody listens by himself
    stand.channel = stand.make()
    yield stand
    await stand.close()


@pytest.mark.parametrize("parts", ["header", "sar", "payload"])
@pytest.mark.parametrize("order", [None, [4, 2, 1, 3], [2, 3, 4, 1]])
async def test_a_long_message_is_put_together_whatever_the_order(
    stand: SmppStand, parts: str, order: list[int] | None
) -> None:
    await stand.channel.stand(None)

    await stand._acts("+79110000001", "say", text=LONG, parts=parts, order=order)

    (heard,) = await listened(stand, 1)
    assert isinstance(heard, Inbound)
    assert heard.text == LONG
    assert heard.contact == Contact("+79110000001", is_own=True)


async def test_parts_of_two_people_are_not_mixed(stand: SmppStand) -> None:
    await stand.channel.stand(None)
    for who in ("+79110000001", "+79110000002"):
        await stand._acts(who, "say", text=who + LONG)
    stand.server.centre.queue.sort(key=lambda waiting: waiting.sm.octets[5])

    heard = await listened(stand, 2)

    assert {each.text for each in heard if isinstance(each, Inbound)} == {
        f"{who}{LONG}" for who in ("+79110000001", "+79110000002")
    }


async def test_a_part_that_came_is_kept_over_a_crash_and_asked_for_no_more(stand: SmppStand) -> None:
    await stand.channel.stand(None)
    who = "+79110000001"
    stand.server.centre.say(who, LONG)
    *first, last = stand.server.centre.queue
    stand.server.centre.queue[:] = first
    stand.server.ring()
    batch = await stand.channel.listen(None)
    while len(json.loads(batch.mark or "{}")["parted"][0]["parts"]) < len(first):
        batch = await stand.channel.listen(batch.mark)
    assert not batch.arrivals

    stand.channel = stand.make()  # it dies before it answers for the last of them
    await stand.channel.stand(None)
    stand.mark = batch.mark
    stand.server.centre.queue.append(last)
    stand.server.ring()

    (heard,) = await listened(stand, 1)
    assert isinstance(heard, Inbound)
    assert heard.text == LONG


async def test_a_part_that_never_comes_leaves_a_gap(stand: SmppStand, clock: FakeClock) -> None:
    await stand.channel.stand(None)
    stand.server.centre.say("+79110000001", "а" * 67 + "б" * 67 + "в" * 10, order=[1, 3])
    stand.server.ring()
    batch = await stand.channel.listen(None)
    while "parted" not in (batch.mark or "") or len(json.loads(batch.mark or "")["parted"][0]["parts"]) < 2:
        batch = await stand.channel.listen(batch.mark)
    clock.advance(hours=1, seconds=1)
    stand.server.centre.say("+79110000002", "да")
    stand.server.ring()

    batch = await stand.channel.listen(batch.mark)

    told = [each.text for each in batch.arrivals if isinstance(each, Inbound)]
    assert told == ["а" * 67 + "…" + "в" * 10, "да"]
    assert not json.loads(batch.mark or "")["parted"]


async def test_the_same_words_again_are_another_message(stand: SmppStand) -> None:
    await stand.channel.stand(None)
    for _ in range(2):  # at once
        await stand.says("+79110000001", "да")
    first = await listened(stand, 2)
    await stand.says("+79110000001", "да")  # and once the others are answered

    heard = [*first, *await listened(stand, 1)]

    assert len({each.key for each in heard}) == 3


async def test_nothing_is_answered_before_it_is_written_down(stand: SmppStand) -> None:
    await stand.channel.stand(None)
    await stand.says("+79110000001", "да")
    batch = await stand.channel.listen(None)
    assert len(stand.server.centre.queue) == 1

    again = await stand.channel.listen(None)  # it could not be written down
    assert again.arrivals[0].key == batch.arrivals[0].key
    assert len(stand.server.centre.queue) == 1

    await written_down(stand, again.mark)
    async with asyncio.timeout(5):
        while stand.server.centre.queue:
            await asyncio.sleep(0)


async def test_words_said_again_long_after_a_crash_are_new(stand: SmppStand, clock: FakeClock) -> None:
    await stand.channel.stand(None)
    await stand.says("+79110000001", "да")
    (first,) = await listened(stand, 1)
    await stand.channel.close()
    stand.channel = stand.make()
    clock.advance(minutes=16)
    await stand.channel.stand(None)

    await stand.says("+79110000001", "да")

    (second,) = await listened(stand, 1)
    assert second.key != first.key


async def test_the_centres_own_id_is_the_key_where_it_gives_one(stand: SmppStand) -> None:
    stand.server.centre.has_ids = True
    stand.server.centre.mode = NoticeMode.TWICE
    await stand.channel.stand(None)

    said = await stand.says("+79110000001", "да")

    assert {each.key for each in await listened(stand, 2)} == {f"sms-client:{said}"}


async def test_what_no_person_sent_is_passed_over(stand: SmppStand) -> None:
    await stand.channel.stand(None)
    centre = stand.server.centre
    centre.say("+79110000001", "x")
    waiting = centre.queue.pop()
    for source, ton in (("SHOP", 5), ("900", 3)):
        centre.put(replace(waiting.sm, source=source, source_ton=ton))
    centre.put(replace(waiting.sm, coding=4))
    centre.put(replace(waiting.sm, esm_class=0x40, octets=b"\x05\x00\x03"))
    centre.put(replace(waiting.sm, octets="привет".encode("utf-16-be"), coding=0x18))
    stand.server.ring()

    heard = await listened(stand, 3)

    assert [type(each) for each in heard] == [Unread, Unread, Inbound]
    assert isinstance(heard[2], Inbound)
    assert heard[2].text == "привет"


async def test_what_was_written_down_without_its_mark_has_the_same_key(stand: SmppStand) -> None:
    await stand.channel.stand(None)
    for text in ("раз", "да", "да", LONG):
        await stand.says("+79110000001", text)
    first = await listened_unanswered(stand, 4)

    stand.channel = stand.make()  # it died before the mark was written down
    await stand.channel.stand(None)

    again = await listened_unanswered(stand, 4)
    assert [each.key for each in again] == [each.key for each in first]
    assert len({each.key for each in again}) == 4


# Receipts


@pytest.mark.parametrize(
    ("state", "fate"), [("DELIVRD", Fate.DELIVERED), ("UNDELIV", Fate.FAILED), ("EXPIRED", Fate.FAILED)]
)
@pytest.mark.parametrize("mode", [NoticeMode.ONCE, NoticeMode.TWICE, NoticeMode.BEFORE_ANSWER])
async def test_a_receipt_tells_the_fate_of_a_message(
    stand: SmppStand, state: str, fate: Fate, mode: NoticeMode
) -> None:
    stand.server.centre.receipt_state, stand.server.centre.mode = state, mode

    sent = await stand.send("+79110000001", LONG)

    heard = await listened(stand, 2 if mode is NoticeMode.TWICE else 1)
    assert len({each.key for each in heard}) == 1
    assert isinstance(heard[0], Delivery)
    assert (heard[0].message_id, heard[0].fate) == (sent, fate)
    assert bool(heard[0].reason) is (fate is Fate.FAILED)


async def test_ids_in_hexadecimal_meet_those_in_decimal(stand: SmppStand) -> None:
    stand.account_ = replace(stand.account_, has_hex_ids=True)
    stand.channel = stand.make()
    stand.server.centre.has_decimal_receipts = True

    sent = await stand.send("+79110000001", "Мастер едет")

    (heard,) = await listened(stand, 1)
    assert (heard.message_id, sent) == ("1a", "1a")


# What goes out


@pytest.mark.parametrize("text", [LONG, "a" * 400, "€" * 200, "🔧" * 100, "ж" * TEXT_MAX])
@pytest.mark.parametrize("long", ["parts", "payload"])
async def test_a_long_text_is_whole_on_the_phone(stand: SmppStand, text: str, long: str) -> None:
    stand.account_ = replace(stand.account_, long=long)
    stand.channel = stand.make()

    await stand.send("+79110000001", text)

    assert [each.text for each in await stand.shown("+79110000001")] == [text]


async def test_a_part_turned_away_for_a_while_is_sent_again(stand: SmppStand, clock: FakeClock) -> None:
    stand.server.terms = Terms(per_second=2)
    stand.channel = Smpp(
        stand.account_, role=Role.CLIENT, clock=clock, patience=replace(HASTE, throttle_s=0.0)
    )
    moving = asyncio.create_task(moved(clock))

    await stand.send("+79110000001", LONG)

    moving.cancel()
    assert [each.text for each in await stand.shown("+79110000001")] == [LONG]


async def test_half_a_message_is_an_unknown_outcome(stand: SmppStand) -> None:
    stand.server.terms = Terms(per_second=2)
    stand.channel = Smpp(
        stand.account_, role=Role.CLIENT, clock=stand.clock, patience=replace(HASTE, throttle_s=0.0)
    )

    with pytest.raises(Unanswered):
        await stand.send("+79110000001", LONG)

    assert not await stand.shown("+79110000001")


@pytest.mark.parametrize(
    ("who", "text", "failure"),
    [
        ("SHOP", "да", Shut),
        ("+7911", "да", Shut),
        ("+79110000001", " \n", Unsayable),
        ("+79110000001", "ж" * 2_000, Unsayable),
    ],
)
async def test_what_cannot_go_is_told(
    stand: SmppStand, who: str, text: str, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        await stand.send(who, text)


async def test_a_senders_name_that_was_not_agreed_is_a_matter_of_settings(stand: SmppStand) -> None:
    stand.account_ = replace(stand.account_, source="Nobody")
    stand.channel = stand.make()

    with pytest.raises(NotLetIn, match="sender's name"):
        await stand.send("+79110000001", "да")


async def test_nobody_knocks_and_no_files_come(stand: SmppStand) -> None:
    knock = Knock(method="POST", query={}, headers={}, body=b"", address="")

    with pytest.raises(Forged):
        stand.channel.hear(knock)
    assert stand.channel.thanks(knock).status == 200
    with pytest.raises(Unsayable):
        await stand.channel.fetch(Attachment("photo", "x"))


# The session


@pytest.mark.parametrize("end", ["disconnect", "unbind"])
async def test_a_session_that_ended_is_bound_again(stand: SmppStand, end: str) -> None:
    await stand.channel.stand(None)
    waiting = asyncio.create_task(stand.channel.listen(None))
    await asyncio.sleep(0.01)

    await stand._sim("POST", f"/{end}")

    with pytest.raises(Outage):
        await waiting
    await stand.send("+79110000001", "Мастер едет")
    assert len(await stand.shown("+79110000001")) == 1


async def test_it_is_not_bound_again_without_a_pause(stand: SmppStand, clock: FakeClock) -> None:
    patience = replace(HASTE, back_off_s=50.0)
    stand.channel = Smpp(stand.account_, role=Role.CLIENT, clock=clock, patience=patience)
    await stand.fault(FaultKind.REFUSE)
    stand.send_path = "bind"
    await stand.fault(FaultKind.REFUSE)

    waits = []
    for _ in range(2):
        with pytest.raises(Outage) as raised:
            await stand.channel.stand(None)
        waits.append(raised.value.wait_s)

    assert waits[0] is None
    assert 40 < (waits[1] or 0) <= 50
    assert [each["command"] for each in stand.server.centre.log] == ["bind_transceiver"]


async def test_a_centre_that_answers_nothing_is_left(stand: SmppStand, clock: FakeClock) -> None:
    patience = replace(HASTE, enquire_s=0.01, answer_s=0.05, listen_s=5.0)
    stand.channel = Smpp(stand.account_, role=Role.CLIENT, clock=clock, patience=patience)
    await stand.channel.stand(None)
    for session in stand.server.sessions:
        session._write = lambda said: None  # type: ignore[method-assign]

    with pytest.raises(Outage):
        await stand.channel.listen(None)


async def test_a_centre_that_asks_is_answered(stand: SmppStand) -> None:
    stand.server.terms = Terms(enquire_s=0.01)
    await stand.channel.stand(None)

    await asyncio.sleep(0.05)

    (session,) = stand.server.sessions
    assert next(session._sequences) > 2
    await stand.send("+79110000001", "Мастер едет")


async def test_who_does_not_listen_is_not_flooded(stand: SmppStand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.sms.session.HELD_MAX", 2)
    await stand.channel.stand(None)
    for number in range(5):
        await stand.says("+79110000001", f"{number}")

    heard = await listened(stand, 5)

    assert sorted(each.text for each in heard if isinstance(each, Inbound)) == list("01234")


# Against a library's own centre, and the centre here against its client


async def test_the_channel_speaks_with_another_centre() -> None:
    server = smpp34.Server("127.0.0.1", port := free_port(), system_id="other")
    await server.start()
    channel = Smpp(account(port), role=Role.CLIENT, clock=FakeClock(), patience=HASTE)
    served_ = asyncio.create_task(other_centre(server))
    try:
        sent = await channel.send(to("+79110000001"), Reply("Мастер едет"), key="k")
        batch = await channel.listen(None)
        while len(batch.arrivals) < 2:
            more = await channel.listen(batch.mark)
            batch = replace(more, arrivals=(*batch.arrivals, *more.arrivals))
        inbound, delivery = sorted(batch.arrivals, key=lambda each: isinstance(each, Delivery))
        assert isinstance(delivery, Delivery)
        assert (delivery.message_id, delivery.fate) == (sent, Fate.DELIVERED)
        assert isinstance(inbound, Inbound)
        assert inbound.text == "Мастер едет"
        channel._patience = replace(HASTE, listen_s=0.0)
        await channel.listen(batch.mark)
    finally:
        await channel.close()
        served_.cancel()
        await asyncio.gather(served_, return_exceptions=True)
        await server.stop()


async def other_centre(server: smpp34.Server) -> None:
    """Take a message, say it was delivered, and let its reader send the same words back."""
    esme = await server.next()
    assert isinstance(esme, smpp34.Esme)
    event = await server.next()
    assert isinstance(event, smpp34.SubmitSmEvent)
    event.accept("abc1")
    text = b"id:abc1 sub:001 dlvrd:001 submit date:2603020900 done date:2603020900 stat:DELIVRD err:000"
    deliveries = [
        esme.deliver_sm("Naryad", text, source_addr=event.destination_addr, esm_class=4),
        esme.deliver_sm(
            "79990000000",
            event.short_message,
            source_addr=event.destination_addr,
            source_addr_ton=1,
            data_coding=event.data_coding,
        ),
    ]
    await asyncio.gather(*deliveries)


async def test_the_centre_speaks_with_another_client(centre: tuple[Server, str]) -> None:
    server, _ = centre
    client = smpp34.Client("127.0.0.1", server.port, "naryad", PASSWORD, bind_type="TRX")
    smsc = await client.connect()
    said = await smsc.submit_sm(
        "79110000001",
        "ж".encode("utf-16-be"),
        source_addr="Naryad",
        source_addr_ton=5,
        dest_addr_ton=1,
        dest_addr_npi=1,
        data_coding=8,
        registered_delivery=1,
    )
    receipt = await smsc.next()
    assert isinstance(receipt, smpp34.DeliverSmEvent)
    assert said.message_id
    assert f"id:{said.message_id} ".encode() in receipt.short_message
    server.centre.say("+79110000001", "привет")
    server.ring()
    heard = await smsc.next()
    assert isinstance(heard, smpp34.DeliverSmEvent)
    assert heard.short_message.decode("utf-16-be") == "привет"
    await client.stop()


# The centre is strict


GOOD = smpp34.SubmitSm(
    "Naryad",
    "79110000001",
    b"abc",
    source_addr_ton=5,
    dest_addr_ton=1,
    dest_addr_npi=1,
    sequence_number=7,
).encode()


def changed(**fields: Any) -> bytes:
    told: dict[str, Any] = {"source_addr_ton": 5, "dest_addr_ton": 1, "dest_addr_npi": 1}
    told |= {"source_addr": "Naryad", "destination_addr": "79110000001", "short_message": b"abc"}
    return smpp34.SubmitSm(**(told | fields), sequence_number=7).encode()


PDUS = [
    (GOOD, 0x00),
    (changed(service_type="XYZ"), 0x15),
    (changed(source_addr="Nobody"), 0x0A),
    (changed(source_addr_ton=1), 0x0A),
    (changed(dest_addr_ton=0), 0x0B),
    (changed(destination_addr="+79110000001"), 0x0B),
    (changed(destination_addr="7911"), 0x0B),
    (changed(esm_class=0x02), 0x43),
    (changed(esm_class=0x40), 0x43),  # no header there
    (changed(esm_class=0x40, short_message=b"\x05\x00\x03\x01\x02\x03abc"), 0x43),  # part 3 of 2
    (changed(priority_flag=4), 0x06),
    (changed(schedule_delivery_time="260302090000000+"), 0x61),
    (changed(registered_delivery=9), 0x07),
    (changed(replace_if_present_flag=2), 0x54),
    (changed(sm_default_msg_id=1), 0x63),
    (changed(data_coding=4), 0x08),
    (changed(short_message=b""), 0x01),
    (changed(short_message=b"a" * 161), 0x01),
    (changed(short_message=b"a" * 142, data_coding=8), 0x01),
    (changed(short_message=b"abc", data_coding=8), 0x01),
    (changed(tlvs=[smpp34.Tlv(0x0424, b"abc")]), 0xC4),
    (frame(0x04, 7, body=GOOD[16:-2]), 0x02),
    (frame(0x04, 7, body=GOOD[16:] + b"\x04"), 0xC0),
    (frame(0x03, 7, body=b"x"), 0x03),
    (frame(0x05, 7, body=GOOD[16:]), 0x03),
    (frame(0x09, 7, body=b"naryad\0pass-wrd\0\0\x34\0\0\0"), 0x05),
]
BINDS = [
    (0x09, b"naryad\0wrong\0\0\x34\0\0\0", 0x0E),
    (0x09, b"nobody\0pass-wrd\0\0\x34\0\0\0", 0x0F),
    (0x09, b"naryad\0pass-wrd\0\0\x33\0\0\0", 0x0D),
    (0x09, b"naryad\0pass-wrd-too-long\0\0\x34\0\0\0", 0xC2),
    (0x09, b"naryad\0pass-wrd\0", 0x02),
    (0x04, GOOD[16:], 0x04),
    (0x15, b"", 0x00),
]


async def test_the_centre_takes_nothing_that_the_protocol_does_not_allow(centre: tuple[Server, str]) -> None:
    reader, writer = await bound(centre[0])

    for pdu, status in PDUS:
        writer.write(pdu)

        assert await answered(reader) == (status, 7), pdu

    writer.close()


async def test_the_centre_lets_in_whom_it_knows(centre: tuple[Server, str]) -> None:
    for command, body, status in BINDS:
        reader, writer = await asyncio.open_connection("127.0.0.1", centre[0].port)

        writer.write(frame(command, 7, body=body))

        assert await answered(reader) == (status, 7), body
        writer.close()


async def test_the_centre_delivers_again_what_is_not_answered(centre: tuple[Server, str]) -> None:
    server, _ = centre
    server.terms = Terms(answer_s=0.02)
    reader, writer = await bound(server)
    server.centre.say("+79110000001", "да")
    server.ring()

    first, second = [await read_frame(reader) for _ in range(2)]
    writer.close()
    reader, writer = await bound(server)
    third = await read_frame(reader)

    assert first[16:] == second[16:] == third[16:]
    assert first[12:16] != second[12:16]
    writer.close()


# Inside


async def listened(stand: SmppStand, number: int) -> list[Any]:
    """Listen until so much has come, and have it answered for."""
    found: list[Any] = []
    while len(found) < number:
        async with asyncio.timeout(5):
            batch = await stand.channel.listen(stand.mark)
        found.extend(batch.arrivals)
        stand.mark = batch.mark
    await written_down(stand, stand.mark)
    return found


async def written_down(stand: SmppStand, mark: str | None) -> None:
    """Have what this mark came with answered for, and wait for nothing."""
    channel = stand.channel
    assert isinstance(channel, Smpp)
    patience, channel._patience = channel._patience, replace(channel._patience, listen_s=0.0)
    await channel.listen(mark)
    channel._patience = patience


async def listened_unanswered(stand: SmppStand, number: int) -> list[Any]:
    """Listen once all has been delivered, so that it comes in one batch that is not answered for."""
    while sum(waiting.is_flying for waiting in stand.server.centre.queue) < len(stand.server.centre.queue):
        await asyncio.sleep(0)
    await stand._sim("GET", "/port")  # what was written to the socket arrives meanwhile
    batch = await stand.channel.listen(None)
    assert len(batch.arrivals) == number
    return list(batch.arrivals)


async def moved(clock: FakeClock) -> None:
    """Let time go by, a second whenever anybody looks away."""
    while True:
        clock.advance(seconds=1)
        await asyncio.sleep(0)


async def bound(server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(frame(0x09, 1, body=b"naryad\0pass-wrd\0\0\x34\0\0\0"))
    assert await answered(reader) == (0, 1)
    return reader, writer


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        length = await reader.readexactly(4)
        return length + await reader.readexactly(int.from_bytes(length) - 4)


async def answered(reader: asyncio.StreamReader) -> tuple[int, int]:
    said = await read_frame(reader)
    return int.from_bytes(said[8:12]), int.from_bytes(said[12:16])


def to(phone: str) -> Address:
    return Address("sms", phone)


def free_port() -> int:
    return urlsplit(free_address()).port or 0
