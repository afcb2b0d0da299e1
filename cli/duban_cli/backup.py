"""`duban backup` and `duban restore`: the whole ledger as one file, out and back in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from duban import hours
from duban.clock import RealClock, make_clock
from duban.errors import DubanError
from duban.ledger import backup, engines, restoring
from duban.ledger.backup import Contents
from duban_cli.deciding import interactive
from duban_cli.printing import as_json, note
from duban_cli.wiring import Office, office
from duban_scheduler.policy import digest_moment, next_digest


class DumpInstead(DubanError):
    """PostgreSQL 的台账用它自己的工具备份，正在服务时也可以：pg_dump -Fc -f {file} '{address}'"""


class LoadInstead(DubanError):
    """PostgreSQL 的台账用它自己的工具恢复。请先停掉服务，另建一个空库，运行 \
pg_restore --single-transaction --no-owner -d '{address}' {file}，\
把 database.url 改成它，再运行 duban db restored。"""


@click.command("backup", epilog="例：duban backup；duban backup /mnt/u/台账.sqlite3")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--json", "json_wanted", is_flag=True, help="输出 JSON")
@click.pass_context
def backup_command(ctx: click.Context, file: Path | None, json_wanted: bool) -> None:
    """备份整个台账，正在服务时也可以；核验无误才算数。不写文件名时按日期命名，放进备份文件夹。"""
    here = office(ctx)
    source = here.path
    if source is None:
        raise DumpInstead(file=file or "duban.dump", address=engines.bare(here.unopened.url))
    if file is not None:
        made = backup.save(source, file)
    else:
        folder = backup.folder_of(source, here.settings.backup.folder)
        keep = here.settings.backup.keep
        now = RealClock().now().astimezone(here.zone)
        made = backup.rotated(source, folder, keep=keep or None, now=now)
    if json_wanted:
        as_json(shape(made))
    else:
        note("backup", made=made, mb=made.size / 1e6)


class NotSure(DubanError):
    """恢复会换掉现在的台账，而这里不能提问；看清楚上面的内容后，请加 --yes 再运行。"""


@click.command("restore", epilog="例：duban restore duban.backup-20260320-033000.sqlite3")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="不再问，直接恢复")
@click.pass_context
def restore_command(ctx: click.Context, file: Path, yes: bool) -> None:
    """用一份备份换掉现在的台账；先给现在的留一份副本。要先停掉正在服务的 duban。"""
    here = office(ctx)
    place = here.path
    if place is None:
        raise LoadInstead(file=file, address=engines.bare(here.unopened.url, database="duban_new"))
    with here.alone("restore"):
        found = restoring.look(file, place)
        there = restoring.there_now(place)
        now = _now(here, found, there)
        _preview(here, found, there, now)
        if not yes:
            _ask()
        stamp = RealClock().now().astimezone(here.zone)
        done = restoring.restore(file, place, now=now, digest=first_digest(here, now), stamp=stamp)
    note("restored", done=done, place=place)


def _preview(here: Office, found: Contents, there: Contents | None, now: datetime) -> None:
    taken, changed = (
        f"{one.latest.astimezone(here.zone):%Y-%m-%d %H:%M}" if one is not None and one.latest else None
        for one in (found, there)
    )
    days = (now - found.latest).days if found.latest else None
    note(
        "restore", found=found, taken=taken, days=days, there=there, changed=changed, place=here.path,
        exists=bool(here.path and here.path.exists()),
    )  # fmt: skip


def _ask() -> None:
    if not interactive():
        raise NotSure
    if not click.confirm("恢复吗？", default=False, err=True):
        raise click.Abort


def _now(here: Office, found: Contents, there: Contents | None) -> datetime:
    """The moment of the ledger that is to be; a virtual clock has come at least as far as either file."""
    known = [one.reached for one in (found, there) if one is not None and one.reached is not None]
    if found.reached is None:
        return make_clock(here.start, here.speed).now()
    asked = [make_clock(here.start, here.speed).now()] if here.start is not None else []
    return max(*known, *asked, found.reached)


def first_digest(here: Office, now: datetime) -> datetime | None:
    """When what came up since the backup is said: None where the hour for it is now."""
    policy, zone, calendar = here.settings.policy, here.zone, here.calendar
    hour = digest_moment(now.astimezone(zone).date(), policy, zone)
    if hours.allowed(now, policy, zone, calendar) and hour <= now:
        return None
    return next_digest(now, policy, zone, calendar)


def shape(found: Contents) -> dict[str, Any]:
    """What --json says of a ledger's file."""
    return {
        "path": str(found.path), "bytes": found.size, "version": found.version, "title": found.title,
        "latest": found.latest.isoformat() if found.latest else None, "plans": found.plans,
        "tasks": found.tasks, "people": found.people,
    }  # fmt: skip
