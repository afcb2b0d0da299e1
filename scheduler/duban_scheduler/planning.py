"""The tick: what is due now becomes messages, one a person and day, in the transaction that marks it said.

A recipient without a name (nobody is bound) stands for its unit, and only when a simulation assumes somebody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from duban.deadlines.workdays import Calendar
from duban.ledger import agenda, gathering, outbox, people, tasks
from duban.ledger.agenda import Agendum
from duban.ledger.database import Session
from duban.ledger.tables import PersonRow
from duban.settings import Policy
from duban_scheduler.looking import Look, Morning

__all__ = ["anything_due", "next_moment", "tick"]

anything_due = agenda.anything_due
next_moment = agenda.next_moment


@dataclass(slots=True)
class Letter:
    """What one recipient is told in one go."""

    channel: str
    unit: int  # of the first mention; the recipient's address where no person is
    person: PersonRow | None
    said: list[tuple[Agendum, Look]] = field(default_factory=list)

    def key(self, day: str) -> str:
        """The name of the decision: taken twice it sends once."""
        who = self.person.id if self.person is not None else f"unit{self.unit}"
        return f"{self.channel}:{who}:{day if self.channel != 'at-once' else self.said[0][0].id}"

    def row(self, kind: str, *, day: str, now: datetime) -> dict[str, Any]:
        """The message as the outbox keeps it."""
        facts: dict[str, Any] = {
            "tasks": [[task.id, look.why, look.on.isoformat()] for task, look in self.said]
        }
        if self.person is None:
            facts["unit"] = self.unit
        return _row(self.key(day), kind, self.person, facts, now=now)


def tick(
    session: Session,
    *,
    now: datetime,
    zone: ZoneInfo,
    policy: Policy,
    calendar: Calendar,
    assume_bound: bool = False,
) -> int:
    """Open the periods and look at the tasks whose moment has come. Returns how many messages it wrote.

    `assume_bound`: units that nobody can be reached in are written to as well, without a person (simulate).
    """
    for period in agenda.due_periods(session, now=now):
        tasks.open_period(session, period, now=now)
        agenda.look_since(session, period)
    due = agenda.due_tasks(session, now=now)
    if not due:
        return 0
    morning = Morning(now, zone, policy, calendar)
    if gathering.overtake(session, before=datetime.combine(morning.today, time.min, zone)):
        due = agenda.due_tasks(session, now=now)
    day = morning.today.isoformat()
    looks = [(task, morning.look(task)) for task in due]
    letters, unreachable = _address(session, looks, assume_bound=assume_bound)
    before = agenda.taken(session, [letter.key(day) for letter in letters])
    letters = [letter for letter in letters if letter.key(day) not in before]
    copies = _copies(session, letters, assume_bound=assume_bound)
    kinds = _kinds(session, letters)
    rows = [letter.row(kind, day=day, now=now) for letter, kind in zip(letters, kinds, strict=True)]
    rows += [copy.row("copy", day=day, now=now) for copy in copies]
    rows += _warnings(session, unreachable, day=day, now=now)
    written = outbox.put_many(session, rows)
    _mark(session, looks, letters, copies, morning)
    return written


def _address(
    session: Session, looks: Iterable[tuple[Agendum, Look]], *, assume_bound: bool
) -> tuple[list[Letter], set[int]]:
    """A letter for each recipient and channel; the units that a digest finds nobody in."""
    speaking = [(task, look) for task, look in looks if look.channel]
    contacts = people.contacts_of_units(session) if speaking else {}
    letters: dict[tuple[str, object], Letter] = {}
    unreachable: set[int] = set()
    for task, look in speaking:
        person = contacts.get(task.unit_id)
        if person is None and not assume_bound:
            unreachable |= {task.unit_id} if look.channel == "digest" else set()
            continue
        who = person.id if person is not None else f"unit{task.unit_id}"
        letter = letters.setdefault((str(look.channel), who), Letter(str(look.channel), task.unit_id, person))
        letter.said.append((task, look))
    return list(letters.values()), unreachable


def _copies(session: Session, letters: Iterable[Letter], *, assume_bound: bool) -> list[Letter]:
    """A letter for each leader who is to hear of late work; one who is the contact too has heard already."""
    wanted = [(letter, task, look) for letter in letters for task, look in letter.said if look.copy]
    leaders = people.leaders_of_units(session) if wanted else {}
    copies: dict[object, Letter] = {}
    for letter, task, look in wanted:
        leader = leaders.get(task.unit_id)
        nobody = leader is None and letter.person is None and assume_bound
        if nobody or (leader is not None and (letter.person is None or leader.id != letter.person.id)):
            who = leader.id if leader is not None else f"unit{task.unit_id}"
            copy = copies.setdefault(who, Letter("copy", task.unit_id, leader))
            copy.said.append((task, look))
    return list(copies.values())


def _kinds(session: Session, letters: Iterable[Letter]) -> list[str]:
    """ "assignment" for the first notice of a plan (and for what cannot wait), else "digest"."""
    letters = list(letters)
    new = [task for letter in letters for task, look in letter.said if look.why == "new"]
    told = (
        agenda.told(session, (task.plan_id for task in new), (task.unit_id for task in new)) if new else set()
    )
    return [
        "assignment"
        if letter.channel == "at-once"
        or any(look.why == "new" and (task.plan_id, task.unit_id) not in told for task, look in letter.said)
        else "digest"
        for letter in letters
    ]


def _warnings(session: Session, units: set[int], *, day: str, now: datetime) -> list[dict[str, Any]]:
    """To each coordinator, once a day: the units whose reminders wait because nobody can be reached."""
    facts = {"units": sorted(units)}
    return [
        _row(f"unreachable:{person.id}:{day}", "unreachable", person, facts, now=now)
        for person in (people.coordinators(session) if units else ())
    ]


def _row(
    key: str, kind: str, person: PersonRow | None, facts: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    return {
        "key": key,
        "kind": kind,
        "person_id": person.id if person is not None else None,
        "facts": dict(facts),
        "due_at": now,
        "created_at": now,
    }


def _mark(
    session: Session,
    looks: Iterable[tuple[Agendum, Look]],
    letters: Iterable[Letter],
    copies: Iterable[Letter],
    morning: Morning,
) -> None:
    """When to look next; what was said, to whom it could be; what found nobody waits for the next digest."""
    said = {task.id for letter in letters for task, _ in letter.said}
    copied = {task.id for copy in copies for task, _ in copy.said}
    marks: dict[bool, list[dict[str, Any]]] = defaultdict(list)
    for task, look in looks:
        if task.id in said:
            marks[True].append(
                {
                    "id": task.id,
                    "next_at": look.then,
                    "said_until": morning.today,
                    "announced_at": task.announced_at or morning.now,
                    "copied_on": morning.today if task.id in copied else task.copied_on,
                }
            )
        else:
            marks[False].append({"id": task.id, "next_at": morning.later if look.channel else look.then})
    for rows in marks.values():
        agenda.mark(session, rows)
