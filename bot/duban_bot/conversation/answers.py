"""What contacts say of their work, in words or with a button: understood, kept, and said back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from duban.access import Act
from duban.clock import YEARS
from duban.errors import DubanError
from duban.ledger import desk, people, reports
from duban.ledger.plans import UnknownItem
from duban.ledger.tables import OutboxRow, PersonRow, QuestionRow, TaskRow
from duban.model import Status, Update
from duban.replies.reading import read_reply
from duban_bot import messages, tidings
from duban_bot.conversation.talk import Talk
from duban_bot.lines import FULL, Reader

COURTESY = re.compile(r"(?:[好行嗯哦谢了啦呢哈您你的！!。，,~～\s]|感谢|多谢|辛苦|在吗|领导|老师|ok|OK)+")
CLAUSE = re.compile(r"[，,。；;\s]+")
NUMBER = re.compile(r"第?\s*(\d{1,4})\s*[项号条]?")
LONGEST = 10_000  # characters of one reply
CHOICES = 6  # buttons offered where the item is not clear
ANSWERED = ("reported", "reported_done")
Said = list[tuple[TaskRow, Update]]


class TooLong(DubanError):
    """这条消息有 {size} 字，超过了 10000 字，没有处理；请分成几条再发。"""


class NotLater(DubanError):
    """您说的 {asked} 不能作为第 {no} 项的新时限（现在是 {due}）；请给一个更晚的日期，或发送“取消”。"""


class ManyMeant(Exception):
    """Words about one item that mean several tasks apart: of two units, or of two plans."""

    def __init__(self, tasks: Sequence[TaskRow]) -> None:
        super().__init__()
        self.tasks = tasks


def words(talk: Talk, text: str, *, only: TaskRow | None = None) -> None:
    """Read a free text as a report on one's items; ask back what is not clear, never guess."""
    if len(text) > LONGEST:
        raise TooLong(size=len(text))
    numbers = tuple(reports.open_items(talk.session, talk.me))
    if not numbers and not people.units_of(talk.session, talk.me):
        talk.say("not_a_contact", coordinator=talk.me.coordinator)
        return
    if COURTESY.fullmatch(text.strip()):
        talk.say("courtesy", no=numbers[0] if numbers else 5)
        return
    focus = only.item.no if only is not None else None
    reading = read_reply(text, on=talk.today, open_items=numbers, focus=focus, zone=str(talk.world.zone))
    asked = [update for update in reading.updates if update.status in ASKS]
    clear = [update for update in reading.updates if update.status not in ASKS]
    unclear = [reading.unclear] if reading.unclear else []
    if clear and all(update.item is None and update.status is Status.RECEIVED for update in clear):
        sign(talk, reports.open_tasks(talk.session, talk.me))
        return
    if any(update.item is None for update in clear):
        _which_item(talk, text, reports.open_tasks(talk.session, talk.me))
        return
    try:
        said, unknown = _resolve(talk, clear, only)
    except ManyMeant as several:
        _which_item(talk, text, several.tasks)
        return
    if said:
        keep(talk, said, text=text, unknown=unknown)
    elif unknown:
        raise UnknownItem(no=unknown[0])
    if asked or unclear:
        _ask_on(talk, text, asked, unclear, spoke=bool(said))


def sign(talk: Talk, tasks: Sequence[TaskRow]) -> None:
    """签收 for those of the tasks that are not signed for yet: what 收到 means where it names no item."""
    fresh = [task for task in tasks if task.state == "open"]
    if not fresh:
        talk.say("already", what="received", count=len(tasks))
        return
    answer = reports.acknowledge(talk.session, person=talk.me, tasks=fresh, now=talk.now)
    talk.say("signed", [[talk.label("undo", f"undo:{answer}")]], count=len(fresh))


ASKS = frozenset({Status.QUESTION, Status.UNCLEAR})


