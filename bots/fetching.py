"""Gets files that came by a messenger: fetched from it, kept with us, and heard as if they came just now."""

from collections.abc import Mapping
from typing import Any

from bots.courier import ATTEMPTS_MAX
from bots.media import Media, UnknownKind, item
from core.conversation.manager import ARRIVE
from core.kernel.refusal import Outage, Unsayable
from core.messages import Attachment
from core.ports import Channel
from storage.mail import LetterDraft
from storage.outbox import Effect


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
        lost = 0
        for each in payload.pop("attachments"):
            try:
                media.append(await self._fetch(Attachment(**each), talk_id=talk_id, door=payload["door"]))
            except (Unsayable, UnknownKind):
                lost += 1
            except Outage:
                if effect.attempts < ATTEMPTS_MAX:
                    raise
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
