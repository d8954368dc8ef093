"""SMS straight to an operator by SMPP 3.4: one session both ways.

An incoming message is answered only at the look after the one that brought it, when it is written down. Until
then it is the operator's, who delivers it again in the next session. Parts of a long message travel in the
mark until the last has come (`hand.py`). A receipt for the last part of ours speaks for the whole.
"""

import asyncio
from itertools import count

from channels.sms.alphabet import UCS2_OCTETS_OF_MANY
from channels.sms.hand import Doubt, Hand, Whole
from channels.sms.pdu import Frame, Receipt, Status, Unreadable, first_string, read
from channels.sms.phones import e164, is_e164
from channels.sms.session import Account, Patience, Session
from channels.sms.submit import Segment, meaning, pdu, segments_of
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.knock import Forged, Knock, Thanks
from core.messages import (
    Address,
    Arrival,
    Attachment,
    Batch,
    Contact,
    Delivery,
    Fate,
    Inbound,
    Limits,
    Reply,
    Role,
    Unread,
)
from core.ports import Clock

SEGMENTS_OF_REPLY = 10
TEXT_MAX = SEGMENTS_OF_REPLY * UCS2_OCTETS_OF_MANY // 2
SEGMENTS_OFTEN = 2  # of a Russian reply; the operator counts segments, the courier messages
PARTS_TRIES = 4  # of a part that is turned away after others went out
STEADY_S = 60.0  # a session that lived so long was no failure

_FATES = {
    "DELIVRD": Fate.DELIVERED,
    "EXPIRED": Fate.FAILED,
    "DELETED": Fate.FAILED,
    "UNDELIV": Fate.FAILED,
    "REJECTD": Fate.FAILED,
}


