"""`duban read`: what a document says. No ledger, no chat."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import click

from duban.clock import YEARS
from duban.errors import DubanError, why
from duban.reading.document import plan_to_json, read_plan
from duban.reading.errors import TooLarge
from duban.reading.files import LIMIT
from duban_cli.printing import as_json, show

YEAR = click.IntRange(YEARS.start, YEARS.stop - 1)
ITEM_NO = click.IntRange(1, 9999)  # an item's number on the command line


class NoSuchFile(DubanError):
    """文件 {path} 读不了（{why}），请检查路径。"""


class BadDay(DubanError):
    """日期“{text}”无法识别，请写成 2026-03-16。"""


def file_bytes(path: Path) -> bytes:
    """The file's content. Raises NoSuchFile; TooLarge without reading it."""
    try:
        look = path.stat()
        if not (stat.S_ISREG(look.st_mode) or stat.S_ISDIR(look.st_mode)):  # a pipe may never end
            raise NoSuchFile(path=path, why="不是普通文件")
        if stat.S_ISREG(look.st_mode) and look.st_size > LIMIT << 20:
            raise TooLarge(size=look.st_size >> 20, limit=LIMIT)
        return path.read_bytes()
    except OSError as error:
        raise NoSuchFile(path=path, why=why(error)) from None
    except ValueError:  # a zero byte in the name
        raise NoSuchFile(path=str(path).replace("\0", "?"), why="名字里有不能用的字符") from None


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
    plan = read_plan(file_bytes(file), name=file.name, year=year, issued=day(issued))
    if json_wanted:
        as_json(plan_to_json(plan))
    else:
        show("plan", plan=plan)
    if strict and plan.problems:
        ctx.exit(4)
