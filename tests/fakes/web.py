"""The program as the HTTP side sees it: a real database, a real desk, and an intake that answers as told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bots.chance import SystemChance
from bots.held import Desk
from bots.listening import Listening
from bots.media import Media
from bots.rendering import Press
from bots.settings import Settings
from core.flows.charges import Provider
from core.kernel.refusal import KeyReused
from core.markets.policy import Market, load_market
from core.ports import Gateway
from core.text.catalogue import Catalogue, catalogue
from storage.blobs import LocalBlobs
from storage.engine import Engine, readers
from storage.mail import Outcome
from tests.fakes.clock import FakeClock

OWNER = "the-owner's-token"
ADDRESS = "http://naryad.test"

Facts = Mapping[str, Any] | Callable[[dict[str, Any]], Mapping[str, Any]]


@dataclass
class Asked:
    """A letter that was put."""

    lane: str
    key: str
    kind: str
    payload: dict[str, Any]


@dataclass
class FakeIntake:
    """Answers every letter at once, by its kind; the same key again from memory."""

    answers: dict[str, Facts] = field(default_factory=dict)
    refusals: dict[str, dict[str, Any]] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    letters: list[Asked] = field(default_factory=list)
    _known: dict[str, tuple[str, Outcome | None]] = field(default_factory=dict)

    async def ask(
        self,
        *,
        lane: str,
        key: str,
        kind: str,
        payload: Mapping[str, Any],
        due: datetime | None = None,
        wait: float = 10.0,
    ) -> Outcome | None:
        if key in self._known:
            body_sha, outcome = self._known[key]
            if body_sha != payload["body_sha"]:
                raise KeyReused
            return outcome
        self.letters.append(Asked(lane, key, kind, dict(payload)))
        outcome = self._outcome(kind, dict(payload))
        self._known[key] = (payload["body_sha"], outcome)
        return outcome

    async def put(
        self,
        *,
        lane: str,
        key: str,
        kind: str,
        payload: Mapping[str, Any],
        due: datetime | None = None,
    ) -> None:
        if key not in self._known:
            self.letters.append(Asked(lane, key, kind, dict(payload)))
            self._known[key] = ("", None)

    def _outcome(self, kind: str, payload: dict[str, Any]) -> Outcome | None:
        letter_id = f"letter-{len(self.letters)}"
        if kind in self.slow:
            return None
        if kind in self.broken:
            return Outcome(letter_id, "defect", {})
        if kind in self.refusals:
            return Outcome(letter_id, "refusal", self.refusals[kind])
        facts = self.answers.get(kind, {})
        return Outcome(letter_id, "ok", dict(facts(payload) if callable(facts) else facts))


class FakeNaryad:
    """Everything the HTTP side asks for."""

    def __init__(self, engine: Engine, *, clock: FakeClock, data_dir: Path, **settings: Any) -> None:
        self.settings = Settings(
            _env_file=None,
            data_dir=data_dir,
            public_url=settings.pop("public_url", ADDRESS),
            api_token=SecretStr(OWNER),
            secret_key=SecretStr("a secret of the tests"),
            **settings,
        )
        self.intake = FakeIntake()
        self.desk = Desk(engine, clock=clock)
        self.readers: async_sessionmaker[AsyncSession] = readers(engine)
        self.clock = clock
        self.chance = SystemChance(seed=1)
        self.markets: Mapping[str, Market] = {"home_services": load_market("home_services")}
        self.catalogue: Catalogue = catalogue()
        self.channels: Mapping[str, str] = {"web": "on", "telegram": "off"}
        self.secret: bytes = self.settings.secret
        self.blobs = LocalBlobs(data_dir / "blobs", secret=self.secret, url=self.settings.url)
        self.media = Media(data_dir / "files", clock=clock, chance=self.chance)
        self.hearing: Mapping[str, Listening] = {}
        self.press = Press(
            self.blobs,
            markets=self.markets,
            catalogue=self.catalogue,
            clock=clock,
            zone=self.settings.zone,
            url=self.settings.url,
            media=data_dir / "files",
        )
        self.provider = Provider()
        self.gateways: Mapping[str, Gateway] = {}
        self.played: Mapping[str, FastAPI] = {}


def browser(app: FastAPI, *, token: str | None = None, address: str = "10.0.0.1") -> httpx.AsyncClient:
    """Return somebody who asks: with a token or with nothing, from a network address."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 50_000)),
        base_url=ADDRESS,
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )
