"""How long a talk waits and how often it asks."""

from datetime import UTC, datetime, timedelta

import pytest

from core.kernel.talk import TalkRules, abandon_at, may_ask, read_part, remind_at

RULES = TalkRules(
    remind_after=timedelta(minutes=30), abandon_after=timedelta(hours=24), words_read=4_000, questions_max=6
)
HEARD = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_only_the_first_characters_are_read() -> None:
    assert read_part("а" * 10_000, RULES) == "а" * 4_000
    assert read_part("коротко", RULES) == "коротко"


def test_a_silent_person_is_reminded_and_then_let_go() -> None:
    assert remind_at(HEARD, RULES) == HEARD + timedelta(minutes=30)
    assert abandon_at(HEARD, RULES) == HEARD + timedelta(hours=24)


@pytest.mark.row("A41")
def test_the_questions_come_to_an_end() -> None:
    assert [may_ask(asked, RULES) for asked in range(8)] == [True] * 6 + [False] * 2
