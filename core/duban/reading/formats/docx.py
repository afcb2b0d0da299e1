"""docx, read by a walker of our own: python-docx drops rows in content controls and tracked insertions.

ECMA-376 part 1, 17 (WordprocessingML). What Word shows is what is read: merged cells, automatic numbers,
results of fields, what was inserted; not what was deleted, hidden, commented or noted at the foot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from duban.model import Problem
from duban.reading.errors import Broken
from duban.reading.formats import html
from duban.reading.formats.archive import members
from duban.reading.formats.docx_names import (
    NAMES,
    child,
    get,
    inside,
    is_on,
    number,
    properties,
    relation,
    val,
    value,
)
from duban.reading.formats.docx_numbers import Numbers, read_numbers
from duban.reading.formats.docx_parts import Parts, open_parts
from duban.reading.formats.docx_styles import Styles, read_styles
from duban.reading.formats.docx_text import Inline, Reader
from duban.reading.formats.limits import Budget
from duban.reading.formats.spans import Piece, Rows, Span, grid_of
from duban.reading.formats.xml import Element
from duban.reading.grid import Document, Grid, Paragraph, Place

WHAT = "Word 文档"
_BLOCKS = frozenset({"p", "tbl", "altChunk"})
_NO_LETTERS = re.compile(r"[\W\d_]+")
_PAGES = frozenset(
    {"", "页", "第页", "共页", "第页共页", "页共页", "page", "pageof"}
)  # what is left of 第3页


def read(data: bytes) -> Document:
    """What a docx shows, in its order. First come the lines of headers and footers (Place.table is 页眉 or
    页脚): marks of secrecy stand there. Raises a ReadError."""
    archive = members(data, what=WHAT)
    try:
        parts = open_parts(archive)
        root = parts.document()
        body = child(root, "body")
        if body is None:
            raise Broken(what=WHAT)
        walker = _Walker.of(parts)
        blocks = (*_margins(parts, walker), *walker.blocks(body))
    except RecursionError as error:  # tables within tables within tables
        raise Broken(what=WHAT) from error
    return Document(blocks=blocks, notes=(*archive.notes, *_embedded(parts), *walker.notes()))


@dataclass(slots=True)
class _Walker:
    """Goes through a story once, in order, so that the automatic numbers count as Word counts."""

    styles: Styles
    numbers: Numbers
    reader: Reader
    parts: Parts
    budget: Budget = field(default_factory=Budget)
    paragraphs: int = 0
    tables: int = 0

    @classmethod
    def of(cls, parts: Parts) -> _Walker:
        styles = read_styles(parts.first("styles"))
        return cls(styles, read_numbers(parts.first("numbering"), styles), Reader(styles), parts)

    def notes(self) -> tuple[Problem, ...]:
        """What was left out because nobody sees it."""
        if not self.reader.hidden:
            return ()
        message = (
            f"文件里有 {self.reader.hidden} 处隐藏的文字或行，没有读入；要读的话，请取消隐藏、另存后重发。"
        )
        return (Problem(code="hidden-text", message=message),)

    def blocks(self, container: Element) -> Iterator[Paragraph | Grid]:
        """Paragraphs, a line each, and tables. A table of one cell is a frame around what it holds."""
        for one in self._content(container):
            if isinstance(one, str):
                lines = _lines(one)
                self.paragraphs += bool(lines)
                for line in lines:
                    yield Paragraph(self.budget.text(line), Place(paragraph=self.paragraphs))
            elif NAMES.get(one.tag) == "altChunk":
                yield from self._page(one)
            elif NAMES.get(one.tag) == "txbxContent":
                yield from self.blocks(one)
            elif (frame := self._frame(one)) is not None:
                yield from self.blocks(frame)
            elif grid := grid_of(self._rows(one), number=self.tables + 1, budget=self.budget):
                self.tables += 1
                yield grid

    def _page(self, chunk: Element) -> Iterator[Paragraph | Grid]:
        """A page of HTML that stands for a part of the document, as converters from HTML write it."""
        data = self.parts.archive.read(self.parts.target(relation(chunk)) or "")
        if data is None or data.startswith((b"PK", b"{\\rtf")):
            return
        pages = html.Walker(budget=self.budget, paragraphs=self.paragraphs, tables=self.tables)
        yield from pages.blocks(data)
        self.paragraphs, self.tables = pages.paragraphs, pages.tables
        self.reader.hidden += pages.reader.hidden

    def _content(self, container: Element) -> Iterator[str | Element]:
        """Paragraphs' texts with their numbers; tables and text boxes as elements."""
        carried = ""
        for name, one in inside(container, _BLOCKS):
            if name != "p":
                yield one
                continue
            own = properties(one, "pPr")
            style = val(own.get("pStyle")) or self.styles.default
            if self.styles.is_contents(style):
                continue
            found: Inline = self.reader.read(one, style, own.get("rPr"))
            if found.ends:
                yield self.numbers.before(carried + found.text, style, own.get("numPr"))
            carried = "" if found.ends else carried + found.text
            yield from found.boxes
        if carried:
            yield carried

    def _frame(self, table: Element) -> Element | None:
        rows = [row for _, row in inside(table, frozenset({"tr"}))]
        cells = [cell for row in rows[:2] for _, cell in inside(row, frozenset({"tc"}))]
        alone = len(cells) == 1 and len(rows) == 1 and child(rows[0], "trPr", "hidden") is None
        return cells[0] if alone else None

    def _rows(self, table: Element) -> Rows:
        rows: Rows = []
        above: list[Span] = []
        spans = 0
        for _, row in inside(table, frozenset({"tr"})):
            if self._is_out(row):
                continue
            above = self._row(row, above)
            spans += len(above)
            self.budget.room(spans)
            rows.append(above)
        return rows

    def _is_out(self, row: Element) -> bool:
        """Deleted with changes tracked, or hidden."""
        own = child(row, "trPr")
        if own is not None and is_on(own, "hidden"):
            self.reader.hidden += 1
            return True
        return own is not None and child(own, "del") is not None

    def _row(self, row: Element, above: list[Span]) -> list[Span]:
        at = max(number(value(child(row, "trPr"), "gridBefore"), 0), 0)
        spans: list[Span] = []
        over = {span.start: span.piece for span in above}
        for _, cell in inside(row, frozenset({"tc"})):
            own = properties(cell, "tcPr")
            if "cellDel" in own:
                continue
            start, at = at, at + max(number(val(own.get("gridSpan")), 1), 1)
            if spans and _continues(own.get("hMerge")):
                spans[-1] = spans[-1]._replace(end=at)
                continue
            merged = _continues(own.get("vMerge")) or _is_tracked(own.get("cellMerge"))
            piece = over.get(start) if merged else None
            piece = piece or Piece(self.budget.text(self._text(cell)))
            piece.rows += 1
            spans.append(Span(start, at, piece))
        return spans

    def _text(self, cell: Element) -> str:
        return "\n".join(self._lines_of(cell))

    def _lines_of(self, container: Element) -> Iterator[str]:
        """The lines of a cell. A table within has a line for each of its rows."""
        for one in self._content(container):
            if isinstance(one, str):
                yield from _lines(one)
            elif NAMES.get(one.tag) == "altChunk":
                yield from (block.text for block in self._page(one) if isinstance(block, Paragraph))
            elif NAMES.get(one.tag) == "txbxContent":
                yield from self._lines_of(one)
            elif (frame := self._frame(one)) is not None:
                yield from self._lines_of(frame)
            else:
                yield from _flat(self._rows(one))


