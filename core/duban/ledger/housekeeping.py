"""What nobody waits for any more is put away: once a night, by the machine itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import DeclarativeBase, Session

from duban.ledger import audit
from duban.ledger.desk import FORGOTTEN
from duban.ledger.tables import DialogRow, DraftRow, InviteRow

EXPIRED = timedelta(days=30)  # until then a stale link is told from a wrong one
UNCONFIRMED = timedelta(days=30)  # a document sent and neither imported nor dropped


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of each are gone."""

    invites: int
    dialogs: int
    drafts: int

    def __bool__(self) -> bool:
        """Whether anything was put away."""
        return bool(self.invites or self.dialogs or self.drafts)


def sweep(session: Session, *, now: datetime) -> Swept:
    """Delete invites long expired, questions left unanswered, documents left unconfirmed."""
    swept = Swept(
        invites=_gone(session, InviteRow, InviteRow.expires_at < now - EXPIRED),
        dialogs=_gone(session, DialogRow, DialogRow.at < now - FORGOTTEN),
        drafts=_gone(session, DraftRow, DraftRow.at < now - UNCONFIRMED),
    )
    if swept:
        audit.record(
            session, now=now, actor="scheduler", act="sweep", object="ledger",
            invites=swept.invites, dialogs=swept.dialogs, drafts=swept.drafts,
        )  # fmt: skip
    return swept


def _gone(session: Session, table: type[DeclarativeBase], old: ColumnElement[bool]) -> int:
    return int(session.execute(delete(table).where(old)).rowcount)  # type: ignore[attr-defined]
