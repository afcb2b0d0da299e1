"""Who did what, when. Rows are only appended; a trigger of the first migration refuses anything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from duban.ledger import writing
from duban.ledger.tables import AuditRow


def record(session: Session, *, now: datetime, actor: str, act: str, object: str, **detail: Any) -> None:
    """Append one act. `actor`: "person:12", "cli", "scheduler"; `object`: "task:3"; `detail`: JSON values."""
    writing.add(session, AuditRow, at=now, actor=actor, act=act, object=object, detail=detail)


def record_many(
    session: Session, acts: Iterable[tuple[str, Mapping[str, Any]]], *, now: datetime, actor: str, act: str
) -> None:
    """Append the same act on many objects at once: (object, detail) each."""
    rows = [
        {"at": now, "actor": actor, "act": act, "object": what, "detail": dict(detail)}
        for what, detail in acts
    ]
    if rows:
        session.execute(insert(AuditRow), rows)
