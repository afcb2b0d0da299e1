"""What a document says of its own form: 列首位的为牵头单位, 空白处同上一行. It holds for all its items."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from duban.model import Role, UnitNames
from duban.reading.columns import UNIT_COLUMNS, Column, meaning_of
from duban.reading.entry import Entry
from duban.reading.wordings import PROBLEM, RESULT, TASK
from duban.units.words import FIRST_LEADS, role_of

_BLANK = r"(?:空白|空格|为空|空着|空缺|留空|[未没不](?:有)?(?:再)?(?:填|写|列|注明)|省略)"
_ABOVE = (
    r"(?:同上|(?:与|和|同|跟|按|照|随|沿用)(?:照|着)?(?:其|它)?(?:紧邻的?)?(?:上[一]?(?:行|栏|格|项|列|条)|上面|上方|前一?(?:行|项|条))"
    r"|合并单元格|沿用上)"
)
_SAME = r"(?:内容)?(?:相同|一致|一样|重复)"
_REPEATS = re.compile(rf"{_BLANK}[^。；;]{{0,16}}{_ABOVE}|{_ABOVE}{_SAME}[^。；;]{{0,10}}{_BLANK}")
_QUOTED = re.compile(r"[“\"‘「『《【]([^”\"’」』》】]{1,14})[”\"’」』》】]")
_SENTENCE = 40  # characters before the words for a blank that say which columns are meant
_HEADINGS = (Column.HEADING, Column.SUBHEADING)
_NAMED = (
    (re.compile(r"时限|时间|期限|节点"), frozenset({Column.TIME})),
    (re.compile(r"单位|部门"), frozenset(UNIT_COLUMNS)),
    (re.compile(r"措施|要求|内容|标准"), frozenset({Column.REQUIREMENT})),
    (re.compile(r"类别|问题|任务|事项|项目|领域"), frozenset(_HEADINGS)),
)
_OTHERS = re.compile(
    r"[，,；;]?(?:其[余他它]|第二[位个]|后面|之后)[^。；;，,]{0,6}?(?:为|是|系)(?P<role>责任|配合|协办|参与)"
)
_BY_THEMSELVES = re.compile(r"分别|各自|各负其责")


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """`first_leads`: the unit named first leads where none is said to; `repeats`: columns whose blank cells
    say what the cell above them says."""

    first_leads: bool = False
    others: Role | None = None  # what those behind the first are, where that is said
    repeats: frozenset[Column] = frozenset()


def habits_of(lines: Iterable[str]) -> Habits:
    """The habits that a document's running text tells of."""
    first, others, repeats = False, None, frozenset[Column]()
    for line in lines:
        if not first and ("牵头" in line or "主" in line) and (leads := FIRST_LEADS.search(line)):
            first = True
            rest = _OTHERS.match(line, leads.end()) or _OTHERS.search(leads[0])
            others = role_of(rest["role"]) if rest else None
        if found := _REPEATS.search(line):
            before = re.split("[。；;]", line[max(0, found.start() - _SENTENCE) : found.start()])[-1]
            said = _quoted(before) or [columns for wording, columns in _NAMED if wording.search(before)]
            repeats |= frozenset().union(*said) if said else frozenset({Column.TIME, *UNIT_COLUMNS})
    return Habits(first_leads=first, others=others, repeats=repeats)


def _quoted(text: str) -> list[frozenset[Column]]:
    """The columns that a text names by their heads in quotation marks: “类别”“责任单位”栏."""
    meanings = [meaning_of(head) for head in _QUOTED.findall(text)]
    return [
        frozenset(
            _HEADINGS if one in (TASK, PROBLEM) else {Column.REQUIREMENT if one == RESULT else Column(one)}
        )
        for one in meanings
        if one
    ]


def follow(habits: Habits, entries: Iterable[Entry]) -> None:
    """Let the first unit of each entry lead where the document says so and the entry says nothing else."""
    if not habits.first_leads:
        return
    for entry in entries:
        if entry.names and not any(_BY_THEMSELVES.search(one.text) for one in entry.origins_of("units")):
            entry.names = _led(entry.names, habits.others)


def _led(names: UnitNames, others: Role | None) -> UnitNames:
    """The first leads; of several in a column of leads, too, where the document says what the others are."""
    leads = [duty for duty in names.duties if duty.role is Role.LEAD]
    if not names.duties or (leads and (others is None or len(leads) == 1 or leads[0] != names.duties[0])):
        return names
    if not leads and names.duties[0].role is not Role.RESPONSIBLE:
        return names
    first, *rest = names.duties
    now = others or Role.RESPONSIBLE
    behind = (
        replace(duty, role=now) if duty in leads or (not leads and duty.role is Role.RESPONSIBLE) else duty
        for duty in rest
    )
    return replace(names, duties=(replace(first, role=Role.LEAD), *behind))
