"""What a contact types, read as updates of items: read_reply. Nothing is guessed: what is unclear says so.

One update for an item, and beside it one for a question. Words without a number are of the item in focus,
else of the only open one, else of no item, and the caller asks back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from duban.model import Status, Update
from duban.replies.clauses import Clause, Scope, read_clauses
from duban.replies.dates import DateReader, Dates
from duban.replies.groups import Group, alone, group_clauses, items_of
from duban.replies.marks import CLASS, LIMIT, Marks
from duban.replies.senses import Sense
from duban.replies.statuses import settle
from duban.replies.vocabulary import D, I, P, S

_FILLER = re.compile(
    rf"{I}|{P}|{D}|{S}|[\ue000\U000f0000-\U0010ffff]|[\s、,:+~·*“”\"'‘’\-]|"
    r"您好|你好|领导|老师|同志|各位|报告|汇报|反馈|回复|目前|现在|截至|截止|我们|我局|我单位|我镇|"
    r"我街道?|我办|我区|本局|本单位|本镇|"
    r"关于|对于|其中|另外|还有|但是?|不过|而|的|工作|任务|事项|该项|此项|这项|项目|项|"
    r"[都均也已经于了呢哈啊吧呀哦嘛的是在全现]|全部|谢谢|辛苦"
)
_LEAD = re.compile(
    r"^(?:但是?|不过|而且?|主要是?|原因是?|原因|因为|由于|因此|因|鉴于|考虑到|目前|现在|其中|故|"
    r"所以|特|[、,\s\-的])+"
)
_TAIL = re.compile(r"(?:[、,\s\-的]|故|所以|因此|特|，)+$")
_GREETING = re.compile(
    r"^(?:您好|你好|领导|老师|各位|早上好|下午好|上午好|同志|谢谢|感谢|辛苦|麻烦|好|我是|这里是|"
    r"这边是|报告).{0,12}$|^.{0,3}[局办镇科]$"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`unclear` is what was not understood, as written; None where all of it was."""

    updates: tuple[Update, ...]
    unclear: str | None = None
    heard: tuple[tuple[str, str], ...] = ()  # words and the rule that read them, for explain


def read_reply(
    text: str,
    *,
    on: date,
    open_items: Sequence[int] = (),
    focus: int | None = None,
    zone: str = "Asia/Shanghai",
    read_date: DateReader | None = None,
) -> Reading:
    """The updates that `text` says, in its order; at most 10,000 characters of it are read.

    `open_items`: what 全部 and 其余 stand for. `focus`: the item that was asked about. A date is read by
    `read_date` (duban.deadlines.loose), seen from `on`. Never raises.
    """
    marks = Marks()
    clauses = read_clauses(text[:LIMIT], marks, open_items)
    groups = group_clauses(clauses, focus)
    dates = Dates(marks, on, zone, read_date)
    updates = list(_updates(groups, open_items, focus, marks, dates))
    if any(u.item is not None for u in updates):  # 收到，第54项已完成
        updates = [u for u in updates if u.item is not None or u.status is not Status.RECEIVED]
    unclear = [u.reason or text for u in updates if u.status is Status.UNCLEAR]
    if not updates:
        unclear = [text.strip()]
        updates = [Update(item=alone(open_items, focus), status=Status.UNCLEAR, reason=text.strip() or None)]
    heard = tuple(
        (marks.restore(c.text[f.start : f.end]), f.rule.name) for c in clauses for f in c.found if f.rule.name
    )
    return Reading(tuple(updates), "；".join(unclear) or None, heard)


def _updates(
    groups: Sequence[Group], open_items: Sequence[int], focus: int | None, marks: Marks, dates: Dates
) -> Iterator[Update]:
    named = {n for g in groups if g.scope is Scope.NAMED for n in g.items}
    excluded = {n for g in groups for c in g.clauses for n in c.excluded}
    spoken: dict[int | None, list[Group]] = {}
    for group in groups:
        for item in items_of(group, open_items, focus, named | excluded):
            spoken.setdefault(item, []).append(group)
    several = any(g.says for g in groups)
    known: dict[tuple[int, ...], list[Update]] = {}
    for item, about in spoken.items():
        key = tuple(id(group) for group in about)
        if key not in known:
            clauses = [clause for group in about for clause in group.clauses]
            known[key] = list(_item(clauses, marks, dates, must=not several or about[0].scope is Scope.NAMED))
        for update in known[key]:
            yield replace(update, item=item)


