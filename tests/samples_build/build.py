"""Makes data/samples/plan-2026.txt, .docx and .xlsx from plan.toml: `python tests/samples_build/build.py`.

The txt is the table as it looks when a table is flattened to indented lines; docx and xlsx hold it with real
merged cells. The same source gives the same bytes, whatever the day.
"""

from __future__ import annotations

import io
import re
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from openpyxl.styles import Alignment, Border, Font, Side

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "data" / "samples"
NAME = "plan-2026"
ISSUED = datetime(2026, 3, 16)
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*<")
WIDTHS = (1.4, 3.6, 3.6, 11.0, 6.0)  # of the columns, in cm
NO, HEADING, SUBHEADING, TEXT, UNITS = COLUMNS = range(5)
FILLED = ("heading", "subheading", "units")  # the columns whose empty cells belong to the cell above

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of the table with the rows and columns that it covers, all counted from 0 and included."""

    top: int
    left: int
    bottom: int
    right: int
    text: str


def load() -> Row:
    """plan.toml as it stands there."""
    return tomllib.loads((HERE / "plan.toml").read_text(encoding="utf-8"))


def flatten(plan: Row) -> str:
    """The plan as indented lines, a cell a line, with the damage that flattening does."""
    lines = [plan["title"], "", *(f"\t{column}" for column in plan["columns"]), ""]
    for row in plan["row"]:
        lines += [""] * row.get("gap", 0)
        if row.get("torn"):
            first, second = row["units"].split("\n")
            lines += ["", first, "", f"\t{second}", ""]
            continue
        keys = (
            ("no", "heading", "text", "units")
            if row.get("wide")
            else ("no", "heading", "subheading", "text", "units")
        )
        lines += [*(f"\t{row.get(key, '')}" for key in keys), ""]
    return "\n".join([*lines, "", *plan["closing"], ""])


def boxes(plan: Row) -> list[Box]:
    """The table with its merged cells; row 0 is the header, whose second cell covers two columns."""
    header = plan["columns"]
    done = [
        Box(0, NO, 0, NO, header[0]),
        Box(0, HEADING, 0, SUBHEADING, header[1]),
        Box(0, TEXT, 0, TEXT, header[2]),
        Box(0, UNITS, 0, UNITS, header[3]),
    ]
    rows = plan["row"]
    for top, row in enumerate(rows, start=1):
        torn = row.get("torn", False)
        done.append(Box(top, NO, top, NO, "" if torn else str(row["no"])))
        done.append(Box(top, TEXT, top, TEXT, row.get("text", "")))
        for column, key in zip((HEADING, SUBHEADING, UNITS), FILLED, strict=True):
            if key in row:
                wide = key == "heading" and row.get("wide", False)
                right = SUBHEADING if wide else column
                done.append(Box(top, column, _bottom(rows, top, key), right, row[key]))
    return done


def _bottom(rows: list[Row], top: int, key: str) -> int:
    """The last row that the cell of column `key` in row `top` covers."""
    bottom = top
    for row in rows[top:]:
        if key in row or row.get("page"):
            break
        bottom += 1
    return bottom


def to_docx(plan: Row) -> bytes:
    """The plan as a Word file: title, one table with merged cells, closing lines."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2.0)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(plan["title"])
    run.bold, run.font.size = True, Pt(18)

    table = document.add_table(rows=len(plan["row"]) + 1, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Cm(width)
    grid = [list(row.cells) for row in table.rows]  # once: every table.cell() walks the whole table
    for cells in grid:
        for cell, width in zip(cells, WIDTHS, strict=True):
            cell.width = Cm(width)  # Word goes by the cells' own widths
    for box in boxes(plan):
        cell = grid[box.top][box.left]
        cell.text = box.text
        if (box.top, box.left) != (box.bottom, box.right):
            cell.merge(grid[box.bottom][box.right])
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)

    for line in plan["closing"]:
        document.add_paragraph(line)
    facts = document.core_properties
    facts.title, facts.author, facts.comments = plan["title"], "Duban", ""
    facts.created = facts.modified = ISSUED
    out = io.BytesIO()
    document.save(out)
    return _settled(out.getvalue())


def to_xlsx(plan: Row) -> bytes:
    """The plan as a workbook of one sheet: title, the table from row 2 on, closing lines."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("任务分工", 0)
    del book["Sheet"]
    sheet.append([plan["title"]])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(COLUMNS))
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    thin = Side(style="thin")
    for box in boxes(plan):
        cell = sheet.cell(box.top + 2, box.left + 1)
        cell.value = int(box.text) if box.left == NO and box.text.isdigit() else box.text or None
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        cell.font = Font(bold=box.top == 0)
        if (box.top, box.left) != (box.bottom, box.right):
            sheet.merge_cells(
                start_row=box.top + 2,
                end_row=box.bottom + 2,
                start_column=box.left + 1,
                end_column=box.right + 1,
            )
    for line in plan["closing"]:
        sheet.append([line])
    for letter, width in zip("ABCDE", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width * 5
    sheet.freeze_panes = "A3"
    book.properties.creator, book.properties.title = "Duban", plan["title"]
    book.properties.created = ISSUED
    out = io.BytesIO()
    book.save(out)
    return _settled(out.getvalue())


def _settled(package: bytes) -> bytes:
    """The same package without the moment at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the moment of saving, whatever it is told
                body = MODIFIED.sub(rb"\g<1>2026-03-16T00:00:00Z<", body)
            entry = zipfile.ZipInfo(name, date_time=(2026, 3, 16, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, body)
    return out.getvalue()


def build(folder: Path) -> None:
    """Writes the three files into `folder`."""
    plan = load()
    (folder / f"{NAME}.txt").write_text(flatten(plan), encoding="utf-8", newline="\n")
    (folder / f"{NAME}.docx").write_bytes(to_docx(plan))
    (folder / f"{NAME}.xlsx").write_bytes(to_xlsx(plan))


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
