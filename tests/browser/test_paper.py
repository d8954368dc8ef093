"""The pages' words and colours, read as files: nothing missing in a language, nothing too pale."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "bots" / "sidecar" / "pages"
SCRIPT_LINES_MAX = 300
AA = 4.5

_WORD = re.compile(r'^  "?([\w-]+)"?:\s*"((?:[^"\\]|\\.)*)",$', re.MULTILINE)
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
_NAMES = re.compile(r'data-(?:t|label|hint|title)="([^"]+)"')
# Said by name in scripts: t("…"), row("…", …), line("…", …), and columns of the console's boards.
_CALLS = re.compile(r'\b(?:t|row|line)\(\s*"([\w-]+)"')
ON_PAPER = [("ink", "paper"), ("soft", "paper"), ("stamp", "paper"), ("red", "paper"), ("good", "paper")]
ELSEWHERE = [
    ("ink", "desk"),
    ("soft", "desk"),
    ("stamp", "desk"),
    ("red", "desk"),
    ("ink", "own"),
    ("soft", "own"),
    ("soft", "fold"),
    ("red", "alarm"),
    ("on-press", "press"),
]


def _words() -> tuple[dict[str, str], dict[str, str]]:
    russian: dict[str, str] = {}
    english: dict[str, str] = {}
    for name in ("words.js", "console-words.js"):
        ours, theirs = (PAGES / name).read_text("utf-8").split("const en = ")
        russian |= dict(_WORD.findall(ours))
        english |= dict(_WORD.findall(theirs))
    return russian, english


def _schemes() -> tuple[dict[str, str], dict[str, str]]:
    light, dark = (PAGES / "paper.css").read_text("utf-8").split("@media (prefers-color-scheme: dark)", 1)
    day = dict(_COLOUR.findall(light))
    return day, day | dict(_COLOUR.findall(dark.split("\n}\n", 1)[0]))


def _brightness(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dim, bright = sorted((_brightness(one), _brightness(other)))
    return (bright + 0.05) / (dim + 0.05)


def test_both_languages_say_the_same_things_with_the_same_facts() -> None:
    russian, english = _words()

    assert russian.keys() == english.keys()
    facts = {name: set(re.findall(r"\{(\w+)\}", text)) for name, text in russian.items()}
    assert facts == {name: set(re.findall(r"\{(\w+)\}", text)) for name, text in english.items()}


def test_every_word_a_page_asks_for_exists() -> None:
    russian, _ = _words()
    for page in [*PAGES.glob("*.html"), *PAGES.glob("*.js")]:
        text = page.read_text("utf-8")
        asked = set(_NAMES.findall(text)) | set(_CALLS.findall(text))
        assert asked <= russian.keys(), page.name


def test_the_text_in_the_html_is_the_russian_word() -> None:
    russian, _ = _words()
    for page in PAGES.glob("*.html"):
        for name, text in re.findall(r'data-t="([\w-]+)"[^>]*>([^<]+)<', page.read_text("utf-8")):
            assert text == russian[name], (page.name, name)


@pytest.mark.parametrize(("front", "back"), ON_PAPER + ELSEWHERE)
def test_text_can_be_read_by_day_and_by_night(front: str, back: str) -> None:
    for scheme in _schemes():
        assert _contrast(scheme[front], scheme[back]) >= AA


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    for page in PAGES.glob("*.html"):
        html = page.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", html), page.name
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html), page.name


def test_a_script_fits_in_the_head() -> None:
    for script in set(PAGES.glob("*.js")) - {PAGES / "words.js"}:
        assert len(script.read_text("utf-8").splitlines()) <= SCRIPT_LINES_MAX, script.name
