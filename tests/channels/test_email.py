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

from bots.chance import SystemChance
from bots.simulators.mail import build
from bots.simulators.mail.relay import Relay
from channels.email import Email
from channels.email.account import Account, Intake, Patience
from channels.email.letter import html, message_id, plain_subject, write
from channels.email.spool import Spool
from channels.email.words import own_words, text_of_html, unflowed
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.messages import Address, Attachment, Delivery, Fate, Inbound, Paper, Reply, Role, Unread
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
HASTE = Patience(connect_s=2.0, read_s=2.0, listen_s=0.05, written_s=2.0)


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
