"""The coordinator's acts on the command line: the same use cases as in chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import click

from duban.clock import YEARS
from duban.errors import DubanError
from duban.ledger import desk, directory, making, plans, remind, reports, tasks
from duban.ledger.database import Session
from duban.ledger.tables import ItemRow, TaskRow, UnitRow
from duban_bot import tidings
from duban_cli.printing import show
from duban_cli.reading import ITEM_NO, BadDay, day
from duban_cli.wiring import Office, office

unit_option = click.option("--unit", help="只对这个单位")
ACTOR = "cli"


class NoSuchTask(DubanError):
    """第 {no} 项没有符合条件的任务；用 duban item {no} 查看各单位的情况。"""


class BadMoment(DubanError):
    """时间“{text}”无法识别，请写成 2026-09-28 或 2026-09-28T15:00。"""


def _item(session: Session, no: int, unit: str | None) -> tuple[ItemRow, UnitRow | None]:
    return plans.find_item(session, no), directory.unit_named(session, unit) if unit is not None else None


def _tasks(
    session: Session, no: int, unit: str | None, states: Sequence[str], *, work: bool = False
) -> list[TaskRow]:
    """The tasks of an item in these states. `work`: not its periods' reports, whose date is the period's."""
    item, row = _item(session, no, unit)
    found = [
        task
        for task in desk.tasks_of_item(session, item)
        if task.state in states
        and (row is None or task.unit_id == row.id)
        and not (work and task.kind == "period")
    ]
    if not found:
        raise NoSuchTask(no=no)
    return found


def _moment(here: Office, text: str | None) -> datetime:
    if text is None:
        return here.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadMoment(text=text) from None
    if moment.year not in YEARS:
        raise BadMoment(text=text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=here.zone)


def _day(here: Office, text: str) -> date:
    """A date as people type it, the next such one. Raises BadDay."""
    from duban.deadlines.loose import read_date  # noqa: PLC0415 - only who types a date pays for it

    found = read_date(text, on=here.today, zone=here.settings.office.zone).date
    if found is None:
        raise BadDay(text=text)
    return found


@click.command("event", epilog="例：duban event 41 --unit 县住房和城乡建设局 --at 2026-09-28T10:00")
@click.argument("no", type=ITEM_NO)
@unit_option
@click.option("--at", help="事由发生的时间，默认现在")
@click.option("--due", metavar="日期", help="原文没有写期限时，由督办员定的日期")
@click.pass_context
def event_command(ctx: click.Context, no: int, unit: str | None, at: str | None, due: str | None) -> None:
    """记录起算事由，算出到期日，形成任务并告知单位。"""
    here = office(ctx)
    with here.writing() as session:
        item, row = _item(session, no, unit)
        made = making.record_event(
            session,
            item=item,
            unit=row,
            at=_moment(here, at),
            now=here.now(),
            actor=ACTOR,
            calendar=here.calendar,
            zone=here.zone,
            due=day(due),
        )
        days = sorted({task.due.isoformat() for task in made})
    show("event", no=no, count=len(made), days=days)


@click.command(
    "deadline", epilog="例：duban deadline 27 2026-11-30；内部时限：duban deadline 27 2026-11-25 --ask-by"
)
@click.argument("no", type=ITEM_NO)
@click.argument("when", metavar="日期")
@unit_option
@click.option("--ask-by", is_flag=True, help="作为内部时限（原时限不变，提醒提前）")
@click.pass_context
def deadline_command(ctx: click.Context, no: int, when: str, unit: str | None, ask_by: bool) -> None:
    """给事项的任务定日期，或定内部时限。"""
    here = office(ctx)
    with here.writing() as session:
        item, _ = _item(session, no, unit)
        if not ask_by and unit is None and making.undated(session, item):
            plans.give_date(
                session, item.id, _day(here, when), now=here.now(), actor=ACTOR, calendar=here.calendar,
                policy=here.settings.policy, zone=here.zone,
            )  # fmt: skip
            show("date", no=no, count=0, when=when, inner=False)
            return
        found = _tasks(session, no, unit, reports.OPEN, work=True)
        for task in found:
            if ask_by:
                tasks.set_ask_by(session, task, ask_by=_day(here, when), now=here.now(), actor=ACTOR)
            else:
                _move(here, session, task, _day(here, when))
    show("date", no=no, count=len(found), when=when, inner=ask_by)


def _move(here: Office, session: Session, task: TaskRow, due: date) -> None:
    """Another date that nobody asked for: the unit is told."""
    tasks.set_due(session, task, due=due, now=here.now(), actor=ACTOR)
    tidings.new_date(session, here.make_world(), task)


@click.command(
    "extend", epilog="例：duban extend 54 2027-01-31 --unit 县数据和政务服务局；duban extend 54 --refuse"
)
@click.argument("no", type=ITEM_NO)
@click.argument("when", metavar="[日期]", required=False)
@unit_option
@click.option("--refuse", is_flag=True, help="不同意")
@click.pass_context
def extend_command(ctx: click.Context, no: int, when: str | None, unit: str | None, refuse: bool) -> None:
    """批准（或不同意）延期申请；没有申请时直接延期。原时限保留。"""
    here = office(ctx)
    with here.writing() as session:
        found = _tasks(session, no, unit, reports.OPEN, work=True)
        asked = [(task, desk.waiting_extension(session, task)) for task in found]
        waiting = [one for _, one in asked if one is not None]
        if not waiting and (refuse or when is None):
            raise NoSuchTask(no=no)
        for one in waiting:
            task = reports.decide(
                session, extension=one, verdict="refused" if refuse else "granted", date=day(when),
                actor=ACTOR, now=here.now(),
            )  # fmt: skip
            tidings.extension(session, here.make_world(), task, one)
        if not waiting and when is not None:
            for task in found:
                _move(here, session, task, _day(here, when))
    show("extended", no=no, count=len(waiting) or len(found), refused=refuse)


@click.command("verify", epilog='例：duban verify 54；duban verify 54 --return "请补附件" --unit 县财政局')
@click.argument("no", type=ITEM_NO)
@unit_option
@click.option("--return", "reason", metavar="原因", help="退回并说明原因")
@click.pass_context
def verify_command(ctx: click.Context, no: int, unit: str | None, reason: str | None) -> None:
    """核查已报完成的任务：销号，或退回。"""
    here = office(ctx)
    with here.writing() as session:
        found = _tasks(session, no, unit, ("reported_done",))
        for task in found:
            made = reports.verify(
                session,
                task=task,
                verdict="closed" if reason is None else "returned",
                reason=reason or "",
                actor=ACTOR,
                now=here.now(),
            )
            tidings.verdict(session, here.make_world(), task, made)
    show("verified", no=no, count=len(found), returned=reason is not None)


@click.command("assign", epilog="例：duban assign 12 县财政局 县审计局")
@click.argument("no", type=ITEM_NO)
@click.argument("unit")
@click.argument("to")
@click.pass_context
def assign_command(ctx: click.Context, no: int, unit: str, to: str) -> None:
    """改派：把一个单位在这个事项里的任务交给另一个单位。"""
    here = office(ctx)
    with here.writing() as session:
        found = _tasks(session, no, unit, (*reports.OPEN, "not_ours"))
        target = directory.unit_named(session, to)
        for task in found:
            tasks.assign(session, task, to=target, now=here.now(), actor=ACTOR)
        name = target.name
    show("assigned", no=no, count=len(found), to=name)


@click.command("remind", epilog="例：duban remind 54 --unit 县财政局")
@click.argument("no", type=ITEM_NO)
@unit_option
@click.pass_context
def remind_command(ctx: click.Context, no: int, unit: str | None) -> None:
    """催办：在允许的时间里尽快发出；同一任务对同一人 4 小时内只催一次。"""
    here = office(ctx)
    with here.writing() as session:
        made = remind.remind(
            session, _tasks(session, no, unit, reports.OPEN), now=here.now(), actor=ACTOR,
            policy=here.settings.policy, zone=here.zone, calendar=here.calendar,
        )  # fmt: skip
    show("reminded", no=no, made=made, at=made.at.astimezone(here.zone))
