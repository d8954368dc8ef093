"""What a talk answers to a program: everything known so far, the price, the times (contracts, section 4)."""

from datetime import datetime, tzinfo
from typing import Any

from core.conversation.known import Known, SlotOffered, Wish
from core.conversation.scene import Scene
from core.conversation.script import choice
from core.flows import job_views, talk_views, views
from core.kernel.job import JobState
from core.meaning import Grain
from storage.tables import JobRow


def show(scene: Scene) -> dict[str, Any]:
    """Return the view of a client's talk after a turn."""
    script, tx, talk, known, job = scene.script, scene.tx, scene.talk, scene.known, scene.job
    zone = script.zone(known.city)
    is_held = job is not None and job.starts_at is not None
    slots = [] if is_held and talk.step != "slot" else known.slots

    def label(line: dict[str, Any]) -> str:
        return job_views.label_of(line, lang=talk.lang, zone=zone, catalogue=script.catalogue, now=tx.now)

    def price(slot: SlotOffered) -> views.View:
        return views.quote_view(
            low_minor=slot.low_minor,
            high_minor=slot.high_minor,
            price_minor=slot.price_minor,
            currency=currency,
            until=slot.until,
            zone=zone,
        )

    def lines(stored: list[dict[str, Any]]) -> list[views.View]:
        return [views.line_view(line, currency=currency, label=label(line)) for line in stored]

    currency = script.market(talk).currency.value
    quote = None
    if job is not None and job.price_minor is not None and job.low_minor is not None and job.high_minor:
        quote = views.quote_view(
            low_minor=job.low_minor,
            high_minor=job.high_minor,
            price_minor=job.price_minor,
            currency=currency,
            until=job.quote_until,
            zone=zone,
            lines=lines(job.breakdown),
        )
    elif known.low_minor is not None and known.high_minor is not None:
        quote = views.quote_view(
            low_minor=known.low_minor,
            high_minor=known.high_minor,
            currency=currency,
            until=min((slot.until for slot in slots), default=None),
            zone=zone,
            lines=lines(known.lines),
        )
    return talk_views.talk_view(
        talk,
        understood=understood(known, job, now=tx.now, zone=zone),
        quote=quote,
        slots=[
            views.slot_view(
                start=slot.start,
                end=slot.end,
                choice=choice("slot", str(number), known.slots_version),
                quote=price(slot),
                zone=zone,
            )
            for number, slot in enumerate(slots, start=1)
        ],
        job=scene.taken or job,
        jobs=scene.known.jobs,
    )


def understood(known: Known, job: JobRow | None, *, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """Return everything a client's talk knows so far, and what is missing.

    A time that was chosen is known as long as it is held: to the quote's end, or for good once all is known.
    Then it is the one that was chosen; what was wished for before matters no longer.
    """
    has_time = job is not None and job.starts_at is not None
    if job is not None and job.state == JobState.QUOTED:
        has_time = has_time and job.quote_until is not None and now <= job.quote_until
    wishes = known.wishes
    if has_time and job is not None and job.starts_at is not None and not known.slots:
        start = job.starts_at.astimezone(zone).replace(tzinfo=None)
        wishes = [Wish(start=start, end=None, grain=Grain.MINUTE)]
    wanted = [*known.wanted, *known.later, *known.unserved]
    trade = next((one.trade for one in wanted if one.trade), None)
    return talk_views.understood_view(
        category=trade.value if trade else None,
        urgency=known.urgency.value if known.urgency else None,
        emergency=known.emergency.value if known.emergency else None,
        requests=[one.model_dump(mode="json") for one in wanted],
        identity={
            "name": known.name,
            "phone": known.phone,
            "email": known.email,
            "city": known.city,
            "district": known.district,
            **known.address,
        },
        time=[
            {
                "start": wish.start.isoformat(),
                "end": wish.end.isoformat() if wish.end else None,
                "grain": wish.grain.value,
            }
            for wish in wishes
        ],
        missing=known.missing(has_time=has_time),
    )
