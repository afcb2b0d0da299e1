"""A row of a task table as an entry: each field from its columns, and what merged cells carry down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from duban.model import Origin, Role, UnitNames
from duban.reading.align import names_units
from duban.reading.columns import UNIT_COLUMNS, Column
from duban.reading.counted import counted_column, leading_number, unnumbered
from duban.reading.entry import Entry
from duban.reading.grid import Cell
from duban.reading.headings import Headings
from duban.reading.periods import periods_of
from duban.reading.rows import Row, TaskTable
from duban.reading.tidy import heading_of, number_of, tidy
from duban.units.cell import once, parse_units

_ROLES = {
    Column.LEAD: Role.LEAD,
    Column.RESPONSIBLE: Role.RESPONSIBLE,
    Column.COOPERATE: Role.COOPERATE,
}
_DITTO = frozenset({"同上", "同前", "〃", "″", '"', "＂"})
_SEVERAL = 2
_WHEN = re.compile(
    r"[0-9一二三四五六七八九十]月|[年季月]?[底末]|[年节季日度]前|季度|年内|半年"
)  # a goal's, by when
_MARKS = "*＊★☆▲△"
_BEGIN = re.compile(
    r"(?:20[0-9]{2}(?:年|[-./]))?[0-9]{1,2}(?:月份?(?:[0-9]{1,2}日|[上中下]旬|初)?|[-./][0-9]{1,2}日?)"
)

Cells = Iterable[tuple[int, Column, Cell]]


def rows_as_entries(table: TaskTable, over: Headings) -> Iterator[Entry]:
    """One entry a row, with what the merged cells above it carry down. `over` is kept in step."""
    above, last, goals = Entry(number=None), None, _goals_of_groups(table)
    counted = counted_column(table)
    over.begin(table.rows[0].cells[0] if table.rows and table.rows[0].wide else None)
    for one in table.rows:
        if one.wide:
            above = Entry(number=None)
            over.add(one.cells[0], outermost=one.outermost)
            continue
        row = last = _spelt_out(one, last)
        entry = Entry(number=None, place=row.place)
        entry.torn = any(cell is None for cell in row.cells)
        _number(table, row, entry, counted)
        _headings(table, row, entry, above)
        _put_under(entry, over)
        _texts(table, row, entry, above, goals=goals, counted=counted)
        _units(table, row, entry, above)
        _units_of_heading(table, entry, over)
        _time(table, row, entry, above)
        _periods(table, row, entry)
        above = entry
        yield entry


def _spelt_out(row: Row, last: Row | None) -> Row:
    """A cell that says 同上 is the one above it."""
    if last is None or not any(cell and cell.text.strip() in _DITTO for cell in row.cells):
        return row
    cells = (
        above if cell and cell.text.strip() in _DITTO and above and not above.empty else cell
        for cell, above in zip(row.cells, last.cells, strict=True)
    )
    return replace(row, cells=tuple(cells))


def _filled(table: TaskTable, row: Row, *wanted: Column) -> Iterator[tuple[int, Column, Cell]]:
    return ((j, column, c) for j, column, c in table.cells_of(row, *wanted) if c and not c.empty)


def _own(row: Row, cells: Cells) -> bool:
    return any(j not in row.above for j, _, _ in cells)


def _came(field: str, cells: Cells) -> list[Origin]:
    return [Origin(field=field, text=c.text, where=str(c.place)) for _, _, c in cells]


def _number(table: TaskTable, row: Row, entry: Entry, counted: int | None) -> None:
    """Of several number columns the last is the finest; without one `counted` may be one of words."""
    if counted is not None and (cell := row.cells[counted]):
        entry.number = leading_number(cell.text)
        entry.torn = entry.torn or entry.number is None
        return
    cells = list(_filled(table, row, Column.NUMBER))
    if not cells:
        return
    if not _own(row, cells):
        entry.shared = True
        return
    own = [c for j, _, c in reversed(cells) if j not in row.above]
    entry.number = next((n for c in own if (n := number_of(c.text.strip().strip(_MARKS))) is not None), None)
    entry.odd_number = entry.number is None
    entry.origins += _came("number", cells)


def _headings(table: TaskTable, row: Row, entry: Entry, above: Entry) -> None:
    """A new heading without its own subheading has none; the same heading again (a new page) keeps it."""
    upper = list(_filled(table, row, Column.HEADING))
    lower = list(_filled(table, row, Column.SUBHEADING))
    heading, subheading = (
        "：".join(dict.fromkeys(heading_of(c.text) for _, _, c in cells)) for cells in (upper, lower)
    )
    covered = any(j in row.left for j, _, _ in table.cells_of(row, Column.SUBHEADING))
    same = not heading or (heading == above.said[0] and not covered)
    entry.said = (heading or above.said[0], (subheading or above.said[1]) if same else subheading)
    entry.origins += _came("heading", upper) or above.origins_of("heading")
    entry.origins += _came("subheading", lower) or (above.origins_of("subheading") if same else [])


def _put_under(entry: Entry, over: Headings) -> None:
    """The two outermost headings, those over the full width before those in columns of their own."""
    outer, *inner = [*over.texts, *filter(None, entry.said)] or [""]
    entry.heading, entry.subheading = outer, "：".join(inner)
    entry.origins = [*(one for one in over.origins if one not in entry.origins), *entry.origins]


def _texts(
    table: TaskTable, row: Row, entry: Entry, above: Entry, *, goals: frozenset[int], counted: int | None
) -> None:
    cells = list(_filled(table, row, Column.REQUIREMENT))
    timed = any(True for _ in _filled(table, row, Column.TIME))
    aims = [one for one in cells if id(one[2]) in goals and (timed or not _WHEN.search(one[2].text))]
    cells = [one for one in cells if one not in aims]
    entry.own_text = _own(row, cells)
    again = not cells and Column.REQUIREMENT in table.repeats
    entry.texts = (
        above.texts
        if again
        else list(
            dict.fromkeys(unnumbered(tidy(c.text)) if j == counted else tidy(c.text) for j, _, c in cells)
        )
    )
    entry.origins += above.origins_of("requirement") if again else []
    entry.origins += _came("requirement", cells) + _came("goal", aims)


def _goals_of_groups(table: TaskTable) -> frozenset[int]:
    """Goals beside the measures' own column, by the cell's id: what several items share is their group's."""
    wanted = [j for j, column in enumerate(table.columns) if column is Column.REQUIREMENT]
    if not table.exact or len(wanted) < _SEVERAL or Column.TIME not in table.columns:
        return frozenset()
    rows = [row for row in table.rows if not row.wide]
    some = [goals for j in wanted if (goals := _shared(table, rows, j))]
    return frozenset().union(*some) if len(some) < len(wanted) else frozenset()


