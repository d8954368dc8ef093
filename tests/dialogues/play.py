"""A talk as data: what is said, pressed and done, turn by turn, and what must be heard."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.meaning import Trade

FOLDER = Path(__file__).parent

Names = str | list[str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Master(_Part):
    """A master who is at work already: his hours are local, from `first_day` on, for so many days."""

    name: str
    hours: tuple[int, int] = (8, 20)
    first_day: int = 0
    days: int = 5
    rating: int = 5
    ratings: int = 20
    works_nights: bool = False
    trades: tuple[str, ...] = ("electrical",)
    certificates: str | None = None


class Turn(_Part):
    """One thing that happens, and what comes of it.

    Attributes:
        who: The speaker: `client`, a master's name, `owner`, `newcomer…` who joins; another name is a client.
        says: Words; several are one breath in a channel that pushes. `<code>` is the last code of six digits.
        chooses: A button by its attribute (`cancel`) or place (`slot-1`), of the text `of` or the latest.
        times: How often the same is said or pressed, one after the other.
        at_once: The next turn happens before anything is handled.
        after: A span, ISO 8601: time passes first, and timers run.
        does: A step of the job, as HTTP does it. `opens` and `takes`: rubles.
        hears: One text that is among the replies, or all of them in order.
        others: What everybody else hears meanwhile, in order; `hears` of a name.
        is_told: Pieces of words that the replies must contain; `is_not_told`: must not.
        refused: The refusal that the letter ends with.
        tickets: What the owner has before him, by kind. `stars`: how the job was rated.
        repeats: The same sentence again is meant here.
    """

    who: str = ""
    says: str | list[str] | None = None
    sends: str | None = None
    chooses: str | None = None
    of: str | None = None
    times: int = 1
    at_once: bool = False
    after: str | None = None
    does: str | None = None
    to: str | None = None
    opens: int | Literal["quote"] | None = None
    takes: int | None = None
    repays: int | None = None
    hours: dict[str, Any] | None = None

    hears: Names | None = None
    others: dict[str, Names] = Field(default_factory=dict)
    is_told: list[str] = Field(default_factory=list)
    is_not_told: list[str] = Field(default_factory=list)
    reads: dict[str, Any] = Field(default_factory=dict)
    state: str | None = None
    status: str | None = None
    missing: list[str] | None = None
    slots: list[str] | None = None
    prices: list[int] | None = None
    quote: dict[str, int] | None = None
    lang: str | None = None
    refused: str | None = None
    split: dict[str, float] | None = None
    balances: dict[str, float] = Field(default_factory=dict)
    is_master: dict[str, str] = Field(default_factory=dict)
    tickets: list[str] | None = None
    stars: int | None = None
    repeats: bool = False


class Play(_Part):
    """A whole talk.

    Attributes:
        persona: Who speaks where a turn does not say it.
        now: When it begins, on the city's wall clock. Monday 2 March 2026, 11:00, if not said.
        served: The trades of the market, if they are not all of them.
        rows: The acceptance rows it proves.
    """

    name: str
    about: str
    market: Literal["home_services"] = "home_services"
    persona: str = "client"
    lang: str | None = None
    participant: dict[str, str] | None = None
    now: datetime | None = None
    served: tuple[Trade, ...] | None = None
    rows: list[str] = Field(default_factory=list)
    master: list[Master] = Field(default_factory=list)
    turn: list[Turn]

    @model_validator(mode="after")
    def _something_happens_in_every_turn(self) -> Self:
        for number, turn in enumerate(self.turn, start=1):
            deeds = (turn.says, turn.sends, turn.chooses, turn.after, turn.does, turn.opens, turn.takes)
            if all(deed is None for deed in (*deeds, turn.repays, turn.hours)):
                raise ValueError(f"nothing happens in turn {number}")
        return self


def plays() -> list[Play]:
    """Return every talk of the folder, by the names of their files."""
    return [
        Play.model_validate({"name": path.stem, **tomllib.loads(path.read_text("utf-8"))})
        for path in sorted(FOLDER.glob("*.toml"))
    ]
