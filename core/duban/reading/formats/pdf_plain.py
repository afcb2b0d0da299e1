"""Tables without vertical rules, or without any: columns are told by gaps that run through the lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from duban.reading.formats.pdf_tables import Box, Table, table_of
from duban.reading.formats.pdf_text import Letter, rows_of

_GUTTER = 6.0  # points; a gap that parts columns is at least so wide
_COLUMNS = 3  # fewer are no table but text with blanks
_ROWS = 3
_FEW = 2  # rows with more than one cell; a table has at least so many
_LINE_GAP = 0.6  # of a letter; what is farther from its neighbours is a row, whatever its first column says
_FAR = 2.5  # letters; what is farther below is no row of the table


def plain_table(letters: Sequence[Letter], rules: Sequence[float]) -> Table | None:
    """The one table of a page that has no boxes. `rules` are the heights of long horizontal lines.

    Rows are what stands between rules; without rules, what stands nearest to the text of the first column.
    """
    inked = [letter for letter in letters if letter.text.strip()]
    rules = sorted(set(rules))
    if len(rules) > _ROWS:
        inside = [letter for letter in inked if rules[0] <= letter.middle[1] <= rules[-1]]
        if found := _table(inside, rules):
            return found
    rows = rows_of(inked)
    for first, row in enumerate(rows):
        if len(_gutters(row)) + 1 < _COLUMNS:
            continue
        inside, last = list(row), first + 1
        while last < len(rows) and _goes_on(inside, rows[last]):
            inside += rows[last]
            last += 1
        if last - first >= _ROWS and (found := _table(inside, _bands(inside))):
            return found
    return None


def _table(letters: Sequence[Letter], ys: Sequence[float]) -> Table | None:
    gutters = _gutters(letters)
    if len(gutters) + 1 < _COLUMNS or len(ys) <= _ROWS:
        return None
    if sum(_across(letters, gutters, y0, y1) for y0, y1 in pairwise(ys)) < _FEW:
        return None  # one line with gaps, and lines beneath it: fields, 牵头单位：…  配合单位：…
    xs = [min(letter.x0 for letter in letters) - 1, *gutters, max(letter.x1 for letter in letters) + 1]
    boxes: list[Box] = [(x0, y0, x1, y1) for y0, y1 in pairwise(ys) for x0, x1 in pairwise(xs)]
    return table_of(boxes)


def _across(letters: Sequence[Letter], gutters: Sequence[float], top: float, bottom: float) -> bool:
    """Whether more than one column has letters in this row."""
    within = [letter for letter in letters if top <= letter.middle[1] < bottom]
    return len({bisect_right(gutters, letter.x0) for letter in within}) > 1


def _goes_on(inside: Sequence[Letter], row: Sequence[Letter]) -> bool:
    near = row[0].top - max(letter.bottom for letter in inside) < _FAR * row[0].size
    return near and len(_gutters([*inside, *row])) + 1 >= _COLUMNS


def _gutters(letters: Sequence[Letter]) -> list[float]:
    """The middles of the strips in which no letter stands."""
    gutters: list[float] = []
    reach: float | None = None
    for x0, x1 in sorted((letter.x0, letter.x1) for letter in letters):
        if reach is not None and x0 - reach >= _GUTTER:
            gutters.append((reach + x0) / 2)
        reach = x1 if reach is None else max(x1, reach)
    return gutters


def _bands(letters: Sequence[Letter]) -> list[float]:
    """Where rows part: bands of ink; those without text in the first column go with the nearer neighbour."""
    edge = _gutters(letters)[0]
    bands: list[tuple[float, float, bool]] = []
    for letter in sorted(letters, key=lambda found: found.top):
        first = letter.x1 < edge
        if bands and letter.top < bands[-1][1]:
            top, bottom, numbered = bands[-1]
            bands[-1] = (top, max(bottom, letter.bottom), numbered or first)
        else:
            bands.append((letter.top, letter.bottom, first))
    size = sorted(letter.size for letter in letters)[len(letters) // 2]
    gaps = [after[0] - before[1] for before, after in pairwise(bands)]
    parted = [True] * len(gaps)
    for at, (_, _, numbered) in enumerate(bands):
        if numbered:
            continue
        above = gaps[at - 1] if at else float("inf")
        below = gaps[at] if at < len(gaps) else float("inf")
        if min(above, below) <= _LINE_GAP * size:
            parted[at - 1 if above <= below else at] = False
    ys = [
        (before[1] + after[0]) / 2
        for (before, after), cut in zip(pairwise(bands), parted, strict=True)
        if cut
    ]
    return [bands[0][0] - 1, *ys, bands[-1][1] + 1]
