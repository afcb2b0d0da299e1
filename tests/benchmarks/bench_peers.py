"""The corpus read by Duban and by other libraries, in turn: `python tests/benchmarks/bench_peers.py`.

What is judged how: docs/performance.md. A peer that cannot be installed is named and left out.
"""

from __future__ import annotations

import statistics
import sys
import time
from contextlib import ExitStack
from datetime import date
from importlib.metadata import version
from typing import NamedTuple

from peers.child import Child, Died
from peers.corpus import Score, lines, rest_exact, score
from peers.environments import PEERS, NotInstalled, python_of

ROUNDS = 5
SECONDS = 0.5  # for one reader in one round, at least
SHORT, TIMES = 2_000, 10  # characters; how often they stand in the long text
LIMITS = {"JioNLP": 5.0, "time-parser-zh": 1.5}  # how many times as fast we mean to be
HEAD = ("reader", "exact", "wrong", "missed", "false on traps", "clauses/s (min–max)", "Duban is")


class Reader(NamedTuple):
    """A line of the table: who, what was read, and the process that reads."""

    name: str
    title: str
    score: Score
    child: Child


def start(stack: ExitStack) -> list[Reader]:
    """Duban and the peers that install, warm and judged; one line for each that does not."""
    rows = lines()
    readers = []
    for peer in (None, *PEERS):
        name, title = (peer.name, peer.title) if peer else ("Duban", f"Duban {version('duban')}")
        try:
            python, adapter = (python_of(peer), peer.adapter) if peer else (sys.executable, "duban")
            child = Child(python, adapter)
            stack.callback(child.close)
            child.ask(do="load", lines=rows)
            found = child.ask(do="read")["found"]
        except NotInstalled as error:
            print(f"{title} is left out, it did not install: {error}")
        except Died as error:
            print(f"{title} is left out, it does not run: {error}")
        else:
            readers.append(Reader(name, title, score(rows, found), child))
    return readers


def table(readers: list[Reader], rates: dict[str, list[float]]) -> list[tuple[str, ...]]:
    """The cells, a row a reader."""
    ours = statistics.median(rates["Duban"])
    cells = [HEAD]
    for reader in readers:
        told, measured = reader.score, rates[reader.name]
        median = statistics.median(measured)
        limit = f" (at least {LIMITS[reader.name]:g})" if reader.name in LIMITS else ""
        cells.append(
            (
                reader.title,
                f"{told.exact} ({told.exact / told.fixed:.0%})",
                str(told.wrong),
                str(told.missed),
                f"{told.false} of {told.traps}",
                f"{median:,.0f} ({min(measured):,.0f}–{max(measured):,.0f})",
                "" if reader.name == "Duban" else f"{ours / median:.1f} times as fast{limit}",
            )
        )
    return cells


def show(cells: list[tuple[str, ...]]) -> None:
    """Print cells as a table that Markdown reads too."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def length() -> str:
    """How the time grows with the text: the same characters once and ten times over, interleaved."""
    from duban.deadlines.grammar import find_deadlines
    from duban.model import PlanContext

    context = PlanContext(year=2026, issued=date(2026, 3, 16))
    joined = "".join(row["text"] for row in lines())
    short = (joined * (SHORT // len(joined) + 1))[:SHORT]
    long = short * TIMES

    def milliseconds(text: str, times: int) -> float:
        began = time.perf_counter()
        for _ in range(times):
            find_deadlines(text, context=context)
        return (time.perf_counter() - began) * 1000 / times

    milliseconds(long, 1)
    pairs = [(milliseconds(short, TIMES), milliseconds(long, 1)) for _ in range(ROUNDS)]
    once, ten_times = (statistics.median(side) for side in zip(*pairs, strict=True))
    return (
        f"{len(long):,} characters take Duban {ten_times / once:.1f} times as long as {len(short):,} "
        f"({ten_times:.1f} ms and {once:.2f} ms; at most 11)"
    )


def main() -> None:
    """Print the table, and what Duban does besides."""
    rows = lines()
    with ExitStack() as stack:
        readers = start(stack)
        rates: dict[str, list[float]] = {reader.name: [] for reader in readers}
        for _ in range(ROUNDS):
            for reader in readers:
                rates[reader.name].append(reader.child.ask(do="time", seconds=SECONDS)["rate"])
    of = readers[0].score
    print(f"{len(rows)} texts: {of.fixed} with fixed days, {of.traps} traps; medians of {ROUNDS} rounds")
    show(table(readers, rates))
    exact, rest = rest_exact(rows)
    print(f"Duban on the other {rest} (relative, recurring, …), as the corpus test judges: {exact} exact")
    print(length())


if __name__ == "__main__":
    main()
