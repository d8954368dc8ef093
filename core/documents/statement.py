"""A master's statement for a span of days: as PDF for him, as CSV for his bookkeeping."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from core.documents import layout
from core.documents.layout import INNER, RULE, SHADE, print_pages, words
from core.documents.words import say
from core.kernel.money import Money
from core.paper import Printed, Statement, StatementLine
from core.text import facts as told

_COLUMNS = ("day", "job", "method", "amount", "fee", "commission", "earned", "change")
_WIDTHS = (18, 46, 18, 20, 17, 21, 20, 18)  # mm; together the width of the page
_FIRST_MONEY = 3
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take it for a formula


def print_statement(statement: Statement) -> Printed:
    """Set a statement in type."""
    lang = statement.lang
    title = say(lang, "paper-statement", first=_day(statement.first), last=_day(statement.last))
    story: list[Flowable] = [
        words(statement.master, "title"),
        words(title, "bold"),
        Spacer(1, 6),
        _summary(statement),
        Spacer(1, 8),
        _lines(statement) if statement.lines else words(say(lang, "paper-statement-empty")),
        Spacer(1, 6),
        words(say(lang, "paper-statement-note"), "note"),
    ]
    return print_pages(story, title=title, head=f"{statement.master} · {title}", lang=lang)


def statement_csv(statement: Statement) -> bytes:
    """Write a statement as Russian Excel opens it: UTF-8 with BOM, semicolons, decimal commas.

    The first line names the columns; the opening and the closing balance are lines of their own.
    """
    lang = statement.lang
    out = StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow([say(lang, f"paper-column-{name}") for name in (*_COLUMNS, "what")])
    rows.writerow(_balance(statement.first, "opening", statement.opening, lang))
    for line in statement.lines:
        money = (line.amount, line.fee, line.commission, line.earned, line.change)
        rows.writerow(
            [
                _day(line.day),
                _safe(line.number),
                _method(line, lang),
                *(_figures(amount) for amount in money),
                _safe(line.what),
            ]
        )
    rows.writerow(_balance(statement.last, "closing", statement.closing, lang))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _summary(statement: Statement) -> Table:
    lang = statement.lang
    sums = {
        "opening": statement.opening,
        "earned": statement.earned,
        "cash": statement.cash_taken,
        "payouts": statement.moved("payout"),
        "refunds": statement.moved("refund"),
        "closing": statement.closing,
    }
    strong = ("opening", "closing")
    cells = [
        [
            words(say(lang, f"paper-statement-{name}"), "bold" if name in strong else "body"),
            words(told.money(amount), "total" if name in strong else "amount"),
        ]
        for name, amount in sums.items()
    ]
    table = Table(cells, colWidths=[90 * mm, 40 * mm], hAlign="LEFT")
    table.setStyle(
        [
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5),
            ("LINEABOVE", (0, -1), (-1, -1), 0.8, layout.INK),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, layout.INK),
        ]
    )
    return table


def _lines(statement: Statement) -> Table:
    lang = statement.lang
    head = [
        words(say(lang, f"paper-column-{name}"), "column" if at < _FIRST_MONEY else "column-right")
        for at, name in enumerate(_COLUMNS)
    ]
    table = Table(
        [head, *(_cells(line, lang) for line in statement.lines)],
        colWidths=[wide * INNER / sum(_WIDTHS) for wide in _WIDTHS],
        repeatRows=1,
        splitInRow=1,
    )
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 1.5),
            ("RIGHTPADDING", (0, 0), (-1, -1), 1.5),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, layout.INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ]
    )
    return table


def _cells(line: StatementLine, lang: str) -> Iterator[Flowable]:
    money = (line.amount, line.fee, line.commission, line.earned, line.change)
    what = " · ".join(part for part in (line.number, line.what) if part)
    yield words(_day(line.day), "cell")
    yield words(what, "cell")
    yield words(_method(line, lang), "cell")
    yield from (words("" if amount is None else told.money(amount), "cell-right") for amount in money)


def _method(line: StatementLine, lang: str) -> str:
    return say(lang, f"paper-method-{line.method}") if line.method else say(lang, f"paper-kind-{line.kind}")


def _balance(day: date, name: str, amount: Money, lang: str) -> list[str]:
    return [_day(day), "", say(lang, f"paper-statement-{name}"), "", "", "", "", _figures(amount), ""]


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _figures(amount: Money | None) -> str:
    if amount is None:
        return ""
    whole, rest = divmod(abs(amount.minor), 100)
    return f"{'-' if amount.minor < 0 else ''}{whole},{rest:02d}"


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text
