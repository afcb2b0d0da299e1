"""A task's life: what the table allows, and nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from duban.ledger import plans, tasks
from duban.ledger.database import Ledger
from duban.ledger.making import NoEvent, NotResponsible, WhichEvent
from duban.ledger.tables import AuditRow, DeadlineRow, PeriodRow, TaskRow, UnitRow
from duban.ledger.tasks import MOVES, SILENT, BadMove
from duban.model import Amount, Deadline, Kind
from unit.ledger.small_plan import HOW, NOW, ZONE, fixed, item, plan

STATES = tuple(MOVES)


def task(state: str, kind: str = "dated", next_at: datetime | None = None) -> TaskRow:
    from duban.ledger.tables import ItemRow

    return TaskRow(state=state, kind=kind, next_at=next_at, item=ItemRow(no=7), unit=UnitRow(name="甲局"))


def test_every_state_is_in_the_table():
    assert {to for targets in MOVES.values() for to in targets} <= set(MOVES)
    assert set(tasks.WORDS) == set(MOVES)
    assert set(MOVES) > SILENT


@given(st.sampled_from(STATES), st.sampled_from(STATES), st.sampled_from(["dated", "closing", "period"]))
def test_a_move_is_in_the_table_or_refused(state, to, kind):
    row = task(state, kind)
    own = {"reported", "missed"} if kind == "period" else {"reported_done", "closed"}
    foreign = {"reported", "missed", "reported_done", "closed"} - own
    if to in MOVES[state] and to not in foreign:
        tasks.move(row, to, now=NOW)
        assert row.state == to
        assert (row.next_at is None) == (to in SILENT)
    else:
        with pytest.raises(BadMove, match="第 7 项（甲局）"):
            tasks.move(row, to, now=NOW)
        assert row.state == state


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("dated", "open received in_progress reported_done closed"),
        ("closing", "open reported_done in_progress reported_done closed"),
        ("dated", "open suspended reported_done in_progress"),
        ("dated", "open not_ours open"),
        ("period", "open received reported"),
        ("period", "in_progress missed"),
    ],
)
def test_a_life(kind, path):
    first, *rest = path.split()
    row = task(first, kind)
    for to in rest:
        tasks.move(row, to, now=NOW)
    assert row.state == rest[-1]


def test_a_reminder_put_off_stays_put_off():
    later = NOW + timedelta(days=3)
    row = task("open", next_at=later)
    tasks.move(row, "received", now=NOW)
    assert row.next_at == later


@pytest.fixture
def active(ledger):
    """One item with a date for two units, one that waits for an event, one that reports each quarter."""
    event = Deadline(
        kind=Kind.RELATIVE, text="审批后1个工作日内", span=(0, 9), rule="after",
        amount=1, unit=Amount.WORKDAY, trigger="审批",
    )  # fmt: skip
    said = plan(
        item(1, "办好第一件事", "甲局*,乙局+", fixed(date(2018, 12, 31))),
        item(2, "办好第二件事", "甲局", event),
        item(3, "办好第三件事", "乙局"),
    )
    with ledger.writing() as session:
        stored = plans.store(session, said, body=b"1", name="a.txt", now=NOW, actor="cli", decisions={})
        plans.activate(session, stored.plan.id, now=NOW, **HOW)
    return ledger


def of(session, no, unit="甲局", kind="dated"):
    return session.scalars(
        select(TaskRow)
        .where(TaskRow.item.has(no=no), TaskRow.unit.has(name=unit), TaskRow.kind == kind)
        .order_by(TaskRow.id)
    ).all()


def acts(session, row):
    return session.scalars(select(AuditRow.act).where(AuditRow.object == f"task:{row.id}")).all()


def test_another_date_keeps_the_first(active):
    with active.writing() as session:
        [row] = of(session, 1)
        tasks.set_ask_by(session, row, ask_by=date(2018, 12, 20), now=NOW, actor="cli")
        tasks.set_due(session, row, due=date(2019, 1, 31), now=NOW, actor="person:1")
        assert (row.due, row.original_due, row.ask_by) == (date(2019, 1, 31), date(2018, 12, 31), None)
        assert acts(session, row) == ["ask-by", "due"]
        with pytest.raises(tasks.BadAskBy):
            tasks.set_ask_by(session, row, ask_by=date(2019, 2, 1), now=NOW, actor="cli")


def test_suspended_work_is_taken_up_as_it_was(active):
    with active.writing() as session:
        [row] = of(session, 1)
        tasks.move(row, "reported_done", now=NOW)
        tasks.suspend(session, row, reason="等上级文件", now=NOW, actor="cli")
        assert row.next_at is None
        session.flush()
        tasks.resume(session, row, now=NOW, actor="cli")
        assert row.state == "reported_done"
        with pytest.raises(BadMove):
            tasks.resume(session, row, now=NOW, actor="cli")


def test_work_goes_to_another_unit_and_back(active):
    with active.writing() as session:
        [row] = of(session, 3, "乙局", "period")
        other = session.scalars(select(UnitRow).where(UnitRow.name == "甲局")).one()
        new = tasks.assign(session, row, to=other, now=NOW, actor="cli", reason="职责调整")
        assert (row.state, new.state, new.unit_id, new.period_id) == (
            "cancelled",
            "open",
            other.id,
            row.period_id,
        )
        back = tasks.assign(session, new, to=row.unit, now=NOW, actor="cli")
        assert (back.id, back.state, new.state) == (row.id, "open", "cancelled")
        with pytest.raises(tasks.AlreadyTheirs):
            tasks.assign(session, back, to=row.unit, now=NOW, actor="cli")


def test_work_goes_to_a_unit_that_has_it_already(active):
    with active.writing() as session:
        [lead], [helper] = of(session, 1), of(session, 1, "乙局")
        assert tasks.assign(session, lead, to=helper.unit, now=NOW, actor="cli") is helper
        assert helper.role == "lead"


def test_a_period_opens_once_and_ends_the_one_before(active):
    with active.writing() as session:
        first, last = session.scalars(select(PeriodRow).order_by(PeriodRow.due))
        [told] = of(session, 2, kind="period")
        tasks.move(told, "reported", now=NOW)
        assert tasks.open_period(session, last, now=NOW) == 2
        assert tasks.open_period(session, last, now=NOW) == 0
        assert [t.state for t in of(session, 2, kind="period")] == ["reported"]
        [late] = of(session, 3, "乙局", "period")
        assert (late.state, late.next_at) == ("missed", None)
        [closing] = of(session, 3, "乙局", "closing")
        assert (closing.due, closing.announced_at) == (date(2018, 12, 29), NOW)
        assert first.opened_at == NOW


def test_an_event_starts_its_deadline_once(active):
    friday = datetime(2018, 9, 28, 7, tzinfo=UTC)
    given_ = {"now": friday, "actor": "cli", "calendar": HOW["calendar"], "zone": ZONE}
    with active.writing() as session:
        row = plans.find_item(session, 2)
        unit = session.scalars(select(UnitRow).where(UnitRow.name == "甲局")).one()
        [made] = tasks.record_event(session, item=row, unit=unit, at=friday, **given_)
        assert (made.due, made.kind, made.announced_at) == (date(2018, 9, 29), "dated", None)
        assert tasks.record_event(session, item=row, unit=unit, at=friday, **given_) == [made]
        again = tasks.record_event(session, item=row, unit=unit, at=friday + timedelta(days=30), **given_)
        assert again != [made]
        with pytest.raises(NoEvent, match="第 1 项"):
            tasks.record_event(session, item=plans.find_item(session, 1), unit=unit, at=friday, **given_)
        stranger = session.scalars(select(UnitRow).where(UnitRow.name == "乙局")).one()
        with pytest.raises(NotResponsible, match="乙局不是第 2 项"):
            tasks.record_event(session, item=row, unit=stranger, at=friday, **given_)
        row.deadlines.append(
            DeadlineRow(item_id=row.id, kind="event", text="出台后", span_start=0, span_end=3,
                        source="requirement", rule="event", trigger="条例出台")
        )  # fmt: skip
        session.flush()
        with pytest.raises(WhichEvent, match="审批、条例出台"):
            tasks.record_event(session, item=row, unit=unit, at=friday, **given_)
        waiting = session.scalars(select(DeadlineRow).where(DeadlineRow.kind == "event")).one()
        given_ |= {"item": row, "unit": None, "at": friday, "deadline": waiting}
        assert tasks.record_event(session, **given_) == []  # nothing to count by: the coordinator is asked
        [dated] = tasks.record_event(session, due=date(2018, 10, 31), **given_)
        assert dated.due == date(2018, 10, 31)


@pytest.mark.parametrize("column", ["period_id", "event_id", "deadline_id"])
def test_the_database_itself_knows_a_task_once(sqlite_ledger: Ledger, column: str) -> None:
    """NULLs are never equal in SQL: each kind of task has a unique index of its own."""
    said = (
        "INSERT INTO tasks (item_id, unit_id, role, kind, due, original_due, state, blocked, "
        f"extension_requested, awaiting_signoff, created_at, {column}) "
        "VALUES (1, 1, 'lead', 'dated', '2026-01-01', '2026-01-01', 'open', 0, 0, 0, '2026-01-01', ?)"
    )
    with closing(sqlite3.connect(sqlite_ledger.path)) as connection:  # no foreign keys here
        connection.execute(said, (1,))
        connection.execute(said, (2,))
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute(said, (1,))
