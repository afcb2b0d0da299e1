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
from duban.reading.saying_when import is_time
from duban.reading.tidy import heading_of, number_of, tidy

_BLANK = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_CELLS = re.compile(r"[\t|│┃]|\s{2,}")
_COUNTED = re.compile(r"^\s*[0-9]{1,4}[.．、)）]?(?![0-9])")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WORDS = re.compile(r"[\u3400-\u9fffA-Za-z0-9]+")
_SIGNS = "。；;，,、"  # that may have got before a number
_LEAST = 5  # characters that say something
_BESIDE = (Column.NOTE, Column.PERSON, Column.PERIOD, Column.START)
_DUE = re.compile(r"(?:[前底末内]|推进|坚持|完成)$")
_NO_SENTENCES = frozenset({"number", "units", "time"})  # fields
_SAID_OF_COLUMNS = frozenset({"unknown-column", "skipped-column", "no-header"})
_ROW = 3  # cells that a row of a task table has at least
_MOST = 100  # cells that are counted
_WORK = 1_000_000_000  # characters to be gone through, at most: less than a second


def leftovers(lines: Sequence[str], layout: Layout, entries: Sequence[Entry]) -> tuple[Problem, ...]:
    """One doubt for all words beneath the header that no entry and no other column has."""
    missing = [(f"第{line}行", text) for line, text in _missing(lines, layout, entries)]
    return unplaced([*missing, *_swallowed(entries)])


def _swallowed(entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """Times that hold units on lines of their own: the row beneath ran into them."""
    for entry in entries:
        for origin in entry.origins_of("time"):
            first, *more = origin.text.split("\n")
            if is_time(first) and any(map(names_units, more)):
                yield origin.where, "".join(more)


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
                    return unplaced(found)
    return unplaced(found)


def unplaced(found: Sequence[tuple[str, str]]) -> tuple[Problem, ...]:
    """One doubt for all (place, text) that belong to no item; none where there are none."""
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
            if len("".join(words)) >= _LEAST and missing and ("。" in cell or meaning_of(cell) is None):
                yield number, cell


def _is_row(line: str) -> bool:
    """A number and two cells more, however they are parted; a sentence among cells that are surely parted."""
    if "。" in line and len([cell for cell in _CELLS.split(line.strip()) if cell.strip()]) >= _ROW:
        return True
    first, *others = [cell for cell in re.split(r"[\s|│┃]+", line) if _WORDS.search(cell)] or [""]
    if number_of(first.strip(_SIGNS)) is not None:
        return len(others) > ("|" not in line)
    return any(map(names_units, others)) and any(map(_is_due, others))


def _is_due(text: str) -> bool:
    """Whether a cell says by when: 10月底前; a date alone may be a signature's."""
    return bool(_DUE.search(text)) and is_time(text)


def _first(layout: Layout) -> int:
    """The index of the first row's line."""
    places = [cell.place.line for row in layout.table.rows for cell in row.cells if cell and cell.place.line]
    return max(min(places, default=1) - 1, len(layout.before))


def _taken(entries: Sequence[Entry]) -> Iterator[str]:
    """What entries were made of. A sentence is no number and no time, among units it names none, and of
    headings an item has only the first."""
    for entry in entries:
        heads = (entry.heading, entry.subheading, *entry.said)
        yield from (*heads, *entry.texts)
        for origin in entry.origins:
            heading = origin.field in ("heading", "subheading")
            of_it = any(heading_of(origin.text) in head for head in heads) if heading else True
            if "。" not in origin.text or (of_it and origin.field not in _NO_SENTENCES):
                yield origin.text


def _beside(tables: Sequence[TaskTable]) -> Iterator[str]:
    """What stands in columns that no item is made of and in headings, or was said before."""
    for table in tables:
        yield from (problem.message for problem in table.problems)
        said = any(problem.code in _SAID_OF_COLUMNS for problem in table.problems)
        columns, lacking = (*_BESIDE, Column.UNKNOWN) if said else _BESIDE, _lacking(table)
        for i, row in enumerate(table.rows):
            if row.wide:
                yield from (cell.text for cell in row.cells if cell and "。" not in cell.text)
                continue
            for _, column, cell in table.cells_of(row, *columns):
                if cell and _may_stand(cell.text, column) and not (i in lacking and "。" in cell.text):
                    yield cell.text


def _lacking(table: TaskTable) -> frozenset[int]:
    """The rows, by index, that alone of all have no text or no sentence where measures stand: a note in them
    may be the measure."""
    rows = [(i, row) for i, row in enumerate(table.rows) if not row.wide]
    found: set[int] = set()
    for j, column in enumerate(table.columns):
        if column is Column.REQUIREMENT and table.exact and len(rows) > _ROW:
            said = {i: cell.text.strip() if (cell := row.cells[j]) else "" for i, row in rows}
            for odd in ([i for i in said if not said[i]], [i for i in said if "。" not in said[i]]):
                found |= {i for i in odd if len(odd) == 1 and j not in table.rows[i].left}
    return frozenset(found)


def _may_stand(text: str, column: Column) -> bool:
    """Whether a text can be of a column beside the items: a sentence is no name and no beginning, and a note
    holds no row."""
    if column in (Column.PERSON, Column.START):
        return "。" not in text
    lines = [line.strip("\u200b ") for line in text.split("\n")]
    return len(lines) < _ROW or not (any(map(number_of, lines)) and any(map(names_units, lines)))


def _goes_on(after: Sequence[str]) -> bool:
    """Whether there are rows among the lines behind a table: cells, a number or units alone."""
    said = [line for line in after if line.strip() and not is_page_number(line) and not is_closing(line)]
    return any(
        "\t" in s or "|" in s or _is_row(s) or number_of(s) is not None or names_units(s) or _is_due(s)
        for s in said
    )


def _close(text: str) -> str:
    return _BLANK.sub("", text)
