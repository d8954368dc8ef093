"""What a master asks in between, joining or at work: who we are, what he gets, a person please."""

from core.conversation.errands import Errand
from core.conversation.master_scene import MasterScene
from core.conversation.script import title
from core.flows.tickets import TicketKind, open_ticket
from core.meaning import Intent
from core.text.facts import Items
from storage.tables import JobRow

_ASIDES = (
    (Errand.WHY_PHONE, "master-why-phone"),
    (Errand.WHEN_PAID, "master-when-paid"),
    (Errand.TERMS, "master-pay"),
    (Errand.TERMINAL, "master-what-terminal"),
    (Errand.WHO, "master-who"),
    (Errand.WHAT_JOBS, "master-what-jobs"),
)
_INTENTS = (
    (Intent.PRICE, "master-pay"),
    (Intent.COMPLAINT, "master-sorry"),
    (Intent.ANGER, "master-sorry"),
)


async def answer(scene: MasterScene) -> bool:
    """Answer what was asked beside the matter. Return whether anything was."""
    if scene.said.has(Errand.HUMAN) or Intent.HUMAN in scene.intents:
        await call_owner(scene, TicketKind.HUMAN)
        return True
    name = next((name for errand, name in _ASIDES if scene.said.has(errand)), None)
    name = name or next((name for intent, name in _INTENTS if intent in scene.intents), None)
    match name:
        case None:
            return False
        case "master-pay":
            scene.say(name, percent=percent(scene))
        case "master-what-jobs":
            faults = [title(fault, scene.talk) for fault in scene.script.faults_of(scene.talk)]
            scene.say(name, jobs=Items(tuple(faults[:3])))
        case _:
            scene.say(name)
    return True


async def call_owner(scene: MasterScene, kind: TicketKind, *, job: JobRow | None = None) -> None:
    """Put a matter before the owner, and say so."""
    is_new = await open_ticket(scene.tx, kind=kind, talk=scene.talk, words=scene.said.words, job=job)
    scene.say("master-human" if is_new else "master-human-again")


def percent(scene: MasterScene) -> int:
    """Return the master's share of the net, in per cent."""
    return scene.market.settlement.master_bp // 100
