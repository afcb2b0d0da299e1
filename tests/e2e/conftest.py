"""The real plan in a ledger of its own, everybody bound, over Telegram's protocol on a stepping clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from botapi import Server
from botapi.people import Seen, User
from duban.clock import StepClock
from duban.ledger import directory, people, plans
from duban.reading.document import read_plan
from duban.settings import Database, Settings
from duban.units.toml import from_toml
from duban_bot.transports.telegram import TelegramTransport
from duban_cli.service import Service
from duban_cli.wiring import Office

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "plans"
ZONE = ZoneInfo("Asia/Shanghai")
ISSUED = datetime(2018, 7, 20, 8, 30, tzinfo=ZONE)
ACTIVATED = ISSUED.replace(hour=10, minute=0)
GIVEN = "推进本领域信息公开。"  # the coordinator's text for the item that the document lost


def at(text: str) -> datetime:
    """A moment in the office's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass
class Year:
    """A service on the real plan, with a person behind each unit and each unit's leader."""

    office: Office
    service: Service
    server: Server
    boss: User
    contacts: dict[str, User]
    leaders: dict[str, User] = field(default_factory=dict)

    @property
    def clock(self) -> StepClock:
        clock = self.office.clock
        assert isinstance(clock, StepClock)
        return clock

    async def until(self, moment: datetime, cast: Any = None) -> None:
        """Go on to a moment."""
        await self.service.step(moment, cast)

    def heard(self, user: User) -> list[tuple[str, str]]:
        """(local minute, text) of everything that the bot wrote to somebody, as it stands now."""
        return [(local_minute(seen), seen.text) for seen in user.received()]

    def newest(self, user: User) -> Seen:
        """The newest message of the bot."""
        return user.received()[-1]

    def press(self, user: User, label: str) -> None:
        """Press the newest button whose label begins so."""
        found = [
            (seen.message_id, one) for seen in user.received() for one in seen.labels if one.startswith(label)
        ]
        assert found, f"no button {label}: {[(seen.text, seen.labels) for seen in user.received()[-2:]]}"
        user.press(*found[-1])

    async def answer(self) -> None:
        """Let the bot handle what was said, without time going on."""
        await self.service.settle()


def local_minute(seen: Seen) -> str:
    return datetime.fromtimestamp(seen.date, ZONE).strftime("%Y-%m-%d %H:%M")


def put_plan(office: Office) -> None:
    """Units, plan, the lost text."""
    units, text = SHARED / "units.toml", next(SHARED.glob("*.txt"))
    with office.writing() as session:
        directory.import_units(session, from_toml(units.read_text("utf-8")), now=office.now(), actor="test")
        body = text.read_bytes()
        plan = read_plan(body, name=text.name, issued=ISSUED.date())
        stored = plans.store(
            session, plan, body=body, name=text.name, now=office.now(), actor="test", decisions={}
        )
        (lost,) = [item for item in stored.plan.items if item.requirement is None]
        plans.give_text(
            session, lost.id, GIVEN, now=office.now(), actor="test", calendar=office.calendar,
            policy=office.settings.policy, zone=office.zone,
        )  # fmt: skip


def activate(office: Office) -> None:
    """On the Friday at ten."""
    with office.writing() as session:
        plans.activate(
            session, plans.find_plan(session).id, now=office.now(), calendar=office.calendar,
            policy=office.settings.policy, zone=office.zone,
        )  # fmt: skip


async def bind_all(year: Year, posts: dict[str, dict[str, User]]) -> None:
    """Everybody presses start with an invite of their own."""
    tokens = await year.office.ledger.run(_invites, year.office, posts)
    for user, token in tokens:
        user.start(token)
    await year.answer()


def _invites(session: Any, office: Office, posts: dict[str, dict[str, User]]) -> list[tuple[User, str]]:
    made = []
    for post, users in posts.items():
        for name, user in users.items():
            unit = directory.unit_named(session, name) if post != people.COORDINATOR else None
            invited = people.invite(session, post=post, name="", unit=unit, now=office.now(), actor="test")
            made.append((user, invited.token))
    return made


@asynccontextmanager
async def opened_year(tmp_path: Path, *, leaders: bool = True) -> AsyncIterator[Year]:
    """The year's first morning: all are bound, the plan is active since ten."""
    if not SHARED.is_dir():
        pytest.skip("../shared/plans is not here")
    database = Database(url=f"sqlite:///{tmp_path / 'year.sqlite3'}")
    office = Office(replace(Settings(), database=database))
    clock = StepClock(ISSUED)
    office.__dict__["clock"] = clock
    put_plan(office)
    with Server(clock=lambda: clock.now().timestamp()) as server:
        transport = TelegramTransport(server.token, server.base_url, long_poll=0)
        await transport.start()
        service = Service(office, {"telegram": transport})
        with office.reading() as session:
            names = [unit.name for unit in directory.load(session).units]
        boss = server.user(1, "督办员")
        contacts = {name: server.user(100 + n, f"{name}联络员") for n, name in enumerate(names)}
        chiefs = (
            {name: server.user(500 + n, f"{name}领导") for n, name in enumerate(names)} if leaders else {}
        )
        year = Year(office, service, server, boss, contacts, chiefs)
        try:
            await bind_all(year, {"coordinator": {"督办员": boss}, "contact": contacts, "leader": chiefs})
            clock.jump(ACTIVATED)
            activate(office)
            yield year
        finally:
            await transport.stop()
            office.ledger.close()


@pytest.fixture
def open_year(tmp_path: Path) -> Callable[..., Any]:
    """`async with open_year() as year:`"""
    return lambda **options: opened_year(tmp_path, **options)
