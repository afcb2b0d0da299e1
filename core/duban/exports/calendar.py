"""The dates of what is still to be done, as a calendar: one entry for an item and its date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_OID, uuid5

from duban.exports.values import LedgerPlan, LedgerRow, LedgerTask
from duban.exports.words import Words

_SHORT = 40  # characters of a requirement in the line that a calendar shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A day in a calendar. `uid` stays the same when the calendar is written anew, and when the day moves."""

    uid: str
    day: date
    title: str
    text: str


def entries(plan: LedgerPlan, rows: Sequence[LedgerRow], words: Words) -> list[Entry]:
    """By date. The reports of one turn are one entry; a plan that may not be quoted shows numbers alone.

    An entry is known by its first task, done or not: who reports does not make another of it.
    """
    groups: dict[tuple[object, ...], list[tuple[LedgerRow, LedgerTask]]] = {}
    for row in rows:
        if (task := row.task) is not None:
            of_item = row.item.id if task.kind == "dated" else None
            groups.setdefault((task.due, task.kind, of_item), []).append((row, task))
    found = []
    for pairs in groups.values():
        waiting = [pair for pair in pairs if pair[1].open]
        if waiting:
            first = min(task.id for _, task in pairs)
            uid = uuid5(NAMESPACE_OID, f"duban:{plan.imported_at.isoformat()}:{plan.id}:{first}")
            dated = waiting[0][1].kind == "dated"
            title, text = _dated(plan, waiting, words) if dated else _turn(waiting, words)
            found.append(Entry(uid=str(uid), day=waiting[0][1].due, title=title, text=text))
    return sorted(found, key=lambda one: one.day)


def _dated(
    plan: LedgerPlan, waiting: Sequence[tuple[LedgerRow, LedgerTask]], words: Words
) -> tuple[str, str]:
    row, task = waiting[0]
    say, item = words["calendar"], row.item
    said = " ".join((item.requirement or "").split()) if plan.quotable else ""
    title = say["item_text" if said else "item"].format(no=item.no, text=_cut(said))
    title += say["at"].format(time=f"{task.time:%H:%M}") if task.time is not None else ""
    title += words["cell"]["provisional"] if task.provisional else ""
    phrases = "；".join(filter(None, row.phrases)) if plan.quotable else ""
    asked = sorted({task.ask_by for _, task in waiting if task.ask_by is not None})
    lines = [
        said,
        say["phrase"].format(phrase=phrases) if phrases else "",
        *(say["ask_by"].format(day=day.isoformat()) for day in asked),
        _units((row.unit for row, _ in waiting), words),
    ]
    return title, "\n".join(filter(None, lines))


def _turn(waiting: Sequence[tuple[LedgerRow, LedgerTask]], words: Words) -> tuple[str, str]:
    task = waiting[0][1]
    items = len({row.item.id for row, _ in waiting})
    title = words["calendar"][task.kind].format(items=items)
    title += words["cell"]["provisional"] if task.provisional else ""
    return title, _units((row.unit for row, _ in waiting), words)


def _units(names: Iterable[str], words: Words) -> str:
    each = dict.fromkeys(names)
    return words["calendar"]["units"].format(count=len(each), units="、".join(each))


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
