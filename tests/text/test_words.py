"""Every wording of every text, with real facts, as a tired person would read and hear it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pytest

from core.messages import Said
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
    *("master-terminal-link", "owner-person", "master-job-corrected", "talk-door-", "talk-edited"),
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


def _beginning(roots: Iterable[str], *, whole: bool = False) -> re.Pattern[str]:
    """Return what finds the words of a text that begin with a root, or are one."""
    end = r"\b" if whole else ""
    return re.compile(rf"\b(?:{'|'.join(roots)}){end}", re.IGNORECASE)


_OFFICE = {lang: _beginning(roots, whole=lang == "en") for lang, roots in OFFICE.items()}
_EYE = {lang: _beginning(roots) for lang, roots in FOR_THE_EYE.items()}
_FAMILIAR = _beginning(FAMILIAR, whole=True)


def _whole(lang: str, name: str, said: Said) -> Iterator[str]:
    for words in (said.text, said.spoken):
        if not words or words != words.strip() or HOLES.search(words) or MIXED_LETTERS.search(words):
            yield f"is not whole: {words!r}"
        if "none" in words and lang != "en":
            yield f"lacks a fact: {words}"
        if {'"', "'"} & set(words):
            yield f"straight quote: {words}"
    if len(said.text) > CHARACTERS_MAX:
        yield f"{len(said.text)} characters: {said.text}"
    if said.text.count("!") > 1:
        yield f"shouts: {said.text}"


def _in_sentences(lang: str, name: str, said: Said) -> Iterator[str]:
    text = said.text
    if _is_part(name):
        return
    if not (text[0].isupper() or text[0].isdigit()):
        yield f"begins small: {text}"
    if not (text[-1] in ".?!:" or "https://" in text or "\n" in text):
        yield f"does not end: {text}"


def _short_enough(lang: str, name: str, said: Said) -> Iterator[str]:
    for each in _sentences(said.text):
        if len(each.split()) > WORDS_MAX:
            yield f"more than {WORDS_MAX} words: {each}"


def _not_like_an_office(lang: str, name: str, said: Said) -> Iterator[str]:
    for kind, wrong in (("office", _OFFICE[lang]), ("familiar", _FAMILIAR)):
        if found := wrong.search(said.text):
            yield f"{kind}: {found[0]!r} in {said.text}"


def _speakable(lang: str, name: str, said: Said) -> Iterator[str]:
    for wrong in (UNSPEAKABLE, SHORTENED, _EYE[lang]):
        if found := wrong.search(said.spoken):
            yield f"is not for a voice: {found[0]!r} in {said.spoken}"


def _narrow(lang: str, name: str, said: Said) -> Iterator[str]:
    for label in (*said.labels.values(), *([said.text] if name.startswith(ON_BUTTONS) else [])):
        if not 0 < len(label) <= BUTTON_MAX:
            yield f"does not fit a button: {label!r}"


CHECKS: Mapping[str, Callable[[str, str, Said], Iterator[str]]] = {
    "every branch is whole": _whole,
    "a text is sentences": _in_sentences,
    "a sentence is short enough to say": _short_enough,
    "nobody is spoken to like an office": _not_like_an_office,
    "a voice has nothing to stumble over": _speakable,
    "a button fits a narrow screen": _narrow,
}


@dataclass
class _Heard:
    """What is wrong with the texts of a language, by check, and the texts that pity."""

    wrong: dict[str, list[str]]
    pitying: set[str]


@cache
def _heard(lang: str) -> _Heard:
    """Look at each wording of each text once: saying them all takes far longer than looking."""
    heard = _Heard({check: [] for check in CHECKS}, set())
    for name in _names(lang):
        for said in renderings(name, lang):
            for check, look in CHECKS.items():
                heard.wrong[check] += (f"{name} {wrong}" for wrong in look(lang, name, said))
            if re.search(PITY[lang], said.text.lower()):
                heard.pitying.add(name)
    return heard


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_in_each_wording_of_each_text(lang: str, check: str) -> None:
    wrong = _heard(lang).wrong[check]
    assert not wrong, "\n".join(wrong[:50])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pity_is_rare(lang: str) -> None:
    assert len(_heard(lang).pitying) <= PITIED_MAX


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
