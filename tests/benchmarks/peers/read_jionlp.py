"""JioNLP's time extractor, which reads each phrase that it finds with its `parse_time`."""

from datetime import date
from typing import Any

import jionlp


def prepare(line: dict[str, Any]) -> dict[str, int]:
    """The base as JioNLP writes it."""
    base = date.fromisoformat(line["base"])
    return {"year": base.year, "month": base.month, "day": base.day}


def find(text: str, base: dict[str, int]) -> list[dict[str, Any]]:
    """What is timed."""
    return jionlp.ner.extract_time(text, time_base=base)


def days(
    found: list[dict[str, Any]], base: dict[str, int]
) -> list[tuple[date | None, date | None, date | None]]:
    """(start, end, due): points and spans are both pairs of moments; a period or a length has no day."""
    read = []
    for phrase in found:
        pair = phrase["detail"]["time"]
        moments = isinstance(pair, list) and all(isinstance(moment, str) for moment in pair)
        start, end = map(_day, pair) if moments else (None, None)  # 每10天一次 is a list of lengths
        read.append((start, end, end))
    return read


def _day(moment: str) -> date | None:
    """None for `inf` and `-inf`."""
    return date.fromisoformat(moment[:10]) if moment[:1].isdigit() else None
