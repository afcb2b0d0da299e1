"""Words above the first measure: an introduction is nobody's task; what is like a measure there is said."""

from __future__ import annotations

import pytest

from duban.reading.document import read_plan

TITLE = "桐山县2026年重点任务分工方案\n"
INTRODUCTION = "为抓好落实（以下简称“任务”），现制定分工方案，请各责任单位：按时推进。\n"
MEASURES = "一、改善办学\n1.修缮校舍12所。（责任单位：县教育局）\n2.更新课桌椅。（责任单位：县财政局）\n"
PROJECTS = (
    "项目一：校舍工程\n建设内容：修缮校舍12所。\n责任单位：县教育局\n"
    "项目二：食堂工程\n{more}责任单位：县财政局\n"
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (MEASURES, []),
        (INTRODUCTION + MEASURES, []),
        ("有关要求：各单位要按月报送进展。\n" + MEASURES, []),
        ("建设食堂3处。（县发展改革局）\n" + MEASURES, ["stray-text"]),
        ("建设食堂3处。责任单位：县发展改革局\n" + MEASURES, ["stray-text"]),
        ("1.建设食堂3处。\n" + MEASURES, ["skipped-part"]),
        ("建设内容：建设食堂3处。\n" + PROJECTS.format(more="建设内容：更新灶具。\n"), ["stray-text"]),
        ("建设背景：上级有要求。\n" + PROJECTS.format(more="建设内容：更新灶具。\n"), []),
    ],
)
def test_what_is_like_a_measure_above_the_first_is_said(text: str, codes: list[str]) -> None:
    plan = read_plan((TITLE + text).encode())
    assert len(plan.items) == 2
    assert [problem.code for problem in plan.problems] == codes


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("完成时限：8月底前", []),
        ("完成时限：一期：8月底前，二期：年底前", []),
        ("完成时限：8月底前项目三：操场工程、硬化操场", ["text-behind"]),
        ("牵头领导：王某某，联系电话：1234", []),
        ("牵头领导：王某某，建设内容：硬化操场。", ["text-behind"]),
    ],
)
def test_a_field_that_other_words_ran_into_is_said(field: str, codes: list[str]) -> None:
    text = PROJECTS.format(more="建设内容：更新灶具。\n") + f"{field}\n"
    plan = read_plan((TITLE + text).encode())
    assert [problem.code for problem in plan.problems] == codes
