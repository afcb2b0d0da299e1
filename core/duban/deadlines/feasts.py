"""Rules for the day before a festival (春节前, “六一”儿童节前), and for a number of days before it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import MappingProxyType

from duban.deadlines import signs, workdays
from duban.deadlines.fixed import begin
from duban.deadlines.points import read_year, said_year
from duban.deadlines.relative import AMOUNT, WITHIN, amount
from duban.deadlines.rules import BEFORE, DIGIT, NUM2, NUMERAL, Doubt, Draft, Rule, Scan, number
from duban.model import Kind

ONE = timedelta(days=1)
_FEASTS = MappingProxyType(
    {
        "元旦": (1, 1), "新年": (1, 1), "三八": (3, 8), "妇女": (3, 8), "植树": (3, 12), "五一": (5, 1),
        "劳动": (5, 1), "五四": (5, 4), "青年": (5, 4), "六一": (6, 1), "儿童": (6, 1), "七一": (7, 1),
        "建党": (7, 1), "八一": (8, 1), "建军": (8, 1), "教师": (9, 10), "国庆": (10, 1), "十一": (10, 1),
    }
)  # fmt: skip
_LUNAR = ("春节", "除夕", "元宵", "清明", "端午", "中秋", "重阳")
_SHIFT = MappingProxyType({"除夕": -1, "元宵": 14})
_OPEN, _CLOSE = "[“\"'‘]?", "[”\"'’]?"
_NAMES = "|".join((*_FEASTS, *_LUNAR))
_REST = rf"(?:国际)?节?(?:假期|长假|小长假|放假|节日)?{_CLOSE}"
# “六一”儿童节 is one festival by two names; 元旦、春节 are two
_FEAST = (
    rf"(?:{said_year()})?(?:{NUM2}月{NUM2}[日号])?(?:{_OPEN}(?P<other>{_NAMES}){_CLOSE}节?(?P<and>[、和及与])?)?"
    rf"{_OPEN}(?:国际)?(?P<feast>{_NAMES}){_CLOSE}{_REST}"
)


def _day(name: str, year: int) -> date:
    """The festival's own day in `year`: a fixed one from the table, a lunar one from the calendar."""
    if name in _FEASTS:
        return date(year, *_FEASTS[name])
    return workdays.festival("春节" if name in _SHIFT else name, year) + timedelta(days=_SHIFT.get(name, 0))


def _next(name: str, year: int, issued: date | None) -> date:
    """Nobody asks for work before the plan is made: then it is the next year's festival."""
    day = _day(name, year)
    return _day(name, year + 1) if day - ONE < (issued or date(year, 1, 1)) else day


def _before(m: re.Match[str], scan: Scan) -> Draft | None:
    left = scan.left(m.start())
    if signs.LEFT_NOT.search(left):
        return None
    start = begin(m.start(), signs.LEFT_SIGN.search(left), left)
    said, doubtful = read_year(m, scan)
    year = said or scan.plan_year
    if year is None:
        return Draft(kind=Kind.FIXED, start=start, end=m.end(), doubt=Doubt(code="no-year"))

    def named(name: str) -> date:
        return _day(name, year) if said else _next(name, year, scan.context.issued)

    day = named(m["feast"])
    if said:
        scan.year = day.year
    other = named(m["other"]) if m["other"] else _day(m["feast"], doubtful) if doubtful else day
    doubt = Doubt(code="two-readings", days=tuple(sorted((other - ONE, day - ONE)))) if other != day else None
    return Draft(kind=Kind.FIXED, start=start, end=m.end(), due=day - ONE, year=(day - ONE).year, doubt=doubt)


def _days_before(m: re.Match[str], scan: Scan) -> Draft | None:
    """春节前10个工作日: counted back from the festival, as from any event."""
    counted = amount(m)
    if counted is None or signs.LEFT_NOT.search(scan.left(m.start())):
        return None
    return Draft(
        kind=Kind.RELATIVE,
        start=m.start(),
        end=m.end(),
        amount=-counted[0],
        unit=counted[1],
        trigger=(m.start(), m.end("event")),
    )


def _school(m: re.Match[str], scan: Scan) -> Draft | None:
    """9月开学前: the school year begins on 1 September."""
    if number(m["month"]) != _SEPTEMBER or signs.LEFT_NOT.search(scan.left(m.start())):
        return None
    year = read_year(m, scan)[0] or scan.plan_year
    if year is None:
        return Draft(kind=Kind.FIXED, start=m.start(), end=m.end(), doubt=Doubt(code="no-year"))
    return Draft(
        kind=Kind.FIXED, start=m.start(), end=m.end(), due=date(year, _SEPTEMBER, 1) - ONE, year=year
    )


_SEPTEMBER = 9
# a year, a date or a quoted name before it; the name itself
_FIRST = "“\"'‘" + DIGIT + "一二三四五六七八九十今当明次翌"
_HEADS = " ".join((*_FEASTS, *_LUNAR, "本年", "同年", "来年", "后年", "下年", "下一"))
RULES = (
    Rule(
        "school-year",
        NUMERAL + "今当明次翌本同来后下",
        rf"(?:{said_year()})?(?P<month>{NUM2})月(?:份|1[日号])?(?:秋季|新)?学?期?开学{BEFORE}",
        _school,
    ),
    Rule("festival", _FIRST, rf"{_FEAST}{BEFORE}(?!{AMOUNT})", _before, heads=_HEADS),
    Rule(
        "before-festival",
        _FIRST,
        rf"(?P<event>{_FEAST})(?:之|以)?前的?{AMOUNT}(?:{WITHIN})?(?!的)",
        _days_before,
        heads=_HEADS,
    ),
)
