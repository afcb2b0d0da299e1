"""Clauses and cells of other hands, whose golds were written from the definitions alone, no rule seen.

What differs is listed with the reason; a line that no longer differs is to be taken off the list.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from duban.deadlines.explain import to_json
from duban.deadlines.grammar import read_deadlines
from duban.deadlines.occurrences import occurrences
from duban.model import PlanContext, Source
from duban.units.cell import parse_units
from duban.units.cell import to_json as duty_to_json

FRESH = Path(__file__).parents[2] / "corpus" / "fresh"
DISPUTED = {
    "clauses3-c034": "“日巡查、零报告”: a rhythm of work in quotation marks recurs, by our corpus",
    "clauses3-c051": "a second limit's event is said once for both: given again here, left open by us",
    "cells3-u27": "负总责: leads, by us; the author calls both defensible",
    "cells4-u029": "A会同B负责: A leads, by us; here both are responsible",
}
SPAN = (date(2026, 1, 1), date(2029, 12, 31))


def rows(kind: str) -> list[Any]:
    return [
        pytest.param(f"{file.stem}-{row['id']}", row, id=f"{file.stem}-{row['id']}")
        for file in sorted(FRESH.glob(f"{kind}*.jsonl"))
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    ]


def plain(text: str | None) -> str:
    return re.sub(r"\s", "", text or "")


def alike(gold: str | None, ours: str | None) -> bool:
    """A phrase, or an event's words, with or without 于, 自 and the like."""
    a, b = plain(gold), plain(ours)
    return a == b or bool(a and b and (a in b or b in a))


def days(rrule: str | None) -> Any:
    return occurrences(rrule.removeprefix("RRULE:"), *SPAN) if rrule else None


def same(gold: dict[str, Any], ours: dict[str, Any], *, both: bool) -> bool:
    facts = ("kind", "time", "start", "amount", "unit", *(() if both else ("due",)))
    return (
        all(gold.get(fact) == ours[fact] for fact in facts)
        and alike(gold["text"], ours["text"])
        and alike(gold.get("trigger"), ours["trigger"])
        and days(gold.get("rrule")) == days(ours["rrule"])
    )


def clause_is_exact(row: dict[str, Any]) -> bool:
    issued = date.fromisoformat(row["issued"]) if row["issued"] else None
    context = PlanContext(year=row["year"], issued=issued, column=row["column"])
    source = Source.COLUMN if row["column"] else Source.REQUIREMENT
    found, problems = read_deadlines(row["text"], context=context, source=source)
    golds = row["deadlines"]
    doubt = row.get("doubt") or next((gold["doubt"] for gold in golds if gold.get("doubt")), None)
    if [problem.code for problem in problems] != ([doubt] if doubt else []):
        return False
    both = doubt == "two-readings"
    return len(found) == len(golds) and all(
        same(gold, to_json(ours), both=both) for gold, ours in zip(golds, found, strict=True)
    )


def cell_is_exact(row: dict[str, Any]) -> bool:
    names = parse_units(row["text"])
    ours = [duty_to_json(duty) for duty in names.duties]

    def key(unit: dict[str, Any]) -> tuple[Any, ...]:
        return plain(unit["name"]), unit["role"], unit["collective"], plain(unit["alias"])

    vague = sorted(map(plain, row["vague"]))
    return sorted(map(key, row["units"])) == sorted(map(key, ours)) and vague == sorted(
        map(plain, names.vague)
    )


@pytest.mark.parametrize(("name", "row"), rows("clauses"))
def test_a_clause(name: str, row: dict[str, Any]) -> None:
    assert clause_is_exact(row) is (name not in DISPUTED)


@pytest.mark.parametrize(("name", "row"), rows("cells"))
def test_a_cell(name: str, row: dict[str, Any]) -> None:
    assert cell_is_exact(row) is (name not in DISPUTED)
