"""A job as it begins: what a talk knows by then, under a number of its own, without a time and a price."""

from core.flows.tx import Tx
from core.flows.work import SlotRequest
from core.kernel.job import JobState
from core.markets.cities import load_cities
from core.markets.policy import load_market
from core.meaning import Emergency
from storage.queries import jobs as stored_jobs
from storage.tables import JobRow, TalkRow

NUMBERS_TRIED = 16  # drawn at once; the first that nobody has is taken
NUMBER_FROM, NUMBER_TO = 1_000, 9_999
NUMBER_LONG_TO = 999_999  # a city with more jobs than short numbers


async def draft_job(tx: Tx, *, talk: TalkRow, request: SlotRequest, emergency: Emergency | None) -> JobRow:
    """Add a job of this talk, without a time and a price yet.

    Raises:
        ValueError: the talk has nobody to work for.
    """
    if talk.person_id is None:
        raise ValueError(f"talk {talk.id} has nobody to work for")
    known = talk.known
    shortest, longest = request.minutes
    job = JobRow(
        id=tx.id(),
        number=await _number(tx, request.city),
        market=talk.market,
        city=request.city,
        state=JobState.QUOTED,
        client_id=talk.person_id,
        talk_id=talk.id,
        master_id=None,
        lang=talk.lang,
        trade=request.trade,
        faults=list(request.faults),
        words=request.words,
        urgency=request.urgency,
        emergency=emergency,
        address=dict(known.get("address") or {}),
        district=request.district,
        client_name=known.get("name"),
        client_phone=known.get("phone"),
        currency=load_market(talk.market).currency,
        breakdown=[],
        duration_low_min=shortest,
        duration_high_min=longest,
        warranty_of=request.warranty_of,
        is_demo=True,
        created_at=tx.now,
    )
    tx.add(job)
    return job


async def _number(tx: Tx, city: str) -> str:
    """Draw a short number that no job of the city has, such as К-4827."""
    free: list[str] = tx.group.memo.setdefault(("free numbers", city), [])
    given: set[str] = tx.group.memo.setdefault(("given numbers", city), set())
    if free:
        return free.pop()
    known = load_cities().get(city)
    letter = known.letter if known else city[:1].upper()
    for highest in (NUMBER_TO, NUMBER_LONG_TO):
        drawn = {f"{letter}-{tx.chance.between(NUMBER_FROM, highest)}": None for _ in range(NUMBERS_TRIED)}
        used = await stored_jobs.numbers_used(tx.session, city=city, numbers=drawn)
        free.extend(number for number in drawn if number not in used and number not in given)
        given.update(free)
        if free:
            return free.pop()
    raise LookupError(f"no number is free in {city}")
