"""Rules for a stretch of time: 3月至10月, 2024—2026年, 自3月20日起至11月30日止. Its end is the deadline."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from duban.deadlines import signs, stages
from duban.deadlines.fixed import fixed
from duban.deadlines.points import FIRST, HEADS, YEAR, point, read_point
from duban.deadlines.rules import (
    BEFORE,
    CLOCK,
    CLOCK_AGAIN,
    DIGIT,
    NUM2,
    ONES,
    Doubt,
    Draft,
    Rule,
    Scan,
    clock,
    number,
)
from duban.model import Kind

_DASH = r"(?:-{1,2}|至|到)"
_UNTIL = rf"(?:{CLOCK})?(?P<suf>{BEFORE}|{signs.END_SIGN}|期间)?"
# what follows when the years belong to a name or a count: 2024—2026年三年行动计划, 1—6月累计
_NAME = re.compile(
    r"[\"”’》)]*(?:"
    r"(?:[一二三四五六七八九十0-9]+个?(?:年|月|季度))?的?(?:滚动|重点|建设项目|项目库|行动|规划|计划|方案|纲要|平均|年均|数据|发生|新增|审计|决算|财务)"
    r"|月?龄|(?:年?度)?的?(?:审计|决算|财务|供暖|采暖|取暖|秋冬|冬春|冬季|学年|榨季|学期)|年?度工作|以来|(?:全[省市区县国])?(?:累计|共(?![同享建])|已|同比))"
)

# 制定2025—2027年…培养计划: the years begin the name of what the verb makes or follows
_MAKES = re.compile(
    r"(?:制[定订]|编制|编修|拟[定订]|修[订编]|出台|印发|起草|论证|谋划|完善|发布|审[议定]|批复|报批|形成|落实|执行|实施|贯彻|对[照接标]|按照?|依据|根据|衔接|启动)"
    r"(?:好|并实施|全?[省市区县镇校]|本[省市区县镇校]|我[省市区县镇校])?$"
)
_PLAN = r"(?:计划|规划|方案|纲要|行动|清单|项目库|路线图|任务书|工作台账)"
_NAMES = re.compile(rf"[^,。;:!?、]{{0,18}}?{_PLAN}(?=$|[,。;:!?、)]|[和与及并报]|编制|的)")
_IS_MADE = re.compile(
    rf"[^,。;:!?、]{{0,18}}?{_PLAN}(?:的)?(?:编制|印发|出台|制[定订]|修[订编]|评审|报[送批请]|经|获批|审[议定批])"
)


def _begins_a_name(left: str, m: re.Match[str], scan: Scan) -> bool:
    """Whether the years are the first word of a plan's own name."""
    if m["suf"]:
        return False
    named = _MAKES.search(left) and _NAMES.match(scan.text, m.end())
    return bool(named or _IS_MADE.match(scan.text, m.end()))


def _stands(m: re.Match[str], scan: Scan) -> bool:
    left = scan.left(m.start())
    if signs.LEFT_NOT.search(left) or signs.RIGHT_NOT.match(scan.text, m.end()):
        return False
    if scan.context.column or stages.opens(left):
        return True
    # （2024—2026年） behind a title is a name
    return not (
        left.endswith("(")
        or _begins_a_name(left, m, scan)
        or _NAME.match(scan.text, m.end())
        or signs.STATISTICS.match(scan.text, m.end())
    )


def _stretch(
    m: re.Match[str], scan: Scan, year: int | None, days: Callable[[int], tuple[date, date]]
) -> Draft | None:
    """A draft for the days that `days` gives for the year; a span over before the plan is history."""
    if not _stands(m, scan):
        return None
    draft = Draft(kind=Kind.FIXED, start=m.start(), end=m.end(), time=clock(m), year=year)
    if year is None:
        return replace(draft, doubt=Doubt(code="no-year"))
    try:
        first, last = days(year)
    except ValueError:
        return replace(draft, doubt=Doubt(code="no-such-date"))
    if (
        last < first
        or _over(last, m, scan)
        or (not scan.context.column and last.year < (scan.plan_year or 0))
    ):
        return None
    return replace(draft, begins=first, due=last, year=last.year)


def _over(last: date | None, m: re.Match[str], scan: Scan) -> bool:
    """Whether a span of a requirement was over before the plan was issued: 梳理今年1月至5月的来信."""
    issued = scan.context.issued
    return bool(last and issued and last < issued and not scan.context.column and not m["suf"])


def _points(m: re.Match[str], scan: Scan) -> Draft | None:
    if not _stands(m, scan):
        return None
    a = read_point(m, scan, "a")
    b = read_point(m, scan, "b", year=a.year) if a else None
    if a is None or b is None:
        return None
    if not b.named and a.year is not None and a.first and b.last and b.last < a.first:
        b = read_point(m, scan, "b", year=a.year + 1) or b  # 11月至3月
    if b.named and not scan.context.column and b.last and b.last.year < (scan.plan_year or 0):
        return None
    if _over(b.last, m, scan):
        return None
    draft = replace(fixed(m.start(), m.end(), b), begins=a.first, time=clock(m))
    if a.code and not draft.doubt:
        draft = replace(draft, doubt=Doubt(code=a.code, days=a.days))
    return draft


