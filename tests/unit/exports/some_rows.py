"""Rows of a ledger for the tests of the exports, and what a spreadsheet would see in a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl

from duban.exports import csv as exports_csv
from duban.exports import xlsx
from duban.exports.sheets import Cell, Column, Sheet
from duban.exports.values import LedgerItem, LedgerPlan, LedgerRow, LedgerTask
from duban.exports.words import shipped

NOW = datetime(2026, 7, 2, 2, tzinfo=UTC)
WORDS = shipped()


def plan(**more: Any) -> LedgerPlan:
    values = {"id": 1, "title": "测试方案", "quotable": True, "imported_at": NOW, "office": "督办室",
              "today": date(2026, 7, 2)}  # fmt: skip
    return LedgerPlan(**values | more)


def item(no: int = 1, **more: Any) -> LedgerItem:
    values = {"id": no, "no": no, "heading": "一类", "subheading": "", "requirement": f"把第{no}件事办好。"}
    return LedgerItem(**values | more)


def task(id_: int = 1, **more: Any) -> LedgerTask:
    values = {
        "id": id_, "kind": "dated", "due": date(2026, 9, 30), "time": None, "provisional": False,
        "ask_by": None, "original": None, "state": "in_progress", "light": "green", "open": True,
        "blocked": False, "extension": False, "percent": None, "said_on": None, "said": "", "closed_on": None,
    }  # fmt: skip
    return LedgerTask(**values | more)


def row(no: int = 1, unit: str = "甲局", *, of: LedgerItem | None = None, **more: Any) -> LedgerRow:
    """`more`: what is different about its task."""
    about = of or item(no)
    made = task(**({"id_": no} | more))
    return LedgerRow(item=about, unit=unit, role="lead", phrases=("9月底前",), cancelled=False, task=made)


def sheet(*cells: Cell, **more: Any) -> Sheet:
    """A sheet of one row."""
    values: dict[str, Any] = {
        "name": "台账", "title": "题", "below": "下", "rows": [cells],
        "columns": [Column(head=f"列{n}", width=10) for n, _ in enumerate(cells)],
    }  # fmt: skip
    return Sheet(**values | more)


def workbook(*sheets: Sheet) -> bytes:
    return xlsx.written(sheets, WORDS, creator="督办室", now=NOW)


def seen_in_xlsx(body: bytes) -> Any:
    """The workbook as a spreadsheet has it, formulas as formulas."""
    return openpyxl.load_workbook(io.BytesIO(body))


def seen_in_csv(made: Sheet) -> list[list[str]]:
    return list(csv.reader(io.StringIO(exports_csv.written(made).decode("utf-8-sig"), newline="")))
