"""Rules over a scene: classes of words that must stand near each other, and be real."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.language.phrases import Found
from core.language.urgency.modality import Reality, reality_of
from core.language.urgency.scene import Scene


@dataclass(frozen=True, slots=True)
class Rule:
    """Classes that mean something together, and classes that explain it away.

    Attributes:
        dries: It dries up: none where all is dry again, or only painting is left to do.
    """

    needs: tuple[frozenset[str], ...]
    unless: frozenset[str]
    reach: str
    dries: bool = False

    @classmethod
    def of(cls, entry: dict[str, Any], *, dries: bool = False) -> "Rule":
        """Read a rule; "a|b" is either class."""
        needs = tuple(frozenset(names.split("|")) for names in entry["all"])
        return cls(needs, frozenset(entry.get("unless", ())), entry.get("reach", "beside"), dries)


class Judge:
    """Holds rules against one scene, and remembers what is real."""

    def __init__(self, scene: Scene) -> None:
        """Judge a scene; its modality is read only once a rule asks for it."""
        self.scene = scene
        self._named = scene.senses.keys()
        self._reality: Reality | None = None
        self._known: dict[Found, bool] = {}

    @property
    def is_report(self) -> bool:
        """Whether the text tells of something; an advertisement or a prank does not."""
        self._reality = self._reality or reality_of(self.scene)
        return not all(self._reality.untold)

    def holds(self, rule: Rule) -> bool:
        """Tell whether all classes of a rule are there, near each other and real."""
        if rule.needs[0].isdisjoint(self._named):  # as nearly always; the rest costs more
            return False
        return any(True for _ in self.found(rule))

    def names(self, rule: Rule) -> bool:
        """Tell whether all classes of a rule are there and near each other, be it real or not."""
        senses = self.scene.senses
        if rule.needs[0].isdisjoint(self._named) or any(
            names.isdisjoint(self._named) for names in rule.needs
        ):
            return False
        return any(
            all(any(True for _ in self.scene.within(names, hit, rule.reach)) for names in rule.needs[1:])
            for name in rule.needs[0]
            for hit in senses.get(name, ())
        )

    def found(self, rule: Rule) -> Iterator[Found]:
        """Yield the words of a rule's first class for which it holds."""
        senses = self.scene.senses
        if any(names.isdisjoint(senses.keys()) for names in rule.needs):
            return
        for name in rule.needs[0]:
            for hit in senses.get(name, ()):
                if self._is_real(rule, hit) and self._holds_at(rule, hit):
                    yield hit

    def _holds_at(self, rule: Rule, anchor: Found) -> bool:
        scene = self.scene
        if any(True for _ in scene.within(rule.unless, anchor, _wider(rule.reach))):
            return False
        return all(
            any(self._is_real(rule, hit) for hit in scene.within(names, anchor, rule.reach))
            for names in rule.needs[1:]
        )

    def _is_real(self, rule: Rule, hit: Found) -> bool:
        self._reality = reality = self._reality or reality_of(self.scene)
        if hit not in self._known:
            match self.scene.sort_of(hit):
                case "thing":
                    self._known[hit] = reality.is_told_of_here(hit)
                case "said":
                    self._known[hit] = reality.is_said(hit)
                case _:
                    self._known[hit] = reality.is_real(hit)
        return self._known[hit] and not (rule.dries and self._dries_up(hit, reality))

    def _dries_up(self, hit: Found, reality: Reality) -> bool:
        return self.scene.sort_of(hit) is None and reality.is_aftermath(hit)


def _wider(reach: str) -> str:
    """Explanations may stand a clause further off than what they explain."""
    return "beside" if reach == "clause" else reach
