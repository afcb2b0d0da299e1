"""What a coordinator decides: on work reported done, on more time, on questions; and their reminders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from duban.access import Act
from duban.errors import DubanError
from duban.ledger import desk, doubtful, held, people, remind, reports, tasks
from duban.ledger.tables import ExtensionRow, ItemRow, OutboxRow, PersonRow, QuestionRow, TaskRow
from duban_bot import tidings
from duban_bot.conversation.asks import named_unit, only_unit, typed_date
from duban_bot.conversation.talk import Talk

CLOSE = frozenset({"销号", "通过", "同意", "办结"})
RETURN = frozenset({"退回", "不通过", "不同意"})
VERDICTS = dict.fromkeys(CLOSE, "closed") | dict.fromkeys(RETURN, "returned")


class NothingReported(DubanError):
    """第 {no} 项没有已报完成、等待核查的任务。发送 /item {no} 查看各单位的情况。"""


class NothingOpen(DubanError):
    """第 {no} 项没有还在办的任务，不用催办。发送 /item {no} 查看各单位的情况。"""


def verify(talk: Talk, row: ItemRow, rest: str) -> None:
    """/verify 54 [unit] 销号, or 退回 with a reason; the number alone shows what waits."""
    words = rest.split()
    at = next((n for n, word in enumerate(words) if word in VERDICTS), len(words))
    verdict = VERDICTS.get(words[at]) if at < len(words) else None
    reason = " ".join(words[at + 1 :])
    unit = only_unit(talk, row, " ".join(words[:at]))
    found = [
        task
        for task in desk.tasks_of_item(talk.session, row)
        if task.state == "reported_done" and (unit is None or task.unit_id == unit.id)
    ]
    if not found:
        raise NothingReported(no=row.no)
    if verdict == "closed":
        _close(talk, found)
    elif verdict == "returned" and reason:
        _return(talk, found, reason)
    elif verdict == "returned":
        _ask_why(talk, found)
    else:
        _show(talk, row, found)


def _show(talk: Talk, item: ItemRow, found: Sequence[TaskRow]) -> None:
    rows = [{"unit": task.unit.name, "said": desk.last_report(talk.session, task)} for task in found[:10]]
    buttons = [
        [
            talk.label("close_unit", f"close:{task.id}", no=item.no, unit=task.unit.name),
            talk.label("return_unit", f"return:{task.id}", no=item.no, unit=task.unit.name),
        ]
        for task in found[:10]
    ]
    if len(found) > 1:
        buttons.append([talk.label("close_item", f"closeitem:{item.id}", no=item.no)])
    talk.say("verify", buttons, no=item.no, rows=rows, count=len(found))


def close(talk: Talk, row: TaskRow, _arg: str) -> None:
    """销号 for one unit's task."""
    _close(talk, [row])


def close_item(talk: Talk, row: ItemRow, _arg: str) -> None:
    """销号 for everything that is reported done in an item."""
    found = [task for task in desk.tasks_of_item(talk.session, row) if task.state == "reported_done"]
    if not found:
        raise NothingReported(no=row.no)
    _close(talk, found)


def send_back(talk: Talk, row: TaskRow, _arg: str) -> None:
    """退回: the reason is asked for."""
    if row.state != "reported_done":
        raise reports.NotReported(no=row.item.no)
    _ask_why(talk, [row])


def _ask_why(talk: Talk, found: Sequence[TaskRow]) -> None:
    facts = {"tasks": [task.id for task in found]}
    desk.wait_for(talk.me, "return", facts, now=talk.now)
    talk.say("ask_return", [[talk.label("cancel", "cancel:0")]], no=found[0].item.no)


def _return_reason(talk: Talk, facts: dict[str, Any], text: str) -> bool:
    """The reason for a return, as the answer to the question."""
    found = [people.require_task(talk.session, talk.person, int(id_), Act.DECIDE) for id_ in facts["tasks"]]
    desk.no_longer_waiting(talk.me)
    _return(talk, found, text)
    return True


def _close(talk: Talk, found: Sequence[TaskRow]) -> None:
    _verdict(talk, found, "closed", "")


def _return(talk: Talk, found: Sequence[TaskRow], reason: str) -> None:
    _verdict(talk, found, "returned", reason)


def _verdict(talk: Talk, found: Sequence[TaskRow], verdict: str, reason: str) -> None:
    for task in found:
        made = reports.verify(
            talk.session, task=task, verdict=verdict, reason=reason, actor=talk.actor, now=talk.now
        )
        tidings.verdict(talk.session, talk.world, task, made)
    names = [task.unit.name for task in found]
    talk.say(
        "verdict", verdict=verdict, no=found[0].item.no, units=names[:10], count=len(names), reason=reason
    )


