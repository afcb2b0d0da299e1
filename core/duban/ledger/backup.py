"""Whole copies of the database: made while somebody writes, proved before they get their name, rotated."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from duban.errors import DubanError, EnvironmentNotThere, why
from duban.ledger import meta
from duban.ledger.engines import reason

DATED = "%Y%m%d-%H%M%S"
PARTIAL = ".partial"
ABANDONED = 24 * 3600  # seconds after which a half copy is nobody's any more


class NotALedger(DubanError):
    """{path} 不是 duban 的台账；请指定 duban backup 做出的文件。"""


class Corrupted(DubanError):
    """{path} 已损坏（{why}），不能用；请换一份备份。"""


class AlreadyThere(DubanError):
    """{path} 已经存在，没有覆盖它；请换一个文件名，或先把它移开。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a ledger's file holds. `latest`: the newest act in it; `rows`: table → how many."""

    path: Path
    size: int  # bytes
    version: str  # of its tables
    latest: datetime | None
    title: str | None  # of the newest plan
    reached: datetime | None  # where its clock is virtual: how far it came
    rows: Mapping[str, int]

    @property
    def plans(self) -> int:
        """How many plans."""
        return self.rows.get("plans", 0)

    @property
    def tasks(self) -> int:
        """How many tasks."""
        return self.rows.get("tasks", 0)

    @property
    def people(self) -> int:
        """How many people."""
        return self.rows.get("people", 0)


def copy_to(source: Path, path: Path) -> None:
    """Copy a database's file into a private one, in one piece: a stepped copy starts over at each write."""
    path.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as was, closing(sqlite3.connect(path)) as made:
        was.backup(made)


def save(source: Path, target: Path) -> Contents:
    """A whole, private, proved copy under a name that nobody has; on any fault there is no such file.

    Proved: integrity and references checked, and as many rows in each table as the source had at that moment.
    Raises AlreadyThere, NotALedger, Corrupted (the source), EnvironmentNotThere (no room, no permission).
    """
    if target.exists():
        raise AlreadyThere(path=target)
    with half(target) as copy:
        counted = draw(source, copy)
        found = examine(copy)
        if found.rows != counted:
            raise Corrupted(path=target, why="副本的行数与原库不同")
        _keep(copy)
        try:
            os.link(copy, target)  # fails where somebody made it meanwhile; os.replace would not
        except FileExistsError:
            raise AlreadyThere(path=target) from None
        except OSError:  # a file system without links
            copy.replace(target)
        _keep(target.parent)
    return Contents(
        path=target, size=target.stat().st_size, version=found.version, latest=found.latest,
        title=found.title, reached=found.reached, rows=found.rows,
    )  # fmt: skip


def draw(source: Path, copy: Path, *, live: bool = True) -> Mapping[str, int]:
    """Copy a database's file into another, as of one moment. Returns its rows by table at that moment.

    `live`: somebody may write to it meanwhile.
    """
    with _told(source), closing(_look(source, live=live)) as was, closing(sqlite3.connect(copy)) as made:
        was.execute("BEGIN")
        counted = _rows(was)
        was.backup(made)
        made.execute("PRAGMA journal_mode=DELETE")  # one file, that opens in a folder nobody may write to
    return counted


def examine(path: Path) -> Contents:
    """Look whether a file is a whole ledger, and what is in it. Changes nothing, not even a file beside it.

    Raises NotALedger, Corrupted, EnvironmentNotThere.
    """
    with _told(path), closing(_look(path)) as look:
        broken = look.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if broken != "ok":
            raise Corrupted(path=path, why=str(broken).splitlines()[-1])
        version = _version(look, path)
        loose = look.execute("PRAGMA foreign_key_check").fetchone()
        if loose is not None:
            raise Corrupted(path=path, why=f"表 {loose[0]} 有指向不存在记录的行")
        rows = _rows(look)
        title = look.execute("SELECT title FROM plans ORDER BY id DESC LIMIT 1").fetchone()
        latest = look.execute("SELECT max(at) FROM audit").fetchone()[0]
        reached = look.execute("SELECT value FROM meta WHERE key=?", (meta.REACHED,)).fetchone()
    return Contents(
        path=path, size=path.stat().st_size, version=version, title=title[0] if title else None,
        latest=datetime.fromisoformat(latest).replace(tzinfo=UTC) if latest else None,
        reached=datetime.fromisoformat(reached[0]) if reached else None, rows=rows,
    )  # fmt: skip


@contextmanager
def half(target: Path) -> Iterator[Path]:
    """A private file beside the target for what is not whole yet; it is gone afterwards, whatever comes."""
    copy = target.with_name(f".{target.name}.{os.getpid()}{PARTIAL}")
    try:
        copy.unlink(missing_ok=True)
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise EnvironmentNotThere(what=f"文件夹 {target.parent}", why=f"写不了（{why(error)}）") from None
    try:
        yield copy
    except OSError as error:
        raise EnvironmentNotThere(what=f"文件 {target}", why=f"写不了（{why(error)}）") from None
    finally:
        for file in (copy, copy.with_name(copy.name + "-journal")):
            with suppress(OSError):
                file.unlink(missing_ok=True)


