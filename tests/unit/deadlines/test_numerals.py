"""Numerals: every number that people write comes back as itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.deadlines.numerals import to_chinese, to_int

FULL = str.maketrans("0123456789", "０１２３４５６７８９")
PLACES = str.maketrans("0123456789", "〇一二三四五六七八九")


@given(st.integers(0, 9999))
def test_every_spelling_is_the_same_number(n: int) -> None:
    assert to_int(str(n)) == n
    assert to_int(str(n).translate(FULL)) == n
    assert to_int(str(n).translate(PLACES)) == n
    assert to_int(to_chinese(n)) == n


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10), ("十二", 12), ("二十", 20), ("一十五", 15), ("廿", 20), ("廿五", 25), ("卅一", 31),
        ("两", 2), ("一百", 100), ("一百零五", 105), ("一百二十", 120), ("两千零六", 2006),
        ("二〇二六", 2026), ("二○二六", 2026), ("三万", 30000), ("一万二千", 12000), ("元", 1), ("零", 0),
    ],
)  # fmt: skip
def test_table(text: str, value: int) -> None:
    assert to_int(text) == value


@pytest.mark.parametrize("text", ["", "半", "十二三", "1.5", "三a", "-1", "第三"])
def test_no_number(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the message
        to_int(text)


@pytest.mark.parametrize("value", [-1, 10_000])
def test_out_of_range(value: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        to_chinese(value)
