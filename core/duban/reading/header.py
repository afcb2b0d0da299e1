"""The header of a grid: in which rows it stands, and what each column means, two header rows and all."""

from __future__ import annotations

import re
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
    plain_head,
    settle,
    unknown_head,
)
from duban.reading.grid import Cell, Grid
from duban.reading.guessing import guesses
from duban.reading.tidy import number_of, tidy
from duban.reading.under_heads import case_numbers, only_codes, says_what
from duban.reading.wordings import PERIOD, RESULT, TASK

_SEARCHED = 30  # rows: what stands so far above a header is no title
_DEEPEST = 3
_SAMPLE = 40  # rows whose cells say what a column holds that no head names
_LIKELY = (Column.REQUIREMENT, Column.RESPONSIBLE, Column.TIME, Column.HEADING, Column.NUMBER)
_LEAST_KNOWN = 0.34  # of the heads: a grid's rows are surely rows, so fewer will do than in running text
_LEAST_FIT = 0.5
_SENTENCE = re.compile(r"[。；]|，.*，|.{30}")
_UNIT_OR_MEASURE = "单位"  # an organ, or what a figure is counted in: its cells say which

Slots = Sequence[Cell | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where a header stands in its grid, and what it says. `labels` name it, to know it again; `periods`
    are the words of the columns of months, quarters and years, "" for others."""

    first: int
    end: int
    labels: tuple[str, ...]
    columns: tuple[Column, ...]
    periods: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def width(self) -> int:
        """The columns that have a head; a sheet may be wider than its table."""
        return sum(bool(label) for label in self.labels) or len(self.columns)

    @property
    def depth(self) -> int:
        """Its rows, at least one."""
        return max(1, self.end - self.first)

    @property
    def of_tasks(self) -> bool:
        """Whether it says what is to be done, and by whom or by when."""
        says = {*UNIT_COLUMNS, Column.TIME, Column.PERIOD}
        return Column.REQUIREMENT in self.columns and bool(says & set(self.columns))


def find_header(grid: Grid, heads: Heads) -> Header | None:
    """The first header of a grid, or None."""
    for first in range(min(len(grid.rows), _SEARCHED)):
        if starts_header(grid.rows[first], heads):
            end = header_end(grid, first, heads)
            paths = [_path(grid, first, end, j) for j in range(grid.width)]
            columns, problems = _columns(grid, end, paths, heads)
            return Header(
                first=first,
                end=end,
                labels=tuple("".join("".join(path).split()) for path in paths),
                columns=columns,
                periods=tuple(_period(path, column) for path, column in zip(paths, columns, strict=True)),
                problems=problems,
            )
    return None


def starts_header(slots: Slots, heads: Heads, *, share: float = _LEAST_KNOWN) -> bool:
    """Whether a header may begin in this row."""
    texts = [cell.text for cell in distinct(slots) if not cell.empty]
    return len(texts) > 1 and number_of(texts[0]) is None and is_header(texts, heads, share=share)


def without_header(grid: Grid) -> Header | None:
    """The columns of a grid that has no header, by what its cells look like; None where they are no tasks."""
    first = next((i for i, row in enumerate(grid.rows) if sum(not c.empty for c in distinct(row)) > 1), 0)
    likely = [_likely(grid, first, j) for j in range(grid.width)]
    columns: list[Column] = []
    for j, fits in enumerate(likely):
        best = next((c for c in fits if c not in columns or c is Column.HEADING), Column.UNKNOWN)
        number = j == 0 and all(number_of(c.text) for c in _column(grid, first, 0))
        columns.append(Column.NUMBER if number else Column.UNKNOWN if best is Column.NUMBER else best)
    if Column.REQUIREMENT not in columns or not set(columns) & set(UNIT_COLUMNS):
        return None
    said = "、".join(_WORDS.get(column, "其他") for column in columns)
    problem = Problem(
        code="no-header",
        message=f"{grid.name}没有表头，已按内容把各列当作：{said}，请核对。",
        where=grid.name,
    )
    return Header(first=first, end=first, labels=(), columns=tuple(columns), problems=(problem,))


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


def header_end(grid: Grid, first: int, heads: Heads) -> int:
    """The row after the header: as deep as its merged cells, or one more for heads under a wide one."""
    cells = distinct(grid.rows[first])
    deep = first + max(1, min(_DEEPEST, max(cell.rows for cell in cells)))
    end = min(deep, len(grid.rows))
    if end == first + 1 and end < len(grid.rows) and _heads_below(grid.rows[first], grid.rows[end], heads):
        end += 1
    return end


def _heads_below(above: Slots, below: Slots, heads: Heads) -> bool:
    """Whether a second row of heads stands under the first: under a wide head, or beside one that was not
    merged (责任单位 and a blank above 牵头 and 配合), and nowhere else."""
    own = [(j, cell) for j, cell in enumerate(below) if cell and not cell.empty and cell is not above[j]]
    if not own or any(number_of(cell.text) is not None for _, cell in own):
        return False
    places = set()
    for j, head in enumerate(above):
        wide = head is not None and not head.empty and 1 < head.columns < len(above)
        after = above[j + 1] if j + 1 < len(above) else head
        if wide or head is None or head.empty or (after is not None and after.empty):
            places.add(j)
    known = [bool(meaning_of(cell.text, heads)) for _, cell in own]
    merged = any(cell and 1 < cell.columns < len(above) for cell in above)
    return all(j in places for j, _ in own) and (any(known) if merged else all(known) and len(own) > 1)


def _path(grid: Grid, first: int, end: int, j: int) -> list[str]:
    """The heads over a column, from the top, each once; a blank one is covered by the one to its left."""
    seen: dict[int, str] = {}
    for i in range(first, end):
        cell = grid.rows[i][j]
        if i == first and end > first + 1 and (cell is None or cell.empty):
            cell = next((c for c in reversed(grid.rows[i][:j]) if c and not c.empty), None)
        if cell is not None and not cell.empty:
            seen.setdefault(id(cell), cell.text)
    return list(seen.values())


def _columns(
    grid: Grid, end: int, paths: Sequence[Sequence[str]], heads: Heads
) -> tuple[tuple[Column, ...], tuple[Problem, ...]]:
    found = [_meaning(path, heads) for path in paths]
    for j, meaning in enumerate(found):
        if meaning is Column.NUMBER and _sentences(_column(grid, end, j)):
            found[j] = None  # 序号 where 措施 should stand
    likely = {
        j: _likely(grid, end, j)
        for j, path in enumerate(paths)
        if (found[j] is None or _may_measure(path)) and _column(grid, end, j)
    }
    for j, path in enumerate(paths):
        if _may_measure(path) and Column.RESPONSIBLE not in likely.get(j, [Column.RESPONSIBLE]):
            found[j] = None
    for j in range(1, len(paths)):
        if found[j] == TASK and _comes_of(found, j) and _sentences(_column(grid, end, j)):
            found[j] = Column.REQUIREMENT
    found = _by_cells(grid, end, found)
    columns = settle(found)
    odd = {j: fits for j, fits in likely.items() if columns[j] is Column.UNKNOWN}
    cells = {j: _column(grid, end, j) for j in odd if paths[j] and not _may_measure(paths[j])}
    taken = guesses(columns, odd, cells, rows=min(len(grid.rows) - end, _SAMPLE))
    for j, column in taken.items():
        columns[j] = column
    problems: dict[str, Problem] = {}
    for j, fits in odd.items():
        label = "".join(paths[j])
        problems.setdefault(label, unknown_head(label, fits, taken=taken.get(j)))
    if Column.REQUIREMENT not in columns and Column.HEADING in columns:
        last = max(j for j, column in enumerate(columns) if column in (Column.HEADING, Column.SUBHEADING))
        columns[last] = Column.REQUIREMENT
    return tuple(columns), tuple(problems.values())


def _by_cells(grid: Grid, end: int, found: Sequence[Column | str | None]) -> list[Column | str | None]:
    """What heads mean beside one another, where the cells beneath them say more than the heads do."""
    said = list(found)
    numbers = {j: _narrow(grid, end, j) for j, meaning in enumerate(said) if meaning is Column.NUMBER}
    for j in case_numbers(numbers):
        said[j] = Column.NOTE
    for j, meaning in enumerate(said):
        if meaning is Column.HEADING and _is_behind(said, j) and only_codes(_narrow(grid, end, j)):
            said[j] = Column.NOTE
    tasks = [j for j, meaning in enumerate(said) if meaning == TASK]
    results = [j for j, meaning in enumerate(said) if meaning == RESULT]
    if tasks and results and Column.REQUIREMENT not in said:
        last = tasks[-1]
        if says_what(_narrow(grid, end, last), _narrow(grid, end, results[0])):
            said[last] = Column.REQUIREMENT
    return said


def _is_behind(found: Sequence[Column | str | None], j: int) -> bool:
    """Whether a column stands behind both what is to be done and who does it."""
    before = set(found[:j])
    return bool(before & {Column.REQUIREMENT, RESULT, TASK}) and bool(before & set(UNIT_COLUMNS))


def _comes_of(found: Sequence[Column | str | None], j: int) -> bool:
    """Whether a column stands right behind the measures: what is said there comes of them."""
    content = {Column.REQUIREMENT, RESULT}
    return found[j - 1] in content and not content & set(found[j:])


def _sentences(cells: Sequence[Cell]) -> bool:
    """Whether most cells hold sentences: no headings."""
    return sum(bool(_SENTENCE.search(tidy(cell.text))) for cell in cells) > len(cells) / 2


def _may_measure(path: Sequence[str]) -> bool:
    return len(path) == 1 and plain_head(path[0]) == _UNIT_OR_MEASURE


def _meaning(path: Sequence[str], heads: Heads) -> Column | str | None:
    """The lowest head says most; where it says nothing alone, with the ones above, or those alone."""
    if not path:
        return None
    lowest, above = path[-1], path[:-1]
    with_upper = [
        text for upper in reversed(above) for text in (lowest + upper, upper.removesuffix(lowest) + lowest)
    ]
    first = with_upper[1:2] if plain_head(lowest) == _UNIT_OR_MEASURE else []
    tries = [*first, lowest, *with_upper, *reversed(above), "".join(path)]
    return next((meaning for text in tries if (meaning := meaning_of(text, heads))), None)


def _period(path: Sequence[str], column: Column) -> str:
    """A period's words: 3月, 一季度, with the year that a head above them says, 2026年3月."""
    if column is not Column.PERIOD:
        return ""
    found = [match for text in path if (match := PERIOD.fullmatch(plain_head(text)))]
    when = found[-1]["when"] or found[-1]["year"]
    year = next((match["year"] for match in found[:-1] if match["year"]), "")
    return f"{year}{when}".replace("年度", "年").replace("月份", "月")


def _column(grid: Grid, first: int, j: int) -> list[Cell]:
    """The filled cells of a column, each once, as many as are looked at."""
    return [
        cell for cell in distinct([row[j] for row in grid.rows[first : first + _SAMPLE]]) if not cell.empty
    ]


def _narrow(grid: Grid, first: int, j: int) -> list[Cell]:
    """Those of them that are of this column alone: no headings and notes over the full width."""
    return [cell for cell in _column(grid, first, j) if cell.columns == 1]


def _likely(grid: Grid, first: int, j: int) -> list[Column]:
    """What a column's cells look like, the likeliest first."""
    cells = _column(grid, first, j)
    if not cells:
        return []
    scores = {column: sum(fit(cell.text, column) for cell in cells) / len(cells) for column in _LIKELY}
    fitting = [column for column in _LIKELY if scores[column] >= _LEAST_FIT]
    return sorted(fitting, key=lambda column: -scores[column])
