"""`python -m e2e.chaos.broken`: the engine is broken on purpose, and a named test has to notice.

Each break is made in a copy of the product, and the test runs against that. Exit code 1 where one does not
notice, or fails for another reason than the one that it has to give.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("core", "scheduler", "bot", "web", "cli")
BESIDE = ("templates", "data")

COURIER = "bot/duban_bot/courier.py"
OUTBOX = "core/duban/ledger/outbox.py"
TABLES = "core/duban/ledger/migrations/versions/0001_tables.py"
INSTANTS = "tests/e2e/chaos/test_instants.py::test_killed_at"
INTENT = "if rendered is None or not outbox.move(session, row.id, Sending.SENDING, text=rendered.kept):"
LETTER = "        edits = str(row.facts"
CONSTRAINT = 'sa.UniqueConstraint("transport", "update_key", name=op.f("uq_inbox_transport_update_key"))'
SETTLED = "        self.last_sent = monotonic()\n"
UPDATES = "        return made\n"


@dataclass(frozen=True, slots=True)
class Change:
    """What stands once in a file, and what takes its place."""

    file: str
    old: str
    new: str = ""

    def made_in(self, root: Path) -> str:
        """The file's text with the change. Raises ValueError where its place is not there once."""
        text = (root / self.file).read_text("utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} has not once: {self.old}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Break:
    """`test` has to fail, and to say `says`."""

    name: str
    changes: tuple[Change, ...]
    test: str
    says: str


BREAKS = (
    Break(
        "send before commit",
        (
            Change(COURIER, INTENT, "if rendered is None:"),
            Change(COURIER, LETTER, "        row.text = rendered.kept\n" + LETTER),
            Change(COURIER, SETTLED, SETTLED + "        outbox.move(session, row_id, Sending.SENDING)\n"),
        ),
        f"{INSTANTS}[chat:send-after-sqlite]",
        "was taken twice, and was in flight at no kill",
    ),
    Break(
        "mark before send",
        (Change(COURIER, LETTER, "        outbox.move(session, row.id, Sending.SENT)\n" + LETTER),),
        f"{INSTANTS}[chat:send-before-sqlite]",
        "was sent, and the chat has no message",
    ),
    Break(
        "no lease",
        (
            Change(
                OUTBOX, "(OutboxRow.state == Sending.CLAIMED) & (OutboxRow.lease_until < now)", "sql('1 = 0')"
            ),
        ),
        "tests/unit/ledger/test_outbox.py::test_a_claim_holds_as_long_as_its_lease",
        "assert [] == ['once']",
    ),
    Break(
        "no unique key: what is decided",
        (Change(TABLES, '        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),\n'),),
        "tests/unit/ledger/test_outbox.py::test_a_decision_that_is_taken_twice_sends_once",
        "assert [True, True] == [True, False]",
    ),
    Break(
        "no unique key: what comes in",
        (Change(TABLES, f"        {CONSTRAINT},\n"),),
        "tests/e2e/test_faults.py::test_said_once_heard_twice[sqlite]",
        "assert 3 == 2",
    ),
    Break(
        "acknowledge before commit",
        (
            Change(
                "bot/duban_bot/transports/telegram.py",
                UPDATES,
                "        if made:\n"
                "            await self._bot.get_updates(offset=int(made[-1].key) + 1, timeout=0)\n"
                + UPDATES,
            ),
        ),
        f"{INSTANTS}[chat:poll-after-sqlite]",
        "the end: {} {}",
    ),
    Break(
        "no pace",
        (
            Change(
                "bot/duban_bot/pace.py",
                "(wait := self._earliest(chat) - self._now()) > 0",
                "(wait := 0.0) > 0",
            ),
        ),
        "tests/unit/bot/test_pace.py::test_never_more_than_the_rate_in_any_second",
        "assert 300 <= 30",
    ),
)


def noticed(one: Break) -> str | None:
    """What the test said of a break; None where it passed, or failed for another reason."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for package in PACKAGES:
            shutil.copytree(ROOT / package, copy / package)
        for other in BESIDE:
            (copy / other).symlink_to(ROOT / other)
        for change in one.changes:
            (copy / change.file).write_text(change.made_in(copy), "utf-8")
        environ = os.environ | {"PYTHONPATH": os.pathsep.join(str(copy / package) for package in PACKAGES)}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-vv", "-p", "no:cacheprovider", one.test]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    said = [line[1:].strip() for line in done.stdout.splitlines() if line.startswith("E ")]
    return next((line for line in said if done.returncode == 1 and one.says in line), None)


def main() -> int:
    """Print each break, the test that noticed it, and what it said; 1 where none did."""
    missed = False
    for one in BREAKS:
        said = noticed(one)
        missed = missed or said is None
        print(f"{one.name}: {one.test}\n  {said or 'NOT NOTICED'}", flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
