"""A small town in the database, made by lawful statements: one of everything a guard looks after."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from storage.tables import (
    BalanceRow,
    BookingRow,
    ChargeRow,
    DecisionRow,
    DifferenceRow,
    EffectRow,
    EventRow,
    HoursRow,
    JobRow,
    LetterRow,
    LetterStatus,
    MasterRow,
    OfferRow,
    PaymentRow,
    PayoutRow,
    PersonRow,
    RatingRow,
    ReceiptRow,
    RefundRow,
    Row,
    TalkRow,
    TerminalRow,
    TicketRow,
    TransferRow,
    UtteranceRow,
)

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CASH = {"amount_minor": 300_000, "fee_minor": 6_000, "platform_minor": 73_500, "master_minor": 220_500}


def put(connection: Connection, kind: type[Row], /, **values: Any) -> None:
    """Insert one row."""
    assert isinstance(kind.__table__, Table)
    connection.execute(insert(kind.__table__), [values])


def a_town(connection: Connection) -> None:
    """Fill an empty database."""
    _people(connection)
    _mail(connection)
    for name in ("quoted", "open", "assigned"):
        a_job(connection, name)
    walk(connection, "assigned", "assigned")
    for name in ("created", "split", "uncharged", "pending", "paid", "carded"):
        a_job(connection, name)
        walk(connection, name, "assigned", "on_site", "working", "done")
        a_payment(connection, name)
    _offers_and_bookings(connection)
    divide(connection, "split")
    divide(connection, "uncharged", is_cash=False)
    connection.exec_driver_sql(
        "UPDATE payment SET state = 'pending', method = 'card', version = 2 WHERE id = 'pending'"
    )
    connection.exec_driver_sql("UPDATE payment SET state = 'unknown', version = 3 WHERE id = 'pending'")
    divide(connection, "paid")
    succeed(connection, "paid")
    walk(connection, "paid", "completed")
    _providers(connection)
    _held_money(connection)
    _care(connection)


def a_job(connection: Connection, name: str, /, **values: Any) -> None:
    """Ask for work: `quoted` lacks its address, price and time, any other name is open."""
    told: dict[str, Any] = {
        "state": "open",
        "address": {"street": "Театральная", "house": "30"},
        "price_minor": 300_000,
        "low_minor": 250_000,
        "high_minor": 350_000,
        "starts_at": MORNING,
        "ends_at": MORNING + HOUR,
    }
    asked: dict[str, Any] = {
        "id": name,
        "number": f"К-{name}",
        "market": "home_services",
        "city": "Калининград",
        "state": "quoted",
        "client_id": "client",
        "talk_id": "talk",
        "lang": "ru",
        "trade": "electrical",
        "faults": ["switch_dead"],
        "words": "Умер выключатель",
        "urgency": "standard",
        "address": {},
        "currency": "RUB",
        "breakdown": [],
        "duration_low_min": 30,
        "duration_high_min": 60,
        "is_demo": False,
        "created_at": MORNING,
        "version": 1,
    }
    put(connection, JobRow, **{**asked, **(told if name != "quoted" else {}), **values})


def walk(connection: Connection, job_id: str, *states: str) -> None:
    """Take a job through its steps, with the master Anna."""
    step = text("UPDATE job SET state = :state, master_id = 'anna', version = version + 1 WHERE id = :id")
    for state in states:
        connection.execute(step, {"state": state, "id": job_id})


def a_payment(connection: Connection, job_id: str) -> None:
    """Ask for the price of a job, under the job's own id."""
    put(
        connection,
        PaymentRow,
        id=job_id,
        job_id=job_id,
        master_id="anna",
        state="created",
        currency="RUB",
        **CASH,
        breakdown={},
        created_at=MORNING,
        version=1,
    )


def divide(connection: Connection, payment_id: str, *, is_cash: bool = True) -> None:
    """Write the four transfers of a payment in cash, or the three of one by card."""
    for kind, debit, credit, amount_minor in (
        ("fee", "client", "fee", CASH["fee_minor"]),
        ("commission", "client", "platform", CASH["platform_minor"]),
        ("earning", "client", "master:anna", CASH["master_minor"]),
        *((("cash_taken", "master:anna", "cash", CASH["amount_minor"]),) if is_cash else ()),
    ):
        a_transfer(
            connection,
            f"{payment_id}-{kind}",
            kind=kind,
            debit=debit,
            credit=credit,
            amount_minor=amount_minor,
            payment_id=payment_id,
        )


def succeed(connection: Connection, payment_id: str) -> None:
    """Say that the cash was taken."""
    statement = text(
        "UPDATE payment SET state = 'succeeded', method = 'cash', received_minor = 350000, "
        "settled_at = created_at, version = version + 1 WHERE id = :id"
    )
    connection.execute(statement, {"id": payment_id})


