"""How the lines of a table are parted into cells, and where its header stands, if it has one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from duban.model import Problem
from duban.reading.columns import Column, Heads, is_header, resolve, unknown
from duban.reading.grid import Cell, Grid
from duban.reading.header import find_header, without_header
from duban.reading.tidy import number_of

_RULE = re.compile(r"^[\s|｜│┃+\-—─━=:┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛]+$")
_BARS = re.compile(r"[|｜│┃]")
_TABS = re.compile(r"\t")
_WIDE = re.compile(r"\s{2,}|\t|\u3000+")
_TABS_OR_BLANKS = re.compile(r"\t|[ \u3000]*(?:[ \u3000]{2}|\u3000)[ \u3000]*")
_BLANKS = re.compile(r"\s+")
_SEPARATORS = (_BARS, _TABS, _WIDE, _BLANKS)  # the first that makes a line a header is the table's
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LONGEST_HEADER = 300  # characters of a line that can be a header
_FEW, _FEWEST_CELLS = 2, 3


@dataclass(slots=True)
class Line:
    """The cells of a row, the number of its line, and of the last that goes on it."""

    cells: list[str]
    number: int
    wide: bool = False
    last: int = 0

    def join(self, cells: Sequence[str]) -> None:
        """The rest of each cell."""
        have = [*self.cells, *[""] * (len(cells) - len(self.cells))]
        self.cells = [f"{a}\n{b}".strip() for a, b in zip(have, cells, strict=True)]


@dataclass(frozen=True, slots=True)
class Start:
    """A table: the line of its header, that of its first row, its heads and what they mean."""

    first: int
    begin: int
    labels: list[str]
    columns: tuple[Column, ...]
    separator: re.Pattern[str]
    outer: bool  # there are bars at the sides, too
    problems: tuple[Problem, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether empty cells are there; between blanks they are not."""
        return self.separator in (_BARS, _TABS)

    def split(self, line: str) -> list[str]:
        """The cells of a line; blanks part one that was pasted in where the others have tabs."""
        cells = _split(line, self.separator, outer=self.outer)
        if self.separator is _TABS and len(cells) < len(self.columns):
            parted = _split(line, _TABS_OR_BLANKS, outer=False)
            if len(parted) == len(self.columns) or (len(cells) == 1 and len(parted) >= _FEWEST_CELLS):
                return parted
        return cells

    def dull(self, line: str) -> bool:
        """Whether a line is blank or drawn."""
        return not line.strip() or bool(_RULE.match(line))


def starts(lines: Sequence[str], heads: Heads) -> list[Start]:
    """The tables of a text, in its order: where a header stands that differs from the one before it."""
    found: list[Start] = []
    for i, line in enumerate(lines):
        if not line.strip() or len(line) > _LONGEST_HEADER:
            continue
        for separator in (found[-1].separator,) if found else _SEPARATORS:
            outer = bool(_BARS.match(line.strip()))
            labels = _split(line, separator, outer=outer)
            if len(labels) > 1 and is_header(labels, heads):
                if not found or labels != found[-1].labels:
                    columns = resolve(labels, len(labels), heads)
                    doubts = unknown(labels, columns, heads)
                    found.append(Start(i, i + 1, labels, columns, separator, outer, doubts))
                break
    if not found:
        return _headless(lines)
    ends = [*(start.first for start in found[1:]), len(lines)]
    return [_by_cells(start, lines[start.begin : end], heads) for start, end in zip(found, ends, strict=True)]


def _by_cells(start: Start, lines: Sequence[str], heads: Heads) -> Start:
    """Where no wording fits a head: what its cells look like says what the column means, as in a grid."""
    if Column.UNKNOWN not in start.columns:
        return start
    rows = [cells for line in lines if len(cells := start.split(line)) == len(start.labels)]
    grid = Grid(
        name="文中的表", rows=tuple(tuple(Cell(cell) for cell in cells) for cells in (start.labels, *rows))
    )
    header = find_header(grid, heads)
    if header is None or header.first or header.end != 1:
        return start
    return replace(start, columns=header.columns, problems=header.problems)


def _split(line: str, separator: re.Pattern[str], *, outer: bool) -> list[str]:
    text = line.strip() if separator is not _TABS else line.strip(" \r")
    if separator is _BARS and outer:
        text = re.sub(r"^[|｜│┃]|[|｜│┃]$", "", text)
    return [_plain(cell.strip()) for cell in separator.split(text)]


def _plain(cell: str) -> str:
    """A cell without what only marks it: quotes around a copied one, ** and <br> of Markdown."""
    cell = _BREAK.sub("\n", cell.strip("*").strip()) if "*" in cell or "<" in cell else cell
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"').strip() if quoted else cell


def _headless(lines: Sequence[str]) -> list[Start]:
    """A table without a header: numbered lines with bars or tabs; what its columns are, the cells say."""
    for separator in (_BARS, _TABS):
        rows = [(i, line) for i, line in enumerate(lines) if separator.search(line)]
        outer = bool(rows) and all(_BARS.match(line.strip()) for _, line in rows)
        cut = [(i, _split(line, separator, outer=outer)) for i, line in rows]
        numbered = [(i, cells) for i, cells in cut if number_of(cells[0]) is not None]
        widths = Counter(len(cells) for _, cells in numbered if len(cells) >= _FEWEST_CELLS)
        width, count = max(widths.items(), key=lambda pair: pair[1], default=(0, 0))
        if count < _FEW:
            continue
        alike = [cells for _, cells in numbered if len(cells) == width]
        grid = Grid(name="文中的表", rows=tuple(tuple(Cell(cell) for cell in cells) for cells in alike))
        header = without_header(grid)
        if header:
            first = numbered[0][0]
            return [Start(first, first, [], header.columns, separator, outer, header.problems)]
    return []
