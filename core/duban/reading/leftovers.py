"""What a table says and none of its items has: whatever the reading made of it, it is said.

Tables of plain text have lost their borders, so that a number gone or a line too many can push words out of
every row; in grids a header that is torn, moved or one cell too long does the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from duban.model import Choice, Problem
from duban.reading.align import names_units
from duban.reading.columns import Column, meaning_of
from duban.reading.entry import Entry
from duban.reading.furniture import is_page_number
from duban.reading.grid import Grid
from duban.reading.header import distinct
from duban.reading.marks import is_closing
from duban.reading.rows import Layout, TaskTable
from duban.reading.tidy import number_of, tidy

_BLANK = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_CELLS = re.compile(r"[\t|│┃]|\s{2,}")
_COUNTED = re.compile(r"^\s*[0-9]{1,4}[.．、)）]?(?![0-9])")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WORDS = re.compile(r"[\u3400-\u9fffA-Za-z0-9]+")
_LEAST = 5  # characters that say something
_BESIDE = (Column.NOTE, Column.PERSON, Column.PERIOD, Column.START)
_SAID_OF_COLUMNS = frozenset({"unknown-column", "skipped-column", "no-header"})
_ROW = 3  # cells that a row of a task table has at least
_MOST = 100  # cells that are counted
_WORK = 1_000_000_000  # characters to be gone through, at most: less than a second


def leftovers(lines: Sequence[str], layout: Layout, entries: Sequence[Entry]) -> tuple[Problem, ...]:
    """One doubt for all words beneath the header that no entry and no other column has."""
    return _said([(f"第{line}行", text) for line, text in _missing(lines, layout, entries)])


def cells_left(
    grids: Sequence[Grid], tables: Sequence[TaskTable], entries: Sequence[Entry], after: Sequence[str]
) -> tuple[Problem, ...]:
    """One doubt for all cells of task tables that hold a sentence and are in no entry and no other column."""
    known = [_close(text) for text in (*_taken(entries), *_beside(tables), *after)]
    cells, whole = frozenset(known), "\n".join(known)
    found: list[tuple[str, str]] = []
    for grid in grids:
        for row in grid.rows:
            filled = [cell for cell in distinct(row) if not cell.empty]
            if len(filled) < _ROW:  # a title, a heading, a note
                continue
            for cell in filled:
                close = _close(cell.text)
                if "。" in close and close not in cells and not is_closing(cell.text) and close not in whole:
                    found.append((str(cell.place), cell.text))
                if len(found) > _MOST:
                    return _said(found)
    return _said(found)


def _said(found: Sequence[tuple[str, str]]) -> tuple[Problem, ...]:
    if not found:
        return ()
    where, text = found[0]
    more = f"等{len(found)}处" if len(found) > 1 else ""
    return (
        Problem(
            code="stray-text",
            message=f"{where}的“{tidy(text)[:30]}”{more}看不出属于哪一项，没有计入，请核对原文。",
            where=where,
            choices=(Choice(value="skip", label="不计入"),),
        ),
    )


def _missing(lines: Sequence[str], layout: Layout, entries: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """(line, cell) of what is nowhere; a long text whole, for its lines may have been parted anyhow."""
    known = [_close(text) for text in (*_taken(entries), *_beside((layout.table, *layout.more)))]
    cells, whole = frozenset(known), "\n".join(known)
    together = "".join(known)  # cells that stuck together are there, one behind the other
    behind = frozenset() if _goes_on(layout.after) else frozenset(layout.after)
    work = 0
    before, first = len(layout.before), _first(layout)
    for number, line in enumerate(lines, 1):
        above = number <= first and not _is_row(line) and (number <= before or "。" not in line)
        if above or line in behind or is_closing(line) or is_page_number(line):
            continue
        for cell in _CELLS.split(line):
            words = (
                []
                if len(cell) < _LEAST or _close(cell) in cells
                else _WORDS.findall(_COUNTED.sub("", _BREAK.sub(" ", cell)))
            )
            work += len(words) * len(whole)
            if work > _WORK:
                return
            missing = [word for word in words if word not in whole and word not in together]
            if len("".join(words)) >= _LEAST and missing and meaning_of(cell) is None:
                yield number, cell


def _is_row(line: str) -> bool:
    """A number and two cells more, however they are parted; a sentence among cells that are surely parted."""
    if "。" in line and len([cell for cell in _CELLS.split(line.strip()) if cell.strip()]) >= _ROW:
        return True
    first, *others = [cell for cell in re.split(r"[\s|│┃]+", line.strip("|│┃ \t")) if cell] or [""]
    return len(others) > 1 and number_of(first) is not None


def _first(layout: Layout) -> int:
    """The index of the first row's line."""
    places = [cell.place.line for row in layout.table.rows for cell in row.cells if cell and cell.place.line]
    return max(min(places, default=1) - 1, len(layout.before))


def _taken(entries: Sequence[Entry]) -> Iterator[str]:
    """What entries were made of. A sentence is no number and no time, and among units it names none."""
    for entry in entries:
        yield from (entry.heading, entry.subheading, *entry.said, *entry.texts)
        for origin in entry.origins:
            if origin.field not in ("number", "units", "time") or "。" not in origin.text:
                yield origin.text


def _beside(tables: Sequence[TaskTable]) -> Iterator[str]:
    """What stands in columns that no item is made of and in headings, or was said before."""
    for table in tables:
        yield from (problem.message for problem in table.problems)
        said = any(problem.code in _SAID_OF_COLUMNS for problem in table.problems)
        columns = (*_BESIDE, Column.UNKNOWN) if said else _BESIDE
        for row in table.rows:
            if row.wide:
                yield from (cell.text for cell in row.cells if cell and "。" not in cell.text)
                continue
            for _, column, cell in table.cells_of(row, *columns):
                if cell and (column is not Column.PERSON or "。" not in cell.text):
                    yield cell.text


def _goes_on(after: Sequence[str]) -> bool:
    """Whether there are rows among the lines behind a table: cells, a number or units alone."""
    said = [line for line in after if line.strip() and not is_page_number(line) and not is_closing(line)]
    return any(
        "\t" in s or "|" in s or _is_row(s) or number_of(s) is not None or names_units(s) for s in said
    )


def _close(text: str) -> str:
    return _BLANK.sub("", text)
