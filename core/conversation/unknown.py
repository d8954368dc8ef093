"""What is wrong is not known yet: it is asked, by one question with few choices where the trade is known.

Nobody is held up by it: after one question in vain a master comes to find out on site (`<trade>_inspection`).
"""

import re
from collections.abc import Collection
from dataclasses import replace

from core.conversation import booking, likely
from core.conversation.asides import Aside
from core.conversation.known import Known, Wanted
from core.conversation.scene import Scene
from core.conversation.script import Choice, choice, title
from core.conversation.wordings import AGAIN, acknowledge, is_enough
from core.language.choose import Chosen, Question
from core.language.lexicon import table
from core.library.fault import Fault
from core.meaning import Answer, Frame, Intent, Trade
from core.text.facts import PriceRange

WORDINGS = 3  # of the first question; after them nobody is asked in the same words once more
PLANNED = ("install", "move", "hang", "assemble", "clean")  # kinds of actions that are no repair
GAS_WORK = ("install", "plumb", "move", "replace")  # kinds of actions at gas that are the gas company's
GAS_THINGS = ("gas_stove",)
COOKER = "cooker_connect"
VAGUE = ("broken", "problem")  # actions that say nothing of how a thing is broken
VAGUE_WORDS = 4  # words of a message that tells no more than that
PICK_WORDS = 3  # of a message that picks one of several

_GAS = re.compile(r"\b(?:газ(?!он)|gas\b)", re.IGNORECASE)
_FLUIDS = ("water", "drain", "light")  # what any thing has or gives
_HOW_IT_LEAKS = re.compile(
    r"\b(?:кап|подкап|закап|сочит|закры|перекры|носик|излив|основан|шата|снизу|под |прокладк|букс|"
    r"картридж|шланг|drip|base|under|below|wobbl|shut|close|off\b|hose)",
    re.IGNORECASE,
)
_MAINS = re.compile(r"\b(?:электр|induction|electric|индукц)", re.IGNORECASE)


def find_out(scene: Scene) -> bool:
    """Find out what to mend: by an answer, by one question, or on site. Return whether it is known now."""
    known = scene.known
    wanted = next((each for each in known.wanted if each.trade), None)
    if wanted is None or wanted.trade is None:
        _ask_what(scene)
        return False
    _take_the_only_fault(scene)
    if known.faults:
        return True
    inspection = likely.inspection_of(wanted.trade)
    library = scene.script.library
    was_asked = any(id in library and library.fault(id).trade is wanted.trade for id in known.shown)
    is_about_else = scene.has_learnt and not scene.said.frames and not known.count("which-again")
    if was_asked and not (scene.is_aside_answered or is_about_else) and inspection in library:
        take(scene, inspection)
        return True
    _ask_which(scene, wanted.trade, is_again=was_asked)
    return False


def answered(scene: Scene) -> Chosen:
    """Return what was said, with the entry that answers "which of these?", and without mere guesses."""
    said, words = scene.said, " ".join(scene.heard.texts)
    if (meant := _of_shown(scene)) is not None:
        frame = Frame(meant.trade, None, None, meant.id, 1.0, words)
        times = () if len(words.split()) <= PICK_WORDS else said.times  # "третье" is no day
        return replace(said, frames=(frame,), times=times, is_answer=True)
    guesses = [frame for frame in said.frames if frame.fault and _is_guess(frame, words)]
    if guesses:
        scene.known.guessed = guesses[0].fault
    frames = tuple(replace(frame, fault=None) if frame in guesses else frame for frame in said.frames)
    return replace(said, frames=frames)


def _is_guess(frame: Frame, words: str) -> bool:
    """Tell whether nobody could know the fault by these words: "стиралка сломалась"."""
    if frame.trade is not None and frame.fault == likely.inspection_of(frame.trade):
        return True  # that is what is left when one has asked
    own = frame.words or words
    is_simple = frame.trade is Trade.ELECTRICAL  # a socket that is broken is dead
    is_vague = len(own.split()) <= VAGUE_WORDS and frame.action in VAGUE and frame.object is not None
    return (is_vague and not is_simple) or _is_unsure(frame, words)


def _of_shown(scene: Scene) -> Fault | None:
    """Return the entry that was chosen in words among those that were shown."""
    known, library, said = scene.known, scene.script.library, scene.said
    shown = [id for id in known.shown if id in library]
    if not shown or known.faults or not scene.heard.texts:
        return None
    if any(_names_another(frame, known) for frame in said.frames if frame.fault not in shown):
        return None
    words = " ".join(scene.heard.texts)
    picked = scene.reading.ordinal
    if picked is not None and len(words.split()) <= PICK_WORDS:
        place = len(shown) if picked == -1 else picked
        return library.fault(shown[place - 1]) if 1 <= place <= len(shown) else None
    trade = library.fault(shown[0]).trade
    thing = next((each.object for each in known.wanted if each.object), None)
    among = {*shown, *likely.about(thing, trade)}
    return likely.surely(words, trade, of=among) or _by_both(scene, words, trade, among)


def _by_both(scene: Scene, words: str, trade: Trade, among: Collection[str]) -> Fault | None:
    """Take what was told before and now together: "кран", and then "капает он"."""
    if not any(frame.action for frame in scene.said.frames):
        return None
    return likely.surely(f"{scene.known.words} {words}", trade, of=among)


