"""Each question that is asked all the time, or waited for, is answered by an index."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from duban.ledger import agenda, desk, figures, inbox, outbox, people, reports, summary
from duban.ledger.database import Ledger, Session
from duban.ledger.tables import Base, ItemRow, PersonRow, PlanRow, TaskRow
from duban_scheduler import planning
from office import CALENDAR, ZONE, Office, local, populate

NOW = local("2026-06-10T10:00")
VIEW = summary.View(today=NOW.date(), unsigned_before=NOW - timedelta(days=3))
LARGE = {"tasks", "outbox", "inbox", "items", "reports", "answers", "audit", "questions", "extensions"}
PARTIAL = {
    index.name
    for table in Base.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
LINE = re.compile(r"SCAN (\w+)(?: USING (COVERING )?INDEX (\w+))?")

Asked = Callable[[Session], object]
QUESTIONS: dict[str, Asked] = {
    "anything due": lambda s: agenda.anything_due(s, now=NOW),
    "next moment": lambda s: planning.next_moment(s, now=NOW),
    "tick": lambda s: planning.tick(
        s, now=NOW, zone=ZONE, policy=summary.Policy(), calendar=CALENDAR
    ),
    "told": lambda s: agenda.told(s, [1], [1, 2]),
    "any message due": lambda s: outbox.any_due(s, now=NOW),
    "claim": lambda s: outbox.claim(s, now=NOW, limit=4, people=[1], chats=["77"]),
    "messages on their way": outbox.waiting,
    "recover": lambda s: outbox.recover(s, now=NOW),
    "figures": lambda s: figures.queues(s, now=NOW),
    "summary of a plan": lambda s: summary.summary(s, s.get_one(PlanRow, 1), view=VIEW),
    "summary of all": lambda s: summary.summary(s, view=VIEW),
    "overdue": lambda s: summary.overdue(s, view=VIEW),
    "due": lambda s: summary.due(s, view=VIEW, days=30),
    "unit": lambda s: summary.unit(s, 1, view=VIEW),
    "item": lambda s: summary.item(s, s.get_one(ItemRow, 1), view=VIEW),
    "queue": lambda s: summary.queue(s, view=VIEW),
    "answered": lambda s: desk.answered(s, [1, 2]),
    "keep updates": lambda s: inbox.take(s, "local", [("1", {})], now=NOW),
    "updates that wait": lambda s: inbox.ready(s, limit=20),
    "last update": lambda s: inbox.last_key(s, "telegram"),
    "an update is done": lambda s: inbox.done(s, [1, 2], now=NOW),
    "open tasks": lambda s: reports.open_tasks(s, s.get_one(PersonRow, 1)),
    "open items": lambda s: reports.open_items(s, s.get_one(PersonRow, 1)),
    "tasks of a number": lambda s: desk.tasks_numbered(s, s.get_one(PersonRow, 1), 1),
    "what one is to an item": lambda s: people.parts(
        s, s.get_one(PersonRow, 3), item=s.get_one(ItemRow, 1)
    ),
}  # fmt: skip
WHOLE = {"summary of all"}  # it counts each task, so it reads the whole of an index, and nothing else


@pytest.fixture
def office(sqlite_ledger: Ledger) -> Office:
    made = Office(sqlite_ledger, now=NOW)
    populate(made)
    with sqlite_ledger.writing() as session:
        session.query(TaskRow).update({"next_at": NOW - timedelta(hours=2)})
    return made


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_looks_at_a_whole_table(office: Office, name: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cur: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters[0] if isinstance(parameters, list) else parameters))

    with office.ledger.writing() as session:
        event.listen(office.ledger.engine, "before_cursor_execute", note)
        QUESTIONS[name](session)
        event.remove(office.ledger.engine, "before_cursor_execute", note)
        assert asked
        for statement, parameters in asked:
            plan = session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
            lines = [str(row[3]) for row in plan]
            assert not [line for line in lines if _whole(line, name)], (statement, lines)


def _whole(line: str, name: str) -> bool:
    match = LINE.match(line)
    if match is None or match[1] not in LARGE:
        return False
    return match[3] not in PARTIAL and not (name in WHOLE and match[2])
