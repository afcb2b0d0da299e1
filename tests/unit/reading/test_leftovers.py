"""What a table says and no item has is said; what stands beside the items on purpose is not."""

from __future__ import annotations

import pytest

from duban.model import Plan
from duban.reading.document import read_plan
from papers.drawing import draw
from papers.drawing_files import to_html

TITLE = "桐山县2026年重点任务分工方案\n"
HEAD = "| 序号 | 类别 | 工作任务 | 责任单位 | 启动时间 | 完成时限 | 备注 |\n"
ROWS = (
    "| 1 | 办学 | 修缮校舍40间。 | 县教育局 | 3月 | 8月底前 | 省级任务 |\n"
    "| 2 | ^ | 更新课桌椅。 | 县财政局 | 4月 | 年底前 | |\n"
    "| 3 | 养老 | 建设食堂3座。 | 县民政局 | 已启动 | 10月底前 | |\n"
)
LAST = "| 4 | 交通 | 修路9公里。 | 县交通运输局 | 5月 | 11月底前 | |\n"


def read(text: str) -> Plan:
    return read_plan(to_html(draw(TITLE + text)))


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        (LAST, []),
        ("| 4 | 交通 | 修路9公里。 | 县交通运输局 | 5月 | 11月底前 | 县道两条。 |\n", []),
        ("| 4 | 交通 | 5月 | 县交通运输局 | 修路9公里。 | 11月底前 | |\n", ["stray-text"]),
        ("| 4 | 交通 | | 县交通运输局 | 5月 | 11月底前 | 修路9公里。 |\n", ["stray-text", "lost-text"]),
        ("| 4 | 交通 | | 县交通运输局 | 5月 | 11月底前 | 待定 |\n", ["lost-text"]),
        ("| 4 | 交通 | 正在招标 | 县交通运输局 | 5月 | 11月底前 | 修路9公里。 |\n", ["stray-text"]),
        ("| 4 | 交通 | 修路9公里 | 县交通运输局 | 5月 | 11月底前 | 正在招标 |\n", []),
        (LAST + "| ^ | 修桥2座。 | ^ | ^ | ^ | ^ | |\n", ["stray-text"]),
    ],
)
def test_a_text_in_the_place_of_another_is_said(row: str, codes: list[str]) -> None:
    assert [problem.code for problem in read(HEAD + ROWS + row).problems] == codes


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        (HEAD, []),
        ("| 备注 | 类别 | 工作任务 | 责任单位 | 启动时间 | 完成时限 | 序号 |\n", ["unlike-head"]),
        ("| 责任单位 | 类别 | 工作任务 | 序号 | 启动时间 | 完成时限 | 备注 |\n", ["unlike-head"]),
        ("| 序号 | 类别 | 工作任务 | 完成时限 | 启动时间 | 责任单位 | 备注 |\n", ["unlike-head"]),
        ("| 序号 | 类别 | 类别 | 工作任务 | 责任单位 | 启动时间 | 完成时限 |\n", ["unlike-head"]),
    ],
)
def test_heads_that_changed_places_are_said(head: str, codes: list[str]) -> None:
    found = [problem.code for problem in read(head + ROWS + LAST).problems]
    assert [code for code in found if code == "unlike-head"] == codes


def test_a_head_for_numbers_over_sentences_is_asked_and_they_are_read() -> None:
    plan = read("| 序号 | 类别 | 序号 | 责任单位 | 启动时间 | 完成时限 | 备注 |\n" + ROWS)
    assert [item.requirement for item in plan.items] == ["修缮校舍40间。", "更新课桌椅。", "建设食堂3座。"]
    assert [(p.code, p.choices[0].value) for p in plan.problems] == [("unknown-column", "requirement")]


