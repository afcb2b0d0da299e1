"""The coordinator's picture: plain data in the shapes that the commands print."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session, joinedload

from duban.deadlines.workdays import Calendar, add_workdays
from duban.ledger import held
from duban.ledger.outbox import ASIDE
from duban.ledger.reports import OPEN
from duban.ledger.tables import (
    AnswerRow,
    DeadlineRow,
    ExtensionRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    QuestionRow,
    ReportRow,
    TaskRow,
    UnitRow,
)
from duban.settings import Policy

SETTLED = ("reported_done", "closed", "reported")
GREY = ("closed", "cancelled", "suspended", "missed", "reported", "not_ours")
# in the very words of the partial indexes
TO_DECIDE = sql("(tasks.state IN ('reported_done', 'not_ours') OR tasks.blocked)")
UNSIGNED = sql("tasks.state = 'open' AND tasks.announced_at > tasks.created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From when, and how near, things are looked at."""

    today: date
    warn_days: int = 7
    unsigned_before: datetime | None = None  # work told of before this and not signed for is shown

    @property
    def warned_until(self) -> date:
        """The last day that is near."""
        return self.today + timedelta(days=self.warn_days)

    @classmethod
    def at(cls, now: datetime, zone: ZoneInfo, policy: Policy, calendar: Calendar) -> Self:
        """The view of a moment: what an office's policy says of it."""
        today = now.astimezone(zone).date()
        told = add_workdays(today, -policy.unsigned_after, calendar)
        return cls(
            today=today,
            warn_days=policy.warn_days,
            unsigned_before=datetime.combine(told, time.min, zone),
        )


def light(state: str, due: date, view: View) -> str:
    """green, yellow (due within the warning window), red (late), grey (over or resting)."""
    if state in GREY:
        return "grey"
    if due < view.today and state in OPEN:
        return "red"
    return "yellow" if due <= view.warned_until and state in OPEN else "green"


def summary(session: Session, plan: PlanRow | None = None, *, view: View) -> dict[str, Any]:
    """One plan in figures; without one, all active plans together ("plan" is None)."""
    scope = TaskRow.item_id.in_(_items_of(plan)) if plan is not None else TaskRow.item_id.not_in(_resting())
    states: Counter[str] = Counter()
    units: dict[int, Counter[str]] = defaultdict(Counter)
    for unit_id, state, count in session.execute(
        select(TaskRow.unit_id, TaskRow.state, func.count())
        .where(scope)
        .group_by(TaskRow.unit_id, TaskRow.state)
    ):
        states[state] += count
        units[unit_id].update(tasks=count, done=count if state in SETTLED else 0)
    soon = 0
    for unit_id, count, late in session.execute(
        select(TaskRow.unit_id, func.count(), func.count().filter(TaskRow.due < view.today))
        .where(scope, TaskRow.state.in_(OPEN), TaskRow.due <= view.warned_until)
        .group_by(TaskRow.unit_id)
    ):
        units[unit_id]["late"] = late
        soon += count - late
    names = session.execute(
        select(UnitRow.id, UnitRow.name).where(UnitRow.id.in_(units)).order_by(UnitRow.id)
    )
    return {
        "plan": plan.title if plan is not None else None,
        "items": items_under(session, plan),
        "tasks": states.total(),
        "states": dict(states),
        "late": sum(unit["late"] for unit in units.values()),
        "due_soon": soon,
        "units": [
            {"unit": name, "tasks": found["tasks"], "late": found["late"], "done": found["done"]}
            for name, found in ((name, units[id_]) for id_, name in names)
        ],
    }


def items_under(session: Session, plan: PlanRow | None = None) -> int:
    """How many items are worked on, of a plan or of all active ones."""
    asked = _items_of(plan).where(ItemRow.state == "active").with_only_columns(func.count())
    return session.scalar(asked) or 0


def _items_of(plan: PlanRow | None) -> Select[int]:
    """Ids of a plan's items, or of all active plans'."""
    active = select(PlanRow.id).where(PlanRow.state == "active")
    return select(ItemRow.id).where(ItemRow.plan_id.in_(active if plan is None else [plan.id]))


def _resting() -> Select[int]:
    """Ids of the items of plans that are not active: to be left out, they are few."""
    return select(ItemRow.id).where(ItemRow.plan_id.in_(select(PlanRow.id).where(PlanRow.state != "active")))


