"""Workbooks: values as a person sees them, merged areas, what is hidden, what is broken, what is too much."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from datetime import date

import openpyxl
import pytest

from duban.reading.errors import Broken, EmptyFile, ReadError, TooMuch, WrongKind
from duban.reading.formats.xlsx import read
from duban.reading.formats.xlsx_numbers import shown, shown_text
from duban.reading.grid import Grid, Paragraph
from growth import no_growth, no_hang, no_square
from papers.xlsx import LINKS, Sheet, book, cell, merges, row, rows_of, styles
from papers.zips import mutated, packed

HEAD = ("序号", "工作任务", "责任单位", "完成时限")
ROWS = (
    HEAD,
    (1, "修缮校舍，更新课桌椅", "县教育局", "8月底前"),
    (2, "打通断头路", "县交通运输局", "12月31日前"),
)


def texts(data: bytes, at: int = 0) -> list[list[str | None]]:
    grid = read(data).blocks[at]
    assert isinstance(grid, Grid)
    return [[cell and cell.text for cell in row] for row in grid.rows]


def only(xml: str, **book_parts: object) -> str | None:
    """The text of a workbook's one cell; "" where it has none."""
    (row,) = texts(book(f'<row r="1">{cell("A1", "x")}{xml}</row>', **book_parts))  # type: ignore[arg-type]
    return row[1] if len(row) > 1 else ""


def notes(data: bytes) -> dict[str, str]:
    return {note.code: note.message for note in read(data).notes}


def test_a_sheet_as_it_stands() -> None:
    (grid,) = read(book(rows_of(*ROWS))).blocks
    assert isinstance(grid, Grid)
    assert grid.name == "工作表“台账”"
    assert [cell and cell.text for cell in grid.rows[1]] == [
        "1",
        "修缮校舍，更新课桌椅",
        "县教育局",
        "8月底前",
    ]
    assert str(grid.rows[2][3].place) == "工作表“台账”第3行第4列"  # type: ignore[union-attr]


def test_what_openpyxl_writes_is_read() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "任务表"
    for values in (*ROWS, (3, "新建停车场", "县住建局", date(2026, 6, 30))):
        sheet.append(values)
    sheet["D4"].number_format = 'yyyy"年"m"月"d"日"'
    sheet.merge_cells("A3:A4")
    buffer = io.BytesIO()
    made.save(buffer)
    assert texts(buffer.getvalue())[3] == ["2", "新建停车场", "县住建局", "2026年6月30日"]


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (46203, 'yyyy"年"m"月"d"日"', "2026年6月30日"),
        (46203, "yyyy\\年m\\月d\\日;@", "2026年6月30日"),
        (46203, '[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', "2026年6月30日（星期二）"),
        (46203, "yyyy/m/d", "2026年6月30日"),
        (46203, "mm-dd-yy", "2026年6月30日"),
        (46203, "d-mmm-yy", "2026年6月30日"),
        (46203, 'yyyy"年"m"月"', "2026年6月"),
        (46203, "mmm-yy", "2026年6月"),
        (46203, 'm"月"d"日"', "6月30日"),
        (46203, 'm"月"d"日前"', "6月30日前"),
        (46203, 'm"月底前"', "6月底前"),
        (46203, "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", "2026年6月30日"),
        (46203, 'yyyy"年"mm"月"dd"日" aaaa', "2026年06月30日 星期二"),
        (46203.75, "yyyy/m/d h:mm", "2026年6月30日 18:00"),
        (46203, "yyyy/m/d h:mm", "2026年6月30日"),
        (46203, 'yyyy"年"m"月"d"日" h:mm', "2026年6月30日"),
        (46203.75, 'yyyy"年"m"月"d"日"h"时"mm"分"', "2026年6月30日18时00分"),
        (0.729166666666667, "h:mm", "17:30"),
        (0.729166666666667, '上午/下午h"时"mm"分"', "下午5时30分"),
        (0.5, "h:mm AM/PM", "12:00"),
        (1.25, "[h]:mm", "30:00"),
        (59, "yyyy/m/d", "1900年2月28日"),
        (61, "yyyy/m/d", "1900年3月1日"),
        (-1, "yyyy/m/d", "-1"),
        (9e9, "yyyy/m/d", "9000000000"),
        (3, "General", "3"),
        (3.0, "General", "3"),
        (2.5, "G/通用格式", "2.5"),
        (0.1 + 0.2, "General", "0.3"),
        (13800138000, "General", "13800138000"),
        (0.85, "0%", "85%"),
        (0.8567, "0.00%", "85.67%"),
        (12345.678, "#,##0.00", "12,345.68"),
        (1234567, "#,##0", "1,234,567"),
        (7, "000", "007"),
        (3, '"第"0"项"', "第3项"),
        (3, '0"."', "3."),
        (3, '0"、"', "3、"),
        (12, "[DBNum1][$-804]General", "12"),
        (-5, "0;(0)", "(5)"),
        (-5, "0", "-5"),
        (0, '0;-0;"—"', "—"),
        (0, "0;-0;;@", ""),
        (5, '[>=1]0"件";0"项"', "5件"),
        (0, '[>=1]0"件";0"项"', "0项"),
        (12345, '0.0,"千"', "12.3千"),
        (13712345678, "000-0000-0000", "137-1234-5678"),
        (2.5, "@", "2.5"),
        (1.5, "# ?/?", "1.5"),
        (1e300, "0", "1" + "0" * 300),
        (5, '"', ""),
        (5, "[", "["),
        (5, "0" * 300, "5".rjust(255, "0")),
    ],
)  # fmt: skip
def test_numbers_as_they_are_shown(value: float, code: str, expected: str) -> None:
    assert shown(value, code) == expected


