"""What kind of file the bytes are, told by their content, never by the name's extension."""

from __future__ import annotations

import re
from enum import StrEnum

from duban.reading.errors import WrongKind


class Kind(StrEnum):
    """A kind of file that has a reader."""

    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    LEGACY = "legacy"
    HTML = "html"
    TEXT = "text"


_SURE = (  # what the bytes begin with, and what that is; no text begins so, and none has a reader
    (b"{\\rtf", "RTF 文件"),
    (b"\x89PNG\r\n\x1a\n", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"PK\x05\x06", "压缩包"),
    (b"Rar!\x1a\x07", "压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "压缩包"),
    (b"\x1f\x8b\x08", "压缩包"),
    (b"\x7fELF", "程序"),
    (b"SQLite format 3\0", "数据库"),
)
_LIKELY = (  # the same where a NUL is near: a text could begin so
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"II*\0", "图片"),
    (b"MM\0*", "图片"),
    (b"RIFF", "音视频或图片"),
    (b"MZ", "程序"),
)
_ZIPS = (
    (b"word/", Kind.DOCX),
    (b"xl/worksheets/sheet1.bin", "Excel 二进制工作簿（xlsb）"),
    (b"xl/", Kind.XLSX),
    (b"ppt/", "演示文稿（pptx）"),
    (b"application/vnd.oasis", "OpenDocument 文件"),
    (b"OFD.xml", "OFD 版式文件"),
)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|table|div|meta|p\b)",
    re.IGNORECASE | re.DOTALL,
)
_MHTML = re.compile(rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,8}?MIME-Version:", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml", re.IGNORECASE)
_HEAD = 4096
_WIDE = (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"))


def kind_of(data: bytes) -> Kind:
    """The kind of a file that is not empty. Raises WrongKind with the name of what it is."""
    if data.startswith(b"PK\x03\x04"):
        found = next((what for part, what in _ZIPS if part in data), "压缩包")
        return found if isinstance(found, Kind) else _wrong(found)
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return Kind.LEGACY
    return _of_text(data)


def _of_text(data: bytes) -> Kind:
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    for encoding, mark in _WIDE:
        if data.startswith(mark):
            head = head.decode(encoding, "ignore").encode()
    if _HTML.match(head) or _MHTML.match(head):
        return Kind.HTML
    if _XML.match(head):
        return _wrong("XML 文件")
    magics = (*_SURE, *_LIKELY) if b"\0" in data[:_HEAD] else _SURE
    what = next((what for magic, what in magics if data.startswith(magic)), None)
    return _wrong(what) if what else Kind.TEXT


def _wrong(what: str) -> Kind:
    raise WrongKind(what=what)
