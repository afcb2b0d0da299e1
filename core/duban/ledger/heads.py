"""What coordinators said of column heads that no wording fits: kept, so that nobody is asked twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from duban.ledger import audit
from duban.ledger.tables import HeadRow


def kept(session: Session) -> dict[str, str]:
    """Plain head → a Column's value, or skip."""
    return {row.plain: row.meaning for row in session.scalars(select(HeadRow))}


def keep(session: Session, plain: str, meaning: str, *, now: datetime, actor: str) -> None:
    """From now on a head means this. Said again it changes nothing; said otherwise, the last word counts."""
    row = session.get(HeadRow, plain)
    if row is not None and row.meaning == meaning:
        return
    if row is None:
        session.add(HeadRow(plain=plain, meaning=meaning, by=actor, at=now))
    else:
        row.meaning, row.by, row.at = meaning, actor, now
    audit.record(session, now=now, actor=actor, act="head", object="heads", head=plain, meaning=meaning)
    session.flush()
