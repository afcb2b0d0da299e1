"""A large ledger, written into the real tables in bulk: what the engine's benches are measured on.

An office of UNITS units, each with a contact and a leader, and one coordinator. Eight tasks of eleven
are still open and looked at again LATER; the history is messages that were sent.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from duban.ledger.database import Ledger, Session
from duban.ledger.migrations import migrate
from duban.ledger.tables import (
    Base,
    CollectiveRow,
    DeadlineRow,
    DutyRow,
    ItemRow,
    MemberRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    PostRow,
    TaskRow,
    UnitRow,
)

UNITS = 100
ALL = "区政府各部门"  # the collective of them all
COORDINATOR = 2 * UNITS + 1  # the person's id: the contacts come first, then the leaders
BEGAN = datetime(2026, 1, 5, 1, tzinfo=UTC)
LATER = datetime(2199, 1, 7, 1, tzinfo=UTC)
STATES = (
    "open", "received", "in_progress", "closed", "in_progress",
    "received", "reported_done", "open", "reported", "in_progress", "received",
)  # fmt: skip
OPEN = frozenset({"open", "received", "in_progress"})
CHUNK = 20_000  # rows handed to the database at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """So many active plans, each of so many items, each of so many units' own."""

    count: int
    items: int = 50
    units: int = 20

    @property
    def tasks(self) -> int:
        """How many tasks that makes."""
        return self.count * self.items * self.units

    def numbers(self) -> Iterator[tuple[int, int]]:
        """(item id, its number in its plan)."""
        return ((item + 1, item % self.items + 1) for item in range(self.count * self.items))

    def units_of(self, no: int) -> list[int]:
        """The units of the item of that number: every unit has as many of them."""
        return [(no * self.units + place) % UNITS + 1 for place in range(self.units)]


def build(url: str, plans: Plans, *, with_tasks: bool = True, messages: int = 0) -> Ledger:
    """A ledger with the newest tables that holds these plans and a history of so many messages."""
    ledger = Ledger(url)
    migrate.upgrade(ledger)
    with ledger.writing() as session:
        _write(session, UnitRow, ({"id": n, "name": f"第{n}局"} for n in range(1, UNITS + 1)))
        _write(session, CollectiveRow, [{"id": 1, "name": ALL}])
        _write(session, MemberRow, ({"collective_id": 1, "unit_id": n} for n in range(1, UNITS + 1)))
        _write(session, PersonRow, _people())
        _write(session, PostRow, _posts())
        _write(session, PlanRow, (
            {"id": n + 1, "title": f"第{n + 1}号方案", "year": 2026, "state": "active", "quotable": True,
             "imported_at": BEGAN, "activated_at": BEGAN}
            for n in range(plans.count)
        ))  # fmt: skip
        _write(session, ItemRow, (
            {"id": item, "plan_id": (item - 1) // plans.items + 1, "no": no, "position": no,
             "requirement": f"完善第{no}项工作机制，形成可复制的做法，并把成效写进年度总结"}
            for item, no in plans.numbers()
        ))  # fmt: skip
        _write(session, DeadlineRow, (
            {"id": item, "item_id": item, "kind": "fixed", "text": "年底前", "span_start": 0, "span_end": 3,
             "source": "column", "rule": "end-of-year", "due": day(no)}
            for item, no in plans.numbers()
        ))  # fmt: skip
        _write(session, DutyRow, _duties(plans))
        _write(session, TaskRow, _tasks(plans) if with_tasks else ())
        _write(session, OutboxRow, _messages(messages))
    return ledger


def day(no: int) -> date:
    """By when the item of that number is to be done."""
    return date(2026, 2, 1) + timedelta(days=no * 6 % 330)


def role(place: int) -> str:
    """The first unit leads."""
    return "responsible" if place else "lead"


def _people() -> Iterator[dict[str, Any]]:
    for n in range(1, COORDINATOR + 1):
        yield {
            "id": n, "name": f"某{n}", "transport": "bench", "chat_user": str(n), "chat": str(n),
            "coordinator": n == COORDINATOR, "reachable": True, "bound_at": BEGAN,
        }  # fmt: skip


def _posts() -> Iterator[dict[str, Any]]:
    for unit in range(1, UNITS + 1):
        yield {"person_id": unit, "unit_id": unit, "post": "contact"}
        yield {"person_id": UNITS + unit, "unit_id": unit, "post": "leader"}


def _duties(plans: Plans) -> Iterator[dict[str, Any]]:
    """As plans have them: what is everybody's is a collective's."""
    for item, no in plans.numbers():
        if plans.units == UNITS:
            yield {"item_id": item, "position": 0, "name": ALL, "role": "responsible", "collective": True}
            continue
        for place, unit in enumerate(plans.units_of(no)):
            yield {"item_id": item, "position": place, "name": f"第{unit}局", "role": role(place),
                   "collective": False}  # fmt: skip


def _tasks(plans: Plans) -> Iterator[dict[str, Any]]:
    states = itertools.cycle(STATES)
    for item, no in plans.numbers():
        for place, unit in enumerate(plans.units_of(no)):
            state = next(states)
            yield {
                "item_id": item, "unit_id": unit, "role": role(place), "kind": "dated", "deadline_id": item,
                "due": day(no), "original_due": day(no), "state": state, "created_at": BEGAN,
                "announced_at": BEGAN, "next_at": LATER if state in OPEN else None,
            }  # fmt: skip


def _messages(count: int) -> Iterator[dict[str, Any]]:
    for n in range(1, count + 1):
        at = BEGAN + timedelta(seconds=n * 10)
        yield {
            "key": f"digest:{n % UNITS + 1}:{n}", "kind": "digest", "person_id": n % UNITS + 1,
            "facts": {"tasks": [[n, "before", "2026-06-09"]]}, "state": "sent", "due_at": at,
            "created_at": at, "sent_at": at, "message_ref": str(n), "text": f"第{n}条提醒",
        }  # fmt: skip


def _write(session: Session, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    found = iter(rows)
    while chunk := list(itertools.islice(found, CHUNK)):
        session.connection().execute(insert(table), chunk)
