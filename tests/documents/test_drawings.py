"""Drawings: in both languages, no word on another, nothing outside, no style in the SVG."""

import itertools
import re
from xml.etree import ElementTree as ET

import pytest

from core.documents.drawings import all_names, names_for, svg
from core.documents.drawings.sketch import WIDTH, Letters
from core.documents.drawings.table import MOST, faults_drawn, sketch_of, title
from core.text.catalogue import LANGUAGES

DRAWN = list(itertools.product(all_names(), LANGUAGES))
_TOUCH = 0.3  # points


def _words(name: str, lang: str) -> list[Letters]:
    return [mark for mark in sketch_of(name, lang).marks if isinstance(mark, Letters)]


@pytest.mark.parametrize(("name", "lang"), DRAWN)
def test_no_word_stands_on_another(name: str, lang: str) -> None:
    for one, other in itertools.combinations(_words(name, lang), 2):
        left, top, right, bottom = one.box
        is_apart = (
            other.box[0] >= right - _TOUCH
            or other.box[2] <= left + _TOUCH
            or other.box[1] >= bottom - _TOUCH
            or other.box[3] <= top + _TOUCH
        )
        assert is_apart, (one.text, other.text)


@pytest.mark.parametrize(("name", "lang"), DRAWN)
def test_every_word_stands_on_the_sheet(name: str, lang: str) -> None:
    for word in _words(name, lang):
        left, top, right, bottom = word.box
        assert left >= 0, word.text
        assert top >= 0, word.text
        assert right <= WIDTH, word.text
        assert bottom <= sketch_of(name, lang).height, word.text


@pytest.mark.row("A150")
@pytest.mark.parametrize(("name", "lang"), DRAWN)
def test_a_drawing_is_plain_svg(name: str, lang: str) -> None:
    drawn = svg(name, lang)
    root = ET.fromstring(drawn)
    assert root.tag.endswith("svg")
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=|href=", drawn)
    assert root[0].text == title(name, lang)


@pytest.mark.parametrize("name", all_names())
def test_both_languages_name_the_same_parts(name: str) -> None:
    shapes = [
        [type(mark) for mark in sketch_of(name, lang).marks if not isinstance(mark, Letters)]
        for lang in LANGUAGES
    ]
    assert shapes[0] == shapes[1]
    assert not any(re.search("[а-яё]", word.text) for word in _words(name, "en"))


def test_a_fault_brings_its_drawings_once_and_not_too_many() -> None:
    assert names_for(["socket_dead", "socket_sparks"]) == ("socket",)
    assert names_for(["no such fault"]) == ()
    assert len(names_for(sorted(faults_drawn()))) == MOST
