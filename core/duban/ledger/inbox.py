"""What comes in: written and committed before the chat is told, handled from the table, once in effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from duban.ledger.tables import InboxRow, holdable

TRIES = 3
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
    fresh = {key: _holdable(body) for key, body in updates if key not in known}
    session.add_all(
        InboxRow(transport=transport, update_key=key, body=_holdable(body), at=now)
        for key, body in fresh.items()
    )
    return len(fresh)


def _holdable(value: Any) -> Any:
    """What a chat hands over is handled as it can be kept and said again."""
    if isinstance(value, str):
        return holdable(value)
    if isinstance(value, Mapping):
        return {key: _holdable(one) for key, one in value.items()}
    return [_holdable(one) for one in value] if isinstance(value, list | tuple) else value


def waiting(session: Session, *, limit: int = 20) -> Sequence[int]:
    """Ids of updates that nobody has handled yet, oldest first."""
    return session.scalars(select(InboxRow.id).where(NEW).order_by(InboxRow.id).limit(limit)).all()


def done(row: InboxRow, *, now: datetime) -> None:
    """Handled: in the same transaction as what it did."""
    row.state, row.handled_at, row.error = "done", now, None


def failed(session: Session, row_id: int, *, error: str, now: datetime) -> bool:
    """Count a try that failed; True when the update is set aside for good."""
    row = session.get_one(InboxRow, row_id)
    row.tries += 1
    row.error = error
    if row.tries >= TRIES:
        row.state, row.handled_at = "set_aside", now
    return row.state == "set_aside"


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
    session.execute(update(InboxRow).where(InboxRow.state == "new").values(state="done", handled_at=now))
