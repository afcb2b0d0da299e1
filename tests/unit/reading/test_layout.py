"""Grids laid out: headers, rows that a page tore, doubts that are said, and how long it takes."""

from __future__ import annotations

import pytest

from duban.model import Problem
from duban.reading.columns import NO_HEADS, Column
from duban.reading.grid import Cell, Document, Grid, Place
from duban.reading.header import find_header
from duban.reading.layout import lay_out
from growth import no_square
from papers.drawing import draw, to_document

TITLE = "甲县2026年重点任务分工方案\n"
HEAD = "| 序号 | 任务类别 | 具体措施 | 责任单位 | 完成时限 |\n"


def columns(text: str) -> list[Column]:
    grid = next(block for block in to_document(draw(text)).blocks if isinstance(block, Grid))
    header = find_header(grid, NO_HEADS)
    assert header is not None
    return list(header.columns)


def read(text: str) -> tuple[list[tuple[int, str, str, str, str]], list[Problem]]:
    """(number, headings, text, units, time) of each item, and the doubts."""
    laid = lay_out(to_document(draw(text)), NO_HEADS)
    assert laid is not None
    items = [
        (
            e.number or 0,
            "/".join(filter(None, (e.heading, e.subheading))),
            "|".join(e.texts),
            "、".join(d.name for d in e.names.duties) if e.names else "",
            e.time,
        )
        for e in laid.entries
    ]
    return items, list(laid.problems)


N, H, S, R, L, U, C, T, P, X, B, M = (
    Column.NUMBER,
    Column.HEADING,
    Column.SUBHEADING,
    Column.REQUIREMENT,
    Column.LEAD,
    Column.RESPONSIBLE,
    Column.COOPERATE,
    Column.TIME,
    Column.PERSON,
    Column.NOTE,
    Column.START,
    Column.PERIOD,
)


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        ("序号|任务类别|工作任务|具体要求|牵头单位|责任单位|完成时限|备注", [N, H, S, R, L, U, T, X]),
        ("完成时限|责任单位|牵头单位|工作任务|序号", [T, U, L, R, N]),
        ("序号|反馈问题|整改任务|整改措施|责任单位|整改时限|责任领导", [N, H, S, R, U, T, P]),
        ("责任单位|整改任务|反馈问题|整改时限", [U, R, H, T]),
        ("序号|问题类型|问题描述|整改目标|整改措施|责任单位|整改情况|销号时间", [N, H, S, R, R, U, X, X]),
        ("序号|问题|责任单位|整改期限", [N, R, U, T]),
        (
            "编号|项目名称|建设内容|总投资（万元）|建设地点|责任单位|开工时间|竣工时间",
            [N, H, R, X, X, U, B, T],
        ),
        ("序号|重点任务|主要举措|责任领导及责任单位|时间要求", [N, H, R, U, T]),
        ("序号|重点任务|主要举措|牵头部门|参与单位|计划完成时间|实际完成时间", [N, H, R, L, C, T, X]),
        ("任务编号|2026年工作任务|2026年目标|责任科室|联系电话", [N, H, R, U, P]),
        ("序号|指标名称|计量单位|2025年完成|目标值|责任部门", [N, H, X, X, R, U]),
        ("序号|督办事项|督办要求|承办单位|办理时限|完成情况", [N, H, R, U, T, X]),
        ("序号|年度任务|推进措施|牵头责任单位|配合责任单位|完成节点", [N, H, R, L, C, T]),
        ("序号|重点任务|预期成效|责任及配合单位|建设年限|需协调事项", [N, H, R, U, T, X]),
        ("序号|民生实事|一季度目标|二季度目标|项目业主|验收情况", [N, R, M, M, U, X]),
        ("问题清单|任务清单|措施清单|责任清单|时限要求", [H, S, R, U, T]),
        ("序 号|工作任务|★责任单位|完成时限（前）", [N, R, U, T]),
    ],
)
def test_heads(heads: str, expected: list[Column]) -> None:
    assert columns(f"| {heads} |\n| 1 {'| 甲 ' * heads.count('|')}|") == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["序号|工作任务|<|责任单位|<", "^|类别|内容|牵头|配合", "1|甲|乙。|县局|县委"], [N, H, R, L, C]),
        (
            ["序号|重点任务|责任单位|<|时限", "^|^|牵头单位|协办单位|^", "1|甲。|县局|县委|年底"],
            [N, R, L, C, T],
        ),
        (["序号|重点任务|责任单位||时限", "||牵头|配合|", "1|甲。|县局|县委|年底前"], [N, R, L, C, T]),
        (["序号|任务|责任单位及责任人|<|<", "^|^|单位|姓名|电话", "1|甲。|县局|李四|1"], [N, R, U, P, P]),
        (
            ["序号|任务|牵头|<|完成时限|<", "^|^|单位|领导|起|止", "1|甲。|县局|李四|3月|5月"],
            [N, R, L, P, T, T],
        ),
        (["序号|任务|责任单位|2026年|<", "^|^|^|上半年|下半年", "1|甲。|县局|√|√"], [N, R, U, M, M]),
    ],
)
def test_two_header_rows(rows: list[str], expected: list[Column]) -> None:
    assert columns("\n".join(f"| {row} |" for row in rows)) == expected


