"""The letters about a job: a step that somebody does by HTTP, and the timers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.flows import deadlines, job_views, jobs, offers, views
from core.flows.actor import Actor, ActorKind
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal, UnknownThing
from core.markets.policy import Market, load_market
from core.text.catalogue import catalogue
from storage.tables import BookingRow, JobRow, OfferRow, Row

KINDS = ("job-step", "offer-lapse", "job-retry", "job-lapse", "hold-lapse", "job-late", "job-overdue")


class JobHandler:
    """Handles `job-step` {job_id, action, actor, master_id?, by_demo?} and every timer of a job."""

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401, ARG002
        """The job, and the offer or the booking that a timer is about."""
        payload = letter.payload
        wanted: dict[type[Row], Collection[str]] = {JobRow: [payload["job_id"]]}
        if offer_id := payload.get("offer_id"):
            wanted[OfferRow] = [offer_id]
        if booking_id := payload.get("booking_id"):
            wanted[BookingRow] = [booking_id]
        return wanted

    def text(self, letter: Letter) -> tuple[str, str] | None:  # noqa: ARG002 - part of the protocol
        """Nothing to read: a step is a button, a timer says nothing."""
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Do the step, or look at what the timer reminds of."""
        letter = turn[-1]
        job = await tx.get(JobRow, letter.payload["job_id"])
        if job is None:
            raise UnknownThing(thing="job")
        market = load_market(job.market)
        if letter.kind == "job-step":
            await self._step(tx, market, job, letter.payload)
        else:
            await self._timer(tx, market, job, letter)

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The one who asked reads the refusal in the answer; nothing is said in a talk."""

    async def _step(self, tx: Tx, market: Market, job: JobRow, payload: Mapping[str, Any]) -> None:
        actor = Actor.of(payload)
        await jobs.act(
            tx,
            market,
            job=job,
            action=str(payload["action"]),
            actor=actor,
            master_id=payload.get("master_id"),
        )
        tx.answer(await job_answer(tx, market, job, actor, lang=payload.get("lang")))

    async def _timer(self, tx: Tx, market: Market, job: JobRow, letter: Letter) -> None:
        payload = letter.payload
        match letter.kind:
            case "offer-lapse":
                if offer := await tx.get(OfferRow, payload["offer_id"]):
                    await offers.lapse_offer(tx, market, job=job, offer=offer)
            case "hold-lapse":
                if booking := await tx.get(BookingRow, payload["booking_id"]):
                    await deadlines.lapse_hold(tx, market, job=job, booking=booking)
            case "job-retry":
                await deadlines.retry(tx, market, job=job)
            case "job-lapse":
                await deadlines.lapse_job(tx, market, job=job)
            case "job-late":
                await deadlines.notice_late(tx, market, job=job)
            case "job-overdue":
                await deadlines.nudge(tx, job=job, nudges=int(payload.get("nudges", 0)))
            case _:
                raise ValueError(f"no timer of a job: {letter.kind}")


async def job_answer(
    tx: Tx, market: Market, job: JobRow, actor: Actor, *, lang: str | None = None
) -> views.View:
    """Return the job as this person may see it (contracts, section 4)."""
    return job_views.whole_job_view(
        job,
        market=market,
        lang=lang or job.lang,
        zone=tx.zone,
        catalogue=catalogue(),
        now=tx.now,
        offer=await offers.open_offer_of(tx, job),
        with_contact=actor.kind is not ActorKind.MASTER or job.master_id == actor.id,
    )
