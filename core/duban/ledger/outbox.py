"""What leaves: rows written with the decision to send, claimed, sent and settled by the courier.

queued → claimed (a lease) → sending (committed just before the request) → sent | unknown | failed | dropped.
What a restored backup had on its way, and is old, is held until a coordinator releases or drops it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, func, or_, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from duban.ledger import writing
from duban.ledger.tables import OutboxRow, PersonRow, TaskRow

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
GOLDEN = 0.618034  # its multiples lie evenly in a circle


class Sending(StrEnum):
    """The state of a message on its way out."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"  # in doubt twice: the coordinator looks
    FAILED = "failed"  # refused for good
    DROPPED = "dropped"  # nothing was left to say
    HELD = "held"  # on its way in a backup that was restored, and old: the coordinator decides


MOVES: dict[Sending, frozenset[Sending]] = {
    Sending.QUEUED: frozenset({Sending.CLAIMED, Sending.HELD}),
    Sending.CLAIMED: frozenset(
        {Sending.SENDING, Sending.QUEUED, Sending.DROPPED, Sending.FAILED, Sending.HELD}
    ),
    Sending.SENDING: frozenset({Sending.SENT, Sending.QUEUED, Sending.UNKNOWN, Sending.FAILED, Sending.HELD}),
    Sending.HELD: frozenset({Sending.QUEUED, Sending.DROPPED}),
    Sending.SENT: frozenset(),
    Sending.UNKNOWN: frozenset({Sending.QUEUED, Sending.DROPPED}),
    Sending.FAILED: frozenset(),
    Sending.DROPPED: frozenset(),
}
# in the very words of the partial index: SQLite matches no bound parameter against an index's IN list
ON_THE_WAY = sql("outbox.state IN ('queued', 'claimed', 'sending')")
ASIDE = sql("outbox.state IN ('unknown', 'held')")


def put(
    session: Session,
    *,
    key: str,
    kind: str,
    facts: Mapping[str, Any],
    due_at: datetime,
    now: datetime,
    person: PersonRow | None = None,
    transport: str | None = None,
    chat: str | None = None,
    urgent: bool = False,
) -> int | None:
    """Decide to send: the message's id. None where this decision (its key) was taken before."""
    row = {
        "key": key,
        "kind": kind,
        "facts": dict(facts),
        "due_at": due_at,
        "created_at": now,
        "urgent": urgent,
        "person_id": person.id if person is not None else None,
        "transport": transport,
        "chat": chat,
    }
    return next(iter(writing.add_new(session, OutboxRow, [row])), None)


def say(
    session: Session,
    *,
    key: str,
    html: str,
    now: datetime,
    buttons: Sequence[Sequence[Sequence[str]]] = (),
    person: PersonRow | None = None,
    transport: str | None = None,
    chat: str | None = None,
    due_at: datetime | None = None,
) -> int | None:
    """Answer at once (or at `due_at`) with a ready text. `buttons`: rows of [label, data]."""
    return put(
        session,
        key=key,
        kind="text",
        facts={"html": html, "buttons": [[list(b) for b in row] for row in buttons]},
        due_at=due_at or now,
        now=now,
        person=person,
        transport=transport,
        chat=chat,
        urgent=due_at is None,
    )


