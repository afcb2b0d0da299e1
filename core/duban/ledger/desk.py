"""What lies before a person: their tasks, and the question that they were asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session, defer, joinedload

from duban.ledger import audit
from duban.ledger.reports import JOINED, OPEN, THEIRS
from duban.ledger.tables import (
    AnswerRow,
    DialogRow,
    ExtensionRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    PostRow,
    QuestionRow,
    ReportRow,
    TaskRow,
    UnitRow,
)
from duban.model import Status

T = TypeVar("T")
WHOLE = (
    joinedload(TaskRow.item).options(defer(ItemRow.origins), joinedload(ItemRow.plan)),
    joinedload(TaskRow.unit),
)
FORGOTTEN = timedelta(hours=24)  # after so long an unanswered question is no longer waited for
CHUNK = 500  # SQLite takes so many parameters and more


def wait_for(person: PersonRow, kind: str, facts: Mapping[str, Any], *, now: datetime) -> None:
    """The next words of this person answer a question; an older question is dropped."""
    person.dialog = DialogRow(kind=kind, facts=dict(facts), at=now)


def no_longer_waiting(person: PersonRow) -> None:
    """The question is answered, or was taken back."""
    if person.dialog is not None:
        person.dialog = None


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody said of a task."""

    status: str
    percent: int | None
    person: int  # an id


_TASK = select(TaskRow).where(TaskRow.id == bindparam("id")).options(*WHOLE)


def found(session: Session, table: type[T], number: int) -> T | None:
    """A row by its number; a task with its item, plan and unit."""
    if table is not TaskRow:
        return session.get(table, number)
    return cast("T | None", session.scalar(_TASK, {"id": number}))


def tasks_by_id(session: Session, ids: Iterable[int]) -> dict[int, TaskRow]:
    """Tasks with their item, plan and unit, in the plan's order. Unknown ids are left out."""
    wanted = list(dict.fromkeys(ids))
    found: list[TaskRow] = []
    for start in range(0, len(wanted), CHUNK):
        asked = select(TaskRow).where(TaskRow.id.in_(wanted[start : start + CHUNK])).options(*WHOLE)
        found += session.scalars(asked)
    found.sort(key=lambda task: (task.item.plan_id, task.item.position, task.due, task.id))
    return {task.id: task for task in found}


def tasks_of_item(session: Session, item: ItemRow) -> Sequence[TaskRow]:
    """Every unit's tasks in an item, the leading units first."""
    rows = session.scalars(select(TaskRow).where(TaskRow.item_id == item.id).options(*WHOLE))
    return sorted(rows, key=lambda task: (task.role != "lead", task.unit_id, task.due))


_NUMBERED = (
    select(TaskRow)
    .join(TaskRow.item)
    .join(ItemRow.plan)
    .where(TaskRow.unit_id.in_(THEIRS), ItemRow.no == bindparam("no"), PlanRow.state == "active")
    .options(*JOINED)
    .order_by(PlanRow.id.desc(), TaskRow.unit_id, TaskRow.due)
)


def tasks_numbered(session: Session, person: PersonRow, no: int) -> Sequence[TaskRow]:
    """What a contact's units have, open or not, in items of that number in active plans."""
    return session.scalars(_NUMBERED, {"person": person.id, "no": no}).all()


def tasks_of_units(session: Session, unit_ids: Sequence[int]) -> Sequence[TaskRow]:
    """Everything that units have in active plans, whatever its state."""
    return session.scalars(
        select(TaskRow)
        .join(ItemRow)
        .join(PlanRow)
        .where(TaskRow.unit_id.in_(unit_ids), PlanRow.state == "active")
        .options(*JOINED)
        .order_by(ItemRow.plan_id, ItemRow.position, TaskRow.due)
    ).all()


def posts_of(session: Session, people: Iterable[int]) -> set[tuple[int, int, str]]:
    """(person id, unit id, post) of some people."""
    rows = session.execute(
        select(PostRow.person_id, PostRow.unit_id, PostRow.post).where(PostRow.person_id.in_(list(people)))
    )
    return {(person, unit, post) for person, unit, post in rows}


_OF_OTHERS = (
    select(ReportRow.task_id, ReportRow.status, ReportRow.percent, AnswerRow.person_id)
    .join(AnswerRow, AnswerRow.id == ReportRow.answer_id)
    .join(PersonRow, PersonRow.id == AnswerRow.person_id)
    .where(
        ReportRow.task_id.in_(bindparam("tasks", expanding=True)),
        AnswerRow.person_id != bindparam("person"),
        AnswerRow.undone_at.is_(None),
        ReportRow.status != Status.RECEIVED,
        PersonRow.left_at.is_(None),
    )
    .order_by(ReportRow.id)
)


