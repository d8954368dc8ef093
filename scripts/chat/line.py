"""The talk itself, over HTTP: begin, say, hear; nothing is said twice and nothing is lost on the way."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from bots.chance import SystemChance
from bots.clock import SystemClock
from core.messages import Role
from scripts.chat.memory import Kept, Memory, Wish
from scripts.plain import MISUSE, Told

PATIENCE_S = 30.0  # with a server that does not answer
BACK_OFF_S, BACK_OFF_MAX_S = 0.3, 3.0
WAIT_MAX_S = 90.0  # for a limit to be over
PENDING, UNAUTHORIZED, FORBIDDEN, UNKNOWN, MALFORMED, TOO_MANY, UNAVAILABLE = (
    202,
    401,
    403,
    404,
    422,
    429,
    503,
)
GONE = {UNAUTHORIZED, FORBIDDEN, UNKNOWN}
KINDS = {Role.CLIENT: "client_request", Role.MASTER: "master_onboarding"}


@dataclass(frozen=True, slots=True)
class Said:
    """One line that Naryad said. Buttons are (label, choice)."""

    text: str
    buttons: tuple[tuple[str, str], ...]


class Line:
    """One talk. What is sent carries a name, so that sending it again changes nothing."""

    def __init__(self, client: httpx.AsyncClient, memory: Memory, *, tell: Callable[[str], None]) -> None:
        """Take the way to the server, and how to tell the person why he waits."""
        self._client, self._memory, self._tell = client, memory, tell
        self._clock, self._chance = SystemClock(), SystemChance()
        self._talk: Kept | None = None
        self._heard = 0  # the `seq` of the last line that was heard

    async def resume(self, wish: Wish) -> bool:
        """Go on with the talk of last time; False if there is none such, or the server does not know it."""
        talk = self._memory.recall()
        if talk is None or not talk.suits(wish):
            return False
        self._talk, self._heard = talk, talk.spoken
        answer = await self._ask("GET", f"{self._path}/transcript", params={"after": talk.spoken})
        if answer.status_code in GONE:
            self._tell("The talk of last time is not known here: a new one begins.")
            return False
        _whole(answer)
        return True

    async def begin(self, wish: Wish) -> None:
        """Begin a talk. Raises Told if the server wants none such."""
        body = {"kind": KINDS[wish.role], "market": wish.market, "lang": wish.lang, "source": "terminal"}
        headers = {"Idempotency-Key": self._name()}
        self._talk, self._heard = None, 0
        answer = await self._ask("POST", "/api/v1/ai/conversation/start", json=body, headers=headers)
        begun = _whole(answer)
        self._talk = Kept(begun["conversation_id"], begun["token"], wish.market, wish.lang)
        self._memory.keep(self._talk)

    async def say(self, words: str, *, choice: str | None) -> str | None:
        """Say words, or press the button with this choice.

        Returns:
            Why it was not taken, unless the talk itself says so.
        """
        body = {"choice": choice} if choice else {"text": words}
        self._kept.spoken = self._heard
        self._memory.keep(self._kept)
        answer = await self._ask("POST", f"{self._path}/message", json={**body, "message_id": self._name()})
        if answer.is_success or answer.status_code == httpx.codes.CONFLICT:
            return None  # a rule's refusal is said in the talk
        return _sentence(answer)

    async def hear(self) -> Sequence[Said]:
        """Return what Naryad has said since the last time, replies and news in their order."""
        said: list[Said] = []
        while True:
            answer = await self._ask("GET", f"{self._path}/transcript", params={"after": self._heard})
            lines = _whole(answer)["messages"]
            if not lines:
                return said
            self._heard = max(line["seq"] for line in lines)
            said += [_said(line) for line in lines if line["from"] == "naryad"]

    @property
    def _kept(self) -> Kept:
        if self._talk is None:
            raise LookupError("the talk has not begun")
        return self._talk

    @property
    def _path(self) -> str:
        return f"/api/v1/ai/conversation/{self._kept.conversation_id}"

    def _name(self) -> str:
        return self._chance.id(self._clock.now())

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask until there is an answer: through pauses of the server, limits, and letters still on their way.

        Raises:
            Told: nobody answers any more.
        """
        headers = {"Accept-Language": "en", **more.pop("headers", {})}  # as all that commands say
        if self._talk is not None:
            headers["Authorization"] = f"Bearer {self._talk.token}"
        loop, back_off_s = asyncio.get_running_loop(), BACK_OFF_S
        give_up = loop.time() + PATIENCE_S
        while True:
            try:
                answer = await self._client.request(method, path, headers=headers, **more)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in {PENDING, TOO_MANY, UNAVAILABLE}:
                return answer
            pause_s = back_off_s
            if answer is not None and answer.status_code == TOO_MANY:
                pause_s = float(answer.headers.get("Retry-After", back_off_s))
                if pause_s > WAIT_MAX_S:
                    return answer
                self._tell(f"{_sentence(answer)} ({pause_s:.0f} s)")
                give_up = loop.time() + pause_s + PATIENCE_S
            elif loop.time() > give_up:
                raise Told(f"{self._client.base_url.copy_with(path='/')} does not answer any more.")
            elif back_off_s == BACK_OFF_S and answer is None:
                self._tell("No answer; trying again …")
            await asyncio.sleep(pause_s)
            back_off_s = min(back_off_s * 2, BACK_OFF_MAX_S)


def _whole(answer: httpx.Response) -> Mapping[str, Any]:
    """Return what the answer holds. Raises Told if it is a no."""
    if not answer.is_success:
        raise Told(_sentence(answer), status=MISUSE if answer.status_code == MALFORMED else 1)
    held: Mapping[str, Any] = answer.json()
    return held


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered {answer.status_code}."


def _said(line: Mapping[str, Any]) -> Said:
    return Said(line["text"], tuple((button["label"], button["choice"]) for button in line["buttons"]))
