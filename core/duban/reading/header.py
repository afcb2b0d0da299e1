"""The header of a grid: in which rows it stands, and what each column means, two header rows and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duban.model import Problem
from duban.reading.align import fit
from duban.reading.columns import (
    UNIT_COLUMNS,
    Column,
    Heads,
    is_header,
    meaning_of,
    settle,
    unknown_head,
)
from duban.reading.grid import Cell, Grid
from duban.reading.tidy import number_of

_SEARCHED = 30  # rows: what stands so far above a header is no title
_DEEPEST = 3
_SAMPLE = 40  # rows whose cells say what a column holds that no head names
_LIKELY = (Column.REQUIREMENT, Column.RESPONSIBLE, Column.TIME, Column.HEADING, Column.NUMBER)
_LEAST_KNOWN = 0.34  # of the heads: a grid's rows are surely rows, so fewer will do than in running text
_LEAST_FIT = 0.5

Slots = Sequence[Cell | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where a header stands in its grid, and what it says. `labels` name it, to know it again."""

    first: int
    end: int
    labels: tuple[str, ...]
    columns: tuple[Column, ...]
    problems: tuple[Problem, ...] = ()


def find_header(grid: Grid, heads: Heads) -> Header | None:
    """The first header of a grid, or None."""
    for first, slots in enumerate(grid.rows[:_SEARCHED]):
        texts = [cell.text for cell in distinct(slots) if not cell.empty]
        if is_header(texts, heads, share=_LEAST_KNOWN):
            end = _end(grid, first, heads)
            paths = [_path(grid, first, end, j) for j in range(grid.width)]
            columns, problems = _columns(grid, end, paths, heads)
            labels = tuple("".join(path).replace(" ", "") for path in paths)
            return Header(first=first, end=end, labels=labels, columns=columns, problems=problems)
    return None


def without_header(grid: Grid) -> Header | None:
    """The columns of a grid that has no header, by what its cells look like; None where they are no tasks."""
    likely = [_likely(grid, 0, j) for j in range(grid.width)]
    columns: list[Column] = []
    for j, fits in enumerate(likely):
        best = next((c for c in fits if c not in columns or c is Column.HEADING), Column.UNKNOWN)
        number = j == 0 and all(number_of(c.text) for c in _column(grid, 0, 0))
        columns.append(Column.NUMBER if number else Column.UNKNOWN if best is Column.NUMBER else best)
    if Column.REQUIREMENT not in columns or not set(columns) & set(UNIT_COLUMNS):
        return None
    said = "、".join(_WORDS.get(column, "其他") for column in columns)
    problem = Problem(
        code="no-header",
        message=f"{grid.name}没有表头，已按内容把各列当作：{said}，请核对。",
        where=grid.name,
    )
    return Header(first=0, end=0, labels=(), columns=tuple(columns), problems=(problem,))


_WORDS = {
    Column.NUMBER: "序号",
    Column.HEADING: "任务类别",
    Column.REQUIREMENT: "工作要求",
    Column.RESPONSIBLE: "责任单位",
    Column.TIME: "时限",
}


def distinct(slots: Slots) -> list[Cell]:
    """The cells of a row, each once, from left to right."""
    seen: dict[int, Cell] = {}
    for cell in slots:
        if cell is not None:
            seen.setdefault(id(cell), cell)
    return list(seen.values())


def _end(grid: Grid, first: int, heads: Heads) -> int:
    """The row after the header: as deep as its merged cells, or one more for heads under a wide one."""
    cells = distinct(grid.rows[first])
    deep = first + max(1, min(_DEEPEST, max(cell.rows for cell in cells)))
    end = min(deep, len(grid.rows))
    wide = [j for j, cell in enumerate(grid.rows[first]) if cell and 1 < cell.columns < grid.width]
    if end == first + 1 and wide and end < len(grid.rows):
        above, below = grid.rows[first], grid.rows[end]
        own = [cell for j, cell in enumerate(below) if cell and not cell.empty and cell is not above[j]]
        under = [cell for j, cell in enumerate(below) if cell in own and j in wide]
        heads_alone = all(number_of(cell.text) is None for cell in own) and len(under) == len(own)
        if own and heads_alone and any(meaning_of(cell.text, heads) for cell in own):
            end += 1
    return end


def _path(grid: Grid, first: int, end: int, j: int) -> list[str]:
    """The heads over a column, from the top, each once."""
    seen: dict[int, str] = {}
    for slots in grid.rows[first:end]:
        cell = slots[j]
        if cell is not None and not cell.empty:
            seen.setdefault(id(cell), cell.text)
    return list(seen.values())


def _columns(
    grid: Grid, end: int, paths: Sequence[Sequence[str]], heads: Heads
) -> tuple[tuple[Column, ...], tuple[Problem, ...]]:
    found = [_meaning(path, heads) for path in paths]
    columns = settle(found)
    odd: dict[int, list[Column]] = {}
    for j, column in enumerate(columns):
        if column is Column.UNKNOWN and _column(grid, end, j):
            odd[j] = _likely(grid, end, j)
    taken: dict[int, Column] = {}
    for wanted, there in (
        (Column.REQUIREMENT, Column.REQUIREMENT in columns),
        (Column.RESPONSIBLE, bool(set(UNIT_COLUMNS) & set(columns))),
    ):
        at = next((j for j, likely in odd.items() if likely[:1] == [wanted]), None)
        if not there and at is not None:  # without it the table would say nothing
            columns[at] = taken[at] = wanted
    problems: dict[str, Problem] = {}
    for j, likely in odd.items():
        label = "".join(paths[j])
        problems.setdefault(label, unknown_head(label, likely, taken=taken.get(j)))
    if Column.REQUIREMENT not in columns and Column.HEADING in columns:
        last = max(j for j, column in enumerate(columns) if column in (Column.HEADING, Column.SUBHEADING))
        columns[last] = Column.REQUIREMENT
    return tuple(columns), tuple(problems.values())


def _meaning(path: Sequence[str], heads: Heads) -> Column | str | None:
    """The lowest head says most; where it says nothing alone, with the one above, or that one alone."""
    if not path:
        return None
    lowest, above = path[-1], path[:-1]
    tries = [lowest, *(lowest + upper for upper in reversed(above)), *reversed(above)]
    return next((meaning for text in tries if (meaning := meaning_of(text, heads))), None)


def _column(grid: Grid, first: int, j: int) -> list[Cell]:
    """The filled cells of a column, each once, as many as are looked at."""
    return [
        cell for cell in distinct([row[j] for row in grid.rows[first : first + _SAMPLE]]) if not cell.empty
    ]


def _likely(grid: Grid, first: int, j: int) -> list[Column]:
    """What a column's cells look like, the likeliest first."""
    cells = _column(grid, first, j)
    if not cells:
        return []
    scores = {column: sum(fit(cell.text, column) for cell in cells) / len(cells) for column in _LIKELY}
    fitting = [column for column in _LIKELY if scores[column] >= _LEAST_FIT]
    return sorted(fitting, key=lambda column: -scores[column])
