"""The embedded reader: looks at a text once and returns everything it may mean."""

from core.language.normalise import Text, normalise
from core.meaning import LookContext, Reading


class EmbeddedReader:
    """Reads Russian and English without a model. Pure: the same text and context, the same reading."""

    def look(self, text: str, context: LookContext) -> Reading:
        """Return everything a text may mean. Never raises for anything a person can write."""
        clean: Text = normalise(text, context.lang)
        if clean.is_empty:
            return Reading(lang=clean.lang, is_empty=True)
        return Reading(lang=clean.lang)
