"""The figures of the real plan: imported with its units, a lost text given, activated on a Friday at ten."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from duban.ledger import directory, plans, tasks
from duban.ledger.tables import ItemRow, PeriodRow, TaskRow, UnitRow
from duban.reading.document import read_plan
from duban.units.toml import from_toml
from unit.ledger.small_plan import HOW, NOW

PLANS = Path(__file__).resolve().parents[4] / "shared" / "plans"
pytestmark = pytest.mark.skipif(not PLANS.is_dir(), reason="../shared/plans is not there")
NEW = "区委宣传部"
TASKS = {"区住房城乡建设局": 55, "区审计局": 48, "会城街道": 44, NEW: 5}
PERIODS = {"区住房城乡建设局": 53, "区审计局": 47, "会城街道": 43, NEW: 5}


@pytest.fixture
def active(ledger):
    """The ledger after import and activation; the doubts."""
    [file] = PLANS.glob("*.txt")
    body = file.read_bytes()
    plan = read_plan(body, name=file.name, issued=date(2018, 7, 20))
    with ledger.writing() as session:
        book = from_toml((PLANS / "units.toml").read_text(encoding="utf-8"))
        assert len(directory.import_units(session, book, now=NOW, actor="cli").units) == 47
    with ledger.writing() as session:
        stored = plans.store(session, plan, body=body, name=file.name, now=NOW, actor="cli", decisions={})
        lost = plans.find_item(session, 12)
        plans.give_text(session, lost.id, "推进各项工作落实。", now=NOW, actor="cli", **HOW)
        done = plans.activate(session, stored.plan.id, now=NOW, **HOW)
    return ledger, stored, done


def per_unit(session, *where):
    rows = session.execute(
        select(UnitRow.name, func.count()).join(TaskRow).where(*where).group_by(UnitRow.id)
    ).all()
    return {name: count for name, count in rows if name in TASKS}


def test_units_and_pairs(active):
    ledger, stored, done = active
    assert (done.tasks, done.units) == (2281, 48)
    assert [(p.where, c.value) for p, c in stored.taken if p.code in {"new-unit", "no-members"}] == [
        (NEW, "add")
    ]
    with ledger.reading() as session:
        pairs = select(TaskRow.item_id, TaskRow.unit_id).distinct().subquery()
        assert session.scalar(select(func.count()).select_from(pairs)) == 2281
        assert session.scalar(select(func.count(UnitRow.id))) == 48
        assert per_unit(session) == TASKS
        assert per_unit(session, TaskRow.kind == "period") == PERIODS
        assert not plans.blockers(session, stored.plan.id)
        dated = session.scalars(select(ItemRow.no).join(TaskRow).where(TaskRow.kind == "dated").distinct())
        assert sorted(dated) == [54, 64]


def test_periods(active):
    ledger, *_ = active
    with ledger.writing() as session:
        first, last = session.scalars(select(PeriodRow).order_by(PeriodRow.due))
        assert (first.due, first.closing, first.opened_at) == (date(2018, 9, 30), False, NOW)
        assert (last.due, last.closing, last.opened_at) == (date(2018, 12, 29), True, None)
        assert last.opens_at == datetime(2018, 12, 21, 1, tzinfo=UTC)
        made = tasks.open_period(session, last, now=last.opens_at)
        assert made == session.scalar(select(func.count()).where(TaskRow.kind == "period"))
        assert session.scalars(select(TaskRow.state).where(TaskRow.kind == "period").distinct()).all() == [
            "missed"
        ]
        assert per_unit(session, TaskRow.kind == "closing") == PERIODS


def test_an_events_day(active):
    ledger, *_ = active
    friday = datetime(2018, 9, 28, 7, tzinfo=UTC)
    with ledger.writing() as session:
        row = plans.find_item(session, 41)
        unit = session.get_one(UnitRow, tasks.responsible(session, row)[0][0])
        [task] = tasks.record_event(
            session, item=row, unit=unit, at=friday, now=friday, actor="cli",
            calendar=HOW["calendar"], zone=HOW["zone"],
        )  # fmt: skip
        assert (task.due, task.kind, task.next_at, task.announced_at) == (
            date(2018, 9, 29), "dated", friday, None,
        )  # fmt: skip


def test_the_same_file_again(active):
    ledger, stored, _ = active
    [file] = PLANS.glob("*.txt")
    plan = read_plan(file.read_bytes(), name=file.name, issued=date(2018, 7, 20))
    with pytest.raises(plans.AlreadyImported), ledger.writing() as session:
        plans.store(session, plan, body=file.read_bytes(), name="x", now=NOW, actor="cli", decisions={})
    with ledger.reading() as session:
        seen = plans.preview(session, plan, sha256="other bytes, the same plan")
        assert seen.amends is not None
        assert seen.amends.id == stored.plan.id
        assert seen.diff is not None
        assert seen.diff.counts["unchanged"] == 67