def _tasks(plan: PlanRow | None = None) -> Select[TaskRow]:
    asked = (
        select(TaskRow)
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .join(PlanRow, PlanRow.id == ItemRow.plan_id)
        .options(joinedload(TaskRow.item), joinedload(TaskRow.unit))
    )
    return (
        asked.where(ItemRow.plan_id == plan.id)
        if plan is not None
        else asked.where(PlanRow.state == "active")
    )


# by unit, state and date, as an index has them: what is not asked for is not looked at
EACH_UNIT = TaskRow.unit_id.in_(select(UnitRow.id))


def overdue(session: Session, *, view: View, plan: PlanRow | None = None) -> list[dict[str, Any]]:
    """What is late, the longest late first."""
    asked = _tasks(plan).where(EACH_UNIT, TaskRow.state.in_(OPEN), TaskRow.due < view.today)
    return _shapes(
        session, session.scalars(asked.order_by(TaskRow.due, ItemRow.position, TaskRow.unit_id)), view
    )


def due(session: Session, *, view: View, days: int, plan: PlanRow | None = None) -> list[dict[str, Any]]:
    """What is due within so many days, today included."""
    until = view.today + timedelta(days=days)
    asked = _tasks(plan).where(EACH_UNIT, TaskRow.state.in_(OPEN), TaskRow.due.between(view.today, until))
    return _shapes(
        session, session.scalars(asked.order_by(TaskRow.due, ItemRow.position, TaskRow.unit_id)), view
    )


def unit(session: Session, unit_id: int, *, view: View, plan: PlanRow | None = None) -> list[dict[str, Any]]:
    """Everything one unit has, in the plan's order."""
    asked = _tasks(plan).where(TaskRow.unit_id == unit_id)
    return _shapes(session, session.scalars(asked.order_by(ItemRow.position, TaskRow.due)), view)


def item(session: Session, row: ItemRow, *, view: View) -> dict[str, Any]:
    """One item with every unit's tasks and reports."""
    asked = select(TaskRow).where(TaskRow.item_id == row.id)
    asked = asked.options(joinedload(TaskRow.item), joinedload(TaskRow.unit))
    shapes = _shapes(session, session.scalars(asked.order_by(TaskRow.due, TaskRow.id)), view)
    for shape in shapes:
        del shape["item"]
    return {
        "no": row.no,
        "heading": row.heading,
        "subheading": row.subheading,
        "requirement": row.requirement,
        "deadlines": [deadline(one) for one in row.deadlines if not one.gone],
        "tasks": shapes,
    }


def deadline(row: DeadlineRow) -> dict[str, Any]:
    """A deadline in the shape that `duban read --json` prints."""
    return {
        "kind": row.kind,
        "text": row.text,
        "span": [row.span_start, row.span_end],
        "source": row.source,
        "rule": row.rule,
        "due": _iso(row.due),
        "time": row.time.strftime("%H:%M") if row.time else None,
        "start": _iso(row.start),
        "amount": row.amount,
        "unit": row.unit,
        "trigger": row.trigger,
        "rrule": row.rrule,
    }


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _shapes(session: Session, rows: Iterable[TaskRow], view: View) -> list[dict[str, Any]]:
    found = list(rows)
    said = _reports(session, [task.id for task in found])
    return [
        {
            "item": task.item.no,
            "task": task.id,
            "unit": task.unit.name,
            "role": task.role,
            "kind": task.kind,
            "due": task.due.isoformat(),
            "ask_by": _iso(task.ask_by),
            "state": task.state,
            "percent": task.percent,
            "blocked": task.blocked,
            "extension_requested": task.extension_requested,
            "light": light(task.state, task.due, view),
            "reports": said.get(task.id, []),
        }
        for task in found
    ]


