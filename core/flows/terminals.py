"""A master's terminal: a page on his phone, or a device he picks up and activates (A26–A28, A91)."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.flows import masters
from core.flows.actor import Actor
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal, UnknownThing
from core.markets.cities import load_cities
from storage.tables import MasterRow, Row, TalkRow, TerminalRow

KINDS = ("smartphone", "physical")
LETTERS = ("terminal-provision", "terminal-activate", "terminal-close", "terminal-enter")
CODE_LIVES = timedelta(days=7)
WRONG_MAX = 5  # wrong codes after which an order is void

ORDERED, ACTIVE, CLOSED = "ordered", "active", "closed"


@dataclass(frozen=True, slots=True)
class Seal:
    """What is kept of an activation code: enough to know it again, too little to guess it.

    Attributes:
        number: The code's first three digits. They name the order, so that wrong tries count against it.
        digest: Of the whole code, under our secret.
    """

    number: str
    digest: str


class Activation(StrEnum):
    """What became of a code that was typed into a device."""

    DONE = "done"
    WRONG = "wrong"
    USED = "used"
    EXPIRED = "expired"
    LOCKED = "locked"


async def provision(
    tx: Tx, *, master: MasterRow, kind: str, terminal_id: str, seal: Seal | None = None
) -> TerminalRow:
    """Give a master a terminal. The page works at once; a device is ordered and has to be activated.

    Args:
        seal: Of the device's activation code.
    """
    pickup = None
    if kind == "physical":
        await _withdraw_orders(tx, master)
        pickup = _pickup(master, seal, until=tx.now + CODE_LIVES)
    terminal = TerminalRow(
        id=terminal_id,
        master_id=master.id,
        type=kind,
        status=ACTIVE if pickup is None else ORDERED,
        pickup=pickup,
        created_at=tx.now,
    )
    tx.add(terminal)
    _record(tx, master, "terminal_provisioned", type=kind, terminal_id=terminal_id)
    return terminal


def told_pickup(terminal: TerminalRow, *, zone: ZoneInfo) -> dict[str, Any]:
    """Return the facts of a text that says where a device waits, and the last whole day it does."""
    pickup = terminal.pickup or {}
    parts = (pickup.get("place"), pickup.get("address"), pickup.get("hours"))
    last = _until(terminal).astimezone(zone).date() - timedelta(days=1)
    return {"place": ", ".join(part for part in parts if part), "day": last}


def pickup_view(terminal: TerminalRow) -> dict[str, Any] | None:
    """Show where a device waits; nothing of its code."""
    if terminal.pickup is None:
        return None
    shown = {name: terminal.pickup.get(name) for name in ("city", "place", "address", "hours", "until")}
    return {**shown, "status": terminal.status}


def is_expired(terminal: TerminalRow, *, now: datetime) -> bool:
    """Tell whether a device's code has become too old."""
    return now >= _until(terminal)


def _pickup(master: MasterRow, seal: Seal | None, *, until: datetime) -> dict[str, Any]:
    """Choose a locker in the master's part of the city, else the first one."""
    city = load_cities().get(str(master.city))
    lockers = city.lockers if city is not None else ()
    near = (each for each in lockers if each.district == master.district)
    locker = next(near, next(iter(lockers), None))
    words = locker.words(master.lang) if locker else None
    return {
        "city": master.city,
        "place": words.name if words else None,
        "address": words.address if words else None,
        "hours": locker.hours if locker else None,
        "until": until.isoformat(),
        "number": seal.number if seal else "",
        "digest": seal.digest if seal else "",
        "wrong": 0,
    }


async def _withdraw_orders(tx: Tx, master: MasterRow) -> None:
    """A new device takes the place of one that was not picked up: its code opens nothing any more."""
    await tx.flush()
    query = select(TerminalRow.id).where(TerminalRow.master_id == master.id, TerminalRow.status == ORDERED)
    for id in (await tx.session.scalars(query)).all():
        if (old := await tx.get(TerminalRow, id)) is not None:
            old.status = CLOSED


async def activate(tx: Tx, *, master: MasterRow, terminal: TerminalRow, digest: str) -> Activation:
    """Try a code on a device. Nothing is raised: a wrong try has to be remembered."""
    pickup = dict(terminal.pickup or {})
    is_right = bool(pickup.get("digest")) and hmac.compare_digest(str(pickup["digest"]), digest)
    if not is_right:
        return await _count_wrong(tx, master, terminal)
    if terminal.status == CLOSED:
        return _ended(pickup)
    if terminal.status == ACTIVE:
        return Activation.USED
    if is_expired(terminal, now=tx.now):
        return Activation.EXPIRED
    terminal.status = ACTIVE
    terminal.pickup = {**pickup, "activated_at": tx.now.isoformat()}
    _record(tx, master, "terminal_activated", terminal_id=terminal.id)
    await _say(tx, master, "master-terminal-activated")
    return Activation.DONE


async def _count_wrong(tx: Tx, master: MasterRow, terminal: TerminalRow) -> Activation:
    if terminal.status != ORDERED:
        return Activation.WRONG
    wrong = int((terminal.pickup or {}).get("wrong", 0)) + 1
    terminal.pickup = {**(terminal.pickup or {}), "wrong": wrong}
    if wrong < WRONG_MAX:
        return Activation.WRONG
    terminal.status = CLOSED
    _record(tx, master, "terminal_locked", terminal_id=terminal.id)
    await _say(tx, master, "master-terminal-locked")
    return Activation.LOCKED


