"""When a job may be offered, and how long a master may think (contracts, section 6; K5, K82)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class OfferState(StrEnum):
    """Where an offer stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class OfferRules:
    """How long a master may think, and when he is left in peace.

    Attributes:
        stands: How long an offer stands.
        stands_near: The same when the start is within `near`.
        quiet_from, quiet_until: Local hours in which only masters with confirmed night hours are asked.
        retry: How often a job that nobody could take is tried again.
        late: A master who has not set out by then is late.
    """

    stands: timedelta
    stands_near: timedelta
    near: timedelta
    quiet_from: time
    quiet_until: time
    retry: timedelta
    late: timedelta


def deadline(rules: OfferRules, *, now: datetime, starts_at: datetime) -> datetime:
    """Return until when a master may answer: never past the start."""
    length = rules.stands_near if starts_at - now <= rules.near else rules.stands
    return min(now + length, max(starts_at, now))


def is_quiet(rules: OfferRules, local: time) -> bool:
    """Tell whether a local time lies in the quiet hours, which may pass midnight."""
    if rules.quiet_from <= rules.quiet_until:
        return rules.quiet_from <= local < rules.quiet_until
    return local >= rules.quiet_from or local < rules.quiet_until


def may_offer_at(rules: OfferRules, *, now: datetime, works_nights: bool, zone: ZoneInfo) -> datetime:
    """Return when this master may be offered a job: now, or when the quiet hours end."""
    local = now.astimezone(zone)
    if works_nights or not is_quiet(rules, local.time()):
        return now
    morning = local.replace(
        hour=rules.quiet_until.hour, minute=rules.quiet_until.minute, second=0, microsecond=0
    )
    if morning <= local:
        morning += timedelta(days=1)
    return morning.astimezone(now.tzinfo)


def needs_nights(rules: OfferRules, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a visit touches the quiet hours, so that only night masters may be asked (K82)."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if is_quiet(rules, start.time()):
        return True
    evening = start.replace(
        hour=rules.quiet_from.hour, minute=rules.quiet_from.minute, second=0, microsecond=0
    )
    return end > (evening if evening > start else evening + timedelta(days=1))