def _names_another(frame: Frame, known: Known) -> bool:
    """Tell whether another thing is named; "вода не уходит" is still said of the washer."""
    entry = table("objects").get(frame.object or "", {})
    is_plain = bool(entry) and not (entry.get("weak") or entry.get("generic") or frame.object in _FLUIDS)
    return is_plain and frame.object not in [each.object for each in known.wanted]


def _is_unsure(frame: Frame, words: str) -> bool:
    """Tell whether what is told fits several entries: "кран течёт" may drip, or leak below."""
    return (frame.object, frame.action) == ("tap", "leak") and not _HOW_IT_LEAKS.search(words)


def take(scene: Scene, fault_id: str) -> None:
    """Take the entry that a person chose, in place of what was vague."""
    fault = scene.script.library.fault(fault_id)
    known = scene.known
    rest = [each for each in known.wanted if each.fault and each.trade is fault.trade]
    new = Wanted(trade=fault.trade, fault=fault_id, confidence=1.0)
    known.wanted = [new, *(each for each in rest if each.fault != fault_id)]
    known.shown = []


def show_trades(scene: Scene, name: str) -> None:
    """Show whom we can send, under a text; with one trade alone, what it is most often called for."""
    served = scene.script.market(scene.talk).trades.served
    if len(served) == 1:
        library = scene.script.library
        usual = [library.fault(id) for id in likely.frequent()[served[0]] if id in library]
        scene.say(name, buttons=[_button(scene, fault) for fault in usual])
        return
    buttons = [
        Choice("client-trade-button", choice("trade", trade.value), {"trade": trade.value})
        for trade in Trade
        if trade in served
    ]
    scene.say(name, buttons=buttons)


def is_planned(wanted: Wanted) -> bool:
    """Tell whether something is to be fitted or moved, and nothing is broken."""
    return _kind(wanted) in PLANNED


def is_gas_work(scene: Scene, wanted: Wanted) -> bool:
    """Tell whether only the gas company may do it."""
    library, words = scene.script.library, " ".join((scene.known.words, *scene.heard.texts))
    if wanted.object in GAS_THINGS and _kind(wanted) in GAS_WORK:
        return True
    if wanted.fault == COOKER and _GAS.search(words) and not _MAINS.search(words):
        return True
    return wanted.fault in library and not library.fault(str(wanted.fault)).is_sold


def _kind(wanted: Wanted) -> str | None:
    kind = table("actions").get(wanted.action or "", {}).get("kind")
    return str(kind) if kind else None


def _take_the_only_fault(scene: Scene) -> None:
    """A thing that was merely named and can only break in one way needs no question."""
    for wanted in scene.known.wanted:
        if wanted.object and wanted.trade and wanted.action in (None, *VAGUE):
            only = likely.only_fault(wanted.object, wanted.trade)
            wanted.fault = only.id if only else None


def _ask_which(scene: Scene, trade: Trade, *, is_again: bool) -> None:
    """Ask which of a few entries it is; words are as good as a button."""
    known = scene.known
    words = " ".join(dict.fromkeys((known.words, *scene.heard.texts)))
    is_guess = any(each.object or each.action for each in known.wanted)
    thing = next((each.object for each in known.wanted if each.object), None)
    near = likely.choices(words if is_guess else "", trade, thing=thing, guessed=known.guessed)
    scene.talk.step = Question.PROBLEM
    acknowledge(scene)
    if {Intent.PRICE} & scene.intents or Aside.PRICE in scene.asides:
        _tell_usual_price(scene, trade)
    known.shown = [fault.id for fault in near]
    buttons = [_button(scene, fault) for fault in near]
    buttons.append(Choice("client-fault-else", choice("fault", likely.inspection_of(trade)), {}))
    first = "client-choose-near" if is_guess else "client-choose-of-trade"
    scene.say("client-choose-fault" if is_again else first, buttons=buttons)


def _tell_usual_price(scene: Scene, trade: Trade) -> None:
    """Name what a visit of this trade costs at least and at most, before more is known."""
    usual = booking.usual_range(scene, trade)
    scene.say("client-price-of-trade", range=PriceRange(usual.low, usual.high))


def _ask_what(scene: Scene) -> None:
    """Ask what happened, each time in other words; at last a person is called."""
    known = scene.known
    tries = known.count("problem")
    acknowledge(scene)
    if Aside.ANY in scene.asides and not known.asked.get("why"):
        known.count("why")
        scene.say("client-ask-problem-why")
    elif is_enough(scene, "problem", most=WORDINGS):
        scene.is_stuck = True
        is_told = known.count("enough") % AGAIN
        show_trades(scene, "client-asked-enough-again" if is_told else "client-stuck")
    elif scene.said.answer is Answer.DONT_KNOW:
        show_trades(scene, "client-choose-trade")
    elif tries % AGAIN:
        show_trades(scene, "client-ask-problem-again")
    else:
        scene.say("client-ask-problem" if not tries else "client-ask-problem-plain")


def _button(scene: Scene, fault: Fault) -> Choice:
    return Choice("client-fault-button", choice("fault", fault.id), {"fault": title(fault, scene.talk)})
