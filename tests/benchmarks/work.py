"""What the engine does, one piece at a time, on a ledger of large.build: each returns its seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from large import OPEN, UNITS
from sqlalchemy import func, select, update

from duban.deadlines.workdays import add_workdays, state_calendar
from duban.ledger import making, outbox, summary
from duban.ledger.database import Ledger
from duban.ledger.tables import ItemRow, OutboxRow, PlanRow, TaskRow
from duban.settings import Policy
from duban_scheduler import planning

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = state_calendar()
POLICY = Policy()
FIRST = date(2026, 6, 10)
DUE = 100  # tasks, one of each unit, and messages


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@dataclass
class Mornings:
    """One ledger, morning after morning: DUE tasks are to be looked at, half of them new."""

    ledger: Ledger
    _day: int = 0
    _tasks: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.ledger.reading() as session:
            first = select(func.min(TaskRow.id)).where(TaskRow.item_id <= UNITS, TaskRow.state.in_(OPEN))
            self._tasks = list(session.scalars(first.group_by(TaskRow.unit_id)))
        assert len(self._tasks) == DUE == UNITS

    def tick(self) -> float:
        """A tick that finds DUE tasks and writes as many messages, with the look before it, as served."""
        self._day += 1
        day = add_workdays(FIRST, self._day, CALENDAR)
        now = datetime.combine(day, clock_time(10), ZONE).astimezone(UTC)
        self._arrange(day, now)
        written = 0

        def served() -> None:
            nonlocal written
            with self.ledger.reading() as session:
                assert planning.anything_due(session, now=now)
            with self.ledger.writing() as session:
                written = planning.tick(session, now=now, zone=ZONE, policy=POLICY, calendar=CALENDAR)

        took = seconds(served)
        assert written == DUE
        return took

    def _arrange(self, day: date, now: datetime) -> None:
        with self.ledger.writing() as session:
            chosen = update(TaskRow).where(TaskRow.id.in_(self._tasks))
            told = now - timedelta(days=9)
            at = now - timedelta(hours=2)
            session.execute(
                chosen.values(next_at=at, due=day + timedelta(days=7), said_until=None, announced_at=told)
            )
            session.execute(chosen.where(TaskRow.unit_id % 2 == 0).values(announced_at=None))

    def wake(self) -> float:
        """Select and claim DUE messages: those that the tick wrote."""
        now = datetime.combine(add_workdays(FIRST, self._day, CALENDAR), clock_time(11), ZONE)
        claimed = 0

        def woken() -> None:
            nonlocal claimed
            with self.ledger.writing() as session:
                claimed = len(outbox.claim(session, now=now, limit=DUE))

        took = seconds(woken)
        assert claimed == DUE
        with self.ledger.writing() as session:
            session.execute(update(OutboxRow).where(outbox.ON_THE_WAY).values(state="sent", sent_at=now))
        return took


def store(ledger: Ledger, count: int) -> float:
    """Make every task of the plans' items, as an activation does, with the moment it is looked at next."""
    made = 0

    def activate() -> None:
        nonlocal made
        with ledger.writing() as session:
            items = session.scalars(select(ItemRow)).all()
            made = making.make_dated(session, items, now=datetime(2026, 6, 10, 2, tzinfo=UTC))

    took = seconds(activate)
    assert made == count
    return took


def figures(ledger: Ledger, plan_id: int | None) -> float:
    """/summary in the database: of a plan, or of all."""
    with ledger.reading() as session:
        plan = session.get_one(PlanRow, plan_id) if plan_id is not None else None
        view = summary.View(today=FIRST)
        return seconds(lambda: summary.summary(session, plan, view=view))
