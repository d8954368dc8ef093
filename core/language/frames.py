"""Find the jobs in a text: an object and what is wrong with it, or wanted of it.

A trade is not a topic: "стиралка не отжимает" is a repair, "подключить стиралку" is pipes. So we
find objects and actions, pair them clause by clause, and ask a table who comes for the pair.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from core.language.lexicon import table
from core.language.normalise import Text, Token
from core.language.phrases import Found, Matcher
from core.language.typos import Typos
from core.language.words import grammemes, is_cyrillic
from core.meaning import Frame, Trade

PAIRED, ALONE, ONLY_OBJECT, ONLY_TRADE = 0.9, 0.65, 0.5, 0.4  # confidence of each kind of frame
TYPO = 0.05  # taken off where a word had to be guessed
FRAMES_MAX = 6

_SENTENCE = re.compile(r"[.!?;\n]")
_COMMA = re.compile(r"[,:()/]|\s-\s")
_AND = frozenset({"и", "также", "еще", "плюс", "тоже", "ни", "или", "and", "also", "plus", "or", "too"})
_BUT = frozenset({"а", "но", "зато", "хотя", "but", "though", "although", "because", "so", "потому", "чтобы"})
_WHEN = frozenset({"когда", "если", "при", "пока", "как", "после", "when", "if", "whenever", "while", "after", "once"})
_BESIDE = frozenset(
    {"возле", "около", "рядом", "под", "над", "за", "перед", "между", "для", "от", "у", "near", "by", "beside"}
    | {"behind", "under", "above", "below", "for", "next", "beneath"}
)
_AT = frozenset({"в", "во", "на", "из", "к", "с", "со", "до", "по", "in", "on", "to", "with", "from", "at", "inside"})
_VAGUE = frozenset({"problem", "check", "need"})  # "посмотрите" adds nothing to what was told
_LIST_KINDS = frozenset({"install", "hang", "assemble", "move", "replace", "clean", "remove", "adjust"})


KindOf = Callable[[str], str]  # an action's kind, by its name
IsPart = Callable[[str, str], bool]  # whether an object is the same job as another, said twice


@dataclass(slots=True)
class _Job:
    """An object with the actions found for it."""

    object: str | None
    actions: list[str] = field(default_factory=list)
    first: int = 0
    last: int = 0
    is_fine: bool = False  # said to work


@dataclass(frozen=True, slots=True)
class _Clause:
    """Mentions between two commas or conjunctions."""

    objects: tuple[Found, ...]
    actions: tuple[Found, ...]
    opens: str  # how it begins: sentence, comma, and, but


@dataclass(frozen=True, slots=True)
class Jobs:
    """What was found: frames, whether something urgent is among them, and what is unclear."""

    frames: tuple[Frame, ...] = ()
    is_urgent: bool = False
    kinds: frozenset[str] = frozenset()
    clarify: str | None = None


class FrameFinder:
    """Finds frames by the tables `objects`, `actions` and `faults`."""

    def __init__(self) -> None:
        """Compile the tables; about 1,500 phrases."""
        self._objects, self._actions = table("objects"), table("actions")
        rules = table("faults")
        self._rules, self._urgent = rules["rule"], rules["urgent"]
        phrases = [
            (f"{kind}:{name}", phrase)
            for kind, entries in (("o", self._objects), ("a", self._actions))
            for name, entry in entries.items()
            for phrase in (*entry["ru"], *entry["en"])
        ]
        self._matcher = Matcher(phrases)
        self._over = Matcher(("over", phrase) for lang in ("ru", "en") for phrase in table("danger")["over"][lang])
        self._places = Matcher(("whole", p) for p in (*table("places")["whole"], *table("places")["whole_en"]))
        self._typos = Typos(self._matcher.vocabulary)

    @cached_property
    def fault_ids(self) -> frozenset[str]:
        """The fault library's ids that a frame may carry."""
        return frozenset(rule["fault"] for rule in self._rules)

    def find(self, text: Text) -> Jobs:
        """Return the jobs of a text, in the order they were named."""
        mended, is_guess = self._typos.mend(text)
        owners = frozenset(f"a:{name}" for name, entry in self._actions.items() if entry.get("owns"))
        mentions = _outside_context(self._present(mended), mended.tokens, owners)
        jobs = self._merge(_pair(_clauses(mentions, mended.tokens), self._kind, self._is_part_of))
        return self._told(jobs, mended, TYPO if is_guess else 0.0)

    def trades_of_objects(self, text: Text) -> tuple[Trade, ...]:
        """Return the trades of all objects named, for a master who says what he repairs."""
        mended, _ = self._typos.mend(text)
        found = (hit.label for hit in self._matcher.find(mended))
        named = (Trade(self._objects[label[2:]]["trade"]) for label in found if label.startswith("o:"))
        return tuple(dict.fromkeys(named))

    def _present(self, text: Text) -> list[Found]:
        """Find objects and actions; a clause about long ago is dropped where there is another."""
        mentions = [hit for hit in self._matcher.find(text) if not self._is_done(hit, text)]
        over = self._over.find(text)
        if not over:
            return mentions
        now = [
            hit
            for hit in mentions
            if all(_border(text.tokens, *sorted((hit.first, old.first))) for old in over if old.first != hit.first)
        ]
        return now or mentions

    def _is_done(self, hit: Found, text: Text) -> bool:
        """Tell whether it was done by somebody before: "вчера починили розетку" asks for nothing."""
        if not hit.label.startswith("a:") or not self._is_wish(hit.label[2:]):
            return False
        word = text.tokens[hit.first].text
        tags = grammemes(word) if is_cyrillic(word) else frozenset()
        return "past" in tags and "VERB" in tags

    def _is_wish(self, action: str) -> bool:
        return action in _VAGUE or self._kind(action) not in ("fault", "leak", "wet", "fine")

    def _is_part_of(self, part: str, whole: str) -> bool:
        return whole in self._objects[part].get("part_of", ())

    def _kind(self, action: str) -> str:
        return str(self._actions[action]["kind"])

    def _merge(self, jobs: Iterable[_Job]) -> list[_Job]:
        """Make one job of what was said twice, and drop what is only a part or a consequence."""
        by_object: dict[str | None, _Job] = {}
        for job in jobs:
            known = by_object.setdefault(job.object, job)
            if known is not job:
                known.actions += job.actions
                known.is_fine &= job.is_fine
        merged = [job for job in by_object.values() if not job.is_fine or job.actions]
        self._blame(merged)
        names = {job.object for job in merged if job.actions}
        kept = [job for job in merged if not self._is_part(job, names)]
        for part in (job for job in merged if job not in kept):
            for job in kept:
                if part.object and job.object and self._is_part_of(part.object, job.object):
                    job.actions += part.actions
                    break
        return self._complete(kept)

    def _blame(self, jobs: list[_Job]) -> None:
        """Move "свет не горит" to the switch that is merely named."""
        for job in jobs:
            blamed = self._objects[job.object].get("blame", ()) if job.object and job.actions else ()
            for other in jobs:
                if other.object in blamed and not other.actions and not other.is_fine:
                    other.actions, job.actions = job.actions, []
                    break

    def _is_part(self, job: _Job, names: set[str | None]) -> bool:
        if job.object is None:
            return bool(names - {None})
        entry = self._objects[job.object]
        others = names - {job.object, None}
        if entry.get("portable"):
            return bool(others)
        return not others.isdisjoint(entry.get("part_of", ()))

    def _complete(self, jobs: list[_Job]) -> list[_Job]:
        """Keep objects that nothing is said about only where there is nothing better."""
        told = [job for job in jobs if job.actions]
        if any(job.object == "socket" and _SPARKS & set(job.actions) for job in told):
            told = [job for job in told if job.object not in ("breaker", "panel", "electricity")]
        return (told or jobs)[:FRAMES_MAX]

    def _told(self, jobs: Sequence[_Job], text: Text, guessed: float) -> Jobs:
        whole = bool(self._places.find(text))
        frames, kinds, urgent = [], set[str](), False
        for job in jobs:
            action = max(job.actions, key=lambda name: self._actions[name]["rank"], default=None)
            frame = self._frame(job, action, whole)
            words = text.lower[text.tokens[job.first].start : text.tokens[job.last].end]
            frames.append(replace(frame, words=words, confidence=round(frame.confidence - guessed, 2)))
            kinds |= {self._kind(name) for name in job.actions}
            urgent |= any(self._fits(rule, frame.object, job.actions, whole) for rule in self._urgent)
        known = _without_consequences([frame for frame in frames if frame.trade])
        return Jobs(tuple(known), urgent, frozenset(kinds), _unclear(known, frames))

    def _frame(self, job: _Job, action: str | None, whole: bool) -> Frame:
        name, confidence = job.object, PAIRED if action else ONLY_OBJECT
        trade: Trade | None = None
        if name is None and action:
            alone = self._actions[action].get("alone", {})
            name, confidence = alone.get("object"), ALONE
            trade = Trade(alone["trade"]) if alone else None
        if name is not None:
            entry = self._objects[name]
            kind = self._kind(action) if action else "fault"
            trade = Trade(entry.get("by", {}).get(kind, entry["trade"]))
        fault = next(
            (rule["fault"] for rule in self._rules if self._fits(rule, name, job.actions, whole)), None
        )
        return Frame(trade=trade, object=name, action=action, fault=fault, confidence=confidence)

    def _fits(self, rule: dict[str, object], name: str | None, actions: Sequence[str], whole: bool) -> bool:
        objects, wanted, kinds = rule["objects"], rule.get("actions", ()), rule.get("kinds", ())
        assert isinstance(objects, list) and isinstance(wanted, (list, tuple)) and isinstance(kinds, (list, tuple))
        return (
            name in objects
            and rule.get("whole", whole) == whole
            and any(action in wanted or self._kind(action) in kinds for action in actions)
        )


