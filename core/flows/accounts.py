"""What we have with masters: read once for all jobs of a group, and kept up with what the group moves."""

from collections import Counter
from datetime import datetime

from core.flows.group import Group
from core.flows.tx import Tx
from core.kernel.ledger import Account
from core.kernel.money import Currency, Money
from storage.queries import books
from storage.tables import JobRow

_EARNING = "earning"


async def balance_of(tx: Tx, master_id: str, currency: Currency) -> Money:
    """Return what we owe a master, this commit included; below zero he owes us."""
    minor = await _accounts(tx, currency).balance(tx.group, Account.master(master_id))
    return Money(minor, currency)


async def owed_by(tx: Tx, master_id: str, currency: Currency) -> Money:
    """Return what a master owes us from cash; nothing if we owe him."""
    balance = await balance_of(tx, master_id, currency)
    return Money(max(0, -balance.minor), currency)


async def earned_today(tx: Tx, master_id: str, currency: Currency) -> Money:
    """Return what a master earned since his midnight, this commit included."""
    midnight = tx.now.astimezone(tx.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    minor = await _accounts(tx, currency).earned(tx.group, Account.master(master_id), since=midnight)
    return Money(minor, currency)


async def earned_since(tx: Tx, master_id: str, currency: Currency, *, since: datetime) -> Money:
    """Return what a master earned since a moment, this commit included."""
    account = Account.master(master_id)
    written = await books.earned(tx.session, master_id=master_id, since=since, currency=currency)
    waiting = sum(
        transfer["amount_minor"]
        for transfer in tx.group.transfers[tx.group.transfers_written :]
        if (transfer["kind"], transfer["credit"], transfer["currency"]) == (_EARNING, account, currency.value)
    )
    return Money(written + waiting, currency)


class _Accounts:
    """Figures of the database as they were before this group, by account, and what the group has moved."""

    def __init__(self, currency: Currency) -> None:
        """Begin with nothing read."""
        self._currency = currency
        self._balances: dict[str, int] = {}
        self._earnings: dict[str, int] = {}
        self._moved: Counter[str] = Counter()
        self._earned: Counter[str] = Counter()
        self._upto = 0  # of the group's transfers

    async def balance(self, group: Group, account: str) -> int:
        """Return a balance in minor units."""
        if account not in self._balances:
            asked = self._asked(group, account, self._balances)
            found = await books.balances_of(group.session, accounts=asked, currency=self._currency)
            # What of this group is written already is in these figures, and must not count twice.
            written = self._sum(group, group.transfers_written)[0]
            self._balances.update({each: found.get(each, 0) - written[each] for each in asked})
        self._keep_up(group)
        return self._balances[account] + self._moved[account]

    async def earned(self, group: Group, account: str, *, since: datetime) -> int:
        """Return what was earned since a moment before this group, in minor units."""
        if account not in self._earnings:
            asked = self._asked(group, account, self._earnings)
            found = await books.earned_by(group.session, accounts=asked, since=since, currency=self._currency)
            written = self._sum(group, group.transfers_written)[1]
            self._earnings.update({each: found.get(each, 0) - written[each] for each in asked})
        self._keep_up(group)
        return self._earnings[account] + self._earned[account]

    def _asked(self, group: Group, account: str, known: dict[str, int]) -> list[str]:
        masters = {job.master_id for id in group.ids(JobRow) if (job := group.known(JobRow, id))}
        accounts = {account, *(Account.master(id) for id in masters if id)}
        return sorted(each for each in accounts if each not in known)

    def _keep_up(self, group: Group) -> None:
        moved, earned = self._sum(group, len(group.transfers), since=self._upto)
        self._moved.update(moved)
        self._earned.update(earned)
        self._upto = len(group.transfers)

    def _sum(self, group: Group, upto: int, *, since: int = 0) -> tuple[Counter[str], Counter[str]]:
        moved: Counter[str] = Counter()
        earned: Counter[str] = Counter()
        for transfer in group.transfers[since:upto]:
            if transfer["currency"] != self._currency.value or transfer["phase"] not in books.MOVED:
                continue
            moved[transfer["credit"]] += transfer["amount_minor"]
            moved[transfer["debit"]] -= transfer["amount_minor"]
            if transfer["kind"] == _EARNING:
                earned[transfer["credit"]] += transfer["amount_minor"]
        return moved, earned


def _accounts(tx: Tx, currency: Currency) -> _Accounts:
    found = tx.group.memo.setdefault((_Accounts, currency), _Accounts(currency))
    assert isinstance(found, _Accounts)  # noqa: S101 - tells the type checker; the key is ours
    return found
