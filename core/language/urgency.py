"""How long it can wait, as far as the person says so."""

from core.language.frames import Jobs
from core.language.lexicon import table
from core.language.normalise import Text
from core.language.phrases import Matcher
from core.meaning import Emergency, Intent, Urgency

_WISHES = frozenset({"install", "hang", "assemble", "move", "replace", "clean", "remove", "adjust"})


class UrgencyFinder:
    """Finds "срочно", "no rush" and the like."""

    def __init__(self) -> None:
        """Compile the table `urgency`."""
        rules = table("urgency")
        self._urgent = Matcher(("urgent", p) for lang in ("ru", "en") for p in rules["urgent"][lang])
        self._flexible = Matcher(("flexible", p) for lang in ("ru", "en") for p in rules["flexible"][lang])

    def find(
        self, text: Text, jobs: Jobs, *, emergency: Emergency | None, wants: frozenset[Intent]
    ) -> Urgency | None:
        """Return the urgency, or None where nothing is said: then the fault's own default stands.

        Danger, an outage and a lockout are urgent whatever else is said. The price of planned work
        is a question about the future.
        """
        if emergency or jobs.is_urgent:
            return Urgency.URGENT
        asked = self._urgent.find(text)
        if any(not hit.is_negated for hit in asked):
            return Urgency.URGENT
        if asked or self._flexible.find(text):
            return Urgency.FLEXIBLE
        if Intent.PRICE in wants and jobs.frames and jobs.kinds <= _WISHES:
            return Urgency.FLEXIBLE
        return None