def last_words_of_others(session: Session, task_ids: Sequence[int], person: PersonRow) -> dict[int, Words]:
    """task id → the last thing that somebody else said of it, signatures and what was undone left out."""
    said: dict[int, Words] = {}
    for start in range(0, len(task_ids), CHUNK):
        rows = session.execute(_OF_OTHERS, {"tasks": task_ids[start : start + CHUNK], "person": person.id})
        said |= {task: Words(status, percent, other) for task, status, percent, other in rows}
    return said


def who_reported(session: Session, task: TaskRow) -> PersonRow | None:
    """Who spoke of a task last and is still there: the one to tell of a decision."""
    return session.scalar(
        select(PersonRow)
        .join(AnswerRow, AnswerRow.person_id == PersonRow.id)
        .join(ReportRow, ReportRow.answer_id == AnswerRow.id)
        .join(PostRow, (PostRow.person_id == PersonRow.id) & (PostRow.unit_id == task.unit_id))
        .where(
            ReportRow.task_id == task.id,
            AnswerRow.undone_at.is_(None),
            PersonRow.left_at.is_(None),
            PersonRow.reachable,
        )
        .order_by(ReportRow.id.desc())
        .limit(1)
    )


def last_report(session: Session, task: TaskRow) -> ReportRow | None:
    """What was said of a task last and not taken back, a signature alone left out."""
    return session.scalar(
        select(ReportRow)
        .join(AnswerRow)
        .where(
            ReportRow.task_id == task.id, AnswerRow.undone_at.is_(None), ReportRow.status != Status.RECEIVED
        )
        .order_by(ReportRow.id.desc())
        .limit(1)
    )


def waiting_extension(session: Session, task: TaskRow) -> ExtensionRow | None:
    """The request for more time that nobody has decided yet."""
    return session.scalar(
        select(ExtensionRow).where(ExtensionRow.task_id == task.id, ExtensionRow.verdict.is_(None))
    )


def settle(session: Session, question: QuestionRow, *, actor: str, now: datetime) -> None:
    """A kept question is answered."""
    if question.settled_at is None:
        question.settled_at = now
        audit.record(session, now=now, actor=actor, act="settle", object=f"question:{question.id}")


def plans(session: Session) -> Sequence[PlanRow]:
    """All plans, the newest first."""
    return session.scalars(select(PlanRow).order_by(PlanRow.id.desc())).all()


def reminded_since(session: Session, person: PersonRow, since: datetime) -> set[int]:
    """Ids of the tasks that a coordinator reminded this person of by hand since then."""
    rows = session.scalars(
        select(OutboxRow).where(
            OutboxRow.person_id == person.id, OutboxRow.kind == "reminder", OutboxRow.created_at > since
        )
    )
    return {int(task[0]) for row in rows for task in row.facts.get("tasks", ())}


def answered(session: Session, item_ids: Iterable[int]) -> dict[tuple[int, date], tuple[int, int]]:
    """(item id, due day) → (units that have answered, all units)."""
    counts: dict[tuple[int, date], tuple[int, int]] = {}
    wanted = list(dict.fromkeys(item_ids))
    said = case((TaskRow.state.in_(("reported", "reported_done", "closed")), 1), else_=0)
    for start in range(0, len(wanted), CHUNK):
        rows = session.execute(
            select(TaskRow.item_id, TaskRow.due, func.sum(said), func.count())
            .where(TaskRow.item_id.in_(wanted[start : start + CHUNK]), TaskRow.state != "cancelled")
            .group_by(TaskRow.item_id, TaskRow.due)
        )
        counts |= {(item, due): (done, all_) for item, due, done, all_ in rows}
    return counts


def unit_to_visit(session: Session, today: date) -> UnitRow:
    """A unit with open work that has a date of its own, and as little as can be that is late."""
    late = func.sum(case((TaskRow.due < today, 1), else_=0))
    dated = func.sum(case((TaskRow.kind == "dated", 1), else_=0))
    asked = (
        select(UnitRow)
        .join(TaskRow, TaskRow.unit_id == UnitRow.id)
        .where(TaskRow.state.in_(OPEN))
        .group_by(UnitRow.id)
        .having(dated > 0)
        .order_by(late, dated.desc(), UnitRow.id)
        .limit(1)
    )
    return session.scalars(asked).one()


def any_active(session: Session) -> bool:
    """Whether a plan is being supervised."""
    return session.scalar(select(PlanRow.id).where(PlanRow.state == "active").limit(1)) is not None
