"""Tables of who and where: every town and name of theirs is found in every case, and only where it stands."""

import pytest

from core.language.lexicon import table
from core.language.normalise import normalise
from core.language.who.cities import asked_city, find_cities, known_cities
from core.language.who.names import read_name
from core.language.who.pieces import Piece, pieces
from core.language.words import morphology

OBLAST = [name.strip() for name in table("cities")["names"]["oblast"].split(",")]


def words(text: str) -> tuple[Piece, ...]:
    return pieces(normalise(text, None))


def test_every_town_answers_the_question_by_its_own_name() -> None:
    missed = [city for city in known_cities() if asked_city(words(city)) != city]

    # Two towns have that name: the larger one is meant.
    assert missed == ["Ростов"]


@pytest.mark.parametrize("town", OBLAST)
def test_a_town_of_the_oblast_is_found_where_somebody_lives(town: str) -> None:
    place = next(parse for parse in morphology().parse(town.lower()) if "nomn" in parse.tag)
    inflected = place.inflect({"loct"})
    assert inflected is not None

    text = f"живу в {inflected.word.capitalize()}, сломался кран"
    assert find_cities(words(text), has_street=False) == (town,)


@pytest.mark.parametrize("name", ["Гусев", "Светлый", "Королёв", "Владимир"])
def test_a_town_that_is_another_word_is_none_by_itself(name: str) -> None:
    assert find_cities(words(f"вчера приходил {name}, не помог"), has_street=False) == ()


@pytest.mark.parametrize(
    ("said", "case", "first", "last"),
    [
        ("Смирнову Наталью", "accs", "Наталья", "Смирнова"),
        ("Кузнецова Петра", "gent", "Пётр", "Кузнецов"),
        ("Мишей", "ablt", "Михаил", None),
        ("Игорю", "datv", "Игорь", None),
        ("Саньком", "ablt", "Александр", None),
        ("Льву Орлову", "datv", "Лев", "Орлов"),
        ("Любови", "datv", "Любовь", None),
        ("Саша Белова", "nomn", "Александра", "Белова"),
        ("Саша Белов", "nomn", "Александр", "Белов"),
        ("Евгения", "nomn", "Евгения", None),
        ("Евгения", "accs", "Евгений", None),
    ],
)
def test_a_name_comes_back_in_the_nominative(said: str, case: str, first: str, last: str | None) -> None:
    found = read_name(words(said), case=case)

    assert found is not None
    assert (found.who.first, found.who.last) == (first, last)


def test_every_name_of_the_table_reads_as_its_full_form() -> None:
    names = table("names")
    for group in ("men", "women"):
        for full in names[group]:
            found = read_name(words(full))
            assert found is not None
            assert found.who.first == full


def test_numbers_said_in_words_are_one_number_each() -> None:
    said = words("сто двадцать шестая, девяносто два и twenty-five, nine hundred one")

    assert [word.digits for word in said if word.is_number] == ["126", "92", "25", "901"]
