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
from duban.units.forms import looks_like_unit

_LONGEST_HEADING = 60
SHOWN = 30  # characters of a text that a doubt quotes
_TOP = 5  # rows in which a page repeats the header
_STEMS = frozenset("甲乙丙丁戊")
_PAIR = 2  # a numeral and its words
_SUM = re.compile(r"^(?:合计|小计|总计|共计)[：:]?$")
_FORM_LINE = re.compile(r"^[^：:，。]{2,10}[：:]")
_PART_OF = re.compile(r"[.．\-—－]")
_POINT = re.compile(r"^(?:[0-9０-９]{1,2}[.．、)）]|[（(][0-9]{1,2}[)）]|[①-⑳])")
_DOTS, _BRACKETS = "、.．", ("（", "(")
_WORDED = (Column.HEADING, Column.SUBHEADING, Column.REQUIREMENT, Column.UNKNOWN)

Slots = Sequence[Cell | None]


@dataclass(slots=True)
class Found:
    """What the rows of one or more grids of the same table say."""

    rows: list[Row] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    empty: list[Row] = field(default_factory=list)  # with a number and nothing else, since the last full row
    noted: bool = False  # the last row was a note

    @property
    def last(self) -> Row | None:
        """The last row so far."""
        rows = self.empty or self.rows
        return rows[-1] if rows else None

    def keep_empty(self) -> None:
        """Rows with a number alone are rows after all: something follows them."""
        self.rows += self.empty
        self.empty = []

    def number_before_last(self, at: int) -> int | None:
        """The number of the row before the last one, in column `at`."""
        for row in reversed(self.rows[:-1]):
            cell = None if row.wide else row.cells[at]
            if cell is not None and (number := number_of(cell.text)) is not None:
                return number
        return None


@dataclass(frozen=True, slots=True)
class _Slice:
    """A row of a grid, the ones around it, and its filled cells that do not begin in the one above."""

    slots: Slots
    upper: Slots
    below: Slots
    own: list[Cell]
    width: int  # of the table


def take_rows(grid: Grid, header: Header, first: int, found: Found, above: Slots | None = None) -> None:
    """Add the rows of `grid` from `first` on, which stand beneath the slots `above`. A header repeated on a
    new page is no row."""
    upper = above if above is not None else grid.rows[first - 1] if first else ()
    i = first
    while i < len(grid.rows):
        if _repeats(grid.rows[i], header):
            i += header.depth
            continue
        slots = grid.rows[i]
        covered = {id(cell) for cell in upper if cell is not None}
        own = [cell for cell in distinct(slots) if not cell.empty and id(cell) not in covered]
        if own:
            below = grid.rows[i + 1] if i + 1 < len(grid.rows) else ()
            _take(_Slice(slots, upper, below, own, header.width), header.columns, found)
        upper = slots
        i += 1


def after_header(grid: Grid, header: Header) -> int:
    """The row after a header that a page's grid repeats near its top; 0 where it does not."""
    top = range(min(len(grid.rows), _TOP))
    return next((i + header.depth for i in top if _repeats(grid.rows[i], header)), 0)


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


def heading_row(text: str, place: Place, *, outermost: bool = False) -> Row:
    """A heading that stands above a table as a row of it."""
    return Row(cells=(Cell(text, place),), wide=True, outermost=outermost)


def _repeats(slots: Slots, header: Header) -> bool:
    """Whether a row says what the header says."""
    if not header.labels:
        return False
    said = 0
    for j, cell in enumerate(slots):
        text = "" if cell is None else "".join(cell.text.split())
        if not text:
            continue
        if not header.labels[j].startswith(text):
            return False
        said += 1
    return said > 1


def _counts_columns(own: Sequence[Cell]) -> bool:
    """Whether a row beneath the header only counts the columns: 1 2 3 4, 甲 乙 1 2."""
    texts = [tidy(cell.text).strip("（）()") for cell in own]
    digits = [int(text) for text in texts if text.isdecimal() and text.isascii()]
    letters = [text for text in texts if text in _STEMS]
    counted = sorted(digits) == list(range(min(digits), min(digits) + len(digits))) if digits else False
    return len(digits) > _PAIR and min(digits) <= 1 and counted and len(digits) + len(letters) == len(texts)


def _take(here: _Slice, columns: Sequence[Column], found: Found) -> None:
    own, slots = here.own, here.slots
    if _counts_columns(own):
        return
    found.noted = _closes(own) or (found.noted and _goes_on_a_note(own))
    if found.noted:
        found.after += [cell.text for cell in own]
        return
    if any(_SUM.match(tidy(cell.text)) for cell in own[:2]) and not any(
        "。" in cell.text or names_units(cell.text) for cell in own
    ):
        return
    if (heading := _heading(here, columns)) is not None and not _next_item(here, columns, found):
        found.keep_empty()
        found.rows.append(heading_row(heading, own[0].place))
        return
    if len(own) == 1 and (
        (here.width > _PAIR and own[0].columns >= here.width - 1) or _among_numbers(here, columns)
    ):
        found.problems.append(_stray(own[0]))
        return
    row = _row(slots, here.upper, columns)
    if _only_number(row, columns):
        found.empty.append(row)
        return
    found.keep_empty()
    found.rows.append(row)


