"""The danger gate: every danger is found with its kind, and none is made up."""

import tomllib
from typing import Any

import pytest

from core.meaning import Emergency
from tests.language.texts import DATA, look


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


@pytest.mark.parametrize("kind", list(Emergency))
@pytest.mark.row("L23")
def test_every_danger_is_found_with_its_kind(kind: Emergency) -> None:
    missed = {text: look(text).emergency for text in _table("alarms")[kind]}

    assert {text: found for text, found in missed.items() if found is not kind} == {}


@pytest.mark.parametrize("reason", list(_table("calms")))
@pytest.mark.row("L23")
def test_what_only_sounds_like_danger_is_none(reason: str) -> None:
    found = {text: look(text).emergency for text in _table("calms")[reason]}

    assert {text: kind for text, kind in found.items() if kind} == {}


def test_of_several_dangers_the_gravest_is_told() -> None:
    assert look("искрит розетка и пахнет газом").emergency is Emergency.GAS
    assert look("с потолка льёт на щиток, щиток дымится").emergency is Emergency.FIRE
    assert look("топит соседей, вода течёт на удлинитель").emergency is Emergency.ELECTRIC_SHOCK
