"""Word's automatic numbers, written out as Word shows them."""

from __future__ import annotations

from typing import Any

import pytest

from duban.reading.formats.docx import read
from duban.reading.formats.numerals import counted
from duban.reading.grid import Document
from papers.docx import abstract, afresh, docx, level, num, p, r, style, tbl, tc, tr
from papers.look import lines, only

DEL = '<w:del w:id="1" w:author="a">{}</w:del>'


def read_docx(*body: str, **files: Any) -> Document:
    return read(docx(*body, **files))


def numbered(*levels: str, more: str = "") -> str:
    return abstract("0", *levels) + abstract("9", level(0, "%1)")) + num("1", "0") + more


NUMBERS = {
    "decimal": (
        [p("甲", num="1"), p("乙", num="1", level=0)],
        numbered(level(0, "%1．")),
        ["1．甲", "2．乙"],
    ),
    "a digit after a dot": ([p("2026年", num="1")], numbered(level(0, "%1.")), ["1. 2026年"]),
    "bare number": ([p("甲", num="1")], numbered(level(0, "%1")), ["1 甲"]),
    "nothing between": (
        [p("甲", num="1")],
        numbered(level(0, "第%1条", more='<w:suff w:val="nothing"/>')),
        ["第1条甲"],
    ),
    "levels": (
        [
            p("甲", num="1"),
            p("a", num="1", level=1),
            p("b", num="1", level=1),
            p("乙", num="1"),
            p("c", num="1", level=1),
        ],
        numbered(level(0, "%1、", "chineseCountingThousand"), level(1, "（%2）", "chineseCounting")),
        ["一、甲", "（一）a", "（二）b", "二、乙", "（一）c"],
    ),
    "levels in one number": (
        [p("甲", num="1"), p("a", num="1", level=1), p("b", num="1", level=1)],
        numbered(level(0, "%1"), level(1, "%1.%2")),
        ["1 甲", "1.1 a", "1.2 b"],
    ),
    "legal": (
        [p("甲", num="1"), p("a", num="1", level=1)],
        numbered(level(0, "第%1章", "chineseCounting"), level(1, "%1.%2", more="<w:isLgl/>")),
        ["第一章 甲", "1.1 a"],
    ),
    "never restarted": (
        [p("甲", num="1"), p("a", num="1", level=1), p("乙", num="1"), p("b", num="1", level=1)],
        numbered(level(0, "%1、", "chineseCounting"), level(1, "%2.", more='<w:lvlRestart w:val="0"/>')),
        ["一、甲", "1.a", "二、乙", "2.b"],
    ),
    "start": ([p("甲", num="1")], numbered(level(0, "%1.", start=5)), ["5.甲"]),
    "shared counter": (
        [p("甲", num="1"), p("乙", num="2"), p("丙", num="1")],
        numbered(level(0, "%1."), more=num("2", "0")),
        ["1.甲", "2.乙", "3.丙"],
    ),
    "afresh": (
        [p("甲", num="1"), p("乙", num="1"), p("丙", num="2"), p("丁", num="2")],
        numbered(level(0, "%1."), more=num("2", "0", afresh(0, 1))),
        ["1.甲", "2.乙", "1.丙", "2.丁"],
    ),
    "apart": (
        [p("甲", num="1"), p("乙", num="2"), p("丙", num="1")],
        numbered(level(0, "%1."), more=num("2", "9")),
        ["1.甲", "1)乙", "2.丙"],
    ),
    "a level of its own": (
        [p("甲", num="2")],
        numbered(
            level(0, "%1."),
            more=num("2", "0", f'<w:lvlOverride w:ilvl="0">{level(0, "【%1】")}</w:lvlOverride>'),
        ),
        ["【1】甲"],
    ),
    "text between": (
        [p("甲", num="1"), p("无"), p("乙", num="1")],
        numbered(level(0, "%1.")),
        ["1.甲", "无", "2.乙"],
    ),
    "none": ([p("甲", num="0")], numbered(level(0, "%1.")), ["甲"]),
    "list not there": ([p("甲", num="77")], numbered(level(0, "%1.")), ["甲"]),
    "level not there": ([p("甲", num="1", level=7)], numbered(level(0, "%1.")), ["甲"]),
    "bullet": ([p("甲", num="1")], numbered(level(0, "\uf06c", "bullet")), ["甲"]),
    "padded": (
        [p("甲", num="1")],
        numbered(
            '<w:lvl w:ilvl="0"><w:start w:val="7"/><mc:AlternateContent><mc:Choice Requires="w14">'
            '<w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback>'
            '<w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent><w:lvlText w:val="%1."/></w:lvl>'
        ),
        ["007.甲"],
    ),
    "deleted paragraph does not count": (
        [p(DEL.format(r("删")), num="1", mark="<w:del w:id='1'/>"), p("甲", num="1")],
        numbered(level(0, "%1.")),
        ["1.甲"],
    ),
    "a line break within": (
        [p("甲", "<w:r><w:br/></w:r>", "乙", num="1")],
        numbered(level(0, "%1.")),
        ["1.甲", "乙"],
    ),
}


