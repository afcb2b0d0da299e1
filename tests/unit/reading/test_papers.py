"""Documents of our own over all layouts of task tables: drawn once, read from every format."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from duban.deadlines.grammar import read_deadlines
from duban.model import Deadline, Duty, Item, Plan
from duban.reading import document as reading
from duban.reading.document import read_plan
from papers.drawing import Drawing, load, to_document
from papers.drawing_files import MAKERS

PAPERS = Path(__file__).parents[2] / "corpus" / "papers"
NAMES = sorted(path.stem for path in PAPERS.glob("*.txt"))
CASES = [(name, kind) for name in NAMES for kind in load(PAPERS / f"{name}.txt").formats]
DEADLINE = ("kind", "text", "source", "due", "start", "amount", "unit", "trigger")


def read(drawing: Drawing, kind: str, monkeypatch: pytest.MonkeyPatch) -> Plan:
    if kind == "grid":  # as a format reader would hand it over
        monkeypatch.setattr(reading, "read_file", lambda data, kind: to_document(drawing))
        return read_plan(b"grid", name="grid.txt", reader=read_deadlines)
    return read_plan(MAKERS[kind](drawing), name=f"paper.{kind}")


def bare(text: str | None) -> str | None:
    return None if text is None else "".join(text.split(" "))


def as_gold(item: Item) -> dict[str, Any]:
    return {
        "no": item.no,
        "heading": item.heading,
        "subheading": item.subheading,
        "requirement": bare(item.requirement),
        "units": [unit(duty) for duty in item.units],
        "deadlines": [deadline(one) for one in item.deadlines],
    }


def unit(duty: Duty) -> dict[str, Any]:
    said = {"name": duty.name, "role": duty.role.value, "collective": duty.collective, "alias": duty.alias}
    return {key: value for key, value in said.items() if value}


def deadline(one: Deadline) -> dict[str, Any]:
    said = {key: getattr(one, key) for key in DEADLINE}
    return {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in said.items()
        if value is not None
    }


@pytest.mark.parametrize(("name", "kind"), CASES, ids=[f"{name}-{kind}" for name, kind in CASES])
def test_paper(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "html" and not importlib.util.find_spec("duban.reading.formats.html"):
        pytest.skip("no reader of web pages yet")
    gold = json.loads((PAPERS / f"{name}.json").read_text(encoding="utf-8"))
    plan = read(load(PAPERS / f"{name}.txt"), kind, monkeypatch)
    assert [as_gold(item) for item in plan.items] == gold["items"]
    said = sorted((problem.code, problem.item or 0) for problem in plan.problems)
    assert said == sorted((problem["code"], problem["item"] or 0) for problem in gold["problems"])
    assert plan.title == gold["title"]
    assert plan.year == gold["year"]
    assert (plan.issued.isoformat() if plan.issued else None) == gold["issued"]


def test_the_corpus_has_layouts_enough() -> None:
    assert len(NAMES) >= 20
    assert all((PAPERS / f"{name}.json").exists() for name in NAMES)