_SPARKS = frozenset({"sparks", "hot", "melted", "burn_smell"})


def _without_consequences(frames: list[Frame]) -> list[Frame]:
    """Where the whole home is dark, a dead socket is no job of its own; say it once."""
    dark = [frame for frame in frames if frame.fault == "no_power"]
    if not dark:
        return frames
    return dark[:1] + [frame for frame in frames if frame.fault not in ("no_power", "light_out", "socket_dead")]


def _unclear(known: Sequence[Frame], found: Sequence[Frame]) -> str | None:
    """Name what to ask about: what happened to the object, or which object it is."""
    if not known:
        return "object" if found else None
    if all(frame.action in (None, "problem", "need", "check") for frame in known):
        return "action"
    return "object" if all(frame.object is None for frame in known) else None


# --- clauses -----------------------------------------------------------------------------------


def _clauses(mentions: Sequence[Found], tokens: Sequence[Token]) -> list[_Clause]:
    clauses: list[_Clause] = []
    objects: list[Found] = []
    actions: list[Found] = []
    opens, last = "sentence", 0
    for hit in mentions:
        border = _border(tokens, last, hit.first) if objects or actions else None
        if border:
            clauses.append(_Clause(tuple(objects), tuple(actions), opens))
            objects, actions, opens = [], [], border
        (objects if hit.label.startswith("o:") else actions).append(hit)
        last = hit.last
    if objects or actions:
        clauses.append(_Clause(tuple(objects), tuple(actions), opens))
    return clauses