def _ended(pickup: Mapping[str, Any]) -> Activation:
    """Tell why the right code of a closed device does nothing."""
    if "activated_at" in pickup:
        return Activation.USED
    return Activation.LOCKED if pickup.get("wrong", 0) >= WRONG_MAX else Activation.EXPIRED


async def close(tx: Tx, *, master: MasterRow, terminal: TerminalRow, actor: Actor) -> None:
    """Shut a terminal that was lost or is not wanted: its token stops at once. Once more is fine."""
    if terminal.status == CLOSED:
        return
    terminal.status = CLOSED
    _record(tx, master, "terminal_closed", actor=str(actor), terminal_id=terminal.id)
    await _say(tx, master, "master-terminal-closed")


def _until(terminal: TerminalRow) -> datetime:
    return datetime.fromisoformat((terminal.pickup or {})["until"])


def _record(tx: Tx, master: MasterRow, action: str, *, actor: str = "naryad", **facts: object) -> None:
    parties = [master.id, *([master.talk_id] if master.talk_id else [])]
    tx.record("master", master.id, action, actor=actor, parties=parties, **facts)


async def _say(tx: Tx, master: MasterRow, name: str, **facts: Any) -> None:
    talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
    if talk is not None:
        tx.say(talk, name, news=True, **facts)


async def _welcome(tx: Tx, master: MasterRow) -> None:
    """The master is active if nothing else was missing, and then his talk says so."""
    was_draft = master.status == "draft"
    is_active = await masters.activate_if_ready(tx, master)
    talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
    if talk is None or not was_draft:
        return
    talk.known = {**talk.known, "has_terminal": True}
    if is_active:
        talk.status, talk.closed_at, talk.step = "completed", tx.now, "working"
        tx.say(talk, "master-ready", news=True)


class TerminalHandler:
    """`terminal-provision` {master_id, terminal_id, type, number?, digest?}.

    `terminal-activate` {master_id, terminal_id, digest}, `terminal-close` {master_id, terminal_id, actor},
    `terminal-enter` {master_id, terminal_id, actor}: a new terminal if there is none of this id.
    """

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The master and his talk; the terminal, if there is one already."""
        master = have(MasterRow, letter.payload["master_id"])
        talks = [master.talk_id] if master is not None and master.talk_id else []
        wanted: dict[type[Row], Collection[str]] = {
            MasterRow: [letter.payload["master_id"]],
            TalkRow: talks,
        }
        if letter.kind != "terminal-provision":
            wanted[TerminalRow] = [letter.payload["terminal_id"]]
        return wanted

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Give, activate or close a terminal, and answer with it."""
        letter = turn[-1]
        payload = letter.payload
        master = await tx.get(MasterRow, payload["master_id"])
        if master is None:
            raise UnknownThing(thing="master")
        if letter.kind == "terminal-provision":
            await self._provision(tx, master, payload)
            return
        if letter.kind == "terminal-enter":
            await self._enter(tx, master, payload)
            return
        terminal = await tx.get(TerminalRow, payload["terminal_id"])
        if terminal is None or terminal.master_id != master.id:
            raise UnknownThing(thing="terminal")
        answer: dict[str, Any] = {"terminal_id": terminal.id, "type": terminal.type, "master_id": master.id}
        if letter.kind == "terminal-activate":
            outcome = await activate(tx, master=master, terminal=terminal, digest=str(payload["digest"]))
            answer["outcome"] = outcome.value
            if outcome is Activation.DONE:
                await _welcome(tx, master)
        else:
            await close(tx, master=master, terminal=terminal, actor=Actor.of(payload))
        tx.answer({**answer, "status": terminal.status})

    async def _enter(self, tx: Tx, master: MasterRow, payload: Mapping[str, Any]) -> None:
        """Open the master's terminal where a messenger vouches for him; who closed all gets a new one."""
        terminal = await tx.get(TerminalRow, payload["terminal_id"])
        if terminal is None or terminal.master_id != master.id or terminal.status != ACTIVE:
            new_id = tx.id() if terminal is not None else str(payload["terminal_id"])
            terminal = await provision(tx, master=master, kind="smartphone", terminal_id=new_id)
            await _welcome(tx, master)
        actor = str(Actor.of(payload))
        _record(tx, master, "terminal_entered", actor=actor, terminal_id=terminal.id)
        tx.answer({"terminal_id": terminal.id, "type": terminal.type, "status": terminal.status})

    async def _provision(self, tx: Tx, master: MasterRow, payload: Mapping[str, Any]) -> None:
        kind = str(payload["type"])
        if kind not in KINDS:
            raise UnknownThing(thing="terminal")
        seal = Seal(str(payload["number"]), str(payload["digest"])) if payload.get("digest") else None
        terminal = await provision(
            tx, master=master, kind=kind, terminal_id=str(payload["terminal_id"]), seal=seal
        )
        if terminal.pickup is None:
            await _welcome(tx, master)
        else:
            await _say(tx, master, "master-terminal-ordered", **told_pickup(terminal, zone=tx.zone))
        answer = {"terminal_id": terminal.id, "type": terminal.type, "status": master.status}
        tx.answer({**answer, "pickup": pickup_view(terminal)} if terminal.pickup else answer)

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The one who asked hears it; nothing is said in the talk."""
