"""The channel of one VK community."""

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import httpx

from channels.vk.files import PAPER_BYTES_MAX, Files
from channels.vk.hook import Hook
from channels.vk.keyboard import BUTTONS_MAX, LABEL_MAX, ROW_MAX, keyboard
from channels.vk.reading import NAME, Reader
from channels.vk.speech import Speech
from core.kernel.refusal import Outage, Shut, Unsayable
from core.knock import Forged, Knock, Thanks
from core.messages import Address, Arrival, Ask, Attachment, Batch, Inbound, Limits, Reply, Role, door_of
from core.ports import Clock
from core.wire import CONNECT_S, READ_S, Wire, is_same, trust

logger = logging.getLogger(__name__)

URL = "https://api.vk.ru"
TEXT_MAX = 4_096
POLL_S = 25  # some proxies cut what waits for 30 s; VK itself would wait for 90
POLL_SLACK_S = 10.0

# VK takes 20 calls in any second: 15 and a burst of 5 never pass that. A file costs two calls more.
LIMITS = Limits(
    text=TEXT_MAX,
    caption=TEXT_MAX,
    buttons=BUTTONS_MAX,
    row=ROW_MAX,
    label=LABEL_MAX,
    paper_bytes=PAPER_BYTES_MAX,
    per_second=15.0,
    burst=5,
    asks=frozenset({Ask.LOCATION}),
    is_repeatable=True,
)


