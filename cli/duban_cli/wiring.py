"""The one place that knows everybody: settings, clock, ledger, calendar, words, transports."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click
from sqlalchemy import make_url

from duban import settings as settings_module
from duban.clock import Clock, RealClock, StepClock, make_clock
from duban.deadlines.workdays import Calendar, state_calendar
from duban.errors import DubanError, EnvironmentNotThere
from duban.ledger import holding, meta
from duban.ledger.database import Ledger, Session, path_of, private_folder
from duban.ledger.migrations import migrate
from duban.settings import Settings

if TYPE_CHECKING:
    from duban_bot.world import World


class OtherClock(DubanError):
    """这个数据库用的是{kind}，不能这样启动；请换一个 database.url，或{mend}。"""


class NotUpgraded(EnvironmentNotThere):
    """数据库 {name} 还没有升级到这个版本，请先停掉所有进程，再运行 duban db upgrade。"""


class ClockNotHere(DubanError):
    """虚拟时钟只能配本机的聊天服务，不能连 {host}；请去掉 --clock 和 --speed，或改 telegram.base_url。"""


@dataclass
class Office:
    """All that a command needs, opened when it is first asked for."""

    settings: Settings
    start: str | None = None  # --clock
    speed: str | None = None
    holds: bool = False  # the database is ours alone: see alone

    @cached_property
    def zone(self) -> ZoneInfo:
        """The office's zone."""
        return ZoneInfo(self.settings.office.zone)

    @cached_property
    def calendar(self) -> Calendar:
        """The State Council's calendar."""
        return state_calendar()

    @cached_property
    def path(self) -> Path | None:
        """The file of an SQLite database, there or not. Raises EnvironmentNotThere for no address at all."""
        return path_of(self.settings.database.resolved())

    @cached_property
    def ledger(self) -> Ledger:
        """The database; SQLite's is made or upgraded when it has to be. Raises NotUpgraded for another."""
        ledger = self.unopened
        if _needs_nothing(ledger):
            return ledger
        if ledger.path is None:
            raise NotUpgraded(name=ledger.name)
        return self.upgraded()

    @cached_property
    def unopened(self) -> Ledger:
        """The database as it is, whatever its tables."""
        wanted = self.settings.database
        return Ledger(wanted.resolved(), wait=wanted.wait_seconds)

    def upgraded(self) -> Ledger:
        """The database, made or upgraded."""
        ledger = self.unopened
        with nullcontext() if _needs_nothing(ledger) else self.alone("upgrade"):
            done = migrate.upgrade(ledger)
        if done.created:
            click.echo(f"已新建数据库 {ledger.name}", err=True)
        elif done.changed:
            beside = "（升级前的备份在旁边）" if done.backup is not None else ""
            click.echo(f"已升级数据库 {ledger.name}{beside}", err=True)
        return ledger

    def close(self) -> None:
        """Give the database's connections back."""
        if "unopened" in self.__dict__:
            self.unopened.close()

    @contextmanager
    def alone(self, doing: str) -> Iterator[None]:
        """Hold the database's file while the block runs; twice is once. Raises HeldByAnother."""
        if self.holds or self.path is None:
            yield
            return
        private_folder(self.path)
        with holding.hold(self.path, doing=doing, now=RealClock().now().astimezone(self.zone)):
            self.holds = True
            try:
                yield
            finally:
                self.holds = False

    @cached_property
    def webhook_secret(self) -> str:
        """What Telegram says with each update that it hands over."""
        return self.settings.telegram.webhook_secret or secrets.token_urlsafe(32)

    @cached_property
    def clock(self) -> Clock:
        """The clock asked for; else the one that the database remembers; else the real one."""
        with self.ledger.reading() as session:
            reached = meta.clock_reached(session)
        if self.start is None and self.speed is None:
            return StepClock(reached) if reached is not None else make_clock(None, None)
        start = self.start
        if reached is not None:
            asked = make_clock(start, "step").now() if start is not None else reached
            start = max(asked, reached).isoformat()
        return make_clock(start, self.speed)

    def now(self) -> datetime:
        """The moment, UTC."""
        return self.clock.now()

    @property
    def today(self) -> Any:
        """The office's date."""
        return self.now().astimezone(self.zone).date()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction; a virtual clock's progress is remembered in it."""
        clock = self.clock
        with self.ledger.writing() as session:
            if clock.virtual:
                meta.remember_clock(session, clock.now())
            yield session

    def reading(self) -> Any:
        """A read-only look."""
        return self.ledger.reading()

    def claim_clock(self) -> None:
        """A serving command's clock must be of the database's kind. Raises OtherClock, ClockNotHere."""
        virtual = self.start is not None or self.speed is not None
        if virtual and self.settings.telegram.secret():
            host = urlsplit(self.settings.telegram.base_url).hostname or ""
            if not _loopback(host):
                raise ClockNotHere(host=host)
        with self.ledger.writing() as session:
            kind = meta.clock_kind(session)
            if kind == "virtual" and not virtual:
                raise OtherClock(kind="虚拟时钟", mend="加上 --clock 或 --speed")
            if kind == "real" and virtual:
                raise OtherClock(kind="真实时钟", mend="去掉 --clock 和 --speed")
            meta.claim_clock(session, "virtual" if virtual else "real")

    def make_world(self, link: Callable[[str], str] = str) -> World:
        """The outside as one event sees it. Where no invite is sent, the link of a token is the token."""
        from duban_bot.words import shipped  # noqa: PLC0415 - commands that say nothing in chat need no templates
        from duban_bot.world import World  # noqa: PLC0415

        words = shipped()
        return World(
            now=self.now(),
            zone=self.zone,
            settings=self.settings,
            calendar=self.calendar,
            words=words,
            link=link,
        )


def _needs_nothing(ledger: Ledger) -> bool:
    with ledger.reading() as session:
        return migrate.is_current(session)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def office(ctx: click.Context) -> Office:
    """The office of this command line."""
    root = ctx.find_root()
    config: Path | None = root.obj["config"]
    here = Office(settings_module.load(config), start=root.obj["clock"], speed=root.obj["speed"])
    root.call_on_close(here.close)
    return here


def kept_heads(ctx: click.Context) -> dict[str, str]:
    """What coordinators said of heads, in a database that is there; none is made or upgraded for it."""
    from duban.ledger import heads  # noqa: PLC0415 - for few documents

    with suppress(DubanError):  # whatever is wrong with it is told by a command that needs it
        url = office(ctx).settings.database.resolved()
        path = make_url(url).database if url.startswith("sqlite") else None
        if path is not None and not Path(path).is_file():
            return {}
        ledger = Ledger(url)
        try:
            with ledger.reading() as session:
                return heads.kept(session) if migrate.is_current(session) else {}
        finally:
            ledger.close()
    return {}


def utc(moment: datetime) -> datetime:
    """A moment in UTC."""
    return moment.astimezone(UTC)
