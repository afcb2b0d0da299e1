"""PDF files with text: tables page by page, the text around them, and a word on pages that are pictures.

On pdfplumber (extra `pdf`). It takes some tenths of a second a page, and longer on broken files: to be called
in a child process with bounds (duban.reading.apart).
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from duban.model import Problem
from duban.reading.errors import Broken, EmptyFile, NeedsExtra, Protected, ReadError, Scanned, WrongKind
from duban.reading.formats.limits import Budget, check
from duban.reading.formats.pdf_plain import plain_table
from duban.reading.formats.pdf_tables import Table, grid_of, table_of
from duban.reading.formats.pdf_text import (
    Letter,
    Line,
    edges_of,
    follows,
    joined,
    lines_of,
    paragraphs_of,
    slogans,
    without_margins,
)
from duban.reading.grid import Document, Grid, Paragraph, Place

PAGES = 300
EDGES = 30_000  # lines drawn on one page; a map has more, a table never
_PICTURE = 0.5  # of a page; a picture as large as that is a scanned page
_ASLANT = 0.1  # rise of a line of letters that is still straight
_FEW = 20  # letters beside a picture: a page number, a stamp
_UNKNOWN = 0.3  # of the letters have no Unicode: the font came without its table


def read(data: bytes) -> Document:
    """Tables and paragraphs in reading order; first what stands on each page, where marks of secrecy stand
    (Place.table is 页眉, 页脚 or 水印). Raises Scanned, Protected, Broken, TooMuch or NeedsExtra."""
    try:
        import pdfplumber  # noqa: PLC0415 - an extra
        from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect  # noqa: PLC0415
    except ImportError as error:
        raise NeedsExtra(what="PDF", extra="pdf") from error
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            check(len(pdf.pages), PAGES, "页")
            pages = [_look(page) for page in pdf.pages]
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # whatever a broken file makes of two libraries
        cause = error.args[0] if error.args else error
        if isinstance(cause, (PDFPasswordIncorrect, PDFEncryptionError)):
            raise Protected from error
        raise Broken(what="PDF") from error
    return _document(pages)


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page holds, freed of the library."""

    number: int
    width: float
    height: float
    aslant: tuple[str, ...]  # watermarks
    tables: tuple[tuple[Table, tuple[Letter, ...]], ...]
    lines: tuple[Line, ...]  # outside of tables
    letters: int
    unknown: int  # letters without Unicode
    picture: bool  # nothing but a picture


def _look(page: Any) -> _Page:
    """One page, turned upright. The library keeps what it has parsed of a page until it is told not to."""
    page = _upright(page)
    letters = _letters(page)
    drawn = len(page.edges)
    check(drawn, EDGES, "条线")
    found = [table for boxes in page.find_tables() if (table := table_of(boxes.cells))] if drawn else []
    if not found:
        rules = [edge["top"] for edge in page.edges if edge["x1"] - edge["x0"] > float(page.width) / 3]
        plain = plain_table(letters, rules)
        found = [plain] if plain else []
    inside: list[list[Letter]] = [[] for _ in found]
    outside: list[Letter] = []
    for letter in letters:
        at = next((i for i, table in enumerate(found) if table.holds(letter)), None)
        (outside if at is None else inside[at]).append(letter)
    area = float(page.width * page.height) or 1.0
    largest = max((image["width"] * image["height"] for image in page.images), default=0.0)
    seen = _Page(
        number=page.page_number,
        width=float(page.width),
        height=float(page.height),
        aslant=tuple(slogans([_letter(char) for char in page.chars if _turn(char) is None])),
        tables=tuple((table, tuple(within)) for table, within in zip(found, inside, strict=True)),
        lines=tuple(lines_of(outside)),
        letters=len(letters),
        unknown=sum(letter.text.startswith("(cid:") for letter in letters),
        picture=len(letters) < _FEW and largest > (area * _PICTURE if letters else 0),
    )
    page.close()
    return seen


def _upright(page: Any) -> Any:
    """The page as it is read: where most of its letters lie on their side, or on their head, it is turned."""
    if not page.chars:
        return page
    (turn, count), *_ = Counter(map(_turn, page.chars)).most_common(1)
    if not turn or count * 2 <= len(page.chars):
        return page
    page.page_obj.rotate = (page.page_obj.rotate + turn) % 360
    return type(page)(page.pdf, page.page_obj, page_number=page.page_number, initial_doctop=0)