def test_dates_since_1904() -> None:
    assert only(cell("B1", 44741, style=1), styles=styles(14), properties='date1904="1"') == "2026年6月30日"


@pytest.mark.parametrize(
    ("number", "expected"), [(14, "2026年6月30日"), (57, "2026年6月"), (58, "6月30日"), (9, "4620300%")]
)
def test_formats_that_are_built_in(number: int, expected: str) -> None:
    assert only(cell("B1", 46203, style=1), styles=styles(number)) == expected


def test_any_number_in_any_format_is_some_text() -> None:
    chance = random.Random(7)
    signs = 'ymdhs0#?.,%@;"\\[]_*Ee+-/年月日 aG上午/下午AM/PM'
    for _ in range(3000):
        code = "".join(chance.choice(signs) for _ in range(chance.randrange(12)))
        value = chance.choice((0, -1, 0.5, 46203.75, 1e15, -1e-9, 1e308, 3))
        assert isinstance(shown(value, code), str)
        assert isinstance(shown_text("词", code), str)


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (cell("B1", True), "TRUE"),
        (cell("B1", "=SUM(A1)"), "=SUM(A1)"),
        (cell("B1", "'001"), "'001"),
        (cell("B1", "一\n二"), "一\n二"),
        (cell("B1", "一_x000D_\n二_x000a_三"), "一\n二\n三"),
        (cell("B1", "_x005F_x000D_"), "_x000D_"),
        (cell("B1", "a\u200bb"), "a\u200bb"),
        (cell("B1", "  "), ""),
        ('<c r="B1" t="s"><v>0</v></c>', "县委办公室"),
        ('<c r="B1" t="s"><v>1</v></c>', "督办"),
        ('<c r="B1" t="str"><f>A1&amp;"局"</f><v>教育局</v></c>', "教育局"),
        ('<c r="B1"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="B1" t="d"><v>2026-06-30</v></c>', "46203"),
        ('<c r="B1" t="n"><v>nan</v></c>', "nan"),
        ('<c r="B1" t="n"><v>1e999</v></c>', "1e999"),
        ('<c r="B1" s="99"><v>5</v></c>', "5"),
        ("<c><v>5</v></c>", "5"),
        ('<c r="B1"><v>5</v><is><t>6</t></is></c>', "5"),
    ],
)
def test_cells(xml: str, expected: str) -> None:
    strings = (
        "<r><t>县委</t></r><r><rPr><b/></rPr><t>办公室</t></r>",
        '<t>督办</t><rPh sb="0" eb="2"><t>ドクバン</t></rPh><phoneticPr fontId="1"/>',
    )
    assert only(xml, strings=strings) == expected


