"""The owner's figures as a page without a script: plots, each with its table, over 7, 30 or 90 days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import escape
from math import nan
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sidecar import present
from bots.sidecar.access import Owner
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import language, saying
from core.documents import plots
from core.documents.plots import Point
from core.kernel import forecast
from core.kernel.money import Currency, Money
from core.text.facts import money as told_money, span as told_span
from storage.queries import figures, waits
from storage.queries.figures import Span, days_of
from storage.queries.waits import Waits

router = APIRouter(include_in_schema=False)

RANGES = (7, 30, 90)
_WEEKLY_FROM = 90  # days that are told by weeks
_PERCENT = 100

Say = Callable[..., str]
Cells = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Telling:
    """In what words, money and days figures are told."""

    say: Say
    lang: str
    currency: Currency
    zone: ZoneInfo

    def money(self, minor: float) -> str:
        """Tell an amount."""
        return told_money(Money(int(minor), self.currency))

    def day(self, at: datetime) -> str:
        """Tell a day shortly."""
        return f"{at.astimezone(self.zone):%d.%m}"

    def span(self, seconds: float | None) -> str:
        """Tell a length of time; seconds only where there is less than a minute."""
        if seconds is None:
            return "—"
        if seconds < 60:  # noqa: PLR2004 - a minute
            return f"{seconds:.1f} s" if self.lang == "en" else f"{seconds:.1f} с".replace(".", ",")
        return told_span(timedelta(minutes=round(seconds / 60)), lang=self.lang)


@router.get("/console/figures")
async def page(
    request: Request, program: Program, _: Owner, days: Annotated[Literal["7", "30", "90"], Query()] = "30"
) -> Response:
    """For the owner: revenue, funnel, speed, automation, ratings, masters and a forecast."""
    telling = Telling(
        say=saying(request),
        lang=language(request),
        currency=present.market_of("", program).currency,
        zone=program.settings.zone,
    )
    async with program.readers() as session:
        body = await _body(session, program, telling, int(days))
    return HTMLResponse(_page(body, telling, int(days)), headers={"Cache-Control": "no-store"})


async def _body(session: AsyncSession, program: Naryad, telling: Telling, days: int) -> str:
    now, zone = program.clock.now(), telling.zone
    today = datetime.combine(now.astimezone(zone).date(), time(), zone)
    step = 7 if days >= _WEEKLY_FROM else 1
    count = -(-days // step) * step
    span = days_of(today - timedelta(days=count - 1), count=count, step=step)
    parts = [
        await _revenue(session, telling, span),
        await _forecast(session, telling, today),
        await _funnel(session, telling, span),
        await _alone(session, telling, span),
        await _speed(session, telling, span),
        await _ratings(session, telling, span),
        await _masters(session, telling, span),
    ]
    return "".join(parts)


async def _revenue(session: AsyncSession, telling: Telling, span: Span) -> str:
    sold = await figures.sales(session, span, currency=telling.currency.value)
    back = await figures.given_back(session, span, currency=telling.currency.value)
    names = [telling.day(since) for since, _ in span.buckets]
    points = [
        Point(name, one.amount_minor, telling.money(one.amount_minor), one.platform_minor)
        for name, one in zip(names, sold, strict=True)
    ]
    says = telling.say(
        "page-then-revenue-says",
        amount=telling.money(sum(one.amount_minor for one in sold)),
        count=sum(one.count for one in sold),
        platform=telling.money(sum(one.platform_minor for one in sold)),
        refunds=telling.money(back),
    )
    rows = [
        (name, telling.money(one.amount_minor), telling.money(one.platform_minor), str(one.count))
        for name, one in zip(names, sold, strict=True)
        if one.count
    ]
    heads = ("day", "amount", "platform", "count")
    drawn = plots.bars("revenue", points, title=telling.say("page-then-revenue"), about=says)
    return _part(telling, "revenue", says, drawn if rows else "", _table(telling, heads, rows))


async def _forecast(session: AsyncSession, telling: Telling, today: datetime) -> str:
    before = days_of(
        today - timedelta(days=forecast.WEEK * forecast.WEEKS), count=forecast.WEEK * forecast.WEEKS
    )
    ahead = days_of(today, count=forecast.WEEK)
    sold = await figures.sales(session, before, currency=telling.currency.value)
    ordered = await figures.booked(session, ahead, currency=telling.currency.value)
    earned = _by_day(before, [one.amount_minor for one in sold], telling.zone)
    booked = _by_day(ahead, ordered, telling.zone)
    expected = forecast.expected_minor(earned, booked, today=today.date())
    points = [
        Point(f"{day:%d.%m}", minor, telling.money(minor), booked.get(day, 0))
        for day, minor in expected.items()
    ]
    says = telling.say(
        "page-then-forecast-says",
        amount=telling.money(sum(expected.values())),
        booked=telling.money(sum(booked.values())),
    )
    rows = [
        (f"{day:%d.%m}", telling.money(minor), telling.money(booked.get(day, 0)))
        for day, minor in expected.items()
    ]
    drawn = plots.bars("forecast", points, title=telling.say("page-then-forecast"), about=says)
    has_any = any(expected.values())
    return _part(
        telling,
        "forecast",
        says,
        drawn if has_any else "",
        _table(telling, ("day", "expected", "booked"), rows if has_any else ()),
    )


async def _funnel(session: AsyncSession, telling: Telling, span: Span) -> str:
    found = await figures.funnel(session, span)
    steps = (
        ("talks", found.talks),
        ("quoted", found.quoted),
        ("booked", found.booked),
        ("paid", found.paid),
    )
    rows = [
        (telling.say(f"page-then-funnel-{name}"), str(count), _share(count, found.talks))
        for name, count in steps
    ]
    points = [Point(name, float(count), f"{count} · {share}") for name, count, share in rows]
    says = telling.say("page-then-funnel-says", talks=found.talks, paid=found.paid)
    drawn = plots.stages("funnel", points, title=telling.say("page-then-funnel"), about=says)
    table = _table(telling, ("funnel", "count", "share"), rows if found.talks else ())
    return _part(telling, "funnel", says, drawn if found.talks else "", table)


async def _alone(session: AsyncSession, telling: Telling, span: Span) -> str:
    found = await figures.led_alone(session, span)
    names = [telling.day(since) for since, _ in span.buckets]
    talks, alone = sum(one for one, _ in found), sum(one for _, one in found)
    rows = [
        (name, str(count), _share(part, count))
        for name, (count, part) in zip(names, found, strict=True)
        if count
    ]
    points = [
        Point(name, _PERCENT * part / count if count else nan, _share(part, count))
        for name, (count, part) in zip(names, found, strict=True)
    ]
    share = _PERCENT * alone // talks if talks else 0
    says = telling.say("page-then-alone-says", share=share, alone=alone, talks=talks)
    drawn = plots.line("alone", points, title=telling.say("page-then-alone"), about=says, top=_PERCENT)
    return _part(
        telling,
        "alone",
        says,
        drawn if rows else "",
        _table(telling, ("day", "funnel-talks", "share"), rows),
    )


async def _speed(session: AsyncSession, telling: Telling, span: Span) -> str:
    found: list[tuple[str, Waits | None]] = [
        ("ours", await waits.our_answers(session, span)),
        ("booking", await waits.until_booked(session, span)),
        ("master", await waits.masters_answers(session, span)),
    ]
    rows = [
        (
            telling.say(f"page-then-answers-{name}"),
            telling.span(one.half_s),
            telling.span(one.most_s),
            str(one.count),
        )
        for name, one in found
        if one is not None
    ]
    says = telling.say("page-then-answers-says" if rows else "page-then-answers-none")
    table = _table(telling, ("answers", "half", "most", "count"), rows, is_open=True)
    return _part(telling, "answers", says, "", table, is_empty=not rows)


async def _ratings(session: AsyncSession, telling: Telling, span: Span) -> str:
    found = await figures.stars(session, span)
    count = sum(found.values())
    mean = sum(stars * times for stars, times in found.items()) / count if count else 0
    said = f"{mean:.2f}" if telling.lang == "en" else f"{mean:.2f}".replace(".", ",")
    says = telling.say("page-then-ratings-says", mean=said, count=count)
    rows = [
        (telling.say("page-then-stars", stars=stars), str(times), _share(times, count))
        for stars, times in found.items()
    ]
    points = [Point(name, float(times), times) for name, times, _ in rows]
    drawn = plots.stages("ratings", points, title=telling.say("page-then-ratings"), about=says)
    table = _table(telling, ("rating", "count", "share"), rows if count else ())
    return _part(telling, "ratings", says, drawn if count else "", table)


async def _masters(session: AsyncSession, telling: Telling, span: Span) -> str:
    found = await figures.performance(session, span)
    rows = [
        (
            one.name or telling.say("master-unnamed"),
            str(one.done),
            telling.money(one.amount_minor),
            f"{one.taken}/{one.asked}",
            f"{one.stars:.1f}" if one.stars is not None else "—",
            telling.span(one.answers_s),
        )
        for one in found
    ]
    points = [Point(row[0], one.amount_minor, row[2]) for row, one in zip(rows, found, strict=True)][:8]
    says = telling.say("page-then-masters-says")
    drawn = plots.stages("masters", points, title=telling.say("page-then-masters"), about=says)
    heads = ("master", "done", "amount", "taken", "rating", "answer")
    table = _table(telling, heads, rows, is_open=True)
    return _part(telling, "masters", says, drawn if rows else "", table)


# HTML


def _part(
    telling: Telling, name: str, says: str, drawn: str, table: str, *, is_empty: bool | None = None
) -> str:
    empty = not drawn if is_empty is None else is_empty
    if empty:
        says, table = telling.say("page-then-empty"), ""
    title = escape(telling.say(f"page-then-{name}"))
    return (
        f'<section class="figure" aria-labelledby="then-{name}"><h3 id="then-{name}">{title}</h3>'
        f'<p class="says">{escape(says)}</p>{"" if empty else drawn}{table}</section>'
    )


def _table(telling: Telling, heads: Sequence[str], rows: Cells, *, is_open: bool = False) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(telling.say(f"page-then-{name}"))}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    label = escape(telling.say("page-then-table"))
    table = (
        f'<div class="wide" tabindex="0" role="region" aria-label="{label}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    if is_open:
        return table
    return f"<details><summary>{label}</summary>{table}</details>"


def _page(body: str, telling: Telling, days: int) -> str:
    links = "".join(
        f'<a href="/console/figures?days={each}"{" aria-current=true" if each == days else ""} '
        f'data-days="{each}">{escape(telling.say("page-then-days", days=each))}</a>'
        for each in RANGES
    )
    title = escape(telling.say("page-then"))
    label = escape(telling.say("page-then-other"))
    return (
        f'<!doctype html><html lang="{telling.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title}</title>'
        '<link rel="icon" href="/pages/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/pages/paper.css"><link rel="stylesheet" href="/pages/console.css">'
        f'</head><body class="page-console"><main class="console"><div id="figures"><h2>{title}</h2>'
        f'<nav class="ranges" aria-label="{label}">{links}</nav>'
        f'<div class="figures">{body}</div></div></main></body></html>'
    )


def _share(part: int, whole: int) -> str:
    return f"{_PERCENT * part // whole} %" if whole else "—"


def _by_day(span: Span, amounts: Sequence[int], zone: ZoneInfo) -> dict[date, int]:
    days = (since.astimezone(zone).date() for since, _ in span.buckets)
    return dict(zip(days, amounts, strict=True))
