"""Say what is missing or at odds in the fault library; `naryad library lint` prints it."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from core.library.fault import Fault, FaultText
from core.library.library import COMMON, Library
from core.library.thing import Part, Tool
from core.meaning import Lang

SECTIONS = ("symptoms", "questions", "consumables", "steps", "safety", "checks")
LINES_MIN = {"symptoms": 3, "questions": 2, "consumables": 2, "steps": 5, "safety": 3, "checks": 3}
TOOLS_MIN, NEIGHBOURS_MIN, NEIGHBOURS_MAX = 4, 1, 4
MINUTES_MIN, MINUTES_MAX = 15, 480  # of one visit
SENTENCE_MIN = 10  # characters; shorter is not an instruction
GAS_NUMBERS = ("104", "112")

_TOLD = ("steps", "safety", "checks", "questions")  # sections of whole sentences
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile("(?<=\\d)[ \u00a0\u202f](?=\\d{3}(?!\\d))")
_ENGLISH_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_REPAIR = {
    Lang.RU: re.compile(
        r"^(?:заменить|подтянуть|разобрать|отвернуть|затянуть|отремонтировать|припаять)", re.IGNORECASE
    ),
    Lang.EN: re.compile(r"^(?:replace|tighten|dismantle|unscrew|repair|solder)", re.IGNORECASE),
}


def lint(library: Library) -> tuple[str, ...]:
    """Return a sentence for each thing that makes an entry incomplete; none means complete."""
    return tuple(problem for fault in library.faults() for problem in _in_entry(fault, library))


def lint_whole(library: Library) -> tuple[str, ...]:
    """Return what is wrong between entries and in the lists: titles told twice, things nobody brings."""
    return (*_titles_told_twice(library), *_in_lists(library))


def _in_entry(fault: Fault, library: Library) -> Iterator[str]:
    checks = (_in_texts(fault), _in_facts(fault), _in_hazards(fault), _at_odds(fault), _in_gas(fault))
    for problems in checks:
        yield from (f"{fault.id}{problem}" for problem in problems)
    for neighbour in fault.neighbours:
        if neighbour == fault.id or neighbour not in library:
            yield f"{fault.id}: no neighbour {neighbour}"


def _in_texts(fault: Fault) -> Iterator[str]:
    for lang in Lang:
        yield from (f".{lang}: {problem}" for problem in _in_text(fault.text(lang), is_sold=fault.is_sold))
    for section in SECTIONS:
        count_ru, count_en = len(getattr(fault.ru, section)), len(getattr(fault.en, section))
        if count_ru != count_en:
            yield f": {section} has {count_ru} in ru and {count_en} in en"


def _in_text(text: FaultText, *, is_sold: bool) -> Iterator[str]:
    for name in ("title", "diagnosis"):
        if not getattr(text, name).strip():
            yield f"{name} is empty"
    if text.title.endswith("."):
        yield "title ends with a full stop"
    for section, least in LINES_MIN.items():
        lines: tuple[str, ...] = getattr(text, section)
        if section == "consumables" and not is_sold:
            continue
        if not lines:
            yield f"{section} is empty"
        elif len(lines) < least:
            yield f"only {len(lines)} {section}, at least {least} are wanted"
        if any(len(line.strip()) < (SENTENCE_MIN if section in _TOLD else 1) for line in lines):
            yield f"{section} has a line that says nothing"
        if len(set(lines)) < len(lines):
            yield f"{section} says something twice"


def _in_facts(fault: Fault) -> Iterator[str]:
    if not (MINUTES_MIN <= fault.minutes_low < fault.minutes_high <= MINUTES_MAX):
        yield f": {fault.minutes_low}–{fault.minutes_high} minutes are no visit"
    if fault.risk == "high" and fault.who == "anyone":
        yield ": a high risk is not for anyone"
    if not NEIGHBOURS_MIN <= len(fault.neighbours) <= NEIGHBOURS_MAX:
        yield f": {len(fault.neighbours)} neighbours"
    if fault.is_sold and len(fault.tools) < TOOLS_MIN:
        yield f": only {len(fault.tools)} tools"
    if fault.is_sold and fault.kind != "service" and not fault.parts:
        yield ": no parts"
    for kind, ids in (
        ("tool", [tool.id for tool in fault.tools]),
        ("part", [need.part.id for need in fault.parts]),
        ("neighbour", list(fault.neighbours)),
    ):
        yield from (f": {kind} {id} is named twice" for id, count in Counter(ids).items() if count > 1)


def _in_hazards(fault: Fault) -> Iterator[str]:
    if not fault.hazards or ("none" in fault.hazards and len(fault.hazards) > 1):
        yield f": hazards {list(fault.hazards)} make no sense"
    for hazard in fault.hazards:
        for lang in Lang:
            safety = "\n".join(fault.text(lang).safety).lower()
            if not any(word in safety for word in _words()[hazard][lang]):
                yield f".{lang}: safety has no line for {hazard}"


def _at_odds(fault: Fault) -> Iterator[str]:
    """Find numbers that one language tells and the other does not, line by line."""
    for section in ("title", "diagnosis", *SECTIONS):
        ru, en = _lines(fault.ru, section), _lines(fault.en, section)
        for place, (line_ru, line_en) in enumerate(zip(ru, en, strict=False), 1):
            for problem in numbers_at_odds(line_ru, line_en):
                yield f": {section} {place}: {problem}"


def numbers_at_odds(ru: str, en: str) -> Iterator[str]:
    """Return a sentence for each number that only one of two equal lines has."""
    in_ru, in_en = _numbers(ru, Lang.RU), _numbers(en, Lang.EN)
    yield from (f"{number} is in ru alone" for number in sorted(in_ru - in_en))
    yield from (f"{number} is in en alone" for number in sorted(in_en - in_ru))


def _in_gas(fault: Fault) -> Iterator[str]:
    """What only the gas service does is never sold: the entry says whom to call, and mends nothing."""
    if fault.is_sold:
        return
    if fault.parts:
        yield ": the gas service brings its own parts"
    for lang in Lang:
        text = fault.text(lang)
        everything = " ".join((*text.steps, *text.safety))
        if not all(number in everything for number in GAS_NUMBERS):
            yield f".{lang}: does not say to call {' or '.join(GAS_NUMBERS)}"
        for step in text.steps:
            if _REPAIR[lang].match(step):
                yield f".{lang}: a step mends gas: {step}"


def _titles_told_twice(library: Library) -> Iterator[str]:
    for lang in Lang:
        titles = Counter(fault.text(lang).title.lower() for fault in library.faults())
        yield from (f"{lang}: two entries are called {title}" for title, n in titles.items() if n > 1)


def _in_lists(library: Library) -> Iterator[str]:
    """Find things without a name or a price, and things that no entry names."""
    for trade, tools in library.lists.tools.items():
        used = {
            tool.id for fault in library.faults() for tool in fault.tools if trade in (COMMON, fault.trade)
        }
        yield from _things(f"tools/{trade}", tools, used)
    for trade, parts in library.lists.parts.items():
        needed = {need.part.id for fault in library.faults() if fault.trade == trade for need in fault.parts}
        yield from _things(f"parts/{trade}", parts, needed)
        yield from (
            f"parts/{trade}: {part.id} has no price" for part in parts.values() if not part.price_minor
        )


def _things(
    place: str, things: Mapping[str, Tool] | Mapping[str, Part], used: Iterable[str]
) -> Iterator[str]:
    for thing in things.values():
        if not thing.ru.strip() or not thing.en.strip():
            yield f"{place}: {thing.id} has no name"
        for problem in numbers_at_odds(thing.ru, thing.en):
            yield f"{place}: {thing.id}: {problem}"
    yield from (f"{place}: no entry names {thing}" for thing in things if thing not in set(used))


def _lines(text: FaultText, section: str) -> tuple[str, ...]:
    value: str | tuple[str, ...] = getattr(text, section)
    return (value,) if isinstance(value, str) else value


def _numbers(line: str, lang: Lang) -> frozenset[str]:
    """Return the numbers of a line, with a point before the fraction and nothing between thousands."""
    line = _THOUSANDS.sub("", line)
    if lang is Lang.EN:
        line = _ENGLISH_THOUSANDS.sub("", line)
    return frozenset(number.replace(",", ".") for number in _NUMBER.findall(line))


@cache
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((files("core.library") / "hazards.toml").read_text("utf-8"))
