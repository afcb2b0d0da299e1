"""The ledger as sheets: one row for each item × unit × task, and the figures by unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from duban.exports.sheets import Cell, Column, Day, Lit, Share, Sheet
from duban.exports.values import LedgerPlan, LedgerRow, LedgerTask, UnitFigures
from duban.exports.words import Words

Read = Callable[[LedgerRow, Words], Cell]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the ledger: the key of its head, its width, what it shows of a row."""

    key: str
    width: int
    read: Read
    long: bool = False


def _day(day: date | None) -> Day | None:
    return Day(day) if day is not None else None


def _of_task(read: Callable[[LedgerTask, Words], Cell]) -> Read:
    """What a column shows of a task; nothing where there is none."""
    return lambda row, words: read(row.task, words) if row.task is not None else None


def _requirement(row: LedgerRow, words: Words) -> Cell:
    return words["cell"]["lost"] if row.item.requirement is None else row.item.requirement


def _phrase(row: LedgerRow, words: Words) -> Cell:
    """The text's own words; a report's turn is named besides them."""
    said = [phrase.replace("\n", "") or words["cell"]["given"] for phrase in row.phrases]
    turn = [words["cell"][row.task.kind]] if row.task is not None and row.task.kind != "dated" else []
    return "；".join((*said, *turn))


def _state(row: LedgerRow, words: Words) -> Cell:
    if row.task is None:
        return words["state"]["cancelled"] if row.cancelled else words["cell"]["no_task"]
    flags = [flag for flag, up in (("blocked", row.task.blocked), ("extension", row.task.extension)) if up]
    return "；".join((words["state"][row.task.state], *(words["cell"][flag] for flag in flags)))


def _due(task: LedgerTask, words: Words) -> Cell:
    return Day(task.due, task.time, words["cell"]["provisional"] if task.provisional else "")


def _percent(task: LedgerTask, _: Words) -> Cell:
    return Share(task.percent) if task.percent is not None else None


COLUMNS = (
    _Column("number", 6, lambda row, _: row.item.no),
    _Column("heading", 14, lambda row, _: row.item.heading),
    _Column("subheading", 14, lambda row, _: row.item.subheading),
    _Column("requirement", 44, _requirement, long=True),
    _Column("unit", 18, lambda row, _: row.unit),
    _Column("role", 9, lambda row, words: words["role"][row.role] if row.role else None),
    _Column("phrase", 16, _phrase),
    _Column("due", 13, _of_task(_due)),
    _Column("ask_by", 13, _of_task(lambda task, _: _day(task.ask_by))),
    _Column("state", 12, _state),
    _Column("light", 7, _of_task(lambda task, words: Lit(words["light"][task.light], task.light))),
    _Column("percent", 9, _of_task(_percent)),
    _Column("said_on", 13, _of_task(lambda task, _: _day(task.said_on))),
    _Column("said", 32, _of_task(lambda task, _: task.said), long=True),
    _Column("original", 13, _of_task(lambda task, _: _day(task.original))),
    _Column("closed_on", 13, _of_task(lambda task, _: _day(task.closed_on))),
)
_FIGURES = (("unit", 40), ("tasks", 12), ("done", 12), ("late", 12))


def ledger_sheet(plan: LedgerPlan, rows: Sequence[LedgerRow], words: Words) -> Sheet:
    """The sheet 台账."""
    return Sheet(
        name=words["sheet"]["ledger"],
        title=plan.title,
        below=_below(plan, words),
        columns=[Column(head=words["column"][one.key], width=one.width, long=one.long) for one in COLUMNS],
        rows=[[one.read(row, words) for one in COLUMNS] for row in rows],
    )


def figures_sheet(plan: LedgerPlan, figures: Sequence[UnitFigures], words: Words) -> Sheet:
    """The sheet 汇总: by unit, with the sum beneath."""
    lines = [[one.tasks, one.done, one.late] for one in figures]
    return Sheet(
        name=words["sheet"]["figures"],
        title=plan.title,
        below=_below(plan, words),
        columns=[Column(head=words["figure"][key], width=width) for key, width in _FIGURES],
        rows=[[one.unit, *line] for one, line in zip(figures, lines, strict=True)],
        total=[words["figure"]["total"], *(map(sum, zip(*lines, strict=True)) if lines else (0, 0, 0))],
    )


def _below(plan: LedgerPlan, words: Words) -> str:
    day = plan.today
    line = words["head"]["as_of" if plan.quotable else "internal"]
    return line.format(office=plan.office, year=day.year, month=day.month, day=day.day)
