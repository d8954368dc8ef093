"""What is still missing of a request, asked in words that change from one time to the next (A35, A41).

Nothing is asked more than `questions_max` times in vain; after that we say what is needed and wait.
"""

from collections.abc import Sequence

from core.conversation import booking, likely, prices, unknown, works
from core.conversation.known import Known
from core.conversation.scene import ASIDE, Scene
from core.conversation.script import title
from core.conversation.sharing import asks_for
from core.conversation.wordings import AGAIN, is_enough
from core.language.choose import Question
from core.library.fault import Fault
from core.meaning import Urgency
from core.messages import PICTURELESS_CHANNELS, Ask
from core.text.facts import Items, PriceRange

LOCKED_OUT = "lock_opening"
# What hurts already before anybody works; a lock has wires only for him who drills.
_HURTS = frozenset({"fire", "gas", "water", "hot_water", "glass", "height"})


def knows_problem(scene: Scene) -> bool:
    """Tell whether it is clear what to mend; if not, ask."""
    known, talk = scene.known, scene.talk
    if not known.faults:
        talk.step = Question.PROBLEM
    if _turn_away(scene):
        talk.step = ASIDE
        return False
    if not known.faults:
        return unknown.find_out(scene)
    if known.shown:
        known.shown = []
    _leave_the_rest_to_the_visit(scene)
    return True


def tell_range(scene: Scene) -> None:
    """Name the indicative range, once for the same work (A42, K87); of several visits, each one's."""
    known = scene.known
    before = (known.low_minor, known.high_minor, known.range_of)
    estimate = booking.estimate(scene)
    known.range_of = known.faults
    if before == (known.low_minor, known.high_minor, known.range_of):
        return
    if known.later and not scene.is_next and not known.count("visits"):
        _tell_visits(scene)
    elif known.warranty_of is not None:
        scene.say("client-warranty", fault=_titles(scene, known))
    else:
        several = len(known.faults) > 1
        name = "client-range-several" if several else "client-range"
        if scene.is_next:
            name = "client-range-next-several" if several else "client-range-next"
        scene.say(
            name,
            fault=_titles(scene, known),
            range=PriceRange(estimate.low, estimate.high),
            shortest=estimate.shortest,
            longest=estimate.longest,
        )
    _tell_conditions(scene)


def _titles(scene: Scene, known: Known) -> Items | str:
    titles = [title(scene.script.library.fault(fault), scene.talk) for fault in known.faults]
    return Items(tuple(titles)) if len(titles) > 1 else titles[0]


def _tell_visits(scene: Scene) -> None:
    """Different trades are different visits: each is told with its range, and the first is begun with."""
    lines = [prices.of_visit(scene, known) for known in (scene.known, *works.visits_later(scene.known))]
    scene.say("client-visits", visits=Items(tuple(lines)))


def _tell_conditions(scene: Scene) -> None:
    """Say beforehand what this work asks of the client or of the master; once."""
    known, library = scene.known, scene.script.library
    faults = [library.fault(fault) for fault in known.faults if fault in library]
    if any(fault.who == "licensed" for fault in faults) and not known.count("licensed"):
        scene.say("client-licensed")
    if LOCKED_OUT in known.faults and not known.count("papers"):
        scene.say("client-lock-papers")
    if likely.inspection_of(faults[0].trade) in known.faults and not known.count("inspection"):
        scene.say("client-inspection")


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
    if is_enough(scene, "address"):
        _wait(scene)
    elif house and not street:
        scene.say("client-ask-street-again" if is_again else "client-ask-street", house=house)
    elif street:
        scene.say("client-ask-house-again" if is_again else "client-ask-house", street=street)
    elif is_again:
        scene.say("client-ask-address-again", asks=asks_for(scene.talk, Ask.LOCATION))
    else:
        has_all = bool(known.wishes or tries)
        is_shown = "photo" in known.asked or scene.talk.channel in PICTURELESS_CHANNELS
        usual = "client-ask-address-when" if is_shown else "client-ask-address"
        name = "client-ask-address-only" if has_all else usual
        scene.say(name, asks=asks_for(scene.talk, Ask.LOCATION))


def ask_contacts(scene: Scene, needs: Sequence[str]) -> None:
    """Ask for name and phone, or for the one that is missing."""
    scene.talk.step = Question.NAME_PHONE if len(needs) > 1 else Question(needs[0])
    need = needs[0] if len(needs) == 1 else "both"
    tries = scene.known.count(f"contacts-{need}")
    if is_enough(scene, "contacts"):
        _wait(scene)
    else:
        name = "client-ask-contacts-again" if tries % AGAIN else "client-ask-contacts"
        scene.say(name, needs=need, asks=asks_for(scene.talk, Ask.CONTACT) if need != "name" else None)


def ask_photo(scene: Scene) -> None:
    """Ask for a picture, once a work and once a turn, where it shows how grave the matter is (A41)."""
    known, library = scene.known, scene.script.library
    faults = [library.fault(fault) for fault in known.faults if fault in library]
    is_safe = known.emergency is None or known.is_danger_over
    if scene.is_photo_asked or scene.heard.media or not (is_safe and any(f.photo_decides for f in faults)):
        return
    if scene.talk.channel in PICTURELESS_CHANNELS or known.count("photo"):
        return
    scene.is_photo_asked = True
    if {fault.kind for fault in faults} == {"installation"}:
        scene.say("client-photo-place")
    else:
        scene.say("client-photo-careful" if any(map(_may_hurt, faults)) else "client-photo-please")


def _may_hurt(fault: Fault) -> bool:
    """Tell whether somebody who comes near with a camera should keep his hands off."""
    is_grave = fault.risk == "high" or fault.urgency is Urgency.URGENT
    return is_grave and fault.kind == "fault" and not _HURTS.isdisjoint(fault.hazards)


def _turn_away(scene: Scene) -> bool:
    """Say what nobody here may or can do. Return whether that was all that was wanted."""
    known = scene.known
    gas = [each for each in (*known.wanted, *known.later) if unknown.is_gas_work(scene, each)]
    served = scene.script.market(scene.talk).trades.served
    out = [
        each
        for each in (*known.wanted, *known.later)
        if each.trade is not None and each.trade not in served and each not in gas
    ]
    if not gas and not out:
        return False
    known.wanted = [each for each in known.wanted if each not in gas and each not in out]
    known.later = [each for each in known.later if each not in gas and each not in out]
    known.unserved = [*known.unserved, *gas, *out]
    if not known.wanted and known.later:
        works.drop(known, frozenset())
    is_all = not known.wanted
    if gas:
        scene.say("client-gas-service")
    if out:
        scene.say("client-trade-not-yet" if is_all else "client-trade-partly")
    return is_all


def _leave_the_rest_to_the_visit(scene: Scene) -> None:
    """Something vague beside a fault, such as a socket to be moved: the master prices it on the spot."""
    known = scene.known
    out = [each for each in known.wanted if each.fault is None]
    if out:
        known.wanted = [each for each in known.wanted if each not in out]
        known.unserved = [*known.unserved, *out]
    if any(each.object and each.action for each in out):
        scene.say("client-fault-partly")


def _wait(scene: Scene) -> None:
    """Say what is needed, then only that we are here: the person knows."""
    is_told = scene.known.count("enough") % AGAIN
    scene.say("client-asked-enough-again" if is_told else "client-asked-enough")
