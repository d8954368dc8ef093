"""A person is known again at another door: by his phone, by a code, by coming back; and told apart again.

Whatever is said here goes before the talk itself: "продолжить в телеграме", the code told there, "это не я".
"""

import re
from collections.abc import Sequence
from typing import Protocol

from core.conversation import linking, which
from core.conversation.doors import ELSEWHERE, MUST_PROVE, REMEMBERED, Back, come_back, standing_of
from core.conversation.hearing import Heard
from core.conversation.linking import LINK
from core.conversation.newcomer import e164
from core.conversation.one_person import CODE, PHONE, Course, Joined, take_up, unite
from core.conversation.script import Script, choice, pressed
from core.conversation.undoing import undo_here
from core.flows import masters, news
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal
from core.language.choose import Question
from core.meaning import Lang, Reading
from core.messages import HELD_CHANNELS, Role
from core.text.facts import Items, Named
from storage.queries import joinings
from storage.tables import JoiningRow, MasterRow, PersonRow, TalkRow

NEXT = "next"  # what a silent turn presses: go on without a word about it
UNDO, LINKED = "unjoin", "link"
_CLAIM = "claim"  # a master's own code is open there
_NUMBERS = (Question.PHONE, Question.NAME_PHONE)  # six digits may be a number of the town
_NAMED_DOORS = frozenset({"web", "telegram", "max", "vk", "sms", "email", "call"})
_WORDS_MAX = 12
_NOT_ME = re.compile(
    r"\W*(?:нет\W+)?(?:это (?:был[аи]? )?не я|это не мо[йяеи]\w*(?: \w+){0,2}|отвяжи\w*(?: \w+){0,3}|"
    r"вы меня с кем[- ]то (?:путаете|перепутали)|"
    r"(?:it(?:'|’)?s|that(?:'|’)?s|it is|that is|this is) not me|not me|unlink(?: \w+){0,3}|"
    r"you (?:have )?(?:got )?the wrong person)\W*",
    re.IGNORECASE,
)
_DOOR = (
    r"(?:телег\w*|тг\b|telegram|max\b|макс\w*|мессенджер\w*|вк\b|вконтакте|vk\b|смс|sms|"
    r"другом (?:мессенджере|чате|канале)|another (?:app|chat|messenger))"
)
_ELSEWHERE = re.compile(
    r"(?:продолж\w+|перейд\w+|перейти|перенес\w+|общаться|переписыва\w+|continue|move|switch|go on)"
    rf"\W.*?\b(?:в|во|на|через|по|in|on|to|via)\s+{_DOOR}"
    rf"|\b(?:хо\w+|мож\w+|давайте?)\W+(?:\w+\W+)?(?:в|во|на)\s+{_DOOR}\s+"
    r"(?:перей\w+|перебр\w+|продолж\w+|общаться|переписыва\w+)",
    re.IGNORECASE,
)


class Talks(Protocol):
    """Who hears a person."""

    async def write_down(self, tx: Tx, talk: TalkRow, words: Heard) -> None:
        """Write down what was said."""
        ...

    async def answer(self, tx: Tx, talk: TalkRow, words: Heard) -> None:
        """Take a turn that is written down already."""
        ...

    async def refuse_in(self, tx: Tx, talk: TalkRow, refusal: Refusal, words: Heard) -> None:
        """Say why not."""
        ...

    async def overhear(self, tx: Tx, talk: TalkRow, words: Heard) -> None:
        """Take a turn while the owner has the floor."""
        ...

    def wait(self, tx: Tx, talk: TalkRow) -> None:
        """Set the timers of silence anew."""
        ...

    def stop_waiting(self, tx: Tx, talk: TalkRow) -> None:
        """Wait for nothing."""
        ...


