"""The coordinator's picture: plans, figures, what is late or due, a unit, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from duban.deadlines.workdays import workdays_between
from duban.ledger import desk, summary
from duban.ledger.reports import OPEN
from duban.ledger.tables import TaskRow, UnitRow
from duban_bot import messages
from duban_bot.conversation.talk import Talk
from duban_bot.lines import Reader
from duban_bot.messages import NONE, Keys
from duban_bot.transports.base import Button
from duban_bot.words import in_pages

LISTED = 30  # units in a summary: those with something late first
ENTRIES = 6  # of the queue in one message, each with its buttons


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item in a coordinator's list: the lead's task, the others counted beneath."""

    no: int
    text: str | None
    unit: str
    state: str
    due: date
    days: int  # working days to the date; negative: since
    all: int
    answered: int
    units: int  # how many units the row stands for

    @property
    def others(self) -> bool:
        """Whether other units stand beneath."""
        return self.all > 1


def view(talk: Talk) -> summary.View:
    """How things are looked at now."""
    world = talk.world
    return summary.View.at(talk.now, world.zone, world.settings.policy, world.calendar)


def plans_(talk: Talk, _row: object, _rest: str) -> None:
    """All plans with their state; a draft can be activated from here."""
    found = desk.plans(talk.session)
    drafts = [plan for plan in found if plan.state == "draft"][:3]
    buttons = [[talk.label("activate", f"activate:{plan.id}")] for plan in drafts]
    rows = [{"plan": plan, "items": summary.items_under(talk.session, plan)} for plan in found[:20]]
    talk.say("plans", buttons if len(drafts) == 1 else (), rows=rows, drafts=len(drafts))


def summary_(talk: Talk, _row: object, _rest: str) -> None:
    """The newest active plans in figures."""
    found = [plan for plan in desk.plans(talk.session) if plan.state == "active"]
    if not found:
        talk.say("no_plan")
        return
    for plan in found[:3]:
        figures = summary.summary(talk.session, plan, view=view(talk))
        units = sorted(figures["units"], key=lambda unit: (-unit["late"], -unit["tasks"]))
        talk.say("summary", plan=plan, figures=figures, units=units[:LISTED], hidden=len(units) - LISTED)


def overdue(talk: Talk, _row: object, _rest: str) -> None:
    """What is late, one row an item."""
    rows = summary.overdue(talk.session, view=view(talk))
    _rows(talk, "overdue", [int(row["task"]) for row in rows])


def due(talk: Talk, days: int) -> None:
    """What is due within so many days, one row an item."""
    rows = summary.due(talk.session, view=view(talk), days=days)
    _rows(talk, "all_due", [int(row["task"]) for row in rows], days=days)


def _rows(talk: Talk, template: str, ids: Sequence[int], **facts: Any) -> None:
    tasks = list(desk.tasks_by_id(talk.session, ids).values())
    rows = by_item(talk, tasks)
    head = talk.words.render(
        f"chat/{template}.html.j2", today=talk.today, items=len(rows), tasks=len(tasks), **facts
    )
    blocks = [talk.words.block("lead_row", row, talk.today) for row in rows]
    found = in_pages(blocks, head=head, go_on=talk.words.block("go_on", 0))
    talk.say_pages([(html, NONE) for html in found])


def by_item(talk: Talk, tasks: Iterable[TaskRow]) -> list[Row]:
    """Tasks as rows of items and dates, the earliest date first; the lead's task stands for the item."""
    grouped: dict[tuple[int, date], list[TaskRow]] = {}
    for task in tasks:
        grouped.setdefault((task.item_id, task.due), []).append(task)
    counts = desk.answered(talk.session, (item for item, _ in grouped))
    rows = []
    for key, group in sorted(grouped.items(), key=lambda one: (one[0][1], one[1][0].item.no)):
        first = min(group, key=lambda task: (task.role != "lead", task.unit_id))
        done, all_ = counts.get(key, (0, len(group)))
        rows.append(
            Row(
                no=first.item.no,
                text=first.item.requirement if first.item.plan.quotable else None,
                unit=first.unit.name,
                state=first.state,
                due=first.due,
                days=workdays_between(talk.today, first.due, talk.world.calendar),
                all=all_,
                answered=done,
                units=len(group),
            )
        )
    return rows


def unit(talk: Talk, row: UnitRow, _rest: str) -> None:
    """Everything a unit has."""
    tasks = desk.tasks_of_units(talk.session, [row.id])
    live = [task for task in tasks if task.state in OPEN]
    late = sum(task.due < talk.today for task in live)
    head = talk.words.render("chat/unit.html.j2", unit=row.name, tasks=len(tasks), open=len(live), late=late)
    reader = Reader(talk.world)
    blocks = messages.each(talk.world, reader.parts(live), everything=True)
    made = in_pages(blocks, head=head, go_on=talk.words.block("go_on", 0))
    talk.say_pages([(html, NONE) for html in made])


