"""A drawing as the bytes of a file: docx, xlsx or html."""

from __future__ import annotations

import io
from collections.abc import Callable
from html import escape

import docx
import openpyxl

from papers.drawing import Drawing, Page, Sheet, Table


def to_docx(drawing: Drawing) -> bytes:
    """A Word document; sheets have no names there, pages no ends."""
    document = docx.Document()
    for block in drawing.blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
        elif isinstance(block, Table):
            made = document.add_table(rows=len(block.lines), cols=block.width)
            for area in block.areas():
                cell = made.cell(area.row, area.column)
                if area.rows > 1 or area.columns > 1:
                    last = made.cell(area.row + area.rows - 1, area.column + area.columns - 1)
                    cell = cell.merge(last)
                cell.text = area.text
            document.add_paragraph("")  # else Word would join two tables
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def to_xlsx(drawing: Drawing) -> bytes:
    """A workbook: paragraphs are merged rows between the tables of a sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    row, named = 1, False
    widths = [block.width for block in drawing.blocks if isinstance(block, Table)]
    for block in drawing.blocks:
        if isinstance(block, Sheet):
            sheet = sheet if not named and row == 1 else book.create_sheet()
            sheet.title, named, row = block.name, True, 1
        elif isinstance(block, str):
            sheet.cell(row, 1, block)
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=max(widths))
            row += 1
        elif isinstance(block, Table):
            for area in block.areas():
                if area.text:
                    sheet.cell(row + area.row, area.column + 1, _value(area.text))
                if area.rows > 1 or area.columns > 1:
                    sheet.merge_cells(
                        start_row=row + area.row,
                        end_row=row + area.row + area.rows - 1,
                        start_column=area.column + 1,
                        end_column=area.column + area.columns,
                    )
            row += len(block.lines)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _value(text: str) -> str | int:
    """Plain numbers are numbers, as people type them."""
    return int(text) if text.isdigit() else text


def to_html(drawing: Drawing) -> bytes:
    """A web page."""
    parts = ["<!DOCTYPE html><html><head><meta charset='utf-8'><title></title></head><body>"]
    for block in drawing.blocks:
        if isinstance(block, str):
            parts.append(f"<p>{escape(block)}</p>")
        elif isinstance(block, Table):
            parts.append(_table(block))
        else:
            assert isinstance(block, (Sheet, Page))
    parts.append("</body></html>")
    return "\n".join(parts).encode()


def _table(table: Table) -> str:
    rows: dict[int, list[str]] = {i: [] for i in range(len(table.lines))}
    for area in table.areas():
        spans = f' rowspan="{area.rows}"' * (area.rows > 1) + f' colspan="{area.columns}"' * (
            area.columns > 1
        )
        said = escape(area.text).replace("\n", "<br>")
        rows[area.row].append(f"<td{spans}>{said}</td>")
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows.values())
    return f"<table>{body}</table>"


MAKERS: dict[str, Callable[[Drawing], bytes]] = {"docx": to_docx, "xlsx": to_xlsx, "html": to_html}
