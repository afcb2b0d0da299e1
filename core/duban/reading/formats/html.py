"""HTML pages, and what is saved as such: by Word, by Excel (also under the name .xls), as a web archive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from duban.model import Problem
from duban.reading.errors import Broken
from duban.reading.formats.html_bytes import Page, pages
from duban.reading.formats.html_table import Parts, rows_of, take_apart
from duban.reading.formats.html_text import Reader, line_of
from duban.reading.formats.limits import TAGS, Budget, check
from duban.reading.formats.spans import Piece, Rows, grid_of
from duban.reading.formats.xml import Element
from duban.reading.grid import Document, Grid, Paragraph, Place

WHAT = "网页"
# Left open for a whole page by writers of old, they would nest until the parser gives up; they say nothing.
_DRESS = re.compile(
    r"</?(?:font|b|i|u|em|strong|big|small|tt|s|strike|nobr|o:p|st1:\w+)(?:\s[^<>]*)?/?>", re.I
)
_DRESS_HIDES = re.compile(
    r"<(?:font|[biu]|em|strong|big|small|tt|s|strike|nobr)\s[^<>]*(?:hidden|none|mso-hide|white-space)", re.I
)
_DATA_ROWS, _DATA_CELLS = 3, 3  # a table with a table in it that has as many filled is no layout


def read(data: bytes) -> Document:
    """What a page shows, in its order. Raises a ReadError."""
    walker = Walker()
    try:
        blocks = tuple(walker.blocks(data))
    except RecursionError as error:  # tables within tables within tables
        raise Broken(what=WHAT) from error
    return Document(blocks=blocks, notes=walker.notes(), name=walker.name)


@dataclass(slots=True)
class Walker:
    """Goes through the pages of a file once, in order."""

    reader: Reader = field(default_factory=Reader)
    budget: Budget = field(default_factory=Budget)
    holders: Mapping[Element, list[Element]] = field(default_factory=dict)  # tables with tables in them
    paragraphs: int = 0
    tables: int = 0
    name: str = ""  # <title>, of the first page that has one

    def notes(self) -> tuple[Problem, ...]:
        """What was left out because nobody sees it."""
        if not self.reader.hidden:
            return ()
        message = f"网页里有 {self.reader.hidden} 处隐藏的文字，没有读入；要读的话，请取消隐藏、另存后重发。"
        return (Problem(code="hidden-text", message=message),)

    def blocks(self, data: bytes) -> Iterator[Paragraph | Grid]:
        """The blocks of a file, of all its pages."""
        for page in pages(data, what=WHAT):
            yield from self._page(page)

    def _page(self, page: Page) -> Iterator[Paragraph | Grid]:
        """The blocks of one page; of Word's page headers the lines, of Excel's tab strip nothing."""
        if page.name == "tabstrip.htm":
            return
        root = _parsed(page.text)
        if root is None:
            return
        if page.name == "header.htm":
            for at, line in enumerate(self._lines(root), start=1):
                yield Paragraph(line, Place(table="页眉", paragraph=at))
            return
        self.holders = _holders(root)
        for title in root.iter("title"):
            self.name = self.name or self.budget.text(" ".join("".join(title.itertext()).split()))
        yield from self._blocks(root)

    def _blocks(self, element: Element) -> Iterator[Paragraph | Grid]:
        for one in self.reader.flow(element):
            if isinstance(one, str):
                yield from self._paragraphs(one)
            else:
                yield from self._table(one)

    def _paragraphs(self, line: str) -> Iterator[Paragraph]:
        if line:
            self.paragraphs += 1
            yield Paragraph(self.budget.text(line), Place(paragraph=self.paragraphs))

    def _table(self, table: Element) -> Iterator[Paragraph | Grid]:
        parts = take_apart(table, self.reader.leaves_out)
        for stray in parts.strays:
            if isinstance(stray, str):
                yield from self._paragraphs(" ".join(stray.split()))
            elif stray.tag == "table":
                yield from self._table(stray)
            else:
                yield from self._blocks(stray)
        cells = list(parts.cells())
        self.budget.room(len(cells))
        if len(cells) > 1 and not self._is_layout(table, parts):
            if grid := grid_of(self._rows(parts), number=self.tables + 1, budget=self.budget):
                self.tables += 1
                yield grid
            return
        for cell in cells:
            yield from self._blocks(cell)

    def _is_layout(self, table: Element, parts: Parts) -> bool:
        """Whether a table only puts others into their places: it holds some, and says little itself."""
        if (inner := self.holders.get(table)) is None:
            return False
        if table.get("role") in ("presentation", "none"):
            return True
        own = [[len(_own(cell)) for cell in row] for group in parts.groups for row in group.rows]
        full = sum(sum(map(bool, row)) >= _DATA_CELLS for row in own)
        return full < _DATA_ROWS or sum(map(sum, own)) < sum(_length(one) for one in inner)

    def _rows(self, parts: Parts) -> Rows:
        pieces = {cell: Piece(self.budget.text("\n".join(self._lines(cell)))) for cell in parts.cells()}
        return rows_of(parts.groups, pieces, self.budget)

    def _lines(self, element: Element) -> Iterator[str]:
        """The lines of a cell. A table within has a line for each of its rows."""
        if not len(element) and element.tag != "pre":
            if line := line_of(element.text or ""):
                yield line
            return
        for one in self.reader.flow(element):
            if isinstance(one, str):
                yield one
                continue
            for group in take_apart(one, self.reader.leaves_out).groups:
                for row in group.rows:
                    texts = (" ".join(self._lines(cell)) for cell in row)
                    if line := " ".join(filter(None, texts)):
                        yield line


def _parsed(text: str) -> Element | None:
    """The root element, None where there is nothing. Raises Broken where the parser would lose the end."""
    check(text.count("<"), TAGS, "个标签")
    if not _DRESS_HIDES.search(text):
        text = _DRESS.sub("", text)
    # The bound on depth is 256 without huge_tree, which real pages pass, and 2048 with it. No bound on memory
    # is lost: HTML defines no entities.
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError) as error:
        raise Broken(what=WHAT) from error
    last = parser.error_log.last_error
    if last is not None and last.level_name == "FATAL":
        raise Broken(what=WHAT)
    return root


def _holders(root: Element) -> dict[Element, list[Element]]:
    """Tables that hold tables: the ones directly within each."""
    found: dict[Element, list[Element]] = {}
    stack: list[Element] = []
    for event, table in etree.iterwalk(root, events=("start", "end"), tag="table"):
        if event == "end":
            stack.pop()
            continue
        if stack:
            found.setdefault(stack[-1], []).append(table)
        stack.append(table)
    return found


def _own(cell: Element) -> str:
    """The text of a cell without that of tables within it."""
    texts: list[str] = [cell.text or ""]
    stack = [iter(cell)]
    while stack:
        one = next(stack[-1], None)
        if one is None:
            stack.pop()
            continue
        texts.append(one.tail or "")
        if one.tag != "table":
            texts.append(one.text or "")
            stack.append(iter(one))
    return "".join("".join(texts).split())


def _length(table: Element) -> int:
    return len("".join("".join(table.itertext()).split()))
