"""One machine: real processes on one real file, and what the machine itself can do to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from duban import resources
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
