"""Entries become items: their deadlines are read, and what is in doubt is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from duban.model import Choice, Deadline, Duty, Item, Kind, PlanContext, Problem, Source
from duban.reading.entries import Entry
from duban.reading.tidy import tidy


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


def _item(entry: Entry, context: PlanContext, reader: Reader) -> tuple[Item, list[Problem]]:
    no = entry.number or 0
    where = f"第{no}项"
    problems = list(_doubts(entry, no))
    text = "\n".join(entry.texts)
    requirement = "\n".join(filter(None, (text, entry.steps))) or None
    deadlines: list[Deadline] = []
    if text:  # the steps' months and quarters are read with the time column
        found, doubts = reader(text, context=context, source=Source.REQUIREMENT, item=no, where=where)
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
        where=str(entry.place),
        origins=tuple(dict.fromkeys(entry.origins)),
    )
    return item, problems


def _doubts(entry: Entry, no: int) -> Iterator[Problem]:
    where = str(entry.place) or None
    if not (entry.texts or entry.steps):
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
    dated = any(d.kind in (Kind.FIXED, Kind.RECURRING) for d in found)  # 立行立改，6月底前
    hasty = next((d for d in found if d.kind is Kind.SOFT and not dated), None)
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
