"""Double entry: every movement takes from one account what it gives to another (L4)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.refusal import StepNotAllowed
from core.kernel.settlement import Split


class Account:
    """Names of accounts. A balance above zero is what we owe its holder, or what we have earned."""

    CLIENT = "client"  # the outside world of payers
    FEE = "fee"  # what payment providers keep
    PLATFORM = "platform"
    CASH = "cash"  # handed over in hand
    BANK = "bank"
    SUSPENSE = "suspense"  # came, and belongs to nobody yet

    @staticmethod
    def master(master_id: str) -> str:
        """Return a master's account; below zero he owes us."""
        return f"master:{master_id}"


class Phase(StrEnum):
    """Whether a transfer moves money at once, holds it, or ends what another one holds."""

    POSTED = "posted"
    PENDING = "pending"
    POST = "post"
    VOID = "void"
    EXPIRE = "expire"


MOVING = frozenset({Phase.POSTED, Phase.POST})  # the others change no balance
ENDING = frozenset({Phase.POST, Phase.VOID, Phase.EXPIRE})


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that moves: the balance of `debit` falls, that of `credit` rises."""

    kind: str
    debit: str
    credit: str
    amount: Money
    phase: Phase = Phase.POSTED

    def __post_init__(self) -> None:
        """Reject what moves nothing."""
        if self.amount.minor <= 0:
            raise ValueError(f"a transfer of {self.amount.minor}")
        if self.debit == self.credit:
            raise ValueError(f"a transfer within {self.debit}")


@dataclass(frozen=True, slots=True)
class CashRules:
    """How much of our money a master may carry (K2)."""

    debt_cap: Money


def settle(split: Split, *, method: Method, master_id: str) -> tuple[Transfer, ...]:
    """Return the transfers of a paid job. With cash the master already holds the whole amount."""
    master = Account.master(master_id)
    moved = [
        ("fee", Account.CLIENT, Account.FEE, split.fee),
        ("commission", Account.CLIENT, Account.PLATFORM, split.platform),
        ("earning", Account.CLIENT, master, split.master),
    ]
    if method is Method.CASH:
        moved.append(("cash_taken", master, Account.CASH, split.amount))
    return tuple(Transfer(*entry) for entry in moved if entry[-1].minor)


def balances(transfers: Iterable[Transfer]) -> Mapping[tuple[str, Currency], int]:
    """Return the balance of every account in minor units. All together they are zero.

    What is only held has not moved yet.
    """
    found: dict[tuple[str, Currency], int] = defaultdict(int)
    for transfer in transfers:
        if transfer.phase not in MOVING:
            continue
        currency = transfer.amount.currency
        found[transfer.debit, currency] -= transfer.amount.minor
        found[transfer.credit, currency] += transfer.amount.minor
    return dict(found)


def end(held: Transfer, phase: Phase, *, ended: Phase | None = None, amount: Money | None = None) -> Transfer:
    """Return the transfer that ends a pending one: posts it, voids it, or lets it expire.

    Args:
        held: The pending transfer.
        ended: How it was ended before; None if it still holds.
        amount: Post no more than this; the rest is let go. None is all of it.

    Raises:
        StepNotAllowed: it holds nothing, or no more, or less than what is asked for.
    """
    if held.phase is not Phase.PENDING or phase not in ENDING:
        raise StepNotAllowed(state=held.phase, action=phase)
    if ended is not None:
        raise StepNotAllowed(state=ended, action=phase)
    moved = held.amount if amount is None or phase is not Phase.POST else amount
    if moved > held.amount:
        raise StepNotAllowed(state=held.phase, action=phase)
    return replace(held, phase=phase, amount=moved)


def methods(*, gateways: Collection[Method], debt: Money, rules: CashRules) -> tuple[Method, ...]:
    """Return the ways to pay: what gateways offer, and cash below the debt cap."""
    cash = (Method.CASH,) if debt < rules.debt_cap else ()
    return (*cash, *(method for method in (Method.CARD, Method.SBP) if method in gateways))


def netted(owed: Money, due: Money) -> tuple[Money, Money]:
    """Net a master's debt from what is due to him. Returns (paid out, debt left)."""
    taken = min(owed.minor, due.minor)
    return Money(due.minor - taken, due.currency), Money(owed.minor - taken, owed.currency)
