"""PDFs: tables with and without rules, running text over pages, what is no text, what is broken."""

from __future__ import annotations

import sys
from contextlib import suppress

import pytest
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from duban.reading.errors import Broken, EmptyFile, NeedsExtra, Protected, ReadError, Scanned, TooMuch
from duban.reading.formats.pdf import read
from duban.reading.grid import Grid, Paragraph
from growth import no_hang
from papers.pdf import GRID, RULES, SONG, document, drawn, picture, table, text
from papers.zips import mutated

HEAD = ["序号", "工作任务", "责任单位", "完成时限"]
LONG = "推进老旧小区改造，加装电梯，并完善停车、充电、养老等配套设施"
ROWS = [HEAD, ["1", LONG, "县住建局\n县财政局", "8月底前"], ["2", "打通断头路", "县交通运输局", "12月31日前"]]
PLAIN = [
    HEAD,
    ["1", LONG, "县住建局\n县财政局", "8月底前"],
    ["2", "打通断头路", "县交通运输局", "12月31日前"],
]
PROSE = "为贯彻落实县委经济工作会议精神，确保全年目标任务顺利完成，" * 4 + "结合实际，制定本方案。"


def grids(data: bytes) -> list[Grid]:
    return [block for block in read(data).blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[list[str | None]]:
    return [[cell and cell.text.replace("\n", "") for cell in row] for row in grid.rows]


def paragraphs(data: bytes) -> list[str]:
    return [block.text for block in read(data).blocks if isinstance(block, Paragraph)]


def flat(rows: list[list[str]]) -> list[list[str]]:
    return [[cell.replace("\n", "") for cell in row] for row in rows]


@pytest.mark.parametrize(
    ("styles", "size"),
    [
        (GRID, A4),
        (RULES, A4),
        ([], A4),
        (GRID, landscape(A4)),
        ([("BOX", (0, 0), (-1, -1), 1, "black"), *GRID], A4),
    ],
)
def test_a_table_with_these_rules(styles: list[tuple[object, ...]], size: tuple[float, float]) -> None:
    (grid,) = grids(document(text("桐山县2026年重点任务分工方案"), table(ROWS, *styles), size=size))
    assert texts(grid) == flat(ROWS)
    assert grid.name == "第1页表1"
    assert str(grid.rows[2][3].place) == "第1页表1第3行第4列"  # type: ignore[union-attr]
    assert "\n" in grid.rows[1][1].text  # type: ignore[union-attr]


def test_merged_cells_come_from_their_boxes() -> None:
    rows = [*ROWS, ["", "新建公园", "县林业局", "9月底前"], ["二、民生", "", "", ""]]
    spans = (("SPAN", (0, 2), (0, 3)), ("SPAN", (0, 4), (3, 4)))
    (grid,) = grids(document(table(rows, *GRID, *spans)))
    assert grid.rows[2][0] is grid.rows[3][0]
    assert [(c.text, c.rows, c.columns) for c in (grid.rows[3][0], grid.rows[4][0]) if c] == [
        ("2", 2, 1),
        ("二、民生", 1, 4),
    ]


def test_an_empty_cell_is_a_cell() -> None:
    (grid,) = grids(document(table([*ROWS, ["3", "新建公园", "", ""]], *GRID)))
    assert texts(grid)[3] == ["3", "新建公园", "", ""]


def test_a_box_left_open_loses_no_text() -> None:
    def page(canvas: Canvas) -> None:
        for y in (700, 670, 640):
            canvas.line(50, y, 350, y)
        for x in (50, 150, 250):
            canvas.line(x, 640, x, 700)
        canvas.line(350, 670, 350, 700)  # the last box has no right side
        for (x, y), word in {
            (60, 680): "序号",
            (160, 680): "任务",
            (260, 680): "单位",
            (60, 650): "1",
            (160, 650): "甲",
            (260, 650): "县委",
        }.items():
            canvas.drawString(x, y, word)

    (grid,) = grids(drawn(page))
    assert texts(grid) == [["序号", "任务", "单位"], ["1", "甲", "县委"]]


def test_a_table_over_pages_is_one_a_page() -> None:
    rows = [HEAD, *([str(n), LONG, "县住建局", "8月底前"] for n in range(1, 60))]
    found = grids(document(table(rows, *GRID), header="桐山县政府办", number="— {} —"))
    assert [grid.name for grid in found] == [f"第{page}页表1" for page in range(1, len(found) + 1)]
    assert len(found) > 2
    assert all(texts(grid)[0] == HEAD for grid in found)
    assert [row[0] for grid in found for row in texts(grid)[1:]] == [str(n) for n in range(1, 60)]


@pytest.mark.parametrize("number", ["{}", "— {} —", "第 {} 页 共 9 页", "- {} -", "{} / 9"])
def test_headers_and_page_numbers_are_no_text(number: str) -> None:
    data = document(*(text(PROSE) for _ in range(16)), header="桐山县人民政府办公室", number=number)
    assert paragraphs(data) == ["桐山县人民政府办公室", *[PROSE] * 16]
    assert str(read(data).blocks[0].place) == "页眉第1段"  # type: ignore[union-attr]


def test_short_lines_stand_by_themselves() -> None:
    data = document(
        text("机密★1年"), text("特急"), table(ROWS, *GRID), text("桐发〔2026〕3号"), text("附则。")
    )
    assert paragraphs(data) == ["机密★1年", "特急", "桐发〔2026〕3号", "附则。"]


def test_a_mark_on_each_page_or_aslant_is_not_lost() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 800, "秘密★1年")
        _small_table(canvas)
        canvas.rotate(45)
        for x in (100, 300):
            canvas.drawString(x, 0, "内部资料")

    found = read(drawn(page, page)).blocks
    assert [(str(b.place), b.text) for b in found if isinstance(b, Paragraph)] == [
        ("页眉第1段", "秘密★1年"),
        ("水印第2段", "内部资料"),
    ]


