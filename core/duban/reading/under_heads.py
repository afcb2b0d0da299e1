"""What the cells beneath a known head say of it: numbers that count, codes, tasks and their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from duban.reading.grid import Cell
from duban.reading.tidy import number_of, tidy

_MOST = 0.5  # of the steps from one number to the next
_FEW = 2
_SAYING = re.compile(r"[。；，]|[0-9０-９]|.{17}")
_HAN_WORD = re.compile(r"[\u3400-\u9fff]{2}")


def case_numbers(numbers: Mapping[int, Sequence[Cell]]) -> list[int]:
    """Of several number columns those that number something else, letters, cases or files, beside one that
    counts the rows."""
    counting = [j for j, cells in numbers.items() if _counts(cells)]
    return [j for j in numbers if j not in counting] if counting else []


def _counts(cells: Sequence[Cell]) -> bool:
    """Whether numbers go up by one, or begin again."""
    said = [number_of(cell.text) for cell in cells]
    known = [number for number in said if number is not None]
    if not known or len(known) <= len(said) * _MOST:
        return not said
    steps = [after == before + 1 or after == 1 for before, after in pairwise(known)]
    return sum(steps) >= _MOST * len(steps)


def only_codes(cells: Sequence[Cell]) -> bool:
    """Whether a column holds letters and marks (A, B, 甲) and no words."""
    return bool(cells) and not any(_HAN_WORD.search(tidy(cell.text)) for cell in cells)


def says_what(tasks: Sequence[Cell], results: Sequence[Cell]) -> bool:
    """Whether a task's cells say what is to be done beside the standards that it is to reach, and do not only
    name it, nor stand over several results each, as headings do."""
    said = sum(bool(_SAYING.search(tidy(cell.text))) for cell in tasks)
    return said > _MOST * len(tasks) and len(tasks) * _FEW > len(results)
