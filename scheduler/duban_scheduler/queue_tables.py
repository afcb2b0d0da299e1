"""procrastinate's own tables, in a schema of their own: the ledger's migrations know nothing of them.

Its package brings the whole schema and a file for each later change; which of these were applied is kept
beside them (https://procrastinate.readthedocs.io/en/stable/howto/production/migrations.html).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import psycopg
from procrastinate.schema import SchemaManager

SCHEMA: Final = "duban_queue"
OPTIONS: Final = f"-c search_path={SCHEMA}"
_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('duban_queue'))"


def install(dsn: str) -> bool:
    """Make or upgrade them, whole or not at all; True: something was done. `dsn`: as libpq takes it."""
    with psycopg.connect(dsn, options=OPTIONS) as connection:
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


def current(dsn: str) -> bool:
    """Whether nothing is left to install."""
    with psycopg.connect(dsn, options=OPTIONS) as connection:
        there = connection.execute("SELECT to_regclass('applied') IS NOT NULL").fetchone() == (True,)
        return there and not _missing(connection)


def _missing(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    applied = {str(name) for (name,) in connection.execute("SELECT name FROM applied")}
    return sorted(file.name for file in _folder().glob("*.sql") if file.name not in applied)


def _folder() -> Path:
    return Path(SchemaManager.get_migrations_path())
