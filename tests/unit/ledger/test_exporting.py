"""What an export reads of the ledger: every row with its place, dates of the office, in four queries."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from duban.exports import ledger as sheets
from duban.exports import xlsx
from duban.exports.values import LedgerRow, UnitFigures
from duban.exports.words import shipped
from duban.ledger import exporting, plans, reports, tasks
from duban.ledger.database import Ledger, Session
from duban.ledger.summary import View
from duban.ledger.tables import (
    DeadlineRow,
    DutyRow,
    ExtensionRow,
    ItemRow,
    PlanRow,
    TaskRow,
    UnitRow,
)
from duban.reading.document import read_plan
from growth import no_square
from office import CALENDAR, ZONE, Office, local, populate
from unit.ledger.test_real_plan_ledger import PLANS, active

__all__ = ["active"]  # the fixture
TODAY = date(2026, 7, 2)
WORDS = shipped()


def rows_of(session: Session, *, today: date = TODAY) -> list[LedgerRow]:
    return exporting.ledger_rows(
        session, plans.find_plan(session), view=View(today=today), zone=ZONE, calendar=CALENDAR
    )


def all_rows(ledger: Ledger, **more: Any) -> list[LedgerRow]:
    with ledger.reading() as session:
        return rows_of(session, **more)


@pytest.fixture
def office(ledger: Ledger) -> Office:
    office = Office(ledger)
    populate(office)
    return office


def task_of(office: Office, no: int, unit: str) -> Any:
    """What the export says of a unit's task."""
    [found] = [row.task for row in all_rows(office.ledger) if (row.item.no, row.unit) == (no, unit)]
    return found


def test_a_row_for_each_item_unit_and_task_the_leads_first(office: Office) -> None:
    assert [
        (row.item.no, row.unit, row.role, row.task and row.task.kind) for row in all_rows(office.ledger)
    ] == [
        (1, "甲局", "lead", "dated"),
        (1, "乙局", "responsible", "dated"),
        (2, "甲局", "lead", "period"),
        (2, "乙局", "responsible", "period"),
        (3, "甲局", "lead", "period"),
        (3, "乙局", "responsible", "period"),
        (3, "丙镇", "responsible", "period"),
    ]


def test_the_last_report_is_shown_with_its_day_in_the_office(office: Office) -> None:
    office.says("jia", "第1项推进中，约30%")
    office.now = local("2026-06-11T00:30")  # the tenth in UTC
    office.says("jia", "第1项推进中，约60%")
    found = task_of(office, 1, "甲局")
    assert (found.state, found.percent, found.said, found.said_on) == (
        "in_progress", 60, "第1项推进中，约60%", date(2026, 6, 11),
    )  # fmt: skip
    assert task_of(office, 1, "乙局").said_on is None


def test_what_was_taken_back_is_not_shown_nor_a_mere_signature(office: Office) -> None:
    office.says("jia", "第1项推进中，约30%")
    office.now = local("2026-06-12T10:00")
    office.says("jia", "第1项推进中，约60%")
    [undo] = [data for label, data in office.last_buttons() if label == "撤销"]
    office.presses("jia", undo)
    with office.ledger.writing() as session:
        task = session.scalars(select(TaskRow).order_by(TaskRow.id)).first()
        assert task is not None
        person = task_person(session)
        reports.acknowledge(session, person=person, tasks=[task], now=local("2026-06-13T10:00"))
    found = task_of(office, 1, "甲局")
    assert (found.said, found.said_on, found.percent) == ("第1项推进中，约30%", date(2026, 6, 10), 30)


def task_person(session: Session) -> Any:
    from duban.ledger import people

    return people.person_of(session, "local", "jia")


