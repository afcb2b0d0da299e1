"""A message in doubt twice (发送存疑): a coordinator has it sent once more, or lets it be."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from duban.errors import DubanError
from duban.ledger import audit, outbox
from duban.ledger.outbox import Sending
from duban.ledger.tables import OutboxRow


class NotInDoubt(DubanError):
    """消息 {no} 不在等人决定，可能已经处理过了。发送 /queue 查看待决定的事。"""


def find(session: Session, row_id: int) -> OutboxRow:
    """The message that waits for a word. Raises NotInDoubt."""
    row = session.get(OutboxRow, row_id)
    if row is None or row.state != Sending.UNKNOWN:
        raise NotInDoubt(no=row_id)
    return row


def resend(session: Session, row: OutboxRow, *, now: datetime, actor: str) -> None:
    """Once more, marked 补发; in doubt again, it is asked about again. Raises NotInDoubt."""
    if not outbox.move(session, row.id, Sending.QUEUED, due_at=now, lease_until=None):
        raise NotInDoubt(no=row.id)
    audit.record(session, now=now, actor=actor, act="resend", object=f"message:{row.id}")


def let_be(session: Session, row: OutboxRow, *, now: datetime, actor: str) -> None:
    """It is not sent any more. Raises NotInDoubt."""
    if not outbox.move(session, row.id, Sending.DROPPED):
        raise NotInDoubt(no=row.id)
    audit.record(session, now=now, actor=actor, act="let-be", object=f"message:{row.id}")
