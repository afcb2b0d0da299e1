"""A point in time as a plan writes it (2026年6月底, 第三季度, 次年上半年): its pattern, and its days."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from duban.deadlines.rules import DIGIT, INSIDE, NUM2, Scan, number

YEAR = r"(?:(?:19|20)[0-9]{2}|二[〇零][〇零一二三四五六七八九]{2})"
# a year that no plan has: without it the rest (12月31日) would silently be of another year
NO_YEAR = rf"(?!{YEAR}(?![0-9]))[0-9]{{4,}}年"
# two digits are a year only where a part of a year follows: 26年底, but never 10年
_SHORT = rf"[0-9]{{2}}(?=年(?:年?[底末终](?!部)|{NUM2}月|第[一二三四1-4]季|[上下]半年))"
_WORD = r"今年度?|本年度?|当年度?|同年|明年度?|来年|后年|次年度?|翌年|下一?年度?"
FIRST = DIGIT + "一二三四五六七八九十廿卅今本当同明来次翌下上年岁全第首Q元前"
HEADS = "后年"
# after a year these are parts of it, but not in 年内部, 年中秋, 年初步
_TAIL = (
    rf"底(?![数线层]|部(?![署分门]))|末(?![端位])|终(?![端止身])|{INSIDE}"
    r"|中(?![秋央国小心医期考标层等高药共华部试型低职学转外级专短长远游介间枢意])|初(?![步次中级始审稿心])"
)
END = -1  # the month's last day

_PART = MappingProxyType(
    {
        "上旬": (1, 10),
        "中旬": (11, 20),
        "下旬": (21, END),
        "上中旬": (1, 20),
        "中下旬": (11, END),
        "初": (1, 10),
        "底": (END, END),
        "末": (END, END),
        "月底": (END, END),
        "月末": (END, END),
    }
)
_OF_YEAR = MappingProxyType(
    {
        "上半年": ((1, 1), (6, END)),
        "下半年": ((7, 1), (12, END)),
        "年中": ((6, END), (6, END)),
        "中": ((6, END), (6, END)),
        "年初": ((1, 1), (1, END)),
        "初": ((1, 1), (1, END)),
        "全年": ((1, 1), (12, END)),
        "年内": ((1, 1), (12, END)),
        "年度内": ((1, 1), (12, END)),
        "内": ((1, 1), (12, END)),
    }
)
_WHOLE = ((1, 1), (12, END))
_YEAR_END = ((12, END), (12, END))
_WORD_YEARS = MappingProxyType({"明": 1, "来": 1, "后": 2})
_QUARTERS = MappingProxyType({"首": 1, "前两": 2})
CENTURY = 100

MonthDay = tuple[int, int]


def said_year(k: str = "") -> str:
    """The pattern of a year by number or word: 2026年, 26年6月's, 明年, 次年."""
    return rf"(?:(?P<y{k}>{YEAR}|{_SHORT})年度?|(?P<w{k}>{_WORD}))的?"


