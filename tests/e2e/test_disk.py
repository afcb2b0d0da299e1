"""A full disk, a file that cannot be written to, a lock that somebody keeps: the bot stays up and goes on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from botapi import Server
from botapi.people import User
from duban.ledger.database import Ledger
from duban.ledger.tables import AnswerRow
from e2e.process import Machine
from e2e.test_faults import BOSS, FIRST, UNITS, furnish, heard

pytestmark = pytest.mark.slow

WORKING_HOURS = "2026-03-20T10:00:05+08:00"


class Talking(Machine):
    """A machine with a chat, contacts and a coordinator."""

    server: Server

    @property
    def contacts(self) -> list[User]:
        return [self.server.user(FIRST + n) for n in range(UNITS)]

    def serve(self) -> None:
        self.start("--clock", WORKING_HOURS, "--speed", "1")

    def all_say(self, percent: int) -> None:
        for n, user in enumerate(self.contacts, 1):
            user.say(f"第{n}项推进中，大概{percent + n}%")

    def answers(self) -> int:
        ledger = Ledger(f"sqlite:///{self.database}")
        try:
            with ledger.reading() as session:
                return session.scalar(select(func.count()).select_from(AnswerRow)) or 0
        finally:
            ledger.close()

    def problems(self) -> list[str]:
        return list(self.health()[1].get("problems", ()))

    def once_each(self, times: int) -> bool:
        return all(len(heard(user)) == times for user in self.contacts)


@contextmanager
def talking(folder: Path, stage: Path, disk: Path, **settings: str) -> Iterator[Talking]:
    for file in stage.parent.glob("duban.sqlite3*"):
        shutil.copy(file, disk / file.name)
    with Server(log=folder / "calls.jsonl") as server:
        machine = Talking(
            folder, database=disk / "duban.sqlite3", DUBAN_TELEGRAM__TOKEN=server.token,
            DUBAN_TELEGRAM__BASE_URL=server.base_url, DUBAN_BACKUP__KEEP="0", **settings,
        )  # fmt: skip
        machine.server = server
        for user in (*machine.contacts, server.user(BOSS)):
            server.world.chats[user.id].started = True
        try:
            yield machine
        finally:
            machine.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ledger with an active plan; every unit has one item and one bound contact."""
    file = tmp_path_factory.mktemp("stage") / "duban.sqlite3"
    furnish(f"sqlite:///{file}")
    return file


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    disk = tmp_path / "disk"
    disk.mkdir(mode=0o700)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("a small tmpfs can be mounted by root alone")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Not a byte is left."""
    file = disk / "filler"
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(b"x" * 4096)
    return file


def test_a_full_disk(tmp_path: Path, stage: Path, small_disk: Path) -> None:
    with talking(tmp_path, stage, small_disk) as machine:
        machine.serve()
        machine.all_say(10)
        machine.until(lambda: machine.once_each(1), "the first receipts")
        filler = fill(small_disk)
        machine.all_say(30)
        machine.until(lambda: machine.health()[0] == 503, "it says that something is wrong")
        assert set(machine.problems()) <= {"database-full", "database-io"}
        time.sleep(6)  # it goes on trying
        assert machine.process is not None
        assert machine.process.poll() is None
        filler.unlink()
        machine.until(lambda: machine.once_each(2), "the receipts of what was said meanwhile", 40)
        machine.until(lambda: machine.health()[0] == 200, "all is well again")
        assert machine.answers() == 2 * UNITS, "each was heard once"
        assert machine.log.count("cannot be written to (") <= 2, "told once a kind"
        assert machine.log.count("can be written to again") >= 1
        assert "Traceback" not in machine.log
        assert machine.stop() == 0


@pytest.mark.parametrize("seconds", [7])
def test_a_lock_that_somebody_keeps(tmp_path: Path, stage: Path, seconds: float) -> None:
    """As with one of 60 s and the 15 s of the default."""
    (tmp_path / "disk").mkdir()
    with talking(tmp_path, stage, tmp_path / "disk", DUBAN_DATABASE__WAIT_SECONDS="1") as machine:
        machine.serve()
        with sqlite3.connect(machine.database, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            machine.all_say(10)
            machine.until(lambda: machine.problems() == ["database-locked"], "it says what is wrong")
            time.sleep(seconds)
            assert machine.health()[0] == 503
            assert not any(map(heard, machine.contacts))
            other.execute("ROLLBACK")
        other.close()
        machine.until(lambda: machine.once_each(1), "all are answered")
        machine.until(lambda: machine.health()[0] == 200, "all is well again")
        assert machine.answers() == UNITS
        assert machine.log.count("cannot be written to (locked)") == 1
        assert "Traceback" not in machine.log


def test_a_message_that_was_sent_while_the_lock_was_kept_goes_once(tmp_path: Path, stage: Path) -> None:
    """The chat took it, and the database did not take that it did: it is written down when it can be."""
    (tmp_path / "disk").mkdir()
    with talking(tmp_path, stage, tmp_path / "disk", DUBAN_DATABASE__WAIT_SECONDS="1") as machine:
        machine.server.faults.add("delay-after", 1, seconds=2)
        machine.serve()
        user = machine.contacts[3]
        user.say("第4项推进中，大概40%")
        machine.until(lambda: heard(user), "the chat took the receipt")
        with sqlite3.connect(machine.database, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            machine.until(lambda: machine.problems() == ["database-locked"], "it cannot be written down")
            other.execute("ROLLBACK")
        other.close()
        machine.until(lambda: machine.health()[1].get("outbox") == 0, "it is written down")
        assert len(heard(user)) == 1
        assert "补发" not in heard(user)[0]


@contextmanager
def unwritable(*files: Path) -> Iterator[None]:
    """Files that not even root may write to, nor who has them open already."""
    there = [str(file) for file in files if file.exists()]
    made = subprocess.run(["chattr", "+i", *there], capture_output=True, check=False)
    if made.returncode:
        subprocess.run(["chattr", "-i", *there], capture_output=True, check=False)
        pytest.skip("files are made unwritable by root alone, and not on every file system")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *there], check=True)


def test_a_file_made_unwritable(tmp_path: Path, stage: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with talking(tmp_path, stage, disk) as machine:
        machine.serve()
        machine.all_say(10)
        machine.until(lambda: machine.once_each(1), "the first receipts")
        with unwritable(machine.database, Path(f"{machine.database}-wal")):
            machine.all_say(30)
            machine.until(lambda: machine.health()[0] == 503, "it says that something is wrong")
            assert set(machine.problems()) <= {"database-read-only", "database-io"}
            time.sleep(3)
        machine.until(lambda: machine.once_each(2), "the receipts of what was said meanwhile", 40)
        machine.until(lambda: machine.health()[0] == 200, "all is well again")
        assert machine.answers() == 2 * UNITS
        assert "Traceback" not in machine.log


def test_a_start_on_a_file_that_may_not_be_written_to(tmp_path: Path, stage: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write to every file")
    disk = tmp_path / "disk"
    disk.mkdir()
    with talking(tmp_path, stage, disk) as machine:
        machine.database.chmod(0o400)
        done = machine.command("--clock", WORKING_HOURS, "run")
        assert done.returncode == 3
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_backup_that_finds_no_room_leaves_nothing(tmp_path: Path, stage: Path, small_disk: Path) -> None:
    (tmp_path / "data").mkdir()
    with talking(tmp_path, stage, tmp_path / "data") as machine:
        filler = fill(small_disk)
        target = small_disk / "copy.sqlite3"
        done = machine.command("backup", str(target))
        assert done.returncode == 3
        assert "磁盘已满" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert [one.name for one in small_disk.iterdir()] == ["filler"], "not half a file either"
        filler.unlink()
        assert machine.command("backup", str(target)).returncode == 0


@pytest.mark.parametrize(("by", "goes"), [("command", 1), ("button 放行", 1), ("button 都不发", 0)])
def test_a_backup_of_last_week_does_not_send_a_week_again(
    tmp_path: Path, stage: Path, by: str, goes: int
) -> None:
    """It was made with 16 notices on their way; a week later it is put back, and the service starts."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with talking(tmp_path, stage, disk) as machine:
        machine.server.faults.add("429-bare", 1000)  # nothing leaves, and nothing is in doubt
        machine.start("--clock", "2026-03-23T08:59:59+08:00", "--speed", "1")
        machine.until(lambda: machine.health()[1].get("outbox") == UNITS, "all are on their way")
        assert machine.command("backup", "week.sqlite3").returncode == 0
        machine.server.faults.clear()
        machine.until(lambda: machine.once_each(1), "they leave after all")
        assert machine.stop() == 0
        back = machine.command(
            "--clock", "2026-03-31T09:30:00+08:00", "--speed", "1", "restore", "week.sqlite3", "--yes"
        )
        assert back.returncode == 0, back.stderr
        assert f"{UNITS} 条一天以前的消息" in back.stderr
        machine.start("--clock", "2026-03-31T09:30:00+08:00", "--speed", "1")
        boss = machine.server.user(BOSS)
        machine.until(lambda: heard(boss), "the coordinator is told")
        assert f"{UNITS} 条" in heard(boss)[0]
        machine.until(lambda: machine.health()[1].get("outbox") == 0, "all is settled")
        time.sleep(2)
        assert all(len(heard(user)) <= 2 for user in machine.contacts), "one digest at the most"
        before = {user.id: len(heard(user)) for user in machine.contacts}
        assert machine.health()[1]["outbox_held"] == UNITS
        if by.startswith("button"):
            _press(boss, by.removeprefix("button "))
        else:
            done = machine.command("queue", "--release")
            assert done.returncode == 0, done.stderr
        machine.until(lambda: machine.health()[1].get("outbox_held") == 0, "they are decided about")
        machine.until(lambda: machine.health()[1].get("outbox") == 0, "and settled")
        for user in machine.contacts:
            assert len(heard(user)) == before[user.id] + goes
            assert not goes or "补发" in heard(user)[-1]


