"""A whole ledger into another, empty database, of the same kind or the other: row by row, then proved.

All of it in one transaction of the target: what is stopped, by whatever, leaves it empty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    insert,
    inspect,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from duban.errors import DubanError, EnvironmentNotThere
from duban.ledger.database import Ledger
from duban.ledger.engines import POSTGRESQL, SQLITE, fault
from duban.ledger.migrations import migrate
from duban.ledger.tables import Base, Words

BATCH: Final = 1000  # rows in the hand at once
HEAVY: Final = 8  # the same where rows carry whole files
_ROUND: Final = 2**256

Progress = Callable[[str, int, int], None]
"""Told of (table, rows so far, rows in all) after each batch."""


class NotEmpty(DubanError):
    """{name} 里已经有数据（表 {table}），没有改动它；请先建一个空库，再运行一次。"""


class TheSame(DubanError):
    """{name} 就是现在的数据库；请指定另一个空库。"""


class CannotHold(EnvironmentNotThere):
    """没有复制：表 {table} 的{row}，{column} 一列{why}，{name} 存不了；目标库仍是空的，原库没有动过。"""


class Differs(EnvironmentNotThere):
    """没有复制：写进 {name} 之后再读，表 {tables} 与原来的不一样；目标库仍是空的，原库没有动过。"""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds: how many rows, and one number of all of them, in whatever order they come."""

    rows: int
    digest: str


def copy(source: Ledger, target: Ledger, *, progress: Progress | None = None) -> dict[str, Sum]:
    """Bring the target to the newest tables, copy every row, read both again. Returns table → its sum.

    The source stands at the newest tables; it is read as of one moment. The caller keeps both to itself.
    Raises TheSame, NotEmpty, CannotHold, Differs, and what migrate.upgrade raises.
    """
    if source.url == target.url or _one_file(source, target):
        raise TheSame(name=target.name)
    with target.connected() as connection:
        _must_be_empty(connection, target.name)
    migrate.upgrade(target, backup=False)
    with source.reading() as look, target.writing() as session:
        was, made = look.connection(), session.connection()
        _must_be_empty(made, target.name)
        move(was, made, Base.metadata, name=target.name, progress=progress)
        before, after = sums(was, Base.metadata), sums(made, Base.metadata)
        if wrong := [table for table in before if before[table] != after[table]]:
            raise Differs(name=target.name, tables="、".join(wrong))
    return before


def move(
    was: Connection, made: Connection, metadata: MetaData, *, name: str, progress: Progress | None = None
) -> None:
    """Every row of every table into empty ones, and the counters that give the next ids.

    What points at a table that comes later, or at its own, is written once all the rows are there.
    """
    tables = metadata.sorted_tables
    for table in tables:
        total, done, late = _count(was, table), 0, _late(table, tables)
        for rows in _batches(was, table):
            _put(made, table, [row | dict.fromkeys(late) for row in rows], name)
            done += len(rows)
            if progress is not None:
                progress(table.name, done, total)
    for table in tables:
        if late := _late(table, tables):
            _point(was, made, table, late)
        _continue(was, made, table)


def sums(connection: Connection, metadata: MetaData) -> dict[str, Sum]:
    """Table → its sum, as read now through the columns' types: the same on every engine."""
    return {table.name: _sum(connection, table) for table in metadata.sorted_tables}


# -- rows ---------------------------------------------------------------------------------------------


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    heavy = any(isinstance(column.type, LargeBinary) for column in table.columns)
    asked = connection.execute(select(table), execution_options={"yield_per": HEAVY if heavy else BATCH})
    for part in asked.mappings().partitions():
        yield [dict(row) for row in part]


def _sum(connection: Connection, table: Table) -> Sum:
    rows = total = 0
    for batch in _batches(connection, table):
        rows += len(batch)
        for row in batch:
            plain = repr([_plain(row[column.name]) for column in table.columns])
            total += int.from_bytes(hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest())
    return Sum(rows, f"{total % _ROUND:064x}")


