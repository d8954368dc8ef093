"""How much of what one chat pours out is written down: people write as fast as they like, programs do not.

A chat has so many messages, and as many more as the minutes go by. It is counted by the time the
messenger says they were sent, so that what waited for us is no flood. Kept in memory: a restart forgives.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bots.gate import Pace
from core.messages import Inbound

CHATS_MAX = 5_000  # remembered; the ones that were silent longest are forgotten first
PRESSES = 3  # times as many presses as words: nobody presses by hand so often


class Verdict(Enum):
    """What becomes of a message."""

    TAKEN = "taken"
    TOO_MUCH = "too much"  # not written down, and nobody has said so yet
    DROPPED = "dropped"


@dataclass(slots=True)
class _Chat:
    words: Pace
    presses: Pace
    known: deque[str]  # keys of what was counted: told again, it is not counted again
    last_at: datetime
    is_told: bool = False


class Floods:
    """Counts what chats bring at pushed doors."""

    def __init__(self, per_minute: int) -> None:
        """Take so many messages of a chat at once, and so many a minute."""
        self._per_minute = per_minute
        self._chats: OrderedDict[str, _Chat] = OrderedDict()

    def judge(self, chat: str, arrival: Inbound, *, now: datetime) -> Verdict:
        """Count a message and tell what becomes of it.

        Args:
            chat: Its talk.
        """
        found = self._chat(chat, now)
        if arrival.key in found.known:
            return Verdict.TAKEN
        found.last_at = at = max(found.last_at, min(arrival.sent_at, now))
        pace = found.presses if arrival.choice or arrival.contact is not None else found.words
        if pace is found.words and pace.is_at_rest(at):
            found.is_told = False
        if pace.wait(at):
            verdict = Verdict.DROPPED if found.is_told else Verdict.TOO_MUCH
            found.is_told = True
            return verdict
        pace.take(at)
        found.known.append(arrival.key)
        return Verdict.TAKEN

    def _chat(self, chat: str, now: datetime) -> _Chat:
        found = self._chats.get(chat)
        if found is None:
            if len(self._chats) >= CHATS_MAX:
                self._chats.popitem(last=False)
            most = self._per_minute
            found = _Chat(
                _pace(most),
                _pace(most * PRESSES),
                deque(maxlen=most * (PRESSES + 1)),
                now - timedelta(days=7),
            )
            self._chats[chat] = found
        self._chats.move_to_end(chat)
        return found


def _pace(per_minute: int) -> Pace:
    return Pace(timedelta(minutes=1) / per_minute, per_minute)
