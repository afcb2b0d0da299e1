"""What waited too long becomes one message: a person never gets a burst of what an outage held up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from duban.ledger import outbox
from duban.ledger.outbox import ON_THE_WAY, Sending
from duban.ledger.tables import OutboxRow

DIGEST = "digest:"  # what the key of a person's one digest of a day begins with
GATHERED = frozenset({"copy", "unreachable"})  # of these a person gets all that wait as one


def of_a_day(row: OutboxRow) -> bool:
    """Whether a message is its person's one digest of a day. One that may be a repeat is owed whenever."""
    return row.key.startswith(DIGEST) and not row.again


def lapse(session: Session, row: OutboxRow) -> None:
    """A digest that did not leave on its day never does: what it was to say is due still, for the next."""
    outbox.give_back(session, row, now=row.created_at)
    outbox.move(session, row.id, Sending.DROPPED, error="its day was over")


def overtake(session: Session, *, before: datetime) -> int:
    """Let the queued digests of the days before a moment lapse. Returns how many."""
    old = session.scalars(
        select(OutboxRow).where(
            ON_THE_WAY,
            OutboxRow.state == Sending.QUEUED,
            OutboxRow.created_at < before,
            OutboxRow.key.startswith(DIGEST),
            OutboxRow.again.is_(False),
        )
    ).all()
    taken = [row for row in old if outbox.move(session, row.id, Sending.CLAIMED)]  # as a courier takes it
    for row in taken:
        lapse(session, row)
    return len(taken)


def gather(session: Session, row: OutboxRow) -> None:
    """What else of its kind waits for the same person goes with a message that is about to leave."""
    if row.kind not in GATHERED or row.person_id is None:
        return
    others = session.scalars(
        select(OutboxRow)
        .where(
            ON_THE_WAY,
            OutboxRow.state == Sending.QUEUED,
            OutboxRow.person_id == row.person_id,
            OutboxRow.kind == row.kind,
            OutboxRow.again == row.again,
        )
        .order_by(OutboxRow.id.desc())
    ).all()
    for other in others:
        if outbox.move(session, other.id, Sending.CLAIMED):  # as a courier takes it
            outbox.move(session, other.id, Sending.DROPPED, error="merged")
            row.facts = together(row.facts, other.facts)


def together(first: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of two messages of a kind as one's: each task once, as the first has it; each unit once."""
    merged = dict(first)
    if "tasks" in first:
        known = {one[0] for one in first["tasks"]}
        merged["tasks"] = [*first["tasks"], *(one for one in other["tasks"] if one[0] not in known)]
    if "units" in first:
        merged["units"] = sorted({*first["units"], *other["units"]})
    return merged