def _lines(text: str) -> list[str]:
    if "\n" not in text:
        text = text.strip()
        return [text] if text else []
    return [line.strip() for line in text.split("\n") if line.strip()]


def _flat(rows: Rows) -> Iterator[str]:
    """A table within a cell: a line for each row, a merged cell in its first."""
    said: set[int] = set()
    for row in rows:
        pieces = [span.piece for span in row if span.piece.text and id(span.piece) not in said]
        said |= {id(piece) for piece in pieces}
        if pieces:
            yield " ".join(piece.text.replace("\n", " ") for piece in pieces)


def _continues(merge: Element | None) -> bool:
    """Whether a cell goes on with a merged one: w:vMerge without a value says so."""
    return merge is not None and (get(merge, "val") or "continue") != "restart"


def _is_tracked(merge: Element | None) -> bool:
    """Whether a cell was merged into the one above with changes tracked."""
    return merge is not None and get(merge, "vMerge") == "cont"


def _embedded(parts: Parts) -> Iterator[Problem]:
    """Files within the file: a table of Excel that is shown as a picture of itself."""
    kinds = {"package", "aFChunk"}
    pages = (".htm", ".html", ".mht", ".mhtml", ".xhtml", ".txt")
    count = sum(one.kind in kinds and not one.target.lower().endswith(pages) for one in parts.relations)
    if count:
        message = (
            f"文件里嵌着 {count} 个别的文件（如 Excel 表格），没有读入；其中有任务的，请单独另存后发来。"
        )
        yield Problem(code="embedded", message=message)


def _margins(parts: Parts, walker: _Walker) -> Iterator[Paragraph]:
    """The lines of headers and footers, each once, without page numbers."""
    seen: set[str] = set()
    for kind, table in (("header", "页眉"), ("footer", "页脚")):
        for one in parts.relations:
            part = parts.root(one.target) if one.kind == kind else None
            if part is None:
                continue
            apart = _Walker(
                walker.styles, Numbers(walker.styles), Reader(walker.styles), parts, walker.budget
            )
            marks = [box.get("string") or "" for box in part.iter("{urn:schemas-microsoft-com:vml}textpath")]
            for line in (*apart._lines_of(part), *marks):
                if line not in seen and _NO_LETTERS.sub("", line).lower() not in _PAGES:
                    seen.add(line)
                    yield Paragraph(line, Place(table=table, paragraph=len(seen)))
