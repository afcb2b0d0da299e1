"""Outbox rows as messages. Who gets them, and what is still to be said, is looked up at this moment."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from duban.ledger import desk, held, people
from duban.ledger.database import Session
from duban.ledger.reports import OPEN
from duban.ledger.tables import InboxRow, InviteRow, OutboxRow, PersonRow, TaskRow, UnitRow
from duban_bot.lines import FULL, Line, Part, Reader
from duban_bot.transports.base import Button, Document
from duban_bot.words import in_pages
from duban_bot.world import World

Keys = tuple[tuple[Button, ...], ...]
NONE: Keys = ()
SINGLE = 4  # of so few dated tasks each gets a button of its own
NEEDED = {
    "digest": people.CONTACT,
    "assignment": people.CONTACT,
    "reminder": people.CONTACT,
    "copy": people.LEADER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as it leaves. `said`: ids of the tasks that it speaks of. `secret`: never to be stored."""

    html: str
    buttons: Keys = ()
    document: Document | None = None
    said: tuple[int, ...] = ()
    secret: bool = False

    @property
    def kept(self) -> str:
        """The text that may be stored as sent: none where it holds a link that lets somebody in."""
        return "" if self.secret else self.html


def render(session: Session, row: OutboxRow, world: World) -> Rendered | None:
    """The message of a row, or None when nothing is left to say."""
    made = RENDERERS[row.kind](session, row, world)
    if made is not None and row.again:
        html = world.words.render("chat/again.html.j2") + "\n" + made.html
        return replace(made, html=html)
    return made


def living(session: Session, row: OutboxRow) -> dict[int, TaskRow]:
    """The tasks of a message that are still open, and still this person's."""
    return _living(session, row, (int(one[0]) for one in row.facts["tasks"]), NEEDED[row.kind])


def _living(session: Session, row: OutboxRow, ids: Iterable[int], post: str) -> dict[int, TaskRow]:
    tasks = desk.tasks_by_id(session, ids)
    posts = desk.posts_of(session, [row.person_id]) if row.person_id is not None else None
    return {
        id_: task
        for id_, task in tasks.items()
        if task.state in OPEN
        and task.item.state == "active"
        and task.item.plan.state == "active"
        and (posts is None or (row.person_id, task.unit_id, post) in posts)
    }


def pages(session: Session, row: OutboxRow, world: World) -> list[tuple[str, Keys]]:
    """Everything that a message stands for, page by page: the first as it is sent, then each item."""
    if row.kind == "text" and not row.facts:  # its time was over
        return []
    if row.kind == "text":
        rest = [(str(html), keys(buttons)) for html, buttons in row.facts.get("pages", ())]
        listed = _living(session, row, row.facts.get("listed", ()), people.CONTACT)
        parts = Reader(world).parts(listed.values())
        rest += [(html, NONE) for html in in_pages(each(world, parts, everything=True))] if listed else []
        return [(str(row.facts["html"]), keys(row.facts["buttons"])), *rest]
    tasks = living(session, row)
    if not tasks:
        return []
    why = {int(one[0]): str(one[1]) for one in row.facts["tasks"]}
    parts = Reader(world).parts(tasks.values(), why)
    first = _first(session, row, world, tasks, parts)
    later = in_pages(each(world, parts, everything=True)) if first.behind else []
    return [(first.html, _keys(row, world, parts, behind=first.behind)), *((html, NONE) for html in later)]


def keys(rows: Sequence[Sequence[Sequence[str]]]) -> Keys:
    """Stored buttons as buttons."""
    return tuple(tuple(Button(label, data) for label, data in row) for row in rows)


@dataclass(frozen=True, slots=True)
class _First:
    html: str
    behind: bool  # something is only on the later pages


def _first(
    session: Session, row: OutboxRow, world: World, tasks: dict[int, TaskRow], parts: Sequence[Part]
) -> _First:
    words, today = world.words, world.today
    full = len(tasks) <= FULL
    facts = {
        "parts": parts, "today": today, "count": len(tasks), "full": full,
        "office": world.settings.office.name,
        "reports": sum(len(one.lines) for part in parts for one in part.reports),
        "closing": any(one.closing for part in parts for one in part.reports),
        "dated": sum(len(part.dated) for part in parts), "kind": row.kind,
        "title": _title(tasks), "unsigned": any(task.state == "open" for task in tasks.values()),
    }  # fmt: skip
    head = words.render(f"chat/{row.kind}.html.j2", **facts)
    tail = words.render("chat/closing.html.j2", else_open=_else_open(session, row, world, tasks), **facts)
    blocks = each(world, parts, everything=full)
    shown = in_pages(blocks, head=head, tail=tail, go_on=words.block("go_on", 0))
    return _First(shown[0], behind=not full or len(shown) > 1)


