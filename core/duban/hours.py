"""When a chat may speak to people unasked: on working days, outside quiet hours. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from duban.settings import Policy

ONE = timedelta(days=1)


class Workdays(Protocol):
    """Which days people work (duban.deadlines.workdays.Calendar)."""

    def is_workday(self, day: date) -> bool:
        """Whether offices are open on `day`."""


def quiet(at: time, policy: Policy) -> bool:
    """Whether a local time of day lies in the quiet hours: the first minute is quiet, the last is not."""
    start, end = policy.quiet_hours()
    return start <= at < end if start <= end else at >= start or at < end


def allowed(now: datetime, policy: Policy, zone: ZoneInfo, calendar: Workdays) -> bool:
    """Whether something that nobody just asked for may go out at this moment."""
    local = now.astimezone(zone)
    return calendar.is_workday(local.date()) and not quiet(local.time(), policy)


def next_allowed(now: datetime, policy: Policy, zone: ZoneInfo, calendar: Workdays) -> datetime:
    """This moment where it is allowed, else the first allowed one after it. Aware, in UTC."""
    if allowed(now, policy, zone, calendar):
        return now.astimezone(UTC)
    local = now.astimezone(zone)
    opens = policy.quiet_hours()[1]
    # a day's first allowed minute is the end of the quiet hours that began the night before, else midnight
    first = opens if quiet(time.min, policy) else time.min
    for day in (local.date() + ONE * n for n in range(60)):
        for begins in dict.fromkeys((first, opens)):
            moment = datetime.combine(day, begins, zone)
            if moment >= now and allowed(moment, policy, zone, calendar):
                return moment.astimezone(UTC)
    return now.astimezone(
        UTC
    )  # a calendar without working days, or a day that is all quiet: better late than lost
