"""Charges, refunds, payouts, receipts, differences; what jobs and masters tell of money."""

import sqlalchemy as sa
from alembic import op

from storage import tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, and add the columns; the guards follow by themselves."""
    op.create_table(
        "difference",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("thing_id", sa.String(length=80), nullable=False),
        sa.Column("ours_minor", sa.BigInteger(), nullable=True),
        sa.Column("theirs_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("found_at", tables.Instant(), nullable=False),
        sa.Column("ended_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_difference"),
        sa.UniqueConstraint(
            "provider", "day", "kind", "thing_id", name="uq_difference_provider_day_kind_thing_id"
        ),
    )
    op.create_index("ix_difference_state", "difference", ["state", "found_at"])

    op.create_table(
        "payout",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("master_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("paymaster", sa.String(length=20), nullable=False),
        sa.Column("destination", sa.String(length=12), nullable=False),
        sa.Column("goes_to", tables.Json, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("hold_id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.Column("asked_at", tables.Instant(), nullable=False),
        sa.Column("ended_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payout_positive")),
        sa.ForeignKeyConstraint(["master_id"], ["master.id"], name=op.f("fk_payout_master_id")),
        sa.PrimaryKeyConstraint("id", name="pk_payout"),
        sa.UniqueConstraint("master_id", "day", name="uq_payout_master_id_day"),
    )
    op.create_index("ix_payout_provider_id", "payout", ["provider_id"])
    op.create_index("ix_payout_state", "payout", ["state", "asked_at"])

    op.create_table(
        "charge",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("is_two_stage", sa.Boolean(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("confirmation_url", sa.Text(), nullable=True),
        sa.Column("qr_payload", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.Column("told", tables.Json, nullable=True),
        sa.Column("settles", sa.String(length=36), nullable=True),
        sa.Column("asked_at", tables.Instant(), nullable=False),
        sa.Column("expires_at", tables.Instant(), nullable=False),
        sa.Column("paid_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_charge_positive")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_charge_job_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_charge_payment_id")),
        sa.PrimaryKeyConstraint("id", name="pk_charge"),
    )
    op.create_index("ix_charge_job_id", "charge", ["job_id"])
    op.create_index("ix_charge_paid", "charge", ["provider", "paid_at"])
    op.create_index("ix_charge_payment_id", "charge", ["payment_id"])
    op.create_index("ix_charge_provider", "charge", ["provider", "provider_id"])
    op.create_index(
        "uq_charge_current",
        "charge",
        ["payment_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )

    op.create_table(
        "receipt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("registrar", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.Column("asked_at", tables.Instant(), nullable=False),
        sa.Column("ended_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_receipt_payment_id")),
        sa.PrimaryKeyConstraint("id", name="pk_receipt"),
        sa.UniqueConstraint("kind", "subject_id", name="uq_receipt_kind_subject_id"),
    )
    op.create_index("ix_receipt_payment_id", "receipt", ["payment_id"])
    op.create_index("ix_receipt_state", "receipt", ["state", "asked_at"])

    op.create_table(
        "refund",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("charge_id", sa.String(length=36), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("is_surplus", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("platform_minor", sa.BigInteger(), nullable=False),
        sa.Column("master_minor", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.Column("asked_at", tables.Instant(), nullable=False),
        sa.Column("ended_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_positive")),
        sa.CheckConstraint(
            "is_surplus OR fee_minor + platform_minor + master_minor = amount_minor",
            name=op.f("ck_refund_exact"),
        ),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_refund_charge_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_refund_job_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id")),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
    )
    op.create_index("ix_refund_charge_id", "refund", ["charge_id"])
    op.create_index("ix_refund_payment_id", "refund", ["payment_id"])
    op.create_index("ix_refund_provider_id", "refund", ["provider_id"])

    op.add_column("job", sa.Column("pay_by", sa.String(length=12), nullable=True))
    op.add_column("job", sa.Column("warranty_of", sa.String(length=36), nullable=True))
    op.create_index("ix_job_warranty_of", "job", ["warranty_of"])

    op.add_column("master", sa.Column("inn", sa.String(length=12), nullable=True))
    op.add_column("master", sa.Column("tax_status", sa.String(length=12), nullable=True))
    op.add_column("master", sa.Column("payout_to", tables.Json, nullable=True))

    op.add_column("payment", sa.Column("charge_id", sa.String(length=36), nullable=True))
    op.add_column("payment", sa.Column("reason", sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Drop the tables and the columns."""
    op.drop_column("payment", "reason")
    op.drop_column("payment", "charge_id")
    op.drop_column("master", "payout_to")
    op.drop_column("master", "tax_status")
    op.drop_column("master", "inn")
    op.drop_index("ix_job_warranty_of", "job")
    op.drop_column("job", "warranty_of")
    op.drop_column("job", "pay_by")
    for table in ("difference", "receipt", "refund", "payout", "charge"):
        op.drop_table(table)
