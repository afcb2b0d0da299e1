"""One worksheet: its filled cells, read in a single pass that costs what is filled, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from duban.reading.errors import Broken
from duban.reading.formats.limits import COLUMNS, ROWS, Budget, check
from duban.reading.formats.xlsx_around import MARGINS, margin_lines
from duban.reading.formats.xlsx_book import KIND, Attributes, Book, Rich, Style, plain, truth, walk
from duban.reading.formats.xlsx_numbers import GENERAL, shown, shown_text

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]{1,3})?")
_PLAIN = Style()
_EXACT = 15  # digits that a spreadsheet keeps

Area = tuple[int, int, int, int]  # top, left, bottom, right; all counted from 1, all inclusive


@dataclass(slots=True)
class Filled:
    """What stands in a sheet: texts by row and column, merged areas as written, what is to be said of it."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)  # filled ones alone
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    valueless: list[str] = field(default_factory=list)  # formulas whose result was not saved
    errors: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    margins: list[tuple[str, str]] = field(default_factory=list)  # (页眉 or 页脚, a line)


def read_sheet(data: bytes, book: Book, budget: Budget) -> Filled:
    """The filled cells of a worksheet. Raises Broken or TooMuch."""
    scan = _Scan(book, budget)
    walk(data, start=scan.start, end=scan.end, text=scan.text)
    check(scan.count, ROWS, "行")
    return scan.filled


def letters(column: int) -> str:
    """28 → AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(name: str) -> int:
    """AB → 28."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


