"""A whole copy of the database, consistent even while somebody writes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from duban.errors import EnvironmentNotThere
from duban.ledger.database import Ledger


def copy_to(ledger: Ledger, path: Path) -> None:
    """Copy an SQLite ledger into a private file, in one piece: a stepped copy starts over at each write."""
    if ledger.path is None:
        raise EnvironmentNotThere(what="整库复制", why="目前只支持 SQLite，PostgreSQL 请用 pg_dump")
    path.touch(mode=0o600)
    with closing(sqlite3.connect(ledger.path)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
