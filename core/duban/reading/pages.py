"""What a page break tore: the rest of a row, and cells merged over the break."""

from __future__ import annotations

import re
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
_WHOLE_TIME = re.compile(r"(?:前|底|末|内|日|年|旬|推进|坚持|完成)$")
_HEADINGS = (Column.HEADING, Column.SUBHEADING)
_ASKED = {**dict.fromkeys(UNIT_COLUMNS, "责任单位"), Column.TIME: "时限", Column.REQUIREMENT: "工作要求"}
_MERGED = (Column.NUMBER, *_HEADINGS, *_ASKED, Column.START)
_ENOUGH = 2  # rows that all say something in a column, so that a blank is suspicious


def over_the_break(
    grid: Grid, first: int, columns: Sequence[Column], found: Found
) -> tuple[Grid, int, Slots]:
    """Mend what the break before `grid` tore.

    Returns the grid, merged cells put back, the row of it to go on with, and the slots above that row.
    """
    last = found.last
    if first >= len(grid.rows) or last is None or last.wide:
        return grid, first, ()
    blanks = _blanks(grid.rows[first], last, columns)
    grid = _put_back(grid, first, {j: have for j, (have, blank) in blanks.items() if blank.rows > 1})
    if _is_rest(grid.rows[first], last, columns, found):
        found.keep_empty()
        _join(grid.rows[first], found)
        return grid, first + 1, grid.rows[first]
    rest = {j: pair for j, pair in blanks.items() if pair[1].rows == 1}
    return _put_back(grid, first, _likely(grid.rows[first], rest, columns, found)), first, last.cells


def _blanks(slots: Slots, last: Row, columns: Sequence[Column]) -> dict[int, tuple[Cell, Cell]]:
    """Blank cells that could be the lower halves of the cells above them, with those."""
    return {
        j: (have, blank)
        for j, (have, blank) in enumerate(zip(last.cells, slots, strict=True))
        if columns[j] in _MERGED and have and not have.empty and blank and blank.empty
    }


def _likely(
    slots: Slots, blanks: dict[int, tuple[Cell, Cell]], columns: Sequence[Column], found: Found
) -> dict[int, Cell]:
    """Of single blank cells those that a merged cell above goes on in. Where the number's cell does, the row
    is under it; otherwise it is said of what is done, by whom and by when, and so is a blank that nothing
    explains. A row without any text or any unit is said anyway, as an item."""
    under = any(columns[j] is Column.NUMBER and have.rows > 1 for j, (have, _) in blanks.items())
    if under:
        return {j: have for j, (have, _) in blanks.items() if have.rows > 1}
    whole: dict[int, Cell] = {}
    filled = {columns[j] for j, c in enumerate(slots) if c and not c.empty}
    said = {
        *(UNIT_COLUMNS if filled & set(UNIT_COLUMNS) else ()),
        *({Column.REQUIREMENT} & filled),
        Column.TIME,
    }
    for j, (have, blank) in blanks.items():
        column = columns[j]
        merged = have.rows > 1
        if merged and column in (*_HEADINGS, *_ASKED):
            whole[j] = have
        if column in _ASKED and merged:
            found.problems.append(_carried(_ASKED[column], have, blank))
        elif column in said:
            rows = [row for row in found.rows if not row.wide]
            always = all((c := row.cells[j]) is not None and not c.empty for row in rows)
            if always and len(rows) >= _ENOUGH:
                found.problems.append(_blank(_ASKED[column], have, blank))
    return whole


def _put_back(grid: Grid, first: int, whole: dict[int, Cell]) -> Grid:
    """The grid with these cells in the place of the blank ones in row `first` and below."""
    if not whole:
        return grid
    cells = {id(grid.rows[first][j]): have for j, have in whole.items()}
    rows = (tuple(cells.get(id(cell), cell) for cell in row) for row in grid.rows[first:])
    return replace(grid, rows=(*grid.rows[:first], *rows))


def _said(cell: Cell) -> str:
    text = tidy(cell.text)
    return f"{text[:SHOWN]}……" if len(text) > SHOWN else text


def _carried(what: str, have: Cell, blank: Cell) -> Problem:
    return Problem(
        code="carried-cell",
        message=f"{blank.place}的{what}是空的，按上一页的合并单元格“{_said(have)}”计，请核对。",
        where=str(blank.place),
        choices=(Choice(value="carry", label=f"按“{_said(have)}”计"),),
    )


def _blank(what: str, have: Cell, blank: Cell) -> Problem:
    return Problem(
        code="blank-cell",
        message=f"{blank.place}的{what}是空的，上一页最后一行是“{_said(have)}”，可能原是合并单元格，请核对。",
        where=str(blank.place),
        choices=(Choice(value="blank", label="原文就是空的"),),
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
    if filled <= set(_HEADINGS):
        return bool(filled) and all(have.get(column, "").endswith(_UNFINISHED) for column in filled)
    return Column.TIME not in filled or not _WHOLE_TIME.search(have.get(Column.TIME, ""))


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
