"""Hidden sheets are read and said; their tasks count where no visible sheet has any."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook

from duban.reading.document import read_plan

HEAD = ("序号", "工作任务", "责任单位", "完成时限")
TASKS = ((1, "修缮校舍。", "县教育局", "8月底前"), (2, "清理河道。", "县水利局", "年底前"))


def workbook(**sheets: tuple[bool, tuple[tuple[object, ...], ...]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, (hidden, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if hidden else "visible"
        for row in rows:
            sheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("visible", "hidden", "items", "said"),
    [
        ((HEAD, *TASKS[:1]), (HEAD, *TASKS), 1, "有 3 行内容，其中有 2 项任务，没有计入"),
        ((("填写说明",),), (HEAD, *TASKS), 2, "有 3 行内容，已按它读入"),
        ((HEAD, *TASKS), (("是",), ("否",)), 2, "有 2 行内容，没有读入"),
    ],
)
def test_a_hidden_sheet(visible, hidden, items, said) -> None:  # type: ignore[no-untyped-def]
    plan = read_plan(workbook(台账=(False, visible), 旧版=(True, hidden)), name="2026年台账.xlsx")
    assert len(plan.items) == items
    note = next(problem for problem in plan.problems if problem.code == "hidden-sheet")
    assert f"工作表“旧版”是隐藏的，{said}" in note.message