def _reports(session: Session, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    said: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for start in range(0, len(ids), 500):
        rows = session.execute(
            select(ReportRow, AnswerRow.at, PersonRow.name)
            .join(AnswerRow, AnswerRow.id == ReportRow.answer_id)
            .join(PersonRow, PersonRow.id == AnswerRow.person_id)
            .where(ReportRow.task_id.in_(ids[start : start + 500]), AnswerRow.undone_at.is_(None))
            .order_by(ReportRow.id)
        )
        for report, at, name in rows:
            said[report.task_id].append(
                {
                    "at": at.isoformat(),
                    "by": name,
                    "status": report.status,
                    "percent": report.percent,
                    "date": _iso(report.date),
                    "text": report.text,
                    "evidence": report.evidence,
                }
            )
    return said


def queue(session: Session, *, view: View) -> list[dict[str, Any]]:
    """What waits for the coordinator's decision, the oldest first; then the units that have not signed."""
    rows: list[dict[str, Any]] = []
    flagged = _tasks().where(
        TO_DECIDE,
        TaskRow.state.in_(("reported_done", "not_ours"))
        | (TaskRow.blocked & TaskRow.state.in_((*OPEN, "reported"))),
    )
    for task in session.scalars(flagged):
        kind = {"reported_done": "verify", "not_ours": "not_ours"}.get(task.state, "blocked")
        since = task.reported_at if kind == "verify" else task.blocked_at
        rows.append(_entry(kind, task, since or task.received_at or task.created_at, "", task=task.id))
    last = _last_words(session, [row["task"] for row in rows])
    for row in rows:
        row["text"] = last.get(row["task"], "")
    for extension, task in session.execute(
        select(ExtensionRow, TaskRow)
        .join(TaskRow, TaskRow.id == ExtensionRow.task_id)
        .options(joinedload(TaskRow.item), joinedload(TaskRow.unit))
        .where(ExtensionRow.verdict.is_(None))
    ):
        rows.append(
            _entry(
                "extension",
                task,
                extension.asked_at,
                extension.reason,
                extension=extension.id,
                task=task.id,
                asked=_iso(extension.asked),
            )
        )
    for question, name, no in session.execute(
        select(QuestionRow, PersonRow.name, ItemRow.no)
        .join(PersonRow, PersonRow.id == QuestionRow.person_id)
        .outerjoin(ItemRow, ItemRow.id == QuestionRow.item_id)
        .where(QuestionRow.settled_at.is_(None))
    ):
        rows.append(
            {
                "kind": question.kind,
                "item": no,
                "unit": None,
                "since": question.at.isoformat(),
                "text": question.text,
                "by": name,
                "question": question.id,
            }
        )
    lost_texts = session.scalars(
        select(ItemRow)
        .join(PlanRow)
        .where(ItemRow.requirement.is_(None), ItemRow.state == "active", PlanRow.state == "active")
    )
    rows += [
        {"kind": "lost-text", "item": lost.no, "unit": None, "since": None, "text": lost.place}
        for lost in lost_texts
    ]
    doubtful = session.execute(
        select(OutboxRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == OutboxRow.person_id)
        .where(ASIDE, OutboxRow.state == "unknown")
    )
    rows += [
        {
            "kind": "unknown-message",
            "item": None,
            "unit": None,
            "since": message.created_at.isoformat(),
            "text": message.text or "",
            "by": name,
            "message": message.id,
        }
        for message, name in doubtful
    ]
    rows += _held(session)
    return sorted(rows, key=lambda row: (row["since"] or "", row["item"] or 0)) + _unsigned(session, view)


def _held(session: Session) -> list[dict[str, Any]]:
    """What a restored backup had on its way: one row, decided together."""
    first = held.since(session)
    if first is None:
        return []
    return [
        {
            "kind": "held-messages",
            "item": None,
            "unit": None,
            "since": first.isoformat(),
            "text": "",
            "messages": held.count(session),
        }
    ]


def _unsigned(session: Session, view: View) -> list[dict[str, Any]]:
    """Units that were told of work and have not signed for it in time (未签收), one row each.

    A period's report needs no signature: its tasks count as told from the moment that made them.
    """
    if view.unsigned_before is None:
        return []
    rows = session.execute(
        select(UnitRow.name, func.min(TaskRow.announced_at), func.count())
        .join(TaskRow, TaskRow.unit_id == UnitRow.id)
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .join(PlanRow, PlanRow.id == ItemRow.plan_id)
        .where(
            UNSIGNED,
            TaskRow.announced_at < view.unsigned_before,
            PlanRow.state == "active",
            ItemRow.state == "active",
        )
        .group_by(UnitRow.id, UnitRow.name)
        .order_by(func.min(TaskRow.announced_at), UnitRow.id)
    )
    return [
        {
            "kind": "unsigned",
            "item": None,
            "unit": name,
            "since": told.isoformat() if told is not None else None,
            "text": "",
            "tasks": count,
        }
        for name, told, count in rows
    ]


def _entry(kind: str, about: TaskRow, since: Any, text: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "item": about.item.no,
        "unit": about.unit.name,
        "since": since.isoformat(),
        "text": text,
        **more,
    }


def _last_words(session: Session, ids: Sequence[int]) -> dict[int, str]:
    return {task: said[-1]["text"] for task, said in _reports(session, ids).items() if said}
