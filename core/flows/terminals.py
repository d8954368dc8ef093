"""A master's terminal: a page on his phone, or a device he picks up (A26–A28, A91)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.flows import masters
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal, UnknownThing
from storage.tables import MasterRow, Row, TalkRow, TerminalRow

KINDS = ("smartphone", "physical")


async def provision(tx: Tx, *, master: MasterRow, kind: str, terminal_id: str) -> TerminalRow:
    """Give a master a terminal. The page works at once; a device has to be picked up first."""
    terminal = TerminalRow(
        id=terminal_id,
        master_id=master.id,
        type=kind,
        status="active",
        pickup={"city": master.city, "status": "ordered"} if kind == "physical" else None,
        created_at=tx.now,
    )
    tx.add(terminal)
    parties = [master.id, *([master.talk_id] if master.talk_id else [])]
    tx.record("master", master.id, "terminal_provisioned", actor="naryad", parties=parties, type=kind)
    return terminal


class TerminalHandler:
    """`terminal-provision` {master_id, terminal_id, type}."""

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The master and his talk."""
        master = have(MasterRow, letter.payload["master_id"])
        talks = [master.talk_id] if master is not None and master.talk_id else []
        return {MasterRow: [letter.payload["master_id"]], TalkRow: talks}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Provision and answer with the terminal; the master is active if nothing else was missing."""
        payload = turn[-1].payload
        master = await tx.get(MasterRow, payload["master_id"])
        if master is None or payload["type"] not in KINDS:
            raise UnknownThing(thing="master" if master is None else "terminal")
        kind, terminal_id = str(payload["type"]), str(payload["terminal_id"])
        terminal = await provision(tx, master=master, kind=kind, terminal_id=terminal_id)
        was_draft = master.status == "draft"
        is_active = await masters.activate_if_ready(tx, master)
        talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
        if talk is not None and was_draft:
            talk.known = {**talk.known, "has_terminal": True}
            if is_active:
                talk.status, talk.closed_at, talk.step = "completed", tx.now, "working"
                tx.say(talk, "master-ready", news=True)
        answer = {"terminal_id": terminal.id, "type": terminal.type, "status": master.status}
        tx.answer({**answer, "pickup": terminal.pickup} if terminal.pickup else answer)

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The one who asked hears it; nothing is said in the talk."""
