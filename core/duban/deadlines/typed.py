"""The table of what people type for a day, beside the plan's own grammar: 明天, 下周五, 月底, 11.30, 30号."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from duban.deadlines.counting import add_months
from duban.deadlines.relative import AMOUNT, amount
from duban.deadlines.rules import BEFORE, CLOCK, NUM2, number
from duban.deadlines.workdays import add_workdays, state_calendar
from duban.model import Amount


@dataclass(frozen=True, slots=True)
class Base:
    """Where a typed date is seen from, and in which direction it is sought."""

    on: date
    future: bool
    year: int | None

    def near(self, month: int, day: int) -> date:
        """The next such day on or after `on`, or the last one before it. Raises ValueError for 2月30日."""
        step = 1 if self.future else -1
        found = date(self.home, month, day)
        return found if self.fits(found) else date(self.home + step, month, day)

    @property
    def home(self) -> int:
        """The year in which a date without one is sought first."""
        return max(self.on.year, self.year or 0) if self.future else self.on.year

    def fits(self, day: date) -> bool:
        """Whether `day` lies where the dates are sought."""
        return day >= self.on if self.future else day <= self.on


Build = Callable[["re.Match[str]", Base], "date | None"]
_SAID_DAYS = MappingProxyType(
    {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "当天": 0, "今": 0, "昨": -1,
     "明天": 1, "明日": 1, "明": 1, "后天": 2, "后日": 2, "大后天": 3}
)  # fmt: skip
_WEEKDAYS = MappingProxyType(
    {c: i for i, c in enumerate("一二三四五六日")}
    | {c: i for i, c in enumerate("1234567")}
    | {"天": 6, "末": 6}
)


def _weekday(m: re.Match[str], base: Base) -> date | None:
    wanted = _WEEKDAYS[m["wd"]] if m["wd"] else 6
    ahead = {"上": -1, "下": 1, "下下": 2}.get(m["which"].rstrip("个一"), 0)
    if not m["which"]:
        if not m["wd"]:
            return None
        gap = (wanted - base.on.weekday()) % 7 if base.future else -((base.on.weekday() - wanted) % 7)
        return base.on + timedelta(days=gap)
    return base.on - timedelta(days=base.on.weekday()) + timedelta(weeks=ahead, days=wanted)


def _month_word(m: re.Match[str], base: Base) -> date | None:
    ahead = {"上": -1, "下": 1, "下下": 2}.get(m["which"].rstrip("个一"), 0)
    first = add_months(base.on.replace(day=1), ahead)
    last = monthrange(first.year, first.month)[1]
    if m["day"]:
        return first.replace(day=number(m["day"]))
    if not m["which"] and not m["part"]:
        return None
    return first.replace(day={"上旬": 10, "初": 10, "中旬": 20, "中": 20}.get(m["part"] or "", last))


def _after(m: re.Match[str], base: Base) -> date | None:
    counted = amount(m)
    if counted is None:
        return None
    n, unit = counted
    if unit is Amount.WORKDAY:
        return add_workdays(base.on, n, state_calendar())
    if unit in (Amount.MONTH, Amount.YEAR):
        return add_months(base.on, n * (12 if unit is Amount.YEAR else 1))
    return base.on + (
        timedelta(hours=n) if unit is Amount.HOUR else timedelta(days=n * (7 if unit is Amount.WEEK else 1))
    )


def _ago(m: re.Match[str], base: Base) -> date | None:
    counted = amount(m)
    if counted is None or base.future or counted[1] not in _DAYS:
        return None
    return base.on - timedelta(days=counted[0] * _DAYS[counted[1]])


def _last_year(m: re.Match[str], base: Base) -> date:
    """去年12月31日, 去年9月底, 去年底."""
    month = number(m["m"]) if m["m"] else 12
    year = base.on.year - 1
    return date(year, month, number(m["d"]) if m["d"] else monthrange(year, month)[1])


def _month_day(m: re.Match[str], base: Base) -> date | None:
    return base.near(number(m["m"]), number(m["d"]))


def _day_alone(m: re.Match[str], base: Base) -> date | None:
    day = number(m["d"])
    if not 1 <= day <= 31:  # noqa: PLR2004
        raise ValueError(day)
    month = base.on.replace(day=1)
    for _ in range(12):
        if day <= monthrange(month.year, month.month)[1]:
            found = month.replace(day=day)
            if base.fits(found):
                return found
        month = add_months(month, 1 if base.future else -1)
    return None


def _iso(m: re.Match[str], _base: Base) -> date | None:
    year = int(m["y"])
    return date(year if year > 99 else 2000 + year, int(m["m"]), int(m["d"]))  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class TypedRule:
    """One wording and the day that it means; `build` raises ValueError for a day that does not exist."""

    name: str
    pattern: re.Pattern[str]
    build: Build


_DAYS = MappingProxyType({Amount.DAY: 1, Amount.WEEK: 7})
_WHEN = rf"(?: ?{CLOCK})?(?:{BEFORE}|之?内|以内)?"
_WHICH = r"(?P<which>下下个?|下一?个?|上个?|本|这个?|)"
# numbers that are dates only by their place: behind 到, or alone
_PLACE = r"(?:(?<=[到至在于是])|(?<=^))"
_CLOSE = r"(?=$|[,。;!?、前完办能可报之交左吧晚上中下])"


def _rule(name: str, pattern: str, build: Build) -> TypedRule:
    return TypedRule(name, re.compile(pattern + _WHEN), build)


RULES = (
    _rule(
        "day-word",
        # 今晚8点: 晚 is the clock's; 今晚 alone is the day
        rf"(?P<word>{'|'.join(word for word in _SAID_DAYS if len(word) > 1)}|[今明昨](?=[早晚]))"
        rf"(?:(?=[早晚]上?{NUM2}[时点:])|[早晚]上?)?",
        lambda m, b: b.on + timedelta(days=_SAID_DAYS[m["word"]]),
    ),
    _rule(
        "weekday",
        rf"{_WHICH}(?<!每)(?<![一两三四五六七八九十0-9])(?:周|星期|礼拜)(?P<wd>[一二三四五六日天末1-7])?(?![期边转密])",
        _weekday,
    ),
    _rule(
        "month-word",
        rf"{_WHICH}(?<![每0-9一二三四五六七八九十])月份?(?:的?(?:(?P<day>{NUM2})[日号]?(?![0-9])|(?P<part>[底末初中]|[上中下]旬)))?",
        _month_word,
    ),
    _rule("after", rf"(?<!延)(?<!延期)(?<!推迟)(?:再过|过)?{AMOUNT}(?:之后|以后|后|之内|以内|内)", _after),
    _rule("ago", rf"{AMOUNT}(?:之前|以前|前)", _ago),
    _rule(
        "last-year",
        rf"(?:去年|上年)(?:(?P<m>{NUM2})月(?:份|(?P<d>{NUM2})[日号]|[底末])?|年?[底末])",
        _last_year,
    ),
    _rule(
        "iso",
        r"(?<![0-9.])(?P<y>20[0-9]{2}|[0-9]{2}(?=[./-][0-9]{1,2}[./-]))[-./年](?P<m>[0-9]{1,2})[-./月](?P<d>[0-9]{1,2})[日号]?(?![0-9.%])",
        _iso,
    ),
    _rule("compact", r"(?<![0-9.])(?P<y>20[0-9]{2})(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?![0-9.%])", _iso),
    _rule(
        "month-day",
        rf"(?<![0-9年])(?P<m>{NUM2})月(?P<d>{NUM2})[日号]?(?![0-9])(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?",
        _month_day,
    ),
    _rule("month-slash-day", rf"{_PLACE}(?P<m>[01]?[0-9])[./-](?P<d>[0-3]?[0-9])[日号]?{_CLOSE}", _month_day),
    _rule("day-of-month", rf"{_PLACE}(?P<d>{NUM2})[日号]{_CLOSE}", _day_alone),
)
