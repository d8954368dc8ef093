"""Give each object what is said about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.language.jobs.clauses import Clause, IsPart
from core.language.phrases import Found

VAGUE = frozenset({"problem", "check", "need"})  # "посмотрите" adds nothing to what was told
_FAULTS = frozenset({"fault", "leak", "wet", "fine"})

NOWHERE = Clause((), (), "sentence")

KindOf = Callable[[str], str]  # an action's kind, by its name
Brings = Callable[[str], bool]  # whether an action has its object in itself
Alone = Callable[[str], str | None]  # the object that an action means where none is named


@dataclass(slots=True)
class Job:
    """An object with the actions found for it."""

    object: str | None
    actions: list[str] = field(default_factory=list)
    first: int = 0
    last: int = 0
    clause: Clause = NOWHERE
    is_fine: bool = False  # said to work
    is_bare: bool = False  # the object was not named, the action alone tells it
    is_lent: bool = False  # its actions were said of another: "замените розетку и выключатель"


def is_wish(kind: str) -> bool:
    """Tell whether a kind of action is something wanted, not something wrong."""
    return kind not in _FAULTS


def pair(clauses: Sequence[Clause], kind: KindOf, is_part: IsPart, alone: Alone, brings: Brings) -> list[Job]:
    """Give each object its actions, clause by clause; see the cases in `_Pairing`."""
    pairing = _Pairing(kind, is_part, alone, brings)
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
    * "перенести розетку, диван закрывает": nor does an object that has a verb of its own.
    """

    def __init__(self, kind: KindOf, is_part: IsPart, alone: Alone, brings: Brings) -> None:
        self.jobs: list[Job] = []
        self._kind, self._is_part, self._alone, self._brings = kind, is_part, alone, brings
        self._waiting: list[Job] = []
        self._actions: list[str] = []  # of the clause before

    def hear(self, clause: Clause) -> None:
        if clause.opens in ("sentence", "also") and clause.objects:
            self._waiting = []
        if clause.opens in ("sentence", "but"):
            self._actions = [] if clause.objects else self._actions
        actions = [_Named(hit.label[2:], hit) for hit in clause.actions]
        if clause.objects:
            self._hear_objects(clause, actions)
        elif actions:
            self._hear_actions(clause, actions)

    def _hear_objects(self, clause: Clause, actions: list[_Named]) -> None:
        names = {hit.label[2:] for hit in clause.objects}
        new = [
            Job(hit.label[2:], first=hit.first, last=hit.last, clause=clause)
            for hit in clause.objects
            if not any(self._is_part(hit.label[2:], name) for name in names)
        ]
        if actions:
            for action in actions:
                self._give(self._nearest(new, action), action)
            if clause.opens in ("and", "comma"):
                for job in self._waiting:
                    self._share(job, actions)
            if clause.opens != "but":
                self._lend(new, actions)
            self._actions = [action.name for action in actions if action.name != "works"]
            self._waiting = []
        elif clause.opens in ("and", "also") or (clause.opens == "comma" and self._is_list()):
            wishes = [name for name in self._actions if self._is_wish(name) or clause.opens == "and"]
            for job in new:
                if not clause.is_said:
                    job.actions, job.is_lent = wishes, bool(wishes)
        self._waiting += [job for job in new if not job.actions and not job.is_fine]
        self.jobs += new

    def _nearest(self, jobs: list[Job], action: _Named) -> Job:
        """Return what an action is said of: a wish stands before its object, a fault on either side."""
        if self._is_wish(action.name):
            behind = [job for job in jobs if job.first > action.hit.first]
            if behind:
                return min(behind, key=lambda job: job.first)
        return min(jobs, key=lambda job: (abs(job.first - action.hit.first), job.first))

    def _lend(self, new: list[Job], actions: list[_Named]) -> None:
        """Let an object of the same clause that nothing was said of share the wish for its neighbour."""
        for job in new:
            if not job.actions and not job.is_fine:
                wishes = [action for action in actions if self._is_wish(action.name)]
                self._share(
                    job, [wish for wish in wishes if wish.hit.first < job.first or wish.name not in VAGUE]
                )

    def _is_list(self) -> bool:
        return any(self._is_wish(action) for action in self._actions)

    def _is_wish(self, action: str) -> bool:
        return is_wish(self._kind(action))

    def _hear_actions(self, clause: Clause, actions: list[_Named]) -> None:
        if any(job.actions for job in self.jobs):
            actions = [action for action in actions if action.name not in VAGUE]
        targets = self._waiting or [job for job in self.jobs[-1:] if job.object]
        is_told = any(job.actions for job in self.jobs)
        if is_told and not self._waiting and any(self._is_own(action, clause) for action in actions):
            targets = []
        if targets:
            for job in targets:
                for action in actions:
                    self._give(job, action)
        else:
            self.jobs += [
                Job(name, [action.name], action.hit.first, action.hit.last, clause, is_bare=name is not None)
                for action in actions
                for name in [self._alone(action.name)]
                if action.name != "works" and not self._is_denied(action)
            ]
        self._actions = [action.name for action in actions if action.name != "works"]
        self._waiting = []

    def _is_own(self, action: _Named, clause: Clause) -> bool:
        """Tell whether an action is a job of its own: "полка подождёт, а света нет"."""
        if not self._brings(action.name) or self._is_denied(action):
            return False
        return not self._is_wish(action.name) or clause.opens in ("and", "also")

    def _give(self, job: Job, action: _Named) -> None:
        if action.name == "works":
            job.is_fine = True
            return
        if self._is_denied(action):
            return  # "не искрит" says nothing is wrong
        job.actions.append(action.name)
        job.first, job.last = min(job.first, action.hit.first), max(job.last, action.hit.last)

    def _is_denied(self, action: _Named) -> bool:
        return action.hit.is_negated and self._kind(action.name) in ("fault", "leak")

    def _share(self, job: Job, actions: list[_Named]) -> None:
        lent = [action.name for action in actions if action.name != "works" and not action.hit.is_negated]
        job.actions += lent
        job.is_lent = job.is_lent or bool(lent)
