"""What both people hear when a job goes on (A174), each with the buttons that make sense to him now."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.flows.tx import Choice, Tx
from core.kernel.money import Currency, Money
from core.library.library import load_library
from core.meaning import Lang
from core.text.facts import Named, mid, phone
from storage.tables import JobRow, MasterRow, OfferRow, Priority, TalkRow

_ADDRESS = ("street", "house", "building", "structure", "flat", "entrance", "floor", "intercom")
_NONE = "none"


def choice(verb: str, object_id: str, version: int | None) -> str:
    """Return what a button chooses: `verb:object:version`."""
    return f"{verb}:{object_id}:{version or 1}"


async def tell_client(
    tx: Tx,
    job: JobRow,
    name: str,
    *,
    buttons: Sequence[Choice] = (),
    choices: Sequence[str] = (),
    **facts: Any,
) -> None:
    """Tell the client. `choices` are verbs on the job; each has its label in the text."""
    if talk := await talk_of(tx, job.talk_id):
        tx.say(talk, name, choices=_on(job, choices), buttons=buttons, news=True, **_facts(job, facts))


async def tell_master(
    tx: Tx,
    master: MasterRow | None,
    job: JobRow,
    name: str,
    *,
    offer: OfferRow | None = None,
    choices: Sequence[str] = (),
    **facts: Any,
) -> None:
    """Tell the master, if he has a talk. `choices` are verbs on the offer, or on the job if there is none."""
    if master is None or master.talk_id is None or (talk := await talk_of(tx, master.talk_id)) is None:
        return
    buttons = (
        {verb: choice(verb, offer.id, offer.version) for verb in choices} if offer else _on(job, choices)
    )
    priority = Priority.OFFER if offer else Priority.NEWS
    tx.say(talk, name, choices=buttons, news=True, priority=priority, **_facts(job, facts))


def about(job: JobRow) -> dict[str, object]:
    """Return the facts that any text about a job may mention."""
    facts: dict[str, object] = {"number": job.number}
    if job.starts_at is not None:
        facts["when"] = job.starts_at
    if job.price_minor is not None:
        facts["price"] = Money(job.price_minor, Currency(job.currency))
    return facts


def service(job: JobRow, lang: str) -> str:
    """Say in words what is to be done, without a word of the client's own: those may name him."""
    library = load_library()
    titles = [library.fault(fault).text(Lang(lang)).title for fault in job.faults if fault in library]
    first, *others = titles or [str(job.trade or "")]
    return ", ".join((first, *map(mid, others)))


def place(job: JobRow) -> str:
    """Say where the job is as far as a master may know who has not accepted it: no house, no flat."""
    return ", ".join(part for part in (job.address.get("street"), job.district) if part) or job.city


def address(job: JobRow) -> Named:
    """Say the whole address in one line."""
    return Named("job-address", {part: job.address.get(part) or _NONE for part in _ADDRESS})


def master_facts(master: MasterRow | None) -> dict[str, Any]:
    """Return who the master is, for the client."""
    name = master.name if master and master.name else Named("master-unnamed")
    return {"master": name, "phone": phone(master.phone) if master and master.phone else _NONE}


async def talk_of(tx: Tx, talk_id: str) -> TalkRow | None:
    """Return a talk to speak in. News changes nothing in it, so it is not locked."""
    return await tx.see(TalkRow, talk_id)


def _facts(job: JobRow, facts: Mapping[str, object]) -> dict[str, Any]:
    return {**about(job), **facts}


def _on(job: JobRow, verbs: Sequence[str]) -> Mapping[str, str]:
    return {verb: choice(verb, job.id, job.version) for verb in verbs}
