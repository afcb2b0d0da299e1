"""From an event to a day: how a relative deadline runs (Civil Code, 民法典, articles 200 to 203)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from duban.deadlines.occurrences import occurrences
from duban.deadlines.workdays import Calendar, add_workdays, next_workday
from duban.errors import DubanError
from duban.model import Amount, Deadline, Kind

__all__ = ["Counted", "NotRelative", "add_months", "count", "count_text", "occurrences", "say"]

WEEKDAYS = "一二三四五六日"
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


class NotRelative(DubanError):
    """时限“{text}”不是从事由起算的期间，无需推算。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Where a period ends. `at` for hours, which run from the moment; `steps` say how, for people."""

    due: date
    at: datetime | None = None
    steps: tuple[str, ...] = ()
    provisional: bool = False  # a year's calendar is not announced yet: 推算


def count(deadline: Deadline, *, event: datetime, calendar: Calendar) -> Counted:
    """The last day that is still in time, for an event at a moment of the office's own zone.

    A negative amount counts back from the event. Raises NotRelative.
    """
    if deadline.kind is not Kind.RELATIVE or deadline.amount is None or deadline.unit is None:
        raise NotRelative(text=deadline.text)
    amount, unit = deadline.amount, deadline.unit
    way = "后" if amount >= 0 else "前"
    steps = [f"起算事由：{deadline.trigger or '事由发生'}，{say(event.date())}"]
    if unit is Amount.HOUR:
        at = event + timedelta(hours=amount)
        ends = f"{abs(amount)}小时{way}为 {say(at.date())} {at:%H:%M}"
        steps.append(f"按小时计算，自事由发生时起算，{ends}（民法典第二百零一条）")
        return Counted(due=at.date(), at=at, steps=tuple(steps))
    if amount > 0:
        steps.append("开始的当日不计入，自下一日开始计算（民法典第二百零一条）")
    else:
        steps.append("自事由发生之日向前计算，当日不计入")
    end = _ends(event.date(), amount, unit, calendar)
    words = f"{abs(amount)}{_UNITS[unit]}{way}为 {say(end)}"
    if unit in (Amount.MONTH, Amount.YEAR):
        clipped = end.day != event.day
        law = "没有对应日，取月末日" if clipped else "期间届满日为对应日"
        words += f"（{law}，民法典第二百零二条）"
    steps.append(words)
    if unit is not Amount.WORKDAY and amount > 0 and not calendar.is_workday(end):
        moved = next_workday(end, calendar)
        steps.append(f"最后一日是休息日，顺延至 {say(moved)}（民法典第二百零三条）")
        end = moved
    provisional = any(calendar.provisional(year) for year in {event.year, end.year})
    if provisional:
        steps.append(f"{end.year}年放假安排尚未公布，暂按周一至周五和法定节假日推算")
    return Counted(due=end, steps=tuple(steps), provisional=provisional)


def _ends(day: date, amount: int, unit: Amount, calendar: Calendar) -> date:
    if unit is Amount.WORKDAY:
        return add_workdays(day, amount, calendar)
    if unit is Amount.DAY:
        return day + timedelta(days=amount)
    if unit is Amount.WEEK:
        return day + timedelta(weeks=amount)
    return add_months(day, amount * (12 if unit is Amount.YEAR else 1))


def add_months(day: date, amount: int) -> date:
    """The corresponding day `amount` months on, else that month's last (art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def say(day: date) -> str:
    """2018年12月31日（周一）."""
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def count_text(deadline: Deadline, calendar: Calendar) -> tuple[str, ...]:
    """How a fixed deadline's day is to be taken: it is never moved, and the day itself is in time."""
    if deadline.due is None:
        return ("日期待定",)
    steps = [f"截止日为 {say(deadline.due)}"]
    if deadline.start is not None:
        steps.insert(0, f"自 {say(deadline.start)} 开始")
    if deadline.time is not None:
        steps.append(f"{deadline.due.month}月{deadline.due.day}日{deadline.time:%H:%M}前算按期")
    else:
        steps.append(f"{deadline.due.month}月{deadline.due.day}日当天仍算按期")
    if not calendar.is_workday(deadline.due):
        steps.append("当天是休息日；文件写明的日期不顺延，提醒提前到上一个工作日")
    return tuple(steps)
