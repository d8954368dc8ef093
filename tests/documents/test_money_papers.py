"""A master's statement and a client's receipt."""

import csv
from datetime import date
from io import StringIO

import pytest

from core.documents.receipt import print_receipt
from core.documents.statement import print_statement, statement_csv
from core.kernel.money import Currency, Money
from core.paper import Receipt, Statement, StatementLine
from core.text.catalogue import LANGUAGES
from tests.documents import pdf


def rub(minor: int) -> Money:
    return Money(minor, Currency.RUB)


def a_job_line(day: int, method: str, **values: object) -> StatementLine:
    change = rub(220_500) if method != "cash" else rub(-79_500)
    told = {"kind": "job", "number": f"К-{4_000 + day}", "what": "Розетка искрит", "change": change}
    money = {"amount": rub(300_000), "fee": rub(6_000), "commission": rub(73_500), "earned": rub(220_500)}
    return StatementLine(day=date(2026, 3, day), **{**told, **money, "method": method, **values})  # type: ignore[arg-type]


def a_statement(lang: str = "ru", *more: StatementLine) -> Statement:
    payout = StatementLine(date(2026, 3, 6), "payout", "", "На карту", rub(-100_000))
    refund = StatementLine(date(2026, 3, 7), "refund", "К-4001", "Вернули клиенту", rub(-50_000))
    lines = (a_job_line(1, "card"), a_job_line(2, "cash"), a_job_line(3, "sbp"), payout, refund, *more)
    return Statement("Пётр Ильин", lang, date(2026, 3, 1), date(2026, 3, 31), rub(10_000), lines)


def test_the_closing_balance_is_the_opening_one_and_every_change() -> None:
    statement = a_statement()
    assert statement.closing == rub(10_000 + 2 * 220_500 - 79_500 - 100_000 - 50_000)
    assert statement.earned == rub(3 * 220_500)
    assert statement.cash_taken == rub(300_000)
    assert (statement.moved("payout"), statement.moved("refund")) == (rub(-100_000), rub(-50_000))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_statement_shows_every_line_and_the_balances(lang: str) -> None:
    words = pdf.text(print_statement(a_statement(lang)).content)
    for shown in ("Пётр Ильин", "К-4001", "К-4003", "3 000 ₽", "735 ₽", "−795 ₽", "100 ₽", "2 215 ₽"):
        assert shown in words, shown
    assert ("СБП" if lang == "ru" else "SBP") in words


def test_a_long_statement_goes_on_over_pages_under_the_same_columns() -> None:
    found = pdf.pages(
        print_statement(a_statement("ru", *(a_job_line(n % 28 + 1, "card") for n in range(120)))).content
    )
    assert len(found) > 2
    assert all("Эквайринг" in page for page in found[:-1])


def test_a_statement_of_quiet_days_says_so() -> None:
    quiet = Statement("Пётр", "ru", date(2026, 3, 1), date(2026, 3, 2), rub(0), ())
    assert "движений не было" in pdf.text(print_statement(quiet).content)


def test_a_spreadsheet_opens_the_csv() -> None:
    risky = a_job_line(4, "card", what='=1+1;"x"')
    content = statement_csv(a_statement("ru", risky))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0][0] == "Дата"
    assert len({len(row) for row in rows}) == 1
    assert rows[1][7] == "100,00"
    assert rows[2][:8] == [
        "01.03.2026",
        "К-4001",
        "карта",
        "3000,00",
        "60,00",
        "735,00",
        "2205,00",
        "2205,00",
    ]
    assert rows[3][7] == "-795,00"
    assert rows[-2][8] == '\'=1+1;"x"'
    assert rows[-1][2] == "Остаток на конец"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_receipt_leads_to_the_fiscal_one(lang: str) -> None:
    fiscal = "https://ofd.example/чек/1"
    receipt = Receipt("К-4827", lang, "Розетка искрит", "2 марта, 14:00", rub(300_000), "sbp", "Пётр", fiscal)
    content = print_receipt(receipt).content
    words = pdf.text(content)
    for shown in (
        "К-4827",
        "Розетка искрит",
        "2 марта, 14:00",
        "3 000 ₽",
        "Пётр",
        "СБП" if lang == "ru" else "SBP",
    ):
        assert shown in words
    assert pdf.links(content) == ["https://ofd.example/%D1%87%D0%B5%D0%BA/1"]


def test_a_receipt_without_a_fiscal_one_says_what_it_is_not() -> None:
    content = print_receipt(Receipt("К-1", "ru", "Кран", "вчера", rub(100), "cash")).content
    assert "не заменяет кассовый чек" in pdf.text(content)
    assert not pdf.links(content)
    assert "Мастер" not in pdf.text(content)
