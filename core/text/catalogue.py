"""The texts by name: a Fluent bundle per language, facts told by their type.

Files: `core/text/<lang>/<area>.ftl`. A text's value is what is shown, `.spoken` what is said aloud where
the value does not speak well, every other attribute the label of a button. What is said aloud has its
facts in words (`core.text.aloud`). A text may ask for a form of a fact:

* `GEN($price)`, `ACC($span)`: the case, which only a voice hears;
* `SHORT($when)`: for a button; `MID($service)`: inside a sentence;
* `LIST($client, $phone)`: what there is of them, with commas between;
* `SPAN($shortest, $longest)`: two lengths of time, or one when they are equal;
* `CITY($city)`, `WHERE($city)`: a city's name, and in which city.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern
from fluent.syntax.ast import Junk

from core.kernel.money import Money
from core.markets.cities import load_cities
from core.messages import Said
from core.text import aloud, facts as told

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
        shown = self._arguments(facts, lang=lang, now=now, zone=zone, is_aloud=False)
        heard = self._arguments(facts, lang=lang, now=now, zone=zone, is_aloud=True)

        def fill(pattern: Pattern, arguments: dict[str, object]) -> str:
            value, errors = bundle.format_pattern(pattern, arguments)
            if errors:
                raise TextMissing(f"{lang}: {name}: {errors[0]}")
            return str(value)

        text = fill(message.value, shown) if message.value else ""
        voice = message.attributes.get(SPOKEN, message.value)
        spoken = aloud.plain(fill(voice, heard), lang=lang) if voice else ""
        labels = {key: fill(label, shown) for key, label in message.attributes.items() if key != SPOKEN}
        return Said(text=text, spoken=spoken, labels=labels)

    def line(self, lang: str, name: str, *, now: datetime, zone: ZoneInfo, **facts: object) -> str:
        """Return only the words of a text."""
        return self.render(lang, name, facts, now=now, zone=zone).text

    def _arguments(
        self, facts: Mapping[str, object], *, lang: str, now: datetime, zone: ZoneInfo, is_aloud: bool
    ) -> dict[str, object]:
        tell = self._tell_aloud if is_aloud else self._tell
        return {key: tell(value, lang=lang, now=now, zone=zone) for key, value in facts.items()}

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
            case _:
                return _plain(value)

    def _tell_aloud(self, value: object, *, lang: str, now: datetime, zone: ZoneInfo) -> object:  # noqa: PLR0911
        match value:
            case Money():
                return aloud.money(value, lang=lang)
            case told.PriceRange():
                return aloud.price_range(value, lang=lang)
            case told.DayRange():
                return aloud.days(value, lang=lang)
            case told.Clock():
                at = value.at.astimezone(zone)
                return aloud.clock(at.hour, at.minute, lang=lang)
            case datetime():
                return aloud.moment(value, now=now, zone=zone, lang=lang)
            case date():
                return aloud.day(value, today=now.astimezone(zone).date(), lang=lang)
            case timedelta():
                return aloud.span(value, lang=lang)
            case told.Named():
                return self.render(lang, value.name, value.facts, now=now, zone=zone).spoken
            case told.Items():
                lines = (self._tell_aloud(item, lang=lang, now=now, zone=zone) for item in value.items)
                return "; ".join(str(line) for line in lines)
            case _:
                return _plain(value)


def _plain(value: object) -> object:
    """Return words and numbers as they are."""
    match value:
        case Enum():
            return str(value.value)
        case None:
            return ""
        case _:
            return value


def _functions(lang: str) -> dict[str, Callable[..., Any]]:
    """Return what a text may ask of its facts."""

    def form(name: str) -> Callable[[str], str]:
        return lambda words: str(getattr(words, name, words))

    def span(shortest: str, longest: str) -> str:
        if shortest == longest:
            return shortest
        low, high = form("gen")(shortest), form("gen")(longest)
        return f"от {low} до {high}" if lang == "ru" else f"{low} to {high}"

    def city(name: str) -> str:
        known = load_cities().get(name)
        return known.words(lang).name if known else name

    def where(name: str) -> str:
        known = load_cities().get(name)
        return known.words(lang).where if known else name

    def listed(*parts: str) -> str:
        return ", ".join(part for part in parts if part)

    forms = {"GEN": form("gen"), "ACC": form("acc"), "SHORT": form("short")}
    return {**forms, "MID": told.mid, "LIST": listed, "SPAN": span, "CITY": city, "WHERE": where}


def _bundle(lang: str, root: Path) -> FluentBundle:
    # Isolating would wrap every fact in invisible marks.
    bundle = FluentBundle([lang], functions=_functions(lang), use_isolating=False)
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
