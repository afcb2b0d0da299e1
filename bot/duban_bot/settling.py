"""What becomes of a message that its chat did not take, or that cannot be said at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from duban.ledger import outbox, people
from duban.ledger.database import Session
from duban.ledger.outbox import Sending
from duban.ledger.tables import OutboxRow, PersonRow
from duban_bot.transports.base import (
    Gone,
    Moved,
    Outgoing,
    Refused,
    RetryLater,
    TransportError,
    Unreachable,
)

PLAIN = "plain"  # in a row's facts: sent without markup


@dataclass(frozen=True, slots=True)
class Letter:
    """What is about to leave."""

    row_id: int
    kind: str
    transport: str
    chat: str
    message: Outgoing
    edits: str | None = None  # the ref of the message that this one replaces


def refused(session: Session, letter: Letter, error: TransportError, *, now: datetime) -> None:
    """By what the chat said: again later, in another form, to another chat, once more in doubt, or never."""
    why = type(error).__name__
    match error:
        case RetryLater():
            wait = timedelta(seconds=error.seconds) if error.seconds is not None else None
            outbox.retry(session, letter.row_id, now=now, error=why, wait=wait)
        case Moved():
            people.follow(session, letter.transport, old=letter.chat, new=error.chat)
            outbox.retry(session, letter.row_id, now=now, error=why)
        case Unreachable():
            _lost(session, letter, now=now, why=why)
        case Gone() if letter.edits is not None:
            _once_more(session, letter, now=now, why=why, kind="text")
        case Refused() if not letter.message.plain:
            _once_more(session, letter, now=now, why=why, facts={PLAIN: True})
        case Gone() | Refused():
            outbox.move(session, letter.row_id, Sending.FAILED, error=str(error)[:200])
            _tell(session, "refused", letter.row_id, now=now)
        case _:  # InDoubt, or what no library foresaw: it may have arrived
            outbox.doubt(session, letter.row_id, now=now, error=why)


def unsayable(session: Session, row: OutboxRow, error: Exception, *, now: datetime) -> None:
    """A fault of ours: no text can be made of it. It ends here, and coordinators are told."""
    outbox.move(session, row.id, Sending.FAILED, error=type(error).__name__)
    outbox.give_back(session, row, now=now)
    _tell(session, "refused", row.id, now=now)


def _once_more(
    session: Session,
    letter: Letter,
    *,
    now: datetime,
    why: str,
    kind: str | None = None,
    facts: Mapping[str, bool] | None = None,
) -> None:
    """In another form: without markup, or where the message to edit is gone as a message of its own."""
    row = session.get_one(OutboxRow, letter.row_id, populate_existing=True)
    row.kind, row.facts = kind or row.kind, row.facts | dict(facts or {})
    session.flush()
    outbox.retry(session, row.id, now=now, error=why, wait=timedelta(0))


def _lost(session: Session, letter: Letter, *, now: datetime, why: str) -> None:
    """Nobody is there any more: the reminders wait for who is bound next, coordinators are told."""
    row = session.get_one(OutboxRow, letter.row_id, populate_existing=True)
    outbox.move(session, row.id, Sending.FAILED, error=why)
    person = session.get(PersonRow, row.person_id) if row.person_id is not None else None
    if person is None:
        return
    people.mark_unreachable(session, person, now=now, why=why)
    outbox.give_back(session, row, now=now)
    _tell(session, "lost-contact", row.id, now=now)


def _tell(session: Session, kind: str, row_id: int, *, now: datetime) -> None:
    """Coordinators hear, once, of a person's message that will not arrive."""
    row = session.get_one(OutboxRow, row_id)
    if row.person_id is None or (kind == row.kind == "refused"):  # a stranger's; or no such word arrives
        return
    for coordinator in people.coordinators(session):
        outbox.put(
            session,
            key=f"{kind}:{row.id}:{coordinator.id}",
            kind=kind,
            facts={"person": row.person_id, "message": row.id},
            person=coordinator,
            due_at=now,
            now=now,
        )
