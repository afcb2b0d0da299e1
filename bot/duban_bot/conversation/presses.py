"""A contact's buttons, and the questions that some of them ask back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from duban.access import Act
from duban.deadlines.loose import read_date
from duban.deadlines.workdays import next_workday
from duban.errors import DubanError
from duban.ledger import desk, people, reports
from duban.ledger.plans import UnknownItem
from duban.ledger.tables import AnswerRow, OutboxRow, TaskRow
from duban.model import Status, Update
from duban.replies.reading import read_reply
from duban_bot.conversation import answers
from duban_bot.conversation.talk import Talk


class NothingThere(DubanError):
    """这条消息里的事项都已经办结或报过了，不用再点。发送 /mine 查看最新情况。"""


def acknowledge(talk: Talk, row: OutboxRow, _arg: str) -> None:
    """签收 for everything a message names."""
    tasks = answers.of_message(talk, row)
    if not tasks:
        raise NothingThere
    answers.sign(talk, tasks)


def on_course(talk: Talk, row: OutboxRow, _arg: str) -> None:
    """全部按计划推进: every report that a message asks for, in one tap."""
    _all(talk, row, Status.IN_PROGRESS, "course")


def all_done(talk: Talk, row: OutboxRow, _arg: str) -> None:
    """全部已完成: every closing report that a message asks for."""
    _all(talk, row, Status.DONE, "all_done")


def _all(talk: Talk, row: OutboxRow, status: Status, label: str) -> None:
    tasks = [task for task in answers.of_message(talk, row) if task.kind != "dated"]
    if not tasks:
        raise NothingThere
    said = [(task, Update(item=task.item.no, status=status)) for task in tasks]
    answers.keep(talk, said, text=talk.words.label(label))


def receive(talk: Talk, row: TaskRow, _arg: str) -> None:
    """签收 for one task."""
    _press(talk, row, Status.RECEIVED, "recv")


def done(talk: Talk, row: TaskRow, _arg: str) -> None:
    """已完成."""
    if row.state == "reported_done":
        talk.say("already", what="done", count=1)
        return
    _press(talk, row, Status.DONE, "done")


def going(talk: Talk, row: TaskRow, _arg: str) -> None:
    """推进中."""
    _press(talk, row, Status.IN_PROGRESS, "going")


def _press(talk: Talk, task: TaskRow, status: Status, label: str) -> None:
    answers.keep(talk, [(task, Update(item=task.item.no, status=status))], text=talk.words.label(label))


def stuck(talk: Talk, row: TaskRow, _arg: str) -> None:
    """有困难: the reason is asked for."""
    _open(row)
    desk.wait_for(talk.me, "stuck", {"task": row.id}, now=talk.now)
    talk.say("ask_reason", _cancel(talk), no=row.item.no)


def extend(talk: Talk, row: TaskRow, _arg: str) -> None:
    """申请延期: date and reason are asked for."""
    _open(row)
    desk.wait_for(talk.me, "extend", {"task": row.id}, now=talk.now)
    talk.say("ask_extension", _cancel(talk), no=row.item.no, due=row.due)


def later(talk: Talk, row: TaskRow, _arg: str) -> None:
    """稍后提醒: at the next working day's digest hour; the deadline stays."""
    _open(row)
    world = talk.world
    day = next_workday(talk.today + timedelta(days=1), world.calendar)
    until = datetime.combine(day, world.settings.policy.digest_time(), world.zone)
    reports.snooze(talk.session, person=talk.me, task=row, until=until, now=talk.now)
    talk.say("snoozed", no=row.item.no, day=day, due=row.due)


def undo(talk: Talk, row: AnswerRow, _arg: str) -> None:
    """撤销: the receipt gives way to what stands now."""
    answer = reports.undo(talk.session, answer_id=row.id, person=talk.me, now=talk.now)
    numbers = list(dict.fromkeys(report.task.item.no for report in answer.reports))
    talk.replace("undone", numbers=numbers[:10], count=len(numbers))


def _open(task: TaskRow) -> None:
    """Raises TaskSettled for what needs nothing any more."""
    if task.state not in reports.OPEN:
        state = reports.STATE_WORDS.get(task.state, "报过")
        raise reports.TaskSettled(no=task.item.no, state=state)


