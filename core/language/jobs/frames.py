"""Find the jobs in a text: an object and what is wrong with it, or wanted of it.

A trade is not a topic: "стиралка не отжимает" is a repair, "подключить стиралку" is pipes. So we
find objects and actions, pair them clause by clause, and ask a table who comes for the pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from core.language.jobs.clauses import border, clauses_of, outside_context
from core.language.jobs.crafts import Craft
from core.language.jobs.merging import Merger, Thing
from core.language.jobs.pairing import VAGUE, Job, is_wish, pair
from core.language.jobs.typos import Typos
from core.language.lexicon import particles, phrases, table
from core.language.normalise import Text
from core.language.phrases import Found, Matcher, denied_behind
from core.language.words import grammemes, is_cyrillic
from core.meaning import Emergency, Frame, Trade

PAIRED, ALONE, ONLY_OBJECT, ONLY_TRADE = 0.9, 0.65, 0.5, 0.4  # confidence of each kind of frame
AIM_REACH = 4  # words between "чтобы" and its verb
_AIM = particles("aim")
_ALREADY = particles("already")
DANGER_RANK = 8  # of actions that tell of danger; see actions.toml
WAITS = "waits"  # what can wait is told last
TYPO = 0.05  # taken off where a word had to be guessed


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule of the table `faults`: what must be wrong with what."""

    fault: str | None
    objects: frozenset[str]
    actions: frozenset[str]
    kinds: frozenset[str]
    whole: bool | None  # the whole home is meant, is not, or either
    room: bool | None  # a room is named, is not, or either
    emergency: Emergency | None  # for rules of danger

    @classmethod
    def of(cls, entry: dict[str, Any]) -> "_Rule":
        """Read a rule; what it does not name does not matter."""
        sets = {name: frozenset(entry.get(name, ())) for name in ("objects", "actions", "kinds")}
        danger = Emergency(entry["emergency"]) if "emergency" in entry else None
        return cls(
            fault=entry.get("fault"),
            whole=entry.get("whole"),
            room=entry.get("room"),
            emergency=danger,
            **sets,
        )


@dataclass(frozen=True, slots=True)
class Jobs:
    """What was found: frames, the danger they tell of, and what is unclear."""

    frames: tuple[Frame, ...] = ()
    emergency: Emergency | None = None
    kinds: frozenset[str] = frozenset()
    clarify: str | None = None

    @property
    def is_urgent(self) -> bool:
        """Whether one of them cannot wait."""
        return any(frame.is_urgent for frame in self.frames)


