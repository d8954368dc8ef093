"""Guards of money: amounts never change, a split is exact, the ledger is only added to."""

from core.kernel.payment import OPEN, PaymentState
from storage.guards.guard import Event, Guard, Lock, append_only, final, frozen, kept, refuse, steps, words

_S = PaymentState
_ENDS = frozenset(PaymentState) - OPEN
_STEPS = (
    *((_S.CREATED, to) for to in (_S.AWAITING_CONSENT, _S.PENDING, *_ENDS)),
    *((_S.AWAITING_CONSENT, to) for to in (_S.CREATED, _S.FAILED, _S.CANCELLED)),
    *((_S.PENDING, to) for to in (_S.UNKNOWN, *_ENDS)),
    *((_S.UNKNOWN, to) for to in (_S.PENDING, *_ENDS)),
)
_SUCCEEDS = "NEW.state = 'succeeded' AND OLD.state <> 'succeeded'"


_MASTER = "'master:' || NEW.master_id"


def _sum(condition: str, expected: str) -> str:
    """Say that the transfers of a kind add up to what is expected. A share of nothing has no transfer."""
    return f"COALESCE(SUM(CASE WHEN {condition} THEN amount_minor END), 0) = {expected}"


# The whole amount left the client and each share came where it belongs; cash lies with the master.
_SPLIT = " AND ".join(
    (
        _sum("debit = 'client'", "NEW.amount_minor"),
        _sum("debit = 'client' AND credit = 'fee'", "NEW.fee_minor"),
        _sum("debit = 'client' AND credit = 'platform'", "NEW.platform_minor"),
        _sum(f"debit = 'client' AND credit = {_MASTER}", "NEW.master_minor"),
        _sum(
            f"debit = {_MASTER} AND credit = 'cash'",
            "CASE WHEN NEW.method = 'cash' THEN NEW.amount_minor ELSE 0 END",
        ),
    )
)
_IS_SPLIT = (
    f"SELECT {_SPLIT} FROM transfer "
    "WHERE payment_id = NEW.id AND currency = NEW.currency AND phase = 'posted'"
)

_PAYMENTS: tuple[Guard, ...] = (
    steps(
        "NY401",
        "payment",
        "A payment goes only from step to step.",
        column="state",
        starts=(_S.CREATED, _S.AWAITING_CONSENT),
        table_of_steps=_STEPS,
    ),
    final("NY402", "payment", "A payment that has ended never changes.", column="state", states=_ENDS),
    frozen(
        "NY403",
        "payment",
        "The amount of a payment never changes, nor whose it is.",
        columns=("id", "job_id", "master_id", "currency", "amount_minor", "created_at"),
    ),
    frozen(
        "NY409",
        "payment",
        "How a payment is divided is fixed while nobody knows whether it was paid.",
        columns=("method", "fee_minor", "platform_minor", "master_minor"),
        when="OLD.state = 'unknown' AND NEW.state = 'unknown'",
    ),
    refuse(
        "NY404",
        "payment",
        "Every change of a payment raises the version.",
        on=(Event.UPDATE,),
        when="NEW.version <= OLD.version",
        watches_all=True,
    ),
    refuse(
        "NY405",
        "payment",
        "Cash in hand is not less than the amount.",
        on=(Event.UPDATE,),
        when=(
            "NEW.state = 'succeeded' AND NEW.method = 'cash' "
            "AND COALESCE(NEW.received_minor, 0) < NEW.amount_minor"
        ),
    ),
    refuse(
        "NY406",
        "payment",
        "A payment that has succeeded says how and when.",
        on=(Event.UPDATE,),
        when="NEW.state = 'succeeded' AND (NEW.method IS NULL OR NEW.settled_at IS NULL)",
    ),
    refuse(
        "NY407",
        "payment",
        "A payment succeeds only with the transfers that split it exactly.",
        on=(Event.UPDATE,),
        when=_SUCCEEDS,
        unless=_IS_SPLIT,
    ),
    kept("NY408", "payment", "A payment is ended, never erased."),
)

_TRANSFERS: tuple[Guard, ...] = (
    append_only("NY421", "transfer", "The ledger is only added to."),
    refuse(
        "NY422",
        "transfer",
        "A transfer is posted, pending, or what became of a pending one.",
        on=(Event.INSERT,),
        when=(
            "NEW.phase NOT IN ('posted', 'pending', 'post', 'void', 'expire') "
            "OR (NEW.phase IN ('post', 'void', 'expire')) <> (NEW.pending_id IS NOT NULL)"
        ),
    ),
    refuse(
        "NY423",
        "transfer",
        "What becomes of held money is never more than was held, between the same accounts.",
        on=(Event.INSERT,),
        when="NEW.pending_id IS NOT NULL",
        unless=(
            "EXISTS (SELECT 1 FROM transfer AS held WHERE held.id = NEW.pending_id AND held.phase = 'pending'"
            " AND held.debit = NEW.debit AND held.credit = NEW.credit"
            " AND held.currency = NEW.currency AND held.amount_minor >= NEW.amount_minor)"
        ),
    ),
    refuse(
        "NY424",
        "transfer",
        "A payment that has ended is not split again.",
        on=(Event.INSERT,),
        when="NEW.payment_id IS NOT NULL AND NEW.debit = 'client'",
        unless=f"NOT EXISTS (SELECT 1 FROM payment WHERE id = NEW.payment_id AND state IN ({words(_ENDS)}))",
        locks=(Lock("payment", "id = NEW.payment_id", "NO KEY UPDATE"),),
    ),
)

# What a roll-up says it has added since the last time: credits less debits, only money that has really moved.
_MOVED = (
    "(SELECT COALESCE(SUM(CASE WHEN credit = NEW.account THEN amount_minor ELSE -amount_minor END), 0)"
    " FROM transfer WHERE (credit = NEW.account OR debit = NEW.account) AND currency = NEW.currency"
    " AND phase IN ('posted', 'post') AND seq <= NEW.upto_seq{since})"
)

_BALANCES: tuple[Guard, ...] = (
    refuse(
        "NY431",
        "balance",
        "A roll-up never goes back.",
        on=(Event.UPDATE,),
        when="NEW.upto_seq < OLD.upto_seq",
    ),
    refuse(
        "NY432",
        "balance",
        "A first roll-up is the sum of its transfers.",
        on=(Event.INSERT,),
        when=f"NEW.posted_minor <> {_MOVED.format(since='')}",
    ),
    refuse(
        "NY433",
        "balance",
        "A roll-up moves by the sum of the transfers since the last one.",
        on=(Event.UPDATE,),
        when=(
            "NEW.upto_seq >= OLD.upto_seq "
            f"AND NEW.posted_minor - OLD.posted_minor <> {_MOVED.format(since=' AND seq > OLD.upto_seq')}"
        ),
    ),
    frozen("NY434", "balance", "A roll-up stays with its account.", columns=("account", "currency")),
)

GUARDS: tuple[Guard, ...] = (*_PAYMENTS, *_TRANSFERS, *_BALANCES)