@pytest.mark.parametrize(
    ("upper", "lower", "items", "codes"),
    [
        (  # a text and a name, torn
            "| 1 | 甲 | 修缮校舍，更换 | 县教育局、县财 | 年底前 |",
            "| | | 课桌椅。 | 政局 | |",
            [(1, "甲", "修缮校舍，更换课桌椅。", "县教育局、县财政局", "年底前")],
            [],
        ),
        (  # the number stands in the lower half
            "| 1 | 甲 | 一事。 | 县教育局 | 年底前 |\n| | 乙 | 修缮校舍，更换 | 县教育局 | 8月 |",
            "| 2 | | 课桌椅。 | | 底前 |",
            [
                (1, "甲", "一事。", "县教育局", "年底前"),
                (2, "乙", "修缮校舍，更换课桌椅。", "县教育局", "8月底前"),
            ],
            [],
        ),
        (  # the number alone stands in the upper half
            "| 1 | 甲 | 一事。 | 县教育局 | 年底前 |\n| 2 | | | | |",
            "| | 乙 | 修缮校舍。 | 县财政局 | 8月底前 |",
            [(1, "甲", "一事。", "县教育局", "年底前"), (2, "乙", "修缮校舍。", "县财政局", "8月底前")],
            [],
        ),
        (  # a text that had ended, and another: whose it is is not known
            "| 1 | 甲 | 修缮校舍。 | 县教育局 | 年底前 |",
            "| | | 更换课桌椅。 | | |\n| 2 | 乙 | 一事。 | 县民政局 | 年底前 |",
            [
                (1, "甲", "修缮校舍。|更换课桌椅。", "县教育局", "年底前"),
                (2, "乙", "一事。", "县民政局", "年底前"),
            ],
            ["joined-row"],
        ),
        (  # units merged over the break: both halves show it
            "| 1 | 甲 | 一事。 | 县教育局 | 年底前 |\n| 2 | ^ | 二事。 | ^ | 6月底前 |",
            "| 3 | | 三事。 | | 年底前 |\n| 4 | ^ | 四事。 | ^ | 年底前 |",
            [
                (n, "甲", f"{w}事。", "县教育局", t)
                for n, w, t in (
                    (1, "一", "年底前"),
                    (2, "二", "6月底前"),
                    (3, "三", "年底前"),
                    (4, "四", "年底前"),
                )
            ],
            [],
        ),
        (  # only the upper half shows it: said
            "| 1 | 甲 | 一事。 | 县教育局 | 年底前 |\n| 2 | ^ | 二事。 | ^ | 6月底前 |",
            "| 3 | | 三事。 | | 年底前 |",
            [
                (n, "甲", f"{w}事。", "县教育局", t)
                for n, w, t in ((1, "一", "年底前"), (2, "二", "6月底前"), (3, "三", "年底前"))
            ],
            ["carried-cell"],
        ),
        (  # nothing shows it: never given to the neighbour
            "| 1 | 甲 | 一事。 | 县教育局 | 年底前 |",
            "| 2 | 乙 | 二事。 | | 年底前 |",
            [(1, "甲", "一事。", "县教育局", "年底前"), (2, "乙", "二事。", "", "年底前")],
            [],
        ),
    ],
    ids=["text-and-name", "number-below", "number-above", "ended", "merged-units", "half-shown", "not-shown"],
)
@pytest.mark.parametrize("repeated", [True, False], ids=["header-again", "no-header"])
def test_pages(
    upper: str, lower: str, items: list[tuple[int, str, str, str, str]], codes: list[str], repeated: bool
) -> None:
    found, problems = read(f"{TITLE}{HEAD}{upper}\n- 1 -\n@page\n{HEAD * repeated}{lower}")
    assert [(n, h, t.replace("\n", ""), u, w) for n, h, t, u, w in found] == items
    assert [problem.code for problem in problems] == codes
    assert all(problem.choices and problem.where for problem in problems)


def test_a_stray_sentence_over_the_row_is_said() -> None:
    items, problems = read(
        TITLE + HEAD + "| 1 | 甲 | 一事。 | 县教育局 | 年底前 |\n| 以上任务由县政府办公室统筹调度。 |"
    )
    assert len(items) == 1
    assert [(p.code, p.where) for p in problems] == [("stray-text", "表1第3行第1列")]


