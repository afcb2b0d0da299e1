"""The corpus: each line a text, and what it says about time. A line without expectations is a trap."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from duban.deadlines.explain import to_json
from duban.deadlines.grammar import read_deadlines
from duban.deadlines.loose import read_date
from duban.model import PlanContext

CORPUS = Path(__file__).parents[2] / "corpus"


def lines(name: str) -> list[Any]:
    rows = [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]
    return [pytest.param(row, id=f"{row['id']}-{row['text']}") for row in rows]


@pytest.mark.parametrize("row", lines("deadlines.jsonl"))
def test_deadlines(row: dict[str, Any]) -> None:
    context = PlanContext(
        year=row["year"],
        issued=date.fromisoformat(row["issued"]) if row["issued"] else None,
        column=row["column"],
    )
    deadlines, problems = read_deadlines(row["text"], context=context)
    read = [to_json(d) for d in deadlines]
    said = [{key: got[key] for key in want} for got, want in zip(read, row["expect"], strict=False)]
    assert said == row["expect"], read
    assert len(read) == len(row["expect"]), read
    assert [p.code for p in problems] == row.get("problems", [])
    assert all(row["text"][slice(*d.span)] == d.text for d in deadlines)


@pytest.mark.parametrize("row", lines("dates.jsonl"))
def test_typed_dates(row: dict[str, Any]) -> None:
    loose = read_date(row["text"], on=date.fromisoformat(row["on"]), future=row.get("future", True))
    assert (loose.date and loose.date.isoformat()) == row["date"], loose
    assert (loose.time and f"{loose.time:%H:%M}") == row.get("time"), loose
    if loose.deadline is not None and loose.date is not None:
        assert loose.deadline.due == loose.date
        assert row["text"][slice(*loose.deadline.span)] == loose.deadline.text


def test_corpus_has_both_kinds() -> None:
    rows = [
        json.loads(line) for line in (CORPUS / "deadlines.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(rows) >= 1150
    assert sum(not row["expect"] for row in rows) >= 430
    assert len({row["id"] for row in rows}) == len(rows)
