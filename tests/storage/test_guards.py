"""Each guard refuses plain SQL on both databases, and lets pass what is lawful."""

from typing import NamedTuple

import pytest
from psycopg import DatabaseError
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from storage import guards
from storage.guards import Event
from storage.tables import Row
from tests.storage.plain import refused, undone

RISES = "version = version + 1"
LATER = "ends_at = (SELECT ends_at FROM booking WHERE id = 'bound')"


def succeeds(**changed: str) -> str:
    """Say that cash was taken, with some columns otherwise."""
    usual = {
        "state": "'succeeded'",
        "method": "'cash'",
        "received_minor": "300000",
        "settled_at": "created_at",
    }
    return ", ".join([RISES, *(f"{column} = {value}" for column, value in (usual | changed).items())])


class Break(NamedTuple):
    """One forbidden statement."""

    code: str
    event: Event
    sql: str


def insert(code: str, table: str, source: str, **changed: str) -> Break:
    """Copy a row of the town with some columns changed."""
    columns = [column for column in Row.metadata.tables[table].columns.keys() if column != "seq"]  # noqa: SIM118 - by name
    values = ", ".join(changed.get(column, column) for column in columns)
    sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {source}"
    return Break(code, Event.INSERT, sql)


def change(code: str, table: str, row: str, assignment: str) -> Break:
    """Change one row of the town."""
    return Break(code, Event.UPDATE, f"UPDATE {table} SET {assignment} WHERE {row}")


def every(code: str, table: str, assignment: str) -> list[Break]:
    """Change all rows at once, remove all, and empty the table: what a ledger refuses."""
    return [Break(code, Event.UPDATE, f"UPDATE {table} SET {assignment}"), *gone(code, table)]


def gone(code: str, table: str) -> list[Break]:
    """Remove all rows, and empty the table."""
    return [
        Break(code, Event.DELETE, f"DELETE FROM {table}"),
        Break(code, Event.TRUNCATE, f"TRUNCATE {table} CASCADE"),
    ]


