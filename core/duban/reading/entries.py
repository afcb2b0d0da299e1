"""Rows of task tables become entries, one an item: what merges carry down, which rows belong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from duban.model import Choice, Origin, Problem, Role, UnitNames
from duban.reading import numbering
from duban.reading.columns import UNIT_COLUMNS, Column
from duban.reading.grid import NOWHERE, Cell, Place
from duban.reading.rows import Row, TaskTable
from duban.reading.tidy import heading_of, level_of, number_of, tidy
from duban.units.cell import once, parse_units

SHOWN = 30  # characters of a text that a doubt quotes
_ROLES = {
    Column.LEAD: Role.LEAD,
    Column.RESPONSIBLE: Role.RESPONSIBLE,
    Column.COOPERATE: Role.COOPERATE,
}


@dataclass(slots=True)
class Entry:
    """One item before its deadlines are read. Units that the document lost are None, a lost text is []."""

    number: int | None
    heading: str = ""
    subheading: str = ""
    said: tuple[str, str] = ("", "")  # what the heading columns alone say
    texts: list[str] = field(default_factory=list)
    names: UnitNames | None = None
    own_names: bool = True  # not carried down from the row above
    time: str = ""
    own_time: bool = True
    place: Place = NOWHERE
    torn: bool = False
    shared: bool = False  # a number cell from above covers its row
    own_text: bool = True
    odd_number: bool = False  # 1.1, A-3: a row's own number, and no whole one
    origins: list[Origin] = field(default_factory=list)

    def origins_of(self, *fields: str) -> list[Origin]:
        """The pieces that these fields were read from."""
        return [origin for origin in self.origins if origin.field in fields]


def entries_of(tables: Sequence[TaskTable]) -> tuple[list[Entry], list[Problem]]:
    """The entries of all tables in their order, their numbers settled, and the doubts about those."""
    entries = [entry for table in tables for entry in _entries(table)]
    exact = all(table.exact for table in tables)
    groups = _groups(entries) if exact else []
    if any(len(group) > 1 for group in groups):
        return _counted(groups)
    if any(entry.odd_number for entry in entries):
        for count, entry in enumerate(entries, 1):
            entry.number = count
        return entries, [_odd_numbers(len(entries))]
    numbers, problems = numbering.mend(
        [e.number for e in entries],
        torn=[e.torn or (exact and _stands(e)) for e in entries],
        begins=[e.own_text or not exact for e in entries],
    )
    last = max((number for number in numbers if number is not None), default=0)
    merged: list[Entry] = []
    for entry, number in zip(entries, numbers, strict=True):
        if number is None and exact and _stands(entry):
            last += 1
            problems.append(_no_room(last, entry))
            merged.append(replace(entry, number=last))
        elif number is None and merged:
            problems += _joined(merged[-1], entry) if exact and not entry.shared else ()
            _go_on(merged[-1], entry)
        else:
            merged.append(replace(entry, number=number or 1))
    return merged, problems


def _stands(entry: Entry) -> bool:
    """Whether a row without a number says for itself what is to be done and by whom."""
    return not entry.shared and entry.own_text and entry.own_names and bool(entry.texts and entry.names)


def _groups(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Rows under one number cell, parted where each says its own units or time: [[a], [b, c]]."""
    groups: list[list[Entry]] = []
    for entry in entries:
        if not (entry.shared and groups):
            groups.append([entry])
        elif entry.own_text and _differs(entry, groups[-1][-1]):
            groups[-1].append(entry)
        else:
            _go_on(groups[-1][-1], entry)
    return groups


def _differs(entry: Entry, above: Entry) -> bool:
    own_names = entry.own_names and entry.names is not None and entry.names != above.names
    return own_names or (entry.own_time and bool(entry.time) and entry.time != above.time)


def _counted(groups: Sequence[Sequence[Entry]]) -> tuple[list[Entry], list[Problem]]:
    """Several measures with their own units or dates under one number: each is an item, counted through."""
    entries = [entry for group in groups for entry in group]
    for count, entry in enumerate(entries, 1):
        entry.number = count
    several = sum(len(group) > 1 for group in groups)
    message = (
        f"有{several}个序号下面分列了几条各有责任单位或时限的措施，已逐条作为一项，"
        f"按先后统一编为1至{len(entries)}，请核对。"
    )
    return entries, [
        Problem(code="split-rows", message=message, choices=(Choice(value="split", label="逐条作为一项"),))
    ]


def _odd_numbers(count: int) -> Problem:
    return Problem(
        code="restarted-numbers",
        message=f"文件里的序号不是从1起的整数，已按先后顺序统一编为1至{count}，请核对。",
        choices=(Choice(value="renumber", label="按先后顺序统一编号"),),
    )


def _no_room(number: int, entry: Entry) -> Problem:
    where = str(entry.place)
    return Problem(
        code="lost-number",
        message=f"{where}没有序号，前后的序号又是连续的，已编在最后，作为第{number}项，请核对。",
        item=number,
        where=where or None,
        choices=(Choice(value=str(number), label=f"记为第{number}项"),),
    )


def _joined(item: Entry, more: Entry) -> list[Problem]:
    """A row with a text of its own and nothing that says whose it is goes with the row above: said."""
    if not (more.own_text and more.texts):
        return []
    where, text = str(more.place), more.texts[0]
    said = f"{text[:SHOWN]}……" if len(text) > SHOWN else text
    return [
        Problem(
            code="joined-row",
            message=f"{where}的“{said}”没有序号，已并入第{item.number}项，请核对。",
            item=item.number,
            where=where or None,
            choices=(Choice(value="join", label=f"属于第{item.number}项"),),
        )
    ]


