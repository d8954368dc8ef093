"""How a master is taxed: his number stands on receipts, a self-employed one's income is registered (L31)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.flows.actor import Actor
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal, UnknownThing
from storage.tables import MasterRow, Row

KIND = "tax-status"
STATUSES = ("npd", "entrepreneur")  # self-employed, or with a firm of his own


class TaxHandler:
    """`tax-status` {master_id, inn, status, actor}; answers {inn, status}, of the number the last digits."""

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The master."""
        del have
        return {MasterRow: [letter.payload["master_id"]]}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Write down the number and the status."""
        payload = turn[-1].payload
        master = await tx.get(MasterRow, payload["master_id"])
        if master is None:
            raise UnknownThing(thing="master")
        master.inn, master.tax_status = str(payload["inn"]), str(payload["status"])
        actor, parties = str(Actor.of(payload)), [master.id]
        tx.record("master", master.id, "tax_status", actor=actor, parties=parties, status=master.tax_status)
        tx.answer({"inn": hidden(master.inn), "status": master.tax_status})

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Who asked reads why not."""


def hidden(inn: str) -> str:
    """Return a taxpayer number of which only the last four digits are shown."""
    return f"•••• {inn[-4:]}"
