"""How a command's words name an item, a unit, a plan or a date: looked up, never guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from duban.clock import YEARS
from duban.deadlines.loose import read_date
from duban.deadlines.numerals import CHINESE, to_int
from duban.errors import DubanError
from duban.ledger import desk, directory, plans
from duban.ledger.tables import ItemRow, PlanRow, UnitRow
from duban_bot.conversation.talk import Talk

ITEM = re.compile(
    rf"(?:事项|第|#)*\s*(\d{{1,4}}|[{CHINESE}]{{1,7}})\s*[项号条]?(?:\s+|$|(?=[，,：:]))[，,：:]?"
)
BESIDE_A_DATE = re.compile(
    r"[延长期推迟改定调整准予到至为在于以之前内，,。；;：:\s]+"
)  # words that go with it
BEST_GUESS = 100  # no plan has so many letters before its number


class WhichItem(DubanError):
    """请写上事项的序号，例如“/{command} 5”。"""


class WhichUnit(DubanError):
    """请写上单位名称，例如“/{command} 某某局”。"""


class WhichDate(DubanError):
    """没有读出日期{why}，请写成“11月30日”或“2026-11-30”的样子。"""


class NoSuchPlan(DubanError):
    """没有这个方案。发送 /plans 查看全部方案。"""


class NothingToStart(DubanError):
    """没有等待启动的方案：已导入的都在督办中。发送 /plans 查看，或把新的方案文件发给我。"""


class OneDraft(DubanError):
    """现在有 {count} 个待启动的方案，请写上编号，例如“/activate {id}”；编号见 /plans。"""


def item(talk: Talk, text: str, command: str) -> tuple[ItemRow, str]:
    """The item of a number: one's own where there is one, else the newest plan's. Raises UnknownItem."""
    match = ITEM.match(text)
    if match is None:
        raise WhichItem(command=command)
    try:
        no = to_int(match[1])
    except ValueError:
        raise WhichItem(command=command) from None
    rest = text[match.end() :].strip()
    own = desk.tasks_numbered(talk.session, talk.me, no)
    if own:
        return own[0].item, rest
    return plans.find_item(talk.session, no), rest


def unit(talk: Talk, text: str, command: str) -> tuple[UnitRow, str]:
    """The unit of a name. Raises WhichUnit, UnknownUnit."""
    name, _, rest = text.strip().partition(" ")
    if not name:
        raise WhichUnit(command=command)
    return directory.unit_named(talk.session, name), rest.strip()


def plan(talk: Talk, text: str, _command: str) -> tuple[PlanRow, str]:
    """The plan of a number; without one the only draft."""
    if text.strip().isdecimal():
        found = talk.session.get(PlanRow, int(text.strip()[:15]))
        if found is None:
            raise NoSuchPlan
        return found, ""
    drafts = [one for one in desk.plans(talk.session) if one.state == "draft"]
    if not drafts:
        raise NothingToStart
    if len(drafts) > 1:
        raise OneDraft(count=len(drafts), id=drafts[0].id)
    return drafts[0], ""


def named_unit(talk: Talk, row: ItemRow, text: str) -> tuple[UnitRow | None, str]:
    """The unit of the item that one of the words names, and the other words."""
    units = {task.unit_id: task.unit for task in desk.tasks_of_item(talk.session, row)}
    by_name = {one.name: one for one in units.values()}
    words = text.split()
    for n, word in enumerate(words):
        found = by_name.get(word) or _known(talk, word)
        if found is not None:
            return found, " ".join(words[:n] + words[n + 1 :])
    return None, " ".join(words)


def only_unit(talk: Talk, row: ItemRow, text: str) -> UnitRow | None:
    """The unit that words name where nothing else may stand; None: there are none. Raises UnknownUnit."""
    found, left = named_unit(talk, row, text)
    return directory.unit_named(talk.session, left) if left else found


def _known(talk: Talk, word: str) -> UnitRow | None:
    try:
        return directory.unit_named(talk.session, word)
    except directory.UnknownUnit:
        return None


def typed_date(talk: Talk, text: str, *, future: bool = True) -> date:
    """The date that words say. Raises WhichDate."""
    return moment(talk, text, future=future)[0]


def moment(talk: Talk, text: str, *, future: bool) -> tuple[date, time | None]:
    """The date and, where it is said, the time of day. Raises WhichDate, UnknownUnit."""
    found = read_date(text[:BEST_GUESS], on=talk.today, zone=str(talk.world.zone), future=future)
    if found.date is None or found.deadline is None:
        raise WhichDate(why=f"（{found.doubts[0]}）" if found.doubts else "")
    if found.date.year not in YEARS:  # a slip of the key: beyond them no reminder could be counted
        raise WhichDate(why=f"（{found.date.year}年不对）")
    start, end = found.deadline.span
    left = BESIDE_A_DATE.sub("", text[:start] + text[end:])
    if left:  # meant as a unit: without it the date would be everybody's
        directory.unit_named(talk.session, left)
    return found.date, found.time


def at(talk: Talk, day: date, hour: time | None) -> datetime:
    """A moment in the office's zone; a day without an hour begins with the digest's."""
    return datetime.combine(day, hour or talk.world.settings.policy.digest_time(), talk.world.zone)
