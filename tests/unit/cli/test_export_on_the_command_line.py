"""`duban export`: the ledger and its dates as whole, private files; what cannot be is one sentence."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from duban.exports.texts import begins_formula, printable
from duban.ledger import meta
from duban.ledger.database import Ledger
from duban.ledger.tables import DeadlineRow, ItemRow, PlanRow, ReportRow, TaskRow, UnitRow
from duban_cli import export, main
from office import Office, local, populate
from unit.exports import icalendar

HEADS = ["序号", "类别", "小类", "工作要求", "责任单位", "责任角色", "时限", "办理期限", "内部时限", "状态",
         "预警", "办理进度", "反馈日期", "最近反馈", "延期（原期限）", "销号日期"]  # fmt: skip
TEXT = "把第1件事办好，形成<b>清单</b>&台账，面向社会公布，并及时更新有关内容。"
FIRST = [1, "第1类工作", None, TEXT, "甲局", "牵头", None, datetime(2026, 6, 30), None, "推进中", "逾期", 0.6,
         datetime(2026, 6, 10), "第1项推进中，约60%", None, None]  # fmt: skip
PEOPLE = "姓名"  # every person of the small office is called so


@dataclass
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def office(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A plan in its year, in a folder of its own."""
    office = Office(ledger)
    populate(office)
    office.says("jia", "第1项推进中，约60%")
    office.now = local("2026-07-02T10:00")
    with ledger.writing() as session:
        session.get_one(ItemRow, 2).heading = "=1+1"
        meta.claim_clock(session, "virtual")
        meta.remember_clock(session, office.now)
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    for name in [name for name in os.environ if name.startswith("DUBAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DUBAN_DATABASE__URL", str(ledger.url))
    monkeypatch.setenv("DUBAN_OFFICE__NAME", "某区督查室")
    return office


@pytest.fixture
def duban(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Run one command line, with all that catches its errors."""

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["duban", *arguments])
        code: object = 0
        try:
            main.main()
        except SystemExit as left:
            code = left.code
        said = capsys.readouterr()
        assert isinstance(code, int)
        return Said(code, said.out, said.err)

    return run


def test_the_ledger_as_a_workbook(duban: Callable[..., Said]) -> None:
    said = duban("export", "台账.xlsx")
    assert (said.code, said.out) == (0, "")
    assert said.err == "已导出到 台账.xlsx：测试方案，3 个事项。\n"
    assert Path("台账.xlsx").stat().st_mode & 0o777 == 0o600
    book = openpyxl.load_workbook("台账.xlsx")
    assert book.sheetnames == ["台账", "汇总"]
    page = book["台账"]
    assert page["A1"].value == "测试方案"
    assert page["A2"].value == "制表单位：某区督查室　截至日期：2026年7月2日"
    assert [cell.value for cell in page[3]] == HEADS
    assert [cell.value for cell in page[4]] == FIRST
    assert [[cell.value for cell in page[row]][4:6] for row in range(4, 11)] == [
        ["甲局", "牵头"], ["乙局", "责任"], ["甲局", "牵头"], ["乙局", "责任"], ["甲局", "牵头"],
        ["乙局", "责任"], ["丙镇", "责任"],
    ]  # fmt: skip
    heading = page["B6"]
    assert (heading.value, heading.data_type) == ("=1+1", "s")
    assert (page["H4"].number_format, page["L4"].number_format) == ("yyyy-mm-dd", "0%")
    assert PEOPLE not in str([[cell.value for cell in row] for row in page.rows])


CUT = "……（超出单元格所能容纳，后面从略）"
HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1", "<b>甲</b>&lt;", "a\x00\x1fb",
           "</t></is></c>", "#REF!", "=" + "长" * 40_000)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:8]))
def test_a_hostile_plan_is_text_wherever_it_is_hostile(
    duban: Callable[..., Said], office: Office, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("DUBAN_OFFICE__NAME", text[:100].replace("\x00", ""))
    fits = len(text) <= 200  # characters: no longer name is kept
    with office.ledger.writing() as session:
        session.get_one(PlanRow, 1).title = text
        item = session.get_one(ItemRow, 1)
        item.heading = item.subheading = item.requirement = text
        if fits:
            session.get_one(UnitRow, 1).name = text
        said = DeadlineRow(
            item_id=1, kind="fixed", text=text, span_start=0, span_end=1, source="column", rule="x"
        )
        session.add(said)
        session.query(ReportRow).update({"text": text})
        session.flush()
        session.get_one(TaskRow, 1).deadline_id = said.id
    for name in ("a.xlsx", "a.csv", "a.ics"):
        assert duban("export", name).code == 0
    book = openpyxl.load_workbook("a.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}
    shown = printable(text.replace("\x00", "\N{REPLACEMENT CHARACTER}"))  # as the ledger keeps it
    hostile = [
        book["台账"]["A1"],
        *(book["台账"].cell(4, at) for at in (2, 3, 4, 7, 14)),
        *([book["台账"].cell(4, 5), book["汇总"]["A4"]] if fits else []),
    ]
    for cell in hostile:
        assert shown.startswith(cell.value.removesuffix(CUT))
        assert (cell.value == shown) is (len(shown) <= 32_767)
    lines = list(csv.reader(io.StringIO(Path("a.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert {lines[1][at] for at in (1, 2, 3, *((4,) if fits else ()), 6, 13)} <= {shown, f"'{shown}"}
    assert not [field for line in lines for field in line if begins_formula(field)]
    assert icalendar.read(Path("a.ics").read_bytes())


def test_it_can_be_filtered_and_printed(duban: Callable[..., Said]) -> None:
    duban("export", "台账.xlsx")
    for page, last, end in zip(openpyxl.load_workbook("台账.xlsx"), "PD", (10, 6), strict=True):
        assert page.freeze_panes == "A4"
        assert page.auto_filter.ref == f"A3:{last}{end}"
        assert page.print_title_rows == "$3:$3"
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert {str(area) for area in page.merged_cells.ranges} == {f"A1:{last}1", f"A2:{last}2"}
        for row in page.iter_rows(min_row=3, max_row=end):
            assert all(cell.border.top.style == "thin" and cell.alignment.wrap_text for cell in row)


def test_the_figures_are_those_of_the_summary(duban: Callable[..., Said]) -> None:
    duban("export", "台账.xlsx")
    page = openpyxl.load_workbook("台账.xlsx")["汇总"]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=3)] == [
        ["单位", "任务数", "已报完成数", "逾期数"],
        ["甲局", 3, 0, 3],
        ["乙局", 3, 0, 3],
        ["丙镇", 1, 0, 1],
        ["合计", 7, 0, 7],
    ]
    shown = duban("summary").out
    assert "甲局 3/3/0" in shown


def test_the_ledger_as_csv(duban: Callable[..., Said]) -> None:
    assert duban("export", "台账.CSV").code == 0
    body = Path("台账.CSV").read_bytes()
    assert body.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert (lines[0], len(lines)) == (HEADS, 8)
    assert lines[1] == [
        "1", "第1类工作", "", TEXT, "甲局", "牵头", "", "2026-06-30", "", "推进中", "逾期", "60%",
        "2026-06-10", "第1项推进中，约60%", "", "",
    ]  # fmt: skip
    assert lines[3][1] == "'=1+1"
    assert PEOPLE not in body.decode()


def test_the_dates_as_a_calendar(duban: Callable[..., Said]) -> None:
    assert duban("export", "日历.ics").code == 0
    _, events = icalendar.read(Path("日历.ics").read_bytes())
    assert [(event["DTSTART;VALUE=DATE"], event["SUMMARY"]) for event in events] == [
        ("20260630", "第1项到期：把第1件事办好，形成<b>清单</b>&台账，面向社会公布，并及时更新有关内容。"),
        ("20260630", "定期反馈到期（2项）"),
    ]
    assert duban("export", "again.ics").code == 0
    assert Path("again.ics").read_bytes() == Path("日历.ics").read_bytes()


def test_a_plan_that_is_not_public_says_so(duban: Callable[..., Said], office: Office) -> None:
    with office.ledger.writing() as session:
        session.get_one(PlanRow, 1).quotable = False
    assert duban("export", "a.xlsx").code == duban("export", "a.ics").code == 0
    assert openpyxl.load_workbook("a.xlsx")["台账"]["A2"].value.endswith("内部掌握，未标明可以公开")
    assert "办好" not in Path("a.ics").read_text("utf-8")


def test_a_date_that_is_not_sure_and_an_hour_are_real_dates_that_say_so(
    duban: Callable[..., Said], office: Office
) -> None:
    with office.ledger.writing() as session:
        task = session.get_one(TaskRow, 1)
        task.due, task.original_due = local("2099-06-30T12:00").date(), local("2026-06-30T12:00").date()
        task.time = local("2099-06-30T18:00").astimezone(office.world().zone).time()
    assert duban("export", "a.xlsx").code == duban("export", "a.csv").code == 0
    cell = openpyxl.load_workbook("a.xlsx")["台账"]["H4"]
    assert cell.value == datetime(2099, 6, 30, 18)
    assert cell.number_format == 'yyyy-mm-dd hh:mm"（推算）"'
    assert cell.is_date
    assert "2099-06-30 18:00（推算）" in Path("a.csv").read_text("utf-8")


BAD = (
    ("export notice", 2, "不知道要导出什么：notice"),
    ("export bulletin", 2, "不知道要导出什么：bulletin"),
    ("export a.pdf", 2, ".xlsx 或 .csv 是台账，.ics 是日历"),
    ("export .xlsx", 2, "不知道要导出什么"),
    ("export", 2, "没有给 参数 FILE"),
    ("export old.xlsx", 2, "已经存在，没有覆盖它"),
    ("export link.xlsx", 2, "不是普通文件"),
    ("export folder.csv", 2, "不是普通文件"),
    ("export folder.csv --force", 2, "不是普通文件"),
    ("export nosuch/a.csv", 3, "不存在"),
    ("export old.xlsx/a.csv", 3, "不是文件夹"),
    (f"export {'长' * 100}.ics", 3, "名字太长"),
)


@pytest.mark.parametrize(("line", "code", "piece"), BAD)
def test_what_cannot_be_written_is_one_sentence(
    duban: Callable[..., Said], line: str, code: int, piece: str
) -> None:
    Path("old.xlsx").write_bytes(b"mine")
    Path("link.xlsx").symlink_to("nowhere.xlsx")
    Path("folder.csv").mkdir()
    before = sorted(Path().iterdir())
    said = duban(*line.split())
    assert (said.code, said.out) == (code, "")
    assert piece in said.err
    assert len(said.err.splitlines()) == 1
    assert sorted(Path().iterdir()) == before
    assert Path("old.xlsx").read_bytes() == b"mine"


def test_force_puts_a_whole_private_file_in_its_place(duban: Callable[..., Said]) -> None:
    Path("sub").mkdir()
    old = Path("sub/台账.csv")
    old.write_bytes(b"mine")
    old.chmod(0o644)
    assert duban("export", "sub/台账.csv", "--force").code == 0
    assert old.read_bytes().startswith(b"\xef\xbb\xbf")
    assert old.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in old.parent.iterdir()] == ["台账.csv"]


@pytest.mark.parametrize("force", [False, True])
def test_on_a_full_disk_nothing_half_written_stays(
    duban: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if force:
        Path("a.csv").write_bytes(b"mine")
    monkeypatch.setattr(export.os, "fsync", full)
    said = duban("export", "a.csv", *(["--force"] if force else []))
    assert said.code == 3
    assert re.fullmatch(r"文件 a\.csv不可用：写不了（磁盘已满）。\n", said.err)
    assert {file.name: file.read_bytes() for file in Path().iterdir()} == (
        {"a.csv": b"mine"} if force else {}
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_no_room_for_the_workbooks_own_files_is_one_sentence_too(
    duban: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", lambda: str(full))
    said = duban("export", "a.xlsx")
    assert said.code == 3
    assert re.fullmatch(r"临时文件夹 \S+不可用：写不了（磁盘已满）。\n", said.err)
    assert list(Path().iterdir()) == []


def test_a_name_that_is_taken_is_told_before_a_ledger_is_made(
    duban: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("old.csv").write_bytes(b"mine")
    monkeypatch.setenv("DUBAN_DATABASE__URL", f"sqlite:///{tmp_path}/new.sqlite3")
    assert duban("export", "old.csv").code == duban("export", "notice").code == 2
    assert not (tmp_path / "new.sqlite3").exists()


def test_where_there_are_no_links_it_is_written_all_the_same(
    duban: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(export.os, "link", no_links)
    assert duban("export", "a.csv").code == 0
    assert [file.name for file in Path().iterdir()] == ["a.csv"]
    assert Path("a.csv").stat().st_mode & 0o777 == 0o600


def test_a_file_that_somebody_makes_meanwhile_is_not_overwritten(office: Office) -> None:
    Path("a.csv").write_bytes(b"theirs")
    with pytest.raises(export.FileThere):
        export.put(Path("a.csv"), b"ours", force=False)
    assert {file.name: file.read_bytes() for file in Path().iterdir()} == {"a.csv": b"theirs"}


def test_where_all_is_done_there_is_no_calendar(duban: Callable[..., Said], office: Office) -> None:
    with office.ledger.writing() as session:
        for task in session.query(TaskRow):
            task.state = "closed" if task.kind == "dated" else "reported"
    said = duban("export", "a.ics")
    assert (said.code, said.err) == (2, "方案“测试方案”没有还没办结、有到期日的任务，日历没有写。\n")
    assert duban("export", "a.csv").code == 0
    assert [file.name for file in Path().iterdir()] == ["a.csv"]


def test_without_a_plan_nothing_is_written(
    duban: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_DATABASE__URL", f"sqlite:///{tmp_path}/new.sqlite3")
    said = duban("export", "a.csv")
    assert (said.code, "还没有导入方案" in said.err) == (2, True)
    assert list(Path().iterdir()) == []
