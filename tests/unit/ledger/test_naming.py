"""Names at import: sure short forms are taken and said, others asked, and the answer is remembered."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from duban.ledger import directory, plans
from duban.ledger.tables import AliasRow, AuditRow, TaskRow, UnitRow
from duban.model import Duty, Item, Role
from duban.units.directory import Directory, Unit
from unit.ledger.small_plan import HOW, NOW, item, plan

BOOK = Directory(
    units=tuple(
        Unit(name=name)
        for name in (
            "区发展和改革局", "区人力资源和社会保障局", "区生态环境局", "区教育体育局", "区农业农村局",
            "区应急管理局", "区城市管理局", "区财政局", "石桥镇",
        )
    )
)  # fmt: skip
NAMES = {"new-unit", "new-units", "short-form", "alias-is-unit"}


@pytest.fixture
def known(ledger):
    with ledger.writing() as session:
        directory.import_units(session, BOOK, now=NOW, actor="cli")
    return ledger


def doubts(session, said):
    found = plans.preview(session, said, sha256="0").doubts
    return [doubt for doubt in found if doubt.code in NAMES]


def store(session, said, body=b"1", **decisions):
    given = {key.replace("_", "-"): value for key, value in decisions.items()}
    return plans.store(session, said, body=body, name="方案.txt", now=NOW, actor="cli", decisions=given)


def aliases(session):
    rows = session.execute(select(AliasRow.name, UnitRow.name).join(UnitRow, UnitRow.id == AliasRow.unit_id))
    return dict(rows.all())


def test_a_sure_short_form_is_said_and_not_asked(known):
    said = plan(item(1, "办一件事", "发改局*,区人社局"), item(2, "办两件事", "区发改局,石桥镇人民政府"))
    with known.writing() as session:
        found = doubts(session, said)
        assert [(one.code, one.where, one.choices) for one in found] == [
            ("short-form", name, ()) for name in ("发改局", "区人社局", "区发改局", "石桥镇人民政府")
        ]
        assert found[0].message == "“发改局”按简称对应“区发展和改革局”，记作它的别名，不另建单位。"
        stored = store(session, said)
        assert not {doubt.code for doubt, _ in stored.taken} & NAMES
        assert aliases(session) == {
            "发改局": "区发展和改革局",
            "区发改局": "区发展和改革局",
            "区人社局": "区人力资源和社会保障局",
            "石桥镇人民政府": "石桥镇",
        }
        assert len(session.scalars(select(UnitRow.id)).all()) == len(BOOK.units)
        assert session.scalars(select(AuditRow.act)).all().count("alias") == 4
        plans.activate(session, stored.plan.id, now=NOW, **HOW)
        owners = session.scalars(select(UnitRow.name).join(TaskRow, TaskRow.unit_id == UnitRow.id)).all()
        assert sorted(owners) == sorted(
            ["区发展和改革局", "区人力资源和社会保障局", "区发展和改革局", "石桥镇"]
        )
    with known.reading() as session:
        assert doubts(session, said) == []  # the next plan


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("区环保局", "区生态环境局"),
        ("安监局", "区应急管理局"),
        ("市财政局", "区财政局"),
        ("区发改委", "区发展和改革局"),
        ("区体育局", "区教育体育局"),
    ],
)
def test_what_is_not_sure_is_asked_once_with_three_guesses_at_most(known, name, guess):
    said = plan(item(1, "办一件事", name))
    with known.writing() as session:
        [doubt] = doubts(session, said)
        assert (doubt.code, doubt.where) == ("new-unit", name)
        add, *guesses = [choice.value for choice in doubt.choices]
        assert add == "add"
        assert guesses[0] == f"alias:{guess}"
        assert len(guesses) <= 3
        assert {one.removeprefix("alias:") for one in guesses} <= {unit.name for unit in BOOK.units}
        store(session, said, **{f"new-unit::{name}": f"alias:{guess}"})
        assert aliases(session) == {name: guess}
    with known.reading() as session:
        assert doubts(session, plan(item(7, "另一件事", name), title="乙区2019年另一方案")) == []
        assert directory.unit_named(session, name).name == guess


def test_two_places_for_one_unit_are_asked(known):
    said = plan(item(1, "办一件事", "云溪区财政局,柳河区财政局"))
    with known.writing() as session:
        assert [doubt.code for doubt in doubts(session, said)] == ["new-unit", "new-unit"]


def test_an_empty_directory_makes_one_unit_of_a_name_and_its_short_form(ledger):
    said = plan(item(1, "办一件事", "区发改局*,区财政局"), item(2, "办两件事", "区发展和改革局"))
    with ledger.writing() as session:
        first, note = doubts(session, said)
        assert (first.code, note.code, note.where) == ("new-units", "short-form", "区发改局")
        assert "2 个单位" in first.message
        store(session, said)
        names = session.scalars(select(UnitRow.name).order_by(UnitRow.id)).all()
        assert names == ["区财政局", "区发展和改革局"]
        assert aliases(session) == {"区发改局": "区发展和改革局"}


def test_several_plates_in_one_bracket_are_several_aliases(known):
    duty = Duty(name="区发展和改革局", role=Role.LEAD, alias="区粮食和物资储备局、区能源局")
    said = plan(Item(no=1, heading="一类", subheading="", requirement="办一件事", units=(duty,)))
    with known.writing() as session:
        store(session, said)
        assert aliases(session) == {"区粮食和物资储备局": "区发展和改革局", "区能源局": "区发展和改革局"}