def test_a_text_takes_the_words_of_its_format() -> None:
    assert only(cell("B1", "6月底", style=1), styles=styles('@"前"')) == "6月底前"
    assert only(cell("B1", "6月底", style=1), styles=styles(";;;")) == "6月底"


def test_a_comment_is_no_text() -> None:
    comment = (
        "<comments><commentList><comment ref='A1'><text><t>批注</t></text></comment></commentList></comments>"
    )
    assert "批注" not in str(read(book(rows_of(*ROWS), more={"xl/comments1.xml": comment})))


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        (("A2:A3",), [("1", 2, 1), ("1", 2, 1)]),
        (("A1:A1048576",), [("1", 3, 1), ("1", 3, 1)]),
        (("A3:A2",), [("1", 2, 1), ("1", 2, 1)]),
        (("A2:A3", "A3:A4"), [("1", 2, 1), ("1", 2, 1)]),
        (("A2:A3", "A2:A3"), [("1", 2, 1), ("1", 2, 1)]),
        (("A2:A900",), [("1", 2, 1), ("1", 2, 1)]),
        (("#REF!", "A2:ZZZZ9", "", "A2", "A0:A2", "A2:A3"), [("1", 2, 1), ("1", 2, 1)]),
    ],
)
def test_cells_merged_downwards(areas: tuple[str, ...], expected: list[tuple[str, int, int]]) -> None:
    first = ("1" if areas[0].startswith("A1") else "序号", "任务")
    data = book(Sheet(rows_of(first, (1, "甲"), (None, "乙")), after=merges(*areas)))
    (grid,) = read(data).blocks
    assert isinstance(grid, Grid)
    column = [row[0] for row in grid.rows]
    assert [(c.text, c.rows, c.columns) for c in column[1:] if c] == expected
    assert column[1] is column[2]


def test_cells_merged_sideways_and_empty_rows_between() -> None:
    rows = (
        row(1, cell("A1", "方案"))
        + row(3, cell("A3", "序号"), cell("B3", "任务"), cell("D3", "单位"))
        + row(4)
        + row(5, cell("A5", 1), cell("B5", "甲"), cell("D5", "县委"))
    )
    (grid,) = read(book(Sheet(rows, after=merges("A1:D1", "B3:C3", "B5:C5")))).blocks
    assert isinstance(grid, Grid)
    assert [[(c.text, c.columns) for c in row if c] for row in grid.rows] == [
        [("方案", 3)] * 3,
        [("序号", 1), ("任务", 1), ("单位", 1)],
        [("1", 1), ("甲", 1), ("县委", 1)],
    ]
    last = grid.rows[2][2]
    assert last is not None
    assert str(last.place) == "工作表“台账”第5行第4列"


def test_text_beneath_a_merged_cell_is_not_seen_and_said() -> None:
    data = book(Sheet(rows_of(("序号", "任务"), (1, "甲"), (2, "乙"), (1, "丙")), after=merges("A2:A4")))
    assert [row[0] for row in texts(data)] == ["序号", "1", "1", "1"]
    assert notes(data)["covered-text"] == "工作表“台账”有 1 格的内容被合并单元格盖住（A3），没有读入。"


def test_a_stray_cell_far_away_costs_nothing() -> None:
    def with_one_at(line: int) -> bytes:
        return book(rows_of(*ROWS) + f'<row r="{line}">{cell(f"XFD{line}", "页脚")}</row>')

    no_growth(with_one_at, read, size=1_048_576)
    found = texts(with_one_at(1_048_576))
    assert found[0] == [*HEAD, ""]
    assert found[3] == ["", "", "", "", "页脚"]


