"""What the core asks of the world, as protocols; adapters are chosen in `bots/app.py`."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from core.charge import (
    Charge,
    Notice,
    Order,
    Payout,
    PayoutOrder,
    Refund,
    RefundOrder,
    RegistryLine,
)
from core.kernel.money import Money
from core.kernel.payment import Method
from core.knock import Knock, Thanks
from core.meaning import LookContext, Reading
from core.messages import Address, Arrival, Attachment, Batch, Inbound, Limits, Reply
from core.receipt import ReceiptOrder, Registered


class Clock(Protocol):
    """The only source of the time."""

    def now(self) -> datetime:
        """Return the present as an aware datetime in UTC."""
        ...


class Chance(Protocol):
    """The only source of ids, tokens and randomness."""

    def id(self, at: datetime) -> str:
        """Return a new UUIDv7 (36 characters) that sorts by `at`."""
        ...

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        ...

    def token(self) -> str:
        """Return a secret of 256 bits, safe in a link."""
        ...


class Looker(Protocol):
    """Reads a text: everything it may mean, no context but language, role, local time, trades."""

    def look(self, text: str, context: LookContext) -> Reading:
        """Return the reading. Never raises for anything a person can write."""
        ...


class Channel(Protocol):
    """A door through which people are reached, for one of the two roles; it knows nothing else.

    Every call that goes out raises Outage if it surely did not happen (with `wait_s` where the other
    side named it) and Unanswered if nobody knows.
    """

    @property
    def name(self) -> str:
        """How it is called in addresses: telegram, max, vk, sms, email."""
        ...

    @property
    def limits(self) -> Limits:
        """What it can show, and how fast it takes things."""
        ...

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:
        """Send one message that fits its limits (`channels/layout.py` sees to that); return its id there.

        Args:
            reply: At most one paper.
            key: Ours, the same however often it is asked, for channels that know repeats by one.

        Raises:
            Shut: this person cannot be reached here any more.
            Unsayable: it will never be taken.
        """
        ...

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return the bytes of what a person sent.

        Raises:
            Unsayable: it is gone, or too large for the channel to hand over.
        """
        ...

    def hear(self, knock: Knock) -> tuple[Arrival, ...]:
        """Authenticate and read what came to the door's address; nothing for a plain greeting.

        Raises:
            Forged: it is not from the channel.
        """
        ...

    def thanks(self, knock: Knock) -> Thanks:
        """Return how the channel wants a knock answered once what it told is written down."""
        ...

    async def listen(self, mark: str | None) -> Batch:
        """Ask once for what is new, waiting as long as the channel lets us.

        Args:
            mark: Of the batch before, which is written down by now; None: from wherever it stands.
        """
        ...

    async def acknowledge(self, arrival: Inbound) -> None:
        """Show the person that his press was taken. Nothing is lost if this fails."""
        ...

    async def stand(self, url: str | None) -> None:
        """See that updates come to this address, or, with None, that they can be asked for.

        Called at start and every few minutes: some channels forget us without a word.
        """
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...


class Blobs(Protocol):
    """Keeps files that we make, each under a key such as `job-file/<64 hex digits>.pdf`."""

    async def put(self, key: str, content: bytes, *, type: str) -> str:
        """Keep a blob for good before this returns; answers its key. The same key again changes nothing."""
        ...

    async def get(self, key: str) -> bytes | None:
        """Return a blob; None if there is none."""
        ...

    async def exists(self, key: str) -> bool:
        """Tell whether there is such a blob."""
        ...

    def link(self, key: str, *, until: datetime) -> str:
        """Return an address that lends the blob to whoever has it, until a moment."""
        ...


class Gateway(Protocol):
    """A payment provider. Asking the same thing twice, by the same id, does it once.

    Every call raises Outage if it surely did not happen, and Unanswered if nobody knows.
    """

    @property
    def name(self) -> str:
        """How the provider is called in settings, rows and the address of its notices."""
        ...

    @property
    def methods(self) -> Collection[Method]:
        """The ways to pay it offers."""
        ...

    @property
    def two_stage(self) -> Collection[Method]:
        """Of these, the ones whose money can be held first."""
        ...

    @property
    def has_registry(self) -> bool:
        """Whether it can tell a whole day; else each charge is read by itself."""
        ...

    @property
    def thanks(self) -> Thanks:
        """How it wants its notices answered."""
        ...

    async def charge(self, order: Order) -> Charge:
        """Ask for a charge. A definite no is a charge that has failed, with the reason."""
        ...

    async def read(self, *, order_id: str, provider_id: str | None) -> Charge | None:
        """Read a charge anew; None if the provider has never heard of it."""
        ...

    async def capture(self, *, order_id: str, provider_id: str, amount: Money) -> Charge:
        """Take what is held. A charge that is paid already is answered as it stands."""
        ...

    async def cancel(self, *, order_id: str, provider_id: str) -> Charge:
        """Let go of what is held, or close what nobody has paid yet; answers how the charge stands then.

        Where a provider cannot close an unpaid one, it answers it unchanged: it will expire by itself.
        """
        ...

    async def refund(self, order: RefundOrder) -> Refund:
        """Give money back, all or a part. A definite no is a refund that has failed."""
        ...

    async def read_refund(self, order: RefundOrder, *, provider_id: str | None) -> Refund | None:
        """Read a refund anew; None if the provider has never heard of it."""
        ...

    async def registry(self, day: date) -> Sequence[RegistryLine]:
        """Return what the provider says it moved on a day of Moscow time: charges paid and refunds done."""
        ...

    def hear(self, knock: Knock) -> Notice | None:
        """Authenticate and read a notice; None for one that tells nothing of charges and refunds.

        Raises:
            Forged: it is not the provider's.
        """
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...


class Paymaster(Protocol):
    """Pays masters out. Asking the same payout twice pays it once."""

    @property
    def name(self) -> str:
        """How it is called in settings and rows."""
        ...

    async def pay_out(self, order: PayoutOrder) -> Payout:
        """Send money. A definite no is a payout that has failed, with the reason."""
        ...

    async def read(self, order: PayoutOrder, *, provider_id: str | None) -> Payout | None:
        """Read a payout anew; None if the provider has never heard of it."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...


class Registrar(Protocol):
    """Registers receipts. Asking the same receipt twice registers it once.

    Every call raises Outage if it surely did not happen, and Unanswered if nobody knows.
    """

    @property
    def name(self) -> str:
        """How it is called in settings and rows."""
        ...

    async def register(self, order: ReceiptOrder) -> Registered:
        """Ask for a receipt. A definite no is a receipt that has failed, with the reason."""
        ...

    async def read(self, order: ReceiptOrder) -> Registered | None:
        """Read a receipt anew; None if the registrar has never heard of it."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...