def a_transfer(connection: Connection, name: str, /, **values: Any) -> None:
    """Move money."""
    usual = {"kind": "debt_paid", "phase": "posted", "currency": "RUB", "cause": "letter", "at": MORNING}
    put(connection, TransferRow, **{"id": name, **usual, **values})


def a_booking(connection: Connection, name: str, /, **values: Any) -> None:
    """Take an hour of Anna's time."""
    usual = {
        "job_id": "open",
        "master_id": "anna",
        "starts_at": MORNING,
        "ends_at": MORNING + HOUR,
        "state": "held",
        "version": 1,
    }
    put(connection, BookingRow, **{"id": name, **usual, **values})


def _people(connection: Connection) -> None:
    put(connection, PersonRow, id="client", name="Ольга", lang="ru", created_at=MORNING, version=1)
    for name in ("anna", "boris"):
        put(
            connection,
            MasterRow,
            id=name,
            name=name,
            lang="ru",
            market="home_services",
            status="active",
            works_nights=False,
            rating_sum=0,
            rating_count=0,
            is_demo=False,
            silent_mornings=0,
            created_at=MORNING,
            version=1,
        )
    for shift in (0, 2):  # two spans that touch no other
        starts_at = MORNING + shift * HOUR
        put(
            connection,
            HoursRow,
            master_id="anna",
            starts_at=starts_at,
            ends_at=starts_at + HOUR,
            day=date(2026, 3, 2),
        )
    for name, status in (("terminal", "active"), ("old-terminal", "closed")):
        put(
            connection,
            TerminalRow,
            id=name,
            master_id="anna",
            type="smartphone",
            status=status,
            created_at=MORNING,
        )
    put(
        connection,
        TalkRow,
        id="talk",
        kind="client_request",
        role="client",
        market="home_services",
        lang="ru",
        channel="web",
        chat_id="talk",
        status="active",
        step="address",
        known={},
        heard_at=MORNING,
        created_at=MORNING,
        version=1,
    )
    put(
        connection,
        UtteranceRow,
        id="said",
        talk_id="talk",
        author="client",
        text="Умер выключатель",
        buttons=[],
        media=[],
        cause="letter",
        at=MORNING,
    )


def _mail(connection: Connection) -> None:
    for status in LetterStatus:
        name = status.name.lower()
        put(
            connection,
            LetterRow,
            id=name,
            lane="chat:talk",
            key=name,
            kind="talk-message",
            payload={"text": "да"},
            received=MORNING,
            due=MORNING,
            status=status,
            attempts=0,
            outcome={"status": "ok", "facts": {}} if status is LetterStatus.HANDLED else None,
        )
    for state in ("waiting", "held", "done", "withdrawn"):
        put(
            connection,
            EffectRow,
            id=f"effect-{state}",
            lane="chat:talk",
            cause="handled",
            kind="say",
            payload={"text": "Хорошо"},
            is_news=False,
            idem_key=f"handled:{state}",
            due=MORNING,
            status=state,
            attempts=0,
        )
    put(
        connection,
        EventRow,
        id="event",
        object="job",
        object_id="open",
        action="publish",
        actor="client:client",
        cause="handled",
        facts={},
        parties=[],
        at=MORNING,
    )
    put(
        connection,
        DecisionRow,
        id="decision",
        job_id="open",
        kind="match",
        inputs={},
        outcome={},
        at=MORNING,
    )


def _offers_and_bookings(connection: Connection) -> None:
    for name, job_id in (("offer", "open"), ("old-offer", "assigned")):
        put(
            connection,
            OfferRow,
            id=name,
            job_id=job_id,
            master_id="anna",
            state="open",
            payout_minor=220_500,
            made_at=MORNING,
            until=MORNING + HOUR,
            version=1,
        )
    connection.exec_driver_sql(
        "UPDATE offer SET state = 'accepted', closed_at = made_at, version = 2 WHERE id = 'old-offer'"
    )
    a_booking(connection, "released")
    connection.exec_driver_sql("UPDATE booking SET state = 'released', version = 2 WHERE id = 'released'")
    a_booking(connection, "held")
    next_hour = {"starts_at": MORNING + HOUR, "ends_at": MORNING + 2 * HOUR}
    a_booking(connection, "bound", job_id="assigned", **next_hour)
    connection.exec_driver_sql("UPDATE booking SET state = 'bound', version = 2 WHERE id = 'bound'")
    a_booking(connection, "boris", job_id="quoted", master_id="boris")


def _held_money(connection: Connection) -> None:
    sides = {"debit": "bank", "credit": "master:boris"}
    a_transfer(connection, "kept", phase="pending", amount_minor=1_000, **sides)
    a_transfer(connection, "posted", phase="post", pending_id="kept", amount_minor=900, **sides)
    a_transfer(connection, "kept-too", phase="pending", amount_minor=1_000, **sides)
    put(connection, BalanceRow, account="bank", currency="RUB", posted_minor=100, upto_seq=1_000)