BREAKS = [
    # The spine.
    change("NY001", "inbox", "id = 'waiting'", "key = 'another'"),
    change("NY001", "inbox", "id = 'waiting'", "seq = seq + 1000"),
    change("NY002", "inbox", "id = 'waiting'", "payload = '{}'"),
    change("NY002", "inbox", "id = 'handled'", "lane = 'chat:other', due = due"),
    change("NY003", "inbox", "id = 'handled'", "status = 0"),
    change("NY003", "inbox", "id = 'handled'", "outcome = NULL"),
    change("NY004", "inbox", "id = 'cancelled'", "status = 0"),
    *gone("NY005", "inbox"),
    change("NY011", "outbox", "id = 'effect-waiting'", "lane = 'chat:other'"),
    change("NY011", "outbox", "id = 'effect-waiting'", "idem_key = 'other'"),
    change("NY012", "outbox", "id = 'effect-done'", "status = 'waiting'"),
    change("NY012", "outbox", "id = 'effect-withdrawn'", "status = 'waiting'"),
    *gone("NY013", "outbox"),
    change("NY014", "outbox", "id = 'effect-waiting'", "payload = '{}'"),
    change("NY014", "outbox", "id = 'effect-done'", """payload = '{"text": "Хорошо", "channel": "max"}'"""),
    *every("NY021", "event", "action = 'cancel'"),
    # People and talks.
    change("NY101", "person", "id = 'client'", f"created_at = '2020-01-01', {RISES}"),
    change("NY102", "master", "id = 'boris'", f"created_at = '2020-01-01', {RISES}"),
    change("NY103", "person", "id = 'client'", "name = 'Олег'"),
    change("NY104", "master", "id = 'anna'", "version = version - 1"),
    insert("NY111", "hours", "day = '2026-03-02'", master_id="'boris'", ends_at="starts_at"),
    change("NY111", "hours", "master_id = 'anna'", "ends_at = starts_at"),
    insert("NY112", "hours", "starts_at = (SELECT min(starts_at) FROM hours)", starts_at="day"),
    change("NY112", "hours", "starts_at = (SELECT min(starts_at) FROM hours)", "ends_at = '2026-03-03'"),
    change("NY121", "terminal", "id = 'terminal'", "master_id = 'boris'"),
    change("NY122", "terminal", "id = 'old-terminal'", "status = 'active'"),
    *gone("NY123", "terminal"),
    change("NY131", "talk", "id = 'talk'", f"channel = 'telegram', {RISES}"),
    change("NY132", "talk", "id = 'talk'", "step = 'slots'"),
    *every("NY133", "utterance", "text = 'другое'"),
    # Jobs.
    insert("NY201", "job", "id = 'open'", id="'new'", number="'К-1'", state="'done'", master_id="'anna'"),
    change("NY201", "job", "id = 'open'", f"state = 'done', master_id = 'anna', {RISES}"),
    change("NY202", "job", "id = 'paid'", f"words = 'другое', {RISES}"),
    change("NY203", "job", "id = 'open'", f"number = 'К-2', {RISES}"),
    change("NY203", "job", "id = 'open'", f"client_id = 'другой', {RISES}"),
    change("NY204", "job", "id = 'open'", "words = 'другое'"),
    change("NY205", "job", "id = 'open'", f"state = 'assigned', {RISES}"),
    change("NY206", "job", "id = 'assigned'", f"master_id = 'boris', {RISES}"),
    insert("NY207", "job", "id = 'open'", id="'new'", number="'К-1'", price_minor="NULL"),
    change("NY207", "job", "id = 'open'", f"starts_at = NULL, {RISES}"),
    insert("NY208", "job", "id = 'open'", id="'new'", number="'К-1'", address="""'{"street": "Мира"}'"""),
    change("NY208", "job", "id = 'open'", f"address = '{{}}', {RISES}"),
    insert("NY209", "job", "id = 'open'", id="'new'", number="'К-1'", low_minor="high_minor + 1"),
    change("NY209", "job", "id = 'open'", f"price_minor = high_minor + 1, {RISES}"),
    change("NY209", "job", "id = 'quoted'", f"low_minor = -1, {RISES}"),
    insert("NY210", "job", "id = 'open'", id="'new'", number="'К-1'", ends_at="starts_at"),
    change("NY210", "job", "id = 'open'", f"ends_at = starts_at, {RISES}"),
    change("NY211", "job", "id = 'created'", f"state = 'completed', {RISES}"),
    *gone("NY212", "job"),
    # Offers, decisions and bookings.
    insert("NY221", "offer", "id = 'offer'", id="'new'", job_id="'split'", state="'accepted'"),
    change("NY221", "offer", "id = 'offer'", f"state = 'lost', closed_at = made_at, {RISES}"),
    change("NY222", "offer", "id = 'old-offer'", f"until = made_at, {RISES}"),
    change("NY223", "offer", "id = 'offer'", f"payout_minor = 1, {RISES}"),
    change("NY224", "offer", "id = 'offer'", "until = made_at"),
    change("NY225", "offer", "id = 'offer'", f"state = 'lapsed', {RISES}"),
    *gone("NY226", "offer"),
    *every("NY231", "decision", "kind = 'price'"),
    insert("NY301", "booking", "id = 'held'", id="'new'", job_id="'split'"),
    change(
        "NY301",
        "booking",
        "id = 'held'",
        f"{LATER}, {RISES}",
    ),
    change("NY301", "booking", "id = 'boris'", f"master_id = 'anna', {RISES}"),
    insert("NY302", "booking", "id = 'released'", id="'new'", state="'held'", ends_at="starts_at"),
    change("NY302", "booking", "id = 'held'", f"ends_at = starts_at, {RISES}"),
    insert("NY303", "booking", "id = 'released'", id="'new'"),
    change("NY303", "booking", "id = 'bound'", f"state = 'held', {RISES}"),
    change("NY304", "booking", "id = 'released'", f"until = starts_at, {RISES}"),
    change("NY305", "booking", "id = 'held'", f"job_id = 'split', {RISES}"),
    change("NY306", "booking", "id = 'bound'", f"master_id = 'boris', {RISES}"),
    change("NY307", "booking", "id = 'held'", "until = starts_at"),
    *gone("NY308", "booking"),
    # Money.
    insert("NY401", "payment", "id = 'created'", id="'new'", job_id="'open'", state="'pending'"),
    change("NY401", "payment", "id = 'created'", f"state = 'unknown', {RISES}"),
    change("NY402", "payment", "id = 'paid'", f"terminal_id = 'terminal', {RISES}"),
    change(
        "NY403",
        "payment",
        "id = 'created'",
        f"amount_minor = amount_minor + 1, master_minor = master_minor + 1, {RISES}",
    ),
    change("NY404", "payment", "id = 'created'", "terminal_id = 'terminal'"),
    change("NY405", "payment", "id = 'split'", succeeds(received_minor="299999")),
    change("NY406", "payment", "id = 'split'", succeeds(settled_at="NULL")),
    change("NY407", "payment", "id = 'created'", succeeds()),
    change("NY407", "payment", "id = 'uncharged'", succeeds()),
    change("NY407", "payment", "id = 'split'", succeeds(fee_minor="7000", platform_minor="72500")),
    *gone("NY408", "payment"),
    change("NY409", "payment", "id = 'pending'", f"fee_minor = 7000, platform_minor = 72500, {RISES}"),
    *every("NY421", "transfer", "amount_minor = amount_minor + 1"),
    insert("NY422", "transfer", "id = 'kept'", id="'new'", phase="'lost'"),
    insert("NY422", "transfer", "id = 'kept'", id="'new'", phase="'post'"),
    insert("NY423", "transfer", "id = 'posted'", id="'new'", pending_id="'paid-fee'"),
    insert("NY423", "transfer", "id = 'posted'", id="'new'", pending_id="'kept-too'", amount_minor="1001"),
    insert("NY424", "transfer", "id = 'paid-fee'", id="'new'"),
    change("NY431", "balance", "account = 'bank'", "upto_seq = upto_seq - 1"),
    insert("NY432", "balance", "account = 'bank'", account="'platform'", posted_minor="1"),
    change("NY433", "balance", "account = 'bank'", "posted_minor = posted_minor + 1"),
    change(
        "NY434",
        "balance",
        "account = 'bank'",
        "account = 'boris'",
    ),
    # What providers are asked.
    insert("NY441", "charge", "id = 'waiting'", id="'new'", is_current="FALSE", state="'paid'"),
    change("NY441", "charge", "id = 'waiting'", f"state = 'asked', {RISES}"),
    change("NY442", "charge", "id = 'charged'", f"settles = 'created', {RISES}"),
    change("NY443", "charge", "id = 'waiting'", f"amount_minor = 1, {RISES}"),
    change("NY444", "charge", "id = 'waiting'", "provider_id = 'p'"),
    *gone("NY445", "charge"),
    change("NY446", "charge", "id = 'waiting'", f"state = 'paid', {RISES}"),
    change("NY447", "payment", "id = 'uncharged'", succeeds(method="'card'")),
    insert("NY451", "refund", "id = 'refund'", id="'new'", state="'done'"),
    change("NY451", "refund", "id = 'refund'", f"state = 'lost', {RISES}"),
    change("NY452", "refund", "id = 'old-refund'", f"reason = 'no', {RISES}"),
    change("NY453", "refund", "id = 'refund'", f"charge_id = 'surplus', {RISES}"),
    change("NY454", "refund", "id = 'refund'", "provider_id = 'p'"),
    *gone("NY455", "refund"),
    insert("NY456", "refund", "id = 'refund'", id="'new'", amount_minor="200000", master_minor="173500"),
    insert("NY456", "refund", "id = 'refund'", id="'new'", payment_id="'pending'"),
    insert("NY457", "refund", "id = 'refund'", id="'new'", is_surplus="TRUE"),
    insert("NY461", "payout", "id = 'payout'", id="'new'", day="'2026-03-20'", state="'done'"),
    change("NY461", "payout", "id = 'payout'", f"state = 'lost', {RISES}"),
    change("NY462", "payout", "id = 'old-payout'", f"reason = 'no', {RISES}"),
    change("NY463", "payout", "id = 'payout'", f"amount_minor = 1, {RISES}"),
    change("NY464", "payout", "id = 'payout'", "provider_id = 'p'"),
    *gone("NY465", "payout"),
    change("NY466", "payout", "id = 'payout'", f"state = 'done', {RISES}"),
    insert("NY471", "receipt", "id = 'receipt'", id="'new'", subject_id="'new'", state="'done'"),
    change("NY471", "receipt", "id = 'receipt'", f"state = 'lost', {RISES}"),
    change("NY472", "receipt", "id = 'old-receipt'", f"url = 'u', {RISES}"),
    change("NY473", "receipt", "id = 'receipt'", f"amount_minor = 1, {RISES}"),
    change("NY474", "receipt", "id = 'receipt'", "url = 'u'"),
    *gone("NY475", "receipt"),
    insert("NY481", "difference", "id = 'difference'", id="'new'", thing_id="'n'", state="'healed'"),
    change("NY481", "difference", "id = 'difference'", f"state = 'lost', {RISES}"),
    change("NY482", "difference", "id = 'difference'", f"theirs_minor = 1, {RISES}"),
    change("NY483", "difference", "id = 'difference'", "state = 'healed'"),
    *gone("NY484", "difference"),
    # What comes after the work.
    insert("NY501", "rating", "id = 'rating'", id="'new'", side="'master'", job_id="'created'"),
    insert("NY501", "rating", "id = 'rating'", id="'new'", side="'master'", master_id="'boris'"),
    change("NY502", "rating", "id = 'rating'", f"side = 'master', {RISES}"),
    change("NY503", "rating", "id = 'rating'", "stars = 1"),
    change("NY504", "rating", "id = 'rating'", f"stars = 1, changed_at = '2026-03-09', {RISES}"),
    *gone("NY505", "rating"),
    insert("NY511", "ticket", "id = 'ticket'", id="'new'", job_id="'split'", state="'closed'"),
    change("NY511", "ticket", "id = 'ticket'", f"state = 'lost', {RISES}"),
    change("NY512", "ticket", "id = 'old-ticket'", f"words = 'другое', {RISES}"),
    change("NY513", "ticket", "id = 'ticket'", f"talk_id = 'другой', {RISES}"),
    change("NY514", "ticket", "id = 'ticket'", "words = 'другое'"),
    *gone("NY515", "ticket"),
]