def test_numbers_under_a_numbered_task() -> None:
    rows = "| 1 | 甲 | | | |\n| 1.1 | | 一事。 | 县教育局 | 年底前 |\n| 1.2 | | 二事。 | 县民政局 | 6月底前 |"
    items, problems = read(TITLE + HEAD + rows)
    assert [(n, h, t) for n, h, t, _, _ in items] == [(1, "甲", "一事。"), (2, "甲", "二事。")]
    assert [p.code for p in problems] == ["restarted-numbers"]


def test_chinese_numbers_of_items_are_no_headings() -> None:
    rows = "| 一 | | 一事。 | 县教育局 | 年底前 |\n| 二 | | 二事 | | |\n| 三 | | 三事。 | 县民政局 | |"
    items, _ = read(TITLE + HEAD + rows)
    assert [(n, t, u) for n, _, t, u, _ in items] == [
        (1, "一事。", "县教育局"),
        (2, "二事", ""),
        (3, "三事。", "县民政局"),
    ]


def test_measures_without_numbers_of_their_own() -> None:
    rows = (
        "| 1 | 甲 | 一事。 | 县教育局 | 年底前 |\n| | | 二事。 | 县民政局 | 6月底前 |\n"
        "| 2 | 乙 | 三事。 | 县水利局 | 年底前 |\n| | | 四事。 | 县林业局 | 8月底前 |"
    )
    items, problems = read(TITLE + HEAD + rows)
    assert [(n, h, u) for n, h, _, u, _ in items] == [
        (1, "甲", "县教育局"),
        (2, "甲", "县民政局"),
        (3, "乙", "县水利局"),
        (4, "乙", "县林业局"),
    ]
    assert [p.code for p in problems] == ["split-rows"]


def large(rows: int, *, numbered: bool, apart: bool) -> Document:
    heads = ["序号", "任务类别", "工作任务", "具体措施", "牵头单位", "配合单位", "完成时限", "备注"]
    made: list[tuple[Cell, ...]] = [tuple(Cell(head, Place(table="表1", row=1)) for head in heads)]
    over = Cell("")
    for i in range(rows):
        place = Place(table="表1", row=i + 2)
        over = Cell(f"类别{i}", place, rows=5) if i % 5 == 0 else over
        lead = f"县第{i}中学" if apart else "县教育局"
        texts = [
            f"任务{i}",
            f"完成第{i}号工程，年内见效。",
            lead,
            "县财政局、县民政局",
            f"{i % 12 + 1}月底前",
            "",
        ]
        number = Cell(str(i + 1) if numbered else "", place)
        made.append((number, over, *(Cell(text, place) for text in texts)))
    return Document(blocks=(Grid(name="表1", rows=tuple(made)),))


@pytest.mark.parametrize(("numbered", "apart"), [(True, False), (True, True), (False, False)])
def test_ten_thousand_rows(numbered: bool, apart: bool) -> None:
    document = large(10_000, numbered=numbered, apart=apart)
    laid = lay_out(document, NO_HEADS)
    assert laid is not None
    assert len(laid.entries) == 10_000
    assert laid.entries[7].heading == "类别5"
    no_square(
        lambda rows: large(rows, numbered=numbered, apart=apart),
        lambda given: lay_out(given, NO_HEADS),
        size=10_000,
        limit=16,
    )


def test_a_number_over_ten_thousand_rows() -> None:
    def of_rows(count: int) -> Document:
        number, unit = Cell("1", Place(row=2), count), Cell("县教育局", Place(row=2), count)
        head = tuple(Cell(text) for text in ("序号", "具体措施", "责任单位"))
        body = tuple((number, Cell(f"做第{i}件事。"), unit) for i in range(count))
        return Document(blocks=(Grid(name="表1", rows=(head, *body)),))

    laid = lay_out(of_rows(10_000), NO_HEADS)
    assert laid is not None
    assert len(laid.entries) == 1
    assert len(laid.entries[0].texts) == 10_000
    no_square(of_rows, lambda given: lay_out(given, NO_HEADS), size=10_000)


def test_what_is_not_known_is_offered_with_the_safest_first() -> None:
    items, problems = read(
        "甲县2026年分工方案\n| 序号 | 工作任务 | 担当方 | 时限 |\n| 1 | 修缮校舍。 | 县教育局 | 年底前 |"
    )
    assert items == [(1, "", "修缮校舍。", "县教育局", "年底前")]
    assert [choice.value for choice in problems[0].choices[:2]] == ["responsible", "skip"]
