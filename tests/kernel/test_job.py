"""The life of a job, pair by pair."""

import itertools

import pytest

from core.kernel.job import (
    BOUND,
    FINAL,
    INITIAL,
    STEPS,
    JobAction,
    JobState,
    cancel_price,
    reachable,
    step,
)
from core.kernel.money import Currency, Money
from core.kernel.refusal import StepNotAllowed

# The table of the architecture, section 6, once more and by hand: a slip in one of the two is seen.
PROMISED = {
    "quote": ("draft quoted open", "quoted"),
    "publish": ("draft quoted", "open"),
    "assign": ("open", "assigned"),
    "unassign": ("assigned travelling on_site", "open"),
    "travel": ("assigned", "travelling"),
    "arrive": ("assigned travelling", "on_site"),
    "start": ("assigned on_site", "working"),
    "deliver": ("assigned working revising", "delivered"),
    "send_back": ("delivered", "revising"),
    "finish": ("working", "done"),
    "complete": ("working delivered done", "completed"),
    "dispute": ("done delivered revising", "disputed"),
    "rule_for_master": ("disputed", "completed"),
    "rule_for_client": ("disputed", "cancelled"),
    "rule_rework": ("disputed", "revising"),
    "rule_pay": ("disputed", "done"),
    "cancel": ("draft quoted open assigned travelling on_site working revising", "cancelled"),
    "expire": ("draft quoted open assigned revising", "expired"),
}
ALL = frozenset(JobAction)
PAIRS = list(itertools.product(JobState, JobAction))


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_every_pair_is_a_promised_step_or_a_refusal(state: JobState, action: JobAction) -> None:
    sources, to = PROMISED[action]
    if state in sources.split():
        assert step(state, action, allowed=ALL) == to
    else:
        with pytest.raises(StepNotAllowed) as refused:
            step(state, action, allowed=ALL)
        assert refused.value.facts == {"state": state, "action": action}


@pytest.mark.parametrize(("state", "action"), sorted(STEPS))
def test_a_step_the_market_has_not_switched_on_is_refused(state: JobState, action: JobAction) -> None:
    with pytest.raises(StepNotAllowed):
        step(state, action, allowed=set(JobAction) - {action})


def test_final_states_have_no_way_out() -> None:
    assert not {state for state, _ in STEPS} & FINAL


def test_every_state_is_reachable() -> None:
    assert reachable(ALL) == set(JobState)


@pytest.mark.parametrize("state", sorted(set(JobState) - FINAL))
def test_every_state_that_is_not_final_can_end(state: JobState) -> None:
    assert reachable(ALL, start=state) & FINAL


def test_a_market_without_steps_goes_nowhere() -> None:
    assert reachable(()) == {INITIAL}


def test_a_bound_job_can_lose_its_master_or_end() -> None:
    for state in BOUND:
        assert {action for source, action in STEPS if source is state} & {
            JobAction.UNASSIGN,
            JobAction.CANCEL,
        }


@pytest.mark.parametrize("state", [JobState.DRAFT, JobState.QUOTED, JobState.OPEN, JobState.ASSIGNED])
def test_a_cancellation_is_free_until_the_master_travels(state: JobState) -> None:
    assert not cancel_price(state, call_out=Money(50_000, Currency.RUB))


@pytest.mark.parametrize("state", [JobState.TRAVELLING, JobState.ON_SITE, JobState.WORKING])
def test_a_later_cancellation_costs_the_call_out(state: JobState) -> None:
    call_out = Money(50_000, Currency.RUB)
    assert cancel_price(state, call_out=call_out) == call_out
