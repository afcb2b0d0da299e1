"""The days of an RFC 5545 rule (section 3.3.10), for the rules that the grammar writes."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from types import MappingProxyType

DAYS = MappingProxyType({name: i for i, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))})
ANCHOR = date(
    2001, 1, 1
)  # a Monday that opens a century: periods of 2, 3, 4, 6 months and weeks count from it


def occurrences(rrule: str, start: date, end: date) -> tuple[date, ...]:
    """The days from `start` to `end`, both included, on which the rule is due.

    A rule that names no day is due on the last day of each of its periods (a quarter's on 30 September).
    Periods longer than one count from January 2001. Raises ValueError for what the grammar never writes.
    """
    parts = dict(part.split("=", 1) for part in rrule.split(";"))
    unknown = parts.keys() - {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"}
    if unknown:
        raise ValueError(rrule)
    every = int(parts.get("INTERVAL", "1"))
    return tuple(day for day in _days(parts, every, start, end) if start <= day <= end)


def _days(parts: dict[str, str], every: int, start: date, end: date) -> Iterator[date]:
    freq = parts["FREQ"]
    if freq == "DAILY":
        offset = (start - ANCHOR).days % every
        day = start + timedelta(days=(every - offset) % every)
        while day <= end:
            yield day
            day += timedelta(days=every)
    elif freq == "WEEKLY":
        names = [DAYS[name] for name in parts.get("BYDAY", "SU").split(",")]
        weeks = (start - ANCHOR).days // 7
        # the period's own last week: 每两周 is due when its second week ends
        monday = ANCHOR + timedelta(weeks=weeks + (every - 1 - weeks) % every)
        while monday <= end:
            yield from (monday + timedelta(days=n) for n in sorted(names))
            monday += timedelta(weeks=every)
    elif freq in ("MONTHLY", "YEARLY"):
        for year in range(start.year, end.year + 1):
            for month in range(1, 13):
                if _has(parts, freq, every, year, month):
                    yield from _in_month(parts, year, month)
    else:
        raise ValueError(freq)


def _has(parts: dict[str, str], freq: str, every: int, year: int, month: int) -> bool:
    months = parts.get("BYMONTH")
    if months is not None and month not in {int(m) for m in months.split(",")}:
        return False
    if freq == "YEARLY":
        return (year - ANCHOR.year + 1) % every == 0 and (months is not None or month == 12)  # noqa: PLR2004
    return ((year - ANCHOR.year) * 12 + month) % every == 0


def _in_month(parts: dict[str, str], year: int, month: int) -> Iterator[date]:
    last = monthrange(year, month)[1]
    if "BYDAY" in parts:
        yield from _by_day(parts, year, month, last)
        return
    for text in parts.get("BYMONTHDAY", "-1").split(","):
        day = int(text)
        day = last + 1 + day if day < 0 else day
        if 1 <= day <= last:
            yield date(year, month, day)


def _by_day(parts: dict[str, str], year: int, month: int, last: int) -> Iterator[date]:
    for text in parts["BYDAY"].split(","):
        if len(text) > 2:  # noqa: PLR2004 - 1FR, -1MO
            days = [d for d in range(1, last + 1) if date(year, month, d).weekday() == DAYS[text[-2:]]]
            nth = int(text[:-2])
            if abs(nth) <= len(days):
                yield date(year, month, days[nth - 1 if nth > 0 else nth])
            return
    names = {DAYS[text] for text in parts["BYDAY"].split(",")}
    days = [d for d in range(1, last + 1) if date(year, month, d).weekday() in names]
    place = parts.get("BYSETPOS")
    if place is None:
        yield from (date(year, month, d) for d in days)
    else:
        nth = int(place)
        if abs(nth) <= len(days):
            yield date(year, month, days[nth - 1 if nth > 0 else nth])
