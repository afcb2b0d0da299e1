"""What a page break tore: the rest of a row, and cells merged over the break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from duban.model import Choice, Problem
from duban.reading.columns import UNIT_COLUMNS, Column
from duban.reading.grid import Cell, Grid
from duban.reading.gridrows import SHOWN, Found
from duban.reading.rows import Row
from duban.reading.tidy import number_of, tidy

Slots = Sequence[Cell | None]

_SENTENCE_END = ("。", "；", ";", "！", "）", ")")
_UNFINISHED = ("、", "，", ",", "（", "(", "和", "及", "与", "的", "“", "《")
_CARRIED = (Column.NUMBER, Column.HEADING, Column.SUBHEADING, *UNIT_COLUMNS, Column.TIME, Column.START)
_ASKED = {**dict.fromkeys(UNIT_COLUMNS, "责任单位"), Column.TIME: "时限"}


def over_the_break(
    grid: Grid, first: int, columns: Sequence[Column], found: Found
) -> tuple[Grid, int, Slots]:
    """Mend what the break before `grid` tore.

    Returns the grid, merged cells put back, the row of it to go on with, and the slots above that row.
    """
    last = found.last
    if first >= len(grid.rows) or last is None or last.wide:
        return grid, first, ()
    grid = _carry_over(grid, first, last, columns, found)
    if not _is_rest(grid.rows[first], last, columns, found):
        return grid, first, last.cells
    found.keep_empty()
    _join(grid.rows[first], found)
    return grid, first + 1, grid.rows[first]


def _carry_over(grid: Grid, first: int, last: Row, columns: Sequence[Column], found: Found) -> Grid:
    """Put a cell merged over the break in the place of its blank half. It is one where either half covers
    several rows; where only the upper does, that is said for what somebody would be held to."""
    whole: dict[int, Cell] = {}
    torn = grid.rows[first]
    text = any(c and not c.empty and columns[j] is Column.REQUIREMENT for j, c in enumerate(torn))
    for j, (have, blank) in enumerate(zip(last.cells, torn, strict=True)):
        if columns[j] not in _CARRIED or have is None or have.empty or blank is None or not blank.empty:
            continue
        clear = blank.rows > 1
        if not clear and (have.rows == 1 or columns[j] is Column.NUMBER or not text):
            continue
        whole[id(blank)] = have
        if not clear and columns[j] in _ASKED:
            found.problems.append(_carried(_ASKED[columns[j]], have, blank))
    if not whole:
        return grid
    rows = tuple(
        tuple(whole.get(id(cell), cell) if cell else cell for cell in row) if i >= first else row
        for i, row in enumerate(grid.rows)
    )
    return replace(grid, rows=rows)


def _carried(what: str, have: Cell, blank: Cell) -> Problem:
    text = tidy(have.text)
    said = f"{text[:SHOWN]}……" if len(text) > SHOWN else text
    return Problem(
        code="carried-cell",
        message=f"{blank.place}的{what}是空的，按上一页的合并单元格“{said}”计，请核对。",
        where=str(blank.place),
        choices=(Choice(value="carry", label=f"按“{said}”计"),),
    )


def _is_rest(slots: Slots, last: Row, columns: Sequence[Column], found: Found) -> bool:
    """Whether the first row of a page is the rest of the last one of the page before."""
    if Column.NUMBER not in columns:
        return False
    own = {j: c for j, c in enumerate(slots) if c and not c.empty and c is not last.cells[j]}
    at = columns.index(Column.NUMBER)
    have = last.cells[at]
    numbered = have is not None and not have.empty
    if not own or (not numbered and slots[at] is have):
        return False
    if at in own:  # the number stands in the lower half, or in both
        number = number_of(own[at].text)
        before = number_of(have.text) if numbered and have else found.number_before_last(at)
        follows = number == before if numbered else before is None or number == before + 1
        return bool(number) and follows and _goes_on(own, last, columns)
    return slots[at] is not have and _goes_on(own, last, columns)


def _goes_on(own: dict[int, Cell], last: Row, columns: Sequence[Column]) -> bool:
    """Whether cells are the rest of those above: a text above that had not ended, or cells that could not
    stand for themselves."""
    have = {columns[j]: tidy(c.text) for j, c in enumerate(last.cells) if c and not c.empty}
    filled = {columns[j] for j in own} - {Column.NUMBER}
    if Column.REQUIREMENT in filled:
        text = have.get(Column.REQUIREMENT, "")
        return not text or not text.endswith(_SENTENCE_END)
    if filled <= {Column.HEADING, Column.SUBHEADING}:
        return bool(filled) and all(have.get(column, "").endswith(_UNFINISHED) for column in filled)
    return True


def _join(slots: Slots, found: Found) -> None:
    """Add the rest of the last row to it, cell by cell; what both pages repeat is there once."""
    last = found.rows[-1]
    cells = list(last.cells)
    for j, more in enumerate(slots):
        have = cells[j]
        if more is None or more.empty or more is have or (j and slots[j - 1] is more):
            continue
        if have is None or have.empty:
            joined = more
        elif tidy(have.text) == tidy(more.text):
            continue
        else:
            joined = replace(have, text=f"{have.text}\n{more.text}")
        _replace(found.rows, j, have, joined)
        cells[j] = joined


def _replace(rows: list[Row], j: int, old: Cell | None, new: Cell) -> None:
    """Put a mended cell into every row that the merged cell covered."""
    for i in range(len(rows) - 1, -1, -1):
        if rows[i].wide or (i < len(rows) - 1 and (old is None or rows[i].cells[j] is not old)):
            break
        rows[i] = replace(rows[i], cells=(*rows[i].cells[:j], new, *rows[i].cells[j + 1 :]))
