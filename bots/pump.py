"""Takes letters out of the inbox, lane by lane, and hands them to whoever handles their kind.

A *turn* is one letter, or several that a person typed in one breath. A *group* is one transaction
with turns of many lanes: what they change is written together and committed once. Whatever goes
wrong in a group is undone as a whole and done again in parts, until the letter that does not agree
with the others stands alone (architecture, section 4).
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.bell import Bell
from bots.failures import Overtaken, Verdict, judge, where
from bots.outcomes import done, refused
from core.flows.group import Catalogue, Group
from core.flows.tx import Tx
from core.kernel.refusal import Outage, Refusal
from core.meaning import Lang, LookContext, Reading
from core.ports import Chance, Clock, Looker
from storage import mail, outbox
from storage.engine import readers, sessions
from storage.mail import DEFECT, OK, REFUSAL, Letter, Outcome
from storage.tables import Row

logger = logging.getLogger(__name__)

R = TypeVar("R", bound=Row)
Turn = tuple[Letter, ...]  # of one lane, in order
Needs = Mapping[type[Row], Collection[str]]

LANES = 64  # in one group
LETTERS_PER_LANE = 16  # in one group
FEW_LANES = 8  # a group of fewer takes more letters of each
GROUP_LETTERS = 512
WINDOW, WIDE_WINDOW = 512, 8_192  # due letters that are searched for lanes
ROUNDS_MAX = 4  # of asking handlers what they need
CONFLICTS_MAX = 5  # of one letter with other processes, then its lane waits
QUIET = timedelta(milliseconds=600)  # after typed text: more may follow
BREATH_MAX = timedelta(seconds=3)  # nobody waits longer for his answer
BACK_OFF, BACK_OFF_MAX = timedelta(milliseconds=500), timedelta(minutes=1)
POLL_S = 0.05  # where other processes may put letters
POLL_ALONE_S = 0.25  # SQLite has one process: the bell tells everything but the time
BEATEN_S = 0.005
DEFAULT_ZONE = ZoneInfo("Europe/Kaliningrad")


class Handler(Protocol):
    """Handles letters of some kinds. It touches nothing but its `Tx`, so it can be run again."""

    def needs(self, letter: Letter, have: "Have") -> Needs:
        """Return the ids of the rows this letter needs.

        Asked again after each round of loading (at most four), so that one row may name the next.

        Args:
            have: Returns a row that is loaded already, else None: `have(JobRow, job_id)`.
        """
        ...

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Return (text, role) to be looked at before the transaction, or None."""
        ...

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Decide first (a Refusal may be raised), then change rows, say, set timers.

        `turn` has one letter, but for text that a person typed in several messages.
        """
        ...

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Say in the talk why not. May do nothing."""
        ...


class Have(Protocol):
    """Returns a loaded row, or None."""

    def __call__(self, kind: type[R], id: str, /) -> R | None:
        """Return the row of this kind and id if it is loaded."""
        ...


class Onlooker(Protocol):
    """A handler that reads rows in which it changes nothing: they are read at once for the whole group."""

    def sees(self, letter: Letter) -> Needs:
        """Return the ids of the rows that this letter only looks at. It may not raise."""
        ...