def grant(talk: Talk, row: ExtensionRow, _arg: str) -> None:
    """同意 for the date asked."""
    _decide(talk, row, "granted", None)


def refuse(talk: Talk, row: ExtensionRow, _arg: str) -> None:
    """不同意: the date stays."""
    _decide(talk, row, "refused", None)


def _decide(talk: Talk, row: ExtensionRow, verdict: str, until: date | None) -> None:
    task = reports.decide(
        talk.session, extension=row, verdict=verdict, date=until, actor=talk.actor, now=talk.now
    )
    talk.say("extension_decided", verdict=verdict, no=task.item.no, unit=task.unit.name, due=task.due)
    tidings.extension(talk.session, talk.world, task, row)


def resolve(talk: Talk, row: TaskRow, _arg: str) -> None:
    """A difficulty is dealt with: the unit goes on, and hears of it."""
    reports.resolve(talk.session, task=row, actor=talk.actor, now=talk.now)
    tidings.resolved(talk.session, talk.world, row)
    talk.say("resolved", no=row.item.no, unit=row.unit.name)


def settle(talk: Talk, row: QuestionRow, _arg: str) -> None:
    """A kept question was answered elsewhere."""
    desk.settle(talk.session, row, actor=talk.actor, now=talk.now)
    talk.say("settled", text=row.text)


def release(talk: Talk, _row: object, _arg: str) -> None:
    """放行: what a restored backup had on its way goes, in the next allowed hour."""
    talk.replace("released", count=held.release(talk.session, now=talk.now, actor=talk.actor), goes=True)


def drop_held(talk: Talk, _row: object, _arg: str) -> None:
    """不发: what a restored backup had on its way never goes."""
    talk.replace("released", count=held.drop(talk.session, now=talk.now, actor=talk.actor), goes=False)


def resend(talk: Talk, row: OutboxRow, _arg: str) -> None:
    """重发: a message in doubt goes once more, in the next allowed hour."""
    doubtful.resend(talk.session, doubtful.find(talk.session, row.id), now=talk.now, actor=talk.actor)
    _word_on(talk, row, goes=True)


def let_be(talk: Talk, row: OutboxRow, _arg: str) -> None:
    """不再发: a message in doubt stays as it is."""
    doubtful.let_be(talk.session, doubtful.find(talk.session, row.id), now=talk.now, actor=talk.actor)
    _word_on(talk, row, goes=False)


def _word_on(talk: Talk, row: OutboxRow, *, goes: bool) -> None:
    person = talk.session.get(PersonRow, row.person_id) if row.person_id is not None else None
    talk.say("resent", name=person.name if person is not None else None, goes=goes)


def remind_(talk: Talk, row: ItemRow, rest: str) -> None:
    """/remind 54 [unit]: in the next allowed hour, to each contact once in the interval."""
    unit = only_unit(talk, row, rest)
    found = [
        task
        for task in desk.tasks_of_item(talk.session, row)
        if task.state in reports.OPEN and (unit is None or task.unit_id == unit.id)
    ]
    if not found:
        raise NothingOpen(no=row.no)
    world = talk.world
    made = remind.remind(
        talk.session, found, now=talk.now, actor=talk.actor, policy=world.settings.policy,
        zone=world.zone, calendar=world.calendar,
    )  # fmt: skip
    talk.say(
        "reminded", no=row.no, made=made, later=made.at > talk.now,
        at=made.at.astimezone(world.zone), hours=world.settings.policy.remind_interval_hours,
    )  # fmt: skip


def extend_(talk: Talk, row: ItemRow, rest: str) -> None:
    """/extend 54 date [unit]: grants what waits; where nobody asked, a date is given all the same."""
    unit, left = named_unit(talk, row, rest)
    until = typed_date(talk, left)
    found = [
        task
        for task in desk.tasks_of_item(talk.session, row)
        if task.state in reports.OPEN and task.kind != "period" and (unit is None or task.unit_id == unit.id)
    ]
    if not found:
        raise NothingOpen(no=row.no)
    waiting = {task.id: desk.waiting_extension(talk.session, task) for task in found}
    if any(waiting.values()):
        for extension in waiting.values():
            if extension is not None:
                _decide(talk, extension, "granted", until)
        return
    for task in found:
        tasks.set_due(talk.session, task, due=until, now=talk.now, actor=talk.actor)
        tidings.new_date(talk.session, talk.world, task)
    talk.say("date_set", no=row.no, units=len(found), day=until, inner=False)


DIALOGS: dict[str, Callable[[Talk, dict[str, Any], str], bool]] = {"return": _return_reason}
