"""Tables without vertical rules, or without any: columns are told by gaps that run through the lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from duban.reading.formats.pdf_tables import Box, Table, table_of
from duban.reading.formats.pdf_text import Letter, Line, lines_of

_GUTTER = 6.0  # points; a gap that parts columns is at least so wide
_COLUMNS = 3  # fewer are no table but text with blanks
_ROWS = 3
_RULES = 3  # rules across the page that part rows


def plain_table(letters: Sequence[Letter], rules: Sequence[float]) -> Table | None:
    """The one table of a page that has no boxes. `rules` are the heights of long horizontal lines.

    Rows are what stands between rules; without rules a row begins where the first column has text.
    """
    lines = [line for line in _parted(letters) if len(line) >= _COLUMNS]
    if len(lines) < _ROWS:
        return None
    top, bottom = lines[0][0].top, max(word.bottom for word in lines[-1])
    rules = sorted(rules)
    if len(rules) >= _RULES:
        top, bottom = min(rules[0], top), max(rules[-1], bottom)
    inside = [letter for letter in letters if top <= letter.middle[1] <= bottom and letter.text.strip()]
    gutters = _gutters(inside)
    if len(gutters) + 1 < _COLUMNS or not inside:
        return None
    xs = [min(letter.x0 for letter in inside) - 1, *gutters, max(letter.x1 for letter in inside) + 1]
    ys = [y for y in rules if top <= y <= bottom] if len(rules) >= _RULES else _starts(inside, xs, bottom)
    boxes: list[Box] = [(x0, y0, x1, y1) for y0, y1 in pairwise(ys) for x0, x1 in pairwise(xs)]
    return table_of(boxes) if len(ys) > _ROWS else None


def _parted(letters: Sequence[Letter]) -> list[list[Line]]:
    """Each line as its words: runs of letters with wide gaps between them."""
    rows: list[list[Line]] = []
    for line in lines_of(letters):
        row = sorted(
            (
                letter
                for letter in letters
                if line.top <= letter.middle[1] <= line.bottom and letter.text.strip()
            ),
            key=lambda letter: letter.x0,
        )
        words: list[list[Letter]] = []
        for letter in row:
            if words and letter.x0 - words[-1][-1].x1 < _GUTTER:
                words[-1].append(letter)
            else:
                words.append([letter])
        rows.append([found[0] for word in words if (found := lines_of(word))])
    return rows


def _gutters(letters: Sequence[Letter]) -> list[float]:
    """The middles of the strips in which no letter stands."""
    gutters: list[float] = []
    reach = float("inf")
    for x0, x1 in sorted((letter.x0, letter.x1) for letter in letters):
        if x0 - reach >= _GUTTER:
            gutters.append((reach + x0) / 2)
        reach = max(x1, reach) if reach != float("inf") else x1
    return gutters


def _starts(letters: Sequence[Letter], xs: Sequence[float], bottom: float) -> list[float]:
    """The tops of rows: lines whose first column has text."""
    first = [letter for letter in letters if bisect_right(xs, letter.middle[0]) == 1]
    return [line.top - 2 for line in lines_of(first)] + [bottom + 2]