def _resolve(talk: Talk, updates: Sequence[Update], only: TaskRow | None) -> tuple[Said, list[int]]:
    """Each update with the tasks that it means; the numbers that are nothing of the person's."""
    said: Said = []
    unknown: list[int] = []
    for update in updates:
        assert update.item is not None  # noqa: S101 - the others were asked back
        tasks = concerned(talk, update.item, update.status, only)
        said += [(task, update) for task in tasks]
        if not tasks:
            unknown.append(update.item)
    return said, unknown


def concerned(talk: Talk, no: int, status: Status, only: TaskRow | None = None) -> list[TaskRow]:
    """The tasks that words about an item mean: what is open, else what was answered, else what is over.

    Work and the turn's report are told in one go: the earliest dated task, and every open report of the item.
    `only`: a task that was picked, whose item and unit are meant. Raises ManyMeant.
    """
    every = [
        task
        for task in desk.tasks_numbered(talk.session, talk.me, no)
        if only is None or only.item.no != no or (task.item_id, task.unit_id) == (only.item_id, only.unit_id)
    ]
    for states in (reports.OPEN, ANSWERED):
        pool = [task for task in every if task.state in states]
        if not pool:
            continue
        if len({(task.item_id, task.unit_id) for task in pool}) > 1:
            raise ManyMeant(pool)
        if status in {Status.RECEIVED, Status.NOT_OURS}:
            return pool
        work = [task for task in pool if task.kind != "period"]
        turns = [task for task in pool if task.kind == "period"]
        if status is Status.EXTENSION:
            return (work or turns)[:1]
        return work[:1] + (turns if states is reports.OPEN else turns[-1:])
    return list(every[-1:])  # over: keeping it says why that cannot be


def keep(talk: Talk, said: Said, *, text: str, unknown: Sequence[int] = ()) -> None:
    """Record what was said and read it back, with the way to take it back."""
    for unit_task in {task.unit_id: task for task, _ in said}.values():
        people.require_task(talk.session, talk.person, unit_task.id, Act.REPORT)
    for task, update in said:
        if update.status is Status.EXTENSION and update.date is not None:
            must_be_later(talk, task, update.date)
    desk.no_longer_waiting(talk.me)  # a card that was opened before is no longer spoken of
    told = [task.id for task, update in said if update.status is not Status.RECEIVED]
    elsewhere = desk.last_words_of_others(talk.session, told, talk.me)
    answer = reports.record(talk.session, person=talk.me, said=said, text=text, now=talk.now)
    receipt(talk, answer, said, unknown=unknown, differs=_tell_others(talk, answer, said, elsewhere))


def must_be_later(talk: Talk, task: TaskRow, until: date) -> None:
    """Whether an extension asked for is one. Raises NotLater, and nothing of the message is kept."""
    if until <= task.due or until.year not in YEARS:
        day = talk.words.day
        raise NotLater(asked=day(until, talk.today), no=task.item.no, due=day(task.due, talk.today))


def receipt(
    talk: Talk,
    answer: int,
    said: Said,
    *,
    unknown: Sequence[int] = (),
    differs: Sequence[dict[str, Any]] = (),
) -> None:
    """What was understood: item, status, percent, date."""
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    several = len({task.unit_id for task, _ in said}) > 1
    for task, update in said:
        rows.setdefault(
            (task.item_id, update.status),
            {
                "no": task.item.no,
                "text": task.item.requirement if task.item.plan.quotable else None,
                "unit": task.unit.name if several else None,
                "heard": update,
                "kind": task.kind,
            },
        )
    talk.say(
        "receipt",
        [[talk.label("undo", f"undo:{answer}")]],
        rows=list(rows.values())[:FULL],
        groups=_groups(list(rows.values())) if len(rows) > FULL else [],
        left=_left(talk, said) if len(rows) > FULL else [],
        count=len(rows),
        unknown=list(unknown)[:FULL],
        differs=list(differs)[:FULL],
    )


