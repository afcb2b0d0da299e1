"""For each move and each call: what makes the engine do it, and how all of it ends."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import update

from duban.ledger import outbox
from duban.ledger.database import Session
from duban.ledger.outbox import Sending
from duban.ledger.tables import OutboxRow, TaskRow
from e2e.chaos.instants import CHAT, Happening
from e2e.chaos.stage import BOSS, FIRST, MORNING, UNITS, person, put_letters
from e2e.chaos.world import World

LETTERS = 6


@dataclass(frozen=True, slots=True)
class Scene:
    """`prepare` comes before the process; `messages` and `updates`: the states in which all of them end."""

    prepare: Callable[[World], None]
    messages: Mapping[str, int]
    updates: Mapping[str, int] = field(default_factory=dict)
    said: Callable[[], list[str]] | None = None  # where the updates are reports


def a_round(world: World) -> None:
    """The scheduler decides: a notice to each contact."""
    with world.office.writing() as session:
        session.execute(update(TaskRow).values(next_at=MORNING.replace(hour=9)))


def letters(world: World, **values: object) -> list[int]:
    """Messages that were decided on before, as the last process left them."""
    with world.office.writing() as session:
        put_letters(session, range(LETTERS), now=MORNING)
        if values:
            session.execute(update(OutboxRow).values(**values))
    return list(range(1, LETTERS + 1))


def in_hand(world: World) -> None:
    letters(world, state=Sending.CLAIMED, lease_until=MORNING + outbox.LEASE)


def doubted(world: World) -> None:
    """Each was in doubt once, and its answer is cut off again."""
    world.doubts.update(letters(world, again=True) * 2)
    world.api.act("fault", kind="reset-after", times=LETTERS)


def halted(world: World) -> None:
    letters(world)
    world.api.act("fault", kind="429", times=2, seconds=1)


def blocked(world: World) -> None:
    letters(world)
    world.api.act("block", id=FIRST)


def nobody_there(world: World) -> None:
    """Who is reachable no more when the messages were decided on already."""
    letters(world)
    with world.office.writing() as session:
        person(session, FIRST).reachable = False


def nothing_to_say(world: World) -> None:
    """A notice about a task that is closed meanwhile."""
    with world.office.writing() as session:
        row = session.get_one(TaskRow, 1)
        row.state, row.closed_at = "closed", MORNING
        _notice(session, row)


def _notice(session: Session, task: TaskRow) -> None:
    facts = {"tasks": [[task.id, "new", MORNING.date().isoformat()]]}
    outbox.put(
        session, key="notice", kind="assignment", facts=facts, due_at=MORNING, now=MORNING,
        person=person(session, FIRST),
    )  # fmt: skip


def decided(verb: str, *, row: int = 0, **values: object) -> Callable[[World], None]:
    """Messages that wait for the coordinator's word, and the press of one button."""

    def prepare(world: World) -> None:
        world.doubts.update(letters(world, **values) * (2 if values.get("again") else 1))
        button = [[{"text": "…", "callback_data": f"{verb}:{row}"}]]
        asked = world.api.call(
            "sendMessage", chat_id=BOSS, text="…", reply_markup={"inline_keyboard": button}
        )
        world.not_ours.add(asked["message_id"])
        world.api.act("press", id=BOSS, message_id=asked["message_id"], button="…")

    return prepare


def reports() -> list[str]:
    return [f"第{n}项推进中，大概{n}%" for n in range(1, UNITS + 1)]


def speaking(world: World) -> None:
    """Each contact reports in its own words."""
    for n, words in enumerate(reports()):
        world.api.act("say", id=FIRST + n, text=words)


def a_file(world: World) -> None:
    body = base64.b64encode("一、办好实事。\n（一）办好第一件实事，12月31日前完成。（实1局负责）\n".encode())
    world.api.act("document", id=BOSS, name="plan.txt", body=body.decode())


def a_file_that_is_gone(world: World) -> None:
    a_file(world)
    world.api.act("fault", kind="400", times=100, methods=["getfile"])


ROUND = Scene(a_round, {"sent": UNITS})
SPEAKING = Scene(speaking, {"sent": UNITS}, {"done": UNITS}, reports)
BLOCKED = Scene(blocked, {"failed": 1, "sent": LETTERS - 1 + 1}, {"done": 1})  # the coordinator is told
HELD = {"state": Sending.HELD}  # a restored backup's
RELEASE = Scene(
    decided("release", **HELD), {"sent": LETTERS + 1}, {"done": 1}
)  # with the answer to the press
DROP = Scene(decided("dropheld", **HELD), {"dropped": LETTERS, "sent": 1}, {"done": 1})
UNKNOWN = {"state": Sending.UNKNOWN, "again": True}  # in doubt twice
RESEND = Scene(decided("resend", row=1, **UNKNOWN), {"unknown": LETTERS - 1, "sent": 2}, {"done": 1})
LET_BE = Scene(
    decided("letbe", row=1, **UNKNOWN), {"unknown": LETTERS - 1, "dropped": 1, "sent": 1}, {"done": 1}
)


def _move(table: str, old: str | None, new: str) -> Happening:
    return Happening.move(table, old, new)


SCENES: dict[Happening, Scene] = {
    _move("outbox", None, "queued"): ROUND,
    _move("outbox", "queued", "claimed"): ROUND,
    _move("outbox", "claimed", "sending"): ROUND,
    _move("outbox", "sending", "sent"): ROUND,
    _move("outbox", "claimed", "queued"): Scene(in_hand, {"sent": LETTERS}),
    _move("outbox", "claimed", "dropped"): Scene(nothing_to_say, {"dropped": 1}),
    _move("outbox", "claimed", "failed"): Scene(nobody_there, {"failed": 1, "sent": LETTERS - 1}),
    _move("outbox", "sending", "queued"): Scene(halted, {"sent": LETTERS}),
    _move("outbox", "sending", "failed"): BLOCKED,
    _move("outbox", "sending", "unknown"): Scene(doubted, {"unknown": LETTERS}),
    _move("outbox", "held", "queued"): RELEASE,
    _move("outbox", "held", "dropped"): DROP,
    _move("outbox", "unknown", "queued"): RESEND,
    _move("outbox", "unknown", "dropped"): LET_BE,
    _move("inbox", None, "new"): SPEAKING,
    _move("inbox", "new", "done"): SPEAKING,
    _move("inbox", "new", "set_aside"): Scene(a_file_that_is_gone, {"sent": 2}, {"set_aside": 1}),
    Happening(CHAT, "send"): ROUND,
    Happening(CHAT, "edit"): RELEASE,
    Happening(CHAT, "answer"): RELEASE,
    Happening(CHAT, "fetch"): Scene(a_file, {"sent": 1}, {"done": 1}),
    Happening(CHAT, "poll"): SPEAKING,
}  # fmt: skip
