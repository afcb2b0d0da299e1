"""Numbers of measures in paragraphs: before figures, in another form than their neighbours', lost."""

from __future__ import annotations

import pytest

from duban.reading.document import read_plan
from duban.reading.outline import ARABIC, mark_of

HEAD = "桐山县2026年重点任务分工方案\n"


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        ("5.2025年已开工的项目", 5, "2025年已开工的项目"),
        ("5．2025—2027年分批改造", 5, "2025—2027年分批改造"),
        ("12、2026年4月至9月", 12, "2026年4月至9月"),
        ("9.5月15日前", 9, "5月15日前"),
        ("1.11月底前", 1, "11月底前"),
        ("３．６月底前", 3, "６月底前"),
        ("4.24小时值班", 4, "24小时值班"),
        ("4.8:30前到岗", 4, "8:30前到岗"),
        ("3.50个村通自来水", 3, "50个村通自来水"),
        ("3、5个乡镇通天然气", 3, "5个乡镇通天然气"),
        ("6、90%以上的村", 6, "90%以上的村"),
        ("7.100%公开", 7, "100%公开"),
        ("5 、加强巡查", 5, "加强巡查"),
        ("5：加强巡查", 5, "加强巡查"),
    ],
)
def test_a_number_before_a_figure(text: str, number: int, words: str) -> None:
    mark = mark_of(text)
    assert mark is not None
    assert (mark.rank, mark.number, text[mark.end :]) == (ARABIC, number, words)


@pytest.mark.parametrize(
    "text",
    [
        "1.5万亩",
        "2.50亿元",
        "1.5个百分点",
        "1.5个月",
        "3.125公里",
        "1、2号楼",
        "3、4年级",
        "8:30前到岗",
        "1：3的比例",
    ],
)
def test_a_figure_is_no_number(text: str) -> None:
    assert mark_of(text) is None


@pytest.mark.parametrize(
    ("text", "items", "codes"),
    [
        (  # a heading between: the count goes on behind it
            "一、甲\n1.做。（县教育局）\n2.办。（县财政局）\n二、乙\n修。（县水利局）\n4.管。（县人社局）\n",
            [(1, "甲", "做。"), (2, "甲", "办。"), (3, "乙", "修。"), (4, "乙", "管。")],
            [("lost-number", 3)],
        ),
        (  # the only one beneath its heading
            "一、甲\n（一）子\n1.做。（县教育局）\n（二）丑\n修。（县水利局）\n二、乙\n3.管。（县人社局）\n",
            [(1, "甲：子", "做。"), (2, "甲：丑", "修。"), (3, "乙", "管。")],
            [("lost-number", 2)],
        ),
        (  # its title is kept, as its neighbours' are
            "一、甲\n1.建制度。做。（县教育局）\n二、乙\n修水渠。修。（县水利局）\n3.强监管。管。（县人社局）\n",
            [(1, "甲：建制度", "做。"), (2, "乙：修水渠", "修。"), (3, "乙：强监管", "管。")],
            [("lost-number", 2)],
        ),
        (  # the first of a count that begins again
            "一、甲\n1.做。（县教育局）\n2.办。（县财政局）\n二、乙\n修。（县水利局）\n2.管。（县人社局）\n",
            [(1, "甲", "做。"), (2, "甲", "办。"), (3, "乙", "修。"), (4, "乙", "管。")],
            [("lost-number", 3)],
        ),
        (  # no room: what names nobody before its points is a heading's own sentence
            "一、甲\n1.做。（县教育局）\n二、乙\n坚持问题导向，压实责任。\n2.管。（县人社局）\n",
            [(1, "甲", "做。"), (2, "乙", "管。")],
            [("skipped-part", None)],
        ),
        (  # another form, in its turn
            "一、甲\n1.做。（县教育局）\n（2）办。（县财政局）\n3、管。（县人社局）\n",
            [(1, "甲", "做。"), (2, "甲", "办。"), (3, "甲", "管。")],
            [],
        ),
        (  # another form behind the one that lost its number
            "一、甲\n1.做。（县教育局）\n办。（县财政局）\n（3）管。（县人社局）\n",
            [(1, "甲", "做。"), (2, "甲", "办。"), (3, "甲", "管。")],
            [("lost-number", 2)],
        ),
        (  # points of a measure begin at one, and are no measures
            "一、甲\n1.做：\n（1）看。\n（2）查。\n（县教育局）\n2.管。（县人社局）\n",
            [(1, "甲", "做：\n看。\n查。"), (2, "甲", "管。")],
            [],
        ),
    ],
    ids=range(8),
)
def test_lost_numbers_and_other_forms(
    text: str, items: list[tuple[int, str, str]], codes: list[tuple[str, int | None]]
) -> None:
    plan = read_plan((HEAD + text).encode())
    read = [(i.no, "：".join(filter(None, (i.heading, i.subheading))), i.requirement) for i in plan.items]
    assert read == items
    assert [(p.code, p.item) for p in plan.problems] == codes
