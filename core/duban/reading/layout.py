"""A file as laid out becomes entries: of its task tables, else of flattened tables or measures in prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from duban.model import Choice, Problem
from duban.reading.columns import Heads
from duban.reading.entries import Entry, entries_of
from duban.reading.flat import read_flat
from duban.reading.grid import Cell, Document, Grid, Paragraph, Place, between
from duban.reading.gridrows import Found, after_header, finish, heading_row, join_torn, take_rows
from duban.reading.header import Header, distinct, find_header, without_header
from duban.reading.marks import is_closing
from duban.reading.prose import read_prose
from duban.reading.rows import Row, TaskTable
from duban.reading.ruled import read_ruled
from duban.reading.tidy import level_of, tidy

_PAGE = re.compile(r"^\s*(?:[-—–－]?\s*\d+\s*[-—–－]?|第\s*\d+\s*页.*|\d+\s*/\s*\d+)\s*$")
_CAPTION = re.compile(r"^(?:附?表|附件)\s*[0-9一二三四五六七八九十]*")
_DULL_SHEET = re.compile(r"^工作表“(?:Sheet|工作表|表)\s*\d*”$", re.IGNORECASE)
_LONGEST_HEADING = 40
_FEW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """The lines before the tasks, the tasks, the lines after them, and the doubts so far."""

    before: tuple[str, ...]
    entries: tuple[Entry, ...]
    after: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Table:
    """A task table in the making: one grid, or several that go on one another."""

    header: Header
    lead: list[Row]  # headings that stand above it
    found: Found = field(default_factory=Found)


def lay_out(document: Document, heads: Heads) -> Laid | None:
    """The tasks of a document, or None where none are found."""
    tables = _tables(document, heads)
    if tables is not None:
        return tables
    lines, places = _lines(document)
    if laid := _from_lines(lines, places, heads):
        return laid
    return _tables(document, heads, headless=True)


def _lines(document: Document) -> tuple[list[str], list[Place]]:
    """The document's running text, line by line; a grid that is no task table gives its cells' lines."""
    lines: list[str] = []
    places: list[Place] = []
    for block in document.blocks:
        parts: Sequence[Paragraph | Cell] = (
            (block,)
            if isinstance(block, Paragraph)
            else [cell for row in block.rows for cell in distinct(row) if not cell.empty]
        )
        for part in parts:
            said = part.text.split("\n")
            lines += said
            places += [part.place] * len(said)
    return lines, places


def _from_lines(lines: Sequence[str], places: Sequence[Place], heads: Heads) -> Laid | None:
    at = _finder(places)
    layout = read_flat(lines, heads) or read_ruled(lines, heads)
    if layout is not None:
        table = replace(layout.table, rows=tuple(_placed(row, at) for row in layout.table.rows))
        entries, problems = entries_of([table])
        if entries:
            return Laid(
                before=layout.before,
                entries=tuple(entries),
                after=layout.after,
                problems=(*table.problems, *problems),
            )
    prose = read_prose(lines, at)
    if prose is None:
        return None
    return Laid(before=prose.before, entries=prose.entries, after=prose.after, problems=prose.problems)


def _finder(places: Sequence[Place]) -> Callable[[int, int], Place]:
    """Line numbers, from 1, as a place in the file."""

    def at(first: int, last: int) -> Place:
        return between(places[first - 1], places[max(first, last) - 1])

    return at


def _placed(row: Row, at: Callable[[int, int], Place]) -> Row:
    cells = (
        replace(cell, place=at(cell.place.line, cell.place.last)) if cell and cell.place.line else cell
        for cell in row.cells
    )
    return replace(row, cells=tuple(cells))


def _tables(document: Document, heads: Heads, *, headless: bool = False) -> Laid | None:
    """What the grids of a document say, the paragraphs around them before, between and after."""
    before: list[str] = []
    after: list[str] = []
    between: list[Paragraph] = []
    tables: list[_Table] = []
    problems: list[Problem] = []
    prose: list[Paragraph] = []
    last: Grid | None = None
    for block in document.blocks:
        if isinstance(block, Paragraph):
            between.append(block)
            continue
        header = find_header(block, heads)
        if header is None and last is not None and tables and _continues(block, last, between):
            _go_on(block, tables[-1], torn=True)
            last, between = block, []
            continue
        if header is None and headless and not tables:
            header = without_header(block)
        if header is None:
            problems += _skipped(block)
            between += _as_paragraphs(block)
            continue
        lead = _lead(block, between, first=not tables)
        titles = [cell.text for row in block.rows[: header.first] for cell in distinct(row) if not cell.empty]
        if not tables:
            before += [paragraph.text for paragraph in between]
            before += titles
        prose += between
        if tables and header.labels and header.labels == tables[-1].header.labels and not lead:
            _go_on(block, tables[-1], torn=last is not None and _new_page(block, last))
        else:
            tables.append(_Table(header, lead))
            take_rows(block, header, header.end, tables[-1].found)
        last, between = block, []
    if not tables:
        return None
    after += [paragraph.text for paragraph in between]
    return _laid(tables, before, after, [*problems, *_beside(prose + between)])


def _laid(
    tables: Sequence[_Table], before: list[str], after: list[str], problems: list[Problem]
) -> Laid | None:
    several = len(tables) >= _FEW
    task_tables = []
    for table in tables:
        finish(table.found)
        rows = [*(table.lead if several else ()), *table.found.rows]
        task_tables.append(
            TaskTable(
                columns=table.header.columns,
                rows=tuple(rows),
                exact=True,
                problems=(*table.header.problems, *table.found.problems),
            )
        )
        after = [*table.found.after, *after]
    entries, doubts = entries_of(task_tables)
    if not entries:
        return None
    seen = dict.fromkeys(problem for table in task_tables for problem in table.problems)
    return Laid(
        before=tuple(before), entries=tuple(entries), after=tuple(after), problems=(*seen, *problems, *doubts)
    )


def _go_on(grid: Grid, table: _Table, *, torn: bool) -> None:
    """Another grid of the same table: a new page, or the next part under the same header."""
    first = after_header(grid, table.header)
    first = join_torn(grid, first, table.header.columns, table.found) if torn else first
    take_rows(grid, table.header, first, table.found)


def _continues(grid: Grid, last: Grid, between: Sequence[Paragraph]) -> bool:
    """Whether a grid without a header goes on the one before: as wide, with no more than a page between."""
    said = [p for p in between if p.text.strip() and not _PAGE.match(p.text)]
    return grid.width == last.width and not said


def _new_page(grid: Grid, last: Grid) -> bool:
    pages = [cell.place.page for one in (last, grid) for row in one.rows for cell in row if cell]
    return bool(pages) and pages[0] != pages[-1]


def _lead(grid: Grid, between: Sequence[Paragraph], *, first: bool) -> list[Row]:
    """The headings right above a table: 一、… lines, a short line between two, else the sheet's name."""
    found: list[Row] = []
    for paragraph in reversed(between):
        text = tidy(paragraph.text)
        if not text or _PAGE.match(text):
            continue
        levelled = level_of(text) is not None
        short = len(text) <= _LONGEST_HEADING and not text.endswith(("。", "：", ":", "；"))
        if not (short and (levelled or (not first and not found)) and not _CAPTION.match(text)) or is_closing(
            text
        ):
            break
        found.insert(0, heading_row(text, paragraph.place))
        if level_of(text) == 1 or not levelled:
            break
    if not found and grid.name.startswith("工作表") and not _DULL_SHEET.match(grid.name):
        name = grid.name.removeprefix("工作表“").removesuffix("”")
        found = [heading_row(name, Place(table=grid.name))]
    return found


