"""The texts by name: a Fluent bundle per language, facts told by their type.

Files: `core/text/<lang>/<area>.ftl`. A text's value is what is shown, `.spoken` what is said aloud,
every other attribute the label of a button.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern
from fluent.syntax.ast import Junk

from core.kernel.money import Money
from core.messages import Said
from core.text import facts as told

LANGUAGES = ("ru", "en")
SPOKEN = "spoken"
_ROOT = Path(__file__).parent


class TextMissing(LookupError):  # noqa: N818 - named as the house names failures
    """A name, a language or a fact that no text knows: a defect, never a person's fault."""


class Catalogue:
    """Renders texts. Pure: the same name, facts, time and zone give the same words."""

    def __init__(self, root: Path = _ROOT) -> None:
        """Read every file of every language under `root`; broken Fluent fails here, at start."""
        self._bundles = {lang: _bundle(lang, root) for lang in LANGUAGES}

    def names(self, lang: str) -> frozenset[str]:
        """Return the names of all texts of a language."""
        return frozenset(self._bundles[lang]._messages)  # noqa: SLF001 - the bundle has no public list

    def has(self, name: str) -> bool:
        """Tell whether there is a text of this name."""
        return self._bundles[LANGUAGES[0]].has_message(name)

    def render(
        self, lang: str, name: str, facts: Mapping[str, object], *, now: datetime, zone: ZoneInfo
    ) -> Said:
        """Return the text with its spoken form and the labels of its buttons.

        Args:
            lang: `ru` or `en`; anything else is told in Russian.
            facts: Values of the text's variables: words, numbers, Money, aware datetimes, spans,
                or the types of `core.text.facts`.
            now: The present, for "today" and "tomorrow".
            zone: The listener's zone.

        Raises:
            TextMissing: no such text, or the text mentions a fact that was not given.
        """
        lang = lang if lang in self._bundles else LANGUAGES[0]
        bundle = self._bundles[lang]
        if not bundle.has_message(name):
            raise TextMissing(f"{lang}: {name}")
        message = bundle.get_message(name)
        arguments = {key: self._tell(value, lang=lang, now=now, zone=zone) for key, value in facts.items()}

        def fill(pattern: Pattern) -> str:
            value, errors = bundle.format_pattern(pattern, arguments)
            if errors:
                raise TextMissing(f"{lang}: {name}: {errors[0]}")
            return str(value)

        text = fill(message.value) if message.value else ""
        labels = {key: fill(pattern) for key, pattern in message.attributes.items()}
        return Said(text=text, spoken=labels.pop(SPOKEN, text), labels=labels)

    def line(self, lang: str, name: str, *, now: datetime, zone: ZoneInfo, **facts: object) -> str:
        """Return only the words of a text."""
        return self.render(lang, name, facts, now=now, zone=zone).text

    def _tell(self, value: object, *, lang: str, now: datetime, zone: ZoneInfo) -> object:  # noqa: PLR0911
        match value:
            case Money():
                return told.money(value)
            case told.PriceRange():
                return told.price_range(value)
            case told.DayRange():
                return told.days(value, lang=lang)
            case told.Clock():
                return f"{value.at.astimezone(zone):%H:%M}"
            case datetime():
                return told.moment(value, now=now, zone=zone, lang=lang)
            case date():
                return told.day(value, today=now.astimezone(zone).date(), lang=lang)
            case timedelta():
                return told.span(value, lang=lang)
            case told.Named():
                return self.render(lang, value.name, value.facts, now=now, zone=zone).text
            case told.Items():
                lines = (self._tell(item, lang=lang, now=now, zone=zone) for item in value.items)
                return "\n".join(f"• {line}" for line in lines)
            case Enum():
                return str(value.value)
            case None:
                return ""
            case _:
                return value


def _bundle(lang: str, root: Path) -> FluentBundle:
    bundle = FluentBundle([lang], use_isolating=False)  # else every fact is wrapped in invisible marks
    for path in sorted((root / lang).glob("*.ftl")):
        resource = FluentResource(path.read_text("utf-8"))
        broken = [entry.content or "" for entry in resource.body if isinstance(entry, Junk)]
        if broken:
            raise ValueError(f"{path.name}: not Fluent: {broken[0].strip()[:80]!r}")
        bundle.add_resource(resource)
    return bundle


@cache
def catalogue() -> Catalogue:
    """Return the one catalogue of this program."""
    return Catalogue()
