"""Every hour of a leap year, and both ends of each holiday, against a second reading of the same rules.

The second one knows no arithmetic: it has the list of a day's open minutes and the list of working days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.deadlines.workdays import state_calendar
from duban.settings import Policy
from duban_scheduler.policy import Step, TaskKind, allowed, next_allowed, next_digest, steps

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = state_calendar()
ONE = timedelta(days=1)
HOUR = timedelta(hours=1)
YEARS = range(2016, 2027)  # all of them published
DAY = 24 * 60  # minutes
FIRST = date(YEARS.start - 1, 1, 1)
ALL_DAYS = [FIRST + ONE * n for n in range((date(YEARS.stop, 12, 31) - FIRST).days)]
WORKED = [day for day in ALL_DAYS if CALENDAR.is_workday(day)]
EDGES = [
    day
    for day in ALL_DAYS
    if day.year in YEARS and CALENDAR.is_workday(day) != CALENDAR.is_workday(day + ONE)
]
POLICIES = [
    Policy(),
    replace(Policy(), hour="18:30", quiet="12:00-13:30"),
    replace(Policy(), hour="06:30", quiet="19:15-07:45"),  # the digest hour gives way
    replace(Policy(), hour="00:00", quiet="00:00-00:00"),  # nothing is quiet
    replace(Policy(), hour="23:59", quiet="00:00-23:59"),  # one minute of a day is not
    replace(Policy(), hour="22:00", quiet="20:00-00:00"),
]


def test_the_years_are_published() -> None:
    assert not any(CALENDAR.provisional(year) for year in YEARS)
    assert len(EDGES) > 100 * len(YEARS), "each week has two ends"


# -- the second reading --


def minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


@cache
def open_minutes(quiet: str) -> list[int]:
    """The minutes of a day in which nobody is asleep: a walk around the clock from one end to the other."""
    at, end = (minute(one) for one in quiet.split("-"))
    asleep = set()
    while at != end:
        asleep.add(at)
        at = (at + 1) % DAY
    return [one for one in range(DAY) if one not in asleep]


def clock(day: date, of_day: int) -> datetime:
    return datetime.combine(day, time(of_day // 60, of_day % 60), ZONE)


def first_open(now: datetime, policy: Policy) -> datetime:
    """This moment where its minute is open on a working day, else the beginning of the next that is."""
    ours = open_minutes(policy.quiet)
    this = now.hour * 60 + now.minute
    today = now.date()
    if WORKED[bisect_left(WORKED, today)] == today:
        if this in ours:
            return now
        if (later := bisect_right(ours, this)) < len(ours):
            return clock(today, ours[later])
    return clock(WORKED[bisect_right(WORKED, today)], ours[0])


def first_digest(now: datetime, policy: Policy) -> datetime:
    hour = minute(policy.hour)
    if hour not in open_minutes(policy.quiet):
        hour = minute(policy.quiet.split("-")[1])
    days = WORKED[bisect_left(WORKED, now.date()) :]
    return next(clock(day, hour) for day in days if clock(day, hour) > now)


def holds(now: datetime, policy: Policy) -> None:
    free, digest = next_allowed(now, policy, ZONE, CALENDAR), next_digest(now, policy, ZONE, CALENDAR)
    assert free == first_open(now, policy), now
    assert digest == first_digest(now, policy), now
    assert allowed(now, policy, ZONE, CALENDAR) == (free == now), now


# -- every hour, every end --


def around(hour: datetime) -> Iterator[datetime]:
    for nearly in (-timedelta(microseconds=1), timedelta(0), timedelta(minutes=29, seconds=59)):
        yield hour + nearly


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: f"{one.hour} {one.quiet}")
def test_each_hour_of_a_leap_year(policy: Policy) -> None:
    hours = [clock(date(2024, 1, 1), 0) + HOUR * n for n in range(366 * 24)]
    assert hours[-1].date() == date(2024, 12, 31)
    for hour in hours:
        for now in around(hour):
            holds(now, policy)


@pytest.mark.parametrize("policy", POLICIES[:3], ids=lambda one: f"{one.hour} {one.quiet}")
def test_both_ends_of_each_holiday_and_weekend(policy: Policy) -> None:
    """From the noon before the last day of one kind to the noon after the first of the other."""
    for last in EDGES:
        for n in range(12, 61):
            holds(clock(last, 0) + HOUR * n - ONE, policy)


# -- any policy --


def clocks(start: int = 0, end: int = DAY - 1) -> st.SearchStrategy[str]:
    return st.integers(start, end).map(lambda one: f"{one // 60:02}:{one % 60:02}")


ANY_POLICY = st.builds(
    Policy,
    hour=clocks(),
    quiet=st.tuples(clocks(), clocks()).map("-".join),
    before=st.lists(st.integers(0, 366), max_size=8).map(tuple),
    late_every=st.integers(1, 40),
    late_max=st.integers(0, 12),
    copy_from=st.integers(1, 40),
    report_before=st.lists(st.integers(0, 90), max_size=4).map(tuple),
    report_late_max=st.integers(0, 6),
    escalate=st.sampled_from(["dated", "ask", "all"]),
)
KINDS = st.sampled_from(["dated", "period", "closing"])
MOMENTS = st.datetimes(datetime(2016, 1, 1), datetime(2026, 9, 30), timezones=st.just(ZONE))


@given(now=MOMENTS, policy=ANY_POLICY)
def test_any_moment_under_any_policy(now: datetime, policy: Policy) -> None:
    holds(now, policy)


def mentions(kind: TaskKind, due: date, ask_by: date | None, policy: Policy) -> list[Step]:
    """The steps, counted off on the list of working days."""
    dated = kind == "dated"
    base = min(due, ask_by or due)
    wanted = {base - ONE * n for n in (policy.before if dated else policy.report_before)}
    early = sorted({WORKED[bisect_right(WORKED, day) - 1] for day in wanted})
    after = WORKED[bisect_right(WORKED, due) :]
    nths = [1 + policy.late_every * n for n in range(policy.late_max if dated else policy.report_late_max)]
    copied = dated or policy.escalate == "all"
    first_copied = next((nth for nth in nths if copied and nth >= policy.copy_from), None)
    words: Any = ("before", "late") if dated else ("report", "report-late")
    found = [Step(day, words[0], (due - day).days) for day in early]
    return found + [
        Step(after[nth - 1], words[1], (due - after[nth - 1]).days, nth == first_copied) for nth in nths
    ]


@given(
    kind=KINDS,
    due=st.dates(date(2017, 6, 1), date(2024, 12, 31)),
    inner=st.none() | st.integers(-30, 90),
    policy=ANY_POLICY,
)
def test_any_task_under_any_policy(kind: TaskKind, due: date, inner: int | None, policy: Policy) -> None:
    ask_by = None if inner is None else due - ONE * inner
    assert list(steps(kind, due, ask_by, policy, CALENDAR)) == mentions(kind, due, ask_by, policy)


@pytest.mark.parametrize("kind", ["dated", "period", "closing"])
def test_each_day_of_every_year_as_a_task_s_own(kind: TaskKind) -> None:
    for due in ALL_DAYS:
        if date(2016, 6, 1) <= due < date(2026, 6, 1):
            assert list(steps(kind, due, None, Policy(), CALENDAR)) == mentions(kind, due, None, Policy())