def _title(tasks: dict[int, TaskRow]) -> str | None:
    """The plan's title, where all tasks are of one plan that may be quoted."""
    plans = {task.item.plan_id: task.item.plan for task in tasks.values()}
    only = next(iter(plans.values()))
    return only.title if len(plans) == 1 and only.quotable else None


def each(world: World, parts: Sequence[Part], *, everything: bool) -> list[str]:
    """Tasks as blocks of HTML: dated and late tasks in full; the rest in full, or as headings with counts."""
    words, today = world.words, world.today
    blocks = []
    for part in parts:
        if len(parts) > 1 or part.plan:
            blocks.append("\n" + words.block("part_head", part))
        in_full = [
            one for one in part.dated if everything or one.late or one.why != "new" or one.kind == "dated"
        ]
        blocks += [words.block("task", one, today) for one in in_full]
        for reports in part.reports:
            blocks.append(words.block("report_head", reports, today))
            if everything or (reports.late and len(reports.lines) <= FULL):
                blocks += [words.block("brief", one) for one in reports.lines]
            elif reports.headings:
                blocks.append(words.block("headings", reports.headings))
    return blocks


def _else_open(session: Session, row: OutboxRow, world: World, said: dict[int, TaskRow]) -> dict[str, int]:
    """Counts of everything open that the message does not name."""
    units = {task.unit_id for task in said.values()}
    if row.kind == "copy":
        return {"count": 0, "late": 0}
    others = [
        task
        for task in desk.tasks_of_units(session, sorted(units))
        if task.state in OPEN and task.id not in said
    ]
    return {"count": len(others), "late": sum(task.due < world.today for task in others)}


def _keys(row: OutboxRow, world: World, parts: Sequence[Part], *, behind: bool) -> Keys:
    """What can be pressed under a message about tasks."""
    words = world.words
    rows: list[tuple[Button, ...]] = []
    lines = [one for part in parts for one in (*part.dated, *(x for r in part.reports for x in r.lines))]
    if row.kind != "copy":
        if any(one.state == "open" for one in lines):
            rows.append((Button(words.label("ack"), f"ack:{row.id}"),))
        if any(one.report for one in lines) and row.kind != "assignment":
            rows.append((Button(words.label("course"), f"course:{row.id}"),))
        if sum(one.kind == "closing" for one in lines) > 1 and row.kind != "assignment":
            rows.append((Button(words.label("all_done"), f"alldone:{row.id}"),))
        single = [one for one in lines if one.kind != "period"] or (lines if len(lines) == 1 else [])
        if row.kind == "assignment":
            single = []
        if len(single) == 1:
            rows += task_keys(world, single[0], receive=False)
        elif 1 < len(single) <= SINGLE:
            several = len(parts) > 1
            rows += picks(world, single, name_unit=several)
    if behind:
        rows.append((Button(words.label("everything"), f"more:{row.id}:1"),))
    return tuple(rows)


def picks(world: World, lines: Sequence[Line], *, name_unit: bool = False) -> Keys:
    """The buttons that open one task each, three a row; an item that is there twice is told by its date."""
    count = Counter((line.no, line.unit) for line in lines)
    made = []
    for line in lines:
        if name_unit:
            said = world.words.label("pick_unit", no=line.no, unit=line.unit)
        elif count[line.no, line.unit] > 1:
            said = world.words.label("pick_day", no=line.no, month=line.due.month, day=line.due.day)
        else:
            said = world.words.label("pick", no=line.no)
        made.append(Button(said, f"pick:{line.task}"))
    return tuple(tuple(made[start : start + 3]) for start in range(0, len(made), 3))


def task_keys(world: World, line: Line, *, receive: bool = True) -> list[tuple[Button, ...]]:
    """The buttons of one open task."""
    verbs = ["done", "going", "stuck", "extend", "later"]
    if receive and line.state == "open":
        verbs.insert(0, "recv")
    if line.kind == "period":
        verbs.remove("extend")
    made = [Button(world.words.label(verb), f"{verb}:{line.task}") for verb in verbs]
    return [tuple(made[start : start + 3]) for start in range(0, len(made), 3)]


