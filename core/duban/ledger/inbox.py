"""What comes in: written and committed before the chat is told, handled from the table, once in effect.

new → done (with what it did, in one transaction) | set_aside (three tries failed: coordinators are told).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from duban.ledger import writing
from duban.ledger.tables import InboxRow, holdable

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
    rows = [
        {"transport": transport, "update_key": key, "body": _holdable(body), "at": now}
        for key, body in updates
    ]
    return len(writing.add_new(session, InboxRow, rows))


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


def ready(session: Session, *, limit: int) -> list[tuple[int, str, dict[str, Any]]]:
    """The same with what they say: (id, transport, body)."""
    asked = select(InboxRow.id, InboxRow.transport, InboxRow.body).where(NEW)
    return [tuple(row) for row in session.execute(asked.order_by(InboxRow.id).limit(limit))]


def still_new(session: Session, row_id: int) -> tuple[str, dict[str, Any]] | None:
    """(transport, body) of an update that nobody has handled yet."""
    found = session.execute(
        select(InboxRow.transport, InboxRow.body).where(NEW, InboxRow.id == row_id)
    ).first()
    return (found[0], found[1]) if found is not None else None


def move(
    session: Session, row_ids: Collection[int], to: Handling, *, now: datetime, error: str | None = None
) -> set[int]:
    """Move the updates that the table allows to; the ids of those that moved."""
    before = [state for state, nexts in MOVES.items() if to in nexts]
    moved = session.scalars(
        update(InboxRow)
        .where(InboxRow.id.in_(row_ids), InboxRow.state.in_(before))
        .values(state=to, handled_at=now, error=error)
        .returning(InboxRow.id),
        execution_options={"synchronize_session": False},
    )
    return set(moved)


def done(session: Session, row_ids: Collection[int], *, now: datetime) -> set[int]:
    """Handled: in the same transaction as what they do. Those that were not before."""
    return move(session, row_ids, Handling.DONE, now=now)


def failed(session: Session, row_id: int, *, error: str, now: datetime) -> bool:
    """Count a try that failed; True when the update is set aside for good."""
    row = session.get_one(InboxRow, row_id)
    row.tries += 1
    row.error = error
    session.flush()
    return row.tries >= TRIES and bool(move(session, [row_id], Handling.SET_ASIDE, now=now, error=error))


def last_key(session: Session, transport: str) -> int | None:
    """The greatest update number that was ever kept for a transport with numeric keys."""
    recent = session.scalars(
        select(InboxRow.update_key)
        .where(InboxRow.transport == transport)
        .order_by(InboxRow.id.desc())
        .limit(200)
    )
    return max(map(int, recent), default=None)


def leave_waiting(session: Session, *, now: datetime) -> None:
    """Nobody will handle what waits: for a copy of the ledger that only looks ahead."""
    session.execute(update(InboxRow).where(NEW).values(state=Handling.DONE, handled_at=now))
