"""What people and programs are shown of a job: all of it, or what an offered master or its client may see."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.flows.views import View, line_view, payment_view, quote_view, split_view, time_view
from core.kernel.job import JobState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.settlement import split
from core.library.library import load_library
from core.markets.policy import Market
from core.meaning import Lang
from core.text.catalogue import Catalogue
from storage.tables import ChargeRow, JobRow, OfferRow, PaymentRow

# What a master who was only offered the job may know of the place.
_ADDRESS_BEFORE_ACCEPTANCE = ("city", "district", "street")
_ADDRESS_PARTS = ("street", "house", "building", "structure", "flat", "entrance", "floor", "intercom")

_NOT_IN_LINKS = re.compile(r"[^\w,.-]+")
_WAY_PARTS = ("street", "house", "building", "structure")


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
    lat, lon = job.address.get("lat"), job.address.get("lon")
    parts: View = {"city": job.city, "district": job.district}
    parts.update({name: job.address.get(name) for name in _ADDRESS_PARTS})
    said = [job.city, *(job.address.get(name) for name in _ADDRESS_PARTS[:5])]
    parts["text"] = ", ".join(str(part) for part in said if part)
    way = ",".join(str(part) for part in (job.city, *(job.address.get(name) for name in _WAY_PARTS)) if part)
    parts["map_url"] = f"https://yandex.ru/maps/?text={_NOT_IN_LINKS.sub('+', way)}"
    if lat and lon:  # the client has shown the place himself
        parts["map_url"] = f"https://yandex.ru/maps/?pt={lon},{lat}&z=17"
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
