"""A table with one line a row: cells parted by | or tabs, by box lines, or by runs of blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from duban.reading.align import align, names_units
from duban.reading.columns import NO_HEADS, UNIT_COLUMNS, Column, Heads, is_header, resolve, unknown
from duban.reading.grid import Cell, Place
from duban.reading.marks import is_closing
from duban.reading.rows import Layout, Row, TaskTable
from duban.reading.tidy import level_of, number_of

_RULE = re.compile(r"^[\s|｜│┃+\-—─━=:┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛]+$")
_BARS = re.compile(r"[|｜│┃]")
_TABS = re.compile(r"\t")
_WIDE = re.compile(r"\s{2,}|\u3000+")
_BLANKS = re.compile(r"\s+")
_SEPARATORS = (_BARS, _TABS, _WIDE, _BLANKS)  # the first that makes a line a header is the table's


@dataclass(slots=True)
class _Line:
    cells: list[str]
    number: int
    wide: bool = False


def read_ruled(lines: Sequence[str], heads: Heads = NO_HEADS) -> Layout | None:
    """The layout of a table with one line a row, or None where no header of one is found."""
    for first, line in enumerate(lines):
        for separator in _SEPARATORS:
            labels = _split(line, separator, outer=_outer(line))
            if len(labels) > 1 and is_header(labels, heads):
                return _read(lines, first, labels, separator, heads)
    return None


def _outer(line: str) -> bool:
    """Whether the table has bars at its sides, too."""
    return bool(_BARS.match(line.strip()))


def _split(line: str, separator: re.Pattern[str], *, outer: bool) -> list[str]:
    text = line.strip() if separator is not _TABS else line.strip(" \r")
    if separator is _BARS and outer:
        text = re.sub(r"^[|｜│┃]|[|｜│┃]$", "", text)
    return [cell.strip() for cell in separator.split(text)]


def _read(
    lines: Sequence[str], first: int, labels: list[str], separator: re.Pattern[str], heads: Heads
) -> Layout:
    columns = resolve(labels, len(labels), heads)
    outer = _outer(lines[first])
    exact = separator in (_BARS, _TABS)  # empty cells are there; between blanks they are not
    rows: list[_Line] = []
    after = len(lines)
    for i in range(first + 1, len(lines)):
        if not lines[i].strip() or _RULE.match(lines[i]):
            continue
        cells = _split(lines[i], separator, outer=outer)
        if cells == labels:
            continue
        if len(cells) == 1 and (is_closing(lines[i]) or (not rows and not level_of(lines[i]))):
            after = i
            break
        _take(_Line(cells, i + 1), rows, columns, exact=exact)
    read = tuple(_row(row, columns) for row in rows)
    table = TaskTable(columns=columns, rows=read, problems=unknown(labels, columns, heads))
    return Layout(before=tuple(lines[:first]), table=table, after=tuple(lines[after:]))


def _take(line: _Line, rows: list[_Line], columns: Sequence[Column], *, exact: bool) -> None:
    """A new row, or the rest of the row above where a cell was broken over lines."""
    numbered = columns[0] is Column.NUMBER
    filled = [cell for cell in line.cells if cell]
    if len(filled) == 1 and level_of(filled[0]) is not None and number_of(filled[0]) is None:
        rows.append(_Line(filled, line.number, wide=True))
    elif numbered and number_of(line.cells[0]) is not None:
        rows.append(line)
    elif exact and len(line.cells) == len(columns):
        if rows and not rows[-1].wide and _is_rest(line, rows[-1], columns):
            rows[-1].cells = [f"{a}\n{b}".strip() for a, b in zip(rows[-1].cells, line.cells, strict=True)]
        else:
            rows.append(line)
    elif rows and not rows[-1].wide and (numbered or len(filled) == 1):
        if len(rows[-1].cells) < len(columns) and not exact:
            rows[-1].cells += filled  # the row is not full yet: a line break fell into it
        else:
            _append(rows[-1], "\n".join(filled), columns)
    else:
        rows.append(line)


def _is_rest(line: _Line, above: _Line, columns: Sequence[Column]) -> bool:
    """Whether a line only goes on cells of the row above: no number, and a text above that had not ended."""
    if columns[0] is not Column.NUMBER or line.cells[0] or len(above.cells) != len(line.cells):
        return False
    pairs = [(a, b) for a, b in zip(above.cells, line.cells, strict=True) if b]
    return bool(pairs) and all(a and not a.endswith(("。", "；", "负责", "配合")) for a, _ in pairs)


def _append(row: _Line, text: str, columns: Sequence[Column]) -> None:
    wanted = UNIT_COLUMNS if names_units(text) else (Column.REQUIREMENT,)
    at = next((j for j, column in enumerate(columns) if column in wanted), len(columns) - 1)
    at = min(at, len(row.cells) - 1)
    row.cells[at] = f"{row.cells[at]}\n{text}".strip()


def _row(line: _Line, columns: Sequence[Column]) -> Row:
    place = Place(line=line.number)
    if line.wide:
        return Row(cells=(Cell(line.cells[0], place),), wide=True)
    texts = line.cells
    if len(texts) != len(columns):
        texts = ["\n".join(line.cells[k] for k in here) for here in align(line.cells, columns)]
    # plain text has no merges: an empty cell is taken for one that a cell above covers
    above = frozenset(j for j, text in enumerate(texts) if not text.strip())
    return Row(cells=tuple(Cell(text, place) for text in texts), above=above)
