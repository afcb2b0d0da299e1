"""`python tests/benchmarks/bench_many.py`: many processes on one PostgreSQL, a server of the bench's own.

WORKERS processes empty an outbox of `--rows` messages, two commits a message as the courier makes them
(durable: fsync and synchronous_commit as PostgreSQL ships them); then of two `duban worker`s the one that
leads is killed, ROUNDS times: seconds until the other sends. A line for each limit.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench_delivery import Api, served

import postgres
from duban.ledger import outbox
from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate
from duban.ledger.outbox import Sending
from duban_scheduler import queue_tables

WORKERS, ROWS, ROUNDS = 2, 100_000, 3
BATCH = 100  # messages claimed at once
CHUNK = 10_000  # messages written at once
TELEGRAM = 30  # messages a second that one bot may send
NOW = datetime(2026, 6, 10, 2, tzinfo=UTC)
PATIENCE = 60.0  # seconds
WHO_LEADS = (
    "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'duban lead%'"
    " AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)"
)


def fill(url: str, count: int) -> None:
    """An outbox with so many messages that are due."""
    ledger = Ledger(url)
    migrate.upgrade(ledger)
    for first in range(0, count, CHUNK):
        with ledger.writing() as session:
            outbox.put_many(session, [
                {"key": f"bench:{n}", "kind": "text", "facts": {}, "due_at": NOW, "created_at": NOW,
                 "transport": "bench", "chat": str(n % 1000)}
                for n in range(first, min(first + CHUNK, count))
            ])  # fmt: skip
    ledger.close()


def empty(url: str, done: Queue[list[int]]) -> None:
    """One process: claim, commit the intent, commit that it was sent, until nothing is left."""
    ledger = Ledger(url)
    sent: list[int] = []
    while True:
        with ledger.writing_beside() as session:
            claimed = [row.id for row in outbox.claim(session, now=NOW, limit=BATCH)]
        if not claimed:
            break
        for row_id in claimed:
            with ledger.writing_beside() as session:
                is_ours = outbox.move(session, row_id, Sending.SENDING)
            with ledger.writing_beside() as session:
                if is_ours and outbox.move(session, row_id, Sending.SENT, sent_at=NOW):
                    sent.append(row_id)
    ledger.close()
    done.put(sent)


def emptied(url: str, count: int) -> None:
    """Print what WORKERS did beside each other."""
    fill(url, count)
    spawn = multiprocessing.get_context("spawn")
    done: Queue[list[int]] = spawn.Queue()
    workers = [spawn.Process(target=empty, args=(url, done)) for _ in range(WORKERS)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    shares = [done.get() for _ in workers]
    took = time.perf_counter() - began
    for worker in workers:
        worker.join()
    times = Counter(row_id for share in shares for row_id in share)
    show(f"{WORKERS} workers, {count:,} messages: a second", count / took, least=10 * TELEGRAM)
    show("… sent twice", sum(n > 1 for n in times.values()), most=0)
    show("… lost", count - len(times), most=0)
    show("… the smaller share, percent", 100 * min(map(len, shares)) / count, least=25)


def taken_over(database: postgres.Server, api: Api) -> float:
    """Seconds from the death of who leads to the other's first message."""
    url = database.create()
    ledger = Ledger(url)
    migrate.upgrade(ledger)
    queue_tables.install(url)
    environ = {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")} | {
        "DUBAN_DATABASE__URL": url, "DUBAN_TELEGRAM__TOKEN": api.token,
        "DUBAN_TELEGRAM__BASE_URL": api.base_url, "DUBAN_WEB__ENABLED": "false",
    }  # fmt: skip
    command = [sys.executable, "-m", "duban_cli.main", "worker"]
    workers = [subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) for _ in range(2)]
    try:
        write(ledger, "first")
        wait_for(api, 1)
        (lead,) = [worker for worker in workers if worker.pid == leading(url)]
        lead.kill()
        lead.wait()
        began = time.perf_counter()
        write(ledger, "second")
        wait_for(api, 2)
        return time.perf_counter() - began
    finally:
        ledger.close()
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
            worker.wait()
        database.drop(url)


def write(ledger: Ledger, key: str) -> None:
    """One message."""
    with ledger.writing() as session:
        now = datetime.now(UTC)
        outbox.say(session, key=key, html=key, now=now, transport="telegram", chat="1000")


def wait_for(api: Api, count: int) -> None:
    """Until so many messages were taken."""
    end = time.monotonic() + PATIENCE
    while sum(call["method"] == "sendMessage" for call in api.act("accepted")) < count:
        assert time.monotonic() < end
        time.sleep(0.02)


def leading(url: str) -> int:
    """The process that leads."""
    with postgres.psycopg.connect(url) as connection:
        ((name,),) = connection.execute(WHO_LEADS.encode()).fetchall()
        return int(name.split()[-1])


def show(what: str, found: float, *, most: float | None = None, least: float | None = None) -> None:
    """What was measured, against what it must be."""
    met = found <= most if most is not None else found >= (least or 0)
    must = f"at most {most:g}" if most is not None else f"at least {least:g}"
    print(f"{what:<48}{found:10.1f}   ({must}): {'met' if met else 'NOT met'}", flush=True)


def main() -> None:
    """Print the lines."""
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=ROWS)
    rows = options.parse_args().rows
    if postgres.programs() is None:
        print(f"bench_many: {postgres.ABSENT}")
        return
    with postgres.running(postgres.DURABLE) as database:
        emptied(database.create(), rows)
        seconds = []
        for _ in range(ROUNDS):
            with served() as api:
                seconds.append(taken_over(database, api))
        show(f"take-over after kill -9, the longest of {ROUNDS}, s", max(seconds), most=30)


if __name__ == "__main__":
    main()