@pytest.mark.row("K65")
@pytest.mark.row("X198")
@pytest.mark.row("X199")
@pytest.mark.parametrize("case", BREAKS, ids=lambda case: f"{case.code}-{case.event}")
def test_a_guard_refuses_plain_sql_with_its_code_and_sentence(town: Engine, case: Break) -> None:
    if case.event is Event.TRUNCATE and town.dialect.name == "sqlite":
        return  # SQLite has no such statement
    with undone(town) as connection:
        guard = refused(connection, case.sql)
    assert guard is not None
    assert guard.code == case.code


def test_every_guard_is_broken_by_some_test() -> None:
    declared = {(guard.code, event) for guard in guards.GUARDS for event in guard.refuses}
    assert {(case.code, case.event) for case in BREAKS} == declared


def test_postgresql_tells_the_code_as_its_own_state(town: Engine) -> None:
    if town.dialect.name == "sqlite":
        return  # it has a message only
    with undone(town) as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("DELETE FROM transfer"))
    assert caught.value.orig is not None
    assert getattr(caught.value.orig, "sqlstate") == "NY421"  # noqa: B009 - psycopg's own


def test_an_error_that_is_no_guard_names_none(town: Engine) -> None:
    with undone(town) as connection:
        assert refused(connection, "UPDATE person SET lang = NULL, version = 2") is None


