"""`duban explain`: how a text is read, for one text or a stream of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from duban import settings
from duban.clock import RealClock
from duban.errors import DubanError
from duban.model import PlanContext
from duban_cli.printing import as_json
from duban_cli.reading import YEAR, day
from duban_cli.stream import answers

if TYPE_CHECKING:
    from duban.deadlines.loose import Loose

Facts = Mapping[str, Any]


class NothingToExplain(DubanError):
    """请给出要解释的文字，或用 --jsonl 从标准输入逐行读。例：duban explain deadline 年底前 --year 2026"""


def _today(zone: str) -> date:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - for two subjects

    return RealClock().now().astimezone(ZoneInfo(zone)).date()


def _zone(ctx: click.Context) -> str:
    """The office's zone: what 明天 is does not depend on where the program runs."""
    return settings.load(ctx.find_root().obj["config"]).office.zone


def _context(facts: Facts) -> PlanContext:
    return PlanContext(year=facts.get("year"), issued=facts.get("issued"), column=bool(facts.get("column")))


def _deadlines(text: str, facts: Facts) -> dict[str, Any]:
    from duban.deadlines.explain import to_json  # noqa: PLC0415 - each subject loads its own room
    from duban.deadlines.grammar import read_deadlines  # noqa: PLC0415
    from duban.model import Source  # noqa: PLC0415

    source = Source.COLUMN if facts.get("column") else Source.REQUIREMENT
    found, problems = read_deadlines(text, context=_context(facts), source=source)
    said = [{"code": one.code, "message": one.message} for one in problems]
    return {"deadlines": [to_json(one) for one in found], "problems": said}


def _units(text: str, _facts: Facts) -> dict[str, Any]:
    from duban.units.cell import parse_units, to_json  # noqa: PLC0415

    names = parse_units(text)
    return {"units": [to_json(one) for one in names.duties], "vague": list(names.vague)}


def _dates(text: str, facts: Facts) -> dict[str, Any]:
    from duban.deadlines.explain import to_json  # noqa: PLC0415

    found = _typed(text, facts)
    return {"dates": [to_json(found.deadline)] if found.deadline else [], "doubts": list(found.doubts)}


def _updates(text: str, facts: Facts) -> dict[str, Any]:
    from duban.replies.reading import read_reply, to_json  # noqa: PLC0415

    reading = read_reply(text, on=facts["on"], open_items=facts.get("open", ()), focus=facts.get("focus"))
    return {"updates": [to_json(one) for one in reading.updates]}


def _deadline_lines(text: str, facts: Facts) -> list[str]:
    from duban.deadlines.explain import explain_deadlines  # noqa: PLC0415
    from duban.deadlines.workdays import state_calendar  # noqa: PLC0415

    return explain_deadlines(text, _context(facts), state_calendar())


def _unit_lines(text: str, _facts: Facts) -> list[str]:
    from duban.units.cell import explain_units  # noqa: PLC0415

    return explain_units(text)


def _date_lines(text: str, facts: Facts) -> list[str]:
    found = _typed(text, facts)
    if found.deadline is not None:
        when = f"{found.date or ''} {found.time.strftime('%H:%M') if found.time else ''}".strip()
        return [f"“{found.deadline.text}”：{when or '没有确定的日期'}，规则 {found.how}", *found.doubts]
    return list(found.doubts) or ["没有读到日期。"]


def _typed(text: str, facts: Facts) -> Loose:
    from duban.deadlines.loose import read_date  # noqa: PLC0415

    return read_date(text, on=facts["on"], zone=facts["office zone"], year=facts.get("year"))


def _update_lines(text: str, facts: Facts) -> list[str]:
    from duban.replies.reading import explain_reply  # noqa: PLC0415

    return explain_reply(text, on=facts["on"])


SUBJECTS: dict[str, tuple[Callable[[str, Facts], dict[str, Any]], Callable[[str, Facts], list[str]]]] = {
    "deadline": (_deadlines, _deadline_lines),
    "units": (_units, _unit_lines),
    "reply": (_updates, _update_lines),
    "date": (_dates, _date_lines),
}

SEEN_FROM_TODAY = frozenset({"reply", "date"})


@click.command("explain", epilog='例：duban explain deadline "在完成审批程序后1个工作日内公开" --year 2018')
@click.argument("subject", type=click.Choice(list(SUBJECTS)))
@click.argument("text", required=False)
@click.option("--year", type=YEAR, help="方案的年度")
@click.option("--issued", metavar="日期", help="印发日期")
@click.option("--on", metavar="日期", help="说这话的日子（reply、date 用），默认今天")
@click.option("--column", is_flag=True, help="这段文字在时限栏里")
@click.option("--json", "json_wanted", is_flag=True, help="输出 JSON")
@click.option("--jsonl", is_flag=True, help="从标准输入逐行读 JSON，逐行输出")
@click.pass_context
def explain_command(
    ctx: click.Context,
    subject: str,
    text: str | None,
    year: int | None,
    issued: str | None,
    on: str | None,
    column: bool,
    json_wanted: bool,
    jsonl: bool,
) -> None:
    """解释一段时限（deadline）、单位（units）、反馈（reply）或日期（date）是怎么读的。"""
    data, lines = SUBJECTS[subject]
    facts: dict[str, Any] = {"year": year, "issued": day(issued), "on": day(on), "column": column}
    if subject in SEEN_FROM_TODAY:
        zone = _zone(ctx)
        facts |= {"office zone": zone, "on": facts["on"] or _today(zone)}
    if jsonl:
        if sys.stdin is None:
            raise NothingToExplain
        for line in answers(sys.stdin.buffer, data, facts):
            click.echo(line)
        return
    if text is None:
        raise NothingToExplain
    if json_wanted:
        as_json(data(text, facts))
    else:
        for line in lines(text, facts):
            click.echo(line)
