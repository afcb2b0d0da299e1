"""Messages of a restored backup: what may have left long ago waits for a coordinator's word.

A backup of last week has last week's queue in it, and nobody knows what of it was sent since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from duban.ledger import audit, gathering, outbox, people
from duban.ledger.outbox import ASIDE, ON_THE_WAY, Sending, move
from duban.ledger.tables import OutboxRow, TaskRow

TOO_OLD = timedelta(days=1)
DIGESTS = ("digest", "assignment", "reminder")  # of one person they become one


@dataclass(frozen=True, slots=True)
class Held:
    """What a restore did with the queue of a backup."""

    held: int  # waits for a coordinator
    again: int  # young enough to go at once, marked 补发


def hold_back(
    session: Session, *, now: datetime, taken: datetime | None, digest: datetime | None = None
) -> Held:
    """Right after a restore: old messages on their way are held; younger ones that were due go, marked.

    `taken`: when the backup was made, as far as it knows itself. `digest`: until then nobody is reminded of
    what came up since, so that it is one digest (None: the hour for it is now). Coordinators are told once.
    """
    if digest is not None:
        session.execute(update(TaskRow).where(TaskRow.next_at <= now).values(next_at=digest))
    old = session.scalars(
        select(OutboxRow.id).where(ON_THE_WAY, OutboxRow.created_at < now - TOO_OLD, OutboxRow.due_at <= now)
    ).all()
    for row_id in old:
        move(session, row_id, Sending.HELD, lease_until=None)
    again = session.execute(
        update(OutboxRow)
        .where(ON_THE_WAY, OutboxRow.due_at <= now)
        .values(state=Sending.QUEUED, lease_until=None, again=True)
    ).rowcount  # type: ignore[attr-defined]
    for boss in people.coordinators(session):
        outbox.put(
            session, key=f"held:{boss.id}:{now:%Y%m%dT%H%M%S}", kind="restored", person=boss,
            facts={"taken": taken.isoformat() if taken is not None else None}, due_at=now, now=now,
        )  # fmt: skip
    audit.record(
        session, now=now, actor="cli", act="restore", object="ledger", held=len(old), again=again,
        taken=taken.isoformat() if taken is not None else None,
    )  # fmt: skip
    return Held(len(old), again)


def count(session: Session) -> int:
    """How many messages wait for a coordinator's word."""
    return session.scalar(select(func.count()).where(ASIDE, OutboxRow.state == Sending.HELD)) or 0


def since(session: Session) -> datetime | None:
    """When the oldest of them was decided."""
    return session.scalar(
        select(func.min(OutboxRow.created_at)).where(ASIDE, OutboxRow.state == Sending.HELD)
    )


def release(session: Session, *, now: datetime, actor: str) -> int:
    """Let them go, marked 补发; a person's digests go as one, about all their tasks. Returns how many go."""
    rows = _rows(session)
    kept: dict[tuple[int, str], OutboxRow] = {}
    gone = 0
    for row in rows:  # the newest first
        group = "copy" if row.kind == "copy" else "digest" if row.kind in DIGESTS else None
        if group is None or row.person_id is None:
            gone += move(session, row.id, Sending.QUEUED, due_at=now, again=True)
            continue
        first = kept.setdefault((row.person_id, group), row)
        if first is row:
            gone += move(session, row.id, Sending.QUEUED, due_at=now, again=True)
        else:
            first.facts = gathering.together(first.facts, row.facts)
            move(session, row.id, Sending.DROPPED, error="merged")
    _tell(session, "release", len(rows), now=now, actor=actor)
    return gone


def drop(session: Session, *, now: datetime, actor: str) -> int:
    """None of them goes; what is still open is said by the next reminders. Returns how many they were."""
    rows = _rows(session)
    for row in rows:
        move(session, row.id, Sending.DROPPED, error="dropped by a coordinator")
    _tell(session, "drop", len(rows), now=now, actor=actor)
    return len(rows)


def _rows(session: Session) -> list[OutboxRow]:
    asked = select(OutboxRow).where(ASIDE, OutboxRow.state == Sending.HELD).order_by(OutboxRow.id.desc())
    return list(session.scalars(asked))


def _tell(session: Session, act: str, rows: int, *, now: datetime, actor: str) -> None:
    if rows:
        audit.record(session, now=now, actor=actor, act=act, object="outbox", messages=rows)
