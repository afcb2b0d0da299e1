"""Units cells: the corpus, and what holds for every cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.model import Role
from duban.units.cell import parse_units, to_json
from duban.units.locate import locate
from growth import no_square

CORPUS = Path(__file__).parents[2] / "corpus" / "units.jsonl"
CASES = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
KINDS = {
    "role-words", "lists", "breaks", "groups", "levels", "joint", "shared",
    "collectives", "vague", "persons", "empty",
}  # fmt: skip
LONG = (
    "、", "（", "）", "局", "县教育局、", "县教育局 ", "县教育局\n", "牵头", "负责", "负责x", "责任、", "、 ",
    "责任单位：", "（）", "和", "及有关部门", "各", "等", "由", "1.", "①", "\n", "会同", "成员单位（",
    "按职责", "甲牵头乙配合", "0", "县委、", "各市、", "各镇教育、", "*", "注：", "王五", "局长", "a ",
    "牵头单位 ", "第一", " ",
)  # fmt: skip
NAMES = ("云溪局", "柳河镇", "石桥街道", "临湖办", "青川委", "各镇（街、区）")


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_corpus(case: dict[str, Any]) -> None:
    read = parse_units(case["text"], default=Role(case.get("default", "responsible")))
    assert [to_json(duty) for duty in read.duties] == case["units"]
    assert list(read.vague) == case["vague"]


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 850
    assert len({c["text"] for c in CASES}) == len(CASES)
    assert {c["kindof"] for c in CASES} == KINDS
    assert len({c["id"] for c in CASES}) == len(CASES)


@pytest.mark.parametrize("again", LONG)
def test_no_cell_takes_long(again: str) -> None:
    no_square(lambda size: again * (size // len(again)), parse_units, size=100_000)


@given(st.text(max_size=200))
def test_any_text_at_all_is_read(text: str) -> None:
    read = parse_units(text)
    assert len({duty.name for duty in read.duties}) == len(read.duties)
    assert all(duty.name for duty in read.duties)
    assert all(locate(duty.name, text) for duty in read.duties if duty.name in text)


@given(
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True),
    joint=st.sampled_from(["、", "，", ",", "；", "、\n", " 、", "、、"]),
    role=st.sampled_from([("牵头", Role.LEAD), ("分别负责", Role.RESPONSIBLE), ("配合", Role.COOPERATE)]),
)
def test_every_name_of_a_list_comes_back_in_order(
    names: list[str], joint: str, role: tuple[str, Role]
) -> None:
    duties = parse_units(joint.join(names) + role[0]).duties
    assert [d.name for d in duties] == names
    assert {d.role for d in duties} == {role[1]}


@given(name=st.sampled_from(NAMES), at=st.integers(1, 20), blank=st.sampled_from([" ", "\n", "\u3000", "\t"]))
def test_a_blank_inside_a_name_is_mended(name: str, at: int, blank: str) -> None:
    broken = name[: at % len(name)] + blank + name[at % len(name) :]
    assert [d.name for d in parse_units(broken).duties] == [name]


@given(st.text(alphabet="区局、，；：（）()牵头负责配合会同等有关部门各镇 \n由和1.", max_size=60))
def test_no_cell_is_too_strange(text: str) -> None:
    for duty in parse_units(text).duties:
        assert duty.name.strip() == duty.name != ""
