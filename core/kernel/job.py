"""The life of a job: one table of steps for all markets, one function that walks it."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from core.kernel.money import Money
from core.kernel.refusal import StepNotAllowed


class JobState(StrEnum):
    """Where a job stands. Markets show these under names of their own."""

    DRAFT = "draft"
    QUOTED = "quoted"
    OPEN = "open"
    ASSIGNED = "assigned"
    TRAVELLING = "travelling"
    ON_SITE = "on_site"
    WORKING = "working"
    DELIVERED = "delivered"
    REVISING = "revising"
    DONE = "done"
    DISPUTED = "disputed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class JobAction(StrEnum):
    """What may be done to a job."""

    QUOTE = "quote"
    PUBLISH = "publish"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    TRAVEL = "travel"
    ARRIVE = "arrive"
    START = "start"
    DELIVER = "deliver"
    SEND_BACK = "send_back"
    FINISH = "finish"
    COMPLETE = "complete"
    DISPUTE = "dispute"
    RULE_FOR_MASTER = "rule_for_master"
    RULE_FOR_CLIENT = "rule_for_client"
    RULE_REWORK = "rule_rework"
    RULE_PAY = "rule_pay"
    CANCEL = "cancel"
    EXPIRE = "expire"


_S, _A = JobState, JobAction

_TABLE = (  # action, from, to
    (_A.QUOTE, {_S.DRAFT, _S.QUOTED, _S.OPEN}, _S.QUOTED),
    (_A.PUBLISH, {_S.DRAFT, _S.QUOTED}, _S.OPEN),
    (_A.ASSIGN, {_S.OPEN}, _S.ASSIGNED),
    (_A.UNASSIGN, {_S.ASSIGNED, _S.TRAVELLING, _S.ON_SITE}, _S.OPEN),
    (_A.TRAVEL, {_S.ASSIGNED}, _S.TRAVELLING),
    (_A.ARRIVE, {_S.ASSIGNED, _S.TRAVELLING}, _S.ON_SITE),
    (_A.START, {_S.ASSIGNED, _S.ON_SITE}, _S.WORKING),
    (_A.DELIVER, {_S.ASSIGNED, _S.WORKING, _S.REVISING}, _S.DELIVERED),
    (_A.SEND_BACK, {_S.DELIVERED}, _S.REVISING),
    (_A.FINISH, {_S.WORKING}, _S.DONE),
    (_A.COMPLETE, {_S.WORKING, _S.DELIVERED, _S.DONE}, _S.COMPLETED),
    (_A.DISPUTE, {_S.DONE, _S.DELIVERED, _S.REVISING}, _S.DISPUTED),
    (_A.RULE_FOR_MASTER, {_S.DISPUTED}, _S.COMPLETED),
    (_A.RULE_FOR_CLIENT, {_S.DISPUTED}, _S.CANCELLED),
    (_A.RULE_REWORK, {_S.DISPUTED}, _S.REVISING),
    (_A.RULE_PAY, {_S.DISPUTED}, _S.DONE),
    (
        _A.CANCEL,
        {
            *(_S.DRAFT, _S.QUOTED, _S.OPEN, _S.ASSIGNED, _S.TRAVELLING, _S.ON_SITE),
            *(_S.WORKING, _S.REVISING),
        },
        _S.CANCELLED,
    ),
    (_A.EXPIRE, {_S.DRAFT, _S.QUOTED, _S.OPEN, _S.ASSIGNED, _S.REVISING}, _S.EXPIRED),
)
STEPS: Mapping[tuple[JobState, JobAction], JobState] = MappingProxyType(
    {(state, action): to for action, sources, to in _TABLE for state in sources}
)
INITIAL = _S.DRAFT
FINAL = frozenset({_S.COMPLETED, _S.CANCELLED, _S.EXPIRED})
# A master is bound to the job in these; his time is taken.
BOUND = frozenset({_S.ASSIGNED, _S.TRAVELLING, _S.ON_SITE, _S.WORKING})
# In these the master is under way or beyond: a cancellation by the client costs the call-out price.
_UNDER_WAY = frozenset({_S.TRAVELLING, _S.ON_SITE, _S.WORKING, _S.REVISING})


def step(state: JobState, action: JobAction, *, allowed: Collection[JobAction]) -> JobState:
    """Return the next state of a job.

    Args:
        allowed: The actions that this market switches on.

    Raises:
        StepNotAllowed: the table or the market has no such step.
    """
    if action not in allowed or (state, action) not in STEPS:
        raise StepNotAllowed(state=state, action=action)
    return STEPS[state, action]


def reachable(allowed: Collection[JobAction], *, start: JobState = INITIAL) -> frozenset[JobState]:
    """Return every state a job can come to by the steps that are switched on."""
    found, fresh = {start}, {start}
    while fresh:
        fresh = {to for (state, action), to in STEPS.items() if state in fresh and action in allowed} - found
        found |= fresh
    return frozenset(found)


def cancel_price(state: JobState, *, call_out: Money) -> Money:
    """Return what a client owes who cancels now: nothing until the master travels, then the call-out."""
    return call_out if state in _UNDER_WAY else Money.zero(call_out.currency)
