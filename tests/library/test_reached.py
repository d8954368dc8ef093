"""What clients write leads to the entry of the library that they mean.

The phrasings were written by others than the tables, in other words than the entries' own; no table holds
any of them.
"""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from core.language.batch import Batch, Kind
from core.language.jobs.entries import EntryFinder
from core.language.lexicon import table
from core.language.normalise import normalise
from core.language.reader import EmbeddedReader
from core.library.library import load_library
from core.meaning import Emergency, Frame, LookContext, Reading, Trade
from tests.language.texts import NOW, reader

REACHED_MIN = 5  # of an entry's eight
SHARE_MIN = {  # of a trade's phrasings: the entry reached, the trade right
    Trade.ELECTRICAL: (0.78, 0.89),
    Trade.PLUMBING: (0.82, 0.94),
    Trade.APPLIANCE: (0.81, 0.92),
    Trade.GENERAL: (0.85, 0.95),
}
OWN_MIN = 0.95  # of the entries' own titles and symptoms
PHRASINGS_MIN = 8
LIBRARY = load_library()


@cache
def phrasings(trade: Trade) -> dict[str, list[str]]:
    """How clients say it, by entry."""
    file = Path(__file__).parent / "phrasings" / f"{trade}.toml"
    return tomllib.loads(file.read_text("utf-8"))


@cache
def read(text: str) -> Reading:
    """Read a text as it is read in a talk."""
    return reader().look(text, LookContext(now=NOW))


def sold(trade: Trade) -> dict[str, list[str]]:
    """The phrasings of what may be sold."""
    return {entry: texts for entry, texts in phrasings(trade).items() if LIBRARY.fault(entry).is_sold}


@pytest.mark.parametrize("trade", list(Trade))
def test_every_entry_has_its_phrasings(trade: Trade) -> None:
    wanted = {fault.id for fault in LIBRARY.faults(trade)}

    assert set(phrasings(trade)) == wanted
    assert not [
        entry
        for entry, texts in phrasings(trade).items()
        if len({text.lower() for text in texts}) < PHRASINGS_MIN
    ]


@pytest.mark.parametrize("trade", list(Trade))
@pytest.mark.row("A41")
def test_most_phrasings_reach_their_entry(trade: Trade) -> None:
    reached = {
        entry: sum(entry in {frame.fault for frame in read(text).frames} for text in texts)
        for entry, texts in sold(trade).items()
    }
    texts = [text for entry in sold(trade).values() for text in entry]
    right = sum(trade in {frame.trade for frame in read(text).frames} for text in texts)
    least, trade_least = SHARE_MIN[trade]

    assert {entry: count for entry, count in reached.items() if count < REACHED_MIN} == {}
    assert sum(reached.values()) / len(texts) >= least, reached
    assert right / len(texts) >= trade_least


@pytest.mark.parametrize("trade", list(Trade))
def test_an_entrys_own_words_lead_to_it_in_its_trade(trade: Trade) -> None:
    finder, of_trade = EntryFinder(), Frame(trade, None, None, None, 0.5)
    missed, told = [], 0
    for fault in LIBRARY.faults(trade):
        for text in (fault.ru.title, fault.en.title, *fault.ru.symptoms, *fault.en.symptoms):
            scores = finder.scores(of_trade, normalise(text, None).tokens)
            told += fault.is_sold
            missed += (
                [(fault.id, text)]
                if fault.is_sold and max(scores, key=lambda id: scores[id]) != fault.id
                else []
            )

    assert len(missed) <= (1 - OWN_MIN) * told, missed


def test_gas_is_an_emergency_and_never_a_job() -> None:
    for text in phrasings(Trade.APPLIANCE)["gas_smell"]:
        reading = read(text)
        assert reading.emergency is Emergency.GAS, text
        assert reading.frames == (), text


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("установить розетку на кухне", "socket_install"),
        ("повесить люстру в спальне", "chandelier_install"),
        ("подключить стиральную машину к воде", "washer_connect"),
        ("заменить унитаз на новый", "toilet_install"),
        ("повесить полку на стену", "shelf_hang"),
        ("please mount a TV on the wall", "tv_mount"),
        ("люстра не горит", "light_out"),
        ("розетка не работает", "socket_dead"),
        ("кондиционер не холодит", "ac_not_cooling"),
    ],
)
def test_what_is_fitted_and_what_is_broken_are_told_apart(text: str, entry: str) -> None:
    assert [frame.fault for frame in read(text).frames] == [entry]


@pytest.mark.parametrize(
    "text", ["розетка", "выключатель", "нужен электрик", "что-то с проводкой", "здравствуйте"]
)
def test_a_mere_thing_is_no_entry(text: str) -> None:
    assert {frame.fault for frame in read(text).frames} <= {None}


def test_a_batch_tells_the_entry_and_leaves_the_urgency_to_the_words() -> None:
    answer = Batch(Kind.MESSAGE, now=NOW).read({"id": 1, "text": "повесить люстру в спальне"})

    assert answer["requests"][0]["fault"] == "chandelier_install"
    assert answer["urgency"] == "standard"


@pytest.mark.parametrize("trade", list(Trade))
def test_the_tables_know_each_entry_and_nothing_else(trade: Trade) -> None:
    objects, actions = table("objects"), table("actions")
    kinds = {action["kind"] for action in actions.values()}
    marks = table(f"entries_{trade}")

    assert set(marks) == {fault.id for fault in LIBRARY.faults(trade)}
    for entry in marks.values():
        assert set(entry) <= {"claims", "objects", "actions", "kinds", "ru", "en"}
        assert set(entry.get("objects", ())) <= set(objects)
        assert set(entry.get("actions", ())) <= set(actions)
        assert set(entry.get("kinds", ())) <= kinds


def test_no_phrasing_is_in_a_table() -> None:
    held = {
        " ".join(phrase.split()).lower()
        for trade in Trade
        for entry in table(f"entries_{trade}").values()
        for lang in ("ru", "en")
        for phrase in entry.get(lang, "").split(",")
    }
    told = {text.lower() for trade in Trade for texts in phrasings(trade).values() for text in texts}

    assert not held & told


def test_masters_tell_of_no_entry() -> None:
    told = EmbeddedReader().look("розетка не работает", LookContext(now=NOW, role="master"))

    assert told.frames == ()
