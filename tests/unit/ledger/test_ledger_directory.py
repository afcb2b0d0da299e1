"""The directory as kept: taken in, found by any name, renamed, merged."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from duban.ledger import directory, plans, reports, tasks
from duban.ledger.merging import SameUnit
from duban.ledger.tables import AuditRow, MemberRow, PersonRow, PostRow, ReportRow, TaskRow, UnitRow
from duban.model import Status, Update
from duban.units.directory import Collective, Directory, Unit
from unit.ledger.small_plan import HOW, NOW, fixed, item, plan

BOOK = Directory(
    units=(Unit(name="区发展改革局", aliases=("区物价局",)), Unit(name="区教育局"), Unit(name="石桥镇")),
    collectives=(Collective(name="各镇（街、区）", members=("石桥镇",)),),
)
BY = {"now": NOW, "actor": "cli"}


@pytest.fixture
def session(ledger):
    with ledger.writing() as session:
        directory.import_units(session, BOOK, **BY)
        yield session


def named(session, name):
    return directory.unit_named(session, name)


def test_it_comes_out_as_it_went_in(session):
    assert directory.load(session) == BOOK
    assert not directory.import_units(session, BOOK, **BY)
    assert session.scalars(select(AuditRow.act)).all() == ["units"]


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("区发展改革局", "区发展改革局"),
        (" 区发展 改革局", "区发展改革局"),
        ("区物价局", "区发展改革局"),
        ("区发改局", "区发展改革局"),
        ("教育局", "区教育局"),
    ],
)
def test_a_unit_is_found_by(session, name, unit):
    assert named(session, name).name == unit


def test_an_unknown_name_is_refused_with_guesses(session):
    with pytest.raises(directory.UnknownUnit, match=r"区教育厅.*是不是区教育局"):
        named(session, "区教育厅")
    with pytest.raises(directory.UnknownUnit, match="没有单位“丙”。"):
        named(session, "丙")


def test_a_file_adds_and_changes_members(session):
    more = Directory(
        units=(Unit(name="区教育局", aliases=("区体育局",)), Unit(name="柳岸镇")),
        collectives=(Collective(name="各镇(街、区)", members=("柳岸镇",)), Collective(name="各直属机构")),
    )
    changes = directory.import_units(session, more, **BY)
    assert changes == directory.Changes(("柳岸镇",), ("区体育局",), ("各镇(街、区)", "各直属机构"))
    book = directory.load(session)
    assert book.members_of("各镇（街、区）") == ("柳岸镇",)
    assert named(session, "区体育局").name == "区教育局"


@pytest.mark.parametrize(
    "unit",
    [
        Unit(name="区物价局"),
        Unit(name="新局", aliases=("区教育局",)),
        Unit(name="新局", aliases=("区物价局",)),
    ],
)
def test_one_name_never_means_two(session, unit):
    before = directory.load(session)
    with pytest.raises(directory.NameTaken):
        directory.import_units(session, Directory(units=(unit,)), **BY)
    assert directory.load(session) == before


def test_aliases_and_new_names(session):
    unit = named(session, "区教育局")
    directory.add_alias(session, unit, "区教体局", **BY)
    directory.add_alias(session, unit, "区教体局", **BY)  # said twice
    directory.rename(session, unit, "区教育体育局", **BY)
    assert {named(session, name).id for name in ("区教育局", "区教体局", "区教育体育局")} == {unit.id}
    directory.rename(session, unit, "区教育局", **BY)  # and back
    assert named(session, "区教育体育局").name == "区教育局"
    with pytest.raises(directory.NameTaken):
        directory.add_alias(session, unit, "石桥镇", **BY)
    with pytest.raises(directory.NameTaken):
        directory.rename(session, unit, "区物价局", **BY)


def test_members_and_not_supervised(session):
    directory.ignore(session, "各镇（街、区）", **BY)
    stored = plans.store(
        session, plan(item(1, "办一件事", "各镇（街、区）,区教育局")), body=b"1", name="a", decisions={}, **BY
    )
    assert plans.activate(session, stored.plan.id, now=NOW, **HOW).tasks == 1
    directory.set_members(session, "各镇（街、区）", ["石桥镇", "柳岸镇"], **BY)
    assert plans.activate(session, stored.plan.id, now=NOW, **HOW).tasks == 2


def test_two_units_become_one(session):
    directory.set_members(session, "各镇（街、区）", ["石桥镇", "石桥街道"], **BY)
    one, other = named(session, "石桥街道"), named(session, "石桥镇")
    said = plan(
        item(1, "办一件事", "各镇（街、区）", fixed(date(2018, 12, 31))), item(2, "办两件事", "石桥街道")
    )
    stored = plans.store(session, said, body=b"1", name="a", decisions={}, **BY)
    plans.activate(session, stored.plan.id, now=NOW, **HOW)
    person = PersonRow(name="张三", transport="local", chat_user="1", chat="1", bound_at=NOW)
    session.add(person)
    session.flush()
    session.add(PostRow(person_id=person.id, unit_id=one.id, post="contact"))
    [task] = session.scalars(select(TaskRow).where(TaskRow.unit_id == one.id, TaskRow.kind == "dated"))
    update = Update(item=1, status=Status.IN_PROGRESS, percent=60)
    reports.record(session, person=person, said=[(task, update)], text="60%", now=NOW)
    assert directory.merge(session, one, other, **BY) is other
    session.expire_all()
    assert [unit.name for unit in session.scalars(select(UnitRow)) if "石桥" in unit.name] == ["石桥镇"]
    assert named(session, "石桥街道").id == other.id
    rows = session.execute(
        select(TaskRow.unit_id, TaskRow.kind, TaskRow.state, TaskRow.percent).order_by(TaskRow.kind)
    ).all()
    assert rows == [(other.id, "dated", "in_progress", 60), (other.id, "period", "open", None)]
    assert session.scalars(select(ReportRow.percent)).all() == [60]
    assert session.scalars(select(PostRow.unit_id)).all() == [other.id]
    assert session.scalars(select(MemberRow.unit_id)).all() == [other.id]
    assert tasks.responsible(session, plans.find_item(session, 2)) == [(other.id, "responsible")]
    with pytest.raises(SameUnit):
        directory.merge(session, other, other, **BY)
