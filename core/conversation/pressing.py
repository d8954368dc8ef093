"""What a client presses: a time, a fault, "we are safe", stars, yes or no to an amount, cancel."""

from core.conversation import afterwards, booking, danger, small_talk, underway, unknown, which
from core.conversation.known import Wanted
from core.conversation.request import advance, begin_next, settle
from core.conversation.scene import Scene
from core.conversation.script import pressed
from core.flows import bookings, payments, warranty
from core.flows.actor import Actor, ActorKind
from core.kernel.job import JobState
from core.kernel.refusal import NotYours, OldButton
from core.language.choose import Chosen
from core.meaning import Trade
from storage.tables import JobRow


async def press(scene: Scene, made: str) -> None:  # noqa: C901, PLR0912, PLR0915 - one branch a button
    """Do what a button stands for.

    Raises:
        OldButton: this button means nothing here, or no longer.
        NotYours: its job is somebody else's.
    """
    talk, known, tx = scene.talk, scene.known, scene.tx
    verb, thing, version = pressed(made)
    job = scene.live_job
    actor = Actor(ActorKind.CLIENT, talk.id)
    match verb:
        case "slot":
            await _tap(scene, made)
        case "time":
            await _tap_news(scene, thing)
        case "fault" if thing in scene.script.library and (job is None or job.state == JobState.QUOTED):
            if job is None:
                talk.job_id, scene.job = None, None
            unknown.take(scene, thing)
            scene.open()
            await advance(scene)
        case "trade" if thing in set(Trade) and (job is None or job.state == JobState.QUOTED):
            if job is None:
                talk.job_id, scene.job = None, None
            known.wanted, known.shown = [Wanted(trade=Trade(thing), confidence=1.0)], []
            scene.open()
            await advance(scene)
        case warranty.YES | warranty.NO:
            repeat, market = await _own(scene, thing), scene.script.market(talk)
            await warranty.answer(tx, market, job=repeat, actor=actor, is_yes=verb == warranty.YES)
        case "move":
            await small_talk.move_that(scene, await _own(scene, thing))
        case "safe" if known.emergency is not None:
            scene.said = Chosen(is_answer=True, is_safe=True)
            if known.is_danger_over or not danger.be_safe(scene):
                await advance(scene)
        case "notyet" if known.emergency is not None:
            danger.stay_out(scene)
        case "continue":
            known.asked = {}
            scene.open()
            scene.say("client-resume")
            await advance(scene)
        case "next":  # a silent turn: a place, a code, another door
            known.asked = {}
            if not scene.is_over:
                scene.open()
            await _go_on(scene)
        case "request":
            await which.take(scene, thing)
        case "cancel":
            about = None if thing in ("talk", talk.id) else await tx.get(JobRow, thing)
            await small_talk.cancel(scene, about)
        case "cancelall":
            await small_talk.cancel_all(scene)
        case "rate":
            await afterwards.press(scene, thing, version)
        case "keep":
            await _own(scene, thing)
            known.yes_means = None
            scene.say("client-keep")
        case "agree" if job is not None:
            payment = await payments.of_job(tx, thing, job.id)
            await payments.agree(tx, payment=payment, job=job, is_agreed=version == "yes", actor=str(actor))
        case _:
            raise OldButton


async def _go_on(scene: Scene) -> None:
    """Ask what is missing; of a job under way, tell how it stands."""
    job = scene.live_job
    if scene.is_over and (job is None or job.state != JobState.QUOTED):
        await underway.answer(scene)
    else:
        await advance(scene)


async def _own(scene: Scene, job_id: str) -> JobRow:
    """Return a job that a button is about, if it is this person's."""
    about = await scene.tx.get(JobRow, job_id)
    if about is None or not scene.owns(about):
        raise NotYours if about is not None else OldButton
    return about


async def _tap(scene: Scene, made: str) -> None:
    if await booking.take(scene, made):
        await settle(scene)
    elif scene.live_job is not None:
        scene.say("client-held-already", when=scene.live_job.starts_at)


async def _tap_news(scene: Scene, thing: str) -> None:
    """A time that was offered in news: its job may not be the talk's last one."""
    actor, known = Actor(ActorKind.CLIENT, scene.talk.id), scene.known
    for other in scene.others:
        if thing.startswith(other.id) and other.state == JobState.QUOTED:  # who and where came later
            await bookings.learn(scene.tx, other, name=known.name, phone=known.phone, address=known.address)
    job = await bookings.take_time(scene.tx, object_id=thing, actor=actor)
    if job.id != scene.talk.job_id:
        return
    scene.known.slots = []
    if job.state == JobState.QUOTED:
        booking.say_held_job(scene, job)
        await settle(scene)
    else:
        scene.talk.step = "done"
        scene.close()
        await begin_next(scene)