def _skipped(grid: Grid) -> list[Problem]:
    """A table that is none of tasks is left out, and that is said."""
    filled = sum(any(cell and not cell.empty for cell in row) for row in grid.rows)
    if filled < _FEW or grid.width < _FEW:
        return []
    head = "、".join(tidy(cell.text) for cell in distinct(grid.rows[0]) if not cell.empty)
    return [
        Problem(
            code="skipped-table",
            message=f"{grid.name}（{head[:30]}）看不出是任务表，没有计入，请核对。",
            where=grid.name,
            choices=(Choice(value="skip", label="不计入"),),
        )
    ]


def _as_paragraphs(grid: Grid) -> list[Paragraph]:
    return [Paragraph(cell.text, cell.place) for row in grid.rows for cell in distinct(row) if not cell.empty]


def _beside(paragraphs: Sequence[Paragraph]) -> list[Problem]:
    """Measures in the running text beside a task table: the table counts, and that is said."""
    lines = [line for paragraph in paragraphs for line in paragraph.text.split("\n")]
    prose = read_prose(lines) if lines else None
    if prose is None or len(prose.entries) < _FEW:
        return []
    count = len(prose.entries)
    return [
        Problem(
            code="skipped-part",
            message=f"正文里另有{count}条写了责任单位的措施，已以任务表为准，没有重复计入，请核对。",
            choices=(Choice(value="skip", label="以任务表为准"),),
        )
    ]
