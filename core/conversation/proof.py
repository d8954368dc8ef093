"""One record per phone: whoever names the phone of a record must prove that it is his (A17).

The proof needs no outside service: a code goes to where that master talks with us, and he says it here. The
same chat of a messenger is proof enough. Without it the record stays shut, and another phone may be named.
"""

from datetime import timedelta

from core.conversation.master_scene import MasterScene
from core.conversation.newcomer import Claim, MasterKnown
from core.conversation.one_person import CODE, take_up
from core.conversation.script import choice
from core.flows import masters
from core.language.choose import Question
from core.meaning import Answer
from core.messages import HELD_CHANNELS
from storage.tables import MasterRow, TalkRow

CLAIM = "claim"  # the step at which a code is asked for
CODE_DIGITS = 6
_STANDS = timedelta(minutes=15)
_TRIES_MAX = 3
_CLAIMS_MAX = 3  # codes sent at the wish of one talk


async def meet_record(scene: MasterScene) -> bool:
    """See whether the phone belongs to a record. Return whether the turn ends with that."""
    known, talk, tx = scene.known, scene.talk, scene.tx
    if talk.master_id is not None or known.phone is None:
        return False
    record = await masters.with_phone(tx, known.phone)
    if record is None:
        known.claim = None
        return False
    before = await tx.get(TalkRow, record.talk_id) if record.talk_id else None
    if before is None or known.claims >= _CLAIMS_MAX:
        _turn_away(scene)
    elif _is_same_chat(talk, before):
        await _take_up(scene, record)
    elif known.claim is not None and known.claim.phone == known.phone and tx.now < known.claim.until:
        _wait_for_code(scene)
    else:
        _send_code(scene, before)
    return True


async def take_code(scene: MasterScene) -> bool:
    """Take what may be the code. Return whether it was one."""
    known, claim = scene.known, scene.known.claim
    code = "".join(sign for sign in scene.said.words if sign.isdecimal())
    if claim is None or len(code) != CODE_DIGITS:
        return False
    record = await masters.with_phone(scene.tx, claim.phone)
    before = await scene.tx.get(TalkRow, record.talk_id) if record is not None and record.talk_id else None
    if record is None or before is None:
        return False
    if code == claim.code and scene.tx.now < claim.until:
        await _take_up(scene, record)
        return True
    claim.tries += 1
    if claim.tries < _TRIES_MAX and scene.tx.now < claim.until:
        scene.say("master-claim-wrong")
        return True
    known.claims = _CLAIMS_MAX
    _turn_away(scene)
    return True


def _is_same_chat(talk: TalkRow, before: TalkRow) -> bool:
    """Tell whether a messenger vouches for the person: a browser's chat is anybody's."""
    return talk.channel not in HELD_CHANNELS and (talk.channel, talk.chat_id) == (
        before.channel,
        before.chat_id,
    )


def _send_code(scene: MasterScene, before: TalkRow) -> None:
    known, tx = scene.known, scene.tx
    low = 10 ** (CODE_DIGITS - 1)
    code = str(tx.chance.between(low, low * 10 - 1))
    known.claim = Claim(phone=str(known.phone), code=code, until=tx.now + _STANDS)
    known.claims += 1
    scene.talk.step = CLAIM
    tx.say(before, "master-claim-code", news=True, code=code)
    scene.say("master-claim")


def _wait_for_code(scene: MasterScene) -> None:
    """Wait for the code, in turn in other words; whoever says no is asked for his own number."""
    if scene.reading.answer is Answer.NO and scene.talk.step == CLAIM:
        scene.known.phone = scene.known.claim = None
        scene.talk.step = Question.PHONE
        scene.say("master-ask-name-phone-again", needs="phone")
        return
    scene.talk.step = CLAIM
    scene.say("master-claim-other" if scene.known.is_again("claim") else "master-claim-again")


def _turn_away(scene: MasterScene) -> None:
    scene.known.phone = scene.known.claim = None
    scene.talk.step = Question.PHONE
    scene.say("master-phone-taken")


async def _take_up(scene: MasterScene, record: MasterRow) -> None:
    """The record is his: what it knows holds here, and this talk goes on where the other one stood."""
    talk = scene.talk
    joined = await take_up(scene.tx, talk, record, by=CODE)
    if joined is None:  # the owner speaks with the record's master at this moment
        _turn_away(scene)
        return
    scene.known = MasterKnown.model_validate(talk.known)
    scene.master = record
    undone = {"undo": choice("unjoin", joined.id)} if joined.id else {}
    scene.say("master-welcome-back", choices=undone, name=record.name or "")
