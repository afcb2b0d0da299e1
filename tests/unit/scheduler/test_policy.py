"""The days on which a task is mentioned, and the hours at which anything is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.deadlines.workdays import state_calendar
from duban.settings import Policy
from duban_scheduler.policy import (
    Step,
    allowed,
    digest_moment,
    next_allowed,
    next_digest,
    next_step,
    steps,
)

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = state_calendar()
USUAL = Policy()


def said(kind, due, ask_by=None, policy=USUAL):
    return [
        f"{step.on} {step.why}{' copy' if step.copy else ''}"
        for step in steps(kind, due, ask_by, policy, CALENDAR)
    ]


YEAR_END = [
    "2018-11-30 before", "2018-12-14 before", "2018-12-24 before", "2018-12-28 before", "2018-12-29 before",
    "2019-01-02 late", "2019-01-07 late copy", "2019-01-10 late", "2019-01-15 late", "2019-01-18 late",
]  # fmt: skip
QUARTER = [
    "2018-09-21 report", "2018-09-30 report",
    "2018-10-08 report-late", "2018-10-11 report-late", "2018-10-16 report-late",
]  # fmt: skip
CLOSING = [
    "2018-12-21 report", "2018-12-29 report",
    "2019-01-02 report-late", "2019-01-07 report-late", "2019-01-10 report-late",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "due", "then"),
    [
        ("dated", date(2018, 12, 31), YEAR_END),
        ("period", date(2018, 9, 30), QUARTER),
        ("closing", date(2018, 12, 29), CLOSING),
        ("period", date(2018, 12, 29), CLOSING),
    ],
)
def test_the_days_of_a_task(kind, due, then):
    assert said(kind, due) == then


@pytest.mark.parametrize(
    ("escalate", "kind", "copied"),
    [
        ("dated", "dated", ["2019-01-07"]),
        ("ask", "dated", ["2019-01-07"]),
        ("all", "dated", ["2019-01-07"]),
        ("dated", "period", []),
        ("ask", "period", []),
        ("all", "period", ["2019-01-07"]),
        ("all", "closing", ["2019-01-07"]),
    ],
)
def test_who_is_copied_is_a_setting(escalate, kind, copied):
    policy = replace(USUAL, escalate=escalate)
    found = steps(kind, date(2018, 12, 31), None, policy, CALENDAR)
    assert [str(step.on) for step in found if step.copy] == copied


@pytest.mark.parametrize(
    ("change", "then"),
    [
        ({"before": (), "late_max": 1}, ["2018-11-01 late"]),
        ({"before": (0,), "late_max": 0}, ["2018-10-31 before"]),
        ({"before": (0,), "late_max": 3, "late_every": 1, "copy_from": 2},
         ["2018-10-31 before", "2018-11-01 late", "2018-11-02 late copy", "2018-11-05 late"]),
        ({"before": (0,), "late_max": 2, "late_every": 10, "copy_from": 1},
         ["2018-10-31 before", "2018-11-01 late copy", "2018-11-15 late"]),
    ],
)  # fmt: skip
def test_the_policy_is_data(change, then):
    assert said("dated", date(2018, 10, 31), policy=replace(USUAL, **change)) == then


@pytest.mark.parametrize(
    ("ask_by", "first", "last_early"),
    [
        (None, "2018-11-30", "2018-12-29"),
        (date(2018, 12, 20), "2018-11-20", "2018-12-20"),  # the coordinator's earlier day
        (date(2019, 1, 20), "2018-11-30", "2018-12-29"),  # a day after the text's own asks nothing
    ],
)
def test_early_mentions_count_from_the_inner_day_and_late_ones_from_the_texts(ask_by, first, last_early):
    found = said("dated", date(2018, 12, 31), ask_by)
    early = [line for line in found if line.endswith("before")]
    assert (early[0][:10], early[-1][:10]) == (first, last_early)
    assert found[len(early) :] == YEAR_END[5:]


def test_days_are_counted_to_the_due_day_and_negative_after_it():
    found = steps("dated", date(2018, 12, 31), None, USUAL, CALENDAR)
    assert [step.days for step in found] == [31, 17, 7, 3, 2, -2, -7, -10, -15, -18]


@pytest.mark.parametrize(
    ("after", "then"),
    [
        (None, date(2018, 11, 30)),
        (date(2018, 11, 29), date(2018, 11, 30)),
        (date(2018, 11, 30), date(2018, 12, 14)),
        (date(2019, 1, 17), date(2019, 1, 18)),
        (date(2019, 1, 18), None),
    ],
)
def test_the_next_step(after, then):
    step = next_step("dated", date(2018, 12, 31), None, USUAL, CALENDAR, after=after)
    assert (step.on if step else None) == then


@given(
    due=st.dates(date(2016, 1, 1), date(2025, 12, 31)),
    kind=st.sampled_from(["dated", "period", "closing"]),
    inner=st.none() | st.integers(0, 60),
)
def test_whatever_the_day(due, kind, inner):
    ask_by = None if inner is None else due - timedelta(days=inner)
    found = steps(kind, due, ask_by, USUAL, CALENDAR)
    days = [step.on for step in found]
    assert days == sorted(set(days))  # in order, one mention a day
    assert all(CALENDAR.is_workday(day) for day in days)
    early = [step for step in found if step.why in {"before", "report"}]
    late = [step for step in found if step not in early]
    assert all(step.on <= (ask_by or due) for step in early)  # moved back, never forward
    assert all(step.on > due for step in late)
    assert len(late) == (5 if kind == "dated" else 3)
    assert sum(step.copy for step in found) == (kind == "dated")
    assert all(isinstance(step, Step) and step.days == (due - step.on).days for step in found)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2018-12-28T08:59:59", "2018-12-28T09:00"),
        ("2018-12-28T09:00:00", "2018-12-29T09:00"),  # strictly after; the Saturday is worked
        ("2018-12-29T09:00:01", "2019-01-02T09:00"),
        ("2018-07-20T10:00:00", "2018-07-23T09:00"),
    ],
)
def test_the_next_digest(now, then):
    moment = next_digest(at(now), USUAL, ZONE, CALENDAR)
    assert moment == at(then)
    assert moment.tzinfo is UTC


def test_a_digest_hour_inside_the_quiet_hours_gives_way_to_their_end():
    early = replace(USUAL, hour="06:30")
    assert digest_moment(date(2018, 12, 28), early, ZONE) == at("2018-12-28T08:00")


@pytest.mark.parametrize("policy", [USUAL, replace(USUAL, hour="18:30", quiet="12:00-13:30")])
@given(hours=st.integers(0, 366 * 24), minutes=st.integers(0, 59))
def test_any_hour_of_a_leap_year(policy, hours, minutes):
    now = at("2024-01-01T00:00") + timedelta(hours=hours, minutes=minutes)
    digest, free = next_digest(now, policy, ZONE, CALENDAR), next_allowed(now, policy, ZONE, CALENDAR)
    assert digest > now
    assert free >= now
    assert (free == now) == allowed(now, policy, ZONE, CALENDAR)
    for moment in (digest, free):
        assert allowed(moment, policy, ZONE, CALENDAR)
    assert free <= digest
