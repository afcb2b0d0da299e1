"""`duban import` and `duban activate`."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import click

from duban.errors import DubanError
from duban.ledger import plans
from duban.ledger.plans import Preview
from duban.model import Problem
from duban.reading.document import read_plan
from duban_cli.printing import note
from duban_cli.reading import YEAR, day, file_bytes
from duban_cli.wiring import Office, office


class NotAsked(DubanError):
    """有 {count} 处存疑要您决定，而这里不能提问。请在终端里运行，或加 --yes 取最稳妥的处理。"""


@click.command(
    "import", epilog="例：duban import 方案.txt --issued 2026-03-16；duban import 方案.txt --yes --activate"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=YEAR, help="方案的年度（标题没写时）")
@click.option("--issued", metavar="日期", help="印发日期，如 2026-03-16")
@click.option("--yes", is_flag=True, help="每处存疑取最稳妥的处理，并列出来")
@click.option("--activate", is_flag=True, help="导入后马上启动督办")
@click.option("--strict", is_flag=True, help="还有要决定的事时退出码为 4")
@click.pass_context
def import_command(
    ctx: click.Context,
    file: Path,
    year: int | None,
    issued: str | None,
    yes: bool,
    activate: bool,
    strict: bool,
) -> None:
    """导入一份方案：先说读到了什么，逐处问存疑，再写入台账。"""
    body = file_bytes(file)
    plan = read_plan(body, name=file.name, year=year, issued=day(issued))
    here = office(ctx)
    with here.writing() as session:
        preview = plans.preview(session, plan, sha256=hashlib.sha256(body).hexdigest())
    if preview.same is not None:  # nothing to do is no mistake
        click.echo(str(plans.AlreadyImported(title=preview.same.title)), err=True)
        if activate and preview.same.state == "draft":
            _activate(here, preview.same.id)
        return
    note("preview", plan=plan, preview=preview)
    decisions = {} if yes else _ask(preview)
    with here.writing() as session:
        stored = plans.store(
            session, plan, body=body, name=file.name, now=here.now(), actor="cli", decisions=decisions
        )
        plan_id = stored.plan.id
    note("stored", plan=plan, stored=stored, decided=set(decisions))
    waiting = _waiting(here, plan_id)
    if activate:
        _activate(here, plan_id)
    else:
        note("waiting", waiting=waiting)
    if strict and waiting:
        ctx.exit(4)


def _ask(preview: Preview) -> dict[str, str]:
    doubts = [one for one in preview.doubts if one.choices]
    if not doubts:
        return {}
    if not sys.stdin.isatty():
        raise NotAsked(count=len(doubts))
    return {plans.doubt_key(one): _choose(one) for one in doubts}


def _choose(doubt: Problem) -> str:
    click.echo(f"\n{f'第{doubt.item}项 ' if doubt.item is not None else ''}{doubt.message}", err=True)
    for number, choice in enumerate(doubt.choices, 1):
        click.echo(f"  {number}. {choice.label}", err=True)
    picked: int = click.prompt("请选", type=click.IntRange(1, len(doubt.choices)), default=1, err=True)
    return doubt.choices[picked - 1].value


def _waiting(here: Office, plan_id: int) -> list[Problem]:
    with here.reading() as session:
        return list(plans.blockers(session, plan_id))


def _activate(here: Office, plan_id: int) -> None:
    with here.writing() as session:
        done = plans.activate(
            session,
            plan_id,
            now=here.now(),
            calendar=here.calendar,
            policy=here.settings.policy,
            zone=here.zone,
        )
    note("activated", done=done)


@click.command("activate", epilog="例：duban activate")
@click.pass_context
def activate_command(ctx: click.Context) -> None:
    """启动最近导入的方案；不能启动时说明缺什么。"""
    here = office(ctx)
    with here.reading() as session:
        plan_id = plans.find_plan(session).id
    _activate(here, plan_id)