LEDGER = """| {number} | 反馈问题 | {goal} | 整改措施 | 责任单位 | 整改时限 | {note} |
| {first} | 污水直排。 | 杜绝直排。 | 新建管网8公里。 | 县住房城乡建设局 | 9月底前 | 已立项 |
| ^ | ^ | ^ | 改造泵站2座。 | 县水务局 | 年底前 | |
| 2 | 秸秆露天焚烧。 | 火点减半。 | 配备瞭望设备。 | 县农业农村局 | 5月底前 | |
| 3 | 扬尘超标。 | 扬尘达标。 | 设置围挡。 | 县城市管理局 | 5月底前 | |
"""
PLAIN = {"number": "序号", "goal": "整改目标", "note": "备注", "first": "1"}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, ["split-rows"]),
        ({"first": ""}, ["split-rows"]),
        ({"number": "责任单位"}, ["unlike-head"]),
        ({"number": "备注", "note": "序号"}, ["unlike-head", "restarted-numbers"]),
        ({"goal": "备注", "note": "整改目标"}, ["unlike-head", "split-rows"]),
    ],
)
def test_goals_are_in_their_items_or_it_is_said_that_columns_are_not_what_they_say(
    changed: dict[str, str], codes: list[str]
) -> None:
    plan = read(LEDGER.format(**(PLAIN | changed)))
    assert len(plan.items) == 4
    assert [problem.code for problem in plan.problems] == codes
    if "unlike-head" not in codes:
        assert all("杜绝直排。" in str(item.requirement) for item in plan.items[:2])


TABS = (
    "序号\t事项\t责任单位\t完成时限\n1\t修缮活动室。\t县教育局\t5月底前\n2\t更新课桌椅。\t县财政局\t年底前\n"
)
BARS = "| 1 | 修缮活动室。 | 县教育局 | 5月底前 |\n| 2 | 更新课桌椅。 | 县财政局 | 年底前 |\n"
BARS += "| 3 | 建设食堂3座。 | 县民政局 | 10月底前 |\n"
LINES = (
    "　　责任单位\n　　任务\n　　时限\n　　县教育局\n　　修缮校舍。\n　　8月底前\n"
    "{}　　县水利局\n　　清淤。\n　　10月底前\n"
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("填报单位：县政府办公室\t2026年3月\n" + TABS, []),
        ("4\t走访慰问困难党员。\t县民政局\n" + TABS, ["stray-text"]),
        (TABS + "注：每月报送进展。\n4一、 走访困难党员。 县民政局 9月1日前\n", ["stray-text"]),
        (TABS + "2026年3月\n", []),
        (BARS, ["no-header"]),
        ("|;; 4 | 编制重大决策目录\n" + BARS, ["no-header", "stray-text"]),
        (LINES.format("　　县民政局\n　　建设食堂。\n　　9月底前\n"), []),
        (LINES.format("　　县民政局、\n　　建设食\n\n堂。\n县残联\n　　9月底前\n"), ["stray-text"]),
    ],
)
def test_lines_around_and_between_the_rows_of_plain_text(text: str, codes: list[str]) -> None:
    assert [problem.code for problem in read_plan((TITLE + "\n" + text).encode()).problems] == codes


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (
            "| 序号 | 工作任务 | 责任人 | 完成时限 | 指标值 |",
            "| 1.{n} | 修缮校舍{n}所。 | 张三 | 8月底前 | {n} |",
        ),
        (
            "| 序号 | 工作任务 | 责任单位 | 完成时限 | 责任人 |",
            "| A{n} | 修缮校舍。 | 一组 | 8月底前 | 县教育局 |",
        ),
        (
            "| 序号 | 工作任务 | 责任单位 | 完成时限 | 备注 |",
            "| {n} | 修缮校舍。 | 县教育局 | 按期 | 2025年{n}月 |",
        ),
        (
            "| 序号 | 工作任务 | 完成标准 | 责任单位 | 完成情况 |",
            "| {n} | 修缮校舍。 | | 县教育局 | 已修缮{n}间。 |",
        ),
    ],
)
def test_columns_beside_the_items_are_as_they_are(head: str, row: str) -> None:
    text = "\n".join([head, *(row.format(n=n) for n in range(1, 5))])
    assert "unlike-head" not in [problem.code for problem in read(text).problems]
