"""What every channel keeps, proved over its simulator on a real socket, in each mode it has.

How to bind it stands in `tests/channels/stand.py`. Where a service cannot do a thing, its stand says so in
`Features`, and the test proves what there is instead.
"""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels.layout import lay_out
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.knock import Forged, Knock
from core.messages import Ask, Button, Fate, Inbound, Limits, Paper, Reply, Role, Standing, Unread
from core.wire import NotLetIn
from tests.channels.stand import Door, FaultKind, Features, Mode, Shown, ShownButton, Stand, free_address

__all__ = ["PHOTO", "Contract", "Door", "FaultKind", "Features", "Mode", "Shown", "ShownButton", "Stand"]

TEXTS = {
    "plain": "Здравствуйте, капает кран на кухне",
    "emoji": "Спасибо 👍🏽 семья 👨‍👩‍👧‍👦 и флаг 🇷🇺",
    "rtl": "שלום, تقطر الحنفية",
    "markup": "<b>не</b> *жирно* _и_ `не` [код](http://x) &amp; #1 ~~ || \\ {0} %s",
    "lines": "Первая строка\nвторая\n\nчетвёртая",
}
LONG = " ".join(f"слово{number}" for number in range(500))  # 4,300 characters
YES = Button("Да, берите", choice="quote-accept:" + "b" * 36 + ":" + "7" * 14)  # 64 bytes
NO = Button("Нет", choice="quote-decline:b:7")
PAGE = Button("Страница заявки", url="https://naryad.example/jobs/1")
ASKED = {Ask.CONTACT: "Отправить телефон", Ask.LOCATION: "Отправить место"}
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000"
    "0003010100c9fe92ef0000000049454e44ae426082"
)
BILL = Paper("Чек К-4827.pdf", "application/pdf", b"%PDF-1.4 bill " + bytes(range(256)))
PLACE = (54.7104, 20.4522)
REST_S = 61.0
FLOOD = 400
MUTANTS_MAX = 400
HASTE_S = 0.05
_VALUES: tuple[Any, ...] = (None, -1, "x", [], {}, 1e300, True, ...)


