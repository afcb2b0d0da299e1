"""What was read and how it was counted, for `duban explain deadline`; and the JSON shape of a deadline."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from duban.deadlines.counting import count_text
from duban.deadlines.grammar import read_deadlines
from duban.deadlines.workdays import Calendar
from duban.model import Amount, Deadline, Kind, PlanContext, Source

_KINDS = MappingProxyType(
    {
        Kind.FIXED: "定期",
        Kind.RELATIVE: "自事由起算",
        Kind.RECURRING: "周期",
        Kind.CONTINUOUS: "持续",
        Kind.SOFT: "无明确日期",
        Kind.EVENT: "待事由发生",
    }
)
_UNITS = MappingProxyType(
    {
        Amount.HOUR: "小时",
        Amount.DAY: "日",
        Amount.WORKDAY: "个工作日",
        Amount.WEEK: "周",
        Amount.MONTH: "个月",
        Amount.YEAR: "年",
    }
)


def explain_deadlines(text: str, context: PlanContext, calendar: Calendar) -> list[str]:
    """Lines for people: which rule read which characters, how the date was counted, what is in doubt."""
    source = Source.COLUMN if context.column else Source.REQUIREMENT
    deadlines, problems = read_deadlines(text, context=context, source=source)
    lines: list[str] = []
    for deadline in deadlines:
        start, end = deadline.span
        phrase = " ".join(deadline.text.split())
        lines.append(f"“{phrase}”（第{start + 1}—{end}字）：{_KINDS[deadline.kind]}，规则 {deadline.rule}")
        lines.extend(f"  {step}" for step in _how(deadline, calendar))
    lines.extend(f"存疑：{problem.message}" for problem in problems)
    return lines or ["没有读到时限。"]


def _how(deadline: Deadline, calendar: Calendar) -> tuple[str, ...]:
    if deadline.kind is Kind.FIXED:
        return count_text(deadline, calendar)
    if deadline.kind is Kind.RELATIVE and deadline.amount is not None and deadline.unit is not None:
        way = "前" if deadline.amount < 0 else "内"
        event = f"“{deadline.trigger}”" if deadline.trigger else "事由（原文未写明）"
        after = "" if deadline.amount < 0 else "后"
        return (
            f"{event}{after}{abs(deadline.amount)}{_UNITS[deadline.unit]}{way}：登记事由发生的时间后推算",
        )
    if deadline.kind is Kind.RECURRING:
        at = f"，{deadline.time:%H:%M}前" if deadline.time else ""
        return (f"重复规则 {deadline.rrule}{at}",)
    if deadline.kind is Kind.EVENT:
        return (f"等待“{deadline.trigger}”，登记后再定日期",)
    return ("没有日期，按方案的报告周期反馈",)


def to_json(deadline: Deadline) -> dict[str, Any]:
    """The shape that every --json prints: ISO dates, times as HH:MM, the span as a list."""
    return {
        "kind": deadline.kind.value,
        "text": deadline.text,
        "span": list(deadline.span),
        "source": deadline.source.value,
        "rule": deadline.rule,
        "due": deadline.due.isoformat() if deadline.due else None,
        "time": f"{deadline.time:%H:%M}" if deadline.time else None,
        "start": deadline.start.isoformat() if deadline.start else None,
        "amount": deadline.amount,
        "unit": deadline.unit.value if deadline.unit else None,
        "trigger": deadline.trigger,
        "rrule": deadline.rrule,
    }
