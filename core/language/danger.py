"""The danger gate: looked at before anything else, because it is answered before anything else.

A danger is classes of words that stand near each other ("запах" beside "газ"), all of them real:
not denied, not over, not feared. The table `danger` names the classes of each kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.language.lexicon import table
from core.language.modality import Reality, reality_of
from core.language.normalise import Text
from core.language.phrases import Found
from core.language.scene import Scene, SceneFinder
from core.meaning import Emergency


@dataclass(frozen=True, slots=True)
class _Rule:
    """Classes that make a danger together, and classes that explain it away."""

    kind: Emergency
    needs: tuple[frozenset[str], ...]
    unless: frozenset[str]
    reach: str

    @classmethod
    def of(cls, kind: Emergency, entry: dict[str, Any]) -> "_Rule":
        """Read a rule; "a|b" is either class."""
        needs = tuple(frozenset(names.split("|")) for names in entry["all"])
        return cls(kind, needs, frozenset(entry.get("unless", ())), entry.get("reach", "beside"))


class DangerGate:
    """Finds dangers that are here and now."""

    def __init__(self) -> None:
        """Compile the tables `senses`, `modality` and `danger`."""
        self._scenes = SceneFinder()
        self._things = frozenset(name for name, entry in table("senses").items() if entry.get("thing"))
        rules = table("danger")
        self._rules = [_Rule.of(kind, entry) for kind in Emergency for entry in rules[kind]]

    def find(self, text: Text) -> Emergency | None:
        """Return the gravest danger of a text, or None."""
        scene = self._scenes.find(text)
        present = scene.senses.keys()
        able = [rule for rule in self._rules if all(not names.isdisjoint(present) for names in rule.needs)]
        if not able:
            return None
        judge = _Judge(scene, reality_of(scene), self._things)
        return next((rule.kind for rule in able if judge.holds(rule)), None)


class _Judge:
    """Holds rules against one scene, and remembers what is real."""

    def __init__(self, scene: Scene, reality: Reality, things: frozenset[str]) -> None:
        self._scene = scene
        self._reality = reality
        self._things = things
        self._known: dict[Found, bool] = {}

    def holds(self, rule: _Rule) -> bool:
        """Tell whether all classes of a rule are there, near each other and real."""
        return any(self._holds_at(rule, hit) for name in rule.needs[0] for hit in self._real(rule, name))

    def _real(self, rule: _Rule, name: str) -> Iterator[Found]:
        for hit in self._scene.senses.get(name, ()):
            if self._is_real(rule, hit):
                yield hit

    def _holds_at(self, rule: _Rule, anchor: Found) -> bool:
        scene = self._scene
        if any(True for _ in scene.within(rule.unless, anchor, _wider(rule.reach))):
            return False
        return all(
            any(self._is_real(rule, hit) for hit in scene.within(names, anchor, rule.reach))
            for names in rule.needs[1:]
        )

    def _is_real(self, rule: _Rule, hit: Found) -> bool:
        name = hit.label.partition(":")[2]
        if name in self._things:
            return not self._reality.untold[hit.first]
        if hit not in self._known:
            self._known[hit] = self._reality.is_real(hit)
        if not self._known[hit]:
            return False
        return rule.kind is not Emergency.FLOOD or not self._reality.is_aftermath(hit)


def _wider(reach: str) -> str:
    """Explanations may stand a clause further off than what they explain."""
    return "beside" if reach == "clause" else reach
