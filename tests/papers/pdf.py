"""PDFs: tables with the rules one asks for, running text, pictures, pages that lie on their side."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table
from reportlab.platypus.flowables import Flowable

SONG = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(SONG))
_BODY = ParagraphStyle("body", fontName=SONG, fontSize=12, leading=20, wordWrap="CJK", firstLineIndent=24)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=10, leading=14, firstLineIndent=0)

GRID = [("GRID", (0, 0), (-1, -1), 0.5, "black")]
RULES = [("LINEABOVE", (0, 0), (-1, 0), 1, "black"), ("LINEBELOW", (0, 0), (-1, -1), 0.5, "black")]


def text(words: str) -> Flowable:
    """A paragraph with an indent of two letters."""
    return Paragraph(words, _BODY)


def table(
    rows: Sequence[Sequence[str]], *styles: tuple[Any, ...], widths: Sequence[int] = (40, 200, 110, 90)
) -> Flowable:
    """A table; texts wrap in the second column. Its first row is repeated on each page."""
    cells = [
        [Paragraph(c, _CELL) if i == 1 and r else c for i, c in enumerate(row)] for r, row in enumerate(rows)
    ]
    base = [("FONT", (0, 0), (-1, -1), SONG, 10), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    return Table(cells, colWidths=list(widths), repeatRows=1, style=[*base, *styles])


def document(
    *story: Flowable,
    size: tuple[float, float] = A4,
    header: str = "",
    number: str = "",
    rotate: int = 0,
    password: str | None = None,
) -> bytes:
    """Pages of text and tables, with a header and a page number ("第{}页") on each."""
    buffer = io.BytesIO()

    def around(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont(SONG, 9)
        canvas.drawString(70, size[1] - 40, header)
        canvas.drawCentredString(size[0] / 2, 36, number.format(template.page))
        if rotate:
            canvas.setPageRotation(rotate)

    locked = StandardEncryption(password, ownerPassword="owner") if password is not None else None
    made = SimpleDocTemplate(buffer, pagesize=size, encrypt=locked, invariant=True, pageCompression=0)
    made.build(list(story), onFirstPage=around, onLaterPages=around)
    return buffer.getvalue()


def drawn(*pages: Callable[[Canvas], object], size: tuple[float, float] = A4) -> bytes:
    """Pages that are drawn by hand."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=True, pageCompression=0)
    for page in pages:
        canvas.setFont(SONG, 12)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def picture(canvas: Canvas) -> None:
    """A scanned page."""
    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 128)), 0, 0, *A4)
