"""The coordinator's picture on the command line: the same functions as in chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from duban.ledger import directory, doubtful, held, plans, sources, summary
from duban.ledger.summary import View
from duban_cli.printing import as_json, either, note, show
from duban_cli.reading import ITEM_NO
from duban_cli.wiring import Office, office

# the keys that --json promises; what the words need besides stays inside
TASK = ("item", "unit", "role", "due", "ask_by", "state", "percent", "light", "reports")
SHAPES = {"tasks": TASK, "reports": ("at", "by", "status", "percent", "text")}
ITEM = ("no", "requirement", "deadlines", "tasks")
ENTRY = ("kind", "item", "unit", "since", "text")
AROUND = 16  # characters of the text beside a deadline's own

json_option = click.option("--json", "json_wanted", is_flag=True, help="输出 JSON")


def shaped(data: Any, keys: Sequence[str]) -> Any:
    """Rows with these keys alone, the rows within them as SHAPES says."""
    if isinstance(data, list):
        return [shaped(one, keys) for one in data]
    return {
        key: shaped(data[key], SHAPES[key]) if key in SHAPES else data[key] for key in keys if key in data
    }


def _view(here: Office) -> View:
    return View.at(here.now(), here.zone, here.settings.policy, here.calendar)


@click.command("summary", epilog="例：duban summary --json")
@json_option
@click.pass_context
def summary_command(ctx: click.Context, json_wanted: bool) -> None:
    """当前方案的汇总：事项、任务、各状态、逾期、各单位。"""
    here = office(ctx)
    with here.reading() as session:
        data = summary.summary(session, plans.find_plan(session), view=_view(here))
    either(data, json_wanted=json_wanted, template="summary")


@click.command("overdue", epilog="例：duban overdue")
@json_option
@click.pass_context
def overdue_command(ctx: click.Context, json_wanted: bool) -> None:
    """已经逾期、还没有报完成的任务。"""
    here = office(ctx)
    with here.reading() as session:
        data = summary.overdue(session, view=_view(here))
    either(shaped(data, TASK), json_wanted=json_wanted, template="tasks", empty="没有逾期的任务。")


@click.command("due", epilog="例：duban due --days 14")
@click.option("--days", type=click.IntRange(0, 3660), default=30, show_default=True, help="今后多少天内")
@json_option
@click.pass_context
def due_command(ctx: click.Context, days: int, json_wanted: bool) -> None:
    """近期到期的任务。"""
    here = office(ctx)
    with here.reading() as session:
        data = summary.due(session, view=_view(here), days=days)
    either(
        shaped(data, TASK),
        json_wanted=json_wanted,
        template="tasks",
        empty=f"今后 {days} 天内没有到期的任务。",
    )


@click.command("unit", epilog="例：duban unit 县教育体育局")
@click.argument("name")
@json_option
@click.pass_context
def unit_command(ctx: click.Context, name: str, json_wanted: bool) -> None:
    """一个单位的全部任务。"""
    here = office(ctx)
    with here.reading() as session:
        row = directory.unit_named(session, name)
        data = summary.unit(session, row.id, view=_view(here))
    either(shaped(data, TASK), json_wanted=json_wanted, template="tasks", empty="这个单位没有任务。")


@click.command("item", epilog='例：duban item 12 --source；补上缺失的文字：duban item 12 --text "……"')
@click.argument("no", type=ITEM_NO)
@click.option("--text", help="补上文件里缺失的要求文字")
@click.option("--source", is_flag=True, help="显示它在文件中的出处")
@json_option
@click.pass_context
def item_command(ctx: click.Context, no: int, text: str | None, source: bool, json_wanted: bool) -> None:
    """一个事项：要求、时限、各单位的任务和反馈。"""
    here = office(ctx)
    if text is not None:
        with here.writing() as session:
            plans.give_text(
                session,
                plans.find_item(session, no).id,
                text,
                now=here.now(),
                actor="cli",
                calendar=here.calendar,
                policy=here.settings.policy,
                zone=here.zone,
            )
    with here.reading() as session:
        row = plans.find_item(session, no)
        data = summary.item(session, row, view=_view(here))
        came = sources.source(session, row) if source else None
    if json_wanted:
        as_json(shaped(data, ITEM) | ({"source": came} if came else {}))
        return
    show("item", data=data, source=came, around=_around)


def _around(deadline: dict[str, Any], text: str | None) -> str:
    """A deadline's words within the text, for an item that keeps no place of its own."""
    start, end = deadline["span"]
    if deadline["source"] != "requirement" or end <= start or not text:
        return ""
    return f"{text[max(0, start - AROUND) : start]}【{text[start:end]}】{text[end : end + AROUND]}"


@click.command("queue", epilog="例：duban queue；duban queue --release")
@click.option("--release", "verdict", flag_value="release", help="恢复备份时扣下的旧消息：放行，每人合成一条")
@click.option("--drop", "verdict", flag_value="drop", help="恢复备份时扣下的旧消息：都不发")
@click.option("--resend", type=int, metavar="编号", help="不能确定是否送达的消息：再发一次，标明补发")
@click.option("--let-be", type=int, metavar="编号", help="不能确定是否送达的消息：不再发")
@json_option
@click.pass_context
def queue_command(
    ctx: click.Context, verdict: str | None, resend: int | None, let_be: int | None, json_wanted: bool
) -> None:
    """等督办员决定的事：核查、延期、困难、改派、没看懂的话、发送存疑的消息。"""
    here = office(ctx)
    for number, act in ((resend, doubtful.resend), (let_be, doubtful.let_be)):
        if number is not None:
            with here.writing() as session:
                act(session, doubtful.find(session, number), now=here.now(), actor="cli")
            note("resent", no=number, goes=act is doubtful.resend)
            return
    if verdict is not None:
        with here.writing() as session:
            decide = held.release if verdict == "release" else held.drop
            count = decide(session, now=here.now(), actor="cli")
        note("held", count=count, goes=verdict == "release")
        return
    with here.reading() as session:
        data = summary.queue(session, view=_view(here))
    if json_wanted:
        as_json(shaped(data, ENTRY))
    else:
        show("queue", data=data)
