"""What a header says: wordings of column heads and their meaning. A new wording is one more entry here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from duban.model import Choice, Problem


class Column(StrEnum):
    """What stands in a column."""

    NUMBER = "number"
    HEADING = "heading"
    SUBHEADING = "subheading"
    REQUIREMENT = "requirement"
    LEAD = "lead"
    RESPONSIBLE = "responsible"
    COOPERATE = "cooperate"
    TIME = "time"
    PERSON = "person"
    NOTE = "note"
    UNKNOWN = "unknown"


UNIT_COLUMNS = (Column.LEAD, Column.RESPONSIBLE, Column.COOPERATE)
_TASK = "task"  # a heading where another column holds the requirement, else the requirement itself

_WHO = r"(?:单位|部门|科室|处室|机构|机关|镇街|主体)"
_AND = r"[及和与、/或]?"
_FEW = r"[^、，,。；0-9]{0,6}"
_SHARE = r"(?:责任|承办|落实|负责|配合|协办|参与|参加)"
_PEOPLE = r"(?:责任人|负责人|联系人|联络员|责任领导|分管领导)"
# The first wording that fits the whole head wins.
_WORDINGS: tuple[tuple[Column | str, str], ...] = (
    (Column.NUMBER, r"序号|编号|序|项次|任务编号|任务序号|NO\.?|№"),
    (Column.LEAD, rf"(?:牵头|主办|主责){_WHO}(?:及|和|与|、|/){_PEOPLE}"),
    (Column.RESPONSIBLE, rf"{_FEW}{_WHO}(?:及|和|与|、|/){_PEOPLE}"),
    (
        Column.PERSON,
        rf"{_FEW}(?:领导|责任人|联系人|联络员|负责人|包联人|经办人|电话|联系方式|承办人|督办人)(?:姓名|及.*)?",
    ),
    (
        Column.NOTE,
        r"(?:交办|下达|立项|签发|发现|接收|印发|发文|受理|登记|填报|填表|更新|反馈问题)(?:时间|日期)",
    ),
    (
        Column.TIME,
        rf"{_FEW}(?:时限|时间|期限|日期|时间表)(?:要求|安排|节点)?(?:及要求)?"
        r"|(?:完成|时间|推进)?节点|完成时点|频次|进度安排",
    ),
    (Column.RESPONSIBLE, rf"{_FEW}(?:牵头|主办|主责|配合){_WHO}?{_AND}{_SHARE}{_WHO}"),
    (Column.LEAD, rf"(?:总|第一|市级|县级|区级)?(?:牵头|主办|主责|主要责任|主管){_WHO}?"),
    (Column.COOPERATE, rf"(?:主要)?(?:配合|协办|参与|协助|协同|参加|会办|协作|支持)(?:责任)?{_WHO}"),
    (
        Column.RESPONSIBLE,
        rf"{_FEW}(?:责任|承办|落实|负责|实施|承担|执行|整改|分管|成员|办理){_WHO}(?:[及和与].{{0,6}})?|{_WHO}"
        r"|责任分工|任务分工|分工|职责分工",
    ),
    (
        Column.NOTE,
        rf"备注|说明|附注|{_FEW}(?:进展|完成情况|落实情况|成效|状态|评价|得分|分值|权重|依据|来源|出处|销号)(?:情况)?",
    ),
    (
        Column.REQUIREMENT,
        r"(?:具体|主要|重点|工作|整改|任务|推进|改革|落实|实施|创建|保障|目标|细化|年度)*"
        r"(?:要求|措施|举措|内容|做法|任务分解|目标要求|事项内容)(?:及.*|和.*)?"
        r"|(?:具体|细化|分解|子)(?:任务|事项|工作|项目)|任务描述|工作目标|整改目标|目标|预期(?:目标|成效|成果)|任务目标|成果形式",
    ),
    (
        Column.HEADING,
        r"(?:任务|工作|项目|事项|指标|领域|重点)?(?:类别|分类|类型|板块|领域|方面|大类|门类)|一级(?:任务|指标|目录|分类|事项)|专项(?:名称)?",
    ),
    (Column.SUBHEADING, r"(?:二级|三级)(?:任务|指标|目录|分类|事项)|子类|小类"),
    (
        _TASK,
        r"[^0-9年]{0,6}(?:任务|工作|事项|项目|问题|要点)(?:名称|安排)?|.{0,2}(?:任务|事项|项目|问题)清单",
    ),
)
_TABLE = tuple((meaning, re.compile(rf"^(?:{wording})$", re.IGNORECASE)) for meaning, wording in _WORDINGS)
_LONGEST = 14
_CORE = frozenset({Column.REQUIREMENT, _TASK, *UNIT_COLUMNS})
_FEWEST = 2


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
    return re.sub(r"\s|[（(][^（()）]*[)）]|[:：*]", "", label)


def meaning_of(label: str, heads: Heads = NO_HEADS) -> Column | str | None:
    """What a head means by itself, before its neighbours are known; None where no wording fits."""
    plain = plain_head(label)
    if not 0 < len(plain) <= _LONGEST:
        return None
    said = next((meaning for meaning, pattern in _TABLE if pattern.match(plain)), None)
    return said or heads.get(plain)


def is_header(labels: Sequence[str], heads: Heads = NO_HEADS, *, share: float = 0.5) -> bool:
    """Whether these cells are a table's header: more than `share` are known heads, one says what or who."""
    meanings = [meaning_of(label, heads) for label in labels]
    known = [m for m in meanings if m]
    return (
        len(known) >= _FEWEST
        and len(known) > len(labels) * share
        and bool(_CORE & set(known))
        and len(set(known)) > 1
    )


def resolve(labels: Sequence[str], width: int, heads: Heads = NO_HEADS) -> tuple[Column, ...]:
    """The meaning of each of `width` columns. A head that covers several (more cells than heads) is the
    heading's: 工作任务 over two columns is heading and subheading."""
    found = [meaning_of(label, heads) for label in labels]
    tasks = [i for i, meaning in enumerate(found) if meaning == _TASK]
    covers = width > len(labels) and len(tasks) == 1 and Column.HEADING not in found
    if tasks and covers and Column.REQUIREMENT not in found:
        found.insert(tasks[0], _TASK)
    columns = settle(found)
    while len(columns) < width:
        at = columns.index(Column.HEADING) + 1 if Column.HEADING in columns else len(columns)
        columns.insert(at, Column.SUBHEADING if Column.HEADING in columns else Column.UNKNOWN)
    return tuple(columns)


def settle(found: Iterable[Column | str | None]) -> list[Column]:
    """Each column's meaning beside its neighbours': of several task heads the last is the requirement,
    where no other column is, and those before it are headings."""
    meanings = list(found)
    tasks = [i for i, meaning in enumerate(meanings) if meaning == _TASK]
    if tasks and Column.REQUIREMENT not in meanings:
        meanings[tasks.pop()] = Column.REQUIREMENT
    for i in tasks:
        meanings[i] = Column.SUBHEADING if Column.HEADING in meanings else Column.HEADING
    return [Column(meaning) if meaning else Column.UNKNOWN for meaning in meanings]


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
