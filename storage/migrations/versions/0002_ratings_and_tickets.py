"""Ratings and tickets."""

import sqlalchemy as sa
from alembic import op

from storage import tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make both tables; the guards follow by themselves."""
    op.create_table(
        "ticket",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("talk_id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.Column("closed_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
    )
    op.create_index("ix_ticket_state", "ticket", ["state", "created_at"])
    op.create_index("ix_ticket_job_id", "ticket", ["job_id"])
    op.create_index(
        "uq_ticket_open",
        "ticket",
        ["talk_id", "kind", "job_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("master_id", sa.String(length=36), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("until", tables.Instant(), nullable=False),
        sa.Column("given_at", tables.Instant(), nullable=False),
        sa.Column("changed_at", tables.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_rating_stars")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_rating_job_id"),
        sa.ForeignKeyConstraint(["master_id"], ["master.id"], name="fk_rating_master_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rating"),
        sa.UniqueConstraint("job_id", "side", name="uq_rating_job_id_side"),
    )
    op.create_index("ix_rating_master_id", "rating", ["master_id"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("rating")
    op.drop_table("ticket")
