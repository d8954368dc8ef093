"""What a refusal's sentence may mention, in words: never a raw state, never a date where an hour will do."""

from datetime import datetime
from typing import Any

from core.kernel.job import JobState
from core.kernel.payment import Method
from core.kernel.refusal import Refusal, StepNotAllowed
from core.markets.policy import Market
from core.text.facts import Clock, Named


def told_in_words(refusal: Refusal, market: Market) -> dict[str, Any]:
    """Return the facts of a refusal for its text: states by their public name, moments by their hour."""
    facts: dict[str, Any] = {
        name: Clock(value) if isinstance(value, datetime) else value for name, value in refusal.facts.items()
    }
    if isinstance(refusal, StepNotAllowed):
        facts["state"] = Named(_state(refusal, market))
    return facts


def _state(refusal: StepNotAllowed, market: Market) -> str:
    if refusal.action in tuple(Method) or refusal.state not in tuple(JobState):
        return "status-payment_closed"
    return f"status-{market.public_name(JobState(refusal.state))}"
