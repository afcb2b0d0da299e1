"""Cells that show a spreadsheet's error, #REF! or #NAME?, in whatever file they came: no text of a plan."""

from __future__ import annotations

import re
from dataclasses import replace

from duban.model import Problem
from duban.reading.grid import Cell, Document, Grid, Place

_ERROR = re.compile(r"\s*#(?:REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|N/A|SPILL!|CALC!)\s*", re.IGNORECASE)
_SHOWN = 5  # places that the doubt names


def without_error_values(document: Document) -> Document:
    """The document with such cells blank, and said."""
    notes: list[Problem] = []
    blocks = tuple(_blanked(block, notes) if isinstance(block, Grid) else block for block in document.blocks)
    return replace(document, blocks=blocks, notes=(*document.notes, *notes)) if notes else document


def _blanked(grid: Grid, notes: list[Problem]) -> Grid:
    wrong = {
        id(cell): cell
        for row in grid.rows
        for cell in row
        if cell and cell.text.lstrip().startswith("#") and _ERROR.fullmatch(cell.text)
    }
    if not wrong:
        return grid
    blank = {key: replace(cell, text="") for key, cell in wrong.items()}  # a merged cell stays one object
    places = [str(_inside(cell.place)) for cell in wrong.values()]
    named = "、".join(places[:_SHOWN]) + (" 等" if len(places) > _SHOWN else "")
    notes.append(
        Problem(
            code="error-value",
            message=f"{grid.name}有 {len(wrong)} 格显示为错误值（{named}），已按空格处理，请核对公式。",
            where=grid.name,
        )
    )
    return replace(grid, rows=tuple(tuple(_instead(cell, blank) for cell in row) for row in grid.rows))


def _instead(cell: Cell | None, blank: dict[int, Cell]) -> Cell | None:
    return blank.get(id(cell), cell)


def _inside(place: Place) -> Place:
    """The place without the table's name, which the sentence begins with."""
    return replace(place, table="", page=0)