class Smpp:
    """A door to the phone network."""

    name = "sms"

    def __init__(
        self, account: Account, *, role: Role, clock: Clock, patience: Patience | None = None
    ) -> None:
        """Take an account; nothing is connected before something is asked."""
        self._account, self._role, self._clock = account, role, clock
        self._patience = patience or Patience()
        self._door = f"sms-{role}"
        self._references = count(1)
        self._session: Session | None = None
        self._binding = asyncio.Lock()
        self._doubt = Doubt()
        self._failures, self._open_at_s = 0, 0.0
        self._taken: tuple[Frame, ...] = ()
        self._mark: str | None = None
        self.limits = Limits(
            text=TEXT_MAX,
            caption=0,
            buttons=0,
            papers=False,
            paper_bytes=0,
            per_second=account.per_second / SEGMENTS_OFTEN,
            burst=account.window,
        )

    # Out

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:  # noqa: ARG002 - the centre knows no keys
        """Send one message, in as many segments as it needs; return the centre's id of the last.

        Raises:
            Outage: nothing of it went out.
            Unanswered: some or all of it went out, and nobody knows whether all did.
            Shut: the centre knows no such phone.
            Unsayable: nothing to say, or the centre will never take it.
        """
        if not is_e164(to.chat_id):
            raise Shut("no phone")
        if not reply.text.strip():
            raise Unsayable("SMS carries words only")
        segments = segments_of(reply.text, self._account, reference=next(self._references))
        session = await self._bound()
        ids = [await self._submit(session, to, segment) for segment in segments]
        return self._told_id(ids[-1])

    async def _submit(self, session: Session, to: Address, segment: Segment) -> str:
        """Send a segment; one that is turned away for a while after others went out is tried again."""
        tries = 1 if segment.is_first else PARTS_TRIES
        while True:
            try:
                said = await session.ask(
                    lambda sequence: pdu(segment, self._account, to=to, sequence=sequence)
                )
                if said.status == Status.OK:
                    return first_string(said.body)
                raise meaning(said.status, throttle_s=self._patience.throttle_s)
            except Unanswered:
                raise
            except Outage as outage:
                if segment.is_first:
                    raise
                tries -= 1
                if not tries or not session.is_open:
                    raise Unanswered("The operator took a part of the message only") from None
                await asyncio.sleep(self._patience.throttle_s if outage.wait_s is None else outage.wait_s)

    def _told_id(self, id: str) -> str:
        return id.lower().lstrip("0") if self._account.has_hex_ids else id

    async def fetch(self, attachment: Attachment) -> bytes:  # noqa: ARG002
        """SMS brings no files."""
        raise Unsayable("SMS brings no files")

    async def acknowledge(self, arrival: Inbound) -> None:
        """Nothing is pressed in SMS."""

    # In

    def hear(self, knock: Knock) -> tuple[Arrival, ...]:  # noqa: ARG002
        """Nobody knocks: all comes through the session."""
        raise Forged("SMPP does not knock")

    def thanks(self, knock: Knock) -> Thanks:  # noqa: ARG002
        """Nobody knocks."""
        return Thanks()

    async def listen(self, mark: str | None) -> Batch:
        """Answer for the batch before, if it is written down, and wait for the next."""
        session = await self._bound()
        if self._taken and mark == self._mark:
            session.answer(self._taken)
            now_s = asyncio.get_running_loop().time()
            self._doubt.answered((each.digest for each in self._taken), now_s)
        elif self._taken:
            session.put_back(self._taken)
        self._taken = ()
        frames = await session.take(self._patience.listen_s)
        hand = Hand(mark)
        late = [each for whole in hand.overdue(self._clock.now()) for each in self._inbound(whole)]
        found = [each for frame in frames for each in self._read(frame, hand)]
        if not frames and not late:
            return Batch((), mark)
        self._taken, self._mark = frames, hand.mark()
        return Batch((*late, *found), self._mark)

    def _read(self, frame: Frame, hand: Hand) -> tuple[Arrival, ...]:
        now = self._clock.now()
        digest = frame.digest
        is_new = self._doubt.is_new(frame)
        try:
            told = read(frame.raw)
            if isinstance(told, Receipt):
                return self._delivery(told)
            whole = hand.join(told, digest=digest, at=now, is_new=is_new)
        except Unreadable as error:
            return (Unread(f"{self._door}:{digest}", frame.raw.hex(), str(error)),)
        return () if whole is None else self._inbound(whole)

    def _delivery(self, told: Receipt) -> tuple[Arrival, ...]:
        fate = _FATES.get(told.state)
        if fate is None:  # it is still on its way
            return ()
        id = told.message_id
        if self._account.has_hex_ids and id.isdecimal():
            id = f"{int(id):x}"
        return (
            Delivery(
                message_id=self._told_id(id),
                key=f"{self._door}:receipt:{id}:{told.state}",
                fate=fate,
                at=self._clock.now(),
                reason="" if fate is Fate.DELIVERED else f"{told.state} {told.error}".strip(),
            ),
        )

    def _inbound(self, whole: Whole) -> tuple[Inbound, ...]:
        phone = e164(whole.sender, ton=whole.ton)
        if phone is None:  # somebody's advertising: names and short numbers are not people
            return ()
        heard = Inbound(
            sender=Address(self.name, phone),
            role=self._role,
            key=f"{self._door}:{whole.key}",
            message_id=whole.key,
            sent_at=whole.at,
            text=whole.text,
            contact=Contact(phone, is_own=True),
        )
        return (heard,)

    # The session

    async def stand(self, url: str | None) -> None:  # noqa: ARG002
        """See that the session is bound."""
        await self._bound()

    async def close(self) -> None:
        """Unbind."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _bound(self) -> Session:
        """Return the session, binding a new one if it is over; not again and again without a pause."""
        async with self._binding:
            last = self._session
            if last is not None and last.is_open:
                return last
            if last is not None:
                await self._over(last)
            now_s = asyncio.get_running_loop().time()
            if now_s < self._open_at_s:
                raise Outage("The operator is away", wait_s=self._open_at_s - now_s)
            try:
                self._session = await Session.open(self._account, self._patience)
            except Outage:
                self._back_off()
                raise
            return self._session

    async def _over(self, last: Session) -> None:
        """Forget a session; what it had not answered comes again."""
        self._session, self._taken = None, ()
        self._doubt.ended(last.ended_s)
        if last.ended_s - last.bound_s > STEADY_S:
            self._failures = 0
        if self._failures:
            self._back_off()
        self._failures = max(self._failures, 1)  # the first time it is bound again at once
        await last.close(politely=False)

    def _back_off(self) -> None:
        patience = self._patience
        wait_s = min(patience.back_off_s * 2.0**self._failures, patience.back_off_max_s)
        self._failures = min(self._failures + 1, 30)
        self._open_at_s = asyncio.get_running_loop().time() + wait_s
