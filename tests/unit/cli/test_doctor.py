"""The doctor: each thing that can be wrong is found, says what to do, and turns the exit code."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from botapi import Server
from duban import resources
from duban.clock import RealClock
from duban.ledger import audit, backup, inbox, meta, outbox, people
from duban.ledger.database import Ledger
from duban.ledger.holding import hold
from duban.ledger.retention import RULES
from duban.ledger.tables import InboxRow, OutboxRow, PersonRow
from duban_cli import doctor
from duban_cli.main import cli
from office import Office, populate

ROOT = Path(__file__).parents[3]
WORDS = tomllib.loads((resources.templates() / "cli" / "doctor.toml").read_text(encoding="utf-8"))
NOW = datetime.now(UTC)
WELL = {
    "database": "there", "private": "ok", "serving": "nobody", "integrity": "ok", "references": "ok",
    "tables": "ok", "clock": "ok", "coordinator": "ok", "contacts": "ok", "outbox": "ok", "inbox": "ok",
    "unknown": "ok", "held": "ok", "set_aside": "ok", "backup": "ok", "retention": "ok", "chat": "local",
    "disk": "ok",
}  # fmt: skip
OF_A_FILE = {"private", "serving", "integrity", "references", "backup", "disk"}
WELL_SERVED = {check: state for check, state in WELL.items() if check not in OF_A_FILE} | {
    "database": "server",
    "server_clock": "ok",
}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment of the test: in a long run the module's own is long ago."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", datetime.now(UTC))


@pytest.fixture
def office(sqlite_ledger: Ledger, tmp_path: Path) -> Office:
    """A healthy office of today in a file, with a backup."""
    office = Office(sqlite_ledger, now=NOW)
    populate(office)
    assert sqlite_ledger.path is not None
    backup.rotated(sqlite_ledger.path, tmp_path, keep=2, now=NOW)
    return office


@pytest.fixture
def served(postgres_ledger: Ledger) -> Office:
    """The same on a server."""
    office = Office(postgres_ledger, now=NOW)
    populate(office)
    return office


@pytest.fixture(params=["office", "served"])
def either(request: pytest.FixtureRequest) -> Office:
    """The same on each engine."""
    found: Office = request.getfixturevalue(request.param)
    return found


def well(office: Office) -> dict[str, str]:
    return WELL if office.ledger.path is not None else WELL_SERVED


def examined(office: Office, **environ: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """(exit code, check → row); the calendar's years aside, which go on by themselves."""
    env = {"DUBAN_DATABASE__URL": office.ledger.url.render_as_string(hide_password=False)} | environ
    done = CliRunner().invoke(cli, ["doctor", "--json"], env=env, catch_exceptions=False)
    rows = json.loads(done.stdout)
    assert all(row["ok"] == (not row["todo"]) for row in rows)
    return done.exit_code, {row["check"]: row for row in rows if row["check"] != "calendar"}


def states(rows: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {check: row["state"] for check, row in rows.items()}


def test_all_is_well(either: Office) -> None:
    code, rows = examined(either)
    assert states(rows) == well(either)
    assert code == 0


def _write(office: Office, change: Callable[[Any], Any]) -> None:
    with office.ledger.writing() as session:
        change(session)


def _sent(session: Any, state: str, age: timedelta = timedelta(hours=1)) -> None:
    outbox.say(session, key="k", html="x", now=NOW - age, transport="local", chat="c")
    session.execute(update(OutboxRow).values(state=state))


def _heard(session: Any, state: str) -> None:
    inbox.take(session, "local", [("1", {"user": "x"})], now=NOW - timedelta(hours=1))
    session.execute(update(InboxRow).values(state=state))


def _nobody(session: Any) -> None:
    session.execute(update(PersonRow).where(PersonRow.coordinator).values(coordinator=False))


def _unreachable(session: Any) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == 1).values(reachable=False))


def _ahead(session: Any) -> None:
    audit.record(session, now=NOW + timedelta(hours=2), actor="cli", act="x", object="y")


def _virtual(session: Any) -> None:
    meta.remember_clock(session, NOW)


def _left(session: Any) -> None:
    people.leave(session, session.get_one(PersonRow, 4), now=NOW - timedelta(days=91), actor="cli")


def _left_long_ago(session: Any) -> None:
    people.leave(session, session.get_one(PersonRow, 4), now=NOW - timedelta(days=99), actor="cli")


