"""Two units that turn out to be one: everything of the one goes over to the other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from duban.errors import DubanError
from duban.ledger import audit
from duban.ledger.tables import (
    AliasRow,
    EventRow,
    ExtensionRow,
    InviteRow,
    MemberRow,
    PostRow,
    ReportRow,
    TaskRow,
    UnitRow,
    VerificationRow,
)
from duban.model import Role

# how far work has come: of two tasks that become one, the further stays
_PROGRESS = (
    "cancelled", "not_ours", "missed", "suspended", "open", "received", "in_progress", "reported_done",
    "reported", "closed",
)  # fmt: skip


class SameUnit(DubanError):
    """“{name}”不能和自己合并，请给出两个不同的单位。"""


def merge(session: Session, unit: UnitRow, into: UnitRow, *, now: datetime, actor: str) -> UnitRow:
    """`unit` ends and its name becomes an alias of `into`. Tasks, reports, people and memberships go over."""
    if unit.id == into.id:
        raise SameUnit(name=unit.name)
    name = unit.name
    session.execute(update(AliasRow).where(AliasRow.unit_id == unit.id).values(unit_id=into.id))
    _move_links(session, unit, into)
    _move_tasks(session, unit, into, now=now)
    for table in (EventRow, InviteRow):
        session.execute(update(table).where(table.unit_id == unit.id).values(unit_id=into.id))
    session.flush()
    session.execute(delete(UnitRow).where(UnitRow.id == unit.id))
    session.expunge(unit)
    session.add(AliasRow(name=name, unit_id=into.id))
    audit.record(session, now=now, actor=actor, act="merge", object=f"unit:{into.id}", name=name, was=unit.id)
    session.flush()
    return into


def _move_links(session: Session, unit: UnitRow, into: UnitRow) -> None:
    """Memberships and posts: a link that both have is kept once."""
    theirs = set(session.scalars(select(MemberRow.collective_id).where(MemberRow.unit_id == into.id)))
    for member in session.scalars(select(MemberRow).where(MemberRow.unit_id == unit.id)).all():
        session.delete(member)
        if member.collective_id not in theirs:
            session.add(MemberRow(collective_id=member.collective_id, unit_id=into.id))
    for post in session.scalars(select(PostRow).where(PostRow.unit_id == unit.id)).all():
        session.delete(post)
        if session.get(PostRow, (post.person_id, into.id, post.post)) is None:
            session.add(
                PostRow(person_id=post.person_id, unit_id=into.id, post=post.post, position=post.position)
            )
    session.flush()


def _move_tasks(session: Session, unit: UnitRow, into: UnitRow, *, now: datetime) -> None:
    theirs = {
        _place(task): task for task in session.scalars(select(TaskRow).where(TaskRow.unit_id == into.id))
    }
    for task in session.scalars(select(TaskRow).where(TaskRow.unit_id == unit.id)).all():
        twin = theirs.get(_place(task))
        if twin is None:
            task.unit_id = into.id
            task.next_at = now if task.next_at is not None else None
            continue
        kept, ended = sorted((twin, task), key=lambda t: _PROGRESS.index(t.state), reverse=True)
        for table in (ReportRow, ExtensionRow, VerificationRow):
            session.execute(update(table).where(table.task_id == ended.id).values(task_id=kept.id))
        kept.role = min(Role(kept.role), Role(ended.role), key=lambda role: role.rank)
        session.delete(ended)
        session.flush()  # the place is free before the other moves into it
        kept.unit_id = into.id
    session.flush()


def _place(task: TaskRow) -> tuple[int | None, ...]:
    return (task.item_id, task.deadline_id, task.event_id, task.period_id)
