"""The task tables of a document: which grids they are, what goes on over pages, what stands above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from duban.model import Choice, Problem
from duban.reading.columns import Column, Heads
from duban.reading.entries import Entry, entries_of
from duban.reading.grid import Document, Grid, Paragraph, Place
from duban.reading.gridrows import Found, after_header, finish, heading_row, take_rows
from duban.reading.header import Header, distinct, find_header, without_header
from duban.reading.headings import rank_of
from duban.reading.leftovers import cells_left
from duban.reading.marks import is_closing
from duban.reading.pages import over_the_break
from duban.reading.prose import read_prose
from duban.reading.regions import regions
from duban.reading.rows import Row, TaskTable
from duban.reading.tidy import level_of, tidy
from duban.reading.unlike import unlike_heads

_PAGE = re.compile(r"^\s*(?:[-—–－]?\s*\d+\s*[-—–－]?|第\s*\d+\s*页.*|\d+\s*/\s*\d+)\s*$")
_CAPTION = re.compile(
    r"^(?:续)?(?:附?表|附件)\s*(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:（续）)?(?:[：:、.．\s—－-]+|(?=[^0-9一二三四五六七八九十])|$)"
)
_AGAIN = re.compile(r"^[（(]?(?:续上?表|接上?表|续|接上页)[一二三四五六七八九十0-9]*[)）]?[：:]?$")
_BRACKETED = re.compile(r"^[（(][^一二三四五六七八九十].*[)）]$")
_FORM_LINE = re.compile(r"^[^：:，。]{2,12}[：:]")
_SHEET = re.compile(r"^工作表“(?!(?:Sheet|工作表|表)\s*\d*”$)(?P<name>.+)”$", re.IGNORECASE)
_LONGEST_HEADING = 40
_FEW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """The lines before the tasks, the tasks, the lines after them, and the doubts so far."""

    before: tuple[str, ...]
    entries: tuple[Entry, ...]
    after: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def read_tables(
    document: Document,
    heads: Heads,
    *,
    repeats: frozenset[Column] = frozenset(),
    anyway: bool = False,
) -> Laid | None:
    """What the grids of a document say, and the paragraphs around them; None where none is a task table.

    `anyway`: a table without a known header, or one that says of no task whose it is, is better than none.
    """
    making = _Making(heads, anyway, repeats)
    for block in document.blocks:
        parts: Iterable[Paragraph | Grid] = (
            (block,) if isinstance(block, Paragraph) else regions(block, heads)
        )
        for part in parts:
            if isinstance(part, Paragraph):
                making.between.append(part)
            else:
                making.take(part)
    return making.laid()


@dataclass(slots=True)
class _Table:
    """A task table in the making: one grid, or several that go on one another."""

    header: Header
    lead: list[Row]  # headings that stand above it
    sheet: str = ""  # its name, where it is one of words
    found: Found = field(default_factory=Found)

    def go_on(self, grid: Grid, *, torn: bool) -> None:
        """Another grid of the same table: a new page, or the next part under the same header."""
        first = after_header(grid, self.header)
        if torn:
            grid, first, above = over_the_break(grid, first, self.header.columns, self.found)
            take_rows(grid, self.header, first, self.found, above)
        else:
            take_rows(grid, self.header, first, self.found)

    def task_table(self, *, several: bool, sheets: bool, repeats: frozenset[Column]) -> TaskTable:
        """Its rows, beneath the headings above it where those tell it from others or are of its own kind, and
        beneath the sheet's name where several sheets have tasks."""
        finish(self.found)
        own = {rank_of(_words(row)) for row in self.found.rows if row.wide}
        apart = several or any(rank_of(_words(row)) in own for row in self.lead)
        named = Place(table=f"工作表“{self.sheet}”")
        over = [heading_row(self.sheet, named, outermost=True)] if sheets and self.sheet else []
        periods = self.header.periods
        return TaskTable(
            columns=self.header.columns,
            rows=(*over, *(self.lead if apart else ()), *self.found.rows),
            exact=True,
            repeats=repeats,
            problems=(
                *self.header.problems,
                *unlike_heads(self.header.labels, self.header.columns, self.found.rows),
                *self.found.problems,
            ),
            periods=periods if any(periods) else (),
        )


def _words(row: Row) -> str:
    return row.cells[0].text if row.cells[0] else ""


