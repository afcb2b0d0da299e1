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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

import postgres as postgres_server
from botapi.people import User
from duban.ledger.tables import DraftRow, InboxRow
from duban_scheduler import queue_tables
from e2e.browser import free_port
from e2e.machines import FRIDAY, PATIENCE, Machines, heard, open_machines
from e2e.test_faults import MONDAY, TABLE, UNITS, furnish

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stage(postgres: postgres_server.Server) -> str:
    """The address of a ledger with an active plan; every unit has one item and one bound contact."""
    url = postgres.create()
    queue_tables.install(url)
    furnish(url)
    return url


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
    many.until(lambda: _read(many), "another reads it")
    many.start()
    many.until(lambda: not _errands(many), "what the killed one was at is cleared away")
    assert len(_read(many)) == 1, "and was done once"
    assert len(heard(many.boss)) <= 2, "that it takes long is said once, whoever reads"
    assert len(many.rows(DraftRow)) == 1
    assert many.rows(InboxRow.state) == [("done",)]


def _read(many: Machines) -> list[str]:
    """What the coordinator was told of the document, but for the word that it is being read."""
    return [text for text in heard(many.boss) if "正在读" not in text]


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
