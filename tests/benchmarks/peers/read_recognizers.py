"""Microsoft's recognizers-text, for Chinese."""

from datetime import date, datetime, time, timedelta
from typing import Any

from recognizers_date_time import DateTimeRecognizer
from recognizers_text import Culture

MODEL = DateTimeRecognizer(Culture.Chinese).get_datetime_model()
Days = tuple[date | None, date | None, date | None]


def prepare(line: dict[str, Any]) -> datetime:
    """The reference date."""
    return datetime.combine(date.fromisoformat(line["base"]), time())


def find(text: str, base: datetime) -> list[Any]:
    """What is timed."""
    return MODEL.parse(text, base)


def days(found: list[Any], base: datetime) -> list[Days]:
    """(start, end, due). Of the two readings of a day without a year, the one in the base's year counts."""
    read: list[Days] = []
    for phrase in found:
        readings = [_reading(value) for value in (phrase.resolution or {}).get("values", [])]
        dated = [reading for reading in readings if reading[2]]
        this_year = [reading for reading in dated if reading[2] and reading[2].year == base.year]
        read.append((this_year or dated[-1:] or [(None, None, None)])[0])
    return read


def _reading(value: dict[str, str]) -> Days:
    if "value" in value:
        return (_day(value["value"]),) * 3
    start, end = _day(value.get("start", "")), _day(value.get("end", ""))
    if end and value["type"] == "daterange" and not _as_said(value["timex"]):
        end = end - timedelta(days=1) if end > date.min else None
    return start, end, end


def _as_said(timex: str) -> bool:
    """Whether the end is a day that the text names, (…,2026-06-15,P14D), not the day after the last."""
    return timex.startswith("(") and timex.endswith("D)")


def _day(text: str) -> date | None:
    """None for `not resolved` and for a time of day."""
    return date.fromisoformat(text[:10]) if text[4:5] == "-" else None
