"""A service on a stepping clock, before a strict Bot API: what the tests of courier and receiver stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from botapi import Server
from botapi.limits import Limits
from botapi.people import User
from duban.clock import StepClock
from duban.ledger import outbox
from duban.ledger.tables import OutboxRow, PersonRow, PostRow, UnitRow
from duban.settings import Database, Settings
from duban_bot.transports.telegram import TelegramTransport
from duban_cli.service import Service
from duban_cli.wiring import Office

MONDAY = datetime.fromisoformat("2026-06-08T10:00:00+08:00")
JIA, YI, BOSS = 1001, 1002, 1


@dataclass
class Desk:
    """甲局's contact JIA, 乙局's YI and the coordinator BOSS, all in Telegram; no limits, so no waiting."""

    office: Office
    service: Service
    server: Server
    transport: TelegramTransport

    def user(self, number: int) -> User:
        return self.server.user(number)

    def heard(self, number: int, chat: int | None = None) -> list[str]:
        """What the bot wrote to somebody, as it stands now."""
        return [seen.text for seen in self.user(number).received(chat)]

    def put(self, key: str, html: str, to: int, **more: Any) -> int:
        """A ready text on its way; a row for a number that is nobody's carries its chat. Its id."""
        with self.office.writing() as session:
            person = session.scalar(select(PersonRow).where(PersonRow.chat_user == str(to)))
            where = {"person": person} if person is not None else {"transport": "telegram", "chat": str(to)}
            id_ = outbox.say(session, key=key, html=html, now=self.office.now(), **where, **more)
            assert id_ is not None
            return id_

    def row(self, row_id: int) -> OutboxRow:
        with self.office.reading() as session:
            return session.get_one(OutboxRow, row_id)

    def rows(self, table: type[Any]) -> Sequence[Any]:
        with self.office.reading() as session:
            return session.scalars(select(table)).all()

    async def settle(self, *, seconds: float = 0) -> None:
        """Time goes on by so much, then all that is due or unhandled is done."""
        clock = self.office.clock
        assert isinstance(clock, StepClock)
        clock.jump(clock.now() + timedelta(seconds=seconds))
        await self.service.settle()


@asynccontextmanager
async def desk(database: Path) -> AsyncIterator[Desk]:
    """`database`: a new one, of the test's own."""
    office = Office(Settings(database=Database(url=f"sqlite:///{database}")))
    office.__dict__["clock"] = StepClock(MONDAY)
    with office.writing() as session:
        for number, name, unit in ((JIA, "张三", "甲局"), (YI, "李四", "乙局"), (BOSS, "督办员", None)):
            person = PersonRow(
                name=name, transport="telegram", chat_user=str(number), chat=str(number),
                bound_at=office.now(), coordinator=unit is None,
            )  # fmt: skip
            session.add(person)
            if unit is not None:
                row = UnitRow(name=unit)
                session.add(row)
                session.flush()
                session.add(PostRow(person_id=person.id, unit_id=row.id, post="contact"))
    with Server(limits=Limits(per_second=0, chat_interval=0, group_minute=0)) as server:
        for number in (JIA, YI, BOSS):
            server.user(number)
            server.world.chats[number].started = True
        transport = TelegramTransport(server.token, server.base_url, long_poll=0, read_timeout=1)
        transport.caps = replace(transport.caps, per_second=0, per_chat_interval=0, per_group_minute=0)
        await transport.start()
        try:
            yield Desk(office, Service(office, {"telegram": transport}), server, transport)
        finally:
            await transport.stop()
            office.ledger.close()
