"""Counting from an event, and the days of a recurring rule."""

from datetime import date, datetime

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.deadlines.counting import NotRelative, count, count_text
from duban.deadlines.occurrences import occurrences
from duban.deadlines.workdays import state_calendar
from duban.model import Amount, Deadline, Kind

CALENDAR = state_calendar()


def relative(amount: int, unit: Amount) -> Deadline:
    return Deadline(kind=Kind.RELATIVE, text="-", span=(0, 1), rule="-", amount=amount, unit=unit)


@pytest.mark.parametrize(
    ("amount", "unit", "event", "due"),
    [
        (1, Amount.WORKDAY, "2018-09-28T16:00", "2018-09-29"),  # a Saturday that was worked
        (5, Amount.WORKDAY, "2018-09-28T16:00", "2018-10-10"),
        (-3, Amount.WORKDAY, "2018-10-09T09:00", "2018-09-29"),
        (15, Amount.DAY, "2026-03-02T09:00", "2026-03-17"),
        (7, Amount.DAY, "2026-09-24T09:00", "2026-10-08"),  # 10-01 is off, the week too
        (5, Amount.DAY, "2018-12-24T09:00", "2018-12-29"),  # ends on a make-up Saturday
        (-7, Amount.DAY, "2026-10-10T09:00", "2026-10-03"),  # counted back: nothing is moved
        (2, Amount.WEEK, "2026-03-02T09:00", "2026-03-16"),
        (1, Amount.MONTH, "2026-01-31T09:00", "2026-02-28"),  # no 31st: the last; a worked Saturday
        (6, Amount.MONTH, "2026-04-30T09:00", "2026-10-30"),
        (1, Amount.YEAR, "2024-02-29T09:00", "2025-02-28"),
        (24, Amount.HOUR, "2026-10-01T15:30", "2026-10-02"),  # hours run through days off
        (2, Amount.HOUR, "2026-03-02T23:15", "2026-03-03"),
    ],
)
def test_count(amount: int, unit: Amount, event: str, due: str) -> None:
    counted = count(relative(amount, unit), event=datetime.fromisoformat(event), calendar=CALENDAR)
    assert counted.due == date.fromisoformat(due)
    assert not counted.provisional
    assert len(counted.steps) >= 2
    assert (counted.at is not None) == (unit is Amount.HOUR)


def test_hours_have_a_moment() -> None:
    counted = count(relative(2, Amount.HOUR), event=datetime(2026, 3, 2, 23, 15), calendar=CALENDAR)
    assert counted.at == datetime(2026, 3, 3, 1, 15)


def test_a_year_without_a_notice_is_said() -> None:
    counted = count(relative(5, Amount.WORKDAY), event=datetime(2030, 3, 4), calendar=CALENDAR)
    assert counted.provisional
    assert any("推算" in step for step in counted.steps)


def test_only_relative_ones() -> None:
    with pytest.raises(NotRelative):
        count(
            Deadline(kind=Kind.SOFT, text="尽快", span=(0, 2), rule="soft"),
            event=datetime(2026, 3, 4),
            calendar=CALENDAR,
        )


@given(st.integers(1, 400), st.datetimes(datetime(2018, 1, 1), datetime(2025, 6, 30)))
@settings(deadline=None)
def test_days_end_on_a_working_day_not_before(n: int, event: datetime) -> None:
    due = count(relative(n, Amount.DAY), event=event, calendar=CALENDAR).due
    assert CALENDAR.is_workday(due)
    assert n <= (due - event.date()).days <= n + 10


def test_the_day_itself_is_in_time() -> None:
    fixed = Deadline(kind=Kind.FIXED, text="-", span=(0, 1), rule="date", due=date(2018, 12, 31))
    assert any("12月31日当天仍算按期" in step for step in count_text(fixed, CALENDAR))
    assert any("休息日" in step for step in count_text(fixed, CALENDAR))


@pytest.mark.parametrize(
    ("rrule", "days"),
    [
        ("FREQ=MONTHLY;INTERVAL=3", ["03-31", "06-30", "09-30", "12-31"]),
        ("FREQ=MONTHLY;INTERVAL=6", ["06-30", "12-31"]),
        ("FREQ=YEARLY", ["12-31"]),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31", ["01-31"]),
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", ["03-31", "06-30", "09-30", "12-31"]),
        ("FREQ=MONTHLY;INTERVAL=2", ["02-28", "04-30", "06-30", "08-31", "10-31", "12-31"]),
    ],
)
def test_occurrences(rrule: str, days: list[str]) -> None:
    found = occurrences(rrule, date(2026, 1, 1), date(2026, 12, 31))
    assert [f"{d:%m-%d}" for d in found] == days


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,WE",
        "FREQ=MONTHLY;BYMONTHDAY=5",
        "FREQ=MONTHLY;BYMONTHDAY=10,20,-1",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=1FR",
        "FREQ=MONTHLY;BYDAY=-1MO",
        "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=10",
        "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=5",
    ],
)
@given(first=st.dates(date(2018, 1, 1), date(2026, 12, 31)))
@settings(deadline=None, max_examples=25)
def test_occurrences_are_dateutils(rrule: str, first: date) -> None:
    start = datetime(first.year, first.month, first.day)
    end = start.replace(year=first.year + 1, day=min(first.day, 28))
    theirs = rrulestr(rrule, dtstart=start).between(start, end, inc=True)
    assert list(occurrences(rrule, first, end.date())) == [d.date() for d in theirs]


@pytest.mark.parametrize("rrule", ["FREQ=MONTHLY;COUNT=3", "FREQ=HOURLY"])
def test_a_rule_that_the_grammar_never_writes(rrule: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the rule is the message
        occurrences(rrule, date(2026, 1, 1), date(2026, 12, 31))
