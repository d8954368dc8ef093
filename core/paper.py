"""What goes on paper, as plain values: flows fill them from rows, `core.documents` makes PDFs of them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum


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
