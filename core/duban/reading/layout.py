"""A file as laid out becomes entries: of its task tables, else of flattened tables or measures in prose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from duban.reading.columns import Column, Heads
from duban.reading.entries import entries_of
from duban.reading.flat import read_flat
from duban.reading.grid import Cell, Document, Paragraph, Place, between
from duban.reading.habits import follow, habits_of
from duban.reading.header import distinct
from duban.reading.leftovers import leftovers
from duban.reading.pasted import without_pasted
from duban.reading.prose import read_prose
from duban.reading.rows import Row
from duban.reading.ruled import read_ruled
from duban.reading.tables import Laid, read_tables

__all__ = ["Laid", "lay_out"]


def lay_out(document: Document, heads: Heads) -> Laid | None:
    """The tasks of a document, or None where none are found."""
    lines, places = _lines(document)
    habits = habits_of(lines)
    laid = (
        read_tables(document, heads, repeats=habits.repeats)
        or _from_lines(lines, places, heads, habits.repeats)
        or read_tables(document, heads, repeats=habits.repeats, anyway=True)
    )
    if laid is not None:
        follow(habits, laid.entries)
    return laid


def _lines(document: Document) -> tuple[list[str], list[Place]]:
    """The document's running text, line by line; a grid that is no task table gives its cells' lines."""
    lines: list[str] = []
    places: list[Place] = []
    running: list[int] = []  # lines that are no cell's
    for block in document.blocks:
        parts: Sequence[Paragraph | Cell] = (
            (block,)
            if isinstance(block, Paragraph)
            else [cell for row in block.rows for cell in distinct(row) if not cell.empty]
        )
        for part in parts:
            said = part.text.split("\n")
            running += range(len(lines), len(lines) + len(said)) if isinstance(block, Paragraph) else ()
            lines += said
            places += [part.place] * len(said)
    own = without_pasted([lines[i] for i in running])
    for i, line in zip(running, own, strict=True):
        lines[i] = line
    return lines, places


def _from_lines(
    lines: Sequence[str], places: Sequence[Place], heads: Heads, repeats: frozenset[Column]
) -> Laid | None:
    at = _finder(places)
    layout = read_flat(lines, heads) or read_ruled(lines, heads)
    if layout is not None:
        tables = [
            replace(table, repeats=repeats, rows=tuple(_placed(row, at) for row in table.rows))
            for table in (layout.table, *layout.more)
        ]
        entries, problems = entries_of(tables)
        if entries:
            return Laid(
                before=layout.before,
                entries=tuple(entries),
                after=layout.after,
                problems=(
                    *(problem for table in tables for problem in table.problems),
                    *leftovers(lines, layout, entries),
                    *problems,
                ),
            )
    prose = read_prose(lines, at)
    if prose is None:
        return None
    return Laid(before=prose.before, entries=prose.entries, after=prose.after, problems=prose.problems)


def _finder(places: Sequence[Place]) -> Callable[[int, int], Place]:
    """Line numbers, from 1, as a place in the file."""

    def at(first: int, last: int) -> Place:
        return between(places[first - 1], places[max(first, last) - 1])

    return at


def _placed(row: Row, at: Callable[[int, int], Place]) -> Row:
    cells = (
        replace(cell, place=at(cell.place.line, cell.place.last)) if cell and cell.place.line else cell
        for cell in row.cells
    )
    return replace(row, cells=tuple(cells))
