"""Who bears a refund: master and platform give back their shares, the provider keeps its fee or does not."""

from dataclasses import dataclass

from core.kernel.ledger import Account, Transfer
from core.kernel.money import Money
from core.kernel.payment import Method
from core.kernel.refusal import RefundTooLarge
from core.kernel.settlement import SettlementRules, Split, split


@dataclass(frozen=True, slots=True)
class RefundRules:
    """How refunds are borne.

    Attributes:
        fee_returned: The provider gives its fee back as well; else the platform bears it.
    """

    fee_returned: bool


def parts(amount: Money, *, given_back: Money, whole: Money, method: Method, rules: SettlementRules) -> Split:
    """Divide a refund so that all refunds of a payment together undo its split to the kopeck.

    Args:
        given_back: What has gone back of this payment before.
        whole: The payment.

    Raises:
        RefundTooLarge: less than that is left of the payment.
    """
    left = whole - given_back
    if not 0 < amount.minor <= left.minor:
        raise RefundTooLarge(amount=amount, left=left)
    before, after = split(given_back, method, rules), split(given_back + amount, method, rules)
    return Split(
        amount=amount,
        fee=after.fee - before.fee,
        net=after.net - before.net,
        platform=after.platform - before.platform,
        master=after.master - before.master,
    )


def give_back(divided: Split, *, master_id: str, rules: RefundRules) -> tuple[Transfer, ...]:
    """Return the transfers of a refund of a settled payment."""
    fee_from = Account.FEE if rules.fee_returned else Account.PLATFORM
    moved = (
        ("refund", fee_from, Account.CLIENT, divided.fee),
        ("refund", Account.PLATFORM, Account.CLIENT, divided.platform),
        ("refund", Account.master(master_id), Account.CLIENT, divided.master),
    )
    return tuple(Transfer(*entry) for entry in moved if entry[-1].minor)
