"""The lexicon agrees with itself and with the fault library, and holds no text of a test."""

from collections.abc import Iterator
from importlib.resources import files

import pytest

from core.language.jobs.frames import FrameFinder
from core.language.lexicon import table
from core.library.library import load_library
from core.meaning import Emergency, Intent, Trade
from tests.language.texts import labelled

TABLES = sorted(
    file.name.removesuffix(".toml")
    for file in files("core.language.lexicon").iterdir()
    if file.name.endswith(".toml")
)


@pytest.mark.parametrize("name", TABLES)
def test_each_table_names_its_licence(name: str) -> None:
    text = (files("core.language.lexicon") / f"{name}.toml").read_text("utf-8")

    assert table(name)
    assert "Apache-2.0" in text


def test_objects_and_actions_are_known_to_each_other() -> None:
    objects, actions = table("objects"), table("actions")
    kinds = {action["kind"] for action in actions.values()}

    assert len(objects) >= 80
    for entry in objects.values():
        assert entry["trade"] in list(Trade)
        assert set(entry.get("by", {})) <= kinds
        assert set(entry.get("part_of", ())) | set(entry.get("blame", ())) <= set(objects) | set(Trade)
        assert entry["ru"]
        assert entry["en"]
    for action in actions.values():
        alone = action.get("alone", {})
        assert alone.get("object", "socket") in objects
        assert alone.get("trade", "general") in list(Trade)


def test_no_object_is_a_part_of_its_own_part() -> None:
    parts = {name: set(entry.get("part_of", ())) - set(Trade) for name, entry in table("objects").items()}

    for name, direct in parts.items():
        seen: set[str] = set()
        above = set(direct)
        while above - seen:
            seen |= above
            above = {other for part in above for other in parts[part]}
        assert name not in seen


def test_rules_name_known_objects_actions_and_faults() -> None:
    objects, actions, rules = table("objects"), table("actions"), table("faults")

    for rule in (*rules["rule"], *rules["urgent"], *rules["danger"]):
        assert set(rule["objects"]) <= set(objects)
        assert set(rule.get("actions", ())) <= set(actions)
        assert set(rule.get("kinds", ())) <= {action["kind"] for action in actions.values()}
    assert all(fault in load_library() for fault in FrameFinder().fault_ids)


def test_dangers_and_intents_are_the_closed_sets() -> None:
    assert set(table("danger")) >= set(Emergency)
    assert set(table("talk")["intent"]) == set(Intent)
    assert set(table("talk")["trade"]) == set(Trade)


def test_no_labelled_text_is_in_the_lexicon() -> None:
    phrases = {phrase for name in TABLES for phrase in _strings(table(name))}
    kinds = [("messages", "message"), ("identities", "identity"), ("times", "time"), ("hours", "hours")]
    texts = {entry["text"].lower() for name, kind in kinds for entry in labelled(name, kind)}
    sentences = {text for text in texts if len(text.split()) > 3}

    assert not sentences & phrases


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
