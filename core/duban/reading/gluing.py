"""Cells that stuck together when a table was copied: number and text, text and units, units and time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from duban.reading.align import names_units
from duban.reading.saying_when import is_time
from duban.reading.tidy import tidy

_YEAR = re.compile(r"20[0-9]{2}年")
_WORDS = re.compile(
    r"[、.．]?\s*(?=[\u4e00-\u9fff“《])(?![年月日号个家项条次件名处座所户亩元吨米万亿千百公楼期批轮类种岁周天])"
)
_SENTENCE_AND_UNITS = re.compile(r"(?P<text>.*[。；])\s*(?P<units>[^。；]{2,120})", re.DOTALL)
_WHEN = re.compile(
    r"(?=(?:20[0-9]{2}年|[0-9]{1,2}月|年[底内]|持续|长期|常态|全年|每[年月季周]|第?[一二三四]季度|[上下]半年|尽快|立即))"
)
_LONGEST = 400  # characters of a cell's end in which others' can stick


def unnumbered(text: str, number: int) -> str | None:
    """The words of a cell that begins with `number`: 12推进改造 → 推进改造; None where it is a figure."""
    said = str(number)
    if not text.startswith(said):
        return None
    rest = text[len(said) :]
    words = _WORDS.match(rest)
    if words:
        return rest[words.end() :]
    return rest if _YEAR.match(rest) else None


def unglued(texts: Sequence[str], width: int) -> list[str]:
    """The cells of a row that has too few, parted where two stick together; as they were where none do."""
    cells = list(texts)
    while len(cells) < width:
        parted = next(((k, two) for k, cell in enumerate(cells) if (two := _two(cell))), None)
        if parted is None:
            break
        k, two = parted
        cells[k : k + 1] = two
    return cells


def _two(cell: str) -> list[str] | None:
    """The two cells that one is, or None."""
    if found := _SENTENCE_AND_UNITS.fullmatch(cell[-_LONGEST:]):
        units = tidy(found["units"])
        if names_units(units) or _units_and_time(units):
            return [cell[: len(cell) - len(found["units"])].strip(), found["units"].strip()]
    return _units_and_time(cell)


def _units_and_time(cell: str) -> list[str] | None:
    if len(cell) > _LONGEST:
        return None
    for when in _WHEN.finditer(cell):
        left, right = cell[: when.start()].strip(), cell[when.start() :].strip()
        if left and names_units(left) and is_time(right):
            return [left.rstrip("，,；;"), right]
    return None
