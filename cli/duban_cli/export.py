"""`duban export`: the ledger and its dates as files that an office keeps. The name's ending says which."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from duban.errors import DubanError
from duban.exports import words
from duban.exports.values import LedgerPlan, LedgerRow, UnitFigures
from duban.ledger import backup, exporting, plans
from duban.ledger.summary import View
from duban_cli.printing import note
from duban_cli.wiring import Office, office


class UnknownExport(DubanError):
    """不知道要导出什么：{name}。请写文件名，后缀决定导出什么：.xlsx 或 .csv 是台账，.ics 是日历。"""


class FileThere(DubanError):
    """{path} 已经存在，没有覆盖它；请换一个文件名，或加 --force。"""


class NotAFile(DubanError):
    """{path} 不是普通文件，没有写；请换一个文件名。"""


class NoDates(DubanError):
    """方案“{plan}”没有还没办结、有到期日的任务，日历没有写。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is known when a file is made."""

    plan: LedgerPlan
    rows: Sequence[LedgerRow]
    figures: Sequence[UnitFigures]
    now: datetime


def _xlsx(export: Export) -> bytes:
    from duban.exports import ledger, xlsx  # noqa: PLC0415 - openpyxl is for who wants a workbook

    say = words.shipped()
    sheets = (
        ledger.ledger_sheet(export.plan, export.rows, say),
        ledger.figures_sheet(export.plan, export.figures, say),
    )
    return xlsx.written(sheets, say, creator=export.plan.office, now=export.now)


def _csv(export: Export) -> bytes:
    from duban.exports import csv, ledger  # noqa: PLC0415

    return csv.written(ledger.ledger_sheet(export.plan, export.rows, words.shipped()))


def _ics(export: Export) -> bytes:
    from duban.exports import calendar, ics  # noqa: PLC0415

    say = words.shipped()
    found = calendar.entries(export.plan, export.rows, say)
    if not found:
        raise NoDates(plan=export.plan.title)
    names = say["calendar"]
    return ics.written(found, name=names["name"], product=names["product"], now=export.now)


KINDS: Mapping[str, Callable[[Export], bytes]] = {".xlsx": _xlsx, ".csv": _csv, ".ics": _ics}


@click.command("export", epilog="例：duban export 台账.xlsx；duban export 日历.ics")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="文件已经存在也覆盖")
@click.pass_context
def export_command(ctx: click.Context, file: Path, force: bool) -> None:
    """把当前方案导出成文件：台账（.xlsx、.csv）或到期日的日历（.ics）。只有您自己能读这个文件。"""
    make = KINDS.get(file.suffix.lower())
    if make is None:
        raise UnknownExport(name=file)
    _refuse(file, force=force)
    export = _gather(office(ctx))
    put(file, make(export), force=force)
    items = len({row.item.id for row in export.rows})
    note("export", path=file, plan=export.plan.title, items=items)


def _gather(here: Office) -> Export:
    with here.reading() as session:
        plan = plans.find_plan(session)
        view = View.at(here.now(), here.zone, here.settings.policy, here.calendar)
        return Export(
            plan=exporting.ledger_plan(plan, office=here.settings.office.name, view=view),
            rows=exporting.ledger_rows(session, plan, view=view, zone=here.zone, calendar=here.calendar),
            figures=exporting.unit_figures(session, plan, view=view),
            now=here.now(),
        )


def _refuse(file: Path, *, force: bool) -> None:
    if os.path.lexists(file) and not file.is_file():
        raise NotAFile(path=file)
    if os.path.lexists(file) and not force:
        raise FileThere(path=file)


def put(file: Path, body: bytes, *, force: bool) -> None:
    """Write a private file in one piece: whole under its name, or not there. Raises FileThere,
    EnvironmentNotThere (no room, no permission, no such folder)."""
    with backup.half(file) as half:
        with half.open("wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        if force:
            half.replace(file)
            return
        try:
            os.link(half, file)  # fails where somebody made it meanwhile; a rename would not
        except FileExistsError:
            raise FileThere(path=file) from None
        except OSError:  # a file system without links
            half.replace(file)
