"""A doubt about a deadline as a problem: one sentence, and the ways to settle it, safest first."""

from __future__ import annotations

from types import MappingProxyType

from duban.deadlines.rules import Doubt
from duban.model import Choice, Deadline, Problem

_SAYS = MappingProxyType(
    {
        "no-year": "{where}的时限“{text}”没有写年份，方案标题和印发日期里也没有："
        "请用 --year 说明年份，或另定日期。",
        "no-issued": "{where}的时限“{text}”要从印发日期算起，而方案没有写印发日期："
        "请用 --issued 说明，或另定日期。",
        "no-such-date": "{where}的时限“{text}”不是一个存在的日期：请核对原文后另定日期。",
        "two-readings": "{where}的时限“{text}”可以有两种理解：{days}，请选定一个。",
    }
)


def problem(deadline: Deadline, doubt: Doubt, *, item: int | None, where: str | None) -> Problem:
    """The problem for what a rule could not decide. A choice's value is an ISO date, "" for none yet."""
    place = where or (f"第{item}项" if item is not None else "")
    days = "或".join(f"{d:%Y-%m-%d}" for d in doubt.days)
    message = _SAYS[doubt.code].format(where=place, text=" ".join(deadline.text.split()), days=days)
    choices = [
        Choice(value=d.isoformat(), label=f"{d.year}年{d.month}月{d.day}日") for d in sorted(doubt.days)
    ]
    return Problem(
        code=doubt.code,
        message=message if place else message.removeprefix("的"),
        item=item,
        where=where,
        choices=(*choices, Choice(value="", label="暂不定日期，按报告周期反馈")),
    )
