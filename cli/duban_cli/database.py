"""`duban db`: the database's tables."""

from __future__ import annotations

import click

from duban.ledger.engines import dsn
from duban.ledger.migrations import migrate
from duban_cli.wiring import office


@click.group("db")
def db_command() -> None:
    """数据库：升级、检查。"""


@db_command.command("upgrade", epilog="例：duban db upgrade")
@click.pass_context
def upgrade_command(ctx: click.Context) -> None:
    """新建数据库，或升级到当前版本（升级前先备份）。"""
    ledger = office(ctx).upgraded()
    if ledger.path is None:
        from duban_scheduler import queue_tables  # noqa: PLC0415 - an extra brings what it stands on

        queue_tables.install(dsn(ledger.url))
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
