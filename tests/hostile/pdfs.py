"""PDF files by hand: pages, trees and streams that loop, swell or are missing."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

FONT = "STSong-Light"


def pdf(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """A file of numbered objects, the first of which is the catalog."""
    made = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, content in objects.items():
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(made), max(objects) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        made += b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if number in places else b"f")
    made += b"trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(made)


def stream(data: bytes, more: bytes = b"", *, packed: int = 0) -> bytes:
    """A stream, `packed` times through Flate."""
    for _ in range(packed):
        data = zlib.compress(data, 9)
    kinds = b"/Filter [%s]" % b" ".join([b"/FlateDecode"] * packed) if packed else b""
    return b"<</Length %d %s %s>>\nstream\n%s\nendstream" % (len(data), kinds, more, data)


def _pages(content: bytes, more: bytes = b"", **others: bytes) -> dict[int, bytes]:
    return {
        1: b"<</Type /Catalog /Pages 2 0 R>>",
        2: b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <<%s>>>>" % more,
        4: content,
        **{int(number.lstrip("n")): body for number, body in others.items()},
    }


def written(rows: int = 2, *, repeat: int = 1) -> bytes:
    """A real one, of a table of tasks."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    data = [["序号", "工作任务", "责任单位", "完成时限"]]
    data += [[str(n), f"编制目录{n}，6月30日前完成。", "甲局", "6月30日"] for n in range(1, rows + 1)]
    style = [("FONT", (0, 0), (-1, -1), FONT, 10), ("GRID", (0, 0), (-1, -1), 0.5, "black")]
    SimpleDocTemplate(buffer).build([Table(data, style=style, repeatRows=repeat)])
    return buffer.getvalue()


def with_line(text: str) -> bytes:
    """A page with a line of text over the table."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setFont(FONT, 12)
    canvas.drawString(50, 800, text)
    for n, line in enumerate(
        ("一、编制目录，6月30日前完成。（责任单位：甲局）", "二、更新指南。（责任单位：乙局）")
    ):
        canvas.drawString(50, 700 - 30 * n, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def empty_pages(count: int) -> bytes:
    """So many pages with a word each."""
    kids = b" ".join(b"%d 0 R" % n for n in range(5, 5 + count))
    page = (
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources <</Font <</F 3 0 R>>>>>>"
    )
    return pdf(
        {
            1: b"<</Type /Catalog /Pages 2 0 R>>",
            2: b"<</Type /Pages /Kids [%s] /Count %d>>" % (kids, count),
            3: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
            4: stream(b"BT /F 12 Tf 50 700 Td (plan 2026) Tj ET"),
            **dict.fromkeys(range(5, 5 + count), page),
        }
    )


def cyclic_tree() -> bytes:
    """A page tree whose child is its root."""
    return pdf(
        {
            1: b"<</Type /Catalog /Pages 2 0 R>>",
            2: b"<</Type /Pages /Kids [3 0 R 2 0 R] /Count 2 /Parent 3 0 R>>",
            3: b"<</Type /Pages /Kids [2 0 R 2 0 R 3 0 R] /Count 9 /Parent 2 0 R>>",
        }
    )


def cyclic_forms() -> bytes:
    """Form XObjects that draw one another, each twice."""
    names = b"/XObject <</A 5 0 R /B 6 0 R>>"
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <<%s>>" % names
    both = stream(b"/A Do /B Do " * 2, form)
    return pdf(_pages(stream(b"/A Do /B Do"), names, n5=both, n6=both))


def swelling(size: int, packed: int = 1) -> bytes:
    """A page whose content unfolds to `size` bytes of drawing."""
    return pdf(_pages(stream(b"0 0 m 9 9 l S " * (size // 14), packed=packed)))


def much_text(size: int) -> bytes:
    """A page with `size` bytes of shown text."""
    font = b"/Font <</F 5 0 R>>"
    text = stream(b"BT /F 1 Tf 50 700 Td " + b"(2026 1 2 3) Tj 0 -1 Td " * (size // 24) + b"ET", packed=1)
    return pdf(_pages(text, font, n5=b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"))


def looping_xref() -> bytes:
    """A table of contents whose earlier one is itself."""
    good = pdf(_pages(stream(b"")))
    return good.replace(b"/Root", b"/Prev %d /Root" % good.rindex(b"xref\n0"), 1)


def nested_arrays(depth: int) -> bytes:
    """Arrays within arrays."""
    return pdf(_pages(stream(b"[" * depth)) | {5: b"[" * depth + b"]" * depth}, b"/Info 5 0 R")


def self_reference() -> bytes:
    """A length that is its own, a parent that is its own, contents that are the page."""
    return pdf(
        {
            1: b"<</Type /Catalog /Pages 2 0 R>>",
            2: b"<</Type /Pages /Kids [3 0 R] /Count 1 /Parent 2 0 R>>",
            3: b"<</Type /Page /Parent 3 0 R /Contents [3 0 R 4 0 R] /MediaBox 5 0 R>>",
            4: b"<</Length 4 0 R>>\nstream\nx\nendstream",
            5: b"5 0 R",
        }
    )


def scanned() -> bytes:
    """A page that is a picture."""
    picture = stream(
        bytes(100),
        b"/Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    return pdf(_pages(stream(b"q 595 0 0 842 0 0 cm /I Do Q"), b"/XObject <</I 5 0 R>>", n5=picture))


def locked() -> bytes:
    """With a password that nobody knows."""
    encrypt = b"<</Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4>>" % (b"41" * 32, b"42" * 32)
    return pdf(_pages(stream(b"")) | {5: encrypt}, b"/Encrypt 5 0 R /ID [<41> <41>]")
