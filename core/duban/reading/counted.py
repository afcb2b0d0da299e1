"""Items numbered inside the cells of a column of words: 1.食堂管理, 2.校舍维修."""

from __future__ import annotations

from itertools import pairwise

from duban.reading.columns import Column
from duban.reading.outline import CIRCLED, mark_of
from duban.reading.rows import TaskTable
from duban.reading.tidy import tidy

_WORDED = (Column.HEADING, Column.SUBHEADING, Column.REQUIREMENT)
_FEW = 2
_SHARE = 0.6  # of the rows that bear a number where some have lost theirs


def leading_number(text: str) -> int | None:
    """The number that a cell's text begins with, before its words."""
    mark = mark_of(text.strip())
    return mark.number if mark and mark.rank <= CIRCLED else None


def unnumbered(text: str) -> str:
    """A text without the number that it begins with."""
    mark = mark_of(text)
    return text[mark.end :] if mark and mark.rank <= CIRCLED and mark.end < len(text) else text


def counted_column(table: TaskTable) -> int | None:
    """The first column of words, where its cells, one a row, count the rows: 1, 2, 3."""
    if not table.exact or Column.NUMBER in table.columns:
        return None
    at = next((j for j, column in enumerate(table.columns) if column in _WORDED), None)
    rows = [row for row in table.rows if not row.wide]
    if at is None or any(at in row.above for row in rows):
        return None
    said = [leading_number(tidy(cell.text)) if (cell := row.cells[at]) else None for row in rows]
    known = [number for number in said if number is not None]
    rising = all(before < after for before, after in pairwise(known))
    return at if len(known) >= max(_FEW, _SHARE * len(rows)) and rising else None
