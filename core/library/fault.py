"""What the library knows about one fault, and the part of it that a job file shows."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.meaning import Lang, Trade, Urgency

Difficulty = Literal["easy", "medium", "hard"]
Who = Literal["anyone", "qualified", "licensed"]  # who may do it; see `Fault.who`


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Section):
    """Something to buy or bring.

    Attributes:
        price_minor: Typical price in minor units (kopecks).
        certain: Surely needed. Only certain parts enter a price.
    """

    ru: str
    en: str
    price_minor: int = Field(ge=0)
    certain: bool = False

    def name(self, lang: Lang) -> str:
        """Return the part's name in a language."""
        return self.ru if lang is Lang.RU else self.en


class FaultText(_Section):
    """Everything about a fault that is said in words, in one language."""

    title: str
    symptoms: tuple[str, ...]
    diagnosis: str
    questions: tuple[str, ...]
    tools: tuple[str, ...]
    consumables: tuple[str, ...]
    steps: tuple[str, ...]
    safety: tuple[str, ...]
    checks: tuple[str, ...]


class Fault(_Section):
    """One fault: what a client says of it, what it is, how it is mended.

    Attributes:
        urgency: What holds while the client says nothing about it.
        who: `anyone`: any master of the trade; `qualified`: at home with live parts (in Russia
            electrical safety group III); `licensed`: only with a certificate we have seen.
        minutes_low: Shortest plausible duration of the work.
        minutes_high: Longest; this is what is booked.
        photo_decides: A picture shows how grave it is, so the client is asked for one.
    """

    id: str
    trade: Trade
    urgency: Urgency
    who: Who
    risk: Literal["low", "medium", "high"]
    minutes_low: int = Field(gt=0)
    minutes_high: int = Field(gt=0)
    difficulty: Difficulty
    photo_decides: bool = False
    parts: tuple[Part, ...]
    ru: FaultText
    en: FaultText

    @model_validator(mode="after")
    def _durations_are_a_range(self) -> "Fault":
        if self.minutes_low > self.minutes_high:
            raise ValueError(f"{self.id}: minutes_low is above minutes_high")
        return self

    def text(self, lang: Lang) -> FaultText:
        """Return the words about this fault in a language."""
        return self.ru if lang is Lang.RU else self.en

    @property
    def parts_minor(self) -> int:
        """Price of the parts that are surely needed, in minor units."""
        return sum(part.price_minor for part in self.parts if part.certain)

    def instructions(self, lang: Lang) -> "Instructions":
        """Return what the job file says about this fault in a language."""
        words = self.text(lang)
        return Instructions(
            fault=self.id,
            lang=lang,
            title=words.title,
            diagnosis=words.diagnosis,
            questions=words.questions,
            tools=words.tools,
            consumables=words.consumables,
            parts=tuple(part.name(lang) for part in self.parts),
            steps=words.steps,
            safety=words.safety,
            checks=words.checks,
            minutes_low=self.minutes_low,
            minutes_high=self.minutes_high,
            difficulty=self.difficulty,
            who=self.who,
        )


class Instructions(_Section):
    """A master's instructions for one fault in one language, ready for the job file. Plain JSON inside."""

    fault: str
    lang: Lang
    title: str
    diagnosis: str
    questions: tuple[str, ...]
    tools: tuple[str, ...]
    consumables: tuple[str, ...]
    parts: tuple[str, ...]
    steps: tuple[str, ...]
    safety: tuple[str, ...]
    checks: tuple[str, ...]
    minutes_low: int
    minutes_high: int
    difficulty: Difficulty
    who: Who
