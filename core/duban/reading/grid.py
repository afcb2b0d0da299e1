"""A file as laid out, whatever its format: paragraphs and grids of cells, each with where it came from.

What a format reader (duban.reading.formats) returns, and all that the interpreting half knows of a file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from duban.model import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands in the file, all counted from 1; 0 and "" where the format has no such thing."""

    page: int = 0
    table: str = ""  # 表2, 工作表“台账”
    row: int = 0
    column: int = 0
    paragraph: int = 0
    line: int = 0
    last: int = 0  # the last line, where there are several

    def __str__(self) -> str:
        """For people: 第3—5行, 表2第4行第3列, 第2页表1第4行."""
        page = f"第{self.page}页" if self.page else ""
        row = f"第{self.row}行" if self.row else ""
        column = f"第{self.column}列" if self.column else ""
        lines = f"第{self.line}—{self.last}行" if self.last > self.line else f"第{self.line}行"
        paragraph = f"第{self.paragraph}段" if self.paragraph else ""
        return f"{page}{self.table}{row}{column}{paragraph}{lines if self.line else ''}"


NOWHERE = Place()


def between(first: Place, last: Place) -> Place:
    """From one place to a later one: lines are given as a range, of others the first stands for both."""
    return replace(first, last=max(last.line, last.last)) if first.line else first


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text with its own line breaks, its first slot's place, and how many slots it covers."""

    text: str
    place: Place = NOWHERE
    rows: int = 1
    columns: int = 1

    @property
    def empty(self) -> bool:
        """Nothing in it."""
        return not self.text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: rows of slots, all of one width. A merged cell is the same object in each slot it covers;
    None is a slot without a cell (a ragged row, gridBefore)."""

    name: str  # 表1, 工作表“台账”
    rows: tuple[tuple[Cell | None, ...], ...]

    @property
    def width(self) -> int:
        """Slots in a row."""
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of running text, with its automatic number written out before it."""

    text: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file taken apart, in its order. `notes` say what was passed over or could not be seen: hidden
    sheets, macros, formulas without values. `name`: what it calls itself outside of its text (<title>)."""

    blocks: tuple[Paragraph | Grid, ...]
    hidden: tuple[Grid, ...] = ()  # sheets that nobody sees who opens the file
    notes: tuple[Problem, ...] = ()
    name: str = ""
