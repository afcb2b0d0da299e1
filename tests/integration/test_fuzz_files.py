"""Mutations of real files of all formats: each ends in a plan or a sentence, none in a silently shorter plan.

`make fuzz` (DUBAN_FUZZ=20000) reads more of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from hostile.fuzz import lost, read, wanted
from hostile.mutate import Mutation
from hostile.seeds import Seed, seeds

TESTS = Path(__file__).resolve().parents[1]
COUNT = int(os.environ.get("DUBAN_FUZZ", "2400"))
WORKERS = 2
FORMATS = ("docx", "xlsx", "html", "mhtml", "csv", "txt", "pdf", "doc")


@pytest.mark.slow
def test_no_mutation_ends_in_a_traceback_a_hang_or_a_silently_shorter_plan() -> None:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, sys.path)])}
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "hostile.fuzz", str(first), str(WORKERS), str(COUNT)],
            cwd=TESTS, env=environ, stdout=subprocess.PIPE, text=True,
        )
        for first in range(WORKERS)
    ]  # fmt: skip
    findings: list[dict[str, object]] = []
    outcomes: Counter[str] = Counter()
    for worker in workers:
        out, _ = worker.communicate(timeout=max(150, COUNT / 10))
        assert worker.returncode == 0, "a worker was brought down"
        said = json.loads(out)
        findings += said["findings"]
        outcomes.update(said["outcomes"])
    assert not findings, json.dumps(findings[:20], ensure_ascii=False, indent=1)
    assert outcomes.total() == COUNT
    for kind in FORMATS:  # else the mutations would be too wild, or too tame, to say anything
        assert outcomes[f"{kind}: a plan"], kind
        assert outcomes[f"{kind}: a sentence"], kind


def test_what_is_lost_is_found() -> None:
    """The measure itself: a plan of another file has lost what this one says, unless it says so."""
    good = {seed.name: seed for seed in seeds()}
    for name in ("sample docx", "sample xlsx", "ledger html", "csv", "sample txt"):
        seed = good[name]
        untouched = Mutation(seed.data, True, "")
        plan, other = read(seed.data), read(good["flat bars"].data)
        assert plan is not None
        assert other is not None
        assert len(wanted(seed)) > 2
        assert lost(seed, untouched, plan) == []
        assert lost(seed, untouched, other) == list(wanted(seed))


@pytest.mark.parametrize("seed", tuple(seeds()), ids=lambda seed: seed.name)
def test_the_files_that_mutations_begin_with_are_read(seed: Seed) -> None:
    assert wanted(seed)
