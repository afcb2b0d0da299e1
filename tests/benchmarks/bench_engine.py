"""`python tests/benchmarks/bench_engine.py`: the engine on large ledgers, beside a stored job a reminder.

Real SQLite files (WAL, synchronous=FULL); medians of repetitions that go round all cases; a line for each
limit. `--database-url URL`: where incoming messages are handled, an empty database; else SQLite.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import inbound
import resident
import work
from large import UNITS, Plans, build
from peers import job_store

SMALL = Plans(count=10)
MIDDLE = Plans(count=100)
LARGE = Plans(count=1000)
HISTORY, LONG_HISTORY = 10_000, 1_000_000  # messages
STORED = Plans(count=1, items=100, units=UNITS)
ROUNDS, STORE_ROUNDS = 9, 3
JOBS = "jobs.sqlite3"  # what the last round of storing leaves
INBOUND = 3000  # messages


@dataclass(frozen=True, slots=True)
class Limit:
    """What was measured, against what it must be."""

    what: str
    found: float
    unit: str
    most: float | None = None
    least: float | None = None

    def line(self) -> str:
        """As printed."""
        if self.most is None and self.least is None:
            return f"{self.what:<64}{self.found:10.2f} {self.unit}"
        met = self.found <= self.most if self.most is not None else self.found >= (self.least or 0)
        must = f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}"
        return f"{self.what:<64}{self.found:10.2f} {self.unit:<10}({must}): {'met' if met else 'NOT met'}"


def show(title: str, rows: Mapping[str, list[float]]) -> None:
    """A table of medians, in ms."""
    print(f"\n{title}")
    for name, found in rows.items():
        spread = f"{min(found) * 1e3:.2f}–{max(found) * 1e3:.2f}"
        print(f"  {name:<62}{statistics.median(found) * 1e3:12.2f} ms  ({spread})", flush=True)


def ratio(over: list[float], under: list[float]) -> float:
    """Of two medians."""
    return statistics.median(over) / statistics.median(under)


def p95(found: list[float]) -> float:
    """In ms."""
    return statistics.quantiles(found, n=20)[-1] * 1e3


def storing(folder: Path) -> list[Limit]:
    """10,000 tasks, and 10,000 stored jobs."""
    ours, theirs = (
        f"Duban: {STORED.tasks:,} tasks of an activation",
        f"{job_store.TITLE}: as many stored jobs",
    )
    took: dict[str, list[float]] = {ours: [], theirs: []}
    for n in range(STORE_ROUNDS):
        (folder / JOBS).unlink(missing_ok=True)
        ledger = build(f"sqlite:///{folder / f'store{n}.sqlite3'}", STORED, with_tasks=False)
        took[ours].append(work.store(ledger, STORED.tasks))
        ledger.close()
        with job_store.stored(folder / JOBS, tuned=False) as scheduler:
            later = job_store.soon() + timedelta(days=30)
            took[theirs].append(work.seconds(lambda: scheduler.add(STORED.tasks, later)))  # noqa: B023
    show("Storing", took)
    return [Limit("storing, against stored jobs", ratio(took[theirs], took[ours]), "times", least=50)]


def growing(folder: Path) -> list[Limit]:
    """A morning's tick and its claim, beside a job store; figures; memory. Builds the large ledgers."""
    sizes = {
        "small": (SMALL, HISTORY), "tasks": (LARGE, HISTORY), "messages": (SMALL, LONG_HISTORY),
    }  # fmt: skip
    files = {name: folder / f"{name}.sqlite3" for name in sizes}
    labels = {name: f"{plans.tasks:,} tasks, {sent:,} messages" for name, (plans, sent) in sizes.items()}
    ledgers = {
        name: build(f"sqlite:///{files[name]}", plans, messages=sent) for name, (plans, sent) in sizes.items()
    }
    mornings = {name: work.Mornings(ledger) for name, ledger in ledgers.items()}
    ticks: dict[str, list[float]] = {name: [] for name in sizes}
    wakes: dict[str, list[float]] = {name: [] for name in (*sizes, "shipped", "tuned")}
    with ExitStack() as ends:
        for name in ("shipped", "tuned"):
            shutil.copy(folder / JOBS, folder / f"{name}.sqlite3")
        stores = {
            name: ends.enter_context(job_store.stored(folder / f"{name}.sqlite3", tuned=name == "tuned"))
            for name in ("shipped", "tuned")
        }
        for number in range(ROUNDS + 1):
            for name, morning in mornings.items():
                tick, wake = morning.tick(), morning.wake()
                if number:  # the first is the warm-up
                    ticks[name].append(tick)
                    wakes[name].append(wake)
            for name, scheduler in stores.items():
                scheduler.add(work.DUE, job_store.soon())
                wake = work.seconds(scheduler.wake)
                assert len(scheduler.get_jobs()) == STORED.tasks
                if number:
                    wakes[name].append(wake)
    labels |= {"shipped": f"{job_store.TITLE}, as shipped", "tuned": f"{job_store.TITLE}, in WAL"}
    show(f"One tick with {work.DUE} due", {labels[name]: found for name, found in ticks.items()})
    show(f"Waking with {work.DUE} due: select and claim", {labels[n]: found for n, found in wakes.items()})
    limits = [
        Limit(f"one tick, 1,000,000 {name} against 10,000", ratio(ticks[name], ticks["small"]), "times", 1.5)
        for name in ("tasks", "messages")
    ]
    limits += [
        Limit("waking, against stored jobs in WAL", ratio(wakes["tuned"], wakes["small"]), "times", least=5),
    ]
    every = [work.figures(ledgers["tasks"], None) for _ in range(ROUNDS)]
    one = [work.figures(ledgers["tasks"], plan + 1) for plan in range(200)]
    limits += [
        Limit(f"/summary of one plan, p95, {LARGE.tasks:,} tasks", p95(one), "ms"),
        Limit(f"/summary of all, p95, {LARGE.tasks:,} tasks", p95(every), "ms"),
    ]
    for ledger in ledgers.values():
        ledger.close()
    small, large = resident.idle_mb(files["small"]), resident.idle_mb(files["tasks"])
    print(f"\nresident, idle: {small:.1f} MB with {SMALL.tasks:,} tasks, {large:.1f} MB with {LARGE.tasks:,}")
    limits.append(Limit("resident memory, 1,000,000 tasks against 10,000", large - small, "MB more", 10))
    return limits


