"""What coordinators said of heads, where items come from, and drafts that several can be of."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

from duban.ledger import tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go on to this state. The drafts there are go with it."""
    _as_the_first_became()
    op.create_table(
        "heads",
        sa.Column("plain", sa.String(length=200), nullable=False),
        sa.Column("meaning", sa.String(length=16), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plain", name=op.f("pk_heads")),
    )
    op.add_column("items", sa.Column("origins", sa.JSON(), server_default="[]", nullable=False))
    old = sa.table(
        "drafts",
        *(
            sa.column(name, kind)
            for name, kind in (
                ("person_id", sa.Integer()),
                ("name", sa.Text()),
                ("body", sa.LargeBinary()),
                ("year", sa.Integer()),
                ("decisions", sa.JSON()),
                ("at", tables.Moment(timezone=True)),
            )
        ),
    )
    rows = []
    if sa.inspect(op.get_bind()).has_table("drafts"):
        rows = [dict(row) for row in op.get_bind().execute(sa.select(old)).mappings()]
        op.drop_table("drafts")
    new = _drafts()
    if rows:
        op.bulk_insert(new, [row | {"sha256": hashlib.sha256(row["body"]).hexdigest()} for row in rows])


def _as_the_first_became() -> None:
    """The first migration was made anew by later commits: a ledger of before has a key that NULLs escape."""
    key = "uq_tasks_item_id_unit_id_deadline_id_event_id_period_id"
    if key not in {one["name"] for one in sa.inspect(op.get_bind()).get_unique_constraints("tasks")}:
        return
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.drop_constraint(key, type_="unique")
    for name, table, columns, where in (
        ("uq_periods_cadence", "periods", ["plan_id", "due"], "deadline_id IS NULL"),
        ("uq_tasks_turn", "tasks", ["item_id", "unit_id", "period_id"], "period_id IS NOT NULL"),
        ("uq_tasks_event", "tasks", ["item_id", "unit_id", "event_id"], "event_id IS NOT NULL"),
        (
            "uq_tasks_date",
            "tasks",
            ["item_id", "unit_id", "deadline_id"],
            "event_id IS NULL AND period_id IS NULL",
        ),
    ):
        condition = sa.text(where)
        op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)


def _drafts() -> sa.Table:
    made = op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("at", tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_drafts_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("person_id", "sha256", name=op.f("uq_drafts_person_id_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_drafts_command_line",
        "drafts",
        ["sha256"],
        unique=True,
        sqlite_where=sa.text("person_id IS NULL"),
        postgresql_where=sa.text("person_id IS NULL"),
    )
    return made
