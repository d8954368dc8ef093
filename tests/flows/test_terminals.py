"""Terminals: a page works at once, a device is picked up and activated by its code, once (A26–A28, A91)."""

from collections.abc import Mapping
from typing import Any

import pytest

from bots.chance import SystemChance
from bots.pump import Handler
from bots.sidecar.tokens import activation_code, activation_seal, seal_of
from core.flows.terminals import CODE_LIVES, LETTERS, WRONG_MAX, TerminalHandler
from core.flows.tx import Tx
from storage.engine import Engine
from storage.tables import MasterRow, TerminalRow
from tests.fakes.clock import FakeClock
from tests.flows.city import City

SECRET = b"a secret of the tests"
OWNER = {"kind": "owner", "id": "owner"}


class Shop(City):
    """A city whose masters get terminals."""

    def handlers(self) -> Mapping[str, Handler]:
        return {**super().handlers(), **dict.fromkeys(LETTERS, TerminalHandler())}

    async def letter(self, kind: str, **payload: Any) -> dict[str, Any]:
        """Put a letter of a terminal as HTTP does; returns its answer."""
        key = f"{kind}:{next(self._numbers)}"
        receipt = await self.intake.put(
            lane="master:boris", key=key, kind=kind, payload={"master_id": "boris", "actor": OWNER, **payload}
        )
        await self.drain()
        outcome = await self.outcome(receipt.id)
        assert outcome.status == "ok", outcome
        return outcome.facts

    async def order(self, id: str = "device") -> str:
        """Order a device; returns its code."""
        seal = activation_seal(id, secret=SECRET)
        kind = {"terminal_id": id, "type": "physical", "number": seal.number, "digest": seal.digest}
        await self.letter("terminal-provision", **kind)
        return activation_code(id, secret=SECRET)

    async def type_in(self, code: str, id: str = "device") -> str:
        """Type a code into a device; returns what became of it."""
        digest = seal_of(code, secret=SECRET).digest
        return str((await self.letter("terminal-activate", terminal_id=id, digest=digest))["outcome"])

    async def terminal(self, id: str = "device") -> TerminalRow:
        (found,) = await self.all(TerminalRow, id=id)
        assert isinstance(found, TerminalRow)
        return found


@pytest.fixture
async def shop(engine: Engine, clock: FakeClock, chance: SystemChance) -> Shop:
    """Return a city with the master Boris."""
    shop = Shop(engine, clock, chance)
    await shop.master("boris")
    return shop


@pytest.mark.row("A26")
async def test_a_page_works_at_once(shop: Shop) -> None:
    told = await shop.letter("terminal-provision", terminal_id="page", type="smartphone")
    assert (await shop.terminal("page")).status == "active"
    assert "pickup" not in told


@pytest.mark.row("A27")
async def test_a_device_waits_in_a_locker_and_its_master_hears_where(shop: Shop) -> None:
    code = await shop.order()
    device = await shop.terminal()
    assert device.status == "ordered"
    assert device.pickup is not None
    assert device.pickup["address"].startswith("ул. ")
    assert code not in str(device.pickup)  # neither plain nor to be guessed without our secret
    said = await shop.last("talk-boris")
    assert said.name == "master-terminal-ordered"
    assert device.pickup["address"] in said.text
    assert code not in said.text


@pytest.mark.row("A27")
async def test_a_code_activates_once_and_links_the_device(shop: Shop) -> None:
    code = await shop.order()
    assert await shop.type_in(code) == "done"
    assert (await shop.terminal()).status == "active"
    assert (await shop.heard("talk-boris"))[-1] == "master-terminal-activated"
    assert await shop.type_in(code) == "used"
    await shop.letter("terminal-close", terminal_id="device")
    assert await shop.type_in(code) == "used"


async def test_five_wrong_tries_make_the_order_void(shop: Shop) -> None:
    code = await shop.order()
    wrong = code[:-1] + ("1" if code[-1] != "1" else "2")
    tries = [await shop.type_in(wrong) for _ in range(WRONG_MAX)]
    assert tries == ["wrong"] * (WRONG_MAX - 1) + ["locked"]
    assert await shop.type_in(code) == "locked"
    assert (await shop.terminal()).status == "closed"


async def test_a_code_lives_for_seven_days_and_until_the_next_order(shop: Shop) -> None:
    first, second = await shop.order("first"), await shop.order("second")
    assert await shop.type_in(first, "first") == "expired"
    shop.clock.advance(seconds=CODE_LIVES.total_seconds())
    assert await shop.type_in(second, "second") == "expired"


@pytest.mark.row("A28")
async def test_a_draft_is_active_once_his_device_is_activated(shop: Shop) -> None:
    await shop.master("vera")
    await shop.do(_unready)
    id = "device-of-vera"
    seal = activation_seal(id, secret=SECRET)
    order = {"terminal_id": id, "type": "physical", "number": seal.number, "digest": seal.digest}
    told = await shop.letter("terminal-provision", master_id="vera", **order)
    assert told["status"] == "draft"
    await shop.letter("terminal-activate", master_id="vera", terminal_id=id, digest=seal.digest)
    assert (await shop.heard("talk-vera"))[-2:] == ["master-terminal-activated", "master-ready"]


async def _unready(tx: Tx) -> None:
    vera = await tx.get(MasterRow, "vera")
    assert vera is not None
    vera.status = "draft"


async def test_a_closed_terminal_stays_closed(shop: Shop) -> None:
    await shop.letter("terminal-provision", terminal_id="page", type="smartphone")
    for _ in range(2):
        assert (await shop.letter("terminal-close", terminal_id="page"))["status"] == "closed"
    assert (await shop.heard("talk-boris")).count("master-terminal-closed") == 1