class Contract:
    """The suite."""

    # Words

    @pytest.mark.parametrize("text", [*TEXTS.values(), LONG], ids=[*TEXTS, "long"])
    async def test_what_a_person_writes_comes_as_he_wrote_it(self, stand: Stand, text: str) -> None:
        who = await stand.person()

        said = await stand.says(who, text[:4_000])

        (heard,) = await stand.inbound()
        assert heard.text == text[:4_000]
        assert heard.sender == stand.address(who)
        assert heard.role is Role.CLIENT
        assert heard.message_id
        assert heard.key.startswith(f"{stand.channel.name}-{heard.role}:")
        assert abs(heard.sent_at - stand.clock.now()) <= timedelta(seconds=1)
        assert (heard.choice, heard.press, heard.is_edit, heard.attachments) == ("", "", False, ())
        assert isinstance(said, str)

    @pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
    async def test_what_we_say_is_shown_as_we_said_it(self, stand: Stand, text: str) -> None:
        who = await stand.met()

        sent = await stand.send(who, text)

        (shown,) = await stand.shown(who)
        assert shown.text == text
        assert not shown.buttons
        assert not shown.files
        if stand.features.has_send_ids:
            assert shown.id == sent
        assert sent

    async def test_a_text_of_just_the_limit_is_taken_and_no_endless_one(self, stand: Stand) -> None:
        who = await stand.met()
        full = "ж" * stand.channel.limits.text

        await stand.send(who, full)

        assert [each.text for each in await stand.shown(who)] == [full]
        if stand.features.refuses_long:
            with pytest.raises(Unsayable):
                await stand.send(who, full * 20, key="long")
            assert len(await stand.shown(who)) == 1

    async def test_a_long_reply_is_split_and_nothing_of_it_is_lost(self, stand: Stand) -> None:
        who = await stand.met()
        reply = Reply(LONG, buttons=(YES, PAGE))

        await self._say(stand, who, reply)

        shown = await stand.shown(who)
        assert " ".join(each.text for each in shown).split()[:500] == LONG.split()
        assert len(shown) == len(lay_out(reply, stand.channel.limits))
        assert not any(each.buttons for each in shown[:-1])

    # Buttons

    async def test_buttons_are_shown_and_tell_what_was_chosen(self, stand: Stand) -> None:
        who = await stand.met()

        await self._say(stand, who, Reply("Вызвать мастера?", buttons=(YES, NO, PAGE)))

        (shown,) = await stand.shown(who)
        if stand.channel.limits.buttons == 0:
            assert "1 — Да, берите" in shown.text
            assert f"Страница заявки: {PAGE.url}" in shown.text
            await stand.says(who, "1")
            (heard,) = await stand.inbound()
            assert (heard.text, heard.choice, heard.press) == ("1", "", "")
            return
        assert [each.label for each in shown.buttons] == [YES.label, NO.label, PAGE.label]
        assert shown.buttons[-1].url == PAGE.url
        await stand.presses(who, YES.label)
        (pressed,) = await stand.inbound()
        assert (pressed.choice, pressed.sender) == (YES.choice, stand.address(who))
        assert pressed.press
        await stand.channel.acknowledge(pressed)
        await stand.channel.acknowledge(pressed)  # as after a crash: no harm

    async def test_an_old_button_still_tells_what_it_was(self, stand: Stand) -> None:
        if stand.channel.limits.buttons == 0:
            return
        who = await stand.met()
        await self._say(stand, who, Reply("Сегодня?", buttons=(NO,)))
        await self._say(stand, who, Reply("Завтра?", buttons=(YES,)))

        await stand.presses(who, NO.label)

        (pressed,) = await stand.inbound()
        assert pressed.choice == NO.choice

    async def test_a_button_pressed_twice_is_two_presses_or_one(self, stand: Stand) -> None:
        if stand.channel.limits.buttons == 0:
            return
        who = await stand.met()
        await self._say(stand, who, Reply("Вызвать мастера?", buttons=(YES,)))

        await stand.presses(who, YES.label)
        await stand.presses(who, YES.label)
        await stand.says(who, "дальше")

        heard = await stand.fresh(2)
        if heard[-1].choice:
            heard.extend(await stand.fresh(1))
        assert [each.choice for each in heard[:-1]] == [YES.choice] * (len(heard) - 1)
        assert heard[-1].text == "дальше"
        assert len({each.key for each in heard}) == len(heard)

    @pytest.mark.parametrize("ask", list(Ask))
    async def test_a_button_asks_to_share_or_words_do(self, stand: Stand, ask: Ask) -> None:
        who = await stand.met()

        await self._say(stand, who, Reply("Поделитесь", buttons=(Button(ASKED[ask], asks=ask),)))

        (shown,) = await stand.shown(who)
        if stand.channel.limits.buttons and ask in stand.channel.limits.asks:
            assert [each.asks for each in shown.buttons] == [ask]
        else:
            assert not shown.buttons
            assert "можно просто написать" in shown.text

    # Files

    @pytest.mark.parametrize("kind", ["photo", "video", "voice", "file"])
    async def test_what_a_person_sends_is_fetched(self, stand: Stand, kind: str) -> None:
        if kind not in stand.features.media_in:
            return
        who = await stand.person()
        content = PHOTO if kind == "photo" else b"content of a " + kind.encode()

        await stand.sends(who, kind, content, caption="вот он" if kind == "photo" else "")

        (heard,) = await stand.inbound()
        (file,) = heard.attachments
        assert file.kind == kind
        assert file.bytes in {len(content), None}
        assert heard.text == ("вот он" if kind == "photo" else "")
        assert await stand.channel.fetch(file) == content
        with pytest.raises(Unsayable):
            await stand.channel.fetch(replace(file, ref=f"{file.ref}x"))

    async def test_a_paper_arrives_whole(self, stand: Stand) -> None:
        who = await stand.met()
        reply = Reply("Ваш чек.", papers=(BILL,))

        await self._say(stand, who, reply, links=["https://naryad.example/bill"])

        shown = await stand.shown(who)
        assert shown[0].text.startswith("Ваш чек.")
        if not stand.channel.limits.papers:
            assert "https://naryad.example/bill" in shown[0].text
            return
        (file,) = [file for each in shown for file in each.files]
        assert (file.name, file.bytes) == (BILL.name, len(BILL.content))

    # A phone and a place

    @pytest.mark.row("L21")
    async def test_a_phone_is_his_own_only_where_the_service_says_so(self, stand: Stand) -> None:
        if not stand.features.contact:
            return
        who = await stand.person()

        await stand.shares_contact(who)
        await stand.shares_contact(who, own=False)

        own, other = [each.contact for each in await stand.inbound(2)]
        assert own is not None
        assert other is not None
        assert own.phone.startswith("+7")
        assert own.phone != other.phone
        assert own.phone[1:].isdecimal()
        assert own.is_own is stand.features.vouches
        assert not other.is_own

    async def test_a_place_comes_in_degrees(self, stand: Stand) -> None:
        if not stand.features.location:
            return
        who = await stand.person()

        await stand.shares_location(who, *PLACE)

        (heard,) = await stand.inbound()
        assert heard.location is not None
        assert (heard.location.lat, heard.location.lon) == pytest.approx(PLACE, abs=1e-4)

    # Coming, changing, leaving

    @pytest.mark.row("A30")
    async def test_where_a_person_came_from_is_told(self, stand: Stand) -> None:
        if not stand.features.sources:
            return
        who = await stand.person()

        await stand.starts(who, "flyer-7")

        (heard,) = await stand.inbound()
        assert heard.source == "flyer-7"

    async def test_an_edit_is_the_same_message_and_another_update(self, stand: Stand) -> None:
        if not stand.features.edits:
            return
        who = await stand.person()
        said = await stand.says(who, "Капает кран")
        (before,) = await stand.inbound()

        await stand.edits(who, said, "Капает кран в ванной")

        (after,) = await stand.inbound()
        assert after.is_edit
        assert after.text == "Капает кран в ванной"
        assert after.message_id == before.message_id
        assert after.key != before.key

    async def test_who_shuts_the_door_is_let_alone_until_he_opens_it(self, stand: Stand) -> None:
        if not stand.features.blocks:
            return
        who = await stand.met()

        await stand.blocks(who)
        with pytest.raises(Shut):
            await stand.send(who, "Вы где?")
        await stand.unblocks(who)
        await stand.send(who, "Рад снова видеть", key="again")

        assert [each.text for each in await stand.shown(who)] == ["Рад снова видеть"]
        if stand.features.tells_blocks:
            told = await stand.arrivals(2)
            assert all(isinstance(each, Standing) and each.sender == stand.address(who) for each in told)
            assert [each.is_open for each in told if isinstance(each, Standing)] == [False, True]

    async def test_nobody_is_reached_who_never_was(self, stand: Stand) -> None:
        if stand.features.refuses_strangers:
            with pytest.raises(Shut):
                await stand.send(stand.stranger, "Есть кто?")

    async def test_what_became_of_a_message_is_told(self, stand: Stand) -> None:
        if Fate.DELIVERED not in stand.features.fates:
            return
        who = await stand.met()

        sent = await stand.send(who, "Мастер едет")

        assert (await stand.delivery(sent)).fate is Fate.DELIVERED

    # Once, and in order

    @pytest.mark.row("A107")
    async def test_an_update_told_twice_has_one_key(self, stand: Stand) -> None:
        who = await stand.person()
        await stand.says(who, "Капает кран")
        (first,) = await stand.inbound()

        await stand.again()

        (second,) = await stand.inbound()
        assert second == first

    async def test_each_chat_is_heard_in_order(self, stand: Stand) -> None:
        people = [await stand.person(name=name) for name in ("Анна", "Борис")]

        async def talk(who: str) -> None:
            for number in range(5):
                await stand.says(who, f"{who} {number}")

        await asyncio.gather(*map(talk, people))

        heard = await stand.fresh(10)
        for who in people:
            said = [each.text for each in heard if each.sender == stand.address(who)]
            assert said == [f"{who} {number}" for number in range(5)]

    async def test_what_we_say_is_shown_in_order_to_whom_it_was_said(self, stand: Stand) -> None:
        people = [await stand.met(name=name) for name in ("Анна", "Борис")]

        for number in range(3):
            for who in people:
                await self._say(stand, who, Reply(f"{who} {number}"), key=f"{who}-{number}")

        for who in people:
            assert [each.text for each in await stand.shown(who)] == [f"{who} {n}" for n in range(3)]

    # Trouble

    async def test_a_service_that_takes_nothing_now_is_an_outage(self, stand: Stand) -> None:
        who = await stand.met()
        await stand.fault(FaultKind.REFUSE)

        with pytest.raises(Outage) as raised:
            await stand.send(who, "Мастер едет")

        assert not isinstance(raised.value, Unanswered)
        assert not await stand.shown(who)

    @pytest.mark.row("L14")
    @pytest.mark.parametrize("kind", [FaultKind.CUT_AFTER, FaultKind.FAIL_AFTER, FaultKind.GARBAGE])
    async def test_what_nobody_knows_of_is_never_repeated_blindly(
        self, stand: Stand, kind: FaultKind
    ) -> None:
        who = await stand.met()
        await stand.fault(kind)

        with pytest.raises(Unanswered):
            await stand.send(who, "Мастер едет")

        assert len(await stand.shown(who)) == 1
        if stand.channel.limits.is_repeatable:
            await stand.send(who, "Мастер едет")
            assert len(await stand.shown(who)) == 1

    async def test_a_slow_service_leaves_us_without_an_answer(self, stand: Stand) -> None:
        who = await stand.met()
        hasty = stand.lend(read_s=HASTE_S)
        await stand.fault(FaultKind.SLOW)

        with pytest.raises(Unanswered):
            await hasty.send(stand.address(who), Reply("Мастер едет"), key="k")

        assert len(await stand.shown(who)) == 1

    async def test_who_sends_too_fast_is_told_to_wait(self, stand: Stand) -> None:
        if not stand.features.is_throttled:
            return
        who = await stand.met()
        sent: list[str] = []

        async def flood() -> None:
            for number in range(FLOOD):
                await stand.send(who, f"{number}", key=f"k{number}")
                sent.append(f"{number}")

        with pytest.raises(Outage) as raised:
            await flood()

        assert not isinstance(raised.value, Unanswered)
        assert (raised.value.wait_s is not None) is stand.features.names_wait
        assert len(sent) >= stand.channel.limits.chat_burst
        stand.clock.advance(seconds=raised.value.wait_s or REST_S)
        await stand.send(who, "last", key="last")
        assert [each.text for each in await stand.shown(who)] == [*sent, "last"]

    async def test_a_service_that_is_away_is_an_outage(self, stand: Stand) -> None:
        who = await stand.met()
        gone = stand.lend(url=free_address())

        with pytest.raises(Outage) as raised:
            await gone.send(stand.address(who), Reply("Мастер едет"), key="k")

        assert not isinstance(raised.value, Unanswered)
        if stand.mode is Mode.POLL:
            with pytest.raises(Outage):
                await gone.listen(None)

    async def test_wrong_credentials_are_told_without_them(self, stand: Stand) -> None:
        if not stand.features.has_passwords:
            return
        who = await stand.met()
        wrong = "wrong" + "secret1"
        stranger = stand.lend(secret=wrong)

        with pytest.raises(NotLetIn) as raised:
            await stranger.send(stand.address(who), Reply("Мастер едет"), key="k")

        assert wrong not in str(raised.value)
        assert not [secret for secret in stand.secrets if secret in str(raised.value)]

    async def test_no_log_holds_a_secret_a_phone_or_a_word(
        self, stand: Stand, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        who = await stand.met()
        if stand.features.contact:
            await stand.shares_contact(who)
            await stand.arrivals()
        await self._say(stand, who, Reply("Секретное слово", buttons=(YES, PAGE)))
        for kind in (FaultKind.REFUSE, FaultKind.FAIL_AFTER, FaultKind.GARBAGE):
            stand.clock.advance(seconds=REST_S)
            await stand.fault(kind)
            with pytest.raises(Outage) as raised:
                await stand.send(who, "Секретное слово", key=kind)
            caplog.records.append(logging.makeLogRecord({"msg": repr(raised.value), "name": "raised"}))

        lines = [record.getMessage() for record in caplog.records if _is_ours(record)]
        for told in (*stand.secrets, "Секретное", "Здравствуйте", "7911000"):
            assert not [line for line in lines if told in line]

    # The secret, and what cannot be read

    @pytest.mark.row("L19")
    async def test_a_forged_knock_is_turned_away(self, stand: Stand) -> None:
        if stand.mode is not Mode.WEBHOOK:
            return
        await stand.met()
        knock = stand.door.knocks[-1]

        forged = stand.forge(knock)

        assert stand.channel.hear(knock)
        assert bool(forged) is stand.features.is_authentic
        for each in forged:
            with pytest.raises(Forged):
                stand.channel.hear(each)

    @pytest.mark.parametrize(
        "body",
        [b"", b"not json", b"[]", b"null", b"{}", b"[" * 5_000, b'{"a": "\\ud800"}', b"\xff\xfe", b"7"],
        ids=["empty", "words", "list", "null", "object", "deep", "half", "bytes", "number"],
    )
    async def test_garbage_breaks_nothing(self, stand: Stand, body: bytes) -> None:
        if stand.mode is not Mode.WEBHOOK:
            return
        who = await stand.met()

        assert not _heard(stand, stand.sealed(body))

        await stand.says(who, "дальше")
        (heard,) = await stand.inbound()
        assert heard.text == "дальше"

    async def test_an_update_of_another_shape_is_read_or_kept_and_breaks_nothing(self, stand: Stand) -> None:
        if stand.mode is not Mode.WEBHOOK:
            return
        who = await stand.met()
        await self._tour(stand, who)

        for knock in stand.door.knocks:
            for mutant in _mutants(knock):
                for each in _heard(stand, mutant):
                    assert each.text is not None
                    assert each.key

    # Restarts

    @pytest.mark.row("A137")
    async def test_what_was_heard_and_not_written_down_comes_again(self, stand: Stand) -> None:
        if not stand.features.keeps_updates:
            return
        who = await stand.person()
        stand.die(2)

        for number in range(3):
            await stand.says(who, f"{number}")

        heard = await stand.fresh(3)
        assert [each.text for each in heard] == ["0", "1", "2"]
        lost = {each.key for each in stand.lost if isinstance(each, Inbound)}
        assert lost
        assert lost <= {each.key for each in heard}

    async def test_nothing_is_lost_while_we_are_away(self, stand: Stand) -> None:
        if not stand.features.keeps_updates:
            return
        who = await stand.met()
        stand.door.refusals = 2

        await stand.restart()
        await stand.says(who, "первое")
        await stand.restart()
        await stand.says(who, "второе")

        assert [each.text for each in await stand.fresh(2)] == ["первое", "второе"]

    async def test_updates_come_by_the_other_way_once_we_say_so(self, stand: Stand) -> None:
        if len(stand.modes) < len(Mode):
            return
        who = await stand.met()
        here = stand.mode
        there = Mode.POLL if here is Mode.WEBHOOK else Mode.WEBHOOK
        heard: list[str] = []

        for mode in (there, there, here):
            await stand.switch(mode)
            await stand.says(who, f"{len(heard)} {mode}")
            heard.extend(each.text for each in await stand.fresh(1))

        assert heard == [f"0 {there}", f"1 {there}", f"2 {here}"]

    async def test_standing_again_changes_nothing(self, stand: Stand) -> None:
        who = await stand.met()

        await stand.channel.stand(stand.door.url if stand.mode is Mode.WEBHOOK else None)
        await stand.says(who, "дальше")

        (heard,) = await stand.fresh(1)
        assert heard.text == "дальше"

    # Inside

    async def _say(
        self, stand: Stand, who: str, reply: Reply, *, key: str = "k", links: list[str] | None = None
    ) -> None:
        """Say a reply as the program does: laid out, one message after another, slowly enough."""
        limits: Limits = stand.channel.limits
        for place, part in enumerate(lay_out(reply, limits, links=links or ())):
            stand.clock.advance(seconds=REST_S)
            await stand.channel.send(stand.address(who), part, key=f"{key}-{place}")

    async def _tour(self, stand: Stand, who: str) -> None:
        """Let a person do once what he can."""
        features = stand.features
        said = await stand.says(who, "Капает кран")
        if features.edits:
            await stand.edits(who, said, "Капает кран в ванной")
        for kind in sorted(features.media_in):
            await stand.sends(who, kind, PHOTO)
        if features.contact:
            await stand.shares_contact(who)
        if features.location:
            await stand.shares_location(who, *PLACE)
        if features.sources:
            await stand.starts(who, "flyer-7")
        done = 1 + features.edits + len(features.media_in) + features.contact + features.location
        await stand.fresh(done + features.sources)
        if stand.channel.limits.buttons:
            await self._say(stand, who, Reply("Вызвать мастера?", buttons=(YES,)))
            await stand.presses(who, YES.label)
            await stand.fresh(1)
        if features.tells_blocks:
            await stand.blocks(who)
            await stand.arrivals()


def _heard(stand: Stand, knock: Knock) -> list[Inbound]:
    """Return the messages in a knock; it may be forged, or unread, and must be nothing worse."""
    try:
        arrivals = stand.channel.hear(knock)
    except Forged:
        return []
    for each in arrivals:
        assert not isinstance(each, Unread) or (each.key and each.reason)
    return [each for each in arrivals if isinstance(each, Inbound)]


def _mutants(knock: Knock) -> Iterator[Knock]:
    """Make knocks like a JSON one, each with a value of another type, or without it."""
    try:
        told = json.loads(knock.body)
    except ValueError:
        return
    count = 0
    for path in _paths(told):
        for value in _VALUES:
            count += 1
            if count > MUTANTS_MAX:
                return
            yield replace(knock, body=json.dumps(_changed(told, path, value)).encode())


def _paths(told: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for name, value in inside:
        yield (*path, name)
        yield from _paths(value, (*path, name))


def _changed(told: Any, path: tuple[str | int, ...], value: object) -> Any:
    """Return a copy with one value changed, or, for an ellipsis, left out."""
    name, *rest = path
    copy = told.copy()
    if rest:
        copy[name] = _changed(told[name], tuple(rest), value)
    elif value is ...:
        del copy[name]
    else:
        copy[name] = value
    return copy


def _is_ours(record: logging.LogRecord) -> bool:
    """Leave out what the other side logs, and the test's own calls to `/_sim`."""
    return not (record.name.startswith(("bots.simulators", "asyncio")) or "/_sim" in record.getMessage())
