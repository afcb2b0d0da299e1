"""A small office whose plan is drawn by lot, its real service on a stepping clock, and what should be said.

Nobody answers. What was sent is compared, task by task and day by day, with the policy's steps: the oracle
knows the steps and when the machine was there, and nothing of the scheduler.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select

from duban.clock import StepClock
from duban.deadlines.workdays import state_calendar
from duban.ledger.database import Ledger, Session
from duban.ledger.tables import DutyRow, ItemRow, OutboxRow, PersonRow, PlanRow, PostRow, TaskRow, UnitRow
from duban.settings import Database, Policy, Settings
from duban_bot.transports.base import Capabilities, Outgoing, Raw
from duban_cli.service import Service
from duban_cli.wiring import Office
from duban_scheduler.policy import Step, TaskKind, allowed, digest_moment, next_allowed, next_digest, steps

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = state_calendar()
POLICY = Policy()
ONE = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
DAILY = ("digest", "assignment")
ITEMS = 20
BOSS = 1
# unit → its contact, its leader; None: nobody is bound
UNITS: Mapping[int, tuple[int | None, int | None]] = {
    1: (11, 21),
    2: (12, 11),  # led by another's contact
    3: (13, None),
    4: (13, 13),  # one person for two units, who leads one
    5: (None, 25),
}


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZONE)


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


class Chat:
    """A chat that takes what it is given, and keeps when it was. `trouble`: what it says instead."""

    name = "local"
    caps = Capabilities(per_chat_interval=0, per_second=0, polls=False)

    def __init__(self, clock: StepClock) -> None:
        self._clock = clock
        self.took: list[tuple[datetime, str, str]] = []  # (moment, chat, text)
        self.trouble: Callable[[datetime], Exception | None] = lambda _now: None

    def link(self, token: str) -> str:
        return token

    async def send(self, chat: str, message: Outgoing) -> str:
        trouble = self.trouble(self._clock.now())
        if trouble is not None:
            raise trouble
        self.took.append((self._clock.now(), chat, message.html))
        return str(len(self.took))

    async def poll(self, _offset: int | None) -> Sequence[Raw]:
        return ()


@dataclass
class Drawn:
    """The office from a moment on. `down`: when its machine or its chat was not there, from and to."""

    office: Office
    clock: StepClock
    chat: Chat
    start: datetime
    service: Service = field(init=False)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    new: dict[int, datetime] = field(default_factory=dict)  # task → since when it is there and unsaid

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another process on the same ledger."""
        self.service = Service(self.office, {"local": cast(Any, self.chat)})

    async def until(self, moment: datetime) -> None:
        """Go on to a moment, with nothing left to do at it."""
        await self.service.step(moment)

    async def away(self, start: datetime, end: datetime) -> None:
        """Up to `start` it runs; then the machine is off until `end`, and another process begins."""
        await self.until(start)
        self.gone(start, end)

    def gone(self, start: datetime, end: datetime) -> None:
        """The process dies here and now."""
        self.down.append((start, end))
        self.clock.jump(end)
        self.restart()

    def add(self, lot: random.Random, count: int, *, announced: bool) -> None:
        """Tasks as drawn: every kind, due about now, of every unit; told of before or not."""
        now = self.office.now()
        with self.office.writing() as session:
            for _ in range(count):
                row = _task(lot, now, announced=announced)
                session.add(row)
                session.flush()
                if not announced:
                    self.new[row.id] = now

    # -- what was said ------------------------------------------------------------------------

    def rows(self, table: type[Any]) -> list[Any]:
        with self.office.reading() as session:
            return list(session.scalars(select(table).order_by(table.id)))

    def sent(self, *kinds: str) -> list[OutboxRow]:
        return [row for row in self.rows(OutboxRow) if row.state == "sent" and row.kind in kinds]

    def said(self, *kinds: str) -> dict[int, dict[date, str]]:
        """task → the days on which it was named, and why."""
        found: dict[int, dict[date, str]] = defaultdict(dict)
        for row in self.sent(*kinds):
            assert row.sent_at is not None
            for task, why, _ in row.facts["tasks"]:
                day = day_of(row.sent_at)
                assert day not in found[task], f"task {task} is said twice on {day}"
                found[task][day] = why
        return dict(found)

    # -- what should have been ----------------------------------------------------------------

    def chance(self, moment: datetime) -> datetime:
        """When what belongs to a digest hour can be said: then, or when the machine is back."""
        for start, end in self.down:
            if start <= moment < end:
                if allowed(end, POLICY, ZONE, CALENDAR) and digest_of(day_of(end)) <= end:
                    return end
                return self.chance(next_digest(end - INSTANT, POLICY, ZONE, CALENDAR))
        return moment

    def first_word(self, task: TaskRow) -> datetime | None:
        """When a task is first named: in the next digest, or before it where that may be too late.

        None where it was named before we began."""
        since = self.new.get(task.id)
        if since is None:
            return None
        digest = next_digest(since, POLICY, ZONE, CALENDAR)
        opens = next_allowed(since, POLICY, ZONE, CALENDAR)
        return opens if day_of(opens) <= task.due <= day_of(digest) else digest

    def expected(self, task: TaskRow) -> dict[date, str]:
        """day → why, of all that should have been said of it by now."""
        first = self.first_word(task)
        told = day_of(self.chance(first)) if first is not None else day_of(self.start) - ONE
        days = [(day_of(self.chance(digest_of(step.on))), step) for step in steps_of(task)]
        found: dict[date, str] = {day: step.why for day, step in days if step.on >= day_of(self.start)}
        found = {day: why for day, why in found.items() if day > told}
        if first is not None:
            found[told] = "new"
        return {day: why for day, why in found.items() if digest_of(day) <= self.office.now()}

    def copies(self, task: TaskRow, said: Mapping[date, str]) -> set[date]:
        """The day on which the unit's leader hears: of the first late word since the step that says so."""
        due = [step.on for step in steps_of(task) if step.copy]
        contact, leader = UNITS[task.unit_id]
        late = sorted(day for day, why in said.items() if why in {"late", "report-late"})
        days = [day for day in late if due and day >= due[0]]
        return {days[0]} if days and leader is not None and leader != contact else set()

    # -- the comparison -----------------------------------------------------------------------

    def check(self) -> int:
        """Everything that is promised of time. Returns how many messages it was."""
        self._hours()
        self._one_a_day()
        said, copied, count = self.said(*DAILY), self.said("copy"), 0
        for task in self.rows(TaskRow):
            contact, _ = UNITS[task.unit_id]
            wanted = self.expected(task) if contact is not None else {}
            assert said.get(task.id, {}) == wanted, (task.id, task.kind, task.due, task.ask_by)
            assert set(copied.get(task.id, ())) == self.copies(task, wanted), (task.id, task.due)
            count += len(wanted)
        assert count, "something was to be said"
        assert not [row for row in self.rows(OutboxRow) if row.state not in {"sent", "dropped"}]
        assert len(self.chat.took) == len(self.sent(*DAILY, "copy", "unreachable"))
        return len(self.chat.took)

    def _hours(self) -> None:
        for moment, _, text in self.chat.took:
            local = moment.astimezone(ZONE)
            assert time(8) <= local.time() < time(20), f"{local}: {text}"
            assert CALENDAR.is_workday(local.date()), f"{local}: {text}"

    def _one_a_day(self) -> None:
        """One digest a person and day; of anything else never two at once."""
        digests = [row for row in self.sent(*DAILY) if not row.key.startswith("at-once:")]
        assert max(Counter((row.person_id, day_of(row.sent_at)) for row in digests).values()) == 1
        others = self.sent("copy", "unreachable")
        assert max(Counter((row.kind, row.person_id, row.sent_at) for row in others).values(), default=1) == 1


