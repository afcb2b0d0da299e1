"""What comes in: written and committed before the chat is told, handled from the table, once in effect.

new → done (with what it did, in one transaction) | set_aside (three tries failed: coordinators are told).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from duban.ledger.tables import InboxRow

TRIES = 3


class Handling(StrEnum):
    """The state of an update that came in."""

    NEW = "new"
    DONE = "done"
    SET_ASIDE = "set_aside"


MOVES: dict[Handling, frozenset[Handling]] = {
    Handling.NEW: frozenset({Handling.DONE, Handling.SET_ASIDE}),
    Handling.DONE: frozenset(),
    Handling.SET_ASIDE: frozenset(),
}
# in the very words of the partial index: SQLite matches no bound parameter against an index's condition
NEW = sql("inbox.state = 'new'")


def take(
    session: Session, transport: str, updates: Sequence[tuple[str, Mapping[str, Any]]], *, now: datetime
) -> int:
    """Keep a batch of (key, body); what is known already is passed over. Returns how many were new."""
    keys = [key for key, _ in updates]
    known = set(
        session.scalars(
            select(InboxRow.update_key).where(InboxRow.transport == transport, InboxRow.update_key.in_(keys))
        )
    )
    fresh = {key: body for key, body in updates if key not in known}
    session.add_all(
        InboxRow(transport=transport, update_key=key, body=dict(body), at=now) for key, body in fresh.items()
    )
    return len(fresh)


def waiting(session: Session, *, limit: int = 20) -> Sequence[int]:
    """Ids of updates that nobody has handled yet, oldest first."""
    return session.scalars(select(InboxRow.id).where(NEW).order_by(InboxRow.id).limit(limit)).all()


def is_new(session: Session, row_id: int) -> bool:
    """Whether nobody has handled this update yet."""
    return session.scalar(select(InboxRow.id).where(NEW, InboxRow.id == row_id)) is not None


def move(row: InboxRow, to: Handling, *, now: datetime, error: str | None = None) -> bool:
    """Move an update if the table allows it; False when it was elsewhere already."""
    if to not in MOVES[Handling(row.state)]:
        return False
    row.state, row.handled_at, row.error = to, now, error
    return True


def failed(session: Session, row_id: int, *, error: str, now: datetime) -> bool:
    """Count a try that failed; True when the update is set aside for good."""
    row = session.get_one(InboxRow, row_id)
    row.tries += 1
    row.error = error
    return row.tries >= TRIES and move(row, Handling.SET_ASIDE, now=now, error=error)


def last_key(session: Session, transport: str) -> int | None:
    """The greatest update number that was ever kept for a transport with numeric keys."""
    keys = session.scalar(select(func.max(InboxRow.id)).where(InboxRow.transport == transport))
    if keys is None:
        return None
    recent = session.scalars(
        select(InboxRow.update_key)
        .where(InboxRow.transport == transport)
        .order_by(InboxRow.id.desc())
        .limit(200)
    )
    return max(int(key) for key in recent)


def leave_waiting(session: Session, *, now: datetime) -> None:
    """Nobody will handle what waits: for a copy of the ledger that only looks ahead."""
    session.execute(update(InboxRow).where(NEW).values(state=Handling.DONE, handled_at=now))
