"""`duban simulate`: the engine itself on a copy of the ledger, stepping, with nobody who answers."""

from __future__ import annotations

import html
import re
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from duban.clock import StepClock
from duban.errors import DubanError
from duban.ledger import backup, copying, desk, inbox, outbox, people
from duban.ledger.database import Ledger, Session
from duban.ledger.outbox import Sending
from duban.ledger.tables import OutboxRow, PersonRow, UnitRow
from duban_bot import messages, receiver
from duban_bot.incoming import Did, Incoming
from duban_bot.messages import Keys
from duban_bot.world import World
from duban_cli.printing import as_json, note, show
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
    with here.reading() as session:
        started = desk.any_active(session)
    if not started:
        note("not_started")
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
        source = self._here.ledger
        if source.path is not None:
            backup.copy_to(source.path, file)
        twin = Ledger(f"sqlite:///{file}")
        if source.path is None:
            copying.copy(source, twin)
        copy = Office(self._here.settings)
        copy.__dict__["ledger"] = twin
        copy.__dict__["clock"] = StepClock(self._here.now())
        return copy

    def __exit__(self, *_: object) -> None:
        self._here.ledger.close()
        self._folder.cleanup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person is assumed to do: write, or press a button of their newest message that has it."""

    at: datetime
    user: str  # the chat's id of the person
    transport: str
    say: str = ""
    press: str = ""  # the button's label


def simulate(
    copy: Office, begin: datetime, finish: datetime, answers: Iterable[Answer] = ()
) -> Iterator[dict[str, Any]]:
    """Every message from `begin` on and before `finish`, in order of time. Uses the copy up."""
    clock = copy.clock
    assert isinstance(clock, StepClock)  # noqa: S101 - copied() made it
    clock.at = min(clock.at, begin.astimezone(UTC))
    shown = Shown()
    to_come = deque(sorted(answers, key=lambda one: one.at))
    with copy.ledger.writing() as session:  # nobody else writes, and what was in flight is not our matter
        inbox.leave_waiting(session, now=clock.now())
        outbox.recover(session, now=clock.now())
    while clock.now() < finish:
        with copy.ledger.writing() as session:
            said = list(_settle(session, copy, shown))
            while to_come and to_come[0].at <= clock.now():
                while to_come and to_come[0].at <= clock.now():
                    _do(session, copy, to_come.popleft(), shown)
                said += _settle(session, copy, shown)
            coming = planning.next_moment(session, now=clock.now())
        if clock.now() >= begin:
            yield from said
        moments = [moment for moment in (coming, to_come[0].at if to_come else None) if moment is not None]
        if not moments:
            return
        clock.jump(max(min(moments), clock.now() + timedelta(microseconds=1)))


class Shown:
    """The newest buttons of each chat: chat → label → (message, data)."""

    def __init__(self) -> None:
        self._chats: dict[str, dict[str, tuple[str, str]]] = {}

    def add(self, chat: str, ref: str, buttons: Keys) -> None:
        """A message was shown, or changed."""
        known = self._chats.setdefault(chat, {})
        for button in (one for row in buttons for one in row):
            known.pop(button.label, None)  # the newest comes last
            known[button.label] = (ref, button.data)

    def press(self, chat: str, label: str) -> tuple[str, str]:
        """The message and the data of the newest button whose label begins so."""
        return next(found for known, found in reversed(self._chats[chat].items()) if known.startswith(label))


def _do(session: Session, copy: Office, answer: Answer, shown: Shown) -> None:
    """Have the conversation hear an answer, as if the chat had handed it over."""
    person = people.person_of(session, answer.transport, answer.user)
    assert person is not None, answer  # noqa: S101 - answers are given for people who are there
    ref, data = shown.press(person.chat, answer.press) if answer.press else (None, "")
    incoming = Incoming(
        transport=answer.transport,
        user=answer.user,
        chat=person.chat,
        name=person.name,
        kind=Did.BUTTON if answer.press else Did.TEXT,
        text=answer.say,
        data=data,
        message_ref=ref,
    )
    key = f"assumed:{answer.at.isoformat()}:{answer.user}:{answer.say}{answer.press}"
    inbox.take(session, answer.transport, [(key, {})], now=copy.now())
    session.flush()
    (row_id,) = inbox.waiting(session)
    world = copy.make_world()
    try:
        with session.begin_nested():
            receiver.converse(session, row_id, incoming, world, now=copy.now())
    except DubanError as error:
        receiver.apologise(session, row_id, incoming, world, str(error), now=copy.now())


def _settle(session: Session, copy: Office, shown: Shown) -> Iterator[dict[str, Any]]:
    now = copy.now()
    planning.tick(
        session,
        now=now,
        zone=copy.zone,
        policy=copy.settings.policy,
        calendar=copy.calendar,
        assume_bound=True,
    )
    world = copy.make_world()
    found: list[dict[str, Any]] = []
    while rows := outbox.claim(session, now=now, limit=BATCH):
        for row in rows:
            rendered = messages.render(session, row, world)
            if rendered is None:
                outbox.move(session, row.id, Sending.DROPPED)
                continue
            outbox.move(session, row.id, Sending.SENDING)
            ref = str(row.facts["ref"]) if row.kind == "edit" else f"copy-{row.id}"
            outbox.move(session, row.id, Sending.SENT, sent_at=now, text=rendered.html, message_ref=ref)
            shown.add(_chat(session, row), ref, rendered.buttons)
            found.append(_said(session, row, rendered.html, world))
    yield from sorted(found, key=lambda one: (one["unit"] or "", one["kind"]))


def _chat(session: Session, row: OutboxRow) -> str:
    person = session.get(PersonRow, row.person_id) if row.person_id is not None else None
    return person.chat if person is not None else row.chat or ""


def _said(session: Session, row: OutboxRow, text: str, world: World) -> dict[str, Any]:
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