def test_one_page_keeps_its_first_line() -> None:
    data = document(text("标题"), text(PROSE), header="桐发〔2026〕3号", number="{}")
    assert paragraphs(data) == ["桐发〔2026〕3号", "标题", PROSE]


def test_text_and_tables_in_reading_order() -> None:
    found = read(
        document(text("方案"), text(PROSE), table(ROWS, *GRID), text("附则。"), table(ROWS, *GRID))
    ).blocks
    assert [b.text if isinstance(b, Paragraph) else b.name for b in found] == [
        "方案",
        PROSE,
        "第1页表1",
        "附则。",
        "第1页表2",
    ]
    assert isinstance(found[1], Paragraph)
    assert str(found[1].place) == "第1页第2段"


def test_running_text_is_no_table() -> None:
    lines = [f"（{n}）推进项目    县发改委负责" for n in range(9)]
    assert not grids(document(*(text(line) for line in lines), text(PROSE)))


def test_a_line_of_fields_is_no_table() -> None:
    lines = ["牵头单位：县教育局　　配合单位：县财政局　　时限：", "长期坚持", "二、要素保障"]

    def page(canvas: Canvas) -> None:
        canvas.setFont(SONG, 12)
        for n, line in enumerate(lines):
            canvas.drawString(60, 700 - 20 * n, line)

    assert not grids(drawn(page))
    assert "".join(paragraphs(drawn(page))) == "".join(lines)