@pytest.mark.parametrize(
    ("change", "check", "state", "part"),
    [
        (lambda s: _sent(s, "queued"), "outbox", "late", "分钟"),
        (lambda s: _sent(s, "unknown"), "unknown", "some", "1 条"),
        (lambda s: _sent(s, "held"), "held", "some", "--release"),
        (lambda s: _heard(s, "new"), "inbox", "late", "分钟"),
        (lambda s: _heard(s, "set_aside"), "set_aside", "some", "1 条"),
        (_nobody, "coordinator", "none", "invite --coordinator"),
        (_unreachable, "contacts", "missing", "甲局"),
        (_ahead, "clock", "behind", "还早"),
        (_left_long_ago, "retention", "behind", "离任人员 1 人"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_ledger(
    either: Office, change: Callable[[Any], Any], check: str, state: str, part: str
) -> None:
    _write(either, change)
    code, rows = examined(either)
    assert states(rows) == well(either) | {check: state}
    assert part in rows[check]["what"] + rows[check]["todo"]
    assert code == 1


@pytest.mark.parametrize(
    ("change", "check", "state"),
    [
        (_virtual, "clock", "virtual"),
        (_left, "retention", "tonight"),
        (lambda s: _sent(s, "unknown", timedelta(days=31)), "unknown", "ok"),
        (lambda s: _sent(s, "queued", timedelta(minutes=5)), "outbox", "ok"),
    ],
)  # fmt: skip
def test_what_is_told_and_is_no_trouble(
    either: Office, change: Callable[[Any], Any], check: str, state: str
) -> None:
    _write(either, change)
    code, rows = examined(either)
    assert states(rows) == well(either) | {check: state}
    assert code == 0


def _scribble(path: Path) -> None:
    body = bytearray(path.read_bytes())
    for page in range(5, len(body) // 4096):
        body[page * 4096 : page * 4096 + 40] = os.urandom(40)
    path.write_bytes(body)


def _sql(path: Path, words: str) -> None:
    with sqlite3.connect(path) as other:
        other.execute(words)
    other.close()


def _old_backup(path: Path) -> None:
    for one in path.parent.glob("*.backup-*"):
        then = NOW.timestamp() - 60 * 3600
        os.utime(one, (then, then))


def _no_backup(path: Path) -> None:
    for one in path.parent.glob("*.backup-*"):
        one.unlink()


@pytest.mark.parametrize(
    ("change", "check", "state"),
    [
        (lambda path: path.chmod(0o644), "private", "open"),
        (lambda path: _sql(path, "DELETE FROM items"), "references", "broken"),
        (lambda path: _sql(path, "UPDATE alembic_version SET version_num='0001'"), "tables", "older"),
        (lambda path: _sql(path, "UPDATE alembic_version SET version_num='9999'"), "tables", "newer"),
        (lambda path: _sql(path, "DROP TABLE alembic_version"), "tables", "foreign"),
        (lambda path: _sql(path, "ALTER TABLE plans ADD COLUMN x TEXT"), "tables", "differ"),
        (lambda path: path.write_bytes(b"garbage" * 999), "database", "broken"),
        (_old_backup, "backup", "old"),
        (_no_backup, "backup", "none"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_files(
    office: Office, change: Callable[[Path], Any], check: str, state: str
) -> None:
    office.ledger.close()
    assert office.ledger.path is not None
    change(office.ledger.path)
    code, rows = examined(office)
    assert rows[check]["state"] == state
    assert rows[check]["todo"]
    assert code == 1


def test_a_scribbled_file(office: Office) -> None:
    office.ledger.close()
    assert office.ledger.path is not None
    _scribble(office.ledger.path)
    code, rows = examined(office)
    assert "restore" in (rows.get("integrity") or rows["database"])["todo"]
    assert code == 1


def test_nothing_there_is_nothing_made(office: Office, tmp_path: Path) -> None:
    none = tmp_path / "none" / "duban.sqlite3"
    code, rows = examined(office, DUBAN_DATABASE__URL=f"sqlite:///{none}")
    assert states(rows) == {"database": "none", "chat": "local", "disk": "ok"}
    assert code == 1
    assert not none.parent.exists()


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("UPDATE alembic_version SET version_num='0001'", "older"),
        ("UPDATE alembic_version SET version_num='9999'", "newer"),
        ("DROP TABLE alembic_version", "foreign"),
        ("ALTER TABLE plans ADD COLUMN x TEXT", "differ"),
        ("DROP SCHEMA public CASCADE; CREATE SCHEMA public", "none"),
    ],
)
def test_tables_on_a_server(served: Office, words: str, state: str) -> None:
    with served.ledger.connected() as connection, connection.begin():
        connection.exec_driver_sql(words)
    code, rows = examined(served)
    assert rows["tables"]["state"] == state
    assert rows["tables"]["todo"]
    assert code == 1


@pytest.mark.parametrize(("change", "part"), [({"port": 1}, "连不上"), ({"database": "none"}, "没有这个库")])
def test_a_server_that_cannot_be_asked(served: Office, change: dict[str, Any], part: str) -> None:
    gone = served.ledger.url.set(password="secret-word", **change).render_as_string(hide_password=False)
    code, rows = examined(served, DUBAN_DATABASE__URL=gone)
    assert states(rows) == {"database": "unreachable", "chat": "local"}
    assert part in rows["database"]["todo"]
    assert "secret-word" not in str(rows)
    assert code == 1


def test_two_clocks(served: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RealClock, "now", lambda _: datetime.now(UTC) + timedelta(minutes=3))
    code, rows = examined(served)
    assert rows["server_clock"]["state"] == "differs"
    assert re.search("-1[78]. 秒", rows["server_clock"]["what"])
    assert code == 1


def test_who_serves_is_said(office: Office) -> None:
    assert office.ledger.path is not None
    with hold(office.ledger.path, doing="serve", now=NOW):
        code, rows = examined(office)
    assert str(os.getpid()) in rows["serving"]["what"]
    assert code == 0


@pytest.mark.parametrize(
    ("environ", "check", "state", "code"),
    [
        ({"DUBAN_BACKUP__KEEP": "0"}, "backup", "off", 0),
        ({"DUBAN_WEB__ENABLED": "false"}, "chat", "nobody", 1),
        ({"DUBAN_BACKUP__FOLDER": "elsewhere"}, "backup", "none", 1),
    ],
)
def test_settings(office: Office, environ: dict[str, str], check: str, state: str, code: int) -> None:
    exit_code, rows = examined(office, **environ)
    assert (rows[check]["state"], exit_code) == (state, code)


def test_the_chat_is_asked_who_we_are(office: Office, tmp_path: Path) -> None:
    with Server(log=tmp_path / "calls.jsonl") as server:
        there = {"DUBAN_TELEGRAM__BASE_URL": server.base_url}
        code, rows = examined(office, DUBAN_TELEGRAM__TOKEN=server.token, **there)
        assert rows["chat"]["state"] == "ok"
        assert code == 0
        code, rows = examined(office, DUBAN_TELEGRAM__TOKEN="42:BBE-another-token-of-no-bot-xxxxxxx", **there)
        assert "BotFather" in rows["chat"]["todo"]
    code, rows = examined(
        office, DUBAN_TELEGRAM__TOKEN="42:x", DUBAN_TELEGRAM__BASE_URL="http://127.0.0.1:9/bot"
    )
    assert (rows["chat"]["state"], code) == ("refused", 1)


def test_no_room(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM", 10**9)
    code, rows = examined(office)
    assert (rows["disk"]["state"], code) == ("low", 1)


@pytest.mark.parametrize(("day", "then"), [("2030-11-01", "coming"), ("2030-12-20", "missing")])
def test_a_calendar_that_is_not_there_yet(
    office: Office, monkeypatch: pytest.MonkeyPatch, day: str, then: str
) -> None:
    monkeypatch.setattr(RealClock, "now", lambda _: datetime.fromisoformat(f"{day}T04:00+00:00"))
    env = {"DUBAN_DATABASE__URL": f"sqlite:///{office.ledger.path}"}
    rows = json.loads(CliRunner().invoke(cli, ["doctor", "--json"], env=env).stdout)
    found = {row["name"]: row["state"] for row in rows if row["check"] == "calendar"}
    assert found == {"2030 年放假安排": "missing", "2031 年放假安排": then}


def test_in_words_each_line_says_what_is_and_what_to_do(office: Office) -> None:
    _write(office, _nobody)
    env = {"DUBAN_DATABASE__URL": f"sqlite:///{office.ledger.path}"}
    done = CliRunner().invoke(cli, ["doctor"], env=env)
    assert "✗ 督办员：还没有\n　　→ duban invite --coordinator 姓名" in done.stdout
    assert done.stdout.rstrip().endswith("有 1 件事要做。")


def test_code_and_words_name_the_same_states() -> None:
    source = (ROOT / "cli/duban_cli/doctor.py").read_text(encoding="utf-8")
    kinds = WORDS["kinds"]
    assert set(kinds) == {rule.name for rule in RULES} | {"copies"}
    for check, section in WORDS.items():
        if check == "kinds":
            continue
        assert f'"{check}"' in source
        for state in section.keys() - {"name"}:
            assert re.search(rf'"{state}"', source), (check, state)
