"""What makes tasks: a date in the text, a period that opens, an event that happened.

Each function makes only what is missing, so that it can be asked again after an amendment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from duban.deadlines.workdays import Calendar
from duban.errors import DubanError
from duban.ledger import audit
from duban.ledger.roster import duties_of, roster
from duban.ledger.tables import DeadlineRow, EventRow, ItemRow, PeriodRow, TaskRow, UnitRow
from duban.model import Amount, Deadline, Kind, Role, Source

UNANSWERED = ("open", "received", "in_progress")
ACTIVE = "active"


class NoEvent(DubanError):
    """第 {no} 项没有等待起算的时限，不用登记起算事由；如需定一个日期，请用 duban deadline。"""


class WhichEvent(DubanError):
    """第 {no} 项有几个起算事由（{triggers}），请说明是哪一个。"""


class NotResponsible(DubanError):
    """{unit}不是第 {no} 项的责任单位，请核对单位名称。"""


def responsible(session: Session, item: ItemRow) -> list[tuple[int, Role]]:
    """The concrete units of an item, each with its strongest role: [(unit id, role), …]."""
    return roster(session).of_item(duties_of(session, [item.id])[item.id])


def responsible_of(session: Session, items: Sequence[ItemRow]) -> dict[int, list[tuple[int, Role]]]:
    """The same for many items in as many queries as for one: item id → [(unit id, role), …]."""
    names = roster(session)
    return {item: names.of_item(duties) for item, duties in duties_of(session, [i.id for i in items]).items()}


def traceable(session: Session, plan_id: int) -> list[ItemRow]:
    """A plan's items that make tasks: active, with a text (an item whose text is lost waits for it)."""
    return list(
        session.scalars(
            select(ItemRow)
            .where(ItemRow.plan_id == plan_id, ItemRow.state == ACTIVE, ItemRow.requirement.is_not(None))
            .order_by(ItemRow.position)
        )
    )


def deadlines_of(session: Session, items: Iterable[ItemRow]) -> dict[int, list[DeadlineRow]]:
    """item id → what its text says about time now, in one query."""
    found: dict[int, list[DeadlineRow]] = {item.id: [] for item in items}
    rows = session.scalars(
        select(DeadlineRow)
        .where(DeadlineRow.item_id.in_(found), DeadlineRow.gone.is_(False))
        .order_by(DeadlineRow.id)
    )
    for deadline in rows:
        found[deadline.item_id].append(deadline)
    return found


def has_known_date(deadlines: Iterable[DeadlineRow]) -> bool:
    """Whether an item goes by its own dates; otherwise the plan's cadence applies (design §3)."""
    return any(
        (d.kind == Kind.FIXED and d.due is not None) or (d.kind == Kind.RECURRING and d.rrule is not None)
        for d in deadlines
    )


def undated(session: Session, item: ItemRow) -> bool:
    """Whether nothing in an item has a date of its own, neither its text nor a unit's task."""
    tasks = select(TaskRow.id).where(TaskRow.item_id == item.id, TaskRow.kind == "dated").limit(1)
    return not has_known_date(deadlines_of(session, [item])[item.id]) and session.scalar(tasks) is None


def make_dated(session: Session, items: Sequence[ItemRow], *, now: datetime) -> int:
    """A task for each unit and each date that its item names. Returns how many were new."""
    dates = deadlines_of(session, items)
    who = responsible_of(session, items)
    known = set(
        session.execute(
            select(TaskRow.item_id, TaskRow.unit_id, TaskRow.deadline_id).where(
                TaskRow.item_id.in_(dates), TaskRow.event_id.is_(None), TaskRow.period_id.is_(None)
            )
        )
    )
    rows = []
    for item in items:
        by_day: dict[date, DeadlineRow] = {}
        for deadline in dates[item.id]:
            if deadline.kind == Kind.FIXED and deadline.due is not None:
                by_day.setdefault(deadline.due, deadline)  # said twice, in the text and in a column
        rows += [
            _row(item.id, unit, role, "dated", due, now=now, deadline_id=deadline.id, time=deadline.time)
            for due, deadline in by_day.items()
            for unit, role in who[item.id]
            if (item.id, unit, deadline.id) not in known
        ]
    return _insert(session, rows)


def open_period(session: Session, period: PeriodRow, *, now: datetime, actor: str = "scheduler") -> int:
    """Announce a period: its tasks are made, the earlier ones' unanswered ones are missed (未报)."""
    if period.opened_at is not None:
        return 0
    made = make_period(session, period, now=now, announced=True)
    period.opened_at = now
    same = PeriodRow.deadline_id.is_not_distinct_from(period.deadline_id)
    earlier = select(PeriodRow.id).where(
        PeriodRow.plan_id == period.plan_id,
        same,
        PeriodRow.due < period.due,
        PeriodRow.opened_at.is_not(None),
    )
    missed = session.execute(
        update(TaskRow)
        .where(TaskRow.period_id.in_(earlier), TaskRow.kind == "period", TaskRow.state.in_(UNANSWERED))
        .values(state="missed", next_at=None, extension_requested=False)
        .execution_options(synchronize_session="fetch")
    ).rowcount  # type: ignore[attr-defined]
    audit.record(
        session,
        now=now,
        actor=actor,
        act="open-period",
        object=f"period:{period.id}",
        tasks=made,
        missed=missed,
    )
    session.flush()
    return made


