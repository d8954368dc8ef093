"""Real free times, each with its price, and the masters who could come then.

A slot is made of masters' hours minus live bookings. It is sought among the masters of a trade and city who
work that day; which of them gets the job is asked at the tap, in the order of K4.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from core.flows.tx import Tx
from core.kernel import quote as prices
from core.kernel.match import Need, rank, trace, why_not
from core.kernel.money import Currency, Money
from core.kernel.offer import is_quiet, may_offer_at
from core.kernel.quote import Quote, Work
from core.kernel.slot import Interval, free_starts, local_day, merged, nearest
from core.library.library import load_library
from core.markets.cities import load_cities
from core.markets.policy import Market
from core.meaning import Grain, Trade, Urgency, When
from storage.queries import bookings, masters
from storage.queries.masters import FreeMaster, Nearness
from storage.tables import BookingRow, JobRow

FIRST_PAGE = 8  # masters looked at first: most often one of them is free all day
PAGE = 50  # masters looked at in one query
PAGES_MAX = 200  # per day: a city of ten thousand masters
APART = timedelta(hours=2)  # times closer than this are no choice
DAY = timedelta(days=1)
CANDIDATES = 5  # masters kept with a decision
UNKNOWN_WORK_MIN = (60, 120)  # how long a fault takes that the library does not know
# How long a wish of this grain is, if its end was not said. The rest of the day is for parts of it.
LENGTHS = {Grain.DAY: DAY, Grain.WEEK: 7 * DAY, Grain.MONTH: 31 * DAY, Grain.YEAR: 366 * DAY}


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """What is to be done, where and when: all that a price and a free time depend on.

    Attributes:
        faults: Fault library ids, the first named first.
        words: The longest single message that described the job (A119).
        wishes: Times asked for, on the local wall clock. The first is meant; none means as soon as possible.
        warranty_of: The job that this one repeats, free (L29).
        first_asked: Who is asked first if he is free: he did the work that is to be repeated.
    """

    city: str
    trade: Trade
    faults: tuple[str, ...]
    urgency: Urgency = Urgency.STANDARD
    words: str = ""
    district: str | None = None
    wishes: tuple[When, ...] = ()
    warranty_of: str | None = None
    first_asked: str | None = None

    @property
    def needs(self) -> frozenset[Need]:
        """What the work asks of whoever does it."""
        return needs_of(self.faults)

    @property
    def is_several(self) -> bool:
        """Whether there is more than one fault."""
        return len(self.faults) > 1

    @property
    def minutes(self) -> tuple[int, int]:
        """The shortest and the longest the work takes: all its faults, one after the other."""
        library = load_library()
        known = [library.fault(fault) for fault in self.faults if fault in library]
        if not known:
            return UNKNOWN_WORK_MIN
        return sum(fault.minutes_low for fault in known), sum(fault.minutes_high for fault in known)

    @property
    def longest(self) -> timedelta:
        """The upper duration, which is what gets booked."""
        return timedelta(minutes=self.minutes[1])

    @property
    def parts_minor(self) -> int:
        """Price of the parts that are surely needed."""
        library = load_library()
        return sum(library.fault(fault).parts_minor for fault in self.faults if fault in library)


@dataclass(frozen=True, slots=True)
class PricedSlot:
    """A free time with its price. The tap takes both in one commit (K87).

    Attributes:
        end: End of the work by its upper duration, without the way.
        until: How long the price stands.
        master_id: Somebody who is free then. The tap takes the best one.
    """

    start: datetime
    end: datetime
    quote: Quote
    until: datetime
    master_id: str | None = None

    def stored(self) -> dict[str, Any]:
        """Return the slot as JSON, to be remembered with the offer of it."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "until": self.until.isoformat(),
            "currency": self.quote.price.currency.value,
            "price_minor": self.quote.price.minor,
            "low_minor": self.quote.low.minor,
            "high_minor": self.quote.high.minor,
            "lines": lines_of(self.quote),
            "master_id": self.master_id,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "PricedSlot":
        """Read a slot that was remembered."""
        currency = Currency(stored["currency"])
        lines = tuple(
            prices.Line(line["label"], Money(line["amount_minor"], currency)) for line in stored["lines"]
        )
        return cls(
            start=datetime.fromisoformat(stored["start"]),
            end=datetime.fromisoformat(stored["end"]),
            until=datetime.fromisoformat(stored["until"]),
            quote=Quote(
                price=Money(stored["price_minor"], currency),
                low=Money(stored["low_minor"], currency),
                high=Money(stored["high_minor"], currency),
                lines=lines,
            ),
            master_id=stored["master_id"],
        )


@dataclass(frozen=True, slots=True)
class Visit:
    """Work at a time and place. `job_id` is the job whose own booking takes no time."""

    city: str
    trade: str
    start: datetime
    end: datetime
    district: str | None = None
    job_id: str | None = None
    needs: frozenset[Need] = frozenset()

    @classmethod
    def of(cls, job: JobRow) -> "Visit":
        """Return the visit a job stands for. Raises ValueError for a job without trade or time."""
        if job.trade is None or job.starts_at is None or job.ends_at is None:
            raise ValueError(f"job {job.id} has no trade or no time")
        needs = needs_of(job.faults)
        return cls(job.city, job.trade, job.starts_at, job.ends_at, job.district, job.id, needs)


