"""How somebody becomes a master: what is still missing, and how it is asked (A17–A28)."""

from collections.abc import Sequence

from core.conversation import questions
from core.conversation.errands import Errand
from core.conversation.master_scene import AT_WORK, MasterScene, set_hours
from core.conversation.script import choice
from core.conversation.sharing import asks_for
from core.flows import masters, terminals
from core.flows.tickets import TicketKind
from core.kernel.refusal import OldButton
from core.language.choose import Chosen, Question
from core.meaning import Answer
from core.messages import HELD_CHANNELS, Ask

TERMINAL = "terminal"  # the step at which a terminal is chosen
_IN_VAIN = 5  # times the same was asked
_ABOUT_WORK = {"years": "both", "papers": "papers"}


async def advance(scene: MasterScene, chosen: Chosen | None = None) -> None:
    """Ask for the first thing that is missing. Who is asked in vain too often is shown to the owner."""
    known, talk = scene.known, scene.talk
    if known.asked and max(known.asked.values()) == _IN_VAIN and known.lost == 0:
        known.lost = 1
        await questions.call_owner(scene, TicketKind.STUCK)
    missing = known.missing()
    contacts = [part for part in ("name", "phone") if part in missing]
    if contacts:
        _ask_contacts(scene, contacts)
    elif "last" in missing:
        talk.step = Question.NAME
        again = "-again" if known.is_again("last") else ""
        scene.say(f"master-ask-last{again}", choices={"skip": choice("skip", "last")})
    elif "city" in missing:
        _ask_city(scene)
    elif "trades" in missing:
        talk.step = Question.TRADES
        scene.say("master-ask-trades-again" if known.is_again("trades") else "master-ask-trades")
    else:
        await _keep(scene)
        await _ask_about_work(scene, chosen)


async def give_terminal(scene: MasterScene, kind: str) -> None:
    """Give the terminal that was chosen; with it the master is ready.

    Raises:
        OldButton: there is no such terminal, or he has one.
    """
    known, talk, master = scene.known, scene.talk, scene.master
    if kind not in terminals.KINDS or known.has_terminal or master is None:
        raise OldButton
    tx, links = scene.tx, scene.script.links
    page = await terminals.provision(tx, master=master, kind="smartphone", terminal_id=tx.id())
    known.has_terminal = True
    url = links.terminal(page.id)
    if kind == "physical":  # the page serves until the device is in his hands
        id = tx.id()
        device = await terminals.provision(tx, master=master, kind=kind, terminal_id=id, seal=links.seal(id))
        pickup = terminals.told_pickup(device, zone=tx.zone)
        scene.say("master-terminal-physical", link=url, links={"open": url}, **pickup)
    elif talk.channel in HELD_CHANNELS:  # a page and a console show no buttons that are links
        scene.say("master-terminal-link", link=url)
    else:
        scene.say("master-terminal-button", links={"open": url})
    if await masters.activate_if_ready(scene.tx, master):
        talk.status, talk.closed_at, talk.step = "completed", scene.tx.now, AT_WORK
        known.asked, known.settled, known.lost = {}, [], 0
        scene.say("master-ready")
    else:
        await advance(scene)


async def _keep(scene: MasterScene) -> None:
    """Make the master's row as soon as we know whom to make, and keep it up with what he tells."""
    known, talk, tx = scene.known, scene.talk, scene.tx
    city = scene.script.city(known.city)
    if scene.master is None:
        scene.master = await masters.join(
            tx,
            talk=talk,
            name=str(known.name),
            phone=str(known.phone),
            email=known.email,
            city=city,
            district=known.district,
            trades=known.trades,
            years=known.years,
        )
    master = scene.master
    master.name, master.email, master.years = known.name, known.email, known.years
    master.certificates = known.certificates
    await masters.change_trades(tx, master, known.trades)
    for said in list(known.hours):
        known.hours.remove(said)
        known.has_hours |= await set_hours(scene, master, said.change)


def _ask_contacts(scene: MasterScene, needs: Sequence[str]) -> None:
    known = scene.known
    scene.talk.step = Question.NAME_PHONE if len(needs) > 1 else Question(needs[0])
    need = needs[0] if len(needs) == 1 else "both"
    is_again = known.is_again(f"contacts-{need}")
    name = "master-ask-name-phone-again" if is_again else "master-ask-name-phone"
    scene.say(name, needs=need, asks=asks_for(scene.talk, Ask.CONTACT) if need != "name" else None)


def _ask_city(scene: MasterScene) -> None:
    scene.talk.step = Question.CITY
    city = scene.script.default_city
    is_again = scene.known.is_again("city") or scene.reading.identity.city is not None  # another city's
    name = "master-ask-city-again" if is_again else "master-ask-city"
    scene.say(name, choices={"yes": choice("city", city)}, city=city)


async def _ask_about_work(scene: MasterScene, chosen: Chosen | None) -> None:
    known, talk = scene.known, scene.talk
    missing = known.missing()
    if about := next((name for name in _ABOUT_WORK if name in missing), None):
        talk.step = Question.YEARS
        needs = "years" if about == "years" and "papers" not in missing else _ABOUT_WORK[about]
        again = "-again" if known.is_again(about) else ""
        scene.say(f"master-ask-years{again}", choices={"skip": choice("skip", about)}, needs=needs)
    elif not known.has_hours:
        talk.step = Question.HOURS
        scene.say("master-ask-hours-again" if known.is_again("hours") else "master-ask-hours")
    elif not known.has_terminal:
        await _ask_terminal(scene, chosen)


async def _ask_terminal(scene: MasterScene, chosen: Chosen | None) -> None:
    if scene.talk.step == TERMINAL and chosen is not None and (kind := _terminal_chosen(scene, chosen)):
        await give_terminal(scene, kind)
        return
    scene.talk.step = TERMINAL
    name = "master-ask-terminal-again" if scene.known.is_again("terminal") else "master-ask-terminal"
    scene.say(name, choices={kind: choice("terminal", kind) for kind in terminals.KINDS})


def _terminal_chosen(scene: MasterScene, chosen: Chosen) -> str | None:
    if chosen.ordinal is not None:
        return terminals.KINDS[chosen.ordinal - 1]
    if scene.said.is_question or scene.said.has(Errand.TERMINAL):
        return None
    if scene.said.has(Errand.DEVICE):
        return "physical"
    if scene.said.has(Errand.SMARTPHONE) or chosen.answer is Answer.YES:
        return "smartphone"
    return None
