"""The State Council's calendar, and arithmetic over it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.deadlines import workdays as w

CALENDAR = w.state_calendar()
DAYS = st.dates(date(2018, 1, 1), date(2026, 12, 31))
# the notices' make-up days (上班): each a Saturday or Sunday
MADE_UP = {
    2018: ["02-11", "02-24", "04-08", "04-28", "09-29", "09-30", "12-29"],
    2019: ["02-02", "02-03", "04-28", "05-05", "09-29", "10-12"],
    2020: ["01-19", "04-26", "05-09", "06-28", "09-27", "10-10"],
    2021: ["02-07", "02-20", "04-25", "05-08", "09-18", "09-26", "10-09"],
    2022: ["01-29", "01-30", "04-02", "04-24", "05-07", "10-08", "10-09"],
    2023: ["01-28", "01-29", "04-23", "05-06", "06-25", "10-07", "10-08"],
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}


@pytest.mark.parametrize("year", MADE_UP)
def test_make_up_days_are_all_of_the_worked_weekends(year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0)))
    worked = [f"{d:%m-%d}" for d in days if d.weekday() >= 5 and CALENDAR.is_workday(d)]
    assert worked == MADE_UP[year]


@pytest.mark.parametrize(
    "day", ["2018-12-31", "2018-10-01", "2019-05-02", "2020-01-31", "2026-02-23", "2026-10-07", "2027-02-08"]
)
def test_weekdays_off(day: str) -> None:
    assert not CALENDAR.is_workday(date.fromisoformat(day))


@pytest.mark.parametrize(("year", "provisional"), [(2018, False), (2026, False), (2030, True)])
def test_provisional(year: int, provisional: bool) -> None:
    assert CALENDAR.provisional(year) is provisional


def test_a_notice_of_our_own_is_stronger() -> None:
    own = w.state_calendar({date(2030, 1, 2): False, date(2030, 1, 5): True})
    assert not own.is_workday(date(2030, 1, 2))
    assert own.is_workday(date(2030, 1, 5))
    assert not own.provisional(2030)
    assert own.is_workday(date(2030, 1, 3))


@pytest.mark.parametrize(
    ("name", "year", "day"),
    [
        ("春节", 2018, "2018-02-16"), ("春节", 2027, "2027-02-06"), ("元旦", 2026, "2026-01-01"),
        ("清明", 2026, "2026-04-05"), ("五一", 2026, "2026-05-01"), ("端午", 2026, "2026-06-19"),
        ("中秋", 2020, "2020-10-01"), ("中秋", 2025, "2025-10-06"), ("国庆", 2025, "2025-10-01"),
    ],
)  # fmt: skip
def test_festivals(name: str, year: int, day: str) -> None:
    assert w.festival(name, year) == date.fromisoformat(day)


@given(DAYS, st.integers(1, 60))
@settings(deadline=None)
def test_there_and_back(day: date, n: int) -> None:
    there = w.add_workdays(day, n, CALENDAR)
    assert CALENDAR.is_workday(there)
    assert w.workdays_between(day, there, CALENDAR) == n
    assert w.add_workdays(there, -n, CALENDAR) == w.previous_workday(day, CALENDAR)


@given(DAYS, DAYS)
@settings(deadline=None)
def test_between_is_signed(a: date, b: date) -> None:
    assert w.workdays_between(a, b, CALENDAR) == -w.workdays_between(b, a, CALENDAR)


@given(DAYS)
@settings(deadline=None)
def test_neighbours(day: date) -> None:
    after, before = w.next_workday(day, CALENDAR), w.previous_workday(day, CALENDAR)
    assert before <= day <= after
    assert (before == day) == (after == day) == CALENDAR.is_workday(day)


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2018, 9, "2018-09-30"), (2018, 12, "2018-12-29"), (2026, 2, "2026-02-28")]
)
def test_last_workday(year: int, month: int, day: str) -> None:
    assert w.last_workday(year, month, CALENDAR) == date.fromisoformat(day)
