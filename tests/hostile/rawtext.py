"""What a file says, by the simplest means and none of Duban's: to hold the readers to it."""

from __future__ import annotations

import email
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_BLANK = re.compile(r"[\s\u200b\ufeff]+")
_BLOCKS = ("p", "td", "th", "li", "div", "h1", "h2", "h3")


def close(text: str) -> str:
    """Without blanks, so that line breaks and indents make no difference."""
    return _BLANK.sub("", text)


def pieces(data: bytes, kind: str) -> list[str]:
    """Cells and paragraphs, each without blanks; nothing where the file cannot be taken apart."""
    try:
        found = list({"docx": _docx, "xlsx": _xlsx, "html": _html, "mhtml": _mhtml}.get(kind, _text)(data))
    except (ElementTree.ParseError, etree.LxmlError, zipfile.BadZipFile, KeyError, ValueError, IndexError):
        return []
    return [close(one) for one in found]


def _docx(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    for container in (*root.iter(f"{_W}tc"), *root.iter(f"{_W}p")):
        yield "".join(one.text or "" for one in container.iter(f"{_W}t"))


def _xlsx(data: bytes) -> Iterator[str]:
    """Every cell of every sheet that the workbook lists and does not hide."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        strings: list[str] = []
        if "xl/sharedStrings.xml" in archive.namelist():
            table = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            strings = ["".join(t.text or "" for t in one.iter(f"{_S}t")) for one in table.iter(f"{_S}si")]
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {one.get("Id"): one.get("Target") or "" for one in links}
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        for listed in book.iter(f"{_S}sheet"):
            link = next((value for key, value in listed.attrib.items() if key.endswith("}id")), "")
            if listed.get("state", "visible") == "visible" and link in targets:
                name = posixpath.normpath(posixpath.join("/xl", targets[link])).lstrip("/")
                yield from _cells(archive.read(name), strings)


def _cells(sheet: bytes, strings: list[str]) -> Iterator[str]:
    for cell in ElementTree.fromstring(sheet).iter(f"{_S}c"):
        value = cell.findtext(f"{_S}v") or ""
        if cell.get("t") == "s":
            yield strings[int(value)] if value else ""
        elif cell.get("t") == "inlineStr":
            yield "".join(one.text or "" for one in cell.iter(f"{_S}t"))
        else:
            yield value


def _html(data: bytes) -> Iterator[str]:
    root = etree.fromstring(data, etree.HTMLParser(encoding="utf-8"))
    if root is not None:
        yield from ("".join(one.itertext()) for one in root.iter(*_BLOCKS))


def _mhtml(data: bytes) -> Iterator[str]:
    for part in email.message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            body = part.get_payload(decode=True)
            yield from _html(body if isinstance(body, bytes) else b"")


def _text(data: bytes) -> Iterator[str]:
    for codec in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            yield data.decode(codec)
        except UnicodeDecodeError:
            continue
        return
