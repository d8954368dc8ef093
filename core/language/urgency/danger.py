"""The danger gate: looked at before anything else, because it is answered before anything else.

A danger is classes of words that stand near each other ("запах" beside "газ"), all of them real:
not denied, not over, not feared. The table `danger` names the classes of each kind.
"""

from core.language.lexicon import table
from core.language.urgency.judgement import Judge, Rule
from core.meaning import Emergency


class DangerGate:
    """Finds dangers that are here and now."""

    def __init__(self) -> None:
        """Compile the table `danger`, the gravest kind first."""
        rules = table("danger")
        self._rules = [
            (kind, Rule.of(entry, dries=kind is Emergency.FLOOD))
            for kind in Emergency
            for entry in rules[kind]
        ]

    def find(self, judge: Judge) -> Emergency | None:
        """Return the gravest danger of a scene, or None."""
        if not judge.scene.senses:
            return None
        return next((kind for kind, rule in self._rules if judge.holds(rule)), None)

    def denied(self, judge: Judge) -> Emergency | None:
        """Return a danger that is named, though not as one that is here and now."""
        if not judge.scene.senses:
            return None
        return next((kind for kind, rule in self._rules if judge.names(rule)), None)
