"""procrastinate's own tables, in a schema of their own: the ledger's migrations know nothing of them.

Its package brings the whole schema and a file for each later change; which of these were applied is kept
beside them (https://procrastinate.readthedocs.io/en/stable/howto/production/migrations.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from procrastinate.schema import SchemaManager

from duban.errors import EnvironmentNotThere

SCHEMA: Final = "duban_queue"
OPTIONS: Final = f"-c search_path={SCHEMA}"
_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('duban_queue'))"


class QueueNotThere(EnvironmentNotThere):
    """任务队列的表（PostgreSQL 的 duban_queue）{why}，请先停掉所有进程，再运行 duban db upgrade。"""


def install(dsn: str) -> bool:
    """Make or upgrade them, whole or not at all; True: something was done. `dsn`: as libpq takes it.

    Raises QueueNotThere."""
    with _connected(dsn) as connection:
        connection.execute(_TURN)
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}".encode())
        made = connection.execute("SELECT to_regclass('procrastinate_jobs') IS NULL").fetchone() == (True,)
        connection.execute("CREATE TABLE IF NOT EXISTS applied (name text PRIMARY KEY)")
        missing = _missing(connection)
        if made:
            connection.execute(SchemaManager.get_schema().encode())
        else:
            for name in missing:
                connection.execute((_folder() / name).read_bytes())
        for name in missing:
            connection.execute("INSERT INTO applied VALUES (%s)", (name,))
    return bool(missing)


def check(dsn: str) -> None:
    """Raises QueueNotThere where something is left to install."""
    with _connected(dsn) as connection:
        there = connection.execute("SELECT to_regclass('applied') IS NOT NULL").fetchone() == (True,)
        if not there or _missing(connection):
            raise QueueNotThere(why="还没有建好或升级")


@contextmanager
def _connected(dsn: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """One transaction."""
    try:
        with psycopg.connect(dsn, options=OPTIONS, connect_timeout=10) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege:
        raise QueueNotThere(why="建不了（账号没有在库里建模式的权限）") from None
    except psycopg.OperationalError:
        raise QueueNotThere(why="现在连不上") from None


def _missing(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    applied = {str(name) for (name,) in connection.execute("SELECT name FROM applied")}
    return sorted(file.name for file in _folder().glob("*.sql") if file.name not in applied)


def _folder() -> Path:
    return Path(SchemaManager.get_migrations_path())
