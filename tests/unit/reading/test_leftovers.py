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
    "| 1 | 办学 | 修缮校舍12所。 | 县教育局 | 3月 | 8月底前 | 省级任务。 |\n"
    "| 2 | ^ | 更新课桌椅。 | 县财政局 | 4月 | 年底前 | |\n"
    "| 3 | 养老 | 建设食堂3处。 | 县民政局 | 已启动 | 10月底前 | |\n"
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
    ],
)
def test_columns_beside_the_items_are_as_they_are(head: str, row: str) -> None:
    text = "\n".join([head, *(row.format(n=n) for n in range(1, 5))])
    assert "unlike-head" not in [problem.code for problem in read(text).problems]
