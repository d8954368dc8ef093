"""What every talk has at hand, and the form of a choice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.flows.terminals import Seal
from core.flows.tx import Choice
from core.library.fault import Fault
from core.library.library import Library
from core.markets.cities import City
from core.markets.policy import Market
from core.meaning import Lang
from core.messages import Role
from core.ports import Looker
from core.text.catalogue import Catalogue
from storage.tables import TalkRow

CHOICE_MAX = 64  # bytes; the smallest of what messengers allow


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of our pages that a talk may mention."""

    privacy: str
    join: str
    chat: str
    terminal: Callable[[str], str]  # terminal id → the link that opens it
    job: Callable[[str], str]  # job id → its page
    seal: Callable[[str], Seal]  # a device's id → the seal of its activation code
    talk: Callable[[Role, str], str] = lambda _role, _talk_id: (
        ""
    )  # a talk's id → the link into it, with its key
    # a role and a payload → channel → the link that opens our chat there with it
    invites: Callable[[Role, str], Mapping[str, str]] = lambda _role, _payload: {}


@dataclass(frozen=True, slots=True)
class Script:
    """What every talk has at hand. Values only; nothing here changes while we run."""

    markets: Mapping[str, Market]
    cities: Mapping[str, City]
    default_city: str
    library: Library
    catalogue: Catalogue
    links: Links
    looker: Looker | None = None  # who reads once more what its question makes plain
    is_demo: bool = False  # masters of the demo city act by themselves

    def market(self, talk: TalkRow) -> Market:
        """Return the market a talk belongs to: its door said which."""
        return self.markets[talk.market]

    def city(self, name: str | None) -> City:
        """Return a city we work in, or the default one."""
        return self.cities.get(name or self.default_city) or self.cities[self.default_city]

    @property
    def words_read(self) -> int:
        """How many characters of a text are read; all of it is kept."""
        return max(market.limits.words_read for market in self.markets.values())

    def zone(self, city: str | None) -> ZoneInfo:
        """Return the zone of a city."""
        return self.city(city).zone

    def faults_of(self, talk: TalkRow) -> tuple[Fault, ...]:
        """Return the faults we can mend in a talk's market."""
        served = self.market(talk).trades.served
        return tuple(fault for fault in self.library.faults() if fault.trade in served)


def choice(verb: str, thing: str, version: int | str = 0) -> str:
    """Make a choice, `verb:object:version`. Raises ValueError above 64 bytes."""
    made = f"{verb}:{thing}:{version}"
    if len(made.encode()) > CHOICE_MAX:
        raise ValueError(f"a choice is too long: {made}")
    return made


def pressed(made: str) -> tuple[str, str, str]:
    """Take a choice apart; what is not ours comes back as an unknown verb."""
    verb, _, rest = made.partition(":")
    thing, _, version = rest.rpartition(":")
    return (verb, thing, version) if thing else (verb, rest, "")


def title(fault: Fault, talk: TalkRow) -> str:
    """Return a fault's name in a talk's language."""
    return fault.text(Lang(talk.lang)).title


__all__ = ["Choice", "Links", "Script", "choice", "pressed", "title"]
