"""Cash in words: "взял 3000 наличными" names a sum; only his yes to it moves money."""

from collections.abc import Sequence

from core.conversation import steps
from core.conversation.errands import Errand
from core.conversation.master_scene import MasterScene
from core.conversation.newcomer import Waiting
from core.conversation.script import choice
from core.flows import payments
from core.flows.payments import Till
from core.kernel.job import JobAction, JobState
from core.kernel.money import Currency, Money
from core.kernel.payment import PaymentState, check_amount
from core.kernel.refusal import AlreadyPaid, OldButton
from storage.tables import JobRow

_PAYABLE = (JobState.DONE, JobState.WORKING, JobState.ON_SITE)


async def ask(scene: MasterScene, found: Sequence[JobRow]) -> None:
    """Ask whether this sum was taken for this job.

    Raises:
        AmountAbsurd: no such amount.
        MethodNotAvailable: the debt from cash has reached its cap (K2).
    """
    job = next((one for state in _PAYABLE for one in found if one.state == state), None)
    if job is None or job.price_minor is None:
        scene.say("master-nothing-to-pay")
        return
    if scene.said.has(Errand.CASHLESS) and not scene.said.has(Errand.CASH):
        scene.say("master-cashless")
        return
    named = scene.reading.amount_minor or scene.said.sum_minor
    amount = Money(named or job.price_minor, Currency(job.currency))
    await _check(scene, amount)
    scene.known.waiting = Waiting(about="cash", job_id=job.id, amount_minor=amount.minor)
    choices = {"yes": choice("cash", job.id, amount.minor), "no": choice("nocash", job.id)}
    scene.say("master-cash-ask", choices=choices, amount=amount, number=job.number)


async def take(scene: MasterScene, job: JobRow | None, amount_minor: int) -> None:
    """Take the sum he has said yes to: the work is done, the payment is opened and settled.

    Raises:
        OldButton: it is not his job, or it is not that far.
        AlreadyPaid: it is paid.
        AmountAbsurd, MethodNotAvailable: as for `ask`.
    """
    tx, market = scene.tx, scene.market
    if job is None or job.master_id != scene.actor.id:
        raise OldButton
    if job.state == JobState.COMPLETED:
        raise AlreadyPaid
    if job.state not in _PAYABLE:
        raise OldButton
    await _check(scene, Money(amount_minor, Currency(job.currency)))
    if job.state != JobState.DONE:
        await steps.go(scene, job, JobAction.FINISH)
        await tx.flush()  # the guard on steps must see it before the payment completes it
    hand = Till(actor=str(scene.actor))
    payment = await payments.open_payment(tx, market, job=job, amount_minor=amount_minor, till=hand)
    if payment.state == PaymentState.AWAITING_CONSENT:
        return  # both have been told; he says so again once the client has agreed
    await tx.flush()
    await payments.take_cash(tx, market, payment=payment, job=job, received_minor=amount_minor, till=hand)


async def _check(scene: MasterScene, amount: Money) -> None:
    check_amount(amount, scene.market.limits_rules)
    master_id = scene.actor.id
    await payments.must_take_cash(scene.tx, scene.market, master_id=master_id, currency=amount.currency)
