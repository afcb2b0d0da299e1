"""A table as read, whatever the format: rows of cells by column, each with the line that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from duban.model import Problem
from duban.reading.columns import Column


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell, and its lines in the document, first and last, counted from 1 (0: not known)."""

    text: str
    line: int = 0
    last: int = 0
    covered: bool = False  # no cell of its own: the merged cell to its left covers its column

    @property
    def empty(self) -> bool:
        """Nothing in it: a cell of a vertical merge, or one that was left blank."""
        return not self.text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: a cell for each column, None for one that the document lost.

    `wide`: one cell across all columns, a heading.
    """

    cells: tuple[Cell | None, ...]
    wide: bool = False

    @property
    def lines(self) -> tuple[int, int]:
        """The first and last line of its cells; (0, 0) where none is known."""
        known = [line for cell in self.cells if cell for line in (cell.line, cell.last) if line]
        return (min(known), max(known)) if known else (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: what each column means, and the rows beneath the header."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()

    def cells_of(self, row: Row, *wanted: Column) -> Iterator[tuple[Column, Cell | None]]:
        """The cells of a row whose column means one of `wanted`, from left to right."""
        for column, cell in zip(self.columns, row.cells, strict=True):
            if column in wanted:
                yield column, cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A document taken apart: the lines before the table, the table, the lines after it."""

    before: tuple[str, ...]
    grid: Grid
    after: tuple[str, ...]
