"""A workbook's own parts: sheets, shared strings, formats. Parts are streamed; none is kept as a tree."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from duban.reading.errors import Broken, WrongKind
from duban.reading.formats.archive import Archive
from duban.reading.formats.xlsx_numbers import BUILTIN, GENERAL

KIND = "Excel 表格（xlsx）"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Style:
    """What a cell's style says that matters here."""

    code: str = GENERAL
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet as the workbook lists it (charts and macro sheets have no cells); `part` is its member."""

    name: str
    part: str
    hidden: bool


@dataclass(slots=True)
class Book:
    """What the sheets refer to. A shared string comes with whether a part of it is struck through."""

    sheets: list[Sheet] = field(default_factory=list)
    strings: list[tuple[str, bool]] = field(default_factory=list)
    styles: list[Style] = field(default_factory=list)
    since_1904: bool = False


def open_book(archive: Archive) -> Book:
    """The workbook of an archive. Raises Broken; WrongKind for a binary workbook (xlsb)."""
    if any(name.lower().endswith("workbook.bin") for name in archive.names):
        raise WrongKind(what="Excel 二进制工作簿（xlsb）")
    linked = [part for kind, part in links_of(archive, "").values() if kind == "officeDocument"]
    main = linked[0] if linked else "xl/workbook.xml"
    links = links_of(archive, main)
    book = Book()
    _read_sheets(part_of(archive, main), links, book)
    for kind, part in links.values():
        if kind == "sharedStrings":
            book.strings = _strings(part_of(archive, part))
        elif kind == "styles":
            book.styles = _styles(part_of(archive, part))
    return book


def part_of(archive: Archive, name: str) -> bytes:
    """A part that another one refers to. Raises Broken where it did not come along."""
    data = archive.read(name)
    if data is None:
        raise Broken(what=KIND)
    return data


def walk(
    data: bytes,
    *,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda _: None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Run through a part; names come without prefix. Raises Broken for what is no XML or declares a DTD."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    local: dict[str, str] = {}

    def name_of(name: str) -> str:
        found = local.get(name)
        if found is None:
            found = local.setdefault(name, name.rpartition(":")[2])
        return found

    parser.StartElementHandler = lambda name, attributes: start(name_of(name), attributes)
    parser.EndElementHandler = lambda name: end(name_of(name))
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # LookupError: an encoding that nobody knows
        raise Broken(what=KIND) from error


def plain(text: str) -> str:
    """A string of the file as text: _x000A_ is a line break (ECMA-376 part 1, §22.9.2.19), the rest clean."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def truth(value: str | None) -> bool:
    """An attribute of the type boolean."""
    return value in ("1", "true", "on")


def _refuse(*_: object) -> None:
    raise ValueError("no workbook declares a document type")


def links_of(archive: Archive, source: str) -> dict[str, tuple[str, str]]:
    """A part's relations: id → the last word of the type, and the member."""
    folder, name = posixpath.split(source)
    links: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            links[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)

    data = archive.read(posixpath.join(folder, "_rels", f"{name}.rels"))
    if data is not None:
        walk(data, start=start)
    return links


def _read_sheets(data: bytes, links: Mapping[str, tuple[str, str]], book: Book) -> None:
    """The sheets as listed; a part that is listed again would be read again, as often as one likes."""

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "workbookPr":
            book.since_1904 = truth(attributes.get("date1904"))
        if tag != "sheet":
            return
        link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        kind, part = links.get(link, ("", ""))
        if kind == "worksheet" and all(part != sheet.part for sheet in book.sheets):
            hidden = attributes.get("state", "visible") != "visible"
            book.sheets.append(Sheet(plain(attributes.get("name", "")).strip(), part, hidden))
        elif kind in ("", "worksheet"):
            raise Broken(what=KIND)

    walk(data, start=start)
    if not book.sheets:
        raise Broken(what=KIND)


def _strings(data: bytes) -> list[tuple[str, bool]]:
    strings: list[tuple[str, bool]] = []
    reading = Rich()

    def end(tag: str) -> None:
        reading.end(tag)
        if tag == "si":
            strings.append(reading.take())

    walk(data, start=reading.start, end=end, text=reading.text)
    return strings


class Rich:
    """Collects the text of <si> or <is>: runs joined, phonetic guides left out, struck runs noticed."""

    __slots__ = ("_depth", "_in_text", "_pieces", "_run_struck", "_struck")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._in_text = self._run_struck = self._struck = False
        self._depth = 0  # within a phonetic guide

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "t":
            self._in_text = not self._depth
        elif tag == "rPh":
            self._depth += 1
        elif tag == "r":
            self._run_struck = False
        elif tag in ("strike", "dstrike"):
            self._run_struck = truth(attributes.get("val", "1"))

    def end(self, tag: str) -> None:
        if tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._depth -= 1

    def text(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text)
            self._struck = self._struck or (self._run_struck and bool(text.strip()))

    def take(self) -> tuple[str, bool]:
        """What was collected; the next string starts afresh."""
        found = plain("".join(self._pieces)), self._struck
        self._pieces, self._struck = [], False
        return found


def _styles(data: bytes) -> list[Style]:
    codes: dict[int, str] = {}
    fonts: list[bool] = []
    styles: list[Style] = []
    path: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        parent = path[-1] if path else ""
        path.append(tag)
        if tag == "numFmt" and parent == "numFmts":
            codes[_int(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "font" and parent == "fonts":
            fonts.append(False)
        elif tag == "strike" and parent == "font" and fonts and path[-3:-2] == ["fonts"]:
            fonts[-1] = truth(attributes.get("val", "1"))
        elif tag == "xf" and parent == "cellXfs":
            number, font = _int(attributes.get("numFmtId")), _int(attributes.get("fontId"))
            code = codes.get(number) or BUILTIN.get(number, GENERAL)
            styles.append(Style(code, 0 <= font < len(fonts) and fonts[font]))

    def end(_: str) -> None:
        path.pop()

    walk(data, start=start, end=end)
    return styles


def _int(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
