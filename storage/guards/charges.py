"""Guards of what providers are asked: nothing is charged, given back or paid out twice."""

from core.kernel.charge import REFUND_STEPS, STEPS, ChargeState, RefundState
from storage.guards.guard import Event, Guard, Lock, final, frozen, kept, refuse, steps

_C, _R = ChargeState, RefundState
_RISES = "NEW.version <= OLD.version"
_WAYS = tuple((source.value, to.value) for source, to in STEPS)
_REFUND_WAYS = tuple((source.value, to.value) for source, to in REFUND_STEPS)
_OVER = (_R.DONE, _R.FAILED)


def _rises(code: str, table: str, thing: str) -> Guard:
    sentence = f"Every change of a {thing} raises the version."
    return refuse(code, table, sentence, on=(Event.UPDATE,), when=_RISES, watches_all=True)


_CHARGES: tuple[Guard, ...] = (
    steps(
        "NY441",
        "charge",
        "A charge goes only from step to step.",
        column="state",
        starts=(_C.ASKED,),
        table_of_steps=_WAYS,
    ),
    final("NY442", "charge", "A charge that is paid never changes.", column="state", states=(_C.PAID,)),
    frozen(
        "NY443",
        "charge",
        "What a provider was asked for never changes.",
        columns=(
            *("id", "payment_id", "job_id", "provider", "method"),
            *("amount_minor", "currency", "is_two_stage", "asked_at"),
        ),
    ),
    _rises("NY444", "charge", "charge"),
    kept("NY445", "charge", "A charge is ended, never erased."),
    refuse(
        "NY446",
        "charge",
        "A charge that is paid says when.",
        on=(Event.UPDATE,),
        when="NEW.state = 'paid' AND NEW.paid_at IS NULL",
    ),
    refuse(
        "NY447",
        "payment",
        "A payment by card or SBP succeeds only with a charge that is paid for exactly its amount.",
        on=(Event.UPDATE,),
        when="NEW.state = 'succeeded' AND OLD.state <> 'succeeded' AND NEW.method <> 'cash'",
        unless=(
            "EXISTS (SELECT 1 FROM charge WHERE id = NEW.charge_id AND settles = NEW.id AND state = 'paid' "
            "AND job_id = NEW.job_id AND amount_minor = NEW.amount_minor AND currency = NEW.currency)"
        ),
        locks=(Lock("charge", "id = NEW.charge_id"),),
    ),
)

_GIVEN_BACK = (
    "(SELECT COALESCE(SUM(amount_minor), 0) FROM refund"
    " WHERE payment_id = NEW.payment_id AND is_surplus = NEW.is_surplus AND state <> 'failed')"
)

_REFUNDS: tuple[Guard, ...] = (
    steps(
        "NY451",
        "refund",
        "A refund goes only from step to step.",
        column="state",
        starts=(_R.ASKED,),
        table_of_steps=_REFUND_WAYS,
    ),
    final("NY452", "refund", "A refund that has ended never changes.", column="state", states=_OVER),
    frozen(
        "NY453",
        "refund",
        "How much goes back, and who bears it, never changes.",
        columns=(
            *("id", "payment_id", "charge_id", "job_id", "is_surplus", "amount_minor", "currency"),
            *("fee_minor", "platform_minor", "master_minor", "asked_at"),
        ),
    ),
    _rises("NY454", "refund", "refund"),
    kept("NY455", "refund", "A refund is ended, never erased."),
    refuse(
        "NY456",
        "refund",
        "No more goes back than a settled payment has brought.",
        on=(Event.INSERT,),
        when="NOT NEW.is_surplus",
        unless=(
            f"{_GIVEN_BACK} + NEW.amount_minor <= "
            "(SELECT amount_minor FROM payment WHERE id = NEW.payment_id AND state = 'succeeded')"
        ),
        locks=(Lock("payment", "id = NEW.payment_id", "NO KEY UPDATE"),),
    ),
    refuse(
        "NY457",
        "refund",
        "A surplus goes back once, and only one that settles nothing.",
        on=(Event.INSERT,),
        when="NEW.is_surplus",
        unless=(
            "EXISTS (SELECT 1 FROM charge WHERE id = NEW.charge_id AND state = 'paid' AND settles IS NULL) "
            "AND NOT EXISTS (SELECT 1 FROM refund WHERE charge_id = NEW.charge_id AND state <> 'failed')"
        ),
        locks=(Lock("charge", "id = NEW.charge_id", "NO KEY UPDATE"),),
    ),
)

_PAYOUTS: tuple[Guard, ...] = (
    steps(
        "NY461",
        "payout",
        "A payout goes only from step to step.",
        column="state",
        starts=(_R.ASKED,),
        table_of_steps=_REFUND_WAYS,
    ),
    final("NY462", "payout", "A payout that has ended never changes.", column="state", states=_OVER),
    frozen(
        "NY463",
        "payout",
        "How much is paid out, to whom and where never changes.",
        columns=(
            *("id", "master_id", "day", "paymaster", "destination", "goes_to"),
            *("amount_minor", "currency", "hold_id", "asked_at"),
        ),
    ),
    _rises("NY464", "payout", "payout"),
    kept("NY465", "payout", "A payout is ended, never erased."),
    refuse(
        "NY466",
        "payout",
        "A payout ends together with the money that was held for it.",
        on=(Event.UPDATE,),
        when="NEW.state IN ('done', 'failed') AND OLD.state NOT IN ('done', 'failed')",
        unless=(
            "EXISTS (SELECT 1 FROM transfer WHERE pending_id = NEW.hold_id "
            "AND phase = CASE WHEN NEW.state = 'done' THEN 'post' ELSE 'void' END)"
        ),
    ),
)

_RECEIPTS: tuple[Guard, ...] = (
    steps(
        "NY471",
        "receipt",
        "A receipt goes only from step to step.",
        column="state",
        starts=(_R.ASKED,),
        table_of_steps=(*_REFUND_WAYS, (_R.FAILED.value, _R.ASKED.value)),
    ),
    final(
        "NY472", "receipt", "A receipt that is registered never changes.", column="state", states=(_R.DONE,)
    ),
    frozen(
        "NY473",
        "receipt",
        "What a receipt is for never changes.",
        columns=("id", "kind", "subject_id", "payment_id", "amount_minor", "currency", "asked_at"),
    ),
    _rises("NY474", "receipt", "receipt"),
    kept("NY475", "receipt", "A receipt is never erased."),
)

_DIFFERENCES: tuple[Guard, ...] = (
    steps(
        "NY481",
        "difference",
        "A difference is open until it is healed or closed.",
        column="state",
        starts=("open",),
        table_of_steps=(("open", "healed"), ("open", "closed")),
    ),
    frozen(
        "NY482",
        "difference",
        "What differed never changes.",
        columns=(
            "id",
            "provider",
            "day",
            "kind",
            "subject",
            "thing_id",
            "ours_minor",
            "theirs_minor",
            "found_at",
        ),
    ),
    _rises("NY483", "difference", "difference"),
    kept("NY484", "difference", "A difference is healed or closed, never erased."),
)

GUARDS: tuple[Guard, ...] = (*_CHARGES, *_REFUNDS, *_PAYOUTS, *_RECEIPTS, *_DIFFERENCES)
