"""`duban doctor`: what can be wrong with one machine, each as a line that says what is and what to do."""

from __future__ import annotations

import asyncio
import math
import shutil
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import click

from duban import resources
from duban.clock import RealClock
from duban.errors import DubanError
from duban.ledger import backup, desk, figures, holding, meta, people, retention
from duban.ledger.database import Ledger, Session
from duban.ledger.migrations import migrate
from duban_cli.printing import as_json, show
from duban_cli.wiring import Office, office

LATE = timedelta(minutes=15)
WRONG = timedelta(minutes=2)  # by which a machine's clock may go back without a word
OLD = timedelta(hours=49)  # of the newest daily backup: one night may fail
BEHIND = timedelta(days=2)
ROOM = 200  # MB that must be free, or three times the database
ANNOUNCED = (12, 15)  # by then next year's days off are published
SHOWN = 10  # names


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: `state` is a key of its section of templates/cli/doctor.toml."""

    check: str
    state: str
    facts: Mapping[str, Any]

    @property
    def words(self) -> tuple[str, str, str]:
        """(name, what is, what to do or "")."""
        table = _words()[self.check]
        said = table[self.state]
        return (
            table["name"].format(**self.facts),
            said["is"].format(**self.facts),
            said.get("do", "").format(**self.facts),
        )


def found(check: str, state: str, **facts: Any) -> Finding:
    """A finding."""
    return Finding(check, state, facts)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((resources.templates() / "cli" / "doctor.toml").read_text(encoding="utf-8"))


@click.command("doctor", epilog="例：duban doctor；duban doctor --json")
@click.option("--json", "json_wanted", is_flag=True, help="输出 JSON")
@click.pass_context
def doctor_command(ctx: click.Context, json_wanted: bool) -> None:
    """体检：数据库、时钟、聊天、联络员、卡住的消息、备份。每行说情况和该做什么；有事要做则退出码为 1。"""
    rows = [
        {"check": one.check, "state": one.state, "ok": not todo, "name": name, "what": what, "todo": todo}
        for one in findings(office(ctx))
        for name, what, todo in [one.words]
    ]
    if json_wanted:
        as_json(rows)
    else:
        show("doctor", rows=rows, todo=sum(not row["ok"] for row in rows))
    ctx.exit(0 if all(row["ok"] for row in rows) else 1)


def findings(here: Office) -> Iterator[Finding]:
    """All of them, in the order in which they are to be mended. Creates and changes nothing."""
    yield from _file(here)
    ledger = _opened(here)
    if ledger is not None:
        try:
            yield from _inside(here, ledger)
        finally:
            ledger.close()
    yield from _chat(here)
    yield from _calendar(here)
    yield from _disk(here)


def _opened(here: Office) -> Ledger | None:
    if here.path is not None and not here.path.is_file():
        return None
    return Ledger(here.settings.database.resolved())


def _file(here: Office) -> Iterator[Finding]:
    path = here.path
    if path is None:  # a server, that is asked
        return
    if not path.is_file():
        yield found("database", "none", path=path)
        return
    status = path.stat()
    yield found("database", "there", path=path, mb=status.st_size / 1e6)
    mode = stat.S_IMODE(status.st_mode)
    yield found("private", "open" if mode & 0o077 else "ok", path=path, mode=f"{mode:04o}")
    who = holding.holder(path)
    if who is None:
        yield found("serving", "nobody")
    else:
        yield found("serving", "held", pid=who.pid, host=who.host, since=who.since)


def _inside(here: Office, ledger: Ledger) -> Iterator[Finding]:
    try:
        with ledger.reading() as session:
            rows = list((_file_within if ledger.path is not None else _server)(ledger, session))
            version, empty = migrate.current(session), migrate.is_empty(session)
    except DubanError as error:
        state = "broken" if ledger.path is not None else "unreachable"
        yield found("database", state, name=ledger.name, why=error.facts.get("why", error))
        return
    yield from rows
    tables = found("tables", "none") if empty else _tables(ledger, version)
    yield tables
    if tables.state != "ok":
        return
    for check in (_clock, _people, _queues, _kept, _over):
        with ledger.reading() as session:
            rows = list(check(here, session))
        yield from rows


def _file_within(_ledger: Ledger, session: Session) -> Iterator[Finding]:
    broken, loose = figures.faults(session)
    yield found("integrity", "broken" if broken else "ok", why=broken)
    table, count = loose or ("", 0)
    yield found("references", "broken" if loose else "ok", table=table, count=count)


def _server(ledger: Ledger, session: Session) -> Iterator[Finding]:
    """What a file has of its own (room, access, integrity, references) is the server's to look after."""
    server, now = figures.server(session), RealClock().now()
    yield found("database", "server", name=ledger.name, version=server.version, mb=server.size / 1e6)
    seconds = round((server.now - now).total_seconds())
    yield found("server_clock", "differs" if abs(server.now - now) > WRONG else "ok", seconds=seconds)


