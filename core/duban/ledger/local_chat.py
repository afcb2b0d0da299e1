"""The local chat's own rows: who is in it, and what its pages show."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from duban.ledger.tables import WIDEST, LocalMessageRow, LocalUserRow

RECENT = 200  # messages that a page shows when it opens


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def add_user(session: Session, secret: str, *, now: datetime) -> str:
    """A new user, known by the secret that their browser keeps; only its hash is stored."""
    user = secrets.token_hex(8)
    session.add(LocalUserRow(id=user, secret_hash=_hash(secret), created_at=now))
    return user


def user_of(session: Session, secret: str) -> str | None:
    """The user whose browser keeps this secret."""
    return session.scalar(select(LocalUserRow.id).where(LocalUserRow.secret_hash == _hash(secret)))


def message(session: Session, row_id: int) -> LocalMessageRow | None:
    """One message, if there is any of that number, however large."""
    return session.get(LocalMessageRow, row_id) if row_id <= WIDEST else None


def write(session: Session, **values: Any) -> LocalMessageRow:
    """A new message; it has its id afterwards."""
    row = LocalMessageRow(**values)
    session.add(row)
    session.flush()
    return row


def rewrite(
    session: Session, chat: str, row_id: int, *, html: str, buttons: Sequence[Any]
) -> LocalMessageRow | None:
    """Change a message of this chat; None where it is not there."""
    row = session.get(LocalMessageRow, row_id)
    if row is None or row.chat != chat:
        return None
    row.html, row.buttons, row.version = html, list(buttons), row.version + 1
    session.flush()
    return row


def recent(session: Session, chat: str) -> Sequence[LocalMessageRow]:
    """The newest messages of a chat, oldest first."""
    asked = select(LocalMessageRow).where(LocalMessageRow.chat == chat)
    return session.scalars(asked.order_by(LocalMessageRow.id.desc()).limit(RECENT)).all()[::-1]


def drop_file(session: Session, row_id: int) -> None:
    """A sent file's content goes."""
    row = session.get(LocalMessageRow, row_id)
    if row is not None:
        row.file_body = None