def _groups(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Many rows counted by status."""
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(str(row["heard"].status), []).append(row["no"])
    return [{"status": status, "numbers": numbers} for status, numbers in found.items()]


def _left(talk: Talk, said: Said) -> list[int]:
    """Open items that an answer about many did not name: exceptions of which nothing was said."""
    named = {task.item.no for task, _ in said}
    every = [task.item.no for task in reports.open_tasks(talk.session, talk.me)]
    return [no for no in dict.fromkeys(every) if no not in named]


def _tell_others(
    talk: Talk, answer: int, said: Said, elsewhere: Mapping[int, desk.Words]
) -> list[dict[str, Any]]:
    """A second contact who says something else: both are told."""
    differs: dict[int, dict[str, Any]] = {}
    told: dict[int, list[dict[str, Any]]] = {}
    for task, update in said:
        before = elsewhere.get(task.id)
        if before is None or update.status is Status.RECEIVED:
            continue
        if (before.status, before.percent) == (update.status, update.percent):
            continue
        row = {"no": task.item.no, "before": before, "now": update}
        if differs.setdefault(task.item_id, row) is row:
            told.setdefault(before.person, []).append(row)
    for id_, rows in told.items():
        other = talk.session.get_one(PersonRow, id_)
        tidings.tell(talk.session, talk.world, other, f"differs:{answer}:{id_}", "differs", rows=rows[:FULL])
    return list(differs.values())


def _which_item(talk: Talk, text: str, open_tasks: Sequence[TaskRow]) -> None:
    """The words are clear, the item is not: asked back, and kept until it is."""
    question = reports.ask(talk.session, person=talk.me, item=None, kind="unclear", text=text, now=talk.now)
    desk.wait_for(talk.me, "which", {"text": text, "question": question}, now=talk.now)
    talk.say("which", _choices(talk, open_tasks), count=len(open_tasks))


def _ask_on(
    talk: Talk,
    text: str,
    asked: Sequence[Update],
    unclear: Sequence[str],
    *,
    spoke: bool,
) -> None:
    """Questions go to the coordinator; what was not understood too, and is asked back."""
    session, now = talk.session, talk.now
    for update in asked:
        if update.status is Status.QUESTION:
            tasks = desk.tasks_numbered(session, talk.me, update.item) if update.item is not None else ()
            item = tasks[0].item if tasks else None
            reports.ask(
                session, person=talk.me, item=item, kind="question", text=update.reason or text, now=now
            )
    if any(update.status is Status.QUESTION for update in asked):
        talk.say("question_kept")
    left = [*unclear, *(update.reason or text for update in asked if update.status is Status.UNCLEAR)]
    if left:
        reports.ask(session, person=talk.me, item=None, kind="unclear", text=text, now=now)
        open_tasks = reports.open_tasks(session, talk.me)
        no = open_tasks[0].item.no if open_tasks else 5
        talk.say("unclear", _choices(talk, open_tasks), part=left[0] if spoke else None, no=no)


def _choices(talk: Talk, tasks: Sequence[TaskRow]) -> messages.Keys:
    """Buttons of the first few open tasks, those with a date first."""
    reader = Reader(talk.world)
    several = len({task.unit_id for task in tasks}) > 1
    first = sorted(tasks, key=lambda task: (task.kind == "period", task.due))[:CHOICES]
    return messages.picks(talk.world, [reader.line(task) for task in first], name_unit=several)


def settle_which(talk: Talk, question_id: int) -> None:
    """The item is named now: nothing is left for the coordinator."""
    question = talk.session.get(QuestionRow, question_id)
    if question is not None:
        desk.settle(talk.session, question, actor=talk.actor, now=talk.now)


def of_message(talk: Talk, row: OutboxRow) -> list[TaskRow]:
    """The tasks of a message that are still open and the person's own."""
    if row.kind not in messages.NEEDED:
        return []
    return list(messages.living(talk.session, row).values())
