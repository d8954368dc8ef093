"""Cities as data."""

from collections import Counter
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from core.kernel.match import distance_m
from core.markets.cities import City, load_cities

KALININGRAD = load_cities()["Калининград"]


def test_kaliningrad_is_there_with_zone_region_and_letter() -> None:
    assert KALININGRAD.zone == ZoneInfo("Europe/Kaliningrad")
    assert (KALININGRAD.region, KALININGRAD.letter) == ("RU-KGD", "К")
    assert [district.name for district in KALININGRAD.districts] == [
        "Центральный",
        "Ленинградский",
        "Московский",
    ]


@pytest.mark.parametrize(
    ("street", "district"),
    [
        ("Комсомольская", "Центральный"),
        ("мира", "Центральный"),
        ("Черняховского", "Ленинградский"),
        ("Киевская", "Московский"),
    ],
)
def test_a_street_we_are_sure_of_has_its_district(street: str, district: str) -> None:
    found = KALININGRAD.district_of(street)
    assert found is not None
    assert found.name == district


@pytest.mark.row("K91")
def test_a_street_we_are_not_sure_of_has_none() -> None:
    assert KALININGRAD.district_of("Нигдешняя") is None
    assert KALININGRAD.district_of(None) is None
    assert KALININGRAD.district("Заречный") is None


@pytest.mark.parametrize("city", load_cities().values(), ids=lambda city: city.name)
def test_a_street_lies_in_one_district_and_stands_once(city: City) -> None:
    streets = Counter(street.casefold() for district in city.districts for street in district.streets)

    assert [street for street, count in streets.items() if count > 1] == []
    for district in city.districts:
        assert all(one <= other for one, other in pairwise(district.streets)), district.name


@pytest.mark.row("K91")
@pytest.mark.parametrize("city", load_cities().values(), ids=lambda city: city.name)
def test_the_middle_of_a_district_is_in_its_city(city: City) -> None:
    for district in city.districts:
        assert distance_m(city.lat, city.lon, district.lat, district.lon) < 15_000


def test_a_misspelt_key_of_a_city_stops_the_start() -> None:
    with pytest.raises(ValidationError, match="zoen"):
        City.model_validate({"name": "Город", "zoen": "UTC"})
