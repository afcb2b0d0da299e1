"""What every test has: no network but this machine's own, and a real ledger when it asks for one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_socket
from hypothesis import HealthCheck, settings

import postgres as postgres_server
from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate
from growth import HANGS

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
settings.register_profile(  # its own 0.2 s for an example would be a timed test
    "any machine",
    parent=settings.default,
    deadline=timedelta(seconds=HANGS),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that reaches beyond loopback fails with the address that it wanted."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    if item.get_closest_marker("browser") and not any(map(shutil.which, BROWSERS)):
        pytest.skip("no chromium here: apt install chromium fonts-noto-cjk")


@pytest.fixture(scope="session")
def _new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the newest tables and nothing in them: migrating takes long, copying does not."""
    file = tmp_path_factory.mktemp("ledger") / "duban.sqlite3"
    ledger = Ledger(f"sqlite:///{file}")
    migrate.upgrade(ledger)
    ledger.close()
    return file


@pytest.fixture(scope="session")
def postgres() -> postgres_server.Server:
    """A running PostgreSQL of this test process."""
    if postgres_server.programs() is None:
        pytest.skip(postgres_server.ABSENT)
    return postgres_server.shared()


@pytest.fixture(scope="session")
def _new_postgres(postgres: postgres_server.Server) -> str:
    """The name of a database with the newest tables and nothing in them."""
    url = postgres.create()
    ledger = Ledger(url)
    migrate.upgrade(ledger)
    ledger.close()
    return str(ledger.url.database)


@pytest.fixture
def sqlite_ledger(_new_database: Path, tmp_path: Path) -> Iterator[Ledger]:
    """A real SQLite ledger of the test's own, empty."""
    file = tmp_path / "duban.sqlite3"
    shutil.copy(_new_database, file)
    opened = Ledger(f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture
def empty_postgres(postgres: postgres_server.Server) -> Iterator[str]:
    """The address of a PostgreSQL database of the test's own, without a table."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def postgres_url(postgres: postgres_server.Server, _new_postgres: str) -> Iterator[str]:
    """The address of a PostgreSQL ledger of the test's own, empty."""
    url = postgres.create(_new_postgres)
    yield url
    postgres.drop(url)


@pytest.fixture
def postgres_ledger(postgres_url: str) -> Iterator[Ledger]:
    """A real PostgreSQL ledger of the test's own, empty."""
    opened = Ledger(postgres_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """A real ledger of the test's own, empty: one after another on each engine.

    A module whose tests are of a database's file overrides this with `sqlite_ledger`.
    """
    wanted = "sqlite_ledger" if request.param == "sqlite" else "postgres_ledger"
    found: Ledger = request.getfixturevalue(wanted)
    return found
