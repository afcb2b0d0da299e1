"""What a rule of the grammar is: a name, a pattern, and a function that builds a draft or declines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from duban.deadlines.numerals import to_int
from duban.model import Amount, Kind, PlanContext

NUM2 = r"(?:[0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})"  # a month, a day, an hour
NUM = r"(?:[0-9]{1,4}|[〇零一二三四五六七八九十廿卅百两]{1,6})"
DIGIT = "0123456789"
ONES = "一二三四五六七八九十廿卅"
NUMERAL = DIGIT + "〇零百两" + ONES


def pairs(firsts: str, seconds: str) -> str:
    """Heads: each of `firsts` before each of `seconds`."""
    return " ".join(a + b for a in firsts for b in seconds)


# 前 and 内 as words of their own: not in 前往, 前沿技术, 内部审计, but in 前沿线村庄, 内部署, 内河道
BEFORE = (
    r"(?:之前|以前|前(?!后(?!续)|期(?![满限])|提下|夕|述|往(?!上)|来|去(?!产|库存|杠杆|除)|瞻"
    r"|沿(?=技术|科技|领域|性|阵地|理论|问题|动态|研究|学科|产业|颠覆|新材料|交叉)))"
)
INSIDE = (
    r"内(?!部(?![署分])|容|控(?!制)|涝|河(?![道流湖段岸])|外|设(?![立置施计备点])|蒙"
    r"|审(?![结批议核定查])|需[求不]|生动力)"
)
NOON, EARLY = 12, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What a rule could not decide: a problem's code, and the days that can be meant, safest first."""

    code: str
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A deadline in the squeezed text's own places."""

    kind: Kind
    start: int
    end: int
    due: date | None = None
    time: time | None = None
    begins: date | None = None
    amount: int | None = None
    unit: Amount | None = None
    trigger: tuple[int, int] | None = None
    rrule: str | None = None
    doubt: Doubt | None = None
    year: int | None = None  # the year that the phrase is in
    name: str = ""  # where one rule reads several wordings: which


@dataclass(slots=True)
class Scan:
    """The text being read, and what has been read so far."""

    text: str
    context: PlanContext
    end: int = 0  # where the last deadline ended
    year: int | None = None  # the year named last
    last: Draft | None = None  # the last deadline of this sentence
    clear: int = 0  # up to where no sentence has ended since then

    @property
    def plan_year(self) -> int | None:
        """The plan's year, else its issue date's."""
        if self.context.year is not None:
            return self.context.year
        return self.context.issued.year if self.context.issued else None

    def left(self, at: int, width: int = 16) -> str:
        """What stands before `at`, as far as it is not part of another deadline."""
        return self.text[max(self.end, at - width) : at]

    def carried(self, at: int) -> Draft | None:
        """The last deadline, where it is in the same sentence as `at`."""
        if self.last is not None and self.text.find("。", max(self.end, self.clear), at) >= 0:
            self.last = None
        self.clear = at
        return self.last


Build = Callable[["re.Match[str]", Scan], Draft | None]


class Rule:
    """One wording. `first` are the characters, `heads` the words (by their first two characters) that it
    can begin with: an index, for speed.

    `solid`: a declined match is passed over whole (no 年底 is read inside 截至2025年底，共有…).
    """

    __slots__ = ("build", "first", "heads", "match", "name", "pattern", "solid", "trap")

    def __init__(
        self,
        name: str,
        first: str,
        pattern: str,
        build: Build | None,
        *,
        heads: str = "",
        solid: bool = False,
    ) -> None:
        self.name = name
        self.first = frozenset(first)
        self.heads = frozenset(word[:2] for word in heads.split())
        self.pattern = pattern
        self.match: Callable[[str, int], re.Match[str] | None] = self._compiled
        self.solid = solid
        self.trap = build is None  # a trap only consumes what looks like a deadline and is none
        self.build: Build = build or (lambda _m, _scan: None)

    def _compiled(self, text: str, at: int) -> re.Match[str] | None:
        """The first match compiles: a command that reads no text does not pay for it."""
        self.match = re.compile(self.pattern).match
        return self.match(text, at)


def number(text: str) -> int:
    """to_int, and -1 for what is no number (二十十): no date has it."""
    try:
        return to_int(text)
    except ValueError:
        return -1


CLOCK = (
    rf"(?P<ap>凌晨|早上|上午|中午|下午|晚上|傍晚|晚|早)?(?P<H>{NUM2}|零)"
    rf"(?::(?P<M>[0-9]{{2}})(?::[0-9]{{2}})?|[时点](?:整|(?P<hm>半)|(?P<M2>{NUM2})分)?)"
    r"|(?P<off>下班|(?:上午|中午|下午|傍晚|晚上)(?=之?前|以前))"
)
CLOCK_AGAIN = re.sub(r"\?P<[^>]+>", "?:", CLOCK)  # where a pattern has one already
WEEKDAY = r"(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)"
LAST_MINUTE = time(23, 59)


def clock(m: re.Match[str]) -> time | None:
    """The time of day that CLOCK matched. 24时 is the day's last minute; None where none is said."""
    if m["H"] is None:
        return None
    hour = number(m["H"])
    minute = 30 if m["hm"] else number(m["M"] or m["M2"] or "0")
    part = m["ap"] or ""
    if hour == NOON and part in ("晚上", "晚"):
        hour = 24
    elif hour == NOON and part == "凌晨":
        hour = 0
    elif (part in ("下午", "晚上", "傍晚", "晚") and 0 < hour < NOON) or (
        part == "中午" and 0 < hour < EARLY
    ):
        hour += NOON
    if (hour, minute) == (24, 0):
        return LAST_MINUTE
    try:
        return time(hour, minute)
    except ValueError:
        return None