def _plain(value: Any) -> Any:
    return hashlib.sha256(value).digest() if isinstance(value, bytes) else value


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _put(made: Connection, table: Table, rows: list[dict[str, Any]], name: str) -> None:
    try:
        made.execute(insert(table), rows)
    except DBAPIError as error:
        if fault(error) is not None:
            raise
        raise CannotHold(name=name, table=table.name, **_odd(table, rows)) from error


def _odd(table: Table, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Which value was refused, and why, as far as one can tell."""
    for row in rows:
        which = "、".join(f"{column.name}={row[column.name]!r}" for column in table.primary_key)
        for column in table.columns:
            if why := _why(column, row[column.name]):
                return {"row": f" {which} 一行", "column": column.name, "why": why}
    names = "、".join(column.name for column in table.columns if column.foreign_keys)
    return {"row": "某一行", "column": names or "某", "why": "指向不存在的记录，或与别的行重复"}


def _why(column: Column[Any], value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    kind = column.type.impl if isinstance(column.type, Words) else column.type
    longest = kind.length if isinstance(kind, String) else None
    return f"有 {len(value)} 个字，超过了 {longest} 个" if longest and len(value) > longest else None


# -- what points at later rows ------------------------------------------------------------------------


def _late(table: Table, tables: Sequence[Table]) -> list[str]:
    there = tables[: tables.index(table)]
    return [key.parent.name for key in table.foreign_keys if key.column.table not in there]


def _point(was: Connection, made: Connection, table: Table, late: Sequence[str]) -> None:
    keys = [column.name for column in table.primary_key]
    pointing = select(*(table.c[name].label(f"p_{name}") for name in (*keys, *late))).where(
        or_(*(table.c[name].is_not(None) for name in late))
    )
    written = (
        update(table)
        .where(*(table.c[name] == bindparam(f"p_{name}") for name in keys))
        .values({name: bindparam(f"p_{name}") for name in late})
    )
    asked = was.execute(pointing, execution_options={"yield_per": BATCH})
    for part in asked.mappings().partitions():
        made.execute(written, [dict(row) for row in part])


# -- the next ids -------------------------------------------------------------------------------------


def _continue(was: Connection, made: Connection, table: Table) -> None:
    """An id that was ever given is not given again, where the source kept that promise."""
    column = table.autoincrement_column
    if column is None:
        return
    last = max(_last(was, table, column), made.scalar(select(func.max(column))) or 0)
    if not last:
        return
    if made.dialect.name == POSTGRESQL:
        made.execute(
            text("SELECT setval(:name, :last)"), {"name": _sequence(made, table, column), "last": last}
        )
    elif table.dialect_options[SQLITE]["autoincrement"]:
        made.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        made.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"),
            {"name": table.name, "last": last},
        )


def _last(was: Connection, table: Table, column: Column[Any]) -> int:
    """The last id that was given, as far as the database remembers."""
    if was.dialect.name == POSTGRESQL:
        asked = text("SELECT coalesce(pg_sequence_last_value(CAST(:name AS regclass)), 0)")
        return int(was.scalar(asked, {"name": _sequence(was, table, column)}) or 0)
    if not table.dialect_options[SQLITE]["autoincrement"]:
        return 0
    return int(
        was.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}) or 0
    )


def _sequence(connection: Connection, table: Table, column: Column[Any]) -> str:
    asked = text("SELECT pg_get_serial_sequence(:table, :column)")
    return str(connection.scalar(asked, {"table": f'"{table.name}"', "column": column.name}))


# -- the target ---------------------------------------------------------------------------------------


def _must_be_empty(connection: Connection, name: str) -> None:
    there = set(inspect(connection).get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name in there and connection.scalar(select(text("1")).select_from(table).limit(1)):
            raise NotEmpty(name=name, table=table.name)


def _one_file(source: Ledger, target: Ledger) -> bool:
    return source.path is not None and target.path is not None and source.path.samefile(target.path)
