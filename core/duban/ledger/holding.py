"""One serving process at a time on a database file: a lock of the operating system beside it.

What the lock's file says is told to people and never believed: whoever holds the lock holds it, and the
system lets go of it when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from duban.errors import DubanError, EnvironmentNotThere, why

SUFFIX: Final = ".lock"
DOING: Final = {
    "serve": "正在提供服务",
    "upgrade": "正在升级数据库",
    "restore": "正在恢复备份",
    "copy": "正在复制",
}
LONGEST: Final = 4096  # bytes of the file that are looked at
TRIES: Final = 3  # somebody who only asks who holds it is in the way for an instant
PAUSE: Final = 0.1  # seconds


class HeldByAnother(DubanError):
    """数据库 {path} {doing}（{host} 的进程 {pid}，{since} 起），请先停掉它，或在 database.url 另指一处。"""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a database, by its own words. `since`: the holder's clock and zone, to the minute."""

    pid: int | None
    host: str
    since: str
    doing: str  # a key of DOING


def lock_file(database: Path) -> Path:
    """Beside the file itself, by whatever name it was reached."""
    real = database.resolve()
    return real.with_name(real.name + SUFFIX)


@contextmanager
def hold(database: Path, *, doing: str, now: datetime) -> Iterator[None]:
    """Hold a database while the block runs. `now`: aware, in the zone that people read.

    Raises HeldByAnother at once where somebody holds it; EnvironmentNotThere where no file can be written.
    """
    file = lock_file(database)
    handle = _open(file)  # never inherited: a child that outlives us holds nothing
    try:
        try:
            taken = any(_taken(handle) for _ in range(TRIES))
        except OSError as error:
            raise EnvironmentNotThere(what=f"锁文件 {file}", why=f"锁不住（{why(error)}）") from None
        if not taken:
            raise _refusal(database, _said(handle))
        _say(handle, doing=doing, now=now)
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)  # a child between fork and exec has the handle too
        os.close(handle)  # the file stays: removing it would let two hold two files of one name


def holder(database: Path) -> Holder | None:
    """Who holds a database now; None: nobody. Takes the lock for an instant to know."""
    try:
        handle = os.open(lock_file(database), os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _said(handle)
    except OSError:
        return None
    finally:
        os.close(handle)
    return None


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(PAUSE)
        return False
    return True


def _open(file: Path) -> int:
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise EnvironmentNotThere(what=f"锁文件 {file}", why=f"写不了（{why(error)}）") from None


def _say(handle: int, *, doing: str, now: datetime) -> None:
    words = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": f"{now:%Y-%m-%d %H:%M}",
        "doing": doing,
    }
    with suppress(OSError):  # on a full disk the lock holds all the same
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(words).encode(), 0)


def _said(handle: int) -> Holder:
    try:
        words = json.loads(os.pread(handle, LONGEST, 0))
        return Holder(int(words["pid"]), str(words["host"]), str(words["since"]), str(words["doing"]))
    except (OSError, ValueError, KeyError, TypeError):  # the holder is about to write it
        return Holder(None, "", "", "serve")


def _refusal(database: Path, who: Holder) -> HeldByAnother:
    return HeldByAnother(
        path=database,
        doing=DOING.get(who.doing, DOING["serve"]),
        host=who.host or "这台机器",
        pid=who.pid if who.pid is not None else "未知",
        since=who.since or "刚才",
    )
