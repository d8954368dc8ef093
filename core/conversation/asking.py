"""What is still missing of a request, asked in words that change from one time to the next (A35, A41).

Nothing is asked more than `questions_max` times in vain; after that we say what is needed and wait.
"""

from collections.abc import Sequence
from dataclasses import fields

from core.conversation import booking
from core.conversation.asides import Aside
from core.conversation.known import Wanted
from core.conversation.scene import ASIDE, Scene
from core.conversation.script import Choice, choice, title
from core.kernel.talk import may_ask
from core.language.choose import Question
from core.language.lexicon import table
from core.library.fault import Fault
from core.meaning import Answer
from core.text.facts import Items, PriceRange

PLANNED = ("install", "move", "hang", "assemble", "clean")  # kinds of actions that are no repair
WHOLE_HOME = ("wiring", "panel", "electricity", "meter")  # things that any fault of a home may begin at
WORDINGS = 3  # of the first question; after them nobody is asked in the same words once more
AGAIN = 2  # asked plainly and with an example in turn: nobody hears the same words twice running


def knows_problem(scene: Scene) -> bool:
    """Tell whether it is clear what to mend; if not, ask."""
    known, talk = scene.known, scene.talk
    if not known.faults:
        talk.step = Question.PROBLEM
        _take_the_only_fault(scene)
    if _turn_unserved_away(scene):
        talk.step = ASIDE
        return False
    if known.faults:
        _leave_out_what_cannot_be_priced(scene)
        return True
    _ask_problem(scene)
    return False


def tell_range(scene: Scene) -> None:
    """Name the indicative range, once for the same work (A42, K87)."""
    known = scene.known
    before = (known.low_minor, known.high_minor, known.range_of)
    estimate = booking.estimate(scene)
    known.range_of = known.faults
    if before == (known.low_minor, known.high_minor, known.range_of):
        return
    titles = [title(scene.script.library.fault(fault), scene.talk) for fault in known.faults]
    scene.say(
        "client-range-several" if len(titles) > 1 else "client-range",
        fault=Items(tuple(titles)) if len(titles) > 1 else titles[0],
        range=PriceRange(estimate.low, estimate.high),
        shortest=estimate.shortest,
        longest=estimate.longest,
    )


def is_elsewhere(scene: Scene) -> bool:
    """Tell whether the person named a city we do not work in."""
    return scene.known.city is not None and scene.known.city not in scene.script.cities


def ask_address(scene: Scene) -> None:
    """Ask where to come; a city we do not work in is told as such."""
    known = scene.known
    scene.talk.step = Question.ADDRESS
    if is_elsewhere(scene):
        known.city, known.address = None, {}
        scene.say("client-city-not-yet", city=scene.script.default_city)
        return
    street = known.address.get("street")
    house = known.address.get("house")
    tries = known.count("house" if street else "street" if house else "address")
    is_again = bool(tries % AGAIN)
    if _is_enough(scene, "address"):
        _wait(scene)
    elif house and not street:
        scene.say("client-ask-street-again" if is_again else "client-ask-street", house=house)
    elif street:
        scene.say("client-ask-house-again" if is_again else "client-ask-house", street=street)
    elif is_again:
        scene.say("client-ask-address-again")
    else:
        has_all = bool(known.wishes or tries)
        is_shown = "photo" in known.asked
        usual = "client-ask-address-when" if is_shown else "client-ask-address"
        scene.say("client-ask-address-only" if has_all else usual)


def ask_contacts(scene: Scene, needs: Sequence[str]) -> None:
    """Ask for name and phone, or for the one that is missing."""
    scene.talk.step = Question.NAME_PHONE if len(needs) > 1 else Question(needs[0])
    need = needs[0] if len(needs) == 1 else "both"
    tries = scene.known.count(f"contacts-{need}")
    if _is_enough(scene, "contacts"):
        _wait(scene)
    else:
        scene.say("client-ask-contacts-again" if tries % AGAIN else "client-ask-contacts", needs=need)


def acknowledge(scene: Scene) -> None:
    """Say that what was told is kept, where it answers another question than the open one."""
    said = scene.said
    is_about_who = any(getattr(said.identity, part.name) for part in fields(said.identity))
    if scene.has_learnt and is_about_who and not (said.is_answer or said.frames or scene.corrected):
        scene.say("client-kept")


def ask_photo(scene: Scene) -> None:
    """Ask for a picture, once, where it shows how grave the matter is (A41)."""
    known, library = scene.known, scene.script.library
    decides = any(library.fault(fault).photo_decides for fault in known.faults if fault in library)
    is_safe = known.emergency is None or known.is_danger_over
    if decides and is_safe and not scene.heard.media and not known.count("photo"):
        scene.say("client-photo-please")