@pytest.mark.parametrize(
    ("above", "below", "goes_on"),
    [
        (34, "标，2026年5月底前建成", True),  # 标，2026 did not fit into the line above
        (34, "标段于五月底前建成", False),
        (28, "标，2026年5月底前建成", False),
    ],
)
def test_a_line_ends_early_where_the_next_begins_with_what_did_not_fit(
    above: int, below: str, goes_on: bool
) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont(SONG, 12)
        for n, line in enumerate(["推" * 37, "推" * above, below]):
            canvas.drawString(72, 700 - 20 * n, line)

    assert (paragraphs(drawn(page))[-1] != below) == goes_on


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_pages_that_are_turned(rotate: int) -> None:
    def sideways(canvas: Canvas) -> None:
        canvas.translate(*{90: (A4[0], 0), 180: A4, 270: (0, A4[1])}[rotate])
        canvas.rotate({90: 90, 180: 180, 270: 270}[rotate])
        canvas.setPageRotation(rotate)
        _small_table(canvas)

    assert texts(grids(drawn(sideways))[0]) == SMALL


@pytest.mark.parametrize("turn", [90, 270])
def test_pages_whose_text_lies_on_its_side(turn: int) -> None:
    def sideways(canvas: Canvas) -> None:
        canvas.translate(*{90: (A4[0], 0), 270: (0, A4[1])}[turn])
        canvas.rotate(turn)
        _small_table(canvas)

    assert texts(grids(drawn(sideways))[0]) == SMALL


SMALL = [["序号", "任务", "单位"], ["1", "甲", "县委"]]


def _small_table(canvas: Canvas) -> None:
    canvas.setFont(SONG, 12)
    for y in (500, 470, 440):
        canvas.line(50, y, 350, y)
    for x in (50, 150, 250, 350):
        canvas.line(x, 440, x, 500)
    for r, row in enumerate(SMALL):
        for c, word in enumerate(row):
            canvas.drawString(60 + 100 * c, 480 - 30 * r, word)


def test_letters_drawn_twice_and_watermarks() -> None:
    def page(canvas: Canvas) -> None:
        _small_table(canvas)
        canvas.drawString(60.4, 480, "序号")
        canvas.translate(100, 300)
        canvas.rotate(45)
        canvas.drawString(100, 0, "内部资料")

    assert texts(grids(drawn(page))[0]) == SMALL
    assert paragraphs(drawn(page)) == ["内部资料"]


def test_a_scan_is_refused_and_a_scanned_page_said() -> None:
    with pytest.raises(Scanned, match="3 页图片"):
        read(drawn(picture, picture, picture))
    found = read(drawn(_small_table, picture, picture))
    assert len(found.blocks) == 1
    assert [(note.code, note.where) for note in found.notes] == [("scanned-page", "第2页")]
    assert "第2、3页是图片" in found.notes[0].message


def test_a_stamp_does_not_make_a_page_a_picture() -> None:
    def page(canvas: Canvas) -> None:
        picture(canvas)
        _small_table(canvas)
        canvas.drawString(50, 700, "这一页有背景图片，也有足够的文字内容可以读取。")

    assert not read(drawn(page)).notes


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (document(text("方案"), password="secret"), Protected),
        (drawn(lambda canvas: canvas), EmptyFile),
        (b"%PDF-1.7\n", Broken),
        (document(text("方案"))[:200], Broken),
        (b"", Broken),
        (drawn(*[lambda canvas: canvas.drawString(50, 700, "页")] * 301), TooMuch),
    ],
)
def test_what_cannot_be_read(data: bytes, error: type[ReadError]) -> None:
    with pytest.raises(error):
        read(data)


def test_a_password_for_changes_alone_is_none() -> None:
    plain = [["No", "Task", "Unit"], ["1", "a", "b"]]
    locked = document(table(plain, *GRID, ("FONT", (0, 0), (-1, -1), "Helvetica")), password="")
    assert texts(grids(locked)[0])[0] == plain[0]


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pdfplumber", None)
    with pytest.raises(NeedsExtra, match=r"duban\[pdf\]"):
        read(document(text("方案")))


@pytest.mark.parametrize("seed", range(0, 300, 30))
def test_mutated_files_end_in_a_read_error(seed: int) -> None:
    whole = document(text("方案"), table(ROWS, *GRID), number="{}")
    for n in range(seed, seed + 30):
        with no_hang(), suppress(ReadError):
            read(mutated(whole, n))
