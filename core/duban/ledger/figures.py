"""The ledger in figures, without a name or a word of anybody: for /healthz, /metrics and the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from duban.ledger.inbox import NEW
from duban.ledger.outbox import ASIDE, ON_THE_WAY, Sending
from duban.ledger.people import CONTACT, IN_HAND
from duban.ledger.tables import (
    AuditRow,
    InboxRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    PostRow,
    TaskRow,
    UnitRow,
)

SET_ASIDE = sql("inbox.state = 'set_aside'")
RECENT = timedelta(days=30)  # what was told of so long ago is no news any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """What waits. Moments are of the oldest row, None where there is none."""

    outbox: int  # on their way, due or not
    outbox_due: datetime | None  # when the oldest that is due now was due
    sending: int  # on the wire, as the ledger knows
    unknown: int  # in doubt twice, in the last 30 days
    held: int  # of a restored backup
    inbox: int
    inbox_since: datetime | None
    set_aside: int  # in the last 30 days


def queues(session: Session, *, now: datetime) -> Queues:
    """Counts by the partial indexes alone: it is asked every few seconds."""
    since = now - RECENT
    waiting, sending = session.execute(
        select(func.count(), func.count().filter(OutboxRow.state == Sending.SENDING)).where(ON_THE_WAY)
    ).one()
    unknown = select(func.count()).where(
        ASIDE, OutboxRow.state == Sending.UNKNOWN, OutboxRow.created_at > since
    )
    held = select(func.count()).where(ASIDE, OutboxRow.state == Sending.HELD)
    heard, oldest = session.execute(select(func.count(), func.min(InboxRow.at)).where(NEW)).one()
    return Queues(
        outbox=waiting,
        outbox_due=session.scalar(
            select(func.min(OutboxRow.due_at)).where(ON_THE_WAY, OutboxRow.due_at <= now)
        ),
        sending=sending,
        unknown=session.scalar(unknown) or 0,
        held=session.scalar(held) or 0,
        inbox=heard,
        inbox_since=oldest,
        set_aside=session.scalar(select(func.count()).where(SET_ASIDE, InboxRow.at > since)) or 0,
    )


def newest_moment(session: Session) -> datetime | None:
    """The latest moment that the ledger knows of as past."""
    asked = (
        select(AuditRow.at).order_by(AuditRow.id.desc()).limit(1),
        select(OutboxRow.created_at).order_by(OutboxRow.id.desc()).limit(1),
        select(InboxRow.at).order_by(InboxRow.id.desc()).limit(1),
    )
    known = [moment for one in asked if (moment := session.scalar(one)) is not None]
    return max(known, default=None)


def unbound_with_work(session: Session) -> list[str]:
    """Names of units that have something to do in an active plan, and nobody who can be reached."""
    bound = (
        select(PostRow.unit_id)
        .join(PersonRow, PersonRow.id == PostRow.person_id)
        .where(PostRow.post == CONTACT, PersonRow.reachable, PersonRow.left_at.is_(None))
    )
    asked = (
        select(UnitRow.name)
        .join(TaskRow, TaskRow.unit_id == UnitRow.id)
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .join(PlanRow, PlanRow.id == ItemRow.plan_id)
        .where(PlanRow.state == "active", TaskRow.state.in_(IN_HAND), UnitRow.id.not_in(bound))
        .group_by(UnitRow.id, UnitRow.name)
        .order_by(UnitRow.id)
    )
    return list(session.scalars(asked))


def faults(session: Session) -> tuple[str | None, tuple[str, int] | None]:
    """SQLite's own checks: (what is broken, (table, rows that point nowhere)), None where well."""
    found = str(session.execute(sql("PRAGMA integrity_check(1)")).scalar())
    loose = session.execute(sql("PRAGMA foreign_key_check")).all()
    broken = None if found == "ok" else found.splitlines()[-1]
    return broken, (str(loose[0][0]), len(loose)) if loose else None


@dataclass(frozen=True, slots=True)
class Server:
    """PostgreSQL of itself. `size`: bytes of this database; `now`: its clock."""

    version: str
    size: int
    now: datetime


def server(session: Session) -> Server:
    """The server that a ledger lies on."""
    asked = (
        "SELECT current_setting('server_version'), pg_database_size(current_database()), clock_timestamp()"
    )
    return Server(*session.execute(sql(asked)).one())
