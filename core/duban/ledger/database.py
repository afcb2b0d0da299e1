"""The doorways to the ledger: `run` writes in one transaction, `read` never waits for a writer.

`run_beside` is `run` for who only moves rows by conditional UPDATE: on PostgreSQL it waits for nobody's turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from duban.errors import EnvironmentNotThere, why
from duban.ledger import engines

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
        """`wait`: seconds for which another's lock is waited for.

        Raises EnvironmentNotThere for an address that names no database of a known kind."""
        self.url = engines.known(url)
        self.path = path_of(url)
        if self.path is not None:
            private_folder(self.path)
            _private_file(self.path)
        self._writer = engines.opened(self.url, write=True, wait=wait)
        self._beside = engines.beside(self._writer)
        self._reader = engines.opened(self.url, write=False, wait=wait)
        self._one_writer = asyncio.Lock()
        self.fault: str | None = None  # LedgerUnavailable.code of the last; cleared by who looks after it

    @property
    def name(self) -> str:
        """What people are told of where it lies: the file, or the address without its password."""
        return str(self.path) if self.path is not None else engines.bare(self.url)

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
        """One transaction, one at a time in the whole office: all of it or nothing."""
        with self._transaction(self._writer) as session:
            yield session

    @contextmanager
    def writing_beside(self) -> Iterator[Session]:
        """One transaction beside others (SQLite knows no such thing: it waits for its turn)."""
        with self._transaction(self._beside) as session:
            yield session

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Session]:
        with _plain_errors(self), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only look at the last committed state."""
        with _plain_errors(self), Session(self._reader, expire_on_commit=False) as session:
            yield session

    async def run(self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn(session, …)` in a worker thread, in one transaction."""

        async with self._one_writer:
            return await self._write(self.writing, fn, *args, **kwargs)

    async def run_beside(
        self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same, beside other writers where the database lets them."""
        if self.path is not None:
            return await self.run(fn, *args, **kwargs)
        return await self._write(self.writing_beside, fn, *args, **kwargs)

    async def _write(
        self,
        doorway: Callable[[], AbstractContextManager[Session]],
        fn: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def work() -> T:
            with doorway() as session:
                return fn(session, *args, **kwargs)

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


def path_of(url: str) -> Path | None:
    """The file of an SQLite database, there or not; None for another kind. Raises EnvironmentNotThere."""
    known = engines.known(url)
    return Path(known.database) if known.get_backend_name() == engines.SQLITE and known.database else None


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


@contextmanager
def _plain_errors(ledger: Ledger) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        found = engines.fault(error)
        if found is None:
            raise
        code, words = found
        raise LedgerUnavailable(what=f"数据库 {ledger.name}", why=words, code=code) from error
