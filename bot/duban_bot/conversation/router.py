"""What may be said and pressed: one table of commands, one of buttons. Each row says whom it is for.

Whoever could never do a thing is told so before anything is looked up; then the object is found, and the one
table of access (duban.access) is asked about this person and this object, at this moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from duban.access import Act, Denied, Part, Thing, allowed, require
from duban.errors import DubanError
from duban.ledger import desk, people
from duban.ledger.database import Session
from duban.ledger.plans import UnknownItem
from duban.ledger.tables import (
    AnswerRow,
    ExtensionRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    QuestionRow,
    TaskRow,
    UnitRow,
)
from duban_bot.conversation import (
    acts,
    answers,
    asks,
    contacts,
    decisions,
    dialogs,
    doors,
    imports,
    pictures,
    presses,
)
from duban_bot.conversation.talk import Talk
from duban_bot.incoming import Did, Incoming
from duban_bot.words import shipped
from duban_bot.world import World

Handler = Callable[[Talk, Any, str], None]
Finder = Callable[[Talk, str, str], tuple[Any, str]]


class BadButton(DubanError):
    """这个按钮已经失效。发送 /mine 查看最新情况。"""


class UnknownCommand(DubanError):
    """没有 {name} 这个命令。发送 /help 查看可以怎样使用。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its Latin name, the Chinese words that mean the same, whom it is for, what it does."""

    name: str
    words: tuple[str, ...] = ()
    thing: Thing
    act: Act
    handler: Handler
    find: Finder | None = None  # how the words after it name an object


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A button: what its number names, whom it is for, what it does."""

    verb: str
    thing: Thing
    act: Act
    handler: Handler
    row: type[Any] | None = None  # the table that the number counts in
    find: Callable[[Talk, int], Any] | None = None  # or how else it is found


COMMANDS: tuple[Command, ...] = (
    Command(name="start", thing=Thing.DOOR, act=Act.KNOCK, handler=doors.start),
    Command(name="help", words=("帮助", "怎么用"), thing=Thing.DOOR, act=Act.KNOCK, handler=doors.help_),
    Command(name="mine", words=("我的事项", "我的任务", "待办事项"), thing=Thing.DESK, act=Act.SEE,
            handler=contacts.mine),
    Command(name="due", words=("到期", "近期到期"), thing=Thing.DESK, act=Act.SEE, handler=contacts.due),
    Command(name="report", words=("反馈", "怎么反馈"), thing=Thing.DESK, act=Act.SEE, handler=contacts.how),
    Command(name="cancel", words=("取消",), thing=Thing.DESK, act=Act.SEE, handler=presses.cancel),
    Command(name="item", words=("事项", "查看"), thing=Thing.ITEM, act=Act.SEE, handler=contacts.item,
            find=asks.item),
    Command(name="plans", words=("方案", "全部方案"), thing=Thing.PLAN, act=Act.SEE, handler=pictures.plans_),
    Command(name="import", words=("继续导入",), thing=Thing.PLAN, act=Act.IMPORT, handler=imports.go_on),
    Command(name="summary", words=("汇总",), thing=Thing.PLAN, act=Act.SEE, handler=pictures.summary_),
    Command(name="overdue", words=("逾期",), thing=Thing.PLAN, act=Act.SEE, handler=pictures.overdue),
    Command(name="queue", words=("待办", "待决定"), thing=Thing.PLAN, act=Act.DECIDE, handler=pictures.queue),
    Command(name="unit", words=("单位",), thing=Thing.UNIT, act=Act.SEE, handler=pictures.unit,
            find=asks.unit),
    Command(name="invite", words=("邀请",), thing=Thing.PEOPLE, act=Act.INVITE, handler=acts.invite),
    Command(name="event", words=("起算", "事由"), thing=Thing.EVENT, act=Act.DECIDE, handler=acts.event,
            find=asks.item),
    Command(name="verify", words=("核查",), thing=Thing.ITEM, act=Act.DECIDE, handler=decisions.verify,
            find=asks.item),
    Command(name="remind", words=("催办",), thing=Thing.ITEM, act=Act.DECIDE, handler=decisions.remind_,
            find=asks.item),
    Command(name="extend", words=("准予延期",), thing=Thing.ITEM, act=Act.DECIDE, handler=decisions.extend_,
            find=asks.item),
    Command(name="deadline", words=("内部时限",), thing=Thing.ITEM, act=Act.DECIDE, handler=acts.deadline,
            find=asks.item),
    Command(name="assign", words=("改派",), thing=Thing.ITEM, act=Act.DECIDE, handler=acts.assign,
            find=asks.item),
    Command(name="text", words=("补录",), thing=Thing.ITEM, act=Act.DECIDE, handler=acts.text,
            find=asks.item),
    Command(name="members", words=("成员",), thing=Thing.UNIT, act=Act.DECIDE, handler=acts.members),
    Command(name="activate", words=("启动", "激活"), thing=Thing.PLAN, act=Act.DECIDE, handler=acts.activate,
            find=asks.plan),
)  # fmt: skip