class Vk:
    """People who write to a community. VK knows repeats by `random_id`, so a lost answer is asked again."""

    def __init__(
        self,
        role: Role,
        *,
        token: str,
        group_id: int,
        clock: Clock,
        secret: str = "",
        confirmation: str = "",
        url: str = URL,
        proxy: str | None = None,
        read_s: float = READ_S,
    ) -> None:
        """Speak for a community.

        Args:
            token: Of the community, with the rights to messages, photos, documents and management.
            secret: Comes back in every event that VK sends us; without one no event is taken.
            confirmation: What VK wants to hear from our address, if the token may not ask for it.
            url: The API, without `/method`.
            proxy: Where requests go out, if not directly.
            read_s: How long an answer may take.
        """
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(read_s, connect=CONNECT_S), verify=trust(), proxy=proxy
        )
        # Long Poll keeps its answer back for so long, and names its own address.
        self._poll = Wire(
            provider="VK",
            url="",
            http=httpx.AsyncClient(
                timeout=httpx.Timeout(POLL_S + POLL_SLACK_S, connect=CONNECT_S), verify=trust(), proxy=proxy
            ),
        )
        wire = Wire(provider="VK", url=url, http=self._http)
        self._speech = Speech(wire, token=token)
        self._files = Files(self._speech, wire=wire, http=self._http)
        self._hook = Hook(
            self._speech, group_id=group_id, role=role, secret=secret, confirmation=confirmation
        )
        self._reader = Reader(door=door_of(NAME, role), role=role)
        self._group_id, self._secret, self._clock = group_id, secret, clock
        self._server: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """How it is called in addresses."""
        return NAME

    @property
    def limits(self) -> Limits:
        """What a message may hold, and how many go in a second."""
        return LIMITS

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:
        """Send a message, its file uploaded first; return its id in VK."""
        if not to.chat_id.isdecimal():
            raise Shut("no such chat in VK")
        peer_id = int(to.chat_id)
        attachment = None
        for paper in reply.papers:
            attachment = await self._files.attach(paper, peer_id=peer_id)
        sent = await self._speech.ask(
            "messages.send",
            peer_id=peer_id,
            random_id=random_id(key),
            message=reply.text or None,
            attachment=attachment,
            keyboard=keyboard(reply.buttons),
            dont_parse_links=True,  # nobody but the person opens the pages we send him
            disable_mentions=True,
        )
        return str(sent)

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return the bytes of what a person sent; of a video there are none to have."""
        return await self._files.fetch(attachment)

    # By Callback API

    def hear(self, knock: Knock) -> tuple[Arrival, ...]:
        """Check the secret, which stands in the body, and read the event."""
        event = _event(knock)
        told = event.get("secret")
        is_ours = bool(self._secret) and isinstance(told, str) and is_same(told, self._secret)
        # VK greets before it has learnt the secret; its greeting tells nothing and asks for nothing secret.
        is_greeting = event.get("type") == "confirmation" and told is None
        if not (is_ours or is_greeting) or event.get("group_id") != self._group_id:
            raise Forged("not an event of our community")
        return self._read([event])

    def thanks(self, knock: Knock) -> Thanks:
        """Say ok, or, where VK asks whether the address is ours, the word that proves it."""
        if _event(knock).get("type") != "confirmation":
            return Thanks(type="text/plain", body=b"ok")
        if not self._hook.confirmation:
            return Thanks(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"")
        return Thanks(type="text/plain", body=self._hook.confirmation.encode())

    # By Long Poll

    async def listen(self, mark: str | None) -> Batch:
        """Ask for what came after the mark, VK's `ts`, which outlives sessions and restarts.

        VK keeps events for a while only. Where it has lost some it says so; that is logged, and we go on
        from what it has. Without a mark one is brought and nothing else, so that it is written down before
        anything is heard.
        """
        server = self._server or await self._session()
        if mark is None:
            return Batch((), str(server["ts"]))
        told = await self._check(server, mark)
        match told.get("failed"):
            case None:
                return Batch(self._read(told["updates"]), str(told["ts"]))
            case 1:  # it has forgotten what came directly after the mark
                logger.warning("vk.events-lost group=%s", self._group_id)
                return Batch((), str(told["ts"]))
            case 2:  # the session is over, its events are not
                self._server = None
                return Batch((), mark)
            case _:  # 3: both are lost
                logger.warning("vk.events-lost group=%s", self._group_id)
                return Batch((), str((await self._session())["ts"]))

    async def acknowledge(self, arrival: Inbound) -> None:
        """Stop the button from turning; after a minute it has stopped by itself."""
        if not arrival.press:
            return
        person = arrival.sender.chat_id
        with suppress(Shut, Unsayable):
            await self._speech.ask(
                "messages.sendMessageEventAnswer", event_id=arrival.press, user_id=person, peer_id=person
            )

    async def stand(self, url: str | None) -> None:
        """See that events come to this address, or that Long Poll is switched on and tells from now on."""
        await self._hook.stand(url)
        if url is None and self._server is None:
            await self._session()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self._poll.close()

    # Parts

    async def _session(self) -> Mapping[str, Any]:
        told = await self._speech.manage("groups.getLongPollServer", group_id=self._group_id)
        if not isinstance(told, dict) or not {"server", "key", "ts"} <= told.keys():
            raise Outage("VK answered no session")
        self._server = told
        return told

    async def _check(self, server: Mapping[str, Any], since: str) -> Mapping[str, Any]:
        query = urlencode({"act": "a_check", "key": server["key"], "ts": since, "wait": POLL_S})
        answer = await self._poll.ask("GET", f"{server['server']}?{query}")
        told = answer.body
        if answer.is_good and (
            told.get("failed") or ("ts" in told and isinstance(told.get("updates"), list))
        ):
            return told
        self._server = None
        raise Outage("VK's Long Poll answered what cannot be read")

    def _read(self, events: list[Any]) -> tuple[Arrival, ...]:
        at = self._clock.now()
        read = (self._reader.read(event, at=at) for event in events if isinstance(event, dict))
        return tuple(arrival for arrival in read if arrival is not None)


def random_id(key: str) -> int:
    """Return the number by which VK knows a repeat: 31 bits of our key, never 0, which would mean none.

    VK compares it within one talk, where two of a thousand messages meet once in four thousand talks.
    """
    return int.from_bytes(sha256(key.encode()).digest()[:4]) & 0x7FFF_FFFF or 1


def _event(knock: Knock) -> Mapping[str, Any]:
    try:
        event = json.loads(knock.body)
    except (ValueError, RecursionError):
        raise Forged("no event of VK") from None
    if not isinstance(event, dict):
        raise Forged("no event of VK")
    return event
