"""The rows of a grid beneath its header: tasks, headings over the full width, notes at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from duban.model import Choice, Problem
from duban.reading.align import names_units
from duban.reading.columns import UNIT_COLUMNS, Column
from duban.reading.grid import Cell, Grid, Place
from duban.reading.header import Header, distinct
from duban.reading.marks import is_closing
from duban.reading.rows import Row
from duban.reading.tidy import level_of, number_of, tidy

_LONGEST_HEADING = 60
SHOWN = 30  # characters of a text that a doubt quotes
_TOP = 5  # rows in which a page repeats the header
_SUM = re.compile(r"^(?:合计|小计|总计|共计)[：:]?$")
_SENTENCE_END = ("。", "；", ";", "！", "）", ")")


@dataclass(slots=True)
class Found:
    """What the rows of one or more grids of the same table say."""

    rows: list[Row] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    empty: list[Row] = field(default_factory=list)  # with a number and nothing else, since the last full row


def take_rows(grid: Grid, header: Header, first: int, found: Found) -> None:
    """Add the rows of `grid` from `first` on. A header repeated on a new page is no row."""
    depth = max(1, header.end - header.first)
    i = first
    while i < len(grid.rows):
        if _repeats(grid, i, header):
            i += depth
            continue
        own = _own(grid, i)
        if own:
            _take(grid, i, own, header.columns, found)
        i += 1


def after_header(grid: Grid, header: Header) -> int:
    """The row after a header that a page's grid repeats near its top; 0 where it does not."""
    depth = max(1, header.end - header.first)
    return next((i + depth for i in range(min(len(grid.rows), _TOP)) if _repeats(grid, i, header)), 0)


def finish(found: Found) -> None:
    """Rows at a table's end that have a number and nothing else are a form not filled in: said, no items."""
    if found.empty:
        first, last = found.empty[0].place, found.empty[-1].place
        found.problems.append(
            Problem(
                code="empty-rows",
                message=f"{first}起的{len(found.empty)}行只有序号、没有内容，没有计入，请核对。",
                where=f"{first}" if first == last else f"{first}至{last}",
                choices=(Choice(value="skip", label="不计入"),),
            )
        )
        found.empty = []


def heading_row(text: str, place: Place) -> Row:
    """A heading that stands above a table as a row of it."""
    return Row(cells=(Cell(text, place),), wide=True)


def join_torn(grid: Grid, first: int, columns: Sequence[Column], found: Found) -> int:
    """Mend a row that a page break tore: its rest opens the next page's grid without a number.

    Returns the row of `grid` to go on with.
    """
    if first >= len(grid.rows) or not found.rows or found.rows[-1].wide or Column.NUMBER not in columns:
        return first
    slots, last = grid.rows[first], found.rows[-1]
    at = columns.index(Column.NUMBER)
    own = _own(grid, first)
    number = slots[at]
    if not own or (number is not None and not number.empty) or not _goes_on(slots, last, columns):
        return first
    cells = list(last.cells)
    for j, more in enumerate(slots):
        have = cells[j]
        if more is None or more.empty or (j and slots[j - 1] is more):
            continue
        joined = Cell(
            f"{have.text}\n{more.text}" if have and not have.empty else more.text,
            have.place if have and not have.empty else more.place,
        )
        _replace(found.rows, j, have, joined)
        cells[j] = joined
    return first + 1


def _replace(rows: list[Row], j: int, old: Cell | None, new: Cell) -> None:
    """Put a mended cell into every row that the merged cell covered."""
    for i in range(len(rows) - 1, -1, -1):
        if rows[i].wide or (i < len(rows) - 1 and (old is None or rows[i].cells[j] is not old)):
            break
        rows[i] = replace(rows[i], cells=(*rows[i].cells[:j], new, *rows[i].cells[j + 1 :]))


def _goes_on(slots: Sequence[Cell | None], last: Row, columns: Sequence[Column]) -> bool:
    """Whether a row without a number is the rest of the one above: some text of that had not ended, or the
    rest has nothing that could stand for itself."""
    filled = {columns[j]: tidy(c.text) for j, c in enumerate(slots) if c and not c.empty}
    have = {columns[j]: tidy(c.text) for j, c in enumerate(last.cells) if c and not c.empty}
    text = have.get(Column.REQUIREMENT, "")
    if Column.REQUIREMENT in filled:
        return not text.endswith(_SENTENCE_END)
    return bool(filled)


def _own(grid: Grid, i: int) -> list[Cell]:
    """The filled cells that begin in this row."""
    above = grid.rows[i - 1] if i else ()
    covered = {id(cell) for cell in above if cell is not None}
    return [cell for cell in distinct(grid.rows[i]) if not cell.empty and id(cell) not in covered]


