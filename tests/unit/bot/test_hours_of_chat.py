"""When people may be written to unasked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban import hours
from duban.deadlines.workdays import state_calendar
from duban.settings import Policy

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = state_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2018-12-28T10:00", "2018-12-28T10:00"),
        ("2018-12-28T20:00", "2018-12-29T08:00"),  # a Saturday that was worked
        ("2018-12-29T21:00", "2019-01-02T08:00"),
        ("2018-12-28T07:59", "2018-12-28T08:00"),
        ("2018-12-28T08:00", "2018-12-28T08:00"),
        ("2018-12-28T00:00", "2018-12-28T08:00"),
    ],
)
def test_the_next_allowed_moment(now: str, first: str) -> None:
    assert hours.next_allowed(at(now), Policy(), ZONE, CALENDAR) == at(first)


@given(
    st.integers(0, 366 * 24 * 60),
    st.sampled_from(["20:00-08:00", "12:00-13:30", "00:00-07:00", "18:00-00:00"]),
)
def test_it_is_allowed_and_nothing_before_it_is(minutes: int, quiet: str) -> None:
    now = at("2024-01-01T00:00") + timedelta(minutes=minutes)
    policy = Policy(quiet=quiet)
    found = hours.next_allowed(now, policy, ZONE, CALENDAR)
    assert found >= now
    assert found.tzinfo is UTC
    assert hours.allowed(found, policy, ZONE, CALENDAR)
    step = timedelta(minutes=30)
    tried = now
    while tried < found:
        assert not hours.allowed(tried, policy, ZONE, CALENDAR)
        tried += step
