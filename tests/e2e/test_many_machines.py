"""`duban run` and `duban worker`s on one PostgreSQL, and what can befall each of them.

Promised: one speaks at a time and another takes over, nothing is lost or silent, a repeat says 补发, and all
goes on by itself when the database comes back.
"""

from __future__ import annotations

import json
import os
import re
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

import pytest
from sqlalchemy import make_url, select

import postgres as postgres_server
from botapi import Server
from botapi.people import User
from duban.ledger import outbox, people
from duban.ledger.database import Ledger
from duban.ledger.tables import DraftRow, InboxRow, OutboxRow
from duban_scheduler import queue_tables
from e2e.browser import free_port
from e2e.test_faults import BOSS, FIRST, MONDAY, TABLE, UNITS, furnish

pytestmark = pytest.mark.slow

FRIDAY = "2026-03-20T10:00:05+08:00"
AGAIN = "补发"
PATIENCE = 120.0  # seconds
WHO_LEADS = (
    "SELECT application_name FROM pg_stat_activity WHERE datname = '{name}' AND pid IN"
    " (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)"
    " AND application_name LIKE 'duban lead%'"
)


@pytest.fixture(scope="module")
def stage(postgres: postgres_server.Server) -> str:
    """The address of a ledger with an active plan; every unit has one item and one bound contact."""
    url = postgres.create()
    queue_tables.install(url)
    furnish(url)
    return url


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


@pytest.fixture
def many(stage: str, postgres: postgres_server.Server, tmp_path: Path) -> Iterator[Machines]:
    url = postgres.create(str(make_url(stage).database))
    yield from open_machines(tmp_path, postgres, url)
    postgres.drop(url)


@pytest.fixture
def own_many(tmp_path: Path) -> Iterator[Machines]:
    """With a database server of the test's own."""
    if postgres_server.programs() is None:
        pytest.skip(postgres_server.ABSENT)
    with postgres_server.running() as database:
        url = database.create()
        queue_tables.install(url)
        furnish(url)
        yield from open_machines(tmp_path, database, url)


def test_three_say_it_once(many: Machines) -> None:
    many.clock = MONDAY
    pages = many.start("run")
    many.start()
    many.start()
    many.until(many.settled, "the round ended")
    assert many.states() == {"sent": UNITS}
    assert [len(heard(user)) for user in many.contacts] == [1] * UNITS
    beside = many.start("run")
    many.until(lambda: beside.problems() == [], "a second one with pages serves beside the first")
    many.until(lambda: pages.problems() == [], "and all is well, whoever ticks and polls")
    for user in many.contacts[:6]:
        user.say("第1项推进中，大概60%")
    many.until(lambda: all(len(heard(user)) == 2 for user in many.contacts[:6]), "all are answered")
    assert many.all_live()
    assert [one.end(signal.SIGTERM) for one in many.processes] == [0] * 4


def test_who_leads_is_killed_in_the_middle_of_a_round(many: Machines) -> None:
    many.start_all("worker", "run", "worker")
    lead = many.lead()
    many.begin_round(slowly=1)
    many.until(lambda: many.taken >= 5, "the round began")
    lead.end(signal.SIGKILL)
    many.interrupted()
    many.until(many.settled, "the round ended")
    assert many.states() == {"sent": UNITS}
    assert many.repeats() <= 4, "only what was in flight is repeated"
    assert many.lead() is not lead


def test_who_leads_is_asked_to_end(many: Machines) -> None:
    many.start_all("worker", "worker")
    lead = many.lead()
    many.begin_round(slowly=0.5)
    many.until(lambda: many.taken >= 3, "the round began")
    lead.popen.terminate()
    many.interrupted()
    assert lead.popen.wait(PATIENCE) == 0
    many.until(many.settled, "the round ended")
    assert many.lead() is not lead
    assert many.states() == {"sent": UNITS}
    assert many.repeats() == 0, "nothing was in doubt"


def test_only_the_connection_of_who_leads_is_cut(many: Machines) -> None:
    """It lives on, and believes for a moment that it leads: two might send."""
    many.start_all("worker", "worker", "worker")
    many.begin_round(slowly=1)
    many.until(lambda: many.taken >= 4, "the round began")
    many.cut_lead()
    many.interrupted()
    many.until(many.settled, "the round ended")
    assert many.states() == {"sent": UNITS}
    assert many.repeats() <= 4
    user = many.contacts[0]
    user.say("第1项推进中，大概60%")
    many.until(lambda: "60%" in heard(user)[-1], "whoever listens now answers")
    assert many.all_live()


