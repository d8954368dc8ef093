"""The letters about a charge: what its provider answered, that it may have moved, and the time to ask."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.charge import Charge, Subject, restored
from core.flows import charges, payouts, refunds
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal
from core.markets.policy import Market
from storage.tables import ChargeRow, JobRow, MasterRow, PaymentRow, PayoutRow, RefundRow, Row, TalkRow

KINDS = ("charge-told", "charge-poll")
NOTICE = "notice"


class ChargeHandler:
    """`charge-told` {charge_id, job_id, told?, silence?} and `charge-poll` {charge_id, job_id, polls}."""

    def __init__(self, markets: Mapping[str, Market]) -> None:
        """Take the open markets."""
        self._markets = markets

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The charge, its payment, and the job with its people's talks."""
        payload = letter.payload
        wanted: dict[type[Row], Collection[str]] = {
            ChargeRow: [payload["charge_id"]],
            JobRow: [payload["job_id"]],
        }
        charge, job = have(ChargeRow, payload["charge_id"]), have(JobRow, payload["job_id"])
        if charge is None or job is None:
            return wanted
        wanted[PaymentRow] = [charge.payment_id]
        master = have(MasterRow, job.master_id) if job.master_id else None
        wanted[MasterRow] = [job.master_id] if job.master_id else []
        wanted[TalkRow] = [job.talk_id, *([master.talk_id] if master is not None and master.talk_id else [])]
        return wanted

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Hear what the provider says, or ask it again."""
        letter = turn[-1]
        payload = letter.payload
        charge = await tx.get(ChargeRow, payload["charge_id"])
        job = await tx.get(JobRow, payload["job_id"])
        if charge is None or job is None:
            raise LookupError(f"no such charge: {payload['charge_id']}")
        if letter.kind == "charge-poll":
            await charges.poll(tx, charge=charge, job=job, polls=int(payload.get("polls", 0)))
            return
        told = payload.get("told")
        await charges.hear_of(
            tx,
            self._markets[job.market],
            charge=charge,
            job=job,
            told=restored(Charge, told) if told else None,
            silence=payload.get("silence"),
        )

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """No rule says no to what has happened."""


class NoticeHandler:
    """`notice` {provider, subject, provider_id, order_id?}: read it anew; nothing is believed (L19)."""

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """Nothing: only an effect comes of it."""
        del letter, have
        return {}

    def sees(self, letter: Letter) -> Mapping[type[Row], Collection[str]]:
        """The charge, which its own lane may change at this moment."""
        order_id = letter.payload.get("order_id")
        is_about_charge = letter.payload.get("subject") == Subject.CHARGE
        return {ChargeRow: [order_id]} if order_id and is_about_charge else {}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Have the charge read. A refund or a payout is looked at by its own timer, now instead of later."""
        payload = turn[-1].payload
        subject, provider = Subject(payload["subject"]), str(payload["provider"])
        order_id, provider_id = payload.get("order_id"), str(payload["provider_id"])
        if subject is Subject.CHARGE:
            id = order_id or await charges.by_provider_id(tx, provider=provider, provider_id=provider_id)
            charge = await tx.see(ChargeRow, id) if id else None
            if charge is not None and charge.provider == provider:
                charges.read_anew(tx, charge)
                return
        elif subject is Subject.REFUND:
            refund = await tx.see(RefundRow, order_id) if order_id else None
            if refund is not None:
                refunds.look_again(tx, refund)
                return
        elif order_id and (payout := await tx.see(PayoutRow, order_id)) is not None:
            payouts.look_again(tx, payout)
            return
        tx.record(subject.value, order_id or provider_id, "notice_unknown", actor=f"provider:{provider}")

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """No rule says no to a notice."""
