"""Words behind the last measure: closing remarks and notes are nobody's task, and are said."""

from __future__ import annotations

import pytest

from duban.reading.document import read_plan

PLAN = """桐山县2026年重点任务分工方案
一、改善办学
1.修缮校舍12所，8月底前完成。（责任单位：县教育局）
2.更新课桌椅。（责任单位：县教育局、县财政局）
{closing}
"""


@pytest.mark.parametrize(
    ("closing", "said"),
    [
        ("各责任单位要提高站位，进展及时报领导小组办公室。", ["skipped-part"]),
        ("注：本方案所称县财政局含县国库集中支付中心。", []),
        ("注1：课桌椅按国家标准配备。\n（联系人：林晓）", []),
    ],
)
def test_closing_words_are_no_part_of_the_last_measure(closing: str, said: list[str]) -> None:
    plan = read_plan(PLAN.format(closing=closing).encode())
    assert [item.requirement for item in plan.items] == ["修缮校舍12所，8月底前完成。", "更新课桌椅。"]
    assert [problem.code for problem in plan.problems] == said


def test_a_measure_that_only_has_a_title_takes_the_words_behind_its_units() -> None:
    plan = read_plan(PLAN.format(closing="3.建设食堂（责任单位：县教育局）\n新建食堂3处。").encode())
    assert plan.items[-1].requirement == "建设食堂\n新建食堂3处。"
