"""What a coordinator sets going: plans, people, events, inner dates, another unit, a text that was lost."""

from __future__ import annotations

import re

from duban.errors import DubanError
from duban.ledger import desk, directory, making, people, plans, reports, tasks
from duban.ledger.tables import InviteRow, ItemRow, PlanRow, TaskRow, UnitRow
from duban_bot.conversation import asks
from duban_bot.conversation.talk import Talk

BETWEEN = re.compile(r"[、，,；;\s]+")
AT_ONCE = 20  # links in one message
EVERYONE = frozenset({"全部", "all", "--all"})
COORDINATOR = frozenset({"督办员", "--coordinator"})
LEADER = frozenset({"领导", "分管领导", "--leader"})


class WhoIsInvited(DubanError):
    """请写上邀请谁：“/invite 单位名称”、“/invite 单位名称 领导”、“/invite 全部”或“/invite 督办员 姓名”。"""


class EveryoneIsHere(DubanError):
    """各单位都已有联络员，不用再邀请。要换人请写单位名称：“/invite 单位名称”。"""


class WhichTask(DubanError):
    """第 {no} 项有 {count} 个单位，请写明从哪个单位改到哪个单位：“/assign {no} 原单位 新单位”。"""


class NothingDated(DubanError):
    """第 {no} 项没有在办的、有自己时限的任务，不能定内部时限。发送 /item {no} 查看各单位的情况。"""


class WhichMembers(DubanError):
    """请写明泛称和成员：“/members 泛称 甲局、乙局”；不向它派任务时写“/members 泛称 不督办”。"""


class NoText(DubanError):
    """请在序号后写上这一项的文字：“/text {no} 文字”。"""


def activate(talk: Talk, row: PlanRow, _rest: str) -> None:
    """Start a plan: tasks are made, the notices go out with the next digest."""
    world = talk.world
    made = plans.activate(
        talk.session, row.id, now=talk.now, calendar=world.calendar, policy=world.settings.policy,
        zone=world.zone, actor=talk.actor,
    )  # fmt: skip
    unbound = people.unbound_units(talk.session)
    talk.replace("activated", plan=row, made=made, unbound=len(unbound), hour=world.settings.policy.hour)


def invite(talk: Talk, _row: object, rest: str) -> None:
    """One-time links: for a unit's contact or leader, for all units without one, for a coordinator."""
    first, _, more = rest.strip().partition(" ")
    if not first:
        raise WhoIsInvited
    if first in EVERYONE:
        units = people.unbound_units(talk.session)
        if not units:
            raise EveryoneIsHere
        rows = [_invite(talk, people.CONTACT, "", unit) for unit in units]
    elif first in COORDINATOR:
        if not more.strip():
            raise WhoIsInvited
        rows = [_invite(talk, people.COORDINATOR, more.strip()[:60], None)]
    else:
        unit = directory.unit_named(talk.session, first)
        post = people.LEADER if more.strip() in LEADER else people.CONTACT
        rows = [_invite(talk, post, "", unit)]
    for start in range(0, len(rows), AT_ONCE):
        talk.say_later("invite", {"invites": [row.id for row in rows[start : start + AT_ONCE]]})


def _invite(talk: Talk, post: str, name: str, unit: UnitRow | None) -> InviteRow:
    return people.invite(talk.session, post=post, name=name, unit=unit, now=talk.now, actor=talk.actor).row


def event(talk: Talk, row: ItemRow, rest: str) -> None:
    """/event 41 date [unit]: what a relative deadline counts from has happened; no date means today."""
    unit, left = asks.named_unit(talk, row, rest)
    day, hour = asks.moment(talk, left, future=False) if left else (talk.today, None)
    at = talk.now if day == talk.today and hour is None else asks.at(talk, day, hour)
    made = tasks.record_event(
        talk.session, item=row, unit=unit, at=at, now=talk.now, actor=talk.actor,
        calendar=talk.world.calendar, zone=talk.world.zone,
    )  # fmt: skip
    dues = sorted({task.due for task in made})
    talk.say("event", no=row.no, day=day, units=len(made), dues=dues, unit=unit.name if unit else None)


def deadline(talk: Talk, row: ItemRow, rest: str) -> None:
    """/deadline 54 date [unit]: an earlier date of one's own (内部时限); what has no date at all gets one."""
    unit, left = asks.named_unit(talk, row, rest)
    day = asks.typed_date(talk, left)
    world = talk.world
    if unit is None and making.undated(talk.session, row):
        plans.give_date(
            talk.session, row.id, day, now=talk.now, actor=talk.actor,
            calendar=world.calendar, policy=world.settings.policy, zone=world.zone,
        )  # fmt: skip
        talk.say("date_given", no=row.no, day=day)
        return
    found = [
        task
        for task in desk.tasks_of_item(talk.session, row)
        if task.state in reports.OPEN and task.kind != "period" and (unit is None or task.unit_id == unit.id)
    ]
    if not found:
        raise NothingDated(no=row.no)
    for task in found:
        tasks.set_ask_by(talk.session, task, ask_by=day, now=talk.now, actor=talk.actor)
    talk.say("date_set", no=row.no, units=len(found), day=day, inner=True)


def assign(talk: Talk, row: ItemRow, rest: str) -> None:
    """/assign 54 [from] to: the work is another unit's."""
    words = rest.split()
    if not words:
        raise WhichTask(
            no=row.no, count=len({task.unit_id for task in desk.tasks_of_item(talk.session, row)})
        )
    to = directory.unit_named(talk.session, words[-1])
    source = directory.unit_named(talk.session, words[0]) if len(words) > 1 else None
    found = _to_assign(talk, row, source)
    for task in found:
        tasks.assign(talk.session, task, to=to, now=talk.now, actor=talk.actor)
    talk.say("assigned", no=row.no, source=found[0].unit.name, to=to.name)


def _to_assign(talk: Talk, row: ItemRow, source: UnitRow | None) -> list[TaskRow]:
    """The named unit's tasks; where none is named, those of the one unit that says it is not theirs."""
    every = [
        task for task in desk.tasks_of_item(talk.session, row) if task.state in {*reports.OPEN, "not_ours"}
    ]
    if source is not None:
        found = [task for task in every if task.unit_id == source.id]
    else:
        found = [task for task in every if task.state == "not_ours"] or every
    if len({task.unit_id for task in found}) != 1:
        raise WhichTask(no=row.no, count=len({task.unit_id for task in every}))
    return found


def members(talk: Talk, _row: object, rest: str) -> None:
    """/members collective unit、unit: whom a collective name means; or that it is not tracked."""
    name, _, left = rest.strip().partition(" ")
    units = [one for one in BETWEEN.split(left) if one]
    if not name or not units:
        raise WhichMembers
    if units == ["不督办"]:
        directory.ignore(talk.session, name, now=talk.now, actor=talk.actor)
        units = []
    else:
        directory.set_members(talk.session, name, units, now=talk.now, actor=talk.actor)
    talk.say("members", name=name, units=units)


def text(talk: Talk, row: ItemRow, rest: str) -> None:
    """/text 12 words: the text of an item that the document lost."""
    if not rest.strip():
        raise NoText(no=row.no)
    world = talk.world
    plans.give_text(
        talk.session, row.id, rest, now=talk.now, actor=talk.actor,
        calendar=world.calendar, policy=world.settings.policy, zone=world.zone,
    )  # fmt: skip
    talk.say("text_given", no=row.no, text=rest.strip())