class Recognising:
    """Knows people again."""

    def __init__(self, script: Script, talks: Talks) -> None:
        """Take what talks have at hand, and who hears."""
        self._script = script
        self._talks = talks

    # By what a door brings

    async def know(
        self, tx: Tx, talk: TalkRow, turn: Sequence[Letter], words: Heard, *, is_first: bool = False
    ) -> bool:
        """See whether a door's word on a phone, or a link, tells who this is.

        Return whether two doors were joined by it: then the turn is answered.
        """
        joined = None
        for letter in turn:
            source, given = str(letter.payload.get("source") or ""), letter.payload.get("participant") or {}
            if source.startswith(LINK):
                joined = joined or await self._by_code(tx, talk, source.removeprefix(LINK))
            if given.get("is_verified") and given.get("phone"):
                joined = joined or await self._by_phone(tx, talk, str(given["phone"]))
        if joined is None:
            return False
        await self._talks.write_down(tx, talk, words)
        is_bare = not any(letter.payload.get("text") for letter in turn)
        await self._go_on(tx, talk, joined, words, is_first=is_first, is_bare=is_bare)
        return True

    async def _by_phone(self, tx: Tx, talk: TalkRow, phone: str) -> Joined | None:
        phone = e164(phone) or phone
        if talk.role == Role.MASTER:
            record = await masters.with_phone(tx, phone)
            return await take_up(tx, talk, record, by=PHONE) if record is not None else None
        person = await tx.get(PersonRow, talk.person_id) if talk.person_id else None
        if talk.known.get(MUST_PROVE) and person is not None and person.phone != phone:
            return None  # a number of his own does not vouch for the one he named
        if person is not None and (person.phone != phone or person.phone_verified_at is None):
            person.phone, person.phone_verified_at = phone, tx.now
        if talk.step != ELSEWHERE and not talk.known.get("phone"):
            talk.known = {**talk.known, "phone": phone}
        await tx.flush()
        found = await joinings.latest_of_phone(
            tx.session, phone=phone, market=talk.market, since=tx.now - REMEMBERED, but=talk.person_id
        )
        other = await tx.get(TalkRow, found) if found else None
        if other is None:
            if talk.known.get(MUST_PROVE):  # his own talk rests elsewhere: this is proof enough
                talk.known = {**talk.known, MUST_PROVE: False}
            return None
        joined = await unite(tx, talk, other, by=PHONE)
        person = await tx.get(PersonRow, talk.person_id) if talk.person_id else None
        if joined is not None and person is not None:
            person.phone, person.phone_verified_at = phone, person.phone_verified_at or tx.now
        return joined

    async def _by_code(self, tx: Tx, talk: TalkRow, secret: str) -> Joined | None:
        if not linking.may_try(tx, talk):
            return None
        other = await linking.take(tx, talk, secret)
        if other is None or other.id == talk.id:
            return None
        if talk.role == Role.CLIENT:
            return await unite(tx, talk, other, by=CODE)
        record = await tx.get(MasterRow, other.master_id) if other.master_id else None
        return await take_up(tx, talk, record, by=CODE) if record is not None else None

    # By what is said

    async def before(self, tx: Tx, talk: TalkRow, words: Heard) -> bool:
        """Take what is about the doors themselves. Return whether the turn ends with it.

        Raises:
            OldButton: a joining that was undone before.
        """
        verb, thing, _ = pressed(words.choice)
        text = words.texts[0] if len(words.texts) == 1 and not words.choice else ""
        if verb == UNDO:
            await undo_here(tx, talk, thing)
        elif verb == LINKED or (text and len(text.split()) <= _WORDS_MAX and _ELSEWHERE.search(text)):
            await self._give_code(tx, talk)
        elif text and (code := linking.typed(text)) is not None and talk.step != _CLAIM:
            return await self._take_code(tx, talk, words, code)
        elif text and _NOT_ME.fullmatch(text):
            return await self._part(tx, talk)
        else:
            return talk.step == ELSEWHERE and await self._come_back(tx, talk, words)
        return True

    async def _give_code(self, tx: Tx, talk: TalkRow) -> None:
        if talk.known.get(MUST_PROVE):
            await self._ask_proof(tx, talk)
            return
        standing = talk if talk.step != ELSEWHERE else (await standing_of(tx, talk) or talk)
        code = await linking.make(tx, standing)
        invites = self._script.links.invites(Role(talk.role), code.payload)
        minutes = int(linking.LIVES.total_seconds() // 60)
        tx.say(talk, "talk-link-code", code=code.shown, minutes=minutes)
        if doors := tuple(url for name, url in invites.items() if name != talk.channel):
            tx.say(talk, "talk-link-open", doors=Items(doors))

    async def _take_code(self, tx: Tx, talk: TalkRow, words: Heard, code: str) -> bool:
        if not linking.may_try(tx, talk):
            tx.say(talk, "talk-link-often")
            return True
        joined = await self._by_code(tx, talk, code)
        if joined is not None:
            await self._go_on(tx, talk, joined, words, is_first=False, is_bare=True)
            return True
        if talk.step in _NUMBERS:
            return False
        tx.say(talk, "talk-link-wrong")
        return True

    async def _part(self, tx: Tx, talk: TalkRow) -> bool:
        """Take "это не я", if there is a joining it can be about."""
        await tx.flush()
        id = await joinings.latest(tx.session, talk_id=talk.id, since=tx.now - REMEMBERED)
        if id is None or await tx.get(JoiningRow, id) is None:
            return False
        await undo_here(tx, talk, id)
        return True

    async def _come_back(self, tx: Tx, talk: TalkRow, words: Heard) -> bool:
        """Go on at an earlier door; a refusal is told here, for what moved has moved."""
        match await come_back(tx, talk):
            case Back.UNPROVEN:
                await self._ask_proof(tx, talk)
            case Back.HELD:
                await self._pass_on(tx, talk, words)
            case Back.HERE:
                try:
                    await self._talks.answer(tx, talk, words)
                except Refusal as refusal:
                    await self._talks.refuse_in(tx, talk, refusal, words)
        return True

    async def _ask_proof(self, tx: Tx, talk: TalkRow) -> None:
        """Ask for a code that only the other door is told: this one named a number and proved nothing."""
        standing = await standing_of(tx, talk)
        if standing is None or not linking.may_try(tx, talk):
            tx.say(talk, "talk-link-often")
            return
        linking.count_try(tx, talk)
        code = await linking.make(tx, standing)
        tx.say(standing, "talk-link-asked", news=True, code=code.shown, door=_door(talk))
        tx.say(talk, "talk-link-needed", door=_door(standing))

    async def _pass_on(self, tx: Tx, talk: TalkRow, words: Heard) -> None:
        """The owner speaks with him at another door: what is said here is heard there."""
        standing = await standing_of(tx, talk)
        if standing is not None:
            await self._talks.write_down(tx, standing, words)
        await self._talks.overhear(tx, talk, words)

    # What is said then

    async def _go_on(
        self, tx: Tx, talk: TalkRow, joined: Joined, words: Heard, *, is_first: bool, is_bare: bool
    ) -> None:
        """Tell both doors, and go on with the turn.

        Args:
            is_bare: Nothing was said beside who it is.
        """
        self._talks.stop_waiting(tx, joined.other)
        await self._tell(tx, talk, joined, is_first=is_first)
        match joined.course:
            case Course.WHICH:
                which.ask(tx, self._script, talk)
            case Course.ALIKE:
                _tell_alike(tx, talk, joined)
            case _ if talk.role == Role.MASTER:
                await self._go_on_master(tx, talk, words, is_bare=is_bare)
            case _:
                is_kept = joined.course is Course.KEPT and words.texts and not linking.typed(words.texts[0])
                silent = Heard((), choice(NEXT, talk.id), Reading(lang=Lang(talk.lang), is_empty=True))
                await self._talks.answer(tx, talk, words if is_kept or not is_bare else silent)
        talk.heard_at = tx.now
        self._talks.wait(tx, talk)

    async def _go_on_master(self, tx: Tx, talk: TalkRow, words: Heard, *, is_bare: bool) -> None:
        record = await tx.get(MasterRow, talk.master_id) if talk.master_id else None
        if is_bare and record is not None and record.status != "draft":
            return
        silent = Heard((), "", Reading(lang=Lang(talk.lang), is_empty=True))
        await self._talks.answer(tx, talk, silent if is_bare else words)

    async def _tell(self, tx: Tx, talk: TalkRow, joined: Joined, *, is_first: bool) -> None:
        undone = {"undo": choice(UNDO, joined.id)} if joined.id else {}
        if talk.role == Role.MASTER:
            record = await tx.get(MasterRow, talk.master_id) if talk.master_id else None
            tx.say(talk, "master-welcome-back", choices=undone, name=(record and record.name) or "")
        elif is_first:
            tx.say(talk, "client-continued", choices=undone, link=self._script.links.privacy)
        else:
            tx.say(talk, "client-joined", choices=undone)
        if joined.id and joined.other.channel not in HELD_CHANNELS and joined.other.shut_at is None:
            tx.say(joined.other, "talk-moved-on", news=True, choices=undone, door=_door(talk))


def _tell_alike(tx: Tx, talk: TalkRow, joined: Joined) -> None:
    job = joined.alike
    if job is not None:
        choices = {"cancel": choice("cancel", job.id), "keep": choice("keep", job.id)}
        tx.say(
            talk, "client-jobs-alike", choices=choices, number=job.number, fault=news.service(job, talk.lang)
        )


def _door(talk: TalkRow) -> Named:
    """Say where a talk is."""
    name = talk.channel if talk.channel in _NAMED_DOORS else "other"
    return Named(f"talk-door-{name}")