def make_period(session: Session, period: PeriodRow, *, now: datetime, announced: bool) -> int:
    """The tasks of one period that are not there yet. `announced`: its reminder tells the unit."""
    items = _items_of(session, period)
    who = responsible_of(session, items)
    known = set(
        session.execute(select(TaskRow.item_id, TaskRow.unit_id).where(TaskRow.period_id == period.id))
    )
    kind = "closing" if period.closing else "period"
    return _insert(
        session,
        [
            _row(
                item.id, unit, role, kind, period.due,
                now=now, period_id=period.id, deadline_id=period.deadline_id,
                announced_at=now if announced else None,
            )
            for item in items
            for unit, role in who[item.id]
            if (item.id, unit) not in known
        ],
    )  # fmt: skip


def _items_of(session: Session, period: PeriodRow) -> list[ItemRow]:
    items = traceable(session, period.plan_id)
    dates = deadlines_of(session, items)
    if period.deadline_id is None:
        return [item for item in items if not has_known_date(dates[item.id])]
    return [item for item in items if any(d.id == period.deadline_id for d in dates[item.id])]


def record_event(
    session: Session,
    *,
    item: ItemRow,
    unit: UnitRow | None,
    at: datetime,
    now: datetime,
    actor: str,
    calendar: Calendar,
    zone: ZoneInfo,
    deadline: DeadlineRow | None = None,
    due: date | None = None,
) -> list[TaskRow]:
    """What the text waited for has happened at `at`, for one unit or (None) for all of the item's.

    The date is counted from it; `due` gives it where the text has no amount to count ("新条例出台后"), and
    without one nothing is made yet. Said twice it changes nothing.
    Raises NoEvent, WhichEvent, NotResponsible.
    """
    waiting = deadline or _waiting_for_event(session, item)
    who = responsible(session, item)
    if unit is not None:
        who = [(id_, role) for id_, role in who if id_ == unit.id]
        if not who:
            raise NotResponsible(unit=unit.name, no=item.no)
    event = _event(session, waiting, unit, at, now=now, actor=actor)
    day, hour = due, waiting.time
    if due is None and waiting.amount is not None and waiting.unit is not None:
        from duban.deadlines.counting import count  # noqa: PLC0415 - dateutil is slow to import

        counted = count(to_deadline(waiting), event=at.astimezone(zone), calendar=calendar)
        day, hour = counted.due, counted.at.timetz().replace(tzinfo=None) if counted.at else waiting.time
    known = set(session.scalars(select(TaskRow.unit_id).where(TaskRow.event_id == event.id)))
    if day is not None:
        _insert(
            session,
            [
                _row(item.id, id_, role, "dated", day,
                     now=now, deadline_id=waiting.id, event_id=event.id, time=hour)
                for id_, role in who
                if id_ not in known
            ],
        )  # fmt: skip
    return list(session.scalars(select(TaskRow).where(TaskRow.event_id == event.id).order_by(TaskRow.id)))


def _waiting_for_event(session: Session, item: ItemRow) -> DeadlineRow:
    waiting = [d for d in deadlines_of(session, [item])[item.id] if d.kind in {Kind.RELATIVE, Kind.EVENT}]
    if not waiting:
        raise NoEvent(no=item.no)
    if len(waiting) > 1:
        raise WhichEvent(no=item.no, triggers="、".join(d.trigger or d.text for d in waiting))
    return waiting[0]


def _event(
    session: Session, deadline: DeadlineRow, unit: UnitRow | None, at: datetime, *, now: datetime, actor: str
) -> EventRow:
    unit_id = unit.id if unit is not None else None
    known = session.scalar(
        select(EventRow).where(
            EventRow.deadline_id == deadline.id,
            EventRow.unit_id.is_not_distinct_from(unit_id),
            EventRow.at == at,
        )
    )
    if known is not None:
        return known
    event = EventRow(deadline_id=deadline.id, unit_id=unit_id, at=at, recorded_at=now, by=actor)
    session.add(event)
    session.flush()
    audit.record(
        session, now=now, actor=actor, act="event", object=f"item:{deadline.item_id}",
        event=event.id, at=at.isoformat(), unit=unit.name if unit is not None else None,
    )  # fmt: skip
    return event


def to_deadline(row: DeadlineRow) -> Deadline:
    """A stored deadline as the core's value."""
    return Deadline(
        kind=Kind(row.kind), text=row.text, span=(row.span_start, row.span_end), rule=row.rule,
        source=Source(row.source), due=row.due, time=row.time, start=row.start, amount=row.amount,
        unit=Amount(row.unit) if row.unit else None, trigger=row.trigger, rrule=row.rrule,
    )  # fmt: skip


def _row(
    item: int, unit: int, role: Role, kind: str, due: date, *, now: datetime, **more: Any
) -> dict[str, Any]:
    return {
        "item_id": item, "unit_id": unit, "role": str(role), "kind": kind, "due": due, "original_due": due,
        "created_at": now, "next_at": now, "deadline_id": None, "event_id": None, "period_id": None,
        "time": None, "announced_at": None,
    } | more  # fmt: skip


def _insert(session: Session, rows: list[dict[str, Any]]) -> int:
    if rows:
        session.connection().execute(insert(TaskRow), rows)  # past the ORM: ten thousand are made at once
    return len(rows)
