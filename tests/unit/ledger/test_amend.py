"""An amended document: what stays, what changes, and that tasks and reports stay with their item."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from duban.ledger import plans, tasks
from duban.ledger.amend import Before, Fate, amends, compare, subject
from duban.ledger.tables import AuditRow, DeadlineRow, ItemRow, PeriodRow, TaskRow
from duban.model import Deadline, Kind
from growth import no_square
from unit.ledger.small_plan import HOW, NOW, fixed, item, plan

LATER = NOW + timedelta(days=30)
LONG = "全面梳理本单位的政策文件，建立目录清单，按月更新并在门户网站公布"
OTHER = "组织开展业务培训，邀请专家授课，覆盖全部工作人员"
THIRD = "完善考核办法，把落实情况纳入年度绩效评价"
DECEMBER, NOVEMBER = fixed(date(2018, 12, 31)), fixed(date(2018, 11, 30))


def before(*items):
    return [Before(id=100 + n, item=one) for n, one in enumerate(items)]


@pytest.mark.parametrize(
    ("old", "new", "fates"),
    [
        ([item(1, LONG)], [item(1, LONG)], [("unchanged", 100)]),
        ([item(1, LONG)], [item(1, f" {LONG[:9]}\n{LONG[9:]}")], [("unchanged", 100)]),
        ([item(1, LONG), item(2, OTHER)], [item(1, OTHER), item(2, LONG)], [("moved", 101), ("moved", 100)]),
        ([item(1, LONG)], [item(1, LONG.replace("按月", "按季"))], [("changed", 100)]),
        ([item(1, LONG)], [item(5, LONG.replace("按月", "按季"))], [("changed", 100)]),
        ([item(1, LONG)], [item(1, LONG, "乙局")], [("changed", 100)]),
        ([item(1, LONG, "甲局", DECEMBER)], [item(1, LONG, "甲局", NOVEMBER)], [("changed", 100)]),
        ([item(1, LONG)], [item(1, LONG, heading="二类")], [("changed", 100)]),
        ([item(1, LONG)], [item(1, OTHER)], [("new", None), ("gone", 100)]),  # a number alone is not enough
        ([item(1, LONG)], [item(1, "建立政策文件目录清单并公布")], [("changed", 100)]),  # akin, same number
        ([item(1, LONG)], [item(2, "建立政策文件目录清单并公布")], [("new", None), ("gone", 100)]),
        ([item(1, None)], [item(1, LONG)], [("changed", 100)]),
        ([item(1, LONG)], [item(1, None)], [("unchanged", 100)]),  # a text lost takes nothing back
        (
            [item(1, LONG), item(2, LONG)],
            [item(1, LONG), item(2, LONG)],
            [("unchanged", 100), ("unchanged", 101)],
        ),
        ([item(1, LONG), item(2, LONG)], [item(2, LONG)], [("unchanged", 101), ("gone", 100)]),
        (
            [item(1, LONG), item(2, OTHER), item(3, THIRD)],
            [item(1, LONG), item(2, THIRD), item(3, "新设一个窗口")],
            [("unchanged", 100), ("moved", 102), ("new", None), ("gone", 101)],
        ),
        ([], [item(1, LONG)], [("new", None)]),
        ([item(1, LONG)], [], [("gone", 100)]),
    ],
)
def test_what_becomes_of_items(old, new, fates):
    diff = compare(before(*old), new)
    assert [(str(change.fate), change.id) for change in diff.changes] == fates
    assert sum(diff.counts.values()) == len(fates)


TEXTS = st.lists(st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=12), max_size=8)


@given(TEXTS, TEXTS)
def test_nothing_is_matched_twice_and_nothing_is_lost(old, new):
    known = before(*(item(n, text) for n, text in enumerate(old, 1)))
    fresh = [item(n, text) for n, text in enumerate(new, 1)]
    diff = compare(known, fresh)
    kept = [change.id for change in diff.changes if change.id is not None]
    assert sorted(kept) == [one.id for one in known]
    assert [change.item for change in diff.changes if change.item is not None] == fresh
    assert (
        compare(known, [one.item for one in known]).of(Fate.UNCHANGED)
        == compare(known, [one.item for one in known]).changes
    )


def test_three_hundred_items_are_compared_at_once():
    def of_items(count):
        old = [
            item(n, f"第{n}条工作" + "".join(chr(0x4E00 + (n * 37 + k * 11) % 5000) for k in range(120)))
            for n in range(count)
        ]
        return old, [replace(one, requirement=(one.requirement or "")[:-9] + "并按要求落实") for one in old]

    def changed(given):
        old, new = given
        assert len(compare(before(*old), new).of(Fate.CHANGED)) == len(old)

    no_square(of_items, changed, size=320)


@pytest.mark.parametrize(
    ("title", "other", "same"),
    [
        ("甲区2026年重点工作方案", "甲区2026年重点工作方案（修订版）", True),
        ("甲区2026年重点工作方案", "甲区重点工作方案(2026年修订)", True),
        ("甲区2026年重点工作方案", "关于印发《甲区2026年重点工作方案》的通知", True),
        ("甲区2026年重点工作方案", "关于调整甲区2026年重点工作方案的通知", True),
        ("甲区2026年重点工作方案", "甲区2026年重点工作任务", False),
        ("甲区城市更新方案", "甲区城市方案", False),
    ],
)
def test_the_subject_of_a_title(title, other, same):
    assert (subject(title) == subject(other)) is same


@pytest.mark.parametrize(
    ("title", "year", "texts", "expected"),
    [
        ("甲区方案", 2018, [], True),
        ("甲区方案（修订）", None, ["别的"], True),
        ("甲区方案", 2019, [LONG, OTHER, THIRD], False),  # the next year's plan
        ("另一个名字", 2018, [LONG, OTHER], True),
        ("另一个名字", 2018, [LONG, "别的", "又是别的"], False),
        ("", 2018, [], False),
    ],
)
def test_what_makes_a_document_an_amendment(title, year, texts, expected):
    old = before(item(1, LONG), item(2, OTHER), item(3, THIRD))
    new = [item(n, text) for n, text in enumerate(texts, 1)]
    assert amends(title, year, new, old_title="甲区方案", old_year=2018, old=old) is expected


MONTHLY = Deadline(
    kind=Kind.RECURRING, text="每月5日前", span=(0, 5), rule="monthly", rrule="FREQ=MONTHLY;BYMONTHDAY=5"
)
FIRST = plan(
    item(1, LONG, "甲局*,乙局", DECEMBER),
    item(2, OTHER, "甲局"),
    item(3, THIRD, "乙局", MONTHLY),
    item(4, "撤销一个窗口", "甲局,乙局", DECEMBER),
)


@pytest.fixture
def active(ledger):
    with ledger.writing() as session:
        stored = plans.store(session, FIRST, body=b"1", name="a.txt", now=NOW, actor="cli", decisions={})
        plans.activate(session, stored.plan.id, now=NOW, **HOW)
    return ledger


def amend(session, *items, **more):
    said = plan(*items, title="乙区2018年重点工作分工方案（修订）", **more)
    stored = plans.store(
        session, said, body=repr(items).encode(), name="b.txt", now=LATER, actor="cli", decisions={}
    )
    session.flush()
    return stored


def the_tasks(session, text, **more):
    rows = session.scalars(
        select(TaskRow)
        .join(ItemRow)
        .where(ItemRow.requirement == text)
        .filter_by(**more)
        .order_by(TaskRow.id)
    )
    return [(row.unit.name, row.role, row.kind, row.state, row.due, row.original_due) for row in rows]


def test_tasks_stay_with_their_item_and_a_moved_date_keeps_the_old(active):
    with active.writing() as session:
        first, second = session.scalars(
            select(TaskRow).where(TaskRow.item.has(no=1)).order_by(TaskRow.id)
        ).all()
        tasks.move(first, "in_progress", now=NOW)
        tasks.set_due(session, second, due=date(2019, 1, 31), now=NOW, actor="cli")  # granted before
        items = [item(7, LONG, "甲局*,乙局", NOVEMBER), *FIRST.items[1:]]
        stored = amend(session, *items)
        assert stored.diff is not None
        assert stored.diff.counts == {"unchanged": 3, "changed": 1, "moved": 0, "new": 0, "gone": 0}
        assert (first.item.no, first.state, first.due, first.original_due) == (
            7, "in_progress", date(2018, 11, 30), date(2018, 12, 31),
        )  # fmt: skip
        assert second.due == date(2019, 1, 31)
        moved = session.scalars(select(DeadlineRow).where(DeadlineRow.was_due.is_not(None))).all()
        assert [(d.was_due, d.due) for d in moved] == [(date(2018, 12, 31), date(2018, 11, 30))]
        assert plans.activate(session, stored.plan.id, now=LATER, **HOW).tasks == 0


def test_what_is_gone_is_cancelled_with_the_document_as_reason(active):
    with active.writing() as session:
        row = plans.find_item(session, 4)
        done, left = session.scalars(
            select(TaskRow).where(TaskRow.item_id == row.id).order_by(TaskRow.id)
        ).all()
        tasks.move(done, "reported_done", now=NOW)
        tasks.move(done, "closed", now=NOW)
        amend(session, *FIRST.items[:3])
        assert row.state == "cancelled"
        assert row.reason is not None
        assert "乙区2018年重点工作分工方案（修订）" in row.reason
        assert (done.state, left.state, left.next_at) == ("closed", "cancelled", None)
        said = session.scalars(
            select(AuditRow.detail).where(AuditRow.object == f"task:{left.id}", AuditRow.act == "cancel")
        ).one()
        assert said == {"reason": row.reason}


def test_new_items_and_units_get_their_tasks_when_activated_again(active):
    with active.writing() as session:
        stored = amend(
            session,
            item(1, LONG, "乙局*,丙局", DECEMBER),
            item(2, OTHER, "甲局", NOVEMBER),
            *FIRST.items[2:],
            item(5, "新设一个窗口", "甲局"),
        )
        assert plans.activate(session, stored.plan.id, now=LATER, **HOW).tasks == 3
        end = date(2018, 12, 31)
        assert the_tasks(session, LONG) == [
            ("甲局", "lead", "dated", "cancelled", end, end),
            ("乙局", "lead", "dated", "open", end, end),
            ("丙局", "responsible", "dated", "open", end, end),
        ]
        assert [(kind, state) for _, _, kind, state, *_ in the_tasks(session, OTHER)] == [
            ("period", "open"), ("dated", "open"),
        ]  # fmt: skip
        assert [kind for _, _, kind, *_ in the_tasks(session, "新设一个窗口")] == ["period"]


def test_a_deadline_that_is_gone_takes_its_open_tasks_along(active):
    with active.writing() as session:
        stored = amend(session, item(1, LONG, "甲局*,乙局"), *FIRST.items[1:])
        plans.activate(session, stored.plan.id, now=LATER, **HOW)
        assert [(kind, state) for _, _, kind, state, *_ in the_tasks(session, LONG)] == [
            ("dated", "cancelled"), ("dated", "cancelled"), ("period", "open"), ("period", "open"),
        ]  # fmt: skip


def test_another_rule_is_asked_from_now_on(active):
    weekly = replace(MONTHLY, text="每周五", rrule="FREQ=WEEKLY;BYDAY=FR")
    with active.writing() as session:
        items = [*FIRST.items[:2], item(3, THIRD, "乙局", weekly), FIRST.items[3]]
        stored = amend(session, *items)
        plans.activate(session, stored.plan.id, now=LATER, **HOW)
        assert [(state, due) for _, _, _, state, due, _ in the_tasks(session, THIRD)] == [
            ("cancelled", date(2018, 8, 5)), ("open", date(2018, 8, 24)),
        ]  # fmt: skip
        gone = select(DeadlineRow.id).where(DeadlineRow.gone)
        old = session.scalars(select(PeriodRow).where(PeriodRow.deadline_id.in_(gone))).all()
        assert all(period.opened_at is not None for period in old)


def test_a_text_that_was_given_outlives_a_document_without_it(ledger):
    lost = plan(item(1, LONG), item(2, None))
    with ledger.writing() as session:
        stored = plans.store(session, lost, body=b"1", name="a.txt", now=NOW, actor="cli", decisions={})
        plans.activate(session, stored.plan.id, now=NOW, **HOW)
        plans.give_text(
            session, plans.find_item(session, 2).id, "于11月30日前办好", now=NOW, actor="cli", **HOW
        )
        again = amend(session, item(1, LONG), item(2, None))
        assert again.diff is not None
        assert again.diff.counts["unchanged"] == 2
        row = plans.find_item(session, 2)
        assert (row.requirement, row.given) == ("于11月30日前办好", True)
        amend(session, item(1, LONG), item(2, "于11月30日前办好并上报"))
        assert (row.requirement, row.given) == ("于11月30日前办好并上报", False)


def test_asked_apart_it_is_a_plan_of_its_own(active):
    with active.writing() as session:
        said = plan(*FIRST.items[:2], title=f"{FIRST.title}（修订）")
        stored = plans.store(
            session, said, body=b"2", name="b.txt", now=NOW, actor="cli", decisions={"amends": "apart"}
        )
        assert stored.diff is None
        assert stored.plan.state == "draft"
        assert session.scalars(select(ItemRow.state).distinct()).all() == ["active"]


def test_the_next_years_plan_is_none_of_this_years(active):
    with active.writing() as session:
        said = replace(FIRST, title="乙区2019年重点工作分工方案", year=2019)
        assert plans.preview(session, said, sha256="0").amends is None


@pytest.mark.parametrize(
    ("said", "states"),
    [
        ((), ["cancelled", "open"]),  # the coordinator's date outlives a document that names none
        ((NOVEMBER,), ["cancelled", "open"]),  # and gives way to the document's own
    ],
)
def test_a_date_that_was_given(active, said, states):
    with active.writing() as session:
        row = plans.find_item(session, 2)
        plans.give_date(session, row.id, date(2018, 10, 31), now=NOW, actor="cli", **HOW)
        items = [FIRST.items[0], item(2, OTHER + "，并总结经验", "甲局", *said), *FIRST.items[2:]]
        stored = amend(session, *items)
        plans.activate(session, stored.plan.id, now=LATER, **HOW)
        found = the_tasks(session, OTHER + "，并总结经验")
        assert [state for _, _, _, state, *_ in found] == states
        assert found[-1][-2] == (said[0].due if said else date(2018, 10, 31))
