"""A plan's items as values, and what an amended document does to them: tasks stay with their item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from duban.errors import DubanError
from duban.ledger import audit
from duban.ledger.amend import Before, Change, Diff, Fate, pair_deadlines
from duban.ledger.decisions import GIVEN
from duban.ledger.making import deadlines_of, responsible_of, to_deadline
from duban.ledger.roster import duties_of
from duban.ledger.tables import DeadlineRow, DutyRow, ItemRow, PeriodRow, TaskRow
from duban.ledger.tasks import cancel_all, set_due
from duban.model import Deadline, Duty, Item, Origin, PlanContext, Role, Source

REQUIREMENT = str(Source.REQUIREMENT)
EARLIER = "上一份文件"  # before a place in a document that was amended
OVER = frozenset({"closed", "cancelled", "reported", "missed"})  # whatever is said now comes too late


class EmptyText(DubanError):
    """第 {no} 项的要求文字是空的，请给出完整的一段。"""


class HasText(DubanError):
    """第 {no} 项的要求文字没有缺失，不用补。文件有改动时，请导入修订后的文件。"""


def before(session: Session, plan_id: int) -> list[Before]:
    """A plan's active items as the ledger has them now."""
    rows = session.scalars(
        select(ItemRow)
        .where(ItemRow.plan_id == plan_id, ItemRow.state == "active")
        .order_by(ItemRow.position)
    ).all()
    duties, deadlines = duties_of(session, [row.id for row in rows]), deadlines_of(session, rows)
    return [Before(id=row.id, item=_item(row, duties[row.id], deadlines[row.id])) for row in rows]


def _item(row: ItemRow, duties: Iterable[DutyRow], deadlines: Iterable[DeadlineRow]) -> Item:
    return Item(
        no=row.no, heading=row.heading, subheading=row.subheading, requirement=row.requirement,
        where=row.place,
        units=tuple(
            Duty(name=d.name, role=Role(d.role), collective=d.collective, alias=d.alias) for d in duties
        ),
        deadlines=tuple(to_deadline(d) for d in deadlines if d.rule != GIVEN),
        origins=origins_of(row),
    )  # fmt: skip


def origins_of(row: ItemRow) -> tuple[Origin, ...]:
    """What an item was read from; () for one that was imported before that was kept."""
    return tuple(Origin(field=field, text=text, where=where) for field, text, where in row.origins)


def _kept(origins: Iterable[Origin]) -> list[list[str]]:
    return [[one.field, one.text, one.where] for one in origins]


