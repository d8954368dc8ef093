"""What goes on paper, as plain values: flows fill them from rows, `core.documents` makes PDFs of them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from core.kernel.money import Money


class Audience(StrEnum):
    """For whom a job file is made; each sees what he may.

    The client is not told what the master earns. An offered master is told no contact, house or flat,
    and nothing that was said, for people name themselves in it.
    """

    MASTER = "master"
    CLIENT = "client"
    OFFERED = "offered"

    @property
    def with_contact(self) -> bool:
        """Whether contact, house, flat and the talk are shown."""
        return self is not Audience.OFFERED

    @property
    def with_earnings(self) -> bool:
        """Whether it is said what the master gets."""
        return self is not Audience.CLIENT


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of a section that belong to one of several faults."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A part to bring: what, how much, and what it typically costs."""

    words: str
    amount: str
    price: str

    @property
    def text(self) -> str:
        """The same as one line."""
        return f"{self.words} — {self.amount}, {self.price}"


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a file: its name for programs, its title and lines for people.

    Attributes:
        groups: The same lines by fault, where a job has several; empty where it has one.
        items: The same lines taken apart, where they have amounts and prices.
        strong: Which lines are to be seen first: the phone, the house, the hour.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    is_mandatory: bool = True
    is_ordered: bool = False
    groups: tuple[Group, ...] = ()
    items: tuple[Item, ...] = ()
    strong: tuple[int, ...] = ()

    def view(self) -> dict[str, object]:
        """Show the section with what is in it."""
        shown = {**self.brief(), "lines": list(self.lines), "ordered": self.is_ordered}
        if self.groups:
            shown["groups"] = [{"title": group.title, "lines": list(group.lines)} for group in self.groups]
        return shown

    def brief(self) -> dict[str, object]:
        """Show the section without what is in it."""
        return {"name": self.name, "title": self.title, "filled": bool(self.lines)}


@dataclass(frozen=True, slots=True)
class Photo:
    """A client's photo: where it is kept, and what stands under it."""

    talk_id: str
    id: str
    caption: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A job file, ready to be set in type.

    Attributes:
        number: Such as `К-4827`.
        lang: Of everything on it: `ru` or `en`.
        title: What is broken, in a few words.
        when: The visit's start on the clock of the place, such as `пн 2 марта, 14:00`; empty if not set.
        badge: The urgency in one or two words.
        is_urgent: Whether the badge is to be seen from afar.
        page_url: Where the same is on the screen; the QR code leads there.
        sections: In the order of the file; empty ones are left out.
        faults: Ids of the fault library, for drawings.
    """

    number: str
    lang: str
    title: str
    when: str
    badge: str
    is_urgent: bool
    page_url: str
    sections: tuple[Section, ...]
    faults: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()

    def section(self, name: str) -> Section | None:
        """Return a section that has something in it."""
        return next((each for each in self.sections if each.name == name and each.lines), None)


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as bytes."""

    content: bytes
    pages: int
    type: str = "application/pdf"


LoadPhoto = Callable[[Photo], bytes]  # the file as it was sent; empty where there is none


def is_complete(sections: Collection[Section]) -> bool:
    """Tell whether no mandatory section is empty (A60)."""
    return not empty_sections(sections)


def empty_sections(sections: Collection[Section]) -> tuple[Section, ...]:
    """Return the mandatory sections with nothing in them (A60)."""
    return tuple(section for section in sections if section.is_mandatory and not section.lines)


# A master's statement and a client's receipt


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of a master's balance.

    Attributes:
        day: On the calendar of the place.
        kind: What moved it.
        number: Of the job, such as `К-4827`; empty where there is none.
        what: In a few words.
        change: What it adds to what we owe him; below zero, what it takes away. After cash that is
            the fee and the commission, for he has the rest in his hand.
        amount, fee, commission, earned: Of a job: what the client paid, and how it was divided.
        method: Of a job: how it was paid.
    """

    day: date
    kind: Literal["job", "payout", "refund", "debt", "other"]
    number: str
    what: str
    change: Money
    amount: Money | None = None
    fee: Money | None = None
    commission: Money | None = None
    earned: Money | None = None
    method: Literal["cash", "card", "sbp"] | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a master earned, got and owed from one day to another, both included."""

    master: str
    lang: str
    first: date
    last: date
    opening: Money
    lines: tuple[StatementLine, ...]

    @property
    def closing(self) -> Money:
        """The balance at the end: the opening one and every change."""
        return sum((line.change for line in self.lines), self.opening)

    @property
    def earned(self) -> Money:
        """What he earned by jobs."""
        return self._sum(line.earned for line in self.lines)

    @property
    def cash_taken(self) -> Money:
        """What clients gave into his hand."""
        return self._sum(line.amount for line in self.lines if line.method == "cash")

    def moved(self, kind: str) -> Money:
        """What movements of a kind changed."""
        return self._sum(line.change for line in self.lines if line.kind == kind)

    def _sum(self, amounts: Iterable[Money | None]) -> Money:
        return sum((each for each in amounts if each is not None), Money(0, self.opening.currency))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a client paid. It is no fiscal receipt; where there is one, it leads there.

    Attributes:
        when: On the clock of the place, in words.
        master: Who did it; empty if he has no name.
        fiscal_url: Where the fiscal receipt is, if it was made.
    """

    number: str
    lang: str
    title: str
    when: str
    amount: Money
    method: Literal["cash", "card", "sbp"]
    master: str = ""
    fiscal_url: str | None = None