def _entries(table: TaskTable) -> Iterator[Entry]:
    """One entry a row, with what the merged cells above it carry down."""
    above, over = Entry(number=None), _Over()
    for row in table.rows:
        if row.wide:
            above, over = Entry(number=None), _under(over, row.cells[0])
            continue
        entry = Entry(number=None, place=row.place)
        entry.torn = any(cell is None for cell in row.cells)
        _number(table, row, entry)
        _headings(table, row, entry, above)
        _put_under(entry, over)
        _texts(table, row, entry)
        _units(table, row, entry, above)
        _time(table, row, entry, above)
        above = entry
        yield entry


def _filled(table: TaskTable, row: Row, *wanted: Column) -> Iterator[tuple[int, Column, Cell]]:
    return ((j, column, c) for j, column, c in table.cells_of(row, *wanted) if c and not c.empty)


def _own(row: Row, cells: Iterable[tuple[int, Column, Cell]]) -> bool:
    return any(j not in row.above for j, _, _ in cells)


def _came(field_: str, cells: Iterable[tuple[int, Column, Cell]]) -> list[Origin]:
    return [Origin(field=field_, text=c.text, where=str(c.place)) for _, _, c in cells]


def _number(table: TaskTable, row: Row, entry: Entry) -> None:
    cells = list(_filled(table, row, Column.NUMBER))
    if not cells:
        return
    if not _own(row, cells):
        entry.shared = True
        return
    entry.number = next((n for _, _, c in cells if (n := number_of(c.text)) is not None), None)
    entry.odd_number = entry.number is None
    entry.origins += _came("number", cells)


@dataclass(frozen=True, slots=True)
class _Over:
    """The headings over the full width that a row stands beneath, the outer one first."""

    texts: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()


def _under(over: _Over, cell: Cell | None) -> _Over:
    """A heading over the full width begins a new part: nothing is carried down past it but the outer one."""
    text = cell.text if cell else ""
    origin = Origin(field="heading", text=text, where=str(cell.place) if cell else "")
    if over.texts and level_of(text) in (2, None):  # （一）, the second level
        inner = replace(origin, field="subheading")
        return _Over((over.texts[0], heading_of(text)), (over.origins[0], inner))
    return _Over((heading_of(text),), (origin,))


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


def _put_under(entry: Entry, over: _Over) -> None:
    """The two outermost headings, those over the full width before those in columns of their own."""
    outer, *inner = [*over.texts, *filter(None, entry.said)] or [""]
    entry.heading, entry.subheading = outer, "：".join(inner)
    entry.origins = [*(one for one in over.origins if one not in entry.origins), *entry.origins]


def _texts(table: TaskTable, row: Row, entry: Entry) -> None:
    cells = list(_filled(table, row, Column.REQUIREMENT))
    entry.own_text = _own(row, cells)
    if not cells and table.exact and entry.number is not None:
        # the measures' cell was left blank: the task itself, in the heading's, is what is to be done
        cells = [
            one for one in _filled(table, row, Column.HEADING, Column.SUBHEADING) if one[0] not in row.above
        ]
        entry.own_text = bool(cells)
    entry.texts = list(dict.fromkeys(tidy(c.text) for _, _, c in cells))
    entry.origins += _came("requirement", cells)


def _units(table: TaskTable, row: Row, entry: Entry, above: Entry) -> None:
    cells = list(table.cells_of(row, *UNIT_COLUMNS))
    filled = list(_filled(table, row, *UNIT_COLUMNS))
    if not filled:
        lost = bool(cells) and (table.exact or all(cell is None for _, _, cell in cells))
        entry.names, entry.own_names = (None, True) if lost else (above.names, not cells)
        entry.origins += [] if lost else above.origins_of("units")
        return
    read = {column: parse_units(c.text, default=_ROLES[column]) for _, column, c in filled}
    duties = [duty for names in read.values() for duty in names.duties]
    if not table.exact and Column.LEAD in table.columns and Column.LEAD not in read and above.names:
        duties = [duty for duty in above.names.duties if duty.role is Role.LEAD] + duties
    vague = tuple(dict.fromkeys(v for names in read.values() for v in names.vague))
    entry.names, entry.own_names = UnitNames(duties=once(duties), vague=vague), _own(row, filled)
    entry.origins += _came("units", filled)


def _time(table: TaskTable, row: Row, entry: Entry, above: Entry) -> None:
    """In a flattened table an empty time is merged with the units beside it; alone it was left blank."""
    cells = list(_filled(table, row, Column.TIME))
    if cells or table.exact:
        entry.own_time = not cells or _own(row, cells)
        entry.time = "；".join(dict.fromkeys(tidy(c.text) for _, _, c in cells))
        entry.origins += _came("time", cells)
    else:
        entry.own_time = entry.own_names
        entry.time = "" if entry.own_time else above.time
        entry.origins += [] if entry.own_time else above.origins_of("time")


def _go_on(item: Entry, more: Entry) -> None:
    """A row without a number of its own: more measures, units or dates of the item above."""
    item.texts += [text for text in more.texts if text not in item.texts]
    if more.own_names and more.names:
        have = item.names or UnitNames(duties=())
        item.names = UnitNames(
            duties=once([*have.duties, *more.names.duties]),
            vague=tuple(dict.fromkeys((*have.vague, *more.names.vague))),
        )
    if more.own_time and more.time and more.time != item.time:
        item.time = f"{item.time}；{more.time}" if item.time else more.time
    item.origins += [origin for origin in more.origins if origin not in item.origins]
    if more.place.line:
        item.place = replace(
            item.place, line=item.place.line or more.place.line, last=max(item.place.last, more.place.last)
        )