def a_charge(connection: Connection, name: str, payment_id: str, /, **values: Any) -> None:
    """Ask a provider for a payment."""
    usual = {
        "job_id": payment_id,
        "provider": "simulator",
        "method": "card",
        "state": "asked",
        "is_current": True,
        "is_two_stage": False,
        "amount_minor": CASH["amount_minor"],
        "currency": "RUB",
        "silences": 0,
        "asked_at": MORNING,
        "expires_at": MORNING + HOUR,
        "version": 1,
    }
    put(connection, ChargeRow, **{"id": name, "payment_id": payment_id, **usual, **values})


def a_refund(connection: Connection, name: str, /, **values: Any) -> None:
    """Give a thousand rubles back."""
    usual = {
        "payment_id": "carded",
        "charge_id": "charged",
        "job_id": "carded",
        "is_surplus": False,
        "state": "asked",
        "amount_minor": 100_000,
        "fee_minor": 2_000,
        "platform_minor": 24_500,
        "master_minor": 73_500,
        "currency": "RUB",
        "words": "",
        "silences": 0,
        "asked_at": MORNING,
        "version": 1,
    }
    put(connection, RefundRow, **{"id": name, **usual, **values})


def _providers(connection: Connection) -> None:
    a_charge(connection, "waiting", "pending")
    a_charge(connection, "charged", "carded")
    a_charge(connection, "surplus", "carded", is_current=False)
    for statement in (
        (
            "UPDATE payment SET state = 'pending', method = 'card', charge_id = 'charged', version = 2 "
            "WHERE id = 'carded'"
        ),
        "UPDATE charge SET state = 'waiting', version = 2 WHERE id = 'waiting'",
        (
            "UPDATE charge SET state = 'paid', paid_at = asked_at, settles = 'carded', version = 2 "
            "WHERE id = 'charged'"
        ),
        "UPDATE charge SET state = 'paid', paid_at = asked_at, version = 2 WHERE id = 'surplus'",
    ):
        connection.exec_driver_sql(statement)
    divide(connection, "carded", is_cash=False)
    connection.exec_driver_sql(
        "UPDATE payment SET state = 'succeeded', settled_at = created_at, version = 3 WHERE id = 'carded'"
    )
    a_refund(connection, "refund")
    a_refund(connection, "old-refund", amount_minor=1, fee_minor=0, platform_minor=0, master_minor=1)
    connection.exec_driver_sql("UPDATE refund SET state = 'done', version = 2 WHERE id = 'old-refund'")
    sides = {"debit": "master:anna", "credit": "bank", "kind": "payout", "amount_minor": 1_000}
    for name in ("payout", "old-payout"):
        a_transfer(connection, f"{name}-hold", phase="pending", **sides)
        put(
            connection,
            PayoutRow,
            id=name,
            master_id="anna",
            day=date(2026, 3, 6 if name == "payout" else 13),
            paymaster="simulator",
            destination="sbp",
            goes_to={"phone": "+79110000000"},
            state="asked",
            amount_minor=1_000,
            currency="RUB",
            hold_id=f"{name}-hold",
            silences=0,
            asked_at=MORNING,
            version=1,
        )
    a_transfer(connection, "old-payout-post", phase="post", pending_id="old-payout-hold", **sides)
    connection.exec_driver_sql("UPDATE payout SET state = 'done', version = 2 WHERE id = 'old-payout'")
    for name, kind in (("receipt", "sale"), ("old-receipt", "income")):
        put(
            connection,
            ReceiptRow,
            id=name,
            kind=kind,
            subject_id="carded",
            payment_id="carded",
            registrar="simulator",
            state="asked",
            amount_minor=300_000,
            currency="RUB",
            silences=0,
            asked_at=MORNING,
            version=1,
        )
    connection.exec_driver_sql("UPDATE receipt SET state = 'done', version = 2 WHERE id = 'old-receipt'")
    put(
        connection,
        DifferenceRow,
        id="difference",
        provider="simulator",
        day=date(2026, 3, 2),
        kind="missing_here",
        subject="charge",
        thing_id="charged",
        theirs_minor=300_000,
        currency="RUB",
        state="open",
        found_at=MORNING,
        version=1,
    )


def _care(connection: Connection) -> None:
    told = {"job_id": "paid", "side": "client", "master_id": "anna", "stars": 5, "until": MORNING + 24 * HOUR}
    put(connection, RatingRow, id="rating", given_at=MORNING, changed_at=MORNING, version=1, **told)
    for name in ("ticket", "old-ticket"):
        put(
            connection,
            TicketRow,
            id=name,
            kind="complaint",
            talk_id="talk",
            job_id="paid" if name == "ticket" else "done",
            words="Ещё искрит",
            state="open",
            created_at=MORNING,
            version=1,
        )
    connection.exec_driver_sql("UPDATE ticket SET state = 'closed', version = 2 WHERE id = 'old-ticket'")
