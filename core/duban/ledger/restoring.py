"""A backup back in its place: proved, brought to this program's tables, and what was there kept as a copy."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from duban.errors import DubanError, EnvironmentNotThere
from duban.ledger import backup, held
from duban.ledger.backup import Contents
from duban.ledger.database import Ledger
from duban.ledger.engines import reason
from duban.ledger.held import Held
from duban.ledger.migrations import migrate

WITH = ("-wal", "-shm", "-journal")


class NewerBackup(DubanError):
    """{path} 的版本（{found}）比程序（{known}）新，请换用更新版本的 duban 来恢复。"""


class TheSame(DubanError):
    """{path} 就是现在的数据库，不用恢复；请指定一份备份。"""


class NoSuchBackup(DubanError):
    """没有 {path} 这个文件；请核对备份的文件名。"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `kept`: the copy of what was there, None where nothing was."""

    kept: Path | None
    held: Held
    upgraded: bool


def look(file: Path, database: Path) -> Contents:
    """Whether a file may be restored, and what is in it.

    Raises NoSuchBackup, TheSame, NotALedger, Corrupted, NewerBackup.
    """
    if not file.is_file():
        raise NoSuchBackup(path=file)
    if database.exists() and file.samefile(database):
        raise TheSame(path=file)
    found = backup.examine(file)
    if found.version > migrate.head():
        raise NewerBackup(path=file, found=found.version, known=migrate.head())
    return found


def there_now(database: Path) -> Contents | None:
    """What the database holds now; None where there is none, or none that can be read."""
    try:
        return backup.examine(database) if database.exists() else None
    except DubanError:
        return None


def restore(
    file: Path, database: Path, *, now: datetime, digest: datetime | None, stamp: datetime
) -> Restored:
    """Put a backup in the place of the database, whole or not at all. The caller holds the database.

    `now`: the ledger's moment; `digest`: see held.hold_back; `stamp`: the machine's moment in the zone that
    people read, for the kept copy's name. Raises what look raises, and EnvironmentNotThere.
    """
    found = look(file, database)
    with backup.half(database) as copy:
        backup.draw(file, copy, live=False)
        backup.examine(copy)
        with _opened(copy) as ledger:
            done = migrate.upgrade(ledger, backup=False)
            with ledger.writing() as session:
                result = held.hold_back(session, now=now, taken=found.latest, digest=digest)
        kept = _keep_what_is_there(database, stamp)
        _take_place(copy, database)
    return Restored(kept, result, done.changed)


@contextmanager
def _opened(copy: Path) -> Iterator[Ledger]:
    ledger = Ledger(f"sqlite:///{copy}")
    try:
        yield ledger
    finally:
        ledger.close()
        with closing(sqlite3.connect(copy)) as last:
            last.execute("PRAGMA journal_mode=DELETE")  # all of it is in the one file now


def _keep_what_is_there(database: Path, stamp: datetime) -> Path | None:
    """A proved copy; of what is no whole ledger any more the bare files."""
    if not database.exists() or database.stat().st_size == 0:
        return None
    target = backup.dated_name(database, database.parent, now=stamp, kind="before-restore")
    try:
        backup.save(database, target)
    except DubanError:
        for ending in ("", *WITH):
            part = database.with_name(database.name + ending)
            if part.exists():
                shutil.copy2(part, target.with_name(target.name + ending))
    return target


def _take_place(copy: Path, database: Path) -> None:
    """In one transaction of the database itself, so that whoever has it open sees the one or the other."""
    try:
        with (
            closing(sqlite3.connect(copy)) as source,
            closing(sqlite3.connect(database, timeout=15)) as target,
        ):
            source.backup(target)
        return
    except sqlite3.OperationalError as error:
        raise EnvironmentNotThere(what=f"数据库 {database}", why=reason(str(error))) from None
    except sqlite3.DatabaseError:  # what is there is no database: nobody can have it open
        pass
    for ending in WITH:
        with suppress(FileNotFoundError):
            database.with_name(database.name + ending).unlink()
    copy.replace(database)