def figures(folder: Path) -> list[Limit]:
    """/summary in the database."""
    ledger = build(f"sqlite:///{folder / 'middle.sqlite3'}", MIDDLE)
    one = [work.figures(ledger, plan % MIDDLE.count + 1) for plan in range(3 * MIDDLE.count)]
    every = [work.figures(ledger, None) for _ in range(60)]
    ledger.close()
    return [
        Limit(f"/summary of one plan, p95, {MIDDLE.tasks:,} tasks", p95(one), "ms", 5),
        Limit(f"/summary of all, p95, {MIDDLE.tasks:,} tasks", p95(every), "ms", 50),
    ]


def coming_in(url: str) -> list[Limit]:
    """Messages handled."""
    rate = inbound.handled(url, INBOUND)
    return [Limit(f"inbound, of {INBOUND:,} messages", rate, "a second", least=300)]


def main() -> None:
    """Print the tables, then the limits."""
    options = argparse.ArgumentParser()
    options.add_argument("--database-url")
    url = options.parse_args().database_url
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        limits = coming_in(url or f"sqlite:///{folder / 'inbound.sqlite3'}")
        for measure in (figures, storing, growing):
            limits += measure(folder)
    print()
    for limit in limits:
        print(limit.line())


if __name__ == "__main__":
    main()
