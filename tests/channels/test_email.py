"""E-mail: the suite of channels over real SMTP both ways, and what is special to mail."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from bots.chance import SystemChance
from bots.channels import open_doors
from bots.settings import Settings, SettingsRefused
from bots.simulators.mail import build
from bots.simulators.mail.relay import Relay
from channels.email import Email
from channels.email.account import Account, Intake, Patience
from channels.email.letter import html, message_id, plain_subject, write
from channels.email.spool import Spool
from channels.email.words import own_words, text_of_html, unflowed
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.messages import Address, Attachment, Fate, Paper, Reply, Role, Unread
from core.wire import NotLetIn
from tests.channels.contract import BILL, PHOTO, Contract, Door, Features, Mode, Stand
from tests.channels.stand import free_address, served
from tests.fakes.clock import FakeClock

PASSWORD = "pass-wrd"
SECRET = b"of the tests"
OURS = "jobs@naryad.example"
FEATURES = Features(
    contact=False,
    location=False,
    edits=False,
    tells_blocks=False,
    fates=frozenset({Fate.DELIVERED, Fate.FAILED}),
    names_wait=False,
    is_authentic=False,
    refuses_long=False,  # a mail may be as long as one likes
)
HASTE = Patience(before_s=2.0, read_s=2.0, listen_s=0.05, written_s=2.0)


@dataclass
class EmailStand(Stand):
    """The relay and the mailboxes; a crash of ours breaks every connection to our server."""

    relay: Relay = field(kw_only=True)
    spool: Path = field(kw_only=True)
    patience: Patience = field(init=False, default=HASTE)

    def account(self, **changes: Any) -> Account:
        account = Account(
            "127.0.0.1",
            self.relay.port,
            sender=f"Наряд <{OURS}>",
            secret=SECRET,
            user="naryad",
            password=PASSWORD,
            tls="none",
        )
        return replace(account, **changes)

    def make(
        self, *, url: str | None = None, secret: str | None = None, read_s: float | None = None
    ) -> Email:
        mine = self.__dict__.get("channel")
        if isinstance(mine, Email) and mine.server is not None and not (url or secret or read_s):
            mine.server.stop()
        changes: dict[str, Any] = {"password": secret} if secret else {}
        if url:
            changes["port"] = urlsplit(url).port
        return Email(
            self.account(**changes),
            role=Role.CLIENT,
            clock=self.clock,
            intake=Intake("127.0.0.1", self.relay.carrier.port, self.spool),
            patience=replace(self.patience, read_s=read_s or self.patience.read_s),
        )


@pytest.fixture
async def made(
    door: Door, clock: FakeClock, chance: SystemChance, tmp_path: Path
) -> AsyncIterator[EmailStand]:
    """The channel before its relay; nobody listens yet."""
    urls: list[str] = []

    def simulated(url: str) -> FastAPI:
        urls.append(url)
        intake = urlsplit(free_address()).port or 0
        return build(clock=clock, chance=chance, pace=0, password=PASSWORD, intake_port=intake)

    async with served(simulated) as app:
        relay: Relay = app.state.relay
        await relay.start("127.0.0.1", 0)
        stand = EmailStand(
            url=urls[0],
            door=door,
            clock=clock,
            relay=relay,
            spool=tmp_path / "mail",
            secrets=(PASSWORD,),
            features=FEATURES,
            modes=(Mode.POLL,),
            send_path="MAIL",
            stranger="nobody@mail.example",
        )
        stand.channel = stand.make()
        yield stand
        await stand.close()
        await relay.close()


@pytest.fixture
async def stand(made: EmailStand) -> EmailStand:
    await made.open(Mode.POLL)
    return made


class TestEmail(Contract):
    @pytest.fixture
    async def stand(self, made: EmailStand) -> Stand:
        await made.open(Mode.POLL)
        return made


# Threads and shapes, as they travel


async def test_an_answer_joins_the_thread_and_keeps_its_subject(stand: EmailStand) -> None:
    who = await stand.person()
    said = await stand._acts(who, "say", text="Капает кран", subject="Fwd: Вода на кухне")
    (heard,) = await stand.inbound()

    sent = await stand.send(who, "Когда удобно?", thread=heard.thread)

    assert heard.text == "Вода на кухне\n\nКапает кран"
    assert heard.thread == f"{said} Вода на кухне"
    (shown,) = await stand._sim("GET", f"/chats/{who}/shown")
    assert (shown["subject"], shown["thread"], shown["id"]) == ("Re: Вода на кухне", said, sent)


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251"])
@pytest.mark.parametrize("is_html", [False, True])
async def test_an_answer_is_read_without_what_it_quotes(
    stand: EmailStand, charset: str, is_html: bool
) -> None:
    who = await stand.met()
    await stand.send(who, "Когда удобно?\n\n1 - сегодня")

    await stand._acts(who, "say", text="Завтра <после> 10\nу подъезда", charset=charset, html=is_html)

    (heard,) = await stand.inbound()
    assert heard.text == "Завтра <после> 10\nу подъезда"


def mailed(reply: Reply, *, key: str = "k") -> Any:
    account = Account("h", 25, sender=f"Наряд <{OURS}>", secret=SECRET)
    id = message_id(account, key)
    content = write(account, to="a@b.example", reply=reply, id=id, now=FakeClock().now())
    assert content.isascii()
    return message_from_bytes(content, policy=policy.default)


def test_a_mail_says_the_same_plain_and_as_html_and_brings_its_file() -> None:
    mail = mailed(Reply("Готово <b>.\nСмотрите https://n.example/j?a=1&b=2.\n\nСпасибо", papers=(BILL,)))

    assert mail.get_body(("plain",)).get_content().strip().endswith("Спасибо")
    told = mail.get_body(("html",)).get_content()
    assert '<a href="https://n.example/j?a=1&amp;b=2">' in told
    assert "Готово &lt;b&gt;.<br>" in told
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == (BILL.name, BILL.content)
    assert mail["Subject"] == "Готово <b>."
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "img" not in told


def test_a_mail_cannot_be_made_to_say_more_in_its_head() -> None:
    paper = Paper("Чек\r\nX: 1.pdf", "application/pdf", b"%PDF")
    mail = mailed(Reply("a\r\nBcc: all@example.org", thread="<1@x> x\r\nBcc: y@z", papers=(paper,)))

    assert mail["Bcc"] is None
    assert next(mail.iter_attachments())["X"] is None


def test_the_same_key_is_the_same_message_and_nobody_guesses_it() -> None:
    assert mailed(Reply("a"))["Message-ID"] == mailed(Reply("b"))["Message-ID"]
    assert mailed(Reply("a"))["Message-ID"] != mailed(Reply("a"), key="l")["Message-ID"]
    assert html("a\n\n\nb", lang="ru").count("<p>") == 2
    assert plain_subject("RE: Re[2]: FW: Ответ: кран") == "кран"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Да\n\nпн, 2 мар. 2026 г. в 11:00, Наряд <jobs@n.example>:\n\n> Когда?\n> 1", "Да"),
        ("Да\r\n\r\n02.03.2026 11:00, Наряд пишет:\r\n> Когда?\r\n\r\nОтправлено с iPhone", "Да"),
        ("Yes\n\nOn Mon, Mar 2, 2026 at 11:00 AM Naryad\n<jobs@n.example> wrote:\n\n> x", "Yes"),
        ("Ок\n\n________________________________\nОт: Наряд <j@n.example>\nТема: т\n\nтекст", "Ок"),
        ("Ок\n\nFrom: Naryad <j@n.example>\nSent: Monday\nTo: I\n\nxx", "Ок"),
        ("Ок\n\n-----Original Message-----\nxx", "Ок"),
        ("Ок\n\n2 марта 2026, 11:00 от Наряд <j@n.example>:\n\nбез значков", "Ок"),
        ("> Когда?\nЗавтра\n> Где?\nМира 12", "Завтра\nМира 12"),
        ("Приезжайте\n-- \nИван Петров", "Приезжайте"),
        ("Пишите на a@b.example:\n12 марта не подходит", "Пишите на a@b.example:\n12 марта не подходит"),
        ("Адрес: Мира 1\nОт: метро 5 минут\nТел: 8911", "Адрес: Мира 1\nОт: метро 5 минут\nТел: 8911"),
        ("Он сказал так:\nне знаю", "Он сказал так:\nне знаю"),
        ("> только чужое", ""),
    ],
)
def test_quotes_and_signatures_are_cut(text: str, own: str) -> None:
    assert own_words(text) == own


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("<style>p{}</style><div>Капает&nbsp;<b>кран</b></div><div>Мира&nbsp;1<br>кв 2</div>", 2),
        ("<p>a</p><p>b</p><div class=gmail_quote>x<blockquote>y</blockquote></div>", "a\n\nb"),
        ('<div>Да</div><div id="appendonsend"></div><hr><b>From:</b> x', "Да"),
        ("<div>a<div class='moz-cite-prefix'>On 2 x wrote:</div></div><blockquote>q</blockquote>b", "a\nb"),
        ("<div><span>a</div>b</span> & c</i>", "a\nb & c"),
        ("<table><tr><td>1</td></tr><tr><td>2</td></tr></table>", "1\n2"),
    ],
)
def test_html_is_read_as_people_see_it(told: str, text: str | int) -> None:
    expected = "Капает кран\nМира 1\nкв 2" if text == 2 else text
    assert text_of_html(told) == expected


def test_a_flowed_text_has_its_paragraphs_whole() -> None:
    assert unflowed("один \nдва\n три\n", deletes_space=False) == "один два\nтри\n"
    assert unflowed("один \nдва", deletes_space=True) == "одиндва"


# What comes in, over a real socket


def brought(stand: EmailStand, content: bytes, *, sender: str = "a@b.example", to: str = OURS) -> Any:
    """Bring a mail as another server does; returns code and words of the last answer."""
    with smtplib.SMTP("127.0.0.1", stand.relay.carrier.port, local_hostname="mx", timeout=5) as server:
        server.ehlo()
        server.mail(sender)
        code, words = server.rcpt(to)
        return server.data(content) if code == 250 else (code, words)


async def bring(stand: EmailStand, content: str | bytes, **told: str) -> tuple[int, bytes]:
    octets = content.replace("\n", "\r\n").encode() if isinstance(content, str) else content
    answer: tuple[int, bytes] = await asyncio.to_thread(brought, stand, octets, **told)
    return answer


HEAD = f"From: Иван <A@b.example>\nTo: {OURS}\nSubject: x\nMessage-ID: <1@b>\nIn-Reply-To: <0@b>\n"


async def test_octets_without_a_charset_are_read_as_the_russian_they_are(stand: EmailStand) -> None:
    for number, charset in enumerate(("koi8-r", "windows-1251", "utf-8")):
        mail = HEAD.replace("<1@b>", f"<{number}@b>") + "\nКапает кран, приезжайте"
        assert (await bring(stand, mail.replace("\n", "\r\n").encode(charset)))[0] == 250

        (heard,) = await stand.inbound()
        assert (heard.text, heard.name) == ("Капает кран, приезжайте", "Иван")
        assert heard.sender.chat_id == "a@b.example"
        assert heard.contact is None


async def test_mail_for_others_is_not_taken(stand: EmailStand) -> None:
    assert (await bring(stand, HEAD + "\nx", to="someone@else.example"))[0] == 550
    assert (await bring(stand, HEAD + "\nx", to="other@naryad.example"))[0] == 550
    assert (await bring(stand, HEAD + "\nx", to="Jobs+Flyer_7@Naryad.example"))[0] == 250
    assert (await stand.inbound())[0].source == "Flyer_7"


@pytest.mark.parametrize(
    "mail",
    [
        HEAD + "Auto-Submitted: auto-replied\n\nЯ в отпуске",
        HEAD + "Precedence: bulk\n\nx",
        HEAD + "List-Id: <news>\n\nx",
        HEAD.replace("A@b.example", "MAILER-DAEMON@b.example") + "\nx",
        HEAD.replace("A@b.example", "noreply@b.example") + "\nx",
        HEAD.replace("A@b.example", OURS) + "\nx",
        HEAD + "\n> только чужое",
    ],
    ids=["absence", "bulk", "list", "daemon", "noreply", "ourselves", "quote"],
)
async def test_what_no_person_says_is_passed_over(stand: EmailStand, mail: str) -> None:
    assert (await bring(stand, mail))[0] == 250
    assert (await bring(stand, HEAD + "\nчеловек"))[0] == 250

    assert [each.text for each in await stand.inbound()] == ["человек"]


async def test_null_senders_and_mail_in_circles_bring_nothing(stand: EmailStand) -> None:
    assert (await bring(stand, HEAD + "\nx", sender=""))[0] == 250
    assert (await bring(stand, "Received: from x\n" * 31 + HEAD + "\nx"))[0] == 554
    assert not stand.written


async def test_who_cannot_be_told_is_kept_for_a_person(stand: EmailStand) -> None:
    assert (await bring(stand, "Subject: x\n\nКапает кран"))[0] == 250

    (unread,) = await stand.arrivals()
    assert isinstance(unread, Unread)
    assert "Капает кран" in unread.raw


async def test_pictures_inside_the_text_are_files_and_logos_are_not(stand: EmailStand) -> None:
    def picture(name: str, octets: int) -> str:
        encoded = (PHOTO + bytes(octets)).hex()
        head = f"Content-Type: image/png\nContent-ID: <{name}>\nContent-Disposition: inline; filename={name}"
        return f"--b\n{head}\n\n" + "\n".join(encoded[at : at + 900] for at in range(0, len(encoded), 900))

    mail = f"{HEAD}MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n"
    mail += "Content-Type: text/html; charset=utf-8\n\n<p>Вот он</p>\n"
    mail += f"{picture('logo.png', 10)}\n{picture('tap.png', 5_000)}\n--b--\n"
    assert (await bring(stand, mail))[0] == 250

    (heard,) = await stand.inbound()
    assert heard.text == "Вот он"
    assert [(file.kind, file.name) for file in heard.attachments] == [("photo", "tap.png")]


async def test_a_mail_is_not_answered_for_before_it_is_written_down(made: EmailStand) -> None:
    made.patience = replace(HASTE, written_s=0.05)
    made.channel = channel = made.make()
    await channel.stand(None)

    assert (await bring(made, HEAD + "\nраз"))[0] == 451
    again = asyncio.create_task(bring(made, HEAD + "\nраз"))
    first = await channel.listen(None)
    while not first.arrivals:
        first = await channel.listen(None)
    unwritten = await channel.listen("before")  # it was not: the mark is not the batch's
    assert (await again)[0] == 451

    third = asyncio.create_task(bring(made, HEAD + "\nраз"))
    written = await channel.listen(None)
    while not written.arrivals:
        written = await channel.listen(None)
    await channel.listen(written.mark)
    assert (await third)[0] == 250
    told = [*first.arrivals, *unwritten.arrivals, *written.arrivals]
    assert {each.key for each in told} == {first.arrivals[0].key}


async def test_a_port_that_is_taken_is_an_outage_and_no_port_is_only_writing(made: EmailStand) -> None:
    made.channel = made.make()
    await made.channel.stand(None)
    other = made.lend(url=made.url)
    with pytest.raises(Outage):
        await other.listen(None)
    dumb = Email(made.account(), role=Role.CLIENT, clock=made.clock)
    await dumb.stand(None)
    with pytest.raises(Outage):
        await dumb.listen(None)
    with pytest.raises(Unsayable):
        await dumb.fetch(Attachment("photo", "x"))
    await dumb.close()


def test_files_are_kept_until_nobody_needs_them(tmp_path: Path, clock: FakeClock) -> None:
    spool = Spool(tmp_path / "mail")
    clock.advance(days=10_000)  # the disk has a clock of its own
    assert spool.sweep(clock.now()) == 0
    ref = spool.keep(PHOTO)
    assert spool.keep(PHOTO) == ref
    assert spool.find(ref) == PHOTO
    assert spool.find(f"../{ref}") is None
    assert spool.sweep(clock.now()) == 1
    assert spool.find(ref) is None


# What goes out


@pytest.mark.parametrize(
    ("state", "failure"), [("unknown", Shut), ("full", Shut), ("grey", Outage), ("open", None)]
)
async def test_what_a_mailbox_answers(stand: EmailStand, state: str, failure: type[Exception] | None) -> None:
    who = await stand.person()
    await stand._acts(who, "state", state=state)

    if failure is not None:
        with pytest.raises(failure) as raised:
            await stand.send(who, "Мастер едет")
        assert not isinstance(raised.value, Unanswered)
        assert who not in str(raised.value)
    if state in ("grey", "open"):
        await stand.send(who, "Мастер едет")
        assert len(await stand.shown(who)) == 1


async def test_a_mail_that_comes_back_has_failed(stand: EmailStand) -> None:
    who = await stand.person()
    await stand._acts(who, "state", state="bouncing")

    sent = await stand.send(who, "Мастер едет")

    told = await stand.delivery(sent)
    assert (told.fate, told.reason) == (Fate.FAILED, "5.1.1")


@pytest.mark.parametrize("way", ["text", "whole"])
async def test_older_bounces_are_read_too(stand: EmailStand, way: str) -> None:
    id = message_id(stand.account(), "k")
    if way == "text":
        mail = f"From: Mailer-Daemon@b.example\nTo: {OURS}\nX-Failed-Recipients: a@b.example\n\n"
        mail += f"550 5.7.26 no such user\n\n------\nMessage-ID: {id}\n"
    else:
        mail = "From: Mail Delivery <postmaster@b.example>\nMIME-Version: 1.0\n"
        mail += "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        mail += "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; b\n\n"
        mail += "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.7.26\n\n"
        mail += f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {id}\nSubject: x\n\ny\n--b--\n"

    assert (await bring(stand, mail, sender=""))[0] == 250

    told = await stand.delivery(id)
    assert (told.fate, told.reason) == (Fate.FAILED, "5.7.26")


async def test_reports_of_delay_and_of_others_mail_tell_nothing(stand: EmailStand) -> None:
    report = "From: postmaster@b.example\nContent-Type: multipart/report; boundary=b\n\n"
    report += "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; b\n\n"
    report += "Action: {}\nStatus: 4.0.0\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {}\n--b--\n"
    id = message_id(stand.account(), "k")
    for action, whose in (("delayed", id), ("relayed", id), ("failed", "<1@else.example>")):
        assert (await bring(stand, report.format(action, whose), sender=""))[0] == 250

    assert not stand.deliveries
    assert not stand.written


@pytest.mark.parametrize(
    ("who", "reply", "failure"),
    [
        ("no mailbox", Reply("да"), Shut),
        ("аня@mail.example", Reply("да"), Shut),
        ("a@" + "b" * 90, Reply("да"), Shut),
        ("a@mail.example", Reply(" "), Unsayable),
    ],
)
async def test_what_cannot_go_is_told(
    stand: EmailStand, who: str, reply: Reply, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        await stand.channel.send(Address("email", who), reply, key="k")


async def test_a_sender_that_is_not_of_the_login_is_a_matter_of_settings(made: EmailStand) -> None:
    other = Email(made.account(sender="x@y.example"), role=Role.CLIENT, clock=made.clock, patience=HASTE)
    with pytest.raises(NotLetIn, match="SMTP_FROM"):
        await other.send(Address("email", "a@mail.example"), Reply("да"), key="k")
    with pytest.raises(ValueError, match="no mailbox"):
        made.account(sender="Наряд")


async def test_a_relay_without_tls_gets_no_password(made: EmailStand) -> None:
    other = Email(made.account(tls="starttls"), role=Role.CLIENT, clock=made.clock, patience=HASTE)
    with pytest.raises(Outage):
        await other.send(Address("email", "a@mail.example"), Reply("да"), key="k")
    assert not [each for each in made.relay.log if each["answer"].startswith("535")]


# The door by its settings


def chosen(folder: Path, **told: Any) -> Settings:
    known: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_from": f"Наряд <{OURS}>", **told}
    return Settings(_env_file=None, data_dir=folder, secret_key=SecretStr("s"), **known)


def test_a_mailbox_is_opened_by_its_settings_and_speaks_to_both(tmp_path: Path, clock: FakeClock) -> None:
    doors = open_doors(chosen(tmp_path, mail_listen_port=2525), clock=clock)
    assert [(door.name, door.is_asked) for door in doors.open] == [("email-client", True)]
    assert doors.ways_out["email-master"] is doors.ways_out["email-client"]

    dumb = open_doors(chosen(tmp_path), clock=clock)
    assert [(door.name, door.is_asked) for door in dumb.open] == [("email-client", False)]
    assert not open_doors(chosen(tmp_path, smtp_host=""), clock=clock).open


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"smtp_from": ""}, "SMTP_FROM"),
        ({"smtp_from": "Наряд"}, "SMTP_FROM"),
        ({"smtp_user": "jobs"}, "SMTP_PASSWORD"),
    ],
)
def test_half_of_the_settings_is_refused(
    tmp_path: Path, clock: FakeClock, told: dict[str, str], name: str
) -> None:
    with pytest.raises(SettingsRefused, match=name):
        open_doors(chosen(tmp_path, **told), clock=clock)
