"""The outbox and the inbox as tables: decided once, taken by one at a time, moved as their tables allow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from duban.ledger import inbox, outbox
from duban.ledger.database import Ledger
from duban.ledger.inbox import Handling
from duban.ledger.outbox import LEASE, Sending
from duban.ledger.tables import InboxRow, OutboxRow

NOW = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)
ROW = {"key": "once", "kind": "text", "facts": {}, "due_at": NOW, "created_at": NOW}


def say(ledger: Ledger, key: str = "once") -> bool:
    with ledger.writing() as session:
        return outbox.say(session, key=key, html="一", now=NOW, transport="local", chat="7") is not None


def claimed(ledger: Ledger, now: datetime) -> list[str]:
    with ledger.writing() as session:
        return [row.key for row in outbox.claim(session, now=now, limit=9)]


def states(ledger: Ledger) -> list[str]:
    with ledger.reading() as session:
        return list(session.scalars(select(OutboxRow.state).order_by(OutboxRow.id)))


def test_a_decision_that_is_taken_twice_sends_once(ledger: Ledger) -> None:
    assert [say(ledger), say(ledger)] == [True, False]
    with ledger.writing() as session:
        assert outbox.put_many(session, [ROW, {**ROW, "key": "other"}]) == 1
    assert states(ledger) == ["queued", "queued"]


def test_the_database_itself_refuses_a_second_of_a_key(ledger: Ledger) -> None:
    """Who looked at the same moment as another finds no row of it: the key decides."""
    say(ledger)
    with pytest.raises(IntegrityError), ledger.writing() as session:
        session.execute(insert(OutboxRow), [ROW])
    kept = {"transport": "telegram", "update_key": "1", "body": {}, "at": NOW}
    with pytest.raises(IntegrityError), ledger.writing() as session:
        session.execute(insert(InboxRow), [kept, kept])


@pytest.mark.parametrize(("later", "again"), [(LEASE, []), (LEASE + timedelta(seconds=1), ["once"])])
def test_a_claim_holds_as_long_as_its_lease(ledger: Ledger, later: timedelta, again: list[str]) -> None:
    say(ledger)
    assert claimed(ledger, NOW) == ["once"]
    assert claimed(ledger, NOW) == []
    assert claimed(ledger, NOW + later) == again


def test_after_the_last_process_died_what_it_had_claimed_waits_again(ledger: Ledger) -> None:
    say(ledger)
    claimed(ledger, NOW)
    with ledger.writing() as session:
        assert outbox.recover(session, now=NOW) == 0
    assert claimed(ledger, NOW) == ["once"]


@pytest.mark.parametrize("to", Sending)
@pytest.mark.parametrize("state", Sending)
def test_a_message_moves_as_the_table_allows(ledger: Ledger, state: Sending, to: Sending) -> None:
    with ledger.writing() as session:
        session.execute(insert(OutboxRow), [{**ROW, "state": state}])
        assert outbox.move(session, 1, to) == (to in outbox.MOVES[state])
    assert states(ledger) == [to if to in outbox.MOVES[state] else state]


@pytest.mark.parametrize("to", Handling)
@pytest.mark.parametrize("state", Handling)
def test_an_update_moves_as_the_table_allows(ledger: Ledger, state: Handling, to: Handling) -> None:
    with ledger.writing() as session:
        session.add(row := InboxRow(transport="t", update_key="1", body={}, at=NOW, state=state))
        session.flush()
        may = to in inbox.MOVES[state]
        assert inbox.move(session, [row.id], to, now=NOW) == ({row.id} if may else set())
        session.refresh(row)
        assert row.state == (to if may else state)


def test_the_third_try_that_fails_sets_an_update_aside(ledger: Ledger) -> None:
    with ledger.writing() as session:
        assert inbox.take(session, "telegram", [("1", {}), ("2", {}), ("1", {})], now=NOW) == 2
        aside = [inbox.failed(session, 1, error="Timeout", now=NOW) for _ in range(4)]
        assert aside == [False, False, True, False], "told once"
        assert inbox.waiting(session) == [2]