def _shared(table: TaskTable, rows: Sequence[Row], j: int) -> frozenset[int]:
    """The cells of a column that stand for several items; where there are such, also those above a blank, the
    half of one that a page's end cut."""
    items: dict[int, set[int]] = {}
    halves: set[int] = set()
    above: Cell | None = None
    for at, row in enumerate(rows):
        cell = row.cells[j]
        if cell and not cell.empty:
            numbers = [
                c for _, _, c in table.cells_of(row, Column.NUMBER) if c and (c.rows > 1 or not c.empty)
            ]
            items.setdefault(id(cell), set()).add(id(numbers[0]) if numbers else at)
        elif above:
            halves.add(id(above))
        above = cell if cell and not cell.empty else None
    shared = {cell for cell, under in items.items() if len(under) > 1}
    return frozenset(shared | halves) if shared else frozenset()


@lru_cache(maxsize=2048)
def _names(text: str, role: Role) -> UnitNames:
    """What a units cell says: a table names the same few units again and again."""
    return parse_units(text, default=role)


def _units(table: TaskTable, row: Row, entry: Entry, above: Entry) -> None:
    cells = list(table.cells_of(row, *UNIT_COLUMNS))
    filled = list(_filled(table, row, *UNIT_COLUMNS))
    if not filled:
        blank = table.exact and not table.repeats & {column for _, column, _ in cells}
        lost = bool(cells) and (blank or all(cell is None for _, _, cell in cells))
        entry.names, entry.own_names = (None, True) if lost else (above.names, not cells)
        entry.origins += [] if lost else above.origins_of("units")
        return
    read = [_names(c.text, _ROLES[column]) for _, column, c in filled]
    duties = [duty for names in read for duty in names.duties]
    leads = any(column is Column.LEAD for _, column, _ in filled)
    repeats = not table.exact or Column.LEAD in table.repeats
    if repeats and Column.LEAD in table.columns and not leads and above.names:
        duties = [duty for duty in above.names.duties if duty.role is Role.LEAD] + duties
    vague = tuple(dict.fromkeys(v for names in read for v in names.vague))
    entry.names, entry.own_names = UnitNames(duties=once(duties), vague=vague), _own(row, filled)
    entry.origins += _came("units", filled)


def _units_of_heading(table: TaskTable, entry: Entry, over: Headings) -> None:
    """In a table without a column for units the headings may be units: 一、县教育局（5项）."""
    if not over.stack or set(table.columns) & set(UNIT_COLUMNS):
        return
    _, text, origin = over.stack[-1]
    if names_units(text):
        entry.names, entry.own_names = _names(text, Role.RESPONSIBLE), True
        entry.origins.append(replace(origin, field="units"))


def _time(table: TaskTable, row: Row, entry: Entry, above: Entry) -> None:
    """In a flattened table an empty time is merged with the units beside it; alone it was left blank."""
    wanted = (Column.TIME,) if table.periods else (Column.TIME, Column.PERIOD)
    cells = list(_filled(table, row, *wanted))
    starts = list(_filled(table, row, Column.START))
    if cells or (table.exact and Column.TIME not in table.repeats):
        entry.own_time = not cells or _own(row, cells)
        entry.time = "；".join(dict.fromkeys(tidy(c.text) for _, _, c in cells))
        entry.time = _from(starts, entry.time)
        entry.origins += _came("time", (*starts, *cells))
    else:
        entry.own_time = entry.own_names and Column.TIME not in table.repeats
        entry.time = "" if entry.own_time else above.time
        entry.origins += [] if entry.own_time else above.origins_of("time")


def _from(starts: Cells, end: str) -> str:
    """A day or month of beginning before that of the end, as one span; otherwise the end alone counts."""
    said = [tidy(c.text).rstrip("起") for _, _, c in starts]
    if len(said) == 1 and _BEGIN.fullmatch(said[0]) and _BEGIN.match(end):
        return f"{said[0]}至{end}"
    return end


def _periods(table: TaskTable, row: Row, entry: Entry) -> None:
    """Months or quarters that the row fills are its time; what stands in them is to be done."""
    periods = periods_of(table, row) if table.periods else []
    if not periods:
        return
    entry.time = "；".join([*filter(None, [entry.time]), *(one.said for one in periods)])
    entry.steps = "；".join(one.said for one in periods if one.words)
    entry.origins += [origin for one in periods for origin in one.origins]
