"""Short texts of every room and trade ask for exactly the jobs that their writer meant."""

import tomllib
from typing import cast

import pytest

from core.language.reader import EmbeddedReader
from core.meaning import LookContext
from tests.language.texts import DATA, NOW

MISSED_MAX = 0.03  # of a trade's texts: some have no word that only this trade would use
NONE = "none"
TEXTS = cast(dict[str, list[str]], tomllib.loads((DATA / "jobs.toml").read_text("utf-8")))

RULES = EmbeddedReader(is_alone=True)  # what the rules find before the classifier has its vote


@pytest.mark.parametrize("trades", TEXTS)
@pytest.mark.row("A36")
def test_the_jobs_of_short_texts_are_found(trades: str) -> None:
    wanted = [] if trades == NONE else sorted(trades.split("+"))
    missed = [
        text
        for text in TEXTS[trades]
        if sorted(frame.trade or "" for frame in RULES.look(text, LookContext(now=NOW)).frames) != wanted
    ]

    assert len(missed) <= MISSED_MAX * len(TEXTS[trades]), missed


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ручка крана отломилась", ["tap"]),
        ("провод к плите перебили", ["wiring"]),
        ("у стиралки не открывается люк", ["washing_machine"]),
        ("розетка не работает, холодильник растаял", ["socket"]),
        ("перенести розетку, диван её закрывает", ["socket"]),
        ("розетка рядом есть, повесить телевизор", ["tv"]),
        ("полка подождёт, а света нет во всей квартире", ["light", "shelf"]),
        ("хочу, чтобы поменяли выключатель", ["light_switch"]),
        ("the rozetka in my kitchen stopped working", ["socket"]),
        ("oven door handle is loose", ["oven"]),
    ],
)
def test_an_action_belongs_to_what_it_is_said_of(text: str, wanted: list[str]) -> None:
    assert sorted(str(frame.object) for frame in RULES.look(text, LookContext(now=NOW)).frames) == wanted