def claim(
    session: Session,
    *,
    now: datetime,
    limit: int,
    people: Collection[int] = (),
    chats: Collection[str] = (),
) -> list[OutboxRow]:
    """Take up to `limit` due rows, urgent ones first, none for these people and these strangers' chats."""
    free = or_(
        OutboxRow.state == Sending.QUEUED,
        (OutboxRow.state == Sending.CLAIMED) & (OutboxRow.lease_until < now),
    )
    if people:
        free = free & (OutboxRow.person_id.is_(None) | OutboxRow.person_id.not_in(people))
    if chats:
        free = free & (OutboxRow.chat.is_(None) | OutboxRow.chat.not_in(chats))
    first = (
        select(OutboxRow.id)
        .where(ON_THE_WAY, free, OutboxRow.due_at <= now)
        .order_by(OutboxRow.urgent.desc(), OutboxRow.due_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("first")  # asked once: a planner may run a subquery for each row, and claim more than `limit`
    )
    rows = session.scalars(
        update(OutboxRow)
        .where(OutboxRow.id.in_(select(first.c.id)), free)
        .values(state=Sending.CLAIMED, lease_until=now + LEASE)
        .returning(OutboxRow),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )
    return sorted(rows, key=lambda row: (not row.urgent, row.due_at, row.id))


def move(session: Session, row_id: int, to: Sending, **values: Any) -> bool:
    """Move one row if the table allows it; False when it was elsewhere already."""
    before = [state for state, nexts in MOVES.items() if to in nexts]
    done = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id, OutboxRow.state.in_(before))
        .values(state=to, **values)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def pause(tries: int, row_id: int) -> timedelta:
    """How long to wait after so many tries: doubling, five minutes at most.

    Rows that failed together do not come back together: each waits between half of it and all of it, by its
    own number.
    """
    whole = min(FIRST_PAUSE * (1 << min(tries, 16)), LONGEST_PAUSE)
    return whole * (0.5 + (row_id + tries) * GOLDEN % 1 / 2)


def retry(session: Session, row_id: int, *, now: datetime, error: str, wait: timedelta | None = None) -> None:
    """What surely was not sent goes back to the queue."""
    row = session.get_one(OutboxRow, row_id, populate_existing=True)
    move(
        session,
        row_id,
        Sending.QUEUED,
        due_at=now + (pause(row.tries, row_id) if wait is None else wait),
        tries=row.tries + 1,
        error=error,
        lease_until=None,
    )


def doubt(session: Session, row_id: int, *, now: datetime, error: str) -> Sending:
    """What may have been sent is sent once more, marked 补发; in doubt a second time it is unknown."""
    row = session.get_one(OutboxRow, row_id, populate_existing=True)
    if row.again:
        move(session, row_id, Sending.UNKNOWN, error=error)
        return Sending.UNKNOWN
    move(
        session,
        row_id,
        Sending.QUEUED,
        again=True,
        due_at=now + pause(row.tries, row_id),
        tries=row.tries + 1,
        error=error,
        lease_until=None,
    )
    return Sending.QUEUED


def recover(session: Session, *, now: datetime) -> int:
    """At the start of a process: what was in flight when the last one died is in doubt. Returns how many."""
    orphans = session.scalars(
        select(OutboxRow.id).where(ON_THE_WAY, OutboxRow.state == Sending.SENDING)
    ).all()
    for id_ in orphans:
        doubt(session, id_, now=now - FIRST_PAUSE, error="中断")
    session.execute(
        update(OutboxRow)
        .where(ON_THE_WAY, OutboxRow.state == Sending.CLAIMED)
        .values(state=Sending.QUEUED, lease_until=None)
    )
    return len(orphans)


def give_back(session: Session, row: OutboxRow, *, now: datetime) -> None:
    """The person cannot be reached: its tasks' reminders wait for whoever is bound next."""
    if row.kind == "copy":  # the contact has heard of it all
        return
    ids = [int(task[0]) for task in row.facts.get("tasks", ())]
    session.execute(
        update(TaskRow)
        .where(TaskRow.id.in_(ids), TaskRow.state.in_(("open", "received", "in_progress")))
        .values(
            next_at=now,
            said_until=None,
            announced_at=case((TaskRow.announced_at >= row.created_at, None), else_=TaskRow.announced_at),
        )
    )


def any_due(session: Session, *, now: datetime) -> bool:
    """Whether a message should leave now."""
    return (
        session.scalar(select(OutboxRow.id).where(ON_THE_WAY, OutboxRow.due_at <= now).limit(1)) is not None
    )


def waiting(session: Session) -> int:
    """How many messages are still on their way."""
    return session.scalar(select(func.count()).select_from(OutboxRow).where(ON_THE_WAY)) or 0


def put_many(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write many decisions at once; known keys are passed over. Returns how many were new."""
    return len(writing.add_new(session, OutboxRow, rows))
