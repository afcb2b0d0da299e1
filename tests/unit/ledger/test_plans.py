"""A document's way into the ledger and to its tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from duban.ledger import activating, amending, audit, directory, plans
from duban.ledger.making import open_period
from duban.ledger.tables import (
    AliasRow,
    Base,
    DeadlineRow,
    ItemRow,
    PeriodRow,
    PlanRow,
    TaskRow,
    UnitRow,
)
from duban.model import Choice, Deadline, Disclosure, Kind, Problem, Source
from duban.reading.document import read_plan
from duban.units.directory import Collective, Directory, Unit
from growth import no_square
from unit.ledger.small_plan import HOW, NOW, fixed, item, plan

BOOK = Directory(
    units=(Unit(name="甲局", aliases=("甲办",)), Unit(name="乙局"), Unit(name="子镇"), Unit(name="丑镇")),
    collectives=(Collective(name="各镇", members=("子镇", "丑镇")),),
)


def store(session, said, body=b"1", **decisions):
    given = {key.replace("_", "-"): value for key, value in decisions.items()}
    return plans.store(session, said, body=body, name="方案.txt", now=NOW, actor="cli", decisions=given)


def activate(session, stored, now=NOW):
    return plans.activate(session, stored.plan.id, now=now, **HOW)


@pytest.fixture
def known(ledger):
    with ledger.writing() as session:
        directory.import_units(session, BOOK, now=NOW, actor="cli")
    return ledger


def everything(ledger):
    with ledger.reading() as session:
        return {
            t.name: session.execute(select(t).order_by(*t.primary_key)).all()
            for t in Base.metadata.sorted_tables
        }


def codes(session, said):
    return [(p.code, p.where) for p in plans.preview(session, said, sha256="0").doubts]


def tasks(session):
    rows = session.execute(
        select(ItemRow.no, UnitRow.name, TaskRow.role, TaskRow.kind, TaskRow.due)
        .select_from(TaskRow)
        .join(ItemRow)
        .join(UnitRow, UnitRow.id == TaskRow.unit_id)
        .order_by(ItemRow.no, TaskRow.id)
    )
    return [(no, unit, role, kind, f"{due:%m-%d}") for no, unit, role, kind, due in rows]


def test_each_unit_has_one_task_with_its_strongest_role(known):
    said = plan(
        item(1, "办一件事", "各镇+,甲办,子镇,甲局*", fixed(date(2018, 12, 31)), fixed(date(2018, 12, 31))),
        item(2, "办两件事", "乙局", fixed(date(2018, 9, 30)), fixed(date(2018, 12, 31))),
        item(3, "无日期", "甲局*,各镇"),
        item(4, "日期未定", "乙局", fixed(None)),
        item(5, None, "甲局"),
    )
    with known.writing() as session:
        done = activate(session, store(session, said))
        assert tasks(session) == [
            (1, "子镇", "responsible", "dated", "12-31"),
            (1, "丑镇", "cooperate", "dated", "12-31"),
            (1, "甲局", "lead", "dated", "12-31"),
            (2, "乙局", "responsible", "dated", "09-30"),
            (2, "乙局", "responsible", "dated", "12-31"),
            (3, "甲局", "lead", "period", "09-30"),
            (3, "子镇", "responsible", "period", "09-30"),
            (3, "丑镇", "responsible", "period", "09-30"),
            (4, "乙局", "responsible", "period", "09-30"),
        ]
        assert (done.tasks, done.units) == (9, 4)
        assert session.scalar(select(func.count()).where(TaskRow.announced_at.is_not(None))) == 0
        assert activate(session, store(session, said, b"2", amends="apart")).tasks == 9


def test_two_thousand_tasks_are_made_at_once(ledger):
    towns = tuple(f"{n}镇" for n in range(40))
    book = Directory(
        units=tuple(Unit(name=town) for town in towns), collectives=(Collective(name="各镇", members=towns),)
    )
    with ledger.writing() as session:
        directory.import_units(session, book, now=NOW, actor="cli")

    def a_year(said):
        with ledger.writing() as session:
            assert activate(session, store(session, said)).tasks == 40 * len(said.items)
            later = session.scalars(select(PeriodRow).where(PeriodRow.opened_at.is_(None))).one()
            assert open_period(session, later, now=later.opens_at) == 40 * len(said.items)
            session.rollback()  # the next time is another first time

    def of_items(count):
        return plan(*(item(n, f"办第{n}件事", "各镇") for n in range(1, count + 1)))

    no_square(of_items, a_year, size=56)


def test_activating_again_makes_what_is_missing_and_no_more(known):
    with known.writing() as session:
        stored = store(session, plan(item(1, "办一件事", "各镇"), item(2, None, "甲局")))
        assert activate(session, stored).tasks == 2
        assert activate(session, stored).tasks == 0
        directory.set_members(session, "各镇", ["子镇", "丑镇", "寅镇"], now=NOW, actor="cli")
        assert activate(session, stored).tasks == 1
        given = {"now": NOW, "actor": "cli", **HOW}
        row = plans.give_text(session, plans.find_item(session, 2).id, "于12月15日前办好。", **given)
        assert [(t[1], t[3], t[4]) for t in tasks(session) if t[0] == 2] == [("甲局", "dated", "12-15")]
        assert row.given
        assert activate(session, stored).tasks == 0
        with pytest.raises(amending.HasText):
            plans.give_text(session, plans.find_item(session, 1).id, "别的", **given)
        with pytest.raises(amending.EmptyText):
            plans.give_text(session, row.id, " \n", **given)


def test_the_same_file_again_changes_nothing(known):
    said = plan(item(1, "办一件事"))
    with known.writing() as session:
        store(session, said)
    before = everything(known)
    with known.writing() as session:
        seen = plans.preview(
            session, said, sha256="6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
        )
        assert seen.same is not None
    with pytest.raises(plans.AlreadyImported, match="没有变化"), known.writing() as session:
        store(session, said)
    assert everything(known) == before


def test_an_import_that_fails_midway_leaves_nothing(known, monkeypatch):
    before = everything(known)
    record = audit.record

    def fail(session, **facts):
        if facts["act"] == "import":
            assert session.scalar(select(func.count(ItemRow.id))) == 1  # everything was written by now
            raise RuntimeError
        record(session, **facts)

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError), known.writing() as session:
        store(session, plan(item(1, "办一件事", "新局,各部门")))
    assert everything(known) == before


def test_a_document_without_items_is_refused(known):
    with pytest.raises(plans.NotAPlan), known.writing() as session:
        store(session, plan())


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ("甲局,乙 局,甲办,各镇", []),
        ("丙局", [("new-unit", "丙局")]),
        ("各行政执法单位", [("no-members", "各行政执法单位")]),
        ("甲局=丙局", []),
        ("甲局=乙局", [("alias-is-unit", "甲局")]),
        ("乙局=甲办", [("alias-is-unit", "乙局")]),
        ("甲局=甲办", []),
        ("甲局=丙局,丙局", [("new-unit", "丙局"), ("alias-is-unit", "甲局")]),
    ],
)
def test_doubts_about_names(known, units, expected):
    with known.writing() as session:
        assert codes(session, plan(item(1, "办一件事", units))) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, []),
        ({"year": None}, ["no-year"]),
        ({"disclosure": None, "mark": None}, ["no-mark"]),
        ({"disclosure": Disclosure.INTERNAL, "mark": "内部资料"}, ["no-mark"]),
        ({"problems": (Problem(code="lost-text", message="缺", item=2),)}, ["lost-text"]),
    ],
)
def test_doubts_about_the_document(known, more, expected):
    with known.writing() as session:
        assert [code for code, _ in codes(session, plan(item(1, "办一件事"), **more))] == expected
        assert "lost-text" in dict(codes(session, plan(item(1, "办一件事"), item(2, None))))


def test_an_empty_directory_asks_nothing_about_each_unit(ledger):
    said = plan(item(1, "办一件事", "区教育局,石桥镇,柳岸镇,各镇"))
    with ledger.writing() as session:
        assert codes(session, said) == [("new-units", None), ("no-members", "各镇")]
        store(session, said)
        book = directory.load(session)
        assert [(u.name, u.kind) for u in book.units] == [
            ("区教育局", "department"), ("石桥镇", "town"), ("柳岸镇", "town"),
        ]  # fmt: skip
        assert book.members_of("各镇") == ("石桥镇", "柳岸镇")


@pytest.mark.parametrize(
    ("decision", "unit", "aliases"),
    [(None, "甲局城区分局", []), ("add", "甲局城区分局", []), ("alias:甲局", "甲局", ["甲局城区分局"])],
)
def test_a_new_unit_is_added_unless_it_is_an_alias(known, decision, unit, aliases):
    said = plan(item(1, "办一件事", "甲局城区分局"))
    with known.writing() as session:
        stored = store(session, said, **({} if decision is None else {"new_unit": decision}))
        assert [c.value for _, c in stored.taken] == [decision or "add"]
        activate(session, stored)
        assert [t[1] for t in tasks(session)] == [unit]
        new = session.scalars(select(AliasRow.name).where(AliasRow.name != "甲办")).all()
        assert new == aliases
        assert unit not in directory.load(session).members_of("各镇")


def test_a_second_plate_becomes_an_alias_only_where_nobody_bears_it(known):
    with known.writing() as session:
        store(session, plan(item(1, "办一件事", "甲局=丙局"), item(2, "办两件事", "乙局=丁局,丁局")))
        assert directory.unit_named(session, "丙局").name == "甲局"
        assert directory.unit_named(session, "丁局").name == "丁局"


@pytest.mark.parametrize(
    ("decision", "stops", "asked"),
    [
        ({}, True, []),
        ({"no-members": "ignore"}, False, []),
        ({"no-members::各行政执法单位": "members:甲局、乙局"}, False, ["甲局", "乙局"]),
    ],
)
def test_a_collective_that_cannot_be_told(known, decision, stops, asked):
    said = plan(item(1, "办一件事", "各行政执法单位"), item(2, "办两件事", "子镇"))
    with known.writing() as session:
        stored = plans.store(session, said, body=b"1", name="a", now=NOW, actor="cli", decisions=decision)
        assert [p.code for p in plans.blockers(session, stored.plan.id)] == ["no-members"] * stops
        if stops:
            with pytest.raises(plans.CannotActivate, match="各行政执法单位"):
                activate(session, stored)
        else:
            activate(session, stored)
            assert [t[1] for t in tasks(session) if t[0] == 1] == asked


def test_a_decision_that_is_no_choice_is_refused(known):
    with pytest.raises(plans.BadDecision, match="丙局"), known.writing() as session:
        store(session, plan(item(1, "办一件事", "丙局")), new_unit="perhaps")


@pytest.mark.parametrize(
    ("value", "due"), [(None, date(2018, 6, 30)), ("2019-06-30", date(2019, 6, 30)), ("", None),
                       ("2019-01-15", date(2019, 1, 15))],
)  # fmt: skip
def test_a_date_with_two_readings(known, value, due):
    doubt = Problem(
        code="two-readings", message="第1项的时限“明年6月底前”可以有两种理解", item=1, where="第1行",
        choices=tuple(Choice(value=value, label="") for value in ("2018-06-30", "2019-06-30", "")),
    )  # fmt: skip
    said = plan(item(1, "办一件事", "甲局", fixed(date(2018, 6, 30), "明年6月底前")), problems=(doubt,))
    with known.writing() as session:
        store(session, said, **({} if value is None else {"two_readings": value}))
        assert session.scalars(select(DeadlineRow.due)).all() == [due]


@pytest.mark.parametrize(
    ("more", "decision", "quotable"),
    [
        ({}, {}, True),
        ({"disclosure": None}, {}, False),
        ({"disclosure": None}, {"no_mark": "quote"}, True),
        ({"disclosure": Disclosure.INTERNAL}, {}, False),
    ],
)
def test_what_may_be_quoted(known, more, decision, quotable):
    with known.writing() as session:
        assert store(session, plan(item(1, "办一件事"), **more), **decision).plan.quotable is quotable


def test_a_recurring_deadline_has_periods_of_its_own(known):
    monthly = Deadline(
        kind=Kind.RECURRING, text="每月5日前", span=(0, 5), rule="monthly", rrule="FREQ=MONTHLY;BYMONTHDAY=5"
    )
    with known.writing() as session:
        activate(session, store(session, plan(item(1, "月报", "甲局", monthly), item(2, "季报", "乙局"))))
        assert tasks(session) == [
            (1, "甲局", "responsible", "period", "08-05"),
            (2, "乙局", "responsible", "period", "09-30"),
        ]
        rows = session.execute(
            select(PeriodRow.deadline_id.is_(None), PeriodRow.closing).order_by(PeriodRow.due)
        ).all()
        assert len(rows) == 5 + 2
        assert sum(closing for _, closing in rows) == 2


def test_the_newest_active_plan_goes_first(ledger):
    with ledger.writing() as session:
        with pytest.raises(plans.NoPlan):
            plans.find_plan(session)
        with pytest.raises(plans.UnknownItem, match="没有第 1 项"):
            plans.find_item(session, 1)
        old = store(session, plan(item(1, "办一件事"), item(2, "办两件事")))
        new = store(session, plan(item(1, "另一件事"), title="丙区方案"), b"2")
        assert plans.find_plan(session) is new.plan
        activate(session, old)
        assert plans.find_plan(session) is old.plan
        assert plans.find_item(session, 1).plan_id == old.plan.id
        assert plans.find_item(session, 1, plan_id=new.plan.id).requirement == "另一件事"
        activate(session, new)
        assert plans.find_item(session, 1).plan_id == new.plan.id
        assert plans.find_item(session, 2).plan_id == old.plan.id


def test_a_plan_says_its_own_cadence(known):
    with known.writing() as session:
        stored = store(session, plan(item(1, "办一件事")))
        session.get_one(PlanRow, stored.plan.id).policy = {"cadence": "monthly", "cadence_day": "25"}
        activate(session, stored)
        days = [f"{due:%m-%d}" for due in session.scalars(select(PeriodRow.due).order_by(PeriodRow.due))]
        assert days == ["08-24", "09-25", "10-25", "11-23", "12-25"]
        assert stored.plan.cadence == "monthly"


def test_a_plan_without_year_is_reported_from_its_activation(known):
    with known.writing() as session:
        activate(session, store(session, replace(plan(item(1, "办一件事")), year=None)))
        assert [t[4] for t in tasks(session)] == ["09-30"]


@pytest.mark.parametrize(
    ("code", "words", "decision", "due"),
    [
        ("soft-deadline", "尽快", None, None),
        ("soft-deadline", "尽快", "2018-10-31", date(2018, 10, 31)),
        ("unread-time", "视情况", "2018-10-31", date(2018, 10, 31)),
        ("unread-time", "视情况", None, None),
    ],
)
def test_a_date_for_what_names_none(known, code, words, decision, due):
    soft = Deadline(kind=Kind.SOFT, text=words, span=(0, 2), rule="soft", source=Source.COLUMN)
    doubt = Problem(
        code=code, message=f"第1项的时限“{words}”没有具体日期", item=1,
        choices=(Choice(value="", label="按报告周期反馈"), Choice(value="give", label="现在定一个日期")),
    )  # fmt: skip
    said = plan(item(1, "办一件事", "甲局", *([soft] if code == "soft-deadline" else [])), problems=(doubt,))
    with known.writing() as session:
        activate(
            session, store(session, said, **({} if decision is None else {code.replace("-", "_"): decision}))
        )
        assert [t[3] for t in tasks(session)] == ["period" if due is None else "dated"]
        assert session.scalars(select(TaskRow.due)).one() == (due or date(2018, 9, 30))


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("no-units", "hold", []),
        (
            "no-units",
            "units:乙局牵头，各镇配合",
            [("乙局", "lead"), ("子镇", "cooperate"), ("丑镇", "cooperate")],
        ),
        ("no-units", "units:新局", [("新局", "responsible")]),
    ],
)
def test_units_for_an_item_that_names_none(known, code, value, expected):
    nobody = replace(item(1, "办一件事"), units=())
    doubt = Problem(code=code, message="没有写明责任单位", item=1, choices=(Choice(value="hold", label=""),))
    with known.writing() as session:
        activate(session, store(session, plan(nobody, problems=(doubt,)), **{code.replace("-", "_"): value}))
        assert [t[1:3] for t in tasks(session)] == expected


def test_a_text_and_a_number_that_are_decided_at_import(known):
    lost = Problem(code="lost-text", message="缺", item=2, choices=(Choice(value="hold", label=""),))
    number = Problem(
        code="duplicate-number", message="序号1出现了两次", item=3,
        choices=(Choice(value="3", label=""), Choice(value="1", label="")),
    )  # fmt: skip
    said = plan(item(1, "办一件事"), item(2, None), item(3, "办三件事"), problems=(lost, number))
    with known.writing() as session:
        store(session, said, lost_text="text:于12月15日前办好。", duplicate_number="1")
        rows = session.execute(select(ItemRow.no, ItemRow.given).order_by(ItemRow.position)).all()
        assert rows == [(1, False), (2, True), (1, False)]
        assert session.scalars(select(DeadlineRow.due)).all() == [date(2018, 12, 15)]


def test_a_year_that_is_chosen_dates_the_whole_plan(ledger):
    rows = [
        ["序号", "工作任务", "责任单位"],
        ["1", "于年底前完成目录编制工作并公布。", "区教育局负责"],
        ["2", "组织业务培训。", "区教育局负责"],
    ]
    table = "\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in rows)
    body = f"重点工作分工方案\n\n{table}\n".encode()
    said = read_plan(body, name="a.txt")
    assert said.year is None
    with ledger.writing() as session:
        stored = plans.store(
            session, said, body=body, name="a.txt", now=NOW, actor="cli", decisions={"no-year::": "2018"}
        )
        assert stored.plan.year == 2018
        assert session.scalars(select(DeadlineRow.due)).all() == [date(2018, 12, 31)]


def test_a_date_given_later_takes_the_cadences_place(known):
    with known.writing() as session:
        stored = store(session, plan(item(1, "办一件事", "甲局,乙局")))
        activate(session, stored)
        row = plans.find_item(session, 1)
        plans.give_date(session, row.id, date(2018, 10, 31), now=NOW, actor="cli", **HOW)
        states = session.execute(select(TaskRow.kind, TaskRow.state, TaskRow.due).order_by(TaskRow.id)).all()
        assert (
            states
            == [("period", "cancelled", date(2018, 9, 30))] * 2 + [("dated", "open", date(2018, 10, 31))] * 2
        )
        with pytest.raises(activating.HasDate):
            plans.give_date(session, row.id, date(2018, 11, 30), now=NOW, actor="cli", **HOW)
