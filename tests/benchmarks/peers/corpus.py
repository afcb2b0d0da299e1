"""The project's own corpus, tests/corpus/deadlines.jsonl, and how a reading of it is judged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "deadlines.jsonl"
NO_BASE = "2026-01-01"  # for the few lines without a day of issue, none of which is judged by its days
Found = Sequence[Sequence[Sequence[str | None]]]


class Score(NamedTuple):
    """Texts: `fixed` with fixed days, of these exact, wrong and missed; `traps`, of these `false`."""

    fixed: int
    exact: int
    wrong: int
    missed: int
    traps: int
    false: int


def lines() -> list[dict[str, Any]]:
    """All lines, each with the `base` that the peers count from."""
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [{**row, "base": row["issued"] or NO_BASE} for row in rows]


def is_fixed(row: dict[str, Any]) -> bool:
    """Whether each deadline of the line is a day of the calendar: what all readers can be judged by."""
    return bool(row["expect"]) and all(want["kind"] == "fixed" and want["due"] for want in row["expect"])


def score(rows: list[dict[str, Any]], found: Found) -> Score:
    """Exact: the due days, no others. Wrong: a day that is not due. Missed: none such, but not all."""
    exact = wrong = missed = fixed = traps = false = 0
    for row, read in zip(rows, found, strict=True):
        if not row["expect"]:
            traps += 1
            false += bool(read)
        elif is_fixed(row):
            fixed += 1
            want = {deadline["due"] for deadline in row["expect"]}
            got = {due for _, _, due in read if due}
            exact += got == want
            wrong += bool(got - want)
            missed += got < want
    return Score(fixed=fixed, exact=exact, wrong=wrong, missed=missed, traps=traps, false=false)


def rest_exact(rows: list[dict[str, Any]]) -> tuple[int, int]:
    """(exact, all) of Duban on the lines that are no fixed days and no traps, as the corpus test judges."""
    rest = [row for row in rows if row["expect"] and not is_fixed(row)]
    return sum(_as_the_test_says(row) for row in rest), len(rest)


def _as_the_test_says(row: dict[str, Any]) -> bool:
    from duban.deadlines.explain import to_json
    from duban.deadlines.grammar import read_deadlines
    from duban.model import PlanContext

    issued = date.fromisoformat(row["issued"]) if row["issued"] else None
    context = PlanContext(year=row["year"], issued=issued, column=row["column"])
    deadlines, problems = read_deadlines(row["text"], context=context)
    read = [to_json(deadline) for deadline in deadlines]
    return (
        len(read) == len(row["expect"])
        and all(got[key] == want[key] for got, want in zip(read, row["expect"], strict=True) for key in want)
        and [problem.code for problem in problems] == row.get("problems", [])
    )