@pytest.mark.parametrize(("body", "numbering", "then"), NUMBERS.values(), ids=NUMBERS)
def test_automatic_numbers_are_written_out(body, numbering, then):
    assert lines(read_docx(*body, numbering=numbering)) == then


def test_an_empty_cell_with_a_number_holds_the_number():
    rows = [tr("序号", "任务"), *(tr(tc(p(num="1")), text) for text in "甲乙丙")]
    assert [row[0] for row in only(read_docx(tbl(*rows), numbering=numbered(level(0, "%1"))))] == [
        "序号",
        "1",
        "2",
        "3",
    ]


def test_a_merged_cell_counts_once():
    rows = [
        tr(tc(p(num="1"), merge="restart"), "甲"),
        tr(tc(p(num="1"), merge=""), "乙"),
        tr(tc(p(num="1")), "丙"),
    ]
    assert [row[0] for row in only(read_docx(tbl(*rows), numbering=numbered(level(0, "%1."))))] == [
        "1.",
        "1.",
        "2.",
    ]


STYLED = {
    "in the style": (
        [style("a", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>')],
        p("甲", style="a"),
        "一、甲",
    ),
    "in the style's base": (
        [style("a", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>'), style("b", based="a")],
        p("甲", style="b"),
        "一、甲",
    ),
    "the level that names the style": (
        [style("a", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>'), style("linked", based="a")],
        p("甲", style="linked"),
        "（一）甲",
    ),
    "a level of the style": (
        [style("a", ppr='<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>')],
        p("甲", style="a"),
        "（一）甲",
    ),
    "level of its own, list of the style": (
        [style("a", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>')],
        p("甲", style="a", level=1),
        "（一）甲",
    ),
    "switched off": (
        [style("a", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>')],
        p("甲", style="a", num="0"),
        "甲",
    ),
    "switched off in the style": (
        [
            style("a", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>'),
            style("b", based="a", ppr='<w:numPr><w:numId w:val="0"/></w:numPr>'),
        ],
        p("甲", style="b"),
        "甲",
    ),
    "styles in a ring": ([style("a", based="b"), style("b", based="a")], p("甲", style="a"), "甲"),
}


@pytest.mark.parametrize(("styles", "given", "then"), STYLED.values(), ids=STYLED)
def test_numbers_come_through_styles(styles, given, then):
    numbering = numbered(
        level(0, "%1、", "chineseCounting"),
        level(1, "（%2）", "chineseCounting", more='<w:pStyle w:val="linked"/>'),
    )
    assert lines(read_docx(given, numbering=numbering, styles="".join(styles))) == [then]


def test_a_list_style_leads_to_its_list():
    numbering = abstract("0", level(0, "%1.")) + num("1", "0")
    numbering += abstract("5", '<w:numStyleLink w:val="L"/>') + num("5", "5")
    styles = style("L", kind="numbering", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>')
    assert lines(read_docx(p("甲", num="5"), p("乙", num="1"), numbering=numbering, styles=styles)) == [
        "1.甲",
        "2.乙",
    ]


FORMATS = [
    ("decimal", 12, "12"), ("decimalZero", 5, "05"), ("decimalFullWidth", 12, "１２"),
    ("decimalEnclosedCircle", 20, "⑳"), ("decimalEnclosedCircleChinese", 21, "21"),
    ("decimalEnclosedParen", 3, "⑶"), ("decimalEnclosedFullstop", 3, "⒊"), ("chineseCounting", 10, "十"),
    ("chineseCounting", 21, "二十一"), ("chineseCounting", 105, "一○五"),
    ("chineseCountingThousand", 105, "一百零五"), ("taiwaneseCountingThousand", 12, "十二"),
    ("japaneseCounting", 111, "百十一"), ("japaneseCounting", 20, "二十"),
    ("chineseLegalSimplified", 21, "贰拾壹"), ("ideographLegalTraditional", 23, "貳拾參"),
    ("ideographDigital", 20, "二○"), ("ideographTraditional", 2, "乙"), ("ideographTraditional", 11, "11"),
    ("ideographZodiac", 12, "亥"), ("ideographZodiacTraditional", 60, "癸亥"),
    ("ideographEnclosedCircle", 3, "㊂"), ("upperLetter", 27, "AA"), ("lowerLetter", 28, "bb"),
    ("upperRoman", 1999, "MCMXCIX"), ("lowerRoman", 4, "iv"), ("numberInDash", 3, "- 3 -"),
    ("nobody knows", 3, "3"), ("upperRoman", 0, "0"), ("chineseCounting", 0, "0"),
    ("chineseCountingThousand", 123456, "123456"),
]  # fmt: skip


@pytest.mark.parametrize(("fmt", "value", "then"), FORMATS)
def test_formats_of_numbers(fmt, value, then):
    assert counted(value, fmt) == then
