"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage import tables

revision = "0001"
down_revision = None

_TABLES = (
    "balance",
    "decision",
    "event",
    "inbox",
    "lane",
    "master",
    "outbox",
    "person",
    "talk",
    "transfer",
    "utterance",
    "hours",
    "job",
    "master_trade",
    "terminal",
    "booking",
    "offer",
    "payment",
)


def upgrade() -> None:
    """Make the tables; the guards follow by themselves."""
    op.create_table(
        "balance",
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("posted_minor", sa.BigInteger(), nullable=False),
        sa.Column("upto_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "currency", name="pk_balance"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("inputs", tables.Json, nullable=False),
        sa.Column("outcome", tables.Json, nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_job", "decision", ["job_id", "at"])

    op.create_table(
        "event",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("object", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("cause", sa.String(length=36), nullable=False),
        sa.Column("facts", tables.Json, nullable=False),
        sa.Column("parties", tables.Json, nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sa.UniqueConstraint("id", name="uq_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_object", "event", ["object", "object_id"])

    op.create_table(
        "inbox",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lane", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", tables.Json, nullable=False),
        sa.Column("reading", tables.Json, nullable=True),
        sa.Column("outcome", tables.Json, nullable=True),
        sa.Column("received", tables.Instant(), nullable=False),
        sa.Column("due", tables.Instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("handled", tables.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_inbox"),
        sa.UniqueConstraint("id", name="uq_inbox_id"),
        sa.UniqueConstraint("key", name="uq_inbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_inbox_due",
        "inbox",
        ["due", "lane"],
        sqlite_where=sa.text("status = 0"),
        postgresql_where=sa.text("status = 0"),
    )
    op.create_index(
        "ix_inbox_lane",
        "inbox",
        ["lane", "seq"],
        sqlite_where=sa.text("status = 0"),
        postgresql_where=sa.text("status = 0"),
    )

    op.create_table(
        "lane",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("blocked_until", tables.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_lane"),
    )
    op.create_index(
        "ix_lane_blocked",
        "lane",
        ["blocked_until"],
        sqlite_where=sa.text("blocked_until IS NOT NULL"),
        postgresql_where=sa.text("blocked_until IS NOT NULL"),
    )

    op.create_table(
        "master",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("market", sa.String(length=40), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("district", sa.String(length=80), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("certificates", sa.String(length=500), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("works_nights", sa.Boolean(), nullable=False),
        sa.Column("rating_sum", sa.Integer(), nullable=False),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.String(length=36), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("silent_mornings", sa.Integer(), nullable=False),
        sa.Column("confirmed_day", sa.Date(), nullable=True),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_master"),
        sa.UniqueConstraint("phone", name="uq_master_phone"),
    )
    op.create_index("ix_master_city", "master", ["city", "status"])

    op.create_table(
        "outbox",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lane", sa.String(length=120), nullable=False),
        sa.Column("cause", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", tables.Json, nullable=False),
        sa.Column("is_news", sa.Boolean(), nullable=False),
        sa.Column("idem_key", sa.String(length=80), nullable=False),
        sa.Column("due", tables.Instant(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", tables.Instant(), nullable=True),
        sa.Column("delivered", tables.Instant(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sa.UniqueConstraint("idem_key", name="uq_outbox_idem_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_cause", "outbox", ["cause"])
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due", "lane"],
        sqlite_where=sa.text("status IN ('waiting', 'sending')"),
        postgresql_where=sa.text("status IN ('waiting', 'sending')"),
    )
    op.create_index(
        "ix_outbox_held",
        "outbox",
        ["lane", "seq"],
        sqlite_where=sa.text("status IN ('held', 'untaken')"),
        postgresql_where=sa.text("status IN ('held', 'untaken')"),
    )
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["lane", "seq"],
        sqlite_where=sa.text("status IN ('waiting', 'sending')"),
        postgresql_where=sa.text("status IN ('waiting', 'sending')"),
    )

    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("consent_at", tables.Instant(), nullable=True),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_index("ix_person_phone", "person", ["phone"])

    op.create_table(
        "talk",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("market", sa.String(length=40), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat_id", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("known", tables.Json, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("master_id", sa.String(length=36), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("heard_at", tables.Instant(), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.Column("closed_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_talk"),
    )
    op.create_index("ix_talk_chat", "talk", ["channel", "chat_id", "role"])
    op.create_index("ix_talk_job_id", "talk", ["job_id"])
    op.create_index("ix_talk_master_id", "talk", ["master_id"])
    op.create_index("ix_talk_person_id", "talk", ["person_id"])

    op.create_table(
        "transfer",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("debit", sa.String(length=60), nullable=False),
        sa.Column("credit", sa.String(length=60), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("pending_id", sa.String(length=36), nullable=True),
        sa.Column("payment_id", sa.String(length=36), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("cause", sa.String(length=36), nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_transfer_positive")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_transfer_two_accounts")),
        sa.PrimaryKeyConstraint("seq", name="pk_transfer"),
        sa.UniqueConstraint("id", name="uq_transfer_id"),
        sa.UniqueConstraint("pending_id", name="uq_transfer_pending_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_transfer_credit", "transfer", ["credit", "seq"])
    op.create_index("ix_transfer_debit", "transfer", ["debit", "seq"])
    op.create_index("ix_transfer_payment", "transfer", ["payment_id"])

    op.create_table(
        "utterance",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("talk_id", sa.String(length=36), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("spoken", sa.Text(), nullable=True),
        sa.Column("buttons", tables.Json, nullable=False),
        sa.Column("media", tables.Json, nullable=False),
        sa.Column("cause", sa.String(length=36), nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_utterance"),
        sa.UniqueConstraint("id", name="uq_utterance_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_utterance_cause", "utterance", ["cause"])
    op.create_index("ix_utterance_talk", "utterance", ["talk_id", "seq"])

    op.create_table(
        "hours",
        sa.Column("master_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", tables.Instant(), nullable=False),
        sa.Column("ends_at", tables.Instant(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["master_id"], ["master.id"], name="fk_hours_master_id"),
        sa.PrimaryKeyConstraint("master_id", "starts_at", name="pk_hours"),
    )
    op.create_index("ix_hours_day", "hours", ["master_id", "day"])

    op.create_table(
        "job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("market", sa.String(length=40), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("talk_id", sa.String(length=36), nullable=False),
        sa.Column("master_id", sa.String(length=36), nullable=True),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("trade", sa.String(length=20), nullable=True),
        sa.Column("faults", tables.Json, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("emergency", sa.String(length=20), nullable=True),
        sa.Column("address", tables.Json, nullable=False),
        sa.Column("district", sa.String(length=80), nullable=True),
        sa.Column("client_name", sa.String(length=200), nullable=True),
        sa.Column("client_phone", sa.String(length=20), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("low_minor", sa.BigInteger(), nullable=True),
        sa.Column("high_minor", sa.BigInteger(), nullable=True),
        sa.Column("breakdown", tables.Json, nullable=False),
        sa.Column("quote_until", tables.Instant(), nullable=True),
        sa.Column("starts_at", tables.Instant(), nullable=True),
        sa.Column("ends_at", tables.Instant(), nullable=True),
        sa.Column("duration_low_min", sa.Integer(), nullable=False),
        sa.Column("duration_high_min", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.Column("finished_at", tables.Instant(), nullable=True),
        sa.Column("closed_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["person.id"], name="fk_job_client_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("city", "number", name="uq_job_city_number"),
    )
    op.create_index("ix_job_client_id", "job", ["client_id"])
    op.create_index("ix_job_master", "job", ["master_id", "state"])
    op.create_index("ix_job_state", "job", ["state", "starts_at"])
    op.create_index("ix_job_talk_id", "job", ["talk_id"])

    op.create_table(
        "master_trade",
        sa.Column("master_id", sa.String(length=36), nullable=False),
        sa.Column("trade", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["master_id"], ["master.id"], name="fk_master_trade_master_id"),
        sa.PrimaryKeyConstraint("master_id", "trade", name="pk_master_trade"),
    )
    op.create_index("ix_master_trade_search", "master_trade", ["city", "trade", "is_active", "master_id"])

    op.create_table(
        "terminal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("master_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("pickup", tables.Json, nullable=True),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["master_id"], ["master.id"], name="fk_terminal_master_id"),
        sa.PrimaryKeyConstraint("id", name="pk_terminal"),
    )
    op.create_index("ix_terminal_master_id", "terminal", ["master_id"])

    op.create_table(
        "booking",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("master_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", tables.Instant(), nullable=False),
        sa.Column("ends_at", tables.Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("until", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_booking_job_id"),
        sa.ForeignKeyConstraint(["master_id"], ["master.id"], name="fk_booking_master_id"),
        sa.PrimaryKeyConstraint("id", name="pk_booking"),
    )
    op.create_index("ix_booking_job", "booking", ["job_id"])
    op.create_index("ix_booking_master", "booking", ["master_id", "ends_at"])

    op.create_table(
        "offer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("master_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("payout_minor", sa.BigInteger(), nullable=False),
        sa.Column("made_at", tables.Instant(), nullable=False),
        sa.Column("until", tables.Instant(), nullable=False),
        sa.Column("closed_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_offer_job_id"),
        sa.ForeignKeyConstraint(["master_id"], ["master.id"], name="fk_offer_master_id"),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
    )
    op.create_index("ix_offer_job_id", "offer", ["job_id"])
    op.create_index("ix_offer_master", "offer", ["master_id", "state"])
    op.create_index(
        "uq_offer_open",
        "offer",
        ["job_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "payment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("master_id", sa.String(length=36), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=12), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=True),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("platform_minor", sa.BigInteger(), nullable=False),
        sa.Column("master_minor", sa.BigInteger(), nullable=False),
        sa.Column("gateway_response", tables.Json, nullable=True),
        sa.Column("breakdown", tables.Json, nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.Column("settled_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_positive")),
        sa.CheckConstraint(
            "fee_minor + platform_minor + master_minor = amount_minor", name=op.f("ck_payment_exact")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_payment_job_id"),
        sa.ForeignKeyConstraint(["master_id"], ["master.id"], name="fk_payment_master_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
    )
    op.create_index("ix_payment_job_id", "payment", ["job_id"])
    op.create_index("ix_payment_master_id", "payment", ["master_id"])
    op.create_index(
        "uq_payment_open",
        "payment",
        ["job_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('created', 'awaiting_consent', 'pending', 'unknown')"),
        postgresql_where=sa.text("state IN ('created', 'awaiting_consent', 'pending', 'unknown')"),
    )
    op.create_index(
        "uq_payment_settled",
        "payment",
        ["job_id"],
        unique=True,
        sqlite_where=sa.text("state = 'succeeded'"),
        postgresql_where=sa.text("state = 'succeeded'"),
    )


def downgrade() -> None:
    """Go back to nothing."""
    for table in reversed(_TABLES):
        op.drop_table(table)
