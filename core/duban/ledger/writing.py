"""Rows that are only added: written at once, in one statement, past the session's bookkeeping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import Insert, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from duban.ledger.engines import POSTGRESQL, SQLITE
from duban.ledger.tables import Base

_PASSING_OVER: Final[Mapping[str, Callable[[Table], Any]]] = {
    SQLITE: sqlite.insert,
    POSTGRESQL: postgresql.insert,
}


def add(session: Session, table: type[Base], /, **values: Any) -> int:
    """Write a row; its id."""
    (id_,) = session.connection().execute(_plain(table), values).inserted_primary_key or (0,)
    return int(id_)


def add_all(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write rows; their ids, in the same order."""
    if len(rows) == 1:  # by far the most: no batch
        return [add(session, table, **rows[0])]
    return list(session.connection().scalars(_in_order(table), rows)) if rows else []


def add_new(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write the rows whose unique keys are not there yet; the ids of these, in any order."""
    connection = session.connection()
    new = _new(table, connection.dialect.name)
    return list(connection.scalars(new, rows[0] if len(rows) == 1 else rows)) if rows else []


@cache
def _plain(table: type[Base]) -> Insert:
    return insert(_of(table))


@cache
def _in_order(table: type[Base]) -> Insert:
    return insert(_of(table)).returning(_of(table).c.id, sort_by_parameter_order=True)


@cache
def _new(table: type[Base], kind: str) -> Insert:
    made: Insert = _PASSING_OVER[kind](_of(table)).on_conflict_do_nothing().returning(_of(table).c.id)
    return made


def _of(table: type[Base]) -> Table:
    return cast("Table", table.__table__)
