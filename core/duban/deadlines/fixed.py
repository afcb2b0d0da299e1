"""Rules for a day that the text names: 6月底前, 不迟于2026年9月30日, 春节前, 本月底."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from duban.deadlines import signs, stages
from duban.deadlines.points import FIRST, HEADS, Point, point, read_point
from duban.deadlines.rules import (
    BEFORE,
    CLOCK,
    DIGIT,
    NUM2,
    ONES,
    WEEKDAY,
    Doubt,
    Draft,
    Rule,
    Scan,
    clock,
    number,
    pairs,
)
from duban.model import Kind

ONE = timedelta(days=1)
SUFFIX = rf"(?P<suf>{BEFORE}|{signs.END_SIGN})?"
TAIL = rf"{WEEKDAY}?(?: ?{CLOCK})?(?:\(含(?:当[日天]|本数)?\))?{SUFFIX}"
_NAMES = MappingProxyType(
    {"day": "date", "part": "part-of-period", "end": "end-of-period", "month": "month", "quarter": "quarter",
     "half": "half-year", "year": "year"}
)  # fmt: skip
_PERIODS = ("part", "month", "quarter", "half")
WHOLES = ("month", "quarter", "half", "year")
WEEKDAYS = MappingProxyType({c: i for i, c in enumerate("一二三四五六日")} | {"天": 6, "末": 6})


def signed(m: re.Match[str], scan: Scan, at: Point | None = None) -> int | None:
    """Where the phrase begins when something says that the date is a deadline; None when nothing does."""
    text, end = scan.text, m.end()
    left = scan.left(m.start())
    over = _past(at, scan.plan_year)
    if over and not scan.context.column and at is not None and (at.year or 0) < (scan.plan_year or 0) - 1:
        return None  # what was due years ago is history, 前 or not
    if signs.RIGHT_NOT.match(text, end) or (m["suf"] and signs.REWARDED.match(text, end)):
        return None
    if signs.LEFT_NOT.search(left) and (over or not m["suf"] or not signs.AS_SAID.search(left)):
        return None
    sign = signs.LEFT_SIGN.search(left)
    begins = begin(m.start(), sign, left)
    if (over or _before_issue(at, scan) or signs.UNTIL_NOW.match(text, begins)) and signs.COUNTED.match(
        text, end
    ):
        return None
    if sign and at is not None and at.grain == "year":
        named = text[end - 1] == "的" or signs.BARE_YEAR_NOT.match(text, end)  # 提高到2025年的41%
        sign = None if named else sign
    if over and m["suf"] and signs.PAST_CLAUSE.match(text, end):
        return None
    this_year = at is not None and at.grain == "year" and (m["w"] or "")[:1] in ("今", "本")  # 今年完成选址
    alone = not this_year and _by_itself(text, m.start(), end, at, scan)
    stands = m["suf"] or sign or scan.context.column or stages.opens(left) or alone
    return begins if stands else None


def _by_itself(text: str, start: int, end: int, at: Point | None, scan: Scan) -> bool:
    """Whether a date without a sign is one for doing something: 6月底, 6月完成; nothing of the past."""
    if _past(at, scan.plan_year):
        return False
    if at is not None and at.grain == "end":
        return not signs.END_NOT.match(text, end)
    if signs.FINISHING.match(text, end) and text[end - 2 : end] != "年初":  # 年初制定计划 tells no end
        over = at is not None and at.grain == "day" and _before_issue(at, scan)
        return not (over or signs.STATISTICS.match(text, end))
    if signs.AIMED.search(scan.left(start)) and at is not None and at.grain in _PERIODS:
        return not (_before_issue(at, scan) or signs.AIMLESS.match(text, end))
    done = signs.DONE_BY.match(text, end) and not _before_issue(at, scan)
    return bool(_LISTED.match(text, end) or (done and not signs.STATISTICS.match(text, end)))


def _before_issue(at: Point | None, scan: Scan) -> bool:
    issued = scan.context.issued
    return bool(at is not None and at.last and issued and at.last < issued)


def _past(at: Point | None, plan_year: int | None) -> bool:
    return at is not None and at.named and (at.year or 0) < (plan_year or 0)


def begin(start: int, sign: re.Match[str] | None, left: str) -> int:
    """Where the phrase begins: with 于, 不迟于, 截止到, but not with a label (完成时限：)."""
    return start - len(left) + sign.start("in") if sign and sign["in"] else start


# 3月、6月和9月底前: the sign stands after the last of them
_LISTED = re.compile(
    rf"(?:(?:、|和|及|与|以及)(?:{NUM2}[日号]|{point()})){{1,12}}(?:{BEFORE}|{signs.END_SIGN}|(?=完成|报送|上报|分别|各))"
)


def _date(m: re.Match[str], scan: Scan) -> Draft | None:
    at = read_point(m, scan)
    if at is None:
        return None
    begins = signed(m, scan, at)
    if at.named and at.year is not None and (begins is not None or m["y"]):
        scan.year = at.year
    if begins is None or (m["h"] == "全年" and not scan.context.column):
        return None  # a requirement's 全年 is a measure (全年成效), no end
    draft = fixed(begins, m.end(), at)
    if at.grain in (*WHOLES, "part") and not m["suf"] and stages.opens(scan.left(m.start())):
        draft = replace(draft, begins=at.first)
    if at.last and _yearly(m, scan):
        day = f"BYMONTH={at.last.month};BYMONTHDAY={at.last.day if at.grain in ('day', 'part') else -1}"
        return Draft(
            kind=Kind.RECURRING,
            start=begins,
            end=m.end(),
            rrule=f"FREQ=YEARLY;{day}",
            time=clock(m),
            name="following-year" if at.named else "yearly-carried",
        )
    if m["suf"] and m["suf"].endswith("前") and at.grain in WHOLES and at.first and at.last:
        # 6月前: with June, as 6月30日前 is with the 30th, or before it (where that is not past already)
        known = scan.context.issued or date(scan.plan_year or at.first.year, 1, 1)
        if at.first - ONE > known:
            draft = replace(
                draft, doubt=draft.doubt or Doubt(code="two-readings", days=(at.first - ONE, at.last))
            )
    return replace(draft, time=clock(m), name=_NAMES[at.grain])


def _yearly(m: re.Match[str], scan: Scan) -> bool:
    """Whether the sentence speaks of every year: 每年3月底前…，11月底前…，次年1月10日前公布."""
    before = scan.carried(m.start())
    rrule = (before.rrule if before else None) or ""
    if not rrule.startswith("FREQ=YEARLY") or m["y"]:
        return False
    if m["w"]:
        return m["w"] in ("次年", "翌年")
    if "BYMONTH=" not in rrule:
        return False
    if m["h"]:
        return scan.text[scan.end : m.start()] in _AND
    return bool(m["m"]) and scan.text.find(";", scan.end, m.start()) < 0


_AND = ("、", "和", "及", "与")


def fixed(start: int, end: int, at: Point) -> Draft:
    """The draft for a point's last day, with the point's doubt."""
    doubt = Doubt(code=at.code, days=at.days) if at.code else None
    return Draft(kind=Kind.FIXED, start=start, end=end, due=at.last, doubt=doubt, year=at.year)


def _numeric(m: re.Match[str], scan: Scan) -> Draft | None:
    begins = signed(m, scan)
    if begins is None:
        return None
    try:
        month = int(m["nm"])
        year = int(m["ny"])
        scan.year = year
        due = date(year, month, int(m["nd"]) if m["nd"] else monthrange(year, month)[1])
    except ValueError:
        return Draft(kind=Kind.FIXED, start=begins, end=m.end(), doubt=Doubt(code="no-such-date"))
    return Draft(kind=Kind.FIXED, start=begins, end=m.end(), due=due, time=clock(m), year=due.year)


def _short(m: re.Match[str], scan: Scan) -> Draft | None:
    if not scan.context.column and not m["before"]:
        return None
    year = scan.plan_year
    if year is None:
        return Draft(kind=Kind.FIXED, start=m.start(), end=m.end(), doubt=Doubt(code="no-year"))
    try:
        due = date(year, int(m["sm"]), int(m["sd"]))
    except ValueError:
        return Draft(kind=Kind.FIXED, start=m.start(), end=m.end(), doubt=Doubt(code="no-such-date"))
    return Draft(kind=Kind.FIXED, start=m.start(), end=m.end(), due=due, year=year)


def _from_issue(m: re.Match[str], scan: Scan) -> Draft | None:
    if not m["this"] and (
        not m["suf"] or _NO_MONTH.search(scan.left(m.start())) or not (m["wd"] or m["part"])
    ):
        return None  # 月底 and 周五 alone say nothing
    begins = signed(m, scan)
    if begins is None:
        return None
    issued = scan.context.issued
    if issued is None:
        return Draft(kind=Kind.FIXED, start=begins, end=m.end(), doubt=Doubt(code="no-issued"))
    try:
        due = from_day(m, issued)
    except ValueError:
        return Draft(kind=Kind.FIXED, start=begins, end=m.end(), doubt=Doubt(code="no-such-date"))
    return Draft(kind=Kind.FIXED, start=begins, end=m.end(), due=due, time=clock(m), year=due.year)


_NO_MONTH = re.compile(r"[当各隔逐每该此个数几前0-9一二三四五六七八九十]$")


def from_day(m: re.Match[str], day: date) -> date:
    """What 本月底, 下周五, 本季度末 name, seen from `day`. Raises ValueError where there is no such day."""
    ahead = 1 if m["this"].startswith(("下", "次")) else 0
    if m["wd"] or m["week"]:
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=ahead)
        return monday + timedelta(days=WEEKDAYS[m["wd"]] if m["wd"] else 6)
    quarter_end = (day.month - 1) // 3 * 3 + 3
    month = quarter_end + 3 * ahead if m["quarter"] else day.month + ahead
    year, month = day.year + (month - 1) // 12, (month - 1) % 12 + 1
    tenth = {"上旬": 10, "中旬": 20, "初": 10}.get(m["part"] or "")
    return date(year, month, number(m["day"]) if m["day"] else tenth or monthrange(year, month)[1])


THIS = (
    rf"(?P<this>本|这个?|下一?个?|)(?:(?:月份?(?:的?(?:(?P<day>{NUM2})[日号]|(?P<part>[底末初]|[上中下]旬)))?)"
    rf"|(?P<quarter>季度[末底]?)|(?P<week>周|星期|礼拜)(?P<wd>[一二三四五六日天末])?)"
)


def _same_month(m: re.Match[str], scan: Scan) -> Draft | None:
    """6月20日、30日前: the month is the one just named."""
    return _of_month(m, scan) if scan.end == m.start() else None


def _same_month_again(m: re.Match[str], scan: Scan) -> Draft | None:
    """3月10日前完成招标，20日前签订合同: a later day, at the beginning of a clause of the same sentence."""
    begins = scan.text[m.start() - 1 : m.start()] in _CLAUSE and "。" not in scan.text[scan.end : m.start()]
    draft = _of_month(m, scan) if begins and m["suf"] else None
    before = scan.carried(m.start())
    later = before is not None and before.due is not None and number(m["day"]) > before.due.day
    return draft if later else None


def _of_month(m: re.Match[str], scan: Scan) -> Draft | None:
    """A day of the month of the fixed date before it."""
    before = scan.carried(m.start())
    if before is None or before.due is None or before.kind is not Kind.FIXED:
        return None
    draft = Draft(kind=Kind.FIXED, start=m.start("day"), end=m.end(), time=clock(m), year=before.due.year)
    try:
        return replace(draft, due=before.due.replace(day=number(m["day"])))
    except ValueError:
        return Draft(kind=Kind.FIXED, start=draft.start, end=m.end(), doubt=Doubt(code="no-such-date"))


_CLAUSE = (",", ";")
_LISTS = pairs("、和及与", DIGIT + ONES)
_PARTS = pairs("月", "底末初上中下份的") + " " + pairs("周", "一二三四五六日天末") + " 星期 礼拜"
RULES = (
    Rule("date", FIRST, rf"{point()}{TAIL}", _date, heads=HEADS, solid=True),
    Rule(
        "numeric-date",
        "12",
        rf"(?P<ny>20[0-9]{{2}})(?P<dot>[-./])(?P<nm>[0-9]{{1,2}})(?:(?P=dot)(?P<nd>[0-9]{{1,2}}))?(?![0-9年.%]){TAIL}",
        _numeric,
    ),
    Rule(
        "compact-date",
        "2",
        rf"(?P<ny>20[0-9]{{2}})(?P<nm>[01][0-9])(?P<nd>[0-3][0-9])(?![0-9]){TAIL}",
        _numeric,
    ),
    Rule(
        "month-slash-day",
        DIGIT,
        r"(?P<sm>1[0-2]|0?[1-9])[./](?P<sd>3[01]|[12][0-9]|0?[1-9])(?=$|[前之止,。;、)])(?P<before>之?前|止)?",
        _short,
    ),
    Rule("day-of-same-month", "", rf"(?:、|和|及|与)(?P<day>{NUM2})[日号]{TAIL}", _same_month, heads=_LISTS),
    Rule("day-of-same-month-again", DIGIT + "一二三", rf"(?P<day>{NUM2})[日号]{TAIL}", _same_month_again),
    Rule("from-issue-date", "本这下", rf"{THIS}{TAIL}", _from_issue, heads=_PARTS),
)
