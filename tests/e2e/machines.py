"""Many processes of Duban on one PostgreSQL as real processes: what test_many_machines stands on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select

import postgres as postgres_server
from botapi import Server
from botapi.people import User
from duban.ledger import outbox, people
from duban.ledger.database import Ledger
from duban.ledger.tables import OutboxRow
from e2e.browser import free_port
from e2e.test_faults import BOSS, FIRST, UNITS

FRIDAY = "2026-03-20T10:00:05+08:00"
AGAIN = "补发"
PATIENCE = 120.0  # seconds
WHO_LEADS = (
    "SELECT application_name FROM pg_stat_activity WHERE datname = '{name}' AND pid IN"
    " (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)"
    " AND application_name LIKE 'duban lead%'"
)


@dataclass
class Process:
    """One of the many."""

    popen: subprocess.Popen[bytes]
    port: int  # of its pages, where it has any

    @property
    def lives(self) -> bool:
        return self.popen.poll() is None

    def end(self, sign: signal.Signals) -> int:
        self.popen.send_signal(sign)
        return self.popen.wait(PATIENCE)

    def get(self, path: str, data: dict[str, str] | None = None, cookie: str = "") -> tuple[int, str, str]:
        """(status, body, cookies) of a page; (0, "", "") where nobody answers."""
        form = urllib.parse.urlencode(data).encode() if data is not None else None
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=form, headers={"Cookie": cookie}
        )
        try:
            with NO_REDIRECT.open(asked, timeout=10) as answer:
                return answer.status, answer.read().decode(), answer.headers.get("Set-Cookie", "")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers.get("Set-Cookie", "")
        except OSError:
            return 0, "", ""

    def problems(self) -> list[str]:
        """/healthz."""
        _, body, _ = self.get("/healthz")
        return list(json.loads(body)["problems"]) if body else ["nobody there"]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


NO_REDIRECT = urllib.request.build_opener(_Stay)


@dataclass
class Machines:
    """A database, a Bot API, and the processes between them."""

    folder: Path
    database: postgres_server.Server
    server: Server
    url: str
    clock: str = FRIDAY
    processes: list[Process] = field(default_factory=list)

    def start(self, serve: str = "worker") -> Process:
        """One process more."""
        port = free_port()
        with (self.folder / "out").open("ab") as out, (self.folder / "err").open("ab") as err:
            popen = subprocess.Popen(
                [sys.executable, "-m", "duban_cli.main", "--clock", self.clock, "--speed", "1", serve],
                env=self._environ(port), cwd=self.folder, stdout=out, stderr=err,
            )  # fmt: skip
        self.processes.append(Process(popen, port))
        if serve == "run":
            self.until(lambda: self.processes[-1].get("/healthz")[0], "the first page")
        return self.processes[-1]

    def command(self, *arguments: str) -> str:
        """A command beside them; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "duban_cli.main", *arguments], env=self._environ(free_port()),
            cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _environ(self, port: int) -> dict[str, str]:
        return {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")} | {
            "DUBAN_DATABASE__URL": self.url,
            "DUBAN_TELEGRAM__TOKEN": self.server.token,
            "DUBAN_TELEGRAM__BASE_URL": self.server.base_url,
            "DUBAN_WEB__PORT": str(port),
        }

    @property
    def contacts(self) -> list[User]:
        return [self.server.user(FIRST + n) for n in range(UNITS)]

    @property
    def boss(self) -> User:
        return self.server.user(BOSS)

    @property
    def log(self) -> str:
        file = self.folder / "err"
        return file.read_text("utf-8") if file.exists() else ""

    def start_all(self, *serve: str) -> None:
        """So many processes, and all of them serve: one leads, the others wait for it."""
        for one in serve:
            self.start(one)
        self.until(lambda: len(self._connected()) == len(serve), "all serve")
        self.lead()

    def _connected(self) -> list[tuple[Any, ...]]:
        name = make_url(self.url).database
        return self.look(
            f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'"
            " AND application_name LIKE 'duban lead%'"
        )

    def begin_round(self, *, slowly: float) -> None:
        """A message to each contact; the chat takes them, and says so after so many seconds each."""
        self.server.faults.add("delay-after", UNITS, seconds=slowly)
        ledger = Ledger(self.url)
        with ledger.writing() as session:
            for n, user in enumerate(self.contacts):
                person = people.person_of(session, "telegram", str(user.id))
                now = datetime.fromisoformat(FRIDAY)
                assert outbox.say(session, key=f"round:{n}", html=f"通知{n}", person=person, now=now)
        ledger.close()

    @property
    def taken(self) -> int:
        """How many messages to contacts the chat has taken."""
        return sum(len(user.received()) for user in self.contacts)

    def interrupted(self) -> None:
        """The round is not over: what was done to it was done in the middle."""
        assert self.taken < UNITS, "too late to show anything"
        self.server.faults.clear()

    def lead(self) -> Process:
        """Who speaks now."""
        found: list[Process] = []

        def is_found() -> bool:
            asked = WHO_LEADS.format(name=make_url(self.url).database)
            pids = {int(name.split()[-1]) for (name,) in self.look(asked)}
            found[:] = [one for one in self.processes if one.popen.pid in pids and one.lives]
            return bool(found)

        self.until(is_found, "somebody leads")
        (one,) = found
        return one

    def cut_lead(self) -> None:
        """The server ends the connection of who leads, and no other."""
        (name,) = self.look(WHO_LEADS.format(name=make_url(self.url).database))[0]
        self.database.do(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'"
        )

    def look(self, asked: str) -> list[tuple[Any, ...]]:
        with postgres_server.psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(asked.encode()).fetchall()

    def rows(self, *asked: Any) -> list[Any]:
        ledger = Ledger(self.url)
        try:
            with ledger.reading() as session:
                return list(session.execute(select(*asked)).all())
        finally:
            ledger.close()

    def states(self) -> Counter[str]:
        return Counter(state for (state,) in self.rows(OutboxRow.state))

    def settled(self) -> bool:
        """Everybody was planned for, and nothing is on its way."""
        states = self.states()
        return sum(states.values()) >= UNITS and not states.keys() & {"queued", "claimed", "sending"}

    def until(self, done: Callable[[], Any], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, f"{what}\n{self.log[-3000:]}"
            time.sleep(0.05)

    def all_live(self) -> bool:
        return all(one.lives for one in self.processes)

    def repeats(self) -> int:
        """Whoever got a text twice was told so. Returns how many were."""
        twice = 0
        for user in self.contacts:
            texts = heard(user)
            plain = [text for text in texts if AGAIN not in text]
            assert texts, "nothing is lost"
            assert len(plain) == len(set(plain)), f"a repeat without a word: {texts}"
            twice += len(texts) - len(plain)
        return twice


def heard(user: User) -> list[str]:
    return [seen.text for seen in user.received()]


def open_machines(folder: Path, database: postgres_server.Server, url: str) -> Iterator[Machines]:
    with Server(log=folder / "calls.jsonl") as server:
        made = Machines(folder, database, server, url)
        for user in (*made.contacts, made.boss):
            server.world.chats[user.id].started = True
        try:
            yield made
        finally:
            for one in made.processes:
                if one.lives:
                    one.end(signal.SIGKILL)
        assert "Traceback" not in made.log, made.log[made.log.index("Traceback") - 500 :][:4000]
