"""What we answer to questions beside the matter: why the phone, how to pay, who comes, is the visit free.

Each has a text of its own; the open question is asked again afterwards in its short form, and nothing asked
beside the matter counts as an answer in vain.
"""

from typing import Any

from core.conversation import booking
from core.conversation.asides import ANSWERED, Aside, is_question
from core.conversation.scene import Scene
from core.flows import news, offers
from core.flows.tickets import TicketKind, open_ticket
from core.language.choose import Question
from core.meaning import Intent

_WHY = {  # "какая разница?" asks why the open question matters
    Question.NAME: Aside.WHY_NAME,
    Question.PHONE: Aside.WHY_PHONE,
    Question.NAME_PHONE: Aside.WHY_PHONE,
    Question.ADDRESS: Aside.WHY_ADDRESS,
}


def asks(scene: Scene) -> bool:
    """Tell whether something is asked beside the matter that has an answer of its own."""
    return _asked(scene) is not None


def doubts(scene: Scene) -> bool:
    """Tell whether somebody only asks whether he may trust us: "is it a scam?" complains of nothing."""
    return Aside.TRUST in scene.asides and is_question(scene.heard.texts)


async def answer(scene: Scene) -> bool:
    """Answer one question beside the matter. Return whether there was one."""
    asked = _asked(scene)
    if asked is None:
        return False
    scene.is_aside_answered = True
    match asked:
        case Aside.WHO:
            await _tell_who(scene)
        case Aside.DURATION:
            _tell_duration(scene)
        case _:
            scene.say(f"client-about-{asked}", **_facts(scene, asked))
    return True


def part(scene: Scene) -> bool:
    """Say goodbye to whoever says it. Return whether he did."""
    if Intent.BYE not in scene.intents:
        return False
    is_open = scene.live_job is None and bool(scene.known.wanted) and not scene.is_over
    scene.known.has_left = True
    scene.say("client-bye-open" if is_open else "client-bye")
    return True


def wants_human(scene: Scene) -> bool:
    """Tell whether a person is asked for; "скажите мастеру, пусть позвонит" is for the master."""
    if Aside.TELL_MASTER in scene.asides:
        return False
    return Intent.HUMAN in scene.intents or Aside.HUMAN in scene.asides


async def call_human(scene: Scene) -> None:
    """Put the talk before the owner; the talk itself goes on."""
    scene.is_aside_answered = True
    words = "\n".join(scene.heard.texts)
    is_new = await open_ticket(
        scene.tx, kind=TicketKind.HUMAN, talk=scene.talk, words=words, job=scene.live_job
    )
    scene.say("client-human" if is_new else "client-human-again")


def _asked(scene: Scene) -> Aside | None:
    asked = next((each for each in ANSWERED if each in scene.asides), None)
    if asked is None and Aside.ANY in scene.asides and scene.talk.step in set(Question):
        return _WHY.get(Question(scene.talk.step))
    return asked


def _tell_duration(scene: Scene) -> None:
    if not scene.known.faults:
        scene.say("client-about-duration-unknown")
        return
    estimate = booking.estimate(scene)
    scene.say("client-about-duration", shortest=estimate.shortest, longest=estimate.longest)


async def _tell_who(scene: Scene) -> None:
    job = scene.live_job
    master = await offers.master_of(scene.tx, job.master_id) if job is not None else None
    if job is None or master is None or job.starts_at is None:
        scene.say("client-about-who")
        return
    scene.say("client-about-who-known", when=job.starts_at, **news.master_facts(master))


def _facts(scene: Scene, asked: Aside) -> dict[str, Any]:
    match asked:
        case Aside.PRIVACY:
            return {"link": scene.script.links.privacy}
        case Aside.WARRANTY:
            return {"days": scene.script.market(scene.talk).warranty.days}
        case Aside.AREA:
            return {"city": scene.script.city(scene.known.city).name}
        case Aside.CALL_OUT:
            market = scene.script.market(scene.talk)
            fee = market.cancellation.call_out_minor
            return {"fee": market.money(fee) if fee else "none"}
        case _:
            return {}
