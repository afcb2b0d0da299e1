"""time-parser-zh: the interval that it reads in a text, one at most.

A call for each clause of a sentence reads hardly more exactly, more wrong, and takes longer; a fallback to
its moments, its intervals of moments or its boundaries reads no more.
"""

from datetime import date, datetime, time
from typing import Any

from time_parser_zh import DateRange, extract_date_range_v2


def prepare(line: dict[str, Any]) -> datetime:
    """Its `today`."""
    return datetime.combine(date.fromisoformat(line["base"]), time())


def find(text: str, today: datetime) -> DateRange:
    """What is timed."""
    return extract_date_range_v2(text, today=today)


def days(found: DateRange, today: datetime) -> list[tuple[date | None, date | None, date | None]]:
    """(start, end, due)."""
    if not found:
        return []
    start, end = (date.fromisoformat(day) if day else None for day in found.to_tuple())
    return [(start, end, end)]