def _tables(ledger: Ledger, version: str | None) -> Finding:
    known = migrate.head()
    if version is None:
        return found("tables", "foreign")
    if version != known:
        return found("tables", "newer" if version > known else "older", found=version, known=known)
    differences = migrate.check(ledger)
    return found("tables", "differ" if differences else "ok", found=version, count=len(differences))


def _clock(here: Office, session: Session) -> Iterator[Finding]:
    zone, now = here.settings.office.zone, RealClock().now()
    reached = meta.clock_reached(session)
    if reached is not None:
        yield found("clock", "virtual", now=_minute(here, reached), zone=zone)
        return
    newest = figures.newest_moment(session)
    behind = newest is not None and newest > now + WRONG
    minutes = math.ceil((newest - now).total_seconds() / 60) if newest is not None else 0
    yield found("clock", "behind" if behind else "ok", now=_minute(here, now), zone=zone, minutes=minutes)


def _people(_here: Office, session: Session) -> Iterator[Finding]:
    yield found("coordinator", "ok" if people.any_coordinator(session) else "none")
    names = figures.unbound_with_work(session)
    shown = "、".join(names[:SHOWN]) + ("等" if len(names) > SHOWN else "")
    yield found("contacts", "missing" if names else "ok", count=len(names), names=shown)


def _queues(_here: Office, session: Session) -> Iterator[Finding]:
    now = meta.clock_reached(session) or RealClock().now()
    waiting = figures.queues(session, now=now)
    for check, count, since in (
        ("outbox", waiting.outbox, waiting.outbox_due),
        ("inbox", waiting.inbox, waiting.inbox_since),
    ):
        waited = now - since if since is not None else timedelta()
        minutes = int(waited.total_seconds() // 60)
        yield found(check, "late" if waited > LATE else "ok", count=count, minutes=minutes)
    for check, count in (
        ("unknown", waiting.unknown),
        ("held", waiting.held),
        ("set_aside", waiting.set_aside),
    ):
        yield found(check, "some" if count else "ok", count=count)


def _kept(here: Office, session: Session) -> Iterator[Finding]:
    """The last backup's age."""
    if here.path is None:
        return
    folder = backup.folder_of(here.path, here.settings.backup.folder)
    there = backup.dated(here.path, folder)
    age = backup.age(here.path, folder, now=RealClock().now())
    hours = int(age.total_seconds() // 3600) if age is not None else 0
    facts = {"hours": hours, "count": len(there), "folder": folder}
    if not here.settings.backup.keep:
        yield found("backup", "off")
    elif age is None:
        yield found("backup", "none" if desk.plans(session) else "empty")
    else:
        yield found("backup", "old" if age > OLD else "ok", **facts)


def _over(here: Office, session: Session) -> Iterator[Finding]:
    """What retention would sweep, and whether it does."""
    now, kept = meta.clock_reached(session) or RealClock().now(), here.settings.retention
    counts = dict(retention.over(session, now=now, kept=kept))
    if here.path is not None and kept.copies_days:
        before = RealClock().now() - timedelta(days=kept.copies_days)
        counts |= {"copies": count} if (count := len(backup.spare(here.path, before=before))) else {}
    behind = retention.over(session, now=now - BEHIND, kept=kept)
    words = _words()["kinds"]
    what = "，".join(words[name].format(count=count) for name, count in counts.items())
    yield found("retention", "behind" if behind else "tonight" if counts else "ok", what=what)


def _chat(here: Office) -> Iterator[Finding]:
    """getMe, through the transport."""
    token = here.settings.telegram.secret()
    if not token:
        yield found("chat", "local" if here.settings.web.enabled else "nobody")
        return
    from duban_bot.transports.telegram import TelegramTransport  # noqa: PLC0415 - heavy, and often not needed

    async def ask() -> str:
        telegram = TelegramTransport(token, here.settings.telegram.base_url)
        try:
            await telegram.start()
            return telegram.username
        finally:
            await telegram.stop()

    try:
        yield found("chat", "ok", username=asyncio.run(ask()))
    except DubanError as error:
        yield found("chat", "refused", why=error)


def _calendar(here: Office) -> Iterator[Finding]:
    today = RealClock().now().astimezone(here.zone).date()
    announced = (today.month, today.day) >= ANNOUNCED
    for year, missing in ((today.year, "missing"), (today.year + 1, "missing" if announced else "coming")):
        yield found("calendar", missing if here.calendar.provisional(year) else "ok", year=year)


def _disk(here: Office) -> Iterator[Finding]:
    if here.path is None:
        return
    folders = {here.path.parent, backup.folder_of(here.path, here.settings.backup.folder)}
    size = here.path.stat().st_size if here.path.is_file() else 0
    need = max(ROOM, 3 * size // 1_000_000)
    seen: set[int] = set()
    for folder in sorted(map(_there, folders)):
        if (device := folder.stat().st_dev) not in seen:
            seen.add(device)
            free = shutil.disk_usage(folder).free // 1_000_000
            yield found("disk", "low" if free < need else "ok", folder=folder, free=free, need=need)


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there already."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.is_dir())


def _minute(here: Office, moment: Any) -> str:
    return f"{moment.astimezone(here.zone):%Y-%m-%d %H:%M}"
