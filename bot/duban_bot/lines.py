"""Tasks as a person reads them: one line a task, grouped by unit, reports of a period counted together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from duban.deadlines.workdays import workdays_between
from duban.ledger.reports import OPEN
from duban.ledger.summary import View, light
from duban.ledger.tables import TaskRow
from duban_bot.world import World

FULL = 10  # so many tasks are said in full; of more, the headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One task. `left`: working days from today to the date asked for; negative: working days since `due`."""

    task: int
    no: int
    text: str | None  # None: the plan may not be quoted, or its text is lost
    heading: str | None
    unit: str
    role: str
    kind: str
    due: date
    time: time | None
    ask_by: date | None
    left: int
    late: bool
    provisional: bool  # the year's working days are not announced yet (推算)
    state: str
    percent: int | None
    blocked: bool
    extension: bool
    light: str
    why: str = ""

    @property
    def report(self) -> bool:
        """Whether it is settled by the report itself."""
        return self.kind in {"period", "closing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """The reports of one turn of the cadence: as many as there are items."""

    due: date
    closing: bool
    late: bool
    left: int
    provisional: bool
    lines: tuple[Line, ...]
    headings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one unit has under one plan."""

    unit: str
    plan: str | None  # said only where a message speaks of several
    dated: tuple[Line, ...]
    reports: tuple[Reports, ...]
    headings: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """How many tasks."""
        return len(self.dated) + sum(len(one.lines) for one in self.reports)


class Reader:
    """Turns tasks into lines as of a moment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._view = View(today=world.today, warn_days=world.settings.policy.warn_days)
        self._left: dict[date, int] = {}

    def line(self, task: TaskRow, why: str = "") -> Line:
        """One task as it stands."""
        today = self._world.today
        plan = task.item.plan
        late = task.due < today and task.state in OPEN
        said = plan.quotable
        return Line(
            task=task.id, no=task.item.no, text=task.item.requirement if said else None,
            heading=(task.item.heading or None) if said else None, unit=task.unit.name, role=task.role,
            kind=task.kind, due=task.due, time=task.time, ask_by=task.ask_by if not late else None,
            left=self._days(task.due if late else task.ask_by or task.due), late=late,
            provisional=self._world.calendar.provisional(task.due.year), state=task.state,
            percent=task.percent, blocked=task.blocked, extension=task.extension_requested,
            light=light(task.state, task.due, self._view), why=why,
        )  # fmt: skip

    def parts(self, tasks: Iterable[TaskRow], why: dict[int, str] | None = None) -> tuple[Part, ...]:
        """Tasks grouped by unit (and plan), dated ones by date, reports by turn."""
        grouped: dict[tuple[int, int], list[TaskRow]] = {}
        for task in tasks:
            grouped.setdefault((task.unit_id, task.item.plan_id), []).append(task)
        several = len({plan for _, plan in grouped}) > 1
        return tuple(self._part(rows, why or {}, several=several) for rows in grouped.values())

    def _part(self, rows: Sequence[TaskRow], why: dict[int, str], *, several: bool) -> Part:
        lines = [self.line(task, why.get(task.id, "")) for task in rows]
        dated = sorted((one for one in lines if not one.report), key=lambda one: (one.due, one.no))
        turns: dict[tuple[date, bool], list[Line]] = {}
        for one in lines:
            if one.report:
                turns.setdefault((one.due, one.kind == "closing"), []).append(one)
        plan = rows[0].item.plan
        return Part(
            unit=rows[0].unit.name,
            plan=plan.title if several and plan.quotable else None,
            dated=tuple(dated),
            reports=tuple(
                Reports(
                    due=due,
                    closing=closing,
                    late=turn[0].late,
                    left=turn[0].left,
                    provisional=turn[0].provisional,
                    lines=tuple(turn),
                    headings=_headings(turn),
                )
                for (due, closing), turn in sorted(turns.items())
            ),
            headings=_headings(dated),
        )

    def _days(self, day: date) -> int:
        if day not in self._left:
            self._left[day] = workdays_between(self._world.today, day, self._world.calendar)
        return self._left[day]


def _headings(lines: Iterable[Line]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(one.heading for one in lines if one.heading).items())