@dataclass(slots=True)
class _Making:
    """The tables so far, and the lines since the last one."""

    heads: Heads
    anyway: bool
    repeats: frozenset[Column]
    before: list[str] = field(default_factory=list)
    between: list[Paragraph] = field(default_factory=list)
    passed: list[Paragraph] = field(default_factory=list)  # what stood above a table that was left out
    prose: list[Paragraph] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    last: Grid | None = None  # the grid that another may go on
    taken: list[Grid] = field(default_factory=list)  # whose words must be somewhere

    def take(self, grid: Grid) -> None:
        """One more grid, its header in its first rows or none."""
        header = find_header(grid, self.heads)
        if header is None and self._continues(grid):
            self.tables[-1].go_on(grid, torn=True)
            self._since(grid)
            return
        if header is None and self.anyway and not self.tables:
            header = without_header(grid)
            above = grid.rows[: header.first] if header else ()
            self.between += [
                Paragraph(c.text, c.place) for row in above for c in distinct(row) if not c.empty
            ]
        if header is None or not self._says_tasks(header):
            self._pass_over(grid, header)
            return
        sheet = found["name"] if (found := _SHEET.match(grid.name)) else ""
        same = bool(self.tables) and sheet == self.tables[-1].sheet
        lead, used = _lead(self.between, first=not self.tables, sheet=bool(sheet), known=self.before)
        if not self.tables:
            rest = [p for p in (*self.passed, *self.between) if all(p is not one for one in used)]
            self.before = list(_apart(rest))
        self.prose += [*self.passed, *self.between]
        if same and header.labels and header.labels == self.tables[-1].header.labels and not lead:
            self.tables[-1].go_on(grid, torn=self.last is not None and _page(grid) != _page(self.last))
        else:
            self.tables.append(_Table(header, lead or self._left_over(), sheet))
            take_rows(grid, header, header.end, self.tables[-1].found)
        self._since(grid)

    def _left_over(self) -> list[Row]:
        """Headings at the end of the table before, with nothing beneath them there."""
        rows = self.tables[-1].found.rows if self.tables else []
        end = len(rows)
        while end and rows[end - 1].wide:
            end -= 1
        left = rows[end:]
        del rows[end:]
        return left

    def _since(self, grid: Grid) -> None:
        self.last, self.between, self.passed = grid, [], []
        self.taken.append(grid)

    def _says_tasks(self, header: Header) -> bool:
        return header.of_tasks or (self.anyway and Column.REQUIREMENT in header.columns)

    def _continues(self, grid: Grid) -> bool:
        """Whether a grid without a header goes on the one before: as wide, no more than a page between."""
        known = {tidy(line) for line in self.before}
        said = [p for p in self.between if not _of_page(tidy(p.text)) and tidy(p.text) not in known]
        if not self.tables or self.last is None or said or grid.width != self.last.width:
            return False
        return grid.name == self.last.name or not (_SHEET.match(grid.name) or _SHEET.match(self.last.name))

    def _pass_over(self, grid: Grid, header: Header | None) -> None:
        skipped = _skipped(grid)
        self.problems += skipped
        if self.tables and not skipped:
            self.taken.append(grid)  # a row or two between tables: none, or one that its table lost
        self.passed += self.between
        for row in grid.rows:
            for cell in distinct(row):
                if not cell.empty:
                    self.passed += [Paragraph(""), Paragraph(cell.text, cell.place)]
        self.between = []
        self.last = self.last if header is None else None

    def laid(self) -> Laid | None:
        """What all of them say."""
        several = len(self.tables) >= _FEW
        sheets = len({table.sheet for table in self.tables}) >= _FEW
        tables = [
            table.task_table(several=several, sheets=sheets, repeats=self.repeats) for table in self.tables
        ]
        entries, doubts = entries_of(tables)
        if not entries:
            return None
        rest = [*self.passed, *self.between]
        after = [line for table in reversed(self.tables) for line in table.found.after]
        seen = dict.fromkeys(problem for table in tables for problem in table.problems)
        return Laid(
            before=tuple(self.before),
            entries=tuple(entries),
            after=(*after, *(paragraph.text for paragraph in rest)),
            problems=(
                *seen,
                *self.problems,
                *_beside([*self.prose, *rest]),
                *cells_left(self.taken, tables, entries, after),
                *doubts,
            ),
        )


def _of_page(text: str) -> bool:
    """Nothing, a page's number, or a word that says that the table goes on."""
    return not text or bool(_PAGE.match(text) or _AGAIN.match(text))


def _page(grid: Grid) -> int:
    return next((cell.place.page for row in grid.rows for cell in row if cell), 0)


def _apart(paragraphs: Sequence[Paragraph]) -> Iterable[str]:
    """The lines before the tables; a line of a form (填报单位：…) is no part of the title above it."""
    for paragraph in paragraphs:
        if _FORM_LINE.match(tidy(paragraph.text)):
            yield ""
        yield paragraph.text


def _lead(
    between: Sequence[Paragraph],
    *,
    first: bool,
    sheet: bool,
    known: Sequence[str],
) -> tuple[list[Row], list[Paragraph]]:
    """The headings right above a table, and the paragraphs that they are: lines 一、 （一） in their ranks,
    a table's caption (表一：…), else a short line between two tables that are not on sheets."""
    used: list[Paragraph] = []
    for paragraph in reversed(between):
        text = tidy(paragraph.text)
        if _of_page(text):
            continue
        short = len(text) <= _LONGEST_HEADING and not text.endswith(("。", "：", ":", "；"))
        levelled = level_of(text) is not None
        caption = not used and bool(_CAPTION.match(text)) and _captions(text, first, between)
        if caption and not _CAPTION.sub("", text):
            continue
        plain = not levelled and not first and not used and not sheet and text not in map(tidy, known)
        if not short or not (levelled or plain or caption) or (is_closing(text) and not caption):
            break
        if plain and not caption and (_BRACKETED.match(text) or _FORM_LINE.match(text)):
            break
        if used and rank_of(text) >= rank_of(used[0].text):
            break
        used.insert(0, paragraph)
        if plain or caption:
            break
    return [heading_row(_CAPTION.sub("", tidy(paragraph.text)), paragraph.place) for paragraph in used], used


def _captions(text: str, first: bool, between: Sequence[Paragraph]) -> bool:
    """Whether a line is a caption of a table, and not the title of the document with its annex's number."""
    words = _CAPTION.sub("", text)
    others = (tidy(p.text) for p in between)
    return (
        not first
        or not words
        or any(len(o) > len(words) and o != text and not _FORM_LINE.match(o) for o in others)
    )


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
