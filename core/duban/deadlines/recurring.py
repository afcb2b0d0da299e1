"""Rules for work that comes back on a day: 每月5日前, 每季度末, 每年3月、9月. Each is an RFC 5545 rule."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from duban.deadlines.rules import (
    BEFORE,
    CLOCK,
    NUM,
    NUM2,
    WEEKDAY,
    Draft,
    Rule,
    Scan,
    clock,
    number,
)
from duban.deadlines.signs import END_SIGN
from duban.model import Kind

DAYS = MappingProxyType(
    dict(zip("一二三四五六日天末", ("MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU", "SU"), strict=True))
)
WORKDAYS = "BYDAY=MO,TU,WE,TH,FR"
LAST_DAY, LAST_MONTH = 31, 12
_TENTHS = MappingProxyType(
    {"上旬": 10, "中旬": 20, "下旬": -1, "底": -1, "末": -1, "月底": -1, "月末": -1, "最后一天": -1}
)
SUF = rf"(?:{WEEKDAY}?(?:{CLOCK}))?(?:{BEFORE}|{END_SIGN})?"
EACH = r"[每各]"
_AND = r"(?:、|和|及|或|,|-|至|到)"
DAY_LIST = rf"{NUM2}[日号]?(?:{_AND}{NUM2}[日号]?){{0,30}}(?<=[日号])(?:{_AND}月?[底末])?"
_NUMBERS = re.compile(NUM2)
_RANGE = re.compile(r"[-至到]")


def recurs(m: re.Match[str], rrule: str) -> Draft:
    return Draft(
        kind=Kind.RECURRING,
        start=m.start(),
        end=m.end(),
        rrule=rrule,
        time=clock(m) if "H" in m.re.groupindex else None,
    )


def _numbers(text: str) -> list[int]:
    """5日和20日 is [5, 20]; a range (1日至5日) is its end."""
    found = [number(n) for n in _NUMBERS.findall(text)] + [-1] * text.endswith(("底", "末"))
    return found[-1:] if _RANGE.search(text) else found


def _bymonthday(days: list[int]) -> str:
    return "BYMONTHDAY=" + ",".join(map(str, days))


def _valid(days: list[int], top: int) -> bool:
    return all(1 <= d <= top or d == -1 for d in days)


_MONTH_DAY = re.compile(rf"(?P<m>{NUM2})月?份?(?:(?P<d>{NUM2})[日号]|(?P<t>底|末|[上中下]旬))?")


def _yearly(m: re.Match[str], _scan: Scan) -> Draft | None:
    """每年1月31日前, 每年6月底和12月底前, 每年3—5月."""
    months: list[int] = []
    days: list[int] = []
    ends: list[int] = []
    for one in _MONTH_DAY.finditer(m["when"]):
        months.append(number(one["m"]))
        days.append(number(one["d"]) if one["d"] else _TENTHS.get(one["t"] or "底", -1))
        ends.append(m.start("when") + one.end())
    if _RANGE.search(m["when"]):
        months, days = months[-1:], days[-1:]
    if not _valid(months, LAST_MONTH) or not _valid(days, LAST_DAY):
        return None
    if len(set(days)) > 1:  # RFC 5545 cannot pair months with days in one rule: the next one is another
        first = recurs(m, f"FREQ=YEARLY;BYMONTH={months[0]};{_bymonthday(days[:1])}")
        return replace(first, end=ends[0], time=None)
    return recurs(m, f"FREQ=YEARLY;BYMONTH={','.join(map(str, months))};{_bymonthday(days[:1])}")


_YEAR_PARTS = MappingProxyType({"上半年": 6, "年中": 6, "下半年": 12})


def _year_part(m: re.Match[str], _scan: Scan) -> Draft:
    quarter = m["q"]
    month = number(quarter) * 3 if quarter else _YEAR_PARTS.get(m["part"], 12)
    return recurs(m, f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY=-1")


def _monthly(m: re.Match[str], _scan: Scan) -> Draft | None:
    days = _numbers(m["days"])
    return recurs(m, f"FREQ=MONTHLY;{_bymonthday(days)}") if _valid(days, LAST_DAY) else None


def _month_part(m: re.Match[str], _scan: Scan) -> Draft | None:
    if m["part"]:
        return recurs(m, f"FREQ=MONTHLY;{_bymonthday([_TENTHS[m['part']]])}")
    if m["last"]:
        return recurs(m, f"FREQ=MONTHLY;{WORKDAYS};BYSETPOS=-1")
    if m["nth"]:
        return recurs(m, f"FREQ=MONTHLY;{WORKDAYS};BYSETPOS={number(m['nth'])}")
    if m["wd"]:
        place = -1 if m["week"] is None else number(m["week"])
        return recurs(m, f"FREQ=MONTHLY;BYDAY={place}{DAYS[m['wd']]}")
    return recurs(m, "FREQ=MONTHLY")


_MONTH_OF_QUARTER = MappingProxyType(
    {
        "首": 0,
        "末": 2,
        "第一": 0,
        "第1": 0,
        "第二": 1,
        "第2": 1,
        "第三": 2,
        "第3": 2,
        "最后一": 2,
        "次": 0,
        "后次": 0,
        "下": 0,
    }
)


def _month_of_quarter(m: re.Match[str], scan: Scan) -> Draft | None:
    """季度首月5日前, without 每; not 三季度末月."""
    first = 3 if m["of"] == "末" else 1
    day = number(m["days"])
    if _NUMBERED.search(scan.left(m.start(), 2)) or not 1 <= day <= LAST_DAY:
        return None
    months = ",".join(str(first + 3 * i) for i in range(4))
    return recurs(m, f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={day}")


_NUMBERED = re.compile(r"[0-9一二三四本上下]$")


def _every_other_month(m: re.Match[str], _scan: Scan) -> Draft | None:
    """每逢双月10日前."""
    days = _numbers(m["days"])
    months = "2,4,6,8,10,12" if m["even"] == "双" else "1,3,5,7,9,11"
    return recurs(m, f"FREQ=YEARLY;BYMONTH={months};{_bymonthday(days)}") if _valid(days, LAST_DAY) else None


def _quarterly(m: re.Match[str], _scan: Scan) -> Draft | None:
    which = m["of"]
    first = 3 if which is None else 1 + _MONTH_OF_QUARTER[which]
    if which is None and m["days"]:
        first = 1  # 每季度10日前: after the quarter, as a month's report comes after the month
    if m["nth"] or m["last"]:
        place = number(m["nth"]) if m["nth"] else -1
        if place == -1 and which is None:
            first = 3
        elif which is None:
            first = 1
        months = ",".join(str(first + 3 * i) for i in range(4))
        return recurs(m, f"FREQ=MONTHLY;BYMONTH={months};{WORKDAYS};BYSETPOS={place}")
    day = number(m["days"]) if m["days"] else _TENTHS.get(m["part"] or "底", -1)
    if day != -1 and not 1 <= day <= LAST_DAY:
        return None
    months = ",".join(str(first + 3 * i) for i in range(4))
    return recurs(m, f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={day}")


_AFTER_END = MappingProxyType(
    {
        "年": "FREQ=YEARLY;BYMONTH=1", "年度": "FREQ=YEARLY;BYMONTH=1", "半年": "FREQ=YEARLY;BYMONTH=1,7",
        "季": "FREQ=YEARLY;BYMONTH=1,4,7,10", "季度": "FREQ=YEARLY;BYMONTH=1,4,7,10", "月": "FREQ=MONTHLY",
        "月度": "FREQ=MONTHLY",
    }
)  # fmt: skip


_BASE_MONTHS = MappingProxyType({"年": 12, "半": 6, "季": 3})


def _after_end(m: re.Match[str], scan: Scan) -> Draft | None:
    """每季度结束后10日内: the tenth day of the next one."""
    if not m["each"] and (not m["over"] or _NUMBERED.search(scan.left(m.start(), 2))):
        return None
    count = number(m["n"])
    base = _AFTER_END[m["p"]]
    if not 1 <= count <= LAST_DAY:
        return None
    if m["u"] == "月":  # 每年度终了后3个月内: the third month's last day
        every = _BASE_MONTHS.get(m["p"][0])
        if every is None or count > every:
            return None
        months = ",".join(str(count + n) for n in range(0, LAST_MONTH, every))
        return recurs(m, f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY=-1")
    if m["u"] == "工作日":
        if base.startswith("FREQ=YEARLY"):  # RFC 5545: with BYSETPOS a year's set has to be one month's
            base = base.replace("FREQ=YEARLY", "FREQ=MONTHLY")
        return recurs(m, f"{base};{WORKDAYS};BYSETPOS={count}")
    return recurs(m, f"{base};BYMONTHDAY={count}")


def _weekly(m: re.Match[str], _scan: Scan) -> Draft:
    names = dict.fromkeys(DAYS[c] for c in m["days"] if c in DAYS)
    days = list(names)[-1:] if _RANGE.search(m["days"]) else list(names)
    each = ";INTERVAL=2" if m["two"] else ""
    return recurs(m, f"FREQ=WEEKLY{each};BYDAY={','.join(days)}")


def _half_end(m: re.Match[str], _scan: Scan) -> Draft:
    return recurs(m, "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1")


def _next_month(m: re.Match[str], scan: Scan) -> Draft | None:
    days = _numbers(m["days"])
    if not _valid(days, LAST_DAY) or not (m["suf"] or scan.left(m.start()).endswith("于")):
        return None
    base = "FREQ=YEARLY;BYMONTH=1,4,7,10" if m["q"] else "FREQ=MONTHLY"
    return recurs(m, f"{base};{_bymonthday(days)}")


_DATE = rf"{NUM2}月份?(?:的?(?:{NUM2}[日号]|[底末]|[上中下]旬))?"
_NEXT_DATE = rf"(?:、|和|及|,|-|至|到)(?:{_DATE}|{NUM2}[日号])"
_DATES = rf"(?P<when>(?:{_DATE}|{NUM2})(?:{_NEXT_DATE}){{0,11}})(?<=[月份日号底末旬])"
RULES = (
    Rule("yearly-date", "每各", rf"{EACH}一?年度?的?{_DATES}{SUF}", _yearly),
    Rule(
        "yearly-part",
        "每各",
        rf"{EACH}一?年度?的?(?P<part>年?[底末终](?![端了])|岁末|年?内|[上下]半年|年中|第?(?P<q>[一二三四1-4])季度[末底]?){SUF}",
        _year_part,
    ),
    Rule("monthly-day", "每各", rf"{EACH}一?个?月份?的?(?P<days>{DAY_LIST}){SUF}", _monthly),
    Rule(
        "monthly-part",
        "每各",
        rf"{EACH}一?个?月份?的?(?:(?P<part>月?[底末](?!端)|[上中下]旬|最后一天)|(?P<last>最后(?:一个|1个|一)工作日)"
        rf"|[第前](?P<nth>{NUM2})个?工作日|(?:第(?P<week>[一二三四1-4])个?|最后一个?)(?:周的?|星期的?)?(?:周|星期)?(?P<wd>[一二三四五六日天])"
        rf"|(?:月?初|第[一二三四1-4]周|最后一周)){SUF}",
        _month_part,
    ),
    Rule(
        "quarterly-date",
        "每各",
        rf"{EACH}一?个?季度?的?(?:(?:结束|终了)?的?(?P<of>首|末|第[一二三123]|最后一|后?次|下)(?:个?月份?|(?<=末)(?={NUM2}[日号]|最后))的?)?"
        rf"(?:(?:前|的)?(?P<nth>{NUM2})个工作日|(?P<last>最后(?:一个|1个|一)工作日)|(?P<days>{NUM2})[日号]|(?P<part>季?[末底]|[上中下]旬|最后一天))?{SUF}(?<![季度])",
        _quarterly,
    ),
    Rule(
        "month-of-quarter",
        "",
        rf"季度?(?P<of>首|末)月份?的?(?P<days>{NUM2})[日号]{SUF}",
        _month_of_quarter,
        heads="季度 季首 季末",
    ),
    Rule(
        "every-other-month",
        "每",
        rf"(?:每逢?)?(?P<even>[单双])月份?的?(?P<days>{DAY_LIST}){SUF}",
        _every_other_month,
        heads="单月 双月",
    ),
    Rule(
        "after-period",
        "每各月季年半",
        rf"(?:(?P<each>{EACH}一?个?)?(?P<p>半年|年度?|季度?|月度?)(?P<over>结束|终了|期满|届满|过)?)之?后的?(?P<n>{NUM})个?(?P<u>工作日|日|天|月)(?:之?内|以内|前)",
        _after_end,
    ),
    Rule("half-year-end", "每各", rf"{EACH}个?半年度?[末底]{SUF}", _half_end),
    Rule(
        "weekly-day",
        "每各隔",
        rf"(?:[每各]一?个?|(?P<two>每?(?:两|隔|双)))(?:周|星期|礼拜)的?(?P<days>[一二三四五六日天末](?:(?:、|和|及|,|-|至|到)?(?:周|星期)?[一二三四五六日天](?![次个]))*)(?![次个轮项场件]){SUF}",
        _weekly,
    ),
    Rule(
        "next-month-day",
        "次翌下",
        rf"(?:[次翌]月份?|(?P<q>[次下]一?个?季度?的?(?:首|第一个?|第1个?)月))的?(?P<days>{DAY_LIST}){WEEKDAY}?(?:{CLOCK})?(?P<suf>{BEFORE}|{END_SIGN})?",
        _next_month,
    ),
)
