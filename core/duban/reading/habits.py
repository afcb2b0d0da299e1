"""What a document says of its own form: 列首位的为牵头单位, 空白处同上一行. It holds for all its items."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from duban.model import Role, UnitNames
from duban.reading.columns import UNIT_COLUMNS, Column
from duban.reading.entry import Entry
from duban.units.words import FIRST_LEADS

_BLANK = r"(?:空白|空格|为空|未填|空着|没有填写|未填写)"
_ABOVE = r"(?:同上|(?:与|和|同)(?:其?上[一]?(?:行|栏|格|项|列)|上面|上方)|合并单元格|沿用上)"
_REPEATS = re.compile(rf"{_BLANK}[^。；;]{{0,16}}{_ABOVE}")
_SENTENCE = 40  # characters before the words for a blank that say which columns are meant
_NAMED = (
    (re.compile(r"时限|时间|期限|节点"), frozenset({Column.TIME})),
    (re.compile(r"单位|部门"), frozenset(UNIT_COLUMNS)),
)
_BY_THEMSELVES = re.compile(r"分别|各自|各负其责")


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """`first_leads`: the unit named first leads where none is said to; `repeats`: columns whose blank cells
    say what the cell above them says."""

    first_leads: bool = False
    repeats: frozenset[Column] = frozenset()


def habits_of(lines: Iterable[str]) -> Habits:
    """The habits that a document's running text tells of."""
    first, repeats = False, frozenset[Column]()
    for line in lines:
        first = first or (("牵头" in line or "主" in line) and bool(FIRST_LEADS.search(line)))
        if found := _REPEATS.search(line):
            before = re.split("[。；;]", line[max(0, found.start() - _SENTENCE) : found.start()])[-1]
            said = [columns for wording, columns in _NAMED if wording.search(before)]
            repeats |= frozenset().union(*said) if said else frozenset({Column.TIME, *UNIT_COLUMNS})
    return Habits(first_leads=first, repeats=repeats)


def follow(habits: Habits, entries: Iterable[Entry]) -> None:
    """Let the first unit of each entry lead where the document says so and the entry says nothing else."""
    if not habits.first_leads:
        return
    for entry in entries:
        if entry.names and not any(_BY_THEMSELVES.search(one.text) for one in entry.origins_of("units")):
            entry.names = _led(entry.names)


def _led(names: UnitNames) -> UnitNames:
    duties = names.duties
    if not duties or any(duty.role is Role.LEAD for duty in duties) or duties[0].role is not Role.RESPONSIBLE:
        return names
    return replace(names, duties=(replace(duties[0], role=Role.LEAD), *duties[1:]))
