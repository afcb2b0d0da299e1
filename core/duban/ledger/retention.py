"""How long things are kept, as a table: what is older is put away in small batches. The audit alone stays.

Bodies go and rows stay, where a row says that something was done: a key that was used is never used again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from duban.ledger import audit
from duban.ledger.inbox import Handling
from duban.ledger.outbox import Sending
from duban.ledger.tables import (
    DocumentRow,
    InboxRow,
    LocalMessageRow,
    LocalUserRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    PostRow,
    UnitRow,
)
from duban.settings import Retention

BATCH = 500  # rows in one transaction: everybody else has their turn between two
READY = ("text", "edit", "document")  # messages whose facts are their text
SETTLED = (Sending.SENT, Sending.FAILED, Sending.DROPPED, Sending.UNKNOWN)
HANDLED = (Handling.DONE, Handling.SET_ASIDE)
GONE = "gone:"  # what a person's account is called when it is nobody's any more
POSTS = {"contact": "联络员", "leader": "分管领导"}
COORDINATOR = "督办员"  # who left and had no post in a unit

Old = Callable[[datetime], ColumnElement[bool]]
Away = Callable[[Session, Sequence[int]], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept for so many days. `days`: a key of Retention; `old`: of rows from before a moment."""

    name: str
    days: str
    table: type[Any]
    old: Old
    away: Away


def _filled(column: Any) -> ColumnElement[bool]:
    """A JSON column that is not {}."""
    return func.length(cast(column, Text)) > len("{}")


def _old_outbox(before: datetime) -> ColumnElement[bool]:
    body = or_(OutboxRow.text.is_not(None), OutboxRow.kind.in_(READY) & _filled(OutboxRow.facts))
    return OutboxRow.state.in_(SETTLED) & (OutboxRow.created_at < before) & body


def _empty_outbox(session: Session, ids: Sequence[int]) -> None:
    rows = OutboxRow.id.in_(ids)
    session.execute(update(OutboxRow).where(rows).values(text=None))
    session.execute(update(OutboxRow).where(rows, OutboxRow.kind.in_(READY)).values(facts={}))
    session.execute(update(OutboxRow).where(rows, OutboxRow.person_id.is_(None)).values(chat=None))


def _old_inbox(before: datetime) -> ColumnElement[bool]:
    return InboxRow.state.in_(HANDLED) & (InboxRow.at < before) & _filled(InboxRow.body)


def _empty_inbox(session: Session, ids: Sequence[int]) -> None:
    session.execute(update(InboxRow).where(InboxRow.id.in_(ids)).values(body={}))


def _old_local(before: datetime) -> ColumnElement[bool]:
    return LocalMessageRow.at < before


def _drop_local(session: Session, ids: Sequence[int]) -> None:
    session.execute(delete(LocalMessageRow).where(LocalMessageRow.id.in_(ids)))


def _old_files(before: datetime) -> ColumnElement[bool]:
    return (LocalMessageRow.at < before) & LocalMessageRow.file_body.is_not(None)


def _drop_files(session: Session, ids: Sequence[int]) -> None:
    session.execute(update(LocalMessageRow).where(LocalMessageRow.id.in_(ids)).values(file_body=None))


def _old_documents(before: datetime) -> ColumnElement[bool]:
    """Of plans that nobody works on: while a plan is active its document stays."""
    over = select(PlanRow.id).where(PlanRow.state != "active")
    filled = func.length(DocumentRow.body) > 0
    return (DocumentRow.at < before) & DocumentRow.plan_id.in_(over) & filled


def _empty_documents(session: Session, ids: Sequence[int]) -> None:
    """The name and the hash stay: the same file is known again."""
    session.execute(update(DocumentRow).where(DocumentRow.id.in_(ids)).values(body=b""))


def _old_people(before: datetime) -> ColumnElement[bool]:
    return (PersonRow.left_at < before) & PersonRow.chat_user.not_like(f"{GONE}%")


def _forget_people(session: Session, ids: Sequence[int]) -> None:
    for person in session.scalars(select(PersonRow).where(PersonRow.id.in_(ids))):
        _forget(session, person)


def _forget(session: Session, person: PersonRow) -> None:
    """The post stands for the person; what was said to them, and what their chat handed over, is emptied."""
    user, chat = person.chat_user, person.chat
    mine = [f'"user": "{user}"'] if person.transport == "local" else [f'"id": {user}{end}' for end in ",}"]
    words = cast(InboxRow.body, Text)
    session.execute(
        update(InboxRow)
        .where(
            InboxRow.transport == person.transport,
            InboxRow.state.in_(HANDLED),
            or_(*(words.contains(one, autoescape=True) for one in mine)),
        )
        .values(body={})
        .execution_options(synchronize_session=False)
    )
    sent = session.scalars(
        select(OutboxRow.id).where(OutboxRow.person_id == person.id, OutboxRow.state.in_(SETTLED))
    ).all()
    for start in range(0, len(sent), BATCH):
        _empty_outbox(session, sent[start : start + BATCH])
    if person.transport == "local":
        session.execute(delete(LocalMessageRow).where(LocalMessageRow.chat == chat))
        session.execute(delete(LocalUserRow).where(LocalUserRow.id == user))
    person.name, person.chat_user, person.chat = _post(session, person), f"{GONE}{person.id}", ""
    person.reachable = False


def _post(session: Session, person: PersonRow) -> str:
    posts = session.execute(
        select(UnitRow.name, PostRow.post)
        .join(UnitRow, UnitRow.id == PostRow.unit_id)
        .where(PostRow.person_id == person.id)
        .order_by(UnitRow.id)
    ).all()
    return "、".join(f"{unit}{POSTS.get(post, '')}" for unit, post in posts[:3]) or COORDINATOR


RULES: tuple[Rule, ...] = (
    Rule("outbox", "messages_days", OutboxRow, _old_outbox, _empty_outbox),
    Rule("inbox", "messages_days", InboxRow, _old_inbox, _empty_inbox),
    Rule("files", "uploads_days", LocalMessageRow, _old_files, _drop_files),
    Rule("local", "messages_days", LocalMessageRow, _old_local, _drop_local),
    Rule("documents", "uploads_days", DocumentRow, _old_documents, _empty_documents),
    Rule("people", "people_days", PersonRow, _old_people, _forget_people),
)


def _where(rule: Rule, kept: Retention, now: datetime) -> ColumnElement[bool] | None:
    days: int = getattr(kept, rule.days)
    return rule.old(now - timedelta(days=days)) if days else None


def over(session: Session, *, now: datetime, kept: Retention) -> Mapping[str, int]:
    """rule → how many rows it would put away now; rules that have none are left out."""
    counted = {}
    for rule in RULES:
        where = _where(rule, kept, now)
        if where is not None and (count := session.scalar(select(func.count(rule.table.id)).where(where))):
            counted[rule.name] = count
    return counted


def find(session: Session, *, now: datetime, kept: Retention) -> tuple[Rule, Sequence[int]] | None:
    """The next batch: its rule and ids, the oldest first. None: nothing is over its time."""
    for rule in RULES:
        where = _where(rule, kept, now)
        if where is None:
            continue
        asked = select(rule.table.id).where(where).order_by(rule.table.id).limit(BATCH)
        if ids := session.scalars(asked).all():
            return rule, ids
    return None


def put_away(session: Session, rule: Rule, ids: Sequence[int], *, now: datetime) -> None:
    """One batch, in the caller's transaction."""
    rule.away(session, ids)
    audit.record(session, now=now, actor="scheduler", act="retention", object=rule.name, rows=len(ids))
