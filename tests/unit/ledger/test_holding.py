"""One serving process at a time on a database file, whatever becomes of it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from duban.errors import EnvironmentNotThere
from duban.ledger import holding
from duban.ledger.holding import HeldByAnother, hold, holder, lock_file

NOW = datetime(2026, 3, 20, 10, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
HOLDER = """
import sys, time
from datetime import datetime
from pathlib import Path
from duban.ledger.holding import hold
with hold(Path(sys.argv[1]), doing="serve", now=datetime.fromisoformat(sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "duban.sqlite3"
    file.touch()
    return file


@contextmanager
def held_elsewhere(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process holds it."""
    command = [sys.executable, "-c", HOLDER, str(database), NOW.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_the_second_is_told_who_holds_it(database: Path) -> None:
    assert holder(database) is None
    with held_elsewhere(database) as other:
        who = holder(database)
        assert who is not None
        assert (who.pid, who.since, who.doing) == (other.pid, "2026-03-20 10:05", "serve")
        with pytest.raises(HeldByAnother) as caught, hold(database, doing="serve", now=NOW):
            pass
    said = str(caught.value)
    assert caught.value.exit_code == 3
    for part in (str(database), f"进程 {other.pid}", "2026-03-20 10:05", "正在提供服务"):
        assert part in said
    assert "\n" not in said


def test_a_killed_holder_holds_nothing(database: Path) -> None:
    with held_elsewhere(database) as other:
        other.send_signal(signal.SIGKILL)
        other.wait(5)
        assert str(other.pid) in lock_file(database).read_text(), "what it said stays"
        assert holder(database) is None, "and is not believed"
        with hold(database, doing="serve", now=NOW):
            who = holder(database)
            assert who is not None
            assert who.pid == os.getpid()
    assert holder(database) is None


def test_a_pid_that_is_alive_is_not_believed_either(database: Path) -> None:
    lock_file(database).write_text(f'{{"pid": {os.getpid()}, "host": "h", "since": "s", "doing": "serve"}}')
    assert holder(database) is None
    with hold(database, doing="serve", now=NOW):
        pass


def test_another_name_of_the_file_is_the_same_file(database: Path, tmp_path: Path) -> None:
    (tmp_path / "other.sqlite3").symlink_to(database)
    with held_elsewhere(database), pytest.raises(HeldByAnother):
        hold(tmp_path / "other.sqlite3", doing="serve", now=NOW).__enter__()


def test_a_child_that_outlives_the_holder_holds_nothing(database: Path) -> None:
    """A document is read in a child: when its parent is killed, the child must not keep the lock."""
    child = (
        "import subprocess; "
        "print(subprocess.Popen(['sleep', '30'], close_fds=False, stdout=2).pid, flush=True)"
    )
    script = HOLDER.replace('print("held", flush=True)', child)
    command = [sys.executable, "-c", script, str(database), NOW.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        sleeper = int(process.stdout.readline())
        assert holder(database) is not None
        time.sleep(0.2)
        process.kill()
    try:
        os.kill(sleeper, 0)  # it lives
        assert holder(database) is None
    finally:
        os.kill(sleeper, signal.SIGKILL)


def test_who_only_asks_is_not_in_the_way(database: Path) -> None:
    ask = (
        "from pathlib import Path; from duban.ledger.holding import holder\n"
        f"while True: holder(Path({str(database)!r}))"
    )
    with hold(database, doing="serve", now=NOW):
        pass
    with subprocess.Popen([sys.executable, "-c", ask]) as asking:
        time.sleep(0.5)
        refused = 0
        for _ in range(50):
            try:
                with hold(database, doing="serve", now=NOW):
                    pass
            except HeldByAnother:
                refused += 1
        asking.kill()
    assert refused <= 2


@pytest.mark.parametrize("words", ["", "[]", "{}", '{"pid": "x"}', "\x00\xff"])
def test_a_holder_that_has_not_said_who_it_is(
    database: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "_say", lambda handle, **_: os.pwrite(handle, words.encode(), 0))
    with hold(database, doing="serve", now=NOW), pytest.raises(HeldByAnother, match="未知"):
        hold(database, doing="serve", now=NOW).__enter__()


def test_the_file_is_private_and_stays(database: Path) -> None:
    with hold(database, doing="serve", now=NOW):
        assert stat.S_IMODE(lock_file(database).stat().st_mode) == 0o600
    assert lock_file(database).exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentNotThere, match="锁文件"):
        hold(tmp_path / "no" / "duban.sqlite3", doing="serve", now=NOW).__enter__()
