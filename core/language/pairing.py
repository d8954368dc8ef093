"""Give each object what is said about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.language.clauses import Clause
from core.language.phrases import Found

VAGUE = frozenset({"problem", "check", "need"})  # "посмотрите" adds nothing to what was told
_LIST_KINDS = frozenset({"install", "hang", "assemble", "move", "replace", "clean", "remove", "adjust"})

KindOf = Callable[[str], str]  # an action's kind, by its name
IsPart = Callable[[str, str], bool]  # whether an object is the same job as another, said twice


@dataclass(slots=True)
class Job:
    """An object with the actions found for it."""

    object: str | None
    actions: list[str] = field(default_factory=list)
    first: int = 0
    last: int = 0
    is_fine: bool = False  # said to work


def pair(clauses: Sequence[Clause], kind: KindOf, is_part: IsPart) -> list[Job]:
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
        self.jobs: list[Job] = []
        self._kind, self._is_part = kind, is_part
        self._waiting: list[Job] = []
        self._actions: list[str] = []  # of the clause before

    def hear(self, clause: Clause) -> None:
        if clause.opens == "sentence" and clause.objects:
            self._waiting = []
        if clause.opens in ("sentence", "but"):
            self._actions = [] if clause.objects else self._actions
        actions = [_Named(hit.label[2:], hit) for hit in clause.actions]
        if clause.objects:
            self._hear_objects(clause, actions)
        elif actions:
            self._hear_actions(actions)

    def _hear_objects(self, clause: Clause, actions: list[_Named]) -> None:
        names = {hit.label[2:] for hit in clause.objects}
        new = [
            Job(hit.label[2:], first=hit.first, last=hit.last)
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
            actions = [action for action in actions if action.name not in VAGUE]
        targets = self._waiting or [job for job in self.jobs[-1:] if job.object]
        if targets:
            for job in targets:
                for action in actions:
                    self._give(job, action)
        else:
            for action in actions:
                if action.name != "works":
                    self.jobs.append(Job(None, [action.name], action.hit.first, action.hit.last))
        self._actions = [action.name for action in actions if action.name != "works"]
        self._waiting = []

    def _give(self, job: Job, action: _Named) -> None:
        if action.name == "works":
            job.is_fine = True
            return
        if action.hit.is_negated and self._kind(action.name) in ("fault", "leak"):
            return  # "не искрит" says nothing is wrong
        job.actions.append(action.name)
        job.first, job.last = min(job.first, action.hit.first), max(job.last, action.hit.last)

    def _share(self, job: Job, actions: list[_Named]) -> None:
        for action in actions:
            if action.name != "works" and not action.hit.is_negated:
                job.actions.append(action.name)
