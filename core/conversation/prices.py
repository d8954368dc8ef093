"""What a price is made of, and what the other visits of the same talk cost: told at any time it is asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.conversation import booking, unknown, works
from core.conversation.asides import Aside
from core.conversation.known import Known
from core.conversation.scene import Scene
from core.conversation.script import title
from core.conversation.wordings import AGAIN
from core.flows import news
from core.kernel.money import Currency, Money
from core.language.choose import Chosen
from core.meaning import Frame, Intent, Trade
from core.text.facts import Items, Named, PriceRange, mid
from storage.tables import JobRow

# "А за кран сколько", "сколько за розетку": a price, where a thing is named.
_FOR_THAT = re.compile(r"\bск(?:олько|ок[ао]?)\b(?:.*\bза\s+\w|\W*$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Visit:
    """Another visit: whose it is, how it is told, and what it costs at least and at most."""

    trade: Trade | None
    line: Named
    low_minor: int
    high_minor: int


def are_asked(scene: Scene) -> bool:
    """Tell whether somebody asks what it costs."""
    is_named = any(map(_FOR_THAT.search, scene.heard.texts)) and bool(scene.reading.frames)
    is_priced = is_named or Intent.PRICE in scene.intents or Aside.PRICE in scene.asides
    return is_priced and not {Aside.CHEAPER, Aside.DURATION} & scene.asides


def asked_only(scene: Scene) -> Chosen:
    """Return what was said, without work that is only asked after: "а за кран сколько" orders no tap."""
    said, known = scene.said, scene.known
    is_open = scene.live_job is not None or (bool(known.faults) and not scene.is_over)
    if not (is_open and said.frames and are_asked(scene)) or said.times:
        return said
    return replace(said, frames=()) if all(_is_wanted(scene, frame) for frame in said.frames) else said


def tell(scene: Scene) -> bool:
    """Tell what a price is made of (A125), as far as it is known. Return whether the turn ends with it.

    Where there are several visits each is told, or those that the question names.
    """
    others = _others(scene)
    trades = {scene.known.trade, *(each.trade for each in others)}
    asked = works.trades_of(scene, " ".join(scene.heard.texts)) & trades
    others = [each for each in others if not asked or each.trade in asked]
    if others and asked and scene.known.trade not in asked:
        scene.is_aside_answered = True
        scene.say("client-price-of", visits=Items(tuple(each.line for each in others)))
        return scene.live_job is not None or bool(scene.known.slots)
    return _tell_own(scene, others)


def of_visit(scene: Scene, known: Known) -> Named:
    """Return a visit in one line, with its indicative range."""
    if not known.faults:
        return Named("client-visit-line-later", {"trade": known.trade.value if known.trade else ""})
    found = booking.range_of(scene, known)
    titles = "; ".join(title(scene.script.library.fault(fault), scene.talk) for fault in known.faults)
    return Named("client-visit-line", {"fault": titles, "range": PriceRange(found.low, found.high)})


def _is_wanted(scene: Scene, frame: Frame) -> bool:
    """Tell whether a thing that is spoken of is part of what is wanted already."""
    known = scene.known
    wanted = [(each.trade, each.fault) for each in (*known.wanted, *known.later)]
    wanted += [(Trade(job.trade), fault) for job in scene.others if job.trade for fault in job.faults]
    if frame.fault is not None and frame.action is not None:
        return frame.fault in {fault for _, fault in wanted}
    return frame.trade in {trade for trade, _ in wanted}


def _others(scene: Scene) -> list[_Visit]:
    """Return the visits beside the one that is spoken of: ordered ones with their prices, then the rest."""
    found = [
        _ordered(scene, job)
        for job in sorted(scene.others, key=lambda each: (each.created_at, each.id))
        if job.price_minor and job.high_minor is not None
    ]
    for known in works.visits_later(scene.known):
        likely = booking.range_of(scene, known)
        found.append(_Visit(known.trade, of_visit(scene, known), likely.low.minor, likely.high.minor))
    return found


def _ordered(scene: Scene, job: JobRow) -> _Visit:
    price, high = job.price_minor or 0, job.high_minor or 0
    currency = Currency(job.currency)
    facts = {
        "fault": news.service(job, scene.talk.lang),
        "price": Money(price, currency),
        "high": Money(high, currency),
    }
    return _Visit(Trade(job.trade) if job.trade else None, Named("client-price-job", facts), price, high)


def _tell_own(scene: Scene, others: Sequence[_Visit]) -> bool:
    job, known = scene.live_job, scene.known
    stored, price, high = _parts(job, known)
    if price is None or high is None or not stored:
        if known.trade is not None:  # what such work usually costs is told with the open question
            scene.is_aside_answered = True
            return False
        if known.count("price") % AGAIN:
            unknown.show_trades(scene, "client-ask-problem-again")
        else:
            scene.say("client-price-unknown")
        return True
    currency = scene.script.market(scene.talk).currency
    lines = tuple(
        Named(
            "client-breakdown-line",
            {"label": _label(scene, line), "amount": _money(line["amount_minor"], currency)},
        )
        for line in stored
    )
    total, most = _money(price, currency), _money(high, currency)
    is_exact = job is not None and job.price_minor is not None
    scene.say(
        "client-breakdown" if is_exact else "client-breakdown-range",
        lines=Items(lines),
        price=total,
        high=most,
    )
    if others:
        low = Money(price + sum(each.low_minor for each in others), currency)
        high_of_all = Money(high + sum(each.high_minor for each in others), currency)
        visits = Items(tuple(each.line for each in others))
        scene.say("client-price-beside", visits=visits, range=PriceRange(low, high_of_all))
    return is_exact or bool(known.slots)


def _label(scene: Scene, line: Mapping[str, object]) -> Named:
    """Return the words of a part of the price; materials are named."""
    job, library = scene.live_job, scene.script.library
    faults = job.faults if job is not None else scene.known.faults
    needs = [need for fault in faults if fault in library for need in library.fault(fault).parts]
    parts = [mid(need.part.name(scene.lang)) for need in needs if need.certain]
    if line["label"] != "price-parts" or not parts:
        return Named(str(line["label"]))
    return Named("price-parts-named", {"parts": "; ".join(parts)})


def _parts(job: JobRow | None, known: Known) -> tuple[list[dict[str, object]], int | None, int | None]:
    if job is not None and job.price_minor is not None:
        return job.breakdown, job.price_minor, job.high_minor
    return known.lines, known.low_minor, known.high_minor


def _money(minor: object, currency: Currency) -> Money:
    return Money(int(str(minor)), currency)
