"""A shop for tests of the whole loop: the running program, a provider on a socket of its own, people at both.

The program is put together from the environment as a user sets it, the provider is its simulator. People
speak HTTP from a thread of their own; the clock is the machine's, moved on where time has to pass.
"""

import hashlib
import hmac
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI

from bots.app import assemble
from bots.chance import SystemChance
from bots.clock import SystemClock
from bots.settings import settings
from bots.simulators import cloudpayments, sber, tbank, yookassa
from bots.simulators.sber.api import PREFIX
from tests.loop import Door, Master

OWNER, SECRET, KEY = "owner-token-of-a-test", "secret-of-a-shop", "key-of-a-shop"
PATIENCE_S = 20.0
ENDED = ("succeeded", "failed", "cancelled")

Build = Callable[[str, str, SystemClock], FastAPI]


@dataclass(frozen=True)
class Played:
    """A provider: what a user sets, and its simulator.

    Attributes:
        env: By name; `{url}` is where the simulator listens.
        build: Makes it of its address, the address of our notices and the clock; None: it is built in.
        name: How it is called in rows and in the address of its notices.
        ends_at_decline: A declined card ends the charge; else the client may try another on the same page.
    """

    name: str
    env: Mapping[str, str]
    build: Build | None = None
    ends_at_decline: bool = True


def _yookassa(url: str, notices: str, clock: SystemClock) -> FastAPI:
    return yookassa.build(
        shop_id="100500", secret_key=SECRET, url=url, notice_url=notices, clock=clock, chance=SystemChance()
    )


def _tbank(url: str, notices: str, clock: SystemClock) -> FastAPI:
    del notices  # they go where each order says
    return tbank.build(terminal_key="terminal", password=SECRET, clock=clock, url=url, key=SECRET)


def _sber(url: str, notices: str, clock: SystemClock) -> FastAPI:
    return sber.build(
        user_name="shop-api",
        password=SECRET,
        callback_key=KEY,
        clock=clock,
        url=url,
        notice_url=notices,
        key=SECRET,
    )


def _cloudpayments(url: str, notices: str, clock: SystemClock) -> FastAPI:
    return cloudpayments.build(
        public_id="site", api_secret=SECRET, clock=clock, url=url, notice_url=notices, key=SECRET
    )


PROVIDERS = (
    Played("simulator", {}),
    Played(
        "yookassa",
        {
            "PAYMENT_PROVIDER": "yookassa",
            "YOOKASSA_SHOP_ID": "100500",
            "YOOKASSA_SECRET_KEY": SECRET,
            "YOOKASSA_API_URL": "{url}/v3",
            "YOOKASSA_NOTICE_NETWORKS": "127.0.0.0/8, ::1/128",
        },
        _yookassa,
    ),
    Played(
        "tbank",
        {
            "PAYMENT_PROVIDER": "tinkoff",
            "TINKOFF_TERMINAL_KEY": "terminal",
            "TINKOFF_PASSWORD": SECRET,
            "TINKOFF_API_URL": "{url}/v2",
        },
        _tbank,
    ),
    Played(
        "sber",
        {
            "PAYMENT_PROVIDER": "sberbank",
            "SBERBANK_USERNAME": "shop-api",
            "SBERBANK_PASSWORD": SECRET,
            "SBERBANK_CALLBACK_KEY": KEY,
            "SBERBANK_API_URL": "{url}" + PREFIX,
            "SBERBANK_PAGE_URL": "{url}/pay_ru",
        },
        _sber,
    ),
    Played(
        "cloudpayments",
        {
            "PAYMENT_PROVIDER": "cloudpayments",
            "CLOUDPAYMENTS_PUBLIC_ID": "site",
            "CLOUDPAYMENTS_API_SECRET": SECRET,
            "CLOUDPAYMENTS_API_URL": "{url}",
        },
        _cloudpayments,
        ends_at_decline=False,
    ),
)


