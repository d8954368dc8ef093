"""A dead letter is put back to wait, once what broke it was mended."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.flows.actor import OWNER
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal, UnknownThing
from storage import mail
from storage.tables import Row

KIND = "letter-replay"


class ReplayHandler:
    """Handles `letter-replay` {letter_id}."""

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """Nothing: the letter itself is no row of the people's."""
        del letter, have
        return {}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Put it back; one that is not dead, or not there, is refused."""
        letter_id = str(turn[-1].payload["letter_id"])
        if not await mail.replay(tx.session, [letter_id], now=tx.now):
            raise UnknownThing(thing="letter")
        tx.record("letter", letter_id, "replayed", actor=str(OWNER))
        tx.answer({"letter_id": letter_id, "status": "waiting"})

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The owner reads it in the answer."""