def test_sheets_in_order_and_hidden_ones_said() -> None:
    data = book(
        Sheet(rows_of(*ROWS), name="一"),
        Sheet(rows_of(*ROWS), name="旧表", state="hidden"),
        Sheet("", name="空", state="hidden"),
        Sheet(rows_of(*ROWS), name="选项", state="veryHidden"),
        Sheet("", name="空白"),
        Sheet(rows_of(*ROWS), name="二"),
    )
    found = read(data)
    assert [block.name for block in found.blocks if isinstance(block, Grid)] == ["工作表“一”", "工作表“二”"]
    assert [note.message for note in found.notes] == [
        "工作表“旧表”是隐藏的，有 3 行内容，没有读入；需要的话请取消隐藏后重发。",
        "工作表“选项”是隐藏的，有 3 行内容，没有读入；需要的话请取消隐藏后重发。",
    ]


def test_hidden_and_filtered_rows_are_read_and_said() -> None:
    rows = rows_of(*ROWS).replace('<row r="3"', '<row r="3" hidden="1"')
    columns = '<cols><col min="3" max="3" hidden="1"/><col min="9" max="16384" hidden="1"/></cols>'
    data = book(Sheet(rows, before=columns))
    assert len(texts(data)) == 3
    (said,) = notes(data).items()
    assert said == (
        "hidden-rows",
        "工作表“台账”有 1 行（第3行）和 1 列（C）被隐藏或筛选掉，已照常读入；不需要的请删除后重发。",
    )


def test_formulas_without_values_and_with_errors_are_said() -> None:
    rows = rows_of(*ROWS) + "".join(
        row(
            r,
            cell(f"A{r}", r),
            f'<c r="B{r}"><f>X{r}</f><v></v></c>',
            f'<c r="C{r}" t="e"><f>Y{r}</f><v>#REF!</v></c>',
        )
        for r in range(4, 11)
    )
    found = notes(book(rows))
    assert "7 个公式没有保存结果（B4、B5、B6、B7、B8 等）" in found["no-value"]
    assert "7 格显示为错误值（C4、C5、C6、C7、C8 等）" in found["error-value"]
    quiet = '<row r="1"><c r="A1" t="str"><f>IF(1,"")</f><v></v></c>' + cell("B1", "x") + "</row>"
    assert notes(book(quiet)) == {}


def test_struck_text_is_kept_and_said() -> None:
    data = book(row(1, cell("A1", 1), cell("B1", "取消此项", style=1)), styles=styles(0, struck=True))
    assert "（B1）" in notes(data)["struck-text"]
    part = ["<r><t>新建</t></r><r><rPr><strike/></rPr><t>二十</t></r><r><t>三十个</t></r>"]
    data = book('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=part)
    assert texts(data) == [["新建二十三十个"]]
    assert "struck-text" in notes(data)


def test_headers_and_shapes_are_read_for_their_marks() -> None:
    header = (
        '<headerFooter><oddHeader>&amp;L秘密★1年&amp;C&amp;"宋体,加粗"&amp;14A&amp;&amp;B</oddHeader>'
        "<oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>"
    )
    link = f'<Relationship Id="rId1" Type="{LINKS}/drawing" Target="../drawings/drawing1.xml"/>'
    links = f"<Relationships>{link}</Relationships>"
    drawing = "<wsDr><sp><txBody><p><r><t>内部</t></r><r><t>资料</t></r></p><p/></txBody></sp></wsDr>"
    parts = {"xl/worksheets/_rels/sheet1.xml.rels": links, "xl/drawings/drawing1.xml": drawing}
    found = read(book(Sheet(rows_of(*ROWS), after=header), more=parts)).blocks
    assert [(str(b.place), b.text) for b in found if isinstance(b, Paragraph)] == [
        ("页眉第1段", "秘密★1年"),
        ("页眉第2段", "A&B"),
        ("工作表“台账”的图形第1段", "内部资料"),
    ]


def test_macros_are_said() -> None:
    assert "macros" in notes(book(rows_of(*ROWS), more={"xl/vbaProject.bin": b"x"}))


def test_strict_workbooks_and_prefixes() -> None:
    assert texts(book(rows_of(*ROWS), strict=True))[1][1] == "修缮校舍，更新课桌椅"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (book(rows_of(*ROWS), more={"xl/workbook.bin": b"x"}), WrongKind),
        (book(""), EmptyFile),
        (book('<row r="1"><c r="A1" t="s"><v>3</v></c></row>'), Broken),
        (book('<row r="1"><c r="ZZZ1"><v>3</v></c></row>'), Broken),
        (book('<row r="0"><c r="A0"><v>3</v></c></row>'), Broken),
        (book("<row"), Broken),
        (book(rows_of(*ROWS), more={"xl/worksheets/sheet1.xml": "<!DOCTYPE a []><worksheet/>"}), Broken),
        (book(rows_of(*ROWS), more={"xl/worksheets/sheet1.xml": b"\xff\xfe\x00"}), Broken),
        (book(rows_of(*ROWS), more={"xl/workbook.xml": "<workbook/>"}), Broken),
        (book(rows_of(*ROWS), more={"xl/_rels/workbook.xml.rels": "<Relationships/>"}), Broken),
        (b"PK\x03\x04", Broken),
        (b"", Broken),
    ],
)  # fmt: skip
def test_what_cannot_be_read(data: bytes, error: type[ReadError]) -> None:
    with pytest.raises(error):
        read(data)


