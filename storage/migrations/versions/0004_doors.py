"""Doors: where listening stands, messages as channels know them, codes and joinings of one person's doors."""

import sqlalchemy as sa
from alembic import op

from storage import tables

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables, and add the columns; the guards follow by themselves."""
    op.create_table(
        "door",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("marked_at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_door"),
    )
    op.create_table(
        "message",
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("effect_id", sa.String(length=36), nullable=False),
        sa.Column("fate", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("door", "message_id", name="pk_message"),
    )
    op.create_index("ix_message_effect_id", "message", ["effect_id"])
    op.create_table(
        "link_code",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("talk_id", sa.String(length=36), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("expires_at", tables.Instant(), nullable=False),
        sa.Column("used_at", tables.Instant(), nullable=True),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_link_code"),
    )
    op.create_table(
        "joining",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("talk_id", sa.String(length=36), nullable=False),
        sa.Column("from_talk_id", sa.String(length=36), nullable=True),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("before_id", sa.String(length=36), nullable=True),
        sa.Column("after_id", sa.String(length=36), nullable=False),
        sa.Column("was", tables.Json, nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.Column("undone_at", tables.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_joining"),
    )
    op.create_index("ix_joining_talk_id", "joining", ["talk_id"])
    op.create_index("ix_joining_from_talk_id", "joining", ["from_talk_id"])

    op.add_column("outbox", sa.Column("door", sa.String(length=40), nullable=True))
    op.add_column("outbox", sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("sent", tables.Json, nullable=True))
    op.add_column("talk", sa.Column("thread", sa.String(length=300), nullable=True))
    op.add_column("talk", sa.Column("shut_at", tables.Instant(), nullable=True))
    op.add_column("talk", sa.Column("held_at", tables.Instant(), nullable=True))
    op.add_column("person", sa.Column("phone_verified_at", tables.Instant(), nullable=True))


def downgrade() -> None:
    """Drop the tables and the columns."""
    op.drop_column("person", "phone_verified_at")
    for column in ("held_at", "shut_at", "thread"):
        op.drop_column("talk", column)
    for column in ("sent", "priority", "door"):
        op.drop_column("outbox", column)
    for table in ("joining", "link_code", "message", "door"):
        op.drop_table(table)