def add_items(session: Session, plan_id: int, items: Sequence[tuple[int, Item]]) -> None:
    """New items with their duties and deadlines: (position, item) each, in three statements."""
    rows = [
        ItemRow(
            plan_id=plan_id, no=item.no, position=position, heading=item.heading, subheading=item.subheading,
            requirement=item.requirement, place=item.where, origins=_kept(item.origins),
        )
        for position, item in items
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    pairs = [(row.id, item) for row, (_, item) in zip(rows, items, strict=True)]
    _insert(session, DutyRow, [duty for id_, item in pairs for duty in _duties(id_, item.units)])
    _insert(session, DeadlineRow, [_deadline(id_, d) for id_, item in pairs for d in item.deadlines])


def _insert(session: Session, table: type[DutyRow | DeadlineRow], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _duties(item_id: int, duties: Iterable[Duty]) -> list[dict[str, Any]]:
    return [
        {"item_id": item_id, "position": n, "name": d.name, "role": str(d.role),
         "collective": d.collective, "alias": d.alias}
        for n, d in enumerate(duties)
    ]  # fmt: skip


def _deadline(item_id: int, d: Deadline) -> dict[str, Any]:
    return {"item_id": item_id} | _said(d)


def _said(d: Deadline) -> dict[str, Any]:
    return {
        "kind": str(d.kind), "text": d.text, "span_start": d.span[0], "span_end": d.span[1],
        "source": str(d.source), "rule": d.rule, "due": d.due, "time": d.time, "start": d.start,
        "amount": d.amount, "unit": str(d.unit) if d.unit else None, "trigger": d.trigger, "rrule": d.rrule,
    }  # fmt: skip


def apply(session: Session, plan_id: int, diff: Diff, *, document: str, now: datetime, actor: str) -> None:
    """Bring a plan's items to the amended document: what stays keeps its tasks, what is gone is cancelled.

    New tasks are not made here: activating an active plan again makes what is missing.
    """
    reason = f"修订文件{document}"
    rows = {row.id: row for row in session.scalars(select(ItemRow).where(ItemRow.plan_id == plan_id))}
    kept = [(n, change) for n, change in enumerate(diff.changes) if change.item is not None]
    old_units = responsible_of(session, [row for row in rows.values() if row.state == "active"])
    touched: list[ItemRow] = []
    for position, change in kept:
        if change.id is None or change.item is None:
            continue
        row = rows[change.id]
        _rewrite(row, change.item, position)
        if "units" in change.fields:
            session.execute(delete(DutyRow).where(DutyRow.item_id == row.id))
            _insert(session, DutyRow, _duties(row.id, change.item.units))
            session.expire(row, ["duties"])
            touched.append(row)
        if change.item.requirement is not None:
            put_deadlines(session, row, change.item.deadlines, reason=reason, now=now, actor=actor)
    add_items(session, plan_id, [(n, c.item) for n, c in kept if c.fate is Fate.NEW and c.item is not None])
    _release(session, touched, old_units, reason=reason, now=now, actor=actor)
    for change in diff.of(Fate.GONE):
        _end(session, rows[_id(change)], reason=reason, now=now, actor=actor)
    session.flush()


def _id(change: Change) -> int:
    if change.id is None:
        raise ValueError(change)
    return change.id


def _rewrite(row: ItemRow, item: Item, position: int) -> None:
    row.no, row.position, row.place = item.no, position, item.where
    row.heading, row.subheading = item.heading, item.subheading
    if item.requirement is not None:
        row.requirement, row.given = item.requirement, False
        row.origins = _kept(item.origins)
    else:  # the text that is known, and what was read from it, stay with the place where they stood
        old = [replace(one, where=_earlier(one.where)) for one in origins_of(row) if one.field == REQUIREMENT]
        row.origins = _kept((*item.origins, *old))


def _earlier(where: str) -> str:
    return where if where.startswith(EARLIER) else EARLIER + where


def put_deadlines(
    session: Session,
    row: ItemRow,
    deadlines: Sequence[Deadline],
    *,
    reason: str,
    now: datetime,
    actor: str,
    source: Source | None = None,
) -> None:
    """What an item says about time now (`source`: only there). A moved date keeps the old one."""
    dated = any(d.due is not None or d.rrule is not None for d in deadlines)
    known_rows = [
        known
        for known in deadlines_of(session, [row])[row.id]
        if (source is None or known.source == source)
        and (known.rule != GIVEN or dated)  # the coordinator's own date gives way to the document's alone
    ]
    values = [to_deadline(known) for known in known_rows]
    stored = {id(value): known for value, known in zip(values, known_rows, strict=True)}
    for was, says in pair_deadlines(values, deadlines):
        known = stored[id(was)] if was is not None else None
        if known is not None and (says is None or says.rrule != known.rrule):  # another rule asks anew
            _take_away(session, known, reason=reason, now=now, actor=actor)
            known = None
        if known is None:
            _insert(session, DeadlineRow, [_deadline(row.id, says)] if says is not None else [])
        elif says is not None:
            old = known.due
            for name, value in _said(says).items():
                setattr(known, name, value)
            if old is not None and known.due is not None and old != known.due:
                known.was_due = old
                _move_tasks(session, known.id, old, known.due, now=now, actor=actor)
    session.flush()
    session.expire(row, ["deadlines"])


def add_deadline(session: Session, row: ItemRow, deadline: Deadline) -> None:
    """One more deadline of an item."""
    _insert(session, DeadlineRow, [_deadline(row.id, deadline)])
    session.expire(row, ["deadlines"])


def put_text(session: Session, row: ItemRow, text: str, *, now: datetime, actor: str) -> None:
    """The coordinator's text for an item whose own is lost, read for deadlines. Raises EmptyText, HasText."""
    from duban.deadlines.grammar import read_deadlines  # noqa: PLC0415 - only who gives a text pays for it

    text = text.strip()
    if not text:
        raise EmptyText(no=row.no)
    if row.requirement is not None and not row.given:
        raise HasText(no=row.no)
    row.requirement, row.given = text, True
    context = PlanContext(year=row.plan.year, issued=row.plan.issued)
    deadlines, _ = read_deadlines(text, context=context, item=row.no)
    put_deadlines(
        session,
        row,
        deadlines,
        source=Source.REQUIREMENT,
        reason="督办员补充了要求文字",
        now=now,
        actor=actor,
    )
    audit.record(session, now=now, actor=actor, act="give-text", object=f"item:{row.id}", text=text)
    session.flush()


def _take_away(session: Session, deadline: DeadlineRow, *, reason: str, now: datetime, actor: str) -> None:
    deadline.gone = True
    tasks = session.scalars(select(TaskRow).where(TaskRow.deadline_id == deadline.id)).all()
    cancel_all(session, tasks, reason=reason, now=now, actor=actor)
    ahead = PeriodRow.opened_at.is_(None)
    session.execute(delete(PeriodRow).where(PeriodRow.deadline_id == deadline.id, ahead))


def _move_tasks(
    session: Session, deadline_id: int, old: date, new: date, *, now: datetime, actor: str
) -> None:
    rows = session.scalars(
        select(TaskRow).where(
            TaskRow.deadline_id == deadline_id, TaskRow.period_id.is_(None), TaskRow.event_id.is_(None)
        )
    )
    for task in rows:
        # a later date that was granted stands
        due = new if task.due == old else max(new, task.due)
        if task.state not in OVER and due != task.due:
            set_due(session, task, due=due, now=now, actor=actor)


def _release(
    session: Session,
    items: Sequence[ItemRow],
    old: dict[int, list[tuple[int, Role]]],
    *,
    reason: str,
    now: datetime,
    actor: str,
) -> None:
    """Units that an item names no more lose its open tasks; the others take the role that they have now."""
    session.flush()
    today = responsible_of(session, items)
    for item in items:
        roles = dict(today[item.id])
        left = {unit for unit, _ in old.get(item.id, ())} - roles.keys()
        tasks = session.scalars(select(TaskRow).where(TaskRow.item_id == item.id)).all()
        cancel_all(session, [t for t in tasks if t.unit_id in left], reason=reason, now=now, actor=actor)
        for task in tasks:
            if task.unit_id in roles:
                task.role = str(roles[task.unit_id])


def _end(session: Session, row: ItemRow, *, reason: str, now: datetime, actor: str) -> None:
    row.state, row.reason = "cancelled", reason
    tasks = session.scalars(select(TaskRow).where(TaskRow.item_id == row.id)).all()
    cancel_all(session, tasks, reason=reason, now=now, actor=actor)
    audit.record(session, now=now, actor=actor, act="cancel", object=f"item:{row.id}", reason=reason)
