"""Plans in paragraphs: what marks a measure, whose a clause is and what it says, what a page tore."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duban.model import Role
from duban.reading.document import read_plan
from duban.reading.errors import NotAPlan
from duban.reading.flat import read_flat
from duban.reading.outline import mark_of
from duban.reading.prose import read_prose
from growth import no_square

HEAD = "桐山县2026年重点任务分工方案\n"
SIGNS = {Role.LEAD: "*", Role.RESPONSIBLE: "", Role.COOPERATE: "~"}


Row = tuple[int, str, str, str | None, str, str]


def read(text: str) -> tuple[list[Row], list[tuple[str, int | None]]]:
    """(no, heading, subheading, requirement, units with * for lead and ~ for help, times) of items, codes."""
    plan = read_plan((HEAD + text).encode())
    assert plan.title == HEAD.strip()
    items = [
        (
            item.no,
            item.heading,
            item.subheading,
            item.requirement,
            " ".join(f"{u.name}{SIGNS[u.role]}" for u in item.units),
            " ".join(d.text for d in item.deadlines),
        )
        for item in plan.items
    ]
    return items, [(problem.code, problem.item) for problem in plan.problems]


@pytest.mark.parametrize(
    ("clause", "units", "times"),
    [
        ("（责任单位：县教育局、县财政局）", "县教育局 县财政局", ""),
        ("（责任单位：县教育局，完成时间：6月底前）", "县教育局", "6月底前"),
        ("（完成时限：6月底前；责任单位：县教育局）", "县教育局", "6月底前"),
        (
            "（牵头单位：县教育局；责任单位：县财政局；配合单位：县人社局）",
            "县教育局* 县财政局 县人社局~",
            "",
        ),
        ("（牵头领导：张某某；责任单位：县教育局；责任人：李某某）", "县教育局", ""),
        (
            "（县教育局牵头，县财政局、县人社局按职责分工负责，6月底前完成）",
            "县教育局* 县财政局 县人社局",
            "6月底前",
        ),
        ("（县教育局、县财政局负责，持续推进）", "县教育局 县财政局", "持续推进"),
        ("（责任单位：县教育局；时限：长期坚持）", "县教育局", "长期坚持"),
        ("（县教育局；2026年6月底前）", "县教育局", "2026年6月底前"),
        ("（县教育局，2026年6月底前）", "县教育局", "2026年6月底前"),
        ("（2026年6月底前完成，县教育局牵头，县财政局配合）", "县教育局* 县财政局~", "2026年6月底前"),
        ("（责任单位：县教育局，6月底前）", "县教育局", "6月底前"),
        ("（县教育局负责）（6月底前完成）", "县教育局", "6月底前"),
        ("（6月底前完成）（县教育局负责）", "县教育局", "6月底前"),
        ("(责任单位:县教育局;完成时限:6月底前)", "县教育局", "6月底前"),
        ("【责任单位：县教育局】【完成时限：6月底前】", "县教育局", "6月底前"),
        ("【责任单位】县教育局【完成时限】6月底前", "县教育局", "6月底前"),
        ("\n【责任单位】县教育局\n【完成时限】6月底前", "县教育局", "6月底前"),
        ("\n责任单位：县教育局\n完成时限：6月底前", "县教育局", "6月底前"),
        ("\n牵头单位：县教育局　　配合单位：县财政局时限：全年", "县教育局* 县财政局~", "全年"),
        (
            "\n牵头单位：县教育局配合单位：县财政局、各乡镇完成时限：6月底前",
            "县教育局* 县财政局~ 各乡镇~",
            "6月底前",
        ),
        ("\n牵头单位：　　配合单位：县财政局时限：6月底前", "县财政局~", "6月底前"),
        ("\n牵头单位：配合单位：县财政局时限：", "县财政局~", ""),
        ("\n责任单位：县教育局责任人：张某某时限：6月底前", "县教育局", "6月底前"),
        ("\n牵头单位：县教育局分管领导：张某某责任单位：县财政局", "县教育局* 县财政局", ""),
        ("\n完成时限：6月底前责任单位：县教育局", "县教育局", "6月底前"),
        ("\n责任单位：各乡镇（街道）完成时间：6月底前", "各乡镇（街道）", "6月底前"),
        ("\n责任单位：各县区配合单位：市教育局", "各县区 市教育局~", ""),
        ("（责任单位：县教育局配合单位：县财政局）", "县教育局 县财政局~", ""),
        ("\n责任单位：县教育局　完成时限：6月底前", "县教育局", "6月底前"),
        ("\n责任单位：\n县教育局、县财政局", "县教育局 县财政局", ""),
        (
            "\n牵头单位：县教育局\n配合单位：县财政局、\n县人社局\n时限要求：6月底前",
            "县教育局* 县财政局~ 县人社局~",
            "6月底前",
        ),
        ("\n（责任单位：县教育局；\n完成时限：6月底前）", "县教育局", "6月底前"),
        ("\n县教育局牵头，县财政局配合。", "县教育局* 县财政局~", ""),
        ("由县教育局牵头，县财政局配合。", "县教育局* 县财政局~", ""),
        ("责任单位：县教育局；完成时限：6月底前。", "县教育局", "6月底前"),
        ("（责任单位：县委宣传部（县政府新闻办）、各镇（街道））", "县委宣传部 各镇（街道）", ""),
        ("（责任单位：县教\n育局，完成时限：6\n月底前）", "县教育局", "6月底前"),
        ("（责任单位：县教育局、县\n- 3 -\n财政局）", "县教育局 县财政局", ""),
        ("（主要责任单位：县教育局；整改时限：2026年6\n月30日前）", "县教育局", "2026年6月30日前"),
    ],
)
def test_what_a_clause_says(clause: str, units: str, times: str) -> None:
    items, codes = read(f"一、办学\n1.修缮校舍，更新课桌椅。{clause}\n2.扩建食堂。（责任单位：县住建局）\n")
    assert items == [
        (1, "办学", "", "修缮校舍，更新课桌椅。", units, times),
        (2, "办学", "", "扩建食堂。", "县住建局", ""),
    ]
    assert codes == []


@pytest.mark.parametrize(
    "words",
    [
        "加强与上级部门（市教育局）的沟通。",
        "报送牵头部门（县教育局）。",
        "在试点学校（6所）先行。",
        "启用新校区（6月底前）。",
        "完善制度（见附件2）。",
        "落实“校长负责制”（试行）。",
        "各责任单位要加强协作配合。",
        "建设教育云平台，项目完成时间缩短一半。",
    ],
)
def test_what_is_no_clause(words: str) -> None:
    items, codes = read(f"一、办学\n1.{words}（责任单位：县住建局）\n")
    assert [(item[3], item[4]) for item in items] == [(words, "县住建局")]
    assert codes == []


MARKS = [
    ("第一部分 总则", 0, 1),
    ("第二章　规范", 0, 2),
    ("一、办学", 1, 1),
    ("十二．办学", 1, 12),
    ("第三条 办学", 2, 3),
    ("任务4：办学", 2, 4),
    ("项目一、办学", 2, 1),
    ("（二）办学", 3, 2),
    ("( 三 )办学", 3, 3),
    ("3.办学", 4, 3),
    ("３、办学", 4, 3),
    ("3．办学", 4, 3),
    ("3 办学", 4, 3),
    ("1.2办学", 5, 2),
    ("1.2 办学", 5, 2),
    ("1.2.3办学", 6, 3),
    ("（4）办学", 7, 4),
    ("⑵办学", 7, 2),
    ("5）办学", 8, 5),
    ("③办学", 9, 3),
    ("二是办学", 10, 2),
    ("——办学", 11, None),
    ("● 办学", 12, None),
]


@pytest.mark.parametrize(("text", "rank", "number"), MARKS)
def test_marks(text: str, rank: int, number: int | None) -> None:
    mark = mark_of(text)
    assert mark is not None
    assert (mark.rank, mark.number, text[mark.end :][-2:]) == (rank, number, text[-2:])


@pytest.mark.parametrize(
    "text",
    [
        "一般项目",
        "3.5公里道路",
        "1.2亿元",
        "2026年办学",
        "6 月底前办结",
        "3月办学",
        "第三方评估",
        "一是一，二是二",
        "2026.3.5",
    ],
)
def test_no_marks(text: str) -> None:
    mark = mark_of(text)
    assert mark is None or (text == "一是一，二是二" and mark.rank > 9)


@pytest.mark.parametrize(
    ("text", "items", "codes"),
    [
        (  # one count through all headings
            "一、甲\n1.做。（县教育局）\n2.办。（县财政局）\n二、乙\n3.管。（县人社局）\n",
            [
                (1, "甲", "", "做。", "县教育局", ""),
                (2, "甲", "", "办。", "县财政局", ""),
                (3, "乙", "", "管。", "县人社局", ""),
            ],
            [],
        ),
        (  # each heading counts for itself
            "一、甲\n1.做。（县教育局）\n二、乙\n1.管。（县人社局）\n",
            [(1, "甲", "", "做。", "县教育局", ""), (2, "乙", "", "管。", "县人社局", "")],
            [],
        ),
        (  # three ranks above a measure
            "第一部分 总\n一、甲\n（一）子\n1.做。（县教育局）\n",
            [(1, "总", "甲：子", "做。", "县教育局", "")],
            [],
        ),
        (  # a group of points in one sentence
            "一、甲\n1.做好以下工作：\n（1）修缮校舍；\n（2）扩建食堂。（县教育局负责）\n2.管。（县人社局）\n",
            [
                (1, "甲", "", "做好以下工作：\n修缮校舍；\n扩建食堂。", "县教育局", ""),
                (2, "甲", "", "管。", "县人社局", ""),
            ],
            [],
        ),
        (  # points with units of their own are measures
            "一、甲\n1.办好学校。\n（1）修缮校舍。（县教育局）\n（2）扩建食堂。（县住建局）\n",
            [
                (1, "甲", "办好学校", "修缮校舍。", "县教育局", ""),
                (2, "甲", "办好学校", "扩建食堂。", "县住建局", ""),
            ],
            [],
        ),
        (  # a heading's clause is for what stands beneath it
            "一、甲（牵头单位：县教育局）\n1.做。\n2.办。\n二、乙\n责任单位：县财政局\n3.管。\n",
            [
                (1, "甲", "", "做。", "县教育局*", ""),
                (2, "甲", "", "办。", "县教育局*", ""),
                (3, "乙", "", "管。", "县财政局", ""),
            ],
            [],
        ),
        (  # and is said where nothing there needs it
            "一、甲（牵头单位：县教育局）\n1.做。（县财政局）\n2.办。（县人社局）\n",
            [(1, "甲", "", "做。", "县财政局", ""), (2, "甲", "", "办。", "县人社局", "")],
            [("heading-units", None)],
        ),
        (  # a measure among others that names nobody
            "一、甲\n1.做。（县教育局）\n2.办。\n二、乙\n3.管。（县人社局）\n",
            [
                (1, "甲", "", "做。", "县教育局", ""),
                (2, "甲", "", "办。", "", ""),
                (3, "乙", "", "管。", "县人社局", ""),
            ],
            [("no-units", 2)],
        ),
        (  # a whole heading's measures that name nobody
            "一、任务\n（一）甲\n1.做。（县教育局）\n（二）乙\n1.管。\n2.抓。\n",
            [
                (1, "任务", "甲", "做。", "县教育局", ""),
                (2, "任务", "乙", "管。", "", ""),
                (3, "任务", "乙", "抓。", "", ""),
            ],
            [("no-units", 2), ("no-units", 3)],
        ),
        (  # requirements at the end
            "一、甲\n1.做。（县教育局）\n二、工作要求\n1.提高认识。\n2.加强督导。\n",
            [(1, "甲", "", "做。", "县教育局", "")],
            [("skipped-part", None)],
        ),
        (  # an empty label
            "一、甲\n1.做。（责任单位：）\n2.办。（责任单位：县教育局）\n",
            [(1, "甲", "", "做。", "", ""), (2, "甲", "", "办。", "县教育局", "")],
            [("no-units", 1)],
        ),
        (  # a sentence behind the clause
            "一、甲\n1.做。（县教育局负责）要注重质量。\n",
            [(1, "甲", "", "做。要注重质量。", "县教育局", "")],
            [("text-behind", 1)],
        ),
        (  # measures by 一是, 二是, on lines of their own and in one
            "一、甲\n（一）办学。\n一是做。（县教育局）\n二是办。（县财政局）\n",
            [(1, "甲", "办学", "做。", "县教育局", ""), (2, "甲", "办学", "办。", "县财政局", "")],
            [],
        ),
        (
            "一、甲\n（一）办学。一是做。（县教育局）二是办。（县财政局）\n",
            [(1, "甲", "办学", "做。", "县教育局", ""), (2, "甲", "办学", "办。", "县财政局", "")],
            [("split-rows", None)],
        ),
        (  # units as headings, where nothing else names them
            "一、县教育局\n1.做。\n2.办。\n二、县财政局、县人社局\n1.管。\n",
            [
                (1, "县教育局", "", "做。", "县教育局", ""),
                (2, "县教育局", "", "办。", "县教育局", ""),
                (3, "县财政局、县人社局", "", "管。", "县财政局 县人社局", ""),
            ],
            [],
        ),
        (  # units before a colon, where nothing else names them
            "一、职责\n（一）县教育局：修缮校舍。\n（二）县财政局：保障经费，6月底前拨付。\n",
            [
                (1, "职责", "", "修缮校舍。", "县教育局", ""),
                (2, "职责", "", "保障经费，6月底前拨付。", "县财政局", "6月底前"),
            ],
            [],
        ),
        (  # headings without numbers
            "办学\n1.做。（县教育局）\n2.办。（县财政局）\n养老\n1.管。（县民政局）\n",
            [
                (1, "", "", "做。", "县教育局", ""),
                (2, "", "", "办。", "县财政局", ""),
                (3, "养老", "", "管。", "县民政局", ""),
            ],
            [],
        ),
    ],
)
def test_whose_a_clause_is(
    text: str, items: list[tuple[object, ...]], codes: list[tuple[str, int | None]]
) -> None:
    if text.startswith("办学"):
        text = "\n" + text
    assert read(text) == (items, codes)


@pytest.mark.parametrize(
    ("text", "items", "codes"),
    [
        (  # a number on a line of its own, with its dot and without
            "1.做。（县教育局）\n2.\n办。（县财政局）\n3\n管。（县人社局）\n4.抓。（县民政局）\n",
            [
                (1, "做。", "县教育局"),
                (2, "办。", "县财政局"),
                (3, "管。", "县人社局"),
                (4, "抓。", "县民政局"),
            ],
            [],
        ),
        (  # a number torn off
            "1.做。（县教育局）\n办。（县财政局）\n3.管。（县人社局）\n",
            [(1, "做。", "县教育局"), (2, "办。", "县财政局"), (3, "管。", "县人社局")],
            [("lost-number", 2)],
        ),
        (
            "1.做。（县教育局）\n- 2 -\n办。\n责任单位：县财政局\n3.管。（县人社局）\n",
            [(1, "做。", "县教育局"), (2, "办。", "县财政局"), (3, "管。", "县人社局")],
            [("lost-number", 2)],
        ),
        (  # a text torn off: its clause is not the neighbour's
            "1.做。（县教育局）\n（责任单位：县财政局）\n3.管。（县人社局）\n",
            [(1, "做。", "县教育局"), (2, None, "县财政局"), (3, "管。", "县人社局")],
            [("lost-number", 2), ("lost-text", 2)],
        ),
        (
            "1.做。\n责任单位：县教育局\n— 2 —\n责任单位：县财政局\n3.管。\n责任单位：县人社局\n",
            [(1, "做。", "县教育局"), (2, None, "县财政局"), (3, "管。", "县人社局")],
            [("lost-number", 2), ("lost-text", 2)],
        ),
        (  # a measure torn out
            "1.做。（县教育局）\n2.办。（县财政局）\n4.管。（县人社局）\n",
            [(1, "做。", "县教育局"), (2, "办。", "县财政局"), (4, "管。", "县人社局")],
            [("missing-number", None)],
        ),
        (  # the end of a clause torn off
            "1.做。（责任单位：县教育局、县财\n2.办。（县财政局）\n",
            [(1, "做。", "县教育局 县财"), (2, "办。", "县财政局")],
            [("cut-clause", 1)],
        ),
        (  # the end of a text torn off
            "1.修缮校舍，更新课桌椅、\n2.办。（县财政局）\n",
            [(1, "修缮校舍，更新课桌椅、", ""), (2, "办。", "县财政局")],
            [("cut-text", 1), ("no-units", 1)],
        ),
        (  # a page between the words and the clause
            "1.修缮校舍，更新\n- 7 -\n课桌椅。\n- 8 -\n（县教育局）\n2.办。（县财政局）\n",
            [(1, "修缮校舍，更新课桌椅。", "县教育局"), (2, "办。", "县财政局")],
            [],
        ),
        (  # a figure at a line's beginning
            "1.修缮校舍，扩建教室12间、食堂\n2.5层，更新课桌椅。（县教育局）\n2.办。（县财政局）\n",
            [(1, "修缮校舍，扩建教室12间、食堂2.5层，更新课桌椅。", "县教育局"), (2, "办。", "县财政局")],
            [],
        ),
    ],
)
def test_scars(
    text: str, items: list[tuple[int, str | None, str]], codes: list[tuple[str, int | None]]
) -> None:
    found, said = read("一、甲\n" + text)
    assert [(no, requirement, units) for no, _, _, requirement, units, _ in found] == items
    assert said == codes


TAILS = [
    "附件：1.任务分解表\n2.联系人名单\n",
    "附件：任务分解表\n\n桐山县人民政府办公室\n2026年3月1日\n",
    "\n桐山县人民政府办公室\n2026年3月1日\n",
    "（联系人：张某，电话：0000-7654321）\n",
    "（此件公开发布）\n抄送：县委各部门，县人大办。\n桐山县人民政府办公室 2026年3月1日印发\n",
    "- 5 -\n",
    "\n二〇二六年三月一日\n— 6 —\n",
]


@pytest.mark.parametrize("tail", TAILS, ids=range(len(TAILS)))
@pytest.mark.parametrize("clause", ["（责任单位：县财政局）", "\n责任单位：县财政局"])
def test_what_closes_a_document_is_no_part_of_its_last_measure(tail: str, clause: str) -> None:
    items, codes = read(f"一、甲\n1.做。（县教育局）\n2.办。{clause}\n{tail}")
    assert [item[3:5] for item in items] == [("做。", "县教育局"), ("办。", "县财政局")]
    assert codes == []


@pytest.mark.parametrize(
    "text",
    [
        "桐山县2025年工作总结\n一、主要成效\n（一）办学条件改善。修缮校舍12所。\n（二）食堂扩建完成。\n二、存在问题\n1.经费不足。\n",
        "关于召开会议的通知\n一、会议时间\n2026年3月1日上午9时。\n二、参会人员\n各镇主要负责人。\n",
        "桐山县教育局简介\n1.基本情况。\n2.内设机构。\n",
    ],
)
def test_what_is_no_plan(text: str) -> None:
    with pytest.raises(NotAPlan):
        read_plan(text.encode())


def test_the_places_of_a_measure() -> None:
    plan = read_plan(
        (HEAD + "一、甲\n1.做。\n责任单位：县教育局\n完成时限：6月底前\n2.办。（县财政局）\n").encode()
    )
    assert [item.where for item in plan.items] == ["第3—5行", "第6行"]
    assert [(o.field, o.text) for o in plan.items[0].origins] == [
        ("heading", "甲"),
        ("requirement", "做。"),
        ("units", "责任单位：县教育局"),
        ("units", "完成时限：6月底前"),
        ("time", "6月底前"),
    ]


def listed(line: str, count: int) -> str:
    return "\n".join(line.format(n=n, of_99=n % 99 + 1) for n in range(1, count + 1))


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (8_000, lambda size: "一、甲\n1." + "做。（责任单位：县教育局；完成时限：6月底前）" * size),
        (20_000, lambda size: "一、甲\n1.做。" + " 责任单位：县教育局" * size),
        (40_000, lambda size: "一、甲\n1.做" + "（县教育局" * size),
        (40_000, lambda size: "一、甲\n1.做" + "（甲（乙）丙，" * size),
        (8_000, lambda size: "一、甲\n" + listed("{of_99}.做。（县教育局负责）", size)),
        (20_000, lambda size: "一、甲\n1.做。（县教育局）\n" + listed("没有编号的第{n}行", size)),
        (5_000, lambda size: "一、甲\n1.做。\n" + listed("责任单位：县教育{n}局", size)),
        (
            20_000,
            lambda size: (
                "一、甲\n1.做（县教育局）。\n"
                + "推行一件事集成办理公布首批事项清单推行一件事集成办理公布\n" * size
            ),
        ),
        (12_000, lambda size: listed("{n}\n做事做事。\n县教育局", size)),
        (20_000, lambda size: "一、甲\n（一）乙（县教育局）\n" + listed("（{of_99}）做；", size)),
    ],
    ids=range(10),
)
def test_no_prose_takes_long(size: int, text: Callable[[int], str]) -> None:
    no_square(
        lambda size: (HEAD + text(size)).split("\n"),
        lambda lines: read_flat(lines) or read_prose(lines),
        size=size,
    )
