"""What contacts say of tasks, its undoing, and what a coordinator decides on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy import update as change
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from duban.errors import DubanError
from duban.ledger import audit, tasks, writing
from duban.ledger.people import CONTACT
from duban.ledger.tables import (
    AnswerRow,
    ExtensionRow,
    ItemRow,
    PersonRow,
    PlanRow,
    PostRow,
    QuestionRow,
    ReportRow,
    TaskRow,
    VerificationRow,
)
from duban.model import Status, Update

OPEN = ("open", "received", "in_progress")
KEPT = (
    "state",
    "percent",
    "blocked",
    "blocked_at",
    "extension_requested",
    "received_at",
    "reported_at",
    "next_at",
)
MOMENTS = frozenset({"blocked_at", "received_at", "reported_at", "next_at"})


class TaskSettled(DubanError):
    """第 {no} 项已经{state}，不能再改；如有出入请联系督办员。"""


class NothingToUndo(DubanError):
    """这条反馈找不到了，不用撤销。"""


class AlreadyUndone(DubanError):
    """这条反馈已经撤销过了。"""


class TooLate(DubanError):
    """第 {no} 项在这之后又有了新的情况（新的反馈、核查或延期决定），不能撤销；请直接发送新的进展。"""


class NotReported(DubanError):
    """第 {no} 项还没有报送完成，不能核查；可先催办或等待反馈。"""


class NotBlocked(DubanError):
    """第 {no} 项没有待处理的困难；发送 /queue 查看还有什么等您决定。"""


class AlreadyDecided(DubanError):
    """这条延期申请已经处理过了。"""


class NoDate(DubanError):
    """没有说延期到哪一天，请给出日期，例如“11月30日”。"""


# the units that a person, a bound parameter, is a contact of
THEIRS = select(PostRow.unit_id).where(PostRow.person_id == bindparam("person"), PostRow.post == CONTACT)
JOINED = (  # a task with its item, plan and unit, of a question that joins item and plan anyway
    contains_eager(TaskRow.item).options(defer(ItemRow.origins), contains_eager(ItemRow.plan)),
    joinedload(TaskRow.unit),
)
_IN_HAND = (
    select(TaskRow)
    .join(TaskRow.item)
    .join(ItemRow.plan)
    .where(TaskRow.unit_id.in_(THEIRS), TaskRow.state.in_(OPEN), PlanRow.state == "active")
    .order_by(ItemRow.plan_id, ItemRow.position, TaskRow.due)
)
_TASKS = _IN_HAND.options(*JOINED)
_NUMBERS = _IN_HAND.with_only_columns(ItemRow.no)


def open_tasks(session: Session, person: PersonRow) -> list[TaskRow]:
    """What the person's units still have to do or report, in the plan's order."""
    return list(session.scalars(_TASKS, {"person": person.id}))


def open_items(session: Session, person: PersonRow) -> list[int]:
    """The numbers of the items that open_tasks are of, each once, in the same order."""
    return list(dict.fromkeys(session.scalars(_NUMBERS, {"person": person.id})))


def record(
    session: Session, *, person: PersonRow, said: Sequence[tuple[TaskRow, Update]], text: str, now: datetime
) -> int:
    """Keep one answer about any number of tasks: its id. Raises TaskSettled before anything is changed."""
    for task, _ in said:
        if task.state not in OPEN and task.state not in {"reported_done", "reported"}:
            raise TaskSettled(no=task.item.no, state=STATE_WORDS.get(task.state, task.state))
    answer = writing.add(session, AnswerRow, person_id=person.id, at=now, text=text)
    rows = [
        {
            "answer_id": answer,
            "task_id": task.id,
            "status": update.status,
            "percent": update.percent,
            "date": update.date,
            "text": update.reason or text,
            "evidence": list(update.evidence),
            "before": _snapshot(task),
        }
        for task, update in said
    ]
    for (task, update), report in zip(said, writing.add_all(session, ReportRow, rows), strict=True):
        _apply(session, task, update, report, text=update.reason or text, now=now)
    audit.record(
        session,
        now=now,
        actor=f"person:{person.id}",
        act="report",
        object=f"answer:{answer}",
        tasks=[[task.id, str(update.status)] for task, update in said],
    )
    return answer


STATE_WORDS = {
    "closed": "销号",
    "cancelled": "取消",
    "suspended": "挂起",
    "missed": "过了报告期",
    "not_ours": "申请改派",
}


def acknowledge(session: Session, *, person: PersonRow, tasks: Sequence[TaskRow], now: datetime) -> int:
    """Sign for tasks (签收): the answer's id. What was signed for before stays as it is."""
    fresh = [
        (task, Update(item=task.item.no, status=Status.RECEIVED)) for task in tasks if task.state in OPEN
    ]
    return record(session, person=person, said=fresh, text="签收", now=now)


