"""Cities as data: a zone, districts with their middles, a letter for job numbers (K91)."""

import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class District(_Section):
    """A part of a city and its middle, in degrees."""

    name: str
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    streets: tuple[str, ...] = ()


class LockerWords(_Section):
    """How a locker is told in one language."""

    name: str
    address: str


class Locker(_Section):
    """Where a master picks up his device (A27)."""

    ru: LockerWords
    en: LockerWords
    hours: str  # as they are told, such as 08:00–22:00
    district: str | None = None

    def words(self, lang: str) -> LockerWords:
        """Return how the locker is told in a language."""
        return self.en if lang == "en" else self.ru


class CityWords(_Section):
    """How a city is told in one language: its name, and where something is that is there."""

    name: str
    where: str


class City(_Section):
    """A city we work in."""

    name: str
    zone_name: str = Field(alias="zone")
    region: str  # ISO 3166-2
    letter: str
    lat: float
    lon: float
    ru: CityWords
    en: CityWords
    districts: tuple[District, ...] = Field(alias="district")
    lockers: tuple[Locker, ...] = Field(default=(), alias="locker")

    def words(self, lang: str) -> CityWords:
        """Return how the city is told in a language."""
        return self.en if lang == "en" else self.ru

    @cached_property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.zone_name)

    def district(self, name: str | None) -> District | None:
        """Return a district by its name."""
        return next((district for district in self.districts if district.name == name), None)

    def district_of(self, street: str | None) -> District | None:
        """Return the district of a street we are sure of; None if we are not (K91)."""
        if street is None:
            return None
        wanted = street.casefold()
        return next((d for d in self.districts if wanted in {s.casefold() for s in d.streets}), None)


@cache
def load_cities() -> Mapping[str, City]:
    """Read every city, by name. A file that does not fit stops the start."""
    folder = files("core.markets.cities")
    found = [
        City.model_validate(tomllib.loads(file.read_text("utf-8")))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    return {city.name: city for city in found}
