"""Comma-separated tables, also with semicolons and tabs: one grid, and the lines before and after it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from duban.model import Problem
from duban.reading.formats.csv_records import Record, Records, separator_of
from duban.reading.formats.limits import COLUMNS, ROWS, Budget, check
from duban.reading.formats.text import decode
from duban.reading.grid import Cell, Document, Grid, Paragraph, Place

_ZERO_WIDTH = re.compile(r"[\u200b-\u200d\u2060\ufeff]")
_SENTENCE = re.compile(r"[。；！？]")
_LONGEST_HEADER = 30  # characters of a header's cell
_MOST = 0.6  # of the records are as wide as the header


def read(data: bytes) -> Document:
    """A table as text. Raises BrokenText or TooMuch.

    A quote that is not closed is a character, and its line is read as it stands and said: nothing after it is
    swallowed. Lines without a separator before and after the table are paragraphs.
    """
    text = _lines(decode(data))
    separator, _ = separator_of(text)
    found = Records(text, separator)
    records = [record for record in found if record.filled]
    check(len(records), ROWS, "行")
    budget, low, high = Budget(), 0, len(records)
    while low < high and len(records[low].fields) == 1:
        low += 1
    while high > low and len(records[high - 1].fields) == 1:
        high -= 1
    blocks: list[Paragraph | Grid] = [_paragraph(record, budget) for record in records[:low]]
    if low < high:
        blocks.append(_grid(records[low:high], budget))
    blocks += [_paragraph(record, budget) for record in records[high:]]
    notes = tuple(
        Problem(
            code="unclosed-quote",
            message=f"第{line}行的双引号没有成对，这一行按原样读入，请核对。",
            where=f"第{line}行",
        )
        for line in found.unclosed
    )
    return Document(blocks=tuple(blocks), notes=notes)


def looks_like_csv(text: str) -> bool:
    """A header of three short cells or more by commas or semicolons, or by tabs where there are quotes, and
    most records as wide. Other tabs, and bars, are left to the readers of plain text, who know them well."""
    text = _lines(text)
    separator, records = separator_of(text)
    if separator == "|" or (separator == "\t" and '"' not in text) or not records:
        return False
    header = [cell.strip() for cell in records[0].fields if cell.strip()]
    if any(len(cell) > _LONGEST_HEADER or _SENTENCE.search(cell) for cell in header):
        return False
    parted = [record for record in records if len(record.fields) > 1]  # the others are headings and notes
    agreed = sum(record.fits(records[0].width) for record in parted)
    return 1 < agreed >= _MOST * len(parted)


def _lines(text: str) -> str:
    return _ZERO_WIDTH.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")


def _paragraph(record: Record, budget: Budget) -> Paragraph:
    return Paragraph(budget.text(record.fields[0].strip(" \t,;")), Place(line=record.line, last=record.last))


def _grid(records: Sequence[Record], budget: Budget) -> Grid:
    """All records of one width: missing cells are None; columns at the right without any text are gone."""
    width = max(record.width for record in records)
    check(width, COLUMNS, "列")
    budget.take(width * len(records))
    rows = []
    for record in records:
        place = Place(line=record.line, last=record.last if record.last > record.line else 0)
        cells = [Cell(budget.text(text.strip()), place) for text in record.fields[:width]]
        rows.append((*cells, *(None for _ in range(width - len(cells)))))
    return Grid(name="表1", rows=tuple(rows))
