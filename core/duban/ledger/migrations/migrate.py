"""Bring a database to the newest tables, on SQLite and PostgreSQL.

A new state of tables.py becomes a migration by
    python -m duban.ledger.migrations.migrate "what it adds"
(ruff check --fix and ruff format afterwards; read it before committing it). Until the first release the first
migration may be made anew instead: delete versions/0001_*.py and run the same with the message "tables";
0002, written by hand, goes on top of it.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.orm import Session

from duban.errors import EnvironmentNotThere
from duban.ledger.database import Ledger
from duban.ledger.tables import Base

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
VERSIONS = HERE / "versions"


class BrokenReferences(EnvironmentNotThere):
    """数据库升级没有完成：表 {table} 有 {count} 行指向不存在的记录，已恢复原状，请从备份恢复后再试。"""


class NotOurs(EnvironmentNotThere):
    """数据库 {url} 里是别的程序的数据，没有改动它；请在 database.url 另指一处。"""


class NewerDatabase(EnvironmentNotThere):
    """数据库的版本（{found}）比程序新，请换用更新版本的 duban。"""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did. `before` is None for an empty database; `backup` only where one was made."""

    before: str | None
    to: str
    created: bool  # the database was empty
    path: Path | None  # SQLite: the file
    backup: Path | None

    @property
    def changed(self) -> bool:
        """Whether anything had to be done."""
        return self.before != self.to


def head() -> str:
    """The newest migration that this program knows. Cheap: alembic is not asked."""
    return max(file.name[:4] for file in VERSIONS.glob("[0-9][0-9][0-9][0-9]_*.py"))


def current(session: Session) -> str | None:
    """The migration that the database stands at; None for an empty one. Cheap: alembic is not asked."""
    return _current(session.connection())


def is_current(session: Session) -> bool:
    """Whether nothing has to be upgraded."""
    return current(session) == head()


def is_empty(session: Session) -> bool:
    """Whether there is no table at all."""
    return not inspect(session.connection()).get_table_names()


def upgrade(ledger: Ledger, *, backup: bool = True) -> Upgraded:
    """Bring the database to the newest tables, whole or not at all.

    SQLite: foreign keys are off meanwhile (a batch migration drops tables, and cascades would take the rows
    that point at them) and checked at the end; an existing database is copied beside itself first.
    Raises NewerDatabase, NotOurs, BrokenReferences.
    """
    with ledger.connected() as connection:
        before = _current(connection)
        connection.rollback()
        to = head()
        if before is not None and before > to:
            raise NewerDatabase(found=before)
        if before is None and inspect(connection).get_table_names():
            raise NotOurs(url=ledger.name)
        connection.rollback()
        saved = None
        if before != to:
            if backup and before is not None and ledger.path is not None:
                saved = _copy_beside(ledger.path, before)
            with _no_foreign_keys(connection), connection.begin():
                _migrate(connection)
                _check_references(connection)
    return Upgraded(before, to, before is None, ledger.path, saved)


def check(ledger: Ledger) -> list[str]:
    """What tables.py says and the migrated database does not, or the other way round; [] when they agree."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - 100 ms that only a check pays
    from alembic.migration import MigrationContext  # noqa: PLC0415

    with ledger.connected() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - imported only when there is work

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415

    command.upgrade(_config(connection), "head")


def _copy_beside(path: Path, version: str) -> Path:
    """A whole copy, consistent even while somebody writes, readable by its owner alone."""
    number, copy = 1, path.with_name(f"{path.name}.before-upgrade-from-{version}")
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.name}.before-upgrade-from-{version}-{number}")
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


@contextmanager
def _no_foreign_keys(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection  # the pragma does nothing inside a transaction
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise BrokenReferences(table=broken[0][0], count=len(broken))


def _write_next(message: str) -> None:
    """Compare tables.py with the migrations there are, and write the difference as the next one."""
    from alembic import command  # noqa: PLC0415

    number = f"{int(head()) + 1:04}" if any(VERSIONS.glob("0001_*.py")) else "0001"
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")
    with create_engine("sqlite://").connect() as connection:
        config = _config(connection)
        config.set_main_option("file_template", f"{number}_{slug}")
        if number != "0001":
            command.upgrade(config, "head")
        with _alone(number):
            command.revision(config, message=message, autogenerate=True, rev_id=number)


@contextmanager
def _alone(number: str) -> Iterator[None]:
    """While the first migration is made anew, the later ones (that stand on it) step aside."""
    later = sorted(VERSIONS.glob("0*.py")) if number == "0001" else []
    for file in later:
        file.rename(file.with_suffix(".aside"))
    try:
        yield
    finally:
        for file in later:
            file.with_suffix(".aside").rename(file)


if __name__ == "__main__":
    _write_next(" ".join(sys.argv[1:]))