class Apologist(Protocol):
    """A handler that also knows what to say when its letter turned out to be a defect."""

    async def apologise(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Say a plain sentence; the talk goes on."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """Turns to be handled in one transaction.

    Attributes:
        tries: How often this one turn has failed alone.
        refusal: Do not handle the turn, write down that it was refused.
        defect: Do not handle the turn, bury it.
        is_silent: Bury without an apology, because that failed too.
    """

    turns: tuple[Turn, ...]
    tries: int = 0
    refusal: Refusal | None = None
    defect: str | None = None
    is_silent: bool = False


class _TurnFailed(Exception):  # noqa: N818 - carries a failure, is none itself
    """One turn of a group is known to have failed."""

    def __init__(self, turn: Turn, cause: Exception, *, refusal: Refusal | None = None) -> None:
        super().__init__(type(cause).__name__)
        self.turn = turn
        self.cause = cause
        self.refusal = refusal  # it was raised after a change


class Pump:
    """Moves letters. Any number of processes may run one on PostgreSQL; on SQLite there is one."""

    def __init__(
        self,
        engine: AsyncEngine,
        handlers: Mapping[str, Handler],
        *,
        clock: Clock,
        chance: Chance,
        catalogue: Catalogue,
        looker: Looker,
        bell: Bell | None = None,
        zone: ZoneInfo = DEFAULT_ZONE,
    ) -> None:
        self._sessions, self._readers = sessions(engine), readers(engine)
        self._handlers = handlers
        self._clock, self._chance = clock, chance
        self._catalogue, self._looker, self._zone = catalogue, looker, zone
        self._bell = bell or Bell()
        self._ear = self._bell.ear()
        self._poll_s = POLL_S if engine.dialect.name == "postgresql" else POLL_ALONE_S
        self._lanes_found = LANES  # by the last look into the inbox
        self._was_beaten = False  # other processes had claimed all that was due
        self._breath_ends: datetime | None = None  # the first typed text that waits for more

    async def run(self) -> None:
        """Handle letters until cancelled. While the database is away, wait and try again."""
        back_off = BACK_OFF
        while True:
            try:
                handled = await self.tick()
            except Outage:
                await self._ear.wait(back_off.total_seconds())
                back_off = min(back_off * 2, BACK_OFF_MAX)
                continue
            back_off = BACK_OFF
            if handled:
                await asyncio.sleep(0)  # inline SQLite never lets go of the loop by itself
            else:
                await self._ear.wait(self._idle_s())

    async def tick(self) -> int:
        """Handle one group of letters that are due now.

        Returns:
            How many letters were handled; 0 if there is nothing to do.

        Raises:
            Outage: the database is away.
        """
        now = self._clock.now()
        try:
            turns = self._turns(await self._peek(now), now=now)
            if not turns:
                return 0
            return await self._handle(await self._look(turns))
        except SQLAlchemyError as failure:
            logger.warning("pump.database_away error=%s", where(failure))
            raise Outage("database") from failure

    # Before the transaction --------------------------------------------------------------------

    async def _peek(self, now: datetime) -> list[Letter]:
        is_spread = self._lanes_found >= FEW_LANES
        rest = GROUP_LETTERS // max(self._lanes_found, FEW_LANES // 2)
        async with self._readers() as session:
            letters = await mail.peek(
                session,
                now=now,
                lanes=LANES,
                per_lane=LETTERS_PER_LANE if is_spread else rest,
                window=WINDOW if is_spread else WIDE_WINDOW,
                salt=str(self._chance.between(0, 1 << 30)),
            )
        self._lanes_found = len({letter.lane for letter in letters})
        return letters

    def _turns(self, letters: Sequence[Letter], *, now: datetime) -> list[Turn]:
        """Make turns of letters; a lane in which somebody is still typing waits."""
        self._breath_ends = None
        lanes: dict[str, list[Letter]] = defaultdict(list)
        for letter in letters:
            lanes[letter.lane].append(letter)
        turns: list[Turn] = []
        for queue in lanes.values():
            for is_text, run in groupby(queue, key=lambda letter: letter.is_free_text):
                typed = tuple(run)
                if not is_text:
                    turns.extend((letter,) for letter in typed)
                    continue
                ends = min(typed[-1].received + QUIET, typed[0].received + BREATH_MAX)
                if typed[-1] is queue[-1] and ends > now:
                    self._breath_ends = min(ends, self._breath_ends or ends)
                else:
                    turns.append(typed)
        return turns

    async def _look(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        return tuple(
            [tuple([replace(letter, reading=await self._read(letter)) for letter in turn]) for turn in turns]
        )

    async def _read(self, letter: Letter) -> Reading | None:
        handler = self._handlers.get(letter.kind)
        lang = Lang(letter.payload["lang"]) if letter.payload.get("lang") in tuple(Lang) else None
        try:
            asked = handler.text(letter) if handler else None
            if asked is None:
                return None
            text, role = asked
            local = letter.received.astimezone(self._zone).replace(tzinfo=None)
            return self._looker.look(text, LookContext(now=local, role=role, lang=lang))
        except Exception as failure:  # noqa: BLE001 - a reader's bug never blocks a lane
            # No traceback: it may quote what people wrote.
            logger.error(  # noqa: TRY400
                "pump.look_failed letter_id=%s error=%s", letter.id, where(failure)
            )
            return Reading(lang=lang or Lang.RU)
        finally:
            await asyncio.sleep(0)  # a look takes a millisecond or so: others may want the loop

    # The transaction, and what to do when it fails -------------------------------------------------

    async def _handle(self, turns: tuple[Turn, ...]) -> int:
        parts = deque([Part(turns)])
        handled = 0
        while parts:
            part = parts.popleft()
            try:
                handled += await self._commit(part)
            except _TurnFailed as failed:
                parts.extendleft(reversed(self._without(part, failed)))
            except Exception as failure:  # noqa: BLE001 - every failure has its plan; a defect is buried
                parts.extendleft(reversed(await self._plan(part, failure)))
        return handled

    def _without(self, part: Part, failed: _TurnFailed) -> list[Part]:
        """Do the group again without the turn that failed, then that turn, then what follows in its lane."""
        turn, cause = failed.turn, failed.cause
        ids, lane = {letter.id for letter in turn}, turn[0].lane
        place = next(n for n, each in enumerate(part.turns) if each[0].id in ids or each[-1].id in ids)
        later = tuple(each for each in part.turns[place + 1 :] if each[0].lane == lane)
        others = tuple(
            each for n, each in enumerate(part.turns) if n < place or (n > place and each[0].lane != lane)
        )
        if failed.refusal is not None:
            logger.error(
                "pump.refused_after_change letter_id=%s kind=%s refusal=%s",
                turn[0].id,
                turn[0].kind,
                where(cause),
            )
            alone = Part((turn,), refusal=failed.refusal)
        elif len(part.turns) > 1 or part.tries == 0:
            logger.warning(
                "pump.turn_failed letter_id=%s kind=%s error=%s", turn[0].id, turn[0].kind, where(cause)
            )
            alone = Part((turn,), tries=1, refusal=part.refusal)
        else:
            alone = Part((turn,), defect=where(cause))
        return [each for each in (Part(others), alone, Part(later)) if each.turns]

    async def _plan(self, part: Part, failure: Exception) -> list[Part]:
        """Decide what to do after a failure that names no turn."""
        verdict = judge(failure)
        if verdict is Verdict.AWAY:
            return await self._block(part, failure)
        if len(part.turns) > 1:
            half = len(part.turns) // 2
            return [Part(part.turns[:half]), Part(part.turns[half:])]
        tries_max = CONFLICTS_MAX if verdict is Verdict.CONFLICT else 1
        if part.tries < tries_max:
            return [replace(part, tries=part.tries + 1)]
        if verdict is Verdict.CONFLICT or part.is_silent:  # silent: not even burying works
            return await self._block(part, failure)
        return [Part(part.turns, defect=part.defect or where(failure), is_silent=part.defect is not None)]

    async def _block(self, part: Part, failure: Exception) -> list[Part]:
        """Let the lanes of a part wait, each time twice as long. Nothing is left to do now."""
        letters = [letter for turn in part.turns for letter in turn]
        attempts = max(letter.attempts for letter in letters)
        pause = min(BACK_OFF * 2 ** min(attempts, 16), BACK_OFF_MAX)
        logger.warning("pump.lanes_wait lanes=%d error=%s", len(part.turns), where(failure))
        async with self._sessions.begin() as session:
            await mail.block(session, letters, until=self._clock.now() + pause, error=where(failure))
        return []

    async def _commit(self, part: Part) -> int:
        """Handle turns in one transaction; whatever goes wrong, nothing of it is kept."""
        async with self._sessions.begin() as session:
            now = self._clock.now()
            ours = await mail.claim(session, [letter for turn in part.turns for letter in turn], now=now)
            turns = _only(part.turns, {letter.id for letter in ours})
            self._was_beaten = not turns
            if not turns:
                return 0
            group = Group(session, now=now, chance=self._chance, catalogue=self._catalogue, zone=self._zone)
            pushed = {letter.lane for letter in ours if letter.payload.get("pushed")}
            if pushed:
                await outbox.withdraw(session, pushed, now=now)
            if part.defect is None:
                await self._preload(group, turns)
            ended: list[tuple[Letter, Outcome]] = []
            for turn in turns:
                ended += await self._take(turn, group, part)
            await group.flush()
            if ended and not await mail.acknowledge(session, ended, now=now):
                raise Overtaken
            await group.finish()
            await mail.notify(session, by=self._bell.name)
        self._bell.tell(outcome for _, outcome in ended)
        self._bell.ring()
        return len(ended)

    async def _preload(self, group: Group, turns: Sequence[Turn]) -> None:
        for _ in range(ROUNDS_MAX):
            wanted: dict[type[Row], set[str]] = defaultdict(set)
            for turn in turns:
                for letter in turn:
                    for kind, ids in self._needs(turn, letter, group).items():
                        wanted[kind].update(ids)
            if not await group.load(wanted):
                break
        seen: dict[type[Row], set[str]] = defaultdict(set)
        for letter in (letter for turn in turns for letter in turn):
            sees = getattr(self._handlers.get(letter.kind), "sees", None)
            for kind, ids in (sees(letter) if sees else {}).items():
                seen[kind].update(ids)
        for kind, ids in seen.items():
            await group.see_all(kind, ids)

    def _needs(self, turn: Turn, letter: Letter, group: Group) -> Needs:
        handler = self._handlers.get(letter.kind)
        if handler is None:
            return {}
        try:
            return handler.needs(letter, group.known)
        except Exception as failure:
            raise _TurnFailed(turn, failure) from failure

    async def _take(self, whole: Turn, group: Group, part: Part) -> list[tuple[Letter, Outcome]]:
        """Handle one turn and return how its letters ended."""
        turn = tuple(letter for letter in whole if not group.is_put_off(letter))
        if not turn:
            return []  # an earlier turn of this group cancelled or moved it
        tx = Tx(group, turn[0])
        if part.defect is not None:
            return await self._bury(turn, tx, part)
        mark = group.mark()
        try:
            handler = self._handlers[turn[0].kind]
            try:
                if part.refusal is not None:
                    raise part.refusal
                await handler.handle(turn, tx)
            except Refusal as refusal:
                if group.has_changed_since(mark):
                    raise _TurnFailed(whole, refusal, refusal=refusal) from refusal
                group.forget_heard()
                facts = refused(refusal, turn[0], group)
                await handler.refuse(turn, tx, refusal)
                return [(letter, Outcome(letter.id, REFUSAL, facts)) for letter in turn]
        except (SQLAlchemyError, _TurnFailed):
            raise
        except Exception as failure:
            raise _TurnFailed(whole, failure) from failure
        group.keep_heard()
        return [(letter, Outcome(letter.id, OK, done(tx.facts))) for letter in turn]

    async def _bury(self, turn: Turn, tx: Tx, part: Part) -> list[tuple[Letter, Outcome]]:
        """Make dead letters, loudly, and say a plain sentence if the handler knows one."""
        letter = turn[0]
        logger.critical("pump.dead_letter letter_id=%s kind=%s error=%s", letter.id, letter.kind, part.defect)
        apologise = getattr(self._handlers.get(letter.kind), "apologise", None)
        if apologise is not None and not part.is_silent:
            await apologise(turn, tx)
        return [(each, Outcome(each.id, DEFECT, error=part.defect)) for each in turn]

    def _idle_s(self) -> float:
        if self._was_beaten:
            return BEATEN_S
        if self._breath_ends is None:
            return self._poll_s
        return max(0.0, min(self._poll_s, (self._breath_ends - self._clock.now()).total_seconds()))


def _only(turns: Sequence[Turn], ids: Collection[str]) -> list[Turn]:
    """Return the turns as far as their letters are among these."""
    kept = (tuple(letter for letter in turn if letter.id in ids) for turn in turns)
    return [turn for turn in kept if turn]
