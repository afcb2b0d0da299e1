"""Sheets as a workbook (ECMA-376), written row by row.

Every text is written as text: nothing in it is ever a formula, an error value or a link.
"""

from __future__ import annotations

import errno
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from datetime import UTC, datetime, time
from tempfile import gettempdir
from typing import Any

from lxml.etree import SerialisationError
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from duban.errors import EnvironmentNotThere, why
from duban.exports.sheets import Cell, Day, Lit, Share, Sheet
from duban.exports.texts import begins_formula, fitted, printable
from duban.exports.words import Words

LONGEST = 32_767  # characters of a cell: Microsoft, “Excel specifications and limits”
HEAD = 3  # the row of the heads, below the title and the line under it
_A4 = 9  # ST_PaperSize
_MARGIN = 0.4  # inches
_FACE = "宋体"
_LINE = Side(style="thin", color="FF999999")
_FILLS = {
    "green": "FFE2EFDA",
    "yellow": "FFFFF2CC",
    "red": "FFF8CBAD",
    "grey": "FFE7E6E6",
    "head": "FFDDEBF7",
}
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # ECMA-376 part 1, §22.9.2.19: read as a character


def written(sheets: Iterable[Sheet], words: Words, *, creator: str, now: datetime) -> bytes:
    """The workbook. `now`: aware. Raises EnvironmentNotThere where openpyxl has no room for its own files."""
    book = Workbook(write_only=True)
    book.properties.creator = printable(creator)
    book.properties.created = now.astimezone(UTC).replace(tzinfo=None)
    out = io.BytesIO()
    with _room(book):
        for sheet in sheets:
            _Page(book, sheet, words).write()
        book.save(out)
    return out.getvalue()


@contextmanager
def _room(book: Workbook) -> Iterator[None]:
    """openpyxl writes each page into a temporary file first, and would complain of a full disk once more
    while it is collected."""
    try:
        yield
    except (OSError, SerialisationError) as error:
        for page in book.worksheets:
            with suppress(OSError, SerialisationError, AttributeError):
                page._writer.xf.close()
        code = error.errno if isinstance(error, OSError) else getattr(errno, str(error)[len("IO_") :], None)
        reason = why(OSError(code or errno.EIO, str(error)))
        raise EnvironmentNotThere(what=f"临时文件夹 {gettempdir()}", why=f"写不了（{reason}）") from None


class _Page:
    """One sheet on its way. A cell is a copy of one that has its looks already: dressing each takes long."""

    def __init__(self, book: Workbook, sheet: Sheet, words: Words) -> None:
        self._page: Any = book.create_sheet(sheet.name)
        self._sheet = sheet
        self._words = words
        self._worn: dict[tuple[object, ...], Any] = {}

    def write(self) -> None:
        """All of it; what goes before the rows first."""
        page, last = self._page, get_column_letter(len(self._sheet.columns))
        self._lay_out(last)
        page.append([self._title(self._sheet.title, size=16, bold=True)])
        page.append([self._title(self._sheet.below, size=10)])
        page.append([self._cell(column.head, "head") for column in self._sheet.columns])
        long = [column.long for column in self._sheet.columns]
        for row in filter(None, (*self._sheet.rows, self._sheet.total)):
            page.append([self._dressed(cell, long=wide) for cell, wide in zip(row, long, strict=False)])
        page.auto_filter.ref = f"A{HEAD}:{last}{HEAD + len(self._sheet.rows)}"

    def _lay_out(self, last: str) -> None:
        page = self._page
        for at, column in enumerate(self._sheet.columns, 1):
            page.column_dimensions[get_column_letter(at)].width = column.width
        for row, height in ((1, 30), (2, 18), (HEAD, 24)):
            page.row_dimensions[row].height = height
            if row < HEAD:
                page.merged_cells.add(f"A{row}:{last}{row}")
        page.freeze_panes = f"A{HEAD + 1}"
        page.print_title_rows = f"{HEAD}:{HEAD}"
        page.page_setup.orientation = "landscape"
        page.page_setup.paperSize = _A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.page_margins = PageMargins(left=_MARGIN, right=_MARGIN, top=_MARGIN, bottom=2 * _MARGIN)
        page.oddFooter.center.text = self._words["head"]["page"]

    def _title(self, text: str, *, size: int, bold: bool = False) -> Any:
        cell = WriteOnlyCell(self._page)
        cell.font = Font(name=_FACE, size=size, bold=bold)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.quotePrefix = begins_formula(printable(text))
        return self._text(cell, printable(text))

    def _dressed(self, cell: Cell, *, long: bool) -> Any:
        match cell:
            case Day(day, hour, mark):
                form = f"yyyy-mm-dd{' hh:mm' if hour else ''}" + (f'"{mark}"' if mark else "")
                return self._cell(datetime.combine(day, hour or time.min), form=form)
            case Share(percent):
                return self._cell(percent / 100, form="0%")
            case Lit(word, light):
                return self._cell(word, light)
            case _:
                return self._cell(cell, long=long)

    def _cell(self, value: Any, fill: str = "", *, form: str = "General", long: bool = False) -> Any:
        if isinstance(value, str):
            value = printable(value) or None
        quoted = isinstance(value, str) and begins_formula(value)
        looks = (fill, form, long, quoted)
        if looks not in self._worn:
            self._worn[looks] = self._wearing(fill, form, long=long, quoted=quoted)
        cell = copy(self._worn[looks])
        if isinstance(value, str):
            return self._text(cell, value)
        cell.value = value
        return cell

    def _wearing(self, fill: str, form: str, *, long: bool, quoted: bool) -> Any:
        """`quoted`: it stays text when somebody edits it, though it begins like a formula."""
        cell = WriteOnlyCell(self._page)
        cell.font = Font(name=_FACE, size=10, bold=fill == "head")
        cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
        cell.alignment = Alignment(horizontal=None if long else "center", vertical="center", wrap_text=True)
        cell.number_format = form
        cell.quotePrefix = quoted
        if fill:
            cell.fill = PatternFill("solid", fgColor=_FILLS[fill])
        return cell

    def _text(self, cell: Any, text: str) -> Any:
        """As text, whatever it begins with."""
        cell.value = fitted(_ESCAPED.sub("_x005F_", text), LONGEST, self._words["cell"]["cut"])
        cell.data_type = "s"
        return cell
