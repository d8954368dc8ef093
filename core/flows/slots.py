"""Real free times, each with its price.

A slot is made of masters' hours minus live bookings. It is sought among the masters of a trade and city who
work that day; which of them gets the job is asked at the tap, in the order of K4.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from core.flows.candidates import quiet_now
from core.flows.quotes import PricedSlot, price_at
from core.flows.tx import Tx
from core.flows.work import SlotRequest
from core.kernel.match import Need
from core.kernel.offer import is_quiet, may_offer_at
from core.kernel.slot import Interval, free_starts, local_day, merged, nearest
from core.markets.policy import Market
from core.meaning import Grain, Urgency
from storage.queries import bookings, masters
from storage.tables import BookingRow

FIRST_PAGE = 8  # masters looked at first: most often one of them is free all day
PAGE = 50  # masters looked at in one query
PAGES_MAX = 200  # per day: a city of ten thousand masters
APART = timedelta(hours=2)  # times closer than this are no choice
DAY = timedelta(days=1)
# How long a wish of this grain is, if its end was not said. The rest of the day is for parts of it.
LENGTHS = {Grain.DAY: DAY, Grain.WEEK: 7 * DAY, Grain.MONTH: 31 * DAY, Grain.YEAR: 366 * DAY}


async def find_slots(
    tx: Tx,
    market: Market,
    request: SlotRequest,
    *,
    count: int | None = None,
    avoid: Collection[str] = (),
    job_id: str | None = None,
) -> list[PricedSlot]:
    """Return real free times with their prices: what was wished for first, then the nearest to it (A43–A45).

    Args:
        count: How many at most, the market's number by default; fewer if there are fewer.
        avoid: Masters not to count.
        job_id: A job whose own booking takes no time, as it would be moved.
    """
    search = _Search(tx, market, request, avoid=avoid, job_id=job_id)
    found = await search.best(count or market.slot_rules.alternatives)
    until = tx.now + market.quote_rules.valid_for
    return [
        PricedSlot(
            start=start,
            end=start + request.longest,
            quote=price_at(tx, market, request, start),
            until=until,
            master_id=master_id,
        )
        for start, master_id in found
    ]


class _Search:
    """Looks for free starts, a day at a time, and stops as soon as there is a choice."""

    def __init__(
        self, tx: Tx, market: Market, request: SlotRequest, *, avoid: Collection[str], job_id: str | None
    ) -> None:
        self._tx = tx
        self._market = market
        self._request = request
        self._avoid = avoid
        self._job_id = job_id
        rules = market.slot_rules
        self._earliest = rules.earliest(tx.now, is_urgent=request.urgency is Urgency.URGENT)
        self._latest = rules.latest(tx.now)
        # Who sleeps cannot be asked before the morning, so he needs the lead from then on.
        morning = may_offer_at(market.offer_rules, now=tx.now, works_nights=False, zone=tx.zone)
        self._earliest_asleep = max(self._earliest, morning + (self._earliest - tx.now))
        self._starts: dict[datetime, str] = {}

    async def best(self, count: int) -> list[tuple[datetime, str]]:
        """Return at most `count` starts, each with somebody who is free."""
        wish = _wish(self._request, self._tx)
        chosen: list[datetime] = []
        for days in self._rings(wish):
            for day in days:
                await self._look_at(day)
            chosen = self._choose(wish, count)
            if len(chosen) >= count:
                break
        else:
            chosen = chosen or self._choose(wish, count, at_any_hour=True)
        return [(start, self._starts[start]) for start in chosen]

    def _choose(self, wish: Interval | None, count: int, *, at_any_hour: bool = False) -> list[datetime]:
        starts = sorted(start for start in self._starts if at_any_hour or self._is_decent(start))
        if wish is None:
            return nearest(starts, None, count=count, apart=APART)
        inside = [start for start in starts if wish.start <= start < wish.end]
        meant = nearest(inside, wish, count=count, apart=APART)
        others = [start for start in starts if all(abs(start - one) >= APART for one in meant)]
        outside = [start for start in others if not wish.start <= start < wish.end]
        return meant + nearest(outside, wish, count=count - len(meant), apart=APART) if outside else meant

    def _is_decent(self, start: datetime) -> bool:
        """Tell whether a start may be proposed unasked: nobody is offered a visit at three in the morning."""
        rules, zone = self._market.offer_rules, self._tx.zone
        if self._request.urgency is Urgency.URGENT or not is_quiet(rules, start.astimezone(zone).time()):
            return True
        wish = next(iter(self._request.wishes), None)
        is_exact = wish is not None and wish.grain in (Grain.MINUTE, Grain.HOUR)
        return wish is not None and is_exact and is_quiet(rules, wish.start.time())

    def _rings(self, wish: Interval | None) -> Iterator[list[date]]:
        """Yield the days to look at: those of the wish, then one before and one after, and so on."""
        first, last = self._day(self._earliest), self._day(self._latest)
        if wish is None or wish.end <= self._earliest or wish.start > self._latest:
            near = far = first if wish is None or wish.end <= self._earliest else last
        else:
            near = max(first, self._day(wish.start))
            far = min(last, self._day(wish.end - timedelta(microseconds=1)))
        for ahead in range((far - near).days + 1):
            yield [near + ahead * DAY]
        while near > first or far < last:
            near, far = near - DAY, far + DAY
            yield [day for day in (near, far) if first <= day <= last]

    async def _look_at(self, day: date) -> None:
        """Add the free starts of a day, page by page, until nobody could add another."""
        zone = self._tx.zone
        since = max(datetime.combine(day, time(), zone), self._earliest)
        until = min(datetime.combine(day + DAY, time(), zone), self._latest)
        after = ""
        for limit in (FIRST_PAGE, *[PAGE] * PAGES_MAX):
            page = await masters.on_shift(
                self._tx.session,
                city=self._request.city,
                trade=self._request.trade,
                since=since,
                until=until,
                avoid=self._avoid,
                certified_only=Need.CERTIFICATE in self._request.needs,
                at_night=quiet_now(self._tx, self._market),
                after=after,
                limit=limit,
            )
            if not page or await self._add(page, since=since, until=until) or len(page) < limit:
                return
            after = max(page)

    async def _add(self, page: Mapping[str, bool], *, since: datetime, until: datetime) -> bool:
        """Add the free starts of these masters. Returns whether their hours have no other start to give."""
        longest = self._request.longest
        reach = until + longest + self._market.slot_rules.travel
        hours = await masters.hours_of(self._tx.session, masters=page, since=since, until=reach)
        taken = await bookings.taken_of(
            self._tx.session,
            masters=page,
            since=since,
            until=reach,
            now=self._tx.now,
            job_id=self._job_id,
        )
        for booking in self._tx.group.unwritten(BookingRow):  # an earlier turn of this group took them
            if booking.state != "released" and booking.job_id != self._job_id:
                taken.setdefault(booking.master_id, []).append((booking.starts_at, booking.ends_at))
        everybody = merged(Interval(*span) for spans in hours.values() for span in spans)
        possible = set(self._free(everybody, (), since=since, until=until))
        for master_id, is_awake in page.items():
            own = [Interval(*span) for span in hours.get(master_id, ())]
            busy = [Interval(*span) for span in taken.get(master_id, ())]
            mine = since if is_awake else max(since, self._earliest_asleep)
            for start in self._free(own, busy, since=mine, until=until):
                self._starts.setdefault(start, master_id)
            if possible <= self._starts.keys():
                return True
        return False

    def _free(
        self, hours: Sequence[Interval], taken: Sequence[Interval], *, since: datetime, until: datetime
    ) -> Iterable[datetime]:
        starts = free_starts(
            hours,
            taken,
            longest=self._request.longest,
            after=since,
            until=until,
            rules=self._market.slot_rules,
            zone=self._tx.zone,
        )
        return (start for start in starts if start < until)

    def _day(self, moment: datetime) -> date:
        return local_day(moment, self._tx.zone)


def _wish(request: SlotRequest, tx: Tx) -> Interval | None:
    """Return the time that was asked for. An open end is the end of its day, or of its grain."""
    if not request.wishes:
        return None
    wish = request.wishes[0]
    start = wish.start.replace(tzinfo=tx.zone)
    if wish.end is not None:
        end = wish.end.replace(tzinfo=tx.zone)
    elif wish.grain is Grain.MINUTE:
        end = start + timedelta(minutes=1)
    elif wish.grain is Grain.HOUR:
        end = datetime.combine(start.date() + DAY, time(), tx.zone)
    else:
        end = start + LENGTHS[wish.grain]
    start, end = start.astimezone(tx.now.tzinfo), end.astimezone(tx.now.tzinfo)
    return Interval(start, max(end, start + timedelta(minutes=1)))