def _turn(char: dict[str, Any]) -> int | None:
    """Upright letters, for watermarks are aslant; one that is drawn twice on a spot, to look bold, once."""
    along, up = char["matrix"][:2]
    if abs(up) < abs(along) * _ASLANT:
        return 0 if along > 0 else 180
    if abs(along) < abs(up) * _ASLANT:
        return 90 if up > 0 else 270
    return None


def _letters(page: Any) -> list[Letter]:
    """Upright letters; one that is drawn twice on a spot, to look bold, once."""
    seen: set[tuple[str, int, int]] = set()
    letters: list[Letter] = []
    for char in page.chars:
        if _turn(char) != 0:
            continue
        letter = _letter(char)
        spots = [(letter.text, round(letter.x0) + dx, round(letter.top)) for dx in (-1, 0, 1)]
        if letter.text.strip() and any(spot in seen for spot in spots):
            continue
        seen.add(spots[1])
        letters.append(letter)
    return letters


def _letter(char: dict[str, Any]) -> Letter:
    x0, x1, top, bottom = (float(char[key]) for key in ("x0", "x1", "top", "bottom"))
    return Letter(char["text"].replace("\xa0", " "), x0, x1, top, bottom)


def _document(pages: Sequence[_Page]) -> Document:
    letters = sum(page.letters for page in pages)
    if not letters or all(page.picture for page in pages):
        if any(page.picture for page in pages):
            raise Scanned(pages=len(pages))
        raise EmptyFile
    if sum(page.unknown for page in pages) > letters * _UNKNOWN:
        raise WrongKind(what="字体没有文字编码的 PDF")
    kept, margins = without_margins([page.lines for page in pages], [page.height for page in pages])
    watermarks = dict.fromkeys(word for page in pages for word in page.aslant)
    around = [*margins, *(("水印", word) for word in watermarks)]
    budget = Budget()
    blocks = (
        *(
            Paragraph(budget.text(words), Place(table=kind, paragraph=n))
            for n, (kind, words) in enumerate(around, 1)
        ),
        *_blocks(pages, kept, budget),
    )
    return Document(blocks=blocks, notes=_notes(pages))


def _blocks(
    pages: Sequence[_Page], kept: Sequence[Sequence[Line]], budget: Budget
) -> Iterator[Paragraph | Grid]:
    """Tables and paragraphs from above to below; a paragraph that goes on over the page is one."""
    going: list[Line] = []  # the paragraph that may go on
    where, before = Place(), 0.0
    for page, lines in zip(pages, kept, strict=True):
        number, first = 0, True
        left, right = edges_of(lines, page.width)
        for piece in _pieces(page, lines, budget):
            paragraphs = [] if isinstance(piece, Grid) else paragraphs_of(piece, left, right)
            if (
                going
                and paragraphs
                and first
                and follows(going[-1], paragraphs[0][0], left, before, turned=True)
            ):
                going += paragraphs.pop(0)
            first = False
            for paragraph in paragraphs:
                if going:
                    yield Paragraph(budget.text(joined(going)), where)
                number += 1
                going, where = paragraph, Place(page=page.number, paragraph=number)
            if isinstance(piece, Grid):
                if going:
                    yield Paragraph(budget.text(joined(going)), where)
                going = []
                yield piece
        before = right
    if going:
        yield Paragraph(budget.text(joined(going)), where)


def _pieces(page: _Page, lines: Sequence[Line], budget: Budget) -> Iterator[Grid | Sequence[Line]]:
    """A page from above to below: lines of text, a table, lines again."""
    done = 0
    tables = sorted(page.tables, key=lambda found: found[0].top)
    for number, (table, letters) in enumerate(tables, 1):
        above = [line for line in lines[done:] if line.top < table.top]
        done += len(above)
        if above:
            yield above
        if grid := grid_of(table, letters, page=page.number, number=number, budget=budget):
            yield grid
    if done < len(lines):
        yield lines[done:]


def _notes(pages: Sequence[_Page]) -> tuple[Problem, ...]:
    scanned = [page.number for page in pages if page.picture]
    if not scanned:
        return ()
    which = "、".join(map(str, scanned[:5])) + ("等" if len(scanned) > 5 else "")  # noqa: PLR2004 - listed
    said = f"第{which}页是图片，没有文字，没有读入（共 {len(scanned)} 页）。请发文字版的 docx、xlsx 或 pdf。"
    return (Problem(code="scanned-page", message=said, where=f"第{scanned[0]}页"),)