def _item(clauses: Sequence[Clause], marks: Marks, dates: Dates, *, must: bool) -> Iterator[Update]:
    """What the clauses say of each of their items. `must`: saying nothing is unclear, not idle talk."""
    evidence = tuple(dict.fromkeys(proof for clause in clauses for proof in clause.proofs))
    senses = frozenset(sense for clause in clauses for sense in clause.senses)
    words = "，".join(w for w in (marks.restore(c.text).strip() for c in clauses) if w)
    if not senses:
        talk = [c for c in clauses if not _GREETING.match(c.text)]
        if must and (talk or evidence):
            yield Update(item=None, status=Status.UNCLEAR, evidence=evidence, reason=words or None)
        return
    if said := dates.settle(senses, clauses) - {Sense.QUESTION}:
        percents = _percents(clauses)
        whole = any(_whole(clause) for clause in clauses) or Sense.DONE in said - senses
        status, percent = settle(said, whole=whole, percents=percents)
        yield Update(
            item=None,
            status=status,
            percent=percent,
            date=dates.of(status, clauses),
            evidence=evidence,
            reason=words if status is Status.UNCLEAR else _reason(status, clauses, marks),
        )
    if Sense.QUESTION in senses:
        asked = "，".join(marks.restore(c.text) for c in clauses if Sense.QUESTION in c.senses)
        yield Update(item=None, status=Status.QUESTION, evidence=() if said else evidence, reason=asked)


def _percents(clauses: Sequence[Clause]) -> list[int]:
    """How far the work is; how far it will be counts only where nothing else is said."""
    now = [n for c in clauses if Sense.PROMISE not in c.senses for n in c.percents]
    return now or [n for c in clauses for n in c.percents if Sense.PROMISE not in c.senses]


def _whole(clause: Clause) -> bool:
    """Whether 已完成 is said of the item itself: beside it stand no words but fillers."""
    if Sense.DONE not in clause.senses:
        return False
    left = clause.text
    for one in reversed(clause.found):
        left = left[: one.start] + left[one.end :]
    return not _FILLER.sub("", left)


_REASONED = {
    Status.BLOCKED: Sense.BLOCKED,
    Status.EXTENSION: Sense.BLOCKED,
    Status.NOT_OURS: Sense.NOT_OURS,
    Status.NOT_STARTED: Sense.BLOCKED,
}


def _reason(status: Status, clauses: Sequence[Clause], marks: Marks) -> str | None:
    """Why: the clauses that name an obstacle, else those that say nothing else; None where there are none."""
    wanted = _REASONED.get(status)
    if wanted is None:
        return None
    telling = [c for c in clauses if any(f.rule.sense is wanted and not f.rule.bare for f in c.found)]
    bare = [c for c in clauses if wanted in c.senses]
    plain = [
        c for c in clauses if not c.senses and not c.lone and not c.proofs and not _GREETING.match(c.text)
    ]
    for chosen in (telling, plain, bare):
        told = [t for t in (_told(c, marks) for c in clauses if c in chosen) if t]
        if told:
            return "，".join(told)
    return None


def _told(clause: Clause, marks: Marks) -> str:
    left = clause.text
    for one in reversed(clause.found):
        if one.rule.sense in {Sense.EXTENSION, Sense.FIGURE}:
            left = left[: one.start] + left[one.end :]
    left = re.sub(rf"{I}|{CLASS['proof']}", "", left)
    return marks.restore(_TAIL.sub("", _LEAD.sub("", left))).replace("\ue000", ":").strip()


def to_json(update: Update) -> dict[str, Any]:
    """The shape of design §8, and why."""
    return {
        "item": update.item,
        "status": update.status.value,
        "percent": update.percent,
        "date": update.date.isoformat() if update.date else None,
        "evidence": list(update.evidence),
        "reason": update.reason,
    }


_WORDS = {
    Status.RECEIVED: "收到",
    Status.IN_PROGRESS: "推进中",
    Status.DONE: "已完成",
    Status.BLOCKED: "有困难",
    Status.EXTENSION: "申请延期",
    Status.NOT_STARTED: "未开始",
    Status.NOT_OURS: "非本单位职责",
    Status.QUESTION: "提问",
    Status.UNCLEAR: "没有读懂",
}


def explain_reply(
    text: str, *, on: date, open_items: Sequence[int] = (), focus: int | None = None
) -> list[str]:
    """What was understood, one line an update, and below it which rule read which words."""
    reading = read_reply(text, on=on, open_items=open_items, focus=focus)
    lines = []
    for u in reading.updates:
        parts = [_WORDS[u.status]]
        parts += [f"{u.percent}%"] if u.percent is not None else []
        parts += [f"{u.date:%Y-%m-%d}"] if u.date else []
        parts += [f"依据：{'、'.join(u.evidence)}"] if u.evidence else []
        parts += [f"原因：{u.reason}"] if u.reason else []
        lines.append(f"{'未指明事项' if u.item is None else f'第{u.item}项'}：{'，'.join(parts)}")
    return [*lines, *(f"  “{words}”由规则 {rule} 读出" for words, rule in reading.heard)]
