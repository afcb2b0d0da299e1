"""Where a name stands in the text as written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.units.cell import parse_units
from duban.units.locate import locate


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("县教育局", "由县教育局牵头", "县教育局"),
        ("县教育局", "县教\n育 局、县财政局", "县教\n育 局"),
        ("县人力资源社会保障局", "牵头单位：县人力资源社会\n\u3000保障局", "县人力资源社会\n\u3000保障局"),
        ("各镇（街、区）", "甲局,各镇(街、区)", "各镇(街、区)"),
        ("各镇(街、区)", "各镇（街、\n区）负责", "各镇（街、\n区）"),
        ("县教育局", "县教育局、县教育局", "县教育局"),
        ("县教育局", "县教、育局", None),
        ("县教育局", "", None),
        ("", "县教育局", None),
        (" ", "县教育局", None),
    ],
)
def test_locate(name: str, text: str, found: str | None) -> None:
    place = locate(name, text)
    assert (text[slice(*place)] if place else None) == found
    assert place is None or place[0] == text.index(text[slice(*place)])


@given(
    before=st.text("、：（ \n", max_size=5),
    blanks=st.lists(st.sampled_from(["", " ", "\n", "\u3000", "\u200b"]), min_size=5, max_size=5),
    after=st.text("、：） \n", max_size=5),
)
def test_a_name_is_found_however_it_is_broken(before: str, blanks: list[str], after: str) -> None:
    broken = "".join(a + b for a, b in zip("县发展改革", blanks, strict=True)) + "局"
    text = before + broken + after
    assert locate("县发展改革局", text) == (len(before), len(before) + len(broken))


def test_names_of_a_cell_have_their_places() -> None:
    text = "牵头单位：县教\n育局(县体育局)\n责任单位：各镇(街道)、县水利局（王五）"
    places = [locate(duty.name, text) for duty in parse_units(text).duties]
    assert [text[slice(*place)] for place in places if place] == ["县教\n育局", "各镇(街道)", "县水利局"]
