"""催办 by a coordinator's hand: one message a contact, never the same task again within the interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from duban import hours
from duban.ledger import audit, desk, outbox, people
from duban.ledger.reports import OPEN
from duban.ledger.tables import PersonRow, TaskRow
from duban.settings import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """What came of it, as names of units. `at`: when the messages leave."""

    told: tuple[str, ...]
    too_soon: tuple[str, ...]  # reminded of it within the interval
    unreachable: tuple[str, ...]  # no contact
    at: datetime


def remind(
    session: Session,
    tasks: Sequence[TaskRow],
    *,
    now: datetime,
    actor: str,
    policy: Policy,
    zone: ZoneInfo,
    calendar: hours.Workdays,
) -> Reminded:
    """Remind the contacts of open tasks, in the next allowed hour. What is not open is passed over."""
    contacts = people.contacts_of_units(session)
    since = now - timedelta(hours=policy.remind_interval_hours)
    at = hours.next_allowed(now, policy, zone, calendar)
    told: list[str] = []
    too_soon: list[str] = []
    unreachable: list[str] = []
    mail: dict[int, tuple[PersonRow, list[TaskRow]]] = {}
    heard: dict[int, set[int]] = {}
    for task in tasks:
        if task.state not in OPEN:
            continue
        person = contacts.get(task.unit_id)
        if person is None:
            unreachable.append(task.unit.name)
            continue
        known = heard.setdefault(person.id, desk.reminded_since(session, person, since))
        if task.id in known:
            too_soon.append(task.unit.name)
            continue
        mail.setdefault(person.id, (person, []))[1].append(task)
        told.append(task.unit.name)
    today = now.astimezone(zone).date()
    for person, theirs in mail.values():
        facts = {"tasks": [[task.id, _why(task, today), today.isoformat()] for task in theirs]}
        outbox.put(
            session, key=f"remind:{person.id}:{theirs[0].id}:{now.isoformat()}", kind="reminder", facts=facts,
            person=person, due_at=at, now=now,
        )  # fmt: skip
        for task in theirs:
            audit.record(session, now=now, actor=actor, act="remind", object=f"task:{task.id}")
    return Reminded(
        told=tuple(dict.fromkeys(told)),
        too_soon=tuple(dict.fromkeys(too_soon)),
        unreachable=tuple(dict.fromkeys(unreachable)),
        at=at,
    )


def _why(task: TaskRow, today: date) -> str:
    early, late = ("before", "late") if task.kind == "dated" else ("report", "report-late")
    return late if task.due < today else early