# What passes by other roads ------------------------------------------------------------------------------


@pytest.mark.row("X198")
def test_an_upsert_does_not_rewrite_history(town: Engine) -> None:
    again = insert("NY021", "event", "id = 'event'").sql
    with undone(town) as connection:
        guard = refused(connection, f"{again} AND TRUE ON CONFLICT (id) DO UPDATE SET action = 'cancel'")
    assert guard is not None
    assert guard.code == "NY021"


@pytest.mark.row("X199")
@pytest.mark.parametrize(
    ("table", "id", "code"),
    [("event", "event", "NY021"), ("transfer", "kept", "NY421"), ("job", "open", "NY212")],
)
def test_insert_or_replace_does_not_walk_past_a_guard(town: Engine, table: str, id: str, code: str) -> None:
    if town.dialect.name != "sqlite":
        return  # only SQLite has it
    row = insert(code, table, f"id = '{id}'").sql
    with undone(town) as connection:
        guard = refused(connection, row.replace("INSERT INTO", "INSERT OR REPLACE INTO"))
    assert guard is not None
    assert guard.code == code


@pytest.mark.row("X198")
def test_copy_does_not_walk_past_a_guard(town: Engine) -> None:
    if town.dialect.name == "sqlite":
        return  # it has no COPY
    row = "new\tsplit\tanna\taccepted\t1\t2026-03-02\t2026-03-02\t1"
    columns = "id, job_id, master_id, state, payout_minor, made_at, until, version"
    with undone(town) as connection:
        cursor = connection.connection.cursor()
        with (
            pytest.raises(DatabaseError, match="NY221: An offer begins open"),
            cursor.copy(f"COPY offer ({columns}) FROM STDIN") as copy,
        ):
            copy.write(row)


