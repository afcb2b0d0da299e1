"""A task's life: the table of moves, and what a coordinator does with one task.

What makes tasks is in `making`; its three doors are here too, because a task is what they return.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from duban.errors import DubanError
from duban.ledger import audit
from duban.ledger.making import UNANSWERED, open_period, record_event, responsible
from duban.ledger.tables import AuditRow, PeriodRow, TaskRow, UnitRow
from duban.model import Role

__all__ = ["MOVES", "SILENT", "UNANSWERED", "move", "open_period", "record_event", "responsible"]

_OVER = frozenset({"not_ours", "suspended", "cancelled"})
_ANSWERED = frozenset({"reported_done", "reported"})
MOVES: dict[str, frozenset[str]] = {
    "open": frozenset({"received", "in_progress", "missed"}) | _ANSWERED | _OVER,
    "received": frozenset({"in_progress", "missed"}) | _ANSWERED | _OVER,
    "in_progress": frozenset({"missed"}) | _ANSWERED | _OVER,
    "reported_done": frozenset({"closed", "in_progress"}) | _OVER,
    "not_ours": frozenset({"open", "suspended", "cancelled"}),
    "suspended": frozenset({"open", "received", "in_progress", "reported_done", "not_ours", "cancelled"}),
    "reported": frozenset({"not_ours"}),
    "closed": frozenset(),
    "missed": frozenset(),
    "cancelled": frozenset({"open"}),  # it is theirs again
}
# a period's report is settled by the report itself, any other work by the coordinator's yes (design §2)
OF_PERIODS = frozenset({"reported", "missed"})
OF_WORK = frozenset({"reported_done", "closed"})
SILENT = _ANSWERED | _OVER | {"closed", "missed"}  # states that need no reminder
WORDS = {
    "open": "待办", "received": "已签收", "in_progress": "推进中", "reported_done": "已报完成",
    "closed": "已销号", "reported": "已反馈", "missed": "未报", "not_ours": "待改派", "suspended": "已挂起",
    "cancelled": "已取消",
}  # fmt: skip


class BadMove(DubanError):
    """第 {no} 项（{unit}）现在是“{state}”，不能改成“{to}”。发送 /item {no} 查看当前情况。"""


class BadAskBy(DubanError):
    """内部时限 {ask_by} 晚于第 {no} 项的时限 {due}，请给出不晚于它的日期。"""


class AlreadyTheirs(DubanError):
    """第 {no} 项本来就由{unit}办理，不用改派。"""


def allowed(task: TaskRow, to: str) -> bool:
    """Whether the table lets a task of this kind go to that state."""
    foreign = OF_WORK if task.kind == "period" else OF_PERIODS
    return to in MOVES[task.state] and to not in foreign


def move(task: TaskRow, to: str, *, now: datetime) -> None:
    """Change the state, and with it whether the scheduler looks again. Raises BadMove."""
    if not allowed(task, to):
        raise BadMove(no=task.item.no, unit=task.unit.name, state=WORDS[task.state], to=WORDS.get(to, to))
    task.state = to
    if to in SILENT:
        task.next_at = None
    elif task.next_at is None:  # a reminder that was put off stays put off
        task.next_at = now


def set_due(session: Session, task: TaskRow, *, due: date, now: datetime, actor: str) -> None:
    """Another date; the first stays in `original_due`. An inner date belonged to the old one and goes."""
    old = task.due
    task.due, task.ask_by = due, None
    if task.state not in SILENT:
        task.next_at = now
    audit.record(
        session, now=now, actor=actor, act="due", object=f"task:{task.id}",
        old=old.isoformat(), new=due.isoformat(),
    )  # fmt: skip


def set_ask_by(session: Session, task: TaskRow, *, ask_by: date | None, now: datetime, actor: str) -> None:
    """The coordinator's earlier date (内部时限); None takes it away. Raises BadAskBy."""
    if ask_by is not None and ask_by > task.due:
        raise BadAskBy(ask_by=ask_by, no=task.item.no, due=task.due)
    task.ask_by = ask_by
    if task.state not in SILENT:
        task.next_at = now
    audit.record(
        session, now=now, actor=actor, act="ask-by", object=f"task:{task.id}",
        ask_by=ask_by.isoformat() if ask_by else None,
    )  # fmt: skip


