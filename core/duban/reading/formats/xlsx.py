"""Excel workbooks (xlsx, xlsm, from WPS too): each visible sheet as a grid, values as a person sees them.

Nothing is computed: a formula is the value that was saved with it. Hidden rows and columns, and rows that a
filter holds back, are read with the rest and said: a filter left on must lose no task. A hidden
sheet stands apart (Document.hidden), for it is mostly an old version or a list of choices.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from duban.model import Problem
from duban.reading.errors import EmptyFile
from duban.reading.formats.archive import members
from duban.reading.formats.limits import Budget, check
from duban.reading.formats.xlsx_around import shape_lines
from duban.reading.formats.xlsx_book import KIND, open_book, part_of
from duban.reading.formats.xlsx_sheet import Filled, letters, read_sheet
from duban.reading.grid import Cell, Document, Grid, Paragraph, Place

_HOLLOW = 300_000  # slots of a sheet that is mostly empty: each costs as much as a filled one
_SPARSE = 10  # slots for one that is filled
_NAMED = 5  # cells or rows that a note lists


def read(data: bytes) -> Document:
    """A workbook's visible sheets, in order; empty ones are no grids. The lines of headers and footers come
    first (Place.table is 页眉 or 页脚), words in shapes before their sheet. Raises a ReadError."""
    parts = members(data, what=KIND)
    book = open_book(parts)
    budget, notes = Budget(), list(parts.notes)
    blocks: list[Paragraph | Grid] = []
    hidden: list[Grid] = []
    margins: dict[tuple[str, str], None] = {}
    for sheet in book.sheets:
        name = f"工作表“{sheet.name}”"
        filled = read_sheet(part_of(parts, sheet.part), book, Budget() if sheet.hidden else budget)
        margins |= dict.fromkeys(filled.margins)
        if sheet.hidden:
            notes += _hidden_sheet(name, len(filled.rows))
            hidden += [_lay_out(filled, name, budget)[0]] if filled.rows else []
            continue
        for n, line in enumerate(shape_lines(parts, sheet.part), 1):
            blocks.append(Paragraph(budget.text(line), Place(table=f"{name}的图形", paragraph=n)))
        if filled.rows:
            grid, covered = _lay_out(filled, name, budget)
            blocks.append(grid)
            notes += _notes(name, grid, filled, covered)
    if not blocks and not notes:
        raise EmptyFile
    around = [Paragraph(line, Place(table=kind, paragraph=n)) for n, (kind, line) in enumerate(margins, 1)]
    return Document(blocks=(*around, *blocks), hidden=tuple(hidden), notes=tuple(notes))


@dataclass(slots=True)
class _Merged:
    """A merged area as far as it reaches over filled rows and columns, and the cell in all its slots."""

    row: int
    column: int
    text: str
    bottom: int
    right: int
    cell: Cell | None = None


def _lay_out(filled: Filled, name: str, budget: Budget) -> tuple[Grid, list[str]]:
    """The sheet without its empty rows and columns; and the cells whose text a merged area covers."""
    rows = sorted(filled.rows)
    columns = sorted({column for texts in filled.rows.values() for column in texts})
    slots = len(rows) * len(columns)
    if slots > _SPARSE * sum(map(len, filled.rows.values())):
        check(slots, _HOLLOW, "格")
    budget.take(slots)
    merged = _merged(filled, rows, columns)
    kept_rows, kept_columns, covered = set[int](), set[int](), []
    for row, texts in filled.rows.items():
        for column, text in texts.items():
            over = merged.get((row, column))
            if over is None or (over.row, over.column) == (row, column):
                kept_rows.add(row)
                kept_columns.add(column)
            elif text.strip() != over.text.strip():
                covered.append(f"{letters(column)}{row}")
    rows, columns = sorted(kept_rows), sorted(kept_columns)
    laid = tuple(
        tuple(
            _spanning(over, rows, columns, name)
            if (over := merged.get((row, column)))
            else Cell(filled.rows[row].get(column, ""), Place(table=name, row=row, column=column))
            for column in columns
        )
        for row in rows
    )
    return Grid(name=name, rows=laid), covered


def _spanning(over: _Merged, rows: Sequence[int], columns: Sequence[int], name: str) -> Cell:
    if over.cell is None:
        over.cell = Cell(
            over.text,
            Place(table=name, row=over.row, column=over.column),
            rows=bisect_right(rows, over.bottom) - bisect_left(rows, over.row),
            columns=bisect_right(columns, over.right) - bisect_left(columns, over.column),
        )
    return over.cell


def _merged(filled: Filled, rows: Sequence[int], columns: Sequence[int]) -> dict[tuple[int, int], _Merged]:
    """The slots of filled rows and columns that merged areas cover. Where areas overlap the first one holds
    and the second is cut short, so that the cost is that of the slots, however many areas a file has."""
    slots: dict[tuple[int, int], _Merged] = {}
    for top, left, bottom, right in filled.merges:
        low, high = bisect_left(rows, top), bisect_right(rows, bottom)
        first, last = bisect_left(columns, left), bisect_right(columns, right)
        if low == high or first == last:
            continue
        wide = first
        while wide < last and (rows[low], columns[wide]) not in slots:
            wide += 1
        if wide == first:
            continue
        tall = low
        while tall < high and not any((rows[tall], column) in slots for column in columns[first:wide]):
            tall += 1
        text = filled.rows.get(top, {}).get(left, "")
        over = _Merged(top, left, text, rows[tall - 1], columns[wide - 1])
        for row in rows[low:tall]:
            slots.update(((row, column), over) for column in columns[first:wide])
    return slots


def _notes(name: str, grid: Grid, filled: Filled, covered: Sequence[str]) -> list[Problem]:
    return [
        Problem(code=code, message=message, where=name)
        for code, found, message in (
            ("hidden-rows", *_hidden(name, grid, filled)),
            (
                "no-value",
                filled.valueless,
                f"{name}有 {len(filled.valueless)} 个公式没有保存结果（{_first(filled.valueless)}），"
                "已按空格处理。请在 Excel 或 WPS 里打开、保存后重发。",
            ),
            (
                "error-value",
                filled.errors,
                f"{name}有 {len(filled.errors)} 格显示为错误值（{_first(filled.errors)}），"
                "已按空格处理，请核对公式。",
            ),
            (
                "struck-text",
                filled.struck,
                f"{name}有 {len(filled.struck)} 格带删除线（{_first(filled.struck)}），"
                "已照常读入；要删的内容请真正删除后重发。",
            ),
            (
                "covered-text",
                covered,
                f"{name}有 {len(covered)} 格的内容被合并单元格盖住（{_first(covered)}），没有读入。",
            ),
        )
        if found
    ]


def _hidden(name: str, grid: Grid, filled: Filled) -> tuple[bool, str]:
    rows = sorted(filled.hidden_rows)
    used = sorted({cell.place.column for row in grid.rows for cell in row if cell and not cell.empty})
    columns = [n for n in used if any(first <= n <= last for first, last in filled.hidden_columns)]
    what = [f"{len(rows)} 行（第{_first(rows)}行）"] if rows else []
    what += [f"{len(columns)} 列（{_first([letters(n) for n in columns])}）"] if columns else []
    said = f"{name}有 {'和 '.join(what)}被隐藏或筛选掉，已照常读入；不需要的请删除后重发。"
    return bool(what), said


def _hidden_sheet(name: str, rows: int) -> list[Problem]:
    if not rows:
        return []
    said = f"{name}是隐藏的，有 {rows} 行内容，没有读入；需要的话请取消隐藏后重发。"
    return [Problem(code="hidden-sheet", message=said, where=name)]


def _first(found: Sequence[object]) -> str:
    return "、".join(map(str, found[:_NAMED])) + (" 等" if len(found) > _NAMED else "")
