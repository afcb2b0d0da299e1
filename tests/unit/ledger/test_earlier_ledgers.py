"""The ledger of every earlier commit that changed the tables: it upgrades, and keeps what was in it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate
from ledgers.make import HERE

DUMPS = sorted(file.stem for file in HERE.glob("*.sql"))
CHAIN = [name for name in DUMPS if "-" not in name]  # the others: from before the first one was made anew
FIRST = "0002"  # 0001 and 0002 came with one commit: no ledger ever stood at 0001

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(f"sqlite:///{tmp_path / 'one.sqlite3'}")
    yield ledger
    ledger.close()


def test_every_migration_has_its_ledger() -> None:
    """A new one: `PYTHONPATH=core:tests python -m ledgers.make`."""
    numbers = [file.name[:4] for file in migrate.VERSIONS.glob("[0-9]*.py")]
    assert sorted(number for number in numbers if number >= FIRST) == CHAIN


def load(name: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as made:
        made.executescript((HERE / f"{name}.sql").read_text("utf-8"))


def read(ledger: Ledger) -> Rows:
    """Everything there is, table by table, with the types that the database itself knows."""
    with ledger.connected() as connection:
        there = sa.MetaData()
        there.reflect(connection)
        return {
            table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in there.sorted_tables
            if table.name != "alembic_version"
        }


def plain(value: Any) -> str:
    """SQLite keeps moments without a zone, in UTC."""
    naive = isinstance(value, dt.datetime) and value.tzinfo is not None
    return repr(value.astimezone(dt.UTC).replace(tzinfo=None) if naive else value)


def in_common(rows: list[dict[str, Any]], columns: set[str]) -> list[list[tuple[str, str]]]:
    return sorted(
        sorted((name, plain(value)) for name, value in row.items() if name in columns) for row in rows
    )


def keeps_everything(ledger: Ledger, before: Rows) -> None:
    """Upgraded: as many rows in each table, each column that is still there as it was; whole, and ours."""
    assert all(before.values()), "each table had rows"
    migrate.upgrade(ledger)
    after = read(ledger)
    assert {name: len(after[name]) for name in before} == {name: len(rows) for name, rows in before.items()}
    for name, rows in before.items():
        columns = rows[0].keys() & after[name][0].keys()
        assert in_common(after[name], columns) == in_common(rows, columns), name
    assert migrate.check(ledger) == []
    if ledger.path is not None:
        with closing(sqlite3.connect(ledger.path)) as look:
            assert look.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert look.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("name", DUMPS)
def test_a_ledger_of_an_earlier_commit(empty: Ledger, name: str) -> None:
    assert empty.path is not None
    load(name, empty.path)
    keeps_everything(empty, read(empty))
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), empty.writing() as session:
        session.execute(sa.text("DELETE FROM audit"))


def stand_at(ledger: Ledger, name: str, tmp_path: Path) -> Rows:
    """Bring an empty database of any engine to an earlier state, with the rows that its dump has."""
    load(name, tmp_path / "dump.sqlite3")
    dump = Ledger(f"sqlite:///{tmp_path / 'dump.sqlite3'}")
    rows = read(dump)
    dump.close()
    with ledger.connected() as connection, connection.begin():
        command.upgrade(migrate._config(connection), name)
        there = sa.MetaData()
        there.reflect(connection)
        for table in there.sorted_tables:
            if table.name in rows:
                connection.execute(table.insert(), [_typed(table, row) for row in rows[table.name]])
    return rows


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    zoned = {column.name for column in table.columns if getattr(column.type, "timezone", False)}
    return {
        name: value.replace(tzinfo=dt.UTC) if name in zoned and value is not None else value
        for name, value in row.items()
    }


@pytest.mark.parametrize("name", CHAIN)
def test_the_same_by_the_migrations_of_today(empty: Ledger, name: str, tmp_path: Path) -> None:
    """What a migration made on the day it was written it makes today, on every engine."""
    rows = stand_at(empty, name, tmp_path)
    keeps_everything(empty, rows)


def test_the_dumps_are_what_the_migrations_make(tmp_path: Path) -> None:
    """A migration that is changed after its commit is another: those who have run the first never get it."""
    for name in CHAIN:
        load(name, tmp_path / f"{name}-was.sqlite3")
        was = Ledger(f"sqlite:///{tmp_path / f'{name}-was.sqlite3'}")
        now = Ledger(f"sqlite:///{tmp_path / f'{name}-now.sqlite3'}")
        with now.connected() as connection, connection.begin():
            command.upgrade(migrate._config(connection), name)
        assert shape(now) == shape(was), name
        was.close()
        now.close()


def shape(ledger: Ledger) -> set[tuple[str, str]]:
    with ledger.connected() as connection:
        asked = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        return {(name, " ".join(sql.split())) for name, sql in connection.exec_driver_sql(asked)}
