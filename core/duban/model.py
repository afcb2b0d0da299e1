"""The words of the field as frozen values. Nothing here touches a database, a network or a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum


class Kind(StrEnum):
    """What a phrase about time amounts to (docs/glossary.md, 时限)."""

    FIXED = "fixed"
    RELATIVE = "relative"
    RECURRING = "recurring"
    CONTINUOUS = "continuous"
    SOFT = "soft"
    EVENT = "event"


class Amount(StrEnum):
    """The unit that a relative deadline is counted in."""

    HOUR = "hour"
    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Role(StrEnum):
    """A unit's part in an item, strongest first."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    COOPERATE = "cooperate"

    @property
    def rank(self) -> int:
        """0 for the strongest role; min() over ranks picks it."""
        return tuple(Role).index(self)


class Source(StrEnum):
    """The field of an item that a deadline's span counts in."""

    REQUIREMENT = "requirement"
    COLUMN = "column"


class Disclosure(StrEnum):
    """What the document says of its own disclosure (公开方式, 密级)."""

    OPEN = "open"
    INTERNAL = "internal"
    SECRET = "secret"  # noqa: S105 - a mark, not a password


class Status(StrEnum):
    """What a reply says of an item."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    BLOCKED = "blocked"
    EXTENSION = "extension"
    NOT_STARTED = "not_started"
    NOT_OURS = "not_ours"
    QUESTION = "question"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What an item's text says about time. `due` itself is still in time; the next day is late."""

    kind: Kind
    text: str  # the phrase as written
    span: tuple[int, int]  # its place in its source, in characters
    rule: str  # the grammar rule that read it
    source: Source = Source.REQUIREMENT
    due: date | None = None
    time: time | None = None
    start: date | None = None
    amount: int | None = None  # negative: before the event
    unit: Amount | None = None
    trigger: str | None = None  # the event's own words
    rrule: str | None = None  # RFC 5545, section 3.3.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A unit as an item names it."""

    name: str
    role: Role
    collective: bool = False  # a name that stands for many units
    alias: str | None = None  # the second plate in brackets


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to settle a doubt. `value` is what is stored, `label` what the coordinator sees."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A doubt about what was read: a value with a place, never an exception. The safest choice is first."""

    code: str
    message: str
    item: int | None = None
    where: str | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A piece of the document that a field was read from: its characters as written, and where they stand."""

    field: str  # number, heading, subheading, goal, requirement, units, time
    text: str
    where: str  # for people: 第12行, 表2第4行第3列, 工作表“台账”第7行第5列


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One numbered row or measure. A text that the document lost is None."""

    no: int
    heading: str
    subheading: str
    requirement: str | None
    units: tuple[Duty, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    where: str = ""  # its place in the document, for people
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One document as read."""

    title: str
    year: int | None
    issued: date | None
    items: tuple[Item, ...]
    problems: tuple[Problem, ...] = ()
    disclosure: Disclosure | None = None
    mark: str | None = None  # the line that says so, as written


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext:
    """What a phrase's date is reckoned from. None where it is not known: then a date is not guessed."""

    year: int | None = None
    issued: date | None = None
    column: bool = False  # the text stands in a time column


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What one reply says of one item; `item` is None where the words name none."""

    item: int | None
    status: Status
    percent: int | None = None
    date: date | None = None
    evidence: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNames:
    """What a units cell says: its duties, and the words in it that name nobody (等有关部门)."""

    duties: tuple[Duty, ...]
    vague: tuple[str, ...] = field(default=())
    problems: tuple[Problem, ...] = field(default=())
