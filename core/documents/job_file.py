"""The job file as PDF (A61, A134): the first page for the door, then what to take, the work, the talk."""

import re
from collections.abc import Iterator, Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from core.documents import blocks, drawings
from core.documents.blocks import Badge, Code
from core.documents.drawings.figure import Figure
from core.documents.fonts import has_unknown, printable
from core.documents.layout import INNER, marked, markup, print_pages, words
from core.documents.photos import PhotoRefused, Shrunk, shrink
from core.documents.words import say
from core.paper import LoadPhoto, Paper, Photo, Printed, Section

VERSION = 1  # raised with every change of how a sheet looks: files that are kept are made anew

_DOOR = ("time", "address", "client", "diagnosis", "price")
_TICKED = ("tools", "consumables", "parts")
_CODE_SIDE = 27 * mm
_PAGE = re.compile(rb"/Type /Page\b")


def no_photo(photo: Photo) -> bytes:
    """Load no photo."""
    del photo
    return b""


def print_job_file(paper: Paper, *, load: LoadPhoto = no_photo) -> Printed:
    """Set a job file in type. Equal input gives equal bytes.

    Args:
        load: Returns a photo's file; one that is missing or broken becomes a line that says so.
    """
    story = [
        *_top(paper),
        *_door(paper),
        *_lists(paper),
        *_safety(paper),
        *_work(paper),
        *_drawings(paper),
        *_checks(paper),
        *_photos(paper, load),
        *_rest(paper),
    ]
    sheet = say(paper.lang, "paper-sheet", number=paper.number)
    head = " · ".join(part for part in (sheet, paper.when, paper.title) if part)
    return print_pages(story, title=sheet, head=head, lang=paper.lang, subject=printable(paper.title))


def count_pages(content: bytes) -> int:
    """Return how many pages a file of ours has."""
    return len(_PAGE.findall(content))


def _top(paper: Paper) -> Iterator[Flowable]:
    left: list[Flowable] = [
        words(paper.number, "number"),
        Spacer(1, 4),
        words(paper.title, "title"),
        Spacer(1, 3),
        Badge(paper.badge, is_filled=paper.is_urgent),
    ]
    code = [Code(paper.page_url, _CODE_SIDE), Spacer(1, 2), words(say(paper.lang, "paper-code"), "note")]
    table = Table([[left, code]], colWidths=[INNER - _CODE_SIDE - 3 * mm, _CODE_SIDE + 3 * mm], splitInRow=1)
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, 0), 0),
            ("LEFTPADDING", (1, 0), (1, 0), 3 * mm),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
        ]
    )
    yield table


def _door(paper: Paper) -> Iterator[Flowable]:
    found = [section for name in _DOOR if (section := paper.section(name))]
    if found:
        yield blocks.facts([(section.title, _values(section)) for section in found])


def _values(section: Section) -> list[Paragraph]:
    return [
        words(line, "large" if number in section.strong else "body")
        for number, line in enumerate(section.lines)
    ]


def _lists(paper: Paper) -> Iterator[Flowable]:
    for section in (paper.section(name) for name in _TICKED):
        if section is not None:
            yield from blocks.heading(section.title)
            is_priced = bool(section.items)
            yield from blocks.shopping(section.items) if is_priced else blocks.columns_of_ticks(section.lines)


def _safety(paper: Paper) -> Iterator[Flowable]:
    if section := paper.section("safety"):
        yield from blocks.framed(section.title, [words(line, "point", bullet="•") for line in section.lines])


def _work(paper: Paper) -> Iterator[Flowable]:
    section = paper.section("steps")
    if section is None:
        return
    yield from blocks.heading(section.title)
    if not section.groups:
        yield from blocks.steps(section.lines)
    for group in section.groups:
        yield from blocks.subheading(group.title)
        yield from blocks.steps(group.lines)


def _checks(paper: Paper) -> Iterator[Flowable]:
    if section := paper.section("checks"):
        yield from blocks.heading(section.title)
        yield from blocks.ticks(section.lines)


def _drawings(paper: Paper) -> Iterator[Flowable]:
    for name in drawings.names_for(paper.faults):
        yield from blocks.drawn(
            drawings.title(name, paper.lang), Figure(drawings.sketch_of(name, paper.lang))
        )


def _photos(paper: Paper, load: LoadPhoto) -> Iterator[Flowable]:
    if not paper.photos:
        return
    yield from blocks.heading(say(paper.lang, "paper-photos"))
    shown: list[tuple[Shrunk, str]] = []
    refused: list[str] = []
    for photo in paper.photos:
        try:
            shown.append((shrink(load(photo)), photo.caption))
        except PhotoRefused as why:
            refused.append(say(paper.lang, f"paper-photo-{why}", photo=photo.caption))
    yield from blocks.photo_rows(shown)
    yield from (words(line) for line in refused)


def _rest(paper: Paper) -> Iterator[Flowable]:
    if media := paper.section("media"):
        yield from blocks.heading(media.title)
        yield from (words(line) for line in media.lines)
    if talk := paper.section("transcript"):
        yield from blocks.heading(talk.title)
        if _is_any_unknown(paper.sections):
            yield words(say(paper.lang, "paper-unknown-letters"), "note")
        yield from (_said(line) for line in talk.lines)


def _said(line: str) -> Paragraph:
    """Set one thing said, its speaker in bold."""
    who, colon, what = line.partition(": ")
    return marked(f"<b>{markup(who)}:</b> {markup(what)}" if colon else markup(line), "small")


def _is_any_unknown(sections: Sequence[Section]) -> bool:
    return any(has_unknown(line) for section in sections for line in section.lines)