@dataclass
class House:
    """The running program, its provider, and the people at both."""

    url: str
    played: Played
    provider_url: str
    provider_key: str
    database: str
    clock: SystemClock
    books: dict[str, int] = field(default_factory=dict)

    def owner(self) -> Door:
        return Door(self.url, OWNER)

    # The provider's side

    def sim(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.provider_key}"}
        answer = httpx.request(
            method, f"{self.provider_url}/_sim{path}", json=body, headers=headers, timeout=20
        )
        assert answer.is_success, answer.text
        return answer

    def client_acts(self, payment_id: str, act: str) -> None:
        """The client pays, or his bank says no."""
        query = "SELECT c.provider_id FROM charge c JOIN payment p ON p.charge_id = c.id WHERE p.id = "
        (provider_id,) = self.row(query + f"'{payment_id}'")
        self.sim("POST", f"/charges/{provider_id}/{act}")

    def row(self, query: str) -> Any:
        if self.database.startswith("postgresql"):
            with psycopg.connect(self.database.replace("+psycopg", "")) as connection:
                return connection.execute(query).fetchone()
        with closing(sqlite3.connect(self.database.partition(":///")[2])) as file:
            return file.execute(query).fetchone()

    # The master's side

    def pays_by(self, master: Master, method: str, job_id: str) -> dict[str, Any]:
        """Open the payment if none is open, ask for it this way, and wait for where it is paid."""
        opened = master.door.post("/terminal/payment/initialize", {"job_id": job_id})
        payment_id = opened["payment_id"]
        view = dict(master.door.post(f"/terminal/payment/{method}", {"payment_id": payment_id}))
        deadline = time.monotonic() + PATIENCE_S
        while not (view.get("qr_payload") if method == "sbp" else view.get("confirmation_url")):
            assert view["status"] == "pending", view
            assert time.monotonic() < deadline, view
            self.passes(seconds=1)
            view = master.door.get(f"/terminal/payment/{payment_id}/status")
        return view

    def until(self, master: Master, payment_id: str, *states: str, **span: float) -> dict[str, Any]:
        """Wait until a payment stands so; time passes by `span` at each look."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            view = dict(master.door.get(f"/terminal/payment/{payment_id}/status"))
            if view["status"] in states:
                return view
            assert time.monotonic() < deadline, (states, view)
            self.passes(**span)

    def passes(self, **span: float) -> None:
        """Let time pass: the clock moves on, and a moment really goes by."""
        self.clock.offset += timedelta(**span)
        time.sleep(0.03)

    # The owner's side

    def settles(self, paid: Mapping[str, Any]) -> None:
        """Note what a payment must leave in the books."""
        parts = {part: paid["split"][part]["minor"] for part in ("fee", "platform", "master")}
        assert sum(parts.values()) == paid["amount"]["minor"]
        master = f"master:{paid['master_id']}"
        for account, minor in {
            "client": -paid["amount"]["minor"],
            "fee": parts["fee"],
            "platform": parts["platform"],
            master: parts["master"],
        }.items():
            self.books[account] = self.books.get(account, 0) + minor

    def gives_back(self, paid: Mapping[str, Any], *amounts: int | None) -> None:
        """Refund a payment in parts down to nothing, and note what that leaves: the fee is ours to bear."""
        path = f"/payments/{paid['payment_id']}/refund"
        for amount in amounts:
            more = {"amount": amount} if amount else {}
            self.owner().post(path, {"words": "не понравилось", **more})
        deadline = time.monotonic() + PATIENCE_S
        while True:
            found = self.owner().get(f"{path}s")["items"]
            if [each["status"] for each in found] == ["done"] * len(amounts):
                break
            assert "failed" not in [each["status"] for each in found], found
            assert time.monotonic() < deadline, found
            self.passes(seconds=11)
        assert sum(each["amount"]["minor"] for each in found) == paid["amount"]["minor"]
        self.settles({**paid, "amount": {"minor": -paid["amount"]["minor"]}, "split": _less(paid["split"])})
        fee = paid["split"]["fee"]["minor"]
        self.books["fee"] += fee
        self.books["platform"] -= fee

    def balances(self) -> dict[str, int]:
        found = self.owner().get("/balances")["accounts"]
        return {each["account"]: each["balance"]["minor"] for each in found if each["balance"]["minor"]}


def _less(split: Mapping[str, Any]) -> dict[str, Any]:
    return {part: {**split[part], "minor": -split[part]["minor"]} for part in split}


@asynccontextmanager
async def listening(app: FastAPI, door: socket.socket) -> AsyncIterator[None]:
    """Serve an app on a bound socket, in this loop."""
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", ws="none", proxy_headers=False
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[door])
    try:
        yield
    finally:
        for each in server.servers:
            each.close()
        for connection in list(server.server_state.connections):
            connection.transport.close()


def _bound(stack: AsyncExitStack) -> tuple[socket.socket, str]:
    door = stack.enter_context(closing(socket.socket(proto=socket.IPPROTO_TCP)))
    door.bind(("127.0.0.1", 0))
    return door, f"http://127.0.0.1:{door.getsockname()[1]}"


@asynccontextmanager
async def opened(
    played: Played, folder: Path, database: str, patch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """Run the program, set by its environment, beside the provider."""
    async with AsyncExitStack() as stack:
        own_door, url = _bound(stack)
        its_door, its_url = _bound(stack)
        env = {name: value.replace("{url}", its_url) for name, value in played.env.items()}
        own = {
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "PUBLIC_URL": url,
            "API_TOKEN": OWNER,
            "SECRET_KEY": "secret-of-ours",
            "NARYAD_DEMO": "0",
            "FISCAL_PROVIDER": "none",
            "NPD_PROVIDER": "none",
            "LIMIT_STARTS_PER_HOUR": "1000",
            "LIMIT_MESSAGES_PER_MINUTE": "1000",
        }
        for name, value in {**own, **env}.items():
            patch.setenv(name, value)
        clock = SystemClock()
        chosen = settings(_env_file=None)
        key = SECRET
        if played.build is not None:
            app = played.build(its_url, f"{url}/webhooks/{played.name}", clock)
            await stack.enter_async_context(listening(app, its_door))
            stack.push_async_callback(app.state.wire.sender.close)
        else:
            its_url = f"{url}/simulator"
            key = hmac.new(chosen.secret, b"simulator", hashlib.sha256).hexdigest()
        program = assemble(chosen, clock=clock, inline=True)
        await stack.enter_async_context(program)
        await stack.enter_async_context(listening(program.web, own_door))
        assert list(program.gateways) == [played.name]
        yield House(url, played, its_url, key, database, clock)
