"""Rules for work that comes back: 每月5日前, 每季度末, 按季度, 月报. Each becomes an RFC 5545 rule.

A rule that names no day (每季度) carries none: it is due on the last day of its period (occurrences.py).
"""

from __future__ import annotations

import re
from types import MappingProxyType

from duban.deadlines.rules import BEFORE, CLOCK, NUM, NUM2, WEEKDAY, Draft, Rule, Scan, clock, number
from duban.deadlines.signs import END_SIGN
from duban.model import Kind

DAYS = MappingProxyType(
    dict(zip("一二三四五六日天末", ("MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU", "SU"), strict=True))
)
WORKDAYS = "BYDAY=MO,TU,WE,TH,FR"
LAST_DAY, LAST_MONTH = 31, 12
PERIODS = MappingProxyType(
    {
        "年": "FREQ=YEARLY", "年度": "FREQ=YEARLY",
        "半年": "FREQ=MONTHLY;INTERVAL=6", "半年度": "FREQ=MONTHLY;INTERVAL=6",
        "学期": "FREQ=MONTHLY;INTERVAL=6", "季": "FREQ=MONTHLY;INTERVAL=3", "季度": "FREQ=MONTHLY;INTERVAL=3",
        "月": "FREQ=MONTHLY", "月度": "FREQ=MONTHLY", "双月": "FREQ=MONTHLY;INTERVAL=2",
        "半月": "FREQ=MONTHLY;BYMONTHDAY=15,-1", "半个月": "FREQ=MONTHLY;BYMONTHDAY=15,-1",
        "旬": "FREQ=MONTHLY;BYMONTHDAY=10,20,-1",
        "周": "FREQ=WEEKLY", "星期": "FREQ=WEEKLY", "礼拜": "FREQ=WEEKLY",
        "双周": "FREQ=WEEKLY;INTERVAL=2", "日": "FREQ=DAILY", "天": "FREQ=DAILY",
        "工作日": f"FREQ=WEEKLY;{WORKDAYS}",
    }
)  # fmt: skip
_TENTHS = MappingProxyType(
    {"上旬": 10, "中旬": 20, "下旬": -1, "底": -1, "末": -1, "月底": -1, "月末": -1, "最后一天": -1}
)
SUF = rf"(?:{WEEKDAY}?(?:{CLOCK}))?(?:{BEFORE}|{END_SIGN})?"
EACH = r"[每各]"
DAY_LIST = rf"{NUM2}[日号]?(?:(?:、|和|及|或|,|-|至|到){NUM2}[日号]?)*(?<=[日号])"
_NUMBERS = re.compile(NUM2)
_RANGE = re.compile(r"[-至到]")


def _recurs(m: re.Match[str], rrule: str) -> Draft:
    return Draft(
        kind=Kind.RECURRING,
        start=m.start(),
        end=m.end(),
        rrule=rrule,
        time=clock(m) if "H" in m.re.groupindex else None,
    )


def _numbers(text: str) -> list[int]:
    """5日和20日 is [5, 20]; a range (1日至5日) is its end."""
    found = [number(n) for n in _NUMBERS.findall(text)]
    return found[-1:] if _RANGE.search(text) else found


def _bymonthday(days: list[int]) -> str:
    return "BYMONTHDAY=" + ",".join(map(str, days))


def _valid(days: list[int], top: int) -> bool:
    return all(1 <= d <= top for d in days)


_MONTH_DAY = re.compile(rf"(?P<m>{NUM2})月?份?(?:(?P<d>{NUM2})[日号]|(?P<t>底|末|[上中下]旬))?")


def _yearly(m: re.Match[str], _scan: Scan) -> Draft | None:
    """每年1月31日前, 每年6月底和12月底前, 每年3—5月."""
    months: list[int] = []
    days: list[int] = []
    for one in _MONTH_DAY.finditer(m["when"]):
        months.append(number(one["m"]))
        days.append(number(one["d"]) if one["d"] else _TENTHS.get(one["t"] or "底", -1))
    if _RANGE.search(m["when"]):
        months, days = months[-1:], days[-1:]
    if not _valid(months, LAST_MONTH) or not all(d == -1 or 1 <= d <= LAST_DAY for d in days):
        return None
    if len(set(days)) > 1:  # RFC 5545 cannot pair months with days in one rule: the first date stands for all
        months, days = months[:1], days[:1]
    return _recurs(m, f"FREQ=YEARLY;BYMONTH={','.join(map(str, months))};{_bymonthday(days[:1])}")


_YEAR_PARTS = MappingProxyType({"上半年": 6, "年中": 6, "下半年": 12})