def _snapshot(task: TaskRow) -> dict[str, Any]:
    values = {name: getattr(task, name) for name in KEPT}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


def _apply(session: Session, task: TaskRow, update: Update, report: int, *, text: str, now: datetime) -> None:
    status = update.status
    if update.percent is not None:
        task.percent = update.percent
    if status is Status.RECEIVED:
        task.received_at = task.received_at or now
        if task.state == "open":
            tasks.move(task, "received", now=now)
        return
    task.received_at = task.received_at or now
    if status is Status.EXTENSION:
        _ask_extension(session, task, update, report, reason=text, now=now)
        return
    if status is Status.NOT_OURS:
        tasks.move(task, "not_ours", now=now)
        task.next_at = None
        return
    task.blocked = status is Status.BLOCKED
    task.blocked_at = (task.blocked_at or now) if task.blocked else None  # the rest does not begin anew
    if task.kind == "period":
        if task.state != "reported":
            tasks.move(task, "reported", now=now)
        task.reported_at, task.next_at = now, None
    elif status is Status.DONE:
        if task.state != "reported_done":
            tasks.move(task, "reported_done", now=now)
        task.percent, task.reported_at, task.next_at = 100, now, None
    else:
        if task.state != "in_progress":
            tasks.move(task, "in_progress", now=now)
        task.next_at = now


def _ask_extension(
    session: Session, task: TaskRow, update: Update, report: int, *, reason: str, now: datetime
) -> None:
    session.execute(
        change(ExtensionRow)
        .where(ExtensionRow.task_id == task.id, ExtensionRow.verdict.is_(None))
        .values(verdict="withdrawn", decided_at=now),
        execution_options={"synchronize_session": False, "autoflush": False},
    )
    writing.add(
        session,
        ExtensionRow,
        task_id=task.id,
        report_id=report,
        asked=update.date,
        reason=reason,
        asked_at=now,
        old_due=task.due,
    )
    task.extension_requested = True


def undo(session: Session, *, answer_id: int, person: PersonRow, now: datetime) -> AnswerRow:
    """Take an answer back: each task is as it was before. Raises NothingToUndo, AlreadyUndone, TooLate."""
    answer = session.get(AnswerRow, answer_id)
    if answer is None:
        raise NothingToUndo
    if answer.undone_at is not None:
        raise AlreadyUndone
    for report in answer.reports:
        if _something_followed(session, report):
            raise TooLate(no=report.task.item.no)
    for report in answer.reports:
        for name, value in report.before.items():
            moment = value is not None and name in MOMENTS
            setattr(report.task, name, datetime.fromisoformat(value) if moment else value)
        if report.task.next_at is not None:
            report.task.next_at = now
        for extension in session.scalars(select(ExtensionRow).where(ExtensionRow.report_id == report.id)):
            extension.verdict, extension.decided_at = "withdrawn", now
    answer.undone_at = now
    audit.record(session, now=now, actor=f"person:{person.id}", act="undo", object=f"answer:{answer.id}")
    session.flush()
    return answer


