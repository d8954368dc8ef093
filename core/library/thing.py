"""Things that a master brings: tools from a list of names, parts from a price list, each with an id."""

import tomllib
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from core.kernel.money import half_up
from core.meaning import Lang

_ONE = Decimal(1)


class Section(BaseModel):
    """A closed, frozen piece of the library: a misspelt key stops the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Unit(StrEnum):
    """What a price is for."""

    PIECE = "pc"
    METRE = "m"
    KILOGRAM = "kg"
    LITRE = "l"
    SET = "set"
    SQUARE_METRE = "m2"

    def name_in(self, lang: Lang) -> str:
        """Return the unit as people read it after an amount."""
        return _unit_names()[self][lang]


class Tool(Section):
    """A tool of the list `tools/<trade>.toml` or `tools/common.toml`."""

    id: str
    ru: str
    en: str

    def name(self, lang: Lang) -> str:
        """Return the tool's name in a language."""
        return self.ru if lang is Lang.RU else self.en


class Part(Section):
    """A part of the price list `parts/<trade>.toml`.

    Attributes:
        price_minor: Typical retail price of one unit in minor units (kopecks).
    """

    id: str
    ru: str
    en: str
    unit: Unit
    price_minor: int = Field(ge=0)

    def name(self, lang: Lang) -> str:
        """Return the part's name in a language."""
        return self.ru if lang is Lang.RU else self.en


class Need(Section):
    """How much of a part to bring.

    Attributes:
        count: Amount in the part's own unit.
        certain: Surely used in nearly every such visit. Only certain parts enter a price.
    """

    part: Part
    count: Decimal = Field(gt=0)
    certain: bool = False

    @property
    def price_minor(self) -> int:
        """Price of the whole amount in minor units."""
        return half_up(self.part.price_minor * Fraction(self.count))

    def amount(self, lang: Lang) -> str:
        """Return the amount as text, such as "3 м"; one piece or set needs none and gives ""."""
        if self.count == _ONE and self.part.unit in (Unit.PIECE, Unit.SET):
            return ""
        number = f"{self.count.normalize():f}"
        if lang is Lang.RU:
            number = number.replace(".", ",")
        return f"{number} {self.part.unit.name_in(lang)}"

    def line(self, lang: Lang) -> "PartLine":
        """Return what a master reads of it in a language."""
        return PartLine(
            name=self.part.name(lang),
            amount=self.amount(lang),
            price_minor=self.price_minor,
            certain=self.certain,
        )


class PartLine(Section):
    """One line of the list of parts in one language. Plain JSON inside.

    Attributes:
        amount: Amount with its unit as text; "" for one piece.
        price_minor: Price of the whole amount in minor units (kopecks).
        certain: Surely needed, so it is in the price.
    """

    name: str
    amount: str
    price_minor: int
    certain: bool

    @property
    def text(self) -> str:
        """The line as people read it: "Кабель ВВГнг(А)-LS 3×2,5 мм² — 3 м"."""
        return f"{self.name} — {self.amount}" if self.amount else self.name


@cache
def _unit_names() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("core.library") / "units.toml").read_text("utf-8"))