def _next_item(here: _Slice, columns: Sequence[Column], found: Found) -> bool:
    """Whether 三 | 落实责任 is the next item of a table that numbers its items so, and no heading."""
    last = found.last
    if len(here.own) != _PAIR or last is None or last.wide or Column.NUMBER not in columns:
        return False
    at = columns.index(Column.NUMBER)
    have, more = last.cells[at], here.slots[at]
    if have is None or more is None or level_of(have.text) is None:
        return False
    return number_of(more.text) == (number_of(have.text) or 0) + 1


def _closes(own: Sequence[Cell]) -> bool:
    """Whether a row is a note or a form's last line: 注：…; 填表人：… with 审核人：… in the next cell."""
    return is_closing(own[0].text) and all(_FORM_LINE.match(tidy(cell.text)) for cell in own[1:])


def _goes_on_a_note(own: Sequence[Cell]) -> bool:
    """Whether a row under a note belongs to it: its next point, another sentence, who signs it."""
    text = tidy(own[0].text)
    return len(own) == 1 and (bool(_POINT.match(text)) or text.endswith("。") or looks_like_unit(text))


def _among_numbers(here: _Slice, columns: Sequence[Column]) -> bool:
    """Whether a cell alone is a sentence where numbers stand: a remark, and no task."""
    text, at = here.own[0].text, _at(here.slots, here.own[0])
    return columns[at] is Column.NUMBER and number_of(text) is None and "。" in text


def _only_number(row: Row, columns: Sequence[Column]) -> bool:
    filled = [
        columns[j] for j, cell in enumerate(row.cells) if cell and not cell.empty and j not in row.above
    ]
    return filled == [Column.NUMBER]


def _heading(here: _Slice, columns: Sequence[Column]) -> str | None:
    """The words of a heading over the full width: one cell alone, or a numeral and its words."""
    slots, own = here.slots, here.own
    if len(own) > _PAIR or any(
        cell is not None and not cell.empty and all(cell is not one for one in own) for cell in slots
    ):
        return None
    texts = [tidy(cell.text) for cell in own]
    if len("".join(texts)) > _LONGEST_HEADING or "。" in texts[-1]:
        return None
    if len(own) == _PAIR:
        return _numeral_heading(here, columns)
    cell, text = own[0], texts[0]
    at = _at(slots, cell)
    spans = cell.columns >= max(_PAIR, here.width - 1)
    levelled = level_of(text) is not None and number_of(text) is None
    first = columns[at] is Column.NUMBER and number_of(text) is None and cell.rows == 1
    return text if levelled or spans or first else None


def _at(slots: Slots, cell: Cell) -> int:
    return next(j for j, slot in enumerate(slots) if slot is cell)


def _numeral_heading(here: _Slice, columns: Sequence[Column]) -> str | None:
    """一 | 加强领导, and 1 | 加强领导 above rows that are numbered 1.1, 1.2."""
    slots, own, below = here.slots, here.own, here.below
    first, second = sorted(own, key=lambda cell: columns[_at(slots, cell)] is not Column.NUMBER)
    numeral, words, at = tidy(first.text), tidy(second.text), _at(slots, first)
    if number_of(numeral) is None or columns[_at(slots, second)] not in _WORDED:
        return None
    if level_of(numeral) is not None:
        return f"{numeral}{words}" if numeral.startswith(_BRACKETS) else f"{numeral.rstrip(_DOTS)}、{words}"
    cell = below[at] if below and columns[at] is Column.NUMBER else None
    if cell is None or cell is first:
        return None
    under = cell.text.strip()
    rest = under.removeprefix(numeral.rstrip(_DOTS))
    return words if rest != under and _PART_OF.match(rest) and rest[1:] else None


def _stray(cell: Cell) -> Problem:
    text = tidy(cell.text)
    said = f"{text[:SHOWN]}……" if len(text) > SHOWN else text
    return Problem(
        code="stray-text",
        message=f"{cell.place}的“{said}”横跨整行，作为说明没有计入，请核对原文。",
        where=str(cell.place),
        choices=(Choice(value="skip", label="不计入"),),
    )


def _row(slots: Slots, upper: Slots, columns: Sequence[Column]) -> Row:
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
    return Row(cells=tuple(cells), above=above, left=frozenset(left), at=replace(place or Place(), column=0))


def _stands_for(columns: Sequence[Column], start: int, end: int) -> int:
    """Which column a cell over several is of: the requirement's before a heading's; of units' the
    responsible's."""
    covered = columns[start:end]
    if Column.REQUIREMENT in covered:
        return start + covered.index(Column.REQUIREMENT)
    if sum(column in UNIT_COLUMNS for column in covered) > 1 and Column.RESPONSIBLE in covered:
        return start + covered.index(Column.RESPONSIBLE)
    return start
