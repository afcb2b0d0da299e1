"""A file of the command line: its bytes, within bounds, and a word while it is read."""

from __future__ import annotations

import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from duban.errors import DubanError, why
from duban.reading.errors import TooLarge
from duban.reading.files import LIMIT
from duban_cli.terminal import one_line

_MEGABYTE = 1 << 20
_PATIENCE = 1.0  # seconds before anything is said


class NoSuchFile(DubanError):
    """文件 {path} 读不了（{why}），请检查路径。"""


def file_bytes(path: Path) -> bytes:
    """The file's content. Raises NoSuchFile; TooLarge without reading it."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise NoSuchFile(path=path, why="是文件夹，不是文件")
        if not stat.S_ISREG(status.st_mode):  # a pipe may never end
            raise NoSuchFile(path=path, why="不是普通文件")
        if status.st_size > LIMIT * _MEGABYTE:
            raise TooLarge(size=-(-status.st_size // _MEGABYTE), limit=LIMIT)
        with path.open("rb") as file:
            return file.read(LIMIT * _MEGABYTE + 1)  # it may be growing
    except OSError as error:
        raise NoSuchFile(path=path, why=why(error)) from None
    except ValueError:  # a zero byte in the name
        raise NoSuchFile(path=str(path).replace("\0", "?"), why="名字里有不能用的字符") from None


@contextmanager
def said_while_reading(path: Path) -> Iterator[None]:
    """On a terminal, a line on stderr when reading takes longer than one cares to wait in silence."""
    timer = threading.Timer(_PATIENCE, lambda: click.echo(one_line(f"正在读 {path.name} …"), err=True))
    timer.daemon = True
    if sys.stderr is not None and sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