def needs_of(faults: Iterable[str]) -> frozenset[Need]:
    """Return what the library asks of a master for these faults (L24)."""
    library = load_library()
    is_licensed = any(library.fault(fault).who == "licensed" for fault in faults if fault in library)
    return frozenset({Need.CERTIFICATE}) if is_licensed else frozenset()


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


async def candidates(
    tx: Tx,
    market: Market,
    visit: Visit,
    *,
    avoid: Collection[str] = (),
    only: str | None = None,
    awake_only: bool = False,
    limit: int = CANDIDATES,
) -> Sequence[FreeMaster]:
    """Return masters who are free for a visit, best first (K4).

    Whose hours cover a night visit has confirmed night hours, so nothing more is asked of him (K82). Time
    that an earlier turn of this group took is not in the database yet, but it is taken.
    """
    blocked_until = visit.end + market.slot_rules.travel
    taken = {
        booking.master_id
        for booking in tx.group.unwritten(BookingRow)
        if booking.starts_at < blocked_until
        and booking.ends_at > visit.start
        and booking.job_id != visit.job_id
        and booking.state != "released"
    }
    found = await masters.free_masters_at(
        tx.session,
        city=visit.city,
        trade=visit.trade,
        starts_at=visit.start,
        ends_at=visit.end,
        blocked_until=blocked_until,
        now=tx.now,
        rules=market.match_rules,
        nearness=nearness(visit.city, visit.district),
        avoid={*avoid, *taken},
        only=only,
        job_id=visit.job_id,
        at_night=_quiet_now(tx, market),
        awake_only=awake_only,
        certified_only=Need.CERTIFICATE in visit.needs,
        limit=limit,
    )
    by_id = {master.id: master for master in found}
    ranked = rank((master.candidate for master in found), market.match_rules)
    return [by_id[one.candidate.master_id] for one in ranked]


async def decision(
    tx: Tx, market: Market, found: Sequence[FreeMaster], *, visit: Visit | None = None
) -> dict[str, Any]:
    """Return the inputs of a choice among masters, to be stored with it (L14).

    Args:
        visit: The work, if it asks more of a master than his trade: who was passed over is stored too.
    """
    needs = visit.needs if visit is not None else frozenset[Need]()
    everybody: Sequence[FreeMaster] = ()
    if visit is not None and needs:
        everybody = await candidates(tx, market, replace(visit, needs=frozenset()))
    return trace(
        rank((master.candidate for master in found), market.match_rules),
        market.match_rules,
        needs=needs,
        passed_over=[one.candidate for one in everybody if why_not(one.candidate, needs)],
    )


def nearness(city: str, district: str | None) -> Nearness:
    """Return how distances are measured in a city: from the middle of the job's district (K91)."""
    known = load_cities().get(city)
    if known is None:
        return Nearness()
    job = known.district(district)
    middles = {each.name: (each.lat, each.lon) for each in known.districts}
    return Nearness(job=(job.lat, job.lon) if job else None, districts=middles)


def price_at(tx: Tx, market: Market, request: SlotRequest, start: datetime) -> Quote:
    """Price the work at a time."""
    if request.warranty_of is not None:
        return prices.free(market.quote_rules)
    zone = tx.zone
    return prices.quote(
        market.quote_rules,
        _work(market, request),
        starts_local=start.astimezone(zone),
        now_local=tx.now.astimezone(zone),
    )


def indicative_range(market: Market, request: SlotRequest) -> Quote:
    """Return the range before a time is chosen; its price and lines are those of the cheapest time."""
    if request.warranty_of is not None:
        return prices.free(market.quote_rules)
    return prices.indicative(market.quote_rules, _work(market, request))


def lines_of(quote: Quote) -> list[dict[str, Any]]:
    """Return what a price is made of, as it is stored: `[{"label": text name, "amount_minor"}]` (A125)."""
    return [{"label": line.label, "amount_minor": line.amount.minor} for line in quote.lines]


def request_of(job: JobRow, *, wishes: tuple[When, ...] = ()) -> SlotRequest:
    """Return the request a job was made from, to look for other times."""
    if job.trade is None:
        raise ValueError(f"job {job.id} has no trade")
    return SlotRequest(
        city=job.city,
        trade=Trade(job.trade),
        faults=tuple(job.faults),
        urgency=Urgency(job.urgency),
        words=job.words,
        district=job.district,
        wishes=wishes,
        warranty_of=job.warranty_of,
    )


def paid(request: SlotRequest) -> SlotRequest:
    """Return the same work as one that is paid for."""
    return replace(request, warranty_of=None)


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
                at_night=_quiet_now(self._tx, self._market),
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


def _quiet_now(tx: Tx, market: Market) -> datetime | None:
    """Return the present if masters are left in peace now."""
    return tx.now if is_quiet(market.offer_rules, tx.now.astimezone(tx.zone).time()) else None


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


def _work(market: Market, request: SlotRequest) -> Work:
    return Work(
        trade=request.trade.value,
        faults=max(1, len(request.faults)),
        is_urgent=request.urgency is Urgency.URGENT,
        words=len(request.words),
        parts=market.money(request.parts_minor),
    )
