"""One machine: real processes on one real file, and what the machine itself can do to them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from duban import resources
from duban.ledger import backup
from duban.ledger.holding import holder
from e2e.process import Machine

pytestmark = pytest.mark.slow

SAMPLE = resources.data("samples")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.close()


def test_a_second_run_ends_with_one_sentence_and_the_first_serves_on(machine: Machine) -> None:
    machine.start()
    assert machine.process is not None
    again = machine.command("run")
    assert again.returncode == 3
    (sentence,) = again.stderr.strip().splitlines()
    for part in (f"进程 {machine.process.pid}", str(machine.database), "起"):
        assert part in sentence
    assert machine.health()[0] == 200


def test_a_killed_one_leaves_no_lock_behind(machine: Machine) -> None:
    machine.start()
    machine.kill()
    assert holder(machine.database) is None
    machine.start()
    assert machine.health()[0] == 200
    assert machine.stop() == 0
    assert holder(machine.database) is None


def test_short_commands_go_on_beside_it(machine: Machine) -> None:
    machine.start()
    for words in (
        ("units", "import", str(SAMPLE / "units.toml")),
        ("import", str(SAMPLE / "plan-2026.txt"), "--yes"),
        ("summary", "--json"),
        ("read", str(SAMPLE / "plan-2026.txt")),
        ("db", "check"),
    ):
        done = machine.command(*words)
        assert done.returncode == 0, done.stderr


def imported(machine: Machine) -> None:
    done = machine.command("import", str(SAMPLE / "plan-2026.txt"), "--yes")
    assert done.returncode == 0, done.stderr


def test_a_backup_while_it_serves(machine: Machine) -> None:
    imported(machine)
    machine.start()
    done = machine.command("backup", "copy.sqlite3", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["plans"] == 1
    assert stat.S_IMODE((machine.folder / "copy.sqlite3").stat().st_mode) == 0o600
    assert machine.command("backup", "copy.sqlite3").returncode == 2, "nothing is overwritten"
    done = machine.command("backup")
    assert done.returncode == 0
    assert "已核验" in done.stderr
    dated = backup.dated(machine.database, machine.folder)
    assert len(dated) >= 1
    assert str(dated[-1]) in done.stderr
    assert machine.health()[0] == 200


def test_a_machine_that_is_off_at_night_has_its_daily_backup_by_day(machine: Machine) -> None:
    imported(machine)
    machine.start()
    machine.until(lambda: backup.dated(machine.database, machine.folder), "the daily backup")
    assert machine.stop() == 0
    machine.start()
    assert machine.stop() == 0
    assert len(backup.dated(machine.database, machine.folder)) == 1, "once a day"


def test_no_daily_backup_where_it_is_off(tmp_path: Path) -> None:
    machine = Machine(tmp_path, DUBAN_BACKUP__KEEP="0")
    try:
        imported(machine)
        machine.start()
        assert machine.stop() == 0
        assert backup.dated(machine.database, machine.folder) == []
    finally:
        machine.close()


def test_restore_refuses_while_somebody_serves(machine: Machine) -> None:
    imported(machine)
    assert machine.command("backup", "copy.sqlite3").returncode == 0
    machine.start()
    refused = machine.command("restore", "copy.sqlite3", "--yes")
    assert refused.returncode == 3
    assert "正在提供服务" in refused.stderr
    assert machine.stop() == 0
    assert machine.command("restore", "copy.sqlite3", "--yes").returncode == 0


def test_restore_shows_what_is_in_it_and_asks(machine: Machine) -> None:
    imported(machine)
    assert machine.command("backup", "copy.sqlite3").returncode == 0
    asked = machine.command("restore", "copy.sqlite3")
    assert asked.returncode == 2, "nobody can be asked here"
    for part in ("1 个方案", "岚溪区2026年优化营商环境", "--yes"):
        assert part in asked.stderr
    machine.database.unlink()
    done = machine.command("restore", "copy.sqlite3", "--yes")
    assert done.returncode == 0, done.stderr
    assert "还没有台账" in done.stderr
    assert json.loads(machine.command("summary", "--json").stdout)["items"] > 0


@pytest.mark.parametrize("name", ["none.sqlite3", "plan.txt", "."])
def test_restore_refuses_in_one_sentence(machine: Machine, name: str) -> None:
    (machine.folder / "plan.txt").write_text("某区重点工作" * 500)
    refused = machine.command("restore", name, "--yes")
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "Traceback" not in refused.stderr


def test_a_backup_that_is_killed_leaves_no_file_of_its_name(machine: Machine) -> None:
    imported(machine)
    with sqlite3.connect(machine.database) as large:  # so that a copy takes a while
        large.execute("CREATE TABLE filler (x BLOB)")
        large.executemany("INSERT INTO filler VALUES (?)", ((os.urandom(100_000),) for _ in range(400)))
    large.close()
    whole = 0
    for n in range(12):
        target = machine.folder / f"copy-{n}.sqlite3"
        command = [sys.executable, "-m", "duban_cli.main", "backup", str(target)]
        with subprocess.Popen(command, env=machine.env, cwd=machine.folder, stderr=subprocess.DEVNULL) as one:
            wait_for(lambda: any(machine.folder.glob(f".copy-{n}.*")) or one.poll() is not None)  # noqa: B023
            time.sleep(n * 0.02)
            one.kill()
        if target.exists():
            whole += 1
            assert backup.examine(target).rows["filler"] == 400
    assert whole < 12, "none was killed in time"


def wait_for(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done() and time.monotonic() < end:
        time.sleep(0.005)


def test_a_restore_that_is_killed_leaves_the_old_or_the_new(machine: Machine) -> None:
    imported(machine)
    copy = machine.folder / "copy.sqlite3"
    assert machine.command("backup", str(copy)).returncode == 0
    with sqlite3.connect(machine.database) as large:
        large.execute("CREATE TABLE filler (x BLOB)")
        large.executemany("INSERT INTO filler VALUES (?)", ((os.urandom(100_000),) for _ in range(300)))
    large.close()
    command = [sys.executable, "-m", "duban_cli.main", "restore", str(copy), "--yes"]
    for n in range(6):
        with subprocess.Popen(command, env=machine.env, cwd=machine.folder, stderr=subprocess.DEVNULL) as one:
            wait_for(lambda: bool(list(machine.folder.glob(".duban.sqlite3.*"))) or one.poll() is not None)
            time.sleep(n * 0.15)
            one.kill()
        found = backup.examine(machine.database)
        assert (found.plans, found.rows.get("filler", 0)) in {(1, 300), (1, 0)}
    assert machine.command("restore", str(copy), "--yes").returncode == 0
    assert "filler" not in backup.examine(machine.database).rows


def test_health_and_metrics_of_a_serving_process(machine: Machine) -> None:
    imported(machine)
    machine.start()
    machine.until(lambda: machine.health()[1].get("database_bytes"), "figures")
    status, told = machine.health()
    assert (status, told["problems"]) == (200, [])
    assert told["tick_age_seconds"] < 10
    status, text = machine.get("/metrics")
    assert status == 200
    assert "duban_healthy 1.0" in text
    for page in (text, json.dumps(told)):
        for secret in ("岚溪", "督办", str(machine.folder), "/start/"):
            assert secret not in page


def test_behind_a_proxy_figures_need_the_token(tmp_path: Path) -> None:
    machine = Machine(tmp_path, DUBAN_WEB__BEHIND_PROXY="true", DUBAN_WEB__HEALTH_TOKEN="s3cret")
    try:
        machine.start()
        assert machine.get("/healthz")[0] == 401
        assert machine.get("/metrics", Authorization="Bearer s3cret")[0] == 200
        assert "s3cret" not in machine.log
    finally:
        machine.close()


def test_systemd_hears_that_it_is_ready_alive_and_stopping(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    machine = Machine(tmp_path, NOTIFY_SOCKET=address, WATCHDOG_USEC="600000")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(20)
        try:
            machine.start()
            heard = [systemd.recv(100).decode() for _ in range(4)]
            assert "READY=1" in heard
            assert heard.count("WATCHDOG=1") >= 2
            assert machine.stop() == 0
            systemd.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                while True:
                    heard.append(systemd.recv(100).decode())
            assert "STOPPING=1" in heard
        finally:
            machine.close()