def _border(tokens: Sequence[Token], last: int, first: int) -> str | None:
    """Return the strongest border between two mentions: sentence, but, and, comma, or None."""
    between = tokens[last + 1 : first + 1]
    words = {token.text for token in between[:-1]} | {token.text for token in between[-1:] if token.text in _AND}
    gaps = " ".join(token.gap for token in between)
    if _SENTENCE.search(gaps):
        return "sentence"
    if words & _BUT:
        return "but"
    if words & _AND:
        return "and"
    return "comma" if _COMMA.search(gaps) else None


def _outside_context(mentions: Sequence[Found], tokens: Sequence[Token], owners: frozenset[str]) -> list[Found]:
    """Drop objects that only say where, when or whose: "возле мойки", "когда включаю чайник", "шланг стиралки".

    Args:
        owners: Labels of actions that name their object themselves ("выбивает автомат").
    """
    objects = [hit for hit in mentions if hit.label.startswith("o:")]
    aside = {hit for hit in objects if _is_beside(hit, tokens) or _is_whose(hit, objects, tokens)}
    free = [hit for hit in objects if hit not in aside]
    if not free:
        free, aside = objects[:1], set(objects[1:])
    owning = [hit for hit in mentions if hit.label in owners]
    for hit in list(free):
        if _is_at(hit, tokens) and any(_same_clause(hit, other, tokens) for other in (*free, *owning) if other != hit):
            aside.add(hit)
    hidden = {hit for hit in mentions if _is_circumstance(hit, mentions, tokens)}
    kept = [hit for hit in mentions if hit not in aside and hit not in hidden]
    return kept if kept else [hit for hit in mentions if hit not in aside]


def _is_beside(hit: Found, tokens: Sequence[Token]) -> bool:
    for back in (1, 2, 3):
        place = hit.first - back
        if place < 0 or _COMMA.search(tokens[place + 1].gap) or _SENTENCE.search(tokens[place + 1].gap):
            return False
        if tokens[place].text in _BESIDE:
            # "у меня розетка" says whose it is, not where.
            return not (tokens[place].text == "у" and back > 1)
        if back > 1 and tokens[place].text not in ("the", "a", "my", "our", "to", "с", "со", "моей", "самой", "самого"):
            return False
    return False


def _is_whose(hit: Found, objects: Sequence[Found], tokens: Sequence[Token]) -> bool:
    """Tell whether an object follows another at once in the genitive: "вилка стиралки"."""
    follows = any(other.last + 1 == hit.first for other in objects)
    return follows and tokens[hit.first].gap == " " and "gent" in grammemes(tokens[hit.first].text)


