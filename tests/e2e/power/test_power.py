"""The power is cut at 200 moments: what a commit has returned for is there afterwards, by POSIX rules."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from duban.ledger import backup
from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate
from e2e.power.disk import Disk, Note, notes

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
COMMITS = 600
CUTS = 200
SEED = int(os.environ.get("DUBAN_POWER_SEED", "20260320"))


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """record.c as a library that a process can be started with."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler here, or no LD_PRELOAD: apt install gcc libc6-dev")
    library = tmp_path_factory.mktemp("power") / "record.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "record.c", "-ldl", "-pthread"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return library


@dataclass
class Run:
    """What a process did to a folder: the disk as it was before, and everything in order."""

    disk: Disk
    notes: list[Note]
    folder: Path

    def marks(self) -> Iterator[tuple[int, str]]:
        """(how many notes came before, what the process said was done)."""
        inode = (self.folder / "marks").stat().st_ino
        for n, note in enumerate(self.notes):
            if note.op == "w" and note.inode == inode:
                yield n, note.data.decode().strip()


def recorded(recorder: Path, tmp_path: Path, *, commits: int, synchronous: str = "as shipped") -> Run:
    folder, record = tmp_path / "disk", tmp_path / "record"
    folder.mkdir()
    ledger = Ledger(f"sqlite:///{folder / 'duban.sqlite3'}")
    migrate.upgrade(ledger)
    ledger.close()
    disk = Disk(folder)
    env = os.environ | {"POWER_FOLDER": str(folder), "POWER_RECORD": str(record), "LD_PRELOAD": str(recorder)}
    env["PYTHONPATH"] = os.pathsep.join([str(HERE.parents[1]), *sys.path])
    command = [sys.executable, "-m", "e2e.power.writer", str(folder), str(commits), synchronous]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return Run(disk, list(notes(record)), folder)


def kept(file: Path) -> set[int]:
    """The commits whose rows are all there, in a ledger that opens and is whole."""
    with closing(sqlite3.connect(file)) as look:
        assert look.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = [
            {int(key.rpartition(":")[2]) for (key,) in look.execute(asked)}
            for asked in (
                "SELECT key FROM outbox WHERE key LIKE 'power:%'",
                "SELECT update_key FROM inbox",
                "SELECT object FROM audit WHERE act = 'power'",
            )
        ]
    assert tables[0] == tables[1] == tables[2], "a transaction is there as a whole or not at all"
    return tables[0]


def lost_in(run: Run, tmp_path: Path) -> list[tuple[int, list[int]]]:
    """Cut the power at CUTS moments. [(moment, commits lost)] where any was."""
    chance = random.Random(SEED)
    first = next(n for n, _ in run.marks())
    moments = sorted(chance.sample(range(first, len(run.notes)), CUTS))
    marks, lost, played, said = list(run.marks()), [], 0, ""
    for turn, moment in enumerate(moments):
        for note in run.notes[played : moment + 1]:
            run.disk.play(note)
        played = moment + 1
        where = tmp_path / f"cut-{turn}"
        run.disk.cut(where, chance if turn % 2 else None)  # every other time something unsynced stays
        done = [said for n, said in marks if n <= moment]
        found = kept(where / "duban.sqlite3")
        promised = {int(said) for said in done if said.isdigit()}
        if promised - found:
            lost.append((moment, sorted(promised - found)))
        for said in done:
            if not said.isdigit():
                backup.examine(where / said)
        for copy in where.glob("copy-*.sqlite3"):  # a name stands for its whole content, said or not
            assert backup.examine(copy).rows["outbox"] > 0
        shutil.rmtree(where)
    for note in run.notes[played:]:
        run.disk.play(note)
    return lost


def test_no_committed_row_is_lost(recorder: Path, tmp_path: Path) -> None:
    print(f"seed {SEED}: DUBAN_POWER_SEED")
    run = recorded(recorder, tmp_path, commits=COMMITS)
    assert lost_in(run, tmp_path) == []
    assert len(run.disk.names["duban.sqlite3"].sure) > 0
    there = {path.name: path.read_bytes() for path in run.folder.iterdir() if not path.name.endswith("-shm")}
    seen = {name: bytes(file.now()) for name, file in run.disk.names.items() if not name.endswith("-shm")}
    assert there.keys() == seen.keys()
    assert [name for name in there if there[name] != seen[name]] == [], "the record is whole"


def test_a_weaker_setting_loses_rows(recorder: Path, tmp_path: Path) -> None:
    """The test of the test: what is not synced at each commit is seen to be lost."""
    run = recorded(recorder, tmp_path, commits=COMMITS // 3, synchronous="NORMAL")
    assert lost_in(run, tmp_path)
