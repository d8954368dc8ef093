"""SMS through SMS.ru over HTTP: messages out, and what became of them.

SMS.ru tells of statuses by knocking; each knock bears the SHA-256 of our key and all it tells, so nobody else
can make one. It describes no incoming SMS: a record of a kind that it does not describe is kept whole for a
person. Nothing can be asked for later but the state of a message, so there is nothing to `listen` for.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import httpx

from channels.sms.alphabet import UCS2_OCTETS_OF_MANY
from channels.sms.phones import is_e164
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.knock import Forged, Knock, Thanks
from core.messages import (
    Address,
    Arrival,
    Attachment,
    Batch,
    Delivery,
    Fate,
    Inbound,
    Limits,
    Reply,
    Role,
    Unread,
)
from core.ports import Clock
from core.wire import NotLetIn, Wire, encoded, is_same

API_URL = "https://sms.ru"
SEGMENTS_MAX = 8  # it takes no more
TEXT_MAX = SEGMENTS_MAX * (UCS2_OCTETS_OF_MANY // 2 - 1)  # an emoji may leave a place free in each
FIELDS_MAX = 1_000
IDS_MAX = 100  # of one question
PER_SECOND = 5.0  # it publishes no limit; this is far below what anybody was turned away for
LISTEN_S = 30.0
RECORD_LINES = 3  # at least: kind, id, code; then the moment

_OK = 100
FATES: Mapping[int, Fate] = MappingProxyType(
    {103: Fate.DELIVERED, 110: Fate.READ} | dict.fromkeys((104, 105, 106, 107, 108, 150), Fate.FAILED)
)

# What it says no with
STRANGER = frozenset({200, 300, 301, 302})
NOT_OUR_NAME = frozenset({204, 221})
UNREACHABLE = frozenset({202, 207, 209, 214, 215, 550})  # no such number, no way there, or it asked not to be
UNSAYABLE = frozenset({203, 205, 208, 212, 216, 217, 232})
LATER_S: Mapping[int, float] = MappingProxyType(
    {201: 600.0, 206: 3_600.0, 220: 60.0, 230: 3_600.0, 231: 60.0, 233: 600.0}
)
UNSURE = frozenset({500})  # it failed inside
_NO_MONEY = 201
_NOES: tuple[tuple[frozenset[int], type[Exception], str], ...] = (
    (NOT_OUR_NAME, NotLetIn, "wants a sender's name that is agreed with the operators"),
    (UNREACHABLE, Shut, "does not reach this phone"),
    (UNSAYABLE, Unsayable, "does not take it"),
    (UNSURE, Unanswered, "failed"),
)

_QUIET = frozenset({"callcheck_status", "test"})  # calls, which we do not use, and a sign of life


class SmsRu:
    """A door to the phone network."""

    name = "sms"
    limits = Limits(
        text=TEXT_MAX, caption=0, buttons=0, papers=False, paper_bytes=0, per_second=PER_SECOND, burst=5
    )

    def __init__(
        self,
        *,
        api_id: str,
        role: Role,
        clock: Clock,
        sender: str = "",
        api_url: str = API_URL,
        is_test: bool = False,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Connect an account.

        Args:
            sender: The name that was agreed with the operators; empty: the account's own.
            is_test: Everything is checked and nothing sent or paid.
        """
        self._api_id, self._role, self._clock = api_id, role, clock
        self._sender, self._is_test = sender, is_test
        self._wire = Wire(provider="SMS.ru", url=api_url, http=http)

    # Out

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:  # noqa: ARG002 - it knows no keys
        """Send one message; return its id there."""
        if not is_e164(to.chat_id):
            raise Shut("no phone")
        if not reply.text.strip():
            raise Unsayable("SMS carries words only")
        digits = to.chat_id.removeprefix("+")
        form = {"to": digits, "msg": reply.text}
        if self._sender:
            form["from"] = self._sender
        if self._is_test:
            form["test"] = "1"
        told = self._of(await self._ask("/sms/send", form), "sms", digits)
        self._check(told)
        return self._wire.text(told, "sms_id")

    async def fates(self, message_ids: Sequence[str]) -> tuple[Delivery, ...]:
        """Ask what became of messages; those still on their way, and those it does not know, are left out.

        Args:
            message_ids: At most `IDS_MAX`.
        """
        said = await self._ask("/sms/status", {"sms_id": ",".join(message_ids)})
        now = self._clock.now()
        found: list[Delivery] = []
        for id in message_ids:
            told = self._of(said, "sms", id)
            found += self._delivery(id, told.get("status_code"), now)
        return tuple(found)

    async def fetch(self, attachment: Attachment) -> bytes:  # noqa: ARG002 - there are none
        """SMS brings no files."""
        raise Unsayable("SMS brings no files")

    async def acknowledge(self, arrival: Inbound) -> None:
        """Nothing is pressed in SMS."""

    # In

    def hear(self, knock: Knock) -> tuple[Arrival, ...]:
        """Read the records of a knock, once its hash is right."""
        try:
            form = parse_qsl(
                knock.body.decode(),
                keep_blank_values=True,
                strict_parsing=True,
                errors="strict",
                max_num_fields=FIELDS_MAX,
            )
        except ValueError:
            raise Forged("no form") from None
        told = dict(form)
        records = _records(form)
        expected = hashlib.sha256(encoded(self._api_id + "".join(records))).hexdigest()
        if not is_same(told.get("hash", "").lower(), expected):
            raise Forged("a wrong hash")
        return tuple(each for record in records for each in self._read(record))

    def thanks(self, knock: Knock) -> Thanks:  # noqa: ARG002 - all are thanked alike
        """It wants the number 100, else it knocks again."""
        return Thanks(type="text/plain", body=b"100")

    async def listen(self, mark: str | None) -> Batch:
        """Wait: there is nothing that could be asked for."""
        await asyncio.sleep(LISTEN_S)
        return Batch((), mark)

    async def stand(self, url: str | None) -> None:
        """See that statuses come to this address; other addresses of the account are left alone."""
        if url is None:
            return
        known = (await self._ask("/callback/get", {})).get("callback")
        if not isinstance(known, list) or url not in known:
            await self._ask("/callback/add", {"url": url})

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    def _read(self, record: str) -> Sequence[Arrival]:
        lines = [line.removesuffix("\r") for line in record.split("\n")]
        if lines[0] in _QUIET:
            return ()
        kind, id, code, *rest = (*lines, *[""] * RECORD_LINES)[: max(len(lines), RECORD_LINES)]
        if kind != "sms_status":
            return (self._unread(record, "a kind of record that is not described"),)
        if not id or not _is_number(code):
            return (self._unread(record, "a status without its message or its code"),)
        return self._delivery(id, int(code), self._at(rest))

    def _delivery(self, id: str, code: object, at: datetime) -> Sequence[Delivery]:
        fate = FATES.get(code) if isinstance(code, int) else None
        if fate is None:  # it is still on its way
            return ()
        reason = "" if fate is not Fate.FAILED else str(code)
        return (
            Delivery(message_id=id, key=f"{self._door}:status:{id}:{code}", fate=fate, at=at, reason=reason),
        )

    def _at(self, rest: Sequence[str]) -> datetime:
        """Return the moment in seconds that a record tells, or now."""
        if rest and _is_number(rest[0]):
            try:
                return datetime.fromtimestamp(int(rest[0]), UTC)
            except (ValueError, OverflowError, OSError):
                pass
        return self._clock.now()

    def _unread(self, record: str, reason: str) -> Unread:
        digest = hashlib.sha256(encoded(record)).hexdigest()[:24]
        return Unread(f"{self._door}:{digest}", record, reason)

    @property
    def _door(self) -> str:
        return f"{self.name}-{self._role}"

    # The wire

    async def _ask(self, path: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask for something; a no to the whole is raised."""
        answer = await self._wire.ask("POST", path, form={"api_id": self._api_id, "json": "1", **form})
        self._check(answer.body)
        return answer.body

    def _of(self, said: Mapping[str, Any], name: str, id: str) -> Mapping[str, Any]:
        """Return what was said of one number or message. It answers for each apart."""
        found = said.get(name)
        told = found.get(id) if isinstance(found, dict) else None
        if not isinstance(told, dict):
            raise self._wire.unreadable(name)
        return told

    def _check(self, told: Mapping[str, Any]) -> None:
        """Raise what a no means."""
        code, is_ok = told.get("status_code"), told.get("status") == "OK"
        if not isinstance(code, int) or told.get("status") not in {"OK", "ERROR"}:
            raise self._wire.unreadable("status")
        if is_ok and code == _OK:
            return
        if is_ok:
            raise self._wire.unreadable("status_code")
        raise self._no(code)

    def _no(self, code: int) -> Exception:
        if code in STRANGER:
            return self._wire.stranger(code)
        for codes, failure, words in _NOES:
            if code in codes:
                return failure(f"SMS.ru {words}: {code}")
        if code == _NO_MONEY:
            return Outage("The account at SMS.ru is empty: top it up.", wait_s=LATER_S[code])
        return Outage(f"SMS.ru takes nothing now: {code}", wait_s=LATER_S.get(code))


def _records(form: Sequence[tuple[str, str]]) -> list[str]:
    """Return the values of `data[0]`, `data[1]`, … in the order of their numbers, as they were hashed."""
    found: list[tuple[int, str]] = []
    for name, value in form:
        number = name.removeprefix("data[").removesuffix("]")
        if name == f"data[{number}]" and (not number or _is_number(number)):
            found.append((int(number or len(found)), value))
    return [value for _, value in sorted(found, key=lambda each: each[0])]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12  # noqa: PLR2004 - no longer ones come
