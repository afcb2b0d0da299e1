"""#REF! and #NAME? are no text of a plan, whatever file they were exported to."""

from __future__ import annotations

import pytest

from duban.reading.document import read_plan

HEAD = "序号,工作任务,责任单位,完成时限\n"
ROWS = """1,新建水厂2座。,区水务局,6月底前
2,{value},区住建局,9月底前
3,改造管网{value}后恢复路面。,区城管局,年底前
"""
PAGE = """<html><p>2026年任务分解表</p><table><tr><th>序号<th>任务类别<th>具体措施<th>责任单位</tr>
<tr><td>1</td><td rowspan=2>#REF!</td><td>修路。</td><td>县交通局</td></tr>
<tr><td>2</td><td>架桥。</td><td>县交通局</td></tr></table>"""


@pytest.mark.parametrize(
    "value", ["#REF!", "#NAME?", "#N/A", "#DIV/0!", "#VALUE!", "#NUM!", "#NULL!", " #REF! ", "#SPILL!"]
)
def test_a_cell_of_a_csv(value: str) -> None:
    plan = read_plan(("2026年重点任务分工表\n" + HEAD + ROWS.format(value=value)).encode(), name="表.csv")
    assert [item.requirement for item in plan.items][:2] == ["新建水厂2座。", None]
    assert plan.items[2].requirement is not None
    assert "改造管网#" in plan.items[2].requirement.replace(" ", ""), "inside a sentence it is the author's"
    found = {problem.code: problem.message for problem in plan.problems}
    assert "1 格显示为错误值（第4行）" in found["error-value"]
    assert "lost-text" in found


def test_a_merged_cell_of_a_page() -> None:
    plan = read_plan(PAGE.encode(), name="表.html")
    assert [(item.heading, item.requirement) for item in plan.items] == [("", "修路。"), ("", "架桥。")]
    assert [problem.code for problem in plan.problems] == ["error-value"]


@pytest.mark.parametrize("value", ["#1泵站改造。", "3#楼加装电梯。", "#", "#智慧水务"])
def test_what_is_no_error(value: str) -> None:
    plan = read_plan(("2026年重点任务分工表\n" + HEAD + ROWS.format(value=value)).encode(), name="表.csv")
    assert plan.items[1].requirement == value
    assert not {problem.code for problem in plan.problems} & {"error-value", "lost-text"}
