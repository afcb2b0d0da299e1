"""What a document says of its own form holds: the first unit leads, blanks repeat the row above."""

from __future__ import annotations

import pytest

from duban.model import Role
from duban.reading.document import read_plan
from duban.reading.habits import habits_of

TABLE = """桐山县2026年重点任务分工方案
{says}

序号 | 工作任务 | 责任单位 | 完成时限
1 | 修缮校舍。 | 县教育局、县财政局 | 8月底前
2 | 打通断头路。 | 县交通运输局、县公安局分别负责 |
3 | 清理河道。 | 县水利局牵头，县城管局配合 | 年底前
"""


def read(says: str) -> list[tuple[list[Role], list[str]]]:
    plan = read_plan(TABLE.format(says=says).encode())
    return [([duty.role for duty in item.units], [d.text for d in item.deadlines]) for item in plan.items]


@pytest.mark.parametrize(
    ("says", "second"),
    [
        ("表中未注明牵头的，列首位的单位为牵头单位。", Role.RESPONSIBLE),
        ("排在第一位的责任单位为牵头单位，其余为配合单位。", Role.COOPERATE),
        ("（列首位者为牵头单位）", Role.RESPONSIBLE),
        ("各项任务的第一责任单位为牵头单位。", Role.RESPONSIBLE),
    ],
)
def test_the_first_leads_where_the_document_says_so(says: str, second: Role) -> None:
    lead, responsible, cooperate = Role.LEAD, Role.RESPONSIBLE, Role.COOPERATE
    assert [roles for roles, _ in read(says)] == [
        [lead, second],
        [responsible, responsible],  # 分别负责: each by itself
        [lead, cooperate],
    ]


@pytest.mark.parametrize(
    ("says", "second"),
    [
        ("注：完成时限栏空白的，与上一行相同。", ["8月底前"]),
        ("说明：空白处系与上行合并单元格。", ["8月底前"]),
        ("注：责任单位栏空白的，同上。", []),
        ("各单位要对照表格认真落实。", []),
    ],
)
def test_blanks_repeat_the_row_above_where_the_document_says_so(says: str, second: list[str]) -> None:
    assert [texts for _, texts in read(says)] == [["8月底前"], second, ["年底前"]]


@pytest.mark.parametrize(
    "line", ["县教育局牵头，县财政局配合", "空白", "第一季度为牵头抓总阶段", "空" * 50_000]
)
def test_other_words_are_no_habit(line: str) -> None:
    assert habits_of([line]) == habits_of([])


def test_one_leads_where_two_stand_in_the_column_for_it() -> None:
    says = "说明：牵头单位栏有两个单位的，排在第一位的为牵头单位，第二位为责任单位。"
    rows = ("1 | 修缮校舍。 | 县教育局、县住建局 | 县财政局", "2 | 清理河道。 | 县水利局 | ")
    table = "\n".join(("序号 | 工作任务 | 牵头单位 | 配合单位", *rows))
    plan = read_plan(f"桐山县2026年重点任务分工方案\n{says}\n\n{table}".encode())
    assert [[duty.role for duty in item.units] for item in plan.items] == [
        [Role.LEAD, Role.RESPONSIBLE, Role.COOPERATE],
        [Role.LEAD],
    ]
