"""No text takes more than its length: what is done grows as the text does, not as its square."""

from cProfile import Profile

import pytest

from scripts.bench.language.hostile import HOSTILE, again
from tests.language.texts import look

LONG = 2_000  # characters; counting takes far longer than reading
GROWS_AT_MOST = 2.3  # times as many calls for a text twice as long; 4 were the square


def calls(text: str) -> int:
    """Count the calls of functions, Python's and C's, that reading a text takes."""
    profile = Profile()
    profile.runcall(look, text)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_is_twice_the_work(piece: str) -> None:
    look(again(piece, 100))  # from now on its words are remembered

    assert calls(again(piece, LONG)) <= GROWS_AT_MOST * calls(again(piece, LONG // 2))
