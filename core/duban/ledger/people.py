"""People: who they are, what they are to an object, invites, and binding."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.orm import Session, joinedload

from duban.access import Act, Denied, Part, Thing, require
from duban.errors import DubanError
from duban.ledger import audit, outbox
from duban.ledger.tables import (
    AnswerRow,
    DutyRow,
    InviteRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    PostRow,
    ReportRow,
    TaskRow,
    UnitRow,
)
from duban.model import Role

VALID_FOR = timedelta(days=7)
IN_HAND = ("open", "received", "in_progress")  # states in which a unit still has something to do
CONTACT, LEADER, COORDINATOR = "contact", "leader", "coordinator"


class InviteUnknown(DubanError):
    """这个邀请链接无效，请向督办员要一个新的。"""


class InviteUsed(DubanError):
    """这个邀请链接已经用过了，请向督办员要一个新的。"""


class InviteExpired(DubanError):
    """这个邀请链接已过期（有效期 7 天），请向督办员要一个新的。"""


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh invite: its token is shown once and never stored."""

    token: str
    row: InviteRow


@dataclass(frozen=True, slots=True)
class Bound:
    """What a spent invite made of a person."""

    person: PersonRow
    unit: UnitRow | None
    post: str
    tasks: tuple[TaskRow, ...]  # what a contact has to be told of now


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    session: Session, *, post: str, name: str, now: datetime, actor: str, unit: UnitRow | None = None
) -> Invited:
    """A one-time token: 7 days, one use, stored hashed."""
    token = secrets.token_urlsafe(24)
    row = InviteRow(
        token_hash=_hash(token),
        post=post,
        unit_id=unit.id if unit else None,
        name=name,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    session.add(row)
    session.flush()
    audit.record(session, now=now, actor=actor, act="invite", object=f"invite:{row.id}", post=post, name=name)
    return Invited(token, row)


def renew(session: Session, row: InviteRow) -> str:
    """A fresh token for an invite, made as it is sent: no message that waits holds one in the clear."""
    token = secrets.token_urlsafe(24)
    row.token_hash = _hash(token)
    session.flush()
    return token


def find_invite(session: Session, token: str, *, now: datetime) -> InviteRow:
    """The invite of a token that may still be spent. Raises InviteUnknown, InviteUsed, InviteExpired."""
    row = session.scalar(select(InviteRow).where(InviteRow.token_hash == _hash(token)))
    if row is None:
        raise InviteUnknown
    if row.used_at is not None:
        raise InviteUsed
    if row.expires_at <= now:
        raise InviteExpired
    return row


def bind(
    session: Session, *, token: str, transport: str, chat_user: str, chat: str, name: str, now: datetime
) -> Bound:
    """Spend an invite. What the unit has in hand is handed over (hand_over) after the greeting."""
    row = find_invite(session, token, now=now)
    spent = session.execute(
        update(InviteRow).where(InviteRow.id == row.id, InviteRow.used_at.is_(None)).values(used_at=now)
    )
    if not spent.rowcount:  # type: ignore[attr-defined]
        raise InviteUsed
    name = row.name or name  # the name that the coordinator gave goes before the chat's
    person = session.scalar(
        select(PersonRow).where(PersonRow.transport == transport, PersonRow.chat_user == chat_user)
    )
    if person is None:  # who left and comes back is the same person
        person = PersonRow(name=name, transport=transport, chat_user=chat_user, chat=chat, bound_at=now)
        session.add(person)
    person.name, person.chat, person.reachable, person.left_at = name, chat, True, None
    session.flush()
    row.used_by = person.id
    unit = session.get(UnitRow, row.unit_id) if row.unit_id is not None else None
    if row.post == COORDINATOR:
        person.coordinator = True
    elif unit is not None and session.get(PostRow, (person.id, unit.id, row.post)) is None:
        taken = session.scalars(
            select(PostRow.position).where(PostRow.unit_id == unit.id, PostRow.post == row.post)
        ).all()
        session.add(
            PostRow(person_id=person.id, unit_id=unit.id, post=row.post, position=max(taken, default=-1) + 1)
        )
    session.flush()
    session.expire(person, ["posts"])
    audit.record(
        session,
        now=now,
        actor=f"person:{person.id}",
        act="bind",
        object=f"person:{person.id}",
        post=row.post,
        unit=unit.name if unit else None,
    )
    tasks = _in_hand(session, person, unit) if unit is not None and row.post == CONTACT else ()
    return Bound(person, unit, row.post, tuple(tasks))


def _in_hand(session: Session, person: PersonRow, unit: UnitRow) -> Sequence[TaskRow]:
    """What a unit's first contact, new or taking over, has to be told of; no other one hears of it."""
    first = contact_of(session, unit.id)
    if first is None or first.id != person.id:
        return ()
    return session.scalars(
        select(TaskRow)
        .join(ItemRow)
        .join(PlanRow)
        .where(
            TaskRow.unit_id == unit.id,
            TaskRow.state.in_(IN_HAND),
            ItemRow.state == "active",
            PlanRow.state == "active",
        )
        .order_by(ItemRow.position)
    ).all()


def hand_over(session: Session, bound: Bound, *, now: datetime) -> None:
    """All that the unit has in hand goes now, as one 交办 notice; its reminders go with the next digest."""
    person, unit = bound.person, bound.unit
    if unit is None or bound.post != CONTACT:
        return
    if bound.tasks:
        facts = {"tasks": [[task.id, "new", now.date().isoformat()] for task in bound.tasks]}
        outbox.put(
            session,
            key=f"bound:{person.id}:{unit.id}:{now:%Y%m%dT%H%M%S}",
            kind="assignment",
            facts=facts,
            person=person,
            due_at=now,
            now=now,
            urgent=True,
        )
        for task in bound.tasks:
            task.announced_at = task.announced_at or now
    session.execute(
        update(TaskRow).where(TaskRow.unit_id == unit.id, TaskRow.next_at.is_not(None)).values(next_at=now)
    )


_PERSON = (
    select(PersonRow)
    .where(
        PersonRow.transport == bindparam("transport"),
        PersonRow.chat_user == bindparam("chat_user"),
        PersonRow.left_at.is_(None),
    )
    .options(joinedload(PersonRow.posts), joinedload(PersonRow.dialog))
)


def person_of(session: Session, transport: str, chat_user: str) -> PersonRow | None:
    """The person behind a chat's user id, if anybody, with their posts and what they were asked."""
    asked = {"transport": transport, "chat_user": chat_user}
    return session.scalars(_PERSON, asked).unique().one_or_none()


def units_of(session: Session, person: PersonRow, post: str = CONTACT) -> Sequence[UnitRow]:
    """The units in which a person has a post."""
    return session.scalars(
        select(UnitRow)
        .join(PostRow, PostRow.unit_id == UnitRow.id)
        .where(PostRow.person_id == person.id, PostRow.post == post)
        .order_by(UnitRow.id)
    ).all()


def _first_of_units(session: Session, post: str) -> dict[int, PersonRow]:
    rows = session.execute(
        select(PostRow.unit_id, PersonRow)
        .join(PersonRow, PersonRow.id == PostRow.person_id)
        .where(PostRow.post == post, PersonRow.reachable, PersonRow.left_at.is_(None))
        .order_by(PostRow.position.desc(), PersonRow.id.desc())
    )
    return {unit: person for unit, person in rows}  # noqa: C416 - the first position comes last and stays


def contacts_of_units(session: Session) -> dict[int, PersonRow]:
    """unit id → the contact who gets its digests, in one query."""
    return _first_of_units(session, CONTACT)


def leaders_of_units(session: Session) -> dict[int, PersonRow]:
    """unit id → its leader, in one query."""
    return _first_of_units(session, LEADER)


def contact_of(session: Session, unit_id: int) -> PersonRow | None:
    """The first reachable contact of a unit."""
    return session.scalar(
        select(PersonRow)
        .join(PostRow, PostRow.person_id == PersonRow.id)
        .where(
            PostRow.unit_id == unit_id,
            PostRow.post == CONTACT,
            PersonRow.reachable,
            PersonRow.left_at.is_(None),
        )
        .order_by(PostRow.position, PersonRow.id)
        .limit(1)
    )


def coordinators(session: Session) -> Sequence[PersonRow]:
    """Everyone who owns plans."""
    return session.scalars(
        select(PersonRow)
        .where(PersonRow.coordinator, PersonRow.left_at.is_(None), PersonRow.reachable)
        .order_by(PersonRow.id)
    ).all()


def any_coordinator(session: Session) -> bool:
    """Whether somebody was ever bound as coordinator and has not left."""
    return session.scalar(select(exists().where(PersonRow.coordinator, PersonRow.left_at.is_(None)))) or False


def unbound_units(session: Session) -> Sequence[UnitRow]:
    """Units that have no reachable contact."""
    bound = (
        select(PostRow.unit_id)
        .join(PersonRow, PersonRow.id == PostRow.person_id)
        .where(PostRow.post == CONTACT, PersonRow.reachable, PersonRow.left_at.is_(None))
    )
    return session.scalars(select(UnitRow).where(UnitRow.id.not_in(bound)).order_by(UnitRow.id)).all()


def parts(
    session: Session,
    person: PersonRow | None,
    *,
    task: TaskRow | None = None,
    item: ItemRow | None = None,
    unit: UnitRow | None = None,
    answer: AnswerRow | None = None,
) -> frozenset[Part]:
    """What a person is to an object, from the ledger as it stands now.

    LEADING is not looked for where the person's own unit is concerned: who is OWN may do all of it and more.
    """
    if person is None or person.left_at is not None:
        return frozenset({Part.STRANGER})
    units, item_id = _units_concerned(session, task, item, unit, answer)
    if answer is not None and answer.person_id != person.id:
        units = set()  # somebody else's words, even of one's own unit
    found = _parts(person, units)
    if item_id is not None and Part.OWN not in found and _leads(session, person, item_id):
        found.add(Part.LEADING)
    return frozenset(found or {Part.OTHER})


def parts_in_item(
    session: Session, person: PersonRow | None, item: ItemRow, units: Iterable[int]
) -> dict[int, frozenset[Part]]:
    """What a person is to the tasks of each of these units in an item: unit id → parts."""
    if person is None or person.left_at is not None:
        return dict.fromkeys(units, frozenset({Part.STRANGER}))
    leading = {Part.LEADING} if _leads(session, person, item.id) else set()
    return {unit: frozenset(_parts(person, {unit}) | leading or {Part.OTHER}) for unit in units}


def _parts(person: PersonRow, units: set[int]) -> set[Part]:
    held = {post.post for post in person.posts if post.unit_id in units}
    return {part for part, is_so in (
        (Part.COORDINATOR, person.coordinator), (Part.OWN, CONTACT in held), (Part.LEADER, LEADER in held),
    ) if is_so}  # fmt: skip


def _leads(session: Session, person: PersonRow, item_id: int) -> bool:
    mine = {post.unit_id for post in person.posts if post.post == CONTACT}
    return bool(mine) and not mine.isdisjoint(_leading_units(session, item_id))


def _units_concerned(
    session: Session,
    task: TaskRow | None,
    item: ItemRow | None,
    unit: UnitRow | None,
    answer: AnswerRow | None,
) -> tuple[set[int], int | None]:
    if task is not None:
        return {task.unit_id}, task.item_id
    if unit is not None:
        return {unit.id}, None
    if item is not None:
        return set(session.scalars(select(TaskRow.unit_id).where(TaskRow.item_id == item.id))), item.id
    if answer is not None:
        asked = select(TaskRow.unit_id).join(ReportRow, ReportRow.task_id == TaskRow.id)
        return set(session.scalars(asked.where(ReportRow.answer_id == answer.id))), None
    return set(), None


def _leading_units(session: Session, item_id: int) -> set[int]:
    return set(
        session.scalars(select(TaskRow.unit_id).where(TaskRow.item_id == item_id, TaskRow.role == Role.LEAD))
    )


def require_task(session: Session, person: PersonRow | None, task_id: int, act: Act) -> TaskRow:
    """The task, if the person may do this with it. Who may not does not learn whether it is there."""
    task = session.get(TaskRow, task_id)
    if task is None:
        raise Denied
    require(parts(session, person, task=task), Thing.TASK, act)
    return task


def lead_names(session: Session, item_id: int) -> list[str]:
    """The units that lead an item, as written in the plan."""
    return list(
        session.scalars(
            select(DutyRow.name)
            .where(DutyRow.item_id == item_id, DutyRow.role == Role.LEAD)
            .order_by(DutyRow.position)
        )
    )


def follow(session: Session, transport: str, *, old: str, new: str) -> None:
    """A chat has another number now: who is there, and what is on its way there, goes with it."""
    session.execute(
        update(PersonRow).where(PersonRow.transport == transport, PersonRow.chat == old).values(chat=new)
    )
    session.execute(
        update(OutboxRow)
        .where(outbox.ON_THE_WAY, OutboxRow.transport == transport, OutboxRow.chat == old)
        .values(chat=new)
    )


def mark_unreachable(session: Session, person: PersonRow, *, now: datetime, why: str) -> None:
    """The chat refuses the person for good: their units' reminders wait, coordinators are told once."""
    if not person.reachable:
        return
    person.reachable = False
    audit.record(session, now=now, actor="courier", act="unreachable", object=f"person:{person.id}", why=why)


def leave(session: Session, person: PersonRow, *, now: datetime, actor: str) -> None:
    """A person goes: their posts are free, what they said stays, their units' reminders wait for the next."""
    units = select(PostRow.unit_id).where(PostRow.person_id == person.id)
    session.execute(
        update(TaskRow).where(TaskRow.unit_id.in_(units), TaskRow.next_at.is_not(None)).values(next_at=now)
    )
    person.left_at, person.coordinator = now, False
    audit.record(session, now=now, actor=actor, act="leave", object=f"person:{person.id}")
    session.flush()
