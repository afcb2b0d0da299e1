"""What was read, as plain values to compare."""

from __future__ import annotations

from duban.reading.grid import Document, Grid, Paragraph


def lines(document: Document) -> list[str]:
    """The texts of the paragraphs."""
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def grids(document: Document) -> list[Grid]:
    """The tables."""
    return [block for block in document.blocks if isinstance(block, Grid)]


def shown(grid: Grid) -> list[list[str | None]]:
    """Slots as texts: a merged cell's repeats, None is no cell."""
    return [[cell.text if cell else None for cell in row] for row in grid.rows]


def only(document: Document) -> list[list[str | None]]:
    """The one table."""
    (grid,) = grids(document)
    return shown(grid)
