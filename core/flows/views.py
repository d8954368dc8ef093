"""What people and programs are shown of a row: pure functions from rows to the shapes of the HTTP contract.

A flow answers the POST that is its letter with these, and GET routes show the same: one shape, one place.
Money is told in minor units with its text in the reader's language, times are ISO 8601 in the reader's zone.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.kernel.job import JobState
from core.kernel.money import Currency, Money
from core.kernel.payment import OPEN, Method, PaymentState
from core.kernel.settlement import split
from core.library.library import load_library
from core.markets.policy import Market
from core.meaning import Lang
from core.text import facts as told
from core.text.catalogue import Catalogue
from storage.history import Event
from storage.tables import (
    ChargeRow,
    EventRow,
    HoursRow,
    JobRow,
    MasterRow,
    OfferRow,
    PaymentRow,
    TalkRow,
    TransferRow,
    UtteranceRow,
)

View = dict[str, Any]

# What a master who was only offered the job may know of the place.
_ADDRESS_BEFORE_ACCEPTANCE = ("city", "district", "street")
_ADDRESS_PARTS = ("street", "house", "building", "structure", "flat", "entrance", "floor", "intercom")

_NOT_IN_LINKS = re.compile(r"[^\w,.-]+")
_WAY_PARTS = ("street", "house", "building", "structure")


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


# Jobs


def whole_job_view(
    job: JobRow,
    *,
    market: Market,
    lang: str,
    zone: ZoneInfo,
    catalogue: Catalogue,
    now: datetime,
    offer: OfferRow | None = None,
    payment: PaymentRow | None = None,
    charge: ChargeRow | None = None,
    methods: Sequence[str] = (),
    with_contact: bool = True,
) -> View:
    """Show a job with everything its market and the fault library say about it.

    Args:
        offer: The open offer, if there is one.
        payment: The last payment, if there is one; `methods` are the ways to pay that are open now.
        with_contact: False for a master who was only offered the job: no contact, house or flat.
    """
    return job_view(
        job,
        status=market.public_name(JobState(job.state)),
        lang=lang,
        zone=zone,
        catalogue=catalogue,
        now=now,
        title=title_of(job, lang=lang),
        diagnosis=diagnosis_of(job, lang=lang),
        offer=offer,
        payment=payment_view(payment, methods=methods, charge=charge, zone=zone)
        if payment is not None
        else None,
        split=split_preview(job, market=market),
        with_contact=with_contact,
    )


def title_of(job: JobRow, *, lang: str) -> str | None:
    """Say in a few words what is broken, in the reader's language."""
    library = load_library()
    return "; ".join(library.fault(id).text(Lang(lang)).title for id in job.faults if id in library) or None


def diagnosis_of(job: JobRow, *, lang: str) -> str | None:
    """Say what is broken, by the fault library, in the reader's language."""
    library = load_library()
    texts = [library.fault(fault).text(Lang(lang)) for fault in job.faults if fault in library]
    return " ".join(text.diagnosis for text in texts) or None


def split_preview(job: JobRow, *, market: Market) -> View | None:
    """Show how the quote's price would be divided, with the terminal's fee (K1, K2)."""
    if job.price_minor is None:
        return None
    parts = split(Money(job.price_minor, Currency(job.currency)), Method.CASH, market.settlement_rules)
    return split_view(
        fee_minor=parts.fee.minor,
        master_minor=parts.master.minor,
        platform_minor=parts.platform.minor,
        currency=job.currency,
    )


def job_view(
    job: JobRow,
    *,
    status: str,
    lang: str,
    zone: ZoneInfo,
    catalogue: Catalogue,
    now: datetime,
    title: str | None = None,
    diagnosis: str | None = None,
    offer: OfferRow | None = None,
    payment: View | None = None,
    split: View | None = None,
    with_contact: bool = True,
) -> View:
    """Show a job.

    Args:
        status: The public name of its state in its market.
        lang: The reader's language, for the names of the price's parts.
        title: The same in a few words.
        diagnosis: What the fault library says it is, in the reader's language.
        offer: The open offer, if there is one.
        payment: Made by `payment_view`.
        split: Made by `split_view` from the quote's price: what the master would get.
        with_contact: False for a master who was only offered the job: no contact, house or flat.
    """
    view: View = {
        "id": job.id,
        "number": job.number,
        "status": status,
        "state": job.state,
        "market": job.market,
        "trade": job.trade,
        "faults": list(job.faults),
        "urgency": job.urgency,
        "emergency": job.emergency,
        "title": title,
        "diagnosis": diagnosis,
        "client": {"name": job.client_name, "phone": job.client_phone},
        "address": address_view(job),
        "start": time_view(job.starts_at, zone),
        "end": time_view(job.ends_at, zone),
        "duration_minutes": {"low": job.duration_low_min, "high": job.duration_high_min},
        "quote": _job_quote(job, lang=lang, zone=zone, catalogue=catalogue, now=now),
        "master_id": job.master_id,
        "warranty_of": job.warranty_of,
        "offer": {"master_id": offer.master_id, "until": time_view(offer.until, zone)} if offer else None,
        "split_preview": split,
        "created_at": time_view(job.created_at, zone),
        "finished_at": time_view(job.finished_at, zone),
        "closed_at": time_view(job.closed_at, zone),
    }
    if payment is not None:
        view["payment"] = payment
    return view if with_contact else without_contact(view)


def without_contact(view: View) -> View:
    """Return a job's view as an offered master may see it: no contact, house or flat."""
    address = {part: view["address"].get(part) for part in _ADDRESS_BEFORE_ACCEPTANCE}
    address["text"] = ", ".join(str(part) for part in address.values() if part)
    return {**view, "client": None, "address": address}