def _something_followed(session: Session, report: ReportRow) -> bool:
    later = session.scalar(
        select(ReportRow.id)
        .join(AnswerRow)
        .where(ReportRow.task_id == report.task_id, ReportRow.id > report.id, AnswerRow.undone_at.is_(None))
        .where(ReportRow.answer_id != report.answer_id)
        .limit(1)
    )
    asked = select(AnswerRow.at).where(AnswerRow.id == report.answer_id).scalar_subquery()
    verified = session.scalar(
        select(VerificationRow.id)
        .where(VerificationRow.task_id == report.task_id, VerificationRow.at >= asked)
        .limit(1)
    )
    decided = session.scalar(
        select(ExtensionRow.id)
        .where(ExtensionRow.report_id == report.id, ExtensionRow.verdict.in_(("granted", "refused")))
        .limit(1)
    )
    settled = report.task.state in {"closed", "cancelled", "suspended", "missed"}
    return settled or any(found is not None for found in (later, verified, decided))


def snooze(session: Session, *, person: PersonRow, task: TaskRow, until: datetime, now: datetime) -> None:
    """Put the next reminder off; the deadline stays."""
    if task.state in OPEN:
        task.next_at, task.said_until = until, None  # what was said already is said once more then
    audit.record(
        session,
        now=now,
        actor=f"person:{person.id}",
        act="snooze",
        object=f"task:{task.id}",
        until=until.isoformat(),
    )


def verify(
    session: Session, *, task: TaskRow, verdict: str, reason: str, actor: str, now: datetime
) -> VerificationRow:
    """销号 ("closed") or 退回 ("returned"). Raises NotReported unless the work was reported done."""
    if task.state != "reported_done":
        raise NotReported(no=task.item.no)
    if verdict == "closed":
        tasks.move(task, "closed", now=now)
        task.closed_at, task.next_at = now, None
    else:
        tasks.move(task, "in_progress", now=now)
        task.next_at = now
    task.extension_requested = False
    row = VerificationRow(task_id=task.id, verdict=verdict, reason=reason, at=now, by=actor)
    session.add(row)
    audit.record(session, now=now, actor=actor, act=verdict, object=f"task:{task.id}", reason=reason)
    session.flush()
    return row


def resolve(session: Session, *, task: TaskRow, actor: str, now: datetime) -> None:
    """The coordinator has dealt with a difficulty: it leaves the queue. Raises NotBlocked."""
    if not task.blocked:
        raise NotBlocked(no=task.item.no)
    task.blocked, task.blocked_at = False, None
    if task.state in OPEN:
        task.next_at = now
    audit.record(session, now=now, actor=actor, act="resolve", object=f"task:{task.id}")
    session.flush()


def decide(
    session: Session, *, extension: ExtensionRow, verdict: str, date: date | None, actor: str, now: datetime
) -> TaskRow:
    """Grant a request (for the date asked or another) or refuse it. The original date is kept."""
    if extension.verdict is not None:
        raise AlreadyDecided
    task = session.get_one(TaskRow, extension.task_id)
    if verdict == "granted":
        until = date or extension.asked
        if until is None:
            raise NoDate
        extension.granted = until
        tasks.set_due(session, task, due=until, now=now, actor=actor)
    extension.verdict, extension.decided_at, extension.decided_by = verdict, now, actor
    task.extension_requested = False
    audit.record(
        session,
        now=now,
        actor=actor,
        act=f"extension-{verdict}",
        object=f"task:{task.id}",
        until=extension.granted.isoformat() if extension.granted else None,
    )
    session.flush()
    return task


def ask(
    session: Session, *, person: PersonRow, item: ItemRow | None, kind: str, text: str, now: datetime
) -> int:
    """Keep for the coordinator what was not understood, or asked: the question's id."""
    about = item.id if item is not None else None
    return writing.add(session, QuestionRow, person_id=person.id, item_id=about, kind=kind, text=text, at=now)
