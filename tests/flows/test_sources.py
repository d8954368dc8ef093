"""What clients of a source ordered and paid (A30)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage.engine import readers, sessions
from storage.queries import sources
from storage.tables import JobRow, TalkRow
from tests.flows.till import Till


@pytest.mark.row("A30")
async def test_jobs_and_money_are_counted_by_source(till: Till) -> None:
    job_id = await till.done_job()
    async with sessions(till.engine).begin() as session:
        client = await session.scalar(select(JobRow.client_id).where(JobRow.id == job_id))
        await session.execute(
            update(TalkRow)
            .where(TalkRow.person_id == client)
            .values(source="avito_7", version=TalkRow.version + 1)
        )
    payment_id = await till.open_payment(job_id)
    payment = await till.payment(payment_id)
    cash = {"payment_id": payment_id, "amount_received_minor": payment.amount_minor}
    await till.letter("payment-cash", job_id, **cash, actor={"kind": "owner", "id": "owner"})
    now = till.clock.now()
    async with readers(till.engine)() as session:
        found = await sources.report(session, since=now - timedelta(days=1), until=now + timedelta(days=1))
    (one,) = [each for each in sources.together(found, ("avito",)) if each.source == "avito"]
    assert (one.jobs, one.paid, one.amount_minor) == (1, 1, {"RUB": payment.amount_minor})