VERBS: tuple[Verb, ...] = (
    Verb(verb="ack", thing=Thing.MESSAGE, act=Act.REPORT, row=OutboxRow, handler=presses.acknowledge),
    Verb(verb="course", thing=Thing.MESSAGE, act=Act.REPORT, row=OutboxRow, handler=presses.on_course),
    Verb(verb="alldone", thing=Thing.MESSAGE, act=Act.REPORT, row=OutboxRow, handler=presses.all_done),
    Verb(verb="more", thing=Thing.MESSAGE, act=Act.SEE, row=OutboxRow, handler=contacts.more),
    Verb(verb="pick", thing=Thing.TASK, act=Act.REPORT, row=TaskRow, handler=contacts.pick),
    Verb(verb="recv", thing=Thing.TASK, act=Act.REPORT, row=TaskRow, handler=presses.receive),
    Verb(verb="done", thing=Thing.TASK, act=Act.REPORT, row=TaskRow, handler=presses.done),
    Verb(verb="going", thing=Thing.TASK, act=Act.REPORT, row=TaskRow, handler=presses.going),
    Verb(verb="stuck", thing=Thing.TASK, act=Act.REPORT, row=TaskRow, handler=presses.stuck),
    Verb(verb="extend", thing=Thing.TASK, act=Act.REPORT, row=TaskRow, handler=presses.extend),
    Verb(verb="later", thing=Thing.TASK, act=Act.SNOOZE, row=TaskRow, handler=presses.later),
    Verb(verb="undo", thing=Thing.ANSWER, act=Act.UNDO, row=AnswerRow, handler=presses.undo),
    Verb(verb="cancel", thing=Thing.DESK, act=Act.SEE, handler=presses.cancel),
    Verb(verb="close", thing=Thing.TASK, act=Act.DECIDE, row=TaskRow, handler=decisions.close),
    Verb(verb="return", thing=Thing.TASK, act=Act.DECIDE, row=TaskRow, handler=decisions.send_back),
    Verb(verb="closeitem", thing=Thing.ITEM, act=Act.DECIDE, row=ItemRow, handler=decisions.close_item),
    Verb(verb="grant", thing=Thing.TASK, act=Act.DECIDE, row=ExtensionRow, handler=decisions.grant),
    Verb(verb="refuse", thing=Thing.TASK, act=Act.DECIDE, row=ExtensionRow, handler=decisions.refuse),
    Verb(verb="resolve", thing=Thing.TASK, act=Act.DECIDE, row=TaskRow, handler=decisions.resolve),
    Verb(verb="settle", thing=Thing.ITEM, act=Act.DECIDE, row=QuestionRow, handler=decisions.settle),
    Verb(verb="release", thing=Thing.PLAN, act=Act.DECIDE, handler=decisions.release),
    Verb(verb="dropheld", thing=Thing.PLAN, act=Act.DECIDE, handler=decisions.drop_held),
    Verb(verb="resend", thing=Thing.PLAN, act=Act.DECIDE, row=OutboxRow, handler=decisions.resend),
    Verb(verb="letbe", thing=Thing.PLAN, act=Act.DECIDE, row=OutboxRow, handler=decisions.let_be),
    Verb(verb="activate", thing=Thing.PLAN, act=Act.DECIDE, row=PlanRow, handler=acts.activate),
    Verb(verb="imp", thing=Thing.PLAN, act=Act.IMPORT, find=imports.find, handler=imports.press),
)

BY_VERB = {verb.verb: verb for verb in VERBS}
BY_NAME = {command.name: command for command in COMMANDS}
BY_WORD = {word: command for command in COMMANDS for word in command.words}
DATA = re.compile(r"([a-z]{1,12}):([0-9]{1,15})(?::([\w.-]{0,40}))?")
LATIN = re.compile(r"/([A-Za-z_]{1,32})(?:@\w+)?(?:\s+|$)")
WIDE = str.maketrans("０１２３４５６７８９／　", "0123456789/ ")
ITEM_ALONE = re.compile(r"(?:查看)?(?:事项|第)\s*\d{1,4}\s*[项号条]?")


def handle(session: Session, incoming: Incoming, world: World, inbox_id: int) -> None:
    """Answer one event, in the transaction of the caller. Raises DubanError: then nothing of it was done."""
    if incoming.kind is Did.MOVED:
        people.follow(session, incoming.transport, old=incoming.moved_from or "", new=incoming.chat)
        return
    person = people.person_of(session, incoming.transport, incoming.user)
    talk = Talk(session, incoming, world, inbox_id, person)
    if not incoming.private:
        doors.group(talk)
        return
    if person is not None and (person.reachable, person.chat) != (True, incoming.chat):
        person.reachable, person.chat = True, incoming.chat  # who writes can be written to
    match incoming.kind:
        case Did.BUTTON:
            pressed(talk)
        case Did.FILE:
            sent(talk)
        case _:
            wrote(talk)


