"""Plans as text: a corpus of layouts, and what copying does to one of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from duban.model import Item, Plan
from duban.reading.document import read_plan
from duban.reading.errors import ReadError
from growth import no_square

CORPUS = Path(__file__).parents[2] / "corpus"
CASES = sorted([*CORPUS.glob("flat/*.txt"), *CORPUS.glob("prose/*.txt")])


def as_corpus(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.title,
        "year": plan.year,
        "issued": plan.issued.isoformat() if plan.issued else None,
        "disclosure": plan.disclosure,
        "items": [as_item(item) for item in plan.items],
        "problems": [[problem.code, problem.item] for problem in plan.problems],
    }


def as_item(item: Item) -> dict[str, Any]:
    return {
        "no": item.no,
        "heading": item.heading,
        "subheading": item.subheading,
        "requirement": item.requirement,
        "where": item.where,
        "units": [f"{u.name} {u.role.value}" + " collective" * u.collective for u in item.units],
        "deadlines": [
            " ".join(filter(None, [d.kind.value, d.text, d.due.isoformat() if d.due else "", d.source.value]))
            for d in item.deadlines
        ],
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert as_corpus(read_plan(path.read_bytes(), name=path.name)) == expected


def test_the_corpus_has_layouts_enough() -> None:
    assert len(CASES) >= 9


TABLE = """\
桐山县2026年重点任务分工方案

\t序号
\t工作任务
\t具体要求
\t责任单位

\t1
\t一、修路
\t打通断头路
\t年内开工三条，完善路灯、标线和排水设施。
\t县交通运输局、县住建局负责

\t2
\t
\t
\t治理易涝点，汛期前完成管网清淤。
\t

\t3
\t
\t养护桥梁
\t逐座建档，落实巡查责任人，发现病害及时处置。
\t县公路中心牵头，各乡镇（街道），县直各部门负责

\t4
\t二、种树
\t绿化荒山，植树不少于3000亩，成活率达标。
\t县林业局负责

\t5
\t
\t补植行道树，更换枯死苗木，加固支撑。
\t县城管局负责

