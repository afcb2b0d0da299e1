"""A real PostgreSQL for the tests: on loopback, as an unprivileged user, in a temporary folder.

Durability is switched off: a test that pulls the plug is none of these.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

ABSENT = "no PostgreSQL here: apt install postgresql"
USER = "duban"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "32MB"}
DURABLE = {"shared_buffers": "64MB"}
PATIENCE = 30.0  # seconds


def programs() -> Path | None:
    """The folder of the server's programs (Debian keeps them off PATH); the newest."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/postgres"), *map(Path, filter(None, [_on_path()]))]
    return max(found, key=lambda file: (len(str(file)), str(file))).parent if found else None


def _on_path() -> str | None:
    return shutil.which("postgres")


@dataclass
class Server:
    """A running server."""

    port: int
    folder: Path
    command: list[str]
    runs_as: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str = "postgres") -> str:
        """An address as `database.url` takes it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """A new database, a copy of a template; its address."""
        name = f"duban_{next(self.numbers)}"
        self.do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """It goes, whoever is still connected."""
        self.do(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def do(self, statement: str) -> None:
        """One statement outside a transaction."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def start(self) -> None:
        """On the same port, with what was there."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdout=log, stderr=log, **self.runs_as
            )
        _until_ready(self)

    def stop(self, sign: signal.Signals = signal.SIGINT) -> None:
        """ "Fast": whoever is connected is cut off."""
        if self.process is not None:
            self.process.send_signal(sign)
            self.process.wait(PATIENCE)
            self.process = None

    def log(self) -> str:
        """What the server says."""
        return (self.folder / "log").read_text("utf-8", "replace")


@cache
def shared() -> Server:
    """The one server of this process, until the process ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running())


@contextmanager
def running(settings: dict[str, str] = FAST) -> Iterator[Server]:
    """A server of one's own, empty; gone afterwards. The programs have to be there."""
    found = programs()
    assert found is not None, ABSENT
    folder = Path(tempfile.mkdtemp(prefix="duban-pg-"))
    who = _unprivileged()
    if who is not None:
        os.chown(folder, who.pw_uid, who.pw_gid)
    drop: dict[str, Any] = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    made = subprocess.run(
        [
            found / "initdb", "-D", folder / "data", "-U", USER, "-A", "trust",
            "-E", "UTF8", "--locale=C", "--no-sync",
        ],
        cwd=folder, capture_output=True, text=True, check=False, **drop,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    port = _free_port()
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
    command = [str(found / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
    for name, value in (options | settings).items():
        command += ["-c", f"{name}={value}"]
    server = Server(port, folder, command, drop)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as where we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_ready(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            server.do("SELECT 1")
        except psycopg.OperationalError:
            assert server.process is not None
            assert server.process.poll() is None, server.log()
            assert time.monotonic() < end, server.log()
            time.sleep(0.05)
        else:
            return