def _cancel(talk: Talk) -> list[list[Any]]:
    return [[talk.label("cancel", "cancel:0")]]


def cancel(talk: Talk, _row: object, _rest: str) -> None:
    """取消: nothing is waited for any more."""
    waited = talk.me.dialog is not None
    desk.no_longer_waiting(talk.me)
    talk.replace("cancelled", waited=waited)


def _own(talk: Talk, facts: dict[str, Any], text: str) -> TaskRow | None:
    """The task asked about; None where the text is a message of its own: of other items, or of all."""
    if text.strip().startswith(talk.words.label("course")):  # the words of the button that answers for all
        return None
    task = people.require_task(talk.session, talk.person, int(facts["task"]), Act.REPORT)
    reading = read_reply(text[: answers.LONGEST], on=talk.today, open_items=(), focus=None)
    named = {update.item for update in reading.updates if update.item is not None}
    return None if named - {task.item.no} else task


def _focus(talk: Talk, facts: dict[str, Any], text: str) -> bool:
    task = _own(talk, facts, text)
    desk.no_longer_waiting(talk.me)
    if task is None:
        return False
    answers.words(talk, text, only=task)
    return True


def _reason(talk: Talk, facts: dict[str, Any], text: str) -> bool:
    task = _own(talk, facts, text)
    desk.no_longer_waiting(talk.me)
    if task is None:
        return False
    if len(text) > answers.LONGEST:
        raise answers.TooLong(size=len(text))
    update = Update(item=task.item.no, status=Status.BLOCKED, reason=text)
    answers.keep(talk, [(task, update)], text=text)
    return True


def _extension(talk: Talk, facts: dict[str, Any], text: str) -> bool:
    task = _own(talk, facts, text)
    if task is None:
        desk.no_longer_waiting(talk.me)
        return False
    if len(text) > answers.LONGEST:
        raise answers.TooLong(size=len(text))
    known = facts.get("until")
    until, reason = (date.fromisoformat(known), text) if known else _date_and_reason(talk, text)
    if until is None:
        talk.say("ask_extension", _cancel(talk), no=task.item.no, due=task.due)
        return True
    answers.must_be_later(talk, task, until)
    if not reason:
        desk.wait_for(talk.me, "extend", {"task": task.id, "until": until.isoformat()}, now=talk.now)
        talk.say("ask_extension_reason", _cancel(talk), no=task.item.no, until=until)
        return True
    desk.no_longer_waiting(talk.me)
    update = Update(item=task.item.no, status=Status.EXTENSION, date=until, reason=reason)
    answers.keep(talk, [(task, update)], text=text)
    return True


def _date_and_reason(talk: Talk, text: str) -> tuple[date | None, str]:
    """The date in one clause of the words, and what else they say."""
    clauses = [one.strip() for one in answers.CLAUSE.split(text) if one.strip()]
    for clause in clauses:
        found = read_date(clause[:60], on=talk.today, zone=str(talk.world.zone))
        if found.date is not None:
            rest = [one for one in clauses if one is not clause]
            return found.date, "，".join(rest)
    return None, ""


def _which(talk: Talk, facts: dict[str, Any], text: str) -> bool:
    """A bare number names the item that was asked for; anything else is a message of its own."""
    match = answers.NUMBER.fullmatch(text.strip())
    desk.no_longer_waiting(talk.me)
    if match is None:
        return False
    tasks = desk.tasks_numbered(talk.session, talk.me, int(match[1]))
    if not tasks:
        raise UnknownItem(no=int(match[1]))
    which(talk, facts, tasks[0])
    return True


def which(talk: Talk, facts: dict[str, Any], task: TaskRow) -> None:
    """The item that was asked for is named: the words kept are read again, about it."""
    answers.settle_which(talk, int(facts["question"]))
    answers.words(talk, str(facts["text"]), only=task)


DIALOGS: dict[str, Callable[[Talk, dict[str, Any], str], bool]] = {
    "focus": _focus,
    "stuck": _reason,
    "extend": _extension,
    "which": _which,
}
