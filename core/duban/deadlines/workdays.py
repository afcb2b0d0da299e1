"""Working days: the State Council's calendar with its make-up days, and plain arithmetic over it.

Source: the State Council General Office's yearly notices, as the `holidays` package carries them.
A year without a notice has Monday to Friday less the statutory holidays, and says that it is provisional.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Protocol

SATURDAY = 5
ONE = timedelta(days=1)
FESTIVALS = MappingProxyType({"元旦": (1, 1), "五一": (5, 1), "国庆": (10, 1)})
LUNAR = MappingProxyType({"春节": "春节", "清明": "清明节", "端午": "端午节", "中秋": "中秋节"})
DOUBLE_NINTH = "重陽節"  # no day off on the mainland: the package has its day with Hong Kong's


class Calendar(Protocol):
    """Which days people work."""

    def is_workday(self, day: date) -> bool:
        """Whether offices are open on `day`."""

    def provisional(self, year: int) -> bool:
        """Whether the year's days off are not announced yet."""

    def __hash__(self) -> int:
        """What was counted by a calendar is kept under it: it never changes."""


class StateCalendar:
    """The State Council's calendar, with days of our own over it (a notice not yet in the package)."""

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._announced = {day.year for day in self._overrides}

    def is_workday(self, day: date) -> bool:
        """Whether offices are open on `day`."""
        known = self._overrides.get(day)
        if known is None:
            known = _exceptions(day.year).get(day)
        return day.weekday() < SATURDAY if known is None else known

    def provisional(self, year: int) -> bool:
        """Whether no notice for `year` is known: neither the package's nor one of our own."""
        return year not in self._announced and not _announced(year)


def state_calendar(overrides: Mapping[date, bool] | None = None) -> StateCalendar:
    """The calendar to use. `overrides`: day -> whether it is worked, stronger than the package."""
    return StateCalendar(overrides)


@cache
def _year(year: int) -> Any:
    from holidays import country_holidays  # noqa: PLC0415 - reading a plan must not pay for the import

    return country_holidays("CN", years=year, language="zh_CN")


@cache
def _hong_kong(year: int) -> Any:
    from holidays import country_holidays  # noqa: PLC0415

    return country_holidays("HK", years=year, language="zh_HK")


@cache
def _exceptions(year: int) -> dict[date, bool]:
    """The days of `year` that are not what their weekday says: False is off, True is a make-up day."""
    book = _year(year)
    days = {day: False for day in book if day.year == year}
    return days | {day: True for day in book.weekend_workdays if day.year == year}


@cache
def _announced(year: int) -> bool:
    # the package predicts in silence: only a year with days moved (调休) comes from a notice
    return any("调休" in name for name in _year(year).values())


def festival(name: str, year: int) -> date:
    """The day of 春节 (正月初一), 元旦, 清明, 五一, 端午, 中秋, 重阳 or 国庆 in `year`. Raises KeyError."""
    if name in FESTIVALS:
        return date(year, *FESTIVALS[name])
    if name == "重阳":
        book: list[date] = [day for day, said in _hong_kong(year).items() if DOUBLE_NINTH in said]
        return min(book)
    wanted = LUNAR[name]
    days: list[date] = [day for day, said in _year(year).items() if wanted in said.split("; ")]
    return min(day for day in days if day.year == year)


def next_workday(day: date, calendar: Calendar) -> date:
    """`day` itself where it is worked, else the first working day after it."""
    while not calendar.is_workday(day):
        day += ONE
    return day


def previous_workday(day: date, calendar: Calendar) -> date:
    """`day` itself where it is worked, else the last working day before it."""
    while not calendar.is_workday(day):
        day -= ONE
    return day


def add_workdays(day: date, amount: int, calendar: Calendar) -> date:
    """The `amount`-th working day after `day` (before it where negative); 0 is `day` itself."""
    step = ONE if amount >= 0 else -ONE
    for _ in range(abs(amount)):
        day += step
        while not calendar.is_workday(day):
            day += step
    return day


@lru_cache(maxsize=1024)  # a list of a person's work asks for the same few days, message after message
def workdays_between(start: date, end: date, calendar: Calendar) -> int:
    """How many working days lie after `start` up to and including `end`; negative the other way round."""
    if end < start:
        return -workdays_between(end, start, calendar)
    return sum(calendar.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def last_workday(year: int, month: int, calendar: Calendar) -> date:
    """The month's last working day."""
    return previous_workday(date(year, month, monthrange(year, month)[1]), calendar)
