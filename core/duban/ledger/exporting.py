"""What the exports print of the ledger, read in four queries however large it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from duban.deadlines.workdays import Calendar
from duban.exports.values import LedgerItem, LedgerPlan, LedgerRow, LedgerTask, UnitFigures
from duban.ledger import summary
from duban.ledger.reports import OPEN
from duban.ledger.roster import duties_of
from duban.ledger.summary import View
from duban.ledger.tables import AnswerRow, DeadlineRow, DutyRow, ItemRow, PlanRow, ReportRow, TaskRow, UnitRow
from duban.model import Role, Status


@dataclass(slots=True)
class _Said:
    """What an item's text says about time: by deadline, and what of it is still said."""

    by_id: dict[int, str] = field(default_factory=dict)
    now: list[str] = field(default_factory=list)


def ledger_plan(plan: PlanRow, *, office: str, view: View) -> LedgerPlan:
    """The head of an export."""
    return LedgerPlan(
        id=plan.id, title=plan.title, quotable=plan.quotable, imported_at=plan.imported_at, office=office,
        today=view.today,
    )  # fmt: skip


def unit_figures(session: Session, plan: PlanRow, *, view: View) -> list[UnitFigures]:
    """The figures of `summary`, by unit."""
    return [UnitFigures(**one) for one in summary.summary(session, plan, view=view)["units"]]


def ledger_rows(
    session: Session, plan: PlanRow, *, view: View, zone: ZoneInfo, calendar: Calendar
) -> list[LedgerRow]:
    """Every task in the plan's order, within an item the lead's first; an item without one has its duties."""
    items = session.execute(
        select(
            ItemRow.id, ItemRow.no, ItemRow.heading, ItemRow.subheading, ItemRow.requirement, ItemRow.state
        )
        .where(ItemRow.plan_id == plan.id)
        .order_by(ItemRow.position, ItemRow.id)
    ).all()
    said = _deadlines(session, plan)
    tasks: dict[int, list[Any]] = defaultdict(list)
    for task in session.execute(_tasks(plan)):
        tasks[task.item_id].append(task)
    bare = duties_of(session, [row.id for row in items if row.id not in tasks])
    found: list[LedgerRow] = []
    for row in items:
        item = LedgerItem(
            id=row.id, no=row.no, heading=row.heading, subheading=row.subheading, requirement=row.requirement
        )
        whole, cancelled = tuple(said[row.id].now), row.state == "cancelled"
        found += [
            LedgerRow(
                item=item, unit=task.name, role=task.role, cancelled=cancelled,
                phrases=whole if task.deadline_id is None else (said[row.id].by_id[task.deadline_id],),
                task=_task(task, view=view, zone=zone, calendar=calendar),
            )
            for task in tasks.get(row.id, ())
        ]  # fmt: skip
        found += [
            LedgerRow(item=item, unit=unit, role=role, phrases=whole, cancelled=cancelled, task=None)
            for unit, role in (_named(bare[row.id]) if row.id in bare else ())
        ]
    return found


def _named(duties: Sequence[DutyRow]) -> list[tuple[str, str | None]]:
    """The units as the document writes them; one nobody, where it names none."""
    return [(duty.name, duty.role) for duty in duties] or [("", None)]


def _deadlines(session: Session, plan: PlanRow) -> dict[int, _Said]:
    said: dict[int, _Said] = defaultdict(_Said)
    rows = session.execute(
        select(DeadlineRow.item_id, DeadlineRow.id, DeadlineRow.text, DeadlineRow.gone)
        .join(ItemRow, ItemRow.id == DeadlineRow.item_id)
        .where(ItemRow.plan_id == plan.id)
        .order_by(DeadlineRow.id)
    )
    for item, deadline, text, gone in rows:
        said[item].by_id[deadline] = text
        if not gone and text not in said[item].now:
            said[item].now.append(text)
    return said


def _tasks(plan: PlanRow) -> Select[*tuple[Any, ...]]:
    """The tasks of a plan, each with its last report that was not taken back and says more than 签收."""
    last = (
        select(ReportRow.task_id, func.max(ReportRow.id).label("id"))
        .join(AnswerRow, AnswerRow.id == ReportRow.answer_id)
        .join(TaskRow, TaskRow.id == ReportRow.task_id)
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .where(ItemRow.plan_id == plan.id, AnswerRow.undone_at.is_(None))
        .where(ReportRow.status != str(Status.RECEIVED))
        .group_by(ReportRow.task_id)
        .subquery()
    )
    rank = case({str(role): role.rank for role in Role}, value=TaskRow.role)
    return (
        select(
            TaskRow.item_id, TaskRow.id, TaskRow.role, TaskRow.kind, TaskRow.deadline_id, TaskRow.due,
            TaskRow.time, TaskRow.ask_by, TaskRow.original_due, TaskRow.state, TaskRow.percent,
            TaskRow.blocked, TaskRow.extension_requested, TaskRow.closed_at, UnitRow.name,
            ReportRow.text, AnswerRow.at,
        )
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .join(UnitRow, UnitRow.id == TaskRow.unit_id)
        .outerjoin(last, last.c.task_id == TaskRow.id)
        .outerjoin(ReportRow, ReportRow.id == last.c.id)
        .outerjoin(AnswerRow, AnswerRow.id == ReportRow.answer_id)
        .where(ItemRow.plan_id == plan.id)
        .order_by(TaskRow.item_id, rank, TaskRow.unit_id, TaskRow.due, TaskRow.id)
    )  # fmt: skip


def _task(row: Any, *, view: View, zone: ZoneInfo, calendar: Calendar) -> LedgerTask:
    return LedgerTask(
        id=row.id, kind=row.kind, due=row.due, time=row.time, ask_by=row.ask_by,
        provisional=calendar.provisional(row.due.year),
        original=row.original_due if row.original_due != row.due else None,
        state=row.state, light=summary.light(row.state, row.due, view), open=row.state in OPEN,
        blocked=row.blocked, extension=row.extension_requested, percent=row.percent,
        said_on=row.at.astimezone(zone).date() if row.at is not None else None, said=row.text or "",
        closed_on=row.closed_at.astimezone(zone).date() if row.closed_at is not None else None,
    )  # fmt: skip
