"""What a column is whose head no wording fits, where its cells and its place say it clearly.

It is asked all the same; but the plan is right before anybody answers. Nothing is guessed of a column that
could as well be a remark: dates that could be the past's, units that could watch over others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from duban.reading.align import fit
from duban.reading.columns import UNIT_COLUMNS, Column
from duban.reading.grid import Cell
from duban.reading.tidy import number_of, tidy

_MOST = 0.8  # of the cells that look like the column's
_FEW = 2
_WORDS = re.compile(r"(?=.*[\u3400-\u9fff]{2})[^。；]{2,16}")  # of a heading
_CONTENT = (Column.REQUIREMENT, Column.HEADING, Column.SUBHEADING)
_SAYS = 6  # characters of a content's cell, on the average
_SO_FAR = re.compile(r"已|正在|目前|截至|尚未|进行中|未完成|满意|同意|无$")


def guesses(
    columns: Sequence[Column],
    likely: Mapping[int, Sequence[Column]],
    cells: Mapping[int, Sequence[Cell]],
    rows: int,
) -> dict[int, Column]:
    """The columns of `likely` (unknown ones, with what their cells look like) that are clear, by index.

    `cells`: what is filled in those that have a head, each cell once; `rows`: how many stand beneath it.
    """
    now, found = list(columns), dict[int, Column]()
    for wanted, there in (
        (Column.REQUIREMENT, Column.REQUIREMENT in columns),
        (Column.RESPONSIBLE, bool(set(UNIT_COLUMNS) & set(columns))),
    ):
        at = next((j for j, fits in likely.items() if fits[:1] == [wanted]), None)
        if not there and at is not None:  # without it the table would say nothing
            now[at] = found[at] = wanted
    for j, filled in cells.items():
        if now[j] is Column.UNKNOWN and (meant := _clear(now, j, filled, rows)):
            now[j] = found[j] = meant
    return found


def _clear(columns: Sequence[Column], j: int, cells: Sequence[Cell], rows: int) -> Column | None:
    """What column `j` is, beside what the others are."""
    if len(cells) < _FEW or Column.REQUIREMENT not in columns:
        return None
    texts = [tidy(cell.text) for cell in cells]
    if _share(texts, Column.TIME) >= _MOST:
        behind = Column.REQUIREMENT in columns[:j] and not {Column.TIME, Column.PERIOD, Column.START} & set(
            columns
        )
        return Column.TIME if behind else None
    if any(number_of(text) is not None for text in texts) or _share(texts, Column.RESPONSIBLE) > 1 - _MOST:
        return None
    covered = sum(cell.rows for cell in cells) >= _MOST * rows
    if covered and Column.REQUIREMENT in columns[j + 1 :] and Column.REQUIREMENT not in columns[:j]:
        heading = Column.SUBHEADING if Column.HEADING in columns[:j] else Column.HEADING
        right = next((column for column in columns[j + 1 :] if column is not Column.NUMBER), None)
        return heading if right in _CONTENT and _heads(cells) else None
    content = covered and columns[j - 1] is Column.REQUIREMENT and not any(map(_SO_FAR.search, texts))
    return Column.REQUIREMENT if content and _says(texts) else None


def _heads(cells: Sequence[Cell]) -> bool:
    """Whether short words stand before the measures, merged, one a row, or the same in rows one after
    another; words that come again further down are marks and no headings."""
    texts = [tidy(cell.text) for cell in cells]
    blocks = [text for i, text in enumerate(texts) if not i or text != texts[i - 1]]
    words = all(_WORDS.fullmatch(text) for text in blocks)
    return words and len(set(blocks)) == len(blocks)


def _says(texts: Sequence[str]) -> bool:
    """Whether texts are all different and long enough to say what is to be done or reached."""
    return len(set(texts)) == len(texts) and sum(map(len, texts)) >= _SAYS * len(texts)


def _share(texts: Sequence[str], column: Column) -> float:
    return sum(fit(text, column) > 0 for text in texts) / len(texts)
