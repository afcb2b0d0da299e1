"""What a contact looks at: their items, what is due, one item, the rest of a long message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from duban.access import Act, Thing, allowed
from duban.ledger import desk, people, reports
from duban.ledger.tables import ItemRow, OutboxRow, TaskRow
from duban_bot import messages
from duban_bot.conversation import pictures, presses
from duban_bot.conversation.talk import Talk
from duban_bot.lines import FULL, Part, Reader
from duban_bot.messages import NONE, Keys
from duban_bot.words import in_pages

LOOK_AHEAD = 30  # days of /due where none are given


def mine(talk: Talk, _row: object, _rest: str) -> None:
    """Everything that the person's units have open."""
    tasks = reports.open_tasks(talk.session, talk.me)
    if not tasks:
        talk.say("nothing", coordinator=talk.me.coordinator, units=_unit_names(talk))
        return
    _list(talk, "mine", tasks)


def due(talk: Talk, _row: object, rest: str) -> None:
    """What is due in the next days: one's own, and for a coordinator everybody's."""
    days = int(rest) if rest.isdecimal() and int(rest) <= 366 else LOOK_AHEAD  # noqa: PLR2004 - a year
    if talk.me.coordinator:
        pictures.due(talk, days)
        if not _unit_names(talk):
            return
    until = talk.today + timedelta(days=days)
    tasks = [task for task in reports.open_tasks(talk.session, talk.me) if task.due <= until]
    if not tasks:
        talk.say("nothing_due", days=days)
        return
    _list(talk, "due", tasks, days=days)


def _unit_names(talk: Talk) -> list[str]:
    return [unit.name for unit in people.units_of(talk.session, talk.me)]


def _list(talk: Talk, template: str, tasks: Sequence[TaskRow], **facts: Any) -> None:
    """Tasks: in full up to ten, else dated ones in full, reports as headings, each item behind."""
    reader = Reader(talk.world)
    parts = reader.parts(tasks)
    full = len(tasks) <= FULL
    late = sum(task.due < talk.today for task in tasks)
    head = talk.words.render(
        f"chat/{template}.html.j2", today=talk.today, count=len(tasks), late=late, parts=parts, **facts
    )
    tail = talk.words.render("chat/how.html.j2", no=tasks[0].item.no)
    go_on = talk.words.block("go_on", 0)
    first = in_pages(messages.each(talk.world, parts, everything=full), head=head, tail=tail, go_on=go_on)
    behind = not full or len(first) > 1
    talk.say_html(first[0], _picks(talk, parts), listed=[task.id for task in tasks] if behind else ())


def _picks(talk: Talk, parts: Sequence[Part]) -> Keys:
    """Buttons for the first few tasks with a date."""
    lines = [one for part in parts for one in part.dated][:6] or (
        [one for part in parts for turn in part.reports for one in turn.lines][:6]
        if sum(part.count for part in parts) <= FULL
        else []
    )
    return messages.picks(talk.world, lines, name_unit=len(parts) > 1)


def item(talk: Talk, row: ItemRow, _rest: str) -> None:
    """One item: words and reports to whom they concern, the states alone to the leading unit."""
    session, me = talk.session, talk.person
    reader = Reader(talk.world)
    own: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    buttons: list[tuple[Any, ...]] = []
    tasks = _without_past_turns(desk.tasks_of_item(session, row))
    known = people.parts_in_item(session, me, row, (task.unit_id for task in tasks))
    for task in tasks:
        parts = known[task.unit_id]
        line = reader.line(task)
        if allowed(parts, Thing.TASK, Act.SEE):
            own.append({"line": line, "said": desk.last_report(session, task)})
            if allowed(parts, Thing.TASK, Act.REPORT) and task.state in reports.OPEN and not buttons:
                buttons += messages.task_keys(talk.world, line)
        elif allowed(parts, Thing.TASK, Act.SEE_STATE):
            others.append({"line": line})
    text = row.requirement if row.plan.quotable else None
    lead = people.lead_names(session, row.id)
    head = talk.words.render(
        "chat/item.html.j2", no=row.no, text=text, heading=row.heading if text else None,
        cancelled=row.state == "cancelled", reason=row.reason, lead=lead, lost=row.requirement is None,
        quotable=row.plan.quotable,
    )  # fmt: skip
    today = talk.today
    blocks = [talk.words.block("unit_line", one["line"], one["said"], today) for one in own]
    if others:
        blocks += [talk.words.block("others_head", len(others))]
        blocks += [talk.words.block("state_line", one["line"], today) for one in others]
    made = in_pages(blocks, head=head, go_on=talk.words.block("go_on", 0))
    talk.say_pages([(made[0], tuple(buttons)), *((html, NONE) for html in made[1:])])


def _without_past_turns(tasks: Sequence[TaskRow]) -> list[TaskRow]:
    """A unit's reports of turns that are over left out, but for the newest: they would fill pages."""
    newest = {(task.unit_id, task.kind): task for task in sorted(tasks, key=lambda task: task.due)}
    return [task for task in tasks if task.kind != "period" or newest[task.unit_id, task.kind] is task]


def more(talk: Talk, row: OutboxRow, arg: str) -> None:
    """A later page of a message, as things stand now."""
    pages = messages.pages(talk.session, row, talk.world)
    number = int(arg) if arg.isdecimal() else 1
    if number >= len(pages):
        talk.say("no_more")
        return
    html, buttons = pages[number]
    left = len(pages) - number - 1
    behind = ((talk.label("more", f"more:{row.id}:{number + 1}"),),) if left else NONE
    talk.say_html(html, (*buttons, *behind))


def pick(talk: Talk, row: TaskRow, _arg: str) -> None:
    """One task with its buttons; words that follow are about it."""
    session = talk.session
    task = desk.tasks_by_id(session, [row.id])[row.id]
    waited = talk.me.dialog
    if waited is not None and waited.kind == "which":
        facts = dict(waited.facts)
        desk.no_longer_waiting(talk.me)
        presses.which(talk, facts, task)
        return
    line = Reader(talk.world).line(task)
    opened = task.state in reports.OPEN
    if opened:
        desk.wait_for(talk.me, "focus", {"task": task.id}, now=talk.now)
    talk.say(
        "task",
        messages.task_keys(talk.world, line) if opened else (),
        line=line,
        said=desk.last_report(session, task),
        opened=opened,
    )


def how(talk: Talk, _row: object, _rest: str) -> None:
    """How to report, with an item of one's own as the example."""
    tasks = reports.open_tasks(talk.session, talk.me)
    talk.say("report", no=tasks[0].item.no if tasks else 5, count=len(tasks))
