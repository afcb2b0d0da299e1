"""What docs/coverage.md names and no other test holds: formats by content, heads one by one, typed dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dateparser
import pytest
from click.testing import CliRunner

import papers
from duban.deadlines import grammar
from duban.deadlines.loose import read_date
from duban.ledger import plans
from duban.ledger.amending import origins_of
from duban.ledger.database import Ledger
from duban.ledger.tables import ItemRow
from duban.model import Plan, PlanContext, Role
from duban.reading.columns import LABELS, Column, meaning_of, resolve
from duban.reading.document import read_plan
from duban.reading.files import costly
from duban.reading.formats import xlsx
from duban.reading.formats.sniff import Kind
from duban.reading.grid import Grid
from duban.reading.wordings import RESULT
from duban.units.cell import parse_units
from duban.units.directory import Directory, Unit
from duban_cli import explain
from duban_cli.main import cli
from papers.docx import docx, p, tbl, tc, tr
from papers.drawing import draw
from papers.drawing_files import to_docx, to_html, to_xlsx
from papers.pdf import GRID, document, table, text
from papers.xlsx import Sheet, book, cell, merges, row, rows_of, styles

HEAD = ("序号", "工作任务", "责任单位", "完成时限")
ROWS = (
    HEAD,
    ("1", "修缮校舍，更新课桌椅", "县教育局", "8月底前"),
    ("2", "打通断头路", "县交通运输局", "12月31日前"),
)
TITLE = "桐山县2026年重点任务分工方案"
DRAWN = TITLE + "\n" + "".join(f"| {' | '.join(line)} |\n" for line in ROWS)
CSV = TITLE + "\n" + "".join(",".join(line) + "\n" for line in ROWS)
PROSE = TITLE + "\n一、办学\n1.修缮校舍。（县教育局，8月底前）\n2.打通断头路。（县交通运输局，12月31日前）\n"
DOC = (Path(papers.__file__).parent / "fixtures" / "plan.doc").read_bytes()
FILES = {
    "docx": to_docx(draw(DRAWN)),
    "xlsx": to_xlsx(draw(DRAWN)),
    "html": to_html(draw(DRAWN)),
    "pdf": document(text(TITLE), table([list(line) for line in ROWS], *GRID)),
    "flattened txt": DRAWN.encode(),
    "prose txt": PROSE.encode(),
    "csv": CSV.encode(),
    "csv with BOM": b"\xef\xbb\xbf" + CSV.encode(),
    "csv in GB18030": CSV.encode("gb18030"),
    "csv in UTF-16": CSV.encode("utf-16"),
    "doc": DOC,
}


def said(plan: Plan) -> list[tuple[str, str]]:
    """The first unit and the first deadline of each item."""
    return [(item.units[0].name, item.deadlines[0].text) for item in plan.items]


@pytest.mark.parametrize("name", ["方案", "方案.pdf", "方案.docx", "方案.xlsx", "方案.txt", "方案.wps"])
@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_a_file_is_told_by_its_content_not_by_its_name(data: bytes, name: str) -> None:
    found = said(read_plan(data, name=name))
    assert found[:2] == [("县教育局", "8月底前"), ("县交通运输局", "12月31日前")]


def test_old_documents_and_pdfs_are_read_in_a_child_process() -> None:
    assert costly(Kind.LEGACY, DOC)
    assert costly(Kind.PDF, FILES["pdf"])
    assert not costly(Kind.DOCX, FILES["docx"])


def test_a_date_stored_as_a_number_is_a_deadline() -> None:
    rows = rows_of((TITLE,), HEAD) + row(
        3, cell("A3", 1), cell("B3", "修缮校舍"), cell("C3", "县教育局"), cell("D3", 46203, style=1)
    )
    data = book(Sheet(rows, after=merges("A1:D1")), styles=styles('yyyy"年"m"月"d"日"'))
    (item,) = read_plan(data).items
    assert [deadline.due for deadline in item.deadlines] == [date(2026, 6, 30)]
    grid = next(block for block in xlsx.read(data).blocks if isinstance(block, Grid))
    assert [one.text for one in grid.rows[-1] if one][-1] == "2026年6月30日"


def test_a_title_in_the_table_itself_is_the_title() -> None:
    (item,) = read_plan(
        to_xlsx(draw(f"| {TITLE} |\n| {' | '.join(HEAD)} |\n| {' | '.join(ROWS[1])} |\n"))
    ).items[:1]
    assert item.requirement == "修缮校舍，更新课桌椅"
    plan = read_plan(to_docx(draw(f"| {TITLE} |\n| {' | '.join(HEAD)} |\n| {' | '.join(ROWS[1])} |\n")))
    assert (plan.title, plan.year) == (TITLE, 2026)


def test_word_s_automatic_numbers_are_the_items_numbers() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    rows = [tr(*HEAD), *(tr(tc(p(num="1")), *line[1:]) for line in ROWS[1:])]
    plan = read_plan(docx(p(TITLE), tbl(*rows), numbering=numbering))
    assert [(item.no, item.origins[0].text) for item in plan.items] == [(1, "1"), (2, "2")]


HEADS = {
    "序号": Column.NUMBER,
    "工作任务": "task",
    "重点任务": "task",
    "任务类别": Column.HEADING,
    "具体要求": Column.REQUIREMENT,
    "工作措施": Column.REQUIREMENT,
    "主要举措": Column.REQUIREMENT,
    "工作目标": RESULT,
    "整改措施": Column.REQUIREMENT,
    "牵头单位": Column.LEAD,
    "责任单位": Column.RESPONSIBLE,
    "牵头及责任单位": Column.RESPONSIBLE,
    "配合单位": Column.COOPERATE,
    "参与单位": Column.COOPERATE,
    "完成时限": Column.TIME,
    "时限要求": Column.TIME,
    "办理时限": Column.TIME,
    "整改时限": Column.TIME,
    "责任领导": Column.PERSON,
    "责任人": Column.PERSON,
    "备注": Column.NOTE,
    "反馈问题": "problem",
}


@pytest.mark.parametrize(("head", "meaning"), HEADS.items(), ids=HEADS)
def test_a_head_by_its_wording(head: str, meaning: Column | str) -> None:
    assert meaning_of(head) == meaning
    assert meaning_of(" ".join(head)) == meaning
    assert meaning_of("北三科") is None


def test_a_problem_beside_its_measures_is_a_heading() -> None:
    assert resolve(["序号", "反馈问题", "整改措施", "责任单位"], 4)[1] is Column.HEADING
    assert set(LABELS) >= {Column.LEAD, Column.TIME}


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("A局、B局牵头，C局配合", "A局* B局* C局~"),
        ("A局牵头，B局等有关部门按职责分工负责", "A局* B局"),
        ("牵头单位：A局；责任单位：B局、C局", "A局* B局 C局"),
        ("（A局牵头，B局、C局按职责分工负责）", "A局* B局 C局"),
        ("各镇（街、区）、A局", "各镇（街、区） A局"),
        ("A局（B局）牵头", "A局=B局*"),
        ("县人力资源社会\n保障局、A局", "县人力资源社会保障局 A局"),
    ],
)
def test_the_wordings_of_who(words: str, units: str) -> None:
    signs = {Role.LEAD: "*", Role.RESPONSIBLE: "", Role.COOPERATE: "~"}
    duties = parse_units(words).duties
    found = (f"{one.name}{'=' if one.alias else ''}{one.alias or ''}{signs[one.role]}" for one in duties)
    assert " ".join(found) == units


def test_a_unit_that_is_not_known_is_asked_with_three_guesses() -> None:
    names = ("县教育局", "县教师局", "县教务局", "县教研局")
    guesses = Directory(units=tuple(Unit(name=name) for name in names)).guesses("县教学局")
    assert len(guesses) == 3
    assert set(guesses) < set(names)


def test_dateparser_reads_what_the_grammar_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_date("30/11/2026", on=date(2026, 10, 21))
    assert (found.date, found.how) == (date(2026, 11, 30), "dateparser")
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(dateparser, "parse", lambda *_, settings, **__: asked.append(settings))
    for future in (True, False):
        read_date("30/11/2026", on=date(2026, 10, 21), zone="Asia/Urumqi", future=future)
    assert [(one["TIMEZONE"], one["PREFER_DATES_FROM"]) for one in asked] == [
        ("Asia/Urumqi", "future"),
        ("Asia/Urumqi", "past"),
    ]
    for known in ("11月25日18:00前", "下周五", "11.30", "30号", "延到11月底", "2月30日"):
        read_date(known, on=date(2026, 10, 21))
    assert len(asked) == 2, "the plan's grammar and our own table read these first"


def test_dateparser_is_given_whole_texts_and_is_not_believed_in_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on = date(2026, 10, 21)
    assert read_date("材料已于30/11/2026这一天送到县里各个部门", on=on).date is None
    monkeypatch.setattr(dateparser, "parse", lambda *_, **__: datetime(2025, 11, 28))
    assert read_date("30/11/2026", on=on).date is None, "its answer has other figures than the text"
    monkeypatch.setattr(dateparser, "parse", lambda *_, **__: datetime(2025, 11, 30))
    past = read_date("30/11/2025", on=on)
    assert (past.date, len(past.doubts)) == (None, 1)


@pytest.mark.parametrize(
    ("zone", "day"), [("Asia/Shanghai", "2026-11-02"), ("America/New_York", "2026-11-01")]
)
def test_explain_date_counts_from_the_offices_today(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, zone: str, day: str
) -> None:
    class Clock:
        def now(self) -> datetime:
            return datetime(2026, 10, 31, 20, 0, tzinfo=UTC)

    monkeypatch.setattr(explain, "RealClock", Clock)
    monkeypatch.setenv("DUBAN_OFFICE__ZONE", zone)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["explain", "date", "明天"], catch_exceptions=False)
    assert day in done.stdout


NEEDED = {  # a rule: a text, whether in a time column, what is read; and without the rule something else is
    "anniversary": ("商会成立10周年内会员翻番", False, []),
    "document-number-plain": ("2026年第3号", True, []),
    "most-once": ("群众最多跑一次日前已上线", False, []),
    "half-less": ("排队时间减半天内见效", False, []),
    "round-the-clock": ("实行7×24小时内响应", False, []),
    "length": ("将退税办理压减至5个工作日内", False, []),
    "length-of": ("办理期限为15个工作日内", False, []),
    "yearly-paper": ("年终考核", True, []),
    "recent": ("最近三个月内投诉下降", False, []),
    "before-festival": ("2027年春节前10个工作日", True, ["2027年春节前10个工作日"]),
}


@pytest.mark.parametrize(("name", "case"), NEEDED.items(), ids=NEEDED)
def test_a_rule_is_needed(
    monkeypatch: pytest.MonkeyPatch, name: str, case: tuple[str, bool, list[str]]
) -> None:
    words, column, expected = case
    context = PlanContext(year=2026, issued=date(2026, 3, 16), column=column)
    (rule,) = (one for one in grammar.RULES if one.name == name)
    assert [one.text for one in grammar.find_deadlines(words, context=context)] == expected
    monkeypatch.setattr(rule, "match", lambda *_: None)
    assert [one.text for one in grammar.find_deadlines(words, context=context)] != expected


def test_a_year_in_brackets_swallows_no_month() -> None:
    context = PlanContext(year=2026, issued=date(2026, 3, 16))
    (found,) = grammar.find_deadlines("行动方案（2026）6月底前印发", context=context)
    assert found.due == date(2026, 6, 30)


def test_where_its_fields_came_from_is_stored_with_an_item(ledger: Ledger) -> None:
    plan = read_plan(FILES["docx"])
    assert plan.items[0].origins
    with ledger.writing() as session:
        now = datetime(2026, 3, 17, tzinfo=UTC)
        plans.store(session, plan, body=FILES["docx"], name="方案.docx", now=now, actor="cli", decisions={})
    with ledger.reading() as session:
        rows = session.query(ItemRow).order_by(ItemRow.id).all()
        assert [origins_of(row) for row in rows] == [item.origins for item in plan.items]