def _is_at(hit: Found, tokens: Sequence[Token]) -> bool:
    back = hit.first - 1
    if back >= 0 and tokens[back].text in ("the", "a", "my", "our", "моей", "нашей"):
        back -= 1
    return back >= 0 and tokens[back].text in _AT


def _same_clause(one: Found, other: Found, tokens: Sequence[Token]) -> bool:
    first, second = sorted((one, other), key=lambda hit: hit.first)
    return _border(tokens, first.last, second.first) is None


def _is_circumstance(hit: Found, mentions: Sequence[Found], tokens: Sequence[Token]) -> bool:
    """Tell whether a mention stands in a "when …" clause, up to the next comma, while another does not."""
    for place in range(hit.first, -1, -1):
        token = tokens[place]
        if token.text in _WHEN and place < hit.first:
            if token.text == "как" and tokens[place + 1].text != "только" and (not place or tokens[place - 1].text not in ("раз", "того")):
                continue
            return len(mentions) > 1
        if _COMMA.search(token.gap) or _SENTENCE.search(token.gap) or token.text in ("и", "and", "то"):
            return False
    return False


# --- pairing -----------------------------------------------------------------------------------


def _pair(clauses: Sequence[_Clause], kind: KindOf, is_part: IsPart) -> list[_Job]:
    """Give each object its actions, clause by clause; see the cases in `_Pairing`."""
    pairing = _Pairing(kind, is_part)
    for clause in clauses:
        pairing.hear(clause)
    return pairing.jobs


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    hit: Found


class _Pairing:
    """Walks through clauses and remembers which objects still wait for an action.

    * "не работает выключатель и розетка": an object after "and" takes the action before it.
    * "выключатель и розетка не работают": waiting objects take the action that comes.
    * "выключатель в коридоре, вообще не работает": so does an object before a comma.
    * "розетка не работает, а там холодильник": an object after "but" takes nothing.
    """

    def __init__(self, kind: KindOf, is_part: IsPart) -> None:
        self.jobs: list[_Job] = []
        self._kind, self._is_part = kind, is_part
        self._waiting: list[_Job] = []
        self._actions: list[str] = []  # of the clause before

    def hear(self, clause: _Clause) -> None:
        if clause.opens == "sentence" and clause.objects:
            self._waiting = []
        if clause.opens in ("sentence", "but"):
            self._actions = [] if clause.objects else self._actions
        actions = [_Named(hit.label[2:], hit) for hit in clause.actions]
        if clause.objects:
            self._hear_objects(clause, actions)
        elif actions:
            self._hear_actions(actions)

    def _hear_objects(self, clause: _Clause, actions: list[_Named]) -> None:
        names = {hit.label[2:] for hit in clause.objects}
        new = [
            _Job(hit.label[2:], first=hit.first, last=hit.last)
            for hit in clause.objects
            if not any(self._is_part(hit.label[2:], name) for name in names)
        ]
        if actions:
            for action in actions:
                near = min(new, key=lambda job: (abs(job.first - action.hit.first), job.first))
                self._give(near, action)
            if clause.opens in ("and", "comma"):
                for job in self._waiting:
                    self._share(job, actions)
            for job in new:
                if not job.actions and not job.is_fine and clause.opens != "but":
                    self._share(job, [a for a in actions if self._kind(a.name) in _LIST_KINDS])
            self._actions = [action.name for action in actions if action.name != "works"]
            self._waiting = []
        elif clause.opens == "and" or (clause.opens == "comma" and self._is_list()):
            for job in new:
                job.actions = list(self._actions)
        self._waiting += [job for job in new if not job.actions and not job.is_fine]
        self.jobs += new

    def _is_list(self) -> bool:
        return any(self._kind(action) in _LIST_KINDS for action in self._actions)

    def _hear_actions(self, actions: list[_Named]) -> None:
        if any(job.actions for job in self.jobs):
            actions = [action for action in actions if action.name not in _VAGUE]
        targets = self._waiting or [job for job in self.jobs[-1:] if job.object]
        if targets:
            for job in targets:
                for action in actions:
                    self._give(job, action)
        else:
            for action in actions:
                if action.name != "works":
                    self.jobs.append(_Job(None, [action.name], action.hit.first, action.hit.last))
        self._actions = [action.name for action in actions if action.name != "works"]
        self._waiting = []

    def _give(self, job: _Job, action: "_Named") -> None:
        if action.name == "works":
            job.is_fine = True
            return
        if action.hit.is_negated and self._kind(action.name) in ("fault", "leak"):
            return  # "не искрит" says nothing is wrong
        job.actions.append(action.name)
        job.first, job.last = min(job.first, action.hit.first), max(job.last, action.hit.last)

    def _share(self, job: _Job, actions: list[_Named]) -> None:
        for action in actions:
            if action.name != "works" and not action.hit.is_negated:
                job.actions.append(action.name)
