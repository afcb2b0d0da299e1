"""`duban demo`: the sample plan through its year on a stepping clock, with people who answer, or do not."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from duban import resources
from duban import settings as settings_module
from duban.clock import StepClock
from duban.ledger import desk, directory, meta, people, plans, summary
from duban.ledger.database import Session
from duban.ledger.summary import View
from duban.ledger.tables import UnitRow
from duban.reading.document import read_plan
from duban.settings import Database, Settings, Telegram
from duban.units.toml import from_toml
from duban_bot.transports.local import LocalTransport
from duban_cli.cast import HABITS, Cast, Habit, Player
from duban_cli.printing import show
from duban_cli.service import Service
from duban_cli.wiring import Office, office

COORDINATOR = Habit("督办员", report="never", dated="never")
REVIEW = timedelta(days=7)  # how often the demo's coordinator goes through the queue
DECISIONS = ("closeitem:", "close:", "grant:", "resolve:", "settle:")
ROUNDS = 12  # lists that one review goes through at the most
AFTER = timedelta(days=45)  # how far beyond the year's end the demo goes on


VISIT = datetime(2026, 12, 1, 8, 58)  # noqa: DTZ001 - the office's zone; the digests go in two minutes


@click.command("demo", epilog="例：duban demo")
@click.pass_context
def demo_command(ctx: click.Context) -> None:
    """用样例方案走完一年：联络员有的立行立改，有的拖延，有的申请延期；督办员核查。数据库是临时的。"""
    settings = office(ctx).settings
    with tempfile.TemporaryDirectory(prefix="duban-demo-") as folder:
        here = play(_with_database(settings, Path(folder) / "demo.sqlite3"), echo=click.echo)
        with here.reading() as session:
            view = View(today=here.today, warn_days=here.settings.policy.warn_days)
            data = summary.summary(session, plans.find_plan(session), view=view)
        show("summary", data=data)
        here.ledger.close()


def _with_database(settings: Settings, file: Path) -> Settings:
    return replace(settings, database=Database(url=f"sqlite:///{file}"))


def play(
    settings: Settings, *, until: datetime | None = None, echo: Callable[[str], Any] = lambda _: None
) -> Office:
    """Set the stage in an empty database and go through the year, or to `until`."""
    here = Office(settings)
    sample = resources.data("samples")
    body = (sample / "plan-2026.txt").read_bytes()
    plan = read_plan(body, name="plan-2026.txt")
    assert plan.issued is not None  # noqa: S101 - our own sample says it
    begin = datetime.combine(plan.issued + timedelta(days=1), datetime.min.time(), here.zone).replace(hour=10)
    here.__dict__["clock"] = StepClock(begin)
    ends = until or datetime(plan.issued.year + 1, 1, 1, tzinfo=here.zone) + AFTER
    echo(f"{plan.title}：{len(plan.items)} 项，{begin:%Y-%m-%d} 启动")
    with here.writing() as session:
        found = from_toml((sample / "units.toml").read_text(encoding="utf-8"))
        directory.import_units(session, found, now=here.now(), actor="demo")
        stored = plans.store(
            session, plan, body=body, name="plan-2026.txt", now=here.now(), actor="demo", decisions={}
        )
        for item in stored.plan.items:
            if item.requirement is None:
                plans.give_text(
                    session,
                    item.id,
                    GIVEN,
                    now=here.now(),
                    actor="demo",
                    calendar=here.calendar,
                    policy=settings.policy,
                    zone=here.zone,
                )
        settle_collectives(session, here)
        done = plans.activate(
            session,
            stored.plan.id,
            now=here.now(),
            calendar=here.calendar,
            policy=settings.policy,
            zone=here.zone,
        )
    echo(f"已启动督办：{done.tasks} 个任务，{done.units} 个单位")
    asyncio.run(_play(here, ends, echo))
    return here


GIVEN = "对照省、市营商环境评价反馈的问题，逐项制定整改清单并公开整改结果。"


def settle_collectives(session: Session, here: Office) -> None:
    """What the sample cannot tell by itself: a collective without members is not supervised in the demo."""
    found = directory.load(session)
    for collective in found.collectives:
        if not collective.members:
            directory.ignore(session, collective.name, now=here.now(), actor="demo")


async def _play(here: Office, ends: datetime, echo: Callable[[str], Any]) -> None:
    local = LocalTransport(here.ledger, here.clock, address=here.settings.web.address())
    service = Service(here, {"local": local})
    cast = Cast(local, here.zone)
    boss, invited = await here.ledger.run(_invite_everybody, here)
    coordinator = await cast.join(boss, "督办员", COORDINATOR)
    for number, (unit, token) in enumerate(invited):
        await cast.join(token, f"{unit}联络员", HABITS[number % len(HABITS)])
    Reviews(cast, local, coordinator, here).plan(here.now() + REVIEW)
    Diary(cast, here, echo).plan()
    await service.step(ends, cast)
    await cast.leave()


def _invite_everybody(session: Session, here: Office) -> tuple[str, list[tuple[str, str]]]:
    now = here.now()
    boss = people.invite(session, post=people.COORDINATOR, name="督办员", now=now, actor="demo").token
    units: Sequence[UnitRow] = people.unbound_units(session)
    return boss, [
        (
            unit.name,
            people.invite(session, post=people.CONTACT, name="", unit=unit, now=now, actor="demo").token,
        )
        for unit in units
    ]


class Reviews:
    """The coordinator goes through the queue every week: closes, grants, settles."""

    def __init__(self, cast: Cast, local: LocalTransport, player: Player, here: Office) -> None:
        self._cast, self._local, self._player, self._here = cast, local, player, here

    def plan(self, moment: datetime) -> None:
        """The next review."""
        self._cast.at(moment, self._review)

    async def _review(self) -> None:
        await self._ask(ROUNDS)
        self.plan(self._here.now() + REVIEW)

    async def _ask(self, rounds: int) -> None:
        await self._local.say(self._player.user, "/queue")
        self._cast.at(self._here.now() + timedelta(minutes=2), partial(self._decide, rounds))

    async def _decide(self, rounds: int) -> None:
        """Press what the newest list offers, whole items before single units; then look at what is left."""
        newest = [one for one in await self._local.history(self._player.user) if one["side"] == "bot"][-1]
        rows = [[button["data"] for button in row] for row in newest["buttons"]]
        found = [[data for data in row if data.startswith(DECISIONS)] for row in rows]
        chosen = [next((d for d in row if d.startswith("closeitem:")), row[0]) for row in found if row]
        further = [data for row in rows for data in row if data.startswith("more:")]
        for data in chosen or further:
            await self._local.press(self._player.user, newest["id"], data)
        if rounds > 1 and (chosen or further):
            then = self._ask if chosen else self._decide
            self._cast.at(self._here.now() + timedelta(minutes=2), partial(then, rounds - 1))


class Diary:
    """Says once a month how things stand."""

    def __init__(self, cast: Cast, here: Office, echo: Callable[[str], Any]) -> None:
        self._cast, self._here, self._echo = cast, here, echo
        self._before = 0

    def plan(self) -> None:
        """The first of the next month, at noon."""
        local = self._here.now().astimezone(self._here.zone)
        first = (local.replace(day=1) + timedelta(days=32)).replace(day=1, hour=12, minute=0, second=0)
        self._cast.at(first, self._write)

    async def _write(self) -> None:
        self._echo(await self._here.ledger.read(self._line))
        self.plan()

    def _line(self, session: Session) -> str:
        view = View(today=self._here.today, warn_days=self._here.settings.policy.warn_days)
        data = summary.summary(session, plans.find_plan(session), view=view)
        said = sum(self._cast.heard.values())
        fresh, self._before = said - self._before, said
        states = data["states"]
        closed, reported = states.get("closed", 0), states.get("reported", 0) + states.get("reported_done", 0)
        waiting = len(summary.queue(session, view=view))
        return (
            f"{view.today:%Y-%m-%d}  发出 {fresh:4d} 条  任务 {data['tasks']:4d}  已反馈 {reported:4d}"
            f"  销号 {closed:3d}  逾期 {data['late']:3d}  待办 {waiting:2d}"
        )


def make_stage(settings: Settings, file: Path, echo: Callable[[str], Any]) -> None:
    """A demo database to visit: the year up to VISIT; one contact's post and the coordinator's are free."""
    part = file.with_suffix(".part")
    for old in file.parent.glob(part.name + "*"):
        old.unlink()
    here = play(
        _with_database(settings, part), until=VISIT.replace(tzinfo=ZoneInfo(settings.office.zone)), echo=echo
    )
    with here.writing() as session:
        unit = desk.unit_to_visit(session, here.today)
        for person in (people.contact_of(session, unit.id), *people.coordinators(session)):
            if person is not None:
                people.leave(session, person, now=here.now(), actor="demo")
        meta.put(session, "demo_unit", unit.name)
    with here.ledger.writing() as session:
        meta.claim_clock(session, "virtual")
    here.ledger.close()
    part.replace(file)


def greet_visitor(service: Service) -> None:
    """The two links of a demo, made anew at each start."""
    here = service.office
    with here.writing() as session:
        unit = directory.unit_named(session, meta.get(session, "demo_unit") or "")
        boss, contact = _link(session, service, None), _link(session, service, unit)
        name = unit.name
    show(
        "demo",
        address=here.settings.web.address(),
        boss=boss,
        contact=contact,
        unit=name,
        now=here.now().astimezone(here.zone),
        file=here.ledger.path,
    )


def _link(session: Session, service: Service, unit: UnitRow | None) -> str:
    post = people.COORDINATOR if unit is None else people.CONTACT
    here = service.office
    token = people.invite(session, post=post, name="", unit=unit, now=here.now(), actor="demo").token
    return service.transports["local"].link(token)


def prepared(settings: Settings) -> Office:
    """The office of the demo database, made where there is none; its clock goes on from where it came."""
    file = settings_module.default_folder() / "demo.sqlite3"
    settings = replace(_with_database(settings, file), telegram=Telegram())
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        click.echo("第一次启动：正在让样例方案走到 2026 年 12 月，大约半分钟……")
        make_stage(settings, file, click.echo)
    return Office(settings, speed="1")
