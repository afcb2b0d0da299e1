"""Rules for a rhythm without a day: 每季度, 按月, 月报, 周调度, 一月一通报, 每两年.

Work with such a rule is due on the last day of its period (occurrences.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from duban.deadlines.recurring import EACH, SUF, WORKDAYS, recurs
from duban.deadlines.rules import NUM, Draft, Rule, Scan, number

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


def _period(m: re.Match[str], _scan: Scan) -> Draft:
    return recurs(m, PERIODS[m["p"]])


def _report(m: re.Match[str], scan: Scan) -> Draft | None:
    # 6月报送 is June, 今日通报 a day, 人民日报 a paper: what stands before the unit makes it no period
    if _NOT_ALONE.search(scan.left(m.start())) or (m["p"] == "日" and m[0] == "日报"):
        return None
    return recurs(m, PERIODS[m["p"]])


_NOT_ALONE = re.compile(
    r"[0-9一二三四五六七八九十百几数两半双当每各本上下次翌今昨明即近逐个首末该同整全工作假节生期]$"
)


_FREQ = MappingProxyType(
    {"年": ("YEARLY", 1), "月": ("MONTHLY", 1), "季度": ("MONTHLY", 3), "周": ("WEEKLY", 1),
     "星期": ("WEEKLY", 1), "日": ("DAILY", 1), "天": ("DAILY", 1)}
)  # fmt: skip


def _every(m: re.Match[str], _scan: Scan) -> Draft | None:
    freq, scale = _FREQ[m["u"]]
    count = (number(m["n"]) + (1 if m.groupdict().get("skip") else 0)) * scale if m["n"] else 2 * scale
    if count < 1:
        return None
    return recurs(m, f"FREQ={freq};INTERVAL={count}" if count > 1 else f"FREQ={freq}")


_ROUND = (
    r"(?:报(?![名考警纸刊销价废关复道酬国社])|调度|通报|督查|督办|督导|汇报|小结|总结|考核|评估|更新|公示|公布|清零|会商|研判|检查"
    r"|例会|点评|讲评|巡查|抽查|碰头|排名|分析会?|监测|监督|演练)"
)
# 每周一报送进展 is Monday, 每周一调度、每月一通报 once a week
_MONDAY = rf"每(?:周|星期|礼拜)一{_ROUND}(?![、,。;]|$|制度)"
_P = r"(?P<p>半年度?|年度?|季度?|月度?|双月|半个?月|旬|双周|周|星期|礼拜|日|天|工作日|学期)"
_ONCE = "月一 季一 旬一 年一 周一 日一 天一 学期 星期 礼拜 工作 季度 年度 月度 月1 季1 年1 周1 双周 双月"
# 每日2万管, 每天8小时: a measure, and no rhythm
_RATE = (
    r"(?![0-9.]+[余多]?[万千百亿]*"
    r"(?:吨|管|元|人份|立方|方|千瓦|度|公斤|斤|升|千克|辆次|车次|人次|平方米|小时|分钟|标方|兆瓦))"
)
RULES = (
    Rule("every", "每各", rf"{EACH}[一1]?个?{_P}(?!均|产|薪|租|龄|级|份额){_RATE}{SUF}", _period),
    Rule(
        "every-n",
        "每隔",
        rf"(?:每(?P<skip>间隔)?|每隔|隔)(?P<n>{NUM})?个?(?P<u>年|月|季度|周|星期|日|天)(?!均|龄){_RATE}{SUF}",
        _every,
    ),
    Rule(
        "by-period", "按逐", rf"(?:按照?|逐){_P}(?![龄级份代初底末终产均节薪常程期前后计次增提降递])", _period
    ),
    Rule(
        "once-a-period", "一1半每两双", rf"(?!{_MONDAY})每?(?:[一1]个?)?{_P}一{_ROUND}", _report, heads=_ONCE
    ),
    Rule("once-in", "两二三四五六23456", r"(?P<n>[两二三四五六2-6])个?(?P<u>年|月|季度|周)[一1]次", _every),
    Rule(
        "once-a-period-count", "一1半两双", rf"(?:[一1]个?)?{_P}[一1]次(?![性日数品])", _report, heads=_ONCE
    ),
    Rule(
        "period-report",
        "月季周旬半双日",
        rf"(?P<p>双周|周|双月|半月|月度?|季度?|旬|半年度?|日){_ROUND}(?:告?制度?|告|会)?(?![表单册])",
        _report,
    ),
)
_ECHO = "period-report"
_RHYTHM = re.compile(r"FREQ=\w+(?:;INTERVAL=\d+)?")


def without_echoes(drafts: Sequence[tuple[str, Draft]]) -> Iterator[tuple[str, Draft]]:
    """The drafts without a 周报 whose rhythm the text says otherwise: 每周五前报送周报 is one rule."""
    said = {rhythm[0] for name, draft in drafts if name != _ECHO and (rhythm := _rhythm(draft))}
    for name, draft in drafts:
        rhythm = _rhythm(draft) if name == _ECHO else None
        if rhythm is None or rhythm[0] not in said:
            yield name, draft


def _rhythm(draft: Draft) -> re.Match[str] | None:
    return _RHYTHM.search(draft.rrule or "")