def ones(names: list[str]) -> str:
    """A 1 in each of these columns, a row each."""
    return "".join(row(r, f'<c r="{name}{r}"><v>1</v></c>') for r, name in enumerate(names, 1))


NAMES = [f"{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ones(["A"] * 100_000), "100000 行"),
        (ones(NAMES), "201 列"),
        (ones(["A"] * 401).replace('"><v>1', '" t="s"><v>0'), "字"),
        (ones([*NAMES[:150], *["A"] * 19_000]), "格"),
    ],
)
def test_too_much_is_refused_before_it_costs(rows: str, message: str) -> None:
    with pytest.raises(TooMuch, match=message):
        read(book(rows, strings=["<t>" + "词" * 12_500 + "</t>"]))


def test_a_hundred_thousand_formatted_but_empty_rows_are_none() -> None:
    empty = "".join(
        f'<row r="{r}" s="1"><c r="A{r}" s="1"/><c r="B{r}" s="1"/></row>' for r in range(4, 100_004)
    )
    assert len(texts(book(rows_of(*ROWS) + empty))) == 3


def test_many_overlapping_areas_do_not_multiply() -> None:
    def with_areas(count: int) -> bytes:
        rows = rows_of(*((n, "任务") for n in range(count)))
        areas = [f"A{n}:XFD1048576" for n in range(count, 0, -1)]
        return book(Sheet(rows, after=merges(*areas, *(f"A1:B{n}" for n in range(2, 2 * count)))))

    no_square(with_areas, read, size=1600)


def test_speed() -> None:
    def of_rows(count: int) -> bytes:
        cells = ("".join(cell(f"{c}{r}", "推进落实") for c in "ABCDEFGHIJKL") for r in range(1, count + 1))
        return book("".join(f'<row r="{r}">{row}</row>' for r, row in enumerate(cells, 1)))

    no_square(of_rows, read, size=4800)


WHOLE = book(
    Sheet(
        rows_of(*ROWS) + row(4, cell("D4", 46203, style=1), '<c r="A4" t="s"><v>0</v></c>'),
        after=merges("A2:A3"),
    ),
    Sheet(rows_of(*ROWS), name="旧", state="hidden"),
    strings=["<r><rPr><strike/></rPr><t>词</t></r>"],
    styles=styles('yyyy"年"m"月"d"日"'),
)


@pytest.mark.parametrize("seed", range(0, 300, 30))
def test_mutated_files_end_in_a_read_error(seed: int) -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for n in range(seed, seed + 30):
        name = random.Random(n).choice(sorted(parts))
        for data in (mutated(WHOLE, n), packed({**parts, name: mutated(parts[name], n)})):
            with no_hang(), suppress(ReadError):
                read(data)
