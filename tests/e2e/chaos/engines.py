"""Where the ledger lies and which processes serve it: what the harness runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from threading import Lock

import pytest

import postgres
from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate
from duban_scheduler import queue_tables

_ONE_AT_A_TIME = Lock()
Place = tuple[str, Sequence[Sequence[str]]]  # a ledger's address, and each process's arguments
Engine = Callable[[Path], AbstractContextManager[Place]]  # what lies in a folder


@contextmanager
def sqlite(folder: Path) -> Iterator[Place]:
    """One machine: everything in one process."""
    yield f"sqlite:///{folder / 'duban.sqlite3'}", [["run"]]


def postgresql(workers: int) -> Engine:
    """Many machines: so many workers on one database."""

    @contextmanager
    def place(_folder: Path) -> Iterator[Place]:
        if postgres.programs() is None:
            pytest.skip(postgres.ABSENT)
        with _ONE_AT_A_TIME:  # the lanes of `make chaos` are threads
            server = postgres.shared()
            url = server.create(_template())
        yield url, [["worker"]] * workers
        server.drop(url)

    return place


@cache
def _template() -> str:
    """The name of a database with all tables and nothing in them."""
    url = postgres.shared().create()
    ledger = Ledger(url)
    migrate.upgrade(ledger)
    ledger.close()
    queue_tables.install(url)
    return str(ledger.url.database)


ENGINES: dict[str, Engine] = {"sqlite": sqlite, "postgresql": postgresql(1)}
CROWDED: dict[str, Engine] = {"sqlite": sqlite, "postgresql": postgresql(2)}  # as they are killed at random
