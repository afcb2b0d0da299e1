"""What a file says beside what is read of it: notes, comments, hidden text and sheets, names, page headers.

All its text, roughly, by taking the tags away: it is looked at for marks of secrecy and for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from duban.reading.errors import ReadError
from duban.reading.formats.archive import members
from duban.reading.formats.sniff import Kind

_END = re.compile(
    r"</(?:\w+:)?(?:p|si|is|v|tc|td|th|tr|li|div|title|h[1-6]|caption|(?:odd|even|first)(?:Header|Footer))\s*>"
    r"|<(?:\w+:)?(?:br|cr|tab)\b[^<>]*>",
    re.IGNORECASE,
)
_NAME = re.compile(r'<(?:\w+:)?(?:sheet|textpath)\b[^<>]*?\b(?:name|string)="([^"]*)"[^<>]*>')
_TAG = re.compile(r"<[^<>]*>")
_CODE = re.compile(r'&(?:"[^"]*"|[0-9]+|[A-Z])')  # of Excel's page headers; ECMA-376 part 1, 18.3.1.46
_PARTING = re.compile(r"[\n\r\t,;|]")


def asides(data: bytes, kind: Kind, *, having: str) -> Iterator[str]:
    """Every line, and every cell of a line, that has the characters `having`; also what is shown."""
    for text in _texts(data, kind):
        if having in text or f"&#{ord(having)};" in text:
            plain = _END.sub("\n", _NAME.sub(r"\n\1\n", text))
            for line in _PARTING.split(_CODE.sub("\n", unescape(_TAG.sub("", plain)))):
                if having in line:
                    yield line


def _texts(data: bytes, kind: Kind) -> Iterator[str]:
    if kind in (Kind.DOCX, Kind.XLSX):
        archive = members(data)
        for name in archive.names:
            if name.endswith(".xml"):
                yield _decoded(archive.read(name) or b"")
    elif kind is Kind.HTML:
        from duban.reading.formats.html_bytes import pages  # noqa: PLC0415 - each format loads its own

        try:
            yield from (page.text for page in pages(data, what="网页"))
        except ReadError:  # said by the reader of pages itself
            return


def _decoded(data: bytes) -> str:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if wide else "utf-8", "ignore")
