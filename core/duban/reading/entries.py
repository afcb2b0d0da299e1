"""The entries of task tables, one an item: which rows belong together, and the numbers they bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from duban.model import Choice, Problem, UnitNames
from duban.reading import numbering
from duban.reading.columns import Column
from duban.reading.entry import Entry
from duban.reading.fields import rows_as_entries
from duban.reading.headings import Headings
from duban.reading.rows import TaskTable
from duban.units.cell import once

__all__ = ["Entry", "entries_of"]

SHOWN = 30  # characters of a text that a doubt quotes


def entries_of(tables: Sequence[TaskTable]) -> tuple[list[Entry], list[Problem]]:
    """The entries of all tables in their order, their numbers settled, and the doubts about those."""
    over = Headings()
    parts = [list(rows_as_entries(table, over)) for table in tables]
    _count_the_unnumbered(parts, tables)
    entries = [entry for part in parts for entry in part]
    exact = all(table.exact for table in tables)
    groups = _groups(entries) if exact else []
    if any(len(group) > 1 for group in groups):
        return _counted(groups)
    if any(entry.odd_number for entry in entries):
        for count, entry in enumerate(entries, 1):
            entry.number = count
        return entries, [_odd_numbers(len(entries))]
    alone = [exact and e.number is None and _stands(e) for e in entries]
    if sum(alone) > 1 and numbering.whole([e.number for e in entries]):
        return _counted(_under_numbers(entries, alone))  # a number for several measures, as a merge would say
    numbers, problems = numbering.mend(
        [e.number for e in entries],
        torn=[e.torn or one for e, one in zip(entries, alone, strict=True)],
        begins=[e.own_text or not exact for e in entries],
    )
    loose = [one and number is None for one, number in zip(alone, numbers, strict=True)]
    return _settled(entries, numbers, loose, problems, exact=exact)


def _count_the_unnumbered(parts: Sequence[Sequence[Entry]], tables: Sequence[TaskTable]) -> None:
    """A table without numbers among others that have them is counted from 1, as they are."""
    numbered = [any(entry.number is not None for entry in part) for part in parts]
    if not any(numbered):
        return
    for part, table, has in zip(parts, tables, numbered, strict=True):
        if has or not table.exact or Column.NUMBER in table.columns:
            continue
        count = 0
        for entry in part:
            if entry.own_text:
                count += 1
                entry.number = count


def _settled(
    entries: Sequence[Entry],
    numbers: Sequence[int | None],
    loose: Sequence[bool],
    problems: list[Problem],
    *,
    exact: bool,
) -> tuple[list[Entry], list[Problem]]:
    """Rows without a number go on the one above; one that stands for itself is put at the count's end."""
    last = max((number for number in numbers if number is not None), default=0)
    items: list[list[Entry]] = []
    for entry, number, alone in zip(entries, numbers, loose, strict=True):
        if alone:
            last += 1
            problems.append(_no_room(last, entry))
            items.append([replace(entry, number=last)])
        elif number is None and items:
            problems += _joined(items[-1][0], entry) if exact and not entry.shared else ()
            items[-1].append(entry)
        else:
            items.append([replace(entry, number=number or 1)])
    return [_merged(rows) for rows in items], problems


def _stands(entry: Entry) -> bool:
    """Whether a row without a number says for itself what is to be done and by whom."""
    return not entry.shared and entry.own_text and entry.own_names and bool(entry.texts and entry.names)


def _groups(entries: Sequence[Entry]) -> list[list[list[Entry]]]:
    """Rows under one number cell, parted where each says its own units or time: [[[a]], [[b], [c, d]]]."""
    groups: list[list[list[Entry]]] = []
    for entry in entries:
        if not (entry.shared and groups):
            groups.append([[entry]])
        elif _apart(entry, groups[-1][-1][-1]):
            groups[-1].append([entry])
        else:
            groups[-1][-1].append(entry)
    return groups


def _apart(entry: Entry, above: Entry) -> bool:
    """Whether a row is an item of its own: its measures have other units or another time than those above, or
    other units have another time for the same."""
    names = entry.own_names and entry.names is not None and entry.names != above.names
    time = entry.own_time and bool(entry.time) and entry.time != above.time
    return (names or time) if entry.own_text else (names and time)


def _under_numbers(entries: Sequence[Entry], loose: Sequence[bool]) -> list[list[list[Entry]]]:
    """Rows without a number that stand for themselves, with the numbered one above them."""
    groups: list[list[list[Entry]]] = []
    for entry, alone in zip(entries, loose, strict=True):
        if not groups or entry.number is not None:
            groups.append([[entry]])
        elif alone:
            groups[-1].append([entry])
        else:
            groups[-1][-1].append(entry)
    return groups


def _counted(groups: Sequence[Sequence[Sequence[Entry]]]) -> tuple[list[Entry], list[Problem]]:
    """Several measures with their own units or dates under one number: each is an item, counted through."""
    entries = [_merged(rows) for group in groups for rows in group]
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


def _merged(rows: Sequence[Entry]) -> Entry:
    """One item of a row and those that go on it: more measures, units or dates."""
    item = rows[0]
    if len(rows) == 1:
        return item
    item.texts = list(dict.fromkeys(text for row in rows for text in row.texts))
    item.steps = "；".join(dict.fromkeys(row.steps for row in rows if row.steps))
    named = [row.names for row in rows if row.names and (row is item or row.own_names)]
    if named:
        item.names = UnitNames(
            duties=once([duty for names in named for duty in names.duties]),
            vague=tuple(dict.fromkeys(words for names in named for words in names.vague)),
        )
    times = [row.time for row in rows if row.time and (row is item or row.own_time)]
    item.time = "；".join(dict.fromkeys(times))
    item.origins = list(dict.fromkeys(origin for row in rows for origin in row.origins))
    lines = [line for row in rows for line in (row.place.line, row.place.last) if line]
    if any(row.place.line for row in rows[1:]):
        item.place = replace(item.place, line=item.place.line or min(lines), last=max(lines))
    return item
