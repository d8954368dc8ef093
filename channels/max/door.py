"""MAX as a channel: one bot for one of the two roles."""

import json
from collections.abc import Sequence

from channels.max import saying
from channels.max.client import Api, Reach
from channels.max.reading import CHANNEL, KINDS, VIDEO, Reader
from core.kernel.refusal import Outage, Unsayable
from core.knock import Forged, Knock, Thanks
from core.messages import Address, Arrival, Attachment, Batch, Inbound, Limits, Reply, Role
from core.wire import is_same

LISTEN_S = 30
NOT_READY_S = (0.5, 1.0, 2.0, 4.0, 6.0)  # MAX advises ever longer waits; a send must end within 30 s

_SECRET = "x-max-bot-api-secret"  # noqa: S105 - the name of a header
_DIGITS_MAX = 19


class Max:
    """One MAX bot: heard by webhook or by long polling, spoken through over HTTP.

    Attributes:
        name: `max`.
        limits: By MAX's published rules (docs/channels/max.md).
    """

    name = CHANNEL

    def __init__(
        self,
        *,
        token: str,
        role: Role,
        secret: str = "",
        app: str = "",
        reach: Reach | None = None,
        listen_s: int = LISTEN_S,
        not_ready_s: Sequence[float] = NOT_READY_S,
    ) -> None:
        """Speak as the bot of this token.

        Args:
            token: From MAX's cabinet for partners.
            role: Who talks to this bot.
            secret: What MAX puts into the header of its knocks, 5 to 256 of A-Z, a-z, 0-9, - and _; empty:
                the door is shut to them.
            app: The bot's public name, if our page is registered as its mini app; empty: buttons to our
                pages open in a browser.
            reach: MAX's address, a proxy, roots to believe.
            listen_s: How long one long poll lasts, 0 to 90.
            not_ready_s: The waits between tries while an upload is being worked on.
        """
        self._secret, self._app = secret, app
        self._reader = Reader(role, token)
        self._api = Api(token, reach or Reach(), listen_s=listen_s, not_ready_s=not_ready_s)
        self._is_stood = False

    @property
    def limits(self) -> Limits:
        """What it can show, and how fast it takes things."""
        return saying.LIMITS

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:  # noqa: ARG002 - MAX knows no keys of ours
        """Send one message; return its id at MAX."""
        if not to.chat_id.isdecimal() or len(to.chat_id) > _DIGITS_MAX:
            raise Unsayable("that is no person of MAX")
        if not (reply.text or reply.papers):
            raise Unsayable("there is nothing to say")
        attachments = []
        for paper in reply.papers:
            kind = saying.kind_of(paper)
            attachments.append({"type": kind, "payload": await self._api.upload(paper, kind)})
        if reply.buttons:
            attachments.append(saying.keyboard(reply.buttons, app=self._app))
        return await self._api.say(to.chat_id, saying.said(reply.text, attachments))

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return the bytes of what a person sent."""
        ref = attachment.ref
        if ref.startswith(VIDEO):
            ref = await self._api.video_url(ref.removeprefix(VIDEO))
        return await self._api.download(ref)

    def hear(self, knock: Knock) -> tuple[Arrival, ...]:
        """Check the secret and read the update that the knock brings."""
        if not self._secret or not is_same(knock.headers.get(_SECRET, ""), self._secret):
            raise Forged("the secret of MAX is missing or wrong")
        try:
            told = json.loads(knock.body)
        except (ValueError, RecursionError):
            raw = knock.body.decode(errors="replace")
            return (self._reader.unread(raw, "that is no JSON"),)
        return self._reader.read(told)

    def thanks(self, knock: Knock) -> Thanks:  # noqa: ARG002 - all are thanked alike
        """Return what MAX takes for delivery: a 200 within 30 seconds."""
        return Thanks()

    async def listen(self, mark: str | None) -> Batch:
        """Ask once for what came after a mark; without one MAX tells only the last thing that happened."""
        body = await self._api.updates(mark, types=",".join(KINDS))
        told, marker = body.get("updates"), body.get("marker")
        if not isinstance(told, list):
            raise Outage("MAX told no updates")
        arrivals = tuple(arrival for each in told for arrival in self._reader.read(each))
        return Batch(arrivals, str(marker) if isinstance(marker, int) else mark)

    async def acknowledge(self, arrival: Inbound) -> None:
        """End the waiting mark on a pressed button."""
        if arrival.press:
            await self._api.answer(arrival.press)

    async def stand(self, url: str | None) -> None:
        """Have updates come to this address only, or to none, so that they can be polled.

        MAX drops an address without a word when it has not thanked for 8 hours, so this is called again
        and again. The first time it is told anew in any case: MAX does not show which secret it holds.
        """
        found = await self._api.subscriptions()
        if url is not None and (url not in found or not self._is_stood):
            await self._api.subscribe(url, secret=self._secret, types=KINDS)
        for other in found:
            if other != url:
                await self._api.unsubscribe(other)
        self._is_stood = url is not None

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()