# -- dated copies, rotated ----------------------------------------------------------------------------


def folder_of(database: Path, setting: str) -> Path:
    """Where dated copies lie: beside the database, or in `backup.folder`, which may be relative to it."""
    return database.parent / setting if setting else database.parent


def dated_name(database: Path, folder: Path, *, now: datetime, kind: str = "backup") -> Path:
    """A free name that says what it is and when it was made. `now`: aware, in the zone that people read."""
    base = f"{database.stem}.{kind}-{now.strftime(DATED)}"
    number, path = 1, folder / f"{base}.sqlite3"
    while path.exists():
        number += 1
        path = folder / f"{base}-{number}.sqlite3"
    return path


def dated(database: Path, folder: Path) -> Sequence[Path]:
    """The dated copies that are there, the oldest first."""
    name = re.compile(rf"{re.escape(database.stem)}\.backup-(\d{{8}}-\d{{6}})(?:-(\d+))?\.sqlite3")
    with suppress(OSError):
        found = [(match, file) for file in folder.iterdir() if (match := name.fullmatch(file.name))]
        return [file for _, file in sorted(found, key=lambda one: (one[0][1], int(one[0][2] or 1)))]
    return []


def rotated(database: Path, folder: Path, *, keep: int | None, now: datetime) -> Contents:
    """One more dated copy; beyond the newest `keep` the old ones go, once it is whole. None: all stay."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise EnvironmentNotThere(what=f"备份文件夹 {folder}", why=f"建不了（{why(error)}）") from None
    made = save(database, dated_name(database, folder, now=now))
    with suppress(OSError):
        others = [one for one in dated(database, folder) if one != made.path]
        for old in others[: max(0, len(others) - keep + 1)] if keep is not None else ():
            old.unlink()
        for half_done in folder.glob(f".{database.stem}.*{PARTIAL}"):  # its maker was killed
            if now.timestamp() - half_done.stat().st_mtime > ABANDONED:
                half_done.unlink()
    return made


def spare(database: Path, *, before: datetime) -> Sequence[Path]:
    """Copies made before an upgrade or a restore, older than that by their files' time."""
    names = (f"{database.name}.before-upgrade-from-*", f"{database.stem}.before-restore-*")
    with suppress(OSError):
        found = {file for name in names for file in database.parent.glob(name)}
        return sorted(file for file in found if file.stat().st_mtime < before.timestamp())
    return []


def age(database: Path, folder: Path, *, now: datetime) -> timedelta | None:
    """How old the newest dated copy is, by its file's time; None where there is none."""
    there = dated(database, folder)
    with suppress(OSError):  # somebody takes it away at this moment
        return now - datetime.fromtimestamp(there[-1].stat().st_mtime, UTC) if there else None
    return None


# -- looking ------------------------------------------------------------------------------------------


def _look(path: Path, *, live: bool = False) -> sqlite3.Connection:
    """Read only. A copy without a log beside it is opened so that nothing is written beside it either."""
    if not path.is_file():
        raise EnvironmentNotThere(what=f"文件 {path}", why="不存在" if not path.exists() else "不是普通文件")
    live = live or any(path.with_name(path.name + ending).exists() for ending in ("-wal", "-journal", "-shm"))
    mode = "mode=ro" if live else "mode=ro&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", uri=True, timeout=15)


def _tables(look: sqlite3.Connection) -> set[str]:
    named = look.execute("SELECT name FROM sqlite_master WHERE type='table'")
    return {str(name) for (name,) in named if not str(name).startswith("sqlite_")}


def _rows(look: sqlite3.Connection) -> dict[str, int]:
    counted = {}
    for name in sorted(_tables(look)):
        quoted = name.replace('"', '""')
        counted[name] = look.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]  # noqa: S608
    return counted


def _version(look: sqlite3.Connection, path: Path) -> str:
    if not {"alembic_version", "plans", "tasks", "people", "outbox", "audit"} <= _tables(look):
        raise NotALedger(path=path)
    found = look.execute("SELECT version_num FROM alembic_version").fetchone()
    if found is None:
        raise NotALedger(path=path)
    return str(found[0])


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise EnvironmentNotThere(what=f"文件 {path}", why=reason(str(error))) from None
    except sqlite3.DatabaseError as error:
        words = str(error)
        if "not a database" in words:
            raise NotALedger(path=path) from None
        raise Corrupted(path=path, why="内容残缺" if "malformed" in words else words) from None


def _keep(path: Path) -> None:
    """What is in the cache goes to the disk: after a power cut a name stands for its whole content."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
