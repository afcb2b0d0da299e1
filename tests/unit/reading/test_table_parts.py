"""The parts of reading: column heads, text repairs, numbers, and what rows carry down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.deadlines.numerals import to_chinese
from duban.model import Kind, PlanContext, Role, Source
from duban.reading.align import align
from duban.reading.columns import Column, is_header, meaning_of, resolve
from duban.reading.document import read_plan
from duban.reading.numbering import mend
from duban.reading.tidy import heading_of, level_of, number_of, tidy

N, H, S, R, L, U, C, T, P, X = (
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
)


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        ("序号 工作任务 具体要求 牵头及责任单位", (N, H, R, U)),
        ("序号 工作任务 责任单位", (N, R, U)),
        ("序号 重点任务 主要举措 牵头单位 责任单位 完成时限", (N, H, R, L, U, T)),
        ("任务类别 工作任务 工作措施 牵头单位 配合单位 时限要求", (H, S, R, L, C, T)),
        ("序号 反馈问题 整改措施 整改目标 责任单位 责任领导 整改时限 备注", (N, H, R, R, U, P, T, X)),
        ("编号 事项 主办单位 协办单位 办理时限", (N, R, L, C, T)),
        ("序号 任务名称 细化措施 牵头单位及责任人 参与单位 时间节点", (N, H, R, L, C, T)),
        ("序号 主要内容 牵头（责任）单位 联系人 联系电话", (N, R, L, P, P)),
    ],
)
def test_headers(labels: str, columns: tuple[Column, ...]) -> None:
    heads = labels.split()
    assert is_header(heads)
    assert resolve(heads, len(heads)) == columns


@pytest.mark.parametrize(
    ("labels", "width", "columns"),
    [
        ("序号 工作任务 具体要求 责任单位", 5, (N, H, S, R, U)),
        ("序号 工作任务 责任单位", 4, (N, H, R, U)),
        ("序号 工作任务 责任单位", 5, (N, H, S, R, U)),
    ],
)
def test_a_head_over_several_columns_is_the_headings(
    labels: str, width: int, columns: tuple[Column, ...]
) -> None:
    assert resolve(labels.split(), width) == columns


@pytest.mark.parametrize(
    "labels",
    [
        "序号 姓名 电话",
        "序号",
        "县教育局 县财政局",
        "责任单位 牵头单位及县教育局负责人员名册说明如下",
        "备注 序号",
        "时限 期限",
        "12月 序号 工作任务 责任单位",  # a time of the row above, then a header
        "1月 2月 责任单位",
    ],
)
def test_no_headers(labels: str) -> None:
    assert not is_header(labels.split())


@pytest.mark.parametrize(
    "label", ["桐山县2026年重点任务", "县教育局", "1", "", "一、加强领导", "切实做好今年以来的各项民生工作"]
)
def test_no_heads(label: str) -> None:
    assert meaning_of(label) is None


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("完善制度，\n落实责任", "完善制度，落实责任"),
        ("完善 制度", "完善制度"),
        ("  完善制度  ", "完善制度"),
        ("解读方案、 解读材料", "解读方案、解读材料"),
        ("12\n月底前", "12月底前"),
        ("use open\ndata now", "use open data now"),
        ("IPv6 改造", "IPv6 改造"),
        ("完成3 项", "完成3 项"),
        ("\u3000\u3000甲\u3000乙", "甲乙"),
        ("", ""),
    ],
)
def test_tidy(text: str, clean: str) -> None:
    assert tidy(text) == clean
    assert tidy(clean) == clean


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("１２", 12),
        ("3.", 3),
        ("4、", 4),
        ("（五）", 5),
        ("(6)", 6),
        ("第7项", 7),
        ("⑧", 8),
        ("二十一", 21),
        ("0", None),
        ("1.2", None),
        ("1项目", None),
        ("一般", None),
        ("2026年", None),
        ("", None),
    ],
)
def test_number_of(text: str, number: int | None) -> None:
    assert number_of(text) == number


@given(st.integers(1, 999))
def test_numbers_in_every_writing(n: int) -> None:
    full = str(n).translate({ord(str(d)): 0xFF10 + d for d in range(10)})
    for text in (str(n), full, f"{n}.", f"（{n}）", to_chinese(n), f"（{to_chinese(n)}）"):
        assert number_of(text) == n


@pytest.mark.parametrize(
    ("text", "heading", "level"),
    [
        ("一、加强领导", "加强领导", 1),
        ("（二）压实责任", "压实责任", 2),
        ("第一部分 总体要求", "总体要求", 1),
        ("3.强化督导：", "强化督导", None),
        ("十二、 其他", "其他", 1),
        ("一体推进改革", "一体推进改革", None),
        ("2.5公里道路改造", "2.5公里道路改造", None),
        ("加强领导", "加强领导", None),
        ("一、", "一、", 1),
    ],
)
def test_headings(text: str, heading: str, level: int | None) -> None:
    assert heading_of(text) == heading
    assert level_of(text) == level


@pytest.mark.parametrize(
    ("numbers", "torn", "mended", "codes"),
    [
        ([1, 2, 3], "...", [1, 2, 3], []),
        ([None, None], "..", [1, 2], []),
        ([1, None, 3], ".t.", [1, 2, 3], [("lost-number", 2)]),
        ([1, None, 3], "...", [1, 2, 3], [("lost-number", 2)]),
        ([1, None, 2], "...", [1, None, 2], []),
        ([1, None, None, 4], "....", [1, 2, 3, 4], [("lost-number", 2), ("lost-number", 3)]),
        ([1, 2, None], "..t", [1, 2, 3], [("lost-number", 3)]),
        ([1, 2, None], "...", [1, 2, None], []),
        ([1, 3], "..", [1, 3], [("missing-number", None)]),
        ([1, None, 5], "...", [1, 2, 5], [("lost-number", 2), ("missing-number", None)]),
        ([4, 5, 5, 7], "....", [4, 5, 6, 7], [("duplicate-number", 6)]),
        ([4, 5, 5, 6], "....", [4, 5, 5, 6], [("duplicate-number", 5)]),
        ([1, 2, 33, 4], "....", [1, 2, 3, 4], [("number-order", 3)]),
        ([1, 2, 1, 2, 3], ".....", [1, 2, 3, 4, 5], [("restarted-numbers", None)]),
        ([5, 6, 7], "...", [5, 6, 7], []),
        ([1, 2, 5, 3], "....", [1, 2, 5, 3], [("number-order", 3), ("missing-number", None)]),
    ],
)
def test_numbering(
    numbers: list[int | None], torn: str, mended: list[int | None], codes: list[tuple[str, int | None]]
) -> None:
    result, problems = mend(numbers, torn=[c == "t" for c in torn], begins=[True] * len(numbers))
    assert result == mended
    assert sorted((p.code, p.item or 0) for p in problems) == sorted(
        (code, item or 0) for code, item in codes
    )
    assert all(p.choices for p in problems)


HEAD = "序号|工作任务|工作措施|牵头单位|配合单位|完成时限\n"


def rows(*lines: str) -> str:
    return "甲县2026年分工方案\n" + HEAD + "\n".join(lines)


def test_roles_follow_the_columns() -> None:
    item = read_plan(rows("1|甲|做事。|县教育局|县财政局、县民政局牵头|年底前").encode()).items[0]
    assert [(u.name, u.role) for u in item.units] == [
        ("县教育局", Role.LEAD),
        ("县财政局", Role.LEAD),
        ("县民政局", Role.LEAD),
    ]


def test_what_merged_cells_carry_down() -> None:
    plan = read_plan(
        rows(
            "1|甲|做事。|县教育局|县财政局|6月底前",
            "2||再做事。|||",
            "3||还做事。||县民政局|",
            "4|乙|多做事。|县水利局||年内",
        ).encode()
    )
    first, second, third, fourth = plan.items
    assert second.heading == "甲"
    assert second.units == first.units
    assert second.deadlines == first.deadlines
    assert [(u.name, u.role) for u in third.units] == [("县教育局", Role.LEAD), ("县民政局", Role.COOPERATE)]
    assert third.deadlines == ()
    assert [u.name for u in fourth.units] == ["县水利局"]
    assert plan.problems == ()


def test_a_row_without_a_number_goes_on_the_item_above() -> None:
    plan = read_plan(
        rows(
            "1|甲|做事。|县教育局||6月底前", "||再做事。|县财政局||9月底前", "2|乙|好。|县水利局||年内"
        ).encode()
    )
    assert [item.no for item in plan.items] == [1, 2]
    assert plan.items[0].requirement == "做事。\n再做事。"
    assert [u.name for u in plan.items[0].units] == ["县教育局", "县财政局"]
    assert [d.text for d in plan.items[0].deadlines] == ["6月底前", "9月底前"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("1|甲|做事。|县教育局||尽快", "soft-deadline"),
        ("1|甲|做事。|县教育局等有关部门||年底前", "vague-units"),
        ("1|甲|做事。|||年底前", "no-units"),
        ("1|甲||县教育局||年底前", "lost-text"),
        ("1|甲|做事。|县教育局||见附表", "unread-time"),
        ("1|甲|做事。|县教育局||2月30日前", "no-such-date"),
    ],
)
def test_doubts(cells: str, code: str) -> None:
    problems = read_plan(rows(cells).encode()).problems
    assert [p.code for p in problems] == [code]
    assert problems[0].item == 1
    assert problems[0].choices
    assert "第1项" in problems[0].message


@pytest.mark.parametrize("time", ["", "/", "—", "持续推进", "年底前"])
def test_no_doubts(time: str) -> None:
    assert read_plan(rows(f"1|甲|做事。|县教育局||{time}").encode()).problems == ()


def test_the_reader_of_deadlines_is_handed_the_context() -> None:
    seen = []

    def reader(
        text: str,
        *,
        context: PlanContext,
        source: Source = Source.REQUIREMENT,
        item: int | None = None,
        where: str | None = None,
    ):  # type: ignore[no-untyped-def]
        seen.append((text, context.year, context.column, source, item, where))
        return (), ()

    read_plan(rows("7|甲|做 事。|县教育局||年底前").encode(), reader=reader)
    assert seen == [
        ("做事。", 2026, False, Source.REQUIREMENT, 7, "第7项"),
        ("年底前", 2026, True, Source.COLUMN, 7, "第7项"),
    ]


def test_kinds_by_column() -> None:
    item = read_plan(rows("1|甲|3月底前上报，持续推进。|县教育局||持续推进").encode()).items[0]
    assert [(d.kind, d.source) for d in item.deadlines] == [
        (Kind.FIXED, Source.REQUIREMENT),
        (Kind.CONTINUOUS, Source.COLUMN),
    ]


@pytest.mark.parametrize(
    ("numbers", "lost"),
    [
        ([1, 2, 3, 1, 2, None, 4, 1, 2], [6]),
        ([1, 2, None, 1, 2], [3]),
        ([1, 2, 1, None, 3], [4]),
        ([1, 2, 1, 2], []),
    ],
)
def test_a_number_that_a_part_lost_is_found_in_the_parts_own_count(
    numbers: list[int | None], lost: list[int]
) -> None:
    settled, problems = mend(numbers, torn=[n is None for n in numbers], begins=[True] * len(numbers))
    assert settled == list(range(1, len(numbers) + 1))
    assert [problem.code for problem in problems] == ["restarted-numbers", *["lost-number"] * len(lost)]
    assert [problem.item for problem in problems[1:]] == lost


def test_a_cell_that_ends_in_a_comma_goes_on_in_its_own_column() -> None:
    cells = [
        "15",
        "建成护理中心，设置床位120张，年内招标。",
        "区民政局",
        "区住建局、",
        "区卫生健康局",
        "春节前",
    ]
    assert align(cells, (N, R, L, U, T)) == [[0], [1], [2], [3, 4], [5]]
