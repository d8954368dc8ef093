"""A market is data: one TOML file per market, read once at start and handed on as kernel rules."""

import tomllib
from collections.abc import Mapping
from datetime import time, timedelta
from fractions import Fraction
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.kernel.hours import HoursRules
from core.kernel.job import JobAction, JobState, reachable
from core.kernel.ledger import CashRules
from core.kernel.match import MatchRules
from core.kernel.money import BASIS_POINTS, Currency, Money, Rate
from core.kernel.offer import OfferRules
from core.kernel.payment import AmountRules, Method
from core.kernel.quote import QuoteRules
from core.kernel.rating import STARS
from core.kernel.refund import RefundRules
from core.kernel.settlement import SettlementRules
from core.kernel.slot import SlotRules
from core.kernel.talk import TalkRules
from core.meaning import Trade

_PERCENT = 100

Positive = Annotated[int, Field(gt=0)]
BasisPoints = Annotated[int, Field(ge=0, le=BASIS_POINTS)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TradesPolicy(_Section):
    """Which trades have masters here."""

    served: tuple[Trade, ...]


class PricePolicy(_Section):
    """How a visit is priced (A116–A124, K60, K62)."""

    base_minor: Mapping[Trade, Positive]
    urgent_percent: int = Field(ge=100)
    today_percent: int = Field(ge=100)
    several_percent: int = Field(ge=100)
    long_words_percent: int = Field(ge=100)
    evening_percent: int = Field(ge=100)
    long_words_over: int = Field(gt=0)
    step_minor: int = Field(gt=0)
    range_bp: int = Field(ge=0, le=BASIS_POINTS)
    evening_from: time
    evening_until: time
    valid_minutes: int = Field(gt=0)
    valid_hours_max: int = Field(gt=0)


class SlotPolicy(_Section):
    """Which times may be offered."""

    lead_minutes: int = Field(ge=0)
    lead_urgent_minutes: int = Field(ge=0)
    step_minutes: int = Field(gt=0)
    horizon_days: int = Field(gt=0)
    travel_minutes: int = Field(ge=0)
    alternatives: int = Field(ge=1)


class OfferPolicy(_Section):
    """How masters are asked."""

    stands_minutes: int = Field(gt=0)
    stands_near_minutes: int = Field(gt=0)
    near_minutes: int = Field(ge=0)
    quiet_from: time
    quiet_until: time
    retry_minutes: int = Field(gt=0)
    late_minutes: int = Field(gt=0)


class MatchPolicy(_Section):
    """How masters are compared (K4)."""

    prior_rating_tenths: int = Field(ge=10, le=50)
    prior_weight: int = Field(ge=1)
    distance_step_m: int = Field(gt=0)


class HoursPolicy(_Section):
    """What a working day is, and when it is asked about."""

    day_from: time
    day_until: time
    days_ahead_max: int = Field(gt=0)
    asked_at: time
    silent_mornings_max: int = Field(ge=1)


class SettlementPolicy(_Section):
    """Who holds the money, the fee of each method, and the master's share of the net."""

    mode: Literal["terminal", "escrow", "credits"]
    master_bp: BasisPoints
    fee_bp: Mapping[Method, BasisPoints]

    @model_validator(mode="after")
    def _every_method_has_a_fee(self) -> Self:
        if missing := set(Method) - set(self.fee_bp):
            raise ValueError(f"no fee for {', '.join(sorted(missing))}")
        return self


class ChargePolicy(_Section):
    """How long a client may pay by a link, and what is unknown may stand in the way of another try."""

    link_minutes: int = Field(gt=0)
    unknown_minutes: int = Field(ge=0)

    @property
    def link_lives(self) -> timedelta:
        """Time since the charge was asked for; after it nobody can pay by its link."""
        return timedelta(minutes=self.link_minutes)

    @property
    def unknown_at_most(self) -> timedelta:
        """Time since the same, in which nothing else is taken; what comes later goes back by itself."""
        return timedelta(minutes=self.unknown_minutes)


class RefundPolicy(_Section):
    """Who bears the provider's fee when money goes back."""

    fee_returned: bool


class CashPolicy(_Section):
    """How much of our money a master may carry."""

    debt_cap_minor: int = Field(ge=0)


class PayoutPolicy(_Section):
    """When masters are paid. Monday is 0."""

    weekday: int = Field(ge=0, le=6)
    at: time


class CancellationPolicy(_Section):
    """What a late cancellation costs."""

    call_out_minor: int = Field(ge=0)


class WarrantyPolicy(_Section):
    """How long the same work is done once more, free (L29)."""

    days: int = Field(ge=0)

    @property
    def lasts(self) -> timedelta:
        """Time since the job was completed."""
        return timedelta(days=self.days)


class RatingPolicy(_Section):
    """What stars say."""

    poor_stars: int = Field(ge=STARS[0], le=STARS[-1])  # so many or fewer: the two do not meet again


class LimitsPolicy(_Section):
    """What is believed, read and taken."""

    amount_max_minor: int = Field(gt=0)
    words_read: int = Field(gt=0)
    file_bytes_max: int = Field(gt=0)
    questions_max: int = Field(gt=0)


class TalkPolicy(_Section):
    """How long a talk waits."""

    remind_minutes: int = Field(gt=0)
    abandon_hours: int = Field(gt=0)
    owner_silent_minutes: int = Field(gt=0)

    @property
    def owner_silent_at_most(self) -> timedelta:
        """Silence of an owner who has stepped in, after which the program goes on by itself (L8)."""
        return timedelta(minutes=self.owner_silent_minutes)

    @property
    def remind_after(self) -> timedelta:
        """Silence after which the person is reminded."""
        return timedelta(minutes=self.remind_minutes)

    @property
    def abandon_after(self) -> timedelta:
        """Silence after which the talk is closed."""
        return timedelta(hours=self.abandon_hours)


class SourcePolicy(_Section):
    """Codes of where clients come from; a link carries one, perhaps with more after `_` or `-` (A30)."""

    known: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")], ...]


class OwnerPolicy(_Section):
    """When the owner hears from us in his messenger (L41)."""

    digest_at: time
    watch_minutes: int = Field(gt=0, le=60)


class DemoPolicy(_Section):
    """How slowly demo masters act, so that a person can watch."""

    pace_seconds: tuple[Positive, Positive]


class JobPolicy(_Section):
    """Which steps a job may take here, and what its states are called in public."""

    steps: frozenset[JobAction]
    public: Mapping[JobState, str]


class Market(_Section):
    """Everything in which one market differs from another."""

    name: str
    currency: Currency
    trades: TradesPolicy
    price: PricePolicy
    slot: SlotPolicy
    offer: OfferPolicy
    match: MatchPolicy
    hours: HoursPolicy
    settlement: SettlementPolicy
    charge: ChargePolicy
    refund: RefundPolicy
    cash: CashPolicy
    payout: PayoutPolicy
    cancellation: CancellationPolicy
    warranty: WarrantyPolicy
    rating: RatingPolicy
    limits: LimitsPolicy
    talk: TalkPolicy
    owner: OwnerPolicy
    source: SourcePolicy
    demo: DemoPolicy
    job: JobPolicy

    @model_validator(mode="after")
    def _what_is_served_has_a_price(self) -> Self:
        if missing := set(self.trades.served) - set(self.price.base_minor):
            raise ValueError(f"no base price for {', '.join(sorted(missing))}")
        return self

    @model_validator(mode="after")
    def _every_state_has_a_public_name(self) -> Self:
        if missing := reachable(self.job_actions) - set(self.job.public):
            raise ValueError(f"no public name for {', '.join(sorted(missing))}")
        return self

    def public_name(self, state: JobState) -> str:
        """Return what a state is called in public."""
        return self.job.public.get(state, state.value)

    def money(self, minor: int) -> Money:
        """Return an amount in the market's currency."""
        return Money(minor, self.currency)

    @property
    def job_actions(self) -> frozenset[JobAction]:
        """The steps a job may take here."""
        return self.job.steps

    @cached_property
    def quote_rules(self) -> QuoteRules:
        """The kernel's rules of pricing."""
        price = self.price
        return QuoteRules(
            base={trade.value: self.money(minor) for trade, minor in price.base_minor.items()},
            urgent=Fraction(price.urgent_percent, _PERCENT),
            today=Fraction(price.today_percent, _PERCENT),
            several=Fraction(price.several_percent, _PERCENT),
            long_words=Fraction(price.long_words_percent, _PERCENT),
            evening=Fraction(price.evening_percent, _PERCENT),
            long_words_over=price.long_words_over,
            step=self.money(price.step_minor),
            range_share=Fraction(price.range_bp, BASIS_POINTS),
            evening_from=price.evening_from,
            evening_until=price.evening_until,
            valid_for=timedelta(minutes=price.valid_minutes),
            valid_at_most=timedelta(hours=price.valid_hours_max),
        )

    @cached_property
    def slot_rules(self) -> SlotRules:
        """The kernel's rules of free times."""
        slot = self.slot
        return SlotRules(
            lead=timedelta(minutes=slot.lead_minutes),
            lead_urgent=timedelta(minutes=slot.lead_urgent_minutes),
            step=timedelta(minutes=slot.step_minutes),
            horizon=timedelta(days=slot.horizon_days),
            travel=timedelta(minutes=slot.travel_minutes),
            alternatives=slot.alternatives,
        )

    @cached_property
    def offer_rules(self) -> OfferRules:
        """The kernel's rules of asking masters."""
        offer = self.offer
        return OfferRules(
            stands=timedelta(minutes=offer.stands_minutes),
            stands_near=timedelta(minutes=offer.stands_near_minutes),
            near=timedelta(minutes=offer.near_minutes),
            quiet_from=offer.quiet_from,
            quiet_until=offer.quiet_until,
            retry=timedelta(minutes=offer.retry_minutes),
            late=timedelta(minutes=offer.late_minutes),
        )

    @cached_property
    def hours_rules(self) -> HoursRules:
        """The kernel's rules of working hours."""
        return HoursRules(**self.hours.model_dump())

    @cached_property
    def talk_rules(self) -> TalkRules:
        """The kernel's rules of talks."""
        return TalkRules(
            remind_after=self.talk.remind_after,
            abandon_after=self.talk.abandon_after,
            words_read=self.limits.words_read,
            questions_max=self.limits.questions_max,
        )

    @cached_property
    def match_rules(self) -> MatchRules:
        """The kernel's rules of comparing masters."""
        return MatchRules(**self.match.model_dump())

    @cached_property
    def settlement_rules(self) -> SettlementRules:
        """The kernel's rules of dividing a payment."""
        fees = {method: Rate(bp) for method, bp in self.settlement.fee_bp.items()}
        return SettlementRules(fee=fees, master=Rate(self.settlement.master_bp))

    @cached_property
    def refund_rules(self) -> RefundRules:
        """The kernel's rules of refunds."""
        return RefundRules(fee_returned=self.refund.fee_returned)

    @cached_property
    def cash_rules(self) -> CashRules:
        """The kernel's rules of cash."""
        return CashRules(debt_cap=self.money(self.cash.debt_cap_minor))

    @cached_property
    def limits_rules(self) -> AmountRules:
        """The kernel's rules of believable amounts."""
        return AmountRules(amount_max_minor=self.limits.amount_max_minor)


@cache
def load_market(name: str) -> Market:
    """Read and check `<name>.toml`. A misspelt key fails here, at start."""
    raw = files("core.markets").joinpath(f"{name}.toml").read_text("utf-8")
    return Market.model_validate(tomllib.loads(raw))
