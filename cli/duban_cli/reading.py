"""`duban read`: what a document says. No chat; of a ledger that is there, only what was said of heads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from duban.clock import YEARS
from duban.errors import DubanError
from duban.model import Plan
from duban.reading.document import plan_to_json
from duban.reading.errors import NotAPlan
from duban.reading.heads import File, read_knowing
from duban_cli.files import file_bytes, said_while_reading
from duban_cli.printing import as_json, show

YEAR = click.IntRange(YEARS.start, YEARS.stop - 1)
NOT_UNDERSTOOD = frozenset({"unknown-column", "no-header", "skipped-table", "skipped-part"})
ITEM_NO = click.IntRange(1, 9999)  # an item's number on the command line


class BadDay(DubanError):
    """日期“{text}”无法识别，请写成 2026-03-16。"""


def read(
    ctx: click.Context, path: Path, *, year: int | None = None, issued: str | None = None
) -> tuple[File, Plan]:
    """A file, and what it says with what is known of heads. Nothing is written: a database that is there is
    asked, none is made, and only where a head or a table was not understood."""
    on = day(issued)
    file = File.of(file_bytes(path), path.name)
    with said_while_reading(path):
        try:
            plan = read_knowing(file, {}, year=year, issued=on)
        except NotAPlan:
            said = _kept(ctx)
            if not said:
                raise
            return file, read_knowing(file, said, year=year, issued=on)
        if any(problem.code in NOT_UNDERSTOOD for problem in plan.problems) and (said := _kept(ctx)):
            plan = read_knowing(file, said, year=year, issued=on)
        return file, plan


def _kept(ctx: click.Context) -> dict[str, str]:
    """What coordinators said of heads; {} where there is no database, or an older one."""
    from duban_cli.wiring import kept_heads  # noqa: PLC0415 - the ledger is not loaded for files that are clear

    return kept_heads(ctx)


def day(text: str | None) -> date | None:
    """An ISO date from the command line, of a year that plans have. Raises BadDay."""
    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadDay(text=text) from None
    if found.year not in YEARS:
        raise BadDay(text=text)
    return found


@click.command("read", epilog="例：duban read 方案.txt --json")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=YEAR, help="方案的年度（标题没写时）")
@click.option("--issued", metavar="日期", help="印发日期，如 2026-03-16")
@click.option("--json", "json_wanted", is_flag=True, help="输出 JSON")
@click.option("--strict", is_flag=True, help="有存疑时退出码为 4")
@click.pass_context
def read_command(
    ctx: click.Context, file: Path, year: int | None, issued: str | None, json_wanted: bool, strict: bool
) -> None:
    """看看文件里写了什么：事项、单位、时限和存疑之处。不写入任何东西。"""
    _, plan = read(ctx, file, year=year, issued=issued)
    if json_wanted:
        as_json(plan_to_json(plan))
    else:
        show("plan", plan=plan)
    if strict and plan.problems:
        ctx.exit(4)