def test_flags_moved_dates_and_what_is_struck_off(office: Office) -> None:
    office.says("jia", "第1项申请延期到8月31日，资金未到位")
    office.says("yi", "第1项有困难：资金未到位")
    assert task_of(office, 1, "甲局").extension
    assert task_of(office, 1, "乙局").blocked
    assert task_of(office, 1, "甲局").original is None
    with office.ledger.writing() as session:
        asked = session.scalars(select(ExtensionRow)).one()
        reports.decide(session, extension=asked, verdict="granted", date=None, actor="cli", now=office.now)
        moved = session.get_one(TaskRow, asked.task_id)
        tasks.set_ask_by(session, moved, ask_by=date(2026, 8, 20), now=office.now, actor="cli")
    found = task_of(office, 1, "甲局")
    assert (found.due, found.original, found.ask_by) == (
        date(2026, 8, 31), date(2026, 6, 30), date(2026, 8, 20),
    )  # fmt: skip
    assert (found.extension, found.open, found.light) == (False, True, "green")
    office.says("jia", "第1项已完成")
    with office.ledger.writing() as session:
        reports.verify(
            session, task=session.get_one(TaskRow, found.id), verdict="closed", reason="", actor="cli",
            now=datetime.fromisoformat("2026-06-30T17:00+00:00"),
        )  # fmt: skip
    found = task_of(office, 1, "甲局")
    assert (found.state, found.closed_on, found.open, found.light) == (
        "closed", date(2026, 7, 1), False, "grey",
    )  # fmt: skip


def test_a_late_task_is_red_and_a_year_without_a_calendar_says_so(office: Office) -> None:
    assert task_of(office, 1, "甲局").light == "red"
    assert not task_of(office, 1, "甲局").provisional
    with office.ledger.writing() as session:
        session.scalars(select(TaskRow)).first().due = date(2099, 6, 30)  # type: ignore[union-attr]
    assert task_of(office, 1, "甲局").provisional


