"""What must not change what a paper says: a page's end anywhere in a table, and the order of its columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from duban.reading.columns import NO_HEADS, UNIT_COLUMNS, Column
from duban.reading.grid import Cell, Document, Grid, Paragraph
from duban.reading.header import distinct, find_header
from duban.reading.layout import lay_out
from duban.reading.regions import regions
from papers.drawing import Page, load, to_document

PAPERS = Path(__file__).parents[2] / "corpus" / "papers"
NAMES = sorted(path.stem for path in PAPERS.glob("*.txt"))
Rows = tuple[tuple[Cell | None, ...], ...]
DOUBTS = {"no-units", "blank-cell", "carried-cell", "lost-number", "lost-text", "split-rows", "joined-row"}


def tables() -> Iterator[tuple[str, Document, int, int]]:
    """Each paper's tables on one page: name, document, the block's index, the row after its header."""
    for name in NAMES:
        drawing = load(PAPERS / f"{name}.txt")
        if "grid" not in drawing.formats or Page() in drawing.blocks:
            continue
        document = to_document(drawing)
        for at, block in enumerate(document.blocks):
            if isinstance(block, Grid) and sum(isinstance(p, Grid) for p in regions(block, NO_HEADS)) == 1:
                header = find_header(block, NO_HEADS)
                if header is not None and header.of_tasks:
                    yield name, document, at, header.end


TABLES = list(tables())
assert len(TABLES) > 10, "without them nothing here would be tested"
CUTS = [
    (name, document, at, end, row)
    for name, document, at, end in TABLES
    for row in range(end + 1, len(document.blocks[at].rows))  # type: ignore[union-attr]
]


def entries(document: Document) -> tuple[list[dict[str, Any]], set[str]]:
    laid = lay_out(document, NO_HEADS)
    assert laid is not None
    items = [
        {
            "no": e.number,
            "heading": e.heading,
            "subheading": e.subheading,
            "requirement": set(e.texts),
            "units": {(d.name, d.role) for d in e.names.duties} if e.names else set(),
            "time": set(filter(None, e.time.split("；"))),
        }
        for e in laid.entries
    ]
    return items, {problem.code for problem in laid.problems}


def half(rows: Rows, page: int, blank: set[int]) -> Rows:
    """Rows as a page shows them: of a cell that goes on over its end the lower half is blank."""
    lines: dict[int, int] = {}
    for row in rows:
        for cell in distinct(row):
            lines[id(cell)] = lines.get(id(cell), 0) + 1
    made = {
        id(cell): Cell(
            "" if id(cell) in blank else cell.text,
            replace(cell.place, page=page),
            lines[id(cell)],
            cell.columns,
        )
        for row in rows
        for cell in distinct(row)
    }
    return tuple(tuple(made[id(cell)] if cell else None for cell in row) for row in rows)


@pytest.mark.parametrize("again", [True, False], ids=["header-again", "no-header"])
@pytest.mark.parametrize(
    ("document", "at", "end", "row"), [cut[1:] for cut in CUTS], ids=[f"{c[0]}-{c[2]}-{c[4]}" for c in CUTS]
)
def test_a_page_may_end_anywhere(document: Document, at: int, end: int, row: int, again: bool) -> None:
    """What is torn is mended; where the evidence is not clear it is blank and said, and nobody else's."""
    grid = document.blocks[at]
    assert isinstance(grid, Grid)
    upper = half(grid.rows[:row], 1, set())
    seen = {id(cell) for line in grid.rows[:row] for cell in distinct(line)}
    lower = half(grid.rows[:end], 2, set()) * again + half(grid.rows[row:], 2, seen)
    pages = (replace(grid, rows=upper), Paragraph("- 1 -"), replace(grid, rows=lower))
    before, said_before = entries(document)
    after, said = entries(Document(blocks=(*document.blocks[:at], *pages, *document.blocks[at + 1 :])))
    assert [item["no"] for item in after] == [item["no"] for item in before]
    for one, whole in zip(after, before, strict=True):
        lost = {field for field in whole if one[field] != whole[field]}
        assert lost <= {"requirement", "units", "time"}
        assert all(one[field] < whole[field] for field in lost)
        assert not lost or said & DOUBTS or not (one["units"] and one["requirement"])
    assert said - said_before <= DOUBTS


@pytest.mark.parametrize(
    ("document", "at"), [table[1:3] for table in TABLES], ids=[f"{table[0]}-{table[2]}" for table in TABLES]
)
def test_columns_in_another_order(document: Document, at: int) -> None:
    grid = document.blocks[at]
    assert isinstance(grid, Grid)
    if any(1 < cell.columns < grid.width for row in grid.rows for cell in distinct(row)):
        pytest.skip("cells over several columns")
    header = find_header(grid, NO_HEADS)
    assert header is not None
    rank = {Column.TIME: 0, **dict.fromkeys(UNIT_COLUMNS, 1), Column.NUMBER: 3}
    order = sorted(range(grid.width), key=lambda j: rank.get(header.columns[j], 2))
    turned = replace(grid, rows=tuple(tuple(row[j] for j in order) for row in grid.rows))
    before, said_before = entries(document)
    after, said = entries(Document(blocks=(*document.blocks[:at], turned, *document.blocks[at + 1 :])))
    assert after == before
    assert said == said_before


def test_the_golds_are_whole() -> None:
    for name in NAMES:
        gold = json.loads((PAPERS / f"{name}.json").read_text(encoding="utf-8"))
        assert gold["items"]
        assert [item["no"] for item in gold["items"]] == list(range(1, len(gold["items"]) + 1))
