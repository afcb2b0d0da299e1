"""The process whose power is cut: it commits to a real ledger, and marks each commit that has returned.

python -m e2e.power.writer FOLDER COMMITS SYNCHRONOUS
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from duban.ledger import audit, backup, inbox, outbox
from duban.ledger.database import Ledger, Session

START = datetime(2026, 3, 20, 2, tzinfo=UTC)
REOPENED = 150  # commits after which the ledger is closed and opened again
COPIED = 200  # commits after which a backup is made


def commit(session: Session, n: int) -> None:
    """What one transaction of the service writes: a message, what was heard, and who did it."""
    now = START + timedelta(seconds=n)
    words = f"第{n}项推进中" * (1 + n % 40)
    outbox.put(session, key=f"power:{n}", kind="text", facts={"html": words}, due_at=now, now=now)
    inbox.take(session, "local", [(f"{n}", {"text": words})], now=now)
    audit.record(session, now=now, actor="cli", act="power", object=f"task:{n}")


def opened(file: Path, synchronous: str) -> Ledger:
    ledger = Ledger(f"sqlite:///{file}")
    if synchronous != "as shipped":

        @event.listens_for(ledger.engine, "connect")
        def weaker(connection: Any, _record: Any) -> None:
            connection.execute(f"PRAGMA synchronous={synchronous}")

    return ledger


def main(folder: Path, commits: int, synchronous: str) -> None:
    file = folder / "duban.sqlite3"
    marks = os.open(folder / "marks", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    ledger = opened(file, synchronous)
    for n in range(commits):
        with ledger.writing() as session:
            commit(session, n)
        os.write(marks, f"{n}\n".encode())
        if n % REOPENED == REOPENED - 1:
            ledger.close()
            ledger = opened(file, synchronous)
        if n % COPIED == COPIED - 1:
            backup.save(file, folder / f"copy-{n}.sqlite3")
            os.write(marks, f"copy-{n}.sqlite3\n".encode())
    ledger.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