def _tasks(session: Session, row: OutboxRow, world: World) -> Rendered | None:
    found = pages(session, row, world)
    if not found:
        return None
    html, buttons = found[0]
    return Rendered(html=html, buttons=buttons, said=tuple(living(session, row)))


def _text(_session: Session, row: OutboxRow, world: World) -> Rendered | None:
    buttons = keys(row.facts.get("buttons", ()))
    if row.facts.keys() & {"pages", "listed"}:  # more is behind its button
        buttons = (*buttons, (Button(world.words.label("more"), f"more:{row.id}:1"),))
    return Rendered(html=str(row.facts["html"]), buttons=buttons)


def _document(_session: Session, row: OutboxRow, _world: World) -> Rendered | None:
    body = base64.b64decode(row.facts["body_base64"])
    return Rendered(html=str(row.facts["caption"]), document=Document(name=str(row.facts["name"]), body=body))


def _unreachable(session: Session, row: OutboxRow, world: World) -> Rendered | None:
    """Units whose reminders wait for a contact: those that still have none."""
    reachable = people.contacts_of_units(session)
    units = [session.get(UnitRow, int(id_)) for id_ in row.facts["units"] if int(id_) not in reachable]
    names = [unit.name for unit in units if unit is not None]
    return Rendered(html=world.words.render("chat/unreachable.html.j2", units=names)) if names else None


def _lost_contact(session: Session, row: OutboxRow, world: World) -> Rendered | None:
    person = session.get(PersonRow, int(row.facts["person"]))
    if person is None or person.reachable:
        return None
    units = [unit.name for unit in people.units_of(session, person)]
    return Rendered(html=world.words.render("chat/lost_contact.html.j2", name=person.name, units=units))


def _refused(session: Session, row: OutboxRow, world: World) -> Rendered | None:
    """A message that the chat took in no form."""
    person = session.get(PersonRow, int(row.facts["person"]))
    if person is None:
        return None
    no = int(row.facts["message"])
    return Rendered(html=world.words.render("chat/refused.html.j2", name=person.name, no=no))


def _set_aside(session: Session, row: OutboxRow, world: World) -> Rendered | None:
    kept = session.get(InboxRow, int(row.facts["inbox"]))
    return Rendered(html=world.words.render("chat/kept.html.j2", no=kept.id)) if kept is not None else None


def _restored(session: Session, row: OutboxRow, world: World) -> Rendered | None:
    """The ledger came from a backup: since when, and what waits for the coordinator's word."""
    count = held.count(session)
    taken = row.facts["taken"]
    moment = datetime.fromisoformat(taken).astimezone(world.zone) if taken is not None else None
    html = world.words.render("chat/restored.html.j2", taken=moment, count=count, today=world.today)
    words = world.words
    both = (Button(words.label("release"), "release:0"), Button(words.label("dropheld"), "dropheld:0"))
    return Rendered(html=html, buttons=(both,) if count else NONE)


def _invite(session: Session, row: OutboxRow, world: World) -> Rendered | None:
    """Links for those who have not come yet. Their tokens are made here and stored nowhere but hashed."""
    found = [session.get(InviteRow, int(id_)) for id_ in row.facts["invites"]]
    live = [one for one in found if one is not None and one.used_at is None and one.expires_at > world.now]
    ids = {one.unit_id for one in live if one.unit_id is not None}
    units: dict[int | None, str] = {id_: session.get_one(UnitRow, id_).name for id_ in ids}
    invites = [
        {
            "post": one.post,
            "name": one.name or units[one.unit_id],
            "link": world.link(people.renew(session, one)),
            "expires": one.expires_at.astimezone(world.zone).date(),
        }
        for one in live
    ]
    html = world.words.render("chat/invites.html.j2", invites=invites, today=world.today)
    return Rendered(html=html, secret=True) if invites else None


RENDERERS: dict[str, Callable[[Session, OutboxRow, World], Rendered | None]] = {
    "digest": _tasks,
    "assignment": _tasks,
    "reminder": _tasks,
    "copy": _tasks,
    "unreachable": _unreachable,
    "lost-contact": _lost_contact,
    "refused": _refused,
    "set-aside": _set_aside,
    "restored": _restored,
    "invite": _invite,
    "text": _text,
    "edit": _text,
    "document": _document,
}


def facts_of(html: str, buttons: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """A ready text as an outbox row keeps it."""
    return {"html": html, "buttons": [[[one.label, one.data] for one in row] for row in buttons]}
