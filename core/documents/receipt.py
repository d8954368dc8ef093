"""A client's receipt as PDF. It says that it is no fiscal one, and leads to that where there is one."""

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from core.documents import blocks
from core.documents.layout import link, marked, print_pages, words
from core.documents.words import say
from core.paper import Printed, Receipt
from core.text import facts as told


def print_receipt(receipt: Receipt) -> Printed:
    """Set a receipt in type."""
    title = say(receipt.lang, "paper-receipt", number=receipt.number)
    return print_pages(list(_story(receipt, title)), title=title, head=title, lang=receipt.lang)


def _story(receipt: Receipt, title: str) -> Iterator[Flowable]:
    lang = receipt.lang
    yield words(title, "title")
    yield Spacer(1, 6)
    rows = {
        "what": (receipt.title, "body"),
        "when": (receipt.when, "body"),
        "master": (receipt.master, "body"),
        "amount": (told.money(receipt.amount), "large"),
        "method": (say(lang, f"paper-method-{receipt.method}"), "body"),
    }
    shown = {name: row for name, row in rows.items() if row[0]}
    yield blocks.facts([(say(lang, f"paper-receipt-{name}"), [words(*row)]) for name, row in shown.items()])
    yield Spacer(1, 10)
    if receipt.fiscal_url:
        yield words(say(lang, "paper-receipt-fiscal"), "bold")
        yield blocks.Code(receipt.fiscal_url, 32 * mm)
        yield Spacer(1, 4)
        yield marked(link(receipt.fiscal_url, receipt.fiscal_url), "note")
        yield Spacer(1, 6)
    yield words(say(lang, "paper-receipt-note"), "note")
