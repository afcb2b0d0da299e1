"""`duban simulate`: the engine itself on a copy of the ledger, stepping, with nobody who answers."""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from duban.clock import StepClock
from duban.deadlines.workdays import Calendar
from duban.errors import DubanError
from duban.ledger import backup, desk, inbox, outbox
from duban.ledger.database import Ledger, Session
from duban.ledger.outbox import Sending
from duban.ledger.tables import OutboxRow, PersonRow, UnitRow
from duban_bot import messages
from duban_bot.world import World
from duban_cli.printing import as_json, show
from duban_cli.reading import day
from duban_cli.wiring import Office, office
from duban_scheduler import planning

BATCH = 500


class WrongWay(DubanError):
    """--from 比 --to 晚，请对调。"""


@click.command("simulate", epilog="例：duban simulate --from 2026-09-01 --to 2026-12-31")
@click.option("--from", "start", required=True, metavar="日期", help="从这一天（含）")
@click.option("--to", "end", required=True, metavar="日期", help="到这一天（含）")
@click.option("--json", "json_wanted", is_flag=True, help="输出 JSON")
@click.pass_context
def simulate_command(ctx: click.Context, start: str, end: str, json_wanted: bool) -> None:
    """预演：如果没有人反馈、也不作决定，哪天会给谁发什么。不发送，也不写入任何东西。"""
    first, last = day(start), day(end)
    assert first is not None  # noqa: S101 - both options are required
    assert last is not None  # noqa: S101
    if last < first:
        raise WrongWay
    here = office(ctx)
    begin = datetime.combine(first, time.min, here.zone)
    finish = datetime.combine(last + timedelta(days=1), time.min, here.zone)
    with copied(here) as copy:
        data = list(simulate(copy, begin, finish))
    if json_wanted:
        as_json(data)
    else:
        show("simulate", data=data)


class copied:  # noqa: N801 - reads as a verb
    """An office whose ledger is a copy that nobody else sees."""

    def __init__(self, here: Office) -> None:
        self._here = here
        self._folder = tempfile.TemporaryDirectory(prefix="duban-")

    def __enter__(self) -> Office:
        file = Path(self._folder.name) / "copy.sqlite3"
        backup.copy_to(self._here.ledger, file)
        copy = Office(self._here.settings)
        copy.__dict__["ledger"] = Ledger(f"sqlite:///{file}")
        copy.__dict__["clock"] = StepClock(self._here.now())
        return copy

    def __exit__(self, *_: object) -> None:
        self._here.ledger.close()
        self._folder.cleanup()


def simulate(copy: Office, begin: datetime, finish: datetime) -> Iterator[dict[str, Any]]:
    """Every message from `begin` on and before `finish`, in order of time. Uses the copy up."""
    clock = copy.clock
    assert isinstance(clock, StepClock)  # noqa: S101 - copied() made it
    clock.at = min(clock.at, begin)
    with copy.ledger.writing() as session:  # nobody writes, and what was in flight is not our matter
        inbox.leave_waiting(session, now=clock.now())
        outbox.recover(session, now=clock.now())
    while clock.now() < finish:
        with copy.ledger.writing() as session:
            said = list(_settle(session, copy))
            coming = planning.next_moment(session, now=clock.now())
        if clock.now() >= begin:
            yield from said
        if coming is None:
            return
        clock.jump(max(coming, clock.now() + timedelta(microseconds=1)))


def _settle(session: Session, copy: Office) -> Iterator[dict[str, Any]]:
    now = copy.now()
    planning.tick(
        session,
        now=now,
        zone=copy.zone,
        policy=copy.settings.policy,
        calendar=copy.calendar,
        assume_bound=True,
    )
    world = copy.make_world(lambda token: token)
    found: list[dict[str, Any]] = []
    while rows := outbox.claim(session, now=now, limit=BATCH):
        for row in rows:
            rendered = messages.render(session, row, world)
            if rendered is None:
                outbox.move(session, row.id, Sending.DROPPED)
                continue
            outbox.move(session, row.id, Sending.SENDING)
            outbox.move(session, row.id, Sending.SENT, sent_at=now, text=rendered.html)
            found.append(_said(session, row, rendered.html, world, copy.calendar))
    yield from sorted(found, key=lambda one: (one["unit"] or "", one["kind"]))


def _said(session: Session, row: OutboxRow, text: str, world: World, _: Calendar) -> dict[str, Any]:
    why = {int(id_): reason for id_, reason, _on in row.facts.get("tasks", ())}
    tasks = desk.tasks_by_id(session, why)
    person = session.get(PersonRow, row.person_id) if row.person_id is not None else None
    units = list(dict.fromkeys(task.unit.name for task in tasks.values()))
    if not units and "unit" in row.facts:
        units = [session.get_one(UnitRow, row.facts["unit"]).name]
    return {
        "at": world.now.astimezone(world.zone).isoformat(timespec="seconds"),
        "unit": "、".join(units) or None,
        "contact": person.name if person is not None else None,
        "kind": row.kind,
        "items": [
            {
                "item": task.item.no,
                "due": task.due.isoformat(),
                "ask_by": task.ask_by.isoformat() if task.ask_by else None,
                "days": (task.due - world.today).days,
                "why": why[id_],
            }
            for id_, task in tasks.items()
        ],
        "text": plain(text),
    }


def plain(text: str) -> str:
    """A message without its markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))
