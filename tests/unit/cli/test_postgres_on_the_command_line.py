"""The commands on PostgreSQL: upgraded by one command alone, and what a file alone can do is told."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

import postgres as postgres_server
from duban.ledger import outbox
from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate
from duban.ledger.outbox import Sending
from duban.ledger.tables import OutboxRow
from duban_cli.backup import DumpInstead, LoadInstead
from duban_cli.main import cli
from duban_cli.wiring import NotUpgraded
from office import Office, populate


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, env={"DUBAN_DATABASE__URL": url})


def address(ledger: Ledger) -> str:
    return ledger.url.render_as_string(hide_password=False)


def stands_at(url: str) -> str | None:
    ledger = Ledger(url)
    with ledger.reading() as session:
        found = migrate.current(session)
    ledger.close()
    return found


def test_upgrade_from_nothing_and_when_current(empty_postgres: str) -> None:
    first, second = run(empty_postgres, "db", "upgrade"), run(empty_postgres, "db", "upgrade")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "已新建数据库" in first.stderr
    assert "已新建" not in second.stderr
    assert run(empty_postgres, "db", "check").exit_code == 0


def test_check_on_each_engine(ledger: Ledger) -> None:
    done = run(address(ledger), "db", "check")
    assert (done.exit_code, done.stderr.strip()) == (0, "一致。")
    with ledger.connected() as connection, connection.begin():
        connection.exec_driver_sql("ALTER TABLE plans ADD COLUMN forgotten TEXT")
    done = run(address(ledger), "db", "check")
    assert done.exit_code == 3
    assert "forgotten" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("summary",), ("queue", "--json"), ("item", "1"), ("units", "list"),
        ("invite", "--coordinator", "某"),
        ("simulate", "--from", "2026-01-01", "--to", "2026-01-02"), ("db", "check"), ("db", "restored"),
        ("db", "copy", "sqlite:////nowhere/x.sqlite3"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("older", [False, True])
def test_nothing_else_upgrades(
    empty_postgres: str, postgres_ledger: Ledger, words: tuple[str, ...], older: bool, tmp_path: Path
) -> None:
    url = empty_postgres
    if older:
        url = address(postgres_ledger)
        with postgres_ledger.connected() as connection, connection.begin():
            connection.exec_driver_sql("UPDATE alembic_version SET version_num='0001'")
    words = tuple(word.replace("/nowhere", str(tmp_path)) for word in words)
    done = run(url, *words)
    assert isinstance(done.exception, NotUpgraded), done.output
    assert done.exception.exit_code == 3
    assert "duban db upgrade" in str(done.exception)
    assert stands_at(url) == ("0001" if older else None)


def test_a_preview_is_of_a_copy(postgres_ledger: Ledger) -> None:
    """The same as of a file: nothing is written."""
    office = Office(postgres_ledger)
    populate(office)
    began = (
        "--clock",
        "2026-06-10T10:00+08:00",
        "simulate",
        "--from",
        "2026-06-10",
        "--to",
        "2026-06-30",
        "--json",
    )
    done = run(address(postgres_ledger), *began)
    said = json.loads(done.stdout)
    assert {one["unit"] for one in said if one["kind"] == "digest"} >= {"甲局", "乙局"}
    assert not office.rows(OutboxRow)


def test_backup_and_restore_are_the_servers_own(postgres_ledger: Ledger, tmp_path: Path) -> None:
    """The very commands that the sentences name, as far as there are such tools here."""
    secret = postgres_ledger.url.set(password="secret-word").render_as_string(hide_password=False)
    for words, error in ((("backup",), DumpInstead), (("restore", "x.dump"), LoadInstead)):
        done = run(secret, *words)
        assert isinstance(done.exception, error)
        assert done.exception.exit_code == 2
        assert "secret-word" not in str(done.exception)


def test_a_dump_comes_back_and_what_was_on_its_way_is_held(
    postgres_ledger: Ledger, postgres: postgres_server.Server, tmp_path: Path
) -> None:
    tools = postgres_server.programs()
    assert tools is not None
    if not all((tools / name).exists() for name in ("pg_dump", "pg_restore")):
        pytest.skip(postgres_server.ABSENT)
    office = Office(postgres_ledger)
    populate(office)
    with postgres_ledger.writing() as session:
        for key, age in (("old", 48), ("young", 2)):
            then = office.now - timedelta(hours=age)
            outbox.say(session, key=key, html=key, now=then, transport="local", chat="chat-jia")
    file, there = tmp_path / "duban.dump", postgres.create()
    told = str(run(address(postgres_ledger), "backup", str(file)).exception)
    _do(tools, told[told.index("pg_dump") :])
    told = str(run(there, "restore", str(file)).exception)
    command = told[told.index("pg_restore") : told.index("，把")]
    _do(tools, command.replace("duban_new", make_url(there).database or ""))
    done = run(there, "--clock", office.now.isoformat(), "db", "restored")
    assert done.exit_code == 0, done.output
    assert "1 条一天以前的消息" in done.stderr
    restored = Ledger(there)
    rows = {row.key: row for row in Office(restored).rows(OutboxRow)}
    restored.close()
    assert rows["old"].state == Sending.HELD
    assert (rows["young"].state, rows["young"].again) == (Sending.QUEUED, True)
    assert run(there, "db", "check").exit_code == 0
    postgres.drop(there)


def _do(tools: Path, command: str) -> None:
    env = dict(os.environ) | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )
    assert done.returncode == 0, done.stderr