class _Scan:
    """Where the pass stands: in which row, which cell, which of its children."""

    def __init__(self, book: Book, budget: Budget) -> None:
        self.filled = Filled()
        self.count = 0  # filled rows, also those beyond the limit, which are not kept
        self._book, self._budget = book, budget
        self._columns: dict[str, int] = {}  # letters met → number
        self._used: set[int] = set()
        self._in_data = self._in_value = self._in_string = self._formula = False
        self._all_hidden = self._hidden = False
        self._row = self._column = 0
        self._texts: dict[int, str] = {}
        self._type, self._style = "n", _PLAIN
        self._pieces: list[str] = []
        self._rich = Rich()
        self._starts: dict[str, Callable[[Attributes], None]] = {
            "c": self._cell,
            "row": self._new_row,
            "is": self._string,
            "f": self._has_formula,
            "v": self._value,
        }

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._in_data:
            if self._in_string:
                self._rich.start(tag, attributes)
            elif found := self._starts.get(tag):
                found(attributes)
        elif tag == "sheetData":
            self._in_data = True
        elif tag in MARGINS:
            self._in_value = True
            self._pieces.clear()
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif tag == "sheetFormatPr":
            self._all_hidden = truth(attributes.get("zeroHeight"))
        elif (
            tag == "col"
            and "min" in attributes
            and (truth(attributes.get("hidden")) or attributes.get("width") == "0")
        ):
            first, last = attributes["min"], attributes.get("max", "")
            if first.isdecimal() and last.isdecimal():
                self.filled.hidden_columns.append((int(first), int(last)))

    def end(self, tag: str) -> None:
        if not self._in_data:
            if tag in MARGINS:
                self._in_value = False
                self.filled.margins += [(MARGINS[tag], line) for line in margin_lines("".join(self._pieces))]
        elif tag == "c":
            self._finish_cell()
        elif tag == "v":
            self._in_value = False
        elif tag == "row":
            self._finish_row()
        elif tag == "is":
            self._in_string = False
        elif self._in_string:
            self._rich.end(tag)
        elif tag == "sheetData":
            self._in_data = False

    def text(self, text: str) -> None:
        if self._in_value:
            self._pieces.append(text)
        elif self._in_string:
            self._rich.text(text)

    def _new_row(self, attributes: Attributes) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() and len(number) < 8 else self._row + 1  # noqa: PLR2004
        self._column = 0
        self._texts = {}
        self._hidden = truth(attributes.get("hidden")) or attributes.get("ht") == "0"
        self._hidden = self._hidden or (self._all_hidden and "ht" not in attributes)
        if not 1 <= self._row <= LAST_ROW or self._row in self.filled.rows:
            raise Broken(what=KIND)

    def _cell(self, attributes: Attributes) -> None:
        name = attributes.get("r", "").rstrip("0123456789")
        if not name:
            self._column += 1
        else:
            self._column = self._columns.get(name) or self._columns.setdefault(name, _column(name))
        self._type = attributes.get("t", "n")
        style = attributes.get("s", "0")
        at = int(style) if style.isdecimal() else 0
        self._style = self._book.styles[at] if at < len(self._book.styles) else _PLAIN
        self._formula = False
        self._pieces.clear()

    def _string(self, _: Attributes) -> None:
        self._in_string = True

    def _has_formula(self, _: Attributes) -> None:
        self._formula = True

    def _value(self, _: Attributes) -> None:
        self._in_value = True

    def _finish_cell(self) -> None:
        raw = "".join(self._pieces)
        struck = self._style.struck
        if self._type == "s" and raw:
            if not raw.isdecimal() or int(raw) >= len(self._book.strings):
                raise Broken(what=KIND)
            text, partly = self._book.strings[int(raw)]
            text, struck = shown_text(text, self._style.code), struck or partly
        elif self._type == "inlineStr":
            text, partly = self._rich.take()
            text, struck = shown_text(text, self._style.code), struck or partly
        else:
            text = self._shown(raw)
        if not text or text.isspace():
            if self._formula and not raw and self._type != "str":
                self.filled.valueless.append(self._here())
            return
        if self._type == "e":
            self.filled.errors.append(self._here())  # #REF! is no text of a plan
            return
        if struck:
            self.filled.struck.append(self._here())
        self._texts[self._column] = text

    def _shown(self, raw: str) -> str:
        if self._type == "str":
            return shown_text(plain(raw), self._style.code)
        if self._type == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(raw.strip(), raw)
        value = raw.strip()
        if self._style.code == GENERAL and len(value) <= _EXACT and value.isascii() and value.isdecimal():
            return str(int(value))  # most numbers
        if self._type == "d":
            value = _serial(value, since_1904=self._book.since_1904)
        if self._type in ("n", "d") and len(value) < 400 and _NUMBER.fullmatch(value):  # noqa: PLR2004
            number = float(value)
            if number - number == 0:  # 1E999 is infinite
                return shown(number, self._style.code, since_1904=self._book.since_1904)
        return plain(raw).strip()

    def _finish_row(self) -> None:
        if not self._texts:
            return
        self.count += 1
        if self.count > ROWS:
            return
        self._used.update(self._texts)
        check(len(self._used), COLUMNS, "列")
        for text in self._texts.values():
            self._budget.text(text)
        self.filled.rows[self._row] = self._texts
        if self._hidden:
            self.filled.hidden_rows.add(self._row)

    def _here(self) -> str:
        return f"{letters(self._column)}{self._row}"

    def _merge(self, reference: str) -> None:
        """A1:C3; a reference that is none is passed over, as Excel repairs it away."""
        ends = [_REFERENCE.fullmatch(part) for part in reference.split(":")]
        if len(ends) != 2 or not all(ends):  # noqa: PLR2004
            return
        rows = sorted(int(end[2]) for end in ends if end)
        columns = sorted(column_of(end[1]) for end in ends if end)
        if rows[0] and (rows[0], columns[0]) != (rows[1], columns[1]):
            self.filled.merges.append((rows[0], columns[0], rows[1], columns[1]))


def _column(name: str) -> int:
    if not (name.isascii() and name.isalpha() and len(name) <= 3 and column_of(name) <= LAST_COLUMN):  # noqa: PLR2004
        raise Broken(what=KIND)
    return column_of(name)


def _serial(text: str, *, since_1904: bool) -> str:
    """A date in ISO 8601 as a serial number; anything else as it stands."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a day, no instant
    return repr((moment - start).total_seconds() / 86_400)
