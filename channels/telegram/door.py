"""One bot as a door: it sends, hears, listens and fetches."""

import json

from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteWebhook,
    GetFile,
    GetUpdates,
    GetWebhookInfo,
    SetWebhook,
)

from channels.telegram import showing
from channels.telegram.line import API_URL, FILE_BYTES_MAX, Line, Refused
from channels.telegram.reading import KINDS, Reader
from core.kernel.refusal import Shut, Unanswered, Unsayable
from core.knock import Forged, Knock, Thanks
from core.messages import Address, Arrival, Attachment, Batch, Inbound, Limits, Reply, Role
from core.ports import Clock
from core.wire import READ_S, is_same

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header
POLL_S = 25  # how long Telegram holds an empty answer back
_BATCH_MAX = 100
_NO_PICTURE = ("PHOTO_", "IMAGE_PROCESS")  # to Telegram, but a file all the same


class Telegram:
    """A bot of Telegram, for one of the two roles; a `Channel`. Only private chats are heard."""

    name = "telegram"
    limits = Limits()  # its figures are Telegram's

    def __init__(
        self,
        token: str,
        *,
        role: Role,
        clock: Clock,
        secret: str = "",
        url: str = API_URL,
        proxy: str = "",
        read_s: float = READ_S,
        poll_s: int = POLL_S,
    ) -> None:
        """Make the door of one bot.

        Args:
            secret: What Telegram brings with every knock: A-Z, a-z, 0-9, _ and -; empty: none is heard.
            url: Where the Bot API is; a server of one's own or a relay.
            proxy: What all calls go through: `http://…` or `socks5://…`, with name and password if need be.
            read_s: How long we wait for an answer.
            poll_s: How long one look at what is new may take.
        """
        self._clock = clock
        self._secret = secret
        self._poll_s = poll_s
        self._bot = token.partition(":")[0]
        self._line = Line(token, url=url, proxy=proxy, read_s=read_s)
        self._reader = Reader(role)
        self._is_stood = False

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:  # noqa: ARG002 - the port's
        """Send one message. Telegram knows no keys: what is asked twice is said twice."""
        if not to.chat_id.lstrip("-").isdecimal():
            raise Shut("no chat of Telegram")
        chat_id = int(to.chat_id)
        if not reply.papers:
            return _message_id(await self._line.call(showing.message(chat_id, reply)))
        paper = reply.papers[0]
        if len(paper.content) > self.limits.paper_bytes:
            raise Unsayable("Telegram: the file is too large")
        files = {showing.PAPER: paper}
        if showing.is_photo(paper):
            try:
                return _message_id(await self._line.call(showing.photo(chat_id, reply), files=files))
            except Refused as no:
                if not any(word in str(no) for word in _NO_PICTURE):
                    raise
        return _message_id(await self._line.call(showing.document(chat_id, reply), files=files))

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return the bytes of what a person sent: up to 20 MB, more Telegram gives to no bot."""
        if (attachment.bytes or 0) > FILE_BYTES_MAX:
            raise Unsayable("Telegram: the file is too large for a bot")
        found = await self._line.call(GetFile(file_id=attachment.ref))
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str):
            raise Refused("Telegram: the file cannot be had now")
        return await self._line.fetch(path)

    def hear(self, knock: Knock) -> tuple[Arrival, ...]:
        """Read an update that came to our address with the secret."""
        if not self._secret or not is_same(knock.headers.get(SECRET_HEADER, ""), self._secret):
            raise Forged("not from Telegram: no secret, or a wrong one")
        try:
            update = json.loads(knock.body)
        except (ValueError, RecursionError):
            return (self._reader.unread(knock.body.decode(errors="replace"), "no JSON"),)
        return self._reader.arrivals(update, now=self._clock.now())

    def thanks(self, knock: Knock) -> Thanks:  # noqa: ARG002 - the port's
        """Return the plain 200 that Telegram wants."""
        return Thanks()

    async def listen(self, mark: str | None) -> Batch:
        """Ask for the updates from `mark` on; all before it are confirmed by that and gone."""
        call = GetUpdates(timeout=self._poll_s, limit=_BATCH_MAX, allowed_updates=list(KINDS))
        offset = self._offset(mark)
        if offset is not None:
            call = call.model_copy(update={"offset": offset})
        found = await self._line.call(call, wait_s=self._poll_s)
        if not isinstance(found, list):
            raise Unanswered("Telegram answered what cannot be read: updates")
        now, arrivals = self._clock.now(), list[Arrival]()
        for update in sorted(found, key=_update_id):
            arrivals.extend(self._reader.arrivals(update, now=now))
        following = max((_update_id(update) + 1 for update in found), default=0)
        following = max(following, offset or 0)  # what is told again is older than the mark
        return Batch(tuple(arrivals), mark=f"{self._bot}:{following}" if following else None)

    def _offset(self, mark: str | None) -> int | None:
        """Return where to go on. A mark of another bot would confirm what nobody has read."""
        bot, _, number = (mark or "").partition(":")
        return int(number) if bot == self._bot and number.isdecimal() else None

    async def acknowledge(self, arrival: Inbound) -> None:
        """Let the pressed button stop waiting."""
        if not arrival.press:
            return
        try:
            await self._line.call(AnswerCallbackQuery(callback_query_id=arrival.press))
        except Unsayable:  # too late: the person does not wait for it any more
            return

    async def stand(self, url: str | None) -> None:
        """See that updates come to `url`, or that they can be asked for.

        Telegram does not tell the secret it has, so we set ours once a life; then only what differs.
        """
        stands = await self._line.call(GetWebhookInfo())
        there = stands if isinstance(stands, dict) else {}
        if url is None:
            if there.get("url"):
                await self._line.call(DeleteWebhook(drop_pending_updates=False))
            self._is_stood = False
            return
        if not self._secret:
            raise ValueError("Telegram's webhook needs a secret")
        if self._is_stood and there.get("url") == url and _names(there.get("allowed_updates")) == KINDS:
            return
        call = SetWebhook(url=url, secret_token=self._secret, allowed_updates=list(KINDS))
        await self._line.call(call)
        self._is_stood = True

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()


def _message_id(result: object) -> str:
    found = result.get("message_id") if isinstance(result, dict) else None
    if not isinstance(found, int):
        raise Unanswered("Telegram answered what cannot be read: a message without an id")
    return str(found)


def _update_id(update: object) -> int:
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if isinstance(found, int) else -1


def _names(told: object) -> frozenset[str]:
    return frozenset(told) if isinstance(told, list) else frozenset()
