"""One reply as a channel's messages: nothing lost, everything within limits, every choice in reach."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from channels.cutting import is_seen, length, shorten, split, tidy
from channels.layout import lay_out
from core.messages import Ask, Button, Limits, Paper, Reply

SLOTS = tuple(Button(f"завтра {hour}:00, 2 205 ₽", choice=f"slot:{hour}:1") for hour in range(9, 16))
PAY = Button("Оплатить", url="https://naryad.example/pay")
PHONE = Button("Отправить телефон", asks=Ask.CONTACT)
PLACE = Button("Отправить место", asks=Ask.LOCATION)
BILL = Paper("Чек.pdf", "application/pdf", b"%PDF-bill")
FILE = Paper("Заказ К-4827.pdf", "application/pdf", b"%PDF-file")
NO_BUTTONS = Limits(buttons=0, papers=False)
ANSWER = "Ответьте номером."
PEOPLE = "👨‍👩‍👧‍👦"
FLAG = "🇷🇺"
WAVE = "👋🏽"


def laid(text: str = "Когда удобно?", *, limits: Limits | None = None, **parts: Any) -> tuple[Reply, ...]:
    return lay_out(Reply(text, **parts), limits or Limits())


def labels(reply: Reply) -> list[str]:
    return [each.label for each in reply.buttons]


# What stays as it is


def test_a_reply_that_fits_is_one_message_as_it_was() -> None:
    reply = Reply("Когда удобно?", buttons=(*SLOTS, PAY, PHONE), spoken="Когда вам удобно?", papers=(BILL,))

    assert lay_out(reply, Limits()) == (reply,)


@pytest.mark.parametrize("text", ["", " \n ", "\u200d", "\x00", "\u200b \u2060"])
def test_what_says_nothing_is_no_message(text: str) -> None:
    assert laid(text) == ()


def test_buttons_alone_have_a_word_above_them() -> None:
    (message,) = laid("", buttons=SLOTS)

    assert message == Reply("Выберите:", buttons=SLOTS)


def test_the_language_and_what_is_said_aloud_stay() -> None:
    first, second = lay_out(
        Reply("One. " * 10 + "Two. " * 10, spoken="One, two.", lang="en"), Limits(text=60)
    )

    assert (first.spoken, second.spoken) == ("One, two.", "")
    assert first.lang == second.lang == "en"


# Long texts


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("Первый абзац здесь.\n\nВторой абзац.", 30, ["Первый абзац здесь.", "Второй абзац."]),
        ("Строка одна, длинная\nстрока другая", 25, ["Строка одна, длинная", "строка другая"]),
        ("Мастер придёт завтра. Ждите его дома.", 30, ["Мастер придёт завтра.", "Ждите его дома."]),
        ("Мастер придёт к вам завтра утром", 20, ["Мастер придёт к вам", "завтра утром"]),
        ("Всё вместе стоит 2 205 ₽", 20, ["Всё вместе стоит", "2 205 ₽"]),
        ("Всё вместе стоит 2\u00a0205\u00a0₽", 20, ["Всё вместе стоит", "2\u00a0205\u00a0₽"]),
        ("Работа займёт около 40 минут", 24, ["Работа займёт около", "40 минут"]),
        ("Ваша заявка теперь № 4827", 22, ["Ваша заявка теперь", "№ 4827"]),
        ("Ул. Ленина, д. 5, кв. 12 вечером", 24, ["Ул. Ленина, д. 5,", "кв. 12 вечером"]),
        ("Электрогидродинамический", 10, ["Электрогид", "родинамиче", "ский"]),
        (f"{PEOPLE}{PEOPLE}", 15, [PEOPLE, PEOPLE]),
        (FLAG * 3, 10, [FLAG * 2, FLAG]),
        (WAVE * 2, 6, [WAVE, WAVE]),
        ("e\u0301" * 3, 5, ["e\u0301" * 2, "e\u0301"]),
        ("жжж&amp;жжж", 6, ["жжж", "&amp;ж", "жж"]),
    ],
)
def test_a_long_text_is_split_where_it_reads_best(text: str, limit: int, pieces: Sequence[str]) -> None:
    assert [*split(text, limit)] == pieces


def test_buttons_stand_under_the_last_message_only() -> None:
    messages = laid("Слово. " * 100, buttons=SLOTS, limits=Limits(text=200))

    assert len(messages) > 2
    assert not any(each.buttons for each in messages[:-1])
    assert messages[-1].buttons == SLOTS


# Buttons


def test_a_label_that_is_too_long_keeps_its_number_and_is_listed_in_full() -> None:
    (message,) = laid(buttons=SLOTS[:2], limits=Limits(label=14))

    assert message.text == "Когда удобно?\n\n1 — завтра 9:00, 2 205 ₽\n2 — завтра 10:00, 2 205 ₽"
    assert labels(message) == ["1 — завтра…", "2 — завтра…"]
    assert [each.choice for each in message.buttons] == ["slot:9:1", "slot:10:1"]


def test_a_few_buttons_too_many_are_a_second_message() -> None:
    first, second = laid(buttons=SLOTS, limits=Limits(buttons=5))

    assert (first.text, first.buttons) == ("Когда удобно?", SLOTS[:5])
    assert (second.text, second.buttons) == ("Ещё варианты:", SLOTS[5:])


def test_far_too_many_buttons_are_numbered_and_links_stay() -> None:
    (message,) = laid(buttons=(*SLOTS, PAY), limits=Limits(buttons=3))

    assert "7 — завтра 15:00, 2 205 ₽" in message.text
    assert message.text.endswith(ANSWER)
    assert message.buttons == (PAY,)


def test_without_buttons_choices_are_numbered_and_the_rest_is_words() -> None:
    (message,) = laid(buttons=(SLOTS[0], PAY, SLOTS[1], PHONE, PLACE), limits=NO_BUTTONS)

    assert message == Reply(
        "Когда удобно?\n\n"
        "Оплатить: https://naryad.example/pay\n\n"
        "Телефон можно просто написать. Адрес можно просто написать.\n\n"
        "1 — завтра 9:00, 2 205 ₽\n2 — завтра 10:00, 2 205 ₽\n\n"
        f"{ANSWER}"
    )


def test_a_channel_that_cannot_ask_for_a_phone_asks_in_words() -> None:
    (message,) = laid("Ваш телефон?", buttons=(PHONE, PLACE), limits=Limits(asks=frozenset({Ask.LOCATION})))

    assert message == Reply("Ваш телефон?\n\nТелефон можно просто написать.", buttons=(PLACE,))


# Papers


def test_papers_go_one_by_one_after_the_text_and_buttons_last() -> None:
    first, second = laid("Готово.", buttons=(PAY,), papers=(BILL, FILE))

    assert first == Reply("Готово.", papers=(BILL,))
    assert second == Reply("", papers=(FILE,), buttons=(PAY,))


@pytest.mark.parametrize("limits", [Limits(caption=0), Limits(caption=6)])
def test_a_text_that_is_no_caption_goes_before_the_paper(limits: Limits) -> None:
    assert laid("Готово.", papers=(BILL,), limits=limits) == (Reply("Готово."), Reply("", papers=(BILL,)))


@pytest.mark.parametrize("limits", [NO_BUTTONS, Limits(paper_bytes=3)], ids=["no-files", "too-large"])
def test_a_paper_that_cannot_be_sent_is_a_link(limits: Limits) -> None:
    reply = Reply("Готово.", papers=(BILL, FILE))

    (message,) = lay_out(reply, limits, links=["https://naryad.example/b"])

    assert message == Reply(
        "Готово.\n\nЧек.pdf: https://naryad.example/b\n\nФайл «Заказ К-4827.pdf» сюда не отправить."
    )


# What always holds

WORDS = st.lists(
    st.one_of(
        st.sampled_from("абвгд .,!?\n\u00a0-0123456789₽№&;<>*_`"),
        st.sampled_from(["🏠", PEOPLE, FLAG, WAVE, "e\u0301", "שלום", "&amp;", "\ud83d", "\x00", "\r\n"]),
        st.characters(categories=("L", "M", "N", "P", "S", "Z", "C")),
        st.text(max_size=5),
    ),
    max_size=300,
).map("".join)
LABELS = st.text(
    alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1
).filter(is_seen)
BUTTONS = st.lists(
    st.one_of(
        st.builds(Button, LABELS, choice=st.uuids().map(str)),
        st.builds(Button, LABELS, url=st.just("https://naryad.example/x")),
        st.builds(Button, LABELS, asks=st.sampled_from(Ask)),
    ),
    max_size=25,
).map(tuple)
LIMITS = st.builds(
    Limits,
    text=st.integers(40, 200),
    caption=st.integers(0, 60),
    buttons=st.sampled_from([0, 1, 3, 10, 100]),
    label=st.integers(8, 30),
    asks=st.sampled_from([frozenset(Ask), frozenset({Ask.LOCATION}), frozenset()]),
    papers=st.booleans(),
)
PAPERS = st.lists(st.sampled_from([BILL, FILE]), max_size=3).map(tuple)


def letters(text: str) -> str:
    """Return what must survive any splitting."""
    return re.sub(r"[\s\u200b-\u200f\ufeff]", "", "".join(text.split()))


@settings(max_examples=150, deadline=None)
@given(text=WORDS, limit=st.integers(16, 120))
def test_splitting_loses_nothing_and_keeps_to_the_limit(text: str, limit: int) -> None:
    pieces = split(tidy(text), limit)

    assert all(0 < length(piece) <= limit for piece in pieces)
    assert all(is_seen(piece) and piece == piece.strip() for piece in pieces)
    kept = [each for each in tidy(text) if unicodedata.category(each)[0] not in "ZC"]
    assert [each for each in "".join(pieces) if unicodedata.category(each)[0] not in "ZC"] == kept
    "".join(pieces).encode()


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(st.text("абвгд🏠", min_size=1, max_size=12), min_size=1, max_size=60),
    limit=st.integers(24, 60),
)
def test_no_word_is_cut_that_fits(words: list[str], limit: int) -> None:
    pieces = split(" ".join(words), limit)

    assert " ".join(pieces).split() == words


@settings(max_examples=150, deadline=None)
@given(label=LABELS, limit=st.integers(3, 40))
def test_a_shortened_label_fits_and_begins_as_it_did(label: str, limit: int) -> None:
    line = tidy(label)
    short = shorten(line, limit)

    assert 0 < length(short) <= limit
    assert short == line or line.startswith(short.removesuffix("…"))


@settings(max_examples=200, deadline=None)
@given(text=WORDS, buttons=BUTTONS, papers=PAPERS, limits=LIMITS)
def test_every_message_is_within_limits_and_every_choice_in_reach(
    text: str, buttons: tuple[Button, ...], papers: tuple[Paper, ...], limits: Limits
) -> None:
    reply = Reply(text, buttons=buttons, papers=papers)

    messages = lay_out(reply, limits)

    for message in messages:
        assert length(message.text) <= (limits.caption if message.papers else limits.text)
        assert len(message.buttons) <= limits.buttons
        assert len(message.papers) <= (1 if limits.papers else 0)
        assert is_seen(message.text) or message.papers
        assert all(length(each.label) <= limits.label for each in message.buttons)
        assert all(each.asks is None or each.asks in limits.asks for each in message.buttons)
    assert [each for message in messages for each in message.papers] == (
        list(papers) if limits.papers else []
    )
    _assert_in_reach(reply, messages)


def _assert_in_reach(reply: Reply, messages: Sequence[Reply]) -> None:
    whole = letters("".join(each.text for each in messages))
    pressed = [each for message in messages for each in message.buttons]
    choices = [each for each in reply.buttons if each.choice]
    if {each.choice for each in choices} - {each.choice for each in pressed}:
        for number, each in enumerate(choices, 1):
            assert letters(f"{number} — {tidy(each.label)}") in whole
    for each in reply.buttons:
        assert not each.url or each.url in {button.url for button in pressed} or letters(each.url) in whole