def without_earnings(view: View) -> View:
    """Return a job's view as its client may see it: not what the master and the platform get of his money."""
    seen = {**view, "split_preview": None}
    if payment := view.get("payment"):
        seen["payment"] = {**payment, "split": None}
    return seen


def address_view(job: JobRow) -> View:
    """Show where the job is, in parts and as one line."""
    parts: View = {"city": job.city, "district": job.district}
    parts.update({name: job.address.get(name) for name in _ADDRESS_PARTS})
    said = [job.city, *(job.address.get(name) for name in _ADDRESS_PARTS[:5])]
    parts["text"] = ", ".join(str(part) for part in said if part)
    way = ",".join(str(part) for part in (job.city, *(job.address.get(name) for name in _WAY_PARTS)) if part)
    parts["map_url"] = f"https://yandex.ru/maps/?text={_NOT_IN_LINKS.sub('+', way)}"
    return parts


def _job_quote(job: JobRow, *, lang: str, zone: ZoneInfo, catalogue: Catalogue, now: datetime) -> View | None:
    if job.low_minor is None or job.high_minor is None:
        return None
    lines = [
        line_view(
            line,
            currency=job.currency,
            label=label_of(line, lang=lang, zone=zone, catalogue=catalogue, now=now),
        )
        for line in job.breakdown
    ]
    return quote_view(
        low_minor=job.low_minor,
        high_minor=job.high_minor,
        currency=job.currency,
        until=job.quote_until,
        zone=zone,
        price_minor=job.price_minor,
        lines=lines,
    )


def label_of(
    line: Mapping[str, Any], *, lang: str, zone: ZoneInfo, catalogue: Catalogue, now: datetime
) -> str:
    """Return the words of a price's part: its text by name, or the name where there is no such text."""
    name = str(line["label"])
    if not catalogue.has(name):
        return name
    return catalogue.render(lang, name, dict(line.get("facts") or {}), now=now, zone=zone).text


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


def transfer_view(transfer: TransferRow, *, zone: ZoneInfo) -> View:
    """Show one line of the ledger."""
    return {
        "seq": transfer.seq,
        "kind": transfer.kind,
        "debit": transfer.debit,
        "credit": transfer.credit,
        "amount": money_view(transfer.amount_minor, transfer.currency),
        "phase": transfer.phase,
        "payment_id": transfer.payment_id,
        "job_id": transfer.job_id,
        "at": time_view(transfer.at, zone),
    }


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


# Talks


def understood_view(
    *,
    category: str | None = None,
    urgency: str | None = None,
    emergency: str | None = None,
    requests: Sequence[Mapping[str, Any]] = (),
    identity: Mapping[str, Any] | None = None,
    time: Sequence[Mapping[str, Any]] = (),
    missing: Sequence[str] = (),
) -> View:
    """Show everything a talk knows so far, and what it still has to learn."""
    return {
        "category": category,
        "urgency": urgency,
        "emergency": emergency,
        "requests": [dict(request) for request in requests],
        "identity": {key: value for key, value in (identity or {}).items() if value},
        "time": [dict(when) for when in time],
        "missing": list(missing),
    }


def talk_view(
    talk: TalkRow,
    *,
    understood: View,
    replies: Sequence[View] | None = None,
    quote: View | None = None,
    slots: Sequence[View] | None = None,
    job: JobRow | None = None,
    jobs: Sequence[str] = (),
) -> View:
    """Show what a talk answers to a message.

    Args:
        replies: Made by `reply_view`. None: the web door reads the utterances the letter caused.
        quote: Made by `quote_view`: before slots, the lowest low and the highest high.
        slots: Made by `slot_view`.
        job: The job the talk has made, from the tap on a slot on; of several, the one made last.
        jobs: The ids of all jobs the talk has made, where there are several.
    """
    view: View = {"conversation_id": talk.id, "status": talk.status, "understood": understood}
    if replies is not None:
        view["replies"] = list(replies)
    if quote is not None:
        view["quote"] = quote
    if slots:
        view["slots"] = list(slots)
    if job is not None:
        view.update(job_id=job.id, job_number=job.number)
    if len(jobs) > 1:
        view["jobs"] = list(jobs)
    if talk.master_id is not None and talk.role == "master":
        view["master_id"] = talk.master_id
    return view


def utterance_view(utterance: UtteranceRow, *, zone: ZoneInfo) -> View:
    """Show one line of a transcript."""
    return {
        "seq": utterance.seq,
        "at": time_view(utterance.at, zone),
        "from": utterance.author,
        "text": utterance.text,
        "media": list(utterance.media),
        "buttons": list(utterance.buttons),
    }


def transcript_view(
    talk: TalkRow, utterances: Sequence[UtteranceRow], *, zone: ZoneInfo, speakers: Mapping[str, str]
) -> View:
    """Show a talk as it was said, by line and as one text.

    Args:
        speakers: How each author is called in the text: `{"client": "Клиент", …}`.
    """
    return {
        "conversation_id": talk.id,
        "kind": talk.kind,
        "channel": talk.channel,
        "status": talk.status,
        "lang": talk.lang,
        "job_id": talk.job_id,
        "master_id": talk.master_id if talk.role == "master" else None,
        "messages": [utterance_view(utterance, zone=zone) for utterance in utterances],
        "transcript": "\n".join(
            f"{speakers.get(said.author, said.author)}: {said.text}" for said in utterances
        ),
    }


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
