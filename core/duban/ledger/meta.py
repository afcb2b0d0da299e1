"""Single facts of the database itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from duban.ledger.tables import Meta

CLOCK, REACHED = "clock", "clock_reached"
TICKED = "ticked"  # when one of many processes last looked at what is due, by its machine's clock


def get(session: Session, key: str) -> str | None:
    """The value of a key."""
    row = session.get(Meta, key)
    return row.value if row is not None else None


def put(session: Session, key: str, value: str) -> None:
    """Keep a value."""
    session.merge(Meta(key=key, value=value))


def clock_kind(session: Session) -> str | None:
    """ "real" or "virtual"; None while no serving command has claimed it."""
    return get(session, CLOCK)


def claim_clock(session: Session, kind: str) -> None:
    """From now on this database's clock is of this kind."""
    put(session, CLOCK, kind)


def clock_reached(session: Session) -> datetime | None:
    """How far a virtual clock came; None where the clock is real."""
    value = get(session, REACHED)
    return datetime.fromisoformat(value) if value is not None else None


def remember_clock(session: Session, now: datetime) -> None:
    """A virtual clock came so far; the database's clock is virtual from now on."""
    reached = clock_reached(session)
    if reached is None or reached < now:
        put(session, REACHED, now.isoformat())
    if clock_kind(session) is None:
        claim_clock(session, "virtual")
