"""Every wording of every text, with real facts, as a tired person would read and hear it."""

import re
from collections.abc import Iterable, Iterator

import pytest

from core.text.catalogue import LANGUAGES
from tests.text.samples import MESSAGES, renderings

WORDS_MAX = 25  # in one sentence
WORDS_IN_PANIC_MAX = 15
CHARACTERS_MAX = 350
BUTTON_MAX = 24
PITIED_MAX = 2  # texts

FOR_PROGRAMS = (  # and for paper and pages
    *("web-", "file-", "paper-", "page-", "library-"),
    *("receipt-work", "payout-for", "refusal-KeyReused"),
)
PARTS = (  # of another text, or lines below one another
    *(
        "status-",
        "price-",
        "client-stars-",
        "master-stars-",
        "client-noted-",
        "master-known-",
        "master-hours-run",
    ),
    *("client-breakdown-line", "client-fault-button", "client-slot-button", "job-address", "master-unnamed"),
    *("master-hours-day", "master-hours-off", "master-which-", "master-job-card", "master-job-line"),
    *("master-job-short", "master-jobs", "talk-owner-says", "master-offer", "master-accepted"),
    *("master-terminal-link", "owner-person", "master-job-corrected"),
    *(
        "client-trade-button",
        "client-fault-else",
        "client-visit-line",
        "client-price-job",
        "client-which-",
        "client-status-line",
    ),
)
# Texts that are labels of buttons themselves; the name of a fault is as long as it is.
ON_BUTTONS = (
    "client-slot-button",
    "master-which-accept",
    "master-which-decline",
    "client-stars-",
    "master-stars-",
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Words of an office: in Russian by their beginnings, in English whole.
OFFICE = {
    "ru": _words("""
    осуществ произвед данный данная данное данной данного данному является являются согласно уведом
    надлежащ необходимо заполн обращени оператор пользовател сформирован невозможно воспользу
    предостав приносим извинения запрос форма формы форму анкет статус вилк квитанц регламент
    корректн актуальн
    """),
    "en": _words("""
    pursuant kindly hereby inconvenience regarding customer user submit utilise utilize form forms
    prior ticket unfortunately dear provide assist commence purchase valued
    """),
}
# What only an eye can follow and only a hand can do.
FOR_THE_EYE = {
    "ru": ("нажм", "кнопк", "ниже", "пришлите", "переписку"),
    "en": (r"tap\b", "button", "below", r"press\b", r"write\b", "send a photo", "this chat"),
}
PITY = {"ru": "к сожалению", "en": "unfortunately|sorry"}
FAMILIAR = _words("ты тебя тебе твой твоя твоё твои твоего скажи пришли выбери назови")

HOLES = re.compile(r"  | [.,:;!?](?:\s|$)|\bNone\b|\{|\}|\.\.|,,|, ?\.|: ?[.,;]|\(\)|«»|“”")
MIXED_LETTERS = re.compile(r"[a-z][а-яё]|[а-яё][a-z]", re.IGNORECASE)
UNSPEAKABLE = re.compile(r"[\d₽₸%@#/()\[\]«»“”•★·–\n]|https?:")
SHORTENED = re.compile(r"\b(?:кв|корп|стр|руб|мин|тел|ул)\.|\bч\b|\bмин\b|\bmin\b")


def _names(lang: str) -> list[str]:
    return [name for name in MESSAGES[lang] if not name.startswith(FOR_PROGRAMS)]


def _is_part(name: str) -> bool:
    return name.startswith(PARTS)


def _sentences(text: str) -> Iterator[str]:
    """Yield what is said in one breath: up to a stop, a colon or the end of a line."""
    parts = re.split(r"(?<!\bкв)(?<!\bкорп)(?<!\bстр)[.!?:]+(?=\s|$)|\n", text)
    yield from (part for part in parts if part.strip())


def _begin(text: str, roots: Iterable[str], *, whole: bool = False) -> list[str]:
    """Return the roots that a word of the text begins with, or is."""
    end = r"\b" if whole else ""
    return [root for root in roots if re.search(rf"\b{root}{end}", text, re.IGNORECASE)]


ALL = [(lang, name) for lang in LANGUAGES for name in _names(lang)]


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_every_branch_of_a_text_is_whole(lang: str, name: str) -> None:
    for said in renderings(name, lang):
        for words in (said.text, said.spoken):
            assert words
            assert words == words.strip()
            assert not HOLES.search(words), words
            assert not MIXED_LETTERS.search(words), words
            assert "none" not in words or lang == "en", words
            assert not {'"', "'"} & set(words), f"straight quote: {words}"
        assert len(said.text) <= CHARACTERS_MAX, f"{len(said.text)}: {said.text}"
        assert said.text.count("!") <= 1, said.text


@pytest.mark.parametrize(("lang", "name"), [(lang, name) for lang, name in ALL if not _is_part(name)])
def test_a_text_is_sentences(lang: str, name: str) -> None:
    for said in renderings(name, lang):
        assert said.text[0].isupper() or said.text[0].isdigit()
        assert said.text[-1] in ".?!:" or "https://" in said.text or "\n" in said.text, said.text


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_a_sentence_is_short_enough_to_say(lang: str, name: str) -> None:
    for said in renderings(name, lang):
        assert not [each for each in _sentences(said.text) if len(each.split()) > WORDS_MAX]


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_nobody_is_spoken_to_like_an_office(lang: str, name: str) -> None:
    for said in renderings(name, lang):
        assert not _begin(said.text, OFFICE[lang], whole=lang == "en"), said.text
        assert not _begin(said.text, FAMILIAR, whole=True), said.text


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_a_voice_has_nothing_to_stumble_over(lang: str, name: str) -> None:
    for said in renderings(name, lang):
        assert not UNSPEAKABLE.search(said.spoken), said.spoken
        assert not SHORTENED.search(said.spoken), said.spoken
        assert not _begin(said.spoken, FOR_THE_EYE[lang]), said.spoken


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_a_button_fits_a_narrow_screen(lang: str, name: str) -> None:
    for said in renderings(name, lang):
        labels = [*said.labels.values(), *([said.text] if name.startswith(ON_BUTTONS) else [])]
        assert all(0 < len(label) <= BUTTON_MAX for label in labels), labels


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pity_is_rare(lang: str) -> None:
    texts = (" ".join(said.text for said in renderings(name, lang)).lower() for name in _names(lang))
    assert sum(bool(re.search(PITY[lang], text)) for text in texts) <= PITIED_MAX


DANGERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("danger-gas", "ru"): ("не включайте", "огонь", "окна", "перекройте газ", "выходите", "104", "112"),
    ("danger-gas", "en"): ("not switch", "flames", "windows", "gas off", "out", "104", "112"),
    ("danger-co", "ru"): ("свежий воздух", "112"),
    ("danger-co", "en"): ("fresh air", "112"),
    ("danger-fire", "ru"): ("Выходите", "112", "Водой проводку не тушите"),
    ("danger-fire", "en"): ("everyone out", "112", "No water on wiring"),
    ("danger-electric_shock", "ru"): ("Не прикасайтесь", "Выключите автомат", "112"),
    ("danger-electric_shock", "en"): ("Do not touch", "Switch off the breaker", "112"),
    ("danger-flood", "ru"): ("Перекройте воду", "электричество"),
    ("danger-flood", "en"): ("water off", "switch off the power"),
}
FIRST_WORDS = {"ru": r"(?:Ничего не|Не|Выходите|Перекройте)\b", "en": r"(?:Do not|Get everyone out|Shut)\b"}
SPOKEN = {
    ("112", "ru"): "сто двенадцать",
    ("104", "ru"): "сто четыре",
    ("112", "en"): "one one two",
    ("104", "en"): "one zero four",
}


