"""The ledger as its exports see it: a plan, and one row for each item × unit × task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPlan:
    """The plan that is exported, on whose behalf, and as of when."""

    id: int
    title: str
    quotable: bool  # whether its words may stand in what leaves the office
    imported_at: datetime
    office: str
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerItem:
    """An item; `requirement` is None while the document's text is lost."""

    id: int
    no: int
    heading: str
    subheading: str
    requirement: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTask:
    """What one unit has to do by one date. Days are the office's."""

    id: int
    kind: str  # dated, period, closing
    due: date
    time: time | None
    provisional: bool  # the year's working days are not announced yet (推算)
    ask_by: date | None
    original: date | None  # the date before it was moved
    state: str
    light: str
    open: bool  # something is still to be done
    blocked: bool
    extension: bool  # a later date is asked for
    percent: int | None
    said_on: date | None  # the last report, signatures apart
    said: str
    closed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A line of the ledger. Without a task the unit is as the document writes it, "" where it names none."""

    item: LedgerItem
    unit: str
    role: str | None
    phrases: tuple[str, ...]  # what the text says about this date, "" where the coordinator gave it
    cancelled: bool  # the item is
    task: LedgerTask | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFigures:
    """One unit's tasks, how many of them were reported done or settled, and how many are late."""

    unit: str
    tasks: int
    done: int
    late: int
