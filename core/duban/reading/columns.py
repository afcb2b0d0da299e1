"""What a header says: the meaning of each column's head, by itself and beside its neighbours'."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from duban.model import Choice, Problem
from duban.reading.wordings import PROBLEM, RESULT, TABLE, TASK, UNIT_COLUMNS, Column

__all__ = [
    "LABELS",
    "NO_HEADS",
    "SKIP",
    "UNIT_COLUMNS",
    "Column",
    "Heads",
    "is_header",
    "meaning_of",
    "plain_head",
    "resolve",
    "settle",
    "unknown",
    "unknown_head",
]

_LONGEST = 14
_LONGEST_LABEL = 60  # characters of a cell that could be a head with breaks and brackets in it
_CORE = frozenset({Column.REQUIREMENT, RESULT, TASK, PROBLEM, *UNIT_COLUMNS})
_FEWEST = 2
_YEAR = re.compile(r"^20[0-9]{2}年度?")

Heads = Mapping[str, Column]  # what coordinators said of heads that no wording fits, by plain_head
NO_HEADS: Heads = MappingProxyType({})
LABELS = MappingProxyType(
    {
        Column.REQUIREMENT: "工作要求或措施",
        Column.RESPONSIBLE: "责任单位",
        Column.LEAD: "牵头单位",
        Column.COOPERATE: "配合单位",
        Column.TIME: "完成时限",
        Column.HEADING: "任务类别",
        Column.SUBHEADING: "任务小类",
        Column.NUMBER: "序号",
        Column.PERSON: "责任人",
        Column.NOTE: "备注",
    }
)


def plain_head(label: str) -> str:
    """A head as looked up: without blanks, brackets with what is in them, colons and stars."""
    return re.sub(r"\s|[（(][^（()）]*[)）]|[:：*＊★☆▲△]", "", label)


def meaning_of(label: str, heads: Heads = NO_HEADS) -> Column | str | None:
    """What a head means by itself, before its neighbours are known; None where no wording fits."""
    if heads:
        return _worded(label) or heads.get(plain_head(label))
    return _worded(label) if len(label) <= _LONGEST_LABEL else None


@lru_cache(maxsize=4096)
def _worded(label: str) -> Column | str | None:
    """The wording that fits a head, or what is left of it without the year before it."""
    plain = plain_head(label)
    if not 0 < len(plain) <= _LONGEST:
        return None
    for text in dict.fromkeys((plain, _YEAR.sub("", plain))):
        found = next((meaning for meaning, pattern in TABLE if pattern.fullmatch(text)), None)
        if found:
            return found
    return None


def is_header(labels: Sequence[str], heads: Heads = NO_HEADS, *, share: float = 0.5) -> bool:
    """Whether these cells are a table's header: more than `share` are known heads, one says what or who."""
    meanings = [meaning_of(label, heads) for label in labels]
    known = [m for m in meanings if m]
    if meanings[:1] == [Column.PERIOD]:  # no table begins with a month; a time of the row above does
        return False
    return (
        len(known) >= _FEWEST
        and len(known) > len(labels) * share
        and bool(_CORE & set(known))
        and len(set(known) - {Column.PERIOD}) > 1
    )


def resolve(labels: Sequence[str], width: int, heads: Heads = NO_HEADS) -> tuple[Column, ...]:
    """The meaning of each of `width` columns. A head that covers several (more cells than heads) is the
    heading's: 工作任务 over two columns is heading and subheading."""
    found = [meaning_of(label, heads) for label in labels]
    tasks = [i for i, meaning in enumerate(found) if meaning == TASK]
    covers = width > len(labels) and len(tasks) == 1 and Column.HEADING not in found
    if tasks and covers and not {Column.REQUIREMENT, RESULT} & set(found):
        found.insert(tasks[0], TASK)
    columns = settle(found)
    while len(columns) < width:
        at = columns.index(Column.HEADING) + 1 if Column.HEADING in columns else len(columns)
        columns.insert(at, Column.SUBHEADING if Column.HEADING in columns else Column.UNKNOWN)
    return tuple(columns)


def settle(found: Sequence[Column | str | None]) -> list[Column]:
    """Each column's meaning beside its neighbours': of several task heads the last is the requirement,
    where no other column is, and those before it are headings; so are problems beside measures or tasks.
    Standards, goals and results are requirements. A problem behind the measures and the units is none of
    these: it came in between, and is noted."""
    found = [Column.REQUIREMENT if meaning == RESULT else meaning for meaning in found]
    meanings = [_behind(found, i) for i in range(len(found))]
    tasks = [i for i, meaning in enumerate(meanings) if meaning == TASK]
    problems = [i for i, meaning in enumerate(meanings) if meaning == PROBLEM]
    if Column.REQUIREMENT not in meanings and (tasks or problems):
        meanings[(tasks or problems).pop()] = Column.REQUIREMENT
    for i in sorted(tasks + problems):
        meanings[i] = Column.SUBHEADING if Column.HEADING in meanings else Column.HEADING
    return [Column(meaning) if meaning else Column.UNKNOWN for meaning in meanings]


def _behind(found: Sequence[Column | str | None], i: int) -> Column | str | None:
    before = set(found[:i])
    behind = (
        Column.REQUIREMENT in before and before & set(UNIT_COLUMNS) and Column.REQUIREMENT not in found[i:]
    )
    return Column.NOTE if found[i] == PROBLEM and behind else found[i]


def unknown(labels: Sequence[str], columns: Sequence[Column], heads: Heads = NO_HEADS) -> tuple[Problem, ...]:
    """A doubt for each head that no wording fits: its column is left out, and that is said and asked."""
    odd = [label for label in labels if meaning_of(label, heads) is None] if Column.UNKNOWN in columns else []
    return tuple(unknown_head(label) for label in odd)


def unknown_head(label: str, likely: Sequence[Column] = (), *, taken: Column | None = None) -> Problem:
    """The doubt about one head. `likely`: what its cells look like, the likeliest first; `taken`: what it
    was read as, where the table would say nothing without it."""
    head = "".join(label.split())
    read = f"按内容当作“{LABELS[taken]}”" if taken else "这一列没有计入"
    skip = Choice(value=SKIP, label="这一列不计入")
    order = dict.fromkeys((*((taken,) if taken else ()), *likely, *LABELS))
    offers = [
        Choice(value=column.value, label=f"是“{LABELS[column]}”") for column in order if column in LABELS
    ]
    return Problem(
        code="unknown-column",
        message=f"表头“{head}”不认识，{read}，请核对。" if head else f"有一列没有表头，{read}，请核对。",
        where=f"表头“{head}”",
        choices=(offers[0], skip, *offers[1:]) if taken else (skip, *offers),
    )


SKIP = "skip"
