"""The cadence's days and the first period."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.deadlines.workdays import state_calendar, workdays_between
from duban.ledger.periods import ENDS, cadence_turns, due_days, recurring_turns
from duban.settings import Policy

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = state_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("cadence", "day", "expected"),
    [
        ("quarterly", "last-workday", ["2018-03-30", "2018-06-29", "2018-09-30", "2018-12-29"]),
        ("half-yearly", "last-workday", ["2018-06-29", "2018-12-29"]),
        ("yearly", "25", ["2018-12-25"]),
        ("quarterly", "25", ["2018-03-23", "2018-06-25", "2018-09-25", "2018-12-25"]),
        ("quarterly", "31", ["2018-03-30", "2018-06-29", "2018-09-30", "2018-12-29"]),
        ("none", "last-workday", []),
    ],
)
def test_due_days(cadence, day, expected):
    assert [str(d) for d in due_days(cadence, day, 2018, CALENDAR)] == expected


def test_a_day_never_leaves_its_month():
    days = due_days("monthly", "1", 2018, CALENDAR)
    assert [d.month for d in days] == list(range(1, 13))
    assert days[0] == date(2018, 1, 2)  # new year's day is no working day, and nothing is before it


@pytest.mark.parametrize(
    ("year", "activated", "expected"),
    [
        (2018, "2018-07-20T10:00", [("2018-09-30", False), ("2018-12-29", True)]),
        (2018, "2018-09-11T10:00", [("2018-12-29", True)]),  # 14 working days are left, 15 are wanted
        (2018, "2018-09-10T10:00", [("2018-09-30", False), ("2018-12-29", True)]),
        (2018, "2018-12-20T10:00", [("2018-12-29", True)]),  # too near, but the year's only one
        (2018, "2018-12-29T10:00", None),  # the year is over: on with the next
        (2019, "2018-12-20T10:00", None),
        (None, "2018-07-20T10:00", [("2018-09-30", False), ("2018-12-29", True)]),
    ],
)
def test_the_first_period_and_those_that_follow(year, activated, expected):
    turns = cadence_turns(year=year, policy=Policy(), activated=at(activated), calendar=CALENDAR, zone=ZONE)
    if expected is None:
        assert [t.due.year for t in turns] == [2019] * 4
        expected = [(str(t.due), t.due.month == 12) for t in turns]
    assert [(str(t.due), t.closing) for t in turns] == expected
    assert turns[0].opens_at == at(activated)


def test_a_later_period_opens_with_its_first_reminder():
    turns = cadence_turns(
        year=2018, policy=Policy(), activated=at("2018-07-20T10:00"), calendar=CALENDAR, zone=ZONE
    )
    assert turns[1].opens_at == at("2018-12-21T09:00")  # a week before is a Saturday


@given(
    st.datetimes(datetime(2018, 1, 1), datetime(2025, 12, 31)),
    st.sampled_from([name for name in ENDS if name != "none"]),
    st.sampled_from(["last-workday", *map(str, range(1, 32))]),
)
def test_turns_are_in_order_and_on_working_days(moment, cadence, day):
    activated = moment.replace(tzinfo=UTC)
    policy = Policy(cadence=cadence, cadence_day=day)
    turns = cadence_turns(year=moment.year, policy=policy, activated=activated, calendar=CALENDAR, zone=ZONE)
    today = activated.astimezone(ZONE).date()
    assert turns
    assert all(CALENDAR.is_workday(turn.due) and turn.due > today for turn in turns)
    assert [t.closing for t in turns] == [False] * (len(turns) - 1) + [True]
    for before, after in itertools.pairwise(turns):
        assert before.due < after.opens_at.astimezone(ZONE).date() <= after.due
    if len(turns) > 1:
        assert workdays_between(today, turns[0].due, CALENDAR) >= policy.first_period_workdays


@pytest.mark.parametrize(
    ("rrule", "expected", "closing"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=5", ["08-05", "09-05", "10-05", "11-05", "12-05"], [False] * 4 + [True]),
        ("FREQ=MONTHLY;INTERVAL=3", ["09-30", "12-31"], [False, True]),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31", ["01-31"], [True]),  # the year's own one is over: the next
    ],
)
def test_recurring_turns(rrule, expected, closing):
    activated = at("2018-07-20T10:00")
    turns = recurring_turns(
        rrule, year=2018, closing=True, policy=Policy(), activated=activated, calendar=CALENDAR, zone=ZONE
    )
    assert [f"{t.due:%m-%d}" for t in turns] == expected
    assert [t.closing for t in turns] == closing
    assert turns[0].opens_at == activated
    for before, after in itertools.pairwise(turns):
        assert after.opens_at.astimezone(ZONE).date() > before.due
        assert after.opens_at - activated > timedelta(days=1)