def _repeats(grid: Grid, i: int, header: Header) -> bool:
    if not header.labels:
        return False
    texts = ["" if cell is None else "".join(cell.text.split()) for cell in grid.rows[i]]
    said = [text for text in texts if text]
    return len(said) > 1 and all(
        text == "" or (text and header.labels[j].startswith(text)) for j, text in enumerate(texts)
    )


def _take(grid: Grid, i: int, own: list[Cell], columns: Sequence[Column], found: Found) -> None:
    slots = grid.rows[i]
    text = tidy(own[0].text)
    if len(own) == 1 and is_closing(text):
        found.after.append(own[0].text)
        return
    if any(_SUM.match(tidy(cell.text)) for cell in own[:2]) and not any(
        "。" in cell.text or names_units(cell.text) for cell in own
    ):
        return
    if (heading := _heading(slots, own, columns, grid.width)) is not None:
        found.rows.append(heading_row(heading, own[0].place))
        return
    if len(own) == 1 and own[0].columns >= max(2, grid.width - 1) and grid.width > 2:  # noqa: PLR2004
        found.problems.append(_stray(own[0]))
        return
    row = _row(grid, i, columns)
    if _only_number(row, columns):
        found.empty.append(row)
        return
    found.rows += [*found.empty, row]
    found.empty = []


def _only_number(row: Row, columns: Sequence[Column]) -> bool:
    filled = [
        columns[j] for j, cell in enumerate(row.cells) if cell and not cell.empty and j not in row.above
    ]
    return filled == [Column.NUMBER]


def _heading(
    slots: Sequence[Cell | None], own: list[Cell], columns: Sequence[Column], width: int
) -> str | None:
    """The words of a heading over the full width: one cell alone, or a numeral and its words."""
    if len(own) > 2 or any(  # noqa: PLR2004
        cell is not None and not cell.empty and cell not in own for cell in slots
    ):
        return None
    texts = [tidy(cell.text) for cell in own]
    if len("".join(texts)) > _LONGEST_HEADING or "。" in texts[-1]:
        return None
    if len(own) == 2:  # noqa: PLR2004
        numeral = level_of(texts[0]) is not None and number_of(texts[0]) is not None
        return f"{texts[0].rstrip('、.．')}、{texts[1]}" if numeral and not names_units(texts[1]) else None
    cell, text = own[0], texts[0]
    at = slots.index(cell)
    spans = cell.columns >= max(2, width - 1)
    levelled = level_of(text) is not None and number_of(text) is None
    first = columns[at] in (Column.NUMBER, Column.HEADING) and number_of(text) is None and cell.rows == 1
    return text if levelled or spans or (first and columns[at] is Column.NUMBER) else None


def _stray(cell: Cell) -> Problem:
    text = tidy(cell.text)
    said = f"{text[:SHOWN]}……" if len(text) > SHOWN else text
    return Problem(
        code="stray-text",
        message=f"{cell.place}的“{said}”横跨整行，作为说明没有计入，请核对原文。",
        where=str(cell.place),
        choices=(Choice(value="skip", label="不计入"),),
    )


def _row(grid: Grid, i: int, columns: Sequence[Column]) -> Row:
    slots, upper = grid.rows[i], grid.rows[i - 1] if i else ()
    cells: list[Cell | None] = [cell or Cell("") for cell in slots]
    above = frozenset(j for j, cell in enumerate(slots) if cell is not None and upper and upper[j] is cell)
    left: set[int] = set()
    start = 0
    while start < len(slots):
        end = start + 1
        while end < len(slots) and slots[start] is not None and slots[end] is slots[start]:
            end += 1
        if end - start > 1:
            keep = _stands_for(columns, start, end)
            for j in range(start, end):
                if j != keep:
                    cells[j] = Cell("")
                    left.add(j)
        start = end
    place = next((c.place for j, c in enumerate(slots) if c and j not in above and c.place.row), None)
    return Row(
        cells=tuple(cells),
        above=above,
        left=frozenset(left),
        at=replace(place, column=0) if place else Place(table=grid.name, row=i + 1),
    )


def _stands_for(columns: Sequence[Column], start: int, end: int) -> int:
    """Which column a cell over several is of: the requirement's before a heading's, the responsible's of units'."""
    covered = columns[start:end]
    if Column.REQUIREMENT in covered:
        return start + covered.index(Column.REQUIREMENT)
    if sum(column in UNIT_COLUMNS for column in covered) > 1 and Column.RESPONSIBLE in covered:
        return start + covered.index(Column.RESPONSIBLE)
    return start
