"""Texts a second for find_deadlines, beside dateparser's search in the same run.

    python tests/benchmarks/bench_deadlines.py [FILE...]

A FILE is plain text, a requirement a line. Without one: the real plan beside the repository where it is
there, else the corpus.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 2.0
PEER_TEXTS = 20  # the peer is slow
SHORTEST = 25  # characters: a requirement, no heading or unit


def texts(files: list[str]) -> list[str]:
    """The texts to read."""
    paths = [Path(name) for name in files] or sorted((ROOT.parent / "shared" / "plans").glob("*.txt"))
    if paths:
        lines = [line.strip() for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
        return [line for line in lines if len(line) >= SHORTEST and not line.endswith("负责")]
    corpus = ROOT / "tests" / "corpus" / "deadlines.jsonl"
    return [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]


def rate(work: Callable[[str], object], subject: list[str]) -> float:
    """Texts a second, over at least SECONDS."""
    work(subject[0])
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < SECONDS:
        for text in subject:
            work(text)
        done += len(subject)
    return done / spent


def main() -> None:
    """Print one line each."""
    from dateparser.search import search_dates

    from duban.deadlines.grammar import find_deadlines
    from duban.model import PlanContext

    subject = texts(sys.argv[1:])
    context = PlanContext(year=2018)
    ours = rate(lambda text: find_deadlines(text, context=context), subject)
    theirs = rate(lambda text: search_dates(text, languages=["zh"]), subject[:PEER_TEXTS])
    length = sum(map(len, subject)) / len(subject)
    print(f"{len(subject)} texts of {length:.0f} characters")
    print(f"duban find_deadlines    {ours:10,.0f} texts/s")
    print(f"dateparser search_dates {theirs:10,.0f} texts/s   ({ours / theirs:,.0f} times slower)")


if __name__ == "__main__":
    main()
