"""How updates go to webhooks: in the order of their chat, again until they are taken or a day old."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx

from bots.simulators.telegram.books import KEPT, Bot, Update
from bots.simulators.wire import Outgoing, Sender, as_json
from core.ports import Clock

_DELAY_MAX_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(Outgoing):
    """An update on its way to a webhook."""

    bot: Bot
    update: Update
    is_repeat: bool  # it goes though it was taken before

    @property
    def is_wanted(self) -> bool:
        """Tell whether it may still go: there is a webhook, and no other letter has brought it."""
        is_told = self.is_repeat or self.update.id in self.bot.pending or self.update.taken_by is self.make
        return self.bot.webhook is not None and is_told


class Post(Sender):
    """Sends letters; those of one chat one after another."""

    def __init__(self, clock: Clock, *, pace: float = 1.0, http: httpx.AsyncClient | None = None) -> None:
        super().__init__([], pace=pace, http=http)
        self._clock = clock
        self._pace = pace

    def hand(self, bot: Bot, update: Update) -> None:
        """Send an update on its way."""
        task = asyncio.create_task(self.tell(self._letter(bot, update)), name="hand")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _letter(self, bot: Bot, update: Update) -> Letter:
        """Write a letter; its address and secret are those of the moment it leaves."""

        def make() -> httpx.Request:
            if bot.webhook is None:
                raise httpx.UnsupportedProtocol("no webhook")
            headers = {"Content-Type": "application/json"}
            if bot.webhook.secret:
                headers["X-Telegram-Bot-Api-Secret-Token"] = bot.webhook.secret
            return httpx.Request("POST", bot.webhook.url, content=as_json(update.body), headers=headers)

        def delivered() -> None:
            if bot.pending.pop(update.id, None) is not None:
                update.taken_by = make

        lane = f"{bot.id}/{update.chat_id}"
        return Letter(
            url=bot.webhook.url if bot.webhook else "",
            about=str(update.id),
            make=make,
            delivered=delivered,
            lane=lane,
            bot=bot,
            update=update,
            is_repeat=update.id not in bot.pending,
        )

    async def _deliver(self, notice: Outgoing) -> None:
        if not isinstance(notice, Letter):
            return
        for delay_s in _delays():
            await asyncio.sleep(delay_s * self._pace)
            if not notice.is_wanted or await self._attempt(notice):
                return
            if notice.bot.webhook is not None:
                status = self.sent[-1]["status"]
                notice.bot.webhook.last_error = f"Wrong response from the webhook: {status or 'no answer'}"
                notice.bot.webhook.last_error_at = self._clock.now()


def _delays() -> Iterator[float]:
    """Yield nothing twice, then 2, 4, … seconds, a minute at most, for as long as an update is kept."""
    yield from (0, 0)
    total_s, delay_s = 0, 2
    kept = timedelta.total_seconds(KEPT)
    while total_s < kept:
        yield delay_s
        total_s, delay_s = total_s + delay_s, min(_DELAY_MAX_S, 2 * delay_s)
