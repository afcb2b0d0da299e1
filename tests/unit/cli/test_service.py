"""The service on a stepping clock ends when it is asked to, whatever still waits."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from duban.clock import StepClock
from duban.ledger import outbox
from duban.settings import Database, Settings
from duban_bot.transports.local import LocalTransport
from duban_cli.service import Service
from duban_cli.wiring import Office

MONDAY = datetime.fromisoformat("2026-06-08T10:00:00+08:00")


def service(tmp_path: Path) -> Service:
    office = Office(Settings(database=Database(url=f"sqlite:///{tmp_path / 'duban.sqlite3'}")))
    office.__dict__["clock"] = StepClock(MONDAY)
    with office.writing() as session:
        outbox.say(session, key="a", html="你好", now=office.now(), transport="local", chat="somebody")
    return Service(office, {"local": LocalTransport(office.ledger, office.clock, address="http://127.0.0.1")})


def states(made: Service) -> list[str]:
    with made.office.reading() as session:
        return [row.state for row in session.query(outbox.OutboxRow)]


async def test_it_settles_what_is_due(tmp_path: Path) -> None:
    made = service(tmp_path)
    await asyncio.wait_for(made.settle(), 30)
    assert states(made) == ["sent"]


async def test_asked_to_end_it_ends_though_a_message_waits(tmp_path: Path) -> None:
    made = service(tmp_path)
    made.stop()
    await asyncio.wait_for(made.settle(), 30)
    assert states(made) == ["queued"]