# the queue: an entry's buttons by its kind, as (label, data)
Maker = Callable[[Talk, dict[str, Any]], list[Button]]


def _verify_keys(talk: Talk, row: dict[str, Any]) -> list[Button]:
    facts = {"no": row["item"], "unit": row["unit"]}
    keys = [
        talk.label("close_unit", f"close:{row['task']}", **facts),
        talk.label("return_unit", f"return:{row['task']}", **facts),
    ]
    if row["count"] > 1:
        keys.append(talk.label("close_item", f"closeitem:{row['item_id']}", **facts))
    return keys


def _extension_keys(talk: Talk, row: dict[str, Any]) -> list[Button]:
    keys = [talk.label("refuse", f"refuse:{row['extension']}", no=row["item"])]
    if row["asked"]:
        keys.insert(0, talk.label("grant", f"grant:{row['extension']}", no=row["item"]))
    return keys


def _blocked_keys(talk: Talk, row: dict[str, Any]) -> list[Button]:
    return [talk.label("resolve", f"resolve:{row['task']}", no=row["item"])]


def _question_keys(talk: Talk, row: dict[str, Any]) -> list[Button]:
    return [talk.label("settle", f"settle:{row['question']}", n=row["n"])]


def _held_keys(talk: Talk, _row: dict[str, Any]) -> list[Button]:
    return [talk.label("release", "release:0"), talk.label("dropheld", "dropheld:0")]


def _doubtful_keys(talk: Talk, row: dict[str, Any]) -> list[Button]:
    return [
        talk.label("resend", f"resend:{row['message']}", n=row["n"]),
        talk.label("letbe", f"letbe:{row['message']}", n=row["n"]),
    ]


ENTRY_KEYS: dict[str, Maker] = {
    "verify": _verify_keys,
    "extension": _extension_keys,
    "blocked": _blocked_keys,
    "question": _question_keys,
    "unclear": _question_keys,
    "unknown-message": _doubtful_keys,
    "held-messages": _held_keys,
}


def queue(talk: Talk, _row: object, _rest: str) -> None:
    """What waits for the coordinator, the oldest first, a few entries a message, each with its buttons."""
    rows = _merged(talk, summary.queue(talk.session, view=view(talk)))
    for n, row in enumerate(rows, 1):
        row["n"] = n
    if not rows:
        talk.say("queue_empty")
        return
    found: list[tuple[str, Keys]] = []
    for start in range(0, len(rows), ENTRIES):
        some = rows[start : start + ENTRIES]
        html = talk.words.render(
            "chat/queue.html.j2", rows=some, count=len(rows), start=start, today=talk.today
        )
        keys = [ENTRY_KEYS[row["kind"]](talk, row) for row in some if row["kind"] in ENTRY_KEYS]
        found.append((html, tuple(tuple(one) for one in keys)))
    talk.say_pages(found)


def _merged(talk: Talk, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries with the day they wait since. One entry an item for work to verify, the lead's; who has not
    signed comes last, in one.
    """
    tasks = desk.tasks_by_id(talk.session, (int(row["task"]) for row in rows if row.get("task")))
    merged: dict[tuple[str, int], dict[str, Any]] = {}
    unsigned = [row for row in rows if row["kind"] == "unsigned"]
    for n, found in enumerate(row for row in rows if row["kind"] != "unsigned"):
        row = dict(found) | {"count": 1, "quote": None, "since_day": _day(talk, found["since"])}
        row["asked_day"] = date.fromisoformat(row["asked"]) if row.get("asked") else None
        task = tasks.get(int(row["task"])) if row.get("task") else None
        if task is not None:
            row |= {"item_id": task.item_id, "lead": task.role == "lead"}
            row["quote"] = task.item.requirement if task.item.plan.quotable else None
        key = ("verify", task.item_id) if task is not None and row["kind"] == "verify" else ("", n)
        known = merged.get(key)
        if known is None:
            merged[key] = row
            continue
        count = known["count"] + 1
        if row["lead"] and not known["lead"]:
            merged[key] = row
        merged[key]["count"] = count
    answered = desk.answered(talk.session, (row["item_id"] for row in merged.values() if "item_id" in row))
    for row in merged.values():
        task = tasks.get(int(row["task"])) if row.get("task") else None
        row["answered"] = answered.get((task.item_id, task.due)) if task is not None else None
    return [*merged.values(), *_together(talk, unsigned)]


def _together(talk: Talk, unsigned: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who has not signed is one entry: nothing has to be decided on it."""
    if not unsigned:
        return []
    more = {"unit": None, "units": [row["unit"] for row in unsigned], "count": len(unsigned)}
    return [unsigned[0] | more | {"since_day": _day(talk, unsigned[0]["since"])}]


def _day(talk: Talk, moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).astimezone(talk.world.zone).date() if moment else None
