"""A database that cannot be written to: who hears of it, when, and how it is over."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from duban.clock import StepClock
from duban.errors import EnvironmentNotThere
from duban.ledger import meta
from duban.ledger.database import Ledger, LedgerUnavailable
from duban.ledger.engines import reason
from duban.ledger.leading import Alone
from duban.ledger.tables import OutboxRow, PersonRow
from duban.settings import Database, Settings
from duban_bot.transports.base import Capabilities, Outgoing, Unreachable
from duban_cli import trouble
from duban_cli.service import Service
from duban_cli.trouble import CALM, Trouble
from duban_cli.wiring import Office as Wired
from office import Office, local, populate

FRIDAY = local("2026-06-12T10:00")


@pytest.fixture
def ledger(sqlite_ledger: Ledger) -> Ledger:
    """What is asked here is asked of a file."""
    return sqlite_ledger


class Recorder:
    """A chat that takes everything, or refuses everybody."""

    name = "local"
    caps = Capabilities(polls=False)

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.refuses = False

    async def send(self, chat: str, message: Outgoing) -> str:
        if self.refuses:
            raise Unreachable("blocked")
        self.heard.append((chat, message.html))
        return "1"

    def link(self, token: str) -> str:
        return token


@pytest.fixture
def wired(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """An office on a database that waits no long time for a lock."""
    populate(Office(ledger))
    monkeypatch.setattr(trouble, "TELL", 0.0)
    here = Wired(Settings(database=Database(url=f"sqlite:///{ledger.path}", wait_seconds=1)))
    here.__dict__["clock"] = StepClock(FRIDAY)
    here.ledger._writer.dispose()
    yield here
    here.ledger.close()


@contextmanager
def locked(here: Wired) -> Iterator[None]:
    """Somebody else writes and does not end."""
    assert here.path is not None
    other = sqlite3.connect(here.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def fails(here: Wired) -> None:
    with pytest.raises(LedgerUnavailable):
        await here.ledger.run(meta.put, "x", "y")


def said(here: Wired) -> list[str]:
    with here.ledger.reading() as session:
        rows = session.query(OutboxRow).filter(OutboxRow.key.startswith("well:")).all()
    return [row.facts["html"] for row in rows]


async def test_coordinators_hear_once_that_it_is_down_and_that_it_is_over(
    wired: Wired, caplog: pytest.LogCaptureFixture
) -> None:
    chat = Recorder()
    watch = Trouble(wired, {"local": chat}, Alone())  # type: ignore[dict-item]
    with locked(wired):
        await fails(wired)
        for _ in range(3):
            await watch.look()
        assert watch.code == "locked"
        ((who, html),) = chat.heard
        assert who == "chat-du"
        assert "写不进去：一直被别的程序占用" in html
        assert "10:00" in html
    clock: Any = wired.clock
    clock.jump(FRIDAY + timedelta(minutes=5))
    for _ in range(CALM + 1):
        await watch.look()
    assert watch.code is None
    (over,) = said(wired)
    assert "10:00 到" in over
    assert "10:05 写不进去" in over
    assert len(chat.heard) == 1
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(told) == 2, "once that it is, once that it was"
    with wired.ledger.reading() as session:
        assert meta.get(session, trouble.PROBED) == "", "what was written to try is not kept"


@pytest.mark.parametrize("at", ["2026-06-12T22:00", "2026-06-13T10:00"])
async def test_nobody_is_told_at_night_or_on_a_rest_day(wired: Wired, at: str) -> None:
    wired.__dict__["clock"] = StepClock(local(at))
    chat = Recorder()
    watch = Trouble(wired, {"local": chat}, Alone())  # type: ignore[dict-item]
    with locked(wired):
        await fails(wired)
        await watch.look()
        assert chat.heard == []
        clock: Any = wired.clock
        clock.jump(local("2026-06-15T08:30"))
        await watch.look()
        assert len(chat.heard) == 1, "at the next hour in which one may speak"


async def test_who_cannot_be_told_is_tried_again(wired: Wired) -> None:
    chat = Recorder()
    chat.refuses = True
    watch = Trouble(wired, {"local": chat}, Alone())  # type: ignore[dict-item]
    with locked(wired):
        await fails(wired)
        await watch.look()
        chat.refuses = False
        await watch.look()
        assert len(chat.heard) == 1


async def test_a_short_one_is_nobody_s_business(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "TELL", 60.0)
    chat = Recorder()
    watch = Trouble(wired, {"local": chat}, Alone())  # type: ignore[dict-item]
    with locked(wired):
        await fails(wired)
        await watch.look()
    for _ in range(CALM + 1):
        await watch.look()
    assert watch.code is None
    assert chat.heard == []
    assert said(wired) == []


async def test_a_backup_that_fails_is_told_and_the_rest_is_done(wired: Wired, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, where the folder should be")
    wired.settings = Settings(
        database=wired.settings.database,
        backup=type(wired.settings.backup)(folder="taken"),
    )
    with wired.ledger.writing() as session:
        session.execute(
            update(PersonRow).where(PersonRow.id == 1).values(left_at=FRIDAY - timedelta(days=99))
        )
    service = Service(wired, {"local": Recorder()})  # type: ignore[dict-item]
    for _ in range(2):
        await service.housekeeping()
    with wired.ledger.reading() as session:
        (row,) = session.query(OutboxRow).filter(OutboxRow.key.startswith("no-backup:")).all()
        assert "备份没有做成" in row.facts["html"]
        assert session.get_one(PersonRow, 1).name == "甲局联络员", (
            "what is over its time is put away all the same"
        )


async def test_the_ledger_says_why(wired: Wired) -> None:
    with locked(wired):
        with pytest.raises(EnvironmentNotThere, match="占用"):
            await wired.ledger.run(meta.put, "x", "y")
        assert wired.ledger.fault == "locked"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("attempt to write a readonly database", "只读"), ("database or disk is full", "磁盘已满"),
        ("database is locked", "占用"), ("disk I/O error", "读写出错"), ("whatever", "whatever"),
    ],
)  # fmt: skip
def test_sqlite_s_words(words: str, part: str) -> None:
    assert part in reason(words)


def test_every_code_has_its_words() -> None:
    from duban.ledger import engines
    from duban_bot.words import shipped

    codes = {code for table in (engines.WORDS, engines.STATES) for code, _ in table.values()} | {"other"}
    for code in codes:
        assert shipped().word("trouble", code) != code != shipped().word("mend", code)
