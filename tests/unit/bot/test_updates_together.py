"""Updates that wait are handled in one transaction: what one of them does, or fails at, is its own alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from duban.clock import StepClock
from duban.errors import DubanError
from duban.ledger import inbox
from duban.ledger.database import Ledger
from duban.ledger.tables import InboxRow, OutboxRow
from duban_bot import conversation
from duban_bot.receiver import Receiver
from duban_bot.transports.local import LocalTransport
from office import Office, populate

HANDLE = conversation.handle


class Desk:
    """The office with a receiver on it; counts the transactions that write."""

    def __init__(self, ledger: Ledger) -> None:
        self.office = Office(ledger)
        self.tasks = populate(self.office)
        clock = StepClock(self.office.now)
        local = LocalTransport(ledger, clock, address="http://127.0.0.1")
        self.receiver = Receiver(ledger, {"local": local}, clock, lambda _: self.office.world())

    def hears(self, *said: tuple[str, str]) -> list[tuple[str, int]]:
        """(user, text or :data) in turn; the state and the tries of each afterwards."""
        bodies: list[tuple[str, dict[str, Any]]] = []
        for n, (user, words) in enumerate(said):
            what = (
                {"kind": "button", "data": words[1:], "message": "77"}
                if words.startswith(":")
                else {"kind": "text", "text": words}
            )
            bodies.append((str(n), {"user": user, "name": user, **what}))
        with self.office.ledger.writing() as session:
            inbox.take(session, "local", bodies, now=self.office.now)
        asyncio.run(self.receiver.handle_ready())
        return [(row.state, row.tries) for row in self.office.rows(InboxRow)]

    def answers(self, number: int) -> list[str]:
        """What was answered to the update of that number."""
        return [one.html for one in self.office.sent(f"re:{number}:")]


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


def test_each_is_answered_and_the_later_sees_what_the_earlier_did(desk: Desk) -> None:
    task = desk.tasks["1:甲局"]
    assert (
        desk.hears(("jia", f":recv:{task}"), ("yi", "/mine"), ("jia", "第1项推进中，大概60%"))
        == [("done", 0)] * 3
    )
    assert all(len(desk.answers(n)) == 1 for n in (1, 2, 3))
    found = desk.office.task(task)
    assert (found.state, found.percent) == ("in_progress", 60)
    assert found.received_at is not None


def test_what_is_refused_leaves_its_sentence_and_nothing_else(desk: Desk) -> None:
    mine, foreign = desk.tasks["1:甲局"], desk.tasks["3:丙镇"]
    said = (
        ("jia", f":recv:{mine}"),
        ("jia", f":recv:{foreign}"),
        ("yi", "/nonsense"),
        ("bing", f":recv:{foreign}"),
    )
    assert desk.hears(*said) == [("done", 0)] * 4
    assert "没有 /nonsense 这个命令" in desk.answers(3)[0]
    assert [desk.office.task(one).state for one in (mine, foreign)] == ["received", "received"]
    assert len(desk.office.rows(OutboxRow)) == 4


def test_what_was_begun_and_then_refused_is_not_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(DubanError):
        """太晚了。"""

    def handle(session: Any, incoming: Any, world: Any, number: int) -> None:
        HANDLE(session, incoming, world, number)
        if incoming.user == "yi":
            raise Late

    monkeypatch.setattr(conversation, "handle", handle)
    one, two = desk.tasks["1:甲局"], desk.tasks["1:乙局"]
    assert desk.hears(("yi", f":recv:{two}"), ("jia", f":recv:{one}")) == [("done", 0)] * 2
    assert desk.answers(1) == ["太晚了。"]
    assert [desk.office.task(task).state for task in (one, two)] == ["received", "open"]


def test_where_one_fails_the_others_are_handled_each_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(session: Any, incoming: Any, world: Any, number: int) -> None:
        HANDLE(session, incoming, world, number)
        if incoming.user == "yi":
            raise RuntimeError

    monkeypatch.setattr(conversation, "handle", handle)
    one, two = desk.tasks["1:甲局"], desk.tasks["1:乙局"]
    states = desk.hears(("jia", f":recv:{one}"), ("yi", f":recv:{two}"), ("bing", "/mine"))
    assert [state for state, _ in states] == ["done", "set_aside", "done"]
    assert [desk.office.task(task).state for task in (one, two)] == ["received", "open"]


def test_so_many_updates_are_one_transaction(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    run = desk.office.ledger.run

    async def counted(fn: Any, *args: Any, **kwargs: Any) -> Any:
        ran.append(fn.__name__)
        return await run(fn, *args, **kwargs)

    monkeypatch.setattr(desk.office.ledger, "run", counted)
    desk.hears(*[("jia", "/mine")] * 20)
    assert len(ran) == 1
