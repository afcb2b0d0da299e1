"""The turns of a reporting cadence and of recurring deadlines: pure arithmetic, no session."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from duban.deadlines.workdays import (
    Calendar,
    last_workday,
    next_workday,
    previous_workday,
    workdays_between,
)
from duban.settings import Policy

ENDS = {
    "monthly": tuple(range(1, 13)),
    "quarterly": (3, 6, 9, 12),
    "half-yearly": (6, 12),
    "yearly": (12,),
    "none": (),
}
LAST_WORKDAY = "last-workday"
ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """One reporting period: its last day, whether the year ends with it, and when it is announced (UTC)."""

    due: date
    closing: bool
    opens_at: datetime


def due_days(cadence: str, day: str, year: int, calendar: Calendar) -> tuple[date, ...]:
    """The days on which a year's reports are due. `day`: "last-workday", or a day of the month ("25")."""
    return tuple(_due_in(year, month, day, calendar) for month in ENDS[cadence])


def _due_in(year: int, month: int, day: str, calendar: Calendar) -> date:
    if day == LAST_WORKDAY:
        return last_workday(year, month, calendar)
    wished = date(year, month, min(int(day), monthrange(year, month)[1]))
    due = previous_workday(wished, calendar)
    # a holiday at the month's beginning would push the report into the month before
    return due if due.month == month else next_workday(wished, calendar)


def cadence_turns(
    *, year: int | None, policy: Policy, activated: datetime, calendar: Calendar, zone: ZoneInfo
) -> tuple[Turn, ...]:
    """A plan's periods from its activation to the end of its year (design §3).

    The first has at least `policy.first_period_workdays` working days left after the day of activation; where
    none of the year has, it is the year's last one that is not over. A year that is over altogether gives way
    to the next that is not.
    """
    today = activated.astimezone(zone).date()
    if policy.cadence == "none":
        return ()
    at = max(year or today.year, today.year)
    days = _still_to_come(at, policy, today, calendar) or _still_to_come(at + 1, policy, today, calendar)
    return _turns(days, closing=True, policy=policy, activated=activated, calendar=calendar, zone=zone)


def _still_to_come(year: int, policy: Policy, today: date, calendar: Calendar) -> tuple[date, ...]:
    ahead = [d for d in due_days(policy.cadence, policy.cadence_day, year, calendar) if d > today]
    roomy = [d for d in ahead if workdays_between(today, d, calendar) >= policy.first_period_workdays]
    return tuple(roomy or ahead[-1:])


def recurring_turns(
    rrule: str,
    *,
    year: int | None,
    closing: bool,
    policy: Policy,
    activated: datetime,
    calendar: Calendar,
    zone: ZoneInfo,
) -> tuple[Turn, ...]:
    """The occurrences (RFC 5545) after the day of activation to the end of the year: at least the next one.

    `closing`: the year's last one closes the item. A date that the plan names is never moved.
    """
    from duban.deadlines.counting import occurrences  # noqa: PLC0415 - dateutil is slow to import

    today = activated.astimezone(zone).date()
    first = date(min(year or today.year, today.year), 1, 1)
    end = date(max(year or today.year, today.year), 12, 31)
    days = [day for day in occurrences(rrule, first, end) if day > today]
    for more in range(1, LONGEST_WAIT + 1):
        if days:
            break
        days = [day for day in occurrences(rrule, first, end.replace(year=end.year + more)) if day > today][
            :1
        ]
    return _turns(days, closing=closing, policy=policy, activated=activated, calendar=calendar, zone=zone)


LONGEST_WAIT = 10  # years; a rule that says nothing within them says nothing


def _turns(
    days: Sequence[date],
    *,
    closing: bool,
    policy: Policy,
    activated: datetime,
    calendar: Calendar,
    zone: ZoneInfo,
) -> tuple[Turn, ...]:
    """The first turn is open from the activation on; each later one from its first reminder on."""
    found: list[Turn] = []
    for n, due in enumerate(days):
        opens_at = activated
        if n:
            day = previous_workday(due - timedelta(days=max(policy.report_before, default=0)), calendar)
            # the day before is still in time, so it must not be turned into a missed one
            day = max(day, next_workday(days[n - 1] + ONE, calendar))
            opens_at = datetime.combine(day, policy.digest_time(), tzinfo=zone)
        last = n == len(days) - 1 or days[n + 1].year != due.year
        found.append(Turn(due, closing and last, max(opens_at, activated)))
    return tuple(found)
