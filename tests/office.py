"""A small office for the tests of the conversation: a real ledger in a file, people, a plan in its year."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from duban.deadlines.workdays import state_calendar
from duban.ledger import people
from duban.ledger.database import Ledger, Session
from duban.ledger.tables import (
    DutyRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    PostRow,
    TaskRow,
    UnitRow,
)
from duban.settings import Settings
from duban_bot import messages
from duban_bot.conversation import handle
from duban_bot.incoming import Did, Incoming
from duban_bot.words import shipped
from duban_bot.world import World

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = state_calendar()


def local(text: str) -> datetime:
    """A moment of the office's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@dataclass
class Office:
    """One ledger, and ways to speak to the bot as anybody."""

    ledger: Ledger
    now: datetime = field(default_factory=lambda: local("2026-06-10T10:00"))
    count: Any = field(default_factory=lambda: itertools.count(1))

    def world(self, **changes: Any) -> World:
        """What an answer depends on, now."""
        world = World(
            now=self.now, zone=ZONE, settings=Settings(), calendar=CALENDAR, words=shipped(),
            link=lambda token: f"https://chat.example/?start={token}",
        )  # fmt: skip
        return replace(world, **changes)

    def says(self, user: str, text: str) -> list[str]:
        """Somebody writes; what they are answered."""
        return self._handle(user, Incoming(**self._who(user), kind=Did.TEXT, text=text))

    def presses(self, user: str, data: str, ref: str | None = "77") -> list[str]:
        """Somebody presses a button."""
        return self._handle(user, Incoming(**self._who(user), kind=Did.BUTTON, data=data, message_ref=ref))

    def sends(self, user: str, body: bytes, caption: str = "", name: str = "plan.txt") -> list[str]:
        """Somebody sends a file."""
        incoming = Incoming(**self._who(user), kind=Did.FILE, text=caption, file_ref="f", file_name=name)
        return self._handle(user, incoming, file=body)

    def _who(self, user: str) -> dict[str, Any]:
        return {"transport": "local", "user": user, "chat": f"chat-{user}", "name": user}

    def _handle(self, user: str, incoming: Incoming, **world: Any) -> list[str]:
        number = next(self.count)
        with self.ledger.writing() as session:
            handle(session, incoming, self.world(**world), number)
        return [one.html for one in self.sent(f"re:{number}:")]

    def sent(self, prefix: str = "") -> list[messages.Rendered]:
        """What the outbox holds under a key, rendered as of now."""
        with self.ledger.writing() as session:
            rows = session.scalars(
                select(OutboxRow).where(OutboxRow.key.startswith(prefix)).order_by(OutboxRow.id)
            ).all()
            made = [messages.render(session, row, self.world()) for row in rows]
        return [one for one in made if one is not None]

    def last_buttons(self) -> list[tuple[str, str]]:
        """(label, data) under the newest message."""
        return [(one.label, one.data) for row in self.sent()[-1].buttons for one in row]

    def task(self, task_id: int) -> TaskRow:
        """A task as it is now."""
        with self.ledger.reading() as session:
            return session.get_one(TaskRow, task_id)

    def rows(self, table: type[Any]) -> Sequence[Any]:
        """All rows of a table, the oldest first."""
        with self.ledger.reading() as session:
            return session.scalars(select(table).order_by(*table.__table__.primary_key)).all()

    def outgoing(self, kind: str, person: str, tasks: Sequence[tuple[int, str]]) -> int:
        """A message about tasks as the scheduler would write it. Returns its id."""
        with self.ledger.writing() as session:
            who = people.person_of(session, "local", person)
            facts = {"tasks": [[id_, why, self.now.date().isoformat()] for id_, why in tasks]}
            row = OutboxRow(
                key=f"{kind}:{next(self.count)}", kind=kind, facts=facts, due_at=self.now,
                created_at=self.now, person_id=who.id if who else None,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id


def populate(office: Office, *, items: int = 3, quotable: bool = True) -> dict[str, int]:
    """Units 甲局 (leads), 乙局, 丙镇; contacts jia, yi, bing; jia's leader boss; coordinator du.

    Of `items` items the first is dated, the others are this quarter's reports. 甲局 leads and 乙局 answers
    for each; 丙镇 has item 3 alone. Returns task ids by "no:unit".
    """
    with office.ledger.writing() as session:
        units = [UnitRow(name=name) for name in ("甲局", "乙局", "丙镇")]
        plan = PlanRow(
            title="测试方案", year=2026, state="active", quotable=quotable, imported_at=office.now,
            activated_at=office.now,
        )  # fmt: skip
        session.add_all([*units, plan])
        session.flush()
        people_ = {
            name: PersonRow(
                name=f"姓名{name}",
                transport="local",
                chat_user=name,
                chat=f"chat-{name}",
                bound_at=office.now,
                coordinator=name == "du",
            )
            for name in ("jia", "yi", "bing", "boss", "du")
        }
        session.add_all(people_.values())
        session.flush()
        for name, unit, post in (("jia", 0, "contact"), ("yi", 1, "contact"), ("bing", 2, "contact"),
                                 ("boss", 0, "leader")):  # fmt: skip
            session.add(PostRow(person_id=people_[name].id, unit_id=units[unit].id, post=post))
        return _tasks(session, office, plan, units, items)


def _tasks(
    session: Session, office: Office, plan: PlanRow, units: Sequence[UnitRow], items: int
) -> dict[str, int]:
    made: dict[str, int] = {}
    for no in range(1, items + 1):
        item = ItemRow(
            plan_id=plan.id, no=no, position=no, heading=f"第{(no + 9) // 10}类工作",
            requirement=f"把第{no}件事办好，形成<b>清单</b>&台账，面向社会公布，并及时更新有关内容。",
        )  # fmt: skip
        session.add(item)
        session.flush()
        session.add(DutyRow(item_id=item.id, position=0, name="甲局", role="lead"))
        who = units if no == 3 else units[:2]
        for unit in who:
            task = TaskRow(
                item_id=item.id, unit_id=unit.id, role="lead" if unit is units[0] else "responsible",
                kind="dated" if no == 1 else "period", due=date(2026, 6, 30), original_due=date(2026, 6, 30),
                created_at=office.now, next_at=office.now,
            )  # fmt: skip
            session.add(task)
            session.flush()
            made[f"{no}:{unit.name}"] = task.id
    return made
