"""What wordings can say, and the shape of a rule that reads one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Sense(Enum):
    """What one wording says; several together make a status (see statuses)."""

    DONE = "办结"
    PART = "部分完成"  # some of it, or nearly all
    PROMISE = "预计完成"  # a finish that is still ahead
    UNDONE = "未完成"
    GOING = "推进中"
    DATED = "某日完成"  # ahead or past, as the date says
    TIDYING = "收尾整理"  # what may follow a finish
    PLANNED = "计划启动"
    PREPARING = "准备"  # under way, and the work itself not begun
    FIGURE = "进度"
    NOT_STARTED = "未开始"
    BLOCKED = "受阻"
    EXTENSION = "延期"
    NOT_OURS = "非本单位职责"
    RECEIVED = "收到"
    QUESTION = "提问"
    NOTHING = "不表示状态"  # looks like a status, and is none


@dataclass(frozen=True, slots=True)
class Rule:
    """One family of wordings. `bare`: it says that there is an obstacle or a wish, not which."""

    name: str
    sense: Sense
    pattern: re.Pattern[str]
    bare: bool = False


def rule(name: str, sense: Sense, pattern: str, *, bare: bool = False) -> Rule:
    return Rule(name, sense, re.compile(pattern, re.I), bare)
