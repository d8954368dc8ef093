"""What a receipt says: the work of a job, sold on behalf of its master (54-FZ; L31)."""

from core.charge import Line, Receipt
from core.flows.tx import Tx
from core.kernel.money import Money
from storage.tables import JobRow, MasterRow

RECEIPT_LANG = "ru"  # a fiscal receipt is Russian, whoever reads it
NAME_MAX = 128  # characters a fiscal printer takes in a line


def what_for(tx: Tx, job: JobRow) -> str:
    """Return what a job's money is for, in a line."""
    return tx.words(RECEIPT_LANG, "receipt-work", number=job.number)[:NAME_MAX]


def receipt_of(tx: Tx, job: JobRow, master: MasterRow | None, amount: Money) -> Receipt:
    """Return what the fiscal receipt of a job's payment says: one line, sold for its master."""
    line = Line(
        name=what_for(tx, job),
        amount=amount,
        supplier_name=master.name if master and master.inn else None,
        supplier_inn=master.inn if master else None,
        supplier_phone=master.phone if master and master.inn else None,
    )
    return Receipt(lines=(line,), phone=job.client_phone)
