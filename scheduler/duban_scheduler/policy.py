"""From a deadline to the days on which its unit hears of it (design §5). Pure: what it needs is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from duban.deadlines.workdays import Calendar, add_workdays, next_workday, previous_workday
from duban.hours import allowed, next_allowed, quiet
from duban.settings import Policy

__all__ = ["Step", "Why", "allowed", "digest_moment", "next_allowed", "next_digest", "next_step", "steps"]

Why = Literal["before", "late", "report", "report-late"]
TaskKind = Literal["dated", "period", "closing"]

COPIED = {  # policy.escalate → the kinds that a leader is copied on without being asked first
    "dated": frozenset({"dated"}),
    "ask": frozenset({"dated"}),
    "all": frozenset({"dated", "period", "closing"}),
}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One mention of a task: on a working day, `days` before its due day (negative: after it)."""

    on: date
    why: Why
    days: int
    copy: bool = False  # the unit's leader hears of it too


def steps(
    kind: TaskKind, due: date, ask_by: date | None, policy: Policy, calendar: Calendar
) -> tuple[Step, ...]:
    """Every mention of a task from first to last, one a day at most.

    Before the day, counted from `ask_by` where there is one: n days earlier, and what falls on a rest day is
    said on the working day before it. After it, counted from `due` in working days: the 1st, then each
    `late_every`-th. The first late one on or after working day `copy_from` is copied to the leader.
    """
    early, late, ahead, most = _manner(kind, policy)
    base = min(ask_by or due, due)
    days = {previous_workday(base - timedelta(days=n), calendar) for n in ahead}
    found = [Step(day, early, (due - day).days) for day in sorted(days)]
    wanted = kind in COPIED[policy.escalate]
    for nth, day in _late_days(due, most, policy, calendar):
        copy = wanted and nth >= policy.copy_from
        wanted = wanted and not copy
        found.append(Step(day, late, (due - day).days, copy))
    return tuple(found)


def _manner(kind: TaskKind, policy: Policy) -> tuple[Why, Why, tuple[int, ...], int]:
    """A kind's word before and after its day, the days before, and how often after."""
    if kind == "dated":
        return "before", "late", policy.before, policy.late_max
    return "report", "report-late", policy.report_before, policy.report_late_max


def _late_days(due: date, most: int, policy: Policy, calendar: Calendar) -> Iterator[tuple[int, date]]:
    """(which working day after `due`, the day) of each late mention."""
    day = due
    for n in range(most):
        day = add_workdays(day, policy.late_every if n else 1, calendar)
        yield 1 + n * policy.late_every, day


def next_step(
    kind: TaskKind, due: date, ask_by: date | None, policy: Policy, calendar: Calendar, *, after: date | None
) -> Step | None:
    """The first mention later than `after` (None: the very first), or None when all is said."""
    found = steps(kind, due, ask_by, policy, calendar)
    return next((step for step in found if after is None or step.on > after), None)


def digest_moment(day: date, policy: Policy, zone: ZoneInfo) -> datetime:
    """The digest hour of a day, in UTC. An hour set inside the quiet hours gives way to their end."""
    at = policy.digest_time()
    if quiet(at, policy):
        at = policy.quiet_hours()[1]
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def next_digest(now: datetime, policy: Policy, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """The digest hour of the next working day that has one strictly after `now`, in UTC."""
    day = now.astimezone(zone).date()
    if digest_moment(day, policy, zone) <= now:
        day += ONE_DAY
    return digest_moment(next_workday(day, calendar), policy, zone)
