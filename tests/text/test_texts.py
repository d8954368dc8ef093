"""Every sentence we say: in both languages, with the same facts, used somewhere, short enough to say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast as fluent
from fluent.syntax.visitor import Visitor

from core.kernel import refusal as refusals
from core.kernel.job import JobState
from core.kernel.refusal import Refusal
from core.markets.policy import load_market
from core.text.catalogue import LANGUAGES, SPOKEN, catalogue

ROOT = Path(__file__).resolve().parents[2]
WORDS_MAX = 25  # in one sentence
CODE = ("core", "bots", "channels", "scripts")
# Names that code makes of parts; each family is walked below or belongs to a closed list.
FAMILIES = (
    *("client-form-", "refusal-", "danger-", "status-"),
    *("price-", "master-overdue-", "web-", "file-", "page-"),
)


class _Facts(Visitor):
    """Collects the facts a pattern mentions."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:  # noqa: N802 - the library's name
        """Note a fact."""
        self.names.add(node.id.name)


def _texts(lang: str) -> dict[str, fluent.Message]:
    found: dict[str, fluent.Message] = {}
    for path in sorted((ROOT / "core" / "text" / lang).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text("utf-8")).body:
            if isinstance(entry, fluent.Message):
                assert entry.id.name not in found, f"{entry.id.name} stands twice"
                found[entry.id.name] = entry
    return found


TEXTS = {lang: _texts(lang) for lang in LANGUAGES}


def _facts(node: fluent.BaseNode | None) -> set[str]:
    visitor = _Facts()
    if node is not None:
        visitor.visit(node)
    return visitor.names


def _shape(message: fluent.Message) -> tuple[set[str], dict[str, set[str]]]:
    labels = {each.id.name: _facts(each.value) for each in message.attributes if each.id.name != SPOKEN}
    return _facts(message.value), labels


def _strings() -> Iterator[str]:
    for folder in CODE:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_text_is_there_in_every_language() -> None:
    assert set(TEXTS["ru"]) == set(TEXTS["en"])


@pytest.mark.parametrize("name", sorted(TEXTS["ru"]))
def test_a_text_has_the_same_facts_and_buttons_in_every_language(name: str) -> None:
    assert _shape(TEXTS["ru"][name]) == _shape(TEXTS["en"][name])


def test_no_text_is_unused() -> None:
    used = set(_strings())
    unused = [name for name in TEXTS["ru"] if name not in used and not name.startswith(FAMILIES)]
    assert not [name for name in unused if not _is_made(name, used)]


def _is_made(name: str, used: set[str]) -> bool:
    """Tell whether code makes the name of parts, such as `master-payment-` and an action."""
    return any(name.startswith(part) and part.endswith("-") and len(part) > len("x-") for part in used)


def test_every_refusal_has_its_sentence() -> None:
    classes = [
        each
        for each in vars(refusals).values()
        if isinstance(each, type) and issubclass(each, Refusal) and each is not Refusal
    ]
    assert [each.__name__ for each in classes if f"refusal-{each.__name__}" not in TEXTS["ru"]] == []


@pytest.mark.row("A143", "A174")
def test_every_public_state_has_its_words() -> None:
    market = load_market("home_services")
    public = {market.public_name(state) for state in JobState if state in market.job.public}
    assert {f"status-{name}" for name in public} <= set(TEXTS["ru"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_are_short_enough_to_say(lang: str) -> None:
    long: list[str] = []
    for name, message in TEXTS[lang].items():
        if message.value is None or name.startswith(("web-", "file-", "paper-", "page-")):
            continue
        text = "".join(
            element.value if isinstance(element, fluent.TextElement) else "x"
            for element in message.value.elements
        )
        long += [
            f"{name}: {sentence}"
            for sentence in re.split(r"[.!?:\n]", text)
            if len(sentence.split()) > WORDS_MAX
        ]
    assert not long


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nobody_is_shouted_at_or_pitied(lang: str) -> None:
    for path in (ROOT / "core" / "text" / lang).glob("*.ftl"):
        words = path.read_text("utf-8").lower()
        assert "!!" not in words
        assert "к сожалению" not in words
        assert "unfortunately" not in words


def test_the_catalogue_knows_every_text() -> None:
    assert catalogue().names("ru") == set(TEXTS["ru"])
