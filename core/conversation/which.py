"""Something was begun at two doors: which of the two is meant? Asked once, in one sentence (L21)."""

from core.conversation import works
from core.conversation.known import Known
from core.conversation.request import advance
from core.conversation.scene import Scene
from core.conversation.script import Script, choice, title
from core.flows.tx import Tx
from core.kernel.refusal import OldButton
from core.text.facts import Named
from storage.tables import TalkRow

REQUEST = "which-request"  # what is being told when we have asked
HERE, THERE = "here", "there"
_KEPT = ("jobs", "earlier_job", "tries", "name", "phone", "email")
_SECOND = 2


def ask(tx: Tx, script: Script, talk: TalkRow) -> None:
    """Ask which of two half-told requests is meant: the one here, or that of the other door."""
    known = Known.of(talk.known)
    other = Known.of(known.beside or {})
    known.yes_means = REQUEST
    talk.known = known.model_dump(mode="json")
    choices = {HERE: choice("request", HERE), THERE: choice("request", THERE)}
    here, there = _told(script, talk, known), _told(script, talk, other)
    tx.say(talk, "client-which-request", choices=choices, this=here, that=there)


async def take(scene: Scene, which: str) -> None:
    """Go on with the one that was chosen; the other one is forgotten.

    Raises:
        OldButton: nothing was asked, or it was answered.
    """
    known = scene.known
    if known.beside is None or which not in (HERE, THERE) or scene.job is not None:
        raise OldButton
    other, known.beside, known.yes_means = Known.of(known.beside), None, None
    if which == THERE:
        kept = {name: getattr(known, name) or getattr(other, name) for name in _KEPT}
        scene.known = other.model_copy(update={**kept, "beside": None})
    scene.known.asked = {}
    scene.open()
    await advance(scene)


async def answers(scene: Scene) -> bool:
    """Take the answer in words: the first, the second, or what it is about. Return whether there was one."""
    known = scene.known
    if known.beside is None or scene.job is not None:
        return False
    other = Known.of(known.beside)
    said = scene.reading.ordinal
    if said in (1, _SECOND):
        await take(scene, HERE if said == 1 else THERE)
        return True
    trades = works.trades_of(scene, " ".join(scene.heard.texts))
    is_here, is_there = known.trade in trades, other.trade in trades
    if is_here == is_there:
        return False
    await take(scene, HERE if is_here else THERE)
    return True


def _told(script: Script, talk: TalkRow, known: Known) -> object:
    if known.faults and known.faults[0] in script.library:
        return title(script.library.fault(known.faults[0]), talk)
    return Named(f"library-trade-{known.trade}") if known.trade else known.words
