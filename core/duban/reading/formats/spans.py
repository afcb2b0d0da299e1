"""Cells that cover several slots, laid out: spans of columns, row by row, become a Grid.

A column in which no cell begins says nothing and is left out, so that a heading over a thousand columns is as
wide as the table beneath it, and costs no more.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import NamedTuple

from duban.reading.formats.limits import COLUMNS, ROWS, Budget, check
from duban.reading.grid import Cell, Grid, Place


@dataclass(slots=True)
class Piece:
    """A cell that is still being laid out: its text, and in how many rows it has been met."""

    text: str
    rows: int = 0


class Span(NamedTuple):
    """The columns that a piece covers in one row, counted from 0; `end` is not covered."""

    start: int
    end: int
    piece: Piece


Rows = list[list[Span]]


def grid_of(rows: Rows, *, number: int, budget: Budget) -> Grid | None:
    """The table 表{number}, None where no cell has text. Spans of a row overlap nowhere. Raises TooMuch."""
    starts = sorted({span.start for row in rows for span in row})
    filled = {span.start for row in rows for span in row if span.piece.text}
    if not filled:
        return None
    check(sum(any(span.piece.text for span in row) for row in rows), ROWS, "行")
    check(len(filled), COLUMNS, "列")
    budget.take(len(rows) * len(starts))
    name, index = f"表{number}", {start: at for at, start in enumerate(starts)}
    cells: dict[int, Cell] = {}
    laid: list[tuple[Cell | None, ...]] = []
    for r, row in enumerate(rows, start=1):
        slots: list[Cell | None] = [None] * len(starts)
        for start, end, piece in row:
            first = index[start]
            last = first + 1 if end == start + 1 else bisect_left(starts, end)
            cell = cells.get(id(piece))
            if cell is None:
                place = Place(table=name, row=r, column=first + 1)
                cell = cells[id(piece)] = Cell(piece.text, place, piece.rows, last - first)
            slots[first:last] = [cell] * (last - first)
        laid.append(tuple(slots))
    return Grid(name=name, rows=tuple(laid))
