"""Workbooks by hand: a sheet is its cells as XML, so that what no program writes can be stated too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from papers.zips import packed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows as XML, and what stands before and after them."""

    rows: str
    name: str = "台账"
    state: str = "visible"
    before: str = ""
    after: str = ""


def cell(at: str, value: str | float | bool, *, style: int = 0) -> str:
    """One cell: a text within the sheet, a number or a truth."""
    if isinstance(value, bool):
        return f'<c r="{at}" s="{style}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{at}" s="{style}"><v>{value!r}</v></c>'
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def row(number: int, *cells: str, attributes: str = "") -> str:
    """A row of cells' XML."""
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'


def rows_of(*rows: Sequence[str | float | None]) -> str:
    """Rows from A1 on; None is no cell."""
    return "".join(
        row(r, *(cell(f"{chr(64 + c)}{r}", v) for c, v in enumerate(values, 1) if v is not None))
        for r, values in enumerate(rows, 1)
    )


def merges(*areas: str) -> str:
    """Merged areas: A1:B2."""
    return "<mergeCells>" + "".join(f'<mergeCell ref="{area}"/>' for area in areas) + "</mergeCells>"


def styles(*codes: str | int, struck: bool = False) -> str:
    """Styles 1, 2, … with a format each, by its code or its built-in number; the last one struck through."""
    formats = [(code if isinstance(code, int) else 200 + at, code) for at, code in enumerate(codes)]
    xfs = "".join(
        f'<xf numFmtId="{number}" fontId="{int(struck and at == len(formats) - 1)}"/>'
        for at, (number, _) in enumerate(formats)
    )
    own = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code)}"/>'
        for number, code in formats
        if isinstance(code, str)
    )
    fonts = "<fonts><font><sz val='11'/></font><font><strike/><sz val='11'/></font></fonts>"
    plain = '<xf numFmtId="0" fontId="0"/>'
    listed = f"<numFmts>{own}</numFmts>{fonts}<cellXfs>{plain}{xfs}</cellXfs>"
    return f'<styleSheet xmlns="{MAIN}">{listed}</styleSheet>'


def book(
    *sheets: Sheet | str,
    strings: Sequence[str] = (),
    styles: str | None = None,
    more: Mapping[str, str | bytes] | None = None,
    properties: str = "",
    strict: bool = False,
) -> bytes:
    """A workbook; a sheet may be its rows alone. `strings` are <si> contents."""
    given = [Sheet(sheet) if isinstance(sheet, str) else sheet for sheet in sheets]
    listed = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{at}" state="{sheet.state}" r:id="rId{at}"/>'
        for at, sheet in enumerate(given, 1)
    )
    links = [(f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(given) + 1)]
    parts: dict[str, str | bytes] = {
        "_rels/.rels": _links([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _part("workbook", f"<workbookPr {properties}/><sheets>{listed}</sheets>"),
        **{f"xl/worksheets/sheet{at}.xml": _sheet(sheet) for at, sheet in enumerate(given, 1)},
    }
    if strings:
        links.append(("rIdS", "sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = (
            f'<sst xmlns="{MAIN}">{"".join(f"<si>{text}</si>" for text in strings)}</sst>'
        )
    if styles:
        links.append(("rIdT", "styles", "/xl/styles.xml"))
        parts["xl/styles.xml"] = styles
    parts["xl/_rels/workbook.xml.rels"] = _links(links)
    parts |= more or {}
    if strict:
        parts = {name: _strict(part) if isinstance(part, str) else part for name, part in parts.items()}
    return packed(parts)


def _sheet(sheet: Sheet) -> str:
    return _part("worksheet", f"{sheet.before}<sheetData>{sheet.rows}</sheetData>{sheet.after}")


def _part(name: str, content: str) -> str:
    return f'<{name} xmlns="{MAIN}" xmlns:r="{LINKS}">{content}</{name}>'


def _links(links: Sequence[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{key}" Type="{LINKS}/{kind}" Target="{target}"/>' for key, kind, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'


def _strict(part: str) -> str:
    """As Excel's “Strict Open XML” writes it (ISO/IEC 29500-1)."""
    return part.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
        LINKS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
    )
