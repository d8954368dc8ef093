"""Says things through channels that are pushed. What is held by a browser or a call never comes here."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bots.courier import Done, Halfway, NoDoor
from bots.gate import Gate, Gates
from channels.layout import lay_out
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.messages import Address, Ask, Button, Paper, Reply
from core.ports import Blobs, Channel, Clock
from storage.outbox import Effect
from storage.storable import storable

PATIENCE_S = 8.0  # for a turn at the gate; then it is asked again later
ANSWER_S = 20.0  # for a channel to take one message, its file included
# Both fit into what the courier gives an effect. The next message of a reply begins only while they still do.
BEGIN_S = 1.0
ID_MAX = 200  # characters of a message's id, as a row keeps it
PART = "{key}:{number}"
LENT_FOR = timedelta(days=7)  # a file by its link


class Saying:
    """Performs `say`: one reply through the channel its talk came by, in as many messages as it takes."""

    # Only some doors know our keys; the gates tell which.
    is_repeatable = False

    def __init__(self, channels: Mapping[str, Channel], gates: Gates, blobs: Blobs, *, clock: Clock) -> None:
        """Take the open channels by the door's name, their gates, and where files of ours are kept."""
        self._channels = channels
        self._gates = gates
        self._blobs = blobs
        self._clock = clock

    async def perform(self, effect: Effect) -> Done:
        """Send the reply; what of it went out in an earlier attempt is not sent again.

        Raises:
            NoDoor: the channel is closed.
            Halfway: the channel did not take it; what of it did go out is told.
        """
        said = effect.payload
        door = effect.door or ""
        channel = self._channels.get(door)
        if channel is None:
            raise NoDoor(door)
        to = Address(str(said["channel"]), str(said["chat_id"]))
        sent = list(effect.sent)
        reply, links = await self._reply(said)
        parts = lay_out(reply, channel.limits, links=links)
        gate = self._gates[door]
        begun_at = asyncio.get_running_loop().time()
        for number, part in list(enumerate(parts))[len(sent) :]:
            late_s = asyncio.get_running_loop().time() - begun_at
            if len(sent) > len(effect.sent) and late_s > BEGIN_S:
                raise Halfway(Outage("the rest follows", wait_s=0.0), sent=sent)
            try:
                key = PART.format(key=effect.id, number=number)
                sent.append(await self._send(channel, gate, effect, to=to, part=part, key=key))
            except (Outage, Shut, Unsayable) as failure:
                raise Halfway(failure, sent=sent) from failure
        return Done(sent=tuple(sent))

    async def _send(
        self, channel: Channel, gate: Gate, effect: Effect, *, to: Address, part: Reply, key: str
    ) -> str:
        if (wait_s := gate.wait_s(to.chat_id)) > PATIENCE_S:
            raise Outage("the chat has to wait", wait_s=wait_s)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await gate.enter(to.chat_id, priority=effect.priority)
        except TimeoutError:
            raise Outage("the door is busy", wait_s=1.0) from None
        try:
            async with asyncio.timeout(ANSWER_S):
                message_id = await channel.send(to, part, key=key)
        except (Unanswered, TimeoutError) as failure:
            gate.failed()
            raise Unanswered(*failure.args) from failure
        except Outage as failure:
            if failure.wait_s is not None:
                gate.slow_down(to.chat_id, failure.wait_s)
            else:
                gate.failed()
            raise
        else:
            gate.succeeded()
            return known(message_id)
        finally:
            gate.leave()

    async def _reply(self, said: Mapping[str, Any]) -> tuple[Reply, tuple[str, ...]]:
        """Return what is said, and an address for each of its papers, for where no files are taken."""
        found = [(each, paper) for each in said.get("papers", ()) if (paper := await self._paper(each))]
        until = self._clock.now() + LENT_FOR
        links = tuple(self._blobs.link(kept["blob"], until=until) for kept, _ in found)
        papers = [paper for _, paper in found]
        reply = Reply(
            text=said["text"],
            buttons=tuple(_buttons(said["buttons"])),
            spoken=said["spoken"] or said["text"],
            papers=tuple(papers),
            lang=said.get("lang", "ru"),
            thread=said.get("thread", ""),
        )
        return reply, links

    async def _paper(self, kept: Mapping[str, str]) -> Paper | None:
        content = await self._blobs.get(kept["blob"])
        return Paper(kept["name"], kept["type"], content) if content is not None else None


def known(message_id: str) -> str:
    """Return a message's id as rows keep it: a service may call its messages what it likes."""
    return str(storable(str(message_id)))[:ID_MAX]


def _buttons(kept: Sequence[Mapping[str, Any]]) -> list[Button]:
    return [
        Button(
            each["label"],
            choice=each.get("choice", ""),
            url=each.get("url", ""),
            is_app=bool(each.get("is_app")),
            asks=Ask(each["asks"]) if each.get("asks") else None,
        )
        for each in kept
    ]
