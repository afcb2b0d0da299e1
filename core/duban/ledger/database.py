"""The two doorways to the ledger: `run` writes in one transaction, `read` never waits for a writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from duban.errors import EnvironmentNotThere, why

# the talk types its functions with Session and needs no sqlalchemy
__all__ = ["Ledger", "LedgerUnavailable", "Session"]

P = ParamSpec("P")
T = TypeVar("T")


class LedgerUnavailable(EnvironmentNotThere):
    """{what}不可用：{why}。"""

    @property
    def code(self) -> str:
        """read-only, unreachable, locked, full, io, broken, or other."""
        return str(self.facts["code"])


class Ledger:
    """One database. Its functions are synchronous; async code uses `run` and `read`."""

    def __init__(self, url: str, *, wait: float = 15) -> None:
        """`wait`: seconds for which SQLite waits for another's lock.

        Raises EnvironmentNotThere for an address that names no database of a known kind."""
        self.url = _known_kind(url)
        self.path = path_of(url)
        if self.path is not None:
            private_folder(self.path)
            _private_file(self.path)
        self._writer = _engine(url, write=True, wait=wait)
        self._reader = _engine(url, write=False, wait=wait)
        self._one_writer = asyncio.Lock()
        self.fault: str | None = None  # LedgerUnavailable.code of the last; cleared by who looks after it

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and backup."""
        return self._writer

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A bare connection, for migrations."""
        with _plain_errors(self), self._writer.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction (SQLite: BEGIN IMMEDIATE): all of it or nothing."""
        with _plain_errors(self), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only look at the last committed state."""
        with _plain_errors(self), Session(self._reader, expire_on_commit=False) as session:
            yield session

    async def run(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn(session, …)` in a worker thread, in one transaction."""

        def work() -> T:
            with self.writing() as session:
                return fn(session, *args, **kwargs)

        async with self._one_writer:
            try:
                return await asyncio.to_thread(work)
            except LedgerUnavailable as error:
                self.fault = error.code
                raise

    async def read(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn(session, …)` in a worker thread, read-only."""

        def work() -> T:
            with self.reading() as session:
                return fn(session, *args, **kwargs)

        return await asyncio.to_thread(work)

    def close(self) -> None:
        """Give the connections back."""
        self._writer.dispose()
        self._reader.dispose()


def _known_kind(text: str) -> URL:
    mend = "请把 database.url 写成 sqlite:////绝对路径/duban.sqlite3 的样子"
    try:
        url = make_url(text)
        url.get_dialect().import_dbapi()
    except ArgumentError:
        raise EnvironmentNotThere(what="数据库", why=f"地址写得不对，{mend}") from None
    except (NoSuchModuleError, ImportError):
        kind = url.drivername
        raise EnvironmentNotThere(what="数据库", why=f"这里不支持 {kind}，{mend}") from None
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise EnvironmentNotThere(what="数据库", why=f"地址里没有文件，{mend}")
    return url


def path_of(url: str) -> Path | None:
    """The file of an SQLite database, there or not; None for another kind. Raises EnvironmentNotThere."""
    known = _known_kind(url)
    return Path(known.database) if known.get_backend_name() == "sqlite" and known.database else None


def private_folder(path: Path) -> None:
    """The folder that a database's file is to lie in. Raises EnvironmentNotThere."""
    with _writable(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def _private_file(path: Path) -> None:
    with _writable(path):
        if not path.exists():
            path.touch(mode=0o600)


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentNotThere(
            what=f"数据库 {path}",
            why=f"写不了（{why(error)}），请检查文件夹是否存在、可写，或在 database.url 另指一处",
        ) from None


def _engine(url: str, *, write: bool, wait: float) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            url, pool_pre_ping=True, execution_options={} if write else {"postgresql_readonly": True}
        )
    engine = create_engine(url, connect_args={"timeout": wait, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves (sqlite3's own is too late for IMMEDIATE)
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        if write:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@contextmanager
def _plain_errors(ledger: Ledger) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise _unavailable(ledger, *_why(str(error.orig))) from error
    except DatabaseError as error:
        if "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise _unavailable(
                ledger, "broken", "文件不是数据库或已损坏，请换一个文件或从备份恢复"
            ) from error
        raise


def _unavailable(ledger: Ledger, code: str, words: str) -> LedgerUnavailable:
    return LedgerUnavailable(what=f"数据库 {ledger.url.render_as_string()}", why=words, code=code)


# a sign in SQLite's words: what it is, and what to do
_REASONS = {
    "readonly": ("read-only", "文件是只读的，请改权限或另指一处"),
    "unable to open": ("unreachable", "文件打不开，请检查路径和权限"),
    "locked": ("locked", "正被别的程序占用，请稍后再试"),
    "full": ("full", "磁盘已满，请先腾出空间"),
    "disk I/O": ("io", "磁盘读写出错，请检查磁盘和剩余空间"),
}


def _why(words: str) -> tuple[str, str]:
    return next((found for sign, found in _REASONS.items() if sign in words), ("other", f"出错（{words}）"))


def reason(words: str) -> str:
    """What SQLite's words for a fault of the machine mean, and what to do."""
    return _why(words)[1]
