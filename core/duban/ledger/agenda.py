"""What the clock asks of the ledger: what is due now, when the next thing is, and the marks of what was said.

Every question here runs each second of the year, so each is answered by a partial index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from duban.ledger.inbox import NEW
from duban.ledger.outbox import ON_THE_WAY
from duban.ledger.tables import InboxRow, ItemRow, Moment, OutboxRow, PeriodRow, PlanRow, TaskRow

CHUNK = 500  # keys asked for at once


@dataclass(frozen=True, slots=True)
class Agendum:
    """A task to look at, with what a decision about it needs."""

    id: int
    plan_id: int
    position: int  # of its item in the plan
    unit_id: int
    kind: str
    state: str
    due: date
    ask_by: date | None
    from_event: bool
    blocked_at: datetime | None  # None unless it is blocked now
    next_at: datetime
    announced_at: datetime | None
    said_until: date | None
    copied_on: date | None
    live: bool  # its plan and its item are both active
    overrides: tuple[Mapping[str, Any], Mapping[str, Any]]  # policy keys of its plan, of its item


def anything_due(session: Session, *, now: datetime) -> bool:
    """Whether a tick would find something to do: a look that needs no write lock."""
    due = exists().where(TaskRow.next_at <= now)
    opens = exists(_unopened(now).with_only_columns(PeriodRow.id))
    return bool(session.scalar(select(or_(due, opens))))


def due_periods(session: Session, *, now: datetime) -> Sequence[PeriodRow]:
    """Periods of active plans that open now, the earliest first."""
    return session.scalars(_unopened(now).order_by(PeriodRow.opens_at, PeriodRow.id)).all()


def _unopened(now: datetime | None = None) -> Select[PeriodRow]:
    asked = (
        select(PeriodRow)
        .join(PlanRow, PlanRow.id == PeriodRow.plan_id)
        .where(PeriodRow.opened_at.is_(None), PlanRow.state == "active")
    )
    return asked if now is None else asked.where(PeriodRow.opens_at <= now)


def look_since(session: Session, period: PeriodRow) -> None:
    """Let the tasks of a period count from its own moment, however late the tick came that opened it."""
    session.execute(
        update(TaskRow)
        .where(TaskRow.period_id == period.id, TaskRow.next_at > period.opens_at)
        .values(next_at=period.opens_at)
        .execution_options(synchronize_session="fetch")
    )


def due_tasks(session: Session, *, now: datetime) -> list[Agendum]:
    """Every task to be looked at now, in one query, in the plan's order within a unit."""
    rows = session.execute(
        select(
            TaskRow.id, ItemRow.plan_id, ItemRow.position, TaskRow.unit_id, TaskRow.kind, TaskRow.state,
            TaskRow.due, TaskRow.ask_by, TaskRow.event_id, TaskRow.blocked, TaskRow.blocked_at,
            TaskRow.next_at, TaskRow.announced_at, TaskRow.said_until, TaskRow.copied_on,
            PlanRow.state.label("plan_state"), ItemRow.state.label("item_state"),
            PlanRow.policy.label("plan_policy"), ItemRow.policy.label("item_policy"),
        )
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .join(PlanRow, PlanRow.id == ItemRow.plan_id)
        .where(TaskRow.next_at <= now)
        .order_by(TaskRow.unit_id, ItemRow.plan_id, ItemRow.position, TaskRow.due, TaskRow.id)
    )  # fmt: skip
    return [
        Agendum(
            id=row.id, plan_id=row.plan_id, position=row.position, unit_id=row.unit_id, kind=row.kind,
            state=row.state, due=row.due, ask_by=row.ask_by, from_event=row.event_id is not None,
            blocked_at=row.blocked_at if row.blocked else None, next_at=row.next_at,
            announced_at=row.announced_at, said_until=row.said_until, copied_on=row.copied_on,
            live=row.plan_state == row.item_state == "active",
            overrides=(row.plan_policy or {}, row.item_policy or {}),
        )
        for row in rows
    ]  # fmt: skip


def told(session: Session, plans: Iterable[int], units: Iterable[int]) -> set[tuple[int, int]]:
    """(plan, unit) of each of these plans that one of the units has heard of."""
    rows = session.execute(
        select(ItemRow.plan_id, TaskRow.unit_id)
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .where(
            ItemRow.plan_id.in_(sorted(set(plans))),
            TaskRow.unit_id.in_(sorted(set(units))),
            TaskRow.announced_at.is_not(None),
        )
        .distinct()
    )
    return {(plan, unit) for plan, unit in rows}


def taken(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which something was decided before."""
    found: set[str] = set()
    for start in range(0, len(keys), CHUNK):
        asked = select(OutboxRow.key).where(OutboxRow.key.in_(keys[start : start + CHUNK]))
        found.update(session.scalars(asked))
    return found


def mark(session: Session, marks: Sequence[Mapping[str, Any]]) -> None:
    """Write what a tick decided about its tasks: one mapping each, with `id` and the columns to set."""
    if marks:
        session.flush()
        session.execute(update(TaskRow), list(marks))
        session.expire_all()


def next_moment(session: Session, *, now: datetime) -> datetime | None:
    """When the next thing is to be done; `now` where something waits already, None: nothing ever will."""
    if session.scalar(select(exists().select_from(InboxRow).where(NEW))):
        return now
    moments = (
        session.scalar(select(func.min(TaskRow.next_at)).where(TaskRow.next_at.is_not(None))),
        session.scalar(_unopened().with_only_columns(func.min(PeriodRow.opens_at))),
        session.scalar(select(func.min(_wakes(now))).where(ON_THE_WAY)),
    )
    known = [moment for moment in moments if moment is not None]
    return max(min(known), now) if known else None


def _wakes(now: datetime) -> ColumnElement[datetime | None]:
    """When a message may move on: when it is due, when its lease runs out, or it is on the wire now."""
    return case(
        (OutboxRow.state == "queued", OutboxRow.due_at),
        (OutboxRow.state == "claimed", OutboxRow.lease_until),
        else_=literal(now, Moment()),
    )
