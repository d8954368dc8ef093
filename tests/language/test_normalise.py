"""Sloppy texts become readable."""

import pytest

from core.language.jobs.typos import Typos
from core.language.normalise import normalise


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ghbdtn", "привет"),
        ("cdtn yt ujhbn", "свет не горит"),
        ("vyklyuchatel ne rabotaet", "выключатель не работает"),
        ("рудз ьу", "help me"),
        ("сееейчас", "сейчас"),
        ("пoчтa", "почта"),  # Latin o and a
        ("заватра", "завтра"),
        ("ро\u200bзетка 🔥", "розетка"),
    ],
)
def test_a_text_is_made_readable(written: str, plain: str) -> None:
    assert normalise(written, None).plain == plain


@pytest.mark.parametrize(
    "text", ["The socket is dead", "John Smith", "ok", "hi", "Kaliningrad, Gorky street 10"]
)
def test_english_stays_english(text: str) -> None:
    assert normalise(text, None).plain == text


@pytest.mark.parametrize("text", ["ул. Багратиона 12", "Шота Руставели", "Алёна", "ООО Ромашка", "выкл"])
def test_russian_stays_russian(text: str) -> None:
    assert normalise(text, None).plain == text


def test_contractions_are_two_words() -> None:
    assert [token.text for token in normalise("it doesn't work, cant wait", None).tokens] == [
        "it", "does", "not", "work", "can", "not", "wait",
    ]  # fmt: skip


def test_positions_agree_between_cases() -> None:
    text = normalise("İstanbul ЁЛКА Розетка", None)

    assert len(text.plain) == len(text.lower)
    assert text.plain[text.tokens[-1].start :] == "Розетка"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("разетка", "розетка"),
        ("выключятель", "выключатель"),
        ("люстара", "люстра"),
        ("халадильник", "холодильник"),
    ],
)
def test_a_misspelt_word_is_guessed(written: str, meant: str) -> None:
    mended, is_guess = Typos(["розетка", "выключатель", "люстра", "холодильник"]).mend(
        normalise(written, None)
    )

    assert is_guess
    assert meant in mended.tokens[0].lemmas


@pytest.mark.parametrize(
    "word", ["экран", "посудомойка", "сколько", "сейчас", "соответственно", "оптоволокно"]
)
def test_a_word_that_exists_is_never_corrected(word: str) -> None:
    _, is_guess = Typos(["кран", "мойка", "скол", "час", "окно"]).mend(normalise(word, None))

    assert not is_guess
