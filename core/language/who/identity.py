"""Who is talking and where: names, phones, e-mails, cities, districts, addresses.

Each is a grammar of its own over the same pieces. They go in turn, and what one has read is blanked for the
next, so that a phone holds no house and a street no name.
"""

from dataclasses import replace

from core.language.lexicon import table
from core.language.normalise import Text, without
from core.language.phrases import Matcher
from core.language.who.addresses import find_address
from core.language.who.asked_parts import asked_number, asked_street
from core.language.who.cities import asked_city, find_cities
from core.language.who.emails import find_email
from core.language.who.introductions import NameFinder
from core.language.who.phones import find_phones, local_phone
from core.language.who.pieces import pieces
from core.meaning import Bare, Identity

Spans = tuple[tuple[int, int], ...]


class IdentityFinder:
    """Finds who and where by the tables `names`, `addresses`, `cities`, `contacts` and `places`."""

    def __init__(self) -> None:
        """Compile the tables."""
        districts = table("places")["districts"]
        self._names = NameFinder()
        self._districts = Matcher((district, p) for district, ps in districts.items() for p in ps)

    def find(self, text: Text) -> tuple[Identity, Bare, Spans]:
        """Return who and where, what counts only if asked, and the places in the text read for it."""
        words = pieces(text)
        email = find_email(text, words)
        phones, phone_spans = find_phones(text, words)
        hidden = [*phone_spans, *([email[1]] if email else [])]
        masked = without(text, hidden)
        if hidden:
            words = pieces(masked)
        place = find_address(masked, words)
        free = without(masked, place.spans)
        around = pieces(free) if place.spans else words
        cities = find_cities(around, has_street=place.identity.street is not None)
        named = self._names.find(around, has_contact=bool(phones or email or place.identity.house))
        who = replace(
            place.identity,
            first=named.first,
            patronymic=named.patronymic,
            last=named.last,
            phone=phones[0] if phones else None,
            phone2=phones[1] if len(phones) > 1 else None,
            email=email[0] if email else None,
            city=cities[0] if cities else None,
            cities=cities if len(cities) > 1 else (),
            district=next((hit.label for hit in self._districts.find(free)), None),
        )
        bare = Bare(
            name=self._names.bare(around),
            address=place.maybe,
            number=asked_number(masked, words),
            street=asked_street(words),
            phone=None if phones else local_phone(words),
            city=cities[0] if cities else asked_city(around),
        )
        return who, bare, (*hidden, *place.spans)
