"""Tables with one line a row: a number lost, units that nobody wrote, blanks among tabs, odd heads."""

from __future__ import annotations

import pytest

from duban.reading.document import read_plan

HEAD = "桐山县2026年任务清单\n\n序号\t工作任务\t责任单位\t完成时限\n"


def rows(text: str, head: str = HEAD) -> list[tuple[int, str | None, str]]:
    plan = read_plan((head + text).encode())
    return [(item.no, item.requirement, " ".join(duty.name for duty in item.units)) for item in plan.items]


def test_a_row_without_a_number_that_says_who_and_when_is_a_row() -> None:
    text = "1\t修路12公里\t县交通局\t3月底前\n\t架桥5座\t县水利局\t4月底前\n3\t植树\t县林业局\t5月底前\n"
    assert rows(text) == [(1, "修路12公里", "县交通局"), (2, "架桥5座", "县水利局"), (3, "植树", "县林业局")]


def test_a_row_whose_units_go_on_in_the_next_line_is_one() -> None:
    text = "1\t修路12公里，\t县交通局、\t3月底前\n\t架桥5座\t县水利局\t\n2\t植树\t县林业局\t5月底前\n"
    assert rows(text) == [(1, "修路12公里，架桥5座", "县交通局 县水利局"), (2, "植树", "县林业局")]


@pytest.mark.parametrize("gap", ["    ", "\u3000\u3000", "\t"])
def test_a_row_parted_by_blanks_among_rows_with_tabs(gap: str) -> None:
    text = f"1\t修路\t县交通局\t3月底前\n2{gap}架桥{gap}县水利局{gap}4月底前\n3\t植树\t县林业局\t5月底前\n"
    assert rows(text) == [(1, "修路", "县交通局"), (2, "架桥", "县水利局"), (3, "植树", "县林业局")]


def test_units_that_one_row_alone_leaves_out_are_nobodys() -> None:
    text = "".join(f"{n}\t修路{n}公里\t县交通局\t3月底前\n" for n in range(1, 6)) + "6\t植树\t\t5月底前\n"
    assert rows(text)[-1] == (6, "植树", "")


def test_units_that_many_rows_leave_out_are_those_of_a_merged_cell() -> None:
    text = "1\t修路\t县交通局\t3月底前\n2\t架桥\t\t4月底前\n3\t植树\t县林业局\t5月底前\n4\t种草\t\t6月底前\n"
    assert [units for _, _, units in rows(text)] == ["县交通局", "县交通局", "县林业局", "县林业局"]


def test_a_head_that_no_wording_fits_is_read_by_its_cells() -> None:
    head = "桐山县2026年任务清单\n\n序号\t抓什么事儿\t责任单位\t完成时限\n"
    text = "1\t修建通村公路，完善安防设施。\t县交通局\t3月底前\n2\t架设便民桥。\t县水利局\t4月底前\n"
    assert rows(text, head) == [
        (1, "修建通村公路，完善安防设施。", "县交通局"),
        (2, "架设便民桥。", "县水利局"),
    ]
