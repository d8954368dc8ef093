"""Say what is missing in the fault library; `naryad library lint` prints it."""

from collections.abc import Iterator

from core.library.fault import Fault, FaultText
from core.library.library import Library
from core.meaning import Lang

SECTIONS = ("symptoms", "questions", "consumables", "steps", "safety", "checks")
STEPS_MIN = 4
SENTENCE_MIN = 10  # characters; shorter is not an instruction


def lint(library: Library) -> tuple[str, ...]:
    """Return a sentence for each thing that makes a fault incomplete; none means complete."""
    return tuple(problem for fault in library.faults() for problem in _problems(fault))


def _problems(fault: Fault) -> Iterator[str]:
    for lang in Lang:
        text = fault.text(lang)
        yield from (f"{fault.id}.{lang}: {problem}" for problem in _in_text(text))
    for section in SECTIONS:
        count_ru, count_en = len(getattr(fault.ru, section)), len(getattr(fault.en, section))
        if count_ru != count_en:
            yield f"{fault.id}: {section} has {count_ru} in ru and {count_en} in en"
    if not fault.parts:
        yield f"{fault.id}: no parts"
    for need in fault.parts:
        if not need.part.ru.strip() or not need.part.en.strip():
            yield f"{fault.id}: a part has no name"
        if not need.part.price_minor:
            yield f"{fault.id}: {need.part.en} has no price"


def _in_text(text: FaultText) -> Iterator[str]:
    for name in ("title", "diagnosis"):
        if not getattr(text, name).strip():
            yield f"{name} is empty"
    for section in SECTIONS:
        lines: tuple[str, ...] = getattr(text, section)
        if not lines:
            yield f"{section} is empty"
        if any(len(line.strip()) < SENTENCE_MIN for line in lines):
            yield f"{section} has a line that says nothing"
        if len(set(lines)) < len(lines):
            yield f"{section} says something twice"
    if len(text.steps) < STEPS_MIN:
        yield f"only {len(text.steps)} steps"