def _year_part(m: re.Match[str], _scan: Scan) -> Draft:
    quarter = m["q"]
    month = number(quarter) * 3 if quarter else _YEAR_PARTS.get(m["part"], 12)
    return _recurs(m, f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY=-1")


def _monthly(m: re.Match[str], _scan: Scan) -> Draft | None:
    days = _numbers(m["days"])
    return _recurs(m, f"FREQ=MONTHLY;{_bymonthday(days)}") if _valid(days, LAST_DAY) else None


def _month_part(m: re.Match[str], _scan: Scan) -> Draft | None:
    if m["part"]:
        return _recurs(m, f"FREQ=MONTHLY;{_bymonthday([_TENTHS[m['part']]])}")
    if m["last"]:
        return _recurs(m, f"FREQ=MONTHLY;{WORKDAYS};BYSETPOS=-1")
    if m["nth"]:
        return _recurs(m, f"FREQ=MONTHLY;{WORKDAYS};BYSETPOS={number(m['nth'])}")
    if m["wd"]:
        place = -1 if m["week"] is None else number(m["week"])
        return _recurs(m, f"FREQ=MONTHLY;BYDAY={place}{DAYS[m['wd']]}")
    return _recurs(m, "FREQ=MONTHLY")


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


def _quarterly(m: re.Match[str], _scan: Scan) -> Draft | None:
    which = m["of"]
    first = 3 if which is None else 1 + _MONTH_OF_QUARTER[which]
    if which is None and m["days"]:
        first = 1  # 每季度10日前: after the quarter, as a month's report comes after the month
    day = number(m["days"]) if m["days"] else _TENTHS.get(m["part"] or "底", -1)
    if day != -1 and not 1 <= day <= LAST_DAY:
        return None
    months = ",".join(str(first + 3 * i) for i in range(4))
    return _recurs(m, f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={day}")


_AFTER_END = MappingProxyType(
    {
        "年": "FREQ=YEARLY;BYMONTH=1", "年度": "FREQ=YEARLY;BYMONTH=1", "半年": "FREQ=YEARLY;BYMONTH=1,7",
        "季": "FREQ=YEARLY;BYMONTH=1,4,7,10", "季度": "FREQ=YEARLY;BYMONTH=1,4,7,10", "月": "FREQ=MONTHLY",
        "月度": "FREQ=MONTHLY",
    }
)  # fmt: skip


def _after_end(m: re.Match[str], _scan: Scan) -> Draft | None:
    """每季度结束后10日内: the tenth day of the next one."""
    count = number(m["n"])
    base = _AFTER_END[m["p"]]
    if not 1 <= count <= LAST_DAY:
        return None
    if m["u"] == "工作日":
        if base.startswith("FREQ=YEARLY"):  # RFC 5545: with BYSETPOS a year's set has to be one month's
            base = base.replace("FREQ=YEARLY", "FREQ=MONTHLY")
        return _recurs(m, f"{base};{WORKDAYS};BYSETPOS={count}")
    return _recurs(m, f"{base};BYMONTHDAY={count}")


def _weekly(m: re.Match[str], _scan: Scan) -> Draft:
    names = dict.fromkeys(DAYS[c] for c in m["days"] if c in DAYS)
    days = list(names)[-1:] if _RANGE.search(m["days"]) else list(names)
    each = ";INTERVAL=2" if m["two"] else ""
    return _recurs(m, f"FREQ=WEEKLY{each};BYDAY={','.join(days)}")


def _period(m: re.Match[str], _scan: Scan) -> Draft:
    return _recurs(m, PERIODS[m["p"]])


def _report(m: re.Match[str], scan: Scan) -> Draft | None:
    # 6月报送 is June, 今日通报 a day, 人民日报 a paper: what stands before the unit makes it no period
    if _NOT_ALONE.search(scan.left(m.start())) or (m["p"] == "日" and m[0] == "日报"):
        return None
    return _recurs(m, PERIODS[m["p"]])


_NOT_ALONE = re.compile(
    r"[0-9一二三四五六七八九十百几数两当每各本上下次翌今昨明即近逐个首末该同整全工作假节生期]$"
)


def _half_end(m: re.Match[str], _scan: Scan) -> Draft:
    return _recurs(m, "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1")


_FREQ = MappingProxyType(
    {"年": ("YEARLY", 1), "月": ("MONTHLY", 1), "季度": ("MONTHLY", 3), "周": ("WEEKLY", 1),
     "星期": ("WEEKLY", 1), "日": ("DAILY", 1), "天": ("DAILY", 1)}
)  # fmt: skip


def _every(m: re.Match[str], _scan: Scan) -> Draft | None:
    freq, scale = _FREQ[m["u"]]
    count = (number(m["n"]) + (1 if m["skip"] else 0)) * scale if m["n"] else 2 * scale
    if count < 1:
        return None
    return _recurs(m, f"FREQ={freq};INTERVAL={count}" if count > 1 else f"FREQ={freq}")


def _next_month(m: re.Match[str], scan: Scan) -> Draft | None:
    days = _numbers(m["days"])
    if not _valid(days, LAST_DAY) or not (m["suf"] or scan.left(m.start()).endswith("于")):
        return None
    base = "FREQ=YEARLY;BYMONTH=1,4,7,10" if m["q"] else "FREQ=MONTHLY"
    return _recurs(m, f"{base};{_bymonthday(days)}")


_ROUND = (
    r"(?:报(?![名考警纸刊销价废关复道酬国社])|调度|通报|督查|督办|督导|汇报|小结|总结|考核|评估|更新|公示|公布|清零|会商|研判|检查"
    r"|例会|点评|讲评|巡查|抽查|碰头|排名|分析会?|监测|监督|演练)"
)
_P = r"(?P<p>半年度?|年度?|季度?|月度?|双月|半个?月|旬|双周|周|星期|礼拜|日|天|工作日|学期)"
RULES = (
    Rule(
        "yearly-date",
        "每各",
        rf"{EACH}一?年度?的?(?P<when>{NUM2}(?:月份?(?:的?(?:{NUM2}[日号]|[底末]|[上中下]旬))?)?"
        rf"(?:(?:、|和|及|,|-|至|到){NUM2}(?:月份?(?:的?(?:{NUM2}[日号]|[底末]|[上中下]旬))?|[日号]))*)(?<=[月份日号底末旬]){SUF}",
        _yearly,
    ),
    Rule(
        "yearly-part",
        "每各",
        rf"{EACH}一?年度?的?(?P<part>年?[底末终](?!端)|岁末|年?内|[上下]半年|年中|第?(?P<q>[一二三四1-4])季度[末底]?){SUF}",
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
        rf"{EACH}一?个?季度?的?(?:(?:结束|终了)?的?(?P<of>首|末|第[一二三123]|最后一|后?次|下)个?月份?的?)?"
        rf"(?:(?P<days>{NUM2})[日号]|(?P<part>季?[末底]|[上中下]旬|最后一天))?{SUF}(?<![季度])",
        _quarterly,
    ),
    Rule(
        "after-period",
        "每各月季年半",
        rf"(?:{EACH}一?个?(?P<p>半年|年度?|季度?|月度?)(?:结束|终了|期满|届满|过)?)之?后的?(?P<n>{NUM})个?(?P<u>工作日|日|天)(?:之?内|以内|前)",
        _after_end,
    ),
    Rule("half-year-end", "每各", rf"{EACH}个?半年度?[末底]{SUF}", _half_end),
    Rule(
        "weekly-day",
        "每各隔",
        rf"(?:[每各]一?个?|(?P<two>每?(?:两|隔|双)))(?:周|星期|礼拜)的?(?P<days>[一二三四五六日天末](?:(?:、|和|及|,|-|至|到)?(?:周|星期)?[一二三四五六日天](?![次个]))*)(?![次个轮项场件]){SUF}",
        _weekly,
    ),
    Rule("every", "每各", rf"{EACH}[一1]?个?{_P}(?!均|产|薪|租|龄|级|份额){SUF}", _period),
    Rule(
        "every-n",
        "每隔",
        rf"(?:每(?P<skip>间隔)?|每隔|隔)(?P<n>{NUM})?个?(?P<u>年|月|季度|周|星期|日|天)(?!均|龄){SUF}",
        _every,
    ),
    Rule(
        "by-period", "按逐", rf"(?:按照?|逐){_P}(?![龄级份代初底末终产均节薪常程期前后计次增提降递])", _period
    ),
    Rule(
        "once-a-period", "一1半每两双", rf"[每]?(?:[一1]个?)?{_P}一{_ROUND}", _report, heads="月一 季一 旬一"
    ),
    Rule("once-a-period-count", "一1半两双", rf"(?:[一1]个?)?{_P}[一1]次", _period),
    Rule(
        "period-report",
        "月季周旬半双日",
        rf"(?P<p>双周|周|双月|半月|月度?|季度?|旬|半年度?|日){_ROUND}(?:告?制度?|告|会)?",
        _report,
    ),
    Rule(
        "next-month-day",
        "次翌下",
        rf"(?:[次翌]月份?|(?P<q>[次下]一?个?季度?的?(?:首|第一个?|第1个?)月))的?(?P<days>{DAY_LIST}){WEEKDAY}?(?:{CLOCK})?(?P<suf>{BEFORE}|{END_SIGN})?",
        _next_month,
    ),
)
