"""What a messenger lets a person share with one press, and what comes of it: his number, a place."""

from collections.abc import Mapping
from types import MappingProxyType

from core.conversation.known import Known
from core.conversation.script import Script
from core.flows.tx import Tx
from core.kernel.match import distance_m
from core.language.choose import Question
from core.markets.cities import City, District
from core.messages import Ask
from storage.tables import JobRow, TalkRow

SHARES: Mapping[Ask, frozenset[str]] = MappingProxyType(
    {
        Ask.CONTACT: frozenset({"telegram", "max"}),
        Ask.LOCATION: frozenset({"telegram", "max", "vk"}),
    }
)
CITY_WITHIN_M = 15_000  # of the middle of a district: farther out it is another place


def asks_for(talk: TalkRow, ask: Ask) -> Mapping[str, Ask]:
    """Return the button `share` under a text, where the messenger has one for this."""
    return {"share": ask} if talk.channel in SHARES[ask] else {}


async def take_place(tx: Tx, script: Script, talk: TalkRow, *, lat: float, lon: float) -> bool:
    """Keep a place that a client shared, and say which part of the city that is.

    It is a point on the map for the master and tells the district; street and house are asked for.

    Returns:
        Whether the turn ends with what was said.
    """
    known = Known.of(talk.known)
    found = district_at(script, lat=lat, lon=lon)
    if found is None:
        tx.say(talk, "client-city-not-yet", city=script.default_city)
        return True
    city, district = found
    point = {"lat": f"{lat:.5f}", "lon": f"{lon:.5f}"}
    street, known.city = known.address.get("street"), city.name
    known.address = {**known.address, **point}
    if street is None:
        known.district = district.name
    job = await tx.get(JobRow, talk.job_id) if talk.job_id else None
    asks_street = street is None and bool(known.wanted) and known.emergency is None
    if job is not None or talk.status == "completed":
        asks_street = False
    if asks_street:
        talk.step = Question.ADDRESS
        known.count("address")
    talk.known = known.model_dump(mode="json")
    tx.say(talk, "client-place" if asks_street else "client-place-noted", district=district.name)
    return asks_street or talk.status == "completed"


def district_at(script: Script, *, lat: float, lon: float) -> tuple[City, District] | None:
    """Return the city of ours and its nearest district; None if that is far from any."""
    near = [
        (distance_m(lat, lon, district.lat, district.lon), city, district)
        for city in script.cities.values()
        for district in city.districts
    ]
    if not near:
        return None
    how_far, city, district = min(near, key=lambda one: one[0])
    return (city, district) if how_far <= CITY_WITHIN_M else None
