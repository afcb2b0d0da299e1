"""Tables on a page, ruled or not: boxes of cells become rows and columns, a box over several lines a span."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duban.reading.formats.limits import COLUMNS, Budget, check
from duban.reading.formats.pdf_text import Letter, text_of
from duban.reading.grid import Cell, Grid, Place

_CLOSE = 4.0  # points; lines nearer than that are one line drawn twice

Box = tuple[float, float, float, float]  # x0, top, x1, bottom


@dataclass(frozen=True, slots=True)
class Table:
    """Boxes on their raster: a span is first row, first column, and the row and column after the last."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[tuple[int, int, int, int], ...]

    @property
    def top(self) -> float:
        """Where it begins on the page."""
        return self.ys[0]

    def holds(self, letter: Letter) -> bool:
        """Whether a letter stands within its outer edges."""
        x, y = letter.middle
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]


def table_of(boxes: Iterable[Box]) -> Table | None:
    """A table with at least two columns, None where the boxes are none: a frame, a single column."""
    boxes = list(boxes)
    xs = _lines([x for box in boxes for x in (box[0], box[2])])
    ys = _lines([y for box in boxes for y in (box[1], box[3])])
    taken: set[tuple[int, int]] = set()
    spans: list[tuple[int, int, int, int]] = []
    for x0, top, x1, bottom in sorted(boxes, key=lambda box: (box[1], box[0])):
        rows = range(_at(ys, top), _at(ys, bottom))
        columns = range(_at(xs, x0), _at(xs, x1))
        slots = {(row, column) for row in rows for column in columns}
        if slots and not slots & taken:
            taken |= slots
            spans.append((rows.start, columns.start, rows.stop, columns.stop))
    if len(xs) <= 2 or len({span[1] for span in spans}) < 2:  # noqa: PLR2004 - two lines are one column
        return None
    return Table(tuple(xs), tuple(ys), tuple(spans))


def grid_of(
    table: Table, letters: Iterable[Letter], *, page: int, number: int, budget: Budget
) -> Grid | None:
    """The table with the letters in its boxes, without rows and columns in which no cell begins."""
    spans = list(table.spans)
    owner = {
        (row, column): at
        for at, (top, left, bottom, right) in enumerate(spans)
        for row in range(top, bottom)
        for column in range(left, right)
    }
    inside: dict[int, list[Letter]] = defaultdict(list)
    for letter in letters:
        x, y = letter.middle
        slot = (bisect_right(table.ys, y) - 1, bisect_right(table.xs, x) - 1)
        if slot not in owner and letter.text.strip():  # a box that a rule too short left open
            owner[slot] = len(spans)
            spans.append((*slot, slot[0] + 1, slot[1] + 1))
        if slot in owner:
            inside[owner[slot]].append(letter)
    rows = sorted({span[0] for span in spans})
    columns = sorted({span[1] for span in spans})
    if not any(letter.text.strip() for found in inside.values() for letter in found):
        return None
    check(len(columns), COLUMNS, "列")
    budget.take(len(rows) * len(columns))
    cells: dict[int, Cell] = {}
    for at, (top, left, bottom, right) in enumerate(spans):
        row, column = rows.index(top), columns.index(left)
        cells[at] = Cell(
            budget.text(text_of(inside[at])),
            Place(page=page, table=f"表{number}", row=row + 1, column=column + 1),
            rows=sum(top <= line < bottom for line in rows),
            columns=sum(left <= line < right for line in columns),
        )
    slots = tuple(tuple(_cell(cells, owner.get((row, column))) for column in columns) for row in rows)
    return Grid(name=f"第{page}页表{number}", rows=slots)


def _cell(cells: dict[int, Cell], at: int | None) -> Cell | None:
    return None if at is None else cells[at]


def _lines(places: Sequence[float]) -> list[float]:
    """Places in order, those close to one another as one."""
    lines: list[float] = []
    for place in sorted(places):
        if not lines or place - lines[-1] > _CLOSE:
            lines.append(place)
    return lines


def _at(lines: Sequence[float], place: float) -> int:
    return min(range(len(lines)), key=lambda at: abs(lines[at] - place))
