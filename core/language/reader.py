"""The embedded reader: looks at a text once and returns everything it may mean.

normalise → danger → frames → urgency, and beside them times, hours, who and where, answers. Each
is a file of its own; this one only asks them in turn. Where the rules have spoken, the classifier votes,
and `voting` settles what they disagree about.
"""

from dataclasses import replace
from functools import cached_property

from core.language import numbers
from core.language.answers import AnswerFinder
from core.language.experience import years
from core.language.jobs.crafts import in_order, offered
from core.language.jobs.entries import EntryFinder
from core.language.jobs.frames import ONLY_TRADE, FrameFinder, Jobs
from core.language.normalise import Text, normalise, without
from core.language.picks import PickFinder
from core.language.urgency.danger import DangerGate
from core.language.urgency.judgement import Judge
from core.language.urgency.scene import SceneFinder
from core.language.urgency.urgency import UrgencyFinder
from core.language.vote.classifier import Classifier
from core.language.vote.voting import settle
from core.language.when.hours import find_hours
from core.language.when.times import bare_times, find_times
from core.language.who.identity import IdentityFinder
from core.meaning import Answer, Emergency, Frame, Identity, Intent, LookContext, Reading, Trade

MASTER = "master"
CERTAIN_DANGER = 0.95
VOTED_MIN = 3  # words; of fewer the rules know as much as can be known

_OF_MASTERS = frozenset({Intent.EARNINGS, Intent.PAUSE, Intent.RESUME, Intent.PAID_CASH})
_OF_CLIENTS = frozenset({Intent.WORK_WANTED, Intent.STATUS, Intent.MOVE})
_NO_STORY = frozenset(
    {
        Intent.WORK_WANTED,
        Intent.SPAM,
        Intent.COMPLAINT,
        Intent.CANCEL,
        Intent.STATUS,
        Intent.PRICE,
        Intent.HELP,
    }
)
_NOT_A_JOB = frozenset({Intent.WORK_WANTED, Intent.SPAM})


class EmbeddedReader:
    """Reads Russian and English without a model. Pure: the same text and context, the same reading."""

    def __init__(self, *, is_alone: bool = False) -> None:
        """Load and compile the lexicon and the weights; well under a second.

        Args:
            is_alone: Read by the rules alone, without the classifier's vote.
        """
        self._classifier = None if is_alone else Classifier()
        self._scenes = SceneFinder()
        self._danger = DangerGate()
        self._frames = FrameFinder()
        self._urgency = UrgencyFinder()
        self._identity = IdentityFinder()
        self._answers = AnswerFinder()
        self._picks = PickFinder()

    def warm_up(self) -> None:
        """Build what is built at its first use, so that no client waits half a second for it."""
        _ = self._entries

    def look(self, text: str, context: LookContext) -> Reading:
        """Return everything a text may mean. Never raises for anything a person can write."""
        clean = normalise(text, context.lang)
        if clean.is_empty:
            return Reading(lang=clean.lang, is_empty=True)
        who, bare, spans = self._identity.find(clean)
        rest = without(clean, spans)
        is_master = context.role == MASTER
        intents = self._intents(clean, who, is_master=is_master)
        crafts = self._answers.crafts(rest, is_master=is_master)
        trades, things = in_order(crafts), self._frames.crafts(rest) if is_master else ()
        judge = Judge(self._scenes.find(clean))
        emergency = self._danger.find(judge)
        jobs = Jobs() if is_master or intents & _NOT_A_JOB else self._jobs(rest, trades, emergency)
        if jobs.frames:  # "help, the tap is leaking" asks for a job, not for our list of wishes
            intents -= {Intent.HELP}
        if Intent.MOVE in intents and any(frame.action == "move" for frame in jobs.frames):
            intents -= {Intent.MOVE}
        times = find_times(rest.lower, context.now)
        urgency = self._urgency.find(
            judge, jobs, times, now=context.now.date(), emergency=emergency, wants=intents
        )
        reading = Reading(
            lang=clean.lang,
            confidence=_confidence(jobs, emergency),
            emergency=emergency,
            denied=None if emergency else self._danger.denied(judge),
            urgency=urgency,
            frames=jobs.frames,
            clarify=jobs.clarify,
            identity=who,
            times=times,
            hours=find_hours(rest.lower, context.now) if is_master else None,
            answer=self._answers.answer(clean),
            ordinal=self._picks.find(clean),
            amount_minor=None if who.phone else numbers.amount_minor(clean),
            number=years(rest if who.phone else clean, context.now),
            trades=offered(rest, crafts, things) if is_master else trades,
            intents=intents,
            bare=replace(bare, times=bare_times(clean.lower, context.now), trades=in_order(things)),
        )
        if self._classifier is not None and not is_master and len(clean.tokens) >= VOTED_MIN:
            reading = settle(reading, self._classifier.vote(clean), now=context.now)
        return reading if is_master else self._named(reading, rest)

    @cached_property
    def _entries(self) -> EntryFinder:
        """The finder of entries; made when the first job is told, for masters tell of none."""
        return EntryFinder()

    def _named(self, reading: Reading, text: Text) -> Reading:
        """Return the reading with what each job is in the fault library."""
        if reading.frames:
            return replace(reading, frames=self._entries.name(reading.frames, text))
        if reading.intents & _NO_STORY or reading.emergency in (Emergency.GAS, Emergency.CO):
            return reading
        job = self._entries.told(text)
        return replace(reading, frames=(job,), confidence=job.confidence) if job else reading

    def _intents(self, text: Text, who: Identity, *, is_master: bool) -> frozenset[Intent]:
        intents = self._answers.intents(text) - (_OF_CLIENTS if is_master else _OF_MASTERS)
        if Intent.NOT_SAFE in intents or who.street:  # "на улице Горького" is no place of safety
            intents -= {Intent.SAFE_NOW}
        return intents

    def _jobs(self, text: Text, trades: tuple[Trade, ...], emergency: Emergency | None) -> Jobs:
        """Return the jobs; "нужен электрик" alone is a job whose object is still unknown."""
        jobs = self._frames.find(text, is_safe=emergency is None)
        if emergency in (Emergency.GAS, Emergency.CO):
            return self._frames.beside_gas(jobs)
        if jobs.frames or not trades or self._answers.answer(text) is Answer.NO:
            return jobs
        frames = tuple(Frame(trade, None, None, None, ONLY_TRADE) for trade in trades)
        return Jobs(frames, clarify="object")


def _confidence(jobs: Jobs, emergency: Emergency | None) -> float:
    best = max((frame.confidence for frame in jobs.frames), default=0.0)
    return max(best, CERTAIN_DANGER) if emergency else best
