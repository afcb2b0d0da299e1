"""Whole commands, warm, as processes: `python tests/benchmarks/bench_commands.py`. Medians of RUNS runs.

The peer in the same run is a bare interpreter: what it takes is no merit and no fault of ours.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "plans"
DUBAN = [sys.executable, "-m", "duban_cli.main"]


def plan() -> tuple[Path, Path]:
    """The real plan and its units where they are, else the sample."""
    texts = sorted(SHARED.glob("*.txt"))
    samples = ROOT / "data" / "samples"
    return (texts[0], SHARED / "units.toml") if texts else (samples / "plan-2026.txt", samples / "units.toml")


def seconds(command: list[str], environ: dict[str, str] | None = None) -> float:
    """Wall seconds of one run. Raises CalledProcessError."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **(environ or {})})
    return time.perf_counter() - began


def line(name: str, times: list[float], limit: str) -> None:
    """One row of the table."""
    print(f"{name:<42}{statistics.median(times):7.2f} s   {limit}")


def main() -> None:
    """Print the table."""
    text, units = plan()
    print(f"{text.name}: medians of {RUNS} runs after one warm-up")
    bare = [sys.executable, "-c", "pass"]
    seconds(bare)
    line("a bare interpreter", [seconds(bare) for _ in range(RUNS)], "")
    read = [*DUBAN, "read", str(text), "--json"]
    seconds(read)
    line("duban read", [seconds(read) for _ in range(RUNS)], "(at most 0.6 s)")
    times = []
    for number in range(RUNS + 1):
        with tempfile.TemporaryDirectory() as folder:
            environ = {"DUBAN_DATABASE__URL": f"sqlite:///{folder}/bench.sqlite3"}
            clock = [*DUBAN, "--clock", "2018-07-20T10:00+08:00"]
            seconds([*clock, "units", "import", str(units)], environ)
            imported = seconds([*clock, "import", str(text), "--yes", "--activate"], environ)
            times += [imported] if number else []
    line("duban import --activate, with all its tasks", times, "(at most 3 s)")


if __name__ == "__main__":
    main()
