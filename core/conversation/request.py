"""What is still missing is asked, a time is held, and once all is known a master is sought.

A person may answer two questions at once, a later one first, or correct an earlier one: every turn ends here,
looks at what is missing, and asks only that.
"""

from core.conversation import asking, booking, underway, works
from core.conversation.scene import Scene
from core.conversation.script import choice
from core.conversation.wordings import acknowledge
from core.flows import bookings
from core.flows.tickets import TicketKind, open_ticket
from core.kernel.job import JobState
from core.language.choose import Question
from core.meaning import Intent
from core.messages import Role
from core.text.facts import Items
from storage.tables import JobRow, PersonRow

WEB = "web"
_MOVABLE = (JobState.OPEN, JobState.ASSIGNED)


async def advance(scene: Scene) -> None:  # noqa: PLR0912 - one branch a thing that is missing
    """Ask for the first thing that is missing; with nothing missing, seek a master."""
    if not asking.knows_problem(scene):
        if scene.is_stuck:
            words = "\n".join(scene.heard.texts)
            await open_ticket(scene.tx, kind=TicketKind.STUCK, talk=scene.talk, words=words)
        return
    job, talk = scene.live_job, scene.talk
    if job is not None and job.state != JobState.QUOTED:
        await _advance_underway(scene, job)
        return
    if scene.corrected:
        scene.say("client-noted", what=Items(scene.corrected))
    else:
        acknowledge(scene)
    is_held = job is not None and await bookings.renew_quote(scene.tx, job)
    is_other_work = job is not None and scene.known.faults != list(job.faults)
    if not is_held or is_other_work:
        asking.tell_range(scene)
        asking.ask_photo(scene)
    if not is_held:
        if asking.is_elsewhere(scene) or not scene.known.has_address:
            asking.ask_address(scene)
        elif await booking.pick(scene):
            await settle(scene)
        elif scene.job is not None and scene.job.starts_at is None:
            await begin_next(scene)  # nobody has time for this one: it waits, the next one need not
    elif is_other_work or _wants_other_time(scene) or (talk.step == Question.SLOT and not _tells_who(scene)):
        if await booking.pick(scene):
            await settle(scene)
    else:
        await settle(scene)


async def _advance_underway(scene: Scene, job: JobRow) -> None:
    """A master is sought or found: another time was being chosen, or one more fault was told."""
    is_open = job.state == JobState.OPEN
    if (
        job.state in _MOVABLE
        and scene.talk.step == Question.SLOT
        and scene.said.is_answer
        and not scene.said.frames
    ):
        if await booking.pick(scene):
            await settle(scene)
    elif is_open and scene.known.faults != list(job.faults):
        asking.tell_range(scene)
        await booking.offer(scene)
    else:
        scene.close()
        await underway.answer(scene)


def _tells_who(scene: Scene) -> bool:
    """Tell whether only contacts were told: whoever looks at other times keeps his own."""
    who, said = scene.said.identity, scene.said
    is_told = scene.has_learnt and any((who.first, who.last, who.phone))
    return is_told and not (said.times or said.frames or said.ordinal is not None)


def _wants_other_time(scene: Scene) -> bool:
    return Intent.MOVE in scene.intents or (bool(scene.said.times) and not scene.said.is_answer)


async def settle(scene: Scene) -> None:
    """Ask for what is still missing of a job whose time is held; with nothing missing, seek a master."""
    job, known, tx = scene.live_job, scene.known, scene.tx
    if job is None or job.state != JobState.QUOTED:
        return
    await bookings.learn(tx, job, name=known.name, phone=known.phone, address=known.address)
    await _learn_person(scene)
    if not known.has_address:
        asking.ask_address(scene)
    elif needs := [part for part in ("name", "phone") if part in known.missing(has_time=True)]:
        asking.ask_contacts(scene, needs)
    else:
        scene.talk.step = "done"
        scene.close()
        await bookings.publish(tx, job, scene.talk)
        _offer_messenger(scene)
        await begin_next(scene)


def _offer_messenger(scene: Scene) -> None:
    """A browser's tab is soon closed: news can follow the person to a messenger, if there is one (L21)."""
    is_web = scene.talk.channel == WEB
    if is_web and scene.script.links.invites(Role.CLIENT, "") and not scene.known.count("messenger"):
        scene.say("talk-link-offer", choices={"link": choice("link", "talk")})


async def begin_next(scene: Scene) -> None:
    """One visit is ordered: go on with the next one, if something of another trade is wanted too."""
    if works.next_visit(scene):
        if not scene.known.faults:
            scene.say("client-visit-next")
        await advance(scene)


async def _learn_person(scene: Scene) -> None:
    known, talk = scene.known, scene.talk
    person = await scene.tx.get(PersonRow, talk.person_id) if talk.person_id else None
    if person is not None:
        person.name = known.name or person.name
        if person.phone_verified_at is None:  # what a door has vouched for, no typed number replaces
            person.phone = known.phone or person.phone
        person.email = known.email or person.email