def point(k: str = "") -> str:
    """The pattern of a point; its groups' names end in `k`, so that a range can hold two."""
    body = (
        rf"(?P<m{k}>{NUM2}|元)月份?(?:的?(?:(?P<d{k}>{NUM2})[日号]|(?P<t{k}>上中旬|中下旬|[上中下]旬|月?[底末]|初(?!步|[审稿]))))?"
        rf"|(?P<h{k}>[上下]半年|年中|年[底末终初]|岁末(?:年终)?|年度?{INSIDE}|全年|{_TAIL})"
        rf"|(?:第(?P<q{k}>[一二三四1-4])季度?|(?P<r{k}>前[二三两23](?=个?季度)|[一二三四1-4首](?=季度))个?季度|Q(?P<s{k}>[1-4]))(?P<e{k}>的?季?[末底])?"
    )
    return (
        rf"(?:{said_year(k)})?(?:{body})?"  # either half may be missing: _shape says whether a point is left
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The days that a point names. `last` is None where the year is not known or there is no such day."""

    grain: str  # day, part, end, month, quarter, half, year
    first: date | None
    last: date | None
    year: int | None
    named: bool  # the phrase says the year itself
    code: str | None = None  # no-year, no-such-date, two-readings
    days: tuple[date, ...] = ()


def read_point(m: re.Match[str], scan: Scan, k: str = "", *, year: int | None = None) -> Point | None:
    """The point that `m` matched, or None where it is no point. `year`: where the phrase says none."""
    shape = _shape(m, k)
    if shape is None:
        return None
    grain, first, last = shape
    said, doubtful = read_year(m, scan, k)
    named = said is not None
    if said is None:
        bare = m[f"w{k}"] is None and year is None
        said = _implied(m.start(), last, scan) if bare else year
    if said is None:
        return Point(grain=grain, first=None, last=None, year=None, named=False, code="no-year")
    try:
        ends = _day(said, last)
        begins = _day(said, first)
    except ValueError:
        days = _neighbours(said, last)
        return Point(
            grain=grain, first=None, last=None, year=said, named=named, code="no-such-date", days=days
        )
    days = tuple(sorted({ends, _day(doubtful, last)})) if doubtful else ()
    code = "two-readings" if days else None
    return Point(grain=grain, first=begins, last=ends, year=said, named=named, code=code, days=days)


def _shape(m: re.Match[str], k: str) -> tuple[str, MonthDay, MonthDay] | None:
    """(grain, first, last) as months and days, or None."""
    has_year = m[f"y{k}"] is not None or m[f"w{k}"] is not None
    if m[f"m{k}"]:
        month = number(m[f"m{k}"])
        if m[f"d{k}"]:
            day = number(m[f"d{k}"])
            return "day", (month, day), (month, day)
        begins, ends = _PART[m[f"t{k}"]] if m[f"t{k}"] else (1, END)
        grain = "month" if not m[f"t{k}"] else "end" if begins == END else "part"
        return grain, (month, begins), (month, ends)
    if m[f"h{k}"]:
        return _part_of_year(m[f"h{k}"], has_year=has_year)
    quarter = m[f"q{k}"] or m[f"r{k}"] or m[f"s{k}"]
    if quarter:
        nth = _QUARTERS.get(quarter) or number(quarter.removeprefix("前"))
        first = (1, 1) if quarter.startswith("前") else (nth * 3 - 2, 1)
        return "end" if m[f"e{k}"] else "quarter", first, (nth * 3, END)
    return ("year", *_WHOLE) if has_year else None


def _part_of_year(word: str, *, has_year: bool) -> tuple[str, MonthDay, MonthDay] | None:
    """年底, 上半年; and 底, 中 where a year stands before them."""
    if len(word) == 1 and not has_year:
        return None
    stands = word not in _OF_YEAR or word.endswith("内")  # 年底 and 年内 are signs by themselves
    grain = "half" if word.endswith("半年") else "end" if stands else "part"
    return (grain, *_OF_YEAR.get(word, _YEAR_END))


def read_year(m: re.Match[str], scan: Scan, k: str = "") -> tuple[int | None, int | None]:
    """The year that the phrase says, and another that it can mean."""
    if m[f"y{k}"]:
        year = number(m[f"y{k}"])
        return (year if year >= CENTURY else 2000 + year), None
    word, plan = m[f"w{k}"], scan.plan_year
    if word is None or plan is None:
        return None, None
    if word[0] in "今本":
        return plan, None
    if word[0] in _WORD_YEARS:  # from the issue date; a plan made for another year makes it doubtful
        step = _WORD_YEARS[word[0]]
        base = scan.context.issued.year if scan.context.issued else plan
        return base + step, (plan + step if plan != base else None)
    after = scan.year if scan.year is not None else plan
    return after + (word[0] in "次翌下"), None


def _implied(at: int, last: MonthDay, scan: Scan) -> int | None:
    """The year of a phrase that says none: the sentence's, where that leads on from it, else the plan's."""
    before = scan.carried(at)
    if before is not None and before.year is not None and before.due is not None:
        try:
            if _day(before.year, last) > before.due:
                return before.year
        except ValueError:
            pass
    return scan.plan_year


def _day(year: int, month_day: MonthDay) -> date:
    month, day = month_day
    if day == END and 1 <= month <= 12:  # noqa: PLR2004
        day = monthrange(year, month)[1]
    return date(year, month, day)


def _neighbours(year: int, month_day: MonthDay) -> tuple[date, ...]:
    """The month's last day, for 2月30日; nothing for the 13th month."""
    month, _ = month_day
    return (_day(year, (month, END)),) if 1 <= month <= 12 else ()  # noqa: PLR2004
