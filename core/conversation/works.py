"""Several works in one talk: who must come for each, one visit after the other, and what is left out.

Work of one trade is one visit. Work of another trade waits in `known.later` until the visit before it is
ordered; who and where are asked once. The client may drop a part of it at any time.
"""

import re
from collections.abc import Sequence

from core.conversation import likely
from core.conversation.known import Known, Wanted, Wish
from core.conversation.learning import forget_problem
from core.conversation.scene import Scene
from core.kernel.job import JobState
from core.language.choose import CERTAIN, Chosen
from core.language.lexicon import table
from core.meaning import Emergency, Frame, Grain, LookContext, Trade, Urgency
from storage.tables import JobRow

# Whose work a danger makes urgent.
_MENDS = {
    Emergency.FIRE: Trade.ELECTRICAL,
    Emergency.ELECTRIC_SHOCK: Trade.ELECTRICAL,
    Emergency.FLOOD: Trade.PLUMBING,
}
_DROPS = re.compile(
    r"\b(?:не (?:надо|нужно|нужен|нужна|буду|стоит|хочу)|отмен\w+|убер\w+|передума\w+|вычеркн\w+|"
    r"уже (?:сам|сама|сами|почин\w+|сдела\w+)|"
    r"don'?t need|do not need|not needed|no need|forget|cancel|drop|leave out|skip|never mind)\b",
    re.IGNORECASE,
)
_PLACES = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in (r"перв\w+|first", r"втор\w+|second", r"трет\w+|third", r"четверт\w+|fourth")
)
_ONLY = re.compile(r"\b(?:только|лишь|one only|just|only)\b", re.IGNORECASE)
_PARTS = re.compile(r"[.,;!?\n]|\s(?:а|но|and|but)\s", re.IGNORECASE)


def set_apart(scene: Scene) -> None:
    """Keep to the trade of this visit; what somebody else must do waits for its turn."""
    known, job = scene.known, scene.live_job
    _find_out_less(known)
    trade = Trade(job.trade) if job is not None and job.trade else _first_trade(known)
    others = [each for each in known.wanted if each.trade not in (None, trade)]
    if trade is None or not others:
        return
    known.wanted = [each for each in known.wanted if each not in others]
    for each in others:
        if _is_believed(scene, each):
            _add_later(known, each)


def _find_out_less(known: Known) -> None:
    """Where a fault is told, nobody has to come to find it out."""
    told = {each.trade for each in known.wanted if each.fault and each.fault != _inspection(each)}
    known.wanted = [
        each for each in known.wanted if each.trade not in told or each.fault != _inspection(each)
    ]


def _inspection(each: Wanted) -> str | None:
    return likely.inspection_of(each.trade) if each.trade else None


def next_visit(scene: Scene) -> bool:
    """Begin with the next visit, with who and where as they are. Return whether there is one."""
    known = scene.known
    waiting = [each for each in known.later if each.trade is not None]
    if not waiting:
        return False
    trade, words, job = waiting[0].trade, known.words, scene.job
    urgency = None if known.emergency else known.urgency
    emergency = known.emergency if known.emergency and _MENDS.get(known.emergency) is trade else None
    rest = [each for each in known.later if each.trade is not trade]
    forget_problem(known)
    known.wanted = [each for each in waiting if each.trade is trade]
    known.later, known.words = rest, words
    known.urgency = Urgency.URGENT if emergency else urgency
    known.emergency, known.is_danger_over = emergency, emergency is not None
    known.wishes = _same_time(scene, job)
    if job is not None:
        known.earlier_job = job.id
    scene.taken, scene.talk.job_id, scene.job = job, None, None
    scene.said, scene.corrected, scene.has_learnt = Chosen(is_answer=False), (), False
    scene.is_next = True
    scene.open()
    return True


def visits_later(known: Known) -> list[Known]:
    """Return what would be known in each of the visits that wait for their turn."""
    trades = dict.fromkeys(each.trade for each in known.later if each.trade)
    emergency = known.emergency
    return [
        known.model_copy(
            update={
                "wanted": [each for each in known.later if each.trade is trade],
                "later": [],
                "urgency": Urgency.URGENT
                if emergency and _MENDS.get(emergency) is trade
                else (None if emergency else known.urgency),
            }
        )
        for trade in trades
    ]


def remember(scene: Scene, job: JobRow) -> None:
    """Keep a job in mind that was ordered in this talk."""
    if job.id not in scene.known.jobs:
        scene.known.jobs.append(job.id)


async def load_others(scene: Scene) -> None:
    """Load the jobs of this talk that are under way beside the one that is spoken of."""
    known, own = scene.known, scene.job.id if scene.job is not None else None
    ids = [id for id in dict.fromkeys((*known.jobs, known.earlier_job or "")) if id and id != own]
    rows = [await scene.tx.get(JobRow, id) for id in ids]
    scene.others = [row for row in rows if row is not None and is_live(row) and scene.owns(row)]


def is_live(job: JobRow) -> bool:
    """Tell whether a job is not finished yet."""
    return job.state not in (JobState.COMPLETED, JobState.CANCELLED, JobState.EXPIRED)


def focus(scene: Scene, job: JobRow) -> None:
    """Speak of this job from now on."""
    known = scene.known
    if scene.job is not None and scene.job is not job and is_live(scene.job):
        scene.others = [*(each for each in scene.others if each is not job), scene.job]
        remember(scene, scene.job)
    remember(scene, job)
    scene.talk.job_id, scene.job = job.id, job
    trade = Trade(job.trade) if job.trade else None
    known.wanted = [Wanted(trade=trade, fault=fault, confidence=1.0) for fault in job.faults]
    known.words, known.urgency = job.words, Urgency(job.urgency)
    known.slots, known.taken, known.range_of = [], None, list(job.faults)
    known.low_minor, known.high_minor, known.lines = job.low_minor, job.high_minor, list(job.breakdown)
    known.warranty_of = job.warranty_of


