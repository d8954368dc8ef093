"""What people and programs are shown of a row: pure functions from rows to the shapes of the HTTP contract.

A flow answers the POST that is its letter with these, and GET routes show the same: one shape, one place.
Jobs and talks have files of their own, `job_views` and `talk_views`; the small parts here are theirs too.
Money is told in minor units with its text in the reader's language, times are ISO 8601 in the reader's zone.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.kernel.money import Currency, Money
from core.kernel.payment import OPEN, PaymentState
from core.text import facts as told
from storage.history import Event
from storage.tables import ChargeRow, EventRow, HoursRow, MasterRow, PaymentRow

View = dict[str, Any]


# Small parts


def money_view(minor: int, currency: str) -> View:
    """Show an amount: `{"minor": 220500, "currency": "RUB", "text": "2 205 ₽"}`."""
    return {"minor": minor, "currency": currency, "text": told.money(Money(minor, Currency(currency)))}


def time_view(at: datetime | None, zone: ZoneInfo) -> str | None:
    """Show a moment as ISO 8601 with the offset of the reader's zone, to the second."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def reply_view(text: str, *, spoken: str | None = None, buttons: Iterable[Mapping[str, str]] = ()) -> View:
    """Show one thing we say, with its buttons `{"label", "choice"}` and what is said aloud."""
    shown = [{"label": button["label"], "choice": button["choice"]} for button in buttons]
    return {"text": text, "buttons": shown, "spoken": spoken or text}


def line_view(line: Mapping[str, Any], *, currency: str, label: str) -> View:
    """Show one line of a price's breakdown; `label` is its text in the reader's language."""
    return {"label": label, "amount": money_view(int(line["amount_minor"]), currency)}


def quote_view(
    *,
    low_minor: int,
    high_minor: int,
    currency: str,
    until: datetime | None,
    zone: ZoneInfo,
    price_minor: int | None = None,
    lines: Sequence[View] | None = None,
) -> View:
    """Show a price: its range, how long it stands, and where it is known the price itself and its parts.

    Args:
        lines: Made by `line_view`; None leaves `breakdown` out.
    """
    view: View = {}
    if price_minor is not None:
        view["price"] = money_view(price_minor, currency)
    view["low"] = money_view(low_minor, currency)
    view["high"] = money_view(high_minor, currency)
    view["valid_until"] = time_view(until, zone)
    if lines is not None:
        view["breakdown"] = list(lines)
    return view


def slot_view(*, start: datetime, end: datetime, choice: str, quote: View, zone: ZoneInfo) -> View:
    """Show a free time with its price; `choice` is what a tap on it sends."""
    return {"start": time_view(start, zone), "end": time_view(end, zone), "choice": choice, "quote": quote}


def split_view(*, fee_minor: int, master_minor: int, platform_minor: int, currency: str) -> View:
    """Show how an amount is divided: fee + platform + master = amount, net = platform + master."""
    return {
        "fee": money_view(fee_minor, currency),
        "net": money_view(master_minor + platform_minor, currency),
        "platform": money_view(platform_minor, currency),
        "master": money_view(master_minor, currency),
    }


# Payments


def payment_view(
    payment: PaymentRow,
    *,
    methods: Sequence[str] = (),
    charge: ChargeRow | None = None,
    zone: ZoneInfo | None = None,
) -> View:
    """Show a payment.

    Args:
        methods: The methods that can be chosen now; none once it is settled.
        charge: What the provider is asked for it, with the ways to pay.
    """
    view: View = {
        "payment_id": payment.id,
        "job_id": payment.job_id,
        "master_id": payment.master_id,
        "status": payment.state,
        "method": payment.method,
        "amount": money_view(payment.amount_minor, payment.currency),
        "methods": list(methods),
        "split": split_view(
            fee_minor=payment.fee_minor,
            master_minor=payment.master_minor,
            platform_minor=payment.platform_minor,
            currency=payment.currency,
        ),
    }
    if payment.state == PaymentState.FAILED:
        view["reason"] = payment.reason
    if charge is not None and charge.is_current and payment.state in OPEN:
        view["confirmation_url"] = charge.confirmation_url
        view["expires_at"] = time_view(charge.expires_at, zone) if zone is not None else None
        if charge.qr_payload is not None:
            view["qr_payload"] = charge.qr_payload
            view["qr_svg_url"] = f"/api/v1/terminal/payment/{payment.id}/qr.svg"
    if payment.received_minor is not None:
        view["amount_received"] = money_view(payment.received_minor, payment.currency)
        view["change"] = money_view(payment.received_minor - payment.amount_minor, payment.currency)
    if zone is not None:
        view["created_at"] = time_view(payment.created_at, zone)
        view["settled_at"] = time_view(payment.settled_at, zone)
    return view


# Masters


def master_view(
    master: MasterRow,
    *,
    trades: Sequence[str],
    rating: float,
    zone: ZoneInfo,
    balance: View | None = None,
    onboarding_id: str | None = None,
) -> View:
    """Show a master's profile as he himself and the owner may see it.

    Args:
        rating: With the newcomer's prior, to one decimal.
        onboarding_id: The talk in which he joined, if it is not the one he goes on in.
        balance: Made by `money_view`: what we owe him; below zero, what he owes us.
    """
    view: View = {
        "id": master.id,
        "name": master.name,
        "phone": master.phone,
        "email": master.email,
        "lang": master.lang,
        "market": master.market,
        "city": master.city,
        "district": master.district,
        "trades": list(trades),
        "years": master.years,
        "certificates": master.certificates,
        "status": master.status,
        "works_nights": master.works_nights,
        "rating": rating,
        "ratings": master.rating_count,
        "talk_id": master.talk_id,
        "onboarding_conversation_id": onboarding_id or master.talk_id,
        "is_demo": master.is_demo,
        "confirmed_day": master.confirmed_day.isoformat() if master.confirmed_day else None,
        "created_at": time_view(master.created_at, zone),
    }
    if balance is not None:
        view["balance"] = balance
    return view


def days_view(hours: Iterable[HoursRow], *, days: Iterable[date], zone: ZoneInfo) -> View:
    """Show hours by day: `{"2026-11-25": [["09:00", "18:00"]], "2026-11-26": []}`.

    Args:
        days: Local days to show, also those without hours. Midnight at the end of a day is 24:00.
    """
    shown: dict[str, list[list[str]]] = {day.isoformat(): [] for day in days}
    for span in sorted(hours, key=lambda row: row.starts_at):
        start, end = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
        last = "24:00" if end.date() > start.date() and (end.hour, end.minute) == (0, 0) else f"{end:%H:%M}"
        shown.setdefault(span.day.isoformat(), []).append([f"{start:%H:%M}", last])
    return dict(shown)


# History


def event_view(event: EventRow | Event, *, zone: ZoneInfo, is_owner: bool = False) -> View:
    """Show one line of the history; who did it and the facts are for the owner only."""
    view: View = {
        "seq": event.seq,
        "object": event.object,
        "id": event.object_id,
        "action": event.action,
        "at": time_view(event.at, zone),
    }
    if is_owner:
        view.update(actor=event.actor, facts=event.facts)
    return view
