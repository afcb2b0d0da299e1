"""The rows of a task table: what each column means, which cells are carried from above or from the left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from duban.model import Problem
from duban.reading.columns import Column
from duban.reading.grid import NOWHERE, Cell, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: a cell for each column, None for one that the document lost.

    `above`, `left`: columns whose slot a merged cell from above or from the left covers.
    `wide`: one cell across all columns, a heading; `outermost`: over those of any rank, a sheet's name.
    """

    cells: tuple[Cell | None, ...]
    above: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()
    wide: bool = False
    outermost: bool = False
    at: Place = NOWHERE

    @property
    def place(self) -> Place:
        """Its place, else its first cell's without the column; with the last line where cells are lines."""
        if self.at != NOWHERE:
            return self.at
        known = [cell.place for cell in self.cells if cell and cell.place != NOWHERE]
        if not known:
            return NOWHERE
        first = known[0]
        lines = [n for place in known for n in (place.line, place.last) if n]
        if not lines:
            return Place(page=first.page, table=first.table, row=first.row, paragraph=first.paragraph)
        return Place(page=first.page, table=first.table, line=min(lines), last=max(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTable:
    """A table of tasks: its columns, and the rows beneath the header.

    `exact`: its merges are known; a cell covered from above is that cell itself, an empty one is blank.
    Else an empty cell is taken for one that the cell above covers.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    exact: bool = False
    problems: tuple[Problem, ...] = ()
    repeats: frozenset[Column] = frozenset()  # whose blank cells say what the cell above says (habits)
    periods: tuple[str, ...] = ()  # the words of columns of months, quarters and years

    def cells_of(self, row: Row, *wanted: Column) -> Iterator[tuple[int, Column, Cell | None]]:
        """The cells of a row whose column means one of `wanted`, from left to right, with their index."""
        return ((at, column, row.cells[at]) for at, column in _places(self.columns, wanted))


@lru_cache(maxsize=256)
def _places(columns: tuple[Column, ...], wanted: tuple[Column, ...]) -> tuple[tuple[int, Column], ...]:
    """Where the columns stand that mean one of `wanted`."""
    return tuple((at, column) for at, column in enumerate(columns) if column in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A document taken apart: the lines before the table, it and those behind it, the lines after."""

    before: tuple[str, ...]
    table: TaskTable
    after: tuple[str, ...]
    more: tuple[TaskTable, ...] = ()
