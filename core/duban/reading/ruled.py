"""Tables with one line a row: cells parted by | or tabs, by box lines, or by runs of blanks."""

from __future__ import annotations

from collections.abc import Sequence

from duban.reading.align import align, fit, names_units
from duban.reading.columns import NO_HEADS, UNIT_COLUMNS, Column, Heads
from duban.reading.furniture import is_page_number
from duban.reading.gluing import unglued, unnumbered
from duban.reading.grid import Cell, Place
from duban.reading.marks import is_closing
from duban.reading.rows import Layout, Row, TaskTable
from duban.reading.ruling import Line, Start, starts
from duban.reading.tidy import level_of, number_of
from duban.reading.titles import titles_above

_UNFINISHED = ("、", "，", ",", "（", "和", "及", "与")
_OFTEN = 4  # of so many rows one that says nobody is no rarity
_ENDED = ("。", "；", "负责", "配合")


def read_ruled(lines: Sequence[str], heads: Heads = NO_HEADS) -> Layout | None:
    """The layout of tables with one line a row, or None where there are none."""
    found = starts(lines, heads)
    if not found:
        return None
    tops = [
        titles_above(lines, start.first, above) for start, above in zip(found, _above(found), strict=True)
    ]
    tables: list[TaskTable] = []
    after = len(lines)
    for k, start in enumerate(found):
        last = tops[k + 1].start if k + 1 < len(found) else len(lines)
        rows, after = _rows(lines, start, last)
        lead = tops[k] if len(found) > 1 or any(row.wide for row in rows) else range(0)
        titles = [Row(cells=(Cell(lines[i].strip(), Place(line=i + 1)),), wide=True) for i in lead]
        merged = not start.exact or _merges_units(rows, start.columns)
        read = [*titles, *(_row(row, start.columns, merged=merged) for row in rows)]
        tables.append(TaskTable(columns=start.columns, rows=tuple(read), problems=start.problems))
    return Layout(
        before=tuple(lines[: found[0].first]),
        table=tables[0],
        more=tuple(tables[1:]),
        after=tuple(lines[after:]),
    )


def _above(found: Sequence[Start]) -> list[int]:
    """For each table the line from which on its titles may stand."""
    return [0, *(start.begin for start in found[:-1])]


def _rows(lines: Sequence[str], start: Start, end: int) -> tuple[list[Line], int]:
    """The rows of a table, and the line behind them."""
    rows: list[Line] = []
    number = 0
    for i in range(start.begin, end):
        if start.dull(lines[i]) or is_page_number(lines[i]):
            continue
        cells = start.split(lines[i])
        if cells == start.labels:
            continue
        if len(cells) == 1 and (is_closing(lines[i]) or (not rows and not level_of(lines[i]))):
            return rows, i
        if start.columns[0] is Column.NUMBER and number_of(cells[0]) is None:
            cells = _parted(cells, number + 1, len(start.columns)) or cells
        number = number_of(cells[0]) or number
        _take(Line(cells, i + 1), rows, start.columns, exact=start.exact)
    return rows, end


def _parted(cells: Sequence[str], number: int, width: int) -> list[str] | None:
    """The cells of a row whose number stuck to the next cell's words, where it is the number's turn."""
    words = unnumbered(cells[0], number)
    if words is None or len(cells) < 2 or len(cells) >= width:  # noqa: PLR2004
        return None
    return [str(number), words, *cells[1:]]


def _take(line: Line, rows: list[Line], columns: Sequence[Column], *, exact: bool) -> None:
    """A new row, or the rest of the row above where a cell was broken over lines."""
    numbered = columns[0] is Column.NUMBER
    filled = [cell for cell in line.cells if cell]
    above = rows[-1] if rows and not rows[-1].wide else None
    before = len(rows)
    if len(filled) == 1 and level_of(filled[0]) is not None and number_of(filled[0]) is None:
        rows.append(Line(filled, line.number, wide=True))
    elif numbered and number_of(line.cells[0]) is not None:
        rows.append(line)
    elif exact and len(line.cells) == len(columns):
        if above and _is_rest(line, above, columns):
            above.join(line.cells)
        else:
            rows.append(line)
    elif above and (numbered or len(filled) == 1):
        if exact and len(line.cells) == 1 and _full(above, columns):
            return  # it stands behind the table; what is in no item is said elsewhere
        if exact and 0 < len(columns) - len(above.cells) == len(line.cells) - 1:
            above.cells[-1] = (
                f"{above.cells[-1]}\n{line.cells[0]}"  # the break fell into a cell: what follows it
            )
            above.cells += line.cells[1:]
        elif len(above.cells) < len(columns) and not exact:
            above.cells += filled  # the row is not full yet: a line break fell into it
        else:
            _append(above, "\n".join(filled), columns)
    else:
        rows.append(line)
    if above and len(rows) == before:
        above.last = line.number


