"""Reading stays linear, whatever the text: ten times as long takes at most eleven times as long."""

import time
from datetime import date

import pytest

from duban.deadlines.grammar import find_deadlines
from duban.deadlines.loose import read_date
from duban.model import PlanContext

ISSUED = date(2026, 3, 16)
CONTEXTS = [PlanContext(year=2026, issued=ISSUED, column=column) for column in (False, True)]
SHORT, LONG, RATIO = 2_000, 20_000, 11
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


def seconds(text: str) -> float:
    """The best of three, of this process alone."""
    taken = []
    for _ in range(3):
        begin = time.process_time()
        for context in CONTEXTS:
            find_deadlines(text, context=context)
        taken.append(time.process_time() - begin)
    return min(taken)


@pytest.mark.parametrize("piece", PIECES)
def test_ten_times_the_text_takes_ten_times_as_long(piece: str) -> None:
    short, long = ((piece * (size // len(piece) + 1))[:size] for size in (SHORT, LONG))
    ratios = []
    for _ in range(3):  # a machine that is busy with something else does not fail us
        ratios.append(seconds(long) / max(seconds(short), 0.0005))
        if ratios[-1] <= RATIO:
            return
    pytest.fail(f"{ratios}")


@pytest.mark.parametrize(
    "piece", ["1", "年", "月", "前", "《", "6月底前", "2026年1月1日、", "6月底前完成，3月"]
)
def test_a_line_of_100_000_characters_is_read(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    begin = time.process_time()
    find_deadlines(text, context=CONTEXTS[0])
    read_date(text, on=ISSUED)
    assert time.process_time() - begin < 10
