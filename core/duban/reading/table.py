"""Rows of a table become items: merged cells carried down, numbers, texts, units, deadlines, doubts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from duban.model import (
    Choice,
    Deadline,
    Duty,
    Item,
    Kind,
    PlanContext,
    Problem,
    Role,
    Source,
    UnitNames,
)
from duban.reading import numbering
from duban.reading.columns import UNIT_COLUMNS, Column
from duban.reading.grid import Cell, Grid, Row
from duban.reading.tidy import heading_of, level_of, number_of, tidy
from duban.units.cell import once, parse_units

_ROLES = {
    Column.LEAD: Role.LEAD,
    Column.RESPONSIBLE: Role.RESPONSIBLE,
    Column.COOPERATE: Role.COOPERATE,
}


class Reader(Protocol):
    """What reads the deadlines of a text (duban.deadlines.grammar.read_deadlines)."""

    def __call__(
        self,
        text: str,
        *,
        context: PlanContext,
        source: Source = ...,
        item: int | None = ...,
        where: str | None = ...,
    ) -> tuple[tuple[Deadline, ...], tuple[Problem, ...]]: ...


@dataclass(slots=True)
class Entry:
    """One item before its deadlines are read. A text or units that the document lost are None."""

    number: int | None
    heading: str = ""
    subheading: str = ""
    texts: list[str] = field(default_factory=list)
    lost_text: bool = False
    names: UnitNames | None = None
    own_names: bool = True  # not carried down from the row above
    time: str = ""
    own_time: bool = True
    lines: tuple[int, int] = (0, 0)
    torn: bool = False


def read_table(
    grid: Grid, *, context: PlanContext, reader: Reader
) -> tuple[tuple[Item, ...], tuple[Problem, ...]]:
    """The items of a table in its order, and what is in doubt."""
    entries = list(_entries(grid))
    numbers, problems = numbering.mend([e.number for e in entries], torn=[e.torn for e in entries])
    merged: list[Entry] = []
    for entry, number in zip(entries, numbers, strict=True):
        if number is None and merged:
            _go_on(merged[-1], entry)
        else:
            merged.append(replace(entry, number=number or 1))
    items, doubts = read_entries(merged, context=context, reader=reader)
    return items, (*grid.problems, *problems, *doubts)


def read_entries(
    entries: Sequence[Entry], *, context: PlanContext, reader: Reader
) -> tuple[tuple[Item, ...], tuple[Problem, ...]]:
    """Items of entries whose numbers are settled."""
    items, problems = [], []
    for entry in entries:
        item, doubts = _item(entry, context, reader)
        items.append(item)
        problems.extend(doubts)
    return tuple(items), tuple(problems)


def _entries(grid: Grid) -> Iterator[Entry]:
    """One entry a row, with what the merged cells above it carry down."""
    above = Entry(number=None)
    for row in grid.rows:
        if row.wide:
            above = _under(above, row.cells[0])
            continue
        entry = Entry(number=_number(grid, row), lines=row.lines)
        entry.torn = any(cell is None for cell in row.cells)
        entry.heading, entry.subheading = _headings(grid, row, above)
        entry.texts = [tidy(c.text) for _, c in grid.cells_of(row, Column.REQUIREMENT) if c and not c.empty]
        entry.lost_text = not entry.texts
        _units(grid, row, entry, above)
        times = [tidy(c.text) for _, c in grid.cells_of(row, Column.TIME) if c and not c.empty]
        # A time column is merged with the units beside it; alone it was left blank.
        entry.own_time = bool(times) or entry.own_names
        entry.time = "；".join(times) if entry.own_time else above.time
        above = entry
        yield entry


def _number(grid: Grid, row: Row) -> int | None:
    return next((number_of(c.text) for _, c in grid.cells_of(row, Column.NUMBER) if c and not c.empty), None)


def _under(above: Entry, cell: Cell | None) -> Entry:
    """A heading over the full width begins a new part: nothing is carried down past it but itself."""
    text = cell.text if cell else ""
    if level_of(text) == 2 or (level_of(text) is None and above.heading):  # noqa: PLR2004 - （一）, the second level
        return Entry(number=None, heading=above.heading, subheading=heading_of(text))
    return Entry(number=None, heading=heading_of(text))


def _headings(grid: Grid, row: Row, above: Entry) -> tuple[str, str]:
    """A new heading without its own subheading has none; the same heading again (a new page) keeps it."""
    said: dict[Column, list[str]] = {Column.HEADING: [], Column.SUBHEADING: []}
    for column, cell in grid.cells_of(row, Column.HEADING, Column.SUBHEADING):
        if cell and not cell.empty:
            said[column].append(heading_of(cell.text))
    heading, subheading = "：".join(said[Column.HEADING]), "：".join(said[Column.SUBHEADING])
    covered = any(cell and cell.covered for _, cell in grid.cells_of(row, Column.SUBHEADING))
    if not heading or (heading == above.heading and not covered):
        return heading or above.heading, subheading or above.subheading
    return heading, subheading


def _units(grid: Grid, row: Row, entry: Entry, above: Entry) -> None:
    cells = list(grid.cells_of(row, *UNIT_COLUMNS))
    read = {
        column: parse_units(cell.text, default=_ROLES[column])
        for column, cell in cells
        if cell and not cell.empty
    }
    if not read:
        lost = bool(cells) and all(cell is None for _, cell in cells)
        entry.names, entry.own_names = (None, True) if lost else (above.names, not cells)
        return
    duties = [duty for names in read.values() for duty in names.duties]
    if Column.LEAD in dict(cells) and Column.LEAD not in read and above.names:
        duties = [duty for duty in above.names.duties if duty.role is Role.LEAD] + duties
    entry.names = UnitNames(
        duties=once(duties), vague=tuple(dict.fromkeys(v for names in read.values() for v in names.vague))
    )


def _go_on(item: Entry, more: Entry) -> None:
    """A row without a number of its own: more measures, units or dates of the item above."""
    item.texts += [text for text in more.texts if text not in item.texts]
    item.lost_text = not item.texts
    if more.own_names and more.names:
        have = item.names or UnitNames(duties=())
        item.names = UnitNames(
            duties=once([*have.duties, *more.names.duties]),
            vague=tuple(dict.fromkeys((*have.vague, *more.names.vague))),
        )
    if more.own_time and more.time and more.time != item.time:
        item.time = f"{item.time}；{more.time}" if item.time else more.time
    item.lines = (item.lines[0] or more.lines[0], max(item.lines[1], more.lines[1]))


def _item(entry: Entry, context: PlanContext, reader: Reader) -> tuple[Item, list[Problem]]:
    no = entry.number or 0
    where = f"第{no}项"
    problems = list(_doubts(entry, no))
    requirement = None if entry.lost_text else "\n".join(entry.texts)
    deadlines: list[Deadline] = []
    if requirement:
        found, doubts = reader(requirement, context=context, source=Source.REQUIREMENT, item=no, where=where)
        deadlines += found
        problems += doubts
    if entry.time:
        column = replace(context, column=True)
        found, doubts = reader(entry.time, context=column, source=Source.COLUMN, item=no, where=where)
        deadlines += found
        problems += doubts if entry.own_time else ()
        problems += _unclear_time(entry, no, found, doubts)
    duties: tuple[Duty, ...] = entry.names.duties if entry.names else ()
    item = Item(
        no=no,
        heading=entry.heading,
        subheading=entry.subheading,
        requirement=requirement,
        units=duties,
        deadlines=tuple(deadlines),
        where=_place(entry),
    )
    return item, problems


def _place(entry: Entry) -> str:
    first, last = entry.lines
    return "" if not first else f"第{first}行" if first == last else f"第{first}—{last}行"


def _doubts(entry: Entry, no: int) -> Iterator[Problem]:
    where = _place(entry) or None
    if entry.lost_text:
        yield Problem(
            code="lost-text",
            message=f"第{no}项的任务内容在文件里缺失（{where or '位置不明'}），补上原文之前不督办。",
            item=no,
            where=where,
            choices=(
                Choice(value="hold", label="先不督办，等补上原文"),
                Choice(value="give", label="现在补上原文"),
            ),
        )
    if entry.names is None or not (entry.names.duties or entry.names.vague):
        yield Problem(
            code="no-units",
            message=f"第{no}项没有写明责任单位，指定单位之前不督办。",
            item=no,
            where=where,
            choices=(
                Choice(value="hold", label="先不督办，等指定单位"),
                Choice(value="give", label="现在指定单位"),
            ),
        )
    elif entry.own_names and entry.names.vague:
        words = "、".join(entry.names.vague)
        yield Problem(
            code="vague-units",
            message=f"第{no}项的“{words}”没有指明是哪些单位，不向其派发；需要时请另行指定。",
            item=no,
            where=where,
            choices=(
                Choice(value="none", label="不另行指定"),
                Choice(value="give", label="现在指定单位"),
            ),
        )


def _unclear_time(
    entry: Entry, no: int, found: Sequence[Deadline], doubts: Sequence[Problem]
) -> Iterator[Problem]:
    """A time column that names no day: haste (尽快), or words that no rule reads."""
    if not entry.own_time:
        return
    hasty = next((d for d in found if d.kind is Kind.SOFT), None)
    if hasty or (not found and not doubts and tidy(entry.time) not in _NO_TIME):
        words = hasty.text if hasty else entry.time
        yield Problem(
            code="soft-deadline" if hasty else "unread-time",
            message=f"第{no}项的时限“{words}”没有具体日期，不另定日期则按报告周期反馈。",
            item=no,
            choices=(
                Choice(value="", label="按报告周期反馈"),
                Choice(value="give", label="现在定一个日期"),
            ),
        )


_NO_TIME = frozenset({"/", "-", "—", "——", "无", "\\", "－", "--"})
