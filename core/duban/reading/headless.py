"""A flattened table that lost its header: numbers on lines of their own, and as many lines behind each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from duban.model import Problem
from duban.reading.blocks import Header
from duban.reading.columns import LABELS, Column
from duban.reading.furniture import is_page_number
from duban.reading.grid import Cell, Grid
from duban.reading.header import without_header

_NUMBER = re.compile(r"[0-9０-９]{1,3}[.．、]?")
_FEW, _FEWEST_CELLS = 2, 3
_MOST_CELLS = 12


def without_heads(lines: Sequence[str]) -> tuple[Header | None, tuple[Problem, ...]]:
    """The header that such a table should have had, and the doubt about it; None where there is no table."""
    rows = _rows(lines)
    widths = Counter(len(row) for row in rows if _FEWEST_CELLS <= len(row) <= _MOST_CELLS)
    width, count = max(widths.items(), key=lambda pair: pair[1], default=(0, 0))
    if count < _FEW or count * 2 <= len(rows):
        return None, ()
    cells = tuple(tuple(Cell(lines[i].strip()) for i in row) for row in rows if len(row) == width)
    found = without_header(Grid(name="文中的表", rows=cells))
    if found is None or found.columns[0] is not Column.NUMBER:
        return None, ()
    labels = [LABELS.get(column, LABELS[Column.NOTE]) for column in found.columns]
    first = rows[0][0]
    return Header(labels, first, first, _indent(lines[first])), found.problems


def _rows(lines: Sequence[str]) -> list[list[int]]:
    """The lines of each row: a number whose turn it is, and the filled lines behind it up to a blank one."""
    rows: list[list[int]] = []
    open_ = False
    for i, line in enumerate(lines):
        text = line.strip()
        if _NUMBER.fullmatch(text) and int(re.sub(r"[.．、]", "", text)) == len(rows) + 1:
            rows.append([i])
            open_ = True
        elif not text:
            open_ = open_ and bool(rows) and len(rows[-1]) == 1
        elif open_ and not is_page_number(line):
            rows[-1].append(i)
    return rows


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
