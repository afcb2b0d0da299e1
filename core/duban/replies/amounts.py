"""How far the work is (60%, 六成, 过半) and when (11月底, 两周): found, folded into signs."""

from __future__ import annotations

import re

from duban.deadlines.numerals import to_int
from duban.replies.marks import Marks

WHOLE = 100
_HAN = "一二三四五六七八九十百零〇两"
_N = rf"(?:[0-9]{{1,2}}|[{_HAN}]{{1,3}})"
_SIZE = r"(?:(?:大约|大概|约|差不多|将近|接近|近|超过|超|逾|不足|不到|达到?)了?)?"
_ABOUT = r"(?:左右|上下|以上|多一?点?|出头)?"
_PERCENT = re.compile(
    rf"{_SIZE}(?:"
    r"(?P<digits>[0-9]{1,4})(?:\.[0-9]{1,4})?%?(?:-[0-9]{1,3}(?:\.[0-9]{1,4})?)?[多余]?\s?(?:%|"
    r"个百分点(?P<points>))"
    rf"|百分之?(?P<han>[{_HAN}0-9]{{1,5}})(?:点[{_HAN}]{{1,4}})?"
    r"|(?P<tenth>[一二两三四五六七八九十]|"
    r"[0-9](?![0-9]))[一二三四五六七八九]?成(?P<half>半)?多?(?![立员果为功熟本效型都交就因品绩长份])"
    rf"|(?P<parts>[{_HAN}0-9]{{1,3}})分之(?P<share>[{_HAN}0-9]{{1,3}})"
    r"|(?<=完成|做了|干了|弄了|成了|进度)(?P<over>[1-9])/(?P<under>[2-9]|10)(?![0-9/.月日])"
    rf"|(?P<han_sign>[{_HAN}]{{1,4}})%"
    r"|(?P<about_half>一?大半|多半|过半|一半|过了半|半数)(?!年|天|月|个)"
    rf"){_ABOUT}"
)
HALF = 50


def _percent(m: re.Match[str]) -> int | None:
    """0 and more; a range or a 过半 counts as its lower end. None for percentage points (提高3个百分点)."""
    try:
        if m["digits"]:
            return None if m["points"] is not None else int(m["digits"])
        if m["han"]:
            return WHOLE if m["han"] in {"百", "一百"} else to_int(m["han"])
        if m["tenth"]:
            return to_int(m["tenth"]) * 10 + (5 if m["half"] else 0)
        share, parts = m["share"] or m["over"] or m["han_sign"], m["parts"] or m["under"] or str(WHOLE)
        if share:
            return WHOLE * to_int(share) // to_int(parts)
    except (ValueError, ZeroDivisionError):
        return None
    return HALF


_YEAR = r"(?:[0-9]{4,}年|[0-9]{2}年|二[〇零][一二三四五六七八九〇零]{2}年|[今明后本当]年)"
_PART = r"(?:[底末初中]|[上中下]旬)"
_DAY = rf"(?:{_N}[日号]|{_PART})"
_WEEK = r"(?:周|星期|礼拜)"
_UNIT = rf"(?:个?工作日|个?{_WEEK}|个?半月|个?月|个?季度|天|日|年|个?小时)"
_AMOUNT = rf"(?:[0-9]{{1,3}}|[{_HAN}]{{1,3}}|半|几){_UNIT}半?"
_SURE_DATE = re.compile(
    r"(?:20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}日?"
    rf"|{_YEAR}?(?:第?{_N}|本|下|上|这)个?季度{_PART}?"
    rf"|{_YEAR}?{_N}月份?(?:{_N}[日号]|[底末初中]|[上中下]旬|(?:[0-9]{{1,2}})(?![0-9%项、\-至到]))?"
    rf"|{_YEAR}(?:[底末中初]|内|上半年|下半年)?"
    rf"|(?:本|这个?|下下?个?|上个?|当|次)月{_DAY}?"
    rf"|(?:月|年|岁)[底末终初中]|年内|上半年|下半年|全年"
    rf"|(?:本|这个?|上上?个?|下下?个?)?{_WEEK}(?:[一二三四五六日天末1-7]|[底初内])"
    rf"|(?:本|这个?|上上?个?|下下?个?){_WEEK}"
    r"|大后天|后天|明[天日晚早]|今[天日晚早]|昨[天日晚]|前[天日]|大前天"
    r"|(?:元旦|春节|清明|五一|劳动节|端午|中秋|国庆|十一)节?(?=前|后|假)"
    rf"|{_AMOUNT}(?:之|以)?(?:后|内)"
)
_SPAN = re.compile(_AMOUNT)
_MAYBE_DATE = re.compile(
    rf"{_N}[日号](?!文|令|楼|线)|(?<![0-9.\-/])(?:1[0-2]|0?[1-9])[.\-/](?:3[01]|[12][0-9]|"
    r"0?[1-9])(?![0-9%万亿元个\-/])"
)


def fold_amounts(text: str, marks: Marks) -> str:
    """Percentages (value: int), dates and lengths of time (value: the words) that are so beyond doubt."""
    text = marks.fold("percent", _PERCENT, text, _percent)
    text = marks.fold("date", _SURE_DATE, text, lambda m: m[0])
    return marks.fold("span", _SPAN, text, lambda m: m[0])


def fold_days(text: str, marks: Marks) -> str:
    """What may be a day where it is no item: 15号, 11.30. Run it after the items are folded."""
    return marks.fold("date", _MAYBE_DATE, text, lambda m: m[0])
