"""Money that a master brings against his debt: what he took in cash and owes us a share of (K2)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.flows.accounts import owed_by
from core.flows.actor import Actor
from core.flows.payments import repay
from core.flows.tx import Letter, Tx
from core.kernel.money import Money
from core.kernel.payment import check_amount
from core.kernel.refusal import MoreThanOwed, Refusal, UnknownThing
from core.markets.policy import Market
from storage.tables import MasterRow, Row, TalkRow

KIND = "debt-paid"


class DebtHandler:
    """`debt-paid` {master_id, amount_minor, actor}; answers {amount_minor, debt_minor, currency}."""

    def __init__(self, markets: Mapping[str, Market]) -> None:
        """Take the open markets."""
        self._markets = markets

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The master and his talk."""
        master_id = letter.payload["master_id"]
        master = have(MasterRow, master_id)
        talks = [master.talk_id] if master is not None and master.talk_id else []
        return {MasterRow: [master_id], TalkRow: talks}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Book the money and tell the master what is left.

        Raises:
            UnknownThing: there is no such master.
            AmountAbsurd: nobody brings such an amount.
            MoreThanOwed: he owes less, so the number is a slip; a transfer is never taken back.
        """
        payload = turn[-1].payload
        master = await tx.get(MasterRow, payload["master_id"])
        if master is None:
            raise UnknownThing(thing="master")
        market = self._markets[master.market]
        amount = Money(int(payload["amount_minor"]), market.currency)
        check_amount(amount, market.limits_rules)
        debt = await owed_by(tx, master.id, amount.currency)
        if amount > debt:
            raise MoreThanOwed(amount=amount, debt=debt)
        rest = await repay(tx, master=master, amount=amount)
        parties = [master.id, *([master.talk_id] if master.talk_id else [])]
        facts = {"amount_minor": amount.minor, "debt_minor": rest.minor, "currency": amount.currency.value}
        tx.record("master", master.id, "debt_paid", actor=str(Actor.of(payload)), parties=parties, **facts)
        tx.answer(facts)

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Whoever took the money hears it; nothing is said in the master's talk."""
