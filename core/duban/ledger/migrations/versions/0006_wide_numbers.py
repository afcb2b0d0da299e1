"""Whole numbers are as wide on PostgreSQL as in SQLite, and text in SQLite has no NUL, as on PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go on to this state. The audit is never touched: no word in it is anybody's own."""
    bind = op.get_bind()
    found = sa.inspect(bind)
    ours = [name for name in found.get_table_names() if not name.startswith(("alembic", "procrastinate"))]
    for table in ours:
        for column in found.get_columns(table):
            name, kind = column["name"], column["type"]
            if bind.dialect.name == "sqlite" and isinstance(kind, sa.String) and table != "audit":
                _without_nul(bind, table, name)
            elif bind.dialect.name == "postgresql" and isinstance(kind, sa.Integer):
                _widened(bind, table, name)


def _widened(bind: sa.Connection, table: str, column: str) -> None:
    op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE BIGINT')
    asked = sa.text("SELECT pg_get_serial_sequence(:table, :column)")
    if counter := bind.scalar(asked, {"table": f'"{table}"', "column": column}):
        op.execute(f"ALTER SEQUENCE {counter} AS BIGINT")


def _without_nul(bind: sa.Connection, table: str, column: str) -> None:
    which = sa.table(table, sa.column("rowid"), sa.column(column))
    text = which.c[column]
    rows = bind.execute(sa.select(which.c.rowid, text).where(sa.func.instr(text, sa.func.char(0)) > 0)).all()
    for rowid, words in rows:
        bind.execute(
            sa.update(which)
            .where(which.c.rowid == rowid)
            .values({column: words.replace("\0", "\N{REPLACEMENT CHARACTER}")})
        )
