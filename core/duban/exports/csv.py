"""A sheet as csv (RFC 4180) for spreadsheets: UTF-8 with BOM, nothing that they would take for a formula."""

from __future__ import annotations

import csv
import io

from duban.exports.sheets import Cell, Day, Lit, Share, Sheet
from duban.exports.texts import begins_formula, printable


def written(sheet: Sheet) -> bytes:
    """The heads and the rows, without the title: programs read this."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow([_text(column.head) for column in sheet.columns])
    lines.writerows([_plain(cell) for cell in row] for row in (*sheet.rows, sheet.total) if row)
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Day(day, time, mark):
            return f"{day.isoformat()}{f' {time:%H:%M}' if time else ''}{mark}"
        case Share(percent):
            return f"{percent}%"
        case Lit(word, _):
            return _text(word)
        case int():
            return str(cell)
        case _:
            return _text(cell)


def _text(text: str) -> str:
    """OWASP's way: an apostrophe before what begins like a formula."""
    clean = printable(text)
    return f"'{clean}" if begins_formula(clean) else clean
