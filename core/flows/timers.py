"""The timers of a job: every object that is not finished has one, so that nothing can be stuck (L17).

All of them stand in the job's lane, so each is handled in the job's own order. A timer's letter says
what to look at again, never what to do: the flow decides by the rows it finds.
"""

from datetime import datetime, timedelta

from core.flows.tx import Tx
from core.markets.policy import Market
from storage.tables import BookingRow, JobRow, MasterRow, OfferRow


def lane(job_id: str) -> str:
    """Return the lane in which everything about a job happens."""
    return f"job:{job_id}"


def lapse_job(tx: Tx, job: JobRow, when: datetime) -> None:
    """A job that nobody goes on with ends at `when`."""
    _set(tx, job.id, f"job:{job.id}:lapse", when, "job-lapse")


def retry_job(tx: Tx, job_id: str, when: datetime) -> None:
    """Look for a master again at `when`."""
    _set(tx, job_id, f"job:{job_id}:retry", when, "job-retry")


def watch_start(tx: Tx, job: JobRow, when: datetime) -> None:
    """See at `when` whether the master has set out."""
    _set(tx, job.id, f"job:{job.id}:late", when, "job-late")


def watch_work(tx: Tx, job: JobRow, when: datetime, *, nudges: int = 0) -> None:
    """See at `when` whether the job has gone on; `nudges` were sent already."""
    _set(tx, job.id, f"job:{job.id}:overdue", when, "job-overdue", nudges=nudges)


def remind_of_payment(tx: Tx, job: JobRow, when: datetime) -> None:
    """See at `when` whether the work that is done was paid."""
    _set(tx, job.id, f"payment:{job.id}:remind", when, "payment-remind")


def register_receipt(tx: Tx, job: JobRow, *, payment_id: str, refund_id: str | None = None) -> None:
    """Register what was paid, or given back, in a turn of its own: no receipt holds up the money."""
    subject = refund_id or payment_id
    more = {"refund_id": refund_id} if refund_id else {}
    _set(tx, job.id, f"receipt:{subject}", tx.now, "receipt", payment_id=payment_id, **more)


def lapse_hold(tx: Tx, booking: BookingRow, when: datetime) -> None:
    """Let a hold go at `when`."""
    _set(tx, booking.job_id, f"booking:{booking.id}:lapse", when, "hold-lapse", booking_id=booking.id)


def lapse_offer(tx: Tx, offer: OfferRow) -> None:
    """Ask somebody else once the offer's deadline has passed."""
    _set(tx, offer.job_id, f"offer:{offer.id}:lapse", offer.until, "offer-lapse", offer_id=offer.id)


def let_demo_act(tx: Tx, market: Market, job: JobRow, master: MasterRow | None, step: str) -> None:
    """A demo master does the next step in a moment, slowly enough to watch."""
    if job.is_demo and master is not None and master.is_demo:
        when = tx.now + timedelta(seconds=tx.chance.between(*market.demo.pace_seconds))
        _set(tx, job.id, f"job:{job.id}:demo", when, "demo-act", master_id=master.id, step=step)


def stop_offer(tx: Tx, offer: OfferRow) -> None:
    """The offer is answered: its deadline means nothing any more."""
    tx.cancel(f"offer:{offer.id}:lapse")


def stop_hold(tx: Tx, booking: BookingRow) -> None:
    """The booking is bound or let go."""
    tx.cancel(f"booking:{booking.id}:lapse")


def stop(tx: Tx, job: JobRow, *names: str) -> None:
    """Cancel timers of the job by name; all of them if none is named."""
    for name in names or ("lapse", "retry", "late", "overdue", "demo"):
        tx.cancel(f"job:{job.id}:{name}")


def _set(tx: Tx, job_id: str, key: str, when: datetime, kind: str, **payload: object) -> None:
    tx.at(key=key, lane=lane(job_id), when=when, kind=kind, payload={"job_id": job_id, **payload})
