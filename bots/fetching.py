"""Gets files that came by a messenger: fetched from it, kept with us, and heard as if they came just now."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from bots.failures import where
from bots.media import Media, UnknownKind, item
from core.conversation.manager import ARRIVE
from core.kernel.refusal import Outage, Unsayable
from core.messages import Attachment
from core.ports import Channel
from storage.mail import LetterDraft
from storage.outbox import Effect

logger = logging.getLogger(__name__)

FETCH_S = 25.0  # for all the files of a message: less than the courier gives an effect
TRIES = 4  # then what did not come is lost


class Fetching:
    """Performs `fetch`: a letter's attachments, then the letter again with what is kept of them."""

    is_repeatable = True  # it only reads; the same bytes are one file

    def __init__(self, channels: Mapping[str, Channel], media: Media, *, most_bytes: int) -> None:
        """Take the open channels by the door's name, where files are kept, and the largest we take."""
        self._channels = channels
        self._media = media
        self._most_bytes = most_bytes

    async def perform(self, effect: Effect) -> LetterDraft:
        """Fetch the files. What cannot be had is told as lost, so that the person can send it again.

        Raises:
            Outage: the channel does not hand them over now.
        """
        payload = dict(effect.payload)
        talk_id = str(payload["talk_id"])
        media: list[dict[str, Any]] = []
        lost = int(payload.get("lost") or 0)
        until = asyncio.get_running_loop().time() + FETCH_S
        for each in payload.pop("attachments"):
            try:
                async with asyncio.timeout_at(until):
                    media.append(await self._fetch(Attachment(**each), talk_id=talk_id, door=payload["door"]))
            except (Outage, TimeoutError) as failure:
                if effect.attempts < TRIES:  # his words wait for the files, so not for long
                    raise Outage("the files do not come", wait_s=getattr(failure, "wait_s", None)) from None
                lost += 1
            except (Unsayable, UnknownKind):
                lost += 1
            except Exception as failure:  # noqa: BLE001 - whatever a file is, what was said with it is heard
                logger.error("fetching.failed effect_id=%s error=%s", effect.id, where(failure))  # noqa: TRY400
                lost += 1
        return LetterDraft(
            lane=f"chat:{talk_id}",
            key=f"fetched:{effect.id}",
            kind=ARRIVE,
            payload={**payload, "media": media, "lost": lost},
        )

    async def _fetch(self, attachment: Attachment, *, talk_id: str, door: str) -> dict[str, Any]:
        channel = self._channels.get(door)
        if channel is None or (attachment.bytes or 0) > self._most_bytes:
            raise Unsayable
        content = await channel.fetch(attachment)
        if not content or len(content) > self._most_bytes:
            raise Unsayable
        stored = await self._media.keep(content, talk_id=talk_id)
        return item(stored, talk_id=talk_id, name=attachment.name)
