"""Whatever a plan says stays text in a spreadsheet: no formula, no error value, nothing cut in silence."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.exports.sheets import Cell
from duban.exports.texts import begins_formula, fitted, printable
from duban.exports.xlsx import LONGEST
from duban.reading.formats import csv as csv_reader
from duban.reading.formats import xlsx as xlsx_reader
from duban.reading.grid import Grid
from unit.exports.some_rows import seen_in_csv, seen_in_xlsx, sheet, workbook

CUT = "……（超出单元格所能容纳，后面从略）"
FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://127.0.0.1/?x="&A1,"看这里")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "=",
    "@某局",
    "-",
)
PLAIN = (
    "编制目录",
    "a=b",
    "1=1",
    "第1项",
    " =1+1",
    "<b>甲局</b>&amp;",
    "</t></is>",
    "#N/A",
    "#REF!",
    "TRUE",
    "'=1",
    "100",
)
NUMBERS = ("-5", "+5", "-5.25", "-5%")


@pytest.mark.parametrize("text", FORMULAS + PLAIN + NUMBERS)
def test_a_text_is_a_text_in_a_workbook(text: str) -> None:
    body = workbook(sheet(text, "后面", title=text, below=text))
    page = seen_in_xlsx(body)["台账"]
    for cell in (page["A1"], page["A2"], page["A4"]):
        assert (cell.data_type, cell.value) == ("s", printable(text))
        assert cell.quotePrefix is (begins_formula(text) or text == "\r=1+1")
    assert page["B4"].value == "后面"
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    (grid,) = xlsx_reader.read(body).blocks
    assert isinstance(grid, Grid)
    assert grid.rows[3][0] is not None
    assert grid.rows[3][0].text.strip() == text.strip()


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_has_an_apostrophe_in_csv(text: str) -> None:
    assert seen_in_csv(sheet("第一格", text))[1] == ["第一格", f"'{printable(text)}"]


@pytest.mark.parametrize("text", PLAIN + NUMBERS)
def test_any_other_text_is_as_it_is_in_csv(text: str) -> None:
    assert seen_in_csv(sheet("第一格", text))[1] == ["第一格", text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("一\x00二\x08三\x0b四\x1f五", "一二三四五"),
        ("一\x7f二\x9f三", "一二三"),
        ("一\ud800二\ufffe三\uffff四", "一二三四"),
        ("一\r\n二\r三\n四\t五", "一\n二\n三\n四\t五"),
        ("\x00=1+1", "=1+1"),
        ("𠮷䶮㙍", "𠮷䶮㙍"),
        ("", ""),
    ],
)
def test_characters_that_no_file_may_hold_are_left_out(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert (seen_in_xlsx(workbook(sheet(text, "后面")))["台账"]["A4"].value or "") == shown
    assert seen_in_csv(sheet("第一格", text))[1][1].removeprefix("'") == shown


def test_a_number_that_a_spreadsheet_reads_as_a_character_is_escaped() -> None:
    body = workbook(sheet("_x0041_和_x000D_", "_xyz_"))
    assert [cell.value for cell in seen_in_xlsx(body)["台账"][4]] == ["_x005F_x0041_和_x005F_x000D_", "_xyz_"]
    (grid,) = xlsx_reader.read(body).blocks
    assert isinstance(grid, Grid)
    assert [cell and cell.text for cell in grid.rows[3]] == ["_x0041_和_x000D_", "_xyz_"]


@pytest.mark.parametrize(
    ("length", "whole"), [(LONGEST, True), (LONGEST + 1, False), (40_000, False)], ids=str
)
@pytest.mark.parametrize("character", ["长", "𠮷", "="])
def test_a_text_too_long_for_a_cell_ends_with_a_mark(length: int, whole: bool, character: str) -> None:
    units = 2 if character == "𠮷" else 1
    text = character * (length // units) + "末" * (length % units)
    cell = seen_in_xlsx(workbook(sheet(text)))["台账"]["A4"]
    assert cell.data_type == "s"
    assert (cell.value == text) is whole
    assert cell.value.endswith(CUT) is not whole
    assert len(cell.value.encode("utf-16-le")) // 2 <= LONGEST
    assert len(cell.value) * units > LONGEST - 2 * len(CUT) - 2, "no more is left out than has to be"
    assert text.startswith(cell.value.removesuffix(CUT))
    assert seen_in_csv(sheet("第一格", text))[1][1].removeprefix("'") == text, "csv has no such limit"


@given(st.text(max_size=30), st.integers(0, 40), st.sampled_from(["", "…", CUT]))
def test_fitted_keeps_a_beginning(text: str, most: int, mark: str) -> None:
    most += len(mark)
    found = fitted(text, most, mark)
    assert len(found.encode("utf-16-le")) // 2 <= most
    assert found == text or (found.endswith(mark) and text.startswith(found.removesuffix(mark)))


ANY = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(FORMULAS + PLAIN)


@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=4))
def test_every_text_comes_back(rows: list[tuple[str, str]]) -> None:
    cells: list[list[Cell]] = [[*row] for row in rows]
    made = sheet("甲", "乙", rows=cells)
    page = seen_in_xlsx(workbook(made))["台账"]
    lines = seen_in_csv(made)[1:]
    for at, texts in enumerate(rows):
        for cell, shown, text in zip(page[at + 4], lines[at], texts, strict=True):
            assert cell.data_type in ("s", "n")  # n: empty
            assert (cell.value or "").replace("_x005F_", "_") == printable(text).replace("_x005F_", "_")
            assert shown in (printable(text), f"'{printable(text)}")
            assert not begins_formula(shown)


def test_our_own_reader_reads_the_csv() -> None:
    from duban.exports import csv as exports_csv

    (grid,) = csv_reader.read(exports_csv.written(sheet("=1+1", "一\n二", '引"号'))).blocks
    assert isinstance(grid, Grid)
    assert [cell and cell.text for cell in grid.rows[1]] == ["'=1+1", "一\n二", '引"号']
