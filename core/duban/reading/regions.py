"""A grid taken apart: a sheet may hold several tables, one below another, with titles between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from duban.reading.columns import Heads
from duban.reading.grid import Cell, Grid, Paragraph
from duban.reading.header import distinct, header_end, starts_header
from duban.reading.marks import is_closing
from duban.reading.tidy import tidy

_SEARCHED = 30  # rows in which the first header may stand
_SHARE = 0.5  # of the heads that must be known where a row in a table's midst is to be another table's header
_FORM_LINE = re.compile(r"^[^：:，。]{2,12}[：:]")

Slots = Sequence[Cell | None]


def regions(grid: Grid, heads: Heads) -> Iterator[Paragraph | Grid]:
    """The tables of a grid, each from its header on; rows above one that have a single cell as paragraphs."""
    starts = _starts(grid, heads)
    if not starts:
        yield grid
        return
    ends = [0, *(end for _, end in starts)]
    tops = [_top(grid, first, end) for (first, _), end in zip(starts, ends, strict=False)]
    yield from _above(grid, 0, tops[0])
    for (first, _), top, after in zip(starts, tops, [*tops[1:], len(grid.rows)], strict=True):
        yield from _lines(grid.rows[top:first])
        yield Grid(name=grid.name, rows=grid.rows[first:after]) if first or after < len(grid.rows) else grid


def _starts(grid: Grid, heads: Heads) -> list[tuple[int, int]]:
    """Where a header begins that differs from the one before it, and the row after that header."""
    found: list[tuple[int, int]] = []
    said: list[str] = []
    i = 0
    while i < len(grid.rows) and (found or i < _SEARCHED):
        slots = grid.rows[i]
        begins = starts_header(slots, heads, share=_SHARE) if found else starts_header(slots, heads)
        if not begins:
            i += 1
            continue
        texts = ["".join(cell.text.split()) for cell in distinct(slots) if not cell.empty]
        end = header_end(grid, i, heads)
        if texts != said:
            found.append((i, end))
            said = texts
        i = end
    return found


def _top(grid: Grid, first: int, end: int) -> int:
    """The first of the rows right above a header that have a single cell: its title and headings."""
    top = first
    while top > end:
        filled = _filled(grid.rows[top - 1])
        if (len(filled) > 1 and not _form(filled)) or (filled and is_closing(filled[0].text)):
            break
        top -= 1
    return top


def _above(grid: Grid, first: int, last: int) -> Iterator[Paragraph | Grid]:
    """Rows above the first title: a table without a header that is known, or the rest of the one before."""
    rows = grid.rows[first:last]
    if any(len(filled) > 1 and not _form(filled) for filled in map(_filled, rows)):
        yield Grid(name=grid.name, rows=rows)
    else:
        yield from _lines(rows)


def _lines(rows: Iterable[Slots]) -> Iterator[Paragraph]:
    return (Paragraph(cell.text, cell.place) for row in rows for cell in _filled(row))


def _filled(slots: Slots) -> list[Cell]:
    return [cell for cell in distinct(slots) if not cell.empty]


def _form(cells: Iterable[Cell]) -> bool:
    """Whether a row is a line of a form: 填报单位：… and 填报日期：…"""
    return all(_FORM_LINE.match(tidy(cell.text)) for cell in cells)
