"""From a deadline or a unit back to the characters of the document, whatever became of breaks and blanks."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban import resources
from duban.model import Duty, Origin, Role
from duban.reading.document import read_plan
from duban.reading.provenance import FIELDS, of_deadline, of_duty, trace

TIMES = ("12月31日前", "2026年6月底前", "每季度末", "30个工作日内", "尽快", "上半年", "3月至10月")
WORDS = st.sampled_from(("编制目录", "公布结果", "更新指南，", "组织培训。", "形成A B清单；", "见（一）"))
UNITS = ("甲局", "县教育体育局", "各镇（街、区）", "市场监管 局")


def plain(text: str) -> str:
    return "".join(text.split())


@st.composite
def broken(draw: st.DrawFn, text: str) -> str:
    """A text with line breaks and blanks put between its characters: a cell of a narrow column."""
    cuts = draw(st.lists(st.integers(1, max(1, len(text) - 1)), max_size=3, unique=True))
    kind = draw(st.sampled_from(("\n", "\n\u3000", " ")))
    for at in sorted(cuts, reverse=True):
        if not (text[at - 1 : at].isascii() and text[at : at + 1].isascii()):
            text = text[:at] + kind + text[at:]
    return text


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A flattened table of some rows, with deadlines in the requirement and in the time column."""
    lines = ["某县2026年工作分工方案", "", "\t序号", "\t工作任务", "\t责任单位", "\t完成时限", ""]
    for no in range(1, draw(st.integers(1, 4)) + 1):
        said = "".join(draw(st.lists(WORDS, min_size=1, max_size=3))) + f"第{no}件，"
        said += draw(st.sampled_from(("", *TIMES))) + "完成。"
        cells = (said, draw(st.sampled_from(UNITS)) + "牵头，乙局配合", draw(st.sampled_from(TIMES)))
        lines.append(f"\t{no}")
        for cell in cells:
            parts = draw(broken(cell)).split("\n")
            lines += ["\t" + parts[0], *parts[1:]]
        lines.append("")
    return "\n".join(lines).encode()


@settings(max_examples=150, deadline=None)
@given(documents())
def test_the_marked_characters_are_those_of_the_deadline_and_of_the_unit(body: bytes) -> None:
    plan = read_plan(body)
    assert plan.items
    for item in plan.items:
        for deadline in item.deadlines:
            marks = of_deadline(item.origins, deadline, item.requirement)
            assert plain("".join(mark.words for mark in marks)) == plain(deadline.text)
            assert all(mark.where for mark in marks)
        for duty in item.units:
            marks = of_duty(item.origins, duty)
            assert {plain(mark.words) for mark in marks} == {plain(duty.name)}


def origin(field: str, text: str, where: str = "此处") -> Origin:
    return Origin(field=field, text=text, where=where)


@pytest.mark.parametrize(
    ("origins", "field", "span", "text", "words"),
    [
        ((origin("requirement", "年\n底前完成"),), "requirement", (0, 3), "年底前完成", ["年\n底前"]),
        ((origin("requirement", "一。", "甲"), origin("requirement", "6月底前办", "乙")), "requirement",
         (3, 7), "一。\n6月底前办", ["6月底前"]),
        ((origin("requirement", "持续到6月", "甲"), origin("requirement", "底前", "乙")), "requirement",
         (3, 8), "持续到6月\n底前", ["6月", "底前"]),
        ((origin("time", "6月底前", "甲"), origin("time", "年底前", "乙")), "time", (5, 8), None, ["年底前"]),
        ((origin("time", "年底前", "甲"), origin("time", "年底前", "乙")), "time", (0, 3), None, ["年底前"]),
        ((origin("requirement", "另一段"),), "requirement", (0, 3), "年底前", []),
        ((), "time", (0, 3), None, []),
        ((origin("requirement", "甲" * 9 + "年底前"),), "requirement", (0, 3), "年底前", ["年底前"]),
    ],
)  # fmt: skip
def test_spans(
    origins: tuple[Origin, ...], field: str, span: tuple[int, int], text: str | None, words: list[str]
) -> None:
    assert [mark.words for mark in trace(origins, field, span, text)] == words


def test_a_unit_stands_where_it_was_written_in_other_widths() -> None:
    duty = Duty(name="县发展改革局(能源局)", role=Role.LEAD)
    (mark,) = of_duty([origin("units", "由县发展\n改革局（能 源局）牵头")], duty)
    assert mark.words == "县发展\n改革局（能 源局）"


def test_a_goal_of_several_items_is_kept_where_it_came_from() -> None:
    cells = "<td rowspan=2>河面无漂浮物。</td>"
    rows = (
        f"<tr><td>1</td>{cells}<td>划分责任段18个。</td><td>区水务局</td><td>4月底前</td></tr>"
        "<tr><td>2</td><td>配备清漂船6艘。</td><td>区城管局</td><td>6月底前</td></tr>"
    )
    head = "<tr><th>序号</th><th>整改目标</th><th>整改措施</th><th>责任单位</th><th>整改时限</th></tr>"
    page = f"<html><body><p>兰桥区2026年整改台账</p><table>{head}{rows}</table></body></html>"
    items = read_plan(page.encode()).items
    assert [item.requirement for item in items] == ["划分责任段18个。", "配备清漂船6艘。"]
    assert [[one.text for one in item.origins if one.field == "goal"] for item in items] == [
        ["河面无漂浮物。"],
        ["河面无漂浮物。"],
    ]
    words = tomllib.loads((resources.templates() / "chat" / "words.toml").read_text(encoding="utf-8"))
    assert {one.field for item in items for one in item.origins} <= set(words["field"]) == set(FIELDS)
