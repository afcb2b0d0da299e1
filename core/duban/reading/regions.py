"""A grid taken apart: a sheet may hold several tables, one below another, with titles between them."""

from __future__ import annotations

from collections.abc import Iterator

from duban.reading.columns import Heads
from duban.reading.grid import Grid, Paragraph
from duban.reading.header import distinct, header_end, starts_header
from duban.reading.marks import is_closing

_SEARCHED = 30  # rows in which the first header may stand
_SHARE = 0.5  # of the heads that must be known where a row in a table's midst is to be another table's header
_FEW = 2


def regions(grid: Grid, heads: Heads) -> Iterator[Paragraph | Grid]:
    """The tables of a grid, each from its header on; rows above one that have a single cell as paragraphs."""
    starts = _starts(grid, heads)
    if not starts:
        yield grid
        return
    tops = [_top(grid, start, end) for start, (_, end) in zip(starts[1:], starts, strict=False)]
    yield from _above(grid, 0, starts[0][0])
    for k, (first, _) in enumerate(starts):
        last = tops[k] if k < len(tops) else len(grid.rows)
        yield Grid(name=grid.name, rows=grid.rows[first:last]) if first or last < len(grid.rows) else grid
        if k < len(tops):
            yield from _above(grid, tops[k], starts[k + 1][0])


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


def _top(grid: Grid, start: tuple[int, int], end: int) -> int:
    """The first of the rows right above a header that have a single cell: its title and headings."""
    top = start[0]
    while top > end:
        filled = [cell for cell in distinct(grid.rows[top - 1]) if not cell.empty]
        if len(filled) > 1 or (filled and is_closing(filled[0].text)):
            break
        top -= 1
    return top


def _above(grid: Grid, first: int, last: int) -> Iterator[Paragraph | Grid]:
    """The rows above a header: titles and lines of a form, or a table without a header that is known."""
    rows = grid.rows[first:last]
    wide = [i for i, row in enumerate(rows) if sum(not cell.empty for cell in distinct(row)) > 1]
    table = range(wide[0], wide[-1] + 1) if len(wide) >= _FEW else range(0)
    for i, row in enumerate(rows):
        if i in table:
            if i == table[0]:
                yield Grid(name=grid.name, rows=rows[table[0] : table[-1] + 1])
            continue
        yield from (Paragraph(cell.text, cell.place) for cell in distinct(row) if not cell.empty)
