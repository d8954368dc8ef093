"""How long it can wait: said so, an outage, a lockout, or a day that is far off."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta

from core.language.jobs.frames import Jobs
from core.language.lexicon import particles, table
from core.language.phrases import Found
from core.language.urgency.judgement import Judge, Rule
from core.language.urgency.scene import Scene
from core.language.words import grammemes, is_cyrillic
from core.meaning import Emergency, Grain, Intent, Urgency, When

WEEK = timedelta(days=7)
WEEKEND = timedelta(days=2)
NEXT_WEEK_MIN = timedelta(days=3)  # on a Sunday, Monday is but tomorrow
AHEAD_MAX = timedelta(days=200)  # a date further off is rather one that has been

TWO = 2
CONTRAST_WITHIN = 3  # words at the beginning of a sentence
_COUNTING = frozenset({"еще", "главное", "первое", "второе", "however", "another", "first", "second"})
_CONTRAST = particles("but") | particles("and") | _COUNTING
_WISHES = frozenset({"install", "hang", "assemble", "move", "replace", "clean", "remove", "adjust"})
_OF_TIME = frozenset({"season", "later", "after_event"})
_OF_THOUGHT = frozenset({"planning", "opinion", "any_day"})  # not where a day of this week is asked for
_WAS = frozenset({"was", "were", "had", "did", "last"})
_WANTED = frozenset({"need", "want", "like", "should", "would", "could", "can", "please", "нужно", "надо"})


class UrgencyFinder:
    """Finds "срочно", "no rush", dark homes, closed doors and far-off days."""

    def __init__(self) -> None:
        """Compile the table `urgency`."""
        rules = table("urgency")
        self._urgent = [Rule.of(entry) for entry in rules["urgent"]]
        self._flexible = [Rule.of(entry) for entry in rules["flexible"]]

    def find(
        self,
        judge: Judge,
        jobs: Jobs,
        times: Sequence[When],
        *,
        now: date,
        emergency: Emergency | None,
        wants: frozenset[Intent],
    ) -> Urgency | None:
        """Return the urgency, or None where nothing is said: then the fault's own default stands.

        Danger, an outage and a lockout are urgent whatever else is said. The price of planned work
        is a question about the future.
        """
        if emergency or any(judge.holds(rule) for rule in self._urgent):
            return Urgency.URGENT
        is_late = _is_late(times, now)
        waits = self._late_words(judge, is_soon=not is_late and any(_is_day(when) for when in times))
        if waits:
            return None if _is_of_another(judge.scene, waits, jobs) else Urgency.FLEXIBLE
        if is_late:
            return Urgency.FLEXIBLE
        if Intent.PRICE in wants and judge.is_report and jobs.frames and jobs.kinds <= _WISHES:
            return Urgency.FLEXIBLE
        return None

    def _late_words(self, judge: Judge, *, is_soon: bool) -> list[Found]:
        """Return what says that it can wait; "летом плохо холодил" says when it was."""
        return [
            hit
            for rule in self._flexible
            for hit in judge.found(rule)
            if not (rule.needs[0] <= _OF_TIME and _was_then(judge.scene, hit))
            and not (is_soon and rule.needs[0] <= _OF_THOUGHT)
        ]


def _is_late(times: Sequence[When], now: date) -> bool:
    """Tell whether the first day asked for is a week ahead, or in the next calendar week."""
    if not times:
        return False
    first = min(when.start.date() for when in times)
    monday = now + WEEK - timedelta(days=now.weekday())
    return min(now + WEEK, max(monday, now + NEXT_WEEK_MIN)) <= first <= now + AHEAD_MAX


def _is_day(when: When) -> bool:
    """Tell whether a time names its day; "в любой день" names none."""
    return when.end is None or when.grain is not Grain.DAY or when.end - when.start <= WEEKEND


def _was_then(scene: Scene, hit: Found) -> bool:
    """Tell whether a clause looks back: a verb in the past, and nothing wanted."""
    past = wanted = False
    for place in scene.clause_of(hit.first):
        word = scene.tokens[place].text
        tags = grammemes(word) if is_cyrillic(word) else frozenset()
        past |= ("VERB" in tags and "past" in tags and "NOUN" not in tags) or word in _WAS
        wanted |= "INFN" in tags or "PRED" in tags or "futr" in tags or word in _WANTED
    return past and not wanted


def _is_of_another(scene: Scene, waits: Sequence[Found], jobs: Jobs) -> bool:
    """Tell whether something is broken besides what can wait: "полка подождёт. А вот духовка…"."""
    if len(jobs.frames) < TWO:
        return False
    places = {frame: _sentence_at(scene, frame.words) for frame in jobs.frames}
    waiting = {scene.sentences[hit.first] for hit in waits}
    if not waiting <= set(places.values()):
        return False  # "Спешки нет." alone speaks of all
    return any(
        frame.action is not None
        and frame.action not in _WISHES
        and sentence is not None
        and sentence not in waiting
        and any(_is_contrasted(scene, max(sentence, other)) for other in waiting)
        for frame, sentence in places.items()
    )


def _is_contrasted(scene: Scene, sentence: int) -> bool:
    start = bisect_left(scene.sentences, sentence)
    return not _CONTRAST.isdisjoint(token.text for token in scene.tokens[start : start + CONTRAST_WITHIN])


def _sentence_at(scene: Scene, words: str) -> int | None:
    start = scene.lower.find(words)
    inside = (scene.sentences[place] for place, token in enumerate(scene.tokens) if token.start >= start >= 0)
    return next(inside, None)
