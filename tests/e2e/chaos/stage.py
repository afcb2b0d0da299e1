"""A ledger in which there is somebody to write to: units with a task and a contact each, and a crowd."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from duban.ledger import outbox
from duban.ledger.database import Session
from duban.ledger.tables import DutyRow, ItemRow, PersonRow, PlanRow, PostRow, TaskRow, UnitRow
from duban.settings import Database, Settings
from duban_cli.wiring import Office

MORNING = datetime(2026, 3, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday, in working hours
UNITS = 16
CROWD = 64  # who can be written to, the contacts among them
BOSS = 1
FIRST = 100  # the crowd's user ids


def filled(url: str) -> Office:
    """The ledger with its people. Nobody has heard of the tasks, and nothing is due."""
    office = Office(Settings(database=Database(url=url)))
    with office.writing() as session:
        _fill(session)
    return office


def _fill(session: Session) -> None:
    plan = PlanRow(title="测试方案", year=2026, state="active", imported_at=MORNING, activated_at=MORNING)
    people = [_person(FIRST + n) for n in range(CROWD)]
    units = [UnitRow(name=f"实{n}局") for n in range(1, UNITS + 1)]
    session.add_all([plan, _person(BOSS, coordinator=True), *people, *units])
    session.flush()
    for no, (unit, person) in enumerate(zip(units, people, strict=False), 1):
        item = ItemRow(plan_id=plan.id, no=no, position=no, requirement=f"办好第{no}件实事，12月31日前完成。")
        session.add_all([item, PostRow(person_id=person.id, unit_id=unit.id, post="contact")])
        session.flush()
        due = date(2026, 12, 31)
        session.add(DutyRow(item_id=item.id, position=0, name=unit.name, role="responsible"))
        session.add(
            TaskRow(
                item_id=item.id,
                unit_id=unit.id,
                role="responsible",
                kind="dated",
                due=due,
                original_due=due,
                created_at=MORNING,
            )
        )


def _person(user: int, *, coordinator: bool = False) -> PersonRow:
    return PersonRow(
        name=f"用户{user}", transport="telegram", chat_user=str(user), chat=str(user), bound_at=MORNING,
        coordinator=coordinator,
    )  # fmt: skip


def person(session: Session, user: int) -> PersonRow:
    """Whose chat it is."""
    return session.scalars(select(PersonRow).where(PersonRow.chat_user == str(user))).one()


def put_letters(session: Session, numbers: range, *, now: datetime) -> None:
    """One message for each number, to one after the other of the crowd; no two have the same text."""
    crowd = [person(session, FIRST + n) for n in range(CROWD)]
    for n in numbers:
        outbox.say(session, key=f"letter:{n}", html=f"第{n}条", now=now, person=crowd[n % CROWD])