def test_the_database_goes_away_in_the_middle_of_a_round(own_many: Machines) -> None:
    many = own_many
    many.start_all("run", "worker", "worker")
    pages = many.processes[0]
    many.begin_round(slowly=1)
    many.until(lambda: many.taken >= 4, "the round began")
    many.database.stop()
    many.interrupted()
    user = many.contacts[0]
    user.say("第1项推进中，大概60%")
    many.until(lambda: "database-unreachable" in pages.problems(), "it says so")
    assert pages.get("/healthz")[0] == 503
    time.sleep(5)
    assert many.all_live()
    many.database.start()
    many.until(
        lambda: "60%" in heard(user)[-1] and many.settled(), "the round ended, and an answer was given"
    )
    many.until(lambda: pages.problems() == [], "all is well again")
    assert many.all_live()
    assert many.states() == {"sent": UNITS + 1}
    assert many.repeats() <= 4
    document(many.boss)
    many.until(lambda: heard(many.boss), "the queue does errands again")
    assert many.all_live()


def document(user: User) -> None:
    body = (
        TABLE.format(rows="\t1\n\n\t办好第1件实事，12月31日前完成。\n\n\t实1局")
        .replace("2026", "2027")
        .encode()
    )
    user.send_document("plan.txt", body)


def _errands(many: Machines) -> list[tuple[Any, ...]]:
    return many.look("SELECT status FROM duban_queue.procrastinate_jobs WHERE task_name = 'errand'")


def test_a_document_is_read_once_though_its_reader_is_killed(many: Machines) -> None:
    many.server.faults.add("delay", 1, seconds=600, methods={"getfile"})
    reader = many.start()
    document(many.boss)
    many.until(lambda: _errands(many) == [("doing",)], "it is being read")
    many.start()
    reader.end(signal.SIGKILL)
    many.until(lambda: heard(many.boss), "another reads it")
    many.start()
    many.until(lambda: not _errands(many), "what the killed one was at is cleared away")
    assert len(heard(many.boss)) == 1, "and was done once"
    assert len(many.rows(DraftRow)) == 1
    assert many.rows(InboxRow.state) == [("done",)]


def test_what_a_worker_writes_is_on_the_page_of_another(many: Machines) -> None:
    many.start()
    lead = many.lead()
    pages = many.start("run")
    made = json.loads(many.command("--clock", FRIDAY, "invite", "--coordinator", "李四", "--json"))
    token = made[0]["token"]
    status, _, cookies = pages.get("/start", {"token": token, "name": "李四"})
    assert status == 303
    cookie = cookies.partition(";")[0]
    user = re.sub(r"^[^_]*_", "", cookie.partition("=")[0])
    asked = urllib.request.Request(
        f"http://127.0.0.1:{pages.port}/chat/{user}/events", headers={"Cookie": cookie}
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE) as stream:
        many.until(lambda: "李四" in stream.readline().decode(), "it is greeted")
        assert pages.get(f"/chat/{user}/say", {"text": "/plans"}, cookie)[0] == 204
        many.until(lambda: _says(stream.readline().decode(), "某区2026年"), "the answer")
    assert many.lead() is lead, "which another process wrote"


def _says(line: str, words: str) -> bool:
    if not line.startswith("data: "):
        return False
    shown = json.loads(line.removeprefix("data: "))
    return isinstance(shown, dict) and shown["side"] == "bot" and words in shown["html"]


def test_a_worker_on_a_file_is_refused(tmp_path: Path) -> None:
    done = serve_once(tmp_path, f"sqlite:///{tmp_path / 'duban.sqlite3'}", "worker")
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)
    assert "duban run" in done.stderr


@pytest.mark.parametrize("serve", ["worker", "run"])
def test_without_the_queues_tables_nobody_serves(postgres_url: str, tmp_path: Path, serve: str) -> None:
    done = serve_once(tmp_path, postgres_url, serve)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (3, 1), done.stderr
    assert "duban db upgrade" in done.stderr


def serve_once(folder: Path, url: str, serve: str) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")}
    return subprocess.run(
        [sys.executable, "-m", "duban_cli.main", serve], cwd=folder, capture_output=True, text=True,
        env=environ | {"DUBAN_DATABASE__URL": url, "DUBAN_WEB__PORT": str(free_port())}, timeout=PATIENCE,
        check=False,
    )  # fmt: skip
