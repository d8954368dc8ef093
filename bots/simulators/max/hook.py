"""How MAX brings updates to a bot's address: at once, then up to ten times more, ever more rarely."""

import asyncio
from collections import defaultdict
from datetime import timedelta

import httpx

from bots.simulators.max.books import Books, Bot, Row
from bots.simulators.wire import Outgoing, Sender, as_json

RETRIES = tuple(timedelta(seconds=60 * 2.5**number) for number in range(10))


class Postman(Sender):
    """Sends one update of a person at a time, so that what he did arrives in order."""

    def __init__(self, *, pace: float, http: httpx.AsyncClient | None = None) -> None:
        super().__init__(RETRIES, pace=pace, http=http)
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def _deliver(self, notice: Outgoing) -> None:
        async with self._queues[notice.about.rpartition(" ")[2]]:
            await super()._deliver(notice)


def letter(books: Books, bot: Bot, place: int, update: Row) -> Outgoing | None:
    """Return an update as it leaves, or None if the bot wants none of this kind at any address.

    Before every try it is asked anew where it goes: a bot that was forgotten gets nothing more, until it
    subscribes again.
    """
    kind = update["update_type"]
    wanted = books.subscription(bot, kind)
    if wanted is None:
        return None

    def make() -> httpx.Request:
        to = books.subscription(bot, kind)
        if to is None:
            raise httpx.RequestError("nobody wants it any more")
        to.failing_since = to.failing_since or books.clock.now()
        headers = {"Content-Type": "application/json"}
        if to.secret is not None:
            headers["X-Max-Bot-Api-Secret"] = to.secret
        return httpx.Request("POST", to.url, content=as_json(update), headers=headers)

    def delivered() -> None:
        bot.waiting.pop(place, None)
        if (to := books.subscription(bot, kind)) is not None:
            to.failing_since = None

    return Outgoing(wanted.url, f"{kind} {place} {_whose(update)}", make, delivered)


def _whose(update: Row) -> int:
    who = update.get("user") or update.get("callback", {}).get("user") or update["message"]["sender"]
    return int(who["user_id"])
