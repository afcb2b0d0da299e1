"""Columns of months, quarters and years: which of them a row marks, and what is to be done in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from duban.model import Origin
from duban.reading.columns import Column
from duban.reading.rows import Row, TaskTable
from duban.reading.tidy import tidy

_MARKED = re.compile(r"[√✓✔☑●◆■▲★○◇□△☆━→\s]+")
_BLANK = re.compile(r"[-—－─/\\×✗xX无\s]*")


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time of a row: its first and last column's words, and what stands in its cell."""

    first: str
    last: str
    words: str
    origins: tuple[Origin, ...]

    @property
    def label(self) -> str:
        """3月, 3月至10月."""
        return self.first if self.first == self.last else f"{self.first}至{self.last}"

    @property
    def said(self) -> str:
        """3月, 3月：完成招标."""
        return f"{self.label}：{self.words}" if self.words else self.label


def periods_of(table: TaskTable, row: Row) -> list[Period]:
    """The periods that a row fills; neighbours that are only marked are one stretch."""
    found: list[tuple[int, Period]] = []
    for at, end, text, where in _filled(table, row):
        marked = bool(_MARKED.fullmatch(text))
        first, last = table.periods[at], table.periods[end]
        ends = tuple(Origin(field="time", text=t, where=where) for t in dict.fromkeys((first, last)))
        words = "" if marked else text
        if marked and found and found[-1][0] == at - 1 and not found[-1][1].words:
            before = found.pop()[1]
            found.append((end, Period(before.first, last, "", (before.origins[0], ends[-1]))))
        else:
            said = () if marked else ("requirement", "time")
            own = tuple(Origin(field=field, text=text, where=where) for field in said)
            found.append((end, Period(first, last, words, (*ends, *own))))
    return [period for _, period in found]


def _filled(table: TaskTable, row: Row) -> Iterator[tuple[int, int, str, str]]:
    """First and last column, text and place of each cell that says something."""
    for at, _, cell in table.cells_of(row, Column.PERIOD):
        text = tidy(cell.text) if cell else ""
        if cell is None or _BLANK.fullmatch(text):
            continue
        end = at
        while end + 1 < at + cell.columns and table.columns[end + 1] is Column.PERIOD:
            end += 1
        yield at, end, text, str(cell.place)
