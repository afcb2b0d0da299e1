"""Rows for every table of the ledger, made from the tables: a new column is filled as well."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Time,
    insert,
)

from duban.ledger.tables import Base, Moment, Words

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
WORDS = ("", "各镇（街、区）", 'it\'s "quoted"; --', "\\x00 \\n %s %(a)s :b", "💥𠮷", "一\n二\t三\r", " 空 ")

MAKE: tuple[tuple[Any, Callable[[int, random.Random], Any]], ...] = (
    (Moment, lambda n, c: START + dt.timedelta(hours=n, microseconds=c.randrange(10**6))),
    (
        JSON,
        lambda n, c: c.choice(
            ({}, {"键": [n, None, 1.5, True, "\ud800"]}, {"n": 2**60, "": c.choice(WORDS)})
        ),
    ),
    (Boolean, lambda _, c: c.random() < 0.5),
    (Integer, lambda n, _: n),
    (LargeBinary, lambda _, c: c.randbytes(c.choice((0, 300)))),
    (Date, lambda n, _: START.date() + dt.timedelta(days=n)),
    (Time, lambda n, _: dt.time(n % 24, 30, 0, n)),
    ((String, Words), lambda n, c: f"{n}{c.choice(WORDS)}"),
)


def fill(connection: Connection, *, rows: int, seed: int = 0, metadata: MetaData = Base.metadata) -> None:
    """Write so many rows into each table, each nullable column NULL in some."""
    chance = random.Random(seed)
    made: dict[str, list[Mapping[str, Any]]] = {}
    for table in metadata.sorted_tables:
        made[table.name] = list(itertools.islice(_rows(table, chance, made), rows))
        connection.execute(insert(table), made[table.name])


def _rows(
    table: Table, chance: random.Random, made: Mapping[str, list[Mapping[str, Any]]]
) -> Iterator[dict[str, Any]]:
    for number in itertools.count(1):
        row = {column.name: value(column, number, chance) for column in table.columns}
        for key in table.foreign_keys:
            there = made[key.column.table.name] if key.column.table is not table else ()
            null = key.parent.nullable and (number % 3 == 0 or not there)
            # each row points at another: what must be unique over two such columns is
            row[key.parent.name] = None if null else there[number - 1][key.column.name]
        yield row


def value(column: Column[Any], number: int, chance: random.Random) -> Any:
    """A value of the column's type that no other row has, where the type has so many."""
    if column.nullable and not column.foreign_keys and number % 3 == 0:
        return None
    make = next(make for kind, make in MAKE if isinstance(column.type, kind))
    made = make(number, chance)
    impl = getattr(column.type, "impl", column.type)
    return made[: impl.length] if isinstance(made, str) else made
