"""Copies of a ledger: whole, private, proved; and what is no ledger is told in one sentence."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from duban.errors import DubanError, EnvironmentNotThere
from duban.ledger import audit, backup
from duban.ledger.backup import AlreadyThere, Corrupted, NotALedger
from duban.ledger.database import Ledger
from office import Office, populate

NIGHT = datetime(2026, 3, 20, 3, 30, tzinfo=UTC)


@pytest.fixture
def ledger(sqlite_ledger: Ledger) -> Ledger:
    """What is asked here is asked of a file."""
    return sqlite_ledger


@pytest.fixture
def office(ledger: Ledger) -> Office:
    office = Office(ledger)
    populate(office)
    return office


@pytest.fixture
def file(office: Office) -> Path:
    assert office.ledger.path is not None
    return office.ledger.path


def test_a_copy_is_whole_private_and_one_file(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "away" / "copy.sqlite3"
    target.parent.mkdir()
    made = backup.save(file, target)
    assert (made.plans, made.tasks, made.people, made.title) == (1, 7, 5, "测试方案")
    assert made.size == target.stat().st_size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [one.name for one in target.parent.iterdir()] == ["copy.sqlite3"], "no log, no half file"
    again = backup.examine(target)
    assert again.rows == made.rows
    assert [one.name for one in target.parent.iterdir()] == ["copy.sqlite3"], "looking leaves nothing behind"


def test_nothing_is_overwritten(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.write_text("mine")
    for taken in (target, file):
        with pytest.raises(AlreadyThere):
            backup.save(file, taken)
    assert target.read_text() == "mine"


def test_a_copy_while_somebody_writes_is_of_one_moment(office: Office, file: Path, tmp_path: Path) -> None:
    """Each transaction appends two acts: no copy may have an odd one."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with office.ledger.writing() as session:
                for _ in range(2):
                    audit.record(session, now=NIGHT, actor="cli", act="twice", object="x", filler="填" * 300)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [backup.save(file, tmp_path / f"{n}.sqlite3") for n in range(8)]
    finally:
        stop.set()
        writer.join()
    counts = [one.rows["audit"] for one in copies]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1], "it was written to meanwhile"
    assert {count % 2 for count in counts} == {counts[0] % 2}


def test_a_copy_in_a_folder_that_nobody_may_write_to_can_be_looked_at(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "ro" / "copy.sqlite3"
    target.parent.mkdir()
    backup.save(file, target)
    target.chmod(0o400)
    target.parent.chmod(0o500)
    try:
        assert backup.examine(target).tasks == 7
    finally:
        target.parent.chmod(0o700)


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    body = path.read_bytes()
    path.write_bytes(body[: len(body) // 2])


def _scribbled(path: Path) -> None:
    body = bytearray(path.read_bytes())
    for page in range(3, len(body) // 4096):
        body[page * 4096 : page * 4096 + 40] = os.urandom(40)
    path.write_bytes(body)


def _foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE plans (id INTEGER)")
    other.close()


def _dangling(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA foreign_keys=OFF")
        other.execute("DELETE FROM items")
    other.close()


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (_garbage, NotALedger), (_empty, NotALedger), (_foreign, NotALedger),
        (_cut, Corrupted), (_scribbled, Corrupted), (_dangling, Corrupted),
    ],
)  # fmt: skip
def test_what_is_no_whole_ledger_is_told(
    file: Path, tmp_path: Path, spoil: Callable[[Path], None], error: type[DubanError]
) -> None:
    target = tmp_path / "copy.sqlite3"
    backup.save(file, target)
    spoil(target)
    with pytest.raises(error) as caught:
        backup.examine(target)
    assert caught.value.exit_code == 2
    assert str(target) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("spoil", [_cut, _scribbled, _dangling])
def test_a_broken_ledger_makes_no_copy(
    office: Office, file: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    office.ledger.close()
    spoil(file)
    folder = tmp_path / "away"
    folder.mkdir()
    with pytest.raises((Corrupted, EnvironmentNotThere)):
        backup.save(file, folder / "copy.sqlite3")
    assert list(folder.iterdir()) == [], "neither half a file nor a whole one"


def test_a_folder_that_is_not_there_is_told(file: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentNotThere, match="不存在"):
        backup.save(file, tmp_path / "no" / "copy.sqlite3")
    with pytest.raises(EnvironmentNotThere, match="不存在"):
        backup.save(tmp_path / "no.sqlite3", tmp_path / "copy.sqlite3")


def test_the_newest_stay(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    for day in range(5):
        backup.rotated(file, folder, keep=3, now=NIGHT + timedelta(days=day))
    shutil.copy(file, folder / "mine.sqlite3")
    backup.rotated(file, folder, keep=3, now=NIGHT + timedelta(days=5))
    assert [one.name for one in backup.dated(file, folder)] == [
        f"duban.backup-202603{day}-033000.sqlite3" for day in (23, 24, 25)
    ]
    assert (folder / "mine.sqlite3").exists(), "what is not ours stays"
    backup.rotated(file, folder, keep=1, now=NIGHT + timedelta(days=6))
    backup.rotated(file, folder, keep=None, now=NIGHT + timedelta(days=6))
    assert [one.name[-12:] for one in backup.dated(file, folder)] == ["3000.sqlite3", "00-2.sqlite3"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_a_killed_copy_left_goes_after_a_day(file: Path, tmp_path: Path) -> None:
    left = tmp_path / f".{file.stem}.x{backup.PARTIAL}"
    left.touch()
    backup.rotated(file, tmp_path, keep=2, now=datetime.now(UTC))
    assert left.exists()
    backup.rotated(file, tmp_path, keep=2, now=datetime.now(UTC) + timedelta(days=2))
    assert not left.exists()


def test_the_age_of_the_newest(file: Path, tmp_path: Path) -> None:
    assert backup.age(file, tmp_path, now=NIGHT) is None
    backup.rotated(file, tmp_path, keep=2, now=NIGHT)
    age = backup.age(file, tmp_path, now=datetime.now(UTC) + timedelta(hours=3))
    assert age is not None
    assert timedelta(hours=2.9) < age < timedelta(hours=3.1)


@pytest.mark.parametrize(("setting", "there"), [("", "."), ("copies", "copies"), ("/srv/b", "/srv/b")])
def test_where_copies_lie(file: Path, setting: str, there: str) -> None:
    assert backup.folder_of(file, setting) == file.parent / there
