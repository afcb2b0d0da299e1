"""One look at one task: say it in the digest, say it at once, or look again later. Pure.

A task is said in a day's digest when its moment came by the digest hour: what is put on the list later in
the day waits for the next digest; what an outage held up is said as soon as it is allowed, all steps as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, cast
from zoneinfo import ZoneInfo

from duban.deadlines.workdays import Calendar, add_workdays
from duban.ledger.agenda import Agendum
from duban.settings import Policy
from duban_scheduler.policy import (
    Step,
    TaskKind,
    allowed,
    digest_moment,
    next_allowed,
    next_digest,
    steps,
)

WATCHED = frozenset({"open", "received", "in_progress"})  # the states in which a unit is still asked
LATE = frozenset({"late", "report-late"})
Channel = Literal["digest", "at-once"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a task came to. `channel` None: nothing to say now.

    `then` is when to look next (None: never again): after the mention where there is one.
    """

    then: datetime | None
    channel: Channel | None = None
    why: str = ""  # new, or the step's own word
    on: date = date.min
    copy: bool = False


@dataclass(slots=True)
class Morning:
    """The moment of a tick, and what the calendar and the policy make of it."""

    now: datetime
    zone: ZoneInfo
    policy: Policy
    calendar: Calendar
    today: date = field(init=False)
    free: bool = field(init=False)  # whether anything may go out now
    digest: datetime = field(init=False)  # today's digest hour
    later: datetime = field(init=False)  # the next one, strictly after now
    _steps: dict[tuple[object, ...], tuple[Step, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.today = self.now.astimezone(self.zone).date()
        self.free = allowed(self.now, self.policy, self.zone, self.calendar)
        self.digest = digest_moment(self.today, self.policy, self.zone)
        self.later = next_digest(self.now, self.policy, self.zone, self.calendar)

    def look(self, task: Agendum) -> Look:
        """Decide about one task."""
        if not task.live or task.state not in WATCHED:
            return Look(None)
        new = task.announced_at is None
        ahead = tuple(self._unsaid(task))
        missed = [step for day, step in ahead if day <= self.today]
        following = next((day for day, _ in ahead if day > self.today), None)
        then = self._digest_of(following) if following else None
        if self.free and task.next_at <= self.digest <= self.now and (new or missed):
            why, on = ("new", self.today) if new else (missed[-1].why, missed[-1].on)
            return Look(then, "digest", why, on, copy=self._copies(task, missed))
        if new and self._cannot_wait(task):
            if self.free:
                return Look(then, "at-once", "new", self.today, copy=self._copies(task, missed))
            return Look(next_allowed(self.now, self.policy, self.zone, self.calendar))
        return Look(self.later if new or missed else then)

    def _unsaid(self, task: Agendum) -> Iterator[tuple[date, Step]]:
        """The steps not said yet, each with the day on which it is: late ones rest while work is blocked."""
        policy = self.policy.with_overrides(*task.overrides)
        awake = self._awake(task, policy)
        for step in self._all(task, policy):
            if task.said_until is None or step.on > task.said_until:
                yield (max(step.on, awake) if awake and step.why in LATE else step.on), step

    def _all(self, task: Agendum, policy: Policy) -> tuple[Step, ...]:
        key = (task.kind, task.due, task.ask_by, policy)
        if key not in self._steps:
            kind = cast(TaskKind, task.kind)
            self._steps[key] = steps(kind, task.due, task.ask_by, policy, self.calendar)
        return self._steps[key]

    def _awake(self, task: Agendum, policy: Policy) -> date | None:
        """The first day on which a blocked task's late reminders are said again."""
        if task.blocked_at is None:
            return None
        return add_workdays(
            task.blocked_at.astimezone(self.zone).date(), policy.blocked_rest + 1, self.calendar
        )

    def _digest_of(self, day: date) -> datetime:
        return digest_moment(day, self.policy, self.zone)

    def _cannot_wait(self, task: Agendum) -> bool:
        """New work that the next digest may be too late for. A date long over when a plan begins is not."""
        digest_day = self.later.astimezone(self.zone).date()
        return task.due <= digest_day and (task.from_event or task.due >= self.today)

    def _copies(self, task: Agendum, said: list[Step]) -> bool:
        """Once, with a late mention; never while the unit itself first hears of the work."""
        if task.copied_on is not None or task.announced_at is None:
            return False
        policy = self.policy.with_overrides(*task.overrides)
        past = (step for step in self._all(task, policy) if step.on <= self.today)
        return any(step.why in LATE for step in said) and any(step.copy for step in past)
