"""A document drawn as plain text (tests/corpus/papers/NAME.txt), and the same as a grid.

    @formats docx xlsx html     the formats that can say this (all of them where there is no such line)
    @sheet 名称                 what follows stands on a sheet of this name (xlsx)
    @page                       what follows stands on a new page (as a PDF gives it)
    | 序号 | 工作任务 | <  |     a row: `<` is covered by the cell to its left, `^` by the one above
    | ^    | 类别     | 内容 |   ⏎ is a line break inside a cell
    | 一、加强领导 |            a row with one cell: it covers all columns

Everything else is a paragraph. Rows that follow one another are one table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from duban.reading.grid import Cell, Document, Grid, Paragraph, Place

FORMATS = ("docx", "xlsx", "html", "grid")


@dataclass(frozen=True, slots=True)
class Area:
    """One cell: its text, its first slot, from 0, and how many slots it covers."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(slots=True)
class Table:
    """The rows of a table as drawn."""

    lines: list[list[str]] = field(default_factory=list)

    @property
    def width(self) -> int:
        return max(len(line) for line in self.lines)

    def slots(self) -> list[list[tuple[int, int]]]:
        """For each slot the row and column of the cell that covers it."""
        owners: list[list[tuple[int, int]]] = []
        for i, line in enumerate(self.lines):
            own: list[tuple[int, int]] = []
            for j in range(self.width):
                said = (line[j] if j < len(line) else "") if len(line) > 1 else line[0] if j == 0 else "<"
                own.append(own[j - 1] if said == "<" else owners[i - 1][j] if said == "^" else (i, j))
            owners.append(own)
        return owners

    def areas(self) -> Iterator[Area]:
        """The cells in reading order."""
        covered: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for i, row in enumerate(self.slots()):
            for j, owner in enumerate(row):
                covered.setdefault(owner, []).append((i, j))
        for (i, j), slots in covered.items():
            line = self.lines[i]
            text = (line[j] if j < len(line) else "").replace("⏎", "\n")
            last = slots[-1]
            yield Area(text, i, j, last[0] - i + 1, last[1] - j + 1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a sheet begins."""

    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page ends."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A document as drawn."""

    blocks: tuple[str | Table | Sheet | Page, ...]
    formats: tuple[str, ...] = FORMATS


def draw(text: str) -> Drawing:
    """The drawing that a text holds."""
    blocks: list[str | Table | Sheet | Page] = []
    formats = FORMATS
    row = False
    for line in text.splitlines():
        said = line.strip()
        if said.startswith("|"):
            cells = [cell.strip() for cell in said.strip("|").split("|")]
            if not (row and isinstance(blocks[-1], Table)):
                blocks.append(Table())
            table = blocks[-1]
            assert isinstance(table, Table)
            table.lines.append(cells)
        elif said.startswith("@formats "):
            formats = tuple(said.split()[1:])
        elif said.startswith("@sheet "):
            blocks.append(Sheet(said.removeprefix("@sheet ")))
        elif said == "@page":
            blocks.append(Page())
        elif said:
            blocks.append(said)
        row = said.startswith("|")
    return Drawing(tuple(blocks), formats)


def load(path: Path) -> Drawing:
    """The drawing of a file."""
    return draw(path.read_text(encoding="utf-8"))


def to_document(drawing: Drawing) -> Document:
    """What a format reader would give, pages and all."""
    blocks: list[Paragraph | Grid] = []
    page, tables, paragraphs, name = int(Page() in drawing.blocks), 0, 0, ""
    for block in drawing.blocks:
        if isinstance(block, Page):
            page += 1
        elif isinstance(block, Sheet):
            name = f"工作表“{block.name}”"
        elif isinstance(block, str):
            paragraphs += 1
            blocks.append(Paragraph(block, Place(page=page, paragraph=paragraphs)))
        else:
            tables += 1
            blocks.append(_grid(block, name or f"表{tables}", page))
    return Document(blocks=tuple(blocks))


def _grid(table: Table, name: str, page: int) -> Grid:
    cells = {}
    for area in table.areas():
        place = Place(page=page, table=name, row=area.row + 1, column=area.column + 1)
        cells[area.row, area.column] = Cell(area.text, place, area.rows, area.columns)
    return Grid(name=name, rows=tuple(tuple(cells[owner] for owner in row) for row in table.slots()))


def without_pages(drawing: Drawing) -> Drawing:
    """The same on one endless page."""
    return replace(drawing, blocks=tuple(block for block in drawing.blocks if not isinstance(block, Page)))
