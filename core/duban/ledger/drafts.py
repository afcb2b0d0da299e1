"""Documents on their way into the ledger, and what was decided of their doubts: one mechanism for the chat
and for the command line, so that either can stop and go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from duban.ledger.tables import DraftRow, PersonRow
from duban.reading.heads import File

MOST = 5  # of one person's; the oldest gives way


def keep(
    session: Session,
    file: File,
    *,
    person: PersonRow | None,
    now: datetime,
    year: int | None = None,
    issued: date | None = None,
) -> DraftRow:
    """The draft of a file, with what was decided of it before. In chat the file is kept; on the command
    line (no person) it stays where it is."""
    row = find(session, file.sha256, person=person)
    if row is None:
        row = DraftRow(person_id=person.id if person else None, sha256=file.sha256, decisions={}, at=now)
        session.add(row)
    row.name, row.at = file.name, now
    row.body = file.body if person is not None else None
    row.year, row.issued = year or row.year, issued or row.issued
    session.flush()
    for old in of_person(session, person)[MOST:] if person is not None else ():
        drop(session, old)
    return row


def find(session: Session, sha256: str, *, person: PersonRow | None) -> DraftRow | None:
    """A person's draft of a file, or the command line's."""
    whose = DraftRow.person_id.is_(None) if person is None else DraftRow.person_id == person.id
    return session.scalar(select(DraftRow).where(DraftRow.sha256 == sha256, whose))


def of_person(session: Session, person: PersonRow) -> Sequence[DraftRow]:
    """A person's drafts, the one touched last first."""
    asked = select(DraftRow).where(DraftRow.person_id == person.id)
    return session.scalars(asked.order_by(DraftRow.at.desc(), DraftRow.id.desc())).all()


def file_of(row: DraftRow) -> File:
    """The file that a person sent."""
    return File(row.sha256, row.name, row.body or b"")


def drop(session: Session, row: DraftRow) -> None:
    """It is imported, or not wanted."""
    session.delete(row)
    session.flush()
