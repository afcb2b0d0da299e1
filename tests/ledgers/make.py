"""Write the dump of a state of the tables, with rows in every table:

    PYTHONPATH=core:tests python -m ledgers.make            (the newest; after each new migration)
    PYTHONPATH=…/core:tests python -m ledgers.make NAME     (with another commit's core/ first: that commit's)

A dump that is there already is never written anew: its commit is over.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate

HERE = Path(__file__).parent
ROWS = 2
DAY = dt.datetime(2018, 7, 20, 2, 30)  # as SQLite keeps it: in UTC, without a zone
EMPTY = {"origins": [], "evidence": [], "buttons": []}


def fill(connection: sa.Connection) -> None:
    """Put ROWS rows into every table there is, each pointing at rows that are there."""
    there = sa.MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name != "alembic_version":
            connection.execute(table.insert(), [_row(table, n) for n in range(1, ROWS + 1)])


def _row(table: sa.Table, n: int) -> dict[str, Any]:
    return {column.name: _value(column, n) for column in table.columns}


def _value(column: sa.Column[Any], n: int) -> Any:
    """The first row has something in every column, the second NULL wherever it may be."""
    if column.nullable and n > 1:
        return None
    return next(make(column, n) for kind, make in VALUES if isinstance(column.type, kind))


def _words(column: sa.Column[Any], n: int) -> str:
    foreign = [key.column.table for key in column.foreign_keys]
    return f"{(foreign[0] if foreign else column.table).name} {n} '第{n}项'"[: column.type.length]


Make = Callable[[sa.Column[Any], int], Any]
VALUES: tuple[tuple[type[Any], Make], ...] = (
    (sa.JSON, lambda column, n: EMPTY.get(column.name, {"n": n, "words": "督办"})),
    (sa.Boolean, lambda _, n: n == 1),
    (sa.Integer, lambda _, n: n),
    (sa.DateTime, lambda _, n: DAY + dt.timedelta(days=n)),
    (sa.Date, lambda _, n: DAY.date() + dt.timedelta(days=30 * n)),
    (sa.Time, lambda _, n: dt.time(17 + n)),
    (sa.LargeBinary, lambda column, n: f"{column.table.name} {n}".encode()),
    (sa.String, _words),
)


def main(name: str) -> None:
    """Build it, fill it, write it."""
    target = HERE / f"{name}.sql"
    if target.exists():
        sys.exit(f"{target} is there already")
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(f"sqlite:///{folder}/ledger.sqlite3")
        migrate.upgrade(ledger)
        with ledger.engine.begin() as connection:
            fill(connection)
        ledger.close()
        with closing(sqlite3.connect(f"{folder}/ledger.sqlite3")) as made:
            target.write_text("\n".join(made.iterdump()) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else migrate.head())