公开方式：主动公开
"""


def summary(text: str) -> list[tuple[Any, ...]]:
    """What must not change, whatever happened to the lines."""
    plan = read_plan(text.encode())
    assert plan.title == "桐山县2026年重点任务分工方案"
    assert plan.mark == "公开方式：主动公开"
    return [
        (
            item.no,
            item.heading,
            item.subheading,
            item.requirement,
            tuple((u.name, u.role) for u in item.units),
        )
        for item in plan.items
    ]


def test_the_table_itself() -> None:
    read = summary(TABLE)
    assert [row[:3] for row in read] == [
        (1, "修路", "打通断头路"),
        (2, "修路", "打通断头路"),
        (3, "修路", "养护桥梁"),
        (4, "种树", ""),
        (5, "种树", ""),
    ]
    assert read[1][4] == read[0][4] != ()
    assert [unit[0] for unit in read[2][4]] == ["县公路中心", "各乡镇（街道）", "县直各部门"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("\t", "    "),
        lambda t: t.replace("\t", "\u3000\u3000"),
        lambda t: t.replace("\n\n", "\n\n\n\n"),
        lambda t: t.replace("各乡镇（街道），", "各乡镇（街道），\n"),
        lambda t: t.replace("交通运输局、", "交通运\n输局、、 "),
        lambda t: t.replace("路灯、标线", "路灯、\n标线"),
        lambda t: t.replace("路灯、标线", "路灯、 标线"),
        lambda t: t.replace("\t1\n", "\t１\n").replace("\t2\n", "\t2.\n").replace("\t3\n", "\t（3）\n"),
        lambda t: t.replace("\t一、修路", "\t（一）修路"),
        lambda t: t.replace(
            "\n\t3\n", "\n\t序号\n\t工作任务\n\t具体要求\n\t责任单位\n\n\t3\n"
        ),  # the header of a new page
        lambda t: t.replace("\n\t3\n", "\n- 2 -\n\n\t3\n"),
        lambda t: t.replace("\n\n\t2", "\n\t2").replace("\n\n\t3", "\n\t3"),
        lambda t: "\n".join(line.strip() for line in t.split("\n")),
        lambda t: "\n".join("" if not line.strip() else line for line in t.split("\n")),
        lambda t: t.replace("\t打通断头路\n", "\t打通断头路\n\n"),
        lambda t: t.replace("负责", "负责      "),
        lambda t: t.replace("\t\n\t治理", "\t\n治理"),  # a cell whose line lost its indentation
        lambda t: t.replace("工作任务", "工作\n任务"),
    ],
)
def test_harm_to_the_lines_changes_nothing(harm: Callable[[str], str]) -> None:
    assert harm(TABLE) != TABLE
    assert summary(harm(TABLE)) == summary(TABLE)


def torn(piece: str) -> str:
    """The table with row 3 replaced by what a page break left of it."""
    before, rest = TABLE.split("\t3\n")
    return before + piece + rest[rest.index("\n\t4\n") :]


@pytest.mark.parametrize(
    ("piece", "requirement", "units", "codes"),
    [
        ("县公安局牵头，各乡镇，\n\n\t县直各部门负责\n", None, 3, {"lost-number", "lost-text"}),
        ("县公安局负责\n", None, 1, {"lost-number", "lost-text"}),
        ("\n\n县公安局牵头，\n县城管局配合\n\n", None, 2, {"lost-number", "lost-text"}),
        (
            "逐座建档，落实巡查责任人，发现病害及时处置。\n\t县公安局负责\n",
            "逐座建档，落实巡查责任人，发现病害及时处置。",
            1,
            {"lost-number"},
        ),
        (
            "逐座建档，落实巡查责任人，发现病害及时处置。\n",
            "逐座建档，落实巡查责任人，发现病害及时处置。",
            0,
            {"lost-number", "no-units"},
        ),
    ],
)
def test_a_torn_row_is_kept_numbered_and_named(
    piece: str, requirement: str | None, units: int, codes: set[str]
) -> None:
    plan = read_plan(torn(piece).encode())
    assert [item.no for item in plan.items] == [1, 2, 3, 4, 5]
    assert plan.items[2].requirement == requirement
    assert len(plan.items[2].units) == units
    assert {p.code for p in plan.problems if p.item == 3} == codes
    assert plan.items[1].units == plan.items[0].units  # never given to the neighbour


def test_a_piece_that_fits_nowhere_is_said() -> None:
    text = TABLE.replace("\t4\n\t二", "县公安局加强巡逻\n\n\t4\n\t二")
    plan = read_plan(text.encode())
    assert [item.no for item in plan.items] == [1, 2, 3, 4, 5]
    assert [p.code for p in plan.problems] == ["stray-text"]
    assert "县公安局加强巡逻" in plan.problems[0].message


def test_the_rest_of_a_units_cell_behind_a_blank_line_goes_back_to_it() -> None:
    text = TABLE.replace("各乡镇（街道），县直", "各乡镇（街道），\n\n县直")
    assert summary(text) == summary(TABLE)


def test_a_head_that_nobody_knows_is_said() -> None:
    text = TABLE.replace("\t责任单位\n", "\t责任单位\n\t红黄旗\n", 1)
    text = text.replace("负责\n", "负责\n\t红旗\n")
    plan = read_plan(text.encode())
    assert ("unknown-column", "表头“红黄旗”") in [(p.code, p.where) for p in plan.problems]


MEASURES = """\
桐山县2026年分工方案
一、修路
1.打通断头路。（县交通运输局牵头，县住建局配合）
2.治理易涝点。（责任单位：县住建局；完成时限：6月底前）
二、种树
（一）绿化荒山。
责任单位：县林业局
"""


@pytest.mark.parametrize(
    "harm",
    [
        lambda t: t,
        lambda t: t.replace("\n", "\n\n"),
        lambda t: t.replace("\n", "\n\u3000\u3000"),
        lambda t: t.replace("1.", "1、").replace("2.", "２．"),
        lambda t: t.replace("住建局配合", "住建\n局配合"),
        lambda t: t.replace("断头路。（", "断头路。\n（"),
        lambda t: t.replace("（县", "【县").replace("配合）", "配合】"),
    ],
)
def test_prose_survives_the_same(harm: Callable[[str], str]) -> None:
    plan = read_plan(harm(MEASURES).encode())
    assert plan.title == "桐山县2026年分工方案"
    assert [(i.no, i.heading, i.requirement, [u.name for u in i.units]) for i in plan.items] == [
        (1, "修路", "打通断头路。", ["县交通运输局", "县住建局"]),
        (2, "修路", "治理易涝点。", ["县住建局"]),
        (3, "种树", "绿化荒山。", ["县林业局"]),
    ]
    assert [d.text for d in plan.items[1].deadlines] == ["6月底前"]
    assert plan.problems == ()


def test_a_measure_without_units_beside_others_is_kept_and_named() -> None:
    plan = read_plan(
        MEASURES.replace("2.治理易涝点。（责任单位：县住建局；完成时限：6月底前）", "2.治理易涝点。").encode()
    )
    assert [item.no for item in plan.items] == [1, 2, 3]
    assert [(p.code, p.item) for p in plan.problems] == [("no-units", 2)]


def listed(line: str, count: int) -> str:
    return "\n".join(line.format(i=i) for i in range(count))


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (20_000, lambda size: TABLE + listed("第{i}行没有缩进的文字，", size)),
        (20_000, lambda size: TABLE + listed("\t第{i}段\n", size)),
        (5_000, lambda size: "甲县2026年方案\n" + listed("{i}.做事。（责任单位：县局{i}局）\n（1）甲", size)),
        (5_000, lambda size: "序号 | 任务 | 责任单位\n" + listed("{i} | 做事 | 县教育局", size)),
        (2_000, lambda size: TABLE + listed("\n\t{i}0\n\t\n\t\n\t做事。\n\t县局\n\n县局负责，\n", size)),
        (5_000, lambda size: "1.做" + "（" * size + "责任单位：" + "局、" * size),
        (500_000, lambda size: "序号\n工作任务\n责任单位\n" + "甲" * size),
        (20_000, lambda size: "序号\n工作任务\n责任单位\n1\n做\n" + "县教育局、" * size),
    ],
    ids=range(8),
)
def test_no_text_takes_long(size: int, text: Callable[[int], str]) -> None:
    def tried(data: bytes) -> None:
        with suppress(ReadError):
            read_plan(data)

    no_square(lambda size: text(size).encode(), tried, size=size)
