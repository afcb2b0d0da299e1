"""Reading stays linear, whatever the text: ten times as long takes at most eleven times as long."""

from datetime import date

import pytest

from duban.deadlines.grammar import find_deadlines
from duban.deadlines.loose import read_date
from duban.model import PlanContext
from growth import no_hang, no_square

ISSUED = date(2026, 3, 16)
CONTEXTS = [PlanContext(year=2026, issued=ISSUED, column=column) for column in (False, True)]
PIECES = [
    *("1", "年", "月", "前", "后", "《", "（", "“", "每", "自", "一", "、", "至", "汉"),
    *(
        "2026年1月1日、",
        "3月、",
        "3月至",
        "5日、",
        "每年3月、",
        "后3日",
        "之日起",
        "《甲》",
        "2026-",
        "1 ",
        "十一、",
    ),
    "各单位要在2026年6月底前完成整改，并于每季度末报送进展情况，对不按时的予以通报。",
    "每年3月底前公布，6月汉",
]


def read(text: str) -> None:
    for context in CONTEXTS:
        find_deadlines(text, context=context)


@pytest.mark.parametrize("piece", PIECES)
def test_ten_times_the_text_takes_ten_times_as_long(piece: str) -> None:
    no_square(lambda size: (piece * (size // len(piece) + 1))[:size], read, size=20_000, times=10, limit=11)


@pytest.mark.parametrize(
    "piece", ["1", "年", "月", "前", "《", "6月底前", "2026年1月1日、", "6月底前完成，3月"]
)
def test_a_line_of_100_000_characters_is_read(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    with no_hang():
        find_deadlines(text, context=CONTEXTS[0])
        read_date(text, on=ISSUED)
