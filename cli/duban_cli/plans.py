"""`duban import` and `duban activate`."""

from __future__ import annotations

from pathlib import Path

import click

from duban.errors import DubanError
from duban.ledger import drafts, plans
from duban.ledger.review import begin_anew, review
from duban.model import Problem
from duban.reading.heads import File
from duban_cli.deciding import Stopped, decide_all, interactive, show_preview
from duban_cli.printing import note
from duban_cli.reading import YEAR, day, read
from duban_cli.wiring import Office, office


class NotAsked(DubanError):
    """有 {count} 处存疑要您决定，而这里不能提问。请在终端里运行，或加 --yes 取最稳妥的处理。"""


@click.command(
    "import", epilog="例：duban import 方案.docx --issued 2026-03-16；duban import 方案.docx --yes --activate"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=YEAR, help="方案的年度（标题没写时）")
@click.option("--issued", metavar="日期", help="印发日期，如 2026-03-16")
@click.option("--yes", is_flag=True, help="还没定的存疑都取最稳妥的处理，并列出来")
@click.option("--again", is_flag=True, help="上次没做完的不算，从头问起，表头也重新问")
@click.option("--activate", is_flag=True, help="导入后马上启动督办")
@click.option("--strict", is_flag=True, help="还有要决定的事时退出码为 4")
@click.pass_context
def import_command(
    ctx: click.Context,
    file: Path,
    year: int | None,
    issued: str | None,
    yes: bool,
    again: bool,
    activate: bool,
    strict: bool,
) -> None:
    """导入一份方案：逐处问存疑，再写入台账。可以随时停下，再运行一次接着做。"""
    document, _ = read(ctx, file, year=year, issued=issued)  # what cannot be read makes no database
    here = office(ctx)
    with here.writing() as session:
        draft = drafts.keep(session, document, person=None, year=year, issued=day(issued), now=here.now())
        if again:
            begin_anew(session, draft)
        seen = review(session, draft, document)
        if seen.look.same is not None:
            drafts.drop(session, draft)
        elif seen.waiting and not yes and not interactive():
            raise NotAsked(count=len(seen.waiting))
    if seen.look.same is not None:  # nothing to do is no mistake
        click.echo(str(plans.AlreadyImported(title=seen.look.same.title)), err=True)
        if activate and seen.look.same.state == "draft":
            _activate(here, seen.look.same.id)
        return
    if seen.decided:
        click.echo(f"上次已定 {seen.decided} 处，接着往下；要从头再来请加 --again。", err=True)
    try:
        show_preview(seen) if yes else decide_all(here, document)
    except Stopped as stopped:
        note("stopped", seen=stopped.seen, file=file)
        ctx.exit(130 if stopped.broken_off else 4 if strict else 0)
    plan_id = _store(here, document)
    waiting = _waiting(here, plan_id)
    if activate:
        _activate(here, plan_id)
    else:
        note("waiting", waiting=waiting)
    if strict and waiting:
        ctx.exit(4)


def _store(here: Office, document: File) -> int:
    """Write the plan; the draft is done with."""
    with here.writing() as session:
        draft = drafts.keep(session, document, person=None, now=here.now())
        seen = review(session, draft, document)
        stored = plans.store(
            session,
            seen.plan,
            body=document.body,
            name=document.name,
            now=here.now(),
            actor="cli",
            decisions=seen.decisions,
        )
        drafts.drop(session, draft)
        plan_id = stored.plan.id
    note("stored", plan=seen.plan, stored=stored, decided=set(seen.decisions))
    return plan_id


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
