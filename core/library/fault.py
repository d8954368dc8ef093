"""What the library knows about one entry, and the part of it that a job file shows."""

from typing import Literal

from pydantic import Field, model_validator

from core.library.thing import Need, PartLine, Section, Tool
from core.meaning import Lang, Trade, Urgency

Kind = Literal["fault", "installation", "service"]  # something is broken, is fitted, is looked after
Difficulty = Literal["easy", "medium", "hard"]
Who = Literal["anyone", "qualified", "licensed", "gas_service"]  # who may do it; see `Fault.who`
Hazard = Literal[
    "electricity",
    "stored_charge",
    "water",
    "pressure",
    "hot_water",
    "sewage",
    "gas",
    "carbon_monoxide",
    "refrigerant",
    "fire",
    "height",
    "heavy",
    "glass",
    "sharp",
    "dust",
    "asbestos",
    "chemicals",
    "none",
]


class FaultText(Section):
    """Everything about an entry that is said in words, in one language; things have their own lists."""

    title: str
    symptoms: tuple[str, ...]
    diagnosis: str
    questions: tuple[str, ...]
    consumables: tuple[str, ...]
    steps: tuple[str, ...]
    safety: tuple[str, ...]
    checks: tuple[str, ...]


class Fault(Section):
    """One entry: what a client says of it, what it is, how it is mended, fitted or looked after.

    Attributes:
        version: Raised with every change of what the entry says.
        urgency: What holds while the client says nothing about it.
        who: `anyone`: any master of the trade; `qualified`: at home with live parts or pressure (in
            Russia electrical safety group III); `licensed`: only with a certificate we have seen;
            `gas_service`: the gas company alone, so it is never sold.
        hazards: What can hurt the master or the client, each with a line of safety.
        minutes_low: Shortest plausible duration of the work.
        minutes_high: Longest; this is what is booked.
        photo_decides: A picture shows how grave it is, so the client is asked for one.
        neighbours: Ids of entries that it is taken for.
        parts: What to bring, with amounts.
    """

    id: str
    trade: Trade
    kind: Kind
    version: int = Field(ge=1)
    urgency: Urgency
    who: Who
    risk: Literal["low", "medium", "high"]
    hazards: tuple[Hazard, ...]
    minutes_low: int = Field(gt=0)
    minutes_high: int = Field(gt=0)
    difficulty: Difficulty
    photo_decides: bool = False
    neighbours: tuple[str, ...]
    tools: tuple[Tool, ...]
    parts: tuple[Need, ...]
    ru: FaultText
    en: FaultText

    @model_validator(mode="after")
    def _durations_are_a_range(self) -> "Fault":
        if self.minutes_low > self.minutes_high:
            raise ValueError(f"{self.id}: minutes_low is above minutes_high")
        return self

    def text(self, lang: Lang) -> FaultText:
        """Return the words about this entry in a language."""
        return self.ru if lang is Lang.RU else self.en

    @property
    def parts_minor(self) -> int:
        """Price of the parts that are surely needed, in minor units."""
        return sum(need.price_minor for need in self.parts if need.certain)

    @property
    def is_sold(self) -> bool:
        """Whether we may send a master at all; gas is the gas company's."""
        return self.who != "gas_service"

    def instructions(self, lang: Lang) -> "Instructions":
        """Return what the job file says about this entry in a language."""
        words = self.text(lang)
        lines = tuple(need.line(lang) for need in self.parts)
        return Instructions(
            fault=self.id,
            kind=self.kind,
            version=self.version,
            lang=lang,
            title=words.title,
            diagnosis=words.diagnosis,
            questions=words.questions,
            tools=tuple(tool.name(lang) for tool in self.tools),
            consumables=words.consumables,
            parts=tuple(line.text for line in lines),
            part_lines=lines,
            steps=words.steps,
            safety=words.safety,
            checks=words.checks,
            hazards=self.hazards,
            minutes_low=self.minutes_low,
            minutes_high=self.minutes_high,
            difficulty=self.difficulty,
            who=self.who,
        )


class Instructions(Section):
    """A master's instructions for one entry in one language, ready for the job file. Plain JSON inside.

    Attributes:
        parts: The parts as lines to read.
        part_lines: The same parts in the same order, taken apart: name, amount, price, certainty.
    """

    fault: str
    kind: Kind
    version: int
    lang: Lang
    title: str
    diagnosis: str
    questions: tuple[str, ...]
    tools: tuple[str, ...]
    consumables: tuple[str, ...]
    parts: tuple[str, ...]
    part_lines: tuple[PartLine, ...]
    steps: tuple[str, ...]
    safety: tuple[str, ...]
    checks: tuple[str, ...]
    hazards: tuple[Hazard, ...]
    minutes_low: int
    minutes_high: int
    difficulty: Difficulty
    who: Who