class FrameFinder:
    """Finds frames by the tables `objects`, `actions` and `faults`."""

    def __init__(self) -> None:
        """Compile the tables; about 1,500 phrases."""
        self._objects, self._actions = table("objects"), table("actions")
        rules = table("faults")
        self._rules = [_Rule.of(rule) for rule in rules["rule"]]
        self._urgent = [_Rule.of(rule) for rule in rules["urgent"]]
        self._dangers = [_Rule.of(rule) for rule in rules["danger"]]
        sources = [
            (f"{kind}:{name}", phrase)
            for kind, entries in (("o", self._objects), ("a", self._actions))
            for name, entry in entries.items()
            for phrase in phrases(entry)
        ]
        sources += [("room", phrase.strip()) for phrase in table("particles")["rooms"].split(",")]
        self._matcher = Matcher(sources)
        self._over = Matcher(
            ("over", phrase) for lang in ("ru", "en") for phrase in table("danger")["over"][lang]
        )
        self._denied = Matcher(
            ("denied", p) for lang in ("ru", "en") for p in table("danger")["denied_after"][lang]
        )
        places = table("places")
        self._places = Matcher(
            (name, phrase) for name in ("whole", "room") for phrase in (*places[name], *places[f"{name}_en"])
        )
        things = {name: Thing.of(entry) for name, entry in self._objects.items()}
        self._merger = Merger(things, {name: self._kind(name) for name in self._actions})
        self._typos = Typos(self._matcher.vocabulary)

    @cached_property
    def fault_ids(self) -> frozenset[str]:
        """The fault library's ids that a frame may carry."""
        return frozenset(rule.fault for rule in self._rules if rule.fault)

    def find(self, text: Text, *, is_safe: bool = False) -> Jobs:
        """Return the jobs of a text, in the order they were named.

        Args:
            is_safe: The danger gate found none, so that nothing is urgent for being a danger.
        """
        mended, is_guess = self._typos.mend(text)
        owners = frozenset(f"a:{name}" for name, entry in self._actions.items() if entry.get("owns"))
        mentions = outside_context(self._present(mended), mended.tokens, owners, self._merger.is_piece)
        clauses = clauses_of(mentions, mended.tokens)
        jobs = self._merger.merge(pair(clauses, self._kind, self._merger.is_part, self._alone, self._brings))
        return self._told(jobs, mended, TYPO if is_guess else 0.0, is_safe=is_safe)

    def beside_gas(self, jobs: Jobs) -> Jobs:
        """Return what is a job all the same: "от котла болит голова" asks for no repair of the boiler."""
        frames = tuple(frame for frame in jobs.frames if frame.action and not self._is_of_gas(frame))
        return replace(jobs, frames=frames, clarify=None)

    def crafts(self, text: Text) -> tuple[Craft, ...]:
        """Return the objects named with their trades, for a master who says what he repairs."""
        mended, _ = self._typos.mend(text)
        return tuple(
            Craft(Trade(self._objects[hit.label[2:]]["trade"]), hit.first, hit.last)
            for hit in self._matcher.find(mended)
            if hit.label.startswith("o:")
        )

    def _is_of_gas(self, frame: Frame) -> bool:
        if frame.fault:  # "пахнет газом, и розетка не работает"
            return False
        if frame.object is None or frame.action in _OF_AIR or self._objects[frame.object].get("burns"):
            return frame.action not in _REPAIRED
        return False

    def _present(self, text: Text) -> list[Found]:
        """Find objects and actions; a clause about long ago is dropped where there is another."""
        denials = frozenset(hit.first for hit in self._denied.find(text))
        mentions = [
            hit
            for hit in self._matcher.find(text)
            if hit.label != "room"
            and not self._is_done(hit, text)
            and not self._is_denied(hit, denials, text)
        ]
        over = self._over.find(text)
        if not over:
            return mentions
        now = [
            hit
            for hit in mentions
            if all(
                border(text.tokens, *sorted((hit.first, old.first))) for old in over if old.first != hit.first
            )
        ]
        if any(hit.label.startswith("o:") for hit in now) and any(_tells(hit) for hit in now):
            return now
        # The past names the thing, the present what is wanted: "сгорела в том году, хочу вторую рядом".
        named = [hit for hit in mentions if hit.label.startswith("o:") and hit not in now]
        return sorted(named + now, key=lambda hit: hit.first) if any(map(_tells, now)) else mentions

    def _is_done(self, hit: Found, text: Text) -> bool:
        """Tell whether it was done by somebody before: "вчера починили розетку" asks for nothing."""
        if not hit.label.startswith("a:") or not self._is_wish(hit.label[2:]):
            return False
        if any(token.text in _ALREADY for token in text.tokens[max(hit.first - 2, 0) : hit.first]):
            return True
        word = text.tokens[hit.first].text
        if any(token.text in _AIM for token in text.tokens[max(hit.first - AIM_REACH, 0) : hit.first]):
            return False
        tags = grammemes(word) if is_cyrillic(word) else frozenset()
        return "past" in tags and "VERB" in tags

    def _is_denied(self, hit: Found, denials: frozenset[int], text: Text) -> bool:
        """Tell whether a fault is denied behind it: "искр не даёт"."""
        is_danger = hit.label.startswith("a:") and self._actions[hit.label[2:]]["rank"] >= DANGER_RANK
        return is_danger and denied_behind(hit, denials, text.tokens)

    def _is_wish(self, action: str) -> bool:
        return action in VAGUE or is_wish(self._kind(action))

    def _alone(self, action: str) -> str | None:
        alone: dict[str, str] = self._actions[action].get("alone", {})
        return alone.get("object")

    def _brings(self, action: str) -> bool:
        return bool(self._actions[action].get("brings"))

    def _kind(self, action: str) -> str:
        return str(self._actions[action]["kind"])

    def _told(self, jobs: Sequence[Job], text: Text, guessed: float, *, is_safe: bool) -> Jobs:
        places = frozenset(hit.label for hit in self._places.find(text))
        frames, kinds, dangers = list[Frame](), set[str](), set[Emergency]()
        for job in sorted(jobs, key=lambda job: WAITS in job.actions):
            job.actions = [name for name in job.actions if name != WAITS]
            action = max(job.actions, key=lambda name: self._actions[name]["rank"], default=None)
            frame = self._frame(job, action, places)
            words = text.lower[text.tokens[job.first].start : text.tokens[job.last].end]
            danger = None if is_safe else self._rule(self._dangers, frame.object, job.actions, places)
            is_urgent = danger is not None or bool(
                self._rule(self._urgent, frame.object, job.actions, places)
            )
            frames.append(
                replace(
                    frame, words=words, confidence=round(frame.confidence - guessed, 2), is_urgent=is_urgent
                )
            )
            kinds |= {_PLANS.get(kind := self._kind(name), kind) for name in job.actions}
            dangers |= {danger.emergency} if danger and danger.emergency else set()
        known = _without_consequences([frame for frame in frames if frame.trade])
        gravest = next((kind for kind in Emergency if kind in dangers), None)
        return Jobs(tuple(known), gravest, frozenset(kinds), _unclear(known, frames))

    def _frame(self, job: Job, action: str | None, places: frozenset[str]) -> Frame:
        name, confidence = job.object, PAIRED if action else ONLY_OBJECT
        trade: Trade | None = None
        if action and (name is None or job.is_bare):
            alone = self._actions[action].get("alone", {})
            confidence, trade = ALONE, Trade(alone["trade"]) if alone else None
        if name is not None:
            entry = self._objects[name]
            kind = self._kind(action) if action else "fault"
            trade = Trade(entry.get("by", {}).get(kind, entry["trade"]))
            trade = self._claimed(trade, action, job.actions)
            if entry.get("weak") or job.is_lent or (job.is_bare and entry.get("weak")):
                confidence = min(confidence, ALONE)
        rule = self._rule(self._rules, name, job.actions, places)
        fault = rule.fault if rule else None
        return Frame(trade=trade, object=name, action=action, fault=fault, confidence=confidence)

    def _claimed(self, trade: Trade, action: str | None, actions: Sequence[str]) -> Trade:
        """Return who comes for an action whatever the object: to carry a fridge up is no repair.

        What is wanted decides, whatever else is told: "покрасить батарею, она холодная".
        """
        wanted = [name for name in actions if self._is_wish(name) and "claims" in self._actions[name]]
        claims = self._actions[wanted[0] if wanted else action].get("claims", {}) if action else {}
        return Trade(claims.get(trade, claims.get("all", trade)))

    def _rule(
        self, rules: Sequence[_Rule], name: str | None, actions: Sequence[str], places: frozenset[str]
    ) -> _Rule | None:
        """Return the first rule that fits an object, what is said of it, and where."""
        for rule in rules:
            if (
                name in rule.objects
                and rule.whole in (None, "whole" in places)
                and rule.room in (None, "room" in places)
                and any(action in rule.actions or self._kind(action) in rule.kinds for action in actions)
            ):
                return rule
        return None


def _tells(hit: Found) -> bool:
    return hit.label.startswith("a:") and hit.label != "a:works"


_PLANS = {"need": "install", "make": "install"}  # "хочу тёплый пол" plans an installation
_OF_AIR = frozenset({"stinks", "crackles", "noisy", "problem", "need", "check"})
_REPAIRED = frozenset({"install", "replace", "not_working", "broken", "cold", "error_code", "clean", "move"})


def _without_consequences(frames: list[Frame]) -> list[Frame]:
    """Where the whole home is dark, a dead socket is no job of its own; say it once."""
    dark = [frame for frame in frames if frame.fault == "no_power"]
    if not dark:
        return frames
    return dark[:1] + [
        frame for frame in frames if frame.fault not in ("no_power", "light_out", "socket_dead")
    ]


def _unclear(known: Sequence[Frame], found: Sequence[Frame]) -> str | None:
    """Name what to ask about: what happened to the object, or which object it is."""
    if not known:
        return "object" if found else None
    if all(frame.action in (None, "problem", "need", "check") for frame in known):
        return "action"
    return "object" if all(frame.object is None for frame in known) else None
