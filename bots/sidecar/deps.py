"""What the HTTP side needs of the program, as a protocol: `bots.app` provides it, tests fake it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import Depends, FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bots.held import Desk
from bots.listening import Listening
from bots.media import Media
from bots.rendering import Press
from bots.settings import Settings
from core.flows.charges import Provider
from core.markets.policy import Market
from core.ports import Chance, Clock, Gateway
from core.text.catalogue import Catalogue
from storage.blobs import LocalBlobs


class Outcome(Protocol):
    """What became of a letter (`bots.intake.Outcome`)."""

    @property
    def letter_id(self) -> str:
        """The letter's id."""
        ...

    @property
    def status(self) -> str:
        """`ok`, `refusal` or `defect`."""
        ...

    @property
    def facts(self) -> dict[str, Any]:
        """The flow's answer, or `{"name", "text", …}` of the refusal."""
        ...


class Intake(Protocol):
    """Where every POST becomes a letter (`bots.intake.Intake`)."""

    async def put(
        self, *, lane: str, key: str, kind: str, payload: Mapping[str, Any], due: datetime | None = None
    ) -> object:
        """Write the letter; on return it is on the disk."""
        ...

    async def ask(
        self,
        *,
        lane: str,
        key: str,
        kind: str,
        payload: dict[str, Any],
        due: datetime | None = None,
        wait: float = ...,
    ) -> Outcome | None:
        """Write the letter and wait for its outcome; None is still pending.

        Raises:
            KeyReused: the key was used with another `body_sha`.
        """
        ...


class Naryad(Protocol):
    """The running program as the web sees it."""

    @property
    def settings(self) -> Settings:
        """What the environment says."""
        ...

    @property
    def intake(self) -> Intake:
        """Where letters are put."""
        ...

    @property
    def desk(self) -> Desk:
        """Hands out events as they happen, and notes what a browser has fetched."""
        ...

    @property
    def readers(self) -> async_sessionmaker[AsyncSession]:
        """Read-only sessions."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def chance(self) -> Chance:
        """Ids and tokens."""
        ...

    @property
    def markets(self) -> Mapping[str, Market]:
        """The markets that are open, by name; the first is the default one."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """The texts."""
        ...

    @property
    def press(self) -> Press:
        """Prints job files."""
        ...

    @property
    def blobs(self) -> LocalBlobs:
        """Files that we made."""
        ...

    @property
    def media(self) -> Media:
        """Files that people sent."""
        ...

    @property
    def hearing(self) -> Mapping[str, Listening]:
        """Each door that knocks or is asked, by its name."""
        ...

    @property
    def channels(self) -> Mapping[str, str]:
        """Each door and whether it is `on` or `broken`, for `/health`."""
        ...

    @property
    def provider(self) -> Provider:
        """The payment provider that is connected."""
        ...

    @property
    def gateways(self) -> Mapping[str, Gateway]:
        """Payment providers by name, for their notices."""
        ...

    @property
    def played(self) -> Mapping[str, FastAPI]:
        """Providers and registrars that are built in, by the path to mount each at; long paths first."""
        ...

    @property
    def secret(self) -> bytes:
        """What our own tokens are signed with."""
        ...


def naryad_of(request: Request) -> Naryad:
    """Return the program this app was built for."""
    program: Naryad = request.app.state.naryad
    return program


Program = Annotated[Naryad, Depends(naryad_of)]
