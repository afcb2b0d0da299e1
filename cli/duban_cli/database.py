"""`duban db`: the database's tables, and the whole of it to another place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from duban.clock import RealClock
from duban.errors import EnvironmentNotThere
from duban.ledger import copying, figures, held, holding
from duban.ledger.database import Ledger
from duban.ledger.engines import dsn
from duban.ledger.migrations import migrate
from duban_cli.backup import first_digest
from duban_cli.printing import as_json, note, show
from duban_cli.wiring import Office, office

LARGE = 20_000  # rows of a table after which progress is said


@click.group("db")
def db_command() -> None:
    """数据库：升级、检查、复制到另一个库。"""


@db_command.command("upgrade", epilog="例：duban db upgrade")
@click.pass_context
def upgrade_command(ctx: click.Context) -> None:
    """新建数据库，或升级到当前版本（升级前先备份）。"""
    ledger = office(ctx).upgraded()
    _install_queue(ledger)
    click.echo(f"数据库 {ledger.name} 已是最新。", err=True)


@db_command.command("check", epilog="例：duban db check")
@click.pass_context
def check_command(ctx: click.Context) -> None:
    """检查数据库的表与程序是否一致。"""
    here = office(ctx)
    differences = migrate.check(here.ledger)
    for difference in differences:
        click.echo(difference)
    if differences:
        ctx.exit(3)
    click.echo("一致。", err=True)


@db_command.command("restored", epilog="例：duban db restored")
@click.pass_context
def restored_command(ctx: click.Context) -> None:
    """用 pg_restore 恢复之后、启动之前运行：备份里还在路上的旧消息先扣下。duban restore 自己会做。"""
    here = office(ctx)
    with here.alone("restore"), here.writing() as session:
        now = here.now()
        done = held.hold_back(
            session, now=now, taken=figures.newest_moment(session), digest=first_digest(here, now)
        )
    note("held_back", held=done)


@db_command.command("copy", epilog="例：duban db copy postgresql://duban@127.0.0.1/duban")
@click.argument("to", metavar="新库地址")
@click.option("--json", "json_wanted", is_flag=True, help="输出 JSON")
@click.pass_context
def copy_command(ctx: click.Context, to: str, json_wanted: bool) -> None:
    """把整个台账复制到另一个空库，逐表核对行数和校验和，对不上就全部撤回。要先停掉正在服务的 duban。"""
    here = office(ctx)
    if here.path is not None and not here.path.is_file():
        raise EnvironmentNotThere(what=f"数据库 {here.path}", why="还没有，没有可复制的")
    with here.alone("copy"), _held(here, to) as target:
        made = copying.copy(here.ledger, target, progress=_say)
        _install_queue(target)
    rows = [{"table": table, "rows": one.rows, "checksum": one.digest} for table, one in made.items()]
    if json_wanted:
        as_json(rows)
    else:
        show("copied", rows=rows)
        note("copied_to", name=target.name)


def _install_queue(ledger: Ledger) -> None:
    """What the workers need beside the ledger's own tables."""
    if ledger.path is None:
        from duban_scheduler import queue_tables  # noqa: PLC0415 - an extra brings what it stands on

        queue_tables.install(dsn(ledger.url))


@contextmanager
def _held(here: Office, to: str) -> Iterator[Ledger]:
    """The other database, kept from everybody else where it is a file. Gives its connections back."""
    target = Ledger(to, wait=here.settings.database.wait_seconds)
    try:
        if target.path is None or (here.path is not None and target.path.samefile(here.path)):
            yield target
        else:
            with holding.hold(target.path, doing="copy", now=RealClock().now().astimezone(here.zone)):
                yield target
    finally:
        target.close()


def _say(table: str, done: int, total: int) -> None:
    step = copying.BATCH * (LARGE // copying.BATCH)
    if total >= LARGE and (done == total or done % step == 0):
        click.echo(f"{table}：{done}/{total}", err=True)