def wrote(talk: Talk) -> None:
    """A text: a command, the answer to a question, or a report in one's own words."""
    text = talk.incoming.text.strip()
    if talk.person is None and not text.startswith("/start"):
        doors.stranger(talk)
        return
    command, rest = read_command(text)
    if command is not None:
        run(talk, command, rest)
    elif text and not dialogs.heard(talk, text):
        require(parts_of(talk, None), Thing.DESK, Act.SEE)
        answers.words(talk, text)


def read_command(text: str) -> tuple[Command | None, str]:
    """The command that a text is, and the words after it. Raises UnknownCommand for an unknown /name."""
    line = text.translate(WIDE).strip()
    word, _, rest = line.removeprefix("/").partition(" ")
    if match := LATIN.match(line):
        found = BY_NAME.get(match[1].lower())
        if found is None:
            raise UnknownCommand(name="/" + match[1])
        return found, line[match.end() :].strip()
    if ITEM_ALONE.fullmatch(line):
        return BY_NAME["item"], re.sub(r"^(?:查看)?(?:事项)?\s*", "", line)
    found = BY_WORD.get(word)
    if found is None or (rest and found.find is None and found.name not in WITH_WORDS):
        return None, ""
    return found, rest.strip()


WITH_WORDS = frozenset({"due", "invite", "members"})  # words follow, though they name no object


def run(talk: Talk, command: Command, rest: str) -> None:
    """Check, find the object, check again, do. Who may not see an item does not learn that it is there."""
    require(at_best(talk), command.thing, command.act)
    if command.find is None:
        require(parts_of(talk, None), command.thing, command.act)
        command.handler(talk, None, rest)
        return
    row, left = command.find(talk, rest, command.name)
    if not allowed(parts_of(talk, row), command.thing, command.act):
        raise UnknownItem(no=row.no) if isinstance(row, ItemRow) else Denied
    command.handler(talk, row, left)


def pressed(talk: Talk) -> None:
    """A button: whoever presses it is checked at this moment. Raises BadButton, Denied."""
    match = DATA.fullmatch(talk.incoming.data)
    verb = BY_VERB.get(match[1]) if match else None
    if match is None or verb is None:
        raise BadButton
    if talk.person is None:
        doors.stranger(talk)
        return
    require(at_best(talk), verb.thing, verb.act)
    number = int(match[2])
    row = None
    if verb.row is not None:
        row = desk.found(talk.session, verb.row, number)
        if row is None:
            raise Denied
    elif verb.find is not None:
        row = verb.find(talk, number)
    require(parts_of(talk, row), verb.thing, verb.act)
    verb.handler(talk, row, match[3] or "")


def sent(talk: Talk) -> None:
    """A file: a coordinator's is a plan to import; a contact's caption is heard as words."""
    if talk.person is None:
        doors.stranger(talk)
    elif allowed(parts_of(talk, None), Thing.PLAN, Act.IMPORT):
        imports.sent(talk)
    elif talk.incoming.text.strip():
        wrote(talk)
    else:
        talk.say("no_files")


def at_best(talk: Talk) -> frozenset[Part]:
    """The most that a person could be to any object."""
    known = people.parts(talk.session, talk.person)
    if talk.person is None:
        return known
    return known | {Part.OWN, Part.LEADER, Part.LEADING}


def parts_of(talk: Talk, row: object) -> frozenset[Part]:
    """What the person is to an object of any table."""
    about = ABOUT.get(type(row), _nothing)
    if isinstance(row, OutboxRow):
        own = talk.person is not None and row.person_id == talk.person.id
        boss = people.parts(talk.session, talk.person) & {Part.COORDINATOR}
        return boss | {Part.OWN if own else Part.OTHER}
    return people.parts(talk.session, talk.person, **about(talk.session, row))


def _nothing(_session: Session, _row: Any) -> Mapping[str, Any]:
    return {}


ABOUT: dict[type[Any], Callable[[Session, Any], Mapping[str, Any]]] = {
    TaskRow: lambda _, row: {"task": row},
    ItemRow: lambda _, row: {"item": row},
    UnitRow: lambda _, row: {"unit": row},
    AnswerRow: lambda _, row: {"answer": row},
    ExtensionRow: lambda session, row: {"task": session.get_one(TaskRow, row.task_id)},
    PersonRow: _nothing,
}


def menu(*, coordinator: bool) -> tuple[tuple[str, str], ...]:
    """The command menu for a role, as (name, description), in the order of the table."""
    for_all = {Thing.DOOR, Thing.DESK}
    names = [one.name for one in COMMANDS if coordinator or one.thing in for_all or one.name == "item"]
    said = shipped()
    return tuple((name, said.word("menu", name)) for name in names if name not in {"start", "cancel"})