def assign(
    session: Session, task: TaskRow, *, to: UnitRow, now: datetime, actor: str, reason: str = ""
) -> TaskRow:
    """Give the work to another unit (改派): its task is new or, where it had one, takes the stronger role.

    Raises AlreadyTheirs, BadMove.
    """
    if task.unit_id == to.id:
        raise AlreadyTheirs(no=task.item.no, unit=to.name)
    twin = session.scalar(
        select(TaskRow).where(
            TaskRow.item_id == task.item_id,
            TaskRow.unit_id == to.id,
            TaskRow.deadline_id.is_not_distinct_from(task.deadline_id),
            TaskRow.event_id.is_not_distinct_from(task.event_id),
            TaskRow.period_id.is_not_distinct_from(task.period_id),
        )
    )
    move(task, "cancelled", now=now)
    if twin is None:
        twin = TaskRow(
            item_id=task.item_id, unit_id=to.id, role=task.role, kind=task.kind, due=task.due,
            time=task.time, ask_by=task.ask_by, original_due=task.original_due, deadline_id=task.deadline_id,
            event_id=task.event_id, period_id=task.period_id, created_at=now, next_at=now, state="open",
        )  # fmt: skip
        session.add(twin)
    else:
        twin.role = min(Role(twin.role), Role(task.role), key=lambda role: role.rank)
        if twin.state in {"cancelled", "not_ours"}:
            move(twin, "open", now=now)
    session.flush()
    audit.record(
        session, now=now, actor=actor, act="assign", object=f"task:{task.id}",
        to=to.name, task=twin.id, reason=reason,
    )  # fmt: skip
    return twin


def suspend(session: Session, task: TaskRow, *, reason: str, now: datetime, actor: str) -> None:
    """Let the work rest (挂起): no reminder until it is resumed. Raises BadMove."""
    was = task.state
    move(task, "suspended", now=now)
    audit.record(
        session, now=now, actor=actor, act="suspend", object=f"task:{task.id}", reason=reason, was=was
    )


def resume(session: Session, task: TaskRow, *, now: datetime, actor: str) -> None:
    """Take the work up again, as it was before it was suspended. Raises BadMove."""
    if task.state != "suspended":
        raise BadMove(no=task.item.no, unit=task.unit.name, state=WORDS[task.state], to="恢复")
    detail = session.scalar(
        select(AuditRow.detail)
        .where(AuditRow.object == f"task:{task.id}", AuditRow.act == "suspend")
        .order_by(AuditRow.id.desc())
        .limit(1)
    )
    move(task, (detail or {}).get("was", "open"), now=now)
    audit.record(session, now=now, actor=actor, act="resume", object=f"task:{task.id}")


def cancel(session: Session, task: TaskRow, *, reason: str, now: datetime, actor: str) -> None:
    """Take the work off the list (取消), with the reason. Raises BadMove."""
    move(task, "cancelled", now=now)
    audit.record(session, now=now, actor=actor, act="cancel", object=f"task:{task.id}", reason=reason)


def cancel_all(
    session: Session, tasks: Iterable[TaskRow], *, reason: str, now: datetime, actor: str
) -> list[TaskRow]:
    """Cancel those that may still be cancelled; what is settled stays as it is. Returns the cancelled."""
    gone = [task for task in tasks if allowed(task, "cancelled")]
    for task in gone:
        move(task, "cancelled", now=now)
    audit.record_many(
        session,
        ((f"task:{task.id}", {"reason": reason}) for task in gone),
        now=now,
        actor=actor,
        act="cancel",
    )
    return gone


def current_periods(session: Session, plan_id: int) -> list[PeriodRow]:
    """The period of each cadence (the plan's, and each recurring deadline's) that was announced last."""
    opened = session.scalars(
        select(PeriodRow)
        .where(PeriodRow.plan_id == plan_id, PeriodRow.opened_at.is_not(None))
        .order_by(PeriodRow.due)
    )
    return list({period.deadline_id: period for period in opened}.values())