@pytest.mark.row("L23")
@pytest.mark.parametrize(("name", "lang"), DANGERS)
def test_danger_begins_with_what_to_do_and_has_its_numbers(name: str, lang: str) -> None:
    (said,) = renderings(name, lang)
    assert re.match(FIRST_WORDS[lang], said.text)
    for words in DANGERS[name, lang]:
        assert words in said.text
        assert SPOKEN.get((words, lang), words) in said.spoken
    assert max(len(sentence.split()) for sentence in _sentences(said.text)) <= WORDS_IN_PANIC_MAX


VOWELS = {"ru": "аеёиоуыэюя", "en": "aeiouy"}
LONG = {"ru": 5, "en": 4}  # syllables; English ones are counted by the groups of vowels
# Measured when this was written: 5.2 words and 0.6 % long ones in Russian, 6.8 and 0.8 % in English.
WORDS_A_SENTENCE_MAX = 8.0
LONG_WORDS_MAX = 0.02


def readability(lang: str) -> tuple[float, float]:
    """Return the mean words of a sentence and the share of long words, over all texts for people."""
    texts = [next(renderings(name, lang)).text for name in _names(lang) if not _is_part(name)]
    sentences = [each.split() for text in texts for each in _sentences(text)]
    words = [re.sub(r"\W", "", word.lower()) for words in sentences for word in words]
    is_long = [len(re.findall(f"[{VOWELS[lang]}]+", word)) >= LONG[lang] for word in words]
    return len(words) / len(sentences), sum(is_long) / len(words)


@pytest.mark.row("L46")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_are_easy_to_read(lang: str) -> None:
    words_a_sentence, long_words = readability(lang)
    assert words_a_sentence <= WORDS_A_SENTENCE_MAX
    assert long_words <= LONG_WORDS_MAX