def _years(m: re.Match[str], scan: Scan) -> Draft | None:
    first, last = number(m["y1"]), number(m["y2"])
    return _stretch(m, scan, last, lambda _: (date(first, 1, 1), date(last, 12, 31)))


def _months(m: re.Match[str], scan: Scan) -> Draft | None:
    a, b = number(m["m1"]), number(m["m2"])

    def days(year: int) -> tuple[date, date]:
        over = year + (b < a)
        return date(year, a, 1), date(over, b, monthrange(over, b)[1] if 1 <= b <= 12 else 0)  # noqa: PLR2004

    return _stretch(m, scan, _year(m, scan), days)


def _days(m: re.Match[str], scan: Scan) -> Draft | None:
    month, a, b = number(m["mm"]), number(m["d1"]), number(m["d2"])
    return _stretch(m, scan, _year(m, scan), lambda year: (date(year, month, a), date(year, month, b)))


def _quarters(m: re.Match[str], scan: Scan) -> Draft | None:
    a, b = number(m["q1"]) * 3 - 2, number(m["q2"]) * 3
    return _stretch(m, scan, _year(m, scan), lambda y: (date(y, a, 1), date(y, b, monthrange(y, b)[1])))


def _year(m: re.Match[str], scan: Scan) -> int | None:
    return number(m["yy"]) if m["yy"] else scan.plan_year


def _numeric(m: re.Match[str], scan: Scan) -> Draft | None:
    """2026.3—2026.12, 2026-03-01至2026-10-31."""
    a, b = (int(m["ny1"]), int(m["nm1"])), (int(m["ny2"] or m["ny1"]), int(m["nm2"]))

    def days(_: int) -> tuple[date, date]:
        end = int(m["nd2"]) if m["nd2"] else monthrange(*b)[1] if 1 <= b[1] <= 12 else 0  # noqa: PLR2004
        return date(*a, int(m["nd1"] or 1)), date(*b, end)

    return _stretch(m, scan, b[0], days)


def _from_today(m: re.Match[str], scan: Scan) -> Draft | None:
    """即日起至12月31日: from the issue date on."""
    b = read_point(m, scan, "b", year=scan.plan_year)
    return replace(fixed(m.start(), m.end(), b), begins=scan.context.issued, time=clock(m)) if b else None


_SINCE = r"[自从]?"
# 2026-11-30 is a day and no stretch
_NUMBER_DASH = r"(?:至|到|-{1,2}(?=20[0-9]{2}[-./])|(?<!-[0-9])(?<!-[0-9][0-9])-{1,2})"
_IN = rf"{_SINCE}(?:(?P<yy>{YEAR})年|今年|本年)?的?"
_NUMBERED = DIGIT + ONES + "自从今本第"
RULES = (
    Rule(
        "span-from-today",
        "自从",
        rf"{_SINCE}(?:即日|现在|目前|今日|(?:本?(?:通知|方案|意见|文件))?(?:印发|发布)之日)起?(?:开始)?{_DASH}{point('b')}{_UNTIL}",
        _from_today,
        heads="即日 现在 目前 今日 印发 发布 通知 方案 意见 文件 本通 本方 本意 本文",
    ),
    Rule(
        "span",
        FIRST + "自从",
        rf"{_SINCE}{point('a')}(?:{CLOCK_AGAIN})?[起开]?始?{_DASH}{point('b')}{_UNTIL}",
        _points,
        heads=HEADS,
        solid=True,
    ),
    Rule(
        "span-of-numbers",
        "2自从",
        rf"{_SINCE}(?P<ny1>20[0-9]{{2}})(?P<dot>[-./])(?P<nm1>[0-9]{{1,2}})(?:(?P=dot)(?P<nd1>[0-9]{{1,2}}))?(?![0-9])起?{_NUMBER_DASH}"
        rf"(?:(?P<ny2>20[0-9]{{2}})(?P=dot))?(?P<nm2>[0-9]{{1,2}})(?:(?P=dot)(?P<nd2>[0-9]{{1,2}}))?(?![0-9.年月日]){_UNTIL}",
        _numeric,
        solid=True,
    ),
    Rule(
        "span-of-years",
        "12二自从",
        rf"{_SINCE}(?P<y1>{YEAR})年?度?起?{_DASH}(?P<y2>{YEAR})年度?[底末]?{_UNTIL}",
        _years,
        solid=True,
    ),
    Rule(
        "span-of-months",
        _NUMBERED,
        rf"{_IN}(?P<m1>{NUM2}){_DASH}(?P<m2>{NUM2})月份?[底末]?{_UNTIL}",
        _months,
        solid=True,
    ),
    Rule(
        "span-of-days",
        _NUMBERED,
        rf"{_IN}(?P<mm>{NUM2})月(?P<d1>{NUM2})[日号]?起?{_DASH}(?P<d2>{NUM2})[日号]{_UNTIL}",
        _days,
        solid=True,
    ),
    Rule(
        "span-of-quarters",
        _NUMBERED,
        rf"{_IN}第?(?P<q1>[一二三1-3])季?度?{_DASH}第?(?P<q2>[二三四2-4])季度{_UNTIL}",
        _quarters,
        solid=True,
    ),
)
