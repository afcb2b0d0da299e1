"""Columns whose cells are none of what their head says, while another's are: heads that changed places, or a
head too many that pushed the others on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from duban.model import Choice, Problem
from duban.reading.align import fit
from duban.reading.columns import LABELS, UNIT_COLUMNS, Column
from duban.reading.grid import Cell
from duban.reading.rows import Row
from duban.reading.tidy import tidy

_MOST, _HALF = 0.8, 0.5  # of a column's cells
_FEW = 2
_SAMPLE = 200  # rows, which say enough
_WORD = re.compile(r"[\u3400-\u9fff]{2}")
_TIMES = (Column.TIME, Column.START, Column.PERIOD)
_ALIKE: Mapping[Column, Sequence[Column]] = MappingProxyType(
    {Column.NUMBER: (Column.NUMBER,), Column.TIME: _TIMES} | dict.fromkeys(UNIT_COLUMNS, UNIT_COLUMNS)
)
_BESIDE = (Column.NOTE, Column.PERSON, Column.UNKNOWN)  # where units and dates may stand, whoever they are of


def unlike_heads(
    labels: Sequence[str], columns: Sequence[Column], rows: Sequence[Row]
) -> tuple[Problem, ...]:
    """One doubt where the cells of a column for numbers, units or times are none, and those of a column with
    another meaning are. `labels`: the heads as written; without any, nobody says what a column is."""
    found = next(_unlike(columns, rows[:_SAMPLE]), None) if labels else None
    if found is None:
        return ()
    at, other = found
    head, like = labels[at] or "空白", labels[other] or "空白"
    instead = f"，“{like}”下面的倒像" if other != at else ""
    return (
        Problem(
            code="unlike-head",
            message=f"表头“{head}”下面的内容不像{LABELS[columns[at]]}{instead}，可能错了列，请核对表头。",
            where=f"表头“{head}”",
            choices=(Choice(value="keep", label="照表头读"),),
        ),
    )


def _unlike(columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """(a column that is unlike its head, the one that is like it): itself, where numbers stand for units."""
    cells = [_texts(rows, j) for j in range(len(columns))]
    notes = [j for j, column in enumerate(columns) if column is Column.NOTE and _tells(rows, j)]
    for at, column in enumerate(columns):
        if column is Column.REQUIREMENT and notes and cells[at] and _blank(rows, at):
            yield at, notes[0]
        if column not in _ALIKE or not cells[at] or any(_is(text, column) for text in cells[at]):
            continue
        beside = () if column is Column.NUMBER else _BESIDE
        for other, meaning in enumerate(columns):
            if meaning not in (*_ALIKE[column], *beside) and _all(cells[other], column):
                yield at, other
        if column in UNIT_COLUMNS and _all(cells[at], Column.NUMBER, most=_HALF):
            yield at, at


def _all(texts: Sequence[str], column: Column, *, most: float = _MOST) -> bool:
    """Whether most of the cells fit a column."""
    like = sum(fit(text, column) > 0 for text in texts)
    return len(texts) >= _FEW and like >= most * len(texts)


def _is(text: str, column: Column) -> bool:
    """Whether a text may stand in a column of this meaning: codes and 1.1 are numbers too."""
    return fit(text, column) > 0 or (column is Column.NUMBER and not _WORD.search(text))


def _tells(rows: Sequence[Row], j: int) -> bool:
    """Whether there are sentences in all cells of a column."""
    return all((cell := row.cells[j]) and "。" in cell.text for row in rows if not row.wide)


def _blank(rows: Sequence[Row], j: int) -> bool:
    """Whether most cells of a column are blank, and none is a sentence."""
    said = [cell.text if (cell := row.cells[j]) else "" for row in rows if not row.wide]
    return 2 * sum(not text for text in said) > len(said) and not any("。" in text for text in said)


def _texts(rows: Sequence[Row], j: int) -> list[str]:
    """What a column's own filled cells say."""
    own: list[Cell | None] = [row.cells[j] for row in rows if not row.wide and j not in row.above]
    return [tidy(cell.text) for cell in own if cell and not cell.empty]