def test_the_texts_own_words_are_those_of_the_tasks_deadline(office: Office) -> None:
    with office.ledger.writing() as session:
        made = [
            DeadlineRow(item_id=no, kind="fixed", text=text, span_start=0, span_end=1, source="column",
                        rule="x", gone=gone)
            for no, text, gone in ((1, "6月底前", False), (1, "年底前", False), (2, "长期坚持", False),
                                   (2, "尽快", True), (3, "", False))
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        for task in session.scalars(select(TaskRow).where(TaskRow.item_id.in_((1, 3)))):
            task.deadline_id = made[0].id if task.item_id == 1 else made[4].id
    said = {row.item.no: row.phrases for row in all_rows(office.ledger)}
    assert said == {1: ("6月底前",), 2: ("长期坚持",), 3: ("",)}
    with office.ledger.reading() as session:
        plan = exporting.ledger_plan(plans.find_plan(session), office="督办室", view=View(today=TODAY))
    at = [column.key for column in sheets.COLUMNS].index("phrase")
    shown = [row[at] for row in sheets.ledger_sheet(plan, all_rows(office.ledger), WORDS).rows]
    assert shown[::2] == [
        "6月底前",
        "长期坚持；定期反馈",
        "督办员定的日期；定期反馈",
        "督办员定的日期；定期反馈",
    ]


def test_an_item_without_a_task_has_its_duties_as_written(ledger: Ledger) -> None:
    with ledger.writing() as session:
        plan = PlanRow(title="方案", imported_at=local("2026-06-10T10:00"))
        session.add(plan)
        session.flush()
        session.add_all(
            [
                ItemRow(plan_id=plan.id, no=1, position=0, requirement=None),
                ItemRow(plan_id=plan.id, no=2, position=1, requirement="有人", state="cancelled"),
            ]
        )
        session.flush()
        session.add_all(
            DutyRow(item_id=2, position=n, name=name, role=role, collective=n > 0)
            for n, (name, role) in enumerate((("甲局", "lead"), ("各镇", "responsible")))
        )
    rows = all_rows(ledger)
    assert [(row.item.no, row.unit, row.role, row.cancelled, row.task) for row in rows] == [
        (1, "", None, False, None),
        (2, "甲局", "lead", True, None),
        (2, "各镇", "responsible", True, None),
    ]
    with ledger.reading() as session:
        head = exporting.ledger_plan(plans.find_plan(session), office="室", view=View(today=TODAY))
    keys = [column.key for column in sheets.COLUMNS]
    shown = [dict(zip(keys, row, strict=True)) for row in sheets.ledger_sheet(head, rows, WORDS).rows]
    assert [(row["requirement"], row["state"], row["due"]) for row in shown] == [
        ("（文件中缺失）", "尚无督办任务", None),
        ("有人", "已取消", None),
        ("有人", "已取消", None),
    ]


def test_another_plans_rows_stay_there(office: Office) -> None:
    with office.ledger.writing() as session:
        newer = PlanRow(title="新的", imported_at=office.now, state="active")
        session.add(newer)
        session.flush()
        session.add(ItemRow(plan_id=newer.id, no=9, position=0, requirement="新"))
    assert [row.item.no for row in all_rows(office.ledger)] == [9]


def crowd(ledger: Ledger, count: int) -> None:
    """A plan with so many tasks, each of them reported, 40 units an item."""
    with ledger.writing() as session:
        at = local("2026-06-10T10:00")
        plan = PlanRow(title="大方案", imported_at=at, state="active", quotable=True)
        session.add(plan)
        session.flush()
        session.execute(insert(UnitRow), [{"name": f"第{n}局"} for n in range(40)])
        items = -(-count // 40)
        session.execute(
            insert(ItemRow),
            [{"plan_id": plan.id, "no": n, "position": n, "requirement": "编制目录，公布清单。" * 10}
             for n in range(1, items + 1)],
        )  # fmt: skip
        session.execute(
            insert(TaskRow),
            [{"item_id": n // 40 + 1, "unit_id": n % 40 + 1, "role": "responsible", "kind": "dated",
              "due": TODAY, "original_due": TODAY, "created_at": at} for n in range(count)],
        )  # fmt: skip


def test_the_queries_are_as_many_for_one_item_as_for_a_thousand(ledger: Ledger) -> None:
    asked: list[str] = []

    def count() -> int:
        with ledger.reading() as session:
            listen = session.get_bind()
            event.listen(listen, "before_cursor_execute", note)
            asked.clear()
            plan = plans.find_plan(session)
            asked.clear()
            exporting.ledger_rows(session, plan, view=View(today=TODAY), zone=ZONE, calendar=CALENDAR)
            event.remove(listen, "before_cursor_execute", note)
        return len(asked)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    populate(Office(ledger))
    few = count()
    crowd(ledger, 1000)
    assert (count(), few) == (4, 4)


def test_eight_times_the_tasks_take_eight_times_as_long(ledger: Ledger) -> None:
    crowd(ledger, 2000)
    rows = all_rows(ledger)
    assert len(rows) == 2000
    with ledger.reading() as session:
        head = exporting.ledger_plan(plans.find_plan(session), office="室", view=View(today=TODAY))

    def write(some: list[LedgerRow]) -> bytes:
        sheet = sheets.ledger_sheet(head, some, WORDS)
        return xlsx.written([sheet], WORDS, creator="室", now=local("2026-07-02T10:00"))

    no_square(lambda size: rows[:size], write, size=2000)


@pytest.mark.skipif(not PLANS.is_dir(), reason="../shared/plans is not there")
def test_the_real_plan_is_a_table_that_our_reader_reads_again(active: Any) -> None:
    ledger, _, done = active
    with ledger.reading() as session:
        plan = plans.find_plan(session)
        view = View(today=date(2018, 7, 20))
        head = exporting.ledger_plan(plan, office="督办室", view=view)
        rows = exporting.ledger_rows(session, plan, view=view, zone=ZONE, calendar=CALENDAR)
        figures = exporting.unit_figures(session, plan, view=view)
    assert (len(rows), len(figures)) == (done.tasks, done.units)
    body = xlsx.written(
        (sheets.ledger_sheet(head, rows, WORDS), sheets.figures_sheet(head, figures, WORDS)), WORDS,
        creator="督办室", now=local("2018-07-20T10:00"),
    )  # fmt: skip
    read = read_plan(body, name="台账.xlsx")
    assert (read.title, read.year) == (plan.title, 2018)
    assert [(one.no, one.heading, one.subheading, one.requirement) for one in read.items] == [
        (row.item.no, row.item.heading, row.item.subheading, row.item.requirement) for row in rows
    ]
    assert [[duty.name for duty in one.units] for one in read.items] == [[row.unit] for row in rows]
    for one, row in zip(read.items, rows, strict=True):
        assert row.task is not None
        assert row.task.due in {deadline.due for deadline in one.deadlines}
    assert figures[0] == UnitFigures(unit=figures[0].unit, tasks=figures[0].tasks, done=0, late=0)
    assert sum(one.tasks for one in figures) == done.tasks
    assert {problem.code for problem in read.problems} == {
        "duplicate-number",
        "unknown-column",
        "skipped-table",
    }