@pytest.mark.row("X198")
def test_one_bad_row_refuses_a_bulk_update(town: Engine) -> None:
    with undone(town) as connection:
        guard = refused(connection, f"UPDATE payment SET amount_minor = 1, {RISES} WHERE state = 'created'")
    assert guard is not None
    assert guard.code == "NY403"


# What is lawful --------------------------------------------------------------------------------------------


LAWFUL = {
    "a timer is set anew, with a new id": (
        "INSERT INTO inbox (id, lane, key, kind, payload, received, due, status, attempts) "
        "SELECT 'fresh', lane, key, kind, '{\"n\": 2}', due, due, 0, 0 FROM inbox WHERE id = 'handled' "
        "ON CONFLICT (key) DO UPDATE "
        "SET id = excluded.id, payload = excluded.payload, status = 0, outcome = NULL"
    ),
    "a dead letter is replayed": "UPDATE inbox SET status = 0, attempts = 0 WHERE id = 'dead'",
    "a handled letter is purged": "DELETE FROM inbox WHERE status IN (1, 3)",
    "a done effect is purged": "DELETE FROM outbox WHERE status = 'done'",
    "a held effect takes another door": (
        """UPDATE outbox SET payload = '{"text": "Хорошо", "channel": "max"}', status = 'waiting' """
        "WHERE status = 'held'"
    ),
    "hours are taken back": "DELETE FROM hours",
    "a terminal is closed": "UPDATE terminal SET status = 'closed' WHERE id = 'terminal'",
    "an assigned job is given back": (
        f"UPDATE job SET state = 'open', master_id = NULL, {RISES} WHERE id = 'assigned'"
    ),
    "an incomplete job is changed": f"UPDATE job SET price_minor = 1, {RISES} WHERE id = 'quoted'",
    "a job loses its range while quoted": f"UPDATE job SET low_minor = NULL, {RISES} WHERE id = 'quoted'",
    "a hold moves to another hour": (
        f"UPDATE booking SET starts_at = ends_at, ends_at = '2026-03-04', {RISES} WHERE id = 'boris'"
    ),
    "an upsert of a booking meets itself": (
        insert("", "booking", "id = 'held'").sql + " AND TRUE ON CONFLICT (id) DO UPDATE SET until = NULL, "
        "version = booking.version + 1"
    ),
    "an answer is found": f"UPDATE payment SET state = 'pending', {RISES} WHERE id = 'pending'",
    "a surplus goes back": insert(
        "", "refund", "id = 'refund'", id="'new'", is_surplus="TRUE", charge_id="'surplus'"
    ).sql,
    "a difference is healed": f"UPDATE difference SET state = 'healed', {RISES}",
    "a receipt is refused": f"UPDATE receipt SET state = 'failed', {RISES} WHERE id = 'receipt'",
    "cash is taken": f"UPDATE payment SET {succeeds()} WHERE id = 'split'",
    "what was held is let go": insert(
        "", "transfer", "id = 'posted'", id="'new'", phase="'void'", pending_id="'kept-too'"
    ).sql,
    "a rating is thought over": f"UPDATE rating SET stars = 3, {RISES} WHERE id = 'rating'",
    "a ticket is closed": f"UPDATE ticket SET state = 'closed', {RISES} WHERE id = 'ticket'",
    "a roll-up goes on": "UPDATE balance SET upto_seq = upto_seq + 1000",
}


@pytest.mark.parametrize("name", LAWFUL)
def test_a_guard_lets_pass_what_is_lawful(town: Engine, name: str) -> None:
    with undone(town) as connection:
        assert connection.execute(text(LAWFUL[name])).rowcount > 0
