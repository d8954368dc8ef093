"""Says things through channels that are pushed. What is held by a browser or a call never comes here."""

from collections.abc import Mapping

from core.kernel.refusal import Outage
from core.messages import Address, Button, Reply
from core.ports import Channel
from storage.mail import LetterDraft
from storage.outbox import Effect


class Saying:
    """Performs `say`: one reply through the channel its talk came by."""

    # No messenger promises to know our ids, so what may have been said is not said twice.
    is_repeatable = False

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        """Take the open channels by name."""
        self._channels = channels

    async def perform(self, effect: Effect) -> LetterDraft | None:
        """Send the reply.

        Raises:
            Outage: the channel is closed or did not take it.
        """
        said = effect.payload
        channel = self._channels.get(str(said["channel"]))
        if channel is None:
            raise Outage(str(said["channel"]))
        buttons = tuple(Button(button["label"], button["choice"]) for button in said["buttons"])
        reply = Reply(text=said["text"], buttons=buttons, spoken=said["spoken"] or said["text"])
        await channel.send(Address(said["channel"], said["chat_id"]), reply, key=effect.id)
        return None