def show_faults(scene: Scene, name: str, faults: tuple[Fault, ...] = ()) -> None:
    """Show what we can mend, as buttons under a text."""
    buttons = [
        Choice("client-fault-button", choice("fault", fault.id), {"fault": title(fault, scene.talk)})
        for fault in faults or scene.script.faults_of(scene.talk)
    ]
    scene.say(name, buttons=buttons)


def _turn_unserved_away(scene: Scene) -> bool:
    """Say what nobody here can do yet. Return whether that was all that was wanted."""
    known = scene.known
    served = scene.script.market(scene.talk).trades.served
    ours = [wanted for wanted in known.wanted if wanted.trade is None or wanted.trade in served]
    if len(ours) == len(known.wanted):
        return False
    known.unserved = [wanted for wanted in known.wanted if wanted not in ours]
    known.wanted = ours
    scene.say("client-trade-partly" if ours else "client-trade-not-yet")
    return not ours


def _leave_out_what_cannot_be_priced(scene: Scene) -> None:
    """Something planned beside a fault, such as a socket to be moved: it is told that this part stays out."""
    known = scene.known
    out = [each for each in known.wanted if each.fault is None and _is_planned(each)]
    if out:
        known.wanted = [each for each in known.wanted if each not in out]
        known.unserved = [*known.unserved, *out]
        scene.say("client-fault-partly")


def _is_planned(wanted: Wanted) -> bool:
    action = table("actions").get(wanted.action or "", {})
    return action.get("kind") in PLANNED


def _ask_problem(scene: Scene) -> None:
    known = scene.known
    wanted = next((each for each in known.wanted if each.object), None)
    near = _near(scene, wanted) if wanted else ()
    tries = known.count("problem")
    acknowledge(scene)
    if Aside.ANY in scene.asides and not known.asked.get("why"):
        known.count("why")
        scene.say("client-ask-problem-why")
    elif _is_enough(scene, "problem", most=WORDINGS):
        scene.is_stuck = True
        is_told = known.count("enough") % AGAIN
        show_faults(scene, "client-asked-enough-again" if is_told else "client-stuck")
    elif near and not known.asked.get("near"):
        known.count("near")
        show_faults(scene, "client-choose-near", near)
    elif wanted and (scene.said.frames or not near) and not known.asked.get("not-yet"):
        known.count("not-yet")
        show_faults(scene, "client-fault-not-yet")
    elif scene.said.answer is Answer.DONT_KNOW:
        show_faults(scene, "client-choose-fault")
    elif tries % AGAIN:
        show_faults(scene, "client-ask-problem-again")
    else:
        scene.say("client-ask-problem" if not tries else "client-ask-problem-plain")


def _take_the_only_fault(scene: Scene) -> None:
    """A thing that can only break in one way needs no question: "выключатель" is a dead switch."""
    for wanted in scene.known.wanted:
        if wanted.object and len(near := _faults_of(scene, wanted)) == 1:
            wanted.fault = near[0].id


def _near(scene: Scene, wanted: Wanted) -> tuple[Fault, ...]:
    """Return what may be meant by a thing that is wrong in a way we have no fault for."""
    if _is_planned(wanted):
        return ()
    if wanted.object in WHOLE_HOME:
        return tuple(fault for fault in scene.script.faults_of(scene.talk) if fault.trade == wanted.trade)
    return _faults_of(scene, wanted)


def _faults_of(scene: Scene, wanted: Wanted) -> tuple[Fault, ...]:
    """Return what may be wrong with a thing that was only named."""
    if wanted.action not in (None, "problem"):
        return ()
    rules = table("faults")["rule"]
    near = {rule.get("fault") for rule in rules if wanted.object in rule.get("objects", ())}
    return tuple(fault for fault in scene.script.faults_of(scene.talk) if fault.id in near)


def _wait(scene: Scene) -> None:
    """Say what is needed, then only that we are here: the person knows."""
    is_told = scene.known.count("enough") % AGAIN
    scene.say("client-asked-enough-again" if is_told else "client-asked-enough")


def _is_enough(scene: Scene, question: str, *, most: int | None = None) -> bool:
    """Tell whether a question was asked in vain so often that the person knows what is needed.

    Args:
        most: Fewer than the market's number, where we have no more words to ask with.
    """
    if scene.has_learnt or scene.is_aside_answered:
        return False
    in_vain = scene.known.count(f"{question}-in-vain") + 1
    rules = scene.script.market(scene.talk).talk_rules
    return not may_ask(in_vain, rules) or (most is not None and in_vain > most)