def digest_of(day: date) -> datetime:
    return digest_moment(day, POLICY, ZONE)


def steps_of(task: TaskRow) -> tuple[Step, ...]:
    return steps(cast(TaskKind, task.kind), task.due, task.ask_by, POLICY, CALENDAR)


def _task(lot: random.Random, now: datetime, *, announced: bool) -> TaskRow:
    kind = lot.choice(["dated", "dated", "period", "closing"])
    due = day_of(now) + ONE * lot.choice([*range(-24, 12), *range(-3, 9), 14, 15, 16, 30, 31, 32])
    ask_by = due - ONE * lot.randint(1, 20) if kind == "dated" and lot.random() < 0.2 else None
    told = now - ONE * 40 if announced else None
    return TaskRow(
        item_id=lot.randint(1, ITEMS), unit_id=lot.choice(list(UNITS)), role="responsible", kind=kind,
        due=due, original_due=due, ask_by=ask_by, created_at=told or now, next_at=now, announced_at=told,
        said_until=day_of(now) - ONE if announced else None,
    )  # fmt: skip


def _office(session: Session, now: datetime) -> None:
    session.add(PlanRow(id=1, title="方案", year=now.year, state="active", quotable=True, imported_at=now))
    session.flush()
    session.add_all(
        ItemRow(id=n, plan_id=1, no=n, position=n, requirement=f"事{n}") for n in range(1, ITEMS + 1)
    )
    session.add_all(UnitRow(id=n, name=f"单位{n}") for n in UNITS)
    session.flush()
    session.add_all(
        DutyRow(item_id=n, position=0, name="单位1", role="responsible") for n in range(1, ITEMS + 1)
    )
    everybody: Iterable[int] = {BOSS, *(one for pair in UNITS.values() for one in pair if one is not None)}
    session.add_all(
        PersonRow(
            id=n, name=f"人{n}", transport="local", chat_user=str(n), chat=str(n), bound_at=now,
            coordinator=n == BOSS,
        )
        for n in sorted(everybody)
    )  # fmt: skip
    session.flush()
    for unit, pair in UNITS.items():
        for person, post in zip(pair, ("contact", "leader"), strict=True):
            if person is not None:
                session.add(PostRow(person_id=person, unit_id=unit, post=post))


@contextmanager
def drawn(ledger: Ledger, start: datetime, lot: random.Random) -> Iterator[Drawn]:
    """An office that begins at a moment (before its day's digest), with some dozens of tasks."""
    assert start.timetz().replace(tzinfo=None) < time(9)
    office = Office(Settings(database=Database(url=f"sqlite:///{ledger.path}")))
    clock = StepClock(start)
    office.__dict__["clock"] = clock
    with office.writing() as session:
        _office(session, start)
    try:
        made = Drawn(office, clock, Chat(clock), start)
        made.add(lot, 30, announced=True)
        made.add(lot, 10, announced=False)
        yield made
    finally:
        office.ledger.close()