def _full(above: Line, columns: Sequence[Column]) -> bool:
    """Whether a row has all its cells, and the last of them has ended."""
    return len(above.cells) == len(columns) and not above.cells[-1].endswith(_UNFINISHED)


def _is_rest(line: Line, above: Line, columns: Sequence[Column]) -> bool:
    """Whether a line only goes on cells of the row above: no number, and a text above that had not ended."""
    if columns[0] is not Column.NUMBER or line.cells[0]:
        return False
    if _stands_alone(line, above, columns):
        return False
    torn = len(above.cells) < len(columns)
    cells = [*above.cells, *[""] * (len(columns) - len(above.cells))]
    if len(cells) != len(line.cells):
        return False
    pairs = [(a, b) for a, b in zip(cells, line.cells, strict=True) if b]
    return bool(pairs) and all((torn and not a) or (a and not a.endswith(_ENDED)) for a, b in pairs)


def _stands_alone(line: Line, above: Line, columns: Sequence[Column]) -> bool:
    """Whether a line without a number is a row of its own: it says what, and who or when, as the row above
    does, whose names and times have ended."""
    pairs = {
        column: (a, b) for column, a, b in zip(columns, above.cells, line.cells, strict=False) if b.strip()
    }
    what = pairs.get(Column.REQUIREMENT, ("", ""))[0].strip()
    said = [
        (column, a, b)
        for column, (a, b) in pairs.items()
        if column in (*UNIT_COLUMNS, Column.TIME) and a.strip()
    ]
    return bool(what and said) and all(
        fit(a, column) > 0 and fit(b, column) > 0 and not a.endswith(_UNFINISHED) for column, a, b in said
    )


def _append(row: Line, text: str, columns: Sequence[Column]) -> None:
    wanted = UNIT_COLUMNS if names_units(text) else (Column.REQUIREMENT,)
    at = next((j for j, column in enumerate(columns) if column in wanted), len(columns) - 1)
    at = min(at, len(row.cells) - 1)
    row.cells[at] = f"{row.cells[at]}\n{text}".strip()


def _merges_units(rows: Sequence[Line], columns: Sequence[Column]) -> bool:
    """Whether units that a row does not say are likely those of a merged cell: many rows have none."""
    whole = [row.cells for row in rows if len(row.cells) == len(columns)]
    return sum(_says_nobody(cells, columns) for cells in whole) * _OFTEN > len(whole)


def _says_nobody(texts: Sequence[str], columns: Sequence[Column]) -> bool:
    """Whether the units' cells of a row are empty, and no heading beside them is, as in a merged group."""
    said = [(column, text.strip()) for column, text in zip(columns, texts, strict=True)]
    grouped = any(not text for column, text in said if column in (Column.HEADING, Column.SUBHEADING))
    units = [text for column, text in said if column in UNIT_COLUMNS]
    return bool(units) and not any(units) and not grouped


def _row(line: Line, columns: Sequence[Column], *, merged: bool) -> Row:
    place = Place(line=line.number, last=line.last)
    if line.wide:
        return Row(cells=(Cell(line.cells[0], place),), wide=True)
    texts = line.cells
    if len(texts) < len(columns):
        texts = unglued(texts, len(columns))
    if len(texts) != len(columns):
        texts = ["\n".join(texts[k] for k in here) for here in align(texts, columns)]
    # plain text has no merges: an empty cell is taken for one that a cell above covers, but for units that
    # hardly any other row leaves out
    nobody = not merged and _says_nobody(texts, columns)
    above = frozenset(j for j, text in enumerate(texts) if not text.strip())
    cells = (
        None if nobody and column in UNIT_COLUMNS else Cell(text, place)
        for text, column in zip(texts, columns, strict=True)
    )
    return Row(cells=tuple(cells), above=above)
