"""Duban itself, asked as it asks itself: with the plan's year and the day of issue."""

from datetime import date
from typing import Any

from duban.deadlines.grammar import find_deadlines
from duban.model import Deadline, PlanContext


def prepare(line: dict[str, Any]) -> PlanContext:
    """What Duban knows of a line of the corpus besides its text."""
    issued = date.fromisoformat(line["issued"]) if line["issued"] else None
    return PlanContext(year=line["year"], issued=issued, column=line["column"])


def find(text: str, context: PlanContext) -> tuple[Deadline, ...]:
    """What is timed."""
    return find_deadlines(text, context=context)


def days(
    found: tuple[Deadline, ...], context: PlanContext
) -> list[tuple[date | None, date | None, date | None]]:
    """(start, end, due) of each deadline; an interval's end is its due day."""
    return [(deadline.start, deadline.due, deadline.due) for deadline in found]