def _press(user: User, label: str) -> None:
    (found,) = [
        (seen.message_id, one) for seen in user.received() for one in seen.labels if one.startswith(label)
    ]
    user.press(*found)


def test_a_backup_of_a_newer_program_is_refused_and_nothing_is_changed(tmp_path: Path, stage: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with talking(tmp_path, stage, disk) as machine:
        assert machine.command("backup", "newer.sqlite3").returncode == 0
        with sqlite3.connect(tmp_path / "newer.sqlite3") as newer:
            newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.close()
        before = machine.database.read_bytes()
        refused = machine.command("restore", "newer.sqlite3", "--yes")
        assert refused.returncode == 2
        (sentence,) = refused.stderr.strip().splitlines()
        assert "9999" in sentence
        assert machine.database.read_bytes() == before
        assert not list(disk.glob("*before-restore*"))


def test_an_upgrade_waits_until_nobody_serves(tmp_path: Path, stage: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with talking(tmp_path, stage, disk) as machine:
        machine.serve()
        with sqlite3.connect(machine.database) as other:
            # a migration that can be made twice: in SQLite it looks for characters alone
            other.execute("UPDATE alembic_version SET version_num = '0005'")
        other.close()
        refused = machine.command("summary")
        assert refused.returncode == 3
        assert "正在提供服务" in refused.stderr
        assert machine.stop() == 0
        assert machine.command("db", "check").returncode == 0