# Which of them is meant


def named(scene: Scene, jobs: Sequence[JobRow]) -> JobRow | None:
    """Return the one job that the words name: by its number, trade or thing, or its place in the list."""
    whole = " ".join(scene.heard.texts).casefold()
    by_number = [job for job in jobs if re.search(rf"(?<!\d){job.number.rpartition('-')[2]}(?!\d)", whole)]
    if len(by_number) == 1:
        return by_number[0]
    trades = trades_of(scene, " ".join(scene.heard.texts))
    by_trade = [job for job in jobs if job.trade in trades]
    if len(by_trade) == 1:
        return by_trade[0]
    faults = {fault: job for job in jobs for fault in job.faults}
    for trade in {Trade(job.trade) for job in jobs if job.trade}:
        meant = likely.surely(whole, trade, of=faults)
        if meant is not None and len(by_trade) != 0:
            return faults[meant.id]
    said = next((place for place, pattern in enumerate(_PLACES, start=1) if pattern.search(whole)), None)
    picked = said or (None if scene.said.times else scene.reading.ordinal)
    if picked is not None:
        place = len(jobs) if picked == -1 else picked
        return jobs[place - 1] if 1 <= place <= len(jobs) else None
    return None


# What is left out


def dropped(scene: Scene) -> frozenset[Trade]:
    """Return the trades whose work is wanted no more: "кран не надо", "только розетку"."""
    wanted = {each.trade for each in (*scene.known.wanted, *scene.known.later) if each.trade}
    may_be_all = scene.job is None and bool(scene.others)  # the job before it stands
    if len(wanted) < 2 and not may_be_all:  # noqa: PLR2004 - one work alone is cancelled, not left out
        return frozenset()
    out: set[Trade] = set()
    for text in scene.heard.texts:
        for part in _PARTS.split(text):
            named_here = trades_of(scene, part) & wanted
            if _DROPS.search(part):
                out |= named_here
            elif _ONLY.search(part) and named_here:
                out |= wanted - named_here
    return frozenset(out) if out < wanted or may_be_all else frozenset()


def drops(scene: Scene) -> bool:
    """Tell whether the words leave anything out."""
    return any(_DROPS.search(text) for text in scene.heard.texts)


def drops_job(scene: Scene, jobs: Sequence[JobRow]) -> bool:
    """Tell whether one of several jobs is wanted no more: "кран уже не надо"."""
    return len(jobs) > 1 and drops(scene) and named(scene, jobs) is not None


def drop(known: Known, trades: frozenset[Trade]) -> None:
    """Leave the work of these trades out; what waited for its turn takes the free place."""
    known.wanted = [each for each in known.wanted if each.trade not in trades]
    known.later = [each for each in known.later if each.trade not in trades]
    if not known.wanted and known.later:
        first = known.later[0].trade
        known.wanted = [each for each in known.later if each.trade is first]
        known.later = [each for each in known.later if each.trade is not first]
        known.slots, known.shown, known.range_of = [], [], []


def trades_of(scene: Scene, words: str) -> set[Trade]:
    """Return the trades of what words name: "кран", "сантехника", "the plumber"."""
    looker, tx = scene.script.looker, scene.tx
    if looker is None or not words.strip():
        return set()
    now_local = tx.now.astimezone(tx.zone).replace(tzinfo=None)
    context = LookContext(now=now_local, lang=scene.reading.lang)
    found: set[Trade] = set()
    for said in {words, _DROPS.sub(" ", words), _ONLY.sub(" ", words)}:
        reading = looker.look(said, context)
        found |= {*reading.trades, *reading.bare.trades}
        found |= {frame.trade for frame in reading.frames if frame.trade and _names(frame)}
    return found


def _names(frame: Frame) -> bool:
    return frame.object is not None or frame.fault is not None


def _first_trade(known: Known) -> Trade | None:
    """Return whose visit comes first: of what a danger makes urgent, else of what was named first."""
    trades = [each.trade for each in known.wanted if each.trade]
    urgent = _MENDS.get(known.emergency) if known.emergency else None
    return urgent if urgent in trades else next(iter(trades), None)


def _is_believed(scene: Scene, each: Wanted) -> bool:
    """Tell whether another master is surely wanted: nobody is sent for a word said in passing, or twice."""
    if any(each.trade == job.trade and each.fault in (None, *job.faults) for job in scene.others):
        return False
    if each.fault is not None or each.trade in scene.reading.trades:
        return True
    action = table("actions").get(each.action or "", {})
    return each.object is not None and bool(action) and each.confidence >= CERTAIN


def _add_later(known: Known, new: Wanted) -> None:
    """Add what waits for its turn; a more exact word takes the place of a vaguer one."""
    if new.fault is not None and new.fault in [each.fault for each in known.later]:
        return
    vague = [each for each in known.later if each.trade is new.trade and each.fault is None]
    known.later = [each for each in known.later if each not in vague or new.fault is None]
    if new.fault is not None or not vague:
        known.later.append(new)


def _same_time(scene: Scene, job: JobRow | None) -> list[Wish]:
    """Wish for the hour of the visit before: both masters may come at once."""
    if job is None or job.starts_at is None:
        return []
    start = job.starts_at.astimezone(scene.tx.zone).replace(tzinfo=None)
    return [Wish(start=start, end=None, grain=Grain.HOUR)]
